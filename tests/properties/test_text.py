"""Front matter and rule files: read in one way only, by us as by any YAML reader, and changed only where asked."""

from __future__ import annotations

import re
from typing import Any

import frontmatter as python_frontmatter
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from docctl.core import frontmatter, plaintext, strictyaml
from docctl.core.errors import DocctlError, Unreadable
from docctl.core.frontmatter import handler, read, read_yaml, with_values, write_yaml

from .effort import effort

TOKENS = [
    "---\n", "...\n", "----\n", "--- \n", "---", "\n", "\r\n", "\r", "\n\n", " ", "  ", "\t", ":", ": ", ":\n", "- ", "-", "? ", "?", ",",
    "[", "]", "{", "}", "&a ", "*a", "<<: ", "!!str ", "! ", "%YAML 1.2\n", "| ", "|\n", ">-\n", "|+\n", "|2\n", "'", '"', "''", '\\"',
    '"\\u202e"', '"\\x41"', "# c\n", " # c", "#", "id", "id: X-1\n", "status: draft\n", "title: 变更\n", "a: b\n", "1.10", "010", "null",
    "true", "~", "=", "<<<<<<< HEAD\n", "=======\n", ">>>>>>> x\n", "\u00a0", "\u2028", "\u0085", "\ufeff", "\u202e", "\u200d", "👨‍👩‍👧", "\x00",
    "\x1b", "é", "e\u0301", "更", "\U0001f600", '"a\\nb": ', '"a\\nb"', "!<x%0Ay> ", "!<x%1By> ", "&a\u00a0", "'a\n b': ",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(TOKENS), max_size=24).map("".join)
TEXTS = SOUP | SOUP.map(lambda text: f"---\n{text}\n---\nbody\n") | st.text(max_size=60)
BYTES = TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=80) | st.builds(
    lambda text, codec: text.encode(codec, "replace"), SOUP, st.sampled_from(["utf-16", "utf-16-be", "gb18030", "big5", "latin-1", "utf-32"])
)  # fmt: skip
VISIBLE = st.text(st.characters(codec="utf-8"), max_size=20).filter(lambda text: plaintext.hidden(text) is None)
NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True) | VISIBLE.filter(
    lambda text: text not in ("", "<<") and "\n" not in text
)
ODD = [
    "",
    " ",
    "\n",
    "a\n",
    "null",
    "1.10",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "...",
    "---",
    "*a",
    "&a",
    "!x",
    "%x",
    "@x",
    "`x",
    "文\n文\n",
]
SCALARS = VISIBLE | st.sampled_from(ODD)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3), max_leaves=8
)
FIELDS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)


def reading(data: bytes) -> frontmatter.Front | Unreadable:
    """A file read, or why not."""
    try:
        return read(data)
    except Unreadable as fault:
        return fault


def texts_in(value: object) -> bool:
    """Whether a value is made of text, lists and mappings of text alone."""
    if isinstance(value, dict):
        return all(type(name) is str and texts_in(below) for name, below in value.items())
    return all(map(texts_in, value)) if isinstance(value, list) else type(value) is str


@effort(266)
@given(BYTES)
@example(b"---\n\xef\xbb\xbfid: x\n---\n")
def test_any_bytes_are_read_as_text_or_refused_in_one_line(data: bytes) -> None:
    front = reading(data)
    if isinstance(front, Unreadable):
        assert all(front.words)
        assert not re.search(r"[\n\r\x00\x1b\u202e]", front.words.en + front.words.zh)
        assert 0 <= front.line <= data.count(b"\n") + data.count(b"\r") + 1
        return
    assert texts_in(front.values)
    assert data.decode().endswith(front.body)
    assert data.decode().count("\n") == front.body_line - 1 + front.body.count("\n")
    assert all(2 <= line < front.body_line for line in front.lines.values())
    assert plaintext.hidden(data.decode()) is None


@effort(266)
@given(SOUP | FIELDS.map(lambda values: yaml.safe_dump(values, allow_unicode=True)))
@example("a: |+\n  b\n\n\n")
@example("a: b\n\n# c\n")
def test_what_we_accept_every_yaml_reader_reads_alike(text: str) -> None:
    try:
        values = read_yaml(text).values
    except Unreadable:
        return
    assert yaml.load(text, yaml.CBaseLoader) == values
    assert slow_reading(text) in (values, None)


