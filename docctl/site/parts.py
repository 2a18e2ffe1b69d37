"""What pages are built of: badges, notes, control blocks, tables, figures. Each takes text, and HTML only where its name says so.

Knows how our own HTML is spelt. Must not know libraries, pages or where a link leads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from docctl.core.errors import Words
from docctl.core.target import INVISIBLE
from docctl.markdown import escape
from docctl.registers.table import Cell, Column
from docctl.site.words import label, other, pair

Address = Callable[[str, str], str | None]


def link(address: str, words: str, kind: str = "") -> str:
    """A link within the site."""
    known = f' class="docctl-{_slug(kind)}"' if kind else ""
    return f'<a{known} href="{escape(address)}">{escape(words)}</a>'


def said(value: Cell, lang: str) -> str:
    """A text as HTML: the site's own language, and the other one small below it."""
    first, second = pair(value, lang)
    plain = escape(first).replace("\n", "<br>")
    return f'{plain} <small class="docctl-second" lang="{other(lang)}">{escape(second)}</small>' if second else plain


def badge(state: str, words: str) -> str:
    """A state as a coloured badge; `state` is its English name (in-force, scheduled, in-review, draft, superseded, withdrawn)."""
    return f'<span class="docctl-badge docctl-badge--{_slug(state)}">{escape(words)}</span>'


def notice(kind: str, title: Cell, lang: str, text: Cell = "") -> str:
    """A note across the page, for a state or `info`: scheduled from a date, superseded by, withdrawn."""
    rest = f"<p>{said(text, lang)}</p>" if text else ""
    inside = f"<p><strong>{said(title, lang)}</strong></p>{rest}"
    return f'<div class="docctl-notice docctl-notice--{_slug(kind)}" role="note">{inside}</div>'


def note(value: Cell, lang: str) -> str:
    """A small remark: where something comes from, or as of when it holds."""
    return f'<p class="docctl-note">{said(value, lang)}</p>'


def stamp(kind: str, words: str) -> str:
    """A stamp as on paper (作废, 受控), set slantwise at the edge of the page."""
    return f'<div class="docctl-stamp docctl-stamp--{_slug(kind)}" aria-hidden="true">{escape(words)}</div>'


class Fact(NamedTuple):
    """One field of a control block: its label, its value as HTML, and whether it takes a whole line."""

    name: Words
    html: str
    whole: bool = False


_WHOLE = ' class="docctl-whole"'


def control_block(facts: Iterable[Fact], lang: str) -> str:
    """The head of a controlled page: labels and values."""
    fields = "".join(
        f"<div{_WHOLE if fact.whole else ''}><dt>{said(fact.name, lang)}</dt> <dd>{fact.html or '—'}</dd></div>" for fact in facts
    )
    return f'<dl class="docctl-control">{fields}</dl>'


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    lang: str,
    address: Address | None = None,
    *,
    kind: str = "",
    caption: Cell = "",
    both: Callable[[str], bool] = lambda _key: True,
) -> str:
    """A register as HTML: rows of cells, one per column whatever the text holds.

    `address` may link a cell: given the column's key and the text, it answers an address within the site or None. `both` says of
    a column's key whether its cells show both languages; headings always do. `kind` adds a look of its own.
    """
    head = " ".join(f'<th scope="col" data-column="{escape(column.key)}">{said(column.heading, lang)}</th>' for column in columns)
    lines = [
        "<tr>"
        + " ".join(
            _cell(column.key, cell, lang, address, two=both(column.key)) for column, cell in zip(columns, row, strict=True)
        )
        + "</tr>\n"
        for row in rows
    ]
    titled = f"<caption>{said(caption, lang)}</caption>" if caption else ""
    look = f" docctl-{_slug(kind)}" if kind else ""
    inside = f"{titled}<thead><tr>{head}</tr></thead>\n<tbody>{''.join(lines)}</tbody>"
    return f'<div class="docctl-scroll{look}"><table class="docctl-table docctl-register{look}">{inside}</table></div>'


def _cell(key: str, cell: Cell, lang: str, address: Address | None, *, two: bool) -> str:
    text = pair(cell, lang)[0]
    where = address(key, text) if address and text else None
    shown = link(where, text) if where else said(cell if two else text, lang)
    return f'<td data-column="{escape(key)}">{shown}</td>'


_SIGNED = (
    Column("decision", "Decision", "事项"),
    Column("person", "Name", "姓名"),
    Column("role", "Role", "岗位"),
    Column("decided", "Signed at (claimed)", "签署时间（声明）"),
    Column("landed", "Witnessed", "见证"),
    Column("key", "Key fingerprint", "密钥指纹"),
)


class Signed(NamedTuple):
    """One line of the approval table: what was decided, by whom, in which role, when claimed, who witnessed it, with which key."""

    decision: Cell
    person: Cell
    role: Cell
    decided: str
    landed: Cell
    key: str = ""


def approval_table(rows: Iterable[Signed], lang: str) -> str:
    """Who decided what about this version, as signed."""
    both: Callable[[str], bool] = lambda key: key in {"decision", "person"}  # noqa: E731  read once, below
    return table(_SIGNED, rows, lang, kind="signed", caption=Words("Signatures", "签署记录"), both=both)


class Figure(NamedTuple):
    """One number of the home page; `of` is what it is a part of (0: it stands for itself), `address` where it leads."""

    number: int
    name: Words
    address: str = ""
    of: int = 0


def figures(shown: Iterable[Figure], lang: str) -> str:
    """The few numbers a visitor looks for first, as cards; parts of a whole carry a bar."""
    return f'<div class="docctl-figures">{"".join(_figure(each, lang) for each in shown)}</div>'


def _figure(figure: Figure, lang: str) -> str:
    of = f'<span class="docctl-of"> / {figure.of}</span>' if figure.of else ""
    name = escape(label(figure.name, lang))
    bar = f'<progress value="{figure.number}" max="{figure.of}" aria-label="{name}"></progress>' if figure.of else ""
    inside = f"<b>{figure.number}{of}</b>{bar}<span>{said(figure.name, lang)}</span>"
    where = f' href="{escape(figure.address)}"' if figure.address else ""
    return f"<a{where}>{inside}</a>" if where else f"<div>{inside}</div>"


def chips(links: Iterable[tuple[str, str]]) -> str:
    """Short texts side by side, as (address or "", words)."""
    made = (
        link(where, words, "chip") if where else f'<span class="docctl-chip">{escape(words)}</span>' for where, words in links
    )
    return f'<div class="docctl-chips">{" ".join(made)}</div>'


def print_header(left: str, right: str, size: str = "") -> str:
    """What each printed sheet carries at its head: number and title on the left, version and state on the right.

    `size` is another paper than upright A4 ("A4 landscape", "A3 landscape").
    """
    paper = f"size:{size};margin:22mm 10mm 16mm;" if size else ""
    boxes = f"{paper}@top-left{{content:{_css(left)}}}@top-right{{content:{_css(right)}}}"
    return f'<style media="print">@page{{{boxes}}}</style>'


def _css(text: str) -> str:
    """`text` as a quoted CSS string in which no character can end the string or the style."""
    return '"' + re.sub(r"[^A-Za-z0-9]", lambda found: f"\\{ord(found[0]):x} ", INVISIBLE.sub("", text)) + '"'


def _slug(kind: str) -> str:
    return re.sub(r"[^a-z]+", "-", kind.lower()).strip("-")
