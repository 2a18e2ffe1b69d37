"""docctl.core.tree: files of a library by path, out of plain bytes, and what an act is about to lay over them."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl.core.tree import FOLDER, ORDINARY, Blob, Changed, Entry, MemoryTree, Overlay

LINK = Blob("k", "120000", b"target")
TREE = MemoryTree({"a/b/c.md": b"c", "a/b.md": b"b", "a-b": b"", "z": LINK})


def test_a_file_is_known_by_its_bytes():
    assert TREE["a/b/c.md"] == Blob(sha256(b"c").hexdigest(), ORDINARY, b"c")
    assert TREE["z"] is LINK
    assert (len(TREE), list(TREE)) == (4, ["a-b", "a/b.md", "a/b/c.md", "z"])
    assert "a/b" not in TREE
    with pytest.raises(KeyError):
        TREE["a"]


def test_folders_are_listed_one_by_one():
    assert TREE.listing("") == {
        "a": Entry(FOLDER, ""), "a-b": Entry(ORDINARY, sha256(b"").hexdigest()), "z": Entry("120000", "k"),
    }  # fmt: skip
    assert set(TREE.listing("a")) == {"b", "b.md"}
    assert TREE.listing("a/b")["c.md"].mode == ORDINARY
    assert TREE.listing("a/b.md") == TREE.listing("nowhere") == {}


def test_all_paths_below_a_folder():
    assert TREE.under("a") == ["a/b.md", "a/b/c.md"]
    assert TREE.under("") == list(TREE)
    assert TREE.under("a/b.md") == []


def test_many_files_are_read_in_the_order_asked_for():
    assert [path for path, _ in TREE.read(["z", "none", "a/b.md"])] == ["z", "a/b.md"]
    assert list(MemoryTree({}).read(["z"])) == []


def test_an_empty_tree():
    empty = MemoryTree({})
    assert (len(empty), list(empty), empty.listing(""), empty.under("")) == (0, [], {}, [])


def test_what_an_act_lays_over_a_tree():
    laid = Overlay(TREE, {"a/b.md": b"new", "a/b/c.md": None, "n/w.md": b"w"})
    assert laid["a/b.md"].data == b"new"
    assert laid["z"] is LINK
    assert list(laid) == ["a-b", "a/b.md", "n/w.md", "z"]
    assert len(laid) == 4
    assert set(laid.listing("a")) == {"b.md"}  # the folder b has nothing left in it
    with pytest.raises(KeyError):
        laid["a/b/c.md"]


def test_a_folder_that_keeps_something_stays():
    laid = Overlay(MemoryTree({"a/x": b"1", "a/y": b"2", "top": b"3"}), {"a/x": None, "top": None})
    assert laid.listing("") == {"a": Entry(FOLDER, "")}
    assert laid.under("") == ["a/y"]


FILES = st.dictionaries(st.sampled_from(["a/1", "a/2", "a/b/1", "a/b/2", "c/1", "d"]), st.binary(max_size=2))
OVER = st.dictionaries(st.sampled_from(["a/1", "a/2", "a/b/1", "a/b/2", "c/1", "d"]), st.none() | st.binary(max_size=2))


@given(FILES, OVER)
def test_an_overlay_is_the_tree_that_will_be_written(below, above):
    laid = Overlay(MemoryTree(below), above)
    written = MemoryTree({path: data for path, data in {**below, **above}.items() if data is not None})
    assert dict(laid) == dict(written)
    assert len(laid) == len(written)
    assert laid.under("") == written.under("")
    for folder in ("", "a", "a/b", "c", "d", "e"):
        assert laid.listing(folder) == written.listing(folder)


def test_absent_is_told_from_empty():
    assert Changed("a", None, Entry(ORDINARY, "k")).before is None


def test_a_tree_remembers_what_a_path_held_before_a_step():
    before = MemoryTree({"a.md": b"old"})
    item = Changed("a.md", before.listing("")["a.md"], None)
    new = Changed("b.md", None, None)
    for after in (MemoryTree({"a.md": b"new"}, before), Overlay(before, {"a.md": b"new"})):
        assert after.former(item) == b"old"
        assert after.former(new) is None
    assert MemoryTree({"a.md": b"new"}).former(item) is None


def test_a_tree_remembers_with_which_state_a_path_came():
    first = MemoryTree({"a": b"1"})
    second = MemoryTree({"a": b"2", "b": b"1"}, first)
    third = MemoryTree({"a": b"3", "b": b"2"}, second)
    assert third.landed("a") is first
    assert third.landed("b") is second
    assert third.landed("c") is None
    assert Overlay(third, {"c": b"1"}).landed("a") is first
