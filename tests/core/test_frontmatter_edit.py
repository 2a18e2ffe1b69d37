"""docctl.core.frontmatter and strictyaml: what an edit may touch, and what is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docctl.core import frontmatter, plaintext, strictyaml
from docctl.core.errors import DocctlError, Unreadable
from docctl.core.frontmatter import read, with_values, write_yaml

GOOD = """---
# 归口：运维部
id: ITSM-P-05
title: 变更管理程序 👨‍👩‍👧   # the name
version: 1.10
titles: {en: 'Change: management'}
status: draft
clauses:   # mapped
  # first
  - {clause: 'iso20000-1:2018/8.5.1', section: process}
  - iso27001:2022/A.8.32

how: |
  line one

  line two
empty:
---
## 目的 {#purpose}

---
body
"""


def test_an_edit_keeps_comments_order_and_every_other_byte():
    edited = with_values(
        GOOD, {"status": "approved", "version": "A/1", "title": "null", "valid": True, "months": 12, "how": None}
    )
    assert edited == (
        GOOD.replace("status: draft", "status: approved")
        .replace("version: 1.10", "version: A/1")
        .replace("title: 变更管理程序 👨‍👩‍👧   #", "title: null   #")
        .replace("how: |\n  line one\n\n  line two\n", "")
        .replace("empty:\n---", "empty:\nvalid: true\nmonths: 12\n---")
    )


def test_no_change_gives_equal_bytes():
    assert with_values(GOOD, {}) == GOOD
    assert with_values(GOOD, {"absent": None}) == GOOD
    assert with_values(GOOD, {"version": "1.10"}) == GOOD


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("a:   # why\n  - x\nb: c\n", {"a": "y"}, "a: y   # why\nb: c\n"),
        ("a:\n  - x\nb: c\n", {"a": ["x", "y"]}, "a: [x, y]\nb: c\n"),
        ("a: x   # why\n", {"a": [{"b": "c"}]}, "# why\na:\n  - {b: c}\n"),
        ("a:   # one\n  # two\n  - x # three\n", {"a": [{"b": "c"}, "d"]}, "# one\n# two\n# three\na:\n  - {b: c}\n  - d\n"),
        ("a: x # why\n", {"a": "one\ntwo\n"}, "# why\na: |\n  one\n  two\n"),
        ("a: |\n  x\n\n\nb: c\n", {"a": "y"}, "a: y\n\n\nb: c\n"),
        ("a: [x,\n  y] # why\nb: c\n", {"a": {"k": "v: w"}}, "a: {k: 'v: w'} # why\nb: c\n"),
        ("a:\nb: c\n", {"a": "x"}, "a: x\nb: c\n"),
        ("a:    x\n", {"a": "# y"}, "a:    '# y'\n"),
        ("'a' : x\n", {"a": "y"}, "'a' : y\n"),
        ("  a: x\n  b: c\n", {"a": [{"k": "v"}], "n": ["z"]}, "  a:\n    - {k: v}\n  b: c\n  n: [z]\n"),
        ("# top\na: x # why\nb: c\n", {"a": None}, "# top\nb: c\n"),
        ("a: x\n", {"b": {"reason": "r" * 130, "class": "minor"}}, f"a: x\nb:\n  reason: {'r' * 130}\n  class: minor\n"),
        ("a: x\n", {"b": {}, "c": [], "d": ""}, "a: x\nb: {}\nc: []\nd:\n"),
    ],
)  # fmt: skip
def test_edits_of_all_forms(before: str, changes: dict[str, Any], after: str):
    assert with_values(f"---\n{before}---\nbody\n", changes) == f"---\n{after}---\nbody\n"


def test_an_edit_that_cannot_be_read_again_is_refused():
    for changes in ({"status": "a\u202eb"}, {"status": "\x1b"}, dict.fromkeys(read(GOOD.encode()).values)):
        with pytest.raises(Unreadable):
            with_values(GOOD, changes)
    for text in ("---\n{a: b}\n---\n", "---\na: b\n", "no\n", "---\na: \ud800\n---\n"):
        with pytest.raises(Unreadable):
            with_values(text, {"a": "c"})


@pytest.mark.parametrize(
    "after", ["---\na: y\nb: c\n---\nother\n", "---\na: x\nb: c\n---\n", "---\nb: c\na: y\n---\n", "---\na: y\n---\n"]
)
def test_an_edit_that_changes_more_or_less_is_refused(after: str):
    frontmatter.prove_only("---\na: x\nb: c\n---\n", "---\na: y\nb: c\n---\n", {"a": "y"})
    with pytest.raises(DocctlError) as caught:
        frontmatter.prove_only("---\na: x\nb: c\n---\n", after, {"a": "y"})
    assert "a" in caught.value.remedy.zh


def depth(value: object) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if below is None else 1 + max(map(depth, below), default=0)


VISIBLE = st.sampled_from(["\n", "a\n\n", "\na", " a\nb", "a\nb\n", "# a", "a: b", "- a", "...", "---"]) | st.text(
    st.characters(codec="utf-8"), max_size=12
).filter(lambda text: plaintext.hidden(text) is None)
NAMES = st.text("abc-_ :#'更1", min_size=1, max_size=5)
VALUES = st.recursive(
    VISIBLE, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3), max_leaves=5
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES | st.sampled_from(["id", "title", "clauses", "how", "empty"]), st.none() | VALUES, max_size=4))
def test_edits_and_reading_agree(changes: dict[str, Any]):
    before = read(GOOD.encode()).values
    try:
        after = read(with_values(GOOD, changes).encode()).values
    except Unreadable:
        assert depth(changes) > 5
        return
    wanted = {name: value for name, value in {**before, **changes}.items() if value is not None}
    assert after == wanted
    assert [name for name in after if name in before] == [name for name in before if name in after]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_written_yaml_reads_the_same_again(values: dict[str, Any]):
    text = write_yaml(values)
    assert strictyaml.read_file(text.encode()).values == values
    assert text == write_yaml(values)


def test_written_yaml_is_readable_by_people():
    same = {"from": "2026-01-01"}
    people = {"li.ming": {"name": "李明", "roles": [same, same]}}
    assert write_yaml({"schema": "docctl/people/v1", "n": 30, "yes": True, "people": people}) == (
        "schema: docctl/people/v1\nn: 30\nyes: true\npeople:\n  li.ming:\n    name: 李明\n    roles:\n"
        "      - {from: 2026-01-01}\n      - {from: 2026-01-01}\n"
    )  # fmt: skip


def test_what_cannot_be_written_is_refused():
    for values in ({"a": "b\x07"}, {"a" * 200: "b"}, {"<<": "x"}):
        with pytest.raises(Unreadable):
            write_yaml(values)
    with pytest.raises(Unreadable, match="cannot be written"):
        strictyaml._proved("a: b\n", {"a": "c"})
