"""Whether a pattern for document numbers can be held against a number in little time. Must not know any number or setting.

A pattern that may try ever more ways would hold up every gate (I14), so what can be tried at all is bounded.
"""

from __future__ import annotations

from docctl.core.lean import regex

ALTERNATIVES, REPEATS = 2, 4  # groups with alternatives, and parts of no fixed length
_LITERAL = regex(r"\\[^0-9]|\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEATED_GROUP = regex(r"\)(?:[*+]|\{)")
_LOOSE = regex(r"[*+?]|\{[0-9]*,[0-9]*\}")


def bounded(pattern: str) -> bool:
    """Whether a pattern holds no repeated group, no reference to itself, and few parts of no fixed length or with alternatives."""
    plain = _LITERAL.sub("x", pattern).replace("(?:", "(")
    groups = sum("|" in part for part in plain.replace(")", "(").split("("))
    loose = len(_LOOSE.findall(plain))
    return (
        not _REPEATED_GROUP.search(plain)
        and "\\" not in plain
        and "(?" not in plain
        and groups <= ALTERNATIVES
        and loose <= REPEATS
    )
