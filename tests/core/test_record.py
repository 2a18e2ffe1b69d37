"""docctl.core.record: what a record says of itself."""

from __future__ import annotations

from docctl.core.document import Mapped

from .builders import record


def test_what_a_record_says():
    found = record(
        event_date="2026-04-12",
        form={"id": "ITSM-F-03", "version": "A/0"},
        proves=[{"clause": "iso20000-1:2018/8.6.1", "document": "ITSM-P-04"}, {"clause": "iso27001:2022/A.5.24"}],
    )
    assert (found.number, found.title, found.record_class) == ("REC-INC-2026-001", "邮件系统中断", "incident")
    assert found.path == "records/incident/2026/REC-INC-2026-001/index.md"
    assert found.digest == found.content.digest
    assert (found.day, found.form) == ("2026-04-12", ("ITSM-F-03", "A/0"))
    assert found.proves == (
        (Mapped("iso20000-1:2018", "8.6.1", "", ""), "ITSM-P-04"),
        (Mapped("iso27001:2022", "A.5.24", "", ""), ""),
    )
    assert (found.line("id"), found.line("form", "id"), found.line()) == (2, 1, 1)


def test_a_record_of_a_period_is_of_its_last_day():
    assert record(period={"from": "2026-01-01", "to": "2026-03-31"}).day == "2026-03-31"


def test_a_record_without_a_form_proves_what_it_says():
    free = record(event_date="2026-04-12", form={"id": "ITSM-F-03"})
    assert (free.form, record(event_date="2026-04-12").form, free.proves) == (("ITSM-F-03", ""), ("", ""), ())
