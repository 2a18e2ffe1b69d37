"""What checking a signature found. Must not know how signatures are made or checked."""

from __future__ import annotations

from docctl.core.lean import NamedTuple


class Verdict(NamedTuple):
    """The outcome of one SSHSIG check, judged while reading so that rules stay pure.

    `fault` is "" for a good signature, else one word: missing, armour, format, certificate, key-type, weak-key, hash,
    namespace, signature. `key` is "type base64" of the signing key, `fingerprint` "SHA256:…" of it; both "" when unreadable.
    """

    key: str
    fingerprint: str
    namespace: str
    fault: str = ""
