"""The catalogue of attacks, of what must be let through, and of faults: each case names tests, and every test it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

HERE = Path(__file__).parent
LAYERS = {"client", "server", "verify", "build", "act", "doctor"}
UNLAYERED = {"accepts", "faults"}
NUMBER = re.compile(r"[A-Z][0-9]{2,3}")
NODE = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)(?:\[(.+)\])?")


class Case(NamedTuple):
    """One case: its file, its number and everything it says."""

    family: str
    number: str
    said: dict[str, Any]


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every family, in the order of the files."""
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((HERE / "catalogue").glob("*.yaml"))}
    return tuple(Case(family, str(said.get("case", "")), said) for family, listed in files.items() for said in listed)


def counts() -> tuple[int, int, int]:
    """How many attacks, how many things that must be let through, and how many faults the catalogue holds."""
    families = [case.family for case in cases()]
    return len(families) - sum(map(families.count, UNLAYERED)), families.count("accepts"), families.count("faults")


@cache
def written_in(path: str) -> frozenset[str]:
    """The tests that stand in a file."""
    tree = ast.parse((HERE.parent / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def parameter_there(path: str, parameter: str) -> bool:
    """Whether a file holds a parameter's text, as one or in parts, or a case file of that name lies beside it."""
    file = HERE.parent / path
    text = file.read_text(encoding="utf-8")
    beside = file.parent / "cases" / parameter
    return (
        parameter in text
        or all(part in text for part in parameter.split("-"))
        or bool(list(beside.parent.glob(f"{beside.name}*")))
    )


def missing(node: str) -> str:
    """Why a node id names no test; "" when it does."""
    named = NODE.fullmatch(node)
    if not named:
        return "is no node id"
    path, name, parameter = named.groups()
    if not (HERE.parent / path).is_file():
        return f"{path} is not there"
    if name not in written_in(path):
        return f"{path} has no {name}"
    return "" if not parameter or parameter_there(path, parameter) else f"{path} has no {parameter}"


EACH = pytest.mark.parametrize("case", cases(), ids=lambda case: case.number)


@EACH
def test_a_case_says_what_is_wished_for_where_it_is_stopped_and_by_which_tests(case: Case) -> None:
    wanted = {"case", "wish", "tests"} | (set() if case.family in UNLAYERED else {"layers"})
    assert set(case.said) == wanted
    assert NUMBER.fullmatch(case.number)
    assert isinstance(case.said["wish"], str)
    assert len(case.said["wish"].split()) > 1 or re.search("[\u4e00-\u9fff]", case.said["wish"])
    layers = case.said.get("layers", ["client"])
    assert layers
    assert set(layers) <= LAYERS
    assert len(set(layers)) == len(layers)


@EACH
def test_every_test_of_a_case_is_there(case: Case) -> None:
    named = case.said["tests"]
    assert named
    assert len(set(named)) == len(named)
    assert {node: why for node in named if (why := missing(node))} == {}


def test_a_number_is_given_once() -> None:
    numbers = [case.number for case in cases()]
    assert sorted({number for number in numbers if numbers.count(number) > 1}) == []
    for family in {case.family for case in cases()}:
        ours = [case.number for case in cases() if case.family == family]
        assert ours == sorted(ours, key=lambda number: (number[0], int(number[1:])))


def test_wishes_are_told_apart() -> None:
    wishes = [case.said["wish"] for case in cases()]
    assert sorted({wish for wish in wishes if wishes.count(wish) > 1}) == []


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ("tests/test_catalogue.py::test_a_number_is_given_once", ""),
        ("tests/test_catalogue.py::test_nobody_wrote", "has no"),
        ("tests/test_nowhere.py::test_x", "is not there"),
        ("test_catalogue.py::test_x", "is no node id"),
        ("tests/test_server.py::test_a_damaged_object[main~3]", ""),
        ("tests/test_server.py::test_a_damaged_object[" + "xyzzy" * 2 + "]", "has no"),
    ],
)
def test_a_test_that_is_not_there_is_noticed(node: str, why: str) -> None:
    assert (why in missing(node)) if why else missing(node) == ""


def test_everything_is_counted() -> None:
    assert sum(counts()) == len(cases())
    assert counts()[0] > 0


def test_security_md_says_how_many() -> None:
    told = dict(
        re.findall(r"^\| ([a-z].*) \| ([0-9]+) \|$", (HERE.parent / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    attacks, accepts, faults = counts()
    properties = sum(file.read_text(encoding="utf-8").count("\n@given(") for file in (HERE / "properties").glob("test_*.py"))
    assert {name: int(number) for name, number in told.items()} == {
        "attacks, each with its layers": attacks,
        "must-accept cases": accepts,
        "faults": faults,
        "rules": len(list((HERE / "rules/cases").iterdir())),
        "cases of rules, to pass and to fail": len(list((HERE / "rules/cases").rglob("*.yaml"))),
        "properties (hypothesis)": properties,
        "corpus files that must be refused": len(list((HERE / "corpus").rglob("*_fail*"))),
        "corpus files that must be read": len(list((HERE / "corpus").rglob("*_pass*"))),
    }
