"""How firmly the tests hold the rules: every small change to their code (a mutant) should turn a test red.

    make mutants                                                                  all of FILES, WORKERS (2) at a time
    PYTHONPATH=.mutants EVERY=10 .venv/bin/python benchmarks/mutants.py rules/filing core/matrix      one in ten of two files

The changes are mutmut's and some for judgements; sentences, docstrings and types are left alone. A mutant lives in a fork of one
pytest process, never on the disk. A rule's meets the cases that name the rule, which must hold it, and one right case of every rule.
equivalents.txt lists mutants that change nothing anybody could see, each with its reason.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import libcst as cst
import libcst.matchers as m
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parent.parent
RULES = sorted({path.stem for path in (ROOT / "docctl/rules").glob("*.py")} - {"__init__", "catalogue"})
FILES = [*(f"rules/{name}" for name in RULES), "core/matrix", "core/evidence"]
TESTS = [*(str(path) for path in sorted((ROOT / "tests/core").glob("test_matrix*.py"))), "tests/core/test_evidence.py"]
TESTS += ["tests/core/test_library.py", "tests/rules/test_cases.py", "tests/rules/test_asked.py"]
EQUIVALENTS = Path(__file__).parent / "equivalents.txt"
SECONDS = 120  # a mutant that runs longer is taken for an endless one
LEFT_ALONE = m.Call(func=m.Name("Words") | m.Name("NamedTuple"))
FLIPPED = {"ERROR": "WARNING", "WARNING": "ERROR", "True": "False", "False": "True"}


class Mutant(NamedTuple):
    """One change: in which function (and which rule, "" for none) of which module, on which line, and the source with it."""

    module: str
    function: str
    code: str
    line: int
    was: str
    now: str
    source: str

    @property
    def key(self) -> str:
        """What tells it from others, whatever its line."""
        return f"{self.module.removeprefix('docctl.')}.{self.function}: {self.was} => {self.now}"


def also(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Changes that mutmut does not know: one half of a condition, a comprehension without its filter."""
    if isinstance(node, cst.BooleanOperation):
        yield from (node.left, node.right)
    if isinstance(node, cst.CompFor) and node.ifs:
        yield node.with_changes(ifs=[])


def declared(node: cst.Decorator) -> Iterator[cst.CSTNode]:
    """The other severity, and the other answer to whether a rule is asked only at the landing."""
    call = cst.ensure_type(node.decorator, cst.Call)
    given = {arg.keyword.value: arg for arg in call.args if arg.keyword}
    for name, usual in (("severity", "ERROR"), ("landing", "False")):
        value = cst.ensure_type(given[name].value, cst.Name).value if name in given else usual
        new = cst.Arg(cst.Name(FLIPPED[value]), cst.Name(name))
        args = [*(arg for arg in call.args if arg is not given.get(name)), new]
        yield node.with_changes(decorator=call.with_changes(args=args))


