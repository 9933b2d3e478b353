import csv
import io
import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import frictionless
import pytest
from beancount import loader
from books_at_hand import Hand

from muster import store
from muster.book.chains import link
from muster.book.events import from_body
from muster.services import book_joins
from muster.services.economies import examples_folder
from muster.store import recorded

JOINING = examples_folder() / "joining"
DEPOT = (str(JOINING / "depot.csv"), "--mapping", str(JOINING / "depot.toml"))
CHECKER = Path(__file__).resolve().parents[2] / "docs" / "check_log.py"
KABUL = ("--by", "a.karimi", "--unit", "kabul")
ROWS = "day,waybill,item,quantity\n2024-11-03,WB1,flour,600\n2024-11-04,WB2,flour,20\n2024-11-05,WB3,flour,none\n"
MAPPING = """\
[mapping]
source = "wfp"
kind = "receipt"
key = ["waybill"]
[file]
encoding = "utf-8"
delimiter = ","
header = [1]
data = 2
[event]
unit = "kabul"
recorder = "import wfp"
document = "{waybill}"
from = "outside:wfp"
to = "store:kabul"
[date]
column = "day"
formats = ["%Y-%m-%d"]
at = "12:00"
[numbers]
written = "1,234.5"
[[amount]]
quantity = "{quantity}"
resource = "{item}"
unit = "kg"
[names.item]
"flour" = "flour"
"""


@pytest.fixture
def wfp(hand: Hand) -> tuple[str, ...]:
    """A file of receipts and its mapping, in the current folder."""
    Path("wfp.csv").write_text(ROWS, encoding="utf-8")
    Path("wfp.toml").write_text(MAPPING, encoding="utf-8")
    return "wfp.csv", "--mapping", "wfp.toml"


def test_import_given_a_messy_file_then_every_row_is_accounted_for(either: Hand) -> None:
    said = either.reads("import", *DEPOT)
    assert (said["rows"], said["events"], said["returned"], said["left_out"], said["accepted"]) == (7, 4, 2, 1, 4)
    assert said["reconciled"] and said["posted"]
    held = either.balances("--place", "store:goma")
    assert held["store:goma", "farine-de-blé", ""] == 59_400_000
    totals = {total["resource"]: total["in_events"] for total in said["totals"]}
    assert {key[1]: quantity for key, quantity in held.items()} == totals


def test_import_given_a_corrected_file_then_its_events_are_a_chain(hand: Hand, wfp: tuple[str, ...]) -> None:
    hand.types("import", *wfp)
    Path("wfp.csv").write_text(ROWS.replace("600", "588"), encoding="utf-8")
    hand.types("import", *wfp, "--post")
    with store.open(hand.book) as book:
        chain = [link(from_body(record.body), body=record.body) for record in book.records()]
    assert [each.n for each in chain] == [1, 2, 3, 4]
    assert [each.previous for each in chain] == ["", *(each.digest for each in chain[:-1])]
    assert hand.reads("verify")["faults"] == []


def test_import_given_a_mapping_that_is_nested_without_end_then_refused(hand: Hand, wfp: tuple[str, ...]) -> None:
    Path("wfp.toml").write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert hand.refused("import", *wfp) == ["J4"]
    assert replace(hand, book="wfp.csv").refused("map", "--answers", "wfp.toml") == ["J4"]


