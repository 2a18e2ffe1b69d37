"""SSH signatures: the only part of docctl that knows them. Must not know documents, statements, roles or history."""

from __future__ import annotations

from docctl.core.lean import TYPE_CHECKING
from docctl.sshsig.check import verify, verify_many
from docctl.sshsig.publickey import PublicKey, read_key

if TYPE_CHECKING:
    from docctl.sshsig.openssh import allowed_signers_line, openssh_verify
    from docctl.sshsig.program import ssh_keygen
    from docctl.sshsig.signing import sign
    from docctl.sshsig.signingkey import SigningKey, find_signing_key

# Purposes of signatures. A signature made for one of them is worth nothing for another; the texts never change.
STATEMENT = "statement-v1@docctl"
RULES = "rules-v1@docctl"
RECEIPT = "receipt-v1@docctl"
CHECKPOINT = "checkpoint-v1@docctl"

__all__ = [
    "CHECKPOINT",
    "RECEIPT",
    "RULES",
    "STATEMENT",
    "PublicKey",
    "SigningKey",
    "allowed_signers_line",
    "find_signing_key",
    "openssh_verify",
    "read_key",
    "sign",
    "ssh_keygen",
    "verify",
    "verify_many",
]

# Gates only verify; what runs programs is loaded when it is first asked for.
_LATER = {
    "SigningKey": "signingkey",
    "allowed_signers_line": "openssh",
    "find_signing_key": "signingkey",
    "openssh_verify": "openssh",
    "sign": "signing",
    "ssh_keygen": "program",
}


if not TYPE_CHECKING:  # the type checker sees the plain imports above and so still knows a name that does not exist

    def __getattr__(name: str) -> object:
        """One of the public names that only commands need."""
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"docctl.sshsig has no {name}")
        return getattr(import_module(f"docctl.sshsig.{_LATER[name]}"), name)
