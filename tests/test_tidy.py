"""Small rooms: the rules of style that a machine can keep. An exception is a line in a list, with its reason."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LONGEST_MODULE, LONGEST_FUNCTION, MOST_METHODS, MOST_PARAMETERS = 500, 60, 15, 6
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "misc"}

_COLUMNS = "a table's columns stay one line each; the names are those of Column's fields"
_OPTIONS = "typer makes one option of each parameter"
_VIEW = "passes on to any view what its address says"
_LOOP = "numba loses what a parallel loop writes to an array inside a tuple: arrays are passed one by one"
EXCEPTIONS: dict[str, str] = {
    "src/muster/cli/book_enter.py: add has 15 parameters": _OPTIONS,
    "src/muster/cli/book_enter.py: count has 12 parameters": _OPTIONS,
    "src/muster/cli/book_enter.py: receive has 13 parameters": _OPTIONS,
    "src/muster/cli/book_enter.py: register has 11 parameters": _OPTIONS,
    "src/muster/cli/book_enter.py: reverse has 10 parameters": _OPTIONS,
    "src/muster/cli/book_enter.py: text has 9 parameters": _OPTIONS,
    "src/muster/cli/book_files.py: export has 8 parameters": _OPTIONS,
    "src/muster/cli/book_files.py: import_ has 8 parameters": _OPTIONS,
    "src/muster/cli/commands.py: plan has 9 parameters": _OPTIONS,
    "src/muster/cli/serve.py: serve has 10 parameters": _OPTIONS,
    "src/muster/economy/economy.py: with_options takes **options": "passes on fields of Economy, names checked",
    "src/muster/economy/tables.py: _date takes **more": _COLUMNS,
    "src/muster/economy/tables.py: _number takes **more": _COLUMNS,
    "src/muster/economy/tables.py: _text takes **more": _COLUMNS,
    "src/muster/plan/firstorder/kernels.py: _move_amounts has": _LOOP,
    "src/muster/plan/firstorder/kernels.py: _move_prices has": _LOOP,
    "src/muster/plan/firstorder/kernels.py: sizes has": _LOOP,
    "src/muster/plan/firstorder/kernels.py: lay_by_row has": _LOOP,
    "src/muster/plan/firstorder/kernels.py: takes has": _LOOP,
    "src/muster/plan/firstorder/kernels.py: worths has": _LOOP,
    "src/muster/web/pages/told.py: guarded takes **named": _VIEW,
    "src/muster/web/people/access.py: guarded takes **named": _VIEW,
    "tests/plans_by_hand.py: economy has": "one economy, table by table, is read as one page",
}
"""What is allowed against the rules: how the fault begins, and why it stays."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
LOCAL = {
    "a path of one machine": re.compile(
        r"(?<![\w.\-~*}])/(?:wor[k]|roo[t]|home/[a-z]\w*|Users/[A-Za-z]\w*|tm[p]/w|op[t]/(?:pypi|wheels))(?:/|\b(?![\w-]))"
    ),
    "the host of a package registry": re.compile(
        r"pypi\.or[g]/simple|files\.pythonhosted\.or[g]|https?://(?:localhost|127\.0\.0\.1)\S*simpl[e]\b"
        r"|^\s*--(?:extra-)?index-ur[l]|^\s*--find-link[s]",
        re.MULTILINE,
    ),
}


def tracked() -> list[str]:
    """Return the files of the project, as git knows them, that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def of_size(source: str) -> Iterator[str]:
    """Yield what is too big: modules, functions, classes, lists of parameters."""
    if (lines := source.count("\n")) > LONGEST_MODULE:
        yield f"module has {lines} lines, at most {LONGEST_MODULE}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines, at most {LONGEST_FUNCTION}"
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = len([each for each in given if each.arg not in ("self", "cls")])
            if count > MOST_PARAMETERS:
                yield f"{node.name} has {count} parameters, at most {MOST_PARAMETERS}"
            if node.args.kwarg:
                yield f"{node.name} takes **{node.args.kwarg.arg}"
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, Function) for each in node.body)
            if methods > MOST_METHODS:
                yield f"{node.name} has {methods} methods, at most {MOST_METHODS}"


def without_docstring(source: str) -> Iterator[str]:
    """Yield the public things that say nothing about themselves."""
    module = ast.parse(source)
    if module.body and not ast.get_docstring(module):
        yield "module has no docstring"
    inside: list[tuple[str, ast.Module | ast.ClassDef]] = [("", module)]
    while inside:
        prefix, scope = inside.pop()
        for node in scope.body:
            if not isinstance(node, (*Function.__args__, ast.ClassDef)) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node) and not any(_name(each) == "overload" for each in node.decorator_list):
                yield f"{prefix}{node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                inside.append((f"{node.name}.", node))


def _name(decorator: ast.expr) -> str:
    return ast.unparse(decorator).rpartition(".")[2]


def past_the_layers(source: str) -> Iterator[str]:
    """Yield imports of names from the face of the package, which the contracts of the layers cannot see."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "muster":
            rooms = {each.stem for each in (ROOT / "src/muster").iterdir()}
            named = [each.name for each in node.names if each.name not in rooms | {"__version__"}]
            if named:
                yield f"imports {', '.join(named)} from muster itself; name the module it lives in"
        elif isinstance(node, ast.Import) and any(each.name == "muster" for each in node.names):
            yield "imports muster itself; name the module it lives in"


def badly_named(path: str) -> Iterator[str]:
    """Yield the parts of a path that say nothing about what lives there."""
    for part in Path(path).with_suffix("").parts:
        if part in FORBIDDEN_NAMES:
            yield f"{part} says nothing about what lives there"


