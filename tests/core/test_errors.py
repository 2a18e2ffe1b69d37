"""docctl.core.errors and signature: two languages, one sentence and its mend."""

from __future__ import annotations

import pytest

from docctl.core.errors import DocctlError, Refusal, Unreadable, Words
from docctl.core.signature import Verdict

WORDS = Words("{document} is gone", "{document} 不见了")


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "X-1 is gone"), ("zh", "X-1 不见了"), ("de", "X-1 is gone"), ("zh-CN", "X-1 is gone"), ("", "X-1 is gone")],
)
def test_a_sentence_is_said_in_chinese_or_else_in_english(lang, text):
    assert WORDS.said(lang, document="X-1") == text


def test_braces_stand_for_themselves_where_no_facts_are_put_in():
    assert WORDS.said("en") == "{document} is gone"
    assert Words("{a}", "{a}").said("en", a="{b}") == "{b}"  # facts are never formatted themselves


def test_the_error_says_what_and_how_to_mend_it():
    error = DocctlError(Words("no rules", "没有规则"), Words("run docctl init", "请运行 docctl init"))
    assert (str(error), error.code, error.exit_code) == ("no rules", "could-not-check", 3)
    assert error.said("en") == "no rules\n  → run docctl init"
    assert error.said("zh") == "没有规则\n  → 请运行 docctl init"


def test_a_refusal_is_an_error_with_its_own_way_out():
    refusal = Refusal(Words("no", "否"), Words("wait", "等"), "released")
    assert isinstance(refusal, DocctlError)
    assert (refusal.exit_code, refusal.code) == (1, "released")


def test_unreadable_text_knows_its_line():
    assert (Unreadable(WORDS).line, Unreadable(WORDS, 7).line) == (0, 7)
    assert isinstance(Unreadable(WORDS), ValueError)
    assert str(Unreadable(WORDS)) == WORDS.en


def test_a_verdict_is_good_unless_a_fault_is_named():
    assert Verdict("k", "f", "n").fault == ""


def test_an_error_told_from_one_process_to_another_stays_what_it_is():
    error = DocctlError(Words("a", "甲"), Words("b", "乙"), "odd-path")
    kind, parts = error.__reduce__()
    assert (kind, kind(*parts).said("zh"), kind(*parts).code) == (DocctlError, "甲\n  → 乙", "odd-path")
