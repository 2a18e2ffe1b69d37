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
from docctl.sshsig import find_signing_key

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
    server = Server(rules.mandate.root.repository, key, rehearsal)
    public = find_signing_key(key, {}, None).public.text
    written = []
    for each in moved:
        if each.name == f"refs/heads/{branch}" and each.new:
            if public not in _keys(repository, each, prefix):
                raise not_in_the_rules(public)
            written += complete(repository, server, branch, each.old, each.new, now)
    return written


def _keys(repository: Repository, moved: Wish, prefix: str) -> set[str]:
    """The server keys of the rules before a push and after it."""
    stood = [rules_at(repository, commit, prefix, Memory()) for commit in (moved.old, moved.new) if commit]
    return {key for rules in stood if rules for key in rules.mandate.settings.server_keys}


def not_in_the_rules(public: str) -> DocctlError:
    """The error for a server's key that no receipt may be signed with."""
    return DocctlError(
        Words(f"the server's key {public} is not in the rules", f"服务器密钥 {public} 未登记在规则中"),
        Words(
            "register it as server_keys in settings.yaml by a rules record; the next push completes the receipt",
            "请通过规则变更记录将其登记为 settings.yaml 的 server_keys；下次推送会补齐回执",
        ),
        "server-key",
    )


def unwritten(error: DocctlError) -> Words:
    """What whoever pushed is told when a receipt is missing for now."""
    return Words(
        f"docctl: the push was taken in, but its receipt is not written yet: {error.words.en}",
        f"docctl：推送已接收，但回执尚未写入：{error.words.zh}",
    )
