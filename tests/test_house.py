"""The laws of the house, read from the source: who may import whom, how long things are, that everything says what it knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

import docctl

HOUSE = Path(docctl.__file__).parent

# What stands on a floor may import from its own floor and from those below, never from above.
FLOORS = (
    {"core"},
    {"rules", "registers"},
    {"stopping", "leftovers"},
    {"repository", "workspace", "sshsig", "shipped"},
    {
        "reader",
        "check",
        "moving",
        "pushes",
        "secondopinion",
        "render",
        "markdown",
        "openwork",
        "redline",
        "waiting",
        "viewed",
        "view",
        "trailers",
        "receipts",
        "checkpoint",
        "witness",
        "arriving",
        "stretches",
        "assurance",
    },
    {"acts", "gates", "hooks", "site", "server", "receiving", "demo", "doctor", "mending"},
    {"cli"},
)
PURE = ("core", "rules", "registers")
NEVER_IN_PURE = {
    "git",
    "subprocess",
    "os",
    "click",
    "mkdocs",
    "socket",
    "pathlib",
    "time",
    "random",
    "secrets",
    "tempfile",
    "shutil",
}
CLOCKS = re.compile(r"(?:datetime|date)\.(?:now|utcnow|today)|time\.[a-z_]+")
# Modules that a hook loads: click, jsonschema or mkdocs would cost more than a whole lean hook.
GATES = ("core", "rules", "reader", "repository", "sshsig", "shipped", "check", "gates")
NEVER_IN_GATES = {"click", "rich", "jsonschema", "mkdocs", "git", "frontmatter", "xlsxwriter", "jieba"}
GIT_WORDS = re.compile(r"\b(?:[a-z]*_?sha1|ref_?name|refs?|index_file|cacheinfo|ls_?tree|cat_?file|rev_?parse|rev_?list)\b")
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 300, 50, 10


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of docctl by its dotted name without `docctl.`."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        name = ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


NAMES = [name for name in modules() if name]
EACH = pytest.mark.parametrize("name", NAMES)


def imports(name: str, *, inside: bool = True) -> Iterator[str]:
    """The dotted names a module imports, `docctl.` taken off its own; with those inside functions, unless told otherwise."""
    tree = modules()[name]
    for node in ast.walk(tree) if inside else _at_the_top(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("docctl.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: imports are absolute"
            module = str(node.module)
            own = module == "docctl" or f"{module.removeprefix('docctl.')}.{node.names[0].name}" in modules()
            for alias in node.names:
                whole = f"{module}.{alias.name}".removeprefix("docctl.")
                yield whole if own or whole in modules() else module.removeprefix("docctl.")


def _at_the_top(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        if isinstance(node, ast.If):  # what only the type checker sees costs a hook nothing
            continue
        yield node


def floor(name: str) -> int:
    top = name.partition(".")[0]
    found = [number for number, rooms in enumerate(FLOORS) if top in rooms]
    assert found, f"docctl/{top} stands on no floor; say in FLOORS where it belongs"
    return found[0]


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}.{node.name} (line {node.lineno})", node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its decorators and its docstring."""
    said = node.body[0] if ast.get_docstring(node) else None
    end = node.end_lineno or node.lineno
    return end - node.lineno + 1 - ((said.end_lineno or 0) - said.lineno + 1 if said else 0)


@EACH
def test_no_import_runs_up(name: str) -> None:
    up = [other for other in imports(name) if other in modules() and other and floor(other) > floor(name)]
    assert up == [], f"docctl.{name} imports from a floor above its own"


def test_no_import_goes_in_a_circle() -> None:
    """Neither between modules while they load, nor between rooms at all; inside a room, two modules may ask each other later."""
    loading = {name: {*imports(name, inside=False)} & modules().keys() - {name, ""} for name in NAMES}
    rooms: dict[str, set[str]] = {}
    for name in NAMES:
        others = {other.partition(".")[0] for other in imports(name) if other in modules() and other}
        rooms.setdefault(name.partition(".")[0], set()).update(others - {name.partition(".")[0]})
    assert _circles(loading) == {}
    assert _circles(rooms) == {}


def _circles(below: dict[str, set[str]]) -> dict[str, list[str]]:
    """What is left when everything that needs nothing any more is taken away, again and again."""
    left = dict(below)
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]
    return {name: sorted(needed & left.keys()) for name, needed in left.items()}


@EACH
def test_what_is_pure_knows_no_outside(name: str) -> None:
    if name.partition(".")[0] not in PURE:
        return
    assert {other.partition(".")[0] for other in imports(name)} & NEVER_IN_PURE == set()
    asked = [node.lineno for node in ast.walk(modules()[name]) if isinstance(node, ast.Call) and _asks_the_time(node)]
    assert asked == [], f"docctl.{name} asks what time it is"


def _asks_the_time(call: ast.Call) -> bool:
    return bool(CLOCKS.fullmatch(ast.unparse(call.func)))


@EACH
def test_a_gate_loads_nothing_heavy(name: str) -> None:
    if name.partition(".")[0] in GATES:
        assert {other.partition(".")[0] for other in imports(name, inside=False)} & NEVER_IN_GATES == set()


@EACH
def test_only_one_room_knows_git_and_one_writes_it(name: str) -> None:
    room = name.partition(".")[0]
    loaded = {other.partition(".")[0] for other in imports(name)}
    assert "git" not in loaded or room == "workspace", f"docctl.{name} writes git"
    if room in {*PURE, "reader", "render"} and name != "core.receipt":  # a receipt repeats what was pushed, in git's words
        words = {word for node in ast.walk(modules()[name]) if isinstance(node, ast.Name | ast.arg) for word in _words(node)}
        assert [word for word in sorted(words) if GIT_WORDS.fullmatch(word)] == [], f"docctl.{name} speaks git"


def _words(node: ast.Name | ast.arg) -> tuple[str]:
    return (node.id if isinstance(node, ast.Name) else node.arg,)


@EACH
def test_a_file_can_be_read_in_one_sitting(name: str) -> None:
    path = HOUSE / Path(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{path.relative_to(HOUSE.parent)} has {lines} lines"


def test_functions_are_short() -> None:
    lengths = {name: length(node) for name, node in functions()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= MEDIAN_FUNCTION


@EACH
def test_a_module_says_what_it_knows(name: str) -> None:
    said = ast.get_docstring(modules()[name]) or ""
    assert said.splitlines()[0:1] != [], f"docctl.{name} has no docstring"


def test_public_functions_and_classes_are_explained() -> None:
    silent = [
        f"docctl.{name}.{node.name}"
        for name, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_core_and_rules_share_no_name() -> None:
    nouns, judgements = ({path.stem for path in (HOUSE / room).glob("*.py")} - {"__init__"} for room in ("core", "rules"))
    assert nouns & judgements == set()


def test_no_room_for_odds_and_ends() -> None:
    forbidden = {"utils", "helpers", "common", "base", "manager", "service"}
    assert [name for name in NAMES if forbidden & set(name.split("."))] == []
