"""The folder that an application keeps everything in, and what is said of it in the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DATA, DATABASE, HOST, PUBLIC = "MUSTER_DATA", "MUSTER_DATABASE", "MUSTER_HOST", "MUSTER_PUBLIC"
"""Variables that ``muster serve`` sets, and that every process of the application reads."""

IS_DEMO = "MUSTER_DEMO"
"""Variable that is ``1`` where it is only a demo."""

_SECRET_BYTES = 50


@dataclass(frozen=True)
class Site:
    """Where an application keeps what it has.

    Attributes:
        folder: The data folder: book, economies, plans, open counts, users, secret.
        database: ``postgresql://…`` for book and users; ``""``: files in the folder.
        host: Address that is listened on.
        public: Where others reach it, ``https://…``; ``""``: it is not behind a proxy with HTTPS.
    """

    folder: Path
    database: str = ""
    host: str = "127.0.0.1"
    public: str = ""

    @property
    def book(self) -> str:
        """Address of the book."""
        return self.database or str(self.folder / "book.db")

    @property
    def counts(self) -> Path:
        """Folder of the counts that wait for a second person."""
        return self.folder / "counts"

    @property
    def economies(self) -> Path:
        """Folder of the economies, a folder each, with one for each version."""
        return self.folder / "economies"

    @property
    def plans(self) -> Path:
        """Folder of the plans, one folder each."""
        return self.folder / "plans"

    @property
    def backups(self) -> Path:
        """Folder of the backups that were made."""
        return self.folder / "backups"

    @property
    def comparisons(self) -> Path:
        """Folder of the comparisons of policies, one folder each."""
        return self.folder / "comparisons"

    def environment(self) -> dict[str, str]:
        """Return the variables by which another process finds the same site."""
        return {DATA: str(self.folder), DATABASE: self.database, HOST: self.host, PUBLIC: self.public}


def site_of(environment: Mapping[str, str]) -> Site:
    """Return the site that the environment names; without one, ``muster-data`` in the current folder."""
    folder = Path(environment.get(DATA) or "muster-data").absolute()
    said = {name: environment.get(key, "") for name, key in (("database", DATABASE), ("public", PUBLIC))}
    return Site(folder, host=environment.get(HOST) or "127.0.0.1", **said)


def secret_key(folder: Path) -> str:
    """Return the secret that signs sessions, made at the first call, in a file that only its owner reads."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "secret"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(_SECRET_BYTES))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii")


def database_settings(site: Site) -> dict[str, Any]:
    """Return what Django has to know of the database of users and sessions."""
    if not site.database:
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        options = {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 20}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": site.folder / "site.db", "OPTIONS": options}
    parts = urlsplit(site.database)
    beside = dict(parse_qsl(parts.query))
    host = parts.hostname or beside.get("host")
    named = {"NAME": parts.path.strip("/"), "USER": parts.username, "PASSWORD": parts.password, "HOST": host}
    said = {name: unquote(value or "") for name, value in named.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "PORT": str(parts.port or beside.get("port", "")),
        "CONN_MAX_AGE": 60,
    } | said
