import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import plans_by_hand
import plans_on_a_map
import pytest

from muster.plan.plan import Plan
from muster.report import html


def draw(plan: Plan, folder: Path, root: Path) -> subprocess.CompletedProcess[str]:
    (folder / "report.html").write_text(html.render(plan), encoding="utf-8")
    words = [sys.executable, "docs/picture.py", str(folder), str(folder / "map.svg")]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)


def test_picture_given_a_plan_on_a_map_then_an_svg_that_needs_nothing_else(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert draw(plans_on_a_map.plan(9, 3), tmp_path, request.config.rootpath).returncode == 0
    picture = ElementTree.parse(tmp_path / "map.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert "--level-0" in (picture.findtext("{http://www.w3.org/2000/svg}style") or "")
    assert "Place 5" in "".join(picture.itertext())


def test_picture_given_no_map_then_it_says_so(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    done = draw(plans_by_hand.plan(), tmp_path, request.config.rootpath)
    assert done.returncode == 1
    assert "the report has no map" in done.stderr
