import doctest
import shutil
from pathlib import Path

import pytest

from muster.services.economies import examples_folder


@pytest.mark.parametrize("page", ["day-economist.md"])
def test_page_given_its_python_then_it_prints_what_it_shows(
    page: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(examples_folder(), tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    ran = doctest.testfile(str(request.config.rootpath / "docs" / page), module_relative=False, optionflags=options)
    assert ran.attempted > 0
    assert ran.failed == 0, "what differs stands above"
