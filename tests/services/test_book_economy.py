"""From a book into an economy: exact, complete, and nothing left out without a word."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from recording import AT_MS, Desk, batch, move

from muster import store
from muster.book.events import Event
from muster.book.rehearsal import Rehearsal, Setting
from muster.economy.read import inspect, read
from muster.errors import BookError, EconomyError
from muster.plan.options import PlanOptions
from muster.services.book_economy import FromBook, economy_from_book
from muster.services.book_names import CARRIED_RULES
from muster.services.plans import plan_economy

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LAST_OF_OCTOBER = date(2026, 10, 31)
BEFORE = 1_793_400_000_000
"""30 October 2026, so that the two villages of 1 November find it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two villages, to be filled from a book."""
    return Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))


def book_of(folder: Path, *events: Event) -> str:
    """Return the address of a book with these events beside a folder."""
    address = str(folder.parent / "villages.book")
    store.create(address)
    with store.open(address) as book:
        posted = book.post(batch(*events), at_ms=AT_MS, offline=True)
        assert posted.count("accepted") + posted.count("disputed") == len(events), posted.faults
    return address


def carried(folder: Path, *events: Event, as_of: date = LAST_OF_OCTOBER) -> FromBook:
    """Carry a book of these events over."""
    return economy_from_book(folder, book=book_of(folder, *events), as_of=as_of)


def opening(desk: Desk, *moves: str) -> Event:
    """Return what was there before."""
    return desk.event("opening", *moves, on=BEFORE)


def sent(desk: Desk, text: str, *, destination: str = "", due: str = "") -> Event:
    """Return a dispatch, with a destination and a day or without."""
    return desk.event("dispatch", text, on=BEFORE + 1000, destination=destination, due=due)


def rules(faults: Iterable[object]) -> list[str]:
    return [fault.rule for fault in faults]  # type: ignore[attr-defined]


def test_economy_given_stores_then_stocks_by_place_resource_and_lot_to_the_gram(folder: Path) -> None:
    lot = move("outside:before > store:depot, 12.345678 t flour", lot="L1", expires="2027-06-30")
    made = carried(
        folder,
        Desk(unit="depot").event(
            "opening", lot, "outside:before > store:depot/annex, 1 g flour", "outside:before > store:depot, 2 t flour",
            "outside:before > store:depot, 200 l diesel", on=BEFORE,
        ),
        opening(Desk(unit="valley", recorder="v"), "outside:before > store:valley, 3 bags of 25 kg coal"),
    )  # fmt: skip
    rows = {(row.place, row.resource, row.lot): (row.quantity, row.expires) for row in made.stocks}
    assert rows == {
        ("depot", "flour", ""): (2.000001, ""),
        ("depot", "flour", "L1"): (12.345678, "2027-06-30"),
        ("depot", "diesel", ""): (200.0, ""),
        ("valley", "coal", ""): (0.075, ""),
    }
    economy = read(folder)
    assert economy.stocks.height == 4
    told = [Fraction(repr(row["quantity"])) for row in economy.stocks.filter(resource="flour").iter_rows(named=True)]
    assert sorted(told) == [Fraction(2_000_001, 10**6), Fraction(12_345_678, 10**6)]


def test_economy_given_waybills_then_arrivals_on_the_day_by_the_stated_rule(folder: Path) -> None:
    depot, outside = Desk(unit="depot"), Desk(unit="wfp", recorder="w")
    (folder / "routes.csv").write_text("from,to,mode,lead_days,both\ndepot,valley,truck,12,yes\n")
    made = carried(
        folder,
        opening(depot, "outside:before > store:depot, 50 t flour"),
        sent(depot, "store:depot > transit:DUE, 1 t flour", destination="store:valley", due="2026-11-20"),
        sent(depot, "store:depot > transit:LATE, 2 t flour", destination="store:valley", due="2026-10-30"),
        sent(depot, "store:depot > transit:LEAD, 3 t flour", destination="store:valley"),
        sent(outside, "outside:wfp > transit:FAR, 4 t flour", destination="store:hill"),
        sent(depot, "store:depot > transit:WHERE, 5 t flour"),
    )
    assert {row.waybill: (row.place, row.quantity, row.on) for row in made.on_the_road} == {
        "DUE": ("valley", 1.0, "2026-11-20"),
        "LATE": ("valley", 2.0, "2026-11-01"),
        "LEAD": ("valley", 3.0, "2026-11-11"),
        "FAR": ("hill", 4.0, "2026-12-01"),
    }
    assert [(row.where, row.why) for row in made.left_out if row.where.startswith("transit:")] == [
        ("transit:WHERE", "its waybill names no destination")
    ]
    assert "E7" in rules(made.warnings)
    assert made.stocks[0].quantity == 50 - 1 - 2 - 3 - 5


def test_economy_given_what_comes_steadily_then_it_stays_and_dated_rows_make_way(folder: Path) -> None:
    made = carried(folder, opening(Desk(unit="depot"), "outside:before > store:depot, 42 t flour"))
    assert (folder / "arrivals.csv").read_text().splitlines()[1:] == ["depot,truck_hour,,,8,,,"]
    assert made.kept == 1
    left = {(row.where, row.resource): row.quantity for row in made.left_out}
    assert left == {
        ("arrivals.csv:2", "flour"): 12.0,
        ("stocks.csv:3", "coal"): 60.0,
        ("stocks.csv:4", "diesel"): 3000.0,
    }


def test_economy_given_twice_then_the_same_files(folder: Path) -> None:
    depot = Desk(unit="depot")
    first = carried(
        folder,
        opening(depot, "outside:before > store:depot, 50 t flour"),
        sent(depot, "store:depot > transit:DUE, 1 t flour", destination="store:valley", due="2026-11-20"),
    )
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = economy_from_book(folder, book=str(folder.parent / "villages.book"), as_of=LAST_OF_OCTOBER)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert again.stocks == first.stocks and again.left_out == []


def test_economy_given_names_it_does_not_know_then_every_fault_with_a_suggestion_and_nothing_written(
    folder: Path,
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    depot, hil = Desk(unit="depot"), Desk(unit="hil", recorder="h")
    with pytest.raises(EconomyError) as refused:
        carried(
            folder,
            opening(depot, "outside:before > store:depot, 50 t flower", "outside:before > store:depot, 9 l coal"),
            opening(hil, "outside:before > store:hil, 1 t flour"),
        )
    assert rules(refused.value.faults) == ["E3", "E1", "E2"]
    assert [fault.do.partition("?")[0] for fault in refused.value.faults[1:]] == [
        'did you mean "flour"', 'did you mean "hill"'
    ]  # fmt: skip
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_economy_given_book_toml_then_names_are_mapped_or_left_out_with_a_word(folder: Path) -> None:
    (folder / "book.toml").write_text(
        '[places]\nhil = "hill"\n"depot/annex" = "valley"\nmuseum = ""\n[resources]\nflower = "flour"\nblanket = ""\n'
    )
    depot, hil, museum = Desk(unit="depot"), Desk(unit="hil", recorder="h"), Desk(unit="museum", recorder="m")
    made = carried(
        folder,
        opening(depot, "outside:before > store:depot, 50 t flower", "outside:before > store:depot, 9 piece blanket"),
        opening(depot, "outside:before > store:depot/annex, 7 t flower"),
        opening(hil, "outside:before > store:hil/shed, 1 t flower"),
        opening(museum, "outside:before > store:museum, 2 t flower"),
    )
    assert {(row.place, row.resource): row.quantity for row in made.stocks} == {
        ("depot", "flour"): 50.0, ("valley", "flour"): 7.0, ("hill", "flour"): 1.0
    }  # fmt: skip
    assert [(row.where, row.resource, row.why) for row in made.left_out if row.where.startswith("store:")] == [
        ("store:depot", "blanket", "book.toml leaves the resource out"),
        ("store:museum", "flower", "book.toml leaves store:museum out"),
    ]
    assert [fault for fault in inspect(folder)[1] if fault.severity == "fault"] == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[places]\nhil = "hil"\n', "book.toml, places, hil"),
        ("[resources]\nflower = 3\n", "book.toml, resources, flower"),
        ("[plaices]\n", "book.toml"),
        ("places = 1\n", "book.toml"),
        ("[places", "book.toml"),
    ],
)
def test_economy_given_a_book_toml_that_is_none_then_says_where(folder: Path, text: str, where: str) -> None:
    (folder / "book.toml").write_text(text)
    with pytest.raises(EconomyError) as refused:
        carried(folder, opening(Desk(unit="depot"), "outside:before > store:depot, 1 t flour"))
    assert [(fault.rule, fault.where) for fault in refused.value.faults] == [("E4", where)]


def test_economy_given_less_than_nothing_then_left_out_with_a_word(folder: Path) -> None:
    made = carried(folder, Desk(unit="depot").event("loss", "store:depot > loss:rain, 3 t flour", on=BEFORE))
    assert made.stocks == []
    assert [(row.where, row.quantity) for row in made.left_out][:1] == [("store:depot", -3_000_000)]


def test_economy_given_what_is_pooled_then_no_place(folder: Path) -> None:
    resources = (folder / "resources.csv").read_text() + "usd,Money,usd,,,1,\n"
    pooled = [line + (",yes" if line.startswith("usd") else ",pooled" if line.startswith("resource,") else ",no")
              for line in resources.splitlines()]  # fmt: skip
    (folder / "resources.csv").write_text("\n".join(pooled) + "\n")
    bank = Desk(unit="bank", recorder="b")
    made = carried(
        folder,
        opening(bank, "outside:before > store:bank, 12.34 usd usd"),
        sent(bank, "outside:donor > transit:T1, 100 usd usd", due="2026-12-05"),
    )
    assert [(row.place, row.quantity) for row in made.stocks] == [("", 12.34)]
    assert [(row.place, row.quantity, row.on) for row in made.on_the_road] == [("", 100.0, "2026-12-05")]
    assert read(folder).stocks["place"].to_list() == [None]


def test_economy_given_another_day_than_its_start_then_warns(folder: Path) -> None:
    made = carried(
        folder, opening(Desk(unit="depot"), "outside:before > store:depot, 42 t flour"), as_of=date(2026, 11, 15)
    )
    (warning,) = [fault for fault in made.warnings if fault.rule == "E6"]
    assert "start = 2026-11-16" in warning.do


def test_economy_given_lots_on_the_road_then_warns_that_an_arrival_has_none(folder: Path) -> None:
    goods = move("outside:wfp > transit:W1, 2 t flour", lot="L1", expires="2027-01-31")
    event = Desk(unit="wfp").event("dispatch", goods, on=BEFORE, destination="store:hill", due="2026-11-09")
    assert "E8" in rules(carried(folder, event).warnings)


def test_economy_given_people_from_a_file_then_they_are_its_people(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "joined.csv").write_text("place,group,people\nvalley,all,1234\n")
    book = book_of(folder, opening(Desk(unit="depot"), "outside:before > store:depot, 42 t flour"))
    made = economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER, people=tmp_path / "joined.csv")
    assert made.people == 1
    assert read(folder).people.select("place", "people").rows() == [("valley", 1234.0)]


def test_economy_given_people_at_fault_then_refused_and_nothing_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "joined.csv").write_text("place,group,people\nvally,all,1234\nhill,all,many\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    book = book_of(folder, opening(Desk(unit="depot"), "outside:before > store:depot, 42 t flour"))
    with pytest.raises(EconomyError):
        economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER, people=tmp_path / "joined.csv")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_economy_given_faults_in_other_tables_then_refused_but_not_for_stocks_that_are_replaced(folder: Path) -> None:
    book = book_of(folder, opening(Desk(unit="depot"), "outside:before > store:depot, 42 t flour"))
    (folder / "stocks.csv").write_text("place,resource,quantity\ndepot,flour,much\n")
    assert economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER).stocks[0].quantity == 42
    (folder / "needs.csv").write_text("need,unit\nenergy\n")
    with pytest.raises(EconomyError):
        economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER)


def test_economy_given_no_folder_no_book_or_a_workbook_then_says_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BookError):
        economy_from_book(folder, book=str(tmp_path / "none.book"), as_of=LAST_OF_OCTOBER)
    with pytest.raises(EconomyError):
        economy_from_book(tmp_path / "none", book="", as_of=LAST_OF_OCTOBER)
    (tmp_path / "w.xlsx").write_bytes(b"")
    with pytest.raises(EconomyError) as refused:
        economy_from_book(tmp_path / "w.xlsx", book="", as_of=LAST_OF_OCTOBER)
    assert rules(refused.value.faults) == ["E5"]


def test_economy_given_known_at_then_what_came_later_is_not_there(folder: Path) -> None:
    depot = Desk(unit="depot")
    book = book_of(folder, opening(depot, "outside:before > store:depot, 42 t flour"))
    with store.open(book) as opened:
        lot = move("store:depot > people:depot, 2 t flour")
        opened.post(batch(depot.event("distribution", lot, on=BEFORE + 5)), at_ms=AT_MS)
    then = economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER, known_at=1)
    assert (then.known_at, then.stocks[0].quantity) == (1, 42.0)
    now = economy_from_book(folder, book=book, as_of=LAST_OF_OCTOBER, known_at=99)
    assert (now.known_at, now.stocks[0].quantity) == (2, 40.0)


def test_economy_given_a_dispatch_after_the_day_then_it_says_nothing_of_that_day(folder: Path) -> None:
    depot = Desk(unit="depot")
    later = depot.event("dispatch", "store:depot > transit:W1, 1 t flour", on=10, destination="store:valley")
    made = carried(
        folder,
        opening(depot, "outside:before > store:depot, 42 t flour"),
        sent(depot, "store:depot > transit:W1, 2 t flour", destination="store:hill", due="2026-11-09"),
        later,
    )
    assert [(row.place, row.quantity) for row in made.on_the_road] == [("hill", 2.0)]


def test_economy_given_a_waybill_to_several_stores_then_left_out_with_a_word(folder: Path) -> None:
    depot = Desk(unit="depot")
    made = carried(
        folder,
        opening(depot, "outside:before > store:depot, 42 t flour"),
        sent(depot, "store:depot > transit:W1, 2 t flour", destination="store:hill"),
        sent(depot, "store:depot > transit:W1, 1 t flour", destination="store:valley"),
    )
    assert [row.why for row in made.left_out if row.where == "transit:W1"] == [
        "its waybill names several destinations: store:hill, store:valley"
    ]


def test_economy_given_a_rehearsed_book_of_the_afghan_places_then_nothing_is_in_the_way(tmp_path: Path) -> None:
    """The names of an example can be played, so that a demonstration has a book with a past."""
    folder = Path(shutil.copytree(EXAMPLES / "afghan-winter", tmp_path / "winter"))
    (folder / "book.toml").write_text('[resources]\nblanket = ""\n')
    places = read(folder).places.filter(kind="province")["place"].to_list()
    weeks, last = 6, date(2022, 10, 31)
    start = last - timedelta(days=weeks * 7 - 1)
    address = str(tmp_path / "winter.book")
    store.create(address)
    with store.open(address) as book:
        for each in Rehearsal(Setting(tuple(places), ("TMZ", "PEW"), start, weeks)).batches():
            book.post(batch(*each.events), at_ms=each.at_ms, offline=each.offline)
        held = sum(row.quantity for row in book.balances(resource="flour") if row.place.startswith("store:"))
    made = economy_from_book(folder, book=address, as_of=last)
    assert sum(row.smallest for row in made.stocks if row.resource == "flour") == held > 0
    assert made.on_the_road and {row.place for row in made.on_the_road} <= set(places)
    assert {row.where.partition(":")[0] for row in made.left_out} == {"store", "transit", "stocks.csv", "arrivals.csv"}
    assert [fault for fault in inspect(folder)[1] if fault.severity == "fault"] == []


def test_rules_of_the_page_then_they_are_those_of_the_code() -> None:
    page = (EXAMPLES.parent / "docs" / "from-book.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (E\d) \| (.+?)(?: \(a warning\))?\. \|$", page, re.MULTILINE))
    assert told == {number: says.removesuffix(".") for number, says in CARRIED_RULES.items()}


def test_economy_then_muster_plan_runs_on_it(folder: Path, tmp_path: Path) -> None:
    depot = Desk(unit="depot")
    carried(
        folder,
        opening(
            depot, "outside:before > store:depot, 840 bags of 50 kg flour", "outside:before > store:depot, 60 t coal",
            "outside:before > store:depot, 3000 l diesel",
        ),
        opening(Desk(unit="valley", recorder="v"), "outside:before > store:valley, 6 t flour"),
        sent(depot, "outside:wfp > transit:T9, 12 t flour", destination="store:depot", due="2027-01-10"),
    )  # fmt: skip
    options = PlanOptions(goals=("floor",))
    made = plan_economy(folder, to=tmp_path / "plan", options=options).plan
    wanted = plan_economy(EXAMPLES / "two-villages", to=tmp_path / "wanted", options=options).plan
    assert made.met.equals(wanted.met) and made.dispatches.equals(wanted.dispatches)
