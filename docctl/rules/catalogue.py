"""What a rule and a finding are, and the list of all rules. Must not know any single rule, nor how findings are shown.

A rule is a generator named after what is wrong; the name of its one parameter is its scope: `library` (what must hold in a
state), `change` (what a step may do) or `moves` (names of the repository that somebody wants to move). The catalogue stamps the
code; facts are data, sentences are made at the door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from docctl.core.errors import Words
from docctl.core.lean import Any, NamedTuple

ERROR = "error"
WARNING = "warning"
FAMILIES: Mapping[str, Words] = {
    "1": Words("Form", "格式"),
    "2": Words("Approval", "审批"),
    "3": Words("Lifecycle", "生命周期"),
    "4": Words("Tracing", "追溯"),
    "5": Words("Records", "记录"),
    "6": Words("History", "历史"),
    "7": Words("Authority", "授权"),
}


class Place(NamedTuple):
    """Where something is wrong: a path of the library, the file line (0 the whole file), and whose it is."""

    path: str
    line: int = 0
    document: str = ""
    version: str = ""


class Rule(NamedTuple):
    """One rule of the catalogue. `landing` rules are asked only where something lands on the protected branch."""

    code: str
    name: str
    scope: str
    words: Words
    remedy: Words
    why: Words
    clauses: tuple[str, ...]
    severity: str
    landing: bool
    judge: Callable[[Any], Iterator[tuple[Place, Mapping[str, object]]]]


class Finding(NamedTuple):
    """One broken rule at one place; a value, never raised. Ordered by place, then code."""

    place: Place
    code: str
    facts: Mapping[str, object]

    @property
    def rule(self) -> Rule:
        """The rule that was broken."""
        return CATALOGUE[self.code]

    @property
    def severity(self) -> str:
        """`error` blocks, `warning` tells."""
        return self.rule.severity

    def message(self, lang: str) -> str:
        """What is wrong, with the facts, in `lang`."""
        return _said(self.rule.words, lang, self.place, self.facts)

    def remedy(self, lang: str) -> str:
        """How to mend it, in `lang`."""
        return _said(self.rule.remedy, lang, self.place, self.facts)


CATALOGUE: dict[str, Rule] = {}

Judgement = Callable[[Any], Iterator[tuple[Place, Mapping[str, object]]]]


def rule(
    code: str,
    *,
    en: str,
    zh: str,
    mend: tuple[str, str],
    clauses: Sequence[str] = (),
    severity: str = ERROR,
    landing: bool = False,
) -> Callable[[Judgement], Judgement]:
    """Enters a generator into the catalogue. Its docstring is its page: why in English, a blank line, why in Chinese."""

    def enter(judge: Judgement) -> Judgement:
        english, _, chinese = (judge.__doc__ or "").partition("\n\n")
        why = Words(" ".join(english.split()), "".join(line.strip() for line in chinese.splitlines()))
        scope = judge.__code__.co_varnames[0]
        known = Rule(code, judge.__name__, scope, Words(en, zh), Words(*mend), why, tuple(clauses), severity, landing, judge)
        if CATALOGUE.setdefault(code, known) is not known:
            raise ValueError(f"{code} is taken by {CATALOGUE[code].name}")
        return judge

    return enter


@cache
def _asked(scope: str, landing: bool, _known: int) -> list[Rule]:
    """The rules of a scope; looked for again when more are `_known`."""
    return [each for each in CATALOGUE.values() if each.scope == scope and (landing or not each.landing)]


def judged(scope: str, subject: Any, *, landing: bool) -> list[Finding]:
    """The findings of every rule of a scope on a subject, each once, ordered by place and code."""
    found = [
        Finding(place, each.code, dict(facts))
        for each in _asked(scope, landing, len(CATALOGUE))
        for place, facts in each.judge(subject)
    ]
    by_key = {(finding.place, finding.code, repr(sorted(finding.facts.items(), key=str))): finding for finding in found}
    return [by_key[key] for key in sorted(by_key)]


def _said(words: Words, lang: str, place: Place, facts: Mapping[str, object]) -> str:
    values = {name: value.said(lang) if isinstance(value, Words) else value for name, value in facts.items()}
    return words.said(
        lang, **{"document": place.document, "version": place.version, "path": place.path, "line": place.line, **values}
    )
