"""How much a whole history proves: every official state judged, the receipts and a checkpoint held against it.

Must not hold a rule of its own, nor know who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docctl.arriving import believed
from docctl.check import check_library, check_moves, refused
from docctl.checkpoint import require
from docctl.core.calendar import local_day
from docctl.core.change import Move
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.layout import LOG
from docctl.core.library import Rules
from docctl.core.receipt import Checkpoint
from docctl.reader.landing import Past
from docctl.repository import Repository
from docctl.repository.proof import prove_line
from docctl.rules.catalogue import Finding
from docctl.stretches import Judged, Progress, Task, judged_in_order
from docctl.witness import Witness, broken_move, witness


class Report(NamedTuple):
    """What judging a whole history found. `bad` is the first commit that broke a rule ("" none), `findings` what it broke.

    `assurance` is V0 (no root pinned: consistency only), V1 (root pinned), V2 (and the server's receipts witness every state) or
    V3 (and a checkpoint from outside holds); `witnessed` counts the states with a receipt, `shortfall` says why it is not V2,
    `reservations` what the receipts leave open. `since` is the checkpoint's commit when only what came after it was judged; `commits`, `steps`
    and `statements` then count from there.
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
    witnessed: int = 0
    shortfall: tuple[Words, ...] = ()
    reservations: tuple[Words, ...] = ()
    since: str = ""

    @property
    def fine(self) -> bool:
        """Whether every state obeyed the rules then in force."""
        return not refused(self.findings)


def verify(
    repository: Repository,
    tip: str,
    *,
    prefix: str = "",
    root: str = "",
    kept: Checkpoint | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Judges every first-parent state up to `tip` since rules record 1, each by the rules before it (threats 1.1, 1.7).

    `root` pins the root fingerprint ("sha256:…"), `kept` is a checkpoint from outside; to `resume` from it is to judge only what
    came after, for whoever made it judged the rest. Raises Refusal for another root than the pinned one or a copy that the
    checkpoint contradicts, and DocctlError when it cannot be checked: a cut or damaged history, no commit, no library.
    """
    repository.require_full_history()
    commit = repository.resolve(tip)
    if commit is None:
        raise _no_commit(tip)
    seen, broken = believed(repository, witness(repository, repository.first_parent_ids(commit)), prefix)
    since = _resumed(repository, kept, seen, root, prefix) if kept is not None and resume else ""
    task = Task(prefix, {} if broken else seen.dated)
    whole = _Whole(begins=since, root=kept.root if kept and since else "")
    for judged in judged_in_order(repository, _after(seen.line, since), since, task, progress):
        whole = whole.and_then(judged)
        if judged.begins:
            _require_root(whole.root, root)
        if refused(judged.findings):
            return whole.report(commit, judged.bad, judged.findings)._replace(assurance=_pinned(root), since=since)
    if whole.rules is None:
        raise _no_library(commit)
    prove_line(repository, seen.line)
    if kept is not None and not since:
        require(repository, kept, list(seen.line), whole.root, prefix)
    strange = _strange_root(repository, whole.begins, commit) if whole.joins else ""
    moves = [Move(tip, "second-root", strange[:12])] if strange else []
    moves += [broken_move(broken)] if broken else []
    findings = check_moves(moves) or _stolen(repository, commit, prefix, whole.rules, seen)
    return whole.report(commit, strange, findings)._replace(
        assurance=_pinned(root) if broken else _assurance(root, seen, kept),
        witnessed=0 if broken else len(seen.seen),
        shortfall=() if broken else seen.shortfall,
        reservations=() if broken else seen.reservations,
        since=since,
    )


def _pinned(root: str) -> str:
    return "V1" if root else "V0"


def _assurance(root: str, seen: Witness, kept: Checkpoint | None) -> str:
    """How much a fine outcome proves: each level stands on the one below it (threats 1.4)."""
    if not root or seen.shortfall:
        return _pinned(root)
    return "V3" if kept is not None else "V2"


def _resumed(repository: Repository, kept: Checkpoint, seen: Witness, root: str, prefix: str) -> str:
    """The commit to go on from, once the copy is shown to hold that very state (threats 1.6 rule 8)."""
    require(repository, kept, list(seen.line), kept.root, prefix)
    _require_root(kept.root, root)
    if not repository.tree(kept.commit, prefix).listing(LOG):
        raise _no_library(kept.commit)
    return kept.commit


def _after(line: Sequence[str], since: str) -> Sequence[str]:
    return line[line.index(since) + 1 :] if since else line


def _stolen(repository: Repository, commit: str, prefix: str, rules: Rules, seen: Witness) -> list[Finding]:
    """What needs re-approval because a key in the registry is reported stolen, by the server's days where it witnessed them."""
    if not any(key.compromised_since for person in rules.mandate.people.persons.values() for key in person.keys):
        return []
    past = Past(repository, commit, prefix)  # one more walk along the history, which only a theft is worth
    library = past.library()
    zone = rules.mandate.settings.timezone
    dated = seen.dated
    came = {number: landing.commit for number, landing in past.came(library).items() if landing.commit in dated}
    days = {number: local_day(dated[commit], zone) for number, commit in came.items()}
    return [item for item in check_library(library._replace(received=days)) if item.code == "DC220"]


class _Whole(NamedTuple):
    """What is known of the whole history so far: all that its stretches hold, put together."""

    begins: str
    root: str
    commits: int = 0
    steps: int = 0
    statements: int = 0
    rules: Rules | None = None
    joins: bool = False

    def and_then(self, judged: Judged) -> _Whole:
        """This with one more stretch."""
        return _Whole(
            self.begins or judged.begins,
            self.root or judged.root,
            self.commits + judged.commits,
            self.steps + judged.steps,
            self.statements + judged.statements,
            judged.rules,
            self.joins or judged.joins,
        )

    def report(self, tip: str, bad: str, findings: list[Finding]) -> Report:
        """The report on it, with nothing said yet about assurance."""
        root = self.rules.mandate.root if self.rules else None
        persons, threshold = (len(root.persons), root.threshold) if root else (0, 0)
        return Report(
            tip, self.begins, self.commits, self.steps, self.statements, self.root, persons, threshold, "V0", bad, findings
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
