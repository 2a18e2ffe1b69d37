"""What is measured, case by case, against what budget. Must not know how a library is made up, nor how results are shown."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import library
import measure
import papers
from library import Recipe
from measure import DOCCTL, PYTHON, Cost

from docctl import hooks, sshsig
from docctl.repository.history import LOG

SIZES = (1000, 5000)
FULL_SIZES = (1000, 5000, 20_000, 50_000)
FILES_110_000 = Recipe(10_000, 6_700)
BUDGET_P = 9.0
ROUNDS = 6
COMMIT_ROUNDS = 21  # a hook that does nothing adds a millisecond: less than one commit differs from the next


class Row(NamedTuple):
    """One result: a ratio by wall and by processor time (or one number twice), its unit and the budget (None: only told)."""

    name: str
    unit: str
    wall: float
    cpu: float
    budget: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the budget is kept, judged by processor time, which a busy machine disturbs least."""
        if self.budget is None:
            return ""
        return "ok" if self.cpu <= self.budget else f"over by {self.cpu / self.budget - 1:.0%}"


def _row(name: str, unit: str, cost: Cost, budget: float | None = None) -> Row:
    return Row(name, unit, cost.wall, cost.cpu, budget)


def plain_start() -> Cost:
    """P: what starting Python for nothing takes."""
    return measure.run([PYTHON, "-I", "-c", "pass"], os.getcwd())


# --- (a) hooks of a clone -----------------------------------------------------------------------------------------------------


