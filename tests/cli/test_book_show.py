import json
import os
import re
import sqlite3
import stat
from pathlib import Path

import pytest
from books_at_hand import Hand

from muster.cli.book_reference import BOOK_JSON
from muster.cli.main import main

KABUL = ("--by", "a.karimi", "--unit", "kabul")


def test_init_given_a_file_then_a_book_and_a_key_that_only_the_owner_reads(hand: Hand) -> None:
    assert stat.S_IMODE(os.stat("kabul.book.key").st_mode) == 0o600
    assert Path("kabul.book.key").read_text().startswith("PRIVATE+KEY+kabul/")
    public = Path("kabul.book.pub").read_text().strip()
    assert hand.reads("root")["public_key"] == public


def test_init_given_a_book_then_refused_and_nothing_is_changed(hand: Hand) -> None:
    before = {path.name: path.read_bytes() for path in hand.folder.iterdir() if path.suffix in (".key", ".pub")}
    assert hand.refused("init") == ["S3"]
    assert {path.name: path.read_bytes() for path in hand.folder.iterdir() if path.suffix in (".key", ".pub")} == before


def test_init_given_no_place_for_it_then_no_key_is_left(hand: Hand) -> None:
    Path("there").write_text("mine")
    assert main(["book", "init", "there"]) == 1
    assert not Path("there.key").exists() and not Path("there.pub").exists()


def test_init_given_a_name_and_a_key_that_is_there_then_they_are_used(hand: Hand) -> None:
    other = Hand("other.book", hand.capsys, hand.folder)
    said = other.reads("init", "--name", "example.org/kabul", "--key", "my.key")
    assert list(said) == list(BOOK_JSON["book init"])
    assert said["public_key"].startswith("example.org/kabul+")
    third = Hand("third.book", hand.capsys, hand.folder)
    _, err = third.types("init", "--key", "my.key")
    assert "There was a key already; it is used." in err
    assert third.reads("root", "--key", "my.key")["public_key"] == said["public_key"]
    fourth = Hand("fourth.book", hand.capsys, hand.folder)
    assert fourth.refused("init", "--name", "no spaces please") == ["L1"]
    assert not Path("fourth.book").exists()


def test_init_given_the_public_key_of_another_log_then_refused(hand: Hand) -> None:
    other = Hand("other.book", hand.capsys, hand.folder)
    Path("other.book.pub").write_bytes(Path("kabul.book.pub").read_bytes())
    assert other.refused("init") == ["U5"]
    assert not Path("other.book").exists() and not Path("other.book.key").exists()


def test_renew_given_a_book_of_this_version_then_its_log_is_what_it_was(either: Hand) -> None:
    either.brings_in()
    root = either.reads("root")
    assert either.reads("renew") == {"size": 1, "root": root["root"]}
    assert list(either.reads("renew")) == list(BOOK_JSON["book renew"])
    assert either.types("renew")[0] == f"renewed  1 event, root {root['root']}\n"
    assert Hand("none.book", either.capsys, either.folder).refused("renew") == ["S1"]


def test_balance_given_json_then_a_list_in_the_smallest_unit(either: Hand) -> None:
    either.brings_in()
    assert either.reads("balance", "--place", "store:kabul") == [
        {"place": "store:kabul", "resource": "flour", "lot": "L12", "quantity": 35_000_000, "unit": "g"}
    ]
    assert either.types("balance", "--resource", "rice")[0] == "Nothing is there.\n"


def test_balance_given_a_day_and_a_sequence_then_as_it_was_known(either: Hand) -> None:
    either.brings_in(on="2024-11-03")
    either.brings_in("flour, lot L12: 1 t", on="2024-11-01")
    store = ("store:kabul", "flour", "L12")
    assert either.balances("--as-of", "2024-11-02")[store] == 1_000_000
    assert either.balances("--as-of", "2024-11-03")[store] == 36_000_000
    assert either.balances("--as-of", "2024-11-03", "--known-at", "1")[store] == 35_000_000
    assert either.balances("--as-of", "2024-11-02", "--known-at", "1") == {}


