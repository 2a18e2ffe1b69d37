"""A controlled library in one state of it, as the judgement sees it. Must not know where its files came from.

A library may be opened whole or for some numbers only: `documents`, `records`, `evidence` and `unread` hold what is judged,
`catalogue` answers for any other number. So one rule serves a gate that looks at one document and a check of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from docctl.core.calendar import add_seconds
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.layout import is_rule_file
from docctl.core.lean import NamedTuple
from docctl.core.mandate import Mandate, RulesRecord
from docctl.core.matrix import Matrix, matrix_of
from docctl.core.people import People
from docctl.core.record import Record
from docctl.core.signature import Verdict
from docctl.core.standard import Standard
from docctl.core.statement import Signed


class Unread(NamedTuple):
    """One thing that could not be read as what its place says it is. `kind`: text, schema, statement, rules, unpaired."""

    kind: str
    path: str
    line: int
    words: Words
    number: str = ""


class Misplaced(NamedTuple):
    """One path that may not stand where it stands. `fault`: stray, name, case, mode, or a file fault of core.content."""

    path: str
    fault: str
    number: str = ""


class LogEntry(NamedTuple):
    """One rules record of the log with the signatures filed beside it: (person, verdict)."""

    record: RulesRecord
    signatures: Sequence[tuple[str, Verdict]]


class Rules(NamedTuple):
    """The rule files as a state itself holds them: what they say, the log that proves them, and the digest over them."""

    mandate: Mandate
    log: tuple[LogEntry, ...]
    digest: str


class Text(NamedTuple):
    """An approved text and its days in force, half open; "" stands for no known beginning, and for no end."""

    document: Document
    since: str
    until: str

    def stands(self, day: str) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (not self.until or day < self.until)


class Catalogue:
    """Answers for any number of the library. The whole is asked for only where a rule must know who points at a number."""

    def document(self, number: str) -> Document | None:
        """The document of a number, None when there is none that can be read."""
        raise NotImplementedError

    def evidence(self, number: str) -> Evidence:
        """The statements on a number, perhaps none."""
        raise NotImplementedError

    def numbers(self) -> list[str]:
        """Every document number of the library, sorted."""
        raise NotImplementedError

    def folders(self, number: str) -> list[str]:
        """Every folder that begins with the number, sorted."""
        raise NotImplementedError

    def texts(self, day: str) -> Sequence[Text]:
        """The approved texts of every number that are in force on a day or come into force later ("" the newest ones), by number."""
        raise NotImplementedError


class _Held(NamedTuple):
    """What a library holds.

    `judges` says which mandate a number is judged by (the one that stood before its landing), `touched` the paths of the step
    that is judged (empty: the whole state), `today` the day of rules that may ask for one and `now` the instant at a gate that
    has a clock ("" where no clock may be asked), `grace` the seconds by which that may be later than the gate that let the step in;
    `types` says which type the touched numbers had before the step, `received` the day of the organisation's zone on which the
    server received the text that stands, where somebody witnessed it.

    `elsewhere` holds the rejections and revocations on a landing number that are known beside it, on other branches of a server.

    `ended` says what the numbers that a step withdraws, or corrects editorially, have otherwise than before: fields, and the body.
    """

    rules: Rules
    documents: Mapping[str, Document]
    records: Mapping[str, Record]
    evidence: Mapping[str, Evidence]
    statements: tuple[Signed, ...]
    unread: tuple[Unread, ...]
    misplaced: tuple[Misplaced, ...]
    catalogue: Catalogue
    standards: Mapping[str, Standard]
    judges: Mapping[str, Mandate]
    landing: bool
    touched: frozenset[str] = frozenset()
    today: str = ""
    now: str = ""
    grace: int = 0
    types: Mapping[str, str] = MappingProxyType({})
    ended: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    received: Mapping[str, str] = MappingProxyType({})
    elsewhere: Mapping[str, tuple[Signed, ...]] = MappingProxyType({})


class Library(_Held):
    """What rules of scope `library` judge: what it holds, and what follows from that, worked out once for all rules."""

    def mandate(self, number: str) -> Mandate:
        """The mandate that a number is judged by: the one that stood before its landing, else the library's own."""
        return self.judges.get(number, self.rules.mandate)

    def people(self, number: str) -> People:
        """The registry that knows the signers of a number's statements: in a step the one before it.

        A whole state asks its own: registrations are only ever closed (DC708), so it still knows everybody who ever signed.
        """
        return self.mandate(number).people if self.touched else self.rules.mandate.people

    def bygone(self, number: str) -> bool:
        """Whether a whole state holds a text that landed under rules which stand no more: their catalogues are not known here."""
        return not self.touched and self.mandate(number).number != self.rules.mandate.number

    def matrix(self, document: Document) -> Matrix:
        """The approval matrix of a document under the mandate that judges it."""
        known = self._matrices.get(document.number)
        if known is None or known[0] is not document:
            known = document, matrix_of(document, self.evidence[document.number], self.mandate(document.number))
            self._matrices[document.number] = known
        return known[1]

    @cached_property
    def _matrices(self) -> dict[str, tuple[Document, Matrix]]:
        return {}

    @cached_property
    def numbered(self) -> Mapping[str, Document]:
        """The documents that bear the number of their folder, by number; DC103 tells the others."""
        return {number: document for number, document in sorted(self.documents.items()) if document.number == number}

    @cached_property
    def claims(self) -> list[Document]:
        """The documents that claim a controlled state, by number."""
        return [document for document in self.numbered.values() if document.claims]

    @cached_property
    def fresh(self) -> list[Document]:
        """The documents whose text is judged here, by number: not those whose very bytes were released before this step.

        Those were judged when they landed, and by the rules of that day for ever (threats 1.1).
        """
        return [document for document in self.numbered.values() if not self._settled(document)]

    @cached_property
    def candidates(self) -> list[Document]:
        """The fresh documents that claim a controlled state; DC301 and DC305 tell those whose label or number is used up."""
        return [document for document in self.fresh if document.claims and self._free(document)]

    def _settled(self, document: Document) -> bool:
        if not self.touched:
            return False
        released = self.evidence[document.number].released(document.version)
        before = [release.digest for release in released if release.signed.path not in self.touched]
        return document.digest in before

    def _free(self, document: Document) -> bool:
        evidence = self.evidence[document.number]
        if evidence.withdrawal is not None:
            return document.digest == evidence.withdrawal.digest
        known = {release.digest for release in evidence.released(document.version)}
        return document.digest in known or document.withdrawn or not known

    @cached_property
    def arrived(self) -> list[Signed]:
        """The statements that this step brings in; all of them when a whole state is judged (`touched` is empty then)."""
        return [item for item in self.statements if not self.touched or item.path in self.touched]

    @property
    def came(self) -> str:
        """The earliest instant at which this step may have arrived at a gate with a clock; "" where no clock may be asked."""
        return self.now and add_seconds(self.now, -self.grace)

    @cached_property
    def rules_in_question(self) -> bool:
        """Whether the rules themselves are to be judged: in a whole state always, in a step when it touches them."""
        return not self.touched or any(path.startswith(".docctl/") or is_rule_file(path) for path in self.touched)
