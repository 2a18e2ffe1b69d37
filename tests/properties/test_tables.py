"""What is printed stays in its place: no hostile title, name or fact breaks a row, a line, a cell or a page."""

from __future__ import annotations

import csv
import io
import json
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from docctl.core.errors import Words
from docctl.core.plaintext import hidden
from docctl.registers.table import Column, Table, filled, joined, numbered, phrase, said
from docctl.render import FINDING_FORMATS, TABLE_FORMATS, write_findings, write_table
from docctl.render.escape import json_text, markdown, spreadsheet, terminal, visible
from docctl.render.width import padded, width
from docctl.rules.catalogue import CATALOGUE, Finding, Place

from .effort import effort

PIECES = [
    "方针 | 2.0 | 已批准 |", "\n# y", "<img src=x onerror=1>", "](javascript:1)", "[a](https://evil.example)", "www.evil.example",
    "=cmd|'", "+1", "-1", "@SUM(1)", "\t", "＝1", "\u202e", "\x1b[31m", "`", "*", "_", "~~", "$", "{{ x }}", "\\", "&lt;", "- ", "1. ",
    "---", ":--", ": ", "|", "\\|", "\r\n", "\u2028", "\x00", "\ud800", "\u200d", "::error::", "%0A", ",", '"', "'", "文", " ", "\u3000",
    "\u00a0", "]]>", "</script>", "\ufeff", "a", "#",
]  # fmt: skip
NASTY = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=16)
WORDS = st.builds(Words, NASTY, NASTY)
CELLS = NASTY | WORDS
COLUMNS = (Column("no", "No.", "序号"), Column("title", "Title | x", "文件名称"), Column("state", "State", "状态"))


def _table(rows: list[dict[str, str | Words]], title: Words, note: Words) -> Table:
    return Table("in-force", title, "2026-02-01", "c0ffee", COLUMNS, filled(COLUMNS, numbered(rows)), (note,))


TABLES = st.builds(_table, st.lists(st.fixed_dictionaries({"title": CELLS}, optional={"state": CELLS}), max_size=4), WORDS, WORDS)
LANGS = st.sampled_from(["en", "zh"])
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@effort(133)
@given(TABLES, LANGS)
def test_csv_has_its_columns_whatever_stands_in_them(table: Table, lang: str) -> None:
    text = write_table(table, "csv", lang).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * (len(table.rows) + 1)
    assert all(not re.match(r"[=+\-@\t\r]", cell) for row in rows for cell in row)


@effort(133)
@given(TABLES, LANGS)
def test_a_markdown_register_is_one_table_of_plain_words(table: Table, lang: str) -> None:
    page = write_table(table, "md", lang).decode()
    assert not UNSEEN.search(page)
    for options in ({"html": True}, {"html": False}):
        tokens = MarkdownIt("gfm-like", {"linkify": False, **options}).parse(page)
        kinds = [token.type for token in tokens]
        assert kinds.count("table_open") == 1
        assert kinds.count("tr_open") == len(table.rows) + 1
        assert kinds.count("th_open") + kinds.count("td_open") == len(COLUMNS) * (len(table.rows) + 1)
        assert kinds.count("heading_open") <= 1
        assert not {"html_block", "fence", "code_block", "hr", "blockquote_open"} & set(kinds)
        shown = [child.type for token in tokens if token.type == "inline" for child in token.children or ()]
        assert set(shown) <= {"text", "text_special"}


@effort(100)
@given(TABLES, LANGS)
def test_text_for_a_terminal_is_one_line_for_each_row(table: Table, lang: str) -> None:
    text = write_table(table, "text", lang).decode()
    assert not UNSEEN.search(text)
    assert text.count("\n") == len(table.rows) + (7 if table.rows else 6)
    assert hidden(text) is None


@effort(100)
@given(TABLES, LANGS)
def test_json_says_what_the_table_says(table: Table, lang: str) -> None:
    text = write_table(table, "json", lang).decode()
    found = json.loads(text)
    assert not UNSEEN.search(text)
    assert [row.keys() for row in found["rows"]] == [{column.key for column in COLUMNS}] * len(table.rows)
    for row, back in zip(table.rows, found["rows"], strict=True):
        cell, again = row["title"], back["title"]
        assert again == ({"en": cell.en, "zh": cell.zh} if isinstance(cell, Words) else cell)


@effort(25)
@given(TABLES, LANGS)
def test_the_same_table_gives_the_same_bytes(table: Table, lang: str) -> None:
    for form in TABLE_FORMATS:
        assert write_table(table, form, lang) == write_table(table, form, lang)


WHOLE = NASTY.filter(lambda text: "\ud800" not in text)  # git's own bytes never become that
PATHS = st.sampled_from(["documents/x/index.md", "", "a\nb", "a\u202eb", "文/件.md", "a,b:c%d", "\udcff"]) | WHOLE


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Findings of any rule whose facts are as bad as can be."""
    found = []
    for code in draw(st.lists(st.sampled_from(sorted(CATALOGUE)), max_size=4)):
        names = re.findall(r"\{(\w+)\}", CATALOGUE[code].words.en + CATALOGUE[code].remedy.en)
        facts = {name: draw(CELLS) for name in names if name not in {"document", "version", "path", "line"}}
        found.append(Finding(Place(draw(PATHS), draw(st.integers(0, 99)), draw(NASTY), draw(NASTY)), code, facts))
    return found


@effort(100)
@given(findings(), LANGS)
def test_findings_are_told_in_every_format(found: list[Finding], lang: str) -> None:
    for form in FINDING_FORMATS:
        text = write_findings(found, form, lang)
        text.encode()
        assert not UNSEEN.search(text)
        assert text == write_findings(found, form, lang)
    github = write_findings(found, "github", lang).splitlines()
    assert len(github) == len(found)
    assert all(re.match(r"::(error|warning) [^\n]*::", line) for line in github)
    for form, count in (
        ("json", lambda value: len(value["findings"])),
        ("sarif", lambda value: len(value["runs"][0]["results"])),
        ("gitlab", len),
    ):
        assert count(json.loads(write_findings(found, form, lang))) == len(found)
    lines = write_findings(found, "text", lang).splitlines()
    assert len([line for line in lines if line.startswith("    → ")]) == len(found)


@effort(200)
@given(NASTY)
def test_every_sink_has_its_escape(text: str) -> None:
    assert not re.search(r"[\n\t]", terminal(text))
    for escaped in (
        terminal(text),
        visible(text),
        markdown(text),
        spreadsheet(text),
        json_text(json.dumps(text, ensure_ascii=False)),
    ):
        assert not UNSEEN.search(escaped)
        escaped.encode()
    assert not re.match(r"[\s'\"]*[=+\-@＝＋－＠]", spreadsheet(text).removeprefix("'")) or spreadsheet(text).startswith("'")
    assert json.loads(json_text(json.dumps(text, ensure_ascii=False))) == text
    assert width(terminal(text)) <= width(padded(terminal(text), 9))


@effort(66)
@given(st.lists(CELLS, max_size=4), LANGS)
def test_cells_are_joined_and_put_into_sentences_literally(cells: list[str | Words], lang: str) -> None:
    whole = joined(cells)
    for cell in cells:
        assert said(cell, lang) in said(whole, lang)
        assert said(cell, lang) in phrase(Words("a {x} b", "甲{x}乙"), x=cell).said(lang)
