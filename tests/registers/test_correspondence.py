"""R8: which clause is answered by what, in force, scheduled, in draft or not at all."""

import pytest

from docctl.core.errors import DocctlError
from docctl.registers.correspondence import correspondence
from docctl.registers.coverage import answers, coverage

STANDARD = "iso1:2018"


def mapped(clause, section="", how=""):
    return {"clause": f"{STANDARD}/{clause}", **({"section": section} if section else {}), **({"how": how} if how else {})}


def lines(table, *names, lang="en"):
    from docctl.registers.table import said

    return [tuple(said(row[name], lang) for name in names) for row in table.rows]


def test_every_clause_has_a_line_and_gaps_are_named(firm):
    firm.issue(clauses=[mapped("8.2.1", "process", "分级评估"), mapped("7.5")])
    table = correspondence(firm.collection(), STANDARD)
    assert lines(table, "clause", "number", "section", "how", "coverage") == [
        ("7.5", "ITSM-P-05", "whole document", "", "covered"),
        ("8.2.1", "ITSM-P-05", "过程", "分级评估", "covered"),
        ("8.2.2", "", "", "", "gap"),
        ("8.2.10", "", "", "", "gap"),
    ]
    assert "Clauses to be answered: 4; covered: 2; scheduled: 0; draft only: 0; gap: 2." in [note.en for note in table.notes]
    assert "要求文件化信息而未覆盖的条款：1。" in [note.zh for note in table.notes]


def test_titles_that_nobody_compared_are_marked_in_the_readers_language(firm):
    table = correspondence(firm.collection(), STANDARD)
    assert lines(table, "mark") == [("",), ("",), ("title unconfirmed",), ("no title in the standard",)]
    assert lines(table, "mark", lang="zh") == [("",), ("标题未核实",), ("标题未核实",), ("标准中无标题",)]
    assert lines(table, "kind") == [("documented information",), ("process",), ("documented information",), ("process",)]


def test_drafts_and_scheduled_texts_count_only_where_nothing_is_in_force(firm):
    firm.issue("ITSM-P-01", clauses=[mapped("7.5")])
    firm.issue("ITSM-P-02", day="2026-01-20", effective="2026-03-01", clauses=[mapped("8.2.1"), mapped("7.5")])
    firm.document("ITSM-P-03", status="draft", clauses=[mapped("8.2.2"), mapped("8.2.1"), mapped("7.5")])
    table = correspondence(firm.collection(), STANDARD)
    assert lines(table, "clause", "number", "coverage", "remarks", lang="zh") == [
        ("7.5", "ITSM-P-01", "已覆盖", ""),
        ("8.2.1", "ITSM-P-02", "已排期", "自 2026-03-01 起"),
        ("8.2.2", "ITSM-P-03", "仅草案", ""),
        ("8.2.10", "", "缺口", ""),
    ]
    later = correspondence(firm.collection("2026-03-01"), STANDARD)
    assert lines(later, "clause", "number", "coverage")[:3] == [
        ("7.5", "ITSM-P-01", "covered"),
        ("7.5", "ITSM-P-02", "covered"),
        ("8.2.1", "ITSM-P-02", "covered"),
    ]


def test_the_text_in_force_decides_not_the_next_one(firm):
    firm.issue(clauses=[mapped("8.2.1")])
    firm.issue(
        version="A/1",
        day="2026-01-20",
        effective="2026-03-01",
        clauses=[mapped("8.2.2")],
        change={"class": "minor", "reason": "-"},
    )
    assert lines(correspondence(firm.collection(), STANDARD), "clause", "version", "coverage", "remarks")[1:3] == [
        ("8.2.1", "A/0", "covered", "A/1 from 2026-03-01"),
        ("8.2.2", "A/1", "scheduled", "from 2026-03-01"),
    ]
    assert lines(correspondence(firm.collection("2026-03-01"), STANDARD), "clause", "coverage")[1:3] == [
        ("8.2.1", "gap"),
        ("8.2.2", "covered"),
    ]


def test_a_mapping_to_a_parent_covers_only_itself(firm):
    firm.issue(clauses=[mapped("8.2"), mapped("7"), mapped("9.9")])
    table = correspondence(firm.collection(), STANDARD)
    assert lines(table, "clause", "kind", "coverage") == [
        ("7", "heading", "covered"),
        ("7.5", "documented information", "gap"),
        ("8.2", "documented information", "covered"),
        ("8.2.1", "process", "gap"),
        ("8.2.2", "documented information", "gap"),
        ("8.2.10", "process", "gap"),
        ("9.9", "", "no such clause"),
    ]
    gaps = correspondence(firm.collection(), STANDARD, gaps_only=True)
    assert lines(gaps, "clause") == [("7.5",), ("8.2.1",), ("8.2.2",), ("8.2.10",)]


