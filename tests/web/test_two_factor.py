"""The second factor: enrolling, the code at the login, codes on paper; once each, and not too often."""

from __future__ import annotations

import logging
import re
from base64 import b32decode
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
STEP_S, NOW_S = 30, 1_800_000_000


@pytest.fixture(autouse=True)
def in_earnest(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask for what a demo only offers, with a clock that stands still; take away what was enrolled."""
    from django.contrib.auth.models import User
    from django.test import override_settings
    from django_otp import devices_for_user

    from muster.web.people.models import Account, Change

    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: NOW_S))
    with override_settings(DEMO=False):
        yield
    for user in User.objects.all():
        for device in devices_for_user(user, confirmed=None):
            device.delete()
    Account.objects.update(second_factor=False, one_time=None)
    Change.objects.all().delete()


def secret_of(page: Any) -> bytes:
    """Return the secret that a page shows as text."""
    found = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.content.decode())
    assert found
    text = found[1].replace(" ", "")
    return b32decode(text + "=" * (-len(text) % 8))


def code(secret: bytes, *, steps: int = 0) -> str:
    """Return what an app shows now, or so many steps from now; the clocks of phones differ by one."""
    from django_otp.oath import hotp

    return f"{hotp(secret, NOW_S // STEP_S + steps):06}"


def soon(name: str) -> None:
    """Let the wait after a wrong code be over."""
    from django_otp.plugins.otp_static.models import StaticDevice
    from django_otp.plugins.otp_totp.models import TOTPDevice

    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user__username=name).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def enrolled(client: Client) -> tuple[bytes, list[str]]:
    """Enrol; return the secret and the codes on paper."""
    secret = secret_of(client.get("/code/enrol"))
    page = client.post("/code/enrol", {"code": code(secret)})
    assert page.status_code == 200, page.content.decode()
    return secret, re.findall(r"<code dir=\"ltr\">([a-z2-7-]+)</code>", page.content.decode())


def logged_in(client_of: Clients, password: Callable[[str], str], name: str) -> Client:
    client = client_of()
    client.post("/login", {"name": name, "password": password(name)})
    return client


@pytest.mark.parametrize(("name", "led"), [("manager", True), ("office", True), ("clerk", False), ("auditor", False)])
def test_login_given_who_approves_then_led_to_enrol_on_every_page(client_of: Clients, name: str, led: bool) -> None:
    client = client_of(name)
    for page in ("/", "/approvals", "/morning", "/admin", "/code"):
        answer = client.get(page)
        assert (answer.get("Location") == "/code/enrol") == led, page
    assert client.get("/password").status_code == 200


def test_login_given_a_demo_then_offered_and_said(client_of: Clients) -> None:
    from django.test import override_settings

    with override_settings(DEMO=True):
        client = client_of("manager")
        assert client.get("/morning").status_code == 200
        assert "This is a demo: nobody has to enrol here." in client.get("/code").content.decode()


def test_enrol_given_the_page_then_picture_link_and_text_are_the_same_secret(client_of: Clients) -> None:
    client = client_of("manager")
    page = client.get("/code/enrol").content.decode()
    link = re.search(r'href="(otpauth://totp/muster%3Amanager\?secret=([A-Z2-7]+)[^"]+)"', page)
    text = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert link and text
    assert link[2] == text[1].replace(" ", "")
    assert '<img src="data:image/svg+xml' in page
    assert "style=" not in page
    assert text[1] in client.get("/code/enrol").content.decode()


def test_enrol_given_another_session_then_another_secret_and_what_was_shown_before_is_worthless(
    client_of: Clients,
) -> None:
    first, second = client_of("manager"), client_of("manager")
    seen = secret_of(first.get("/code/enrol"))
    assert secret_of(second.get("/code/enrol")) != seen
    assert first.post("/code/enrol", {"code": code(seen)}).status_code == 400


def test_enter_given_the_code_then_in_and_the_same_code_lets_nobody_in_again(
    client_of: Clients, password: Callable[[str], str]
) -> None:
    secret, _ = enrolled(client_of("manager"))
    client, other = (logged_in(client_of, password, "manager") for _ in range(2))
    assert client.get("/morning")["Location"] == "/code/enter"
    assert client.get("/code/enrol")["Location"] == "/code/enter"
    assert client.get("/password")["Location"] == "/code/enter"
    assert client.post("/code/enter", {"code": code(secret)}).status_code == 400  # used when enrolling
    soon("manager")
    assert client.post("/code/enter", {"code": code(secret, steps=1)})["Location"] == "/"
    assert client.get("/morning").status_code == 200
    assert other.post("/code/enter", {"code": code(secret, steps=1)}).status_code == 400
    assert other.get("/morning")["Location"] == "/code/enter"
    client.post("/logout")
    assert client.get("/morning")["Location"].startswith("/login")


def test_enter_given_wrong_codes_then_the_right_one_has_to_wait_and_after_five_nobody_is_heard(
    client_of: Clients, password: Callable[[str], str]
) -> None:
    from muster.web.people.models import Knock

    secret, _ = enrolled(client_of("manager"))
    client = logged_in(client_of, password, "manager")
    assert client.post("/code/enter", {"code": "000000"}).status_code == 400
    assert client.post("/code/enter", {"code": code(secret, steps=1)}).status_code == 400  # too soon
    for _ in range(3):
        soon("manager")
        assert client.post("/code/enter", {"code": "000000"}).status_code == 400
    soon("manager")
    assert client.post("/code/enter", {"code": code(secret, steps=1)}).status_code == 429
    assert client.get("/morning")["Location"].startswith("/login")
    assert list(Knock.objects.order_by("id").values_list("what", flat=True)) == [
        "login",
        *["wrong code"] * 5,
        "limited",
    ]


def test_paper_given_a_code_then_it_lets_in_once_and_new_ones_make_it_worthless(
    client_of: Clients, password: Callable[[str], str]
) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    _, papers = enrolled(client_of("manager"))
    assert len(set(papers)) == 10
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {paper.replace("-", "")[:16] for paper in papers}
    client = logged_in(client_of, password, "manager")
    assert client.post("/code/enter", {"code": papers[0].upper()})["Location"] == "/"
    other = logged_in(client_of, password, "manager")
    assert other.post("/code/enter", {"code": papers[0]}).status_code == 400
    fresh = client.post("/code/paper")
    assert fresh.status_code == 200
    soon("manager")
    assert other.post("/code/enter", {"code": papers[1]}).status_code == 400


def test_drop_given_who_must_have_one_then_it_stays_and_others_give_it_up(client_of: Clients) -> None:
    from muster.web.people.models import Account

    must, may = client_of("manager"), client_of("clerk")
    enrolled(must), enrolled(may)
    must.post("/code/drop"), may.post("/code/drop")
    left = Account.objects.filter(second_factor=True).values_list("user__username", flat=True)
    assert list(left) == ["manager"]


def test_factor_given_an_administrator_who_takes_it_away_then_enrolled_anew_and_the_auditor_sees_it(
    client_of: Clients, password: Callable[[str], str]
) -> None:
    from django.contrib.auth.models import User

    old, papers = enrolled(client_of("manager"))
    office = client_of("office")
    enrolled(office)
    office.post(f"/admin/people/{User.objects.get(username='manager').pk}", {"do": "factor"})
    client = logged_in(client_of, password, "manager")
    assert client.get("/morning")["Location"] == "/code/enrol"
    new, _ = enrolled(client)
    assert new != old
    other = logged_in(client_of, password, "manager")
    for word in (code(old, steps=1), papers[0]):
        assert other.post("/code/enter", {"code": word}).status_code == 400
    assert "second factor taken away" in client_of("auditor").get("/admin/changes").content.decode()


def test_secrets_given_a_whole_login_then_in_no_log_and_no_record(
    client_of: Clients, password: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    from muster.web.people.models import Change, Knock

    caplog.set_level(logging.DEBUG, logger="django")
    client = logged_in(client_of, password, "manager")
    secret, papers = enrolled(client)
    logged_in(client_of, password, "manager").post("/code/enter", {"code": "123123"})
    kept = caplog.text + str(list(Knock.objects.values())) + str(list(Change.objects.values()))
    assert "manager" in kept
    for word in (password("manager"), code(secret), "123123", secret.hex(), *papers):
        assert word not in kept
