"""CSV of any shape, read within bounds."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from muster.joining.opening import look, open_table
from muster.joining.rules import JoiningError
from muster.texts import csv_rows
from muster.texts.csv_rows import check_text, read_rows


def rows(tmp_path: Path, data: bytes, *, encoding: str = "utf-8", delimiter: str = ",") -> list[tuple[int, list[str]]]:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return list(read_rows(path, encoding=encoding, delimiter=delimiter))


def refused(tmp_path: Path, data: bytes) -> JoiningError:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    with pytest.raises(JoiningError) as caught:
        list(open_table(path).rows)
    return caught.value


def test_read_rows_given_line_breaks_in_quotes_then_lines_are_those_of_the_file(tmp_path: Path) -> None:
    data = b'a,b\r\n1,"two\r\nlines"\r\n\r\n,\r\n3,4\r\n'
    assert rows(tmp_path, data) == [(1, ["a", "b"]), (2, ["1", "two\nlines"]), (6, ["3", "4"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_rows_given_any_end_of_line_then_the_same_rows(tmp_path: Path, end: str) -> None:
    assert rows(tmp_path, f"a,b{end}1,2{end}".encode()) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_read_rows_given_a_mark_that_the_encoding_does_not_expect_then_it_is_no_part_of_the_header(
    tmp_path: Path, encoding: str
) -> None:
    assert rows(tmp_path, "\ufeffa,b\n".encode(encoding), encoding=encoding) == [(1, ["a", "b"])]


def test_read_rows_given_ragged_rows_then_as_they_stand(tmp_path: Path) -> None:
    assert [cells for _, cells in rows(tmp_path, b"a,b\n1\n1,2,3\n")] == [["a", "b"], ["1"], ["1", "2", "3"]]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'a,b\n1,"never closed\n2,3\n', "table.csv:2"),
        (b'a,b\n1,"closed"x\n', "table.csv:2"),
        (b'a,b\n"1\n2",3\n4,"' + b"x" * 140_000 + b'"\n', "table.csv:4"),
        (b'a,b\n1,"' + b"line\n" * 3_000 + b'"\n', "table.csv:2"),
    ],
)
def test_read_rows_given_a_quote_that_is_not_closed_then_the_line_where_it_opens(
    tmp_path: Path, data: bytes, where: str
) -> None:
    [fault] = refused(tmp_path, data).faults
    assert (fault.what, fault.where, fault.rule) == ("A quote is opened and not closed as it should be.", where, "J2")


def test_read_rows_given_another_encoding_than_stated_then_says_so_and_where(tmp_path: Path) -> None:
    with pytest.raises(JoiningError) as caught:
        rows(tmp_path, b"a,b\n" * 20_000 + "Qué,1\n".encode("latin-1"))
    [fault] = caught.value.faults
    assert (fault.what, fault.seen) == ("The file is not written in utf-8.", "byte 0xE9")
    assert fault.rule == "J2"


def test_read_rows_given_a_line_without_end_then_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    [fault] = refused(tmp_path, b"a,b\n" + b"x" * (csv_rows.LONGEST_LINE + 10)).faults
    assert fault.what == "A line is longer than 4,194,304 signs."


def test_read_rows_given_too_many_cells_then_refused(tmp_path: Path) -> None:
    [fault] = refused(tmp_path, b"a,b\n" + b"," * 20_000 + b"x\n").faults
    assert (fault.what, fault.where) == ("A row has too many cells.", "table.csv:2")


def test_check_text_given_600_megabytes_then_refused_by_size(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b\n")
    os.truncate(path, 600 * 2**20)
    with pytest.raises(JoiningError) as caught:
        check_text(path)
    assert caught.value.faults[0].what == "A file is too large to be read."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "A file is empty."),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "packed with gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), "an old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"PAR1....PAR1", "a Parquet file"),
        (b"<html><table><tr><td>1</td></tr></table>", "a page or document"),
        (b"\x00\x01\x02" * 900, "binary"),
        (b"a,b\n\x01\x02\x03\x04\x05\x06\x07\x08" * 90, "binary"),
    ],
)
def test_open_table_given_something_else_then_says_what_it_is(tmp_path: Path, data: bytes, says: str) -> None:
    [fault] = refused(tmp_path, data).faults
    assert says in fault.what
    assert (fault.where, fault.rule) == ("table.csv", "J1")


def test_open_table_given_no_such_file_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(JoiningError) as caught:
        open_table(tmp_path / "absent.csv")
    assert caught.value.faults[0].what == "A file cannot be opened."


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("sep=;\na,b;c\n", ";"),
        ('a;b\n"x,y";1\n"z,w";2\n', ";"),
        ("only\none\n", ","),
    ],
)
def test_look_given_any_delimiter_then_found_by_evidence(tmp_path: Path, text: str, sign: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    delimiter = look(path).delimiter
    assert delimiter is not None
    assert delimiter.sign == sign


def test_look_given_two_delimiters_that_fit_alike_then_it_is_not_sure(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b;c\n1,2;3\n4,5;6\n")
    delimiter = look(path).delimiter
    assert delimiter is not None
    assert not delimiter.sure
