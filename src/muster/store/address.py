"""Where a book is: an SQLite file, or a database of PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_POSTGRES = re.compile(r"postgres(ql)?://", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")


@dataclass(frozen=True)
class Address:
    """Where a book is.

    Attributes:
        text: As given: a path, or ``postgresql://…``.
    """

    text: str

    @property
    def is_postgres(self) -> bool:
        """Whether it is a database of PostgreSQL."""
        return bool(_POSTGRES.match(self.text))

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.text)

    @property
    def shown(self) -> str:
        """The address as it can stand in a message: without a password."""
        return _PASSWORD.sub("…", self.text) if self.is_postgres else self.text

    @property
    def url(self) -> str:
        """The address for SQLAlchemy."""
        if self.is_postgres:
            return _POSTGRES.sub("postgresql+psycopg://", self.text)
        return f"sqlite:///{self.path.absolute()}"
