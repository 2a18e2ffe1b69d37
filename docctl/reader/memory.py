"""What reading has found out about bytes it has already seen, by the key of the bytes. Must not know paths or states.

The same bytes always read the same, so remembering changes no verdict; it only saves reading twice.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable

from docctl.core.lean import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from docctl.reader.kept import Kept

Value = TypeVar("Value")
ROOM = 1024
SHEETS = 1 << 15


class Memory:
    """A bounded store of readings; the one asked for longest ago goes first. `sheets` are kept apart, being small and many.

    `kept` holds those of earlier runs, where somebody keeps them.
    """

    def __init__(self, room: int = ROOM, kept: Kept | None = None) -> None:
        self.kept = kept
        self.sheets = Sheets()
        self.types = Types()
        self._room = room
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value remembered under `key`, made now when it is not there."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]  # type: ignore[return-value]  # one key is only ever made by one maker
        value = make()
        self._kept[key] = value
        if len(self._kept) > self._room:
            self._kept.popitem(last=False)
        return value


class Types(dict[str, str]):
    """The type that a document's text names, by the key of the text; bounded, the oldest goes first."""

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key, sys.intern(value))
        if len(self) > SHEETS:
            del self[next(iter(self))]


class Sheets:
    """A bounded store of short texts that are much alike, each with one note; the oldest goes first.

    They are packed against the first of them, for a long history brings tens of thousands.
    """

    def __init__(self, room: int = SHEETS) -> None:
        self._room = room
        self._like = b""
        self._kept: dict[str, tuple[bytes, Hashable]] = {}
        self._notes: dict[Hashable, Hashable] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def keep(self, key: str, text: bytes, note: Hashable) -> None:
        """Remembers a text and a note under `key`."""
        from zlib import DEFLATED, compressobj

        self._like = self._like or text
        packer = compressobj(1, DEFLATED, -10, 1, 0, self._like)
        self._kept[key] = packer.compress(text) + packer.flush(), self._notes.setdefault(note, note)
        if len(self._kept) > self._room:
            del self._kept[next(iter(self._kept))]

    def find(self, key: str) -> tuple[bytes, Hashable] | None:
        """The text and the note remembered under `key`, or None."""
        from zlib import decompressobj

        if key not in self._kept:
            return None
        packed, note = self._kept[key]
        return decompressobj(-10, self._like).decompress(packed), note