def slow_reading(text: str) -> object:
    """What PyYAML's own scanner reads; None where it stumbles over a tab that YAML allows."""
    try:
        return yaml.load(text, yaml.BaseLoader)
    except yaml.YAMLError:
        return None


@effort(166)
@given(TEXTS)
def test_python_frontmatter_and_we_agree_on_every_accepted_file(text: str) -> None:
    try:
        front = read(text.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return
    post = python_frontmatter.loads(text, handler=handler())
    assert post.metadata == front.values
    stock = yaml.load(re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)[1], yaml.CBaseLoader)
    assert stock == front.values


@effort(166)
@given(FIELDS)
def test_what_is_written_is_read_again(values: dict[str, Any]) -> None:
    try:
        text = write_yaml(values)
    except Unreadable:
        assert depth(values) > 9
        return
    assert strictyaml.read_file(text.encode()).values == values
    assert yaml.load(text, yaml.CBaseLoader) == values


def depth(value: object) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if below is None else 1 + max(map(depth, below), default=0)


COMMENTS = st.sampled_from(["", "# 归口\n", "\n", "# a: b\n\n", "  # in\n"])
TAILS = st.sampled_from(["", " # why", "   #", "  # 'x'"])
STYLES = st.sampled_from(["plain", "single", "double", "flow", "block", "folded", "list", "map"])


@st.composite
def fronts(draw: st.DrawFn) -> str:
    """Front matter as people write it: comments, blank lines, every style of YAML, and a body."""
    lines = [draw(COMMENTS)]
    names = draw(
        st.lists(st.sampled_from(["id", "title", "status", "clauses", "how", "x", "归口", "'q r'"]), min_size=1, unique=True)
    )
    for name in names:
        word = draw(st.sampled_from(["更", "a b", "1.10", "x: y", "#n", "it's", "true"]))
        styles = {
            "plain": "A/0", "single": "'" + word.replace("'", "''") + "'", "double": f'"{word}"', "flow": f"[a, '{word[:1]}x', {{b: c}}]",
            "block": f"|\n  {word}\n\n  more", "folded": f">-\n  {word}\n  more", "list": "\n  - a\n  # c\n  - {b: c}", "map": "\n  en: a\n  zh: 更",
        }  # fmt: skip
        style = draw(STYLES)
        tail = draw(TAILS) if style in ("plain", "single", "double", "flow") else ""
        lines.append(f"{name}: {styles[style]}{tail}\n{draw(COMMENTS)}")
    body = draw(st.sampled_from(["", "body\n", "---\nid: z\n---\n"]))
    return f"---\n{''.join(lines)}---\n{body}"


@effort(166)
@given(
    fronts(), st.dictionaries(st.sampled_from(["id", "title", "status", "new", "归口", "q r"]), st.none() | VALUES, max_size=3)
)
@example("---\nid: A/0\n  # in\n---\n", {"id": None})
def test_an_edit_changes_only_what_is_asked(text: str, changes: dict[str, Any]) -> None:
    try:
        before = read(text.encode())
    except Unreadable:
        return
    try:
        after = with_values(text, changes)
    except (Unreadable, DocctlError):
        return
    wanted = {name: value for name, value in {**before.values, **changes}.items() if value is not None}
    assert read(after.encode()).values == wanted
    assert read(after.encode()).body == before.body
    kept = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in kept if line in after.splitlines()] == kept


@effort(66)
@given(fronts())
def test_an_edit_of_nothing_changes_nothing(text: str) -> None:
    try:
        read(text.encode())
    except Unreadable:
        return
    assert with_values(text, {}) == text


@effort(100)
@given(SOUP)
def test_where_fields_stand_is_where_they_are(text: str) -> None:
    try:
        places, values = strictyaml.spans(text, strictyaml.FRONT_MATTER), read_yaml(text).values
    except Unreadable:
        return
    assert list(places) == list(values)
    ends = [end for span in places.values() for end in span]
    assert ends == sorted(ends)


@effort(133)
@given(st.binary(max_size=60) | BYTES, st.integers(1, 200))
def test_plain_text_is_the_bytes_and_nothing_else(data: bytes, limit: int) -> None:
    try:
        text = plaintext.read_text(data, limit, strictyaml.FRONT_MATTER.name, strictyaml.FRONT_MATTER.name)
    except Unreadable:
        return
    assert text.encode() == data
    assert len(data) <= limit
    assert text.endswith("\n")
