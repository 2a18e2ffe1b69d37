"""What a reader finds in a Markdown body: headings, links, images, and what a controlled body must not hold.

Must not know front matter, files, nor what a page looks like. A plain body is read by pattern, without the Markdown parser.
"""

from __future__ import annotations

import re
from itertools import pairwise

from docctl.core import bodyfault, markup
from docctl.core.bodyfault import FAULTS, BodyFault
from docctl.core.lean import TYPE_CHECKING, Any, NamedTuple, regex
from docctl.core.plaintext import hidden

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["FAULTS", "BodyFault", "Heading", "Link", "Outline", "outline"]


class Heading(NamedTuple):
    """A heading: level 1 to 6, its text without markup, the author's anchor ("" none), its line."""

    level: int
    text: str
    anchor: str
    line: int


class Link(NamedTuple):
    """A link or an image: where it points as written (entities decoded), its words or description, its line."""

    target: str
    text: str
    line: int


class Outline(NamedTuple):
    """What a reader finds in a body, in order. `empty` when there is nothing at all to read or look at, headings included.

    Lines count from the line the caller gave; within a paragraph that holds code over several lines they are near.
    """

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    images: tuple[Link, ...]
    faults: tuple[BodyFault, ...]
    empty: bool


def outline(body: str, first_line: int = 1) -> Outline:
    """The outline of `body`, whose first line is line `first_line` of its file. Never raises."""
    refused = bodyfault.over_limits(body, first_line)
    if refused:
        return Outline((), (), (), (refused,), False)
    plain = by_pattern(body, first_line)
    return plain if plain is not None else by_parser(body, first_line)


# --- by pattern: what the parser would say, for bodies that hold neither code nor nested headings, and plain links only -------

# Each pattern below that begins with a line end is held against a body with one put before it: so the search leaps from line to line.
_BEFORE = r"[ \t>*+\-0-9.):~]"  # what may stand before the text of a nested block
_ENTITY = regex(r"&(?:\#|[A-Za-z][A-Za-z0-9]*;)")
_ODD_LINE = regex(
    r"\n(?:"
    rf"{_BEFORE}+\#|{_BEFORE}{{8}}"  # a heading that may stand in a list, in a quote or in code; deep nesting
    rf"|{_BEFORE}*(?:=+|-+)[ \t]*(?:\n|\Z)"  # the underline of a heading, or a rule
    r"|[ \t]*[:~][ \t])"  # a definition: the line above it is its term, even one that looks like a heading
)
_HEADING = regex(r"\n(#{1,6})(?:[ \t]+([^\n]*))?(?=\n|\Z)")
_CLOSED = regex(r"(?:^|(?<=[ \t]))#+$")
_LETTER = regex(r"^(?!#)[^\n\[]*?[^\W\d_]", re.MULTILINE)  # in sight: what follows a bracket may be an address
_MARKUP = regex(r"[*_`~&\[|]")  # with a pipe it may be the head of a table
_LINK = regex(r"(?<!!)\[([^\[\]!*_`~|\n]+)\]\(([^\s()\[\]!*`~|]+)\)")
_ODD_SPACE = regex(r"[^\S \t\n]")  # the parser trims a line of it, and counts lines from there
# A line with a bracket that does not begin as plain text, or as the plain text of one list item: it may be code.
_ODD_LINK = regex(r"\n(?! {0,3}(?:(?:[-*+]|[0-9]{1,9}[.)]) )?(?:[^\s>*+\-:~#=0-9]|\*\*?[^\s*]|[0-9]+[^0-9.)\n]))[^\n\[]*\[")
_RULED = regex(r"[ \t>]*[|:-][-|: \t]*")
_RULE = regex(r"\n[ \t>]*[|:-][-|: \t]*(?=\n|\Z)")


def by_pattern(body: str, first_line: int) -> Outline | None:
    """The outline of a plain body; None when only the parser can tell."""
    lines = f"\n{body}"
    if _needs_parser(body) or _ODD_LINE.search(lines) or hidden(body) or _may_hide_cells(lines):
        return None
    headings = []
    for line, found in bodyfault.numbered(_HEADING, lines, first_line):
        heading = _plain_heading(len(found[1]), found[2] or "", line)
        if heading is None:
            return None
        headings.append(heading)
    links = _plain_links(body, first_line)
    empty = not body.strip()
    if links is None or not (empty or _LETTER.search(body)):
        return None
    faults = [fault for link in links for fault in bodyfault.link(link.target, link.line)]
    return Outline(tuple(headings), tuple(links), (), bodyfault.ordered([*faults, *bodyfault.headings(headings)]), empty)


def _needs_parser(body: str) -> bool:
    """Whether a body holds what only the parser can tell apart: HTML, escapes, fences, entities."""
    return "<" in body or "\\" in body or "```" in body or "~~~" in body or ("&" in body and bool(_ENTITY.search(body)))


