"""What a reader finds in a body, and what a body must not hold."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from docctl.core import markup
from docctl.core.bodyfault import FAULTS
from docctl.core.outline import BodyFault, Heading, Link, Outline, by_parser, by_pattern, outline
from docctl.core.target import target_kind

SNIPPETS = [
    "## 目的 {#purpose}", "### a_b *c* {#x}", "# h", "## a ##", "##", "#x", "## {#only}", "##\ta \t#", "text 文本",
    "more", "", "", "- item", "  - sub",
    "1. one", "12) two", "> quote", "> # in quote", "- # in list", "  # in item", "   ## lead", "    # code",
    "\t# tab", "    code", "===", "---", "- ---",
    "-", "* * *", "| a | b |", "|---|:-:|", "| 1 | 2 |", "| 1 | 2 | 3 |", "a | b", "--- | ---", "x|y|z",
    ": definition", "term", ":   # defined", "&amp; x",
    "R&D", "&#x202e;", "`code`", "```", "~~~", "[l](u)", "<b>", "\\# no", "**bold**", "~~gone~~", "## R&D",
    "## 10% ~x~", "\u3000## wide", "## wide\u3000",
    "1.", ">", "> > > > > deep", "- - - - x", "## a {#b}\u3000", "+ # plus", "## !x", "## a{#b}", "## {#b} c",
    "## a # b", "=", "a\n=", "- a\n  =", "\u00a0",
]  # fmt: skip
BODIES = st.lists(st.sampled_from(SNIPPETS), max_size=8).map("\n".join) | st.text(
    alphabet="#-=>|: \t\na1.*_~`{}&!文", max_size=40
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
@example("## a\n\n文 {#b}\n\n| a |\n|---|\n| b | c |")
@example("a\n: # b\n")
@example("a\n: b\n## c {#d}\n: e")
@example("- a\n\t- b\n\t\t- c\n\t\t\t- d\n\t\t\t\t# e")
def test_reading_by_pattern_says_what_the_parser_says(body):
    plain = by_pattern(body, 7)
    if plain is not None:
        assert plain == by_parser(body, 7)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES | st.text(alphabet="ab[]()!<>&;*_`~\\ \n#文", max_size=60))
def test_leaving_out_plain_text_gives_the_same_tokens(body):
    tokens = markup.parsed(body, {})
    taken_off = any({"anchor", "done"} & set(token.meta) for token in tokens)
    for own, stock in zip(tokens, _stock().parse(body), strict=True):
        assert (own.type, own.tag, own.map, own.level) == (stock.type, stock.tag, stock.map, stock.level)
        if own.type == "inline" and not taken_off:
            assert [(c.type, c.content, c.attrs) for c in own.children] == [(c.type, c.content, c.attrs) for c in stock.children]


def _stock() -> MarkdownIt:
    from mdit_py_plugins.deflist import deflist_plugin

    md = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": markup.NESTING})
        .enable(["table", "strikethrough"])
        .use(deflist_plugin)
    )
    md.normalizeLink = md.normalizeLinkText = lambda url: url
    md.validateLink = bool
    md.core.ruler.disable("text_join")
    return md


def test_a_body_is_read_in_order_with_file_lines():
    found = outline(
        "## 目的 {#purpose}\n\n见 [变更](doc:ITSM-P-05#process) 和\n![流程 *图*](flow.png)。\n\n### `A` & *B* {#ab}\n", 12
    )
    assert found == Outline(
        (Heading(2, "目的", "purpose", 12), Heading(3, "A & B", "ab", 17)),
        (Link("doc:ITSM-P-05#process", "变更", 14),),
        (Link("flow.png", "流程 图", 15),),
        (),
        empty=False,
    )


@pytest.mark.parametrize(("body", "faults"), [("好 👨‍👩‍👧 ✅", 0), ("a\u200db", 1), ("👨&#x200d;👩", 1)])
def test_a_joiner_is_ordinary_between_pictures_and_hidden_elsewhere(body, faults):
    assert [fault.kind for fault in outline(body).faults] == ["invisible"] * faults


@pytest.mark.parametrize(
    "body", ["", " \n\n", "[a]: https://example.org\n", "&nbsp;\n", "***\n", "-\n", "## {#a}\n", "[\t](doc:ITSM-P-01)\n"]
)
def test_a_body_that_shows_nothing_is_empty(body):
    assert outline(body).empty


@pytest.mark.parametrize(
    "body", ["x", "- [x] a", "## 目的", "![](a.png)", "```\nx\n```", "| a |\n|---|\n", "| a |\n|---|\n| b |\n"]
)
def test_a_body_that_shows_something_is_not_empty(body):
    assert not outline(body).empty


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("https://example.org/a?b=1&c#d", "outside"), ("HTTP://example.org", "outside"), ("mailto:a@example.org", "mail"),
        ("doc:ITSM-P-05", "document"), ("doc:ITSM-P-05#a-b", "document"), ("#purpose", "anchor"), ("flow.png", "file"),
        ("img/流程 图.png", "file"), ("..a.png", ""), ("a..b.png", "file"), ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("java\nscript:alert(1)", ""), ("\tjavascript:alert(1)", ""), ("data:text/html,x", ""), ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("//evil.example", ""), ("/etc/hostname", ""), ("../a.png", ""), ("a/../../b.png", ""), ("./a.png", ""),
        ("%2e%2e/a.png", ""),
        ("a%2f..%2fb", ""), ("..\\a.png", ""), ("\\\\host\\a", ""), ("C:a.png", ""), ("a//b", ""), ("a/", ""), ("",
        ""), ("#", ""), ("?x", ""),
        (".git/config", ""), ("a/.b", ""), ("doc:itsm-p-05", ""), ("doc:ITSM", ""), ("https://", ""), ("https:///x",
        ""), ("https:example.org", ""),
        ("https:\\\\example.org", ""), ("https://a.example\u202egpj", ""), ("a.png\u200b", ""), ("tel:123", ""),
        ("ftp://a/b", ""), ("blob:x", ""),
    ],
)  # fmt: skip
def test_targets_are_known_by_an_allow_list(target, kind):
    assert target_kind(target) == kind


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        ("<script>alert(1)</script>", "raw-html", "<script>"),
        ("a <b onclick='x'>c</b>", "raw-html", "<b onclick='x'>"),
        ("a <a\nhref='x'>c", "raw-html", "<a href='x'>"),
        ("a <a title='*x*'>c", "raw-html", "<a title='x'>"),
        ("<!-- hidden -->", "raw-html", "<!--"),
        ("<img src=x onerror=alert(1)", "raw-html", "<img"),
        ("<?php x", "raw-html", "<?"),
        ("| <iframe src=x> |\n|---|", "raw-html", "<iframe src=x>"),
        ("> - <meta http-equiv=refresh>", "raw-html", "<meta http-equiv=refresh>"),
        ("[x](javascript:alert(1))", "bad-link", "javascript:alert(1)"),
        ("[x](&#x6a;avascript:alert)", "bad-link", "javascript:alert"),
        ("[x](java&Tab;script:alert)", "bad-link", "java script:alert"),
        ("<javascript:alert>", "bad-link", "javascript:alert"),
        ("[x]\n\n[x]: data:text/html,x", "bad-link", "data:text/html,x"),
        ("[unused]: vbscript:x", "bad-link", "vbscript:x"),
        ("[a]: https://a.example\n[a]: file:///x", "bad-link", "file:///x"),
        ("[x](//evil.example)", "bad-link", "//evil.example"),
        ("[x](/a)", "bad-link", "/a"),
        ("[x](%2e%2e/a)", "bad-link", "%2e%2e/a"),
        ("[x](..\\a)", "bad-link", "..\\a"),
        ("![x](https://evil.example/a.png)", "remote-image", "https://evil.example/a.png"),
        ("![x](//evil.example/a.png)", "remote-image", "//evil.example/a.png"),
        ("![x](../../.docctl/people.yml)", "image-outside", "../../.docctl/people.yml"),
        ("![x](/etc/hostname)", "image-outside", "/etc/hostname"),
        ("![x][r]\n\n[r]: ../shared/a.png", "image-outside", "../shared/a.png"),
        ("![x](data:image/png;base64,AA)", "bad-link", "data:image/png;base64,AA"),
        ("![x](a.svg)", "bad-link", "a.svg"),
        ("![a [b](javascript:x)](c.png)", "bad-link", "javascript:x"),
        ("# Title", "h1-in-body", "Title"),
        ("Title\n===", "h1-in-body", "Title"),
        ("- # 标题", "h1-in-body", "标题"),
        ("## a {#x}\n\n## b {#X}", "anchor-twice", "X"),
        ("## a {#目的}", "bad-anchor", "目的"),
        ("## a {#h-3}", "bad-anchor", "h-3"),
        ("## a {#docctl-control}", "bad-anchor", "docctl-control"),
        ("## see [x](doc:A-1)", "heading-markup", "doc:A-1"),
        ("| a |\n|---|\n| b | 隐藏 |", "cells-hidden", "| b | 隐藏 |"),
        ("不得\u202e …", "invisible", "U+202E"),
        ("a\u200bb", "invisible", "U+200B"),
        ("a\ufeff", "invisible", "U+FEFF"),
        ("a\x1b[31m", "invisible", "U+001B"),
        ("a\u2028b", "invisible", "U+2028"),
        ("a\x85b", "invisible", "U+0085"),
        ("不\U000e0200得", "invisible", "U+E0200"),
        ("a\ufe0f\ufe0e", "invisible", "U+FE0E"),
        ("a&#xfe0f;", "invisible", "U+FE0F"),
        ("[a](b\ufe0f.pdf)", "bad-link", "b\ufe0f.pdf"),
        ("a&#x202e;b", "invisible", "U+202E"),
        ("a&rlm;b", "invisible", "U+200F"),
        ("[a](b.pdf '&#x202e;')", "invisible", "U+202E"),
        ("[注]: 不适用于外包人员。", "unseen", "[注]: 不适用于外包人员。"),
        ("[^1]: 第三章除外", "unseen", "[^1]: 第三章除外"),
        ("[a]: https://a.example 'words'", "unseen", "[A]: https://a.example"),
        ("[a]\n\n[a]: https://a.example\n[A]: https://b.example", "unseen", "[A]: https://b.example"),
        ("## {#only}", "unseen", "## only"),
        ("## &nbsp; {#only}", "unseen", "## only"),
        ("### \u3000", "unseen", "###"),
        ("x\n[](https://a.example)", "unseen", "[](https://a.example)"),
        ("[\u3000](doc:A-1)", "unseen", "[](doc:A-1)"),
        ("![p](a.png) [ ](b.pdf)", "unseen", "[](b.pdf)"),
        ("> " * 30 + "x", "too-deep", "> 20"),
        ("[" * 20_000, "too-deep", "20000 × ["),
        ("x\n" * 20_001, "too-large", "20001 > 20000 lines"),
        ("x" * (1 << 20) + "x", "too-large", "1048577 > 1048576 bytes"),
        ("文" * 400_000, "too-large", "1200000 > 1048576 bytes"),
    ],
)
def test_what_a_body_must_not_hold_is_named(body, kind, detail):
    faults = outline("ok\n\n" + body if kind != "too-large" else body, 3).faults
    assert (kind, detail) in [(fault.kind, fault.detail) for fault in faults]
    assert all(fault.kind in FAULTS and fault.line >= 3 for fault in faults)


@pytest.mark.parametrize(
    "body",
    [
        "`<script>`", "```html\n<script>\n```", "\\<name\\>", "&lt;script&gt;", "a < b and c > d", "5<6",
        "<https://example.org>", "x <- y",
        "| a |\n|---|\n| b \\| c |", "R&D {{ x }} --8<-- [x]", "`javascript:alert(1)`", "⚠️ 注意", "a\tb",
        "    <b> in code\n",
        "[a] [b][A] [A][]\n\n[a]: https://a.example", "![see [a]](b.png)\n\n[a]: https://a.example",
        "[![](a.png)](https://a.example)", "```python title\nx\n```", "## ` `x {#a}",
    ],
)  # fmt: skip
def test_harmless_text_is_let_through(body):
    assert outline(body).faults == ()


def test_faults_carry_their_line():
    found = outline("a\n\nb\n<i>c</i> [x](\njavascript:a)\n\n| h |\n|---|\n| <u>x</u> |\n\n[r]: ../z\n", 10)
    assert found.faults == (
        BodyFault("bad-link", "javascript:a", 13),
        BodyFault("raw-html", "</i>", 13),
        BodyFault("raw-html", "<i>", 13),
        BodyFault("raw-html", "</u>", 18),
        BodyFault("raw-html", "<u>", 18),
        BodyFault("bad-link", "../z", 20),
        BodyFault("unseen", "[R]: ../z", 20),
    )


@pytest.mark.parametrize(
    "unit",
    ["[", "![", "[a](", "<", "<a ", "*a_b ", "> ", "- ", "`", "a**", "](", "|", "~~a", "&", "a\n: b\n", "- a\n", "<!--", "<a\n"],
)
def test_a_hostile_body_costs_no_more_than_a_few_plain_ones(unit):
    plain = "正文[a](b.png)*c*`d`\n\n" * 1200

    def cost(body):
        start = time.process_time()  # processor time, as a ratio in one run: a busy machine changes neither
        outline(body)
        return time.process_time() - start

    outline(plain[:100])  # the parser is loaded before anything is measured
    assert cost(unit * (20_000 // len(unit))) < 40 * cost(plain)


def test_a_plain_body_does_not_load_the_parser():
    body = "## 目的 {#purpose}\n\n正文。\n\n- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    code = f"import sys; from docctl.core.outline import outline; outline({body!r}); print('markdown_it' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_body_of_very_many_signs_is_too_large():
    assert [fault.kind for fault in outline("a * b " * 60_000).faults] == ["too-large"]
    assert outline("word " * 60_000 + "*one*").faults == ()


def test_a_second_rule_below_a_table_is_left_to_the_parser():
    assert by_pattern("| a | b |\n|---|---|\n|---|---|\n| c | d |\n", 1) is None