class Finder(cst.CSTVisitor):
    """Every place of a module that can change, with the function and the rule that it belongs to."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str, str]] = []
        self._inside: list[tuple[cst.CSTNode, str, str]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Notes the changes of one node; False where nothing below it is judgement."""
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom) or m.matches(node, LEFT_ALONE):
            return False
        if isinstance(node, cst.Decorator):
            if m.matches(node, m.Decorator(m.Call(m.Name("rule")))):
                self._note(node, declared(node))
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._inside.append((node, node.name.value, _code(node)))
        elif self._inside or isinstance(node, cst.BaseNumber):
            self._note(node, also(node))
            for kind, operator in mutation_operators:
                if isinstance(node, kind):
                    self._note(node, list(operator(node))[: 1 if isinstance(node, cst.BaseString) else None])
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leaves a function or class."""
        if self._inside and self._inside[-1][0] is original_node:
            self._inside.pop()

    def _note(self, node: cst.CSTNode, others: Iterable[cst.CSTNode]) -> None:
        name = ".".join(name for _, name, _ in self._inside)
        code = next((code for _, _, code in self._inside if code), "")
        self.found += [(node, other, name, code) for other in others]


def _code(node: cst.FunctionDef | cst.ClassDef) -> str:
    """The code of the rule that a function is, or ""."""
    for each in node.decorators:
        if m.matches(each, m.Decorator(m.Call(m.Name("rule")))):
            return cst.ensure_type(cst.ensure_type(each.decorator, cst.Call).args[0].value, cst.SimpleString).value.strip('"')
    return ""


def mutants(name: str) -> Iterator[Mutant]:
    """All mutants of a file such as `rules/filing`."""
    source = (ROOT / "docctl" / f"{name}.py").read_text(encoding="utf-8")
    wrapper, finder = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True), Finder()
    wrapper.visit(finder)
    places, lines = wrapper.resolve(PositionProvider), source.splitlines()
    for node, other, function, code in finder.found:
        changed = cst.ensure_type(wrapper.module.deep_replace(node, other), cst.Module).code
        line = places[node].start.line if node in places else 0
        was, now = _differing(lines, changed.splitlines())
        if was != now:
            yield Mutant(f"docctl.{name.replace('/', '.')}", function, code, line, was, now, changed)


def _differing(old: list[str], new: list[str]) -> tuple[str, str]:
    """The lines that differ, without their indentation."""
    first = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    last = next((at for at, pair in enumerate(zip(old[::-1], new[::-1], strict=False)) if pair[0] != pair[1]), 0)
    spans = (lines[first : max(len(lines) - last, first + 1)] for lines in (old, new))
    was, now = (" ".join(line.strip() for line in span) for span in spans)
    return was, now


def put_in(mutant: Mutant) -> None:
    """The mutant takes the place of the true code in this process, for everybody who has imported it already."""
    from docctl.rules.catalogue import CATALOGUE

    module = import_module(mutant.module)
    fresh: dict[str, Any] = {"__name__": mutant.module}
    stood = dict(CATALOGUE)
    CATALOGUE.clear()
    exec(compile(mutant.source, str(module.__file__), "exec"), fresh)
    for code, known in stood.items():
        new = CATALOGUE.pop(code, known)
        CATALOGUE[code] = known._replace(severity=new.severity, landing=new.landing)
    for name, value in fresh.items():
        _replace(module, name, value)


def _replace(module: ModuleType, name: str, value: Any) -> None:
    old = getattr(module, name, None)
    if isinstance(value, FunctionType) and isinstance(old, FunctionType) and value.__module__ == module.__name__:
        old.__code__, old.__defaults__, old.__kwdefaults__ = value.__code__, value.__defaults__, value.__kwdefaults__
    elif isinstance(value, type) and value.__module__ == module.__name__:
        for (_, then), (_, now) in zip(_methods(old), _methods(value), strict=True):
            then.__code__, then.__defaults__, then.__kwdefaults__ = now.__code__, now.__defaults__, now.__kwdefaults__
    elif isinstance(value, int | str | tuple) and not name.startswith("__") and value != old:
        for each in [*sys.modules.values()]:
            if getattr(each, name, None) is old:
                setattr(each, name, value)


def _methods(kind: Any) -> Iterator[tuple[str, FunctionType]]:
    for name, value in sorted(vars(kind).items()):
        inner = value.fget if isinstance(value, property) else value.func if isinstance(value, cached_property) else value
        if isinstance(inner, FunctionType) and inner.__module__ == kind.__module__:
            yield name, inner


class Session:
    """A pytest session whose loop is not over its tests but over the mutants, each with the tests in a fork."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.running: dict[int, Mutant] = {}
        self.living: list[Mutant] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.known = {line.split(" ## ")[0].strip() for line in EQUIVALENTS.read_text(encoding="utf-8").splitlines()}
        self.workers = int(os.environ.get("WORKERS", "2"))
        self.every = int(os.environ.get("EVERY", "1"))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Kills all that can be killed, then tells."""
        self.items = session.items
        self.naming = {item.nodeid: _told(item) for item in self.items}
        passing = {item.callspec.id[:5]: item for item in self.items if "[DC" in item.name and "right_passes" in item.name}
        self.everyday = [*passing.values()]
        self._warm_up()
        for name in self.names:
            for mutant in list(mutants(name))[:: self.every]:
                if mutant.key in self.known:
                    self.counts[name, "equivalent"] += 1
                else:
                    self._start(mutant)
        while self.running:
            self._wait()
        self._tell()
        session.testsfailed = len(self.living)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first red test ends the fork it happens in (or everything, where no mutant is to blame)."""
        if report.failed:
            print(f"red: {report.nodeid}", flush=True)
            os._exit(1)

    def _warm_up(self) -> None:
        """All tests once, unchanged: signatures and patterns are then at hand in every fork, judgements are not."""
        for item, following in _in_turn(self.items):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        for name, module in sys.modules.items():
            if name.endswith("test_cases"):
                module.judged.cache_clear()
        gc.freeze()

    def _start(self, mutant: Mutant) -> None:
        while len(self.running) >= self.workers:
            self._wait()
        child = os.fork()
        if child:
            self.running[child] = mutant
            return
        try:
            signal.alarm(SECONDS)
            silent = os.open(os.devnull, os.O_RDWR)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            put_in(mutant)
            for item, following in _in_turn(self._own(mutant)):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            os._exit(0)
        finally:
            os._exit(1)

    def _own(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that name the rule of a mutant (any rule of its file, where several share a function); for core, core's."""
        if ".rules." not in mutant.module:
            return [item for item in self.items if "/core/" in item.nodeid]
        codes = {mutant.code} if mutant.code else _codes(mutant.module)
        own = [item for item in self.items if any(code in self.naming[item.nodeid] for code in codes)]
        return [*own, *(item for item in self.everyday if item not in own)]

    def _wait(self) -> None:
        child, status = os.wait()
        mutant = self.running.pop(child)
        name = mutant.module.removeprefix("docctl.").replace(".", "/")
        self.counts[name, "living" if status == 0 else "killed"] += 1
        if status == 0:
            self.living.append(mutant)
            print(f"\n{name}.py:{mutant.line}  {mutant.key}", flush=True)

    def _tell(self) -> None:
        print(f"\n{'':20}{'mutants':>9}{'killed':>9}{'living':>9}{'equivalent':>12}{'score':>8}")
        for name in [*self.names, ""]:
            killed, living, same = (
                sum(n for (file, what), n in self.counts.items() if what == kind and name in (file, ""))
                for kind in ("killed", "living", "equivalent")
            )
            score = 100 * killed / max(killed + living, 1)
            print(f"{name or 'all':20}{killed + living + same:9}{killed:9}{living:9}{same:12}{score:7.1f}%")


def _in_turn(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _codes(module: str) -> set[str]:
    from docctl.rules.catalogue import CATALOGUE

    return {code for code, rule in CATALOGUE.items() if rule.judge.__module__ == module}


def _told(item: pytest.Item) -> str:
    """The codes that a test names, by its own name or in what its case expects."""
    path = getattr(item, "callspec", None) and item.callspec.params.get("path")  # type: ignore[attr-defined]
    return item.name + (path.read_text(encoding="utf-8") if isinstance(path, Path) else "")


def main(names: list[str]) -> int:
    """Kills the mutants of some files; what begins with a dash goes to pytest. 0 when none lives."""
    os.chdir(ROOT)
    with contextlib.suppress(OSError):
        os.nice(10)
    options = [
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        "--no-header",
        "--tb=no",
        "--assert=plain",
        "-W",
        "ignore",
    ]
    options += [name for name in names if name.startswith("-")]
    files = [name for name in names if not name.startswith("-")]
    return int(pytest.main([*options, *TESTS], plugins=[Session(files or FILES)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
