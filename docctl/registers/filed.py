"""Records as they stood on the day of a collection: made, sealed, corrected. Must not know how a register shows them."""

from __future__ import annotations

from typing import NamedTuple

from docctl.core.calendar import add_months, days_between
from docctl.core.edition import Collection
from docctl.core.record import Record
from docctl.core.settings import RecordClass
from docctl.core.statement import Signed
from docctl.registers.issue import decided_on
from docctl.registers.scribe import local_time

LATE_DAYS = 7  # TM-11: later than this is a late entry 补记


class Filed(NamedTuple):
    """One record made by the day; `seal` closes it, `corrections` counts the signed ones, `state` is open, sealed or altered."""

    record: Record
    kind: RecordClass | None
    created_on: str
    seal: Signed | None
    corrections: int
    state: str

    @property
    def delay(self) -> int:
        """Days from the event to the making of the record, where that makes it a late entry; else 0."""
        days = days_between(self.record.day, self.created_on)
        return days if days > LATE_DAYS else 0

    @property
    def retain_until(self) -> str:
        """The last day of retention: the event day plus the months of the class; "" for a class nobody knows."""
        return add_months(self.record.day, self.kind.retention) if self.kind else ""


def filed_records(collection: Collection) -> list[Filed]:
    """Every record that was made by the day, by class and number."""
    classes = collection.library.rules.mandate.settings.record_classes
    found = (_filed(collection, record, classes.get(record.record_class)) for record in collection.library.records.values())
    made = [item for item in found if item.created_on <= collection.day]
    return sorted(made, key=lambda item: (item.record.record_class, item.record.number))


def _filed(collection: Collection, record: Record, kind: RecordClass | None) -> Filed:
    zone = collection.library.rules.mandate.settings.timezone
    created_on = local_time(str(record.head["created_at"]), zone)[:10]
    evidence = collection.library.evidence[record.number]
    standing = [item for item in evidence.good if item.sha256 not in evidence.revoked]
    known = [item for item in standing if decided_on(item, collection) <= collection.day]
    seals = [item for item in known if item.statement.decision == "seal"]
    corrections = [item for item in known if item.statement.decision == "correct"]
    covered = {item.statement.digest for item in standing if item.statement.decision in {"seal", "correct"}}
    state = "open" if not seals else "sealed" if record.digest in covered else "altered"
    return Filed(record, kind, created_on, seals[0] if seals else None, len(corrections), state)
