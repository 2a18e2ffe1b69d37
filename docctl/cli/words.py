"""Which language the door speaks: asked for, else the library's, else the machine's. Must not know any command."""

from __future__ import annotations

import os
from collections.abc import Sequence

from docctl.core.errors import Words

LANGUAGES = ("en", "zh")


class _Tongue:
    """The language of this run, and whether the user asked for it."""

    lang = "en"
    asked = False


def begin(arguments: Sequence[str]) -> None:
    """Finds the language out of the arguments as typed, DOCCTL_LANG, or the locale; before anything is parsed or said."""
    asked = _typed(arguments) or os.environ.get("DOCCTL_LANG", "")
    places = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    _Tongue.asked = bool(asked)
    _Tongue.lang = _known(asked or next(filter(None, places), ""))


def settle(languages: Sequence[str]) -> None:
    """Takes the first language of an open library, where the user asked for none."""
    if languages and not _Tongue.asked:
        _Tongue.lang = _known(languages[0])


def lang() -> str:
    """The language of this run: "en" or "zh"."""
    return _Tongue.lang


def said(en: str, zh: str) -> str:
    """A sentence in the language of this run."""
    return Words(en, zh).said(_Tongue.lang)


def _typed(arguments: Sequence[str]) -> str:
    for place, word in enumerate(arguments):
        if word == "--":
            return ""
        if word == "--lang":
            return "".join(arguments[place + 1 : place + 2])
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return ""


def _known(name: str) -> str:
    return "zh" if name.lower().startswith("zh") else "en"
