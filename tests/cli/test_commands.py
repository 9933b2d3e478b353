import json
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
