"""Pages that no engine misreads, and a site built for real."""

from __future__ import annotations

import filecmp
import json
import os
import re
from html import unescape
from pathlib import Path

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docctl.core.errors import DocctlError, Words
from docctl.markdown import render
from docctl.registers.table import Column
from docctl.site import engine, output, page, parts

HOSTILE = 'ITSM-P-04 </title><script>alert(1)</script> "><img src=x onerror=1> | R&D `c` *i* {{ x }} [a](b) {#z} \\ _u_ -- ~~s~~'
BODY = """本程序规定变更的**提出**，见 [事件](doc:ITSM-P-04#escalation) 和 [外部](https://example.org/)。

## 过程 & <步骤> `x` {#process}

1. 一
   - 二

     ```
     --8<-- "mkdocs.yml"

     {{ config }} {% raw %}
     \t`tick` ~~~
     ```

| 级别 | 时限 |
|:-----|-----:|
| [x] | \\| * |

```html
~~~
<script>alert(1)</script>


[x]: javascript:y
# no heading
```

~~~
``` python
&amp; {: .x #y }
```
~~~

![流程图](flow.png)
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fccfc0500f0004850180a84a8c210000000049454e44ae426082"
)
MAIN, OTHER, LIST = "documents/ITSM-P-05/index.md", "documents/ITSM-P-04/index.md", "registers/documents.md"
PLANNED = {"index.md", MAIN, OTHER, LIST, "documents/ITSM-P-05/flow.png"}
NAV = [{"首页": "index.md"}, {"文件": [{"ITSM-P-05 变更管理": MAIN}, {HOSTILE: OTHER}]}, {"登记表": LIST}]


def _blocks():
    return render(
        BODY,
        lambda _: page.page_address(MAIN, OTHER, "escalation"),
        lambda name: page.file_address(MAIN, f"documents/ITSM-P-05/{name}"),
    )


def _pages() -> dict[str, str]:
    facts = [parts.Fact(Words("No.", "编号"), "ITSM-P-05"), parts.Fact(Words("State", "状态"), parts.badge("in-force", "有效"))]
    head = parts.print_header("ITSM-P-05 变更管理", "A/1") + parts.control_block(facts, "zh")
    head += parts.notice("scheduled", "A/2 即将生效", "zh")
    signed = parts.approval_table([parts.Signed("批准", "赵磊 <b>", "最高管理者", "2026-02-22 17:40", "2026-02-25")], "zh")
    columns = [Column("document", "Number", "编号"), Column("title", "Title", "名称")]
    register = parts.table(
        columns,
        [["ITSM-P-05", HOSTILE], ["ITSM-P-04", "多\n行"]],
        "zh",
        lambda key, _: "../../documents/ITSM-P-05/" if key == "document" else None,
    )
    return {
        "index.md": page.page("示例公司 R&D", [page.raw("<p>首页</p>")]),
        MAIN: page.page(
            "ITSM-P-05 变更管理",
            [page.raw(head), *page.body(_blocks()), page.heading(2, "审批", "docctl-signed"), page.raw(signed)],
        ),
        OTHER: page.page(
            HOSTILE,
            [page.raw(parts.stamp("withdrawn", "作废")), page.heading(2, HOSTILE, "escalation"), page.heading(3, HOSTILE, "h-2")],
        ),
        LIST: page.page("文件清单", [page.raw(register)]),
    }


def _stage(folder: Path) -> Path:
    for path, text in _pages().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "documents/ITSM-P-05/flow.png").write_bytes(PIXEL)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The little site, built once; its folder."""
    place = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        engine.build(str(_stage(place / "staged")), str(place / "zh"), "示例公司 R&D", "zh", NAV)
    return place / "zh"


# --- pages ------------------------------------------------------------------------------------------------------------------

ENGINES = [
    ["attr_list", "toc", "tables", "fenced_code"],
    ["attr_list", "toc", "extra", "admonition", "sane_lists", "smarty", "nl2br"],
]


