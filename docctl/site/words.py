"""How the site says things in both languages at once, its own language first. Must not know pages."""

from __future__ import annotations

from docctl.core.errors import Words
from docctl.registers.table import Cell

LANGUAGES = {"zh": Words("Chinese", "中文"), "en": Words("English", "英文")}


def pair(words: Cell, lang: str) -> tuple[str, str]:
    """The text in the site's own language and in the other one; the second is "" where they are the same."""
    if not isinstance(words, Words):
        return words, ""
    first, second = (words.zh, words.en) if lang == "zh" else (words.en, words.zh)
    return first, "" if first == second else second


def label(words: Cell, lang: str) -> str:
    """A label or title on one line: both languages, its own first, parted by a dot."""
    return " · ".join(text for text in pair(words, lang) if text)


def other(lang: str) -> str:
    """The language that stands second on a site in `lang`."""
    return "en" if lang == "zh" else "zh"


def language(tag: str) -> Cell:
    """The name of a language by its BCP 47 tag, with the tag itself."""
    found = LANGUAGES.get(tag.partition("-")[0].lower())
    return Words(f"{found.en} ({tag})", f"{found.zh}（{tag}）") if found else tag
