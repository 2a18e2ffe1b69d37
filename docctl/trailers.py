"""Puts trailers into the message of a commit, apart from git's comments. Must not know git, nor where the message is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docctl.core.lean import regex

_MARKS = "#;@!$%^&|:"  # the signs that git may begin its comments with
_SCISSORS = regex(rf"^[{re.escape(_MARKS)}] -+ >8 -+$", re.MULTILINE)
_TRAILER = regex(r"[A-Za-z0-9-]+: .*")


def with_trailers(message: str, token: str, values: Mapping[str, str]) -> str:
    """The message with one line `token: key value` for each key of `values`, in place of older lines on the same keys.

    A message that says nothing stays as it is: whoever empties it calls the commit off.
    """
    said, comments = _parted(message)
    lines = said.rstrip("\n").split("\n")
    wanted = [f"{token}: {key} {value}".rstrip() for key, value in sorted(values.items())]
    stale = tuple(f"{token}: {key} " for key in values)
    lines = [line for line in lines if line in wanted or not line.startswith(stale)]
    while lines and not lines[-1].strip():
        lines.pop()
    new = [line for line in wanted if line not in lines]
    if not new or not lines:
        return message
    gap = [] if _ends_in_trailers(lines) else [""]
    return "\n".join([*lines, *gap, *new]) + "\n" + ("\n" + comments if comments else "")


def _ends_in_trailers(lines: list[str]) -> bool:
    """Whether the last paragraph, which is not the subject, is made of trailers."""
    last = len(lines)
    while last and lines[last - 1].strip():
        last -= 1
    return last > 0 and all(_TRAILER.fullmatch(line) for line in lines[last:])


def _parted(message: str) -> tuple[str, str]:
    """What the author says, and what follows it that git will take away: its comments, and all below the scissors."""
    cut = _SCISSORS.search(message)
    said, below = (message[: cut.start()], message[cut.start() :]) if cut else (message, "")
    lines = said.splitlines(keepends=True)
    kept = len(lines)
    while kept and (not lines[kept - 1].strip() or _is_comment(lines[kept - 1], lines)):
        kept -= 1
    return "".join(lines[:kept]), "".join(lines[kept:]).lstrip("\n") + below


def _is_comment(line: str, lines: list[str]) -> bool:
    """Git writes its comments as the sign alone, or the sign and a space or tab; the last of them tells which sign."""
    last = next(each for each in reversed(lines) if each.strip())
    return line[0] == last[0] and line[0] in _MARKS and line[1:2] in ("", "\n", "\r", " ", "\t")
