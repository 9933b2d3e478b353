"""Backups: made, listed and taken away in the browser; brought back by ``muster serve --restore``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from muster.errors import Fault
from muster.services.backups import BackupError, write_backup
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.changes import note_change

NOT_DUMPED = ("contenttypes", "auth.permission", "sessions")
"""What every database makes for itself, and who was logged in."""


@dataclass(frozen=True)
class Kept:
    """A backup that lies in its folder."""

    name: str
    made: datetime
    size: int


@require_http_methods(["GET", "POST"])
@role("admin")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show the backups there are; make one."""
    if request.method == "POST" and request.POST.get("do") == "make":
        name = make(request.person.name)
        messages.success(request, gettext("The backup is made: %(name)s") % {"name": name})
        return redirect("office:backups")
    return render(request, "office/backups.html", {"backups": _kept(settings.SITE.backups), "tab": "backups"})


@require_GET
@role("admin")
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Hand out a backup, by the name that it has in the list."""
    if name not in {each.name for each in _kept(settings.SITE.backups)}:
        raise Http404
    note_change(request.person.name, "backup taken away", whom=name)
    return FileResponse((settings.SITE.backups / name).open("rb"), as_attachment=True, filename=name)


def make(by: str) -> str:
    """Make a backup, and return the name of its file."""
    now = timezone.now()
    name = f"muster-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.zip"
    head = write_backup(
        settings.SITE.backups / name,
        folder=settings.SITE.folder,
        book=settings.SITE.book,
        accounts=dump_accounts,
        made=now,
    )
    note_change(by, "backup made", whom=name, said=f"{head.size} events, root {head.root}")
    return name


def dump_accounts(to: Path) -> None:
    """Write the tables of users and of all else that the site keeps, as they are at one moment."""
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)  # by hand: Django's own would keep others from writing
        try:
            call_command("dumpdata", format="jsonl", exclude=NOT_DUMPED, output=str(to), verbosity=0)
        finally:
            cursor.execute("ROLLBACK")


def load_accounts(file: Path) -> None:
    """Read those tables into a database in which they are empty, and take the file away.

    Raises:
        BackupError: They are those of another version, or the database has accounts already (K1, K2).
    """
    from django.contrib.auth.models import User

    if User.objects.exists():
        do = "name another database, or an empty folder"
        raise BackupError(Fault("There are accounts in the database already.", connection.vendor, "", do, "K2"))
    try:
        call_command("loaddata", str(file), verbosity=0)
    except (DeserializationError, DatabaseError) as error:
        do = "take the muster that made it, or a newer one"
        raise BackupError(Fault("The accounts cannot be read.", file.name, str(error), do, "K1")) from error
    file.unlink()


def _kept(folder: Path) -> list[Kept]:
    found = [path for path in folder.glob("muster-*.zip") if path.is_file()] if folder.is_dir() else []
    return sorted(
        (Kept(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC), path.stat().st_size) for path in found),
        key=lambda each: each.made,
        reverse=True,
    )
