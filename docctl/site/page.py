"""The text of one staged page: Markdown headings, everything else as raw HTML that no site engine reads as Markdown.

Knows how text gets into a page without being taken for anything else. Must not know libraries, disks or which engine reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from posixpath import dirname, relpath
from urllib.parse import quote

from docctl.core.target import INVISIBLE
from docctl.markdown import Block, escape

TITLE_ANCHOR = "docctl-title"

# Signs that some Markdown engine takes for markup, autolinks or emoji; others stay, so that pages can be searched as plain text.
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]<>&#|~!\"'$@=+^]|:(?=\S)|-(?=-)|(?<=-)-")
# What a Markdown engine still looks for inside raw HTML: fences, templates, tabs, blank lines. Tags themselves hold none of it.
_TEMPTING = re.compile(r"[`~\t]|\{(?=[{%#])|\n(?=[ \t]*(?:\n|$))")


def page(title: str, parts: Iterable[str], *, hide: Sequence[str] = (), weight: float = 1) -> str:
    """A whole staged page: its title and its parts (made by `heading`, `raw` and `body`), in order.

    `hide` names what an engine should leave away beside it (`navigation`, `toc`), `weight` how much a search should make of it:
    1 as usual, 0 nothing at all.
    """
    asked = [f"hide: [{', '.join(hide)}]"] if hide else []
    asked += [f"search: {{boost: {weight}}}" if weight else "search: {exclude: true}"] if weight != 1 else []
    front = "\n".join(["---", *asked, "---\n\n"]) if asked else ""
    return front + "\n\n".join([heading(1, title, TITLE_ANCHOR), *parts]) + "\n"


def heading(level: int, text: str, anchor: str) -> str:
    """A heading as Markdown that every engine shows as `text`, letter by letter, under the id `anchor`."""
    literal = _PUNCTUATION.sub(_reference, " ".join(INVISIBLE.sub("", text).split())) or "&#160;"
    return f"{'#' * level} {literal} {{#{anchor}}}"


def raw(html: str, *, lang: str = "", searched: bool = True) -> str:
    """Our own `html` as a raw block: one element without blank lines or anything an engine would act on.

    `lang` is the language of its text where it is not the site's; what is not `searched` stays out of the search index.
    """
    tag = "div" if searched else "section"  # the engine's search takes the first closing tag of that name for the end
    told = (f' lang="{escape(lang)}"' if lang else "") + ("" if searched else ' data-search-exclude="true"')
    return f'<{tag} class="docctl-block"{told}>{_TEMPTING.sub(_reference, html.strip())}</{tag}>'


def body(blocks: Iterable[Block], lang: str = "") -> list[str]:
    """The parts of a rendered body in the language `lang`. The title is the page's only first-level heading."""
    return [
        heading(max(block.level, 2), block.text, block.anchor) if block.level else raw(block.html, lang=lang) for block in blocks
    ]


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