def test_gaps_are_what_an_auditor_would_not_find_today(firm):
    firm.issue(clauses=[mapped("7.5")])
    firm.document("ITSM-P-03", status="draft", clauses=[mapped("8.2.2")])
    collection = firm.collection()
    found = coverage(firm.standards[STANDARD], answers(collection, STANDARD))
    assert [(item.clause.id, item.standing, item.open) for item in found] == [
        ("7.5", "covered", False),
        ("8.2.1", "gap", True),
        ("8.2.2", "draft", True),
        ("8.2.10", "gap", True),
    ]
    assert len(correspondence(collection, STANDARD, gaps_only=True).rows) == 3


def test_orders_put_the_document_first(firm):
    firm.issue("ITSM-P-02", clauses=[mapped("8.2.1", "process"), mapped("7.5", "process"), mapped("8.2.2", "purpose")])
    firm.issue("ITSM-P-01", clauses=[mapped("8.2.10")])
    by_document = correspondence(firm.collection(), STANDARD, "document")
    assert by_document.columns[0].key == "number"
    assert lines(by_document, "number", "clause") == [
        ("ITSM-P-01", "8.2.10"),
        ("ITSM-P-02", "7.5"),
        ("ITSM-P-02", "8.2.1"),
        ("ITSM-P-02", "8.2.2"),
    ]
    by_section = correspondence(firm.collection(), STANDARD, "section")
    assert lines(by_section, "section", "clause")[1:] == [("目的", "8.2.2"), ("过程", "7.5"), ("过程", "8.2.1")]


def test_records_stand_beside_the_text_that_asks_for_them(firm):
    firm.issue("ITSM-P-04", clauses=[mapped("8.2.1"), mapped("8.2.2"), mapped("7.5", "nowhere")])
    firm.seal(firm.record(proves=[{"clause": f"{STANDARD}/8.2.2", "document": "ITSM-P-04"}]))
    firm.seal(
        firm.record("REC-INC-2026-002", "2026-01-12", "2026-01-12T09:00:00+08:00", proves=[{"clause": f"{STANDARD}/8.2.10"}])
    )
    firm.record("REC-INC-2026-003", "2026-01-13", "2026-01-13T09:00:00+08:00")
    assert lines(
        correspondence(firm.collection(), STANDARD), "clause", "section", "records", "latest", "coverage", lang="zh"
    ) == [
        ("7.5", "#nowhere ?", "", "", "已覆盖"),
        ("8.2.1", "整份文件", "事件记录（ITSM-F-03）", "REC-INC-2026-002 2026-01-12", "已覆盖"),
        ("8.2.2", "整份文件", "事件记录（ITSM-F-03）", "REC-INC-2026-001 2026-01-10", "已覆盖"),
        ("8.2.10", "", "事件记录（ITSM-F-03）", "REC-INC-2026-002 2026-01-12", "缺口"),
    ]
    early = correspondence(firm.collection("2026-01-10"), STANDARD)
    assert lines(early, "latest") == [("",)] * 4


def test_a_text_not_at_hand_is_named_in_the_notes(firm):
    firm.lost.add(firm.issue(clauses=[mapped("7.5")]).digest)
    table = correspondence(firm.collection(), STANDARD)
    assert lines(table, "coverage")[0] == ("gap",)
    assert any("ITSM-P-05" in note.en for note in table.notes)


@pytest.mark.parametrize("arguments", [("iso9:2000",), (STANDARD, "colour")])
def test_unknown_words_are_refused_with_the_known_ones(firm, arguments):
    with pytest.raises(DocctlError) as caught:
        correspondence(firm.collection(), *arguments)
    assert (STANDARD if len(arguments) == 1 else "clause, document, section") in caught.value.said("en")


def test_shipped_catalogues_give_as_many_lines_as_they_have_leaves(firm):
    from docctl.core.standard import read_standard
    from docctl.shipped import schema, standard_text

    standard = read_standard(standard_text("iso27001:2022"), schema("standard"))
    firm.standards[standard.id] = standard
    table = correspondence(firm.collection(), standard.id)
    assert len(table.rows) == len(standard.leaves) == 123
