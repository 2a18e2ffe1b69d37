"""What the server's receipts and an outside checkpoint say about a history that is being verified. Must not judge states.

Receipts raise the assurance to V2: arrival times are the server's, not the signers'. A checkpoint raises it to V3: the server
cannot have taken anything back since the checkpoint was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from docctl.core.change import Move
from docctl.core.errors import Words
from docctl.core.receipt import Broken, Filed, Receipt, arrivals, broken
from docctl.receipts import REF, chain
from docctl.repository import Repository

REMOTE_REF = "refs/remotes/origin/docctl/receipts"
_NONE = Words(
    "there are no receipts here (`git fetch origin 'refs/docctl/*:refs/docctl/*'` gets those of a server that writes them)",
    "此处没有回执（若服务器写有回执，可用 `git fetch origin 'refs/docctl/*:refs/docctl/*'` 获取）",
)


class Witness(NamedTuple):
    """The receipts of a copy and which of them first saw each official commit of `line` (oldest first).

    `beyond` are the official commits after `line`, where an older state than the published one is looked at.
    """

    receipts: tuple[Filed, ...]
    seen: Mapping[str, Receipt]
    line: tuple[str, ...]
    beyond: tuple[str, ...] = ()

    @property
    def dated(self) -> dict[str, str]:
        """When the server received each official commit, as an instant; not those whose arrival nobody witnessed.

        The first receipt and a late one only say that a state was there by then, so no decision can be called too old by them.
        """
        return {commit: receipt.received_at for commit, receipt in self.seen.items() if receipt.dated}

    @property
    def complete(self) -> bool:
        """Whether every official commit was witnessed by a clock that nobody set by hand."""
        return len(self.seen) == len(self.line) and not any(filed.receipt.rehearsal for filed in self.receipts)

    @property
    def shortfall(self) -> tuple[Words, ...]:
        """Why the receipts do not raise the assurance to V2; empty when they do."""
        return () if self.receipts and self.complete else tuple(self._gaps())

    @property
    def reservations(self) -> tuple[Words, ...]:
        """What the receipts leave open although they hold: states that were there by a time, not at it."""
        late = sum(bool(filed.receipt.late) for filed in self.receipts)
        en, zh = f"{_count(late, 'receipt was', 'receipts were')} written late", f"{late} 份回执为补发"
        return (Words(f"{en}: they only say that a state was there by then", f"{zh}：仅说明状态当时已存在"),) if late else ()

    def _gaps(self) -> Iterator[Words]:
        if not self.receipts:
            yield _NONE
            return
        states, missing = len(self.line), len(self.line) - len(self.seen)
        rehearsed = sum(bool(filed.receipt.rehearsal) for filed in self.receipts)
        if missing:
            said = _count(missing, "state has", "states have")
            yield Words(f"{said} no receipt, of {states}", f"{states} 个状态中有 {missing} 个没有回执")
        if rehearsed:
            said = _count(rehearsed, "receipt is", "receipts are")
            yield Words(
                f"{said} of a server installed for rehearsals, whose clock is set by hand",
                f"{rehearsed} 份回执来自演练服务器，其时钟由人设定",
            )

    def within(self, keys: Mapping[str, str]) -> Witness:
        """The same without what later states received under keys that only later rules know."""
        later = {*self.beyond}
        for place, filed in enumerate(self.receipts):
            if filed.receipt.commit in later and filed.verdict.key not in keys:
                return _witness(self.receipts[:place], self.line, self.beyond)
        return self

    def fault(self, keys: Mapping[str, str], library: str) -> Broken | None:
        """The first fault of the chain for a library and the server keys that its rules have known; None when it holds."""
        order = {commit: place for place, commit in enumerate((*self.line, *self.beyond))}
        return broken(self.receipts, keys, library, order)


def witness(repository: Repository, line: Sequence[str]) -> Witness:
    """The receipts that a repository (the server, or a copy that fetched them) holds for its official commits `line`.

    Raises DocctlError for an entry that is no receipt.
    """
    receipts = chain(repository, kept_at(repository) or REF).receipts
    return _witness(receipts, tuple(line), tuple(_beyond(repository, receipts, line)))


def broken_move(found: Broken) -> Move:
    """A broken chain as what somebody did to a name of the repository, for the rules."""
    return Move(REF, "receipts-broken", Words(f"{found.after}: {found.words.en}", f"{found.after} 份之后：{found.words.zh}"))


def _witness(receipts: tuple[Filed, ...], line: tuple[str, ...], beyond: tuple[str, ...]) -> Witness:
    inside = {*line}
    seen = {commit: receipt for commit, receipt in arrivals(receipts, [*line, *beyond]).items() if commit in inside}
    return Witness(receipts, seen, line, beyond)


def kept_at(repository: Repository) -> str:
    """Under which name a repository keeps receipts, "" when it has none."""
    return next((name for name in (REF, REMOTE_REF) if repository.resolve(name)), "")


def _beyond(repository: Repository, receipts: Sequence[Filed], line: Sequence[str]) -> list[str]:
    """The official commits after `line`, where it ends before the branch as it was published last.

    Receipts know of these too. Where the published branch itself went back there are none, and the receipts show it.
    """
    known = {*line}
    if not line or all(filed.receipt.commit in known for filed in receipts):
        return []
    branch = receipts[-1].receipt.ref.removeprefix("refs/heads/")
    names = (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}")
    published = next((found for found in map(repository.resolve, names) if found), "")
    whole = repository.first_parent_ids(published) if published and published != line[-1] else []
    return whole[len(line) :] if whole[: len(line)] == [*line] else []


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
