"""How people, roles, departments, days and signatures are written in a register. Must not know which register asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from docctl.core.calendar import days_between
from docctl.core.document import Document
from docctl.core.edition import Collection, Edition
from docctl.core.errors import Words
from docctl.core.matrix import FINAL, Seat
from docctl.core.receipt import Arrival, Receipt
from docctl.core.settings import DocumentType
from docctl.core.state import STATES
from docctl.core.statement import Signed
from docctl.registers.issue import Issue, decided_on
from docctl.registers.table import Cell, both, joined, phrase

CLASSIFICATIONS: Mapping[str, Words] = {
    "public": Words("public", "公开"),
    "internal": Words("internal", "内部"),
    "confidential": Words("confidential", "秘密"),
    "secret": Words("secret", "机密"),
}
UNKNOWN = "?"  # the text that would say it is not in this copy of the history
NOT_WITNESSED = Words("not witnessed", "未见证")
_BY = Words("by {time}", "不晚于 {time}")
_MARKED = Words("{time} ({marks})", "{time}（{marks}）")
_FIRST, _LATE = Words("first receipt", "首份回执"), Words("late receipt", "补发回执")
_REHEARSAL = Words("rehearsal", "演练")
_UNTIL = Words("{version} from {day}", "{version} 自 {day} 起")
_ENDING = Words("withdrawn from {day}", "自 {day} 起作废")


class Scribe:
    """Writes the names and times of one collection as its organisation does."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.mandate = collection.library.rules.mandate
        self.settings = self.mandate.settings

    def day(self, signed: Signed) -> str:
        """The day of a decision in the organisation's zone."""
        return decided_on(signed, self.collection)

    def time(self, instant: str) -> str:
        """An instant as `YYYY-MM-DD HH:MM:SS` in the organisation's zone."""
        return local_time(instant, self.settings.timezone)

    def person(self, name: str) -> Cell:
        """A person's name as each language writes it; the id of somebody who is not registered."""
        person = self.mandate.people.persons.get(name)
        return both(person.said("en"), person.said("zh")) if person else name

    def role(self, name: str) -> Cell:
        """A role's name; its id where the settings do not know it any more."""
        return _plain(self.settings.roles.get(name), name)

    def department(self, name: str) -> Cell:
        """A department's name; its id where the settings do not know it any more."""
        return _plain(self.settings.departments.get(name), name)

    def departments(self, names: Iterable[str]) -> Cell:
        """Several departments in one cell."""
        return joined(self.department(name) for name in names)

    def type(self, document: Document) -> DocumentType | None:
        """The type of a document; None where the settings do not know it any more."""
        return self.settings.types.get(document.type)

    def title(self, issue: Issue) -> Cell:
        """The title that a version bore; the present one with a question mark where its text is not at hand."""
        if issue.edition.document is not None:
            return title_of(issue.edition.document)
        present = self.collection.library.documents.get(issue.number)
        return phrase(Words("{title} ?", "{title} ?"), title=title_of(present)) if present else UNKNOWN

    def names(self, signatures: Iterable[Signed]) -> Cell:
        """Who signed, each once."""
        return joined(self.person(name) for name in dict.fromkeys(item.statement.signer for item in signatures))

    def signature(self, signed: Signed | None, *before: Cell) -> Cell:
        """Who signed and when, as claimed; `before` stands in front of the name."""
        if signed is None:
            return ""
        parts = (*before, self.person(signed.statement.signer), self.time(signed.statement.decided_at))
        return joined(parts, " ", " ")

    def arrival(self, key: str) -> Arrival | None:
        """How a statement (by its path) or a record (by its number) came in, as known on the day; None when nobody looked.

        What the server received after the day is no witness yet, so that the rows of a day stay the same (TM-12).
        """
        found = self.collection.arrivals.by.get(key)
        if found is None or found.receipt is None or not self.collection.day:
            return found
        later = self.time(found.receipt.received_at)[:10] > self.collection.day
        return found._replace(receipt=None) if later else found

    def received(self, key: str) -> Cell:
        """When the server received a statement or record: its own clock's time, marked where the receipt says less than that."""
        arrival = self.arrival(key)
        if arrival is None or arrival.receipt is None:
            return NOT_WITNESSED
        receipt = arrival.receipt
        time: Cell = self.time(receipt.received_at)
        marks = joined(_marks(receipt))
        shown = time if receipt.dated else phrase(_BY, time=time)
        return phrase(_MARKED, time=shown, marks=marks) if marks else shown

    def delay(self, signed: Signed) -> str:
        """The days from a decision's claimed day to the day the server received it; "" where no receipt dates its arrival."""
        arrival = self.arrival(signed.path)
        if arrival is None or arrival.receipt is None or not arrival.receipt.dated:
            return ""
        return str(days_between(self.day(signed), self.time(arrival.receipt.received_at)[:10]))

    def batch(self, key: str) -> str:
        """The landing that brought a statement, as the first 12 digits of its commit: what landed together shows the same."""
        arrival = self.arrival(key)
        return arrival.commit[:12] if arrival else ""

    def receipt(self, key: str) -> str:
        """The number of the receipt that first witnessed a statement; "" without one."""
        arrival = self.arrival(key)
        return str(arrival.receipt.n) if arrival and arrival.receipt else ""

    def next(self, issue: Issue) -> Cell:
        """What is already released to follow a version, and from when."""
        if issue.follows is None:
            return ""
        words = _ENDING if issue.follows.release.withdrawal else _UNTIL
        return phrase(words, version=issue.follows.release.version, day=issue.follows.span.since)


