"""What changed between two texts, word by word, for terminals and pages. Must not know documents, versions or colours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from typing import NamedTuple

from docctl.core.content import Content

SAME, REMOVED, ADDED, CHANGED = "same", "removed", "added", "changed"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# A word of letters that stand together; a Chinese character, a space or a sign is a word of its own.
_WORD = re.compile(r"\n|[^\S\n]+|[0-9A-Za-z_\u00c0-\u024f\u0370-\u052f]+|.", re.DOTALL)
_MOST_WORDS = 3000  # of one passage; longer ones are shown as replaced, since comparing takes the square of it
_MOST_PAIRS = 1_000_000  # of equal lines before and after; beyond, lines that occur again and again do not lead the comparison
_LEAST_ALIKE = 0.3  # below this share of common letters two passages are shown as replaced, which reads better


class Segment(NamedTuple):
    """A piece of text, its `kind` same, removed or added. Without the added ones they make the text before, and the other way round."""

    kind: str
    text: str


class Hunk(NamedTuple):
    """Neighbouring lines with changes in them: the first line (1-based) before and after, and each line as its segments."""

    before: int
    after: int
    lines: tuple[tuple[Segment, ...], ...]


def redline(before: str, after: str) -> list[Segment]:
    """The segments that lead from one text to another."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    found: list[Segment] = []
    costly = _pairs(old, new) > _MOST_PAIRS
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=costly).get_opcodes():
        gone, come = "".join(old[start:end]), "".join(new[first:last])
        if what == "equal":
            found.append(Segment(SAME, gone))
        else:
            found += _words(gone, come)
    return list(_joined(found))


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal lines two texts have: what comparing them takes, many times over."""
    counted = Counter(new)
    return sum(counted[line] for line in old)


def hunks(segments: Iterable[Segment], context: int = 3) -> list[Hunk]:
    """The changed lines with `context` unchanged lines around them; a line keeps its line end in its last segment."""
    lines = list(_lines(segments))
    wanted: set[int] = set()
    for place, line in enumerate(lines):
        if any(segment.kind != SAME for segment in line):
            wanted |= set(range(max(place - context, 0), min(place + context + 1, len(lines))))
    found: list[Hunk] = []
    before = after = 1
    open_at = -2
    for place, line in enumerate(lines):
        if place in wanted:
            if open_at != place - 1:
                found.append(Hunk(before, after, ()))
            found[-1] = found[-1]._replace(lines=(*found[-1].lines, tuple(line)))
            open_at = place
        before += sum(segment.text.count("\n") for segment in line if segment.kind != ADDED)
        after += sum(segment.text.count("\n") for segment in line if segment.kind != REMOVED)
    return found


def unified(before: str, after: str, names: tuple[str, str]) -> list[str]:
    """The same change as whole lines in the unified form that reviewers know, without line ends."""
    lines = unified_diff(before.split("\n"), after.split("\n"), *names, lineterm="")
    return list(lines)


def _words(before: str, after: str) -> Iterator[Segment]:
    """The segments within one passage that differs."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not old or not new or max(len(old), len(new)) > _MOST_WORDS or not _alike(matcher, old, len(before) + len(after)):
        yield Segment(REMOVED, before)
        yield Segment(ADDED, after)
        return
    for what, start, end, first, last in matcher.get_opcodes():
        if what == "equal":
            yield Segment(SAME, "".join(old[start:end]))
        else:
            yield Segment(REMOVED, "".join(old[start:end]))
            yield Segment(ADDED, "".join(new[first:last]))


def _alike(matcher: SequenceMatcher[str], old: Sequence[str], letters: int) -> bool:
    common = sum(len("".join(old[match.a : match.a + match.size]).strip()) for match in matcher.get_matching_blocks())
    return 2 * common >= letters * _LEAST_ALIKE


def _joined(segments: Sequence[Segment]) -> Iterator[Segment]:
    """The segments with neighbours of a kind joined, removed before added; a lone sign between two changes belongs to them."""
    gone = come = kept = ""
    for place, segment in enumerate(segments):
        if segment.kind != SAME and kept:
            yield Segment(SAME, kept)
            kept = ""
        if segment.kind == REMOVED:
            gone += segment.text
        elif segment.kind == ADDED:
            come += segment.text
        elif (gone or come) and _lone(segments, place):
            gone, come = gone + segment.text, come + segment.text
        else:
            yield from _change(gone, come)
            gone = come = ""
            kept += segment.text
    yield from _change(gone, come)
    if kept:
        yield Segment(SAME, kept)


def _lone(segments: Sequence[Segment], place: int) -> bool:
    text = segments[place].text
    return place + 1 < len(segments) and "\n" not in text and len(text.strip()) <= 1


def _change(gone: str, come: str) -> Iterator[Segment]:
    if gone:
        yield Segment(REMOVED, gone)
    if come:
        yield Segment(ADDED, come)


def _lines(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    line: list[Segment] = []
    for segment in segments:
        for piece in _LINE.findall(segment.text):
            line.append(Segment(segment.kind, piece))
            if piece.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def files_changed(before: Content, after: Content) -> list[tuple[str, str]]:
    """The files of a folder that differ between two contents: name and added, removed or changed; by name."""
    old, new = ({file.name: (file.sha256, file.mode) for file in content.files} for content in (before, after))
    gone = [(name, REMOVED) for name in old.keys() - new.keys()]
    come = [(name, ADDED) for name in new.keys() - old.keys()]
    return sorted([*gone, *come, *((name, CHANGED) for name in old.keys() & new.keys() if old[name] != new[name])])
