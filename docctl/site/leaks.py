"""Lines that must not be published, and whether a text holds them. Must not know pages, plans or why a line is forbidden."""

from __future__ import annotations

from collections.abc import Iterable

LONG_ENOUGH = 16  # a shorter line may well stand in two texts by chance
_PIECE = 8
_FEW = 30  # needles that are sooner looked for one by one
_MARKS = "[]()`|*_<&\\{~"


def lines(body: str, sentences: Iterable[str] = ()) -> set[str]:
    """The lines of a Markdown body, and other `sentences`, that would stand on a page as they are written."""
    written = (line.strip() for line in body.splitlines())
    found = {line.lstrip("->*+0123456789.):| ") for line in written if not line.startswith("#")} | set(sentences)
    return {line for line in found if len(line) >= LONG_ENOUGH and not any(mark in line for mark in _MARKS)}


def solid(text: str) -> str:
    """Text without white space and without the marks that the search index puts between Chinese words."""
    return "".join(text.replace("\u200b", "").split())


class Needles:
    """Texts to be looked for all at once; white space in them does not count."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._short: list[str] = []
        self._by_piece: dict[str, list[str]] = {}
        wanted = sorted({solid(text) for text in texts} - {""})
        for text in wanted:
            if len(text) < 2 * _PIECE - 1 or len(wanted) <= _FEW:
                self._short.append(text)
                continue
            for place in range(_PIECE):  # wherever the text stands, one of these begins at a multiple of their length
                self._by_piece.setdefault(text[place : place + _PIECE], []).append(text)

    def __bool__(self) -> bool:
        return bool(self._short or self._by_piece)

    def within(self, text: str) -> list[str]:
        """The texts that occur in `text`, which must be `solid`; in one pass, however many there are."""
        found = [needle for needle in self._short if needle in text]
        if self._by_piece:
            pieces = self._by_piece.keys() & {text[place : place + _PIECE] for place in range(0, len(text), _PIECE)}
            near = {needle for piece in pieces for needle in self._by_piece[piece]}
            found += [needle for needle in sorted(near) if needle in text]
        return found