class Clone:
    """A clone of a library with an index and no files on disk, on a topic branch, with several sets of hooks to commit under."""

    def __init__(self, bare: str, folder: str) -> None:
        self.folder = os.path.join(folder, "clone")
        self._count = 0
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", bare, self.folder], check=True)
        self.git("config", "user.name", "Li Ming")
        self.git("config", "user.email", "li.ming@example.org")
        self.git("symbolic-ref", "HEAD", "refs/heads/doc/work")
        self.git("update-ref", "HEAD", "refs/remotes/origin/main")
        self.git("read-tree", "HEAD")
        self._hooks(folder)

    def _hooks(self, folder: str) -> None:
        self.hooks = {name: os.path.join(folder, name) for name in ("none", "empty", "gate", "all")}
        for path in self.hooks.values():
            os.makedirs(path)
        hooks.install(self.hooks["gate"], ["pre-commit"])
        hooks.install(self.hooks["all"], hooks.CLIENT)
        empty = os.path.join(self.hooks["empty"], "pre-commit")
        with open(empty, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(empty, 0o755)

    def git(self, *words: str, given: bytes | None = None) -> str:
        """What git says in the clone."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, input=given, check=True, capture_output=True, env=measure.environment()
        )
        return done.stdout.decode().strip()

    def commit(self, under: str, controlled: bool) -> Cost:
        """The cost of committing one staged change under a set of hooks."""
        self._count += 1
        files = papers.draft(self._count, f"edit {self._count}") if controlled else {"notes/a.txt": str(self._count).encode()}
        for path, data in files.items():
            blob = self.git("hash-object", "-w", "--stdin", given=data)
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        return measure.run(["git", "-c", f"core.hooksPath={self.hooks[under]}", "commit", "--quiet", "-m", "edit"], self.folder)


def commits(recipes: list[Recipe], cache: str) -> Iterator[Row]:
    """What the client hooks add to a commit, in P; it must not grow with the library."""
    # Any hook makes git read its own list of files again; the growth of that is git's own.
    added: dict[int, Cost] = {}
    beyond_git: dict[int, Cost] = {}
    for recipe in recipes:
        with tempfile.TemporaryDirectory() as folder:
            clone = Clone(library.made(recipe, cache), folder)
            cases: dict[str, Callable[[], Cost]] = {"P": plain_start}
            cases |= {under: partial(clone.commit, under, True) for under in clone.hooks}
            cases |= {f"{under} -": partial(clone.commit, under, False) for under in clone.hooks}
            cost = measure.side_by_side(cases, COMMIT_ROUNDS)
            files = len(clone.git("ls-files").splitlines())
        where = f"{files:,} files"
        added[files], beyond_git[files] = cost["gate"].beyond(cost["none"]), cost["gate"].beyond(cost["empty"])
        yield _row(f"pre-commit, one draft, {where}: adds", "P", added[files].over(cost["P"]), BUDGET_P)
        yield _row(f"an empty pre-commit hook, one draft, {where}: adds", "P", cost["empty"].beyond(cost["none"]).over(cost["P"]))
        yield _row(f"all client hooks, one draft, {where}: add", "P", cost["all"].beyond(cost["none"]).over(cost["P"]))
        nothing, empty = cost["gate -"].beyond(cost["none -"]), cost["empty -"].beyond(cost["none -"])
        yield _row(f"nothing controlled, {where}: against an empty hook", "x", nothing.over(empty), 2.5)
    least, most = sorted(beyond_git)[-2], max(beyond_git)
    growth = beyond_git[most].beyond(beyond_git[least]).times(1000)
    yield _row(f"pre-commit: growth beyond git's own from {least:,} to {most:,} files", "ms", growth, 25.0)


# --- (b) the gate of a server -------------------------------------------------------------------------------------------------


def pushes(recipes: list[Recipe], cache: str) -> Iterator[Row]:
    """What pre-receive takes for one landing, in P; equal for long histories and large libraries."""
    with tempfile.TemporaryDirectory() as folder:
        cases: dict[str, Callable[[], Cost]] = {"P": plain_start}
        for recipe in recipes:
            cases[_named(recipe)] = _push(recipe, library.made(recipe, cache), os.path.join(folder, recipe.name))
        cost = measure.side_by_side(cases, ROUNDS)
    least = cost[_named(recipes[0])]
    for name in list(cost)[1:]:
        yield _row(f"pre-receive, one landing, {name}", "P", cost[name].over(cost["P"]), BUDGET_P)
        if cost[name] is not least:
            yield _row(f"pre-receive, {name}: against the first", "x", cost[name].over(least), 1.1)


def _named(recipe: Recipe) -> str:
    return f"{recipe.documents:,} documents, {recipe.commits:,} commits"


def _push(recipe: Recipe, bare: str, copy: str) -> Callable[[], Cost]:
    """One landing on top of a library, already with the server but not yet accepted."""
    subprocess.run(["git", "clone", "--quiet", "--bare", "--shared", bare, copy], check=True)
    old = subprocess.run(["git", "rev-parse", "main"], cwd=copy, check=True, capture_output=True, text=True).stdout.strip()
    landing = papers.landing(recipe.pool, 0, papers.Moment(1, datetime.now(UTC)))
    library.extend(copy, iter([landing]), old, "refs/heads/topic")
    new = subprocess.run(["git", "rev-parse", "topic"], cwd=copy, check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["git", "update-ref", "-d", "refs/heads/topic"], cwd=copy, check=True)
    hooks.install(os.path.join(copy, "hooks"), hooks.SERVER)
    given = f"{old} {new} refs/heads/main\n".encode()
    return partial(measure.run, [os.path.join(copy, "hooks", "pre-receive")], copy, given, GIT_DIR=".")


# --- (c) one state ------------------------------------------------------------------------------------------------------------


def checks(sizes: list[int], cache: str) -> Iterator[Row]:
    """`docctl check` of whole libraries against git reading the same bytes."""
    points = []
    for size in sizes:
        bare = library.made(Recipe(size), cache)
        listed = subprocess.run(["git", "ls-tree", "-r", "HEAD"], cwd=bare, check=True, capture_output=True).stdout
        blobs = b"".join(line.split()[2] + b"\n" for line in listed.splitlines())
        cost = measure.side_by_side(
            {
                "read": partial(measure.run, ["git", "cat-file", "--batch"], bare, blobs),
                "fsck": partial(measure.run, ["git", "fsck", "--no-progress"], bare),
                "check": partial(measure.run, [DOCCTL, "check"], bare, DOCCTL_NOW=papers.Moment(0).minute(59)),
            },
            1 if size > 1000 else 3,
        )
        points.append((float(size), cost["check"].cpu))
        yield _row(f"check, {size:,} documents: against git cat-file --batch", "x", cost["check"].over(cost["read"]), 32.0)
        yield _row(f"check, {size:,} documents: against git fsck", "x", cost["check"].over(cost["fsck"]))
        yield _row(f"check, {size:,} documents: each", "ms", cost["check"].times(1000 / size))
        most = measure.peak(["check"], bare, DOCCTL_NOW=papers.Moment(0).minute(59))
        yield Row(f"check, {size:,} documents: peak memory", "MB", most, most, 400.0)
    if len(points) > 1:
        yield _line("check", "document", measure.fitted(points))


def _line(name: str, each: str, line: measure.Line) -> Row:
    return Row(f"{name}: straight line, ms per {each} (off by {line.off:.0%})", "ms", line.each * 1000, line.each * 1000)


# --- (d) the whole history ----------------------------------------------------------------------------------------------------


def verifies(sizes: list[int], cache: str) -> Iterator[Row]:
    """`docctl verify` of whole histories against git telling them."""
    points = []
    for size in sizes:
        bare = library.made(Recipe(commits=size), cache)
        cost = measure.side_by_side(
            {
                "log": partial(measure.run, ["git", *LOG, "HEAD"], bare),
                "verify": partial(measure.run, [DOCCTL, "verify"], bare),
            },
            3 if size <= 1000 else 1,
        )
        signed = sum({"landing": len(papers.ROUTE), "record": 1}.get(kind, 0) for kind in library.CYCLE) / len(library.CYCLE)
        points.append((float(size), cost["verify"].cpu))
        yield _row(f"verify, {size:,} commits: against git log --raw", "x", cost["verify"].over(cost["log"]), 8.0)
        yield _row(
            f"verify, {size:,} commits: each, {signed} signatures", "ms", cost["verify"].times(1000 / size), 0.3 + 0.12 * signed
        )
        most = measure.peak(["verify"], bare)
        yield Row(f"verify, {size:,} commits: peak memory", "MB", most, most, 64.0)
    if len(points) > 1:
        yield _line("verify", "commit", measure.fitted(points))


# --- (e) signatures -----------------------------------------------------------------------------------------------------------


def signatures(count: int, sample: int) -> Iterator[Row]:
    """Checking SSH signatures in this process against one ssh-keygen process each; the verdicts must be equal."""
    jobs = [_job(place) for place in range(count)]
    begun, used = time.perf_counter(), time.process_time()
    verdicts = sshsig.verify_many((data, signed, sshsig.STATEMENT) for data, signed in jobs)
    ours = Cost(time.perf_counter() - begun, time.process_time() - used).times(1 / count)
    line = sshsig.allowed_signers_line("li.ming", sshsig.read_key(papers.public("li.ming")), sshsig.STATEMENT, None, None)
    begun, used = time.perf_counter(), _children()
    day = papers.Moment(0).minute(0)
    theirs = [sshsig.openssh_verify(data, signed, sshsig.STATEMENT, "li.ming", line, day) for data, signed in jobs[:sample]]
    keygen = Cost(time.perf_counter() - begun, _children() - used).times(1 / sample)
    differing = sum(good != (not verdict.fault) for good, verdict in zip(theirs, verdicts, strict=False))
    yield _row("signature in-process", "ms", ours.times(1000), 0.12)
    yield _row("one ssh-keygen process against it", "x", keygen.over(ours))
    yield Row(f"verdicts that differ, of {sample:,}", "", differing, differing, 0)


def _job(place: int) -> tuple[bytes, bytes]:
    data = f"statement {place}\n".encode()
    signed = papers.signature(data, "li.ming", sshsig.STATEMENT)
    return (data if place % 10 else data + b"altered\n"), signed


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