@cache
def local_time(instant: str, zone: str) -> str:
    """An instant with its offset (`Z` included) as `YYYY-MM-DD HH:MM:SS` in an IANA time zone."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def title_of(document: Document) -> Cell:
    """The title of a document in both languages, where its front matter gives one."""
    return both(document.titled("en"), document.titled("zh"))


def state_words(name: str, since: str = "") -> Words:
    """A state's name; a scheduled one with the day it begins."""
    words = STATES[name]
    return Words(f"{words.en} {since}", f"{words.zh} {since}") if name == "scheduled" else words


def classification(name: str) -> Cell:
    """A classification 密级 by its name."""
    return CLASSIFICATIONS.get(name, name)


def seated(edition: Edition, *decisions: str) -> list[tuple[Seat, Signed]]:
    """The filled seats of an edition whose slot asks for one of `decisions`, by step."""
    seats = edition.matrix.filled if edition.matrix else ()
    return [(seat, seat.filled) for seat in seats if seat.filled is not None and seat.slot.decision in decisions]


def approvals(edition: Edition) -> list[tuple[Seat, Signed]]:
    """The seats that approved an edition (for a withdrawal: that ended the number)."""
    return seated(edition, *FINAL)


def heading_notes(collection: Collection) -> tuple[Words, ...]:
    """What stands over every register: whose it is, which zone its days are of, and who holds the rules."""
    mandate = collection.library.rules.mandate
    zone, organisation = mandate.settings.timezone, mandate.settings.organisation
    notes = [
        phrase(Words("Organisation: {name}", "组织：{name}"), name=organisation),
        Words(f"Days and times are those of the time zone {zone}.", f"日期和时间均以时区 {zone} 为准。"),
    ]
    if len(mandate.root.persons) == 1 or mandate.root.threshold == 1:
        name = joined(Scribe(collection).person(each) for each in sorted(mandate.root.persons))
        one = Words("The rules can be changed by one person alone ({name}).", "规则可由一人单独更改（{name}）。")
        notes.append(phrase(one, name=name))
    return tuple(notes)


def witness_note(collection: Collection) -> Words:
    """What the claimed and the witnessed times of a register are worth."""
    arrivals = collection.arrivals
    if arrivals.fault is not None:
        said = Words(
            "No time is shown as witnessed, since the receipts cannot be believed: {why}.", "回执不可信，故无见证时间：{why}。"
        )
        return phrase(said, why=arrivals.fault)
    if not arrivals.believed:
        return Words(
            "Times are those that the signers claim; without receipts of a server they are not witnessed.",
            "各时间均为签署人声明的时间；没有服务器回执，故未见证。",
        )
    return Words(
        "Claimed times are the signers'; witnessed times are the server's receipts: a first or late one says only “by then”, "
        "and the clock of a rehearsal is set by hand.",
        "声明时间由签署人所写；见证时间以服务器回执为准：首份或补发回执仅说明“不晚于”，演练服务器的时钟由人设定。",
    )


def _marks(receipt: Receipt) -> list[Words]:
    """What a receipt leaves open."""
    undated = [] if receipt.dated else [_LATE if receipt.late else _FIRST]
    return [*undated, *([_REHEARSAL] if receipt.rehearsal else [])]


def _plain(words: Words | None, name: str) -> Cell:
    return both(*words) if words else name
