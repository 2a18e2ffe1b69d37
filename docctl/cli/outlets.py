"""Where a command's words go: streams that are closed, full or no longer read. Must not know any command."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from docctl import stopping
from docctl.core.errors import DocctlError, Words
from docctl.core.systemfault import system_fault

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


def prepare() -> None:
    """Every standard stream leads somewhere, else the next file that is opened would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    for number, name, mode in (0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    old = sys.stdout
    if isinstance(old, io.TextIOWrapper) and old is sys.__stdout__ and not isinstance(old.buffer, _Noted):
        sys.stdout = io.TextIOWrapper(_Noted(_Outlet(1, "w", closefd=False)), encoding=old.encoding, line_buffering=old.isatty())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


class _Outlet(io.FileIO):
    """The way out, which remembers that it failed: the error alone does not say whose it was."""

    failed = False

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            self.failed = True
            raise


class _Noted(io.BufferedWriter):
    """What is written to an outlet."""


def broken() -> bool:
    """Whether what was written for people or programs did not get out: the place it goes to is full or damaged."""
    outlet = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return isinstance(outlet, _Outlet) and outlet.failed


def unsaid(error: OSError) -> DocctlError:
    """The error for words that could not be written; what an act recorded before stands."""
    silence()
    why = system_fault(error)
    stands = stopping.recorded()
    en, zh = ("what was recorded stands", "已记录的内容有效") if stands else ("nothing was recorded", "未记录任何内容")
    return DocctlError(
        Words(f"the output cannot be written: {why.en}; {en}", f"无法写出结果：{why.zh}；{zh}"),
        Words(
            "make room where the output goes, or send it elsewhere; `docctl status` shows how things stand",
            "请为输出位置腾出空间，或改用其他输出位置；`docctl status` 显示当前状况",
        ),
        "output",
    )


def silence() -> None:
    """Nobody reads any more: what is still to be written goes nowhere, so that Python says nothing at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
