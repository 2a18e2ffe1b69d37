"""docctl.core.standard: clauses in the order people count, which of them need an answer, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl import shipped
from docctl.core.errors import Unreadable, Words
from docctl.core.standard import Clause, Standard, as_kept, clause_order, kept, read_standard

OWN = """id: house-rules:2026
title: {zh: 公司规定}
clauses:
  - {id: '1.10', title: {en: Ten}, level: requirement}
  - {id: '1.2', title: {en: Two, zh: 二}, level: requirement, documented: true, exclusion: allowed, confirmed: zh}
  - {id: '1.2.1', title: {zh: 二之一}, level: requirement, confirmed: both, untitled: true}
  - {id: '1', title: {en: One}, level: heading, confirmed: en}
  - {id: A.5.10, title: {en: Control}, level: control, theme: people}
  - {id: A.5.2, title: {en: Control}, level: control}
"""


def standard(text: str | bytes = OWN) -> Standard:
    return read_standard(text, shipped.schema("standard"))


def test_clauses_stand_in_the_order_of_their_numbers():
    assert [clause.id for clause in standard().clauses] == ["1", "1.2", "1.2.1", "1.10", "A.5.2", "A.5.10"]
    assert sorted(["A.5.10", "10.1", "E1.10", "4.10", "A", "4", "E1.9", "4.1", "A.5.2"], key=clause_order) == [
        "4", "4.1", "4.10", "10.1", "A", "A.5.2", "A.5.10", "E1.9", "E1.10",
    ]  # fmt: skip


@given(st.lists(st.from_regex(r"\A(?:[A-E][0-9]?|[0-9]{1,2})(?:\.[0-9]{1,2}){0,3}\Z"), max_size=8))
def test_a_clause_comes_before_what_is_below_it(ids: list[str]):
    ordered = sorted(ids, key=clause_order)
    assert all(clause_order(clause) < clause_order(f"{clause}.1") for clause in ordered)


def test_a_catalogue_is_read_with_defaults():
    read = standard(OWN.encode())
    assert (read.id, read.title, read.edition, read.status) == ("house-rules:2026", Words("公司规定", "公司规定"), "", "current")
    assert read.by_id["1.10"] == Clause("1.10", Words("Ten", "Ten"), "requirement", False, "not-allowed", "none")
    assert read.by_id["1.2"] == Clause("1.2", Words("Two", "二"), "requirement", True, "allowed", "zh")
    assert read.by_id["A.5.10"].theme == "people"
    assert read.by_id["1.2.1"].untitled


def test_leaves_are_what_somebody_has_to_answer():
    assert [clause.id for clause in standard().leaves] == ["1.2.1", "1.10", "A.5.2", "A.5.10"]
    assert [clause.id for clause in standard().below("1")] == ["1.2", "1.2.1", "1.10"]
    assert standard().by_id["1.2.1"].above == "1.2"
    assert standard().by_id["1"].above == ""


@pytest.mark.parametrize(
    ("clause", "en", "zh"), [("1", True, False), ("1.2", False, True), ("1.2.1", True, True), ("1.10", False, False)]
)
def test_a_title_is_confirmed_by_language(clause: str, en: bool, zh: bool):
    read = standard().by_id[clause]
    assert (read.confirmed_in("en"), read.confirmed_in("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (OWN.replace("1.10", "1.2"), 5, "clause 1.2 is there twice (lines 4 and 5)"),
        (
            OWN.replace("level: heading", "level: title"),
            7,
            "clauses[4].level must be one of: heading, requirement, control, not 'title'",
        ),
        (OWN.replace("id: house", "exempt: all\nid: house"), 1, "unknown field exempt"),
        (OWN.replace("id: house-rules:2026\n", ""), 0, "id is missing"),
        ("a: [\n", 1, "not readable as YAML"),
        (OWN.replace("requirement", "x").replace("control", "y"), 4, "; clauses[2].level must be"),
    ],
)
def test_a_faulty_catalogue_is_refused_with_its_line(text: str, line: int, sentence: str):
    for form in (text, text.encode()):
        with pytest.raises(Unreadable) as caught:
            standard(form)
        assert sentence in caught.value.words.en
        assert caught.value.line == line


def test_what_is_kept_of_a_catalogue_is_all_of_it():
    read = standard(OWN)
    assert kept(json.loads(json.dumps(as_kept(read)))) == read


@pytest.mark.parametrize(
    ("name", "clauses", "leaves"),
    [("iso20000-1:2018", 88, 62), ("iso27001:2022", 139, 123), ("iso9001:2015", 91, 65),
     ("gbt28827.1:2012", 29, 24), ("gbt28827.1:2022", 31, 26)],
)  # fmt: skip
def test_the_shipped_catalogues_are_whole(name: str, clauses: int, leaves: int):
    read = standard(shipped.standard_text(name))
    assert (read.id, len(read.clauses), len(read.leaves)) == (name, clauses, leaves)
    assert read.status == ("unverified" if name.startswith("gbt") else "current")
    assert all(clause.above in read.by_id for clause in read.clauses if clause.above)
    assert sum(clause.level == "control" for clause in read.clauses) == (93 if name == "iso27001:2022" else 0)
