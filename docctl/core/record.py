"""One record as its folder holds it: a filled form or other evidence of work done. Must not know who sealed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from docctl.core.content import Content
from docctl.core.document import Mapped


class Record(NamedTuple):
    """A record of the library. It has no version; sealing closes it for ever (domain 1.6.10)."""

    folder: str
    head: Mapping[str, Any]
    lines: Mapping[tuple[str | int, ...], int]
    body: str
    body_line: int
    content: Content

    @property
    def number(self) -> str:
        """The record number 记录编号."""
        return str(self.head["id"])

    @property
    def title(self) -> str:
        """The record's name."""
        return str(self.head["title"])

    @property
    def record_class(self) -> str:
        """The class of settings.yaml it belongs to."""
        return str(self.head["class"])

    @property
    def path(self) -> str:
        """Where the text lies, relative to the library."""
        return f"{self.folder}/index.md"

    @property
    def digest(self) -> str:
        """What the seal covers."""
        return self.content.digest

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

    def line(self, *place: str | int) -> int:
        """The file line of a front-matter value (1 when it has none)."""
        return self.lines.get(place, 1)
