"""SHA-1 and SHA-256. Must not know what is digested.

Loading OpenSSL takes a hook as long as digesting half a megabyte with what Python itself holds; once loaded, OpenSSL is faster.
"""

from __future__ import annotations

import sys

from docctl.core.lean import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

LITTLE = 1 << 19  # bytes in all
_left = {"bytes": LITTLE}


def sha256(data: bytes) -> _Hash:
    """The SHA-256 of some bytes, which may be asked for its digest or given more."""
    return begun("sha256", len(data), data)


def begun(kind: str, size: int, start: bytes = b"") -> _Hash:
    """A digest of a kind ("sha1" or "sha256") that has taken in `start`; about `size` bytes will be given to it."""
    _left["bytes"] -= size
    digest = _own(kind, start) if _left["bytes"] > 0 and "hashlib" not in sys.modules else None
    if digest is None:
        import hashlib

        digest = hashlib.new(kind, start, usedforsecurity=False)
    return digest


def _own(kind: str, start: bytes) -> _Hash | None:
    """The digest by what Python itself holds, whose modules bear other names from version to version; None without them."""
    made: _Hash
    try:
        if kind == "sha1":
            from _sha1 import sha1 as make  # type: ignore[import-not-found]
        else:
            try:
                from _sha2 import sha256 as make  # type: ignore[import-not-found]
            except ImportError:
                from _sha256 import sha256 as make  # type: ignore[import-not-found]
    except ImportError:
        return None
    made = make(start, usedforsecurity=False)
    return made