def test_balance_given_nonsense_then_said(hand: Hand) -> None:
    assert "write a day as 2026-11-30" in hand.types("balance", "--as-of", "tomorrow", status=2)[1]
    assert "write a whole number" in hand.types("balance", "--known-at", "-1", status=2)[1]
    assert hand.refused("balance", "--place", "kabul") == ["B7"]


def test_card_given_a_count_then_as_on_paper(hand: Hand) -> None:
    hand.brings_in()
    hand.sends()
    out, _ = hand.types("card", "store:kabul", "flour")
    lines = [re.sub(r" +", " ", re.sub(r"[0-9a-f-]{36}", "ID", line)).strip() for line in out.splitlines()]
    assert lines == [
        "flour at store:kabul",
        "date document what from or to lot in out balance id",
        "2024-11-03 receipt outside:wfp L12 35,000 kg 35,000 kg ID",
        "2024-11-04 WB123 dispatch transit:WB123 L12 30,000 kg 5,000 kg ID",
    ]
    said = hand.reads("card", "store:kabul", "flour")
    assert list(said) == list(BOOK_JSON["book card"]) and said["balance"] == 5_000_000
    assert hand.reads("card", "store:herat", "flour")["rows"] == []
    assert hand.refused("card", "store:kabul", "flower") == ["U7"]


def test_place_given_by_its_name_then_the_only_one_that_has_it(either: Hand) -> None:
    either.brings_in()
    either.sends()
    assert either.reads("card", "kabul", "flour") == either.reads("card", "store:kabul", "flour")
    assert either.reads("card", "WB123", "flour")["place"] == "transit:WB123"
    assert either.balances("--place", "kabul") == either.balances("--place", "store:kabul") != {}
    assert either.refused("card", "herat", "flour") == ["B7"]
    assert either.refused("card", "ka\nbul", "flour") == ["B4"]


def test_place_given_a_name_that_several_have_then_they_are_named(either: Hand) -> None:
    either.brings_in()
    for place in ("people:kabul", "people:wfp"):
        either.types("add", "distribution", "flour: 1 kg", "--to", place, *KABUL)
    assert either.refused("card", "wfp", "flour") == ["U8"]
    assert either.reads("card", "kabul", "flour")["place"] == "store:kabul"
    _, said = either.types("balance", "--place", "wfp", status=1)
    assert "write which one: outside:wfp or people:wfp" in said
    assert either.reads("card", "people:kabul", "flour")["balance"] == 1_000
    either.types("count", "--place", "kabul", "--sheet", "sheet.html")  # only a store is counted
    assert "store:kabul" in (either.folder / "sheet.html").read_text(encoding="utf-8")


def test_card_given_nothing_left_anywhere_then_still_in_its_unit(hand: Hand) -> None:
    hand.brings_in("oil: 5 l")
    row = hand.reads("card", "store:kabul", "oil")["rows"][0]
    hand.types("reverse", row["id"], "--reason", "twice", *KABUL)
    assert hand.reads("card", "store:kabul", "oil")["unit"] == "ml"


def test_transit_given_a_late_waybill_then_overdue(either: Hand) -> None:
    either.brings_in()
    either.sends()
    (row,) = either.reads("transit", "--overdue")["rows"]
    assert (row["waybill"], row["still"], row["due"], row["overdue"]) == ("WB123", 30_000_000, "2024-11-10", True)


def test_expiring_given_a_lot_past_its_day_then_named(either: Hand) -> None:
    either.brings_in("milk, lot A, expires 2024-11-05: 5 kg")
    either.brings_in("milk, lot B, expires 2096-11-05: 5 kg")
    (row,) = either.reads("expiring")["rows"]
    assert (row["lot"], row["expires"]) == ("A", "2024-11-05")
    assert "expired" in either.types("expiring", "--days", "14")[0]
    assert len(either.reads("expiring", "--days", "99999")["rows"]) == 2