def _letters(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(html))


@pytest.mark.parametrize("extensions", ENGINES)
def test_an_engine_passes_raw_blocks_through(extensions):
    text = "\n\n".join(page.body(_blocks()))
    html = _letters(markdown.markdown(text, extensions=extensions))
    for block in _blocks():
        assert _letters(block.html if not block.level else f'id="{block.anchor}"') in html


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="a文*_`~[](){}<>&#|!\\:-=+^\"'$@.1 /\t", max_size=30))
def test_an_engine_shows_headings_letter_by_letter(text):
    html = markdown.markdown(page.heading(2, text, "x"), extensions=ENGINES[1][:5])
    assert unescape(re.fullmatch(r'<h2 id="x">(.*)</h2>', html)[1]).strip("\u00a0") == " ".join(text.split())


def test_code_with_blank_lines_and_tabs_stays_one_raw_block():
    raw = page.raw("<pre><code>a\n\n \t\n\n```\nb {{ c }}\n</code></pre>")
    assert "\n\n" not in raw
    assert "\t" not in raw
    assert "```" not in raw
    assert "{{" not in raw
    assert unescape(raw) == '<div class="docctl-block"><pre><code>a\n\n \t\n\n```\nb {{ c }}\n</code></pre></div>'


@pytest.mark.parametrize(
    ("source", "target", "anchor", "address"),
    [
        ("documents/A/index.md", "documents/B/index.md", "s", "../B/#s"),
        ("documents/A/index.md", "documents/A/index.md", "", "./"),
        ("index.md", "documents/B/index.md", "", "documents/B/"),
        ("documents/A/index.md", "index.md", "", "../../"),
        ("registers/list.md", "documents/中 文/index.md", "", "../../documents/%E4%B8%AD%20%E6%96%87/"),
        ("a.md", "b.md", "", "../b/"),
    ],
)
def test_addresses_between_pages(source, target, anchor, address):
    assert page.page_address(source, target, anchor) == address


def test_what_pages_are_built_of_is_escaped():
    made = [
        parts.control_block([parts.Fact(Words("<b>", "<i>"), parts.said(Words("<b>", "<i>"), "en"))], "en"),
        parts.badge("in force<", "<b>"),
        parts.notice('x"', Words("<b>", "<i>"), "zh", "<i>"),
        parts.note("<b>", "zh"),
        parts.table([Column('k"<', "<b>", "<i>")], [["<i>\n</td>"]], "en", kind='"<b>', caption="<i>"),
        parts.link('"><b>', "<b>", "<b>"),
        parts.chips([('"><b>', "<b>"), ("", "<i>")]),
        parts.figures([parts.Figure(1, Words("<b>", "<i>"), '"><b>', 2)], "en"),
        parts.print_header('"}</style><b>', "\\"),
    ]
    for html in made:
        assert not re.search(r"<[bi]>(?!1<)|</td></td>|\"\"", html)
        assert html.count("</style>") <= 1


def test_a_register_row_has_one_cell_per_column():
    with pytest.raises(ValueError, match="zip"):
        parts.table([Column("a", "A", "甲")], [["1", "2"]], "zh")


# --- the engine ---------------------------------------------------------------------------------------------------------------


def test_the_site_holds_what_was_planned_and_asks_nobody(site):
    assert output.check_output(str(site), PLANNED) == []
    assert not [path for path in site.rglob("*") if path.suffix in (".map", ".gz") or path.name in ("404.html", "sitemap.xml")]
    for program in site.rglob("*.js"):
        assert not re.search(r"https://(?:unpkg|api\.github|fonts|cdn)", program.read_text("utf-8"))


