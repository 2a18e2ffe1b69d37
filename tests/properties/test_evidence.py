"""Evidence: verdicts know no order, no noise and no machine; nobody sits twice, nobody judges their own work, each day has one answer."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.matrix import STRICT_LEVELS, matrix_of
from docctl.core.state import STATES, release_state, state_of
from docctl.core.statement import DECISIONS, Signed
from docctl.waiting import wanted

from ..core.builders import NUMBER, REGISTERED, ROLE_OF, document, evidence, filed, mandate, settings, statement
from .effort import effort

HOUSE = Path(__file__).parents[2]
TEXTS = {
    ("A/0", "approved"): document(), ("A/0", "withdrawn"): document(status="withdrawn", withdrawal={"reason": "x"}),
    ("A/1", "approved"): document(version="A/1", body="new\n", change={"class": "minor", "reason": "r"}),
    ("A/1", "draft"): document(version="A/1", status="draft", body="new\n"), ("B/0", "approved"): document(version="B/0", body="newer\n"),
}  # fmt: skip
SLOTS = [
    {"step": 1, "decision": "review", "role": "department-head", "of": "owner"},
    {"step": 1, "decision": "cosign", "role": "department-head", "of": "distribution", "count": "each"},
    {"step": 2, "decision": "approve", "role": "management-representative", "count": 2},
]
SOME_SLOTS = st.lists(
    st.fixed_dictionaries({
        "step": st.integers(1, 3), "decision": st.sampled_from(["review", "cosign", "approve"]),
        "role": st.sampled_from(["department-head", "management-representative"]), "of": st.sampled_from(["", "owner", "distribution", "dev"]),
        "count": st.sampled_from(["each", 1, 2]),
    }), min_size=1, max_size=4,
) | st.just(SLOTS)  # fmt: skip
TIMES = [f"2026-03-{day:02d}T04:00:00Z" for day in (1, 2, 2, 3, 20)] + ["2025-12-31T04:00:00Z"]
DAYS = ["2026-02-01", "2026-03-02", "2026-04-01", "2026-04-02", "2026-12-31"]


@st.composite
def statements(draw: st.DrawFn) -> Signed:
    """A statement of anybody on one of the texts, mostly with a good signature under the usual role."""
    decision = draw(st.sampled_from(sorted(DECISIONS)))
    on = draw(st.sampled_from(list(TEXTS.values())))
    more: dict[str, Any] = {"effective_from": draw(st.sampled_from(DAYS)) if decision == "release" else None}
    if draw(st.integers(0, 4)) == 0:
        more["role"] = draw(st.sampled_from(sorted(ROLE_OF.values())))
    said = statement(decision, draw(st.sampled_from([*REGISTERED, "mal.lory"])), on, draw(st.sampled_from(TIMES)), **more)
    return filed(
        said, draw(st.sampled_from(["", "", "", "ssh-ed25519 zhao.lei/1"])), draw(st.sampled_from(["", "", "", "", "signature"]))
    )


@st.composite
def pasts(draw: st.DrawFn) -> list[Signed]:
    """What was said on a number, some of it taken back."""
    items = draw(st.lists(statements(), max_size=14, unique_by=lambda item: item.sha256))
    for item in draw(st.lists(st.sampled_from(items), max_size=2)) if items else ():
        by = item.statement.signer if draw(st.booleans()) else "li.ming"
        back = statement("revoke", by, at="2026-03-04T04:00:00Z", target=f"sha256:{item.sha256}", digest=item.statement.digest)
        items.append(filed(back))
    return items


def verdict(
    items: list[Signed], slots: list[dict[str, Any]], level: int, distribution: tuple[str, ...] = ("ops", "dev")
) -> object:
    """Everything that is computed from a number's statements."""
    found, rules = evidence(*items), mandate(settings(slots, level))
    parts: list[object] = [found.revoked, found.releases, found.spans, found.withdrawal, found.last, found.ending]
    for text in TEXTS.values():
        on = _for(text, distribution)
        parts += [
            matrix_of(on, found, rules),
            *(state_of(on, found, rules, day) for day in DAYS),
            wanted(on, found, rules, DAYS[1]),
        ]
    return parts


def _for(text: Document, distribution: tuple[str, ...]) -> Document:
    return Document(text.folder, {**text.head, "distribution": distribution}, text.lines, text.body, text.body_line, text.content)


@effort(80)
@given(pasts(), SOME_SLOTS, st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(
    items: list[Signed], slots: list[dict[str, Any]], level: int, chance: Any
) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)
    assert verdict(items, slots, level) == verdict(shuffled, slots, level)