def test_root_given_no_key_then_unsigned_with_a_warning(hand: Hand) -> None:
    hand.brings_in()
    Path("kabul.book.key").rename("elsewhere.key")
    out, err = hand.types("root")
    assert re.fullmatch(r"size  1\nroot  [0-9a-f]{64}\n", out)
    assert "muster: warning: The checkpoint is not signed." in err
    assert hand.reads("root", "--key", "elsewhere.key")["note"].startswith("kabul/")
    assert hand.refused("root", "--key", "nowhere.key") == ["U5"]


def test_verify_given_kept_checkpoints_then_the_book_begins_with_them(either: Hand) -> None:
    either.types("root", "--to", "empty.checkpoint")
    either.brings_in()
    Path("whole-output").write_text(either.types("root")[0], encoding="utf-8")
    either.sends()
    said = either.reads("verify", "--checkpoint", "whole-output", "--checkpoint", "empty.checkpoint")
    assert said["holds"] and said["begins_with"] == ["whole-output", "empty.checkpoint"] and said["faults"] == []


def test_verify_given_an_old_copy_put_back_then_the_checkpoint_tells(hand: Hand) -> None:
    hand.brings_in()
    copy = hand.folder / "copy"
    with sqlite3.connect("kabul.book") as book, sqlite3.connect(copy) as other:
        book.backup(other)
    hand.sends()
    hand.types("root", "--to", "kept")
    for name in ("kabul.book", "kabul.book-wal", "kabul.book-shm"):
        Path(name).unlink(missing_ok=True)
    copy.rename("kabul.book")
    assert hand.reads("verify")["holds"]
    assert hand.refused("verify", "--checkpoint", "kept") == ["L11"]


def test_verify_given_a_book_written_anew_then_the_checkpoint_tells(hand: Hand) -> None:
    hand.brings_in()
    hand.types("root", "--to", "kept")
    for name in ("kabul.book", "kabul.book-wal", "kabul.book-shm"):
        Path(name).unlink(missing_ok=True)
    hand.types("init")
    hand.brings_in("flour, lot L12: 600 bags of 50 kg")
    assert hand.refused("verify", "--checkpoint", "kept") == ["L11"]


def test_verify_given_a_row_changed_in_the_database_then_status_1(hand: Hand) -> None:
    hand.brings_in()
    with sqlite3.connect("kabul.book") as book:
        book.execute("UPDATE holdings SET balance = balance - 50000 WHERE place = 'store:kabul'")
    said = hand.reads("verify", status=1)
    assert not said["holds"] and said["faults"]


def test_verify_given_a_folder_then_the_files_of_a_log(hand: Hand) -> None:
    hand.brings_in()
    hand.types("export", "--log", "log")
    folder = Hand("log", hand.capsys, hand.folder)
    assert folder.reads("verify", "--key", "kabul.book.pub")["size"] == 1
    assert folder.reads("verify", "--key", "kabul.book.key")["holds"]
    entries = next(path for path in Path("log/tile/entries").rglob("*") if path.is_file())
    entries.write_bytes(entries.read_bytes().replace(b"store:kabul", b"store:kabal"))
    assert folder.refused("verify", "--key", "kabul.book.pub") == ["L8"]
    assert folder.refused("verify") == ["U5"]


def test_verify_given_a_checkpoint_that_is_not_there_then_the_disk_says_so(hand: Hand) -> None:
    assert hand.refused("verify", "--checkpoint", "nowhere") == ["C3"]


def test_every_command_given_no_book_then_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("no.book").write_text("not a book")
    for command in ("balance", "transit", "expiring", "root", "verify"):
        for name in ("nowhere.book", "no.book"):
            assert main(["book", command, name, "--json"]) == 1
            assert json.loads(capsys.readouterr().out)["faults"][0]["rule"] == "S1"
