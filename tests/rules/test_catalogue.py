"""The catalogue tests itself: codes, both languages, placeholders, reasons, clauses and cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

import docctl.check  # noqa: F401  enters every rule
from docctl import rules, shipped
from docctl.core.errors import Words
from docctl.core.standard import read_standard
from docctl.rules.catalogue import CATALOGUE, ERROR, FAMILIES, WARNING, Rule

from .test_cases import CASES, judged

FILES = {name: Path(rules.__file__).parent / f"{name}.py" for name in rules.__all__}
OF_THE_PLACE = {"path", "line", "document", "version"}
ALL = pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)


def codes_in(name: str) -> list[str]:
    return re.findall(r'^    "(DC[0-9]+)",$', FILES[name].read_text(encoding="utf-8"), re.MULTILINE)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def facts_of(rule: Rule) -> Iterator[set[str]]:
    """The facts of every finding that the rule's own cases make."""
    for path in sorted((CASES / rule.code / "fail").glob("*.yaml")):
        yield from (set(finding.facts) for finding in judged(path) if finding.code == rule.code)


def test_every_file_of_rules_is_in_the_catalogue() -> None:
    beside = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__", "catalogue"}
    assert beside == set(rules.__all__)


@pytest.mark.parametrize("name", rules.__all__)
def test_a_file_is_one_family_in_the_order_of_its_codes(name: str) -> None:
    codes = codes_in(name)
    assert codes == sorted(codes)
    assert len({code[2] for code in codes}) == 1
    assert codes[0][2] in FAMILIES


def test_a_code_and_a_name_are_used_once() -> None:
    codes = [code for name in rules.__all__ for code in codes_in(name)]
    assert sorted(codes) == sorted(CATALOGUE)
    names = [rule.name for rule in CATALOGUE.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_no_holes(family: str) -> None:
    numbers = sorted(int(code[3:]) for code in CATALOGUE if code[2] == family)
    assert numbers == list(range(1, len(numbers) + 1))


@ALL
def test_its_form(rule: Rule) -> None:
    assert re.fullmatch("DC[1-7][0-9]{2}", rule.code)
    assert rule.scope in {"library", "change", "moves"}
    assert rule.severity in {ERROR, WARNING}
    assert rule.judge.__code__.co_argcount == 1


@ALL
def test_both_languages_carry_the_same_facts(rule: Rule) -> None:
    for words in (rule.words, rule.remedy):
        assert placeholders(words.en) == placeholders(words.zh), words


@ALL
def test_english_is_english_and_chinese_is_chinese(rule: Rule) -> None:
    for words in (rule.words, rule.remedy, rule.why):
        chinese = r"[\u4e00-\u9fff]"
        assert not re.search(chinese, words.en), words.en
        latin = re.sub(r"\{[a-z]+\}|[a-z]+\.(?:json|yaml)|[^A-Za-z]", "", words.zh)
        assert re.search(chinese, words.zh) or not latin, words.zh


@ALL
def test_it_says_why_in_both_languages_and_ends_its_sentences(rule: Rule) -> None:
    assert rule.why.en.endswith("."), rule.why
    assert rule.why.zh.endswith("。"), rule.why
    assert rule.remedy.en.endswith((".", "?")), rule.remedy
    assert rule.remedy.zh.endswith(("。", "？")), rule.remedy


@ALL
def test_it_has_cases_that_pass_and_that_fail(rule: Rule) -> None:
    for kind in ("pass", "fail"):
        assert list((CASES / rule.code / kind).glob("*.yaml")), f"no case in {rule.code}/{kind}"


@ALL
def test_its_sentences_need_no_fact_that_it_does_not_give(rule: Rule) -> None:
    needed = placeholders(rule.words.en) | placeholders(rule.remedy.en)
    for facts in facts_of(rule):
        assert needed <= facts | OF_THE_PLACE


@ALL
def test_its_clauses_are_in_the_shipped_catalogues(rule: Rule) -> None:
    for clause in rule.clauses:
        standard, _, number = clause.partition("/")
        known = read_standard(shipped.standard_text(standard), shipped.schema("standard"))
        assert number in known.by_id, clause


def test_every_case_belongs_to_a_rule_and_says_why() -> None:
    assert {path.name for path in CASES.iterdir()} <= set(CATALOGUE)
    for path in CASES.glob("*/*/*"):
        assert (path.suffix, path.parent.name) in {(".yaml", "pass"), (".yaml", "fail")}, path
        case = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        assert case["why"][0].isupper() or not case["why"][0].isalpha(), path
        assert case["why"].endswith("."), path


def test_a_sentence_is_said_in_the_language_of_its_reader() -> None:
    finding = next(
        finding for finding in judged(CASES / "DC202" / "fail" / "claim-with-no-record.yaml") if finding.code == "DC202"
    )
    assert finding.rule is CATALOGUE["DC202"]
    assert "missing: submit, review by Department head (ops)" in finding.message("en")
    assert "缺少：编制、部门负责人 (ops)的审核" in finding.message("zh")
    assert isinstance(finding.facts["missing"], Words)
