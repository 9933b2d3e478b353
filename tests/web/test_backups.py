"""Backups: made while others write, damaged, refused, brought back whole; between both databases."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from apart import apart

from muster import store
from muster.cli.main import main
from muster.services.backups import BackupError, Head, read_head, restore, write_backup
from muster.services.books import root_of

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


@pytest.fixture
def backup(ready: Ready, client_of: Clients) -> Iterator[Path]:
    """Make a backup in the browser, and take it away."""
    client = client_of("office")
    assert client.post("/admin/backups", {"do": "make"}).status_code == 302
    (file,) = ready.site.backups.glob("*.zip")
    assert file.name in client.get("/admin/backups").content.decode()
    yield file
    for each in ready.site.backups.iterdir():
        each.unlink()


def brought_back(file: Path, folder: Path) -> tuple[Head, str]:
    """Bring the files and the book back, without the accounts; return what the file said, and the new root."""
    head = read_head(file)
    restore(file, head, folder=folder, book=str(folder / "book.db"))
    return head, root_of(str(folder / "book.db")).root


def copied(file: Path, to: Path, change: Callable[[bytearray], object]) -> Path:
    data = bytearray(file.read_bytes())
    change(data)
    to.write_bytes(data)
    return to


def flipped(file: Path, to: Path, at: int) -> Path:
    """Copy a file with one bit of it changed."""
    return copied(file, to, lambda data: data.__setitem__(at, data[at] ^ 1))


def packed_anew(file: Path, to: Path, name: str, data: bytes) -> Path:
    """Copy a backup with another content of one of its files, and a zip that is in order."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for each in old.namelist():
            new.writestr(each, data if each == name else old.read(each))
        if name not in old.namelist():
            new.writestr(name, data)
    return to


def test_make_given_the_demo_then_one_file_for_its_owner_with_all_but_the_secret(ready: Ready, backup: Path) -> None:
    assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600
    head = read_head(backup)
    assert (head.size, head.root) == (root_of(ready.site.book).size, root_of(ready.site.book).root)
    names = set(head.files)
    assert {"book.records", "accounts.jsonl", "folder/book.key", "folder/book.pub"} <= names
    assert any(name.startswith("folder/plans/two-villages/") for name in names)
    assert not any("secret" in name or "site.db" in name or "book.db" in name or ".zip" in name for name in names)
    with zipfile.ZipFile(backup) as packed:
        assert b"sessions.session" not in packed.read("accounts.jsonl")


def test_take_given_its_name_then_the_file_and_any_other_path_is_not_there(client_of: Clients, backup: Path) -> None:
    client = client_of("office")
    assert b"".join(client.get(f"/admin/backups/{backup.name}")) == backup.read_bytes()
    for name in ("secret", "..%2Fsecret", "..%2F..%2Fbook.key", "muster-x.zip"):
        assert client.get(f"/admin/backups/{name}").status_code == 404
    for name in ("clerk", "manager", "auditor"):
        assert client_of(name).get(f"/admin/backups/{backup.name}").status_code == 403


def test_restore_given_a_book_with_phones_and_disputes_then_the_same_log_and_balances(
    ready: Ready, backup: Path, tmp_path: Path
) -> None:
    head, root = brought_back(backup, tmp_path)
    assert root == head.root
    with store.open(ready.site.book) as was, store.open(str(tmp_path / "book.db")) as now:
        assert len(was.disputes()) == len(now.disputes()) > 0
        assert was.balances() == now.balances()
        assert not [fault for fault in store.verify(now) if fault.severity == "fault"]
    plan = "plans/two-villages/met.csv"
    assert (tmp_path / plan).read_bytes() == (ready.site.folder / plan).read_bytes()


