"""Receipts: the server's own word on when a state arrived, chained and signed; and checkpoints that somebody outside keeps.

Must not know git, clocks or how a signature is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from docctl.core.errors import Words
from docctl.core.signature import Verdict
from docctl.core.statement import canonical, read_canonical

SCHEMA = "docctl/receipt/v1"
CHECKPOINT = "docctl/checkpoint/v1"


class Receipt(NamedTuple):
    """One arrival at the server (fields: schema/receipt.schema.json)."""

    commit: str
    late: int
    n: int
    previous: str | None
    received_at: str
    ref: str
    rehearsal: int
    repository: str
    schema: str

    @property
    def dated(self) -> bool:
        """Whether it says when a state came; the first receipt and a late one only say that it was there by then."""
        return self.n > 1 and not self.late


class Filed(NamedTuple):
    """A receipt as it lies in the chain: its own SHA-256 ("sha256:…") and what checking its signature found."""

    receipt: Receipt
    digest: str
    verdict: Verdict


class Arrival(NamedTuple):
    """How a statement or record came onto the official history: the commit that brought it, and its receipt (None: unwitnessed)."""

    commit: str
    receipt: Receipt | None = None


class Arrivals(NamedTuple):
    """How everything came onto the official history: by the path of a statement, or by the number of a record.

    `believed` says whether the receipts at hand hold; `fault` why those that are there do not, None otherwise.
    """

    by: Mapping[str, Arrival] = MappingProxyType({})
    believed: bool = False
    fault: Words | None = None


class Checkpoint(NamedTuple):
    """One official state, small enough to keep on paper or by mail (fields: schema/checkpoint.schema.json)."""

    commit: str
    content: str
    made_at: str
    receipts: str | None
    repository: str
    root: str
    rules: int
    schema: str


class Broken(NamedTuple):
    """Where a chain of receipts is broken: after which receipt (0 before the first) and why."""

    after: int
    words: Words


def read_receipt(data: bytes, schema: Mapping[str, Any]) -> Receipt:
    """The receipt that canonical bytes hold. Raises Unreadable."""
    return Receipt(**read_canonical(data, schema))


def read_checkpoint(data: bytes, schema: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint that canonical bytes hold. Raises Unreadable."""
    return Checkpoint(**read_canonical(data, schema))


def write(values: Receipt | Checkpoint) -> bytes:
    """The canonical bytes of a receipt or checkpoint."""
    return canonical(values._asdict())


def broken(chain: Sequence[Filed], keys: Mapping[str, str], repository: str, order: Mapping[str, int]) -> Broken | None:
    """The first fault of a chain of receipts, None when it holds (T7, F07).

    `keys` are the server keys that the rules have known, each with the official commit that took it out of them ("" it stands);
    `order` is the place of every official commit in history.
    """
    before: Filed | None = None
    for filed in chain:
        words = _fault(filed, before, keys, repository, order)
        if words:
            return Broken(before.receipt.n if before else 0, words)
        before = filed
    return None


def arrivals(chain: Sequence[Filed], commits: Sequence[str]) -> dict[str, Receipt]:
    """The receipt that first witnessed each official commit: that of the push whose state is this commit or the next one after it."""
    tips = {filed.receipt.commit: filed.receipt for filed in reversed(chain)}
    found: dict[str, Receipt] = {}
    current: Receipt | None = None
    for commit in reversed(commits):
        current = tips.get(commit, current)
        if current is not None:
            found[commit] = current
    return found


def _counts(filed: Filed, before: Filed | None, keys: Mapping[str, str], order: Mapping[str, int]) -> bool:
    """Whether a receipt is signed by a server key that the rules had not yet given up before the push that it is about (T3)."""
    ended = keys.get(filed.verdict.key)
    if filed.verdict.fault or ended is None:
        return False
    return not ended or before is None or order.get(before.receipt.commit, 0) < order.get(ended, 0)


def _fault(
    filed: Filed, before: Filed | None, keys: Mapping[str, str], repository: str, order: Mapping[str, int]
) -> Words | None:
    """Why a receipt does not follow the one before it, None when it does."""
    receipt = filed.receipt
    last = (before.receipt.n, before.digest) if before else (0, None)
    earlier = before is not None and receipt.received_at < before.receipt.received_at
    back = before is not None and order.get(receipt.commit, 0) < order.get(before.receipt.commit, 0)
    checks = (
        (
            _counts(filed, before, keys, order),
            Words("its signature is not by a server key of the rules", "其签名不是规则登记的服务器密钥所签"),
        ),
        (receipt.repository == repository, Words("it belongs to another library", "它属于另一个库")),
        ((receipt.n - 1, receipt.previous) == last, Words("a receipt is missing or was changed", "有回执缺失或被改动")),
        (
            receipt.commit in order,
            Words(f"commit {receipt.commit} is not on the official history", f"提交 {receipt.commit} 不在正式历史上"),
        ),
        (not earlier, Words("times run backwards", "时间倒退")),
        (not back, Words("the branch went back", "分支发生回退")),
    )
    return next((words for holds, words in checks if not holds), None)
