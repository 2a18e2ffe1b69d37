"""Decides what the site may show: the texts in force on one day, stubs for what ended, registers. Must not know HTML or engines.

What is not in the plan is not published, and the output check holds the built site to it (I01 to I03).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.edition import Collection
from docctl.core.errors import DocctlError, Words
from docctl.registers.issue import Issue, issues
from docctl.site import leaks
from docctl.site.withheld import Withheld, withheld

HOME = "index.md"
RULES = "rules/index.md"


class Plan(NamedTuple):
    """The texts that are shown (by number), the numbers that only have a stub, what is scheduled, and what readers may not see.

    `private` are the lines of texts that are not shown: drafts, candidates, superseded, scheduled, withdrawn and confidential ones.
    """

    collection: Collection
    shown: Mapping[str, Issue]
    stubs: Mapping[str, Issue]
    scheduled: Mapping[str, Issue]
    hidden: Withheld
    private: frozenset[str]

    def page_of(self, number: str) -> str:
        """The staged path of a number's page, "" when it has none."""
        return f"documents/{number}/index.md" if number in self.shown or number in self.stubs else ""

    def anchors(self, number: str) -> set[str]:
        """The sections of a number's page that a link may name."""
        document = self.shown[number].edition.document if number in self.shown else None
        return {heading.anchor for heading in document.outline.headings} if document else set()


def plan(collection: Collection) -> Plan:
    """What a collection's site shows on its day, for the audiences of the settings.

    Raises DocctlError when the text of something in force is not in this copy of the history.
    """
    hidden = withheld(collection)
    shown: dict[str, Issue] = {}
    stubs: dict[str, Issue] = {}
    scheduled: dict[str, Issue] = {}
    for issue in issues(collection):
        _require_text(issue)
        if hidden.hides(issue.number, issue.version):
            continue
        document, matrix = issue.edition.document, issue.edition.matrix
        if issue.state == "in_force" and document is not None and matrix is not None and matrix.complete:
            shown[issue.number] = issue
        elif issue.state == "withdrawn" and issue.withdrawal:
            stubs[issue.number] = issue
        elif issue.state == "scheduled":
            scheduled.setdefault(issue.number, issue)
    return Plan(collection, shown, stubs, scheduled, hidden, frozenset(_private(collection, shown, hidden)))


def _require_text(issue: Issue) -> None:
    """A controlled copy without one of its documents would pass for the whole."""
    if issue.state == "in_force" and issue.edition.document is None:
        name = f"{issue.number} {issue.version}"
        raise DocctlError(
            Words(
                f"{name} is in force, but its text is not in this copy of the history",
                f"{name} 现行有效，但此历史副本中没有其文本",
            ),
            Words("fetch the whole history (`git fetch --unshallow`)", "请获取完整历史（`git fetch --unshallow`）"),
            "text-missing",
        )


def documents_by_level(planned: Plan) -> dict[int, list[Issue]]:
    """The shown texts by document level 文件层级 (0 where the settings no longer know the type)."""
    types = planned.collection.library.rules.mandate.settings.types
    found: dict[int, list[Issue]] = {}
    for _, issue in sorted(planned.shown.items()):
        kind = types.get(issue.edition.document.type) if issue.edition.document else None
        found.setdefault(kind.level if kind else 0, []).append(issue)
    return dict(sorted(found.items()))


def _private(collection: Collection, shown: Mapping[str, Issue], hidden: Withheld) -> Iterator[str]:
    """The lines of texts that are not shown, and the digests of texts that were never released: no register names them."""
    public = {issue.edition.release.digest for issue in shown.values()}
    drafts = collection.drafts()
    texts: list[Document | None] = [*(edition.document for edition in collection.all()), *drafts]
    for document in texts:
        if document is not None and document.digest not in public:
            yield from leaks.lines(document.body, (mapped.how for mapped in document.clauses))
    for number in hidden.records:
        yield from leaks.lines(collection.library.records[number].body)
    yield from (document.digest for document in drafts)
