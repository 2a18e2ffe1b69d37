"""A register as a value: bilingual columns and rows for one day and one commit. Must not know where rows come from or go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from docctl.core.errors import Words

Cell: TypeAlias = str | Words  # Words where the two languages differ
Row: TypeAlias = Mapping[str, Cell]


class Column(NamedTuple):
    """One column: its key for programs and its heading in both languages."""

    key: str
    en: str
    zh: str

    @property
    def heading(self) -> Words:
        """The heading as a bilingual sentence."""
        return Words(self.en, self.zh)


class Table(NamedTuple):
    """A register seen on the day `as_of` (organisation's zone) at a commit. Every row has a cell for every column."""

    register: str
    title: Words
    as_of: str
    commit: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Cell], ...]
    notes: tuple[Words, ...]


def said(cell: Cell, lang: str) -> str:
    """The text of a cell for a reader of `lang`."""
    return cell.said(lang) if isinstance(cell, Words) else cell


def both(english: str, chinese: str) -> Cell:
    """A cell out of its two texts; plain text where they are the same."""
    return english if english == chinese else Words(english, chinese)


def phrase(words: Words, **cells: Cell) -> Words:
    """A sentence with cells put in, each in the language of its half."""
    english = {name: said(cell, "en") for name, cell in cells.items()}
    chinese = {name: said(cell, "zh") for name, cell in cells.items()}
    return Words(words.en.format(**english), words.zh.format(**chinese))


def joined(cells: Iterable[Cell], english: str = ", ", chinese: str = "、") -> Cell:
    """Several cells as one; empty ones are left out."""
    kept = [cell for cell in cells if cell != ""]
    return both(english.join(said(cell, "en") for cell in kept), chinese.join(said(cell, "zh") for cell in kept))


def filled(columns: Sequence[Column], rows: Iterable[Row]) -> tuple[dict[str, Cell], ...]:
    """Rows with exactly one cell per column, in their order; what a row does not say is empty (I18: the count never varies)."""
    return tuple({column.key: row.get(column.key, "") for column in columns} for row in rows)


def numbered(rows: Iterable[Row]) -> Iterable[Row]:
    """Rows with a running number 序号 under `no`."""
    return ({"no": str(place), **row} for place, row in enumerate(rows, start=1))


NO = Column("no", "No.", "序号")
NUMBER = Column("number", "Doc no.", "文件编号")
TITLE = Column("title", "Title", "文件名称")
VERSION = Column("version", "Version", "版本")
EFFECTIVE = Column("effective_from", "Effective from", "生效日期")
DISTRIBUTION = Column("distribution", "Distribution", "分发范围")
REMARKS = Column("remarks", "Remarks", "备注")
