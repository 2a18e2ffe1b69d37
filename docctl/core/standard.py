"""A standard as its clause catalogue tells it: numbers and short titles. Must not know documents, nor where catalogues lie."""

from __future__ import annotations

from collections.abc import Mapping

from docctl.core.errors import Unreadable, Words
from docctl.core.lean import Any, NamedTuple, TypeAlias, regex
from docctl.core.shape import shaped
from docctl.core.strictyaml import RULE_FILE, Lines, line_at, read_file, read_yaml

Order: TypeAlias = tuple[tuple[str, int], ...]

_STEP = regex("([A-Z]*)([0-9]*)")


class Clause(NamedTuple):
    """One clause or control: `level` is heading, requirement or control; `exclusion` allowed or not-allowed.

    `documented` says whether documented information is asked for, `confirmed` (both, en, zh, none) in which languages the title
    was compared with the standard, `untitled` that the standard gives a number only, `theme` the theme of a control ("" none).
    """

    id: str
    title: Words
    level: str
    documented: bool
    exclusion: str
    confirmed: str
    theme: str = ""
    untitled: bool = False

    @property
    def heading(self) -> bool:
        """Whether it is only a heading, which nobody has to answer."""
        return self.level == "heading"

    @property
    def above(self) -> str:
        """The number of the clause around it; "" at the top."""
        return self.id.rpartition(".")[0]

    def confirmed_in(self, lang: str) -> bool:
        """Whether the title in `lang` (en, zh) was compared with the standard; if not, it is a working title."""
        return self.confirmed in ("both", lang)


class Standard(NamedTuple):
    """A standard in one edition; `clauses` in the order of their numbers, `status` current, replaced or unverified."""

    id: str
    title: Words
    edition: str
    status: str
    clauses: tuple[Clause, ...]
    by_id: Mapping[str, Clause]

    @property
    def leaves(self) -> tuple[Clause, ...]:
        """The clauses that need an answer: requirements and controls without a clause of the catalogue below them."""
        divided = {clause.above for clause in self.clauses}
        return tuple(clause for clause in self.clauses if not clause.heading and clause.id not in divided)

    def below(self, clause: str) -> tuple[Clause, ...]:
        """Every clause under a clause number, at any depth."""
        return tuple(item for item in self.clauses if item.id.startswith(f"{clause}."))


def clause_order(clause: str) -> Order:
    """A key that sorts clause numbers as people count: 4.1 before 4.10, A.5.2 before A.5.10, main clauses before annexes."""
    steps = (_STEP.match(step) for step in clause.split("."))
    return tuple((step[1], int(step[2] or 0)) for step in steps if step)


def read_standard(text: bytes | str, schema: Mapping[str, Any]) -> Standard:
    """The standard that a catalogue holds, checked by schema/standard.schema.json. Raises Unreadable with up to three faults."""
    reading = read_file(text) if isinstance(text, bytes) else read_yaml(text, RULE_FILE)
    values, faults = shaped(reading.values, schema)
    if faults:
        first = faults[:3]
        words = Words("; ".join(fault.words.en for fault in first), "；".join(fault.words.zh for fault in first))
        raise Unreadable(words, line_at(reading.lines, first[0].path))
    clauses = sorted((_clause(item) for item in values["clauses"]), key=lambda clause: clause_order(clause.id))
    _refuse_double(values["clauses"], reading.lines)
    by_id = {clause.id: clause for clause in clauses}
    edition, status = values.get("edition", ""), values.get("status", "current")
    return Standard(values["id"], _words(values["title"]), edition, status, tuple(clauses), by_id)


def as_kept(standard: Standard) -> dict[str, object]:
    """A standard as JSON keeps it: what was read once need not be read again. `kept` turns it back."""
    clauses = [[clause.id, *clause.title, *clause[2:]] for clause in standard.clauses]
    return {
        "id": standard.id,
        "title": standard.title,
        "edition": standard.edition,
        "status": standard.status,
        "clauses": clauses,
    }


def kept(values: Mapping[str, Any]) -> Standard:
    """The standard out of what `as_kept` made of it; nothing is checked, for it was when it was read."""
    clauses = tuple(Clause(number, Words(en, zh), *rest) for number, en, zh, *rest in values["clauses"])
    by_id = {clause.id: clause for clause in clauses}
    return Standard(values["id"], Words(*values["title"]), values["edition"], values["status"], clauses, by_id)


def _clause(item: Mapping[str, Any]) -> Clause:
    return Clause(
        item["id"],
        _words(item["title"]),
        item["level"],
        item.get("documented", False),
        item.get("exclusion", "not-allowed"),
        item.get("confirmed", "none"),
        item.get("theme", ""),
        item.get("untitled", False),
    )


def _words(names: Mapping[str, str]) -> Words:
    english = names.get("en") or names["zh"]
    return Words(english, names.get("zh") or english)


def _refuse_double(items: list[Mapping[str, Any]], lines: Lines) -> None:
    seen: dict[str, int] = {}
    for place, item in enumerate(items):
        line = line_at(lines, ("clauses", place))
        if item["id"] in seen:
            en = f"clause {item['id']} is there twice (lines {seen[item['id']]} and {line})"
            raise Unreadable(Words(en, f"条款 {item['id']} 出现两次（第 {seen[item['id']]} 行和第 {line} 行）"), line)
        seen[item["id"]] = line
