"""DC709 on the server's key for receipts: a key that anybody else holds witnesses nothing."""

from __future__ import annotations

import json

from ..workbench import base
from .test_cases import _step


def test_a_server_key_that_a_root_person_holds_is_refused():
    bench = base()
    past = bench.tree
    key = json.loads(past[".docctl/root.json"].data)["keys"][0]["key"]
    bench.change({"settings": {"server_keys": [key]}})
    bench.rules({"by": ["gao.yuan"]})
    found = _step({}, bench, past, landing=True)
    assert [item.code for item in found] == ["DC709"]
    assert "used elsewhere too" in found[0].message("en")
