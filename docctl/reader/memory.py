"""What reading has found out about bytes it has already seen, by the key of the bytes. Must not know paths or states.

The same bytes always read the same, so remembering changes no verdict; it only saves reading twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Value = TypeVar("Value")
ROOM = 4096


class Memory:
    """A bounded store of readings; the one asked for longest ago goes first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

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
