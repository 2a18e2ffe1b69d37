"""docctl.core.library and change: what the judgement sees of one state or one step."""

from __future__ import annotations

import pytest

from docctl.core.change import Change, Move
from docctl.core.errors import Words
from docctl.core.library import Catalogue, LogEntry, Misplaced, Unread
from docctl.core.tree import Changed

from .builders import approved, document, library, mandate, people, release, settings, withdrawn

A, B, DRAFT = document(), document("ITSM-P-06"), document("ITSM-P-07", status="draft")


def test_documents_that_claim_something_by_number():
    assert library(B, DRAFT, A).claims == [A, B]


def test_a_number_is_judged_by_what_stood_before_its_landing():
    before = mandate(settings(level=4))
    found = library(A, B, items=approved(A), judges={B.number: before})
    assert found.mandate(A.number) is found.rules.mandate
    assert found.mandate(B.number) is before
    assert (found.matrix(A).level, found.matrix(B).level) == (2, 4)
    assert (found.matrix(A).complete, found.matrix(B).complete) == (True, False)


def test_signers_are_known_by_the_registry_before_a_step_and_by_its_own_in_a_whole_state():
    before = mandate(registry=people({}))
    found = library(A, judges={A.number: before})
    assert found.people(A.number) is found.rules.mandate.people
    assert found._replace(touched=frozenset({"x"})).people(A.number) is before.people


def test_a_document_under_a_foreign_number_is_left_to_the_rule_that_tells_it():
    found = library(A)._replace(documents={"ITSM-P-99": B, A.number: A})
    assert found.numbered == {A.number: A}
    assert found.claims == [A]


OUT = release(A)


@pytest.mark.parametrize(
    ("touched", "fresh"),
    [
        (frozenset(), [A, DRAFT]),  # a whole state is judged whole
        (frozenset({OUT.path}), [A, DRAFT]),  # this step releases it
        (frozenset({"statements/other"}), [DRAFT]),  # it was judged when it landed
    ],
)
def test_a_text_is_judged_when_it_lands_and_never_again(touched, fresh):
    found = library(A, DRAFT, items=[*approved(A), OUT], touched=touched)
    assert found.fresh == fresh
    assert found.candidates == [item for item in fresh if item.claims]


def test_what_has_no_free_label_is_no_candidate():
    edited, gone = document(body="edited\n"), document(status="withdrawn")
    landed = [*approved(A), OUT]
    ended = [*landed, *withdrawn(gone, "2026-06-01", "2026-05-01T01:00:00Z")]
    assert library(edited, items=landed).candidates == []
    assert library(gone, items=landed).candidates == [gone]
    assert library(gone, items=ended).candidates == [gone]
    again = document(version="A/1")
    assert library(again, items=landed).candidates == [again]
    assert library(again, items=ended).candidates == []


def test_what_a_step_brings_in():
    items = approved(A)
    assert library(A, items=items).arrived == items
    step = library(A, items=items, touched=frozenset({items[1].path, "documents/x"}))
    assert step.arrived == [items[1]]


@pytest.mark.parametrize(
    ("touched", "asked"),
    [
        ((), True),
        (("documents/ITSM-P-05/index.md",), False),
        (("README.md",), False),
        ((".docctl/log/0002.json",), True),
        ((".docctl/people.yaml", "README.md"), True),
        ((".docctl/stray",), True),
        ((".github/workflows/a.yml",), True),
    ],
)
def test_when_the_rules_themselves_are_judged(touched, asked):
    assert library(A, touched=frozenset(touched)).rules_in_question == asked


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("document", ("A-1",)),
        ("evidence", ("A-1",)),
        ("numbers", ()),
        ("folders", ("A-1",)),
        ("texts", ("2026-04-07",)),
    ],
)
def test_a_catalogue_is_made_by_who_reads(question, about):
    with pytest.raises(NotImplementedError):
        getattr(Catalogue(), question)(*about)


def test_what_is_unknown_is_empty():
    assert (Unread("text", "p", 1, Words("a", "b")).number, Misplaced("p", "stray").number, Move("n", "deleted").detail) == (
        "",
        "",
        "",
    )
    found = library(A)
    assert (found.touched, found.today) == (frozenset(), "")
    assert Change(None, (Changed("p", None, None),), found).before is None
    assert LogEntry._fields == ("record", "signatures")


def test_what_landed_under_other_rules_is_bygone_in_a_whole_state_only():
    before = mandate()._replace(number=0)
    assert library(A, judges={A.number: before}).bygone(A.number)
    assert not library(A, judges={A.number: before}, touched=frozenset({"x"})).bygone(A.number)
    assert not library(A).bygone(A.number)
