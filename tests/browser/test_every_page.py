"""Every page there is, of every role, looked at: axe finds nothing, and nothing is wider than the screen.

A route that shows a page, and a template, that nobody looks at here fails a test.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING, Any

import pytest
from asking import clear, scarce, split_of
from browsing import check, screen
from routes import routes

from muster.book.ids import uuid7
from muster.services.economies import new_economy

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from muster.web.serve import Ready

Passwords = Callable[[str], str]
Clients = Callable[..., "Client"]

SCREENS = ((360, "dark"), (1440, "light"))
"""Width in pixels, and whether people have their screen dark."""

TEMPLATES = Path(__file__).parents[2] / "src" / "muster" / "web" / "templates"
NEW, FAR, OWN = "new.person", "far.chair", "three green bicycles"
"""Somebody whose account is made on the way, a chair whose place is in no plan, and the password of both."""

FILES = {
    "clerk:manifest",
    "clerk:worker",
    "pages:workbook",
    "pages:report",
    "pages:checkpoint",
    "pages:key",
    "jobs:state",
    "jobs:comparison-page",
    "office:backup",
    "api:openapi",
}
"""Routes that hand out a file, or data."""

ACTS = {
    "home",
    "logout",
    "set_language",
    "codes:drop",
    "approvals:act",
    "clerk:discard",
    "clerk:sync",
    "pages:ask",
    "pages:object",
    "pages:answer",
    "api:revoke",
    "jobs:cancel",
    "sharing:new",
    "sharing:planned",
    "sharing:close",
    "sharing:make",
    "sharing:change",
    "sharing:withdraw",
    "sharing:send",
}
"""Routes that do something, and then show a page of another route."""


WRONG = (("old_password", "x"), ("new_password1", "y"), ("new_password2", "z"))


@dataclass(frozen=True)
class Step:
    """A page that somebody opens, and what they do there; both are looked at.

    Attributes:
        who: An account; ``""``: nobody.
        where: Address, with names of what was prepared in it.
        press: What is pressed there; ``""``: nothing.
        write: Name of a field -> what is written into it before.
    """

    who: str
    where: str
    press: str = ""
    write: tuple[tuple[str, str], ...] = ()


STEPS = (
    Step("", "/login", "form.narrow button", (("name", "nobody"), ("password", "a guess"))),
    Step("", "/public/places"),
    Step("", "/public/place/hill"),
    Step("clerk", "/clerk/"),
    Step("clerk", "/clerk/enter/received"),
    Step("clerk", "/clerk/enter/gave-out"),
    Step("clerk", "/clerk/enter/counted"),
    Step("clerk", "/clerk/card/wheat"),
    Step("clerk", "/clerk/put-right/{event}"),
    Step("clerk", "/clerk/count/{count}"),
    Step("clerk", "/nowhere"),
    Step("clerk", "/clerk/sync"),
    Step("clerk", "/audit"),
    Step("clerk", "/code"),
    Step(
        "clerk",
        "/password",
        "form.narrow button",
        (("old_password", "x"), ("new_password1", "y"), ("new_password2", "z")),
    ),
    Step("clerk", "/tokens", "form.narrow button", (("name", "a spreadsheet"),)),
    Step("clerk", "/api/"),
    Step("second", "/clerk/count/{count}", "button.main"),
    Step("chair", "/place", 'button:has-text("Work it out")'),
    Step("chair", "/place/hill?plan=again"),
    Step("chair", "/place?plan=none"),
    Step("chair", "/public"),
    Step(FAR, "/place"),
    Step("manager", "/morning?days=30"),
    Step("manager", "/requests"),
    Step("manager", "/splits/preview?resource=flour&measure=bag+of+50+kg"),
    Step("manager", "/splits"),
    Step("manager", "/split/{split}"),
    Step("manager", "/split/{split}", 'button:has-text("Accept and send")'),
    Step("manager", "/note/{note}"),
    Step("manager", "/split/{split}"),
    Step("manager", "/approvals", 'button:has-text("Refuse")', (("reason", "I looked, and it was not so."),)),
    Step("manager", "/objections", 'button:has-text("Record the answer")', (("text", "Counted anew: 600."),)),
    Step("manager", "/place"),
    Step("logistician", "/plans"),
    Step("logistician", "/plans/new", "button.main", (("name", "two-villages"),)),
    Step("logistician", "/plans/compared?before=two-villages&after=again"),
    Step("logistician", "/plan/two-villages"),
    Step("logistician", "/plan/two-villages/map?at=1"),
    Step("logistician", "/plan/two-villages/pipeline"),
    Step("logistician", "/plan/none"),
    Step("logistician", "/economies", "button.main"),
    Step("logistician", "/economies/{version}"),
    Step("logistician", "/policies"),
    Step("logistician", "/policies/{compared}"),
    Step("logistician", "/jobs/{waiting}"),
    Step("logistician", "/jobs/{done}"),
    Step("logistician", "/jobs/{early}"),
    Step("logistician", "/plan/again"),
    Step("auditor", "/audit?as_of=2026-11-01&known_on=2026-11-02"),
    Step("auditor", "/audit/waybills?all"),
    Step("auditor", "/audit/exceptions"),
    Step("auditor", "/audit/rights"),
    Step("auditor", "/audit/log", 'button:has-text("Check the book")'),
    Step("auditor", "/admin/changes"),
    Step("auditor", "/admin/door"),
    Step("office", "/admin"),
    Step("office", "/admin/people/{far}", 'button:has-text("New one-time password")'),
    Step("office", "/admin/new", 'button:has-text("Make the account")', (("name", ". ."),)),
    Step("office", "/admin/units", 'button:has-text("Make it")', (("name", "kabul"),)),
    Step("office", "/admin/goods", 'button:has-text("Register")', (("name", "wheat"), ("pack", "bag"), ("holds", "7"))),
    Step("office", "/admin/languages"),
    Step("office", "/admin/backups"),
    Step("office", "/approvals"),
)


@pytest.fixture
def prepared(ready: Ready, client_of: Clients) -> Iterator[dict[str, Any]]:
    """Let there be something on every page; return the names that stand in addresses."""
    from django.contrib.auth.models import User

    from muster.web.approvals.models import Request
    from muster.web.jobs import queue
    from muster.web.jobs.models import Job, Version
    from muster.web.jobs.versions import from_folder
    from muster.web.jobs.worker import work
    from muster.web.openly.models import Switch
    from muster.web.pages.models import Objection
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import Person

    keep(NewAccount(Person(FAR, "kabul", frozenset({"chair"}), "far"), OWN))
    clerk, manager, now = client_of("clerk"), client_of("manager"), datetime.now(UTC)
    sent(clerk, "counted", {"n-0-0": "1", "unit-0-0": "kg", "what-0-0": "wheat"}, id=(count := new_id()))
    sent(clerk, "received", {"n-0": "4", "unit-0": "kg", "what-0": "wheat", "from": "wfp"}, id=(event := new_id()))
    sent(clerk, "put-right", {"reverses": others(ready), "reason": "4, not 40"})
    scarce(clerk, manager, lot=f"E{now:%H%M%S}", others=(("School 4", "ghor"),))
    split = split_of(manager)
    chair = client_of("chair")
    for text in ("We are 600.", "The road is open."):
        assert chair.post("/place/hill/objection", {"text": text, "plan": "two-villages"}).status_code == 302
    client_of("office").post("/public", {"on": "yes"})
    copytree(ready.site.plans / "two-villages", ready.site.plans / "again")
    version = Version.objects.get(name="two-villages", number=1)
    other = from_folder(ready.site.economies, more_flour, name="two-villages", by="test", at=now)
    some = {"policies": ["leximin", "first-come"]}
    done = queue.ask(version, kind="compare", name="side-by-side", choices=some, by="logistician", at=now)
    work(ready.site, stop=threading.Event(), once=True)
    waiting = queue.ask(version, kind="plan", name="later", choices={}, by="logistician", at=now)
    said = {"kind": "plan", "name": "again", "made": {"early": [["floor", 0.03]]}, "cancelled_by": "logistician"}
    early = Job.objects.create(version=version, asked=now, started=now, ended=now, state=Job.DONE, **said)
    yield {
        "count": count,
        "event": event,
        "far": User.objects.get(username=FAR).pk,
        "split": split.pk,
        "version": other.pk,
        "compared": "side-by-side",
        "done": done.pk,
        "waiting": waiting.pk,
        "early": early.pk,
    }
    for each in (Request, Job, Switch, Objection):
        each.objects.all().delete()
    User.objects.filter(username__in=(NEW, FAR)).delete()
    Version.objects.filter(pk=other.pk).delete()
    rmtree(other.folder(ready.site.economies))
    clear()
    rmtree(ready.site.plans / "again")
    rmtree(ready.site.comparisons, ignore_errors=True)
    rmtree(ready.site.plans / "two-villages" / "answers", ignore_errors=True)
    for file in ready.site.counts.glob("**/*.json"):
        file.unlink()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch, prepared: dict[str, Any]) -> set[str]:
    """Return the names of the templates that are used, from now on."""
    from django.template import base

    seen: set[str] = set()
    render = base.Template._render

    def noted(self: base.Template, context: object) -> str:
        seen.add(str(self.name))
        return str(render(self, context))

    monkeypatch.setattr(base.Template, "_render", noted)
    return seen


def new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, random=secrets.randbits(74))


def sent(client: Client, form: str, fields: dict[str, str], *, id: str = "") -> None:
    """Send what the phone of the clerk kept."""
    entry = {
        "id": id or new_id(),
        "form": form,
        "occurred": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "fields": fields,
    }
    data = json.dumps({"person": "clerk", "asked": True, "entries": [entry]})
    answer = client.post("/clerk/sync", data, content_type="application/json", headers={"accept": "application/json"})
    assert answer.json()["outcomes"][0]["status"] in ("taken", "asked"), answer.json()


def more_flour(to: Path) -> None:
    """Make two villages with more flour than the example has, so that there is a change to be shown."""
    stocks = new_economy(to, example="two-villages") / "stocks.csv"
    stocks.write_text(stocks.read_text(encoding="utf-8").replace("flour,42", "flour,43"), encoding="utf-8")


def others(ready: Ready) -> str:
    """Return the id of something that another clerk recorded."""
    from muster.services.depots import latest

    events = (each.event for each in latest(ready.site.book, "kabul", most=200))
    return next(each.id for each in events if each.recorder != "clerk" and each.kind == "distribution")


def look(page: Page) -> None:
    """Check a page on every screen."""
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check(page)


def taken(step: Step, page: Page, known: dict[str, Any]) -> None:
    """Open the page of a step, look at it, do what is done there, and look at what comes."""
    page.goto(step.where.format_map(known))
    look(page)
    for name, text in step.write:
        page.fill(f"main [name={name}]:not([type=hidden]) >> nth=0", text)
    if step.press:
        page.click(f"main >> {step.press} >> nth=0")
        page.wait_for_load_state()
        look(page)
    if page.url.endswith("/notes"):
        known["note"] = re.findall(r'href="/note/(\d+)"', page.content())[0]


def first_login(chromium: Browser, address: str, password: Passwords) -> None:
    """Look at what only somebody new sees: one-time password, second factor, codes on paper, the code at the login."""
    with screen(chromium, address, password, "office") as page:
        page.goto("/admin/new")
        page.fill("input[name=name]", NEW)
        page.check("input[value=auditor]")
        page.click("text=Make the account")
        look(page)
        word = page.inner_text("#word")
    with screen(chromium, address, lambda name: word, NEW) as page:
        look(page)
        page.fill("input[name=new_password1]", OWN)
        page.fill("input[name=new_password2]", OWN)
        page.press("input[name=new_password2]", "Enter")
        page.goto("/code/enrol")
        look(page)
        page.fill("input[name=code]", shown(page))
        page.press("input[name=code]", "Enter")
        page.get_by_text("I have written them down").wait_for()
        look(page)
        page.goto("/code")
        look(page)
        page.click("text=New codes on paper")
        look(page)
    with screen(chromium, address, lambda name: OWN, NEW) as page:
        assert page.url.endswith("/code/enter")
        look(page)


def shown(page: Page) -> str:
    """Return what an authenticator app shows of the secret on a page."""
    from base64 import b32decode

    from django_otp.oath import totp

    text = page.inner_text("code").replace(" ", "")
    return f"{totp(b32decode(text + '=' * (-len(text) % 8))):06}"


def test_every_page_given_a_phone_and_a_desk_then_axe_finds_nothing_and_every_template_was_looked_at(
    chromium: Browser,
    address: str,
    password: Passwords,
    prepared: dict[str, Any],
    rendered: set[str],
) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs the test extra")
    for who in dict.fromkeys(step.who for step in STEPS):
        with screen(chromium, address, lambda name: OWN if name == FAR else password(name), who) as page:
            for step in (each for each in STEPS if each.who == who):
                taken(step, page, prepared)
    first_login(chromium, address, password)
    with screen(chromium, address, password) as page:
        page.set_content((TEMPLATES / "500.html").read_text(encoding="utf-8"))
        look(page)
    there = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")}
    assert there - rendered == {"500.html", "fragment.html"}


def test_routes_given_all_there_are_then_each_is_looked_at_or_shows_no_page(ready: Ready, client_of: Clients) -> None:
    from django.urls import get_resolver, resolve

    known: dict[str, Any] = dict.fromkeys(("far", "split", "note", "version", "done", "waiting", "early"), 1)
    known |= {"count": new_id(), "event": new_id(), "compared": "x"}
    looked_at = {
        resolve(step.where.format_map(known).partition("?")[0]).view_name
        for step in STEPS
        if step.where not in ("/nowhere", "/clerk/sync")
    }
    looked_at |= {"codes:enter", "codes:enrol", "codes:paper", "sharing:notes"}  # on the way, and by first_login
    there = {
        name: address
        for name, address, _ in routes(get_resolver().url_patterns)
        if not address.startswith("/api/") or name in ("api:listed", "api:openapi")
    }
    assert there.keys() - looked_at == FILES | ACTS
    for name in FILES | ACTS:
        for who in ("clerk", "chair", "manager", "logistician", "auditor", "office"):
            answer = client_of(who).get(there[name])
            page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
            assert not page or "Content-Disposition" in answer, f"{name} shows {who} a page"
