import io
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from books_at_hand import Hand

from muster.book.events import from_body
from muster.cli.main import main
from muster.store import open as open_book

KABUL = ("--by", "a.karimi", "--unit", "kabul")
HERAT = ("--by", "h.rahimi", "--unit", "herat")
OTHER = ("--by", "m.noori", "--unit", "kabul")


def test_add_given_goods_then_the_event_is_in_the_book_and_shown(either: Hand) -> None:
    goods = "flour, lot L12, expires 2027-06-30: 600 bags of 50 kg"
    said = ("--from", "outside:wfp", "--document", "WB1", "--on", "2024-11-03")
    out, _ = either.types("add", "receipt", goods, "oil: 3 cases of 12 l", *said, *KABUL)
    assert out.startswith(
        "receipt 2024-11-03 12:00 WB1 by a.karimi\n"
        "  flour, lot L12: 600 bags of 50 kg (30,000 kg), outside:wfp → store:kabul\n"
        "  oil: 3 cases of 12 l (36 l), outside:wfp → store:kabul\n"
        "recorded  1  "
    )
    assert either.balances("--place", "store:kabul") == {
        ("store:kabul", "flour", "L12"): 30_000_000,
        ("store:kabul", "oil", ""): 36_000,
    }


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (["distribution", "flour: 1 t"], ("people:kabul", 1_000_000)),
        (["loss", "flour: 1 t", "--reason", "rain"], ("loss:rain", 1_000_000)),
        (["transfer", "flour: 1 t", "--to", "store:herat"], ("store:herat", 1_000_000)),
        (["dispatch", "flour: 1 t", "--document", "WB9", "--to", "store:herat"], ("transit:WB9", 1_000_000)),
        (["opening", "flour: 1 t"], ("outside:opening", -1_000_000)),
    ],
)
def test_add_given_a_kind_then_it_goes_where_is_usual(hand: Hand, words: list[str], there: tuple[str, int]) -> None:
    hand.brings_in("flour: 35 t")
    hand.types("add", *words, *KABUL)
    assert hand.balances()[there[0], "flour", ""] == there[1]


def test_add_given_a_production_then_what_was_used_and_what_was_made(hand: Hand) -> None:
    hand.brings_in("flour: 35 t")
    hand.types("add", "production", "flour: 500 kg", "--made", "bread: 650 kg", "--to", "process:bakery", *KABUL)
    held = hand.balances("--place", "store:kabul")
    assert held == {("store:kabul", "flour", ""): 34_500_000, ("store:kabul", "bread", ""): 650_000}
    assert hand.balances("--place", "process:bakery")["process:bakery", "flour", ""] == 500_000


def test_add_given_one_lot_then_it_is_taken_and_of_several_it_is_asked_which(hand: Hand) -> None:
    hand.brings_in("flour, lot L12: 10 t")
    out, _ = hand.types("add", "distribution", "flour: 1 t", *KABUL)
    assert "flour, lot L12: 1 t" in out
    hand.brings_in("flour, lot L13: 10 t")
    assert hand.refused("add", "distribution", "flour: 1 t", *KABUL) == ["U2"]
    hand.types("add", "distribution", "flour, lot L13: 1 t", *KABUL)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["receipt", "flour: 1 kg", "--from", "outside:wfp"], "add --by PERSON, or set MUSTER_BY"),
        (["receipt", "flour: 1 kg", "--from", "outside:wfp", "--by", "x"], "add --unit UNIT, or set MUSTER_UNIT"),
        ([], "say a kind (receipt, dispatch, …), or --events FILE"),
        (["receipt", "--events", "x.jsonl"], "leave one of them out"),
        (["receipt", "flour: 1 kg", "--on", "3.11.26", *KABUL], "write a day, 2026-11-03"),
    ],
)
def test_add_given_wrong_usage_then_status_2_and_what_to_add(hand: Hand, words: list[str], says: str) -> None:
    assert says in hand.types("add", *words, status=2)[1]
    assert hand.reads("root")["size"] == 0


def test_add_given_a_kind_with_a_command_of_its_own_then_that_is_named(hand: Hand) -> None:
    assert "use muster book reverse" in hand.types("add", "reversal", *KABUL, status=1)[1]
    assert 'did you mean "receipt"?' in hand.types("add", "reciept", *KABUL, status=1)[1]


