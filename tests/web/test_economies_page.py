"""Economies in versions: taken in whole or not at all, whatever is sent; and what changed between two."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muster.economy import write
from muster.economy.read import read
from muster.services.economies import examples_folder
from muster.services.economy_uploads import take_in

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
VILLAGES = examples_folder() / "two-villages"


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return whole.getvalue()


def tables(above: str = "") -> dict[str, str | bytes]:
    """Return the files of two villages."""
    return {f"{above}{each.name}": each.read_bytes() for each in VILLAGES.iterdir()}


def with_stock(quantity: str) -> bytes:
    """Return two villages with another quantity in the first row of stocks."""
    files = tables()
    lines = str(files["stocks.csv"], "utf-8").splitlines()  # type: ignore[arg-type]
    cells = lines[1].split(",")
    cells[2] = quantity
    return zipped(files | {"stocks.csv": "\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n"})


@pytest.fixture(autouse=True)
def only_the_demos(ready: Ready) -> Iterator[None]:
    """Take away what a test has sent."""
    from muster.web.jobs.models import Version

    known = set(Version.objects.values_list("pk", flat=True))
    folders = set(ready.site.economies.iterdir())
    yield
    Version.objects.exclude(pk__in=known).delete()
    for folder in set(ready.site.economies.iterdir()) - folders:
        rmtree(folder)


def sent(client: Client, data: bytes, name: str = "new") -> object:
    """Send a file, and return the page that comes back."""
    return client.post("/economies", {"name": name, "file": SimpleUploadedFile("economy", data)}, follow=True)


@pytest.mark.parametrize("above", ["", "villages/"])
def test_listed_given_a_zip_then_a_version_with_a_folder_that_can_be_planned_with(
    client_of: Clients, ready: Ready, above: str
) -> None:
    client = client_of("logistician")
    extra = {"__MACOSX/._stocks.csv": b"\0", f"{above}.DS_Store": b"\0"}
    said = words(sent(client, zipped(tables(above) | extra)))
    assert "new, version 1 is there." in said
    assert "Two villages, November 2026 to January 2027: 3 places, 1,500 people, 4 resources, 3 periods." in said
    folder = ready.site.economies / "new" / "0001"
    assert read(folder).sha256 == read(VILLAGES).sha256
    assert not list(folder.glob(".*"))
    assert re.search(r"new, version 1 Two villages \S+ \S+ logistician 3 1,500", words(client.get("/economies")))


def test_listed_given_a_workbook_then_a_folder_of_its_tables(client_of: Clients, ready: Ready, tmp_path: Path) -> None:
    write.write(read(VILLAGES), tmp_path / "two.xlsx")
    assert "new, version 1 is there." in words(sent(client_of("logistician"), (tmp_path / "two.xlsx").read_bytes()))
    assert read(ready.site.economies / "new" / "0001").sha256 == read(VILLAGES).sha256


def test_one_given_two_versions_then_what_changed_row_by_row(client_of: Clients) -> None:
    client = client_of("logistician")
    sent(client, with_stock("42"))
    files = tables() | {"economy.toml": b'title = "Others"\nstart = 2026-11-01\nperiod = "month"\nperiods = 3\n'}
    said = words(sent(client, zipped(files)))
    assert "From new, version 1 to new, version 2:" in said
    assert "title Two villages Others" in said
    first = re.search(r"depot,flour,([0-9.]+)", (VILLAGES / "stocks.csv").read_text())
    assert first is not None
    same = words(sent(client, with_stock(f"{float(first[1]) + 1:g}"), "other"))
    assert "other, version 1 is there." in same
    assert "What changed Since" in same


def test_one_given_a_version_that_is_not_there_then_404(client_of: Clients) -> None:
    client = client_of("logistician")
    for page in ("/economies/999999", "/economies/1?since=999999", "/economies/1?since=x"):
        assert client.get(page).status_code == 404, page


def test_listed_given_faults_in_the_tables_then_all_of_them_in_five_fields_and_nothing_is_kept(
    client_of: Clients, ready: Ready
) -> None:
    files = tables() | {"stocks.csv": "place;resource;quantity\ndepot;wheet;68,25\nnowhere;flour;1\n"}
    answer = sent(client_of("logistician"), zipped(files))
    said = words(answer)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "It was not taken in" in said
    assert re.search(
        r"A number has a decimal comma. where stocks.csv:2, column quantity seen 68,25 do .* rule F7", said
    )
    assert "rule T3" in said or "nowhere" in said
    assert not (ready.site.economies / "new" / "0001").exists()


def link(name: str) -> bytes:
    """Return an archive with a symbolic link in it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return whole.getvalue()


