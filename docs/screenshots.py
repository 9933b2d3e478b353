#!/usr/bin/env python3
"""Make the pictures of the web application anew: ``python3 docs/screenshots.py [DIR]``, into ``docs/pictures/web``.

Starts ``muster serve --demo`` in a folder of its own, waits until the winter is planned, logs in as each role and takes
the pages that the days in the life speak of. With ``--all DIR`` every page of every role, at 360 and 1440 px, light and
dark, those of the clerk and the chair also in Russian and Arabic: to be looked at, not to be kept. ``--only NAME``
takes the pages of one account.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PORT, PATIENCE_S = 8917, 300
ADDRESS = f"http://localhost:{PORT}"

SHOWN = {
    "clerk": ("clerk", "/clerk/", "phone"),
    "chair": ("chair", "/place", "desk"),
    "morning": ("manager", "/morning", "desk"),
    "logistician": ("logistician", "/plan/{plan}/map", "desk"),
    "auditor": ("auditor", "/audit", "desk"),
    "administrator": ("office", "/admin", "desk"),
}
"""Name of a picture: account, page, and how wide it is."""

WIDTHS = {"phone": (360, 640), "desk": (1000, 720)}

EVERY = {
    "clerk": (
        "/clerk/",
        "/clerk/enter/received",
        "/clerk/enter/gave-out",
        "/clerk/enter/counted",
        "/clerk/card/flour",
        "/code",
        "/code/enrol",
        "/password",
        "/tokens",
        "/audit",
    ),
    "chair": ("/place", "/place?plan=none", "/public"),
    "manager": ("/morning", "/requests", "/splits", "/clerk/", "/objections", "/place", "/approvals", "/api/"),
    "logistician": (
        "/plans",
        "/plans/new",
        "/economies",
        "/plan/{plan}",
        "/plan/{plan}/map",
        "/plan/{plan}/map?at=2",
        "/plan/{plan}/pipeline",
        "/policies",
        "/objections",
    ),
    "auditor": (
        "/audit",
        "/audit/waybills",
        "/audit/exceptions",
        "/audit/rights",
        "/audit/log",
        "/admin/changes",
        "/admin/door",
        "/splits",
        "/objections",
    ),
    "office": (
        "/admin",
        "/admin/new",
        "/admin/people/1",
        "/admin/units",
        "/admin/goods",
        "/admin/languages",
        "/admin/backups",
        "/admin/changes",
        "/approvals",
        "/public",
    ),
}
"""Account -> pages that are looked at."""

LANGUAGES = {"clerk": ("en", "ru", "ar"), "chair": ("en", "ru", "ar")}
"""Account -> languages that its pages are complete in; the others: English."""


def main(words: list[str]) -> None:
    """Start the demo, and take the pictures."""
    parser = argparse.ArgumentParser(description="Make the pictures of the web application anew.")
    parser.add_argument("dir", nargs="?", default="docs/pictures/web", type=Path, help="where they go")
    parser.add_argument("--all", action="store_true", help="every page of every role, to be looked at")
    parser.add_argument("--only", choices=EVERY, help="with --all: the pages of this account")
    asked = parser.parse_args(words)
    to: Path = asked.dir
    every = {} if not asked.all else {asked.only: EVERY[asked.only]} if asked.only else EVERY
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "muster", "serve", "--demo", "--data", folder, "--port", str(PORT)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            passwords = _started(server)
            plan = _planned(Path(folder) / "plans")
            _pictures(to, passwords, plan, every)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def _started(server: subprocess.Popen[str]) -> dict[str, str]:
    """Return name -> password, as the terminal shows them, once the server answers."""
    passwords: dict[str, str] = {}
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.match(r"(\S+)\s.*password (\S+)", line):
            passwords[found[1]] = found[2]
        if line.startswith("muster is at"):
            break
    for _ in range(PATIENCE_S):
        try:
            urllib.request.urlopen(f"{ADDRESS}/login", timeout=5)
        except OSError:
            time.sleep(1)
        else:
            return passwords
    raise SystemExit("screenshots.py: the server does not answer")


def _planned(plans: Path) -> str:
    """Return the name of the winter's plan, when it is made."""
    for _ in range(PATIENCE_S):
        made = [each.parent.name for each in plans.glob("*/plan.toml") if each.parent.name != "two-villages"]
        if made:
            return made[0]
        time.sleep(1)
    raise SystemExit("screenshots.py: the winter was not planned in time")


def _pictures(to: Path, passwords: dict[str, str], plan: str, every: Mapping[str, Sequence[str]]) -> None:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if not every:
            for name, (account, page, size) in SHOWN.items():
                seen = _logged_in(browser, account, passwords[account], WIDTHS[size], dark=False)
                seen.goto(ADDRESS + page.format(plan=plan))
                seen.screenshot(path=to / f"{name}.jpg", type="jpeg", quality=70)
                seen.context.close()
            return
        for account, pages in every.items():
            for language, screen, dark in product(
                LANGUAGES.get(account, ("en",)), ((360, 640), (1440, 900)), (False, True)
            ):
                seen = _logged_in(browser, account, passwords[account], screen, dark=dark)
                seen.click(f"footer button[value={language}]")
                for page in pages:
                    seen.goto(ADDRESS + page.format(plan=plan))
                    seen.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
                    name = re.sub(r"\W+", "-", page.format(plan="plan")).strip("-")
                    file = f"{account}-{name}-{language}-{screen[0]}{'-dark' * dark}.png"
                    seen.screenshot(path=to / file, full_page=True)
                seen.context.close()


def _logged_in(browser: Browser, account: str, password: str, size: tuple[int, int], *, dark: bool) -> Page:
    width, height = size
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    page.goto(f"{ADDRESS}/login")
    page.fill("input[name=name]", account)
    page.fill("input[name=password]", password)
    page.click("main button")
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main(sys.argv[1:])
    print(json.dumps({"written": True}))