def test_read_head_given_damage_then_refused_wherever_it_is(backup: Path, tmp_path: Path) -> None:
    size = backup.stat().st_size
    damaged = [copied(backup, tmp_path / "cut", lambda data: data.__delitem__(slice(size // 2, None)))]
    damaged += [flipped(backup, tmp_path / str(at), at) for at in (100, size // 3, size // 2, 2 * size // 3, size - 30)]
    with zipfile.ZipFile(backup) as packed:
        lines = packed.read("book.records").splitlines(keepends=True)
    damaged.append(packed_anew(backup, tmp_path / "less", "book.records", b"".join(lines[:-1])))
    damaged.append(packed_anew(backup, tmp_path / "more", "folder/more", b"x"))
    (tmp_path / "none").write_bytes(b"")
    for file in (*damaged, tmp_path / "none"):
        with pytest.raises(BackupError) as caught:
            read_head(file)
        assert [fault.rule for fault in caught.value.faults] == ["K1"], file.name


def test_restore_given_a_book_that_was_changed_with_its_digest_then_the_root_shows_it(
    backup: Path, tmp_path: Path
) -> None:
    import hashlib

    with zipfile.ZipFile(backup) as packed:
        records, head = packed.read("book.records"), json.loads(packed.read("backup.json"))
    changed = b"".join(records.splitlines(keepends=True)[:-1])
    head["files"]["book.records"] = hashlib.sha256(changed).hexdigest()
    first = packed_anew(backup, tmp_path / "first", "book.records", changed)
    file = packed_anew(first, tmp_path / "second", "backup.json", json.dumps(head).encode())
    with pytest.raises(BackupError) as caught:
        brought_back(file, tmp_path / "new")
    assert [fault.rule for fault in caught.value.faults] == ["K3"]


@pytest.mark.parametrize("name", ["folder/../../out", "/out", "folder/..\\out", "out"])
def test_read_head_given_a_name_that_leaves_the_folder_then_refused(backup: Path, tmp_path: Path, name: str) -> None:
    import hashlib

    with zipfile.ZipFile(backup) as packed:
        head = json.loads(packed.read("backup.json"))
    head["files"][name] = hashlib.sha256(b"x").hexdigest()
    first = packed_anew(backup, tmp_path / "first", name, b"x")
    file = packed_anew(first, tmp_path / "second", "backup.json", json.dumps(head).encode())
    with pytest.raises(BackupError) as caught:
        read_head(file)
    assert caught.value.faults[0].rule == "K1"


def test_write_backup_given_somebody_who_records_meanwhile_then_a_whole_book_all_the_same(
    ready: Ready, client_of: Clients, tmp_path: Path
) -> None:
    from muster.services.book_records import Desk, Said, add_said
    from muster.web.clerk.views import _new_id, _now_ms

    going, recorded = threading.Event(), []

    def records() -> None:
        while not going.is_set():
            desk = Desk("clerk", "kabul", _now_ms(), _new_id)
            done = add_said(ready.site.book, "receipt", Said(goods=("wheat: 1 kg",), source="outside:wfp"), desk)
            recorded.append(done.seq)

    writer = threading.Thread(target=records)
    writer.start()
    try:
        heads: list[Head] = []
        for number in range(2):
            before = len(recorded)
            while len(recorded) == before:
                writer.join(0.01)
            file = tmp_path / f"{number}.zip"
            site = ready.site
            heads.append(
                write_backup(
                    file,
                    folder=site.folder,
                    book=site.book,
                    accounts=lambda to: to.write_text(""),  # type: ignore[arg-type,return-value]
                    made=datetime.now(UTC),
                )
            )
    finally:
        going.set()
        writer.join()
    assert heads[0].size < heads[1].size <= recorded[-1]
    with store.open(ready.site.book) as book:
        assert book.log.root(heads[1].size).hex() == heads[1].root
    assert brought_back(tmp_path / "1.zip", tmp_path / "new")[1] == heads[1].root


RESTORE = """
from muster.errors import MusterError
site = Site(folder, words[1] if len(words) > 1 else "")
try:
    serve.bring_back(site, Path(words[0]), tell=lambda text: None)
except MusterError as error:
    print(json.dumps([[fault.rule for fault in error.faults], folder.exists()]))
    raise SystemExit
assert not list(site.backups.glob("*")), "none of the old ones"
accounts = serve.prepare(site, with_demo=False, tell=print).accounts
from django.test import Client
from muster.services.books import root_of
from muster.services.audits import verify
client = Client()
password = json.loads((folder / "demo.json").read_text())["clerk"]
status = client.post("/login", {"name": "clerk", "password": password}).status_code
page = client.get("/clerk/").status_code
key = folder / "book.key"
faults = [fault.what for fault in verify(site.book, key=key).check.faults if fault.severity == "fault"]
print(json.dumps([root_of(site.book, key=key).root, accounts, status, page, faults]))
"""


def test_bring_back_given_a_backup_then_people_log_in_and_a_damaged_one_leaves_nothing(
    backup: Path, ready: Ready, tmp_path: Path
) -> None:
    root = root_of(ready.site.book).root
    assert json.loads(apart(RESTORE, tmp_path / "site", str(backup))) == [root, [], 302, 200, []]
    assert json.loads(apart(RESTORE, tmp_path / "site", str(backup))) == [["K2"], True]  # there is something now
    bad = flipped(backup, tmp_path / "bad.zip", backup.stat().st_size // 2)
    assert json.loads(apart(RESTORE, tmp_path / "other", str(bad))) == [["K1"], False]


def test_bring_back_given_postgres_then_the_same_root_and_from_there_into_files_again(
    backup: Path, ready: Ready, tmp_path: Path
) -> None:
    postgres = pytest.importorskip("postgres")
    root = root_of(ready.site.book).root
    with postgres.running() as server:
        address = server.address(server.new_database())
        script = f"{RESTORE}\nprint(serve.back_up(site))"
        out = apart(script, tmp_path / "site", str(backup), address)
        assert json.loads(apart(RESTORE, tmp_path / "third", str(backup), address)) == [["S3"], False]
    assert read_head(Path(out)).root == root
    assert json.loads(apart(RESTORE, tmp_path / "fourth", out)) == [root, [], 302, 200, []]


SERVED_AGAIN = """
import json, sys
from pathlib import Path
from muster.web.folder import Site
from muster.web.serve import prepare
site = Site(Path(sys.argv[1]), sys.argv[2])
prepare(site, with_demo=True, tell=print, weeks=1)
from django.contrib.auth.models import User
from django.test import Client
from muster.services.audits import verify
found = verify(site.book, key=site.folder / "book.key")
client = Client()
password = json.loads((site.folder / "demo.json").read_text())["manager"]
login = client.post("/login", {"name": "manager", "password": password}).status_code
pages = [client.get(page).status_code for page in ("/morning", "/requests", "/clerk/")]
faults = [fault.rule for fault in found.check.faults if fault.severity == "fault"]
print(json.dumps([found.root.root, faults, User.objects.count(), login, pages]))
"""


def test_pg_dump_given_a_copy_of_the_folder_too_then_all_is_there_again_with_the_same_root(tmp_path: Path) -> None:
    postgres = pytest.importorskip("postgres")
    with postgres.running() as server:
        before, after = server.new_database(), server.new_database()
        first = json.loads(apart(SERVED_AGAIN, tmp_path / "office", server.address(before)).splitlines()[-1])
        copytree(tmp_path / "office", tmp_path / "again")
        dump = server.client("pg_dump", "--format=custom", "--no-owner", server.address(before))
        to = ("--dbname", server.address(after))
        server.client("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", *to, given=dump)
        again = json.loads(apart(SERVED_AGAIN, tmp_path / "again", server.address(after)).splitlines()[-1])
    assert again == first
    assert again[1:] == [[], again[2], 302, [200, 200, 200]]
    assert again[2] > 5


def test_serve_given_no_backup_then_a_plain_message_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.zip").write_bytes(b"PK no")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = ["--restore", str(tmp_path / "no.zip"), "--data", str(tmp_path / "new"), "--port", str(port)]
    assert main(["serve", *words]) == 1
    assert "This is no whole backup; nothing was brought back." in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
