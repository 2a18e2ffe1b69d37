"""Throwaway keys and true SSH signatures, made in this process: ssh-keygen would cost a process each.

A key is made anew from the name of its holder, so nothing needs to be kept. Must not know statements or people.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256, sha512

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from docctl.sshsig.wire import MAGIC


@cache
def _private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(f"a key of the tests: {name}".encode()).digest())


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def public(name: str) -> str:
    """The public key "type base64" of a name; people sign with the key of their own name, roots with `root:` before it."""
    raw = _private(name).public_key().public_bytes_raw()
    return "ssh-ed25519 " + b64encode(_string(b"ssh-ed25519") + _string(raw)).decode()


@cache
def signature(data: bytes, name: str, namespace: str) -> bytes:
    """A true SSH signature file over `data` by the key of a name, as ssh-keygen would write it."""
    key = _string(b"ssh-ed25519") + _string(_private(name).public_key().public_bytes_raw())
    purpose, kind = _string(namespace.encode()), _string(b"sha512")
    raw = _private(name).sign(MAGIC + purpose + _string(b"") + kind + _string(sha512(data).digest()))
    held = _string(_string(b"ssh-ed25519") + _string(raw))
    blob = b64encode(MAGIC + (1).to_bytes(4, "big") + _string(key) + purpose + _string(b"") + kind + held).decode()
    lines = "\n".join(blob[at : at + 70] for at in range(0, len(blob), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n".encode()
