"""Copies of files that docctl cannot read, with their encoding or line ends mended. Must not touch the file itself, nor guess.

The author holds the copy against the original and puts it in its place; what is not certain is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import NamedTuple

from docctl.core.errors import DocctlError, Refusal, Words

LARGEST = 64 * 1024 * 1024  # bytes
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with BOM"), (b"\xff\xfe", "utf-16", "UTF-16"), (b"\xfe\xff", "utf-16", "UTF-16"))
_COMMON = 0.9  # of the Chinese characters must be everyday ones; another encoding read as GB18030 gives rare ones
_FEWEST = 4  # Chinese characters: fewer could be anything


class Copy(NamedTuple):
    """A mended copy that now exists, and what was mended in it."""

    path: str
    what: Words


def encoding(path: str, output: str = "") -> Copy:
    """Writes a UTF-8 copy of a file in GB18030 or UTF-16, or of UTF-8 with a byte order mark; raises Refusal when not certain."""
    return _copied(path, output or f"{path}.utf-8", _recoded)


def eol(path: str, output: str = "") -> Copy:
    """Writes a copy with LF line ends, one of them at the end; raises Refusal for anything but plain UTF-8 text."""
    return _copied(path, output or f"{path}.lf", _with_lf)


def _copied(path: str, output: str, mend: Callable[[bytes], tuple[bytes, Words]]) -> Copy:
    data, what = mend(_read(path))
    try:
        with open(output, "xb") as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.unlink(output)
                raise
    except FileExistsError:
        raise Refusal(
            Words(f"{output} exists already", f"{output} 已存在"),
            Words("remove it, or name another file with --output", "请删除它，或用 --output 指定其他文件"),
            "copy-exists",
        ) from None
    return Copy(output, what)


def _read(path: str) -> bytes:
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        raise _unsure("it is no ordinary file, or larger than 64 MB", "不是普通文件，或超过 64 MB")
    with open(path, "rb") as file:
        return file.read()


def _recoded(data: bytes) -> tuple[bytes, Words]:
    for mark, name, said in _BOMS:
        if data.startswith(mark):
            return _utf8(_decoded(data, name)), Words(f"from {said} to UTF-8", f"由 {said} 转为 UTF-8")
    wide = _wide(data)
    if wide:
        return _utf8(_decoded(data, wide)), Words("from UTF-16 to UTF-8", "由 UTF-16 转为 UTF-8")
    if _is_utf8(data):
        raise Refusal(
            Words("the file is UTF-8 already; nothing was written", "文件已是 UTF-8；未写入任何内容"),
            Words("nothing needs to be done", "无需处理"),
            "nothing-to-mend",
        )
    text = _decoded(data, "gb18030")
    if not _everyday_chinese(text):
        raise _unsure("it could be GB18030 or another encoding", "可能是 GB18030，也可能是其他编码")
    return _utf8(text), Words("from GB18030 to UTF-8", "由 GB18030 转为 UTF-8")


def _with_lf(data: bytes) -> tuple[bytes, Words]:
    if not _is_utf8(data) or data.startswith(b"\xef\xbb\xbf") or b"\0" in data:
        raise Refusal(
            Words("the file is not plain UTF-8 text; nothing was written", "文件不是纯 UTF-8 文本；未写入任何内容"),
            Words("mend its encoding first: docctl fix encoding FILE", "请先修正编码：docctl fix encoding 文件"),
            "not-utf-8",
        )
    mended = data.replace(b"\r\n", b"\n")
    if b"\r" in mended:
        raise _unsure("carriage returns stand alone in it, and may be text", "其中有单独的回车符，可能是正文")
    mended = mended if mended.endswith(b"\n") or not mended else mended + b"\n"
    if mended == data:
        raise Refusal(
            Words("the file has LF line ends already; nothing was written", "文件已使用 LF 换行；未写入任何内容"),
            Words("nothing needs to be done", "无需处理"),
            "nothing-to-mend",
        )
    return mended, Words("with LF line ends", "改为 LF 换行")


def _utf8(text: str) -> bytes:
    return text.encode("utf-8")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        raise _unsure(f"it is damaged, or not {name.upper()}", f"文件已损坏，或不是 {name.upper()}") from None
    if "\0" in text or "\ufffd" in text or any(letter < " " and letter not in "\t\r\n" for letter in text):
        raise _unsure("it holds characters that no text has", "其中含有正文不会有的字符")
    return text


def _wide(data: bytes) -> str:
    """Which UTF-16 a text without a mark is in: that with a zero byte in most of its ASCII letters; "" none."""
    half = len(data) // 2
    high, low = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or half < _FEWEST or max(high, low) * 4 < half or min(high, low) * 4 > max(high, low):
        return ""
    return "utf-16-be" if high > low else "utf-16-le"


def _everyday_chinese(text: str) -> bool:
    """Whether a text is full of the 3755 characters of GB 2312's first level, and holds nothing but assigned characters."""
    import unicodedata

    chinese = [letter for letter in text if "\u3400" <= letter <= "\u9fff"]
    everyday = sum(_level(letter) == 1 for letter in chinese)
    odd = any(unicodedata.category(letter) in {"Cn", "Co", "Cs"} for letter in text)
    return len(chinese) >= _FEWEST and everyday >= _COMMON * len(chinese) and not odd


def _level(letter: str) -> int:
    try:
        first = letter.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0
    return 1 if first < 0xD8 else 2


def _unsure(en: str, zh: str) -> DocctlError:
    return Refusal(
        Words(f"not certain what the file is: {en}; nothing was written", f"无法确定文件内容：{zh}；未写入任何内容"),
        Words(
            "open it in the editor it comes from and save it as UTF-8 without BOM, LF line ends",
            "请用原编辑器打开，另存为无 BOM 的 UTF-8 和 LF 换行",
        ),
        "unsure",
    )
