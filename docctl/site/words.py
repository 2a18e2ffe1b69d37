"""How the site says things in both languages at once, its own language first. Must not know pages."""

from __future__ import annotations

from docctl.core.errors import Words
from docctl.registers.table import Cell


def both(words: Cell, lang: str) -> str:
    """Both languages side by side; one text where they are the same."""
    if not isinstance(words, Words) or words.en == words.zh:
        return words if isinstance(words, str) else words.en
    return f"{words.zh} {words.en}" if lang == "zh" else f"{words.en} {words.zh}"


def label(words: Words, lang: str) -> str:
    """A label or title: both languages, its own first, parted by a thin stroke."""
    if words.en == words.zh:
        return words.en
    first, second = (words.zh, words.en) if lang == "zh" else (words.en, words.zh)
    return f"{first} · {second}"


def cell(value: Cell, lang: str) -> str:
    """A cell of a register: both languages on two lines where they differ."""
    if not isinstance(value, Words) or value.en == value.zh:
        return value if isinstance(value, str) else value.en
    return "\n".join((value.zh, value.en) if lang == "zh" else (value.en, value.zh))
