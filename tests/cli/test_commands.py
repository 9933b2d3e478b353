import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muster.cli.main import main
from muster.cli.reference import JSON
from muster.services.economies import examples_folder

VILLAGES = str(examples_folder() / "two-villages")


def data_of(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Return the object that a command prints; it stands alone on stdout."""
    assert main([*words, "--json"]) == 0
    printed: dict[str, object] = json.loads(capsys.readouterr().out)
    return printed


def test_new_given_an_example_then_it_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine", "--example", "two-villages"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith(" files to start from.\nnext    fill in the tables, then: muster check mine\n")


def test_new_given_json_then_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = data_of(["new", str(tmp_path / "mine")], capsys)
    assert list(data) == list(JSON["new"])
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == data["files"]


def test_check_given_an_example_then_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", VILLAGES]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "Two villages: 3 places, 1,500 people, 4 resources, 3 periods (November 2026 to January 2027). "
        "No faults, no warnings.\n"
    )


def test_check_given_json_then_the_keys_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    data = data_of(["check", VILLAGES], capsys)
    assert list(data) == list(JSON["check"])
    assert data["faults"] == []


def test_check_given_a_fault_then_status_1_and_the_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", str(tmp_path / "mine"), "--example", "two-villages"])
    stocks = tmp_path / "mine/stocks.csv"
    stocks.write_text(stocks.read_text().replace("flour", "flourr"))
    capsys.readouterr()
    assert main(["check", str(tmp_path / "mine")]) == 1
    out, err = capsys.readouterr()
    assert 'did you mean "flour"?' in err
    assert out == f"{tmp_path / 'mine'}: 1 fault, no warnings. Correct the faults and check again.\n"
    assert main(["check", str(tmp_path / "mine"), "--json"]) == 1
    out, err = capsys.readouterr()
    assert list(json.loads(out)) == ["faults"]
    assert json.loads(out)["faults"][0]["rule"] == "T3"


def test_check_given_a_warning_then_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", str(tmp_path / "mine")])
    assert main(["check", str(tmp_path / "mine")]) == 0
    assert "No faults, 1 warning." in capsys.readouterr().out


def test_check_given_no_such_folder_then_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere"]) == 1
    assert "where: nowhere" in capsys.readouterr().err


def test_describe_given_an_example_then_where_the_descriptor_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", str(tmp_path / "mine"), "--example", "two-villages"])
    capsys.readouterr()
    assert data_of(["describe", str(tmp_path / "mine")], capsys) == {
        "descriptor": str(tmp_path / "mine/datapackage.json")
    }
    assert json.loads((tmp_path / "mine/datapackage.json").read_text())["resources"]


@pytest.fixture
def villages_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a plan of two villages in the current folder, ``villages``."""
    monkeypatch.chdir(tmp_path)
    assert main(["plan", VILLAGES, "--to", "villages", "--goals", "floor"]) == 0
    capsys.readouterr()
    return Path("villages")


def test_plan_given_an_example_then_who_is_below_and_where_everything_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plan", VILLAGES]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "floor    at best all can reach 91.7 % of the survival minimum together\n" in out
    assert "\n  Hill " in out
    assert out.endswith("\nplan     two-villages-plan\nreport   two-villages-plan/report.html\n")
    assert (tmp_path / "two-villages-plan/plan.toml").is_file()


def test_plan_given_json_then_exactly_the_keys_of_the_contract_alone_on_stdout(tmp_path: Path) -> None:
    words = ["plan", VILLAGES, "--exact", "--slack", "0", "--step", "0.1", "--goals", "floor,effort", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "muster", *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    data = json.loads(done.stdout)
    assert done.stderr == ""
    assert list(data) == list(JSON["plan"])
    assert [goal["goal"] for goal in data["goals"]] == ["floor", "effort"]
    fair = {"goal", "max_min", "least", "mean", "below", "people_below", "rounds", "gap"}
    assert set(data["goals"][0]) == fair
    assert set(data["goals"][1]) >= {"goal", "value", "tonne_km"}
    assert (data["step"], data["slack"], data["claims"]) == (0.1, 0.0, 12)


def test_plan_given_no_time_at_all_then_it_says_so_or_plans_what_it_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", VILLAGES, "--to", str(tmp_path / "plan"), "--limit-seconds", "0"]) == 0
    capsys.readouterr()
    assert main(["verify", VILLAGES, str(tmp_path / "plan")]) == 0


def test_plan_given_an_economy_where_the_plan_should_go_then_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", str(tmp_path / "mine"), "--example", "two-villages"])
    before = sorted(path.name for path in (tmp_path / "mine").iterdir())
    capsys.readouterr()
    assert main(["plan", str(tmp_path / "mine"), "--to", str(tmp_path / "mine")]) == 1
    assert capsys.readouterr().err.endswith("  rule:  C2\n")
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == before


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_plan_given_a_signal_in_the_middle_then_one_line_and_nothing_left(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    words = ["plan", str(examples_folder() / "afghan-winter"), "--to", "plan"]
    environment = {name: value for name, value in os.environ.items() if name != "MUSTER_PROGRESS"}
    with subprocess.Popen(
        [sys.executable, "-m", "muster", *words],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as busy:
        assert busy.stderr is not None
        said = [busy.stderr.readline()]
        while not said[-1].startswith("floor: "):
            said.append(busy.stderr.readline())
            assert busy.poll() is None, said
        pressed = time.monotonic()
        busy.send_signal(number)
        out, rest = busy.communicate(timeout=30)
        assert time.monotonic() - pressed < 15
    assert busy.returncode == status
    assert rest.splitlines()[-1] == "muster: stopped before it was done; nothing half-written is left behind."
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_verify_given_a_plan_then_it_holds(villages_plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", VILLAGES, str(villages_plan)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "every balance and limit holds" in out
    assert list(data_of(["verify", VILLAGES, str(villages_plan)], capsys)) == list(JSON["verify"])


def test_verify_exactly_then_every_stage_is_shown(villages_plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", VILLAGES, str(villages_plan), "--exact"]) == 0
    out = capsys.readouterr().out
    assert "that is proved (reckoned in fractions)" in out
    assert re.search(r"^floor +1  all together +91\.7120 % +91\.7120 % +0\.0001 %$", out, re.M)
    told = data_of(["verify", VILLAGES, str(villages_plan), "--exact"], capsys)
    assert told["exact"] is True
    assert set(told["stages"][0]) == {"goal", "round", "kind", "value", "bound", "gap"}
    assert told["gap"] == max(goal["gap"] for goal in told["goals"])


def test_verify_exactly_what_is_too_large_then_it_says_so(
    villages_plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muster.plan.proof.best.MOST_EXACT", 1)
    assert main(["verify", VILLAGES, str(villages_plan), "--exact"]) == 0
    assert "too large to be reckoned in fractions" in capsys.readouterr().out


def test_verify_given_a_changed_number_then_status_1_and_where(
    villages_plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = villages_plan / "given.csv"
    lines = given.read_text().splitlines()
    given.write_text("\n".join([lines[0], lines[1].rpartition(",")[0] + ",999", *lines[2:]]) + "\n")
    assert main(["verify", VILLAGES, str(villages_plan)]) == 1
    out, err = capsys.readouterr()
    assert "cannot be done as it stands" in out
    assert "muster: " in err
    assert "balances.csv" in err
    assert main(["verify", VILLAGES, str(villages_plan), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_report_given_a_file_then_where_it_lies(villages_plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(villages_plan), "--to", "villages.xlsx"]) == 0
    assert capsys.readouterr().out == "report   villages.xlsx\n"
    assert Path("villages.xlsx").read_bytes().startswith(b"PK")
    assert data_of(["report", str(villages_plan)], capsys) == {"report": "villages/report.html"}


def test_report_given_an_economy_then_it_is_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", VILLAGES]) == 1
    assert f"{VILLAGES} is not a plan." in capsys.readouterr().err


def test_plan_given_a_folder_that_may_not_be_written_then_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("this system has no folder in which nobody may write")
    assert main(["plan", VILLAGES, "--to", "/proc/plan"]) == 1
    assert capsys.readouterr().err.endswith("  rule:  C3\n")


@pytest.fixture(scope="module")
def planned_villages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a plan folder; tests only read it."""
    to = tmp_path_factory.mktemp("plans") / "villages"
    assert main(["plan", VILLAGES, "--exact", "--to", str(to)]) == 0
    return str(to)


def test_why_given_a_place_then_what_holds_it_and_what_would_change_it(
    planned_villages: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["why", planned_villages, "Valley", "--to", str(tmp_path / "valley.html")]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("Heat in Valley\n  What counted as need: 1,000 people in Valley")
    assert "What holds it:\n  100 %  Coal: all there is in Depot at the start is 60 t.\n" in out
    assert "Who was served before it:\n  People below or at their survival floor" in out
    assert "What would change it:\n  51.9 % → 60.1 %  5 t more Coal in Depot at the start (now 60)\n" in out
    assert "Also short:\n  Food energy: 78.1 % of the full standard" in out
    assert f"ask      muster why {planned_villages} Valley NEED\n" in out
    assert out.endswith(f"page     {tmp_path / 'valley.html'}\n")


def test_why_given_json_then_the_keys_of_the_reference(
    planned_villages: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    data = data_of(["why", planned_villages, "Hill", "heat"], capsys)
    assert list(data) == list(JSON["why"])


def test_why_given_nobody_or_unknown_names_then_plain_words(
    planned_villages: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    page = tmp_path / "depot.html"
    assert main(["why", planned_villages, "Depot", "--to", str(page)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Nobody in Depot has a claim to any need")
    assert out.endswith(f"page     {page}\n")
    assert "Nobody in Depot has a claim" in page.read_text(encoding="utf-8")
    assert main(["why", planned_villages, "Hil"]) == 1
    assert 'did you mean "Hill"?' in capsys.readouterr().err
    assert main(["why", planned_villages, "Hill", "hat"]) == 1
    assert 'did you mean "heat"?' in capsys.readouterr().err.lower()
    assert main(["why", planned_villages, "Hill", "--period", "June"]) == 1
    assert "0 (November 2026) to 2 (January 2027)" in capsys.readouterr().err
    assert main(["why", planned_villages, "Hill", "--to", "hill.pdf"]) == 2
    assert "ends in .html" in capsys.readouterr().err


def test_warn_given_an_economy_or_a_plan_then_who_and_what_would_prevent_it(
    planned_villages: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for folder in (VILLAGES, planned_villages):
        assert main(["warn", folder]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert out.startswith("Two villages: 500 people fall below the survival floor (most: November 2026)")
        assert "  Hill      500     91.7 %" in out
        assert (
            "  73.7 %  0.1 t a day more on Depot → Hill (truck), November 2026 (now 1.5); 1,875 days for a tonne" in out
        )


def test_warn_given_json_then_the_keys_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(data_of(["warn", VILLAGES], capsys)) == list(JSON["warn"])
