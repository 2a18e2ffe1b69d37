"""Judges official history state by state, in stretches of it side by side where the machine has cores. Must not know who asks.

A stretch begins with the very state that ends the one before it, as git stores it under that commit, and ends by showing that its
changes led to the state stored there. So stretches that are fine one by one are fine as one walk, and the first fault is the same.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from docctl.check import Clock, check_landing, concerns, refused
from docctl.core.calendar import TOLERANCE
from docctl.core.errors import DocctlError, Words
from docctl.core.layout import LOG
from docctl.core.library import Rules
from docctl.core.tree import Changed
from docctl.moving import above
from docctl.reader import Folders, Memory, fingerprint, rulebook
from docctl.reader.rulebook import no_rules
from docctl.repository import Repository, RunningTree
from docctl.repository.proof import prove_state
from docctl.rules.catalogue import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Progress = Callable[[int], None]
READ = ("/index.md", ".json", ".sig")  # the files that judging a step reads
SHORTEST = 500  # states that are worth a stretch of their own
EACH = 3  # stretches for a core: the dear ones do not lie evenly in a history
AT_MOST = 8  # cores: more of them would wait for one disk
TOLD = 50  # states between two words on progress


class Stretch(NamedTuple):
    """The states to judge, oldest first, and the state `since` which they follow ("" from nothing)."""

    since: str
    line: Sequence[str]


class Judged(NamedTuple):
    """What judging one stretch found: the first commit that broke a rule ("" none) with its findings, how many states were judged.

    `rules` stand at its end; `begins` is the commit with which the library began and `root` its root fingerprint ("" not here);
    `joins` says whether other lines were merged in since then.
    """

    bad: str
    findings: list[Finding]
    commits: int
    steps: int
    statements: int
    rules: Rules | None
    begins: str
    root: str
    joins: bool


class Task(NamedTuple):
    """What every stretch of one history is judged with: the library's folder, and when the server received which commit."""

    prefix: str
    received: Mapping[str, str]


def judged_in_order(
    repository: Repository, line: Sequence[str], since: str, task: Task, progress: Progress | None, cores: int | None = None
) -> Iterator[Judged]:
    """What each stretch of the official commits `line` after `since` holds, oldest first; nothing after the first that is refused.

    Raises what judging raises, where one walk would have raised it.
    """
    cores, told = _cores() if cores is None else cores, progress or _untold
    stretches = _cut(line, since, cores)
    alone = len(stretches) == 1
    found = [_judge(repository, stretches[0], task, told)] if alone else _together(repository, stretches, task, told, cores)
    for judged in found:
        yield judged
        if refused(judged.findings):
            return


def _untold(_more: int) -> None:
    """Tells nobody how far judging came."""


def _cores() -> int:
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(known, AT_MOST) if hasattr(os, "fork") else 1


