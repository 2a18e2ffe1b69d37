"""What differs between two versions of a text, for a withdrawal or a correction that may change little. Must not know who signed."""

from __future__ import annotations

from docctl.core.errors import Unreadable
from docctl.core.frontmatter import read

MAY_CHANGE = ("status", "withdrawal")
BODY = "body"


def changed(before: bytes, after: bytes) -> tuple[str, ...]:
    """What differs between the index.md of a released version and the one after it: names of fields, and `BODY` for the text.

    A text that cannot be read has nothing to compare; others tell that.
    """
    try:
        old, new = read(before), read(after)
    except Unreadable:
        return ()
    names = sorted({*old.values, *new.values}.difference(MAY_CHANGE))
    fields = tuple(name for name in names if old.values.get(name) != new.values.get(name))
    return fields if old.body == new.body else (*fields, BODY)
