"""A register as an Excel workbook ready to print. Must not know which register it is.

The same table gives the same bytes: the creation date is the day the register is seen on, never the present.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from docctl.registers.table import Table, said
from docctl.render.escape import visible
from docctl.render.markdown_out import AS_OF
from docctl.render.width import width

A4 = 9
HEAD = 2  # rows above the headings: title, day and commit
WIDEST, NARROWEST = 40, 6
_PAGE = {"en": "Page &P of &N", "zh": "第 &P 页，共 &N 页"}
_LONGEST = 32767  # characters that a cell holds


class _Look(NamedTuple):
    title: Any
    heading: Any
    cell: Any


def xlsx_bytes(table: Table, lang: str) -> bytes:
    """One sheet: title, day, headings that stay in view and on every page, rows, notes; A4 across, one page wide."""
    from datetime import datetime

    from xlsxwriter import Workbook

    data = BytesIO()
    book = Workbook(data, {"in_memory": True})
    book.set_properties({"title": _fit(table.title.said(lang)), "created": datetime.fromisoformat(table.as_of)})
    look = _Look(
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E7EEF6"}),
        book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
    )
    sheet = book.add_worksheet(table.register[:31])
    _lay_out(sheet, table, lang)
    _fill(sheet, table, lang, look)
    book.close()
    return data.getvalue()


def _lay_out(sheet: Any, table: Table, lang: str) -> None:
    last = len(table.columns) - 1
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(0, HEAD)
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.autofilter(HEAD, 0, HEAD + max(len(table.rows), 1), last)
    sheet.set_footer(f"&L{table.register} {table.as_of}&R{_PAGE.get(lang, _PAGE['en'])}")
    for place, column in enumerate(table.columns):
        texts = [column.heading.said(lang), *(said(row[column.key], lang) for row in table.rows)]
        sheet.set_column(place, place, min(max(NARROWEST, *(width(text) for text in texts)), WIDEST) + 2)


def _fill(sheet: Any, table: Table, lang: str, look: _Look) -> None:
    sheet.write_string(0, 0, _fit(table.title.said(lang)), look.title)
    sheet.write_string(1, 0, _fit(AS_OF.said(lang, day=table.as_of, commit=table.commit)))
    for place, column in enumerate(table.columns):
        sheet.write_string(HEAD, place, _fit(column.heading.said(lang)), look.heading)
    for line, row in enumerate(table.rows, start=HEAD + 1):
        for place, column in enumerate(table.columns):
            sheet.write_string(line, place, _fit(said(row[column.key], lang)), look.cell)
    for line, note in enumerate(table.notes, start=HEAD + len(table.rows) + 2):
        sheet.write_string(line, 0, _fit(note.said(lang)))


def _fit(text: str) -> str:
    return visible(text)[:_LONGEST]
