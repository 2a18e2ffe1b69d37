"""Judges what somebody wants to push: names that move, and every new state of the protected branch. Must not print or exit.

The first-parent chain of the protected branch is the official history; each of its states is judged by the rules before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from docctl.check import Clock, check_landing, refused
from docctl.core.errors import DocctlError
from docctl.core.layout import LOG, document_number
from docctl.core.lean import NamedTuple, regex
from docctl.core.library import Rules
from docctl.core.statement import Signed
from docctl.core.version import folder_name
from docctl.moving import RELEASE_TAG, above, moved, name_fault
from docctl.reader import Memory, Shelf, fingerprint, rulebook
from docctl.reader.rulebook import no_rules
from docctl.repository import Repository
from docctl.repository.history import Step
from docctl.rules.catalogue import Finding

_NOTHING = regex(r"0{40}|0{64}")
_HEADS = "refs/heads/"


class Wish(NamedTuple):
    """One name that somebody wants to move from one commit to another; "" where there is none."""

    old: str
    new: str
    name: str


class Answer(NamedTuple):
    """What is wrong with a wish: findings, and the commit that they are about ("" a name)."""

    commit: str
    findings: list[Finding]


def wish(old: str, new: str, name: str) -> Wish:
    """A wish in git's words, where zeros stand for nothing."""
    return Wish("" if _NOTHING.fullmatch(old) else old, "" if _NOTHING.fullmatch(new) else new, name)


def judge(repository: Repository, wishes: Iterable[Wish], prefix: str = "", now: str = "") -> Iterator[Answer]:
    """What is wrong with each wish, in their order; nothing for the good ones. Raises DocctlError when it cannot be decided.

    `prefix` is the library's folder in the repository, `now` the instant at a gate with a clock ("" none).
    """
    memory, all_wishes = Memory(), list(wishes)
    # The branch that a server's HEAD names says which branch is protected, so nobody may begin it with rules of their own.
    own = f"refs/heads/{repository.head_branch() or ''}" if repository.bare else ""
    tags = _Tags(repository, {each.name: each.old for each in all_wishes}, prefix, memory)
    for each in all_wishes:
        protected = _protected(repository, each, prefix, memory)
        # Git moves what a name stands for, and tells its hook the name that was pushed to.
        other = repository.stands_for(each.name) if repository.bare else ""
        fault = "symbolic" if other else ""
        if not other and each.name in _official(repository, protected, own):
            heads = (tip for beside in all_wishes for tip in beside[:2] if beside.name.startswith(_HEADS) and beside != each)
            yield from _Protected(repository, each, prefix, now, memory, frozenset(tip for tip in heads if tip)).answers()
            continue
        fault = fault or name_fault(each.name, protected, begins=bool(each.new and not each.old)) or tags.fault(each, protected)
        if fault:
            yield Answer("", moved(each.name, fault, other))


def _official(repository: Repository, *names: str) -> set[str]:
    """Some names, and on a server those that they only stand for."""
    found = {*names}
    for name in names if repository.bare else ():
        while name and (name := repository.stands_for(name)) not in found:
            found.add(name)
    return found - {""}


def rules_at(repository: Repository, commit: str, prefix: str, memory: Memory) -> Rules | None:
    """The rules that stand at a commit; None before the first rules record."""
    tree = repository.tree(commit, prefix)
    if not tree.listing(LOG):
        return None
    book = rulebook(tree, memory)
    if book.rules is None:
        raise no_rules(book.unread)
    return book.rules


def _protected(repository: Repository, wanted: Wish, prefix: str, memory: Memory) -> str:
    """The protected branch by the rules that stand: those of a server's own main line, else of what is there or comes.

    Before there is a library it is a server's main line; a clone without one has none ("").
    """
    own = repository.resolve("HEAD") if repository.bare else None
    for commit in (own, _known(repository, wanted.old), wanted.new):
        known = repository.resolve(commit) if commit else None
        rules = rules_at(repository, known, prefix, memory) if known else None
        if rules is not None:
            return f"refs/heads/{rules.mandate.settings.protected_branch}"
    return f"refs/heads/{repository.head_branch()}" if repository.bare else ""


def _known(repository: Repository, commit: str) -> str:
    """The commit, or "" where a clone has not fetched what the server holds; on a server that is damage."""
    try:
        return repository.resolve(commit) or ""
    except DocctlError:
        if repository.bare:
            raise
        return ""


class _Tags:
    """The release tags of one push: each points straight at the official commit that holds that release (I7).

    Official is what stood before the push: git moves each name by itself, so that a tag could stay where its landing did not.
    """

    def __init__(self, repository: Repository, standing: Mapping[str, str], prefix: str, memory: Memory) -> None:
        self._repository = repository
        self._standing = standing
        self._prefix = prefix
        self._memory = memory
        self._lines: dict[str, frozenset[str]] = {}

    def fault(self, wanted: Wish, protected: str) -> str:
        """What is wrong with a release tag; "" when nothing is, when it is none, or in a clone that knows no official line."""
        named = RELEASE_TAG.fullmatch(wanted.name)
        official = self._official(protected) if named else ""
        if named is None or not (official or self._repository.bare):
            return ""
        return "" if self._fits(wanted.new, official, document_number(named[1]), named[2]) else "release-tag"

    def _official(self, protected: str) -> str:
        if not protected or (self._repository.bare and not self._repository.resolve("HEAD")):
            return ""
        if protected in self._standing:
            return _known(self._repository, self._standing[protected])
        return self._repository.resolve(protected) or ""

    def _fits(self, commit: str, official: str, number: str, label: str) -> bool:
        if not official or not number or commit not in self._line(official):
            return False
        rules = rules_at(self._repository, commit, self._prefix, self._memory)
        if rules is None:
            return False
        tree, mandate = self._repository.tree(commit, self._prefix), rules.mandate
        shelf = Shelf(tree, mandate.people, mandate.settings.version_scheme, self._memory)
        document = shelf.document(number)
        held = document is not None and folder_name(document.version) == label
        return bool(held and document and shelf.evidence(number).standing(document.digest, "release"))

    def _line(self, official: str) -> frozenset[str]:
        if official not in self._lines:
            self._lines[official] = frozenset(self._repository.first_parent_ids(official))
        return self._lines[official]


