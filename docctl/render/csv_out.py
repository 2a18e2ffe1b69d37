"""A register as CSV (RFC 4180). Must not know which register it is.

It begins with a byte order mark: without one, Excel on a Chinese Windows takes UTF-8 for GBK and shows rubbish to auditors.
Programs read it as `utf-8-sig`. It holds the headings and the rows; day, commit and notes stand in the other formats.
"""

from __future__ import annotations

import csv
from io import StringIO

from docctl.registers.table import Table, said
from docctl.render.escape import spreadsheet


def csv_bytes(table: Table, lang: str) -> bytes:
    """Headings and rows, CRLF at line ends; no cell can begin a formula."""
    text = StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(spreadsheet(column.heading.said(lang)) for column in table.columns)
    lines.writerows([spreadsheet(said(row[column.key], lang)) for column in table.columns] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")
