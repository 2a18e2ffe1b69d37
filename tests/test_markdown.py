"""The one renderer: what a body becomes, and what it cannot become."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docctl.core.errors import DocctlError
from docctl.core.outline import outline
from docctl.markdown import Block, render, to_html

ADDRESSES = {
    "doc:ITSM-P-05": "../ITSM-P-05/",
    "doc:ITSM-P-05#process": "../ITSM-P-05/#process",
    "flow.png": "flow.png",
    "表 1.xlsx": "a&b",
}
OUTSIDE, REL = '<a class="docctl-outside" href="', 'rel="noopener noreferrer"'
TAGS = (
    "p h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd hr div table thead tbody tr th td em strong s br pre code a span img input"
)
PIECES = [
    *"[]()!<>\"'`*_#|:&;-=\n \\{}x1", "javascript:a", "<img src=x onerror=1>", "](", "data:x", "&#x6a;",
    "doc:ITSM-P-05", "\n\n", "\n|-|-|\n", "http://a.b", "flow.png", "{#a}", "<script>", "\n```\n", "\n: ",
]  # fmt: skip


def shown(body: str) -> str:
    return to_html(body, ADDRESSES.get, ADDRESSES.get)


def test_headings_and_what_stands_between_them():
    blocks = render("前言\n\n## 目的 {#purpose}\n\na\n\nb\n\n### `x` & *y*\n\n## 目的 {#purpose}\n", ADDRESSES.get, ADDRESSES.get)
    assert blocks == [
        Block("<p>前言</p>"),
        Block('<h2 id="purpose">目的</h2>', 2, "目的", "purpose"),
        Block("<p>a</p>\n<p>b</p>"),
        Block('<h3 id="h-2"><code>x</code> &amp; <em>y</em></h3>', 3, "x & y", "h-2"),
        Block('<h2 id="h-3">目的</h2>', 2, "目的", "h-3"),
    ]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[变更](doc:ITSM-P-05#process)", '<p><a href="../ITSM-P-05/#process">变更</a></p>'),
        ("[作废](doc:ITSM-P-99)", '<p><span class="docctl-unlinked">作废</span></p>'),
        ("[表](<表 1.xlsx>)", '<p><a href="a&amp;b">表</a></p>'),
        ("[x](#purpose)", '<p><a href="#purpose">x</a></p>'),
        ("[x](https://example.org/文?a=1&b=2)", f'<p>{OUTSIDE}https://example.org/%E6%96%87?a=1&amp;b=2" {REL}>x</a></p>'),
        ("<https://example.org/>", f'<p>{OUTSIDE}https://example.org/" {REL}>https://example.org/</a></p>'),
        ('[x](<https://example.org/">)', '<p><span class="docctl-unlinked">x</span></p>'),
        ('![流程 *图*](flow.png "标\\"题")', '<p><img src="flow.png" alt="流程 图" title="标&quot;题"></p>'),
        ("![图](other.png)", '<p><span class="docctl-unlinked">图</span></p>'),
        ("![图](https://example.org/a.png)", '<p><span class="docctl-unlinked">图</span></p>'),
        ("[x](javascript:alert(1))", '<p><span class="docctl-unlinked">x</span></p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a\n中\n文 \nb", "<p>a\n中文\nb</p>"),
        ("- [x] 完成\n- [ ] 未完成", ('<ul><li class="docctl-task"><input type="checkbox" checked disabled> 完成</li>\n'
         '<li class="docctl-task"><input type="checkbox" disabled> 未完成</li>\n</ul>')),
        ("3. c\n4. d", '<ol start="3"><li>c</li>\n<li>d</li>\n</ol>'),
        ("| a | b |\n|---|--:|\n| 1 | <b> |",
         ('<div class="docctl-scroll"><table class="docctl-table"><thead><tr><th>a</th>\n'
         '<th class="docctl-right">b</th>\n</tr>\n</thead>\n<tbody><tr><td>1</td>\n'
         '<td class="docctl-right">&lt;b&gt;</td>\n</tr>\n'
         "</tbody>\n</table></div>")),
        ('```sh"><x\n<a> & `b`\n```',
         '<p class="docctl-code-head">sh&quot;&gt;&lt;x</p>\n<pre class="docctl-code"><code>&lt;a&gt; &amp; `b`\n</code></pre>'),
        ("```python x\n1\n```",
         '<p class="docctl-code-head">x</p>\n<pre class="docctl-code"><code class="language-python">1\n</code></pre>'),
        ("CAB\n: 委员会", "<dl><dt>CAB</dt>\n<dd>委员会</dd>\n</dl>"),
        ("> # 引\n\n~~x~~  \ny\n\n***", '<blockquote><h1 id="h-1">引</h1>\n</blockquote>\n<p><s>x</s><br>y</p>\n<hr>'),
    ],
)  # fmt: skip
def test_constructs(body, html):
    assert shown(body) == html


class _Tags(HTMLParser):
    allowed = frozenset(TAGS.split())
    attributes = frozenset(["class", "id", "href", "rel", "title", "src", "alt", "start", "type", "checked", "disabled"])

    def handle_starttag(self, tag, attrs):
        assert tag in self.allowed
        assert {name for name, _ in attrs} <= self.attributes
        for name, value in attrs:
            if name in ("href", "src"):
                assert re.match(r"https?://|mailto:|\.\./|#|flow\.png|a&b", value, re.IGNORECASE), value


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_only_our_own_tags_come_out(pieces):
    _Tags(convert_charrefs=True).feed(shown("".join(pieces)))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["## a {#b}", "# `c`", "- # d", "> ## e {#f}", "g\n===", "h", "", "```", "    # i", "| j |", "|---|"]),
        max_size=9,
    )
)
def test_outline_and_page_show_the_same_headings(lines):
    body = "\n".join(lines)
    html = shown(body)
    found = re.findall(r"<h([1-6]) id[^>]*>(.*?)</h\1>", html, re.DOTALL)
    on_page = [(int(level), unescape(re.sub("<[^>]*>", "", text)).replace("\n", " ")) for level, text in found]
    assert on_page == [(heading.level, heading.text) for heading in outline(body).headings]
    ids = re.findall(r'<h[1-6] id="([^"]*)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("body", ["> " * 25 + "x", "[" * 20_000])
def test_what_is_too_deep_is_refused_not_cut(body):
    with pytest.raises(DocctlError):
        shown(body)
