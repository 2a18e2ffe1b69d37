"""Markdown bodies: what is judged is what is shown, whatever was written, and nothing but docctl's own tags comes out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from docctl.core.bodyfault import FAULTS
from docctl.core.errors import DocctlError
from docctl.core.outline import by_parser, by_pattern, outline
from docctl.core.target import is_picture, target_kind
from docctl.markdown import to_html

from .effort import effort

LINES = [
    "## 目的 {#purpose}", "### a *b* {#x}", "## `c` & <d> {#d}", "# h", "text 文本", "more", "", "", "- item", "  - sub", "1. one", "> quote",
    "> - x", "    code", "```", "~~~", "---", "===", "| a | b |", "|---|:-:|", "| 1 | 2 |", "| 1 | 2 | 3 |", "term", ": definition", "[r]: flow.png",
    "[r]: javascript:x", "[r]: <http://a.b> 'title'", "[text][r] [r]", "![pic](flow.png 'a \"b')", "![p](http://evil.example/a.png)",
    "![p](//evil.example/a.png)", "![p](data:image/png;base64,AA)", "[x](javascript:alert(1))", "[x](&#x6a;avascript:x)", "[x](doc:ITSM-P-05#a)",
    "[x](doc:ITSM-P-05 'a\"onclick=')", '[x](https://example.org/"onx=1)', "[a [b](c.png)](d.png)", "![a ![b](c.png) [e](f)](d.png)", "<http://a.b>",
    "<a@b.c>", "<script>alert(1)</script>", "<img src=x onerror=1>", "<!-- c -->", "&lt;b&gt; &amp;amp;", "\\<b\\> \\*", "- [x] done", "- [ ] open",
    "**b** _i_ ~~s~~ `c`", "a  ", "a\\", "http://plain.example", '{{ x }} {% y %} --8<-- "z"', "\u202e", "&#x202e;", "&#0;", "\u200b",
    "onclick='x' style=", "\">'><svg/onload=1>",
]  # fmt: skip
BODIES = st.lists(st.sampled_from(LINES), max_size=9).map("\n".join) | st.text(
    alphabet="#-=>|: \t\nab1.*_~`{}()[]<>!&;\\'\"/文", max_size=60
) | st.text(max_size=40)  # fmt: skip
DEEP = st.builds(
    lambda piece, times: piece * times + "x",
    st.sampled_from(["> ", "- ", "1. ", "[", "![", "*", "_", "`", "(", "<", "a\n: "]),
    st.integers(0, 3000),
)


def resolve(target: str) -> str | None:
    return {"doc:ITSM-P-05#a": "../ITSM-P-05/#a", "flow.png": "flow.png", "d.png": "d.png"}.get(target)


class Page(HTMLParser):
    """What a browser would make of a page: the text, the links and pictures, and that every tag is one of ours."""

    TAGS = frozenset(
        ["p", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "hr", "div", "em", "strong", "s", "br", "pre", "code"]
    )
    TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "img", "input", "table", "thead", "tbody", "tr", "th", "td"}
    ATTRIBUTES = frozenset(["class", "id", "href", "rel", "title", "src", "alt", "start", "type", "checked", "disabled"])
    ALONE = frozenset(["hr", "br", "img", "input"])

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.headings: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.TAGS
        assert {name for name, _ in attrs} <= self.ATTRIBUTES
        assert len({name for name, _ in attrs}) == len(attrs)
        values = dict(attrs)
        if "href" in values:
            self.links.append(values["href"] or "")
        if "src" in values:
            self.pictures.append(values["src"] or "")
        self.text += values.get("alt") or ""
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open[-1:] and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]


@effort(400)
@given(BODIES)
@example("| a |\n|---|\n| b | c |")
def test_the_quick_look_says_what_the_parser_says(body: str) -> None:
    plain = by_pattern(body, 3)
    assert plain is None or plain == by_parser(body, 3)


@effort(266)
@given(BODIES | DEEP)
def test_any_body_has_an_outline(body: str) -> None:
    found = outline(body, 5)
    assert outline(body, 5) == found
    last = 5 + body.count("\n")
    assert {fault.kind for fault in found.faults} <= set(FAULTS)
    for each in (*found.headings, *found.links, *found.images, *found.faults):
        assert 5 <= each.line <= last + 1
    assert all("\n" not in fault.detail and len(fault.detail) <= 80 for fault in found.faults)
    assert found.faults == tuple(sorted(found.faults, key=lambda fault: (fault.line, fault.kind, fault.detail)))


@effort(333)
@given(BODIES | DEEP)
@example('[x](https://example.org/a"onclick="b)')
def test_only_our_own_tags_and_targets_come_out(body: str) -> None:
    try:
        html = to_html(body, resolve, resolve)
    except DocctlError:
        html = "" if outline(body).faults else "<refused-without-a-fault>"
    page = Page(html)
    assert all(re.match(r"https?://|mailto:|#|\.\./ITSM-P-05/#a$|flow\.png$|d\.png$", link, re.IGNORECASE) for link in page.links)
    assert set(page.pictures) <= {"flow.png", "d.png"}


@effort(266)
@given(BODIES)
def test_a_body_without_fault_shows_what_its_outline_says(body: str) -> None:
    found = outline(body)
    if found.faults:
        return
    page = Page(to_html(body, lambda target: f"x:{target}", lambda target: f"y:{target}"))
    expected = [_address(link.target) for link in found.links]
    if found.images:  # links in a picture's description are judged, but shown as words only
        assert {_plain(link) for link in page.links} <= {_plain(link) for link in expected}
    else:
        assert [_plain(link) for link in page.links] == [_plain(link) for link in expected]
    assert set(page.pictures) <= {f"y:{image.target}" for image in found.images if is_picture(image.target)}
    assert found.empty is not bool(page.text.strip() or page.pictures)
    assert len(page.headings) == len(found.headings) or "*" in body or "`" in body or "_" in body or "~" in body


def _address(target: str) -> str:
    kind = target_kind(target)
    assert kind, target
    return f"x:{target}" if kind == "document" else f"y:{target}" if kind == "file" else target


def _plain(address: str) -> str:
    """An address without percent-encoding, which only outside ones get."""
    return unquote(address) if address.lower().startswith(("http", "mailto")) else address


WORDS = st.lists(st.from_regex(r"[a-z]{3,8}|[文件变更]{1,4}|<[a-z]{2,5}>|&amp|\$x|a<b", fullmatch=True), min_size=1, max_size=6)
FRAMES = [
    "{}", "## {} {{#a}}", "- {}", "> {}", "1. {}", "| {} |\n|---|\n| x |", "| x |\n|---|\n| {} |", "```\n{}\n```", "    {}", "**{}**",
    "[{}](doc:ITSM-P-05#a)", "[{}](javascript:x)", "![{}](flow.png)", "![{}](http://evil.example/a.png)", "term\n: {}", "~~{}~~",
    "{}\n===", "`{}`",
]  # fmt: skip


@effort(200)
@given(WORDS, st.lists(st.sampled_from(FRAMES), min_size=1, max_size=4))
def test_every_word_survives_escaped(words: list[str], frames: list[str]) -> None:
    said = " ".join(words).replace("&amp", "and")
    html = to_html("\n\n".join(frame.format(said) for frame in frames), resolve, resolve)
    text = " ".join(Page(html).text.split())
    assert text.count(said) == len(frames), html
    assert "<script" not in html


@effort(133)
@given(st.text(max_size=40) | st.sampled_from(LINES))
def test_any_target_has_a_kind(target: str) -> None:
    kind = target_kind(target)
    assert kind in {"", "outside", "mail", "document", "anchor", "file"}
    if kind == "file":
        assert not target.startswith(("/", ".", "\\"))
        assert ".." not in target.split("/")
        assert ":" not in target
    if kind == "outside":
        assert re.match(r"https?://", target, re.IGNORECASE)
