"""The command that opens the web application."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from muster.cli.answer import Answer
from muster.cli.options import AsJson, example
from muster.cli.refusals import CannotUse, Lacking

_MOST_PORT = 65_535


def _public(word: str) -> str:
    address = word.rstrip("/")
    if not address.startswith("https://") or "/" in address.removeprefix("https://"):
        raise CannotUse(word, do="write the address that others type: https://muster.example.org")
    return address


def _database(word: str) -> str:
    if not word.startswith(("postgresql://", "postgres://")):
        raise CannotUse(word, do="write postgresql://USER@HOST/NAME, or leave it out: files in --data are used")
    return word


Restore = Annotated[
    Path | None,
    typer.Option("--restore", metavar="FILE", help="Bring this backup back into --data, which is new, first."),
]
LetIn = Annotated[
    str | None,
    typer.Option("--let-in", metavar="NAME", help="Give who cannot log in any more a password for once, and stop."),
]


Backup = Annotated[bool, typer.Option("--backup", help="Write a backup into --data/backups, and stop.")]


def _show(accounts: list[tuple[str, str, str]], *, as_json: bool) -> None:
    """Print name, roles and password of accounts; on stderr where stdout is for machines."""
    for name, role, password in accounts:
        print(f"{name:<12} {role:<12} password {password}", file=sys.stderr if as_json else sys.stdout)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def add_to(app: typer.Typer) -> None:
    """Add ``muster serve``."""

    @app.command(epilog=example("muster serve --demo"))
    def serve(
        demo: Annotated[
            bool, typer.Option("--demo", help="Start with a year of made-up records and an account per role.")
        ] = False,
        host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on; 0.0.0.0: all.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(metavar="N", min=1, max=_MOST_PORT, help="Port to listen on.")] = 8000,
        database: Annotated[
            str | None,
            typer.Option(metavar="URL", parser=_database, help="postgresql://… instead of files."),
        ] = None,
        data: Annotated[Path, typer.Option(metavar="DIR", help="Folder for all it keeps; made if need be.")] = Path(
            "muster-data"
        ),
        public: Annotated[
            str | None, typer.Option(metavar="URL", parser=_public, help="https://… of the proxy in front of it.")
        ] = None,
        restore: Restore = None,
        let_in: LetIn = None,
        backup: Backup = False,
        json: AsJson = False,
    ) -> Answer:
        """Open the web application on a book and its plans, until Ctrl-C."""
        try:
            from muster.web import serve as web
            from muster.web.folder import Site
        except ModuleNotFoundError as error:
            do = "python3 -m pip install 'muster[web]'"
            raise Lacking(f"The web application needs {error.name}, which is not here.", do=do) from None

        site = Site(data.absolute(), database or "", host, public or "")
        if backup:
            file = str(web.back_up(site))
            return Answer(file, {"address": "", "data": str(site.folder), "accounts": [], "backup": file})
        if let_in:
            _show(web.let_in(site, let_in).accounts, as_json=json)
            return Answer("", {"address": "", "data": str(site.folder), "accounts": [let_in]})
        if not web.is_free(host, port):
            do = "stop what listens there, or name another --port, and a --host that this machine has"
            raise Lacking(f"Nothing can listen at {host}, port {port}.", do=do)
        if restore:
            web.bring_back(site, restore, tell=_tell)
        ready = web.prepare(site, with_demo=demo, tell=_tell, winter=demo)
        address = public or f"http://{host}:{port}/"
        out = sys.stderr if json else sys.stdout
        _show(ready.accounts, as_json=json)
        if ready.accounts and not demo:
            print("The password lets in once, within 14 days; it is not shown again.", file=out)
        print(f"muster is at {address}  (Ctrl-C stops it)", file=out, flush=True)
        web.serve(site, port=port)
        return Answer(
            "", {"address": address, "data": str(site.folder), "accounts": [each[0] for each in ready.accounts]}
        )
