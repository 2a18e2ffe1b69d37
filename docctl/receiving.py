"""What the server does after it took a push in: its receipts. Must not judge; what is here has been judged.

A receipt that cannot be written stops nothing: the next push completes it, marked late.
"""

from __future__ import annotations

from collections.abc import Iterable

from docctl.core.errors import DocctlError, Words
from docctl.core.receipt import Receipt
from docctl.pushes import Wish, rules_at
from docctl.reader import Memory
from docctl.receipts import Server, complete
from docctl.repository import Repository

KEY = "docctl.serverKey"


def received(repository: Repository, moved: Iterable[Wish], prefix: str, now: str, *, rehearsal: bool) -> list[Receipt]:
    """Writes the receipts for what a push moved, at the server's instant `now`; none where the server has no key of its own.

    Raises DocctlError when one cannot be written.
    """
    key = repository.config(KEY)
    head = repository.resolve("HEAD")
    rules = rules_at(repository, head, prefix, Memory()) if key and head else None
    if not key or rules is None:
        return []
    branch = rules.mandate.settings.protected_branch
    server = Server(rules.mandate.root.repository, key, rules.mandate.settings.server_keys, rehearsal)
    written = []
    for each in moved:
        if each.name == f"refs/heads/{branch}" and each.new:
            written += complete(repository, server, branch, each.old, each.new, now)
    return written


def unwritten(error: DocctlError) -> Words:
    """What whoever pushed is told when a receipt is missing for now."""
    return Words(
        f"docctl: the push was taken in, but its receipt is not written yet: {error.words.en}",
        f"docctl：推送已接收，但回执尚未写入：{error.words.zh}",
    )
