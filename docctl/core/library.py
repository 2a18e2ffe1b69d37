"""A controlled library in one state of it, as the judgement sees it. Must not know where its files came from.

A library may be opened whole or for some numbers only: `documents`, `records`, `evidence` and `unread` hold what is judged,
`catalogue` answers for any other number. So one rule serves a gate that looks at one document and a check of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.layout import is_rule_file
from docctl.core.mandate import Mandate, RulesRecord
from docctl.core.matrix import Matrix, matrix_of
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
    signatures: tuple[tuple[str, Verdict], ...]


class Rules(NamedTuple):
    """The rule files as a state itself holds them: what they say, the log that proves them, and the digest over them."""

    mandate: Mandate
    log: tuple[LogEntry, ...]
    digest: str


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

    def citing(self, number: str) -> list[Document]:
        """The approved documents that point at a number, by number."""
        raise NotImplementedError

    def answering(self, standard: str, clause: str) -> list[Document]:
        """The approved documents that are mapped to a clause, by number."""
        raise NotImplementedError


class Library(NamedTuple):
    """What rules of scope `library` judge.

    `judges` says which mandate a number is judged by (the one that stood before its landing), `touched` the paths of the step that is
    judged (empty: the whole state), `today` the day of rules that may ask for one ("" where no clock may be asked).
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

    def mandate(self, number: str) -> Mandate:
        """The mandate that a number is judged by: the one that stood before its landing, else the library's own."""
        return self.judges.get(number, self.rules.mandate)

    def matrix(self, document: Document) -> Matrix:
        """The approval matrix of a document under the mandate that judges it."""
        return matrix_of(document, self.evidence[document.number], self.mandate(document.number))

    def claims(self) -> list[Document]:
        """The documents that claim a controlled state, by number."""
        return [document for _, document in sorted(self.documents.items()) if document.claims]

    @property
    def arrived(self) -> list[Signed]:
        """The statements that this step brings in; all of them when a whole state is judged (`touched` is empty then)."""
        return [item for item in self.statements if not self.touched or item.path in self.touched]

    @property
    def rules_in_question(self) -> bool:
        """Whether the rules themselves are to be judged: in a whole state always, in a step when it touches them."""
        return not self.touched or any(path.startswith(".docctl/") or is_rule_file(path) for path in self.touched)
