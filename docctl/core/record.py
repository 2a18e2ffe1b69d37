"""One record as its folder holds it: a filled form or other evidence of work done. Must not know who sealed it."""

from __future__ import annotations

from docctl.core.document import Mapped
from docctl.core.item import Item


class Record(Item):
    """A record of the library. It has no version; sealing closes it for ever (domain 1.6.10)."""

    @property
    def record_class(self) -> str:
        """The class of settings.yaml it belongs to."""
        return str(self.head["class"])

    @property
    def day(self) -> str:
        """The day of the event, or the last day of the period."""
        return str(self.head.get("event_date") or self.head["period"]["to"])

    @property
    def form(self) -> tuple[str, str]:
        """Number and version of the form used; ("", "") for a free-form record."""
        form = self.head.get("form", {})
        return form.get("id", ""), form.get("version", "")

    @property
    def proves(self) -> tuple[tuple[Mapped, str], ...]:
        """What the record gives evidence of: the clause and the document number ("" none)."""
        named = ((item["clause"].partition("/"), item.get("document", "")) for item in self.head.get("proves", ()))
        return tuple((Mapped(standard, clause, "", ""), number) for (standard, _, clause), number in named)
