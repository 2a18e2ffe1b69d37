"""docctl.core.content: the manifest digest over raw bytes, and what is wrong with a file as it stands."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl.core.content import LARGEST_FILE, content_of, file_of, manifest_digest
from docctl.core.tree import Blob

FOLDER = {"index.md": "# 目的\n".encode(), "a b.txt": b"x", "img/é.png": b"PNG", "Z.md": b"", "流程.txt": b"y"}
# Made with find, LC_ALL=C sort, sha256sum and stat on the same five files.
BY_HAND = "sha256:f4e98790f337f60a97d369f75339372f6483774d72058cff23c22d6fbf90dc5b"
EMPTY = "sha256:76a5475401e7fabba35fde3b4ffb3f567ac538831ad38ee86dfd48c7e8537073"


def ordinary(data: bytes) -> Blob:
    return Blob("k", "100644", data)


def digest(folder: dict[str, bytes]) -> str:
    return content_of(file_of(name, ordinary(data)) for name, data in folder.items()).digest


def another_way(folder: dict[str, bytes]) -> str:
    lines = [b"docctl-content 1\n"]
    for name in sorted(name.encode() for name in folder):
        data = folder[name.decode()]
        lines.append(hashlib.sha256(data).hexdigest().encode() + b" %d " % len(data) + name + b"\n")
    return "sha256:" + hashlib.sha256(b"".join(lines)).hexdigest()


def test_the_digest_is_the_one_that_stock_tools_find():
    assert digest(FOLDER) == BY_HAND
    assert another_way(FOLDER) == BY_HAND
    assert digest({}) == EMPTY


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
FOLDERS = st.dictionaries(NAMES, st.binary(max_size=20), max_size=5)


@given(FOLDERS, st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_files(folder, random):
    names = list(folder)
    random.shuffle(names)
    assert digest({name: folder[name] for name in names}) == another_way(folder)


@given(FOLDERS, FOLDERS)
def test_other_bytes_or_names_have_another_digest(one, two):
    assert (digest(one) == digest(two)) == (one == two)


@pytest.mark.parametrize(
    "changed",
    [
        {"index.md": "# 目的".encode()},
        {"index.md": "# 目的\r\n".encode()},
        {"img/é.png": b"PNg"},
        {"extra.pdf": b""},
        {"index.md ": b""},
    ],
)
def test_any_change_of_a_folder_changes_the_digest(changed):
    assert digest({**FOLDER, **changed}) != BY_HAND


def test_a_file_taken_away_or_renamed_changes_the_digest():
    assert digest({name: data for name, data in FOLDER.items() if name != "Z.md"}) != BY_HAND
    assert digest({name.lower(): data for name, data in FOLDER.items()}) != BY_HAND


def test_names_that_are_no_utf8_are_kept_as_they_are():
    name = b"\xff.txt".decode("utf-8", "surrogateescape")
    content = content_of([file_of(name, ordinary(b"x")), file_of("z", ordinary(b""))])
    line = hashlib.sha256(b"x").hexdigest().encode() + b" 1 \xff.txt\n"
    other = hashlib.sha256(b"").hexdigest().encode() + b" 0 z\n"
    assert content.digest == "sha256:" + hashlib.sha256(b"docctl-content 1\n" + other + line).hexdigest()
    assert [file.name for file in content.files] == ["z", name]


def test_rows_are_sorted_by_bytes_not_by_letters():
    assert manifest_digest([("a", 1, "b"), ("c", 1, "Z"), ("d", 1, "\U0001f600"), ("e", 1, "\uff5e")]) == manifest_digest(
        [("e", 1, "\uff5e"), ("c", 1, "Z"), ("a", 1, "b"), ("d", 1, "\U0001f600")]
    )
    files = [file_of(name, ordinary(b"")) for name in ("b", "é", "Z", "a/b", "a-b", "a.b")]
    assert [file.name for file in content_of(files).files] == ["Z", "a-b", "a.b", "a/b", "b", "é"]


PNG, RIFF = b"\x89PNG\r\n\x1a\n....", b"RIFF\x00\x00\x00\x00WEBP"


@pytest.mark.parametrize(
    ("name", "mode", "data", "fault"),
    [
        ("index.md", "100644", b"text", ""),
        ("run.sh", "100755", b"", "executable"),
        ("link", "120000", b"/etc/passwd", "link"),
        ("module", "160000", b"", "link"),
        ("group", "100664", b"", "link"),
        ("big.png", "100644", b"version https://git-lfs.github.com/spec/v1\noid", "lfs"),
        ("flow.png", "100644", PNG, ""),
        ("flow.PNG", "100644", b"<html>", "image"),
        ("a.jpg", "100644", b"\xff\xd8\xff\xe0", ""),
        ("a.jpeg", "100644", b"\xff\xd8", "image"),
        ("a.gif", "100644", b"GIF89a", ""),
        ("a.gif", "100644", b"GIF87a", ""),
        ("a.gif", "100644", b"GIF88a", "image"),
        ("a.webp", "100644", RIFF, ""),
        ("a.webp", "100644", PNG, "image"),
        ("a.svg", "100644", b"<svg/>", "svg"),
        ("a.SVG", "100644", b"", "svg"),
        ("empty.png", "100644", b"", "image"),
        ("evil", "100644", b"<script>alert(1)</script>", "page"),
        ("evil.data", "100644", b"\xef\xbb\xbf\r\n <!DOCTYPE html>", "page"),
        ("evil.bin", "100644", b"<?xml version='1.0'?><html/>", "page"),
        ("flow.drawio", "100644", b"<mxfile host='x'>", ""),
        ("less", "100644", b"< 5 %", ""),
        ("table.csv", "100644", b"a,b\n", ""),
    ],
)
def test_what_is_wrong_with_a_file_as_it_stands(name, mode, data, fault):
    file = file_of(name, Blob("k", mode, data))
    assert (file.fault, file.name, file.mode, file.size) == (fault, name, mode, len(data))


def test_a_file_has_a_largest_size(monkeypatch):
    monkeypatch.setattr("docctl.core.content.LARGEST_FILE", 4)
    assert file_of("a.bin", ordinary(b"12345")).fault == "size"
    assert file_of("a.bin", ordinary(b"1234")).fault == ""
    assert LARGEST_FILE == 20 * 1024 * 1024