def test_hostile_titles_are_shown_literally_everywhere(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "onerror=1>" not in text.replace("onerror=1&", "")
    text = (site / "documents/ITSM-P-04/index.html").read_text("utf-8")
    assert unescape(re.search("<title>(.*?)</title>", text)[1]) == f"{HOSTILE} - 示例公司 R&D"
    for level in (1, 2, 3):
        assert unescape(re.sub("<a .*", "", re.search(f"<h{level} [^>]*>(.*?)</h{level}>", text)[1])) == HOSTILE
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    assert not any("<script" in entry["title"] + entry["text"] for entry in index["docs"])


def test_the_name_of_the_site_is_shown_literally_everywhere(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "R&amp;amp;D" not in text
        assert 'title="示例公司 R&amp;D"' in text


def test_bodies_reach_the_reader_unchanged(site):
    text = _letters((site / "documents/ITSM-P-05/index.html").read_text("utf-8"))
    for block in _blocks():
        if not block.level:
            assert _letters(block.html) in text


def test_chinese_words_can_be_searched_without_a_server(site):
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    assert index["config"]["lang"] == ["zh"]
    words = {
        word for entry in index["docs"] for word in re.split(index["config"]["separator"], re.sub("<[^>]*>", " ", entry["text"]))
    }
    assert {"规定", "变更", "提出"} <= words
    assert (site / "assets/javascripts/lunr/min/lunr.zh.min.js").is_file()


def test_the_theme_speaks_the_language_and_names_no_maker(site):
    text = (site / "index.html").read_text("utf-8")
    assert '<html lang="zh"' in text
    assert "搜索" in text
    assert "Made with" not in text
    assert "squidfunk" not in text
    assert "Content-Security-Policy" in text
    assert "assets/docctl.css" in text


def test_two_builds_are_byte_identical(site, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.parent / "cache"))
    monkeypatch.setenv("TZ", "America/Caracas")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(tmp_path)
    engine.build(str(_stage(tmp_path / "other place")), str(tmp_path / "again"), "示例公司 R&D", "zh", NAV)
    first = sorted(str(path.relative_to(site)) for path in site.rglob("*") if path.is_file())
    assert first == sorted(
        str(path.relative_to(tmp_path / "again")) for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert filecmp.cmpfiles(site, tmp_path / "again", first, shallow=False)[1:] == ([], [])


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_rebuild_with_kept_pages_gives_the_same_bytes(site, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.parent / "cache"))
    monkeypatch.setattr("docctl.site.kept._sum", lambda _: "")  # an altered page shows that it was taken
    staged, kept = _stage(tmp_path / "staged"), str(tmp_path / "kept")

    def built(name: str, keep: str) -> dict[str, bytes]:
        engine.build(str(staged), str(tmp_path / name), "示例公司 R&D", "zh", NAV, kept=keep)
        return _files(tmp_path / name)

    assert built("first", kept) == _files(site)
    before = set(os.listdir(kept))
    (staged / LIST).write_text(page.page("文件清单", [page.raw("<p>新</p>")]), encoding="utf-8")
    for file in Path(kept).iterdir():
        if "审批" in file.read_text("utf-8"):
            file.write_text(file.read_text("utf-8").replace("赵磊", "KEPT"), encoding="utf-8")
    rebuilt, anew = built("second", kept), built("third", "")
    assert len(before - set(os.listdir(kept))) == 1
    assert b"KEPT" in rebuilt["documents/ITSM-P-05/index.html"], "the page was taken, not built"
    assert {path: text.replace(b"KEPT", "赵磊".encode()) for path, text in rebuilt.items()} == anew


def test_an_engine_that_fails_or_warns_is_an_error(tmp_path):
    staged = tmp_path / "staged"
    staged.mkdir()
    (staged / "index.md").write_text("# x\n")
    with pytest.raises(DocctlError, match=r"nowhere\.md"):
        engine.build(str(staged), str(tmp_path / "out"), "x", "en", [{"x": "index.md"}, {"y": "nowhere.md"}])


def test_the_engine_never_empties_a_folder(tmp_path):
    (tmp_path / "precious").write_text("x")
    with pytest.raises(DocctlError, match="empty folder"):
        engine.build(str(tmp_path), str(tmp_path), "x", "en", [])
    assert (tmp_path / "precious").read_text() == "x"
