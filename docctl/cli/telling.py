"""Writes to people and programs: lines, facts, columns, JSON, redlines. What others wrote is made visible. Must not know commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import click

from docctl.cli.words import lang, said
from docctl.core.errors import Words
from docctl.render.escape import terminal, visible
from docctl.render.width import padded, width

if TYPE_CHECKING:
    from docctl.redline import Hunk, Segment
    from docctl.rules.catalogue import Finding

FILE_CHANGES = {"added": Words("added", "新增"), "removed": Words("removed", "删除"), "changed": Words("changed", "更改")}
_COLOURS = {"removed": {"fg": "red", "strikethrough": True}, "added": {"fg": "green", "underline": True}}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def tell(text: str = "", *, err: bool = False) -> None:
    """One sentence or text; what nobody can see in it is written out."""
    with suppress(OSError) if err else nullcontext():  # whoever cannot be told is not told that either
        click.echo(visible(text), err=err)


def tell_both(en: str, zh: str, *, err: bool = False) -> None:
    """One sentence in the reader's language."""
    tell(said(en, zh), err=err)


def facts(rows: Iterable[tuple[Words, str]]) -> None:
    """Names and values under each other."""
    shown = [(terminal(words.said(lang())), terminal(value)) for words, value in rows]
    wide = max((width(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"  {padded(name, wide)}  {value}".rstrip())


def columns(headings: Sequence[Words], rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns; Chinese letters count twice."""
    lines = [[heading.said(lang()) for heading in headings], *([terminal(cell) for cell in row] for row in rows)]
    wide = [max(width(line[place]) for line in lines) for place in range(len(headings))]
    for line in lines:
        click.echo("  " + "  ".join(padded(cell, size) for cell, size in zip(line, wide, strict=True)).rstrip())


def tell_json(value: Any) -> None:
    """One object for programs."""
    from docctl.render.json_out import written

    click.echo(written(value), nl=False)


def tell_bytes(data: bytes, output: str) -> None:
    """A finished report to a file, or to where the command's words go."""
    if not output:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    from docctl.workspace.files import put

    put(output, data)
    tell_both(f"written: {output}", f"已写入：{output}", err=True)


def tell_findings(findings: Sequence[Finding], *, err: bool = False) -> None:
    """Findings as lines for people."""
    from docctl.render.lines import finding_lines

    for line in finding_lines(findings, lang()):
        click.echo(line, err=err)


def tell_unified(lines: Iterable[str]) -> None:
    """A change by whole lines, coloured on a terminal."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        click.echo(click.style(f"  {visible(line)}", fg=colours.get(line[:1])) if coloured() else f"  {visible(line)}")


def tell_hunks(hunks: Iterable[Hunk]) -> None:
    """A redline: removed and added words in colour on a terminal, else between [- -] and {+ +}."""
    for hunk in hunks:
        tell(f"@@ -{hunk.before} +{hunk.after} @@")
        for line in hunk.lines:
            changed = any(segment.kind != "same" for segment in line)
            click.echo(("│ " if changed else "  ") + "".join(_marked(segment) for segment in line))


def coloured() -> bool:
    """Whether colours may be used: a terminal, and nobody said NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _marked(segment: Segment) -> str:
    text = visible(segment.text.replace("\n", "¶" if segment.kind != "same" else ""))
    if segment.kind == "same" or not text:
        return text
    if coloured():
        return click.style(text, **_COLOURS[segment.kind])  # type: ignore[arg-type]
    start, end = _MARKS[segment.kind]
    return f"{start}{text}{end}"
