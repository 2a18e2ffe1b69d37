"""The one renderer: a Markdown body to HTML made of docctl's own tags. Must not know pages, sites or where a link leads.

What is not in the tables below cannot appear in a page. It trusts no earlier check: a target that readers may not follow becomes
plain text here too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from docctl.core import markup
from docctl.core.bodyfault import over_limits
from docctl.core.errors import DocctlError, Words
from docctl.core.target import is_picture, target_kind

if TYPE_CHECKING:
    from markdown_it.token import Token

Resolve = Callable[[str], str | None]

_ESCAPED = re.compile("[&<>\"']")


class Block(NamedTuple):
    """A heading (level 1 to 6, plain text, id) or what stands between two headings (level 0); `html` is either as HTML."""

    html: str
    level: int = 0
    text: str = ""
    anchor: str = ""


def render(body: str, resolve: Resolve, image: Resolve) -> list[Block]:
    """The body as headings and the HTML between them.

    `resolve` turns `doc:NUMBER#section` into an address on the page, `image` does so for a file of the document's folder
    (pictures and attachments). Either answers None for what must not be linked: its words stay, the link goes.
    """
    tokens = _tokens(body)
    anchors = _anchors(tokens)
    writer = _Writer(resolve, image)
    blocks: list[Block] = []
    start = 0
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        token.meta["id"] = anchors[place]
        if token.level == 0:
            blocks += writer.between(tokens[start:place])
            blocks.append(writer.heading(tokens[place : place + 3]))
            start = place + 3
    return blocks + writer.between(tokens[start:])


def to_html(body: str, resolve: Resolve, image: Resolve) -> str:
    """The whole body as HTML; see `render`."""
    return "\n".join(block.html for block in render(body, resolve, image))


def escape(text: str) -> str:
    """The one escaping function for HTML: `text` as it must stand between tags or in a quoted attribute."""
    return html.escape(text, quote=True) if _ESCAPED.search(text) else text


def _tokens(body: str) -> list[Token]:
    refused = over_limits(body, 1)
    tokens = [] if refused else markup.parsed(body, {})
    if refused or markup.too_deep(tokens) >= 0:
        raise DocctlError(
            Words("a text is too large or nested too deeply to be shown", "正文过大或嵌套过深，无法显示"),
            Words("run docctl check; it names the document and the line", "请运行 docctl check，它会指出文件和行号"),
        )
    return tokens


def _anchors(tokens: Sequence[Token]) -> dict[int, str]:
    """An id for every heading by its place: the author's first anchor of that name, else h-1, h-2, … in order."""
    ids: dict[int, str] = {}
    headings = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    taken = {str(tokens[place].meta.get("anchor", "")) for place in headings}
    met: set[str] = set()
    for number, place in enumerate(headings, 1):
        anchor = str(tokens[place].meta.get("anchor", ""))
        if not anchor or anchor in met:
            anchor = f"h-{number}"
            while anchor in taken | met:
                anchor += "-"
        met.add(anchor)
        ids[place] = anchor
    return ids


# Block tokens that become exactly one tag.
_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>",
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_close": "</ol>",
    "list_item_close": "</li>",
    "dl_open": "<dl>",
    "dl_close": "</dl>",
    "dt_open": "<dt>",
    "dt_close": "</dt>",
    "dd_open": "<dd>",
    "dd_close": "</dd>",
    "hr": "<hr>",
    "table_open": '<div class="docctl-scroll"><table class="docctl-table">',
    "table_close": "</table></div>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_close": "</th>",
    "td_close": "</td>",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<s>",
    "s_close": "</s>",
    "hardbreak": "<br>",
}
_TASKS = {
    True: '<li class="docctl-task"><input type="checkbox" checked disabled> ',
    False: '<li class="docctl-task"><input type="checkbox" disabled> ',
}
_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{1,30}")
# Chinese and Japanese letters and full-width signs: a line break between two of them is no space.
_WIDE = "[\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]"
_ENDS_WIDE, _STARTS_WIDE = re.compile(f"{_WIDE}$"), re.compile(f"^{_WIDE}")