def test_import_given_a_file_after_file_then_only_events_of_its_rows_are_read(
    hand: Hand, wfp: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    asked = recorded.known

    def counted(book: store.Store, ids: list[str]) -> dict[str, recorded.Known]:
        read.append(len(asked(book, ids)))
        return asked(book, ids)

    monkeypatch.setattr(book_joins, "known", counted)
    hand.types("import", *wfp)
    Path("wfp.csv").write_text("day,waybill,item,quantity\n2024-12-03,WB9,flour,7\n", encoding="utf-8")
    assert hand.reads("import", *wfp)["differences"]["gone_count"] == 2
    assert hand.reads("import", *wfp, "--post")["accepted"] == 1
    assert hand.reads("import", *wfp)["accepted"] == 0
    assert sum(read) == 1, read


def test_import_given_the_same_file_twice_then_nothing_changes(either: Hand) -> None:
    first = either.reads("import", *DEPOT)
    root = either.reads("root")["root"]
    again = either.reads("import", *DEPOT)
    assert (again["batch"], again["accepted"], again["posted"]) == (first["batch"], 0, False)
    assert either.reads("root")["root"] == root
    assert either.types("import", *DEPOT)[0].endswith("Nothing was recorded: the book has it all.\n")


def test_import_given_a_corrected_row_then_shown_first_and_posted_when_said(hand: Hand, wfp: tuple[str, ...]) -> None:
    assert hand.reads("import", *wfp)["accepted"] == 2
    Path("wfp.csv").write_text(ROWS.replace("600", "588").replace("none", "7"), encoding="utf-8")
    out, _ = hand.types("import", *wfp)
    assert "~ line 2: amount 600 kg flour outside:wfp → store:kabul → 588 kg flour outside:wfp → store:kabul" in out
    assert "+ line 4: receipt 2024-11-05 WB3 7 kg flour" in out
    assert out.endswith("look at the differences, then say it again with --post.\n")
    assert hand.balances()["store:kabul", "flour", ""] == 620_000
    assert hand.reads("import", *wfp, "--post")["accepted"] == 3
    assert hand.balances()["store:kabul", "flour", ""] == 615_000
    assert hand.reads("import", *wfp)["posted"] is False
    assert hand.reads("verify")["holds"]


def test_import_given_a_row_that_is_gone_then_reversed_only_where_the_file_is_whole(
    hand: Hand, wfp: tuple[str, ...]
) -> None:
    hand.types("import", *wfp)
    Path("wfp.csv").write_text(ROWS.replace("2024-11-04,WB2,flour,20\n", ""), encoding="utf-8")
    assert "It lacks 1 event of its source" in hand.types("import", *wfp)[0]
    assert hand.reads("import", *wfp, "--whole")["posted"] is False
    assert hand.reads("import", *wfp, "--whole", "--post")["accepted"] == 1
    assert hand.balances()["store:kabul", "flour", ""] == 600_000


def test_import_given_the_next_file_of_a_source_then_looked_at_and_only_added(hand: Hand, wfp: tuple[str, ...]) -> None:
    hand.types("import", *wfp)
    Path("wfp.csv").write_text("day,waybill,item,quantity\n2024-12-03,WB9,flour,5\n", encoding="utf-8")
    out, _ = hand.types("import", *wfp)
    assert "Does this file cover all of its source? Then --post --whole reverses 2 events that it lacks." in out
    hand.types("import", *wfp, "--post")
    assert hand.balances()["store:kabul", "flour", ""] == 625_000


def test_import_given_a_person_at_a_terminal_then_asked(
    hand: Hand, wfp: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.types("import", *wfp)
    Path("wfp.csv").write_text(ROWS.replace("600", "588"), encoding="utf-8")
    for answer, quantity in (("n\n", 620_000), ("y\n", 608_000)):
        stdin = io.StringIO(answer)
        monkeypatch.setattr(stdin, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", stdin)
        out, _ = hand.types("import", *wfp)
        assert "Post these differences?" in out
        assert hand.balances()["store:kabul", "flour", ""] == quantity


def test_import_given_a_dry_run_then_only_shown(hand: Hand, wfp: tuple[str, ...]) -> None:
    assert hand.types("import", *wfp, "--dry-run")[0].endswith("Nothing was recorded: 2 events would be.\n")
    assert hand.reads("root")["size"] == 0


def test_import_given_a_row_that_breaks_a_rule_then_nothing_and_its_line(hand: Hand, wfp: tuple[str, ...]) -> None:
    hand.brings_in("flour: 5 l")
    said = hand.reads("import", *wfp, status=1)
    assert [(fault["rule"], fault["where"]) for fault in said["faults"]] == [("B13", "wfp.csv:2"), ("B13", "wfp.csv:3")]
    assert hand.reads("root")["size"] == 1


def test_import_given_returned_rows_then_a_csv_of_inert_cells(hand: Hand, wfp: tuple[str, ...]) -> None:
    Path("wfp.csv").write_text(ROWS.replace("none", "=HYPERLINK(1)"), encoding="utf-8")
    hand.types("import", *wfp, "--returned", "back.csv")
    (row,) = csv.DictReader(Path("back.csv").read_text(encoding="utf-8").splitlines())
    assert {name: row[name] for name in ("file", "line", "column", "value")} == {
        "file": "wfp.csv",
        "line": "4",
        "column": "quantity",
        "value": "'=HYPERLINK(1)",
    }
    assert row["reason"] == "There are words where a number is expected."


def test_import_given_an_open_question_then_refused(hand: Hand) -> None:
    hand.types("balance")
    assert Hand(DEPOT[0], hand.capsys, hand.folder).reads("map", "--to", "m.toml")["questions"]
    assert set(hand.refused("import", DEPOT[0], "--mapping", "m.toml")) == {"J5"}
    assert hand.refused("import", "nowhere.csv", "--mapping", DEPOT[2]) == ["J1"]


def test_map_given_answers_then_asked_until_nothing_is_open(hand: Hand) -> None:
    depot = Hand(DEPOT[0], hand.capsys, hand.folder)
    asked = [".".join(each["about"]) for each in depot.reads("map")["questions"]]
    name = "names.Article.Farine de ble, sac de 50 kg"
    assert asked == ["event.unit", "event.to", name, "mapping.repeated"]
    answers = ["event.unit=goma", "event.to=store:goma", f"{name}=farine-de-blé", "mapping.repeated=return"]
    words = [word for answer in answers for word in ("--answer", answer)]
    out, _ = depot.types("map", *words, "--to", "m.toml")
    assert out.startswith("mapping  m.toml, no open questions\n")
    assert hand.reads("import", DEPOT[0], "--mapping", "m.toml")["events"] == 4
    assert depot.refused("map", "--answer", "event.unti=goma") == ["J5"]


def test_map_given_answers_written_into_a_proposal_then_they_count(hand: Hand) -> None:
    depot = Hand(DEPOT[0], hand.capsys, hand.folder)
    depot.types("map", "--to", "m.toml")
    text = Path("m.toml").read_text(encoding="utf-8")
    first, _, rest = text.partition('about = ["event", "unit"]')
    Path("m.toml").write_text(first + 'about = ["event", "unit"]' + rest.replace('answer = ""', 'answer = "goma"', 1))
    asked = depot.reads("map", "--answers", "m.toml")["questions"]
    assert ["event", "unit"] not in [each["about"] for each in asked] and len(asked) == 3
    Path("m.toml").write_text("[[question]", encoding="utf-8")
    assert depot.refused("map", "--answers", "m.toml") == ["J4"]


def test_map_given_a_book_then_its_resources_are_known(hand: Hand) -> None:
    hand.brings_in("lait-therapeutique: 5 kg")
    depot = Hand(DEPOT[0], hand.capsys, hand.folder)
    made = depot.reads("map", "--book", hand.book)["mapping"]
    assert '"Lait thérapeutique" = "lait-therapeutique"' in made
    assert '"Lait thérapeutique" = "lait-thérapeutique"' in depot.reads("map")["mapping"]


@pytest.fixture
def full(either: Hand) -> Hand:
    """A book with everything in it: lots, a waybill received in part, a count, a reversal, a production, odd names."""
    either.brings_in("flour, lot L12, expires 2027-06-30: 700 bags of 50 kg")
    either.sends()
    herat = ("--by", "h.rahimi", "--unit", "herat", "--on", "2024-11-06")
    either.types("receive", "WB123", "flour: 588 bags of 50 kg", "--claim", "outside:transco", *herat)
    either.types("add", "production", "flour: 500 kg", "--made", "bread: 650 kg", "--to", "process:+oven", *KABUL)
    either.types("add", "receipt", "=cmd|x, lot @1: 5 kg", "--from", "outside:-wfp", "--reason", '\\ "=1+1"', *KABUL)
    either.types("add", "receipt", "=CMD x, lot @1: 7 kg", "--from", "outside:-WFP", *KABUL)
    either.types("count", "flour: 88 bags of 50 kg", "--place", "store:kabul", "--to", "n.count", *KABUL)
    either.types("count", "--close", "n.count", "--by", "s.amiri", "--unit", "kabul")
    row = either.reads("card", "store:kabul", "=cmd|x")["rows"][0]
    either.types("reverse", row["id"], "--reason", "no such goods", *KABUL)
    return either


def test_export_given_events_then_another_book_takes_them_and_says_the_same(full: Hand) -> None:
    full.types("export", "--events", "--to", "all.jsonl")
    out, _ = full.types("export", "--events")
    assert Path("all.jsonl").read_text(encoding="utf-8") == out
    other = Hand("other.book", full.capsys, full.folder)
    other.types("init")
    assert (
        other.reads("add", "--events", "all.jsonl")["accepted"] == len(out.splitlines()) == full.reads("root")["size"]
    )
    assert other.balances() == full.balances()
    assert other.types("export", "--events")[0] == out


def test_export_given_beancount_then_it_accepts_the_ledger_with_the_same_balances(full: Hand) -> None:
    full.types("export", "--beancount", "--to", "book.beancount")
    assert full.types("export", "--beancount")[0] == Path("book.beancount").read_text(encoding="utf-8")
    checked = subprocess.run([Path(sys.executable).with_name("bean-check"), "book.beancount"], capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, b"")
    entries, errors, _ = loader.load_file("book.beancount")
    assert errors == []
    kinds = {kind: [each for each in entries if type(each).__name__ == kind] for kind in ("Open", "Commodity")}
    places = {each.account: each.meta["place"] for each in kinds["Open"]}
    goods = {each.currency: (each.meta["resource"], each.meta.get("lot", "")) for each in kinds["Commodity"]}
    sums = Counter[tuple[str, str, str]]()
    for each in entries:
        for posting in getattr(each, "postings", ()):
            sums[(places[posting.account], *goods[posting.units.currency])] += int(posting.units.number)
    assert {key: quantity for key, quantity in sums.items() if quantity} == full.balances()


def test_export_given_a_wrong_balance_then_beancount_refuses_it(full: Hand) -> None:
    text = full.types("export", "--beancount")[0]
    Path("wrong.beancount").write_text(text.replace("Assets:Store:Herat  29400000", "Assets:Store:Herat  29400001", 1))
    assert loader.load_file("wrong.beancount")[1] != []


def test_export_given_csv_then_tables_that_fit_their_schema_and_add_up(full: Hand) -> None:
    full.types("export", "--csv", "tables")
    assert frictionless.validate("tables/datapackage.json").valid
    tables = {
        path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in Path("tables").glob("*.csv")
    }
    cells = [cell for rows in tables.values() for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert {"'=cmd|x", "'@1"} <= set(cells) and len(tables["events"]) == full.reads("root")["size"]
    sums = Counter[tuple[str, str, str]]()
    for row in tables["moves"]:
        sums[row["to"], row["resource"], row["lot"]] += int(row["quantity"])
        sums[row["from"], row["resource"], row["lot"]] -= int(row["quantity"])
    for row in tables["differences"]:
        change, store = int(row["more"]) - int(row["less"]), row["place"]
        sums[store, row["resource"], row["lot"]] += change
        sums[store.replace("store:", "discrepancy:"), row["resource"], row["lot"]] -= change
    held = {(r["place"], r["resource"], r["lot"]): int(r["holds"]) - int(r["below"]) for r in tables["balances"]}
    assert {key: quantity for key, quantity in sums.items() if quantity} == held
    full.types("export", "--csv", "tables")
    Path("tables/mine.txt").write_text("mine")
    assert full.refused("export", "--csv", "tables") == ["C3"]
    assert Path("tables/mine.txt").exists()


def test_export_given_log_then_the_checker_without_muster_accepts_it(full: Hand) -> None:
    public = next(Path().glob("*.pub"))
    for _ in range(2):  # the second time, the first makes way
        full.types("export", "--log", "log")
        checked = subprocess.run(
            [sys.executable, CHECKER, "log", public], capture_output=True, text=True, encoding="utf-8"
        )
        assert checked.returncode == 0 and checked.stdout.endswith("all is well\n"), checked.stdout
    assert full.reads("root")["root"] in checked.stdout
    assert full.refused("export", "--log", "log", "--key", "nowhere") == ["U5"]


def test_export_given_an_empty_book_then_all_of_it_is_empty_and_right(hand: Hand) -> None:
    for _ in range(2):
        hand.types("export", "--log", "log")
        hand.types("export", "--csv", "tables")
    assert [path.name for path in Path("log").iterdir()] == ["checkpoint"]
    assert frictionless.validate("tables/datapackage.json").valid
    Path("empty.beancount").write_text(hand.types("export", "--beancount")[0], encoding="utf-8")
    assert loader.load_file("empty.beancount")[1] == []
    assert hand.types("export", "--events")[0] == ""


def test_export_given_a_long_log_then_every_tile_is_right(hand: Hand) -> None:
    lines = [
        {"id": f"0198abcd-ef01-7000-8000-{n:012}", "kind": "receipt", "unit": "kabul", "recorder": "x", "n": n}
        | {"occurred": "2024-11-03T10:00:00Z"}
        | {"moves": [{"from": "outside:wfp", "to": "store:kabul", "resource": "flour", "quantity": "1", "unit": "kg"}]}
        for n in range(1, 701)
    ]
    Path("many.jsonl").write_text("\n".join(map(json.dumps, lines)))
    hand.types("add", "--events", "many.jsonl")
    hand.types("export", "--log", "log")
    assert Path("log/tile/1/000.p/2").exists() and Path("log/tile/entries/002.p/188").exists()
    checked = subprocess.run([sys.executable, CHECKER, "log", "kabul.book.pub"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_export_given_nothing_or_too_much_then_status_2(hand: Hand) -> None:
    for words in ([], ["--events", "--beancount"], ["--csv", "a", "--log", "b"]):
        assert "add one of --events, --beancount, --csv DIR, --log DIR" in hand.types("export", *words, status=2)[1]


def test_export_given_a_reader_that_goes_then_no_message(hand: Hand) -> None:
    hand.brings_in()
    muster = (
        "import sys; from muster.cli.main import main; sys.exit(main(['book', 'export', 'kabul.book', '--events']))"
    )
    done = subprocess.run(["bash", "-c", f'{sys.executable} -c "{muster}" | true'], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
