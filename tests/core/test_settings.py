"""docctl.core.settings: what an organisation decided, and the approval matrix of a change class."""

from __future__ import annotations

import pytest

from docctl import shipped
from docctl.core.errors import Words
from docctl.core.settings import DEFAULT_STATEMENT_AGE, EACH, Section, Slot, settings_of, words
from docctl.core.shape import shaped

from .builders import settings, settings_values

REVIEW = {"step": 1, "decision": "review", "role": "department-head", "of": "owner", "count": 1}
COSIGN = {"step": 1, "decision": "cosign", "role": "department-head", "of": "distribution", "count": "each"}
APPROVE = {"step": 2, "decision": "approve", "role": "management-representative", "count": 2}
EDITORIAL = {"step": 1, "decision": "approve", "role": "document-controller", "count": 1}


def kind(**slots):
    values = settings_values()
    values["types"]["procedure"]["slots"] = {"default": [REVIEW, COSIGN, APPROVE], **slots}
    return settings_of(values).types["procedure"]


def test_slots_as_settings_write_them():
    assert kind().slots_for("default") == (
        Slot(1, "review", "department-head", "owner", 1),
        Slot(1, "cosign", "department-head", "distribution", EACH),
        Slot(2, "approve", "management-representative", "", 2),
    )
    assert settings([{"step": 1, "decision": "approve", "role": "r"}]).types["procedure"].slots["default"][0].count == 1


@pytest.mark.parametrize("change_class", ["editorial", "minor", "major", "default", "something-new"])
def test_a_class_that_is_not_named_takes_the_default_matrix(change_class):
    assert kind().slots_for(change_class) == kind().slots["default"]


def test_a_class_that_is_named_takes_its_own():
    named = kind(
        editorial=[EDITORIAL], withdraw=[{**EDITORIAL, "decision": "withdraw"}], confirm=[{**EDITORIAL, "decision": "confirm"}]
    )
    assert named.slots_for("editorial") == (Slot(1, "approve", "document-controller", "", 1),)
    assert named.slots_for("withdraw") == (Slot(1, "withdraw", "document-controller", "", 1),)
    assert named.slots_for("confirm") == (Slot(1, "confirm", "document-controller", "", 1),)
    assert named.slots_for("minor") == named.slots["default"]


def test_a_withdrawal_is_decided_by_who_approves():
    assert kind().slots_for("withdraw") == (Slot(2, "withdraw", "management-representative", "", 2),)


def test_a_periodic_review_needs_a_matrix_of_its_own():
    assert kind().slots_for("confirm") == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"en": "Ops", "zh": "运维"}, Words("Ops", "运维")),
        ({"en": "Ops"}, Words("Ops", "Ops")),
        ({"zh": "运维"}, Words("运维", "运维")),
    ],
)
def test_one_name_serves_for_the_other_language(value, expected):
    assert words(value) == expected


def test_what_settings_leave_out():
    found = settings()
    assert (found.protected_branch, found.numbering, found.standards) == ("main", "", ())
    assert (found.max_statement_age, found.record_classes, found.audiences) == (DEFAULT_STATEMENT_AGE, {}, ("public", "internal"))
    procedure = found.types["procedure"]
    assert (procedure.sections, procedure.mandatory_clauses, procedure.review_interval) == ((), False, 12)
    values = settings_values()
    del values["departments"]
    assert settings_of(values).departments == {}


def test_everything_that_settings_may_say():
    values = settings_values(
        protected_branch="trunk", numbering="[A-Z]+", standards=["iso27001:2022"], max_statement_age=90, audiences=["public"],
        record_classes={
            "incident": {
                "title": {"en": "Incident"}, "number": "REC-INC", "form": "ITSM-F-03", "retention": 36,
                "classification": "internal", "seal_role": "record-keeper", "clauses": ["iso20000-1:2018/8.6.1"],
            },
            "note": {"title": {"zh": "记录"}, "number": "REC-N", "retention": 12, "classification": "public"},
        },
    )  # fmt: skip
    values["types"]["procedure"] |= {
        "sections": [{"anchor": "purpose", "en": "Purpose", "zh": "目的"}], "mandatory_clauses": True, "review_interval": 24,
    }  # fmt: skip
    found = settings_of(values)
    assert (found.organisation, found.timezone, found.languages) == (Words("Sample", "样例"), "Asia/Shanghai", ("zh", "en"))
    assert (found.protected_branch, found.numbering, found.standards) == ("trunk", "[A-Z]+", ("iso27001:2022",))
    assert (found.max_statement_age, found.audiences, found.release_role) == (90, ("public",), "document-controller")
    assert found.departments == {"ops": Words("运维部", "运维部")}
    assert found.record_classes["incident"][2:] == (
        "REC-INC", "ITSM-F-03", 36, "internal", "record-keeper", ("iso20000-1:2018/8.6.1",),
    )  # fmt: skip
    assert found.record_classes["note"][2:] == ("REC-N", "", 12, "public", "", ())
    procedure = found.types["procedure"]
    assert (procedure.id, procedure.level, procedure.folder) == ("procedure", 2, "procedures")
    assert (procedure.sections, procedure.mandatory_clauses) == ((Section("purpose", Words("Purpose", "目的")),), True)
    assert procedure.review_interval == 24


def test_an_empty_slot_list_is_refused():
    values = settings_values(schema="docctl/settings/v1", protected_branch="main")
    values["types"]["procedure"]["slots"] = {"default": []}
    said = [fault.words.en for fault in shaped(values, shipped.schema("settings"), "json")[1]]
    assert said == ["types.procedure.slots.default needs at least 1 entry"]
