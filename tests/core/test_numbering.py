"""Patterns for document numbers: those of honest companies are taken, those that may try for ever are not."""

from __future__ import annotations

import re
import time

import pytest

from docctl.core.numbering import bounded


@pytest.mark.parametrize(
    "pattern",
    [
        "(ITSM|ISMS)-(M|POL|P|PL|WI|F)-[0-9]{2}",
        "[A-Z]+-[A-Z]+-[0-9]{2}",
        "[A-Z]{2,5}(?:-[A-Z0-9]+)?-[0-9]{2,3}",
        r"QMS\-[0-9]{3}",
        "A-[0-9*+?(|)]",
        "",
    ],
)
def test_what_companies_write(pattern):
    assert bounded(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "([A-Z]+)+-1", "([A-Z]*)*-1", "(?:[A-Z]|[A-Z0-9])+x", "(A|A){20}-1", "(A+){2,}-1",
        "(?:A?)(?:A?)(?:A?)(?:A?)(?:A?)x", "A*A*A*A*A*x", "(A|A)(A|A)(A|A)x", r"(A+)\1-1", "(?P<n>A+)(?P=n)x", "(?=(A+)+)x",
    ],
)  # fmt: skip
def test_what_may_try_for_ever(pattern):
    assert not bounded(pattern)


@pytest.mark.parametrize("pattern", ["[A-Z]*[A-Z0-9]*[A-Z-]*[A-Z-]*x", "([A-Z]*|[A-Z]+)([A-Z]*|[A-Z-]+)x", "A*A*A*A*-x"])
def test_the_dearest_that_is_taken_ends_soon(pattern):
    assert bounded(pattern)
    begun = time.process_time()
    assert not re.fullmatch(pattern, "A" * 62 + "-1")
    assert time.process_time() - begun < 10
