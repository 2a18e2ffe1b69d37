"""docctl.core.frontmatter, strictyaml and plaintext: what is read, what is refused and how it is told."""

from __future__ import annotations

import frontmatter as python_frontmatter
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docctl.core import plaintext, strictyaml
from docctl.core.errors import Unreadable, Words
from docctl.core.frontmatter import handler, read, read_yaml, split

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


def refused(data: str | bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(data.encode() if isinstance(data, str) else data)
    assert caught.value.words.zh
    assert "\n" not in caught.value.words.en
    return caught.value


def test_every_scalar_is_text_and_every_place_has_its_file_line():
    front = read(GOOD.encode())
    assert front.values == {
        "id": "ITSM-P-05", "title": "变更管理程序 👨‍👩‍👧", "version": "1.10", "status": "draft",
        "clauses": [{"clause": "iso20000-1:2018/8.5.1", "section": "process"}, "iso27001:2022/A.8.32"],
        "how": "line one\n\nline two\n", "empty": "", "titles": {"en": "Change: management"},
    }  # fmt: skip
    assert (front.lines["id",], front.lines["clauses", 1], front.lines["clauses", 0, "section"]) == (3, 11, 10)
    assert front.body.startswith("## 目的 {#purpose}\n\n---\n")
    assert front.body_line == 19
    assert GOOD.splitlines()[front.body_line - 1].startswith("## 目的")


@pytest.mark.parametrize(
    "text", ["NO", "on", "null", "~", "010", "1:30", "0x10", "1_0", "2026-03-01", "1e3", ".inf", "true", "=", "a?"]
)
def test_nothing_looks_like_anything_but_text(text: str):
    assert read(f"---\nx: {text}\n---\n".encode()).values == {"x": text}


def test_a_file_without_body_is_read():
    assert split(b"---\nid: X-1\n---\n") == ("id: X-1\n", "", 4)


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"", 1, "the file is empty; expected front matter"),
        (b"---\nid: x\n", 1, "front matter opened on line 1 is not closed"),
        (b"# Title\n\ntext\n", 1, "front matter is missing; the file must begin with ---"),
        (b"\n---\nid: x\n---\n", 1, "front matter is missing"),
        (b"--- \nid: x\n---\n", 1, "--- must stand alone, without blanks after it, line 1"),
        ("---\u00a0\nid: x\n---\n", 1, "--- must stand alone"),
        (b"---\n---\ntext\n", 2, "front matter is empty"),
        (b"---\n# x\n---\n", 2, "front matter is empty"),
        (b"---\nid: x\n...\nbody\n", 3, "“...” does not close front matter; write --- alone, line 3"),
        (b"---\nid: x\n----\nid: y\n---\n", 3, "“----” does not close front matter"),
        (b"---\nid: x\n--- \nid: y\n---\n", 3, "“--- ” does not close front matter"),
        (b"---\nid: x\n--- # c\n---\n", 3, "“--- # c” does not close"),
        (b"---\nid: x\n---\nbody", 4, "the last line has no line end; add one, line 4"),
        (b"---\nid: x\n---", 3, "the last line has no line end"),
        ("---\ntitle: 变更\n---\n".encode("utf-16"), 0, "not UTF-8 (looks like UTF-16): byte 0; save as UTF-8 without BOM"),
        ("---\ntitle: x\n---\n".encode("utf-16-le"), 0, "not UTF-8 (looks like UTF-16)"),
        ("---\ntitle: 变更\n---\n".encode("gb18030"), 0, "not UTF-8 (looks like GB18030): byte 11"),
        (b"---\ntitle: \xff\xff\n---\n", 0, "not UTF-8 (damaged or another encoding): byte 11"),
        (b"\xef\xbb\xbf---\nid: x\n---\n", 1, "UTF-8 with a byte order mark; save as UTF-8 without BOM"),
        (b"---\r\nid: x\r\n---\r\n", 1, "CRLF line endings"),
        (b"---\nid: x\n---\nbody\rbody\n", 4, "CRLF line endings"),
        (b"---\nid: a\0b\n---\n", 2, "NUL byte at offset 9"),
        ("---\nid: x\n---\n不得\u202e …\n", 4, "invisible character U+202E, line 4"),
        ("---\nid: x\u200b\n---\n", 2, "invisible character U+200B, line 2"),
        ("---\nid: x\u200dy\n---\n", 2, "invisible character U+200D"),
        (b"---\nid: \x1b[31m\n---\n", 2, "invisible character U+001B"),
        (b'---\nid: x\ntitle: "a\\u202eb"\n---\n', 3, "invisible character U+202E, line 3"),
        (b'---\ntitle: "a\\0b"\n---\n', 2, "invisible character U+0000"),
        (b'---\n"a\\eb": x\n---\n', 2, "invisible character U+001B"),
        (b"---\nid: x\n<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> other\n---\n", 3, "merge conflict markers, lines 3\u20137"),
        (b"---\nid: x\n---\n<<<<<<< HEAD\n", 4, "merge conflict markers, lines 4\u20134"),
        (b"---\nid: x\nstatus: draft\na: b\nstatus: approved\n---\n", 5, "front matter has status twice (lines 3 and 5)"),
        (b"---\nx: {a: b, a: c}\n---\n", 2, "front matter has a twice (lines 2 and 2)"),
        (b"---\nx: &a b\n---\n", 2, "anchors and aliases are not allowed, line 2"),
        (b"---\nx: *a\n---\n", 2, "anchors and aliases are not allowed, line 2"),
        (b"---\nx: &a [b]\n---\n", 2, "anchors and aliases are not allowed"),
        (b"---\n&a x: b\n---\n", 2, "anchors and aliases are not allowed"),
        (b'---\nx: !!python/object/apply:os.system ["id"]\n---\n', 2, "python/object/apply:os.system is not allowed, line 2"),
        (b"---\nx: !!str y\n---\n", 2, "tag tag:yaml.org,2002:str is not allowed"),
        (b"---\nx: ! y\n---\n", 2, "tag ! is not allowed"),
        (b"---\n<<: {status: approved}\n---\n", 2, "merge key << is not allowed"),
        (b"---\n? x\n: y\n---\n", 2, "a field must be written name: value on one line"),
        (b"---\n? x : y\n: z\n---\n", 2, "a field name must be plain text"),
        (b"---\nx: {? a : b}\n---\n", 2, "a field must be written name: value on one line"),
        (b"---\nx: {?\n a : b}\n---\n", 3, "a field must be written name: value on one line"),
        (b"---\nx: {a, b: c}\n---\n", 2, "a field must be written name: value on one line"),
        (b"---\n[a]: b\n---\n", 2, "a field name must be plain text"),
        (b"---\n- a\n---\n", 2, "front matter must hold fields, written name: value"),
        (b"---\nplain\n---\n", 2, "front matter must hold fields"),
        (b"---\n%YAML 1.1\n---\n", 2, "line 2: not readable as YAML"),
        (b"---\nid: x\ntitle: [\n---\n", 3, "line 3: not readable as YAML"),
        (b"---\ntitle: [\nid: x\n---\n", 2, "line 2: not readable as YAML"),
        (b'---\nid: x\ntitle: "a\nb: c\n---\n', 3, "line 3: not readable as YAML"),
        (b"---\nid: x\na: b: c\n---\n", 3, "line 3: not readable as YAML: mapping values are not allowed"),
        (b"---\nx:\n\t- b\n---\n", 3, "line 3: not readable as YAML"),
        (b"---\nx: [[[[[[a]]]]]]\n---\n", 2, "nested more than 6 levels deep, line 2"),
        (b"---\nx: " + b"[" * 60_000 + b"\n---\n", 2, "nested more than 6 levels deep"),
        (b"---\nx: [" + b"a," * 2000 + b"]\n---\n", 2, "more than 2000 names and values, line 2"),
        (b"---\nx: " + b"a" * 65_536 + b"\n---\n", 2, "front matter is 65,540 bytes long; the limit is 65,536 bytes"),
        (b"---\nid: x\n---\n" + b"a" * 2**21 + b"\n", 0, "2,097,167 bytes long; the limit is 2,097,152 bytes; split"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_in_one_line_with_its_place(data: str | bytes, line: int, sentence: str):
    fault = refused(data)
    assert sentence in fault.words.en
    assert fault.line == line


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(f"---\n{bomb}---\n").line == 2


def test_six_levels_and_big_files_within_the_limits_are_read():
    assert read(b"---\nx: [[[[[a]]]]]\n---\n").values == {"x": [[[[["a"]]]]]}
    assert read("---\nx: '{}'\n---\n".format("更" * 21_000).encode()).values["x"] == "更" * 21_000
    assert len(read(b"---\nid: x\n---\n" + b"a\n" * 2**19).body) == 2**20


def test_marks_that_are_no_conflict_and_questions_are_read():
    text = "---\ntitle: what?\nowner: x\nlist: [a?, {b: c}]\n---\na <<<<<<< b\n\n=======\n"
    assert read(text.encode()).values == {"title": "what?", "owner": "x", "list": ["a?", {"b": "c"}]}


# --- rule files ------------------------------------------------------------------------------------------------------------


def test_a_rule_file_may_open_with_a_rule_and_hold_more():
    text = "---\ntypes:\n" + "".join(f"  t{n}: {{a: {{b: [{{c: [{{d: e}}]}}]}}}}\n" for n in range(200))
    assert len(strictyaml.read_file(text.encode()).values["types"]) == 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("%YAML 1.1\n---\na: b\n", "YAML directives (%) are not allowed"),
        ("%TAG ! x\n---\na: b\n", "YAML directives (%) are not allowed"),
        ("a: b\n...\n", "the document end ... is not allowed, line 2"),
        ("a: b\n---\nc: d\n", "a second document (---) is not allowed, line 2"),
        ("", "the file is empty; expected fields"),
        ("a: " + "b" * 65_540 + "\n", "the file is 65,544 bytes long"),
    ],
)
def test_a_rule_file_is_one_document(text: str, sentence: str):
    with pytest.raises(Unreadable) as caught:
        strictyaml.read_file(text.encode())
    assert sentence in caught.value.words.en


