"""Where a link or an image in a Markdown body may point to. Must not know Markdown, nor whether the target exists."""

from __future__ import annotations

import re

from docctl.core.lean import Literal, regex
from docctl.core.plaintext import UNSEEN, hidden

TargetKind = Literal["outside", "mail", "document", "anchor", "file", ""]

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")

INVISIBLE = regex(f"[{UNSEEN}]")

_ANCHOR = "[A-Za-z][A-Za-z0-9_-]{0,79}"
_RESERVED = regex(r"(?:docctl-.*|h-[0-9]+)", re.IGNORECASE)
_KINDS: tuple[tuple[TargetKind, re.Pattern[str]], ...] = (
    ("outside", regex(r"https?://[^\s\\/?#<>\"]+(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)),
    ("mail", regex(r"mailto:[^\s\\<>\"@:/]+@[^\s\\<>\"@:/]+", re.IGNORECASE)),
    ("document", regex(rf"doc:[A-Z0-9]+(?:-[A-Z0-9]+)+(?:#{_ANCHOR})?")),
    ("anchor", regex(rf"#{_ANCHOR}")),
    ("file", regex(r"(?!\.)[^\\/:%?#<>\"|*\n\t]+(?:/(?!\.)[^\\/:%?#<>\"|*\n\t]+)*")),
)


def target_kind(target: str) -> TargetKind:
    """What `target` (entities already decoded) points to; "" when a controlled body must not point there.

    "outside" http and https, "mail", "document" doc:NUMBER[#anchor], "anchor" in the same body, "file" in the document's own
    folder, written as its name is: no scheme, no leading slash, no "..", no backslash, no percent-encoding.
    """
    if hidden(target):
        return ""
    for kind, pattern in _KINDS:
        if pattern.fullmatch(target):
            return kind
    return ""


def is_picture(target: str) -> bool:
    """Whether the file name `target` ends like a raster picture; vector pictures can carry scripts and are refused."""
    return target.lower().endswith(PICTURES)


def anchor_fits(anchor: str) -> bool:
    """Whether an author may give a heading this anchor: ASCII, a letter first, none of the names that docctl makes itself."""
    return bool(re.fullmatch(_ANCHOR, anchor)) and not _RESERVED.fullmatch(anchor)
