"""The demo as it is started: the Afghan winter, in a process of its own, and every role's first pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django", reason="needs the web extra")

VISIT = """
import sys
from pathlib import Path
from muster.web.folder import Site
from muster.web.serve import prepare
ready = prepare(Site(Path(sys.argv[1])), with_demo=True, tell=lambda text: None, weeks=4, winter=True)
from django.contrib.auth.models import User
from django.test import Client
from muster.services.book_economy import economy_from_book
from datetime import UTC, datetime
from muster.web.jobs.models import Job, Version
PAGES = {
    "clerk": ["/", "/clerk/", "/clerk/enter/received", "/clerk/enter/gave-out", "/clerk/enter/counted"],
    "chair": ["/"], "manager": ["/"], "logistician": ["/", "/economies"], "auditor": ["/"], "office": ["/"],
}
for name, pages in PAGES.items():
    client = Client()
    client.force_login(User.objects.get(username=name))
    for page in pages:
        answer = client.get(page, follow=True)
        print(name, page, answer.status_code)
        if name == "chair":
            print("no plan yet" if b"There is no plan yet" in answer.content else answer.content.decode())
job, winter = Job.objects.get(), Version.objects.get(name="afghan-winter")
print(job.name, job.state, job.version == winter, winter.contents["people"], len(winter.warnings))
made = economy_from_book(winter.folder(ready.site.economies), book=ready.site.book, as_of=datetime.now(UTC).date())
print(sorted({row.place for row in made.stocks} & {"AF01U", "AF21", "AF23", "AF31"}), len(made.stocks) > 60)
"""


def test_demo_given_the_winter_then_every_role_has_pages_and_the_book_fits_to_the_economy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", VISIT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    visits = [line for line in done.stdout.splitlines() if " /" in line]
    assert len(visits) == 11
    assert [line for line in visits if not line.endswith(" 200")] == [], done.stderr
    rest = [line for line in done.stdout.splitlines() if " /" not in line]
    assert rest == [
        "no plan yet",
        "afghan-winter waiting True 43100609.0 0",
        "['AF01U', 'AF21', 'AF23', 'AF31'] True",
    ]
