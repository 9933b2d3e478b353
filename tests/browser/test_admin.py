"""From an empty folder to a recorded receipt, as people do it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

OWN = "three green bicycles"


@contextmanager
def started(folder: Path) -> Iterator[tuple[str, str]]:
    """Start the application on an empty folder; give its address and the password that it prints."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "muster", "serve", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = ""
            for line in server.stdout:
                said += line
                if line.startswith("muster is at"):
                    break
            word = re.search(r"^admin +admin +password (\w+)$", said, re.MULTILINE)
            assert word, said
            yield f"http://127.0.0.1:{port}", word[1]
        finally:
            server.terminate()
            server.wait(60)


@contextmanager
def browser(chromium: Browser, address: str, *, width: int = 1440, scheme: str = "light") -> Iterator[Page]:
    size = {"width": width, "height": 800}
    context: BrowserContext = chromium.new_context(base_url=address, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def log_in(page: Page, name: str, word: str) -> None:
    """Log in, once the server listens."""
    for _ in range(50):
        try:
            page.goto("/login")
            break
        except Exception:  # Playwright has one class for all of them
            page.wait_for_timeout(200)
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", word)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def choose_password(page: Page) -> None:
    page.fill("input[name=new_password1]", OWN)
    page.fill("input[name=new_password2]", OWN)
    page.press("input[name=new_password2]", "Enter")
    page.wait_for_url(lambda url: "/password" not in url)


def enrol(page: Page) -> None:
    """Set up the second factor that they are led to, as an app would."""
    from django_otp.oath import totp

    assert page.url.endswith("/code/enrol")
    text = page.inner_text("code").replace(" ", "")
    page.fill("input[name=code]", f"{totp(b32decode(text + '=' * (-len(text) % 8))):06}")
    page.press("input[name=code]", "Enter")
    page.click("text=I have written them down")


def make(page: Page, name: str, role: str) -> str:
    """Make an account in the unit herat; return its one-time password."""
    page.goto("/admin/new")
    page.fill("input[name=name]", name)
    page.select_option("select[name=unit]", "herat")
    page.check(f"input[value={role}]")
    page.click("text=Make the account")
    return page.inner_text("#word")


def test_path_given_an_empty_folder_then_from_the_first_start_to_what_a_clerk_records(
    chromium: Browser, tmp_path: Path
) -> None:
    with started(tmp_path / "site") as (address, word):
        with browser(chromium, address) as page:
            log_in(page, "admin", word)
            choose_password(page)
            enrol(page)
            page.click("text=Units")
            page.fill("input[name=name]", "herat")
            page.click("text=Make it")
            page.click("nav >> text=Goods")
            page.fill("input[name=name]", "flour")
            page.fill("input[name=pack]", "bag")
            page.fill("input[name=holds]", "50")
            page.click("text=Register")
            words = {role: make(page, f"{role}.one", role) for role in ("clerk", "manager")}
        with browser(chromium, address, width=360) as page:
            log_in(page, "clerk.one", words["clerk"])
            choose_password(page)
            page.click("text=Received")
            page.fill("input[name=from]", "wfp")
            page.fill("input[name='n-0']", "4")
            page.click("main button.main")
            page.wait_for_selector("#told:not([hidden])")
            page.goto("/clerk/")
            page.wait_for_function("document.querySelector('#unsent b').textContent === '0'")
            page.reload()
            assert "flour" in page.inner_text("table")
            assert "200" in page.inner_text("table")
        with browser(chromium, address) as page:
            log_in(page, "manager.one", words["manager"])
            choose_password(page)
            enrol(page)
            assert page.url.endswith("/morning")
            assert "flour" in page.inner_text("main")