def test_add_given_a_pack_that_is_not_known_then_what_to_write(hand: Hand) -> None:
    _, err = hand.types("add", "receipt", "oil: 3 cases", "--from", "outside:wfp", *KABUL, status=1)
    assert 'write a unit of measure (kg, l, kWh, piece), or what it holds: "3 cases of 24 piece"' in err


def test_add_given_who_in_the_environment_then_that_is_enough(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_BY", "a.karimi")
    monkeypatch.setenv("MUSTER_UNIT", "kabul")
    assert hand.reads("add", "receipt", "flour: 1 kg", "--from", "outside:wfp")["n"] == 1
    assert hand.reads("add", "receipt", "flour: 1 kg", "--from", "outside:wfp")["n"] == 2


def test_add_given_a_file_then_whole_or_not_at_all_and_twice_is_known(hand: Hand) -> None:
    hand.brings_in()
    hand.sends()
    lines = hand.types("export", "--events")[0].splitlines()
    good, bad = hand.folder / "good.jsonl", hand.folder / "bad.jsonl"
    good.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    changed = json.loads(lines[1]) | {"id": "0198abcd-ef01-7000-8000-000000000001", "n": 9}
    changed["moves"][0]["quantity"] = "7000"
    bad.write_text("\n".join([lines[0], json.dumps(changed)]), encoding="utf-8")
    other = Hand("other.book", hand.capsys, hand.folder)
    other.types("init")
    said = other.reads("add", "--events", str(bad), status=1)
    assert (said["refused"], said["held"], said["accepted"], said["size"]) == (1, 1, 0, 0)
    assert said["faults"][0]["rule"] == "B17" and said["faults"][0]["where"] == "bad.jsonl:2"
    assert other.reads("add", "--events", str(good))["accepted"] == 2
    again = other.reads("add", "--events", str(good))
    assert (again["known"], again["accepted"], again["size"]) == (2, 0, 2)
    assert other.balances() == hand.balances()
    assert other.types("export", "--events") == hand.types("export", "--events")


def test_add_given_standard_input_then_it_is_read(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    line = (
        b'{"id": "0198abcd-ef01-7000-8000-000000000000", "kind": "receipt", "unit": "kabul", "recorder": "x", "n": 1,'
    )
    line += b'"occurred": "2024-11-03T10:00:00Z", "moves": [{"from": "outside:wfp", "to": "store:kabul",'
    line += b'"resource": "flour", "quantity": "600", "unit": "bag", "pack": "50 kg"}]}\n'
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(line)))
    assert hand.reads("add", "--events", "-")["accepted"] == 1
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * 3_000_000 + b"\n" + line)))
    said = hand.reads("add", "--events", "-", status=1)
    assert [(fault["what"], fault["where"]) for fault in said["faults"]] == [
        ("A line is too long.", "standard input:1")
    ]


def test_receive_given_588_of_600_then_12_are_claimed_in_one_event(either: Hand) -> None:
    either.brings_in()
    either.sends()
    shown, _ = either.types("receive", "WB123")
    assert shown.startswith("the waybill said\n") and "30,000 kg  store:herat  2024-11-10 overdue" in shown
    assert either.reads("root")["size"] == 2
    said = either.reads("receive", "WB123", "flour: 588 bags of 50 kg", "--claim", "outside:transco", *HERAT)
    (before,), (after,) = said["before"], said["after"]
    assert (before["dispatched"], before["still"]) == (30_000_000, 30_000_000)
    assert (after["arrived"], after["claimed"], after["still"]) == (29_400_000, 600_000, 0)
    assert either.balances()["outside:transco", "flour", "L12"] == 600_000
    assert either.balances()["store:herat", "flour", "L12"] == 29_400_000
    with open_book(either.book) as book:
        event = from_body(list(book.records())[-1].body)
    assert [move.entered for move in event.moves] == ["588 bags of 50 kg", "12 bags of 50 kg"]


