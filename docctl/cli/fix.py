"""`docctl fix encoding` and `docctl fix eol`: mended copies beside files that cannot be read. Words to calls only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from docctl.cli import options
from docctl.cli.frame import Group, command
from docctl.cli.telling import tell_both
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.mending import Copy


@command(
    "A UTF-8 copy of a file in GB18030 or UTF-16; the file itself stays as it is.",
    "将 GB18030 或 UTF-16 文件另存为 UTF-8；原文件保持不变。",
    placed=False,
)
@click.argument("file", metavar="FILE")
@options.output
def encoding(file: str, output: str) -> None:
    """Writes the copy and says where it lies."""
    from docctl import mending

    _told(mending.encoding, file, output)


@command(
    "A copy of a text with LF line ends; the file itself stays as it is.", "将文本另存为 LF 换行；原文件保持不变。", placed=False
)
@click.argument("file", metavar="FILE")
@options.output
def eol(file: str, output: str) -> None:
    """Writes the copy and says where it lies."""
    from docctl import mending

    _told(mending.eol, file, output)


def _told(mend: Callable[[str, str], Copy], file: str, output: str) -> None:
    made = mend(file, output)
    tell_both(f"{made.path}: {made.what.en}", f"{made.path}：{made.what.zh}")
    tell_both(f"Look at it; when it is right, put it in the place of {file}.", f"请核对；确认无误后，用它替换 {file}。")


fix = Group(
    "fix",
    says=Words("Mended copies of files that cannot be read.", "为无法读取的文件另存修正副本。"),
    commands={"encoding": encoding, "eol": eol},
)
