"""Findings for people, programs and CI pages; the rule pages."""

import json
import re
from string import Formatter

import pytest

import docctl.rules  # noqa: F401  fills the catalogue
from docctl.core.errors import DocctlError, Words
from docctl.render import FINDING_FORMATS, write_findings
from docctl.render.lines import finding_lines
from docctl.render.rules_page import catalogue_page, explain
from docctl.rules.catalogue import CATALOGUE, Finding, Place

PLACE = Place("documents/procedures/ITSM-P-05/index.md", 7, "ITSM-P-05", "A/1")
CODES = sorted(CATALOGUE)


def finding(code="DC305", place=PLACE, **facts):
    """A finding with a text for every fact that its sentences name."""
    rule = CATALOGUE[code]
    names = {
        field for words in (rule.words, rule.remedy) for text in words for _, field, _, _ in Formatter().parse(text) if field
    }
    return Finding(place, code, {**dict.fromkeys(sorted(names - {"document", "version", "path", "line"}), "-"), **facts})


def test_lines_group_by_place_and_count():
    late = finding("DC309", due="2026-01-05")
    lines = finding_lines([late, finding(day="2026-01-01"), finding(place=Place("settings", 0, "", ""), day="x")], "en")
    assert lines == [
        "documents/procedures/ITSM-P-05/index.md:7",
        f"  error DC305: {finding(day='2026-01-01').message('en')}",
        f"    → {finding().remedy('en')}",
        f"  warning DC309: {late.message('en')}",
        f"    → {late.remedy('en')}",
        "settings",
        f"  error DC305: {finding(place=Place('settings'), day='x').message('en')}",
        f"    → {finding(place=Place('settings')).remedy('en')}",
        "2 errors, 1 warning",
    ]
    assert finding_lines([late], "zh")[-1] == "0 个错误，1 个警告"
    assert finding_lines([late], "zh")[1].startswith("  警告 DC309：")
    assert finding_lines([], "en") == []


def test_nothing_foreign_colours_or_reorders_a_terminal():
    nasty = finding(day="\x1b[31m\u202e\n::error::x", place=Place("documents/\x1b]0;x\x07/a\u2066.md", 0, "X-1", "A/0"))
    text = write_findings([nasty], "text", "en")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "documents/\\u{1b}]0;x\\u{7}/a\\u{2066}.md" in text
    assert "\\u{1b}[31m\\u{202e}\\u{a}::error::x" in text


def test_json_carries_facts_as_data():
    found = json.loads(write_findings([finding(day=Words("Monday", "周一"), many=("a", 1), none=None)], "json", "zh"))
    assert (found["format"], found["errors"], found["warnings"]) == (1, 1, 0)
    one = found["findings"][0]
    assert list(one) == ["code", "name", "severity", "path", "line", "document", "version", "facts", "message", "remedy"]
    assert (one["code"], one["name"], one["severity"], one["line"]) == ("DC305", "withdrawn_returns", "error", 7)
    assert one["facts"] == {"day": {"en": "Monday", "zh": "周一"}, "many": ["a", 1], "none": None}
    assert "周一" in one["message"]


def test_json_of_a_path_that_is_no_utf_8_can_be_written():
    text = write_findings([finding(place=Place("documents/\udce9\U000e0041", 1))], "json", "en")
    assert json.loads(text.encode())["findings"][0]["path"] == "documents/\udce9\U000e0041"
    assert "\U000e0041" not in text


def test_sarif_names_rules_and_places():
    run = json.loads(write_findings([finding(), finding("DC309"), finding(place=Place(""))], "sarif", "en"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["DC305", "DC309"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    where = run["results"][0]["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": PLACE.path}, "region": {"startLine": 7}}
    assert run["results"][2]["locations"] == []
    assert run["results"][1]["ruleIndex"] == 1


def test_github_notes_cannot_be_broken_out_of():
    text = write_findings([finding(day="100%\n::error::x", place=Place("a,b:c\n.md", 3))], "github", "en")
    assert text.count("\n") == 1
    assert text.startswith("::error file=a%2Cb%3Ac%0A.md,line=3,title=DC305 withdrawn_returns::")
    assert "100%25%0A::error::x" in text


def test_gitlab_fingerprints_stay_and_differ():
    found = json.loads(
        write_findings([finding(day="1"), finding(day="2"), finding(day="1", place=PLACE._replace(line=9))], "gitlab", "zh")
    )
    prints = [one["fingerprint"] for one in found]
    assert prints[0] == prints[2] != prints[1]
    assert found[0]["location"] == {"path": PLACE.path, "lines": {"begin": 7}}
    assert found[0]["severity"] == "major"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("form", sorted(FINDING_FORMATS))
def test_every_rule_can_be_said_in_every_format(code, form):
    for lang in ("en", "zh"):
        assert write_findings([finding(code)], form, lang)


def test_explain_takes_code_and_name():
    page = explain("dc301", "en")
    assert page == explain("released-content-differs", "en") == explain("released_content_differs", "en")
    assert page.startswith("# DC301 released-content-differs\n")
    assert "**error**, judges a state of the library, asked at every gate" in page
    assert "‹document› ‹version› is released" in page
    assert "`docctl revise ‹document›`" in page
    assert "iso20000-1:2018/7.5.3.2" in page
    assert "**原因**：" in explain("DC301", "zh")


def test_explain_refuses_an_unknown_word():
    with pytest.raises(DocctlError) as caught:
        explain("DC3011", "en")
    assert "DC301" in caught.value.said("zh")


@pytest.mark.parametrize("lang", ["en", "zh", "both"])
def test_the_catalogue_page_lists_every_rule_once(lang):
    page = catalogue_page(lang)
    assert page == catalogue_page(lang)
    headings = re.findall(r"^### (DC[0-9]{3}) ", page, re.MULTILINE)
    assert headings == CODES
    anchors = {line[4:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) == anchors
    assert "{" not in re.sub(r"`[^`]*`|\\\{", "", page)


def test_rule_pages_hold_no_markup_of_a_sentence():
    from markdown_it import MarkdownIt

    for token in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(catalogue_page()):
        assert token.type != "html_block"
        for child in token.children or []:
            assert child.type in {"text", "text_special", "code_inline", "strong_open", "strong_close", "link_open", "link_close"}
