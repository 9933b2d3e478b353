from pathlib import Path

import pytest

from muster.services.books import key_file, new_book, root_of
from muster.store.address import Address


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("data/kabul.book", "data/kabul.book.key"),
        ("postgresql://me:secret@host/kabul?sslmode=require", "kabul.key"),
        ("postgresql://host/..%2F..%2Fetc%2Fpasswd", "etc-passwd.key"),
        ("postgresql://host", "book.key"),
    ],
)
def test_key_file_given_an_address_then_beside_it_and_never_a_path_of_somebody_else(address: str, file: str) -> None:
    assert key_file(address) == Path(file)


def test_new_book_given_the_same_random_bytes_then_the_same_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    made = [new_book(str(tmp_path / name / "kabul.book"), random=bytes) for name in ("a", "b")]
    assert made[0].public_key == made[1].public_key
    assert root_of(made[0].book).note == root_of(made[1].book).note != ""


def test_new_book_given_a_password_then_it_is_not_shown() -> None:
    assert Address("postgresql://me:secret@host/kabul").shown == "postgresql://me:…@host/kabul"
