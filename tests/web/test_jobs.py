"""Planning as a job: asked for on a page, done by one worker at a time, stopped, lost and taken again."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import pytest
from awaited import SOON_S, left_in, until
from naming import BOOK_TOML

from muster.services.economies import new_economy

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.jobs.models import Job, Version
    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture(autouse=True)
def no_jobs(ready: Ready) -> Iterator[None]:
    """Begin with no jobs; take the plans they made away afterwards."""
    from muster.web.jobs.models import Job

    Job.objects.all().delete()
    yield
    Job.objects.all().delete()
    for folder in ready.site.plans.iterdir():
        if folder.name != "two-villages":
            rmtree(folder)


@pytest.fixture
def villages(ready: Ready) -> Version:
    """Return the version that the demo has."""
    from muster.web.jobs.models import Version

    return Version.objects.get(name="two-villages", number=1)


@pytest.fixture(scope="module")
def winter(ready: Ready) -> Iterator[Version]:
    """Return an economy that takes a while to plan."""
    from muster.web.jobs.versions import from_folder

    def make(to: Path) -> None:
        new_economy(to, example="afghan-winter")

    yield from_folder(ready.site.economies, make, name="long", by="test", at=NOW)


def asked(version: Version, name: str = "new", **choices: Any) -> Job:
    """Return a job that somebody has just asked for."""
    from muster.web.jobs import queue

    return queue.ask(version, kind="plan", name=name, choices=choices, by="logistician", at=NOW)


def worked_off(ready: Ready) -> None:
    """Let a worker do all that waits."""
    from muster.web.jobs.worker import work

    work(ready.site, stop=threading.Event(), once=True)


@pytest.fixture
def working(ready: Ready) -> Iterator[threading.Event]:
    """Let a worker work beside the test."""
    from muster.web.jobs.worker import work

    stop = threading.Event()
    worker = threading.Thread(target=work, args=(ready.site,), kwargs={"stop": stop})
    worker.start()
    yield stop
    stop.set()
    worker.join(SOON_S)
    assert not worker.is_alive()


def test_new_plan_given_a_choice_then_it_waits_is_made_and_knows_its_version(
    client_of: Clients, ready: Ready, villages: Version
) -> None:
    client = client_of("logistician")
    choice = {"version": villages.pk, "name": "floor-only", "goals": ["floor"], "step": "0.1", "limit_seconds": "60"}
    page = client.post("/plans/new", choice)["Location"]
    assert "Waits" in words(client.get(page))
    assert "floor-only : waits" in words(client.get("/plans"))
    worked_off(ready)
    said = words(client.get(page))
    assert "It is made; that took" in said
    assert client.get(f"{page}/state?shown=running0")["HX-Refresh"] == "true"
    about = words(client.get("/plan/floor-only"))
    assert "Made from two-villages, version 1 ( asked for by logistician )." in about
    assert 'goal = "floor"' in (head := (ready.site.plans / "floor-only" / "plan.toml").read_text())
    assert 'goal = "norm"' not in head
    assert "step = 0.1" in head
    assert left_in(ready.site.folder / "jobs") == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "two-villages"}, "There is one of this name already."),
        ({"name": "../plan"}, "Use letters from a to z"),
        ({"name": ".hidden"}, "Use letters from a to z"),
        ({"name": ""}, "This field is required."),
        ({"version": "999999"}, "That choice is not one of the available choices."),
        ({"goals": ["luck"]}, "luck is not one of the available choices."),
        ({"limit_seconds": "0"}, "greater than or equal to 1"),
    ],
)
def test_new_plan_given_a_wrong_choice_then_says_so_and_nothing_waits(
    client_of: Clients, villages: Version, wrong: dict[str, Any], said: str
) -> None:
    from muster.web.jobs.models import Job

    answer = client_of("logistician").post(
        "/plans/new", {"version": villages.pk, "name": "new", "goals": ["floor"]} | wrong
    )
    assert answer.status_code == 400
    assert said in words(answer)
    assert not Job.objects.exists()


def test_new_plan_given_a_name_that_is_being_made_then_refused_by_the_database(
    client_of: Clients, villages: Version
) -> None:
    asked(villages)
    answer = client_of("logistician").post("/plans/new", {"version": villages.pk, "name": "new", "goals": ["floor"]})
    assert answer.status_code == 400
    assert "One of this name is being made." in words(answer)


def test_new_plan_given_the_book_then_its_counts_take_the_place_of_the_stocks(client_of: Clients, ready: Ready) -> None:
    from muster.web.jobs.versions import from_folder

    def make(to: Path) -> None:
        (new_economy(to, example="two-villages") / "book.toml").write_text(BOOK_TOML)

    version = from_folder(ready.site.economies, make, name="with-book", by="test", at=NOW)
    client = client_of("logistician")
    choice = {"version": version.pk, "name": "on-book", "on_book": "on", "goals": ["floor"]}
    page = client.post("/plans/new", choice)["Location"]
    worked_off(ready)
    said = words(client.get(page))
    assert "as known at event" in said, said
    assert "book.toml leaves the resource out" in said
    stocks = (ready.site.plans / "on-book" / "economy" / "stocks.csv").read_text()
    assert "flour-" in stocks, "lots of the book"
    assert "on what the book counted on" in words(client.get("/plan/on-book"))
    before = (version.folder(ready.site.economies) / "stocks.csv").read_text()
    assert "flour-" not in before, "the version is as it was"


def test_job_given_an_economy_that_does_not_fit_the_book_then_broken_with_all_faults(
    client_of: Clients, ready: Ready, villages: Version
) -> None:
    job = asked(villages, on_book=True)
    worked_off(ready)
    job.refresh_from_db()
    assert job.state == job.BROKEN
    assert {fault["rule"] for fault in job.faults} >= {"E1", "E2"}
    said = words(client_of("logistician").get(f"/jobs/{job.pk}"))
    assert "It could not be made." in said
    assert re.search(r"A store of the book lies at no place of the economy. where \S+ seen \S+ do .* rule E2", said)
    assert left_in(ready.site.plans) == []


def test_take_given_one_runs_then_nobody_gets_another(villages: Version) -> None:
    from muster.web.jobs import queue

    first, second = asked(villages, "first"), asked(villages, "second")
    taken = queue.take("a", at=NOW)
    assert taken is not None
    assert taken.pk == first.pk
    assert queue.take("b", at=NOW) is None
    assert queue.end(taken, taken.DONE, at=NOW)
    after = queue.take("b", at=NOW)
    assert after is not None
    assert after.pk == second.pk


def test_take_given_many_at_once_then_one_gets_it(villages: Version) -> None:
    from django.db import connection

    from muster.web.jobs import queue

    asked(villages)
    got, start = [], threading.Barrier(8)

    def take(name: str) -> None:
        start.wait()
        got.append(queue.take(name, at=NOW))
        connection.close()

    several = [threading.Thread(target=take, args=(str(n),)) for n in range(8)]
    for each in several:
        each.start()
    for each in several:
        each.join(SOON_S)
    assert len([each for each in got if each is not None]) == 1


POSTGRES = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from muster.web.folder import Site
from muster.web.serve import prepare
site = Site(Path(sys.argv[1]), sys.argv[2])
prepare(site, with_demo=True, tell=print, weeks=1)
from django.db import connection
from muster.web.jobs import queue
from muster.web.jobs.models import Version
for name in ("one", "two"):
    queue.ask(Version.objects.get(), kind="plan", name=name, choices={}, by="test", at=datetime.now(UTC))
got, start = [], threading.Barrier(6)
def take(name):
    start.wait()
    got.append(queue.take(name, at=datetime.now(UTC)))
    connection.close()
several = [threading.Thread(target=take, args=(str(n),)) for n in range(6)]
[each.start() for each in several], [each.join() for each in several]
print(connection.vendor, len([each for each in got if each is not None]))
"""


