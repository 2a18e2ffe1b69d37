"""When a rule is asked and whether it blocks: said here a second time, so that neither changes unseen."""

from __future__ import annotations

import pytest

import docctl.check  # noqa: F401  enters every rule
from docctl.rules.catalogue import CATALOGUE, ERROR, WARNING

ONLY_TELLING = {"DC225", "DC309", "DC509", "DC512"}
AT_THE_LANDING = {
    "DC110",
    "DC202",
    "DC209",
    "DC210",
    "DC212",
    "DC213",
    "DC215",
    "DC216",
    "DC217",
    "DC224",
    "DC307",
    "DC308",
    "DC314",
}
AT_THE_LANDING |= {
    "DC226",
    "DC227",
    "DC315",
    "DC316",
    "DC317",
    "DC403",
    "DC404",
    "DC405",
    "DC406",
    "DC407",
    "DC408",
    "DC409",
    "DC704",
}


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_rule_blocks_unless_it_only_tells(code: str) -> None:
    assert CATALOGUE[code].severity == (WARNING if code in ONLY_TELLING else ERROR)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_rule_is_asked_of_drafts_unless_only_the_landing_can_answer(code: str) -> None:
    assert CATALOGUE[code].landing == (code in AT_THE_LANDING)
