"""A register as text for a terminal, plain or drawn by rich. Must not know which register it is.

Columns that are empty in every row are left out here; all other formats keep them.
"""

from __future__ import annotations

from docctl.core.errors import Words
from docctl.registers.table import Column, Table, said
from docctl.render.escape import terminal
from docctl.render.markdown_out import AS_OF
from docctl.render.width import padded, width

NOTHING = Words("(no entries)", "（无记录）")


def text_table(table: Table, lang: str) -> str:
    """Title, day, aligned columns and notes; a row is one line, however long."""
    columns = shown_columns(table)
    rows = [[terminal(column.heading.said(lang)) for column in columns], *_cells(table, columns, lang)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(columns))]
    lines = ["  ".join(padded(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows]
    if table.rows:
        lines.insert(1, "  ".join("-" * wide for wide in widths))
    else:
        lines = [NOTHING.said(lang)]
    return "\n".join([*_head(table, lang), "", *lines, "", *_notes(table, lang)]) + "\n"


def rich_table(table: Table, lang: str, columns: int = 0) -> str:
    """The same with lines and colours, wrapped to a terminal of so many columns (0: as rich finds it)."""
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    shown = shown_columns(table)
    drawing = Drawing(title=Text(table.title.said(lang)), show_lines=True)
    for column in shown:
        drawing.add_column(Text(column.heading.said(lang)), overflow="fold")
    for row in _cells(table, shown, lang):
        drawing.add_row(*(Text(cell) for cell in row))
    console = Console(force_terminal=True, width=columns or None)
    with console.capture() as captured:
        console.print(drawing)
        for line in (*_head(table, lang)[1:], *_notes(table, lang)):
            console.print(Text(line))
    return captured.get()


def shown_columns(table: Table) -> list[Column]:
    """The columns that say something in some row; all of them for a table without rows."""
    return [column for column in table.columns if not table.rows or any(row[column.key] != "" for row in table.rows)]


def _cells(table: Table, columns: list[Column], lang: str) -> list[list[str]]:
    return [[terminal(said(row[column.key], lang)) for column in columns] for row in table.rows]


def _head(table: Table, lang: str) -> list[str]:
    return [terminal(table.title.said(lang)), terminal(AS_OF.said(lang, day=table.as_of, commit=table.commit))]


def _notes(table: Table, lang: str) -> list[str]:
    return [terminal(note.said(lang)) for note in table.notes]
