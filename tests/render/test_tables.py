"""Registers as text, Markdown, CSV, XLSX and JSON: nothing foreign ever becomes markup, a formula or a hidden letter."""

import csv
import io
import json
import subprocess
import sys
import time
import zipfile

import pytest

from docctl.core.errors import DocctlError, Words
from docctl.registers.table import Column, Table
from docctl.render import TABLE_FORMATS, write_table
from docctl.render.text_out import rich_table
from docctl.render.width import width

NASTY = (
    "方针 | 2.0 | 已批准 |",
    "x\n# y",
    "<img src=x onerror=1>",
    "](javascript:1)",
    "[a](https://evil.example) www.evil.example",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "a\u202egnp.exe",
    "\x1b[31mred",
    "`code` *b* _i_ ~~s~~ $m$ {{ x }} \\",
    "&lt;b&gt;",
    "- item",
    "1. item",
    "--- | ---",
    ":--",
    "plain 2026-01-05 1.0",
)
COLUMNS = (Column("title", "Title", "文件名称"), Column("state", "State", "状态"), Column("empty", "Empty", "空"))


def table(*titles):
    rows = tuple({"title": title, "state": Words("in force", "现行有效"), "empty": ""} for title in titles)
    return Table(
        "in-force", Words("Master list", "受控文件清单"), "2026-02-01", "c0ffee", COLUMNS, rows, (Words("A *note*", "说明"),)
    )


def cells(page):
    """What a Markdown reader shows in the cells of each table row."""
    from markdown_it import MarkdownIt

    rows, row = [], []
    for token in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(page):
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            assert all(child.type in {"text", "text_special"} for child in token.children), token.content
            row.append("".join(child.content for child in token.children))
        elif token.type == "tr_close":
            rows.append(row)
        elif token.type == "table_close":
            break
    return rows


def test_markdown_shows_every_title_letter_by_letter():
    shown = cells(write_table(table(*NASTY), "md", "en").decode())
    assert [len(row) for row in shown] == [3] * (len(NASTY) + 1)
    for title, row in zip(NASTY, shown[1:], strict=True):
        expected = " ".join(title.replace("\u202e", "\\u{202e}").replace("\x1b", "\\u{1b}").split())
        assert row == [expected, "in force", ""]


@pytest.mark.parametrize("title", NASTY)
def test_no_title_can_leave_a_heading_or_a_list(title):
    from markdown_it import MarkdownIt

    page = write_table(table()._replace(title=Words(title, title), notes=(Words(title, title),)), "md", "zh").decode()
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(page)
    assert [token.type for token in tokens if token.level == 0 and token.nesting == 1] == [
        "heading_open", "paragraph_open", "table_open", "bullet_list_open",
    ]  # fmt: skip
    assert sum(token.type == "list_item_open" for token in tokens) == 1
    assert all(child.type.startswith("text") for token in tokens if token.type == "inline" for child in token.children)


def test_markdown_leaves_ordinary_text_readable():
    page = write_table(table("变更管理程序 A/0 2026-01-05 1.0 (草稿)"), "md", "zh").decode()
    assert "| 变更管理程序 A/0 2026-01-05 1.0 (草稿) | 现行有效 |  |" in page.splitlines()


def test_csv_is_rfc_4180_and_holds_no_formula():
    data = write_table(table(*NASTY), "csv", "zh")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [3] * (len(NASTY) + 1)
    assert rows[0] == ["文件名称", "状态", "空"]
    for title, row in zip(NASTY, rows[1:], strict=True):
        assert row[0].lstrip()[:1] not in set("=+-@＝＋－＠")
        if title.strip()[0] in "=+-@＝":
            assert row[0] == "'" + title
    assert "\u202e" not in data.decode("utf-8-sig")


def test_json_keeps_both_languages_and_hides_nothing():
    text = write_table(table(*NASTY), "json", "zh").decode()
    found = json.loads(text)
    assert found["format"] == 1
    assert (found["register"], found["as_of"], found["commit"]) == ("in-force", "2026-02-01", "c0ffee")
    assert found["columns"][0] == {"key": "title", "en": "Title", "zh": "文件名称"}
    assert [row["title"] for row in found["rows"]] == list(NASTY)
    assert found["rows"][0]["state"] == {"en": "in force", "zh": "现行有效"}
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_text_is_aligned_for_wide_letters_and_shows_hidden_ones():
    lines = write_table(table("方针", "abcdef", "a\u202eb\n\x1b[0m"), "text", "zh").decode().splitlines()
    start = lines.index(next(line for line in lines if line.startswith("文件名称")))
    body = [lines[start], *lines[start + 2 : start + 5]]
    assert len({width(line[: line.index("状态" if place == 0 else "现行")]) for place, line in enumerate(body)}) == 1
    assert "空" not in lines[start]
    assert body[3].startswith("a\\u{202e}b\\u{a}\\u{1b}[0m")
    assert "(no entries)" in write_table(table(), "text", "en").decode()


def test_rich_draws_the_same_cells_without_reading_them():
    drawn = rich_table(table("[red]x[/red]", "\x1b]0;y\x07"), "en", 120)
    assert "[red]x[/red]" in drawn
    assert "\\u{1b}]0;y\\u{7}" in drawn


def sheet(data, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def test_xlsx_is_ready_to_print_and_holds_no_formula():
    data = write_table(table(*NASTY), "xlsx", "zh")
    xml = sheet(data)
    assert "<f>" not in xml
    assert 'orientation="landscape"' in xml
    assert 'paperSize="9"' in xml
    assert 'fitToHeight="0"' in xml
    assert 'state="frozen"' in xml
    assert "in-force'!$1:$3" in sheet(data, "xl/workbook.xml")
    assert "2026-02-01T00:00:00Z" in sheet(data, "docProps/core.xml")


@pytest.mark.parametrize("form", sorted(TABLE_FORMATS))
def test_the_same_table_gives_the_same_bytes(form):
    first = write_table(table(*NASTY), form, "zh")
    time.sleep(1.1 if form == "xlsx" else 0)
    assert write_table(table(*NASTY), form, "zh") == first
    for lang in ("en", "zh"):
        assert write_table(table(), form, lang)


def test_an_unknown_format_is_told_which_there_are():
    with pytest.raises(DocctlError) as caught:
        write_table(table(), "pdf", "en")
    assert "xlsx" in caught.value.said("zh")


def test_a_hook_imports_nothing_heavy_for_its_lines():
    code = "import sys, docctl.render.lines; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    names = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"rich", "click", "xlsxwriter", "markdown_it", "jsonschema", "mkdocs", "git"} & set(names)
