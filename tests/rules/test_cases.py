"""Every rule is shown at work: the cases under cases/DCnnn/{pass,fail}/ are told in YAML and judged as a gate would judge them.

A case: `why` (one sentence), `base` (a patch of the rules it begins under), `before` (acts that made its past), `step` (acts that are
judged), and how it is judged: `landing: false` for a topic branch, `whole: true` for a state without its past, `first: true` for a
library's first state, `today` and `now` for the clock, `elsewhere` (acts that another branch of the server holds besides); or only
`moves`. A fail case says what it `expect`s: all errors, no other; `at` is how the line begins to which a finding of its rule points
(not said: to no line).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from docctl.check import check_change, check_library, check_moves
from docctl.core.change import Move
from docctl.core.errors import Words
from docctl.core.layout import owner
from docctl.core.statement import Signed
from docctl.core.tree import MemoryTree
from docctl.reader import Memory, open_library, open_step, rulebook
from docctl.reader.items import read_objections
from docctl.rules.catalogue import CATALOGUE, ERROR, Finding

from ..workbench import Workbench, base, difference

CASES = Path(__file__).parent / "cases"


def cases(kind: str) -> list[Any]:
    """Every case of a kind (pass, fail) with its name."""
    found = sorted(CASES.glob(f"DC*/{kind}/*.yaml"))
    return [pytest.param(path, id=f"{path.parent.parent.name}-{path.stem}") for path in found]


@cache
def judged(path: Path) -> list[Finding]:
    """The findings on a case."""
    case = read(path)
    if "moves" in case:
        return check_moves([Move(**move) for move in case["moves"]])
    bench, past = _acted(case)
    landing = case.get("landing") != "false"
    if case.get("whole") == "true":
        return check_library(open_library(bench.tree, landing=landing, today=case.get("today", "")))
    return _step(case, bench, past, landing=landing)


def _acted(case: dict[str, Any]) -> tuple[Workbench, Any]:
    bench = base(case.get("base"))
    for act in case.get("before", ()):
        bench.do(act)
    past = bench.tree
    for act in case.get("step", ()):
        bench.do(act)
    return bench, past


@cache
def _lines(path: Path) -> dict[str, list[str]]:
    """The lines of every text that a case ends with, by path."""
    tree = _acted(read(path))[0].tree
    return {name: tree[name].data.decode("utf-8", "replace").split("\n") for name in tree}


def _step(case: dict[str, Any], bench: Workbench, past: Any, *, landing: bool) -> list[Finding]:
    memory = Memory()
    first = case.get("first") == "true"
    rules = None if first else rulebook(past, memory).rules
    changed = difference(type(past)({}) if first else past, bench.tree)
    tree = MemoryTree({path: bench.tree[path] for path in bench.tree}, past)
    concerned = [item for item in changed if owner(item.path).kind != "other"]
    change = open_step(rules, tree, concerned, landing=landing, memory=memory, now=case.get("now", ""))
    return check_change(change._replace(library=change.library._replace(elsewhere=_elsewhere(case, bench.tree, memory))))


def _elsewhere(case: dict[str, Any], tree: Any, memory: Memory) -> dict[str, tuple[Signed, ...]]:
    """What another branch holds against each number: that of the step, and a few acts more."""
    if "elsewhere" not in case:
        return {}
    bench, _ = _acted(case)
    for act in case["elsewhere"]:
        bench.do(act)
    numbers = {owner(path).number for path in bench.tree if path not in tree}
    return {number: tuple(read_objections(bench.tree, number, memory)) for number in numbers}


def read(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    assert not {*case} - {
        "why",
        "base",
        "before",
        "step",
        "landing",
        "whole",
        "first",
        "today",
        "now",
        "moves",
        "elsewhere",
        "expect",
    }, path
    return case


@pytest.mark.parametrize("path", cases("pass"))
def test_what_is_right_passes(path: Path) -> None:
    assert [_told(finding) for finding in judged(path) if finding.severity == ERROR or finding.code in str(path)] == []


@pytest.mark.parametrize("path", cases("fail"))
def test_what_is_wrong_is_told(path: Path) -> None:
    case, code = read(path), path.parent.parent.name
    found = [finding for finding in judged(path) if finding.severity == ERROR or finding.code == code]
    wanted = case["expect"]
    assert [finding.code for finding in found] == [each["code"] for each in wanted], [_told(finding) for finding in found]
    assert code in {each["code"] for each in wanted}
    for finding, each in zip(found, wanted, strict=True):
        assert _same(finding, each), (_told(finding), finding.place, finding.facts)
        if finding.code == code and "line" not in each:
            assert _line(finding, path).startswith(each["at"]) if "at" in each else not finding.place.line, finding.place
        assert all(finding.message(lang) and finding.remedy(lang) for lang in ("en", "zh"))


def _same(finding: Finding, wanted: dict[str, Any]) -> bool:
    facts = {name: value.en if isinstance(value, Words) else str(value) for name, value in finding.facts.items()}
    place = {name: str(value) for name, value in finding.place._asdict().items()}
    said = {name: value for name, value in wanted.items() if name not in ("code", "facts", "at")}
    return said.items() <= place.items() and wanted.get("facts", {}).items() <= facts.items()


def _line(finding: Finding, path: Path) -> str:
    place = finding.place
    return _lines(path)[place.path][place.line - 1] if place.line else ""


def _told(finding: Finding) -> str:
    return f"{finding.code} {finding.message('en')}"


def test_a_code_is_entered_once() -> None:
    from docctl.rules.catalogue import rule

    with pytest.raises(ValueError, match="DC101 is taken by unreadable"):
        rule("DC101", en="", zh="", mend=("", ""))(lambda library: iter(()))
    assert CATALOGUE["DC101"].name == "unreadable"
