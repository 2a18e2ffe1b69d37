"""The text of one staged page: Markdown headings, everything else as raw HTML that no site engine reads as Markdown.

Knows how text gets into a page without being taken for anything else. Must not know libraries, disks or which engine reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from posixpath import dirname, relpath
from typing import NamedTuple
from urllib.parse import quote

from docctl.core.target import INVISIBLE
from docctl.markdown import Block, escape

TITLE_ANCHOR = "docctl-title"

# Signs that some Markdown engine takes for markup, autolinks or emoji; others stay, so that pages can be searched as plain text.
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]<>&#|~!\"'$@=+^]|:(?=\S)|-(?=-)|(?<=-)-")
# What a Markdown engine still looks for inside raw HTML: fences, templates, tabs, blank lines. Tags themselves hold none of it.
_TEMPTING = re.compile(r"[`~\t]|\{(?=[{%#])|\n(?=[ \t]*(?:\n|$))")


def page(title: str, parts: Iterable[str]) -> str:
    """A whole staged page: its title and its parts (made by `heading`, `raw` and `body`), in order."""
    return "\n\n".join([heading(1, title, TITLE_ANCHOR), *parts]) + "\n"


def heading(level: int, text: str, anchor: str) -> str:
    """A heading as Markdown that every engine shows as `text`, letter by letter, under the id `anchor`."""
    literal = _PUNCTUATION.sub(_reference, " ".join(INVISIBLE.sub("", text).split())) or "&#160;"
    return f"{'#' * level} {literal} {{#{anchor}}}"


def raw(html: str) -> str:
    """Our own `html` as a raw block: one element without blank lines or anything an engine would act on."""
    return f'<div class="docctl-block">{_TEMPTING.sub(_reference, html.strip())}</div>'


def body(blocks: Iterable[Block]) -> list[str]:
    """The parts of a rendered body. The title is the page's only first-level heading."""
    return [heading(max(block.level, 2), block.text, block.anchor) if block.level else raw(block.html) for block in blocks]


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def page_address(source: str, target: str, anchor: str = "") -> str:
    """How the page staged as `source` links to the one staged as `target`: relative, a folder's address for `index.md`."""
    here, there = _folder(source), _folder(target)
    way = quote(relpath(there or ".", here or "."))
    return f"{'./' if way == '.' else way + '/'}{'#' + quote(anchor) if anchor else ''}"


def file_address(source: str, target: str) -> str:
    """How the page staged as `source` links to another staged file."""
    return quote(relpath(target, _folder(source) or "."))


def _folder(staged: str) -> str:
    """The folder that the engine publishes a staged page as: `a/index.md` as a/, `a/b.md` as a/b/."""
    stem = staged.removesuffix(".md")
    return dirname(stem) if stem.rpartition("/")[2] == "index" else stem


# --- what pages are built of: each takes text, and HTML only where its name says so -------------------------------------------


def link(address: str, words: str) -> str:
    """A link within the site."""
    return f'<a href="{escape(address)}">{escape(words)}</a>'


def badge(state: str, words: str) -> str:
    """A state as a coloured badge; `state` is its English name (in-force, scheduled, in-review, draft, superseded, withdrawn)."""
    return f'<span class="docctl-badge docctl-badge--{_slug(state)}">{escape(words)}</span>'


def notice(kind: str, title: str, text_html: str = "") -> str:
    """A note across the page, for a state or `info`: scheduled from a date, superseded by, withdrawn."""
    rest = f"<p>{text_html}</p>" if text_html else ""
    return (
        f'<div class="docctl-notice docctl-notice--{_slug(kind)}" role="note"><p><strong>{escape(title)}</strong></p>{rest}</div>'
    )


def stamp(kind: str, words: str) -> str:
    """A stamp as on paper (作废, 受控), set slantwise at the edge of the page."""
    return f'<div class="docctl-stamp docctl-stamp--{_slug(kind)}" aria-hidden="true">{escape(words)}</div>'


def control_block(rows: Sequence[tuple[str, str]]) -> str:
    """The head of a controlled page: pairs of a label and its value as HTML (`escape`, `link` or `badge` made it)."""
    pairs = "".join(f"<div><dt>{escape(label)}</dt><dd>{value or '—'}</dd></div>" for label, value in rows)
    return f'<dl class="docctl-control">{pairs}</dl>'


def table(
    columns: Sequence[tuple[str, str, str]],
    rows: Iterable[Sequence[str]],
    lang: str,
    address: Callable[[str, str], str | None] | None = None,
    caption: str = "",
) -> str:
    """A register as HTML: columns of (key, English, Chinese), rows of text, one cell per column whatever the text holds.

    `address` may link a cell: given the column's key and the text, it answers an address within the site or None.
    """
    head = "".join(f'<th scope="col">{escape(zh if lang == "zh" else en)}</th>' for _, en, zh in columns)
    lines = [
        "<tr>" + "".join(_cell(key, text, address) for (key, _, _), text in zip(columns, row, strict=True)) + "</tr>\n"
        for row in rows
    ]
    titled = f"<caption>{escape(caption)}</caption>" if caption else ""
    inside = f"{titled}<thead><tr>{head}</tr></thead>\n<tbody>{''.join(lines)}</tbody>"
    return f'<div class="docctl-scroll"><table class="docctl-table docctl-register">{inside}</table></div>'


def _cell(key: str, text: str, address: Callable[[str, str], str | None] | None) -> str:
    where = address(key, text) if address and text else None
    shown = link(where, text) if where else escape(text).replace("\n", "<br>")
    return f'<td data-column="{escape(key)}">{shown}</td>'


class Signed(NamedTuple):
    """One line of the approval table, as text: what was decided, by whom, in which role, when claimed, when it landed."""

    decision: str
    person: str
    role: str
    decided: str
    landed: str
    key: str = ""


_SIGNED = (
    ("decision", "Decision", "事项"),
    ("person", "Name", "姓名"),
    ("role", "Role", "岗位"),
    ("decided", "Signed at", "签署时间"),
    ("landed", "Landed", "入库"),
    ("key", "Key fingerprint", "密钥指纹"),
)


def approval_table(rows: Iterable[Signed], lang: str) -> str:
    """Who decided what about this version, as signed."""
    return table(_SIGNED, rows, lang)


def print_header(left: str, right: str) -> str:
    """What each printed sheet carries at its head: number and title on the left, version and state on the right."""
    boxes = f"@top-left{{content:{_css(left)}}}@top-right{{content:{_css(right)}}}"
    return f'<style media="print">@page{{{boxes}}}</style>'


def _css(text: str) -> str:
    """`text` as a quoted CSS string in which no character can end the string or the style."""
    return '"' + re.sub(r"[^A-Za-z0-9]", lambda found: f"\\{ord(found[0]):x} ", INVISIBLE.sub("", text)) + '"'


def _slug(kind: str) -> str:
    return re.sub(r"[^a-z]+", "-", kind.lower()).strip("-")