def _cut(line: Sequence[str], since: str, cores: int) -> list[Stretch]:
    count = 1 if cores == 1 else max(1, min(len(line) // SHORTEST, cores * EACH))
    ends = [len(line) * place // count for place in range(count + 1)]
    return [Stretch(line[begin - 1] if begin else since, line[begin:end]) for begin, end in pairwise(ends)]


# --- one stretch --------------------------------------------------------------------------------------------------------------


def _judge(repository: Repository, stretch: Stretch, task: Task, progress: Progress) -> Judged:
    until = stretch.line[-1] if stretch.line else stretch.since
    walk = _Walk(repository, stretch.since, until, task.prefix)
    count, begins, joins = 0, "", False
    for count, step in enumerate(repository.history(until, stretch.since or None, prefix=task.prefix, reading=READ), start=1):
        known = walk.rules is not None
        findings = walk.take(step.changes, task.received.get(step.commit, ""))
        if task.prefix and walk.rules is not None:
            findings = [*above(repository.around(step.commit, task.prefix)), *findings]
        begins = step.commit if walk.rules is not None and not known else begins
        joins = joins or (walk.rules is not None and len(step.parents) > 1)
        if count % TOLD == 0:
            progress(TOLD)
        if refused(findings):
            return walk.judged(step.commit, findings, count, begins, joins)
    prove_state(repository, until, walk.tree, task.prefix)
    progress(count % TOLD)
    return walk.judged("", [], count, begins, joins)


class _Walk:
    """The state of a walk along the history: the tree, the rules that stand, and what has been counted."""

    def __init__(self, repository: Repository, since: str, until: str, prefix: str) -> None:
        start = repository.tree(since, prefix) if since else None
        self.tree = RunningTree(repository.objects, start)
        self.tree.past = repository.tree(until, prefix).landed
        self._memory = Memory()
        self._folders: Folders | None = None
        self.rules: Rules | None = None
        self._root = ""
        self._steps = 0
        self._statements = 0
        if start is not None and start.listing(LOG):
            book = rulebook(start, self._memory)
            if book.rules is None:
                raise no_rules(book.unread)
            self.rules, self._folders = book.rules, Folders(self.tree)

    def take(self, changes: list[Changed], received_at: str) -> list[Finding]:
        """One more state, received by the server at an instant ("" unwitnessed); what is wrong with it."""
        self.tree.apply(changes)
        if self._folders is not None:
            self._folders.follow(item for item in changes if concerns(item.path))
        clock = Clock(received_at, late=TOLERANCE)  # a receipt is written after the gate
        judged = check_landing(self.rules, self.tree, changes, memory=self._memory, folders=self._folders, clock=clock)
        if self.rules is None and judged.rules is not None:
            self._folders, self._root = Folders(self.tree), fingerprint(self.tree)
        self.rules = judged.rules
        self._steps += judged.asked
        self._statements += len(judged.arrived)
        return judged.findings

    def judged(self, bad: str, findings: list[Finding], count: int, begins: str, joins: bool) -> Judged:
        """What is known when the walk ends."""
        return Judged(bad, findings, count, self._steps, self._statements, self.rules, begins, self._root, joins)


# --- several side by side -----------------------------------------------------------------------------------------------------


def _together(
    repository: Repository, stretches: Sequence[Stretch], task: Task, progress: Progress, cores: int
) -> Iterator[Judged]:
    """The stretches judged by processes split off from this one, told in their order."""
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    context = get_context("fork")
    following = context.Value("i", 0)
    workers = {}
    for _ in range(min(cores, len(stretches))):
        heard, told = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(told, following, repository, stretches, task), daemon=True)
        worker.start()
        told.close()
        workers[heard] = worker
    found: dict[int, Judged | BaseException] = {}
    open_ends = [*workers]
    try:
        for place in range(len(stretches)):
            while place not in found:
                for end in wait(open_ends):
                    _hear(end, open_ends, found, progress)
                if not open_ends and place not in found:
                    raise _ended()
            said = found.pop(place)
            if isinstance(said, BaseException):
                raise said
            yield said
    finally:
        for heard, worker in workers.items():
            worker.kill()
            worker.join()
            heard.close()


def _hear(end: Any, open_ends: list[Any], found: dict[int, Judged | BaseException], progress: Progress) -> None:
    """Takes one word of a worker: how far it came, what a stretch holds, or that it has nothing more to say."""
    try:
        place, said = end.recv()
    except EOFError:
        open_ends.remove(end)
        return
    if place is None:
        progress(said)
    else:
        found[place] = said


def _work(told: Connection[Any, Any], following: Any, repository: Repository, stretches: Sequence[Stretch], task: Task) -> None:
    """A worker: takes the next stretch that nobody has, until there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever split it off takes a stop, and ends it
    with repository.again() as own:
        while True:
            with following.get_lock():
                place = following.value
                following.value += 1
            if place >= len(stretches):
                return
            try:
                told.send((place, _judge(own, stretches[place], task, lambda more: told.send((None, more)))))
            except (DocctlError, RecursionError) as error:
                told.send((place, error))
            except Exception:  # noqa: BLE001  told where the other bugs are
                told.send((place, RuntimeError(traceback.format_exc())))


def _ended() -> DocctlError:
    return DocctlError(
        Words("a process that judged a part of the history was ended", "检查部分历史的进程被终止"),
        Words("see whether memory ran out, then run it again", "请检查内存是否不足，然后重新运行"),
        "judging-ended",
    )
