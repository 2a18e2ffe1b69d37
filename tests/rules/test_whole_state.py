"""A whole state knows the rules of today; what landed under rules of before was judged by them, for ever (threats 1.1)."""

from __future__ import annotations

from pathlib import Path

from docctl.check import check_library
from docctl.reader import Memory, open_library, rulebook

from ..workbench import base

CATALOGUE = Path(__file__).parents[2] / "schema/standards/iso20000-1-2018.yaml"


def test_a_clause_that_a_later_catalogue_lost_is_held_against_no_text_of_before():
    bench = base()
    before = rulebook(bench.tree, Memory()).rules
    assert before is not None
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines(keepends=True)
    bench.write({".docctl/standards/iso20000-1-2018.yaml": "".join(line for line in lines if '"8.6.1"' not in line)})
    bench.rules({})
    judged = dict.fromkeys(bench.folders, before.mandate)
    assert [item.code for item in check_library(open_library(bench.tree, judges=judged))] == []
    assert [item.code for item in check_library(open_library(bench.tree))] == ["DC401"]
