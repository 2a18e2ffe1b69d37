"""Whether git's index is whole: git itself reads one that was cut and takes what it finds for paths. Must not know what it lists."""

from __future__ import annotations

from docctl.repository import faults

_HEAD = 12


def require_whole(data: bytes, width: int) -> None:
    """Refuses index bytes that do not end in their own sum of `width` bytes; with `index.skipHash` git writes zeros there."""
    import hashlib

    body, told = data[:-width], data[-width:]
    if len(data) < _HEAD + width or data[:4] != b"DIRC":
        raise faults.index_damaged("it is cut off or no index")
    if any(told) and hashlib.new("sha1" if width == 20 else "sha256", body).digest() != told:
        raise faults.index_damaged("its checksum is wrong")
