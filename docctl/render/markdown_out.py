"""A register as a Markdown page with one table. Must not know which register it is."""

from __future__ import annotations

from collections.abc import Iterable

from docctl.core.errors import Words
from docctl.registers.table import Table, said
from docctl.render.escape import markdown

AS_OF = Words("As of {day}, commit {commit}", "截至 {day}，提交 {commit}")


def markdown_page(table: Table, lang: str) -> str:
    """Title, day and commit, the table and its notes; titles and names show letter by letter (I18)."""
    head = [f"# {markdown(table.title.said(lang))}", "", markdown(AS_OF.said(lang, day=table.as_of, commit=table.commit)), ""]
    notes = [f"- {markdown(note.said(lang))}" for note in table.notes]
    return "\n".join([*head, *markdown_table(table, lang), "", *notes]).rstrip("\n") + "\n"


def markdown_table(table: Table, lang: str) -> list[str]:
    """The lines of the table alone; every line has one cell for each column."""
    heads = _line(column.heading.said(lang) for column in table.columns)
    ruler = "|" + " --- |" * len(table.columns)
    return [heads, ruler, *(_line(said(row[column.key], lang) for column in table.columns) for row in table.rows)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(markdown(cell) for cell in cells) + " |"
