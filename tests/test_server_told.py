"""What `docctl server install` and `check` make of being told wrong things: a gate that judges nothing must not look like one that stands."""

from __future__ import annotations

import os
import sys

import pytest

from docctl import server

from .test_red_above import below, bytes_of, pushed

DOCCTL = os.path.join(os.path.dirname(sys.executable), "docctl")


def faults(shop, library):
    return [point for point in server.check(str(shop.server), library) if not point.good and point.name != "docctl.root"]


@pytest.mark.parametrize("library", ["typo", "LIB", "lib/documents", ""])
def test_a_gate_for_a_library_that_is_not_there_is_told(shop, library):
    """It would let every push to main pass, and every point of the check used to be good."""
    below(shop, "lib")
    server.install(str(shop.server), library)
    [point] = faults(shop, library)
    assert point.name == "library"
    assert "judges nothing" in point.words.en
    assert "lib" in point.remedy.en
    assert "lib" in point.remedy.zh


def test_a_server_with_history_and_no_library_is_told(shop):
    shop.git("update-ref", "-d", "refs/heads/main", at=shop.server)
    assert faults(shop, "") == [] or all(point.name != "library" for point in faults(shop, ""))
    tree = shop.git("mktree")
    shop.git("push", "-q", "--no-verify", "origin", f"{shop.git('commit-tree', tree, '-m', 'x')}:refs/heads/main")
    assert "library" in [point.name for point in faults(shop, "")]


@pytest.mark.parametrize("spelt", ["lib/", "./lib", "/lib", "lib//", "x/../lib", "lib/."])
def test_the_library_s_folder_in_another_spelling(shop, spelt):
    below(shop, "lib")
    server.install(str(shop.server), spelt)
    assert faults(shop, spelt) == []
    assert faults(shop, "lib") == []
    ran, _ = pushed(shop, f"100644 {bytes_of(shop)}\tlib/documents/stray")
    assert ran.code == 1
    assert "DC105" in ran.said


@pytest.mark.parametrize("spelt", ["lib/", "./lib", "/lib", "x/../lib"])
def test_the_client_s_gate_for_a_folder_in_another_spelling(shop, spelt):
    """Its name in the hook must be the one that git's paths begin with, or the gate looks at nothing."""
    below(shop, "lib")
    ran = shop.tried(DOCCTL, "--library", spelt, "hooks", "install")
    assert ran.code == 0, ran.said
    shop.put("lib/documents/stray")
    shop.git("add", "-A")
    ran = shop.tried("git", "commit", "-m", "x")
    assert ran.code == 1, ran.said
    assert "DC105" in ran.said