def lying() -> bytes:
    """Return an archive whose directory says of a file that it is smaller than it is."""
    data = bytearray(zipped({"economy.toml": b"x" * 5_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "nothing": (b"", "empty"),
    "no archive": (b"not a zip at all", "neither a .zip nor an .xlsx"),
    "half an archive": (zipped(tables())[:-40], "neither a .zip nor an .xlsx"),
    "a bomb": (zipped({"stocks.csv": b"0" * 60_000_000}), "grows too large"),
    "many files": (zipped({f"{n}.csv": b"" for n in range(500)}), "too many files"),
    "out of it": (zipped({"../../outside.csv": b"x"}), "names a file outside"),
    "from the root": (zipped({"/etc/cron.d/x": b"x"}), "names a file outside"),
    "a drive": (zipped({"a\\..\\b.csv": b"x"}), "The archive"),
    "a long name": (zipped({"x" * 300 + ".csv": b"x"}), "names a file outside"),
    "a link": (link("stocks.csv"), "holds a link"),
    "deep": (zipped({"a/b/c/stocks.csv": b"x"}), "folders in folders"),
    "two folders": (zipped({"a/stocks.csv": b"x", "b/places.csv": b"x"}), "more than one folder"),
    "an empty one": (zipped({}), "The archive is empty"),
    "a larger file than it says": (lying(), "damaged"),
    "no settings": (zipped({"stocks.csv": b"place,resource,quantity\n"}), "settings of the economy are missing"),
    "bytes": (zipped({"economy.toml": b"\xff\xfe\0" * 100, "stocks.csv": bytes(range(256))}), "economy.toml"),
    "a workbook of nothing": (zipped({"xl/workbook.xml": b"<x"}), "workbook"),
    "a workbook with entities": (
        zipped({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "xl/_rels/workbook.xml.rels": b"<a/>"}),
        "workbook",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_listed_given_a_hostile_file_then_a_reason_and_nothing_is_left(
    client_of: Clients, ready: Ready, kind: str
) -> None:
    from muster.web.jobs.models import Version

    data, reason = HOSTILE[kind]
    before = Version.objects.count()
    answer = sent(client_of("logistician"), data)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert reason in words(answer), words(answer)
    assert Version.objects.count() == before
    assert list((ready.site.economies / "new").glob("*")) == []
    assert not list(ready.site.economies.glob(".taken-in-*"))


@pytest.mark.parametrize("name", ["", "..", "a/b", ".x", "x" * 61, "a b"])
def test_listed_given_a_name_that_is_none_then_says_so(client_of: Clients, name: str) -> None:
    answer = sent(client_of("logistician"), zipped(tables()), name)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "is not there" not in words(answer)


def test_listed_given_more_bytes_than_are_taken_then_refused_before_they_are_read(client_of: Clients) -> None:
    from muster.web.headers import LARGEST_REQUEST

    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n'
    announced = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(LARGEST_REQUEST + 1)}
    answer = client_of("logistician").post("/economies", body, **announced)
    assert answer.status_code == 413


def test_listed_given_a_file_that_is_larger_than_an_economy_then_says_so(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muster.web.jobs.economies.MOST_BYTES", 2**10)
    answer = sent(client_of("logistician"), zipped(tables()))
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "This file is too large" in words(answer)


def test_take_in_given_a_reader_that_dies_then_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.services.economy_uploads.sys.executable", "/bin/false")
    (tmp_path / "sent").write_bytes(zipped(tables()))
    received = take_in(tmp_path / "sent", to=tmp_path / "economy")
    assert [fault.rule for fault in received.faults] == ["F1"]
    assert "status 1" in received.faults[0].seen
    assert not (tmp_path / "economy").exists()
