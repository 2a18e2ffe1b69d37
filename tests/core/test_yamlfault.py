"""What is wrong with a text that is no YAML is told in the reader's language."""

from __future__ import annotations

import re

import pytest

from docctl.core.errors import Unreadable
from docctl.core.strictyaml import FRONT_MATTER, read_yaml
from docctl.core.yamlfault import not_yaml

# Texts as people break them, and what libyaml says of each.
BROKEN = {
    "title: @home\n": "found character that cannot start any token",
    "title: [a,,]\n": "did not find expected node content",
    "text: |x\n": "did not find expected comment or line break",
    "title: 'open\n": "found unexpected end of stream",
    "  a: b\n c: d\n": "did not find expected <document start>",
    "a: 'b\n--- c'\n": "found unexpected document indicator",
    "title: *\n": "did not find expected alphabetic or numeric character",
    "title: !<\n": "did not find expected tag URI",
    'title: "\\u12"\n': "did not find expected hexdecimal number",
    'title: "C:\\quality"\n': "found unknown escape character",
    "title: a: b\n": "mapping values are not allowed in this context",
    "title: - a\n": "block sequence entries are not allowed in this context",
    "a: b\n c: d\n": "mapping values are not allowed in this context",
    "title: [a]b\n": "did not find expected key",
    "a: b\ntitle\nc: d\n": "could not find expected ':'",
    "a: {b: c\n": "did not find expected ',' or '}'",
    "a: [b, c\n": "did not find expected ',' or ']'",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_text_that_is_no_yaml_is_told_in_both_languages(text):
    with pytest.raises(Unreadable) as told:
        read_yaml(text, FRONT_MATTER)
    words = told.value.words
    assert BROKEN[text] in words.en
    assert BROKEN[text] not in words.zh
    assert re.fullmatch(r"第 \d+ 行：YAML 无法读取：.*", words.zh)
    assert not re.search(r"[a-z]{3}", words.zh.replace("YAML", ""))


def test_what_nobody_translated_stands_in_parentheses():
    assert not_yaml(3, "something new") == (
        "line 3: not readable as YAML: something new",
        "第 3 行：YAML 无法读取：格式有误（something new）",
    )


def test_characters_that_libyaml_cannot_read_are_told_too():
    assert not_yaml(1, None).zh == "第 1 行：YAML 无法读取：含有无法读取的字符"