def of_one_machine(text: str) -> Iterator[str]:
    """Yield the words that hold on one machine only."""
    for what, pattern in LOCAL.items():
        for hit in pattern.finditer(text):
            yield f"line {text.count(chr(10), 0, hit.start()) + 1} names {what}: {hit.group().strip()}"


def excepted(fault: str) -> bool:
    """Return whether a fault stands in the list of exceptions."""
    return any(fault.startswith(known) for known in EXCEPTIONS)


def in_code() -> list[str]:
    """Return every fault of style in the project's code, exceptions and all."""
    faults = []
    for name in tracked():
        faults += [f"{name}: {fault}" for fault in badly_named(name)]
        if not name.endswith(".py"):
            continue
        source = (ROOT / name).read_text(encoding="utf-8")
        checks = [of_size]
        if name.startswith("src/") or "/" not in name:
            checks.append(without_docstring)
        if name.startswith("src/"):
            checks.append(past_the_layers)
        for check in checks:
            found = [each for each in check(source) if name.startswith("src/") or "takes **" not in each]
            faults += [f"{name}: {fault}" for fault in found]
    return faults


def test_code_of_the_project_then_every_room_is_small_and_says_what_it_is() -> None:
    faults = [fault for fault in in_code() if not excepted(fault)]
    assert not faults, "\n".join(faults)


def test_exceptions_then_each_is_still_needed() -> None:
    faults = in_code()
    assert [known for known in EXCEPTIONS if not any(fault.startswith(known) for fault in faults)] == []


def test_files_of_the_project_then_none_names_one_machine() -> None:
    faults = []
    for name in tracked():
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        faults += [f"{name}: {fault}" for fault in of_one_machine(text)]
    assert not faults, "\n".join(faults)


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 60
MANY_METHODS = "class C:\n" + "".join(f"    def m{i}(self): ...\n" for i in range(16))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1\n" * 501, "module has 501 lines, at most 500"),
        (LONG_FUNCTION, "f has 61 lines, at most 60"),
        (MANY_METHODS, "C has 16 methods, at most 15"),
        ("def f(a, b, /, c, *, d, e, g, h): ...\n", "f has 7 parameters, at most 6"),
        ("class C:\n    async def f(self, **more): ...\n", "f takes **more"),
    ],
)
def test_of_size_given_something_too_big_then_says_so(source: str, fault: str) -> None:
    assert list(of_size(source)) == [fault]


def test_of_size_given_the_most_that_is_allowed_then_is_silent() -> None:
    methods = MANY_METHODS.replace("    def m15(self): ...\n", "")
    source = LONG_FUNCTION.replace("    x = 1\n", "", 1) + methods + "def g(a, b, c, *, d, e, f): ...\n"
    assert list(of_size(source + "\n" * (500 - source.count("\n")))) == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("x = 1\n", ["module has no docstring"]),
        ("", []),
        ('"""M."""\ndef f(): ...\ndef _g(): ...\n', ["f has no docstring"]),
        (
            '"""M."""\nclass C:\n    """C."""\n    def m(self): ...\n    def __eq__(self, other): ...\n',
            ["C.m has no docstring"],
        ),
        ('"""M."""\nclass C:\n    x = 1\n', ["C has no docstring"]),
        ('"""M."""\nclass _C:\n    def m(self): ...\n', []),
        ('"""M."""\n@typing.overload\ndef f(): ...\n', []),
        ('"""M."""\ndef f():\n    """F."""\n    def inner(): ...\n', []),
    ],
)
def test_without_docstring_given_a_module_then_names_what_is_public_and_silent(source: str, faults: list[str]) -> None:
    assert list(without_docstring(source)) == faults


@pytest.mark.parametrize(
    "source", ["import muster\n", "from muster import read\n", "def f():\n    from muster import read\n"]
)
def test_past_the_layers_given_an_import_from_the_face_then_says_so(source: str) -> None:
    assert len(list(past_the_layers(source))) == 1


def test_past_the_layers_given_a_room_or_the_version_then_is_silent() -> None:
    source = "import muster.errors\nfrom muster.errors import Fault\nfrom muster import __version__, errors\n"
    assert list(past_the_layers(source)) == []


def test_badly_named_given_a_name_that_says_nothing_then_says_so() -> None:
    assert list(badly_named("src/muster/plan/utils.py")) == ["utils says nothing about what lives there"]
    assert list(badly_named("src/muster/helpers/read.py")) == ["helpers says nothing about what lives there"]
    assert list(badly_named("src/muster/plan/matrix.py")) == []


@pytest.mark.parametrize(
    "text",
    [
        "see /wor" + "k/main/README.md",
        'open("/roo' + 't/x")',
        "/hom" + "e/anna/muster",
        "cd /tm" + "p/w",
        "https://pypi.or" + "g/simple/polars",
        "https://files.pythonhosted.or" + "g/packages/x.whl",
        "http://localhost:3141/root/pypi/+simpl" + "e/",
        "--index-ur" + "l https://example.org",
    ],
)
def test_of_one_machine_given_a_local_word_then_says_so(text: str) -> None:
    assert len(list(of_one_machine(f"first line\n{text}\n"))) == 1
    assert "line 2 names" in next(of_one_machine(f"first line\n{text}\n"))


@pytest.mark.parametrize(
    "text", [f"src/muster/{'work'}/teams.py", "the work/rest rule", "https://example.org/home/", "1/work"]
)
def test_of_one_machine_given_a_path_of_the_project_then_is_silent(text: str) -> None:
    assert list(of_one_machine(text)) == []