def test_the_line_of_a_missing_field_is_that_of_what_is_around_it():
    lines = read_yaml("a:\n  - b: c\n").lines
    assert [strictyaml.line_at(lines, path) for path in ((), ("x",), ("a", 0, "z"), ("a", 0, "b"))] == [0, 0, 2, 2]
    assert strictyaml.line_at(lines, ("a", 7)) == 1


def test_text_given_as_python_text_is_judged_too():
    for text in ("a: \ud800\n", "a: b\r\n", "a: \ufffe\n"):
        with pytest.raises(Unreadable):
            read_yaml(text)


def test_what_libyaml_refuses_without_a_place_is_told_too():
    error = strictyaml._Reader("a: b\n", strictyaml.FRONT_MATTER, 2)._not_yaml(ValueError("x"))
    assert error.words.en == "line 2: not readable as YAML: unreadable characters"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_reading_never_raises_anything_but_unreadable(data: bytes):
    for wrapped in (data, b"---\n" + data + b"\n---\n"):
        try:
            assert isinstance(read(wrapped).values, dict)
        except Unreadable:
            continue


SOUP = st.lists(
    st.sampled_from([*"ab:-?,[]{}&*!|>'\"%@`#\n \t.=~<", ": ", "\n- ", "\n  ", "a: ", "---\n", "<<: ", '"\\x', "\u00a0", "更"]),
    max_size=25,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(SOUP)
def test_yaml_soup_is_read_or_refused(text: str):
    try:
        reading = read_yaml(text)
    except Unreadable:
        return
    assert all(1 <= line <= text.count("\n") + 1 for line in reading.lines.values())


# --- python-frontmatter ----------------------------------------------------------------------------------------------------


def test_python_frontmatter_reads_through_our_handler():
    post = python_frontmatter.loads(GOOD, handler=handler())
    assert post.metadata == read(GOOD.encode()).values
    assert post.content.startswith("## 目的")
    again = python_frontmatter.loads(python_frontmatter.dumps(post, handler=handler()), handler=handler())
    assert again.metadata == post.metadata
    assert again.content == post.content


@pytest.mark.parametrize("text", ["no front matter", "---\na: 1\na: 2\n---\n", "---\na: &x 1\n---\n", "---\na: 1\n----\n", ""])
def test_python_frontmatter_refuses_what_we_refuse(text: str):
    with pytest.raises(Unreadable):
        python_frontmatter.loads(text, handler=handler())


def test_hidden_characters_are_named_with_their_place():
    assert plaintext.hidden("👨‍👩‍👧 a‍b") == (7, "U+200D")
    assert plaintext.hidden("plain 文字\n\t") is None
    assert plaintext.fault_at("x", "y", 3).words == Words("x, line 3", "y（第 3 行）")