def test_take_given_postgres_and_many_at_once_then_one_gets_it(tmp_path: Path) -> None:
    postgres = pytest.importorskip("postgres")
    with postgres.running() as server:
        command = [sys.executable, "-c", POSTGRES, str(tmp_path), server.address(server.new_database())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "postgresql 1"


def test_take_given_a_worker_that_is_silent_then_its_job_is_taken_again_and_its_words_count_no_more(
    villages: Version,
) -> None:
    from muster.web.jobs import queue

    asked(villages)
    lost = queue.take("a", at=NOW)
    assert lost is not None
    assert queue.beat(lost, at=NOW, share=0.25, message="floor: round 1") is queue.Wish.ALL
    assert queue.take("b", at=NOW + timedelta(seconds=5)) is None
    again = queue.take("b", at=NOW + timedelta(seconds=11))
    assert again is not None
    assert (again.pk, again.tries, again.worker) == (lost.pk, 2, "b")
    assert queue.beat(lost, at=NOW, share=0.5, message="") is None
    assert not queue.end(lost, lost.DONE, at=NOW)
    again.refresh_from_db()
    assert again.state == again.RUNNING


def test_take_given_workers_that_die_again_and_again_then_broken_with_a_reason(
    client_of: Clients, villages: Version
) -> None:
    from muster.web.jobs import queue

    job = asked(villages)
    for turn in range(queue.MOST_TRIES):
        assert queue.take(str(turn), at=NOW + turn * timedelta(minutes=1)) is not None
    assert queue.take("last", at=NOW + timedelta(minutes=9)) is None
    job.refresh_from_db()
    assert job.state == job.BROKEN
    assert "seen 3 times do see that the machine has memory enough" in words(
        client_of("logistician").get(f"/jobs/{job.pk}")
    )


def test_give_back_given_a_worker_that_has_to_end_then_that_is_no_try(villages: Version) -> None:
    from muster.web.jobs import queue

    asked(villages)
    for turn in range(queue.MOST_TRIES + 1):
        job = queue.take(str(turn), at=NOW)
        assert job is not None
        queue.give_back(job)


def test_work_given_a_process_that_is_killed_then_broken_says_by_what(
    ready: Ready, villages: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.web.jobs import worker

    start = worker._start

    def killed(order: Any) -> subprocess.Popen[str]:
        child = start(order)
        child.kill()
        return child

    monkeypatch.setattr(worker, "_start", killed)
    job = asked(villages)
    worked_off(ready)
    job.refresh_from_db()
    assert (job.state, job.faults[0]["seen"], job.faults[0]["rule"]) == (job.BROKEN, "signal 9", "O3")


def test_cancel_given_one_that_waits_then_it_is_stopped_and_never_made(
    client_of: Clients, ready: Ready, villages: Version
) -> None:
    job = asked(villages)
    client = client_of("logistician")
    said = words(client.post(f"/jobs/{job.pk}/cancel", follow=True))
    assert "It was stopped by logistician. Nothing was made." in said
    worked_off(ready)
    assert left_in(ready.site.plans) == []
    assert "It had ended before." in words(client.post(f"/jobs/{job.pk}/cancel", follow=True))


def begun(client: Client, job: Job) -> str:
    """Wait until planning has reached something; return what the job's page says then."""

    def told() -> str:
        said = words(client.get(f"/jobs/{job.pk}"))
        return said if re.search(r"floor: round [3-9]", said) else ""

    found: str = until(told)
    return found


def test_cancel_given_one_that_runs_then_the_best_so_far_is_made_and_says_how_far_from_best_it_may_be(
    client_of: Clients, ready: Ready, winter: Version, working: threading.Event
) -> None:
    from muster.services.plans import verify_plan

    job, client = asked(winter), client_of("logistician")
    said = begun(client, job)
    share = re.search(r"Is being planned (\d+) % floor: round .* people \d+ s", said)
    assert share is not None
    assert 1 <= int(share[1]) < 25, "of four goals the first is under way"
    assert "new : is being planned, floor:" in words(client.get("/plans"))
    client.post(f"/jobs/{job.pk}/cancel")
    assert "Do not wait for it" in words(client.get(f"/jobs/{job.pk}"))
    said = until(lambda: "To the plan" in (page := words(client.get(f"/jobs/{job.pk}"))) and page)
    gaps = re.search(r"It was stopped by logistician .* floor: at most (\d+) % .*norm: nothing is proved of it", said)
    assert gaps is not None
    assert 0 < int(gaps[1]) < 100
    assert "Planning was stopped early: the best until then" in words(client.get("/plans"))
    assert f"floor: at most {gaps[1]} %" in words(client.get("/plan/new"))
    assert verify_plan(winter.folder(ready.site.economies), ready.site.plans / "new").holds
    assert left_in(ready.site.folder / "jobs") == []


def test_cancel_given_that_nothing_of_it_is_wanted_then_it_ends_within_seconds_and_leaves_nothing(
    client_of: Clients, ready: Ready, winter: Version, working: threading.Event
) -> None:
    job, client = asked(winter), client_of("logistician")
    begun(client, job)
    began = time.monotonic()
    client.post(f"/jobs/{job.pk}/cancel")
    client.post(f"/jobs/{job.pk}/cancel", {"unwanted": "1"})
    until(lambda: "It was stopped by logistician. Nothing was made." in words(client.get(f"/jobs/{job.pk}")), 10.0)
    assert time.monotonic() - began < 8.0
    until(lambda: left_in(ready.site.folder / "jobs") == [])
    assert left_in(ready.site.plans) == []


def test_cancel_given_that_nothing_is_reached_yet_then_nothing_is_made(
    client_of: Clients, ready: Ready, winter: Version, working: threading.Event
) -> None:
    job, client = asked(winter), client_of("logistician")
    until(lambda: "starting" in words(client.get(f"/jobs/{job.pk}")))
    client.post(f"/jobs/{job.pk}/cancel")
    until(lambda: "Nothing was made." in words(client.get(f"/jobs/{job.pk}")))
    assert left_in(ready.site.plans) == []


def test_work_given_that_the_worker_has_to_end_then_the_best_so_far_is_kept_and_the_job_waits_to_be_begun_anew(
    client_of: Clients, ready: Ready, winter: Version
) -> None:
    from muster.web.jobs.worker import work

    job, client, stop = asked(winter), client_of("logistician"), threading.Event()
    worker = threading.Thread(target=work, args=(ready.site,), kwargs={"stop": stop})
    worker.start()
    begun(client, job)
    stop.set()
    worker.join(SOON_S)
    assert not worker.is_alive()
    job.refresh_from_db()
    assert (job.state, job.tries, job.made["early"][0][0]) == (job.WAITING, 0, "floor")
    assert "The server was stopped while it was planned." in words(client.get(f"/jobs/{job.pk}"))
    assert "Planning was stopped early: this is the best plan until then." in words(client.get("/plan/new"))
    client.post(f"/jobs/{job.pk}/cancel")
    assert "Nothing was made. What there was when the server was stopped is kept" in words(
        client.get(f"/jobs/{job.pk}")
    )
    assert left_in(ready.site.plans) == ["new"]


def test_job_given_one_that_is_not_there_then_404(client_of: Clients) -> None:
    for page in ("/jobs/999999", "/jobs/999999/state", f"/jobs/{2**70}"):
        assert client_of("logistician").get(page).status_code == 404
