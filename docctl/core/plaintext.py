"""What counts as plain text: UTF-8, LF, nothing invisible. Must not know YAML, front matter or where the bytes are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docctl.core.errors import Unreadable, Words
from docctl.core.lean import regex

# What no reader can see, or what reorders what they see: controls (tab and line feed are ordinary), soft hyphen, bidi marks and
# overrides, zero-width and filler letters, line separators, byte order mark, tag letters, and what Unicode says to leave out.
UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\u2800\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# Marks that choose another shape of the letter before them; behind anything that has no other shapes they are text that nobody sees.
_SELECTORS = "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_SHAPED = (
    "0-9#*\u00a9\u00ae\u1000-\u109f\u203c\u2049\u2122\u2139\u2190-\u2bff\u3001-\u303f\u3297\u3299\u3400-\u4dbf\u4e00-\u9fff\ua840-\ua877\uaa60-\uaa7f"
    "\uf900-\ufaff\uff01-\uff60\U00010ac0-\U00010aff\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_HIDDEN = regex(f"[{UNSEEN}\ufffe\uffff\ud800-\udfff]|(?<![{_SHAPED}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Letters and marks that nobody sees, though they are printable.
_FILLERS = "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\U00016fe4\U0001d159"
_UNPRINTED = _FILLERS + _SELECTORS
_UNPRINTED_BASIC = "".join(letter for letter in _UNPRINTED if letter < "\U00010000")
# U+200D joins emoji and is harmless there; anywhere else it hides a difference between two texts that look alike.
_PICTURE = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_JOINED = regex(f"(?<={_PICTURE})\u200d(?={_PICTURE})")
_UNTOLD = regex(f"{_HIDDEN.pattern}|[\n\t]")
_CONFLICT = regex(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)


def fault_at(en: str, zh: str, line: int) -> Unreadable:
    """The refusal of a text at a `line` of its file (1-based); the sentence names the line too."""
    return Unreadable(Words(f"{en}, line {line}", f"{zh}（第 {line} 行）"), line)


def in_sight(text: str) -> bool:
    """Whether Python's own look at `text` already says that every character is seen; False says nothing yet."""
    if not text.replace("\n", " ").replace("\t", " ").isprintable():
        return False
    if text.isascii():
        return True
    astral = len(text.encode("utf-16-le")) > 2 * len(text)
    return not any(letter in text for letter in (_UNPRINTED if astral else _UNPRINTED_BASIC))


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """The characters of `text` that a reader cannot see or that reorder what is seen: their places (from 0) and U+XXXX."""
    for found in () if in_sight(text) else _HIDDEN.finditer(text):
        if not joins(text, found.start()):
            yield found.start(), f"U+{ord(found[0]):04X}"


def hidden(text: str) -> tuple[int, str] | None:
    """The first of the characters that `unseen` tells, None when there is none."""
    return next(unseen(text), None)


def joins(text: str, place: int) -> bool:
    """Whether the character at a `place` of `text` only joins two pictures into one."""
    return _JOINED.match(text, place) is not None


def spelt(text: str) -> str:
    r"""`text` on one line of a message: line ends, tabs and what nobody sees as \u{…}."""
    return _UNTOLD.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def refuse_hidden(text: str, first_line: int = 1) -> None:
    """Refuse control, bidirectional and invisible characters in `text`, whose first line is `first_line` of its file."""
    found = hidden(text)
    if found:
        line = first_line + text.count("\n", 0, found[0])
        raise fault_at(f"invisible character {found[1]}", f"含有不可见字符 {found[1]}", line)


def read_text(data: bytes, limit: int, name: Words, expected: Words) -> str:
    """The text of a file called `name`, at most `limit` bytes long; `expected` says what an empty file should have held.

    Raises Unreadable for everything else than UTF-8 without BOM, LF line ends (also at the end) and visible characters.
    """
    if not data:
        raise Unreadable(Words(f"{name.en} is empty; expected {expected.en}", f"{name.zh}是空的；应有{expected.zh}"), 1)
    if len(data) > limit:
        raise _too_long(len(data), limit, name)
    text = _decoded(data)
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        raise fault_at(
            "CRLF line endings; save the file with LF line endings (`docctl fix eol` writes such a copy)",
            "使用了 CRLF 换行；请以 LF 换行保存（`docctl fix eol` 可另存一份）",
            line,
        )
    _refuse_conflict(text)
    refuse_hidden(text)
    if not text.endswith("\n"):
        raise fault_at("the last line has no line end; add one", "最后一行没有换行符；请补上", text.count("\n") + 1)
    return text


def _too_long(size: int, limit: int, name: Words) -> Unreadable:
    en = f"{name.en} is {size:,} bytes long; the limit is {limit:,} bytes; split the document"
    return Unreadable(Words(en, f"{name.zh}有 {size:,} 字节，上限为 {limit:,} 字节；请拆分文件"))


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise fault_at("UTF-8 with a byte order mark; save as UTF-8 without BOM", "UTF-8 带有 BOM；请保存为无 BOM 的 UTF-8", 1)
    if _looks_utf16(data):
        raise _not_utf8("looks like UTF-16", "看来是 UTF-16", 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _guessed(data, error.start) from None
    if "\0" in text:
        offset = data.index(0)
        raise fault_at(f"NUL byte at offset {offset}", f"偏移 {offset} 处有 NUL 字节", data.count(b"\n", 0, offset) + 1)
    return text


def _looks_utf16(data: bytes) -> bool:
    half = len(data[:400]) // 2
    nuls = max(data[:400:2].count(0), data[1:400:2].count(0))
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or (half > 3 and nuls * 4 > half * 3)


def _guessed(data: bytes, offset: int) -> Unreadable:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return _not_utf8("damaged or another encoding", "已损坏或为其他编码", offset)
    return _not_utf8("looks like GB18030", "看来是 GB18030", offset)


def _not_utf8(en: str, zh: str, offset: int) -> Unreadable:
    told = f"不是 UTF-8（{zh}）：第 {offset} 字节；请保存为无 BOM 的 UTF-8（`docctl fix encoding` 可另存一份）"
    mend = "save as UTF-8 without BOM (`docctl fix encoding` writes such a copy)"
    return Unreadable(Words(f"not UTF-8 ({en}): byte {offset}; {mend}", told))


def _refuse_conflict(text: str) -> None:
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in _CONFLICT.finditer(text)]
    if lines:
        span = f"{lines[0]}–{lines[-1]}"
        raise Unreadable(Words(f"merge conflict markers, lines {span}", f"有合并冲突标记，第 {span} 行"), lines[0])
