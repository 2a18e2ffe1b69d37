"""The pages of tables: registers, correspondence, rules. Must not compute a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docctl.core.edition import Collection
from docctl.core.errors import Words
from docctl.registers.table import Cell, Table
from docctl.rules.catalogue import CATALOGUE, FAMILIES, Rule
from docctl.site import page, parts
from docctl.site.plan import Plan
from docctl.site.words import label, pair

_NUMBERED = {"number", "replaced_by", "doc", "document", "source", "form"}
_NAMES = {"title", "clause_title", "name", "role"}  # what both languages are asked for even where a table is wide
_SEARCHED = {"obsolete", "records", "record-types"}  # what has no page of its own; other registers repeat what pages say
_WIDE, _WIDEST = 9, 14  # columns from which a table shows one language, and from which it needs larger paper


class Shown(NamedTuple):
    """One register as the site shows it: its staged page, its CSV file, its name in lists of registers, its table."""

    path: str
    csv: str
    name: Words
    table: Table


def table_page(planned: Plan, table: Table, here: str, csv: str, lang: str, beside: Sequence[tuple[str, Cell]] = ()) -> str:
    """The staged page of one register with links to the documents, to its CSV file and to the pages `beside` it (path, name)."""
    wide = len(table.columns) >= _WIDE
    size = "" if not wide else "A4 landscape" if len(table.columns) < _WIDEST else "A3 landscape"
    as_of = as_of_words(planned.collection)
    head = parts.print_header(pair(table.title, lang)[0], pair(as_of, lang)[0], size)
    others = [("" if path == here else page.page_address(here, path), pair(name, lang)[0]) for path, name in beside]
    rows = ([row[column.key] for column in table.columns] for row in table.rows)
    both = (lambda key: key in _NAMES) if wide else (lambda _key: True)
    made = [
        page.raw(head + parts.chips([*others, (page.file_address(here, csv), "CSV")]), searched=False),
        page.raw(parts.note(as_of, lang), searched=False),
        page.raw(parts.table(table.columns, rows, lang, addresses(planned, here), kind="wide" if wide else "", both=both)),
        page.raw("".join(parts.note(note, lang) for note in table.notes), searched=False),
    ]
    hide = ("navigation", "toc") if wide else ("toc",)
    return page.page(label(table.title, lang), made, hide=hide, weight=0.3 if table.register in _SEARCHED else 0)


def rules_page(lang: str) -> str:
    """The staged page of the rules that every gate asks, from their catalogue."""
    made: list[str] = []
    for digit, family in FAMILIES.items():
        words = Words(f"DC{digit}xx {family.en}", f"DC{digit}xx {family.zh}")
        made.append(page.heading(2, label(words, lang), f"docctl-family-{digit}"))
        for rule in (rule for code, rule in sorted(CATALOGUE.items()) if code[2] == digit):
            made += _rule(rule, lang)
    return page.page(label(Words("Rules", "规则"), lang), made, weight=0.1)


def _rule(rule: Rule, lang: str) -> list[str]:
    said = "".join(f"<p>{parts.said(words, lang)}</p>" for words in (rule.words, rule.why, rule.remedy))
    heading = page.heading(3, f"{rule.code} {rule.name}", f"docctl-{rule.code.lower()}")
    return [heading, page.raw(f'<div class="docctl-rule">{said}</div>')]


def addresses(planned: Plan, here: str) -> parts.Address:
    """Links the cells that hold a document number with a page."""

    def address(key: str, text: str) -> str | None:
        there = planned.page_of(text) if key in _NUMBERED else ""
        return page.page_address(here, there) if there else None

    return address


def as_of_words(collection: Collection) -> Words:
    """The line that every generated page carries: day, zone and commit."""
    zone, commit = collection.library.rules.mandate.settings.timezone, collection.commit[:12]
    english, chinese = f"As of {collection.day} ({zone}), commit {commit}", f"截至 {collection.day}（{zone}），提交 {commit}"
    return Words(english, chinese)