def test_receive_given_parts_then_the_rest_stays_on_the_way_until_it_is_lost(hand: Hand) -> None:
    hand.brings_in()
    hand.sends()
    hand.types("receive", "WB123", "flour: 400 bags of 50 kg", *HERAT)
    assert hand.reads("transit")["rows"][0]["still"] == 10_000_000
    hand.types("receive", "WB123", "flour: 150 bags of 50 kg", "--lost", "rain", *HERAT)
    assert hand.reads("transit")["rows"] == []
    assert hand.reads("transit", "--all")["rows"][0]["lost"] == 2_500_000


def test_receive_given_all_then_everything_is_in(hand: Hand) -> None:
    hand.brings_in()
    hand.sends()
    assert hand.reads("receive", "WB123", "--all", *HERAT)["after"][0]["arrived"] == 30_000_000


def test_receive_given_too_much_another_or_the_writer_then_refused(hand: Hand) -> None:
    hand.brings_in()
    hand.sends(to="store:kabul/annex")
    assert hand.refused("receive", "WB123", "flour: 601 bags of 50 kg", *OTHER) == ["U3"]
    assert hand.refused("receive", "WB123", "oil: 1 l", *OTHER) == ["U3"]
    assert hand.refused("receive", "WB124", "--all", *OTHER) == ["U3"]
    assert hand.refused("receive", "WB123", "--all", *KABUL) == ["B19"]
    hand.types("receive", "WB123", "--all", "--claim", "outside:x", "--lost", "rain", *OTHER, status=2)
    assert hand.reads("root")["size"] == 2


def test_count_given_two_people_then_it_stays_open_until_the_other_closes_it(either: Hand) -> None:
    either.brings_in()
    words = ("flour: 690 bags of 50 kg", "--place", "store:kabul", "--to", "n.count", *OTHER)
    kept = either.reads("count", *words)
    assert either.refused("count", *words) == ["U4"]
    assert either.reads("root")["size"] == 1 and kept["lines"] == 1
    assert re.fullmatch("[0-9a-f]{4}-[0-9a-f]{4}", kept["code"])
    assert either.refused("count", "--close", "n.count", *OTHER) == ["B21"]
    said = either.reads("count", "--close", "n.count", "--by", "s.amiri")
    assert said["code"] == kept["code"]
    assert said["found"] == [
        {"place": "store:kabul", "resource": "flour", "lot": "L12", "counted": 34_500_000, "book": 35_000_000}
        | {"difference": -500_000, "unit": "g"}
    ]
    assert either.balances()["discrepancy:kabul", "flour", "L12"] == 500_000
    assert either.refused("count", "--close", "n.count", "--by", "s.amiri") == ["U4"]


def test_count_given_a_csv_then_its_lines_and_what_was_not_counted_is_named(hand: Hand) -> None:
    hand.brings_in()
    hand.brings_in("oil: 36 l")
    Path("found.csv").write_text(
        "Resource;Lot;Quantity;Unit;Pack\nflour;L12;690;bag;50 kg\nsalt;;3;kg;\noil;;;l;\n", encoding="utf-8-sig"
    )
    hand.types("count", "--place", "store:kabul", "--entered", "found.csv", "--to", "n.count", *OTHER)
    said = hand.reads("count", "--close", "n.count", "--by", "s.amiri")
    assert {row["resource"]: row["difference"] for row in said["found"]} == {"flour": -500_000, "salt": 3_000}
    assert said["not_counted"] == [{"resource": "oil", "lot": ""}]


def test_count_given_a_changed_or_another_file_then_refused(hand: Hand) -> None:
    hand.brings_in()
    hand.types("count", "flour: 690 bags of 50 kg", "--place", "store:kabul", "--to", "n.count", *OTHER)
    file = Path("n.count")
    file.write_text(file.read_text().replace("690", "699"))
    assert hand.refused("count", "--close", "n.count", "--by", "s.amiri") == ["U4"]
    for other in ("[]", "[" * 100_000, "{", '{"code": "", "count": 1}'):
        file.write_text(other)
        assert hand.refused("count", "--close", "n.count", "--by", "s.amiri") == ["U4"]
    Path("found.csv").write_text("Item,Quantity\nflour,1\n")
    words = ("--place", "store:kabul", "--entered", "found.csv", *OTHER)
    assert hand.refused("count", *words) == ["J3"]
    Path("found.csv").write_text("Resource,Quantity,Unit\nflour,1,kg\n\noil,2,barell\n,3,kg\n")
    said = hand.reads("count", *words, status=1)["faults"]
    assert [(fault["rule"], fault["where"]) for fault in said] == [
        ("B9", "found.csv:4, column unit"),
        ("B1", "found.csv:5, column resource"),
    ]
    Path("found.csv").write_text("Resource,Quantity,Unit\nflour,1," + "k" * 200_000 + "\n")
    assert hand.refused("count", *words) == ["J2"]
    Path("found.csv").write_bytes("Resource,Quantity,Unit\nآرد,1,kg\n".encode("cp1256"))
    assert hand.refused("count", *words) == ["J2"]


