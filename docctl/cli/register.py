"""`docctl register` and `docctl correspondence`: tables out of the library. Words to calls only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from docctl.cli import options
from docctl.cli.frame import Misused, OneOf, command, option, reporting
from docctl.cli.here import viewed
from docctl.cli.telling import coloured, columns, tell_bytes
from docctl.cli.words import lang, said
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.registers.table import Table

_FORMATS = ("text", "md", "csv", "xlsx", "json")


@command("A register by its name; without a name, which ones there are.", "按名称输出登记表；不带名称则列出全部登记表。")
@click.argument("name", metavar="[NAME]", required=False)
@options.as_of
@reporting(*_FORMATS)
@options.output
def register(name: str | None, as_of: str, form: str, output: str) -> None:
    """Makes a register as of a day."""
    from docctl.registers import REGISTERS
    from docctl.registers import register as made

    if name is None:
        columns(
            (Words("Name", "名称"), Words("Register", "登记表")),
            [(key, item.title.said(lang())) for key, item in REGISTERS.items()],
        )
        return
    _require_file(form, output)
    with viewed(as_of) as view:
        tell_table(made(name, view.witnessed), form, output)


@command("Which documents answer which clauses of a standard.", "文件与标准条款对照表。")
@click.argument("standard", metavar="STANDARD")
@option(
    "--by",
    type=OneOf(("clause", "document", "section")),
    default="clause",
    en="the order: clause, document or section",
    zh="排序：条款、文件或章节",
)
@option("--gaps", is_flag=True, en="only what no text in force covers", zh="仅列出现行文本未覆盖的条款")
@options.as_of
@reporting(*_FORMATS)
@options.output
def correspondence(standard: str, by: str, gaps: bool, as_of: str, form: str, output: str) -> None:
    """Makes the correspondence table of a standard as of a day."""
    from docctl.registers.correspondence import correspondence as made

    _require_file(form, output)
    with viewed(as_of) as view:
        tell_table(made(view.collection, standard, by, gaps_only=gaps), form, output)


def tell_table(table: Table, form: str, output: str) -> None:
    """A table in a format, to a file or to where the command's words go; drawn on a terminal."""
    from docctl.render import write_table

    if form == "text" and not output and coloured():
        from docctl.render.text_out import rich_table

        tell_bytes(rich_table(table, lang()).encode(), "")
        return
    tell_bytes(write_table(table, form, lang()), output)


def _require_file(form: str, output: str) -> None:
    """A workbook is no text for a terminal."""
    if form == "xlsx" and not output and sys.stdout.isatty():
        raise Misused(said("a workbook needs --output FILE", "工作簿需用 --output 指定文件"), click.get_current_context())
