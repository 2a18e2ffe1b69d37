"""What a controlled Markdown body must not hold, and how it is told. Must not know front matter, files nor rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from docctl.core.errors import Words
from docctl.core.lean import TYPE_CHECKING, Any, NamedTuple, regex
from docctl.core.plaintext import in_sight, unseen
from docctl.core.target import INVISIBLE, anchor_fits, is_picture, target_kind

if TYPE_CHECKING:
    from markdown_it.token import Token

LARGEST = 1 << 20  # bytes of a body
LONGEST = 20_000  # lines of a body
BRACKETS, UNCLOSED = 10_000, 2_000  # opening brackets: one that is never closed is searched for to the end of its paragraph

# Signs that the parser stops at, each with how many a body may hold: what an honest text ten times as long as most would not reach,
# and what is parsed and shown within seconds. The last are those that begin a block within a block.
_STOPS = "!#$%&*+-:<=>@[\\]^_`{}~"
_COUNTED = (
    ("* _ ~", ("*", "_", "~"), 50_000),
    ("|", ("|",), 60_000),
    ("> - + * : 1.", (">", *(sign + space for sign in "-+*:~.)" for space in " \t")), 40_000),
    ("! # & …", tuple(_STOPS), 300_000),
)
_FEW = min(limit for _, _, limit in _COUNTED)
# Signs behind opening brackets within one paragraph: each is passed again for each bracket that may still be closed, up to the depth
# at which the parser gives up.
_PASSED, _OPEN = 1_500_000, 40

_BLANK = regex(r"\n[ \t]*\n")

FAULTS: Mapping[str, Words] = {
    "raw-html": Words("raw HTML", "原始 HTML"),
    "bad-link": Words("link that readers may not follow", "不允许的链接"),
    "remote-image": Words("image from another server", "来自其他服务器的图片"),
    "image-outside": Words(
        "local file outside the document's folder is not covered by the approval", "文件夹之外的本地文件不受批准保护"
    ),
    "h1-in-body": Words("first-level heading (the title comes from the front matter)", "一级标题（标题取自文件头）"),
    "heading-markup": Words("link or image in a heading", "标题中含有链接或图片"),
    "bad-anchor": Words(
        "anchor that is not a plain ASCII name, or a name docctl keeps for itself", "锚点不是普通 ASCII 名称，或为 docctl 保留名"
    ),
    "anchor-twice": Words("the same anchor twice", "锚点重复"),
    "cells-hidden": Words(
        "table row with more cells than its head; readers would not see them", "表格行的单元格多于表头，读者看不到多出部分"
    ),
    "invisible": Words("invisible character", "不可见字符"),
    "unseen": Words("heading, link or link definition of which a page shows nothing", "页面上完全看不到的标题、链接或链接定义"),
    "too-deep": Words("nested too deeply", "嵌套过深"),
    "too-large": Words("too large", "过大"),
}


class BodyFault(NamedTuple):
    """Something a controlled body must not hold: a key of `FAULTS`, the thing itself as one short line, its line."""

    kind: str
    detail: str
    line: int


def one_line(text: str) -> str:
    """`text` made fit for one line of a message: invisible characters named, white space folded, at most 80 characters."""
    named = INVISIBLE.sub(lambda found: f"<U+{ord(found[0]):04X}>", text[:400])
    folded = " ".join(named.split())
    return folded if len(folded) <= 80 else folded[:79] + "…"


def numbered(pattern: re.Pattern[str], text: str, line: int) -> Iterator[tuple[int, re.Match[str]]]:
    """Every match of `pattern` in `text` with its line, when `text` begins in line `line`."""
    counted = 0
    for found in pattern.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield line, found


def over_limits(body: str, line: int) -> BodyFault | None:
    """The fault of a body that is not worth parsing: too many bytes, lines or brackets."""
    size = len(body) if len(body) * 4 <= LARGEST else len(body.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        return BodyFault("too-large", f"{size} > {LARGEST} bytes", line)
    lines = body.count("\n")
    if lines > LONGEST:
        return BodyFault("too-large", f"{lines} > {LONGEST} lines", line)
    brackets = body.count("[")
    costly = brackets > BRACKETS or brackets - body.count("]") > UNCLOSED
    if costly:
        return BodyFault("too-deep", f"{brackets} × [", line)
    return _too_many(body, line) or _too_tangled(body, brackets, line)


def _too_many(body: str, line: int) -> BodyFault | None:
    """Signs that take long to sort out; a short body cannot hold too many."""
    for name, signs, limit in _COUNTED if len(body) > _FEW else ():
        number = sum(body.count(sign) for sign in signs)
        if number > limit:
            return BodyFault("too-large", f"{number} > {limit} × {name}", line)
    return None


def _too_tangled(body: str, brackets: int, line: int) -> BodyFault | None:
    """Brackets and other signs in one paragraph, so many that looking for the end of each bracket takes long."""
    if brackets * len(body) <= _PASSED:
        return None
    passed = 0
    for paragraph in _BLANK.split(body):
        brackets = min(paragraph.count("["), _OPEN)
        passed += brackets * sum(paragraph.count(sign) for sign in _STOPS) if brackets else 0
    return BodyFault("too-deep", f"{passed} > {_PASSED} × [ …", line) if passed > _PASSED else None


def invisible(text: str, line: int) -> Iterator[BodyFault]:
    """Characters of `text` that no reader sees or that reorder what they see."""
    counted = 0
    for place, name in unseen(text):
        line += text.count("\n", counted, place)
        counted = place
        yield BodyFault("invisible", name, line)


def decoded(children: list[Token], line: int) -> Iterator[BodyFault]:
    """Invisible characters that an entity brings in: the raw text does not show them."""
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        for text in [child.content if child.type == "text_special" else "", str(child.attrs.get("title", ""))]:
            yield from (fault._replace(line=line) for fault in invisible(text, line))
        yield from decoded(child.children or [], line)


# What CommonMark would take for HTML; a NUL stands where other markup interrupts the text.
_HTML = regex(
    r"</?[A-Za-z][A-Za-z0-9-]*(?:[\s/\0][^<>]*)?>|<!--|<!\[CDATA\[|<![A-Za-z]|<\?"
    r"|</?(?:script|style|iframe|object|embed|meta|link|base|form|svg|math|img|video|audio|template|body|html|div|table|textarea|pre)\b",
    re.IGNORECASE,
)


def html(children: list[Token], line: int) -> Iterator[BodyFault]:
    """HTML that the parser shows as text. What the author escaped with a backslash or an entity, or put in code, is no HTML."""
    shown = "".join(_as_written(child) for child in children)
    for at, found in numbered(_HTML, shown, line):
        yield BodyFault("raw-html", one_line(found[0].replace("\0", "")), at)


def _as_written(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    return child.content if child.type == "text" else "\0"


def link(target: str, line: int) -> Iterator[BodyFault]:
    """A link that readers may not follow."""
    if not target_kind(target):
        yield BodyFault("bad-link", one_line(target), line)


def image(target: str, line: int) -> Iterator[BodyFault]:
    """A picture that is not one of the document's own files, or not a raster picture."""
    kind, detail = target_kind(target), one_line(target)
    if kind == "file":
        if not is_picture(target):
            yield BodyFault("bad-link", detail, line)
    elif kind == "outside" or re.match(r"https?:|[\\/]{2}", target, re.IGNORECASE):
        yield BodyFault("remote-image", detail, line)
    elif re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|#", target) or INVISIBLE.search(target):
        yield BodyFault("bad-link", detail, line)
    else:
        yield BodyFault("image-outside", detail, line)