def test_count_given_several_lots_then_which_is_asked_and_not_how_much_is_told(hand: Hand) -> None:
    hand.brings_in("flour, lot L12: 713 kg")
    hand.brings_in("flour, lot L13: 713 kg")
    _, err = hand.types("count", "flour: 5 kg", "--place", "store:kabul", *OTHER, status=1)
    assert "seen:  L12, L13\n" in err and "713" not in err


def test_count_given_a_sheet_then_what_lies_there_and_not_how_much(hand: Hand) -> None:
    hand.brings_in("flour, lot L12, expires 2027-06-30: 713 bags of 50 kg")
    assert hand.reads("count", "--place", "store:kabul", "--sheet", "s.html") == {"sheet": "s.html", "lines": 1}
    page = Path("s.html").read_text(encoding="utf-8")
    assert "flour" in page and "L12" in page and "2027-06-30" in page
    body = page[page.index("<body") :]
    assert "713" not in body and "35650" not in body.replace(",", "")


def test_count_given_too_little_then_status_2(hand: Hand) -> None:
    assert "--place" in hand.types("count", status=2)[1]
    assert "--by" in hand.types("count", "--close", "n.count", status=2)[1]
    assert "--entered" in hand.types("count", "--place", "store:kabul", status=2)[1]
    assert "ends in .html" in hand.types("count", "--place", "store:kabul", "--sheet", "s.pdf", status=2)[1]


def test_reverse_given_an_id_then_it_is_undone_and_both_stay(either: Hand) -> None:
    either.brings_in()
    ((row,), *_) = (either.reads("card", "store:kabul", "flour")["rows"],)
    out, _ = either.types("reverse", row["id"], "--reason", "entered twice", *KABUL)
    assert out.startswith("undone:\n  receipt 2024-11-03 12:00 by a.karimi\n")
    assert either.balances() == {}
    assert either.reads("root")["size"] == 2
    assert either.refused("reverse", row["id"], "--reason", "again", *KABUL) == ["B16"]
    assert either.refused("reverse", "no-id", "--reason", "x", *KABUL) == ["U6"]
    assert either.refused("reverse", "0198abcd-ef01-7000-8000-000000000001", "--reason", "x", *KABUL) == ["U6"]


def test_register_given_people_and_packs_then_they_hold(hand: Hand) -> None:
    people = ["--person", "a.karimi=clerk", "--person", "s.amiri=manager,admin"]
    out, _ = hand.types("register", *people, "--resource", "flour", "--measure", "kg", "--pack", "bag=50 kg", *KABUL)
    assert out.startswith("person    a.karimi of kabul: clerk\nperson    s.amiri of kabul: manager, admin\n")
    hand.brings_in("flour: 3 bags")
    assert hand.balances()["store:kabul", "flour", ""] == 150_000
    stranger = ("--from", "outside:wfp", "--by", "nobody", "--unit", "kabul")
    assert hand.refused("add", "receipt", "flour: 3 bags", *stranger) == ["B23"]
    assert hand.refused("register", "--person", "x=clerk", *KABUL) == ["B24"]
    hand.types("register", "--store", "store:annex", "--by", "s.amiri", "--unit", "kabul")
    hand.types("add", "transfer", "flour: 1 bag", "--to", "store:annex", *KABUL)
    hand.types("add", "distribution", "flour: 1 bag", "--from", "store:annex", *KABUL)


