"""docctl.core.document: what the front matter says, and everything a document points at."""

from __future__ import annotations

import pytest

from docctl.core.document import Mapped, Reference

from .builders import document

CITING = document(
    parent="ITSM-M-01",
    references=["ITSM-P-06", {"id": "ITSM-P-09", "version": "A/0"}, {"id": "ITSM-P-10"}],
    body="See [a](doc:ITSM-P-07#scope), [b](doc:ITSM-P-08), [c](#here) and [d](https://example.org/doc:X-1).\n",
)


@pytest.mark.parametrize(
    ("status", "claims", "withdrawn"), [("draft", False, False), ("approved", True, False), ("withdrawn", True, True)]
)
def test_what_a_status_claims(status, claims, withdrawn):
    found = document(status=status)
    assert (found.claims, found.withdrawn, found.status) == (claims, withdrawn, status)


def test_what_the_front_matter_says():
    found = document(distribution=["dev", "ops"], withdrawal={"reason": "merged", "replaced_by": "ITSM-P-12"})
    assert (found.number, found.title, found.type, found.version, found.owner) == (
        "ITSM-P-05", "变更管理程序", "procedure", "A/0", "service-manager",
    )  # fmt: skip
    assert (found.department, found.distribution) == ("ops", ("dev", "ops"))
    assert found.withdrawal == {"reason": "merged", "replaced_by": "ITSM-P-12"}
    assert found.path == "documents/ITSM-P-05/index.md"
    assert found.digest == found.content.digest
    assert found.digest.startswith("sha256:")


def test_what_the_front_matter_leaves_out():
    bare = document()
    del bare.head["department"]  # type: ignore[attr-defined]
    assert (bare.department, bare.distribution, bare.withdrawal) == ("", (), {})
    assert (bare.clauses, bare.references, list(bare.cited())) == ((), (), [])


@pytest.mark.parametrize(
    ("status", "change", "expected"),
    [
        ("approved", None, "default"),
        ("draft", {"class": "minor", "reason": "x"}, "minor"),
        ("approved", {"class": "editorial", "reason": "x"}, "editorial"),
        ("withdrawn", {"class": "major", "reason": "x"}, "withdraw"),
        ("withdrawn", None, "withdraw"),
    ],
)
def test_the_row_of_the_matrix_it_asks_for(status, change, expected):
    assert document(status=status, **({"change": change} if change else {})).change_class == expected


def test_a_title_in_another_language():
    found = document(titles={"en": "Change management"})
    assert (found.titled("en"), found.titled("zh"), document().titled("en")) == (
        "Change management",
        "变更管理程序",
        "变更管理程序",
    )


def test_the_line_of_a_value_or_of_what_is_around_it():
    found = document()
    found.lines = {("id",): 2, ("clauses",): 5, ("clauses", 1): 7}
    assert found.line("id") == 2
    assert found.line("clauses", 1, "section") == 7
    assert found.line("clauses", 0, "section") == 5
    assert found.line("parent") == 1
    assert found.line() == 1


def test_the_clauses_it_answers():
    mapped = document(
        clauses=[
            {"clause": "iso20000-1:2018/8.5.1", "section": "process", "how": "分级"},
            "iso27001:2022/A.8.32",
            {"clause": "x:2000/4"},
        ]
    )
    assert mapped.clauses == (
        Mapped("iso20000-1:2018", "8.5.1", "process", "分级"),
        Mapped("iso27001:2022", "A.8.32", "", ""),
        Mapped("x:2000", "4", "", ""),
    )


def test_the_documents_it_cites_with_the_parent_first():
    assert CITING.references == (
        Reference("ITSM-M-01", ""),
        Reference("ITSM-P-06", ""),
        Reference("ITSM-P-09", "A/0"),
        Reference("ITSM-P-10", ""),
    )


def test_everything_it_points_at_with_its_line():
    body_line = CITING.body_line
    assert list(CITING.cited()) == [
        ("ITSM-M-01", "", CITING.line("parent")),
        ("ITSM-P-06", "", CITING.line("references")),
        ("ITSM-P-09", "", CITING.line("references")),
        ("ITSM-P-10", "", CITING.line("references")),
        ("ITSM-P-07", "scope", body_line),
        ("ITSM-P-08", "", body_line),
    ]
    assert CITING.outline is CITING.outline
