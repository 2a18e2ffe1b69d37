"""docctl.core.version: labels of both schemes, their order, and the one step between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl.core.version import EDITION_LETTERS, first, folder_name, following, order

CLASSES = ("editorial", "minor", "major")
NUMBERS = st.tuples(st.integers(0, 9999), st.integers(0, 9999)).map(lambda place: f"{place[0]}.{place[1]}")
EDITIONS = st.tuples(st.sampled_from(EDITION_LETTERS), st.integers(0, 9)).map(lambda place: f"{place[0]}/{place[1]}")
LABELS = st.one_of(st.tuples(st.just("number"), NUMBERS), st.tuples(st.just("edition"), EDITIONS))


@pytest.mark.parametrize(
    ("scheme", "label", "change_class", "expected"),
    [
        ("number", "1.8", "minor", "1.9"),
        ("number", "1.9", "minor", "1.10"),  # N06: compared by number, never as text
        ("number", "1.10", "editorial", "1.11"),
        ("number", "1.10", "major", "2.0"),
        ("number", "0.3", "major", "1.0"),
        ("number", "9.99", "major", "10.0"),
        ("number", "1.9998", "minor", "1.9999"),
        ("number", "1.9999", "minor", None),
        ("number", "1.9999", "major", "2.0"),
        ("number", "9999.5", "major", None),
        ("edition", "A/0", "minor", "A/1"),
        ("edition", "A/8", "editorial", "A/9"),
        ("edition", "A/9", "minor", "B/0"),
        ("edition", "A/9", "editorial", "B/0"),
        ("edition", "A/9", "major", "B/0"),
        ("edition", "A/0", "major", "B/0"),
        ("edition", "H/9", "minor", "J/0"),
        ("edition", "N/3", "major", "P/0"),
        ("edition", "Z/8", "minor", "Z/9"),
        ("edition", "Z/9", "minor", None),
        ("edition", "Z/0", "major", None),
        ("edition", "1.0", "minor", None),
        ("number", "A/0", "minor", None),
    ],
)
def test_the_one_step_that_may_follow(scheme, label, change_class, expected):
    assert following(scheme, label, change_class) == expected


@pytest.mark.parametrize("scheme", ["number", "edition"])
def test_a_first_issue_is_a_label_of_its_scheme(scheme):
    assert order(scheme, first(scheme)) is not None
    assert (first("number"), first("edition")) == ("1.0", "A/0")


@pytest.mark.parametrize(
    "label",
    [
        "",
        "1",
        "1.",
        ".1",
        "01.0",
        "1.00",
        "1.0.0",
        "1.0\n",
        " 1.0",
        "-1.0",
        "1.-1",
        "10000.0",
        "1.10000",
        "1,0",
        "１.０",
        "1.٠",
        "v1.0",
        "A/0",
    ],
)
def test_what_is_no_number_label(label):
    assert order("number", label) is None


@pytest.mark.parametrize(
    "label", ["", "A", "A/", "/0", "A/10", "A/0\n", "a/0", "I/0", "O/3", "AA/0", "A-0", "Ａ/0", "A/０", "А/0", "A/0-draft", "1.0"]
)
def test_what_is_no_edition_label(label):
    assert order("edition", label) is None


def test_an_edition_runs_through_every_letter_but_i_and_o():
    label, seen = "A/0", ["A/0"]
    while (after := following("edition", label, "minor")) is not None:
        label = after
        seen.append(label)
    assert len(seen) == 24 * 10
    assert {text[0] for text in seen} == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - {"I", "O"}


def test_a_label_in_a_path():
    assert (folder_name("A/0"), folder_name("1.10")) == ("A-0", "1.10")


@given(LABELS, LABELS)
def test_order_is_total_and_tells_labels_apart(one, two):
    if one[0] == two[0]:
        places = order(*one), order(*two)
        assert None not in places
        assert (places[0] == places[1]) == (one == two)


@given(LABELS, st.sampled_from(CLASSES))
def test_what_follows_is_later_and_nothing_is_skipped(label, change_class):
    place, after = order(*label), following(*label, change_class)
    if after is None:
        return
    edition, revision = order(label[0], after) or (-1, -1)
    assert (edition, revision) > (place or (0, 0))
    assert (edition, revision) in {(place[0], place[1] + 1), (place[0] + 1, 0)}
    if change_class == "major":
        assert (edition, revision) == (place[0] + 1, 0)


@given(st.sampled_from(["number", "edition"]), st.text(max_size=8))
def test_any_text_has_a_place_or_none(scheme, text):
    place = order(scheme, text)
    if place is not None:
        spelled = f"{place[0]}.{place[1]}" if scheme == "number" else f"{EDITION_LETTERS[place[0]]}/{place[1]}"
        assert spelled == text