class _Writer:
    """Writes tokens as HTML, knowing how the links of one page are resolved."""

    def __init__(self, resolve: Resolve, image: Resolve) -> None:
        self._resolve = resolve
        self._image = image

    def between(self, tokens: Sequence[Token]) -> list[Block]:
        """The block between two headings; none when nothing stands there."""
        return [Block("".join(self._written(tokens)).strip("\n"))] if tokens else []

    def heading(self, tokens: Sequence[Token]) -> Block:
        """A heading out of its three tokens."""
        opening, inline, _ = tokens
        level, text = int(opening.tag[1:]), markup.plain_text(inline.children or []).strip()
        return Block("".join(self._written(tokens)).strip("\n"), level, text, opening.meta["id"])

    def _written(self, tokens: Sequence[Token]) -> Iterator[str]:
        for token in tokens:
            if token.hidden:  # the paragraphs of a tight list
                continue
            if token.type == "inline":
                yield self._inline(token.children or [])
            else:
                yield self._block(token)

    def _block(self, token: Token) -> str:
        if token.type in _TAGS:
            tag = _TAGS[token.type]
        elif token.type in ("heading_open", "heading_close"):
            tag = f'<{token.tag} id="{escape(token.meta["id"])}">' if token.nesting == 1 else f"</{token.tag}>"
        elif token.type in ("fence", "code_block"):
            tag = _code(token)
        elif token.type == "ordered_list_open":
            start = int(token.attrs.get("start", 1))
            tag = "<ol>" if start == 1 else f'<ol start="{start}">'
        elif token.type == "list_item_open":
            tag = _TASKS[token.meta["done"]] if "done" in token.meta else "<li>"
        elif token.type in ("th_open", "td_open"):
            side = str(token.attrs.get("style", "")).removeprefix("text-align:")
            tag = f'<{token.tag} class="docctl-{side}">' if side in ("left", "center", "right") else f"<{token.tag}>"
        else:
            raise NotImplementedError(token.type)
        return tag + "\n" if token.nesting == -1 or token.type in ("fence", "code_block", "hr") else tag

    def _inline(self, children: Sequence[Token]) -> str:
        parts: list[str] = []
        closing: list[str] = []
        for place, child in enumerate(children):
            if child.type == "link_open":
                opened = self._link(str(child.attrs["href"]), str(child.attrs.get("title", "")))
                closing.append("</a>" if opened.startswith("<a") else "</span>")
                parts.append(opened)
            elif child.type == "link_close":
                parts.append(closing.pop())
            elif child.type == "softbreak":
                parts.append(_line_break(children, place))
            else:
                parts.append(self._run(child))
        return "".join(parts)

    def _run(self, child: Token) -> str:
        if child.type in ("text", "text_special"):
            return escape(child.content)
        if child.type == "code_inline":
            return f"<code>{escape(child.content)}</code>"
        if child.type == "image":
            return self._picture(child)
        return _TAGS[child.type]

    def _link(self, target: str, title: str) -> str:
        kind = target_kind(target)
        known = f' title="{escape(title)}"' if title else ""
        if kind in ("outside", "mail"):
            return f'<a class="docctl-outside" href="{escape(_encoded(target))}" rel="noopener noreferrer"{known}>'
        if kind == "anchor":
            return f'<a href="{escape(target)}"{known}>'
        address = self._resolve(target) if kind == "document" else self._image(target) if kind == "file" else None
        return '<span class="docctl-unlinked">' if address is None else f'<a href="{escape(address)}"{known}>'

    def _picture(self, token: Token) -> str:
        target, words = str(token.attrs["src"]), markup.plain_text(token.children or [])
        address = self._image(target) if target_kind(target) == "file" and is_picture(target) else None
        if address is None:
            return f'<span class="docctl-unlinked">{escape(words)}</span>'
        title = str(token.attrs.get("title", ""))
        known = f' title="{escape(title)}"' if title else ""
        return f'<img src="{escape(address)}" alt="{escape(words)}"{known}>'


def _encoded(address: str) -> str:
    """An outside address with everything percent-encoded that does not belong into one."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]-._")


def _code(token: Token) -> str:
    language, _, more = token.info.strip().partition(" ")
    known = f' class="language-{escape(language)}"' if _LANGUAGE.fullmatch(language) else ""
    told = more.strip() if known or not language else token.info.strip()  # words that were signed must be seen
    head = f'<p class="docctl-code-head">{escape(told)}</p>\n' if told else ""
    return f'{head}<pre class="docctl-code"><code{known}>{escape(token.content)}</code></pre>'


def _line_break(children: Sequence[Token], place: int) -> str:
    before, after = children[place - 1].content, children[place + 1].content if place + 1 < len(children) else ""
    return "" if _ENDS_WIDE.search(before) and _STARTS_WIDE.search(after) else "\n"
