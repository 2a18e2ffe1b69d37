"""The server's receipts: when each official state arrived, chained and signed by the server's own key. Must not judge states.

They are written after a push, outside its quarantine; a tip without a receipt is completed at the next push and marked late.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from docctl import shipped, sshsig
from docctl.core.calendar import TOLERANCE, instant_valid, seconds_between
from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.receipt import SCHEMA, Filed, Receipt, read_receipt, write
from docctl.repository import Repository
from docctl.workspace import ledger

if TYPE_CHECKING:
    from docctl.sshsig import SigningKey

REF = "refs/docctl/receipts"
_TEXT, _SIGNATURE = "receipt.json", "receipt.sig"
_TRIES, _PAUSE = 5, 0.2  # how often a receipt is tried, and seconds between


class Chain(NamedTuple):
    """The receipts a repository holds, oldest first, and the newest entry's commit (None without any)."""

    receipts: tuple[Filed, ...]
    head: str | None


def chain(repository: Repository, name: str = REF) -> Chain:
    """Reads every receipt. Raises DocctlError for an entry that is no receipt."""
    head = repository.resolve(name)
    if head is None:
        return Chain((), None)
    found = []
    for step in repository.history(head):
        tree = repository.tree(step.commit)
        if _TEXT not in tree or _SIGNATURE not in tree:
            raise _unreadable(step.commit, Words("receipt.json or its signature is missing", "缺少 receipt.json 或其签名"))
        data = tree[_TEXT].data
        try:
            receipt = read_receipt(data, shipped.schema("receipt"))
        except Unreadable as fault:
            raise _unreadable(step.commit, fault.words) from fault
        verdict = sshsig.verify(data, tree[_SIGNATURE].data, sshsig.RECEIPT)
        found.append(Filed(receipt, f"sha256:{sha256(data).hexdigest()}", verdict))
    return Chain(tuple(found), head)


class Server(NamedTuple):
    """What a server signs with: the library's id, the key (as --key says it), and whether its clock is a rehearsal's."""

    library: str
    key: str
    rehearsal: bool = False


def complete(repository: Repository, server: Server, branch: str, old: str, new: str, now: str) -> list[Receipt]:
    """Writes the receipts for a push that moved the protected `branch` from `old` ("" it was new) to `new`; `now` is the server's time.

    A state that an earlier push left without one is completed first, and marked late. What a later receipt covers already gets
    none, for pushes that race may be written down in any order. Raises DocctlError when one cannot be written.
    """
    if not instant_valid(now):
        raise _no_time(now)
    signer = sshsig.find_signing_key(server.key, {}, None)
    name = f"refs/heads/{branch}"
    for _ in range(_TRIES - 1):
        with suppress(DocctlError):  # another push may have written meanwhile
            return _completed(repository, server, signer, name, (old, new), now)
        sleep(_PAUSE)
    return _completed(repository, server, signer, name, (old, new), now)


def _completed(
    repository: Repository, server: Server, signer: SigningKey, branch: str, moved: tuple[str, str], now: str
) -> list[Receipt]:
    known = chain(repository)
    last, head = (known.receipts[-1] if known.receipts else None), known.head
    written = []
    for commit, late in zip(moved, (1, 0), strict=True):
        if not commit or (last is not None and _covered(repository, commit, last.receipt)):
            continue
        receipt = _next(last, server, branch, commit, now)
        receipt = receipt._replace(late=late or receipt.late)
        data = write(receipt)
        signature = sshsig.sign(data, sshsig.RECEIPT, signer)
        message = f"Receipt {receipt.n}: {commit}"
        head = ledger.append(repository.git_dir, REF, head, {_TEXT: data, _SIGNATURE: signature}, message, now)
        last = Filed(receipt, f"sha256:{sha256(data).hexdigest()}", sshsig.verify(data, signature, sshsig.RECEIPT))
        written.append(receipt)
    return written


def _covered(repository: Repository, commit: str, last: Receipt) -> bool:
    return commit == last.commit or repository.is_ancestor(commit, last.commit)


def _next(last: Filed | None, server: Server, branch: str, commit: str, now: str) -> Receipt:
    """The receipt that follows another. Where the clock went back, it only says what is sure: that the state was there by then."""
    back = last is not None and now < last.receipt.received_at
    return Receipt(
        commit=commit,
        late=int(last is not None and seconds_between(now, last.receipt.received_at) > TOLERANCE),
        n=last.receipt.n + 1 if last else 1,
        previous=last.digest if last else None,
        received_at=last.receipt.received_at if last and back else now,
        ref=branch,
        rehearsal=int(server.rehearsal),
        repository=server.library,
        schema=SCHEMA,
    )


def _unreadable(commit: str, words: Words) -> DocctlError:
    return DocctlError(
        Words(f"receipt {commit[:12]}: {words.en}", f"回执 {commit[:12]}：{words.zh}"),
        Words(
            "the server's chain was damaged or forged; ask for a copy from before", "服务器回执链已损坏或被伪造；请索取此前的副本"
        ),
        "receipts-unreadable",
    )


def _no_time(now: str) -> DocctlError:
    return DocctlError(
        Words(f"the server's clock says {now}", f"服务器时钟显示 {now}"),
        Words("set the server's clock; the next push completes the receipt", "请校正服务器时钟；下次推送会补齐回执"),
        "clock",
    )
