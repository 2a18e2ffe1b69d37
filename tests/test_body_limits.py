"""I14, I25: what would take long to parse or to show is refused by counting its signs, and what is accepted ends in time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from markdown_it.parser_inline import ParserInline

from docctl.core import bodyfault, markup
from docctl.core.bodyfault import LARGEST, LONGEST, over_limits
from docctl.core.errors import DocctlError
from docctl.core.outline import outline
from docctl.markdown import to_html

SECONDS = 60  # of processor time: a machine ten times as slow as an ordinary one passes, a search without end does not

HONEST = (
    "## 变更评审 {{#review-{0}}}\n\n一般变更由**变更评审会**评审后实施，"
    "紧急变更须在_二十四小时_内补齐申请单（见 [ITSM-P-05](doc:ITSM-P-05#process)）。\n\n"
    "- [x] 申请单已登记，编号 `CHG-2026-001`\n- [ ] 回退方案已演练：见 <https://example.org/plan?a=1&b=2>\n\n"
    "> 注：区间 [0, 100) 与 a_b_c 均为示例。\n\n填写：____________ 日期：________\n\n"
)
ROW = "| {0} | 变更 {0} | [ITSM-P-05](doc:ITSM-P-05#process) | 2026-01-05 | **是** | [0, {0}) | A/1 |\n"
TABLE = "| 序号 | 名称 | 文件 | 日期 | 重大 | 区间 | 版本 |\n|------|------|------|------|------|------|------|\n"

WORST = {
    "emphasis": "**a _b " * 150_000,
    "underscores": "_" * 1_000_000,
    "signs": "&" * 1_000_000,
    "cells": "|a" * 500_000,
    "brackets": "![" * 40 + "x-" * 500_000,
    "brackets in each paragraph": ("[" * 40 + "x-" * 1200 + "\n\n") * 400,
    "lists in lists": ("- " * 9 + "a\n") * 20_000,
    "a long quote in quotes": "> " * 19 + "a\n" + "|a\n" * 20_000,
    "tables": "a|b\n-|-\n" * 10_000,
    "spaces in a heading": "## a" + " " * 1_000_000 + "b",
    "anchors in a heading": "## " + " {#a" * 60_000,
}


def accepted(body: str) -> str:
    """As much of the beginning of a body as is accepted."""
    least, most = 0, len(body)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (least, middle - 1) if over_limits(body[:middle], 1) else (middle, most)
    return body[:least]


@pytest.mark.parametrize("name", WORST)
def test_the_worst_body_that_is_accepted_is_judged_and_shown_in_time(name):
    body = accepted(WORST[name])
    assert len(body) > 30_000
    begun = time.process_time()
    outline(body)
    with suppress(DocctlError):  # what is nested too deeply is found by parsing it
        to_html(body, str, str)
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize("opening", ["[", "![", "[`]`", "[a ", "[<http://]>"])
@pytest.mark.parametrize("number", [1, 10, 40, 200, 1000])
def test_the_parser_passes_each_sign_no_more_often_than_the_limit_counts(monkeypatch, opening, number):
    passed = 0
    skip = ParserInline.skipToken

    def counted(self, state):
        nonlocal passed
        passed += 1
        skip(self, state)

    monkeypatch.setattr(ParserInline, "skipToken", counted)
    body = opening * number + "x!" * 1500
    markup.parsed(body, {})
    signs = sum(body.count(sign) for sign in bodyfault._STOPS)
    assert (
        passed <= 4 * 2 * min(number * opening.count("["), bodyfault._OPEN) * signs
    )  # text and sign; pictures are tried twice as links


@pytest.mark.parametrize(
    "body",
    [
        "".join(HONEST.format(n) for n in range(600)),
        TABLE + "".join(ROW.format(n) for n in range(2000)),
        "正文。\n" * (LONGEST - 1),
    ],
)
def test_no_honest_body_meets_a_limit(body):
    assert len(body.encode()) > 195_000
    assert outline(body).faults == ()
    assert "<p>" in to_html(body, str, str) or "<td>" in to_html(body, str, str)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("*a " * 50_001, "50001 > 50000 × * _ ~"),
        ("|" * 60_001, "60001 > 60000 × |"),
        ("- " * 40_001, "40001 > 40000 × > - + * : 1."),
        ("!" * 300_001, "300001 > 300000 × ! # & …"),
        ("[" * 40 + "!" * 40_000, "1601600 > 1500000 × [ …"),
    ],
)
def test_the_message_names_the_limit(body, said):
    fault = over_limits(body, 7)
    assert (fault.detail, fault.line) == (said, 7)


def test_a_short_body_is_not_counted(monkeypatch):
    monkeypatch.setattr(bodyfault, "_STOPS", None)
    assert over_limits("*_~|![" * 400, 1) is None
    assert len("*") * bodyfault._FEW < LARGEST
