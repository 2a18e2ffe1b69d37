"""Private folders for the time of one build; what killed builds left goes first. Must not know what is built."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from docctl.leftovers import abandoned, alive, clear

__all__ = ["abandoned", "alive", "clear", "workplace"]


@contextmanager
def workplace(kind: str) -> Iterator[str]:
    """A new folder that only this user can look into, gone at the end; `kind` is one word of its name."""
    clear(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix=f"docctl-{kind}-{os.getpid()}-") as place:
        yield place