def _plain_links(body: str, first_line: int) -> list[Link] | None:
    """The links of a body whose brackets all belong to plain ones, outside of anything that may be code; else None."""
    brackets = body.count("[")
    if not brackets:
        return []
    if "`" in body or _ODD_SPACE.search(body) or _ODD_LINK.search(f"\n{body}"):
        return None
    links = [Link(found[2], found[1], line) for line, found in bodyfault.numbered(_LINK, body, first_line)]
    return links if len(links) == brackets and all(link.text.strip() for link in links) else None


def _plain_heading(level: int, text: str, line: int) -> Heading | None:
    text = _CLOSED.sub("", text.strip(" \t")).strip(" \t")
    if _MARKUP.search(text):
        return None
    anchored = markup.ANCHOR.search(text)
    if anchored:
        return Heading(level, text[: anchored.start()].strip(), anchored[1], line)
    return Heading(level, text.strip(), "", line)


def _may_hide_cells(body: str) -> bool:
    """Whether some table row below a ruled line has more cells than the line above the rule; a second rule may be a row."""
    ruled = _RULE.search(body) if "|" in body else None
    if ruled is None:
        return False
    width = 0
    lines = body[body.rfind("\n", 0, ruled.start()) + 1 :].split("\n")
    for above, line in pairwise(lines):
        if not line.strip():
            width = 0
        elif _RULED.fullmatch(line):
            if width:
                return True
            width = bodyfault.cells(above)
        elif width and bodyfault.cells(line) > width:
            return True
    return False


# --- by parser --------------------------------------------------------------------------------------------------------------


class _Found:
    """What has been met so far on the way through the tokens."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.images: list[Link] = []
        self.faults: list[BodyFault] = []
        self.labels: set[str] = set()
        self.visible = False

    def whole(self) -> Outline:
        return Outline(
            tuple(self.headings), tuple(self.links), tuple(self.images), bodyfault.ordered(self.faults), not self.visible
        )


def by_parser(body: str, first_line: int) -> Outline:
    """The outline of any body, as the renderer's parser sees it."""
    env: dict[str, Any] = {markup.SKIM: True}
    found = _Found()
    found.faults += bodyfault.invisible(body, first_line)
    tokens = markup.parsed(body, env)
    deep = markup.too_deep(tokens)
    if deep >= 0:
        found.faults.append(BodyFault("too-deep", f"> {markup.DEEPEST}", deep + first_line))
    for above, token in zip([None, *tokens], tokens, strict=False):
        _look(token, above, first_line, found)
    found.faults += bodyfault.definitions(env, found.labels, first_line)
    found.faults += bodyfault.hidden_cells(body, tokens, first_line)
    found.faults += bodyfault.headings(found.headings)
    return found.whole()


def _look(token: Token, above: Token | None, first_line: int, found: _Found) -> None:
    """Takes what one block token shows a reader; `above` is the token before it."""
    if token.type in ("fence", "code_block"):
        found.visible = found.visible or bool(token.content.strip())
    if token.type != "inline":
        return
    line = first_line + (token.map[0] if token.map else 0)
    children = token.children or []
    text = markup.plain_text(children)
    found.visible = found.visible or bodyfault.visible(text) or any(child.type == "image" for child in children)
    links, images = _targets(children, line)
    found.labels |= _labels(children)
    found.faults += bodyfault.wordless(children, line)
    if above is not None and above.type == "heading_open":
        found.headings.append(Heading(int(above.tag[1:]), text.strip(), above.meta.get("anchor", ""), line))
        found.faults += (BodyFault("heading-markup", bodyfault.one_line(target.target), line) for target in [*links, *images])
    found.links += links
    found.images += images
    found.faults += (fault for link in links for fault in bodyfault.link(link.target, link.line))
    found.faults += (fault for image in images for fault in bodyfault.image(image.target, image.line))
    found.faults += bodyfault.html(children, line)
    found.faults += bodyfault.decoded(children, line)


def _labels(children: list[Token]) -> set[str]:
    """The reference definitions that a run of inline tokens uses, also in an image's description."""
    met = {str(child.meta["label"]) for child in children if "label" in child.meta}
    return met.union(*(_labels(child.children) for child in children if child.children))


def _targets(children: list[Token], line: int) -> tuple[list[Link], list[Link]]:
    """The links and the images in a run of inline tokens, those in an image's description included."""
    links: list[Link] = []
    images: list[Link] = []
    for place, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image":
            images.append(Link(str(child.attrs["src"]), markup.plain_text(child.children or []), line))
            below = _targets(child.children or [], line)
            links += below[0]
            images += below[1]
        elif child.type == "link_open":
            end = next(index for index in range(place, len(children)) if children[index].type == "link_close")
            links.append(Link(str(child.attrs["href"]), markup.plain_text(children[place:end]), line))
    return links, images
