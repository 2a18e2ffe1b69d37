"""The one judge: all rules over a library, a step or a history. Must not know which gate asks, nor how findings are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import docctl.rules  # noqa: F401  the families enter their rules into the catalogue when they are imported
from docctl.core.change import Change, Move
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.layout import LOG, owner
from docctl.core.library import Library, Rules
from docctl.core.statement import Signed
from docctl.core.tree import Changed, Entry, Tree
from docctl.reader import Folders, Memory, fingerprint, open_library, open_step
from docctl.repository import Repository, RunningTree
from docctl.rules.catalogue import ERROR, Finding, judged

Progress = Callable[[int], None]


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
    now: str = "",
) -> Judged:
    """Judges the official state `tree` by the rules `before` it; where a library begins (None), by its own, and all of it.

    `now` is the instant at a gate with a clock. Raises DocctlError when neither state holds readable rules.
    """
    changed = [item for item in changes if concerns(item.path)]
    if not changed or (before is None and not tree.listing(LOG)):
        return Judged([], before, [], asked=False)
    if before is None:
        changed = [Changed(path, None, _entry(tree, path)) for path in sorted(tree) if concerns(path)]
    change = open_step(before, tree, changed, landing=True, memory=memory, folders=folders, now=now)
    return Judged(check_change(change), change.library.rules, change.library.arrived, asked=True)


def _entry(tree: Tree, path: str) -> Entry:
    folder, _, name = path.rpartition("/")
    return tree.listing(folder)[name]


class Report(NamedTuple):
    """What judging a whole history found. `bad` is the first commit that broke a rule ("" none), `findings` what it broke.

    `assurance` is V0 (no root pinned: consistency only) or V1 (root pinned).
    """

    tip: str
    begins: str
    commits: int
    steps: int
    statements: int
    root: str
    root_persons: int
    threshold: int
    assurance: str
    bad: str
    findings: list[Finding]

    @property
    def fine(self) -> bool:
        """Whether every state obeyed the rules then in force."""
        return not refused(self.findings)


def verify(repository: Repository, tip: str, *, prefix: str = "", root: str = "", progress: Progress | None = None) -> Report:
    """Judges every first-parent state up to `tip` since rules record 1, each by the rules before it (threats 1.1, 1.7).

    `root` pins the root fingerprint ("sha256:…"). Raises Refusal for another root than the pinned one, and DocctlError when it
    cannot be checked: a cut or damaged history, no commit, no library.
    """
    repository.require_full_history()
    commit = repository.resolve(tip)
    if commit is None:
        raise _no_commit(tip)
    walk, count, joins = _Walk(RunningTree(repository.objects)), 0, False
    for count, step in enumerate(repository.history(commit, prefix=prefix), start=1):
        findings = walk.take(step.changes)
        if not walk.begins and walk.rules is not None:
            walk.begins = step.commit
            _require_root(walk.root, root)
        joins = joins or bool(walk.begins and len(step.parents) > 1)
        if progress:
            progress(count)
        if refused(findings):
            return walk.report(commit, count, root, step.commit, findings)
    if walk.rules is None:
        raise _no_library(commit)
    strange = _strange_root(repository, walk.begins, commit) if joins else ""
    findings = check_moves([Move(tip, "second-root", strange[:12])]) if strange else walk.stolen()
    return walk.report(commit, count, root, strange, findings)


class _Walk:
    """The state of a walk along the history: the tree, the rules that stand, and what has been counted."""

    def __init__(self, tree: RunningTree) -> None:
        self._tree = tree
        self._memory = Memory()
        self._folders: Folders | None = None
        self.rules: Rules | None = None
        self.begins = ""
        self.root = ""
        self.steps = 0
        self.statements = 0

    def take(self, changes: list[Changed]) -> list[Finding]:
        """One more state; what is wrong with it."""
        self._tree.apply(changes)
        if self._folders is not None:
            self._folders.follow(item for item in changes if concerns(item.path))
        judged = check_landing(self.rules, self._tree, changes, memory=self._memory, folders=self._folders)
        if self.rules is None and judged.rules is not None:
            self._folders, self.root = Folders(self._tree), fingerprint(self._tree)
        self.rules = judged.rules
        self.steps += judged.asked
        self.statements += len(judged.arrived)
        return judged.findings

    def stolen(self) -> list[Finding]:
        """What needs re-approval because a key in the registry is reported stolen."""
        people = self.rules.mandate.people.persons.values() if self.rules else ()
        if not any(key.compromised_since for person in people for key in person.keys):
            return []
        return [item for item in check_library(open_library(self._tree, memory=self._memory)) if item.code == "DC220"]

    def report(self, tip: str, commits: int, pinned: str, bad: str, findings: list[Finding]) -> Report:
        """What is known when the walk ends."""
        root = self.rules.mandate.root if self.rules else None
        persons, threshold = (len(root.persons), root.threshold) if root else (0, 0)
        assurance = "V1" if pinned else "V0"
        return Report(
            tip, self.begins, commits, self.steps, self.statements, self.root, persons, threshold, assurance, bad, findings
        )


def _strange_root(repository: Repository, begins: str, tip: str) -> str:
    """The first official commit that merged in a history with another beginning after the library began; "" when none did."""
    known = set(repository.root_commits(begins))
    strange = [root for root in repository.root_commits(tip) if root not in known]
    if not strange:
        return ""
    line = repository.first_parent_ids(tip, since=begins)
    low, high = 0, len(line) - 1
    while low < high:
        middle = (low + high) // 2
        if any(repository.is_ancestor(root, line[middle]) for root in strange):
            high = middle
        else:
            low = middle + 1
    return line[low]


def _require_root(found: str, pinned: str) -> None:
    if pinned and found != pinned:
        raise Refusal(
            Words(f"root record {found} is not the one you pinned ({pinned})", f"根记录 {found} 不是您指定的（{pinned}）"),
            Words(
                "this is another library, or a forged one; compare the fingerprint on paper",
                "这是另一个库或伪造的库；请与纸面上的指纹核对",
            ),
            "root-differs",
        )


def _no_commit(tip: str) -> DocctlError:
    return DocctlError(
        Words(f"{tip} is no commit here; there may be no commits yet", f"{tip} 不是此处的提交；可能尚无提交"),
        Words("name another commit with its history, or begin with `docctl init`", "请指定其他提交，或用 `docctl init` 开始"),
        "unknown-commit",
    )


def _no_library(tip: str) -> DocctlError:
    return DocctlError(
        Words(f"no rules record in the history of {tip[:12]}", f"{tip[:12]} 的历史中没有规则变更记录"),
        Words("is this a controlled library? `docctl init` makes one", "这是受控库吗？可用 `docctl init` 建立"),
        "no-library",
    )
