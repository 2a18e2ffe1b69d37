"""No silent acceptance: whatever is done to the bytes of a good library, nothing controlled gets through and nothing crashes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from hypothesis import example, given, target
from hypothesis import strategies as st

from docctl.check import check_landing, check_library, refused
from docctl.core.content import content_of, file_of
from docctl.core.errors import DocctlError
from docctl.core.layout import owner
from docctl.core.tree import Blob, MemoryTree, Tree
from docctl.reader import Memory, open_library, rulebook
from docctl.render import FINDING_FORMATS, write_findings
from docctl.rules.catalogue import Finding

from ..workbench import base, difference
from .effort import effort

Files = dict[str, Blob]
Done = tuple[str, object, object]

PIECES = (
    b"", b"\n", b"---\n", b"\r\n", b"\xef\xbb\xbf", b"\x00", "\u202e".encode(), b"status: approved\n", b"status: draft\n",
    b"version: A/1\n", b"id: ITSM-P-02\n", b"<script>", b"{}", b"null", b"\xff\xfe", b"- &a *a\n", b"A", b"0", b'"', b"}\n",
)  # fmt: skip
PLACES = (
    "documents/x.md", "documents/procedures/ITSM-P-09/index.md", "documents/procedures/ITSM-P-01/extra.pdf",
    "documents/procedures/ITSM-P-01-new/index.md", "documents/ITSM-P-01/index.md", "documents/procedures/itsm-p-01/index.md",
    "documents/procedures/ITSM-P-01/Index.md", "records/incident/2026/REC-INC-2026-001/note.txt", "records/x", "statements/x",
    "records/incident/2027/REC-INC-2026-001/index.md", "statements/ITSM-P-01/A-1/li.ming.submit.8069584161e1.json",
    ".docctl/x", ".docctl/log/0002.json", ".docctl/log/0001.zhao.lei.sig", ".docctl/standards/iso20000-1-2018.yaml",
    "Documents/ITSM-P-08/index.md", ".gitattributes", ".github/workflows/ci.yml", "mkdocs.yaml", "notes/plan.md", "README.md",
    "documents/.git/config", "documents/procedures/ITSM-P-01/a\u202eb.png", "documents/procedures/ITSM-P-01/con.txt",
)  # fmt: skip
MODES = ("100755", "120000", "160000", "100644")


@cache
def good() -> MemoryTree:
    """The base library, with a draft beside what is in force and a picture in a document."""
    bench = base()
    bench.document({"id": "ITSM-P-03", "title": "草稿", "status": "draft"})
    bench.write({"notes/todo.md": "not controlled\n"})
    tree = MemoryTree(dict(bench.files))
    assert check_library(open_library(tree)) == []
    return tree


@st.composite
def changes(draw: st.DrawFn) -> list[Done]:
    """What somebody did to the files, one to three things: (act, path or folder, detail)."""
    paths = sorted(good())
    folders = sorted({path.rpartition("/")[0] for path in paths} - {""} | {"documents", "records", "statements", ".docctl"})
    path = st.sampled_from(paths)
    place = st.sampled_from([*PLACES, *paths]) | st.builds(
        "{}/{}".format, st.sampled_from(folders), st.sampled_from(["a", "index.md"])
    )
    at = st.integers(0, 2400)
    cut = st.tuples(at, st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=6))
    act = st.one_of(
        st.tuples(st.just("flip"), path, st.tuples(at, st.integers(1, 255))),
        st.tuples(st.just("cut"), path, cut),
        st.tuples(st.just("delete"), path, st.none()),
        st.tuples(st.just("clear"), st.sampled_from(folders), st.none()),
        st.tuples(st.just("copy"), path, place),
        st.tuples(st.just("rename"), path, place),
        st.tuples(st.just("move"), st.sampled_from(folders), st.sampled_from([*folders, "documents/other/ITSM-P-01", "attic"])),
        st.tuples(st.just("swap"), path, path),
        st.tuples(st.just("mode"), path, st.sampled_from(MODES)),
        st.tuples(st.just("add"), place, st.sampled_from(PIECES) | st.binary(max_size=30)),
    )
    return draw(st.lists(act, min_size=1, max_size=3))


def done(things: list[Done]) -> Tree:
    """The good library after that."""
    files = dict(good().items())
    for act, path, detail in things:
        ACTS[act](files, path, detail)
    return MemoryTree(dict(files))


def _put(files: Files, path: str, data: bytes, mode: str = "100644") -> None:
    # A file and a folder of one name cannot stand in one tree of git.
    if not any(other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in files):
        files[path] = Blob(sha256(mode.encode() + data).hexdigest(), mode, data)


def _flip(files: Files, path: str, detail: tuple[int, int]) -> None:
    if path in files and files[path].data:
        data = bytearray(files[path].data)
        data[detail[0] % len(data)] ^= detail[1]
        _put(files, path, bytes(data))


def _cut(files: Files, path: str, detail: tuple[int, int, bytes]) -> None:
    if path in files:
        data, (at, gone, new) = files[path].data, detail
        at %= len(data) + 1
        _put(files, path, data[:at] + new + data[at + gone :])


def _move(files: Files, folder: str, to: str) -> None:
    for path in [path for path in files if path.startswith(f"{folder}/")] if not f"{to}/".startswith(f"{folder}/") else ():
        blob = files.pop(path)
        _put(files, to + path[len(folder) :], blob.data, blob.mode)


def _rename(files: Files, path: str, to: str) -> None:
    if path in files:
        blob = files.pop(path)
        _put(files, to, blob.data, blob.mode)


def _clear(files: Files, folder: str, _: object) -> None:
    for path in [path for path in files if path.startswith(f"{folder}/")]:
        del files[path]


def _swap(files: Files, path: str, other: str) -> None:
    if path in files and other in files:
        files[path], files[other] = files[other], files[path]


ACTS = {
    "flip": _flip, "cut": _cut, "move": _move, "rename": _rename, "clear": _clear, "swap": _swap,
    "delete": lambda files, path, _: files.pop(path, None),
    "copy": lambda files, path, to: _put(files, to, files[path].data, files[path].mode) if path in files else None,
    "mode": lambda files, path, mode: _put(files, path, files[path].data, mode) if path in files else None,
    "add": _put,
}  # fmt: skip


def proved(tree: Tree) -> Mapping[str, object]:
    """What signatures stand for in a tree, told without the rules: evidence and rule files by path, texts in force by number.

    Where a document's folder stands proves nothing, so only its number and its bytes count.
    """
    found: dict[str, object] = {}
    folders: dict[tuple[str, str], list[tuple[str, Blob]]] = {}
    for path, blob in tree.items():
        owned = owner(path)
        if owned.kind in {"statement", "log", "rule"}:
            found[path] = blob
        elif owned.kind in {"document", "record"} and f"statements/{owned.number}" in STAND:
            folders.setdefault((owned.number, owned.folder), []).append((owned.name, blob))
    for (number, folder), files in folders.items():
        modes = sorted((name, blob.mode) for name, blob in files)
        found[f"text of {number} {'twice' if number in found else ''}"] = (
            content_of(file_of(*file) for file in files).digest,
            modes,
        )
        assert folder
    return found


STAND = frozenset({f"statements/{number}" for number in ("ITSM-P-01", "ITSM-P-02", "ITSM-F-01", "REC-INC-2026-001")})


def landed(tree: Tree, memory: Memory | None = None) -> list[Finding]:
    """What a server finds when a tree lands on the good library."""
    memory = memory or Memory()
    return check_landing(rulebook(good(), memory).rules, tree, difference(good(), tree), memory=memory).findings


ONE = Memory()


def opened(tree: Tree) -> tuple[list[Finding], DocctlError | None]:
    """What is wrong with a whole state, or why it cannot be opened."""
    try:
        return check_library(open_library(tree, memory=ONE, today="2030-01-01")), None
    except DocctlError as error:
        return [], error


@effort(400)
@given(changes())
@example([("cut", "documents/procedures/ITSM-P-01/index.md", (0, 9999, b""))])
@example([("mode", "documents/procedures/ITSM-P-01/index.md", "120000")])
@example([("clear", ".docctl", None)])
def test_no_change_of_what_is_controlled_lands_unseen(things: list[Done]) -> None:
    tree = done(things)
    findings = landed(tree, ONE)
    if proved(tree) != proved(good()):
        assert refused(findings), things


@effort(100)
@given(changes())
def test_what_is_remembered_changes_no_verdict(things: list[Done]) -> None:
    tree = done(things)
    assert landed(tree, ONE) == landed(tree)


@effort(150)
@given(changes())
def test_a_library_is_opened_or_refused_in_words(things: list[Done]) -> None:
    findings, refusal = opened(done(things))
    assert refusal is None or all((*refusal.words, *refusal.remedy)), things
    for form in FINDING_FORMATS:
        for lang in ("en", "zh"):
            assert write_findings(findings, form, lang) or not findings
    target(float(len({finding.code for finding in findings})))


@effort(80)
@given(changes().filter(lambda things: len(things) == 1))
def test_a_whole_state_shows_a_text_that_nobody_signed(things: list[Done]) -> None:
    act, path, _ = things[0]
    tree = done(things)
    released = owner(str(path)).kind in {"document", "record"} and f"statements/{owner(str(path)).number}" in STAND
    if act in {"flip", "cut", "mode", "delete"} and released and proved(tree) != proved(good()):
        assert refused(check_library(open_library(tree, memory=ONE))), things


@effort(60)
@given(changes(), st.randoms(use_true_random=False))
def test_the_order_in_which_changes_are_told_does_not_matter(things: list[Done], chance: object) -> None:
    tree = done(things)
    told = difference(good(), tree)
    shuffled = list(told)
    chance.shuffle(shuffled)
    rules = rulebook(good(), ONE).rules
    first, second = (check_landing(rules, tree, each, memory=ONE).findings for each in (told, shuffled))
    assert first == second


@effort(120)
@given(changes())
def test_what_lands_is_fine_as_a_whole(things: list[Done]) -> None:
    tree = done(things)
    if not refused(landed(tree, ONE)):
        assert [finding for finding in check_library(open_library(tree, memory=ONE)) if refused([finding])] == [], things


@effort(150)
@given(changes())
def test_what_a_whole_state_refuses_would_not_have_landed(things: list[Done]) -> None:
    tree = done(things)
    findings, refusal = opened(tree)
    if refusal or refused(findings):
        assert refused(landed(tree, ONE)), (things, [finding.message("en") for finding in findings])
