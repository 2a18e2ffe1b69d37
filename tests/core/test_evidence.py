"""docctl.core.evidence: what signed statements prove by themselves; days in force are half open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl.core.evidence import Evidence

from .builders import (
    approved,
    document,
    evidence,
    filed,
    held,
    key_of,
    people,
    person,
    release,
    revoked,
    signed,
    statement,
    withdrawn,
)

A0, A1, A2, B0 = (document(version=label) for label in ("A/0", "A/1", "A/2", "B/0"))
ENDED = document(version="A/1", status="withdrawn")
LIFE = [
    *approved(A0, "2026-01-05T01:00:00Z"),
    release(A0, "2026-01-10", "2026-01-06T01:00:00Z"),
    *approved(A1, "2026-03-01T01:00:00Z"),
    release(A1, "2026-03-10", "2026-03-02T01:00:00Z"),
    *withdrawn(ENDED, "2026-06-01", "2026-05-20T01:00:00Z"),
]


def said(items):
    return [(item.statement.signer, item.statement.decision) for item in items]


@pytest.mark.parametrize(
    ("item", "good"),
    [
        (signed("approve", "zhao.lei"), True),
        (filed(statement("approve", "zhao.lei"), fault="signature"), False),
        (filed(statement("approve", "zhao.lei"), fault="missing"), False),
        (filed(statement("approve", "zhao.lei"), fault="namespace"), False),
        (filed(statement("approve", "zhao.lei"), key=key_of("sun.hao")), False),  # D07
        (filed(statement("approve", "zhao.lei"), key=key_of("zhao.lei", 2)), False),  # D06: not registered
        (signed("approve", "mallory"), False),
        (signed("approve", "robot.ci"), False),  # D30
    ],
)
def test_only_a_registered_persons_own_key_counts(item, good):
    found = evidence(item)
    assert found.signed == (item,)
    assert found.good == ((item,) if good else ())
    assert len(found.standing(item.statement.digest, "approve")) == good


def test_statements_stand_oldest_first_on_their_own_bytes():
    late = signed("review", "li.ming", A0, "2026-01-03T00:00:00Z")
    early = signed("review", "sun.hao", A0, "2026-01-02T00:00:00Z", role="department-head")
    found = evidence(late, early, signed("review", "li.ming", A1), signed("approve", "zhao.lei", A0))
    assert found.standing(A0.digest, "review") == [early, late]
    assert said(found.standing(A0.digest, "review", "approve"))[2:] == [("zhao.lei", "approve")]
    assert found.standing(A0.digest) == []
    assert found.standing("sha256:other", "review") == []


def test_the_signer_alone_takes_a_statement_back():
    mine = signed("approve", "zhao.lei")
    assert evidence(mine, revoked(mine)).standing(A0.digest, "approve") == []
    assert evidence(mine, revoked(mine)).revoked == {mine.sha256}
    assert evidence(mine, revoked(mine, by="sun.hao")).standing(A0.digest, "approve") == [mine]
    assert evidence(mine, revoked(mine, by="sun.hao")).revoked == frozenset()


def test_a_bad_or_aimless_revocation_takes_nothing_back():
    mine = signed("approve", "zhao.lei")
    forged = filed(revoked(mine).statement, key=key_of("sun.hao"))
    broken = filed(revoked(mine).statement, fault="signature")
    aimless = filed(revoked(mine).statement._replace(target=None))
    elsewhere = filed(revoked(mine).statement._replace(target="sha256:" + "0" * 64))
    assert evidence(mine, forged, broken, aimless, elsewhere).standing(A0.digest, "approve") == [mine]


def test_a_revocation_is_final_and_a_fresh_signature_stands():
    mine = signed("approve", "zhao.lei")
    back = revoked(mine)
    again = signed("approve", "zhao.lei", at="2026-03-09T01:00:00Z")
    assert evidence(mine, back, revoked(back, at="2026-03-04T01:00:00Z")).standing(A0.digest, "approve") == []
    assert evidence(mine, back, again).standing(A0.digest, "approve") == [again]


def test_the_same_statement_of_two_keys_is_revoked_by_its_own_bytes_only():
    one, two = signed("approve", "zhao.lei"), signed("approve", "zhao.lei", comment="again")
    assert evidence(one, two, revoked(one)).standing(A0.digest, "approve") == [two]


def test_authors_are_all_who_submitted_the_version():
    first = document(body="first\n")
    found = evidence(signed("submit", "wang.fang", first), signed("submit", "ma.rui", A0), signed("submit", "sun.hao", A1))
    assert found.authors("A/0", A0.digest, ending=False) == {"wang.fang", "ma.rui"}
    assert found.authors("A/1", A1.digest, ending=False) == {"sun.hao"}
    assert found.authors("A/2", A2.digest, ending=False) == frozenset()


def test_who_asks_for_the_end_is_not_an_author_of_the_version():
    asked = signed("submit", "zhao.lei", ENDED, "2026-05-19T01:00:00Z", supersedes=A1.digest)
    found = evidence(*LIFE, asked)
    assert found.authors("A/1", A1.digest, ending=False) == {"wang.fang"}
    assert found.authors("A/1", ENDED.digest, ending=True) == {"zhao.lei"}
    assert evidence(*LIFE[:-2], asked).authors("A/1", A1.digest, ending=False) == {"wang.fang"}


def test_who_wrote_a_draft_stays_its_author_whatever_day_the_release_claims():
    later = signed("submit", "zhao.lei", ENDED, "2026-05-19T01:00:00Z")
    assert evidence(*LIFE[:-2], later).authors("A/1", A1.digest, ending=False) == {"wang.fang", "zhao.lei"}


def test_nobody_stops_being_an_author_by_signing_a_withdrawal_of_the_draft():
    draft, final = document(body="draft\n"), document(body="final\n")
    hidden = signed("withdraw", "wang.fang", draft)
    for on in (draft, final):
        found = evidence(signed("submit", "wang.fang", draft), hidden, signed("submit", "ma.rui", final))
        assert "wang.fang" in found.authors("A/0", on.digest, ending=False)
    with_release = evidence(signed("submit", "wang.fang", draft), hidden, release(final, at="2026-03-05T01:00:00Z"))
    assert "wang.fang" in with_release.authors("A/0", final.digest, ending=False)


def test_releases_are_in_the_order_of_the_scheme_with_the_end_last():
    found = evidence(*reversed(LIFE))
    assert [(item.version, item.order, item.withdrawal) for item in found.releases] == [
        ("A/0", (0, 0), False), ("A/1", (0, 1), False), ("A/1", (0, 1), True),
    ]  # fmt: skip
    assert found.last is not None
    assert found.withdrawal is not None
    assert (found.last.digest, found.withdrawal.digest) == (A1.digest, ENDED.digest)
    assert [item.digest for item in found.released("A/1")] == [A1.digest, ENDED.digest]
    assert found.released("A/2") == ()


def test_nothing_that_is_released_afterwards_brings_an_ended_number_back():
    found = evidence(*LIFE, release(A2, "2026-09-01", "2026-08-20T01:00:00Z"))
    assert found.withdrawal is not None
    assert found.withdrawal.digest == ENDED.digest
    assert found.withdrawn_on("2026-09-02")


def test_versions_are_ordered_by_number_not_by_text():
    labels = ["1.10", "2.0", "1.9", "1.2"]
    found = evidence(
        *(release(document(version=label), effective) for label, effective in zip(labels, ["2026-04-01"] * 4, strict=True)),
        scheme="number",
    )
    assert [item.version for item in found.releases] == ["1.2", "1.9", "1.10", "2.0"]
    assert evidence(release(document(version="1.0"))).releases == ()  # no label of the scheme
    nameless = evidence(filed(release().statement._replace(version=None)))
    assert (nameless.releases, nameless.last, nameless.withdrawal, nameless.spans) == ((), None, None, ())


def test_two_releases_of_one_version_are_in_the_order_of_time():
    first = release(A0, "2026-03-05", "2026-03-01T01:00:00Z")
    second = release(A0, "2026-03-20", "2026-03-02T01:00:00Z", by="sun.hao")
    for items in ([first, second], [second, first]):
        assert [item.effective_from for item in evidence(*items).releases] == ["2026-03-05", "2026-03-20"]


def test_a_release_that_was_taken_back_released_nothing():
    draft, final = document(body="draft\n"), document(body="final\n")
    first = release(draft, at="2026-03-01T01:00:00Z")
    found = evidence(
        first, revoked(first), signed("submit", "wang.fang", document(body="between\n")), signed("withdraw", "zhao.lei", final)
    )
    assert (found.releases, found.ending) == ((), frozenset())
    assert found.authors("A/0", final.digest, ending=False) == {"wang.fang"}
    assert evidence(first, revoked(first, by="sun.hao")).releases[0].digest == draft.digest


def test_a_withdrawal_of_bytes_that_were_released_ends_nothing():
    """Anybody registered can sign `withdraw`; only new bytes of a released version end its number."""
    stray = signed("withdraw", "wang.fang", A1, "2026-04-01T01:00:00Z")
    elsewhere = signed("withdraw", "wang.fang", A2, "2026-04-01T01:00:00Z", version="A/1")
    before = signed("withdraw", "wang.fang", A1, "2026-02-01T01:00:00Z")
    coming = release(A2, "2026-05-01", "2026-04-02T01:00:00Z")
    found = evidence(*LIFE[:8], stray, elsewhere, before, coming)
    assert found.withdrawal is None
    assert [item.version for item in found.releases] == ["A/0", "A/1", "A/2"]
    assert A1.digest not in found.ending
    after = evidence(*LIFE, stray)
    assert after.last is not None
    assert after.last.digest == A1.digest


@pytest.mark.parametrize(
    ("version", "digest", "expected"),
    [
        ("A/0", A0.digest, None),
        ("A/1", A1.digest, "A/0"),
        ("A/2", A2.digest, "A/1"),
        ("B/0", B0.digest, "A/1"),
        ("A/1", ENDED.digest, "A/1"),
        ("A/1", "sha256:draft", "A/1"),
        ("A/0", "sha256:draft", "A/0"),
        ("1.0", "sha256:draft", "A/1"),
    ],
)
def test_what_a_version_replaces(version, digest, expected):
    before = evidence(*LIFE).before(version, digest)
    assert (before.version if before else None) == expected


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2026-01-09", None),
        ("2026-01-10", "A/0"),
        ("2026-03-09", "A/0"),
        ("2026-03-10", "A/1"),
        ("2026-05-31", "A/1"),
        ("2026-06-01", None),
        ("2099-12-31", None),
    ],
)
def test_the_version_in_force_on_a_day(day, version):
    found = evidence(*LIFE)
    span = found.in_force(day)
    assert (span.release.version if span else None) == version
    assert found.withdrawn_on(day) == (day >= "2026-06-01")


def test_spans_are_half_open_and_the_last_one_is_open():
    assert [(span.release.version, span.since, span.until) for span in evidence(*LIFE).spans] == [
        ("A/0", "2026-01-10", "2026-03-10"), ("A/1", "2026-03-10", "2026-06-01"), ("A/1", "2026-06-01", ""),
    ]  # fmt: skip
    assert evidence(*LIFE[:8]).spans[-1].until == ""
    assert not evidence(*LIFE[:8]).withdrawn_on("2099-12-31")
    assert evidence().in_force("2026-01-01") is None


def test_two_versions_from_the_same_day_leave_one_in_force():
    found = evidence(release(A0, "2026-04-01"), release(A1, "2026-04-01"))
    span = found.in_force("2026-04-01")
    assert span is not None
    assert span.release.version == "A/1"


DAYS = st.dates().map(str)


@given(st.permutations(LIFE), st.lists(DAYS, max_size=3))
def test_the_order_of_files_never_changes_what_is_proved(items, days):
    one, two = evidence(*LIFE), evidence(*items)
    assert (one.good, one.releases, one.spans, one.ending) == (two.good, two.releases, two.spans, two.ending)
    for day in days:
        assert one.in_force(day) == two.in_force(day)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6), st.integers(-5, 410))
def test_at_most_one_version_is_in_force_and_none_is_skipped(steps, asked):
    from datetime import date, timedelta

    def day(number: int) -> str:
        return (date(2026, 1, 1) + timedelta(days=number)).isoformat()

    starts = sorted(steps)
    found = evidence(*(release(document(version=f"A/{place}"), day(start)) for place, start in enumerate(starts)))
    holding = [span for span in found.spans if span.since <= day(asked) and (not span.until or day(asked) < span.until)]
    assert len(holding) == (asked >= starts[0])
    assert found.in_force(day(asked)) == (holding[0] if holding else None)


def test_people_decide_what_is_good_not_the_file():
    item = signed("approve", "new.one")
    assert evidence(item).good == ()
    assert Evidence("ITSM-P-05", [item], people(person("new.one", held("author"))), "edition").good == (item,)
