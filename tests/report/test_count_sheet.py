from datetime import date

from muster.report.count_sheet import SPARE_ROWS, render


def test_render_given_lines_then_names_and_room_to_write() -> None:
    page = render("store:kabul", [("flour", "L12", "2027-06-30"), ("<oil>", "", "")], day=date(2024, 11, 27))
    assert "Count of store:kabul" in page and "Printed 2024-11-27" in page
    assert "flour" in page and "L12" in page and "&lt;oil&gt;" in page and "<oil>" not in page
    assert page.count('<th scope="row">') == 2
    assert page.count("<tr>") == 1 + 2 + SPARE_ROWS
