"""The one judge: all rules over a library, a step or a history. Must not know which gate asks, nor how findings are shown."""

from __future__ import annotations

from collections.abc import Mapping

import docctl.rules  # noqa: F401  the families enter their rules into the catalogue when they are imported
from docctl.core.change import Change, Move
from docctl.core.layout import LOG, owner
from docctl.core.lean import NamedTuple
from docctl.core.library import Library, Rules
from docctl.core.statement import Signed
from docctl.core.tree import Changed, Entry, Tree
from docctl.reader import Folders, Memory, open_step
from docctl.rules.catalogue import ERROR, Finding, judged


def check_library(library: Library) -> list[Finding]:
    """Every finding on one state of a library."""
    return judged("library", library, landing=library.landing)


def check_change(change: Change) -> list[Finding]:
    """Every finding on one step: what it may not do, and what its state must hold."""
    landing = change.library.landing
    return sorted(
        [*judged("change", change, landing=landing), *check_library(change.library)], key=lambda item: (item.place, item.code)
    )


def check_moves(moves: list[Move]) -> list[Finding]:
    """The findings on names of the repository that somebody wants to move, apart from what their states hold."""
    return judged("moves", moves, landing=True)


def refused(findings: list[Finding]) -> bool:
    """Whether any finding blocks."""
    return any(finding.severity == ERROR for finding in findings)


def concerns(path: str) -> bool:
    """Whether a path is under control or is a rule file, or looks like one on disks that do not tell letter cases apart."""
    return owner(path).kind != "other"


class Clock(NamedTuple):
    """What time it is where a step is judged ("" nobody may ask), and by how many seconds that may be later than its arrival."""

    now: str = ""
    late: int = 0


NO_CLOCK = Clock()


class Judged(NamedTuple):
    """One official state judged: what is wrong with it, the rules that stand after it (None: no library yet), what it brought."""

    findings: list[Finding]
    rules: Rules | None
    arrived: list[Signed]
    asked: bool


def check_landing(
    before: Rules | None,
    tree: Tree,
    changes: list[Changed],
    *,
    memory: Memory,
    folders: Folders | None = None,
    clock: Clock = NO_CLOCK,
    elsewhere: Mapping[str, tuple[Signed, ...]] | None = None,
) -> Judged:
    """Judges the official state `tree` by the rules `before` it; where a library begins (None), by its own, and all of it.

    `clock` is that of the gate, or of a receipt; `elsewhere` is what other branches say against what lands.

    Raises DocctlError when neither state holds readable rules.
    """
    changed = [item for item in changes if concerns(item.path)]
    if not changed or (before is None and not tree.listing(LOG)):
        return Judged([], before, [], asked=False)
    if before is None:
        changed = [Changed(path, None, _entry(tree, path)) for path in sorted(tree) if concerns(path)]
    change = open_step(before, tree, changed, landing=True, memory=memory, folders=folders, now=clock.now)
    change = change._replace(library=change.library._replace(grace=clock.late, elsewhere=elsewhere or {}))
    return Judged(check_change(change), change.library.rules, change.library.arrived, asked=True)


def _entry(tree: Tree, path: str) -> Entry:
    folder, _, name = path.rpartition("/")
    return tree.listing(folder)[name]