def definitions(env: Mapping[str, Any], used: Collection[str], line: int) -> Iterator[BodyFault]:
    """Reference definitions are judged like links; one that nothing uses takes its words off the page (`[Note]: whatever`)."""
    again = [(str(each["label"]), each, False) for each in env.get("duplicate_refs", ())]
    for label, each, shown in [*((label, each, label in used) for label, each in env.get("references", {}).items()), *again]:
        at = line + each["map"][0]
        yield from link(each["href"], at)
        if not shown:
            yield BodyFault("unseen", one_line(f"[{label}]: {each['href']}"), at)


def visible(text: str) -> bool:
    """Whether a reader sees anything of `text`."""
    return bool((text if in_sight(text) else INVISIBLE.sub("", text)).strip())


def wordless(children: list[Token], line: int) -> Iterator[BodyFault]:
    """Links of which a reader sees nothing to follow; a picture stands for words."""
    target, shown = "", True
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "link_open":
            target, shown = str(child.attrs["href"]), False
        elif child.type == "link_close":
            if not shown:
                yield BodyFault("unseen", one_line(f"[]({target})"), line)
        else:
            shown = shown or child.type == "image" or visible(child.content)


_CELL = regex(r"(?<!\\)\|")


def cells(row: str) -> int:
    """How many cells a table row shows: what stands between pipes, one pipe at either end left out."""
    row = row.strip().removeprefix("|")
    return len(_CELL.split(row)) - (row.endswith("|") and not row.endswith("\\|"))


def hidden_cells(body: str, tokens: list[Token], line: int) -> Iterator[BodyFault]:
    """Rows with more cells than the table's head: a parser drops the rest, so a signature would cover words nobody sees."""
    lines: list[str] = []
    columns = 0
    for token in tokens:
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.level == 2 and token.map and columns:
            lines = lines or body.split("\n")
            if cells(lines[token.map[0]]) > columns:
                yield BodyFault("cells-hidden", one_line(lines[token.map[0]]), line + token.map[0])


def headings(found: Iterable[tuple[int, str, str, int]]) -> Iterator[BodyFault]:
    """What is wrong with headings, given as level, text, anchor and line."""
    met: set[str] = set()
    for level, text, anchor, line in found:
        if not visible(text):
            yield BodyFault("unseen", one_line(f"{'#' * level} {anchor}"), line)
        if level == 1:
            yield BodyFault("h1-in-body", one_line(text), line)
        if anchor and not anchor_fits(anchor):
            yield BodyFault("bad-anchor", one_line(anchor), line)
        if anchor and anchor.lower() in met:
            yield BodyFault("anchor-twice", one_line(anchor), line)
        met.add(anchor.lower())


def ordered(faults: Iterable[BodyFault]) -> tuple[BodyFault, ...]:
    """Each fault once, by line."""
    return tuple(sorted(set(faults), key=lambda fault: (fault.line, fault.kind, fault.detail)))
