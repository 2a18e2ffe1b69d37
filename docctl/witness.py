"""What the server's receipts and an outside checkpoint say about a history that is being verified. Must not judge states.

Receipts raise the assurance to V2: arrival times are the server's, not the signers'. A checkpoint raises it to V3: the server
cannot have taken anything back since the checkpoint was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from docctl.core.change import Move
from docctl.core.receipt import Filed, Receipt, arrivals, broken
from docctl.receipts import REF, chain
from docctl.repository import Repository

REMOTE_REF = "refs/remotes/origin/docctl/receipts"


class Witness(NamedTuple):
    """The receipts of a copy and which of them first saw each official commit of `line` (oldest first)."""

    receipts: tuple[Filed, ...]
    seen: Mapping[str, Receipt]
    line: tuple[str, ...]

    def received_at(self, commit: str) -> str:
        """When the server received an official commit, as an instant; "" when nobody witnessed its arrival.

        The first receipt and a late one only say that a state was there by then, so no decision can be called too old by them.
        """
        receipt = self.seen.get(commit)
        return receipt.received_at if receipt and receipt.n > 1 and not receipt.late else ""

    @property
    def complete(self) -> bool:
        """Whether every official commit was witnessed by a clock that nobody set by hand."""
        return len(self.seen) == len(self.line) and not any(filed.receipt.rehearsal for filed in self.receipts)

    def faults(self, keys: Iterable[str], library: str) -> list[Move]:
        """What is wrong with the chain for a library and the server keys that its rules have known; empty when it holds."""
        order = {commit: place for place, commit in enumerate(self.line)}
        found = broken(self.receipts, keys, library, order)
        return [Move(REF, "receipts-broken", f"{found.after}: {found.words.en} / {found.words.zh}")] if found else []


def witness(repository: Repository, line: list[str]) -> Witness:
    """The receipts that a repository (the server, or a copy that fetched them) holds for its official commits `line`."""
    name = next((name for name in (REF, REMOTE_REF) if repository.resolve(name)), REF)
    receipts = chain(repository, name).receipts
    return Witness(receipts, arrivals(receipts, line), tuple(line))
