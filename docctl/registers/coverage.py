"""Which clause of a standard is answered by which text, and how firmly, on one day. Must not know how it is shown.

A mapping covers the clause it names and nothing else: neither the clauses below it nor the one around it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from docctl.core.document import Document, Mapped
from docctl.core.edition import Collection
from docctl.core.record import Record
from docctl.core.settings import RecordClass
from docctl.core.standard import Clause, Standard
from docctl.registers.filed import filed_records
from docctl.registers.issue import Issue, issues

ANY = "*"  # stands for every document where the latest record of a clause is asked for
STANDINGS = ("covered", "scheduled", "draft", "gap")  # the firmest first


class Answer(NamedTuple):
    """One section of a document that says it answers a clause. `standing`: covered, scheduled or draft (then `issue` is None)."""

    mapped: Mapped
    document: Document
    standing: str
    issue: Issue | None


class Coverage(NamedTuple):
    """How one clause is answered: the firmest standing of any answer (`gap` without one), and the answers that have it.

    A clause with text in force shows that text alone; drafts and scheduled versions count only where nothing is in force.
    """

    clause: Clause
    standing: str
    answers: tuple[Answer, ...]

    @property
    def open(self) -> bool:
        """Whether an auditor would find the clause unanswered today (RD-C1: drafts and scheduled texts count as gaps)."""
        return self.standing != "covered"


class Proof(NamedTuple):
    """The classes of records that give evidence for clauses, and the latest sealed record by (clause, document or "")."""

    classes: Mapping[str, tuple[str, ...]]
    latest: Mapping[tuple[str, str], Record]

    def newest(self, clause: str, document: str) -> Record | None:
        """The latest sealed record for a clause: one that names the document, or none in particular; "" takes any."""
        found = [self.latest.get((clause, "")), self.latest.get((clause, document or ANY))]
        return max((record for record in found if record), key=lambda record: (record.day, record.number), default=None)


def answers(collection: Collection, standard: str) -> dict[str, list[Answer]]:
    """Every answer to a standard's clauses, by clause number as written; scheduled texts and drafts included."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for standing, document, issue in _texts(collection):
        for mapped in document.clauses:
            if mapped.standard == standard:
                found[mapped.clause].append(Answer(mapped, document, standing, issue))
    return found


def coverage(standard: Standard, found: Mapping[str, Sequence[Answer]]) -> tuple[Coverage, ...]:
    """How each clause that needs an answer is answered, in the order of the standard."""
    return tuple(covered(clause, found.get(clause.id, ())) for clause in standard.leaves)


def covered(clause: Clause, found: Sequence[Answer]) -> Coverage:
    """How one clause is answered out of all its answers."""
    standing = min((answer.standing for answer in found), key=STANDINGS.index, default="gap")
    return Coverage(clause, standing, tuple(answer for answer in found if answer.standing == standing))


def tally(found: Sequence[Coverage]) -> Counter[str]:
    """How many clauses have each standing."""
    return Counter(item.standing for item in found)


def proof(collection: Collection, standard: str) -> Proof:
    """What the records of a collection prove for a standard, by clause number."""
    classes: dict[str, set[str]] = defaultdict(set)
    for name, kind in collection.library.rules.mandate.settings.record_classes.items():
        for clause in _clauses(kind, standard):
            classes[clause].add(name)
    latest: dict[tuple[str, str], Record] = {}
    for clause, document, record in sorted(_proofs(collection, standard), key=lambda item: (item[2].day, item[2].number)):
        classes[clause].add(record.record_class)
        latest[clause, document] = latest[clause, ANY] = record
    return Proof({clause: tuple(sorted(names)) for clause, names in classes.items()}, latest)


def _clauses(kind: RecordClass, standard: str) -> list[str]:
    return [clause.partition("/")[2] for clause in kind.clauses if clause.startswith(f"{standard}/")]


def _texts(collection: Collection) -> Iterator[tuple[str, Document, Issue | None]]:
    for issue in issues(collection):
        document = issue.edition.document
        if document is not None and issue.state == "in_force":
            yield "covered", document, issue
        elif document is not None and issue.state == "scheduled" and not issue.withdrawal:
            yield "scheduled", document, issue
    for document in collection.drafts():
        if not document.withdrawn:
            yield "draft", document, None


def _proofs(collection: Collection, standard: str) -> Iterator[tuple[str, str, Record]]:
    for item in filed_records(collection):
        if item.state != "sealed":
            continue
        for clause in _clauses(item.kind, standard) if item.kind else ():
            yield clause, "", item.record
        for mapped, number in item.record.proves:
            if mapped.standard == standard:
                yield mapped.clause, number, item.record