def test_register_given_too_little_then_said(hand: Hand) -> None:
    assert "--measure" in hand.types("register", "--resource", "flour", *KABUL, status=2)[1]
    assert "--person" in hand.types("register", *KABUL, status=2)[1]
    assert hand.refused("register", "--resource", "flour", "--measure", "kg", "--pack", "bag", *KABUL) == ["B9"]


def test_text_given_a_message_then_an_event_and_an_answer_and_twice_is_one(either: Hand) -> None:
    either.brings_in()
    either.sends(to="store:kabul")
    words = ("R WB123 FLOUR 588 B50", "--on", "2024-11-06", "--reference", "m1", *OTHER)
    out, _ = either.types("text", *words)
    assert out == "OK: received on WB123 at kabul: 588 bags of 50 kg flour (29,400 kg)\n"
    assert either.balances()["transit:WB123", "flour", "L12"] == 600_000
    assert either.reads("text", *words)["known"] is True
    assert either.reads("root")["size"] == 3


def test_text_given_what_is_wrong_then_the_answer_says_what_to_send(hand: Hand) -> None:
    hand.brings_in()
    said = hand.reads("text", "G FLUOR 5 B50", *KABUL, status=1)
    assert said["answer"] == "FLUOR is not known. If you mean FLOUR: G FLOUR 5 B50"
    said = hand.reads("text", "G FLOUR 800 B50", *KABUL, status=1)
    assert said["answer"].startswith("NOT RECORDED: More goes out than is there.") and len(said["answer"]) <= 160
    assert hand.types("text", "HELP", *KABUL)[0].startswith("R WB123 MAIZE 588 B50 received;")
    assert hand.reads("root")["size"] == 1


def test_sync_given_a_batch_of_a_device_then_each_line_by_itself(either: Hand) -> None:
    either.brings_in("flour: 1 t", on="2024-11-03")

    def line(n: int, quantity: str, kind: str = "distribution") -> dict[str, object]:
        move = {"from": "store:kabul", "to": "people:kabul", "resource": "flour", "quantity": quantity, "unit": "kg"}
        said = {"id": f"0198abcd-ef01-7000-8000-00000000000{n}", "kind": kind, "unit": "kabul", "recorder": "phone"}
        return said | {"n": n, "occurred": f"2024-11-0{n + 3}T10:00:00Z", "moves": [move]}

    Path("phone.jsonl").write_text("\n".join(json.dumps(line(*each)) for each in [(1, "600"), (2, "500"), (3, "-1")]))
    said = either.reads("sync", "phone.jsonl", status=1)
    assert [each["status"] for each in said["lines"]] == ["accepted", "disputed", "refused"]
    assert {fault["rule"]: fault["severity"] for fault in said["faults"]} == {"B17": "warning", "B8": "fault"}
    again = either.reads("sync", "phone.jsonl", status=1)
    assert [each["status"] for each in again["lines"]] == ["known", "known", "refused"]
    assert either.balances()["store:kabul", "flour", ""] == -100_000
    (row,) = either.reads("disputed")["rows"]
    assert (row["since"], row["place"], row["lowest"], row["now"], row["unit"]) == (
        "2024-11-05T10:00:00Z",
        "store:kabul",
        -100_000,
        -100_000,
        "g",
    )
    assert "2024-11-05        -100 kg  -100 kg" in either.types("disputed")[0]
    either.brings_in("flour: 1 t", on="2024-11-04")
    assert either.types("disputed")[0] == "Nothing is disputed.\n"
    assert (
        "disputed  phone.jsonl:2  More goes out than is there." not in either.types("sync", "phone.jsonl", status=1)[0]
    )


def test_add_given_a_number_that_somebody_else_takes_in_between_then_the_next(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.brings_in()
    numbers = iter([1, 1, 2])
    monkeypatch.setattr("muster.store.store.Store.next_number", lambda book, recorder: next(numbers))
    assert hand.reads("add", "receipt", "flour: 1 kg", "--from", "outside:wfp", *KABUL)["n"] == 2


def test_every_command_of_the_book_given_help_then_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    from muster.cli.book_reference import BOOK_JSON

    for name in BOOK_JSON:
        assert main([*name.split(), "--help"]) == 0
        out = capsys.readouterr().out
        assert "Example:\n    muster " + name in out and "--json" in out, name