class _Protected:
    """One wish to move the protected branch: its states oldest first, up to the first that is refused."""

    def __init__(
        self, repository: Repository, wanted: Wish, prefix: str, now: str, memory: Memory, beside: frozenset[str]
    ) -> None:
        self._repository = repository
        self._wish = wanted
        self._beside = beside  # the tips of other branches that the same push moves, before and after
        self._prefix = prefix
        self._now = now
        self._memory = memory
        self._begins = ""
        self._joins = False

    def answers(self) -> Iterator[Answer]:
        """The first thing that is wrong, or nothing."""
        old, new, name = self._wish
        if not new:
            yield Answer("", moved(name, "deleted"))
        elif self._repository.shallow:
            yield Answer(new, moved(name, "shallow"))
        elif old and not _known(self._repository, old):
            yield Answer(new, moved(name, "rewritten"))
        else:
            yield from self._states(self._begin(old), new)

    def _begin(self, old: str) -> str:
        """The official state that a push must go on from; the history stays one where the rules rename the protected branch (I7)."""
        own = self._repository.head_branch() if self._repository.bare else None
        standing = self._repository.resolve("HEAD") if own and self._wish.name != f"refs/heads/{own}" else None
        if not standing or standing == old or not rules_at(self._repository, standing, self._prefix, self._memory):
            return old
        return old if old and standing in self._repository.first_parent_ids(old) else standing

    def _states(self, old: str, new: str) -> Iterator[Answer]:
        rules = rules_at(self._repository, old, self._prefix, self._memory) if old else None
        # A server that begins with a library of some age cannot tell when its decisions arrived.
        now = self._now if rules else ""
        last = old
        for step in self._repository.history(new, since=old or None, prefix=self._prefix):
            if (step.parents[0] if step.parents else "") != last:
                yield Answer(step.commit, self._off_the_line(old, new))
                return
            last, self._joins = step.commit, self._joins or len(step.parents) > 1
            rules, findings = self._state(rules, step, now)
            if refused(findings):
                yield Answer(step.commit, findings)
                return
        if last != new:
            yield Answer(new, self._off_the_line(old, new))
        elif self._joins and self._strange_roots(old, new):
            yield Answer(new, moved(self._wish.name, "second-root"))

    def _state(self, before: Rules | None, step: Step, now: str) -> tuple[Rules | None, list[Finding]]:
        """One state: the rules that stand after it, and what is wrong with it."""
        tree = self._repository.tree(step.commit, self._prefix)
        # Names that git would not write break every clone wherever they stand, and modes and folders like that every proof (H06).
        odd = self._repository.odd_folder(step.commit, step.parents[0] if step.parents else None)
        if odd is not None and (before is not None or tree.listing(LOG)):
            return before, moved(self._wish.name, "odd-folder", f"/{odd}")
        said = self._said_elsewhere(step)
        judged = check_landing(before, tree, step.changes, memory=self._memory, clock=Clock(now), elsewhere=said)
        findings = judged.findings
        if self._prefix and judged.rules is not None:
            findings = [*above(self._repository.around(step.commit, self._prefix)), *findings]
        if before is None and judged.rules is not None:
            self._begins, found = step.commit, fingerprint(tree)
            pinned = self._repository.config("docctl.root") or found
            if pinned != found:
                findings = [*moved(self._wish.name, "other-root", f"({found} ≠ {pinned})"), *findings]
        return judged.rules, findings

    def _said_elsewhere(self, step: Step) -> Mapping[str, tuple[Signed, ...]]:
        """What other branches of a server say against what a step releases; a clone knows only what it happens to hold."""
        from docctl.reader.elsewhere import objections, released

        numbers = released(step.changes) if self._repository.bare else []
        if not numbers:
            return {}
        own = self._wish.name.removeprefix(_HEADS)
        tips = {commit for name, commit in self._repository.heads().items() if name != own}
        return objections(self._repository, tips | self._beside, numbers, self._prefix, self._memory)

    def _off_the_line(self, old: str, new: str) -> list[Finding]:
        joined = bool(old) and self._repository.is_ancestor(old, new)
        return moved(self._wish.name, "foxtrot" if joined else "rewritten")

    def _strange_roots(self, old: str, new: str) -> bool:
        """Whether a history without a common beginning is merged in after the library began."""
        roots = set(self._repository.root_commits(new, since=old or None))
        return bool(roots - set(self._repository.root_commits(self._begins) if roots and self._begins else ()))
