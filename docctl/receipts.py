"""The server's receipts: when each official state arrived, chained and signed by the server's own key. Must not judge states.

They are written after a push, outside its quarantine; a tip without a receipt is completed at the next push and marked late.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from docctl import shipped, sshsig
from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.receipt import SCHEMA, Filed, Receipt, read_receipt, write
from docctl.repository import Repository
from docctl.workspace import ledger

REF = "refs/docctl/receipts"
_TEXT, _SIGNATURE = "receipt.json", "receipt.sig"


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
    """What a server signs with: the library's id, the key (as --key says it), the server keys `known` to the rules, whose clock."""

    library: str
    key: str
    known: tuple[str, ...]
    rehearsal: bool = False

    def signer(self) -> sshsig.SigningKey:
        """The key itself. Raises DocctlError where it is not at hand, or unknown to the rules: one such receipt spoils the chain."""
        found = sshsig.find_signing_key(self.key, {}, None)
        if found.public.text not in self.known:
            shown = found.public.fingerprint
            raise DocctlError(
                Words(
                    f"the server's key {shown} is not among server_keys in settings.yaml",
                    f"服务器密钥 {shown} 未登记在 settings.yaml 的 server_keys 中",
                ),
                Words("register it by a rules record, or install another key", "请通过规则变更记录登记，或安装其他密钥"),
                "server-key-unknown",
            )
        return found


def complete(repository: Repository, server: Server, branch: str, old: str, new: str, now: str) -> list[Receipt]:
    """Writes the receipts for a push that moved the protected `branch` from `old` ("" it was new) to `new`; `now` is the server's time.

    A state that an earlier push left without one is completed first, and marked late.
    """
    known = chain(repository)
    last, head = (known.receipts[-1] if known.receipts else None), known.head
    signer = server.signer()
    if last is not None and now < last.receipt.received_at:
        raise DocctlError(
            Words(
                f"the server's clock ({now}) is behind its last receipt ({last.receipt.received_at})",
                f"服务器时钟（{now}）早于其最近的回执（{last.receipt.received_at}）",
            ),
            Words(
                "set the server's clock; the next push completes what is missing", "请校正服务器时钟；下次推送会补上缺失的回执"
            ),
            "clock",
        )
    written = []
    missed = old if old and (last is None or last.receipt.commit != old) else ""
    for commit, late in ((missed, 1), (new, 0)):
        if not commit or (last is not None and last.receipt.commit == commit):
            continue
        receipt = Receipt(
            commit=commit,
            late=late,
            n=last.receipt.n + 1 if last else 1,
            previous=last.digest if last else None,
            received_at=now,
            ref=f"refs/heads/{branch}",
            rehearsal=int(server.rehearsal),
            repository=server.library,
            schema=SCHEMA,
        )
        data = write(receipt)
        signature = sshsig.sign(data, sshsig.RECEIPT, signer)
        message = f"Receipt {receipt.n}: {commit}"
        head = ledger.append(repository.git_dir, REF, head, {_TEXT: data, _SIGNATURE: signature}, message, now)
        last = Filed(receipt, f"sha256:{sha256(data).hexdigest()}", sshsig.verify(data, signature, sshsig.RECEIPT))
        written.append(receipt)
    return written


def _unreadable(commit: str, words: Words) -> DocctlError:
    return DocctlError(
        Words(f"receipt {commit[:12]}: {words.en}", f"回执 {commit[:12]}：{words.zh}"),
        Words(
            "the server's chain was damaged or forged; ask for a copy from before", "服务器回执链已损坏或被伪造；请索取此前的副本"
        ),
        "receipts-unreadable",
    )
