"""The front matter of documents and records: split, read, changed in place. Must not know which fields exist, nor files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.lean import Any, NamedTuple, regex
from docctl.core.plaintext import fault_at, read_text
from docctl.core.strictyaml import (
    FRONT_MATTER,
    Limits,
    Lines,
    Span,
    Value,
    as_text,
    dumped,
    read_yaml,
    spans,
    write_yaml,
)

__all__ = [
    "FILE_SIZE",
    "FRONT_MATTER",
    "Front",
    "Limits",
    "Parts",
    "handler",
    "read",
    "read_yaml",
    "split",
    "with_values",
    "write_yaml",
]

FILE_SIZE = 2 * 1024 * 1024
_LONG = 120
_OPENING = regex(r"-{3}[^\S\n]*(?:\n|\Z)")
_RULE = regex(r"^(?:---|\.\.\.).*$", re.MULTILINE)


class Parts(NamedTuple):
    """The two parts of a file as written: the front matter without its rules, the body, and the body's first file line."""

    head: str
    body: str
    body_line: int


class Front(NamedTuple):
    """A file read: the values of its front matter (all text), their file lines, the body and the body's first file line."""

    values: dict[str, Value]
    lines: Lines
    body: str
    body_line: int


def split(data: bytes) -> Parts:
    """The front matter and body of an index.md, judged as plain text first. Raises Unreadable."""
    text = read_text(data, FILE_SIZE, Words("the file", "文件"), Words("front matter", "文件头"))
    if not text.startswith("---\n"):
        raise _not_opened(text)
    rule = _RULE.search(text, 4)
    if rule is None:
        raise Unreadable(Words("front matter opened on line 1 is not closed", "第 1 行开始的文件头没有结束"), 1)
    line = text.count("\n", 0, rule.start()) + 1
    if rule[0] != "---":
        shown = f"“{rule[0][:20]}”"
        raise fault_at(f"{shown} does not close front matter; write --- alone", f"{shown}不能结束文件头；请单独写 ---", line)
    return Parts(text[4 : rule.start()], text[rule.end() + 1 :], line + 1)


def read(data: bytes) -> Front:
    """An index.md read strictly: every scalar is text; types come from the schema afterwards. Raises Unreadable."""
    parts = split(data)
    reading = read_yaml(parts.head, FRONT_MATTER, 2)
    return Front(reading.values, reading.lines, parts.body, parts.body_line)


def with_values(text: str, changes: Mapping[str, object]) -> str:
    """`text` with top-level fields of its front matter changed, added at the end, or removed (None).

    Comments, order and every other byte stay. The result is read again; it is given out only when exactly the fields in
    `changes` differ. Raises Unreadable when the text or the result cannot be read, DocctlError when more would change.
    """
    head = split(_bytes(text)).head
    places = spans(head, FRONT_MATTER, 2)
    first = next(iter(places.values())).name
    indent = first - head.rfind("\n", 0, first) - 1
    edited = head
    for name, span in reversed(places.items()):
        if name in changes:
            edited = _edited(edited, span, changes[name], indent)
    for name, value in changes.items():
        if name not in places and value is not None:
            edited += _indented(dumped({name: as_text(value)}, _flow(value)), indent)
    result = "---\n" + edited + text[4 + len(head) :]
    prove_only(text, result, changes)
    return result


def prove_only(before: str, after: str, changes: Mapping[str, object]) -> None:
    """Raise DocctlError unless `after` is `before` with exactly `changes` made, in the same order, with the same body."""
    old, new = read(_bytes(before)), read(_bytes(after))
    wanted = {name: as_text(changes[name]) if name in changes else value for name, value in old.values.items()}
    wanted |= {name: as_text(value) for name, value in changes.items() if name not in wanted}
    kept = [(name, value) for name, value in wanted.items() if changes.get(name, "") is not None]
    if kept != list(new.values.items()) or old.body != new.body:
        raise DocctlError(
            Words("the front matter could not be changed without changing more", "修改文件头时会改动其他内容"),
            Words("change the fields by hand: " + ", ".join(changes), "请手工修改这些字段：" + "、".join(changes)),
        )


def handler() -> Any:
    """Our strict reading as a handler of python-frontmatter: `frontmatter.loads(text, handler=handler())`.

    That library trims the text and turns CRLF into LF before a handler sees it; `read` judges the bytes themselves.
    """
    from frontmatter.default_handlers import BaseHandler

    class StrictHandler(BaseHandler):
        """Reads as `read` does; raises Unreadable."""

        FM_BOUNDARY = _RULE
        START_DELIMITER = END_DELIMITER = "---"

        def split(self, text: str) -> tuple[str, str]:
            """The whole text goes on to `load`, for the library takes a ValueError raised here as “no front matter”."""
            try:
                return text, split(_bytes(text + "\n")).body
            except Unreadable:
                return text, ""

        def load(self, fm: str) -> dict[str, Any]:
            """The values, all text."""
            return dict(read(_bytes(fm + "\n")).values)

        def export(self, metadata: dict[str, object], **_: object) -> str:
            """The values as docctl writes them."""
            return write_yaml(metadata).rstrip("\n")

    return StrictHandler()


def _not_opened(text: str) -> Unreadable:
    if _OPENING.match(text):
        return fault_at("--- must stand alone, without blanks after it", "--- 后面不能有空白", 1)
    return fault_at("front matter is missing; the file must begin with ---", "缺少文件头；文件必须以 --- 开头", 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _flow(value: object) -> bool | None:
    return False if isinstance(value, Mapping) and len(str(as_text(value))) > _LONG else None


def _indented(block: str, indent: int) -> str:
    pad = " " * indent
    return "".join(pad + line for line in block.splitlines(keepends=True))


def _edited(head: str, span: Span, value: object, indent: int) -> str:
    """`head` with one field's value replaced, or the field's lines taken out; comments around the value stay."""
    start, end = head.rfind("\n", 0, span.name) + 1, head.index("\n", span.value_end)
    if value is None:
        return head[:start] + head[end + 1 :]
    colon = head.index(":", span.name_end) + 1
    gap, tail = head[colon : span.value], head[span.value_end : end]
    new = _indented(dumped({"k": as_text(value)}, _flow(value)), indent)[indent + 2 :].rstrip("\n")
    if "\n" in new:  # comments go above the field: below it they could become part of a block text
        above = "".join(f"{' ' * indent}{line.strip()}\n" for line in (gap + "\n" + tail).splitlines() if line.strip())
        return head[:start] + above + head[start:colon] + new + head[end:]
    if gap.strip(" "):
        return head[:colon] + new + gap.rstrip() + head[span.value_end :]
    return head[:colon] + (gap or " ") + new.lstrip(" ") + head[span.value_end :]
