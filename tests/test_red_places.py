"""Something of another kind in the place of what is known: a folder for a file, a link or a submodule for a folder (threats I4)."""

from __future__ import annotations

import pytest

from .workshop import told

GONE = "0 " + "0" * 40


def state(shop, path, kind):
    """A commit after HEAD in which a folder, a link, a submodule or a file stands at a path, in the place of all that was there."""
    there = shop.git("ls-tree", "-rz", "--name-only", "HEAD", path, f"{path}/", fine=False).split("\0")
    key = shop.head() if kind == "160000" else shop.git("hash-object", "-w", "--stdin", feed=b"elsewhere")
    new = f"100644 {key}\t{path}/x" if kind == "folder" else f"{kind} {key}\t{path}"
    shop.git("read-tree", "HEAD")
    listed = [f"{GONE}\t{each}" for each in there if each]
    shop.git("update-index", "-z", "--index-info", feed=("\0".join([*listed, new]) + "\0").encode())
    return shop.git("commit-tree", shop.git("write-tree"), "-p", "HEAD", "-m", "x")


def refused(shop, commit, *says):
    before = shop.refs()
    ran = shop.land(commit)
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    report = shop.verdict(commit)
    assert report.bad == commit
    assert "could not check" not in ran.said
    return told(ran.said, *says)


@pytest.mark.parametrize("name", ["0001.json", "0002.sun.li.sig", "0003.json", "0003.sun.li.sig"])
def test_to_set_a_folder_in_the_place_of_a_rules_record(shop, name):
    refused(shop, state(shop, f".docctl/log/{name}", "folder"), "DC105", f".docctl/log/{name}/x")


@pytest.mark.parametrize("kind", ["120000", "160000", "100644"])
@pytest.mark.parametrize("name", ["theme", "overrides", ".github", "Theme", ".ci"])
def test_to_bring_rules_in_through_a_link(shop, name, kind):
    """Its target is no rule file, so that whoever may push could change what a signed mkdocs.yml or a pipeline then reads."""
    refused(shop, state(shop, name, kind), "DC105", name)


@pytest.mark.parametrize("path", ["themes", "src/theme", "src/.github", "override"])
def test_other_names_are_taken(shop, path):
    assert shop.land(state(shop, path, "120000")).code == 0
