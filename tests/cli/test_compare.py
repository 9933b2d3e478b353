import json
from pathlib import Path

import pytest

from muster.cli.compare_text import MARKS
from muster.cli.main import main
from muster.cli.reference import JSON
from muster.plan.policies import POLICIES
from muster.services.economies import examples_folder

VILLAGES = str(examples_folder() / "two-villages")


def test_compare_given_an_economy_then_policies_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", VILLAGES]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Two villages, November 2026 to January 2027"
    assert lines[2].split("  ")[0] == "policy"
    assert [line.split()[0] for line in lines[3:8]] == list(POLICIES)
    assert lines[4].split()[:4] == ["equal", "1,500", "91.7", "%"]
    curves = [line.split() for line in lines if "█" in line or "▇" in line]
    assert {len(curve) for _, curve in curves} == {MARKS}
    assert dict(curves)["leximin"] == "▇" * 8 + "█" * 16
    assert any(line.startswith("The price of sharing everybody the same: people get 91.7 %") for line in lines)


def test_compare_given_json_then_the_keys_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", VILLAGES, "--policies", "equal,leximin", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data) == list(JSON["compare"])
    assert [row["policy"] for row in data["policies"]] == ["equal", "leximin"]
    assert data["policies"][0]["curve"][0].keys() == {"level", "people", "up_to"}
    assert data["page"] is None
    assert len(data["price"]) == 2


@pytest.mark.parametrize(
    ("words", "do"),
    [
        ("leximn", "did you mean leximin?"),
        ("quotas", "choose from leximin, equal"),
        ("equal,equal", "name each policy once"),
        (",", "name each policy once"),
    ],
)
def test_compare_given_policies_that_are_none_then_wrong_usage(
    words: str, do: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", VILLAGES, "--policies", words]) == 2
    assert do in capsys.readouterr().err


def test_compare_given_a_file_then_it_says_where_the_page_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "side.html"
    assert main(["compare", VILLAGES, "--policies", "leximin equal", "--to", str(page)]) == 0
    assert capsys.readouterr().out.endswith(f"page     {page}\n")


def test_plan_given_packs_then_what_is_whole_and_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", VILLAGES, "--packs", "--to", str(tmp_path / "plan")]) == 0
    out = capsys.readouterr().out
    assert "packs    " in out and " dispatches in whole packs: " in out
    assert "Depot → Hill: 337.50 packs of flour, whole packs would take too much from Hill" in out
    assert (tmp_path / "plan/packs.csv").is_file()
    assert main(["verify", VILLAGES, str(tmp_path / "plan")]) == 0
    capsys.readouterr()
    assert main(["plan", VILLAGES, "--packs", "--to", str(tmp_path / "plan"), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["packs"]) == {"dispatches", "whole", "packs", "trips"}