@effort(50)
@given(pasts(), SOME_SLOTS, st.lists(statements(), max_size=4))
def test_what_nobody_signed_changes_nothing(items: list[Signed], slots: list[dict[str, Any]], noise: list[Signed]) -> None:
    known = {item.sha256 for item in items}
    unsound = [filed(item.statement, "", "namespace") for item in noise if item.sha256 not in known]
    strange = [filed(item.statement._replace(signer="mal.lory")) for item in noise]
    robots = [filed(item.statement._replace(signer="robot.ci")) for item in noise]
    assert verdict([*items, *unsound, *strange, *robots], slots, 2) == verdict(items, slots, 2)


@effort(100)
@given(pasts(), SOME_SLOTS, st.integers(1, 4))
def test_seats_are_taken_by_those_who_may(items: list[Signed], slots: list[dict[str, Any]], level: int) -> None:
    found, rules = evidence(*items), mandate(settings(slots, level))
    for text in TEXTS.values():
        matrix = matrix_of(_for(text, ("ops", "dev")), found, rules)
        seated = [(seat, seat.filled) for seat in matrix.seats if seat.filled]
        for seat, item in seated:
            assert item in found.good
            assert item.sha256 not in found.revoked
            assert (item.statement.digest, item.statement.version) == (text.digest, text.version)
            assert (item.statement.decision, item.statement.role) == (seat.slot.decision, seat.slot.role)
            assert item.statement.signer not in found.authors(text.version, text.digest, ending=text.withdrawn)
        signers = [item.statement.signer for _, item in seated]
        assert level not in STRICT_LEVELS or len(signers) == len(set(signers))
        assert not matrix.complete or (matrix.seats and len(seated) == len(matrix.seats))
        assert len(matrix.filled) + len(matrix.missing) == len(matrix.seats)


@effort(100)
@given(pasts(), SOME_SLOTS, statements())
def test_one_more_good_statement_never_unfills_a_seat(items: list[Signed], slots: list[dict[str, Any]], more: Signed) -> None:
    if more.statement.decision not in {"review", "cosign", "approve", "acknowledge", "confirm"}:
        return
    rules = mandate(settings(slots, 2))
    for text in TEXTS.values():
        before, after = (matrix_of(text, evidence(*each), rules) for each in (items, [*items, more]))
        assert len(after.filled) >= len(before.filled)


@effort(100)
@given(pasts())
def test_each_day_has_one_answer(items: list[Signed]) -> None:
    found: Evidence = evidence(*items)
    for one, other in pairwise(found.spans):
        assert one.until == other.since
    for day in DAYS:
        here = found.in_force(day)
        assert here is None or (here.since <= day and (not here.until or day < here.until) and not here.release.withdrawal)
        states = [release_state(release, found, day).name for release in found.releases]
        assert set(states) <= set(STATES)
        orderly = all(one.since <= other.since for one, other in pairwise(found.spans))
        unique = len({release.digest for release in found.releases}) == len(found.releases)
        if orderly and unique:  # DC312 and DC313 refuse the others
            assert states.count("in_force") == (here is not None)


@effort(80)
@given(pasts(), st.sampled_from(list(TEXTS.values())))
def test_who_took_back_what_was_theirs(items: list[Signed], text: Document) -> None:
    found = evidence(*items)
    own = {item.sha256: item.statement.signer for item in found.good}
    for sha in found.revoked:
        assert any(
            item.statement.decision == "revoke" and item.statement.target == f"sha256:{sha}" and item.statement.signer == own[sha]
            for item in found.good
        )
    assert all(item.sha256 not in found.revoked for item in found.standing(text.digest, *DECISIONS))
    assert [item.statement.document for item in found.signed] == [NUMBER] * len(found.signed)


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import time, locale
time.tzset()
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from tests.properties.test_library import PLACES, done, landed
from docctl.check import check_library
from docctl.core.errors import DocctlError
from docctl.reader import open_library
from docctl.render import FINDING_FORMATS, write_findings
paths = sorted(done([]))
things = [[("flip", path, (place * 7, 1))] for place, path in enumerate(paths[::2])]
things += [[("copy", paths[5], place)] for place in PLACES[::3]] + [[("clear", "documents", None)]]
for thing in things:
    tree = done(thing)
    for form in FINDING_FORMATS:
        print(ascii(write_findings(landed(tree), form, "zh")))
    try:
        print(ascii([(item.place, item.code, item.message("en")) for item in check_library(open_library(tree, today="2027-06-01"))]))
    except DocctlError as error:
        print(ascii(error.said("zh")))
"""
MACHINES = [
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0"},
    {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "zh_CN.GB18030", "PYTHONHASHSEED": "77", "PYTHONUTF8": "1"},
]


def test_verdicts_are_the_same_on_every_machine() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(HOUSE)],
            env={**os.environ, **machine},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for machine in MACHINES
    ]
    assert len(said[0]) > 10_000
    assert said[0] == said[1] == said[2]
