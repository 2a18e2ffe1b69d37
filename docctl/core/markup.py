"""The one dialect of Markdown and its parser: CommonMark, tables, strikethrough, definition and task lists, `{#anchor}`, no HTML.

Must not know what is allowed in a body (outline) nor what a page looks like (docctl.markdown). Loads markdown-it when first used.
"""

from __future__ import annotations

from functools import cache

from docctl.core.lean import TYPE_CHECKING, Any, regex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

NESTING = 40  # markdown-it silently drops blocks nested deeper than this, so what is refused must lie below it
DEEPEST = 20  # deepest level of nested quotes and lists (a list counts two) that a body may have
SKIM = "docctl.skim"  # env key: look only for headings, links, images and HTML

# At the end of a heading; the space before it is looked at once, however long it is.
ANCHOR = regex(r"(?<!\s)\s*\{#([^{}\s]+)\}\s*$")
_PLAIN = regex(r"[^\[\]!<&\\`*_~\n]*")
_SKIMMED = regex(r"[^\[<&]*")
_TASK = regex(r"\[([ xX])\][ \t]+")


@cache
def parser() -> MarkdownIt:
    """The parser that outline and renderer share, so that what is judged is what is shown.

    Links keep their target as written (entities decoded, nothing percent-encoded, no scheme refused): who reads them decides.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin

    md = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": NESTING})
    md.options["store_labels"] = True  # tells which reference definitions are used
    md.enable(["table", "strikethrough"]).use(deflist_plugin)
    md.normalizeLink = md.normalizeLinkText = _as_written  # type: ignore[method-assign,assignment]
    md.validateLink = bool  # type: ignore[method-assign,assignment]  # any target, even one that would be dropped silently otherwise
    md.core.ruler.at("inline", _inline)
    md.core.ruler.disable("text_join")  # keeps what was escaped apart from what only looks so
    md.core.ruler.push("anchors", _anchors)
    md.core.ruler.push("tasks", _tasks)
    return md


def parsed(body: str, env: dict[str, Any]) -> list[Token]:
    """The tokens of `body`; `env` takes the reference definitions. With `SKIM` in it, plain text is not looked into."""
    return parser().parse(body, env)


def too_deep(tokens: list[Token]) -> int:
    """The line (from 0) of the first block nested deeper than `DEEPEST`, or -1."""
    for token in tokens:
        if token.level > DEEPEST:
            return token.map[0] if token.map else 0
    return -1


def plain_text(children: list[Token]) -> str:
    """What a reader reads in a run of inline tokens, without emphasis and links; a picture counts as its description."""
    said = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            said.append(" ")
        elif child.type == "image":
            said.append(plain_text(child.children or []))
        else:
            said.append(child.content)
    return "".join(said)


def _as_written(target: str) -> str:
    return target


def _inline(state: StateCore) -> None:
    """markdown-it's own step, but blocks that can hold no markup are not searched for it: the same tokens in less time."""
    heading = False
    for token in state.tokens:
        if token.type != "inline":
            heading = token.type == "heading_open"
            continue
        plain = _SKIMMED if SKIM in state.env and not heading else _PLAIN
        token.children = []
        if plain.fullmatch(token.content):
            token.children += [_text(token.content)] if token.content else []
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _text(content: str) -> Token:
    from markdown_it.token import Token

    return Token("text", "", 0, content=content)


def _anchors(state: StateCore) -> None:
    """Takes `{#anchor}` off the end of a heading and keeps it on the heading's token; no other attribute can be set."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or not inline.children or inline.children[-1].type != "text":
            continue
        last = inline.children[-1]
        found = ANCHOR.search(last.content)
        if found:
            opening.meta["anchor"] = found[1]
            last.content = last.content[: found.start()]


def _tasks(state: StateCore) -> None:
    """Takes `[ ]` or `[x]` off the beginning of a list item and keeps it on the item's token."""
    for item, _, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or inline.type != "inline" or not inline.children:
            continue
        first = inline.children[0]
        found = _TASK.match(first.content) if first.type == "text" else None
        if found:
            item.meta["done"] = found[1] != " "
            first.content = first.content[found.end() :]
