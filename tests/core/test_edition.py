"""docctl.core.edition: every released version on one day, by number."""

from __future__ import annotations

from docctl.core.edition import Collection, Edition

from .builders import approved, document, library, release, withdrawn

A0, A1 = document(), document(version="A/1", change={"class": "minor", "reason": "x"})
OTHER, DRAFT = document("ITSM-P-06"), document("ITSM-P-07", status="draft")
GONE = document("ITSM-P-06", status="withdrawn")
ITEMS = [
    *approved(A0), release(A0, "2026-04-01"),
    *approved(A1, "2026-05-01T01:00:00Z"), release(A1, "2026-06-01", "2026-05-02T01:00:00Z"),
    *approved(OTHER), release(OTHER, "2026-04-01"), *withdrawn(GONE, "2026-07-01", "2026-06-15T01:00:00Z"),
]  # fmt: skip


def collection(day: str, *documents) -> Collection:
    held = library(*(documents or (A1, OTHER, DRAFT)), items=ITEMS)
    editions = {
        number: tuple(Edition(number, span, None, None) for span in found.spans)
        for number, found in reversed(held.evidence.items())
        if found.spans
    }
    return Collection(held, editions, day, "c0ffee")


def test_all_editions_by_number_and_release():
    found = [(item.number, item.release.version, item.release.withdrawal) for item in collection("2026-01-01").all()]
    assert found == [
        ("ITSM-P-05", "A/0", False), ("ITSM-P-05", "A/1", False), ("ITSM-P-06", "A/0", False), ("ITSM-P-06", "A/0", True),
    ]  # fmt: skip


def in_force(day: str) -> dict[str, str]:
    return {number: item.release.version for number, item in collection(day).in_force().items()}


def test_what_is_in_force_on_a_day():
    assert in_force("2026-03-31") == {}
    assert in_force("2026-04-01") == {"ITSM-P-05": "A/0", "ITSM-P-06": "A/0"}
    assert in_force("2026-06-01") == {"ITSM-P-05": "A/1", "ITSM-P-06": "A/0"}
    assert in_force("2026-07-01") == {"ITSM-P-05": "A/1"}


def test_the_state_of_each_edition():
    found = collection("2026-07-01")
    assert [found.state(item).name for item in found.all()] == ["superseded", "in_force", "withdrawn", "withdrawn"]


def test_texts_that_were_never_released():
    edited = document(version="A/1", body="edited\n")
    assert collection("2026-06-01").drafts() == [DRAFT]
    assert collection("2026-06-01", edited, DRAFT, GONE).drafts() == [edited, DRAFT]
