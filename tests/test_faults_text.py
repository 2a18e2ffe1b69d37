"""Texts that nobody can read the same way (R01 to R22): the hook and `docctl check` say what, where and how to mend it."""

from __future__ import annotations

import json
import re

import pytest

from .faultroom import docctl, look

PATH = "documents/procedures/ITSM-P-03/index.md"


@pytest.fixture
def draft(shop):
    """The draft ITSM-P-03 on its topic branch, and its text."""
    shop.git("switch", "-q", "-c", "doc/ITSM-P-03/A-0")
    return shop.text("ITSM-P-03").read_text(encoding="utf-8")


def _refused(shop, data: bytes, *said: str, line: int = 0) -> str:
    """The hook refuses the bytes by name, in both languages and as JSON; the bytes, the index and the branch stay as they are."""
    text = shop.text("ITSM-P-03")
    text.write_bytes(data)
    shop.git("add", "-A")
    before = look(shop.office)
    told = shop.tried("git", "commit", "-m", "typed by the user", DOCCTL_LANG="en")
    assert told.code == 1, told.said
    assert look(shop.office) == before
    assert text.read_bytes() == data
    first = f"{PATH}:{line}\n" if line else f"{PATH}\n"
    assert first in told.said, told.said
    for words in ("  → ", *said):
        assert words in told.said, told.said
    assert "Traceback" not in told.said
    as_json = json.loads(docctl(shop, "check", "--staged", "--format", "json").said)
    finding = as_json["findings"][0]
    assert (as_json["format"], finding["path"], finding["line"]) == (1, PATH, line)
    assert finding["code"].startswith("DC1")
    assert finding["remedy"]
    chinese = shop.tried("git", "commit", "-m", "x", DOCCTL_LANG="zh")
    assert re.search("[\u4e00-\u9fff]", chinese.said)
    return told.said


def test_r01_an_empty_file(shop, draft):
    _refused(shop, b"", "the file is empty; expected front matter", line=1)


def test_r02_front_matter_without_a_body_is_a_draft_but_no_release(shop, draft):
    head = (
        draft[: draft.index("\n---\n") + 5]
        .replace("clauses:\n", "")
        .replace(draft[draft.index("  - {clause") :].split("\n")[0] + "\n", "")
    )
    shop.text("ITSM-P-03").write_text(head, encoding="utf-8")
    shop.git("commit", "-qam", "a draft without a body")
    refused = docctl(shop, "submit", "ITSM-P-03", "--yes", DOCCTL_KEY=str(shop.keys / "wang.fang"))
    if refused.code == 0:  # what is submitted may still be empty, what lands may not
        shop.git("switch", "-q", "main")
        shop.git("merge", "-q", "--no-commit", "--no-ff", "doc/ITSM-P-03/A-0")
        refused = shop.tried("git", "commit", "-m", "land", DOCCTL_LANG="en")
    assert refused.code == 1
    assert "has no content" in refused.said


def test_r03_front_matter_that_is_not_closed(shop, draft):
    _refused(shop, draft.replace("\n---\n", "\n", 1).encode(), "front matter opened on line 1 is not closed", line=1)


def test_r04_a_yaml_error_is_one_line_with_its_place(shop, draft):
    said = _refused(shop, draft.replace("title: ", "title: [", 1).encode(), "line 3: ", line=3)
    assert len([line for line in said.splitlines() if "DC101" in line or "line 3" in line]) == 1


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be"])
def test_r05_utf_16(shop, draft, name):
    _refused(shop, draft.encode(name), "not UTF-8 (looks like UTF-16)", "save as UTF-8 without BOM", "docctl fix encoding")


def test_r06_gb18030(shop, draft):
    data = draft.encode("gb18030")
    first = next(place for place, byte in enumerate(data) if byte > 127)
    _refused(shop, data, f"not UTF-8 (looks like GB18030): byte {first}", "docctl fix encoding")


def test_r07_crlf(shop, draft):
    _refused(shop, draft.replace("\n", "\r\n").encode(), "CRLF line endings", "docctl fix eol", line=1)


def test_r10_a_nul_byte(shop, draft):
    data = draft.encode() + b"a\0b\n"
    _refused(shop, data, f"NUL byte at offset {data.index(0)}", line=draft.count("\n") + 1)


def test_r11_ten_megabytes_of_markdown(shop, draft):
    data = draft.encode() + ("字" * 26 + "\n").encode() * 131072
    _refused(shop, data, f"{len(data):,} bytes", "the limit is 2,097,152 bytes", "split the document")


def test_r17_an_unknown_field(shop, draft):
    text = draft.replace("owner:", "foo: 1\nowner:", 1)
    _refused(shop, text.encode(), "unknown field foo", "known fields: id, title", line=text[: text.index("foo:")].count("\n") + 1)


def test_r18_a_wrong_type(shop, draft):
    text = re.sub(r"^owner: .*$", "owner: [a, b]", draft, flags=re.MULTILINE)
    _refused(shop, text.encode(), "owner must be text", line=text[: text.index("owner:")].count("\n") + 1)


def test_r19_dates_in_the_wrong_order(shop, draft):
    text = draft.replace("owner:", "effective_from: 2026-05-01\nvalid_until: 2026-04-01\nowner:", 1)
    line = text[: text.index("valid_until:")].count("\n") + 1
    _refused(shop, text.encode(), "valid_until 2026-04-01 is before effective_from 2026-05-01", line=line)


def test_r20_somebody_who_is_not_registered(shop, draft):
    text = draft.replace("owner:", "authors: [wang.fan]\nowner:", 1)
    line = text[: text.index("authors:")].count("\n") + 1
    _refused(shop, text.encode(), "authors wang.fan is not in", "near: wang.fang", line=line)


def test_r22_conflict_markers(shop, draft):
    first = draft.count("\n") + 1
    data = draft.encode() + b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"
    _refused(shop, data, f"merge conflict markers, lines {first}–{first + 4}", line=first)


def test_r16_a_broken_reference_is_told_before_it_lands(shop, draft):
    shop.edit("ITSM-P-03", r"\Z", "\n见[程序](doc:ISMS-P-999)。\n")
    shop.git("commit", "-qam", "a draft may refer to what is not there yet")
    refused = docctl(shop, "submit", "ITSM-P-03", "--yes", DOCCTL_KEY=str(shop.keys / "wang.fang"))
    if refused.code == 0:
        shop.git("switch", "-q", "main")
        shop.git("merge", "-q", "--no-commit", "--no-ff", "doc/ITSM-P-03/A-0")
        refused = shop.tried("git", "commit", "-m", "land", DOCCTL_LANG="en")
    assert refused.code == 1
    assert "no document with number ISMS-P-999" in refused.said
    line = shop.text("ITSM-P-03").read_text(encoding="utf-8").split("ISMS-P-999")[0].count("\n") + 1
    assert f"{PATH}:{line}" in refused.said


def test_n01_other_work_is_committed_whatever_lies_unfinished_beside_it(shop, draft):
    shop.text("ITSM-P-03").write_bytes(b"\xff\xfe")
    shop.put("notes.txt", "x\n")
    shop.git("add", "notes.txt")
    assert "index.md" not in shop.git("commit", "-m", "other")
