"""One escaping function for each place that foreign text is written to (threats 1.6). Must not know what the text means."""

from __future__ import annotations

import re

from docctl.core.target import INVISIBLE

_UNSEEN = re.compile(f"{INVISIBLE.pattern}|[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile(f"{_UNSEEN.pattern}|[\t\n]")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&$^]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_OPENING = re.compile(r"[0-9]+(?=[.)](?: |$))|(?=[-+=:])")  # how a list, a rule or a definition begins
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]")


def terminal(text: str) -> str:
    r"""Text for a terminal or a log: controls, line ends, colour codes and what reorders or hides text become \u{…}."""
    return _CONTROL.sub(_shown, text)


def visible(text: str) -> str:
    r"""Text whose line ends and tabs stay, with everything else that nobody can see written as \u{…}."""
    return _UNSEEN.sub(_shown, text)


def markdown(text: str) -> str:
    """Text that every Markdown reader shows letter by letter, on one line, in a table cell, a heading or a list."""
    line = terminal(re.sub(r"[ \t\n]+", " ", text).strip(" "))
    marked = _MARKUP.sub(r"\\\g<0>", line)
    opening = _OPENING.match(marked)
    return f"{opening[0]}\\{marked[opening.end() :]}" if opening else marked


def spreadsheet(text: str) -> str:
    """Text for a cell that a spreadsheet program opens: what it would take for a formula gets an apostrophe in front (OWASP)."""
    return ("'" if _FORMULA.match(text) else "") + visible(text)


def annotation(text: str) -> str:
    """The message of a CI annotation: the runner reads per cent signs and line ends as its own."""
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def annotation_value(text: str) -> str:
    """A property of a CI annotation, where colon and comma end the value."""
    return annotation(text).replace(":", "%3A").replace(",", "%2C")


def json_text(text: str) -> str:
    """Finished JSON in which no hidden or reordering character stands as itself, so that it may be printed anywhere."""
    return _UNSEEN.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _units(found[0])), text)


def _shown(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):x}}}"


def _units(char: str) -> list[int]:
    data = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]
