"""Version labels 版本 of the two schemes and the one step between them. Must not know documents."""

from __future__ import annotations

from docctl.core.lean import regex

EDITION_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # I and O are skipped: they read as 1 and 0 (domain 1.5)
_NUMBER = regex(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
_EDITION = regex(rf"([{EDITION_LETTERS}])/([0-9])")


def order(scheme: str, label: str) -> tuple[int, int] | None:
    """Where `label` stands in its scheme ("number" or "edition"); None when it is no label of that scheme."""
    if scheme == "number":
        found = _NUMBER.fullmatch(label)
        return (int(found[1]), int(found[2])) if found else None
    found = _EDITION.fullmatch(label)
    return (EDITION_LETTERS.index(found[1]), int(found[2])) if found else None


def first(scheme: str) -> str:
    """The label of a first issue."""
    return "1.0" if scheme == "number" else "A/0"


def following(scheme: str, label: str, change_class: str) -> str | None:
    """The one label that may follow `label` for a change class (editorial, minor, major); None at the end of the scheme.

    Editorial and minor changes raise the revision; a major change, or a full revision digit of an edition, raises the edition
    (domain 1.5: A/9 is followed by B/0).
    """
    place = order(scheme, label)
    if place is None:
        return None
    edition, revision = place
    if scheme == "number":
        label = f"{edition + 1}.0" if change_class == "major" else f"{edition}.{revision + 1}"
        return label if order(scheme, label) else None
    if change_class == "major" or revision == 9:
        edition, revision = edition + 1, -1
    return f"{EDITION_LETTERS[edition]}/{revision + 1}" if edition < len(EDITION_LETTERS) else None


def folder_name(label: str) -> str:
    """How a label is written in a path: `A/0` becomes `A-0`."""
    return label.replace("/", "-")
