"""The public corpus of bad inputs: every `*_fail` file is refused for its reason, every `*_pass` file is accepted, nothing crashes.

A folder of tests/corpus/ is one kind of input; `expected.yaml` beside the files holds a part of the English sentence (or the one
word of the fault) for each file that must be refused. What would be too large to keep is made here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml

from docctl import shipped, sshsig
from docctl.check import check_library
from docctl.core import outline as outlines
from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.layout import LOG, PEOPLE, ROOT, SETTINGS, name_fault, owner
from docctl.core.library import Library
from docctl.core.standard import read_standard
from docctl.core.statement import read_statement
from docctl.core.tree import MemoryTree
from docctl.markdown import to_html
from docctl.reader import Memory, open_library, rulebook
from docctl.reader.items import read_folder
from docctl.rules.catalogue import ERROR
from docctl.sshsig import STATEMENT

from .workbench import Workbench

CORPUS = Path(__file__).parent / "corpus"
KINDS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
CHINESE = re.compile("[\u4e00-\u9fff]")
Reasons = list[Words]


def _read_item(data: bytes, kind: str, number: str) -> Reasons:
    folder = read_folder(MemoryTree({f"{number}/index.md": data}), number, number, kind, Memory())
    assert (folder.item is None) == bool(folder.unread)
    return [item.words for item in folder.unread]


def _document(data: bytes) -> Reasons:
    return _read_item(data, "document", "ITSM-P-05")


def _record(data: bytes) -> Reasons:
    return _read_item(data, "record", "REC-INC-2026-001")


def _statement(data: bytes) -> Reasons:
    try:
        read_statement(data, shipped.schema("statement"))
    except Unreadable as fault:
        return [fault.words]
    return []


def _standard(data: bytes) -> Reasons:
    try:
        read_standard(data, shipped.schema("standard"))
    except Unreadable as fault:
        return [fault.words]
    return []


def _signature(data: bytes) -> Reasons:
    verdict = sshsig.verify((CORPUS / "signature" / "message.json").read_bytes(), data, STATEMENT)
    return [_word(verdict.fault)] if verdict.fault else []


def _word(fault: str) -> Words:
    return Words(fault, f"（{fault}：单词）")


@cache
def _rule_files() -> Mapping[str, bytes]:
    bench = Workbench()
    bench.change({})
    bench.rules({})
    return {path: bytes(data) for path, data in bench.files.items() if isinstance(data, bytes)}


def _judged(files: Mapping[str, bytes]) -> Reasons:
    """What a library of these files is refused for: unreadable rules, or rules broken by what they say."""
    tree = MemoryTree(dict(files))
    found = rulebook(tree, Memory()).unread
    if found:
        with pytest.raises(DocctlError) as caught:
            open_library(tree)
        assert caught.value.remedy.zh
        return [item.words for item in found]
    return _broken(open_library(tree))


def _broken(library: Library) -> Reasons:
    errors = [finding for finding in check_library(library) if finding.severity == ERROR]
    return [Words(finding.message("en"), finding.message("zh")) for finding in errors]


def _as_rule_file(path: str) -> Callable[[bytes], Reasons]:
    def judge(data: bytes) -> Reasons:
        bench = Workbench()
        bench.files |= {**_rule_files(), path: data}
        bench.files = {name: kept for name, kept in bench.files.items() if not name.startswith(LOG)}
        bench.rules({})
        return _judged({name: bytes(kept) for name, kept in bench.files.items() if isinstance(kept, bytes)})

    return judge


def _rules_record(data: bytes) -> Reasons:
    bench = Workbench()
    bench.files |= {**_rule_files(), f"{LOG}/0001.json": data}
    found = _judged({name: bytes(kept) for name, kept in bench.files.items() if isinstance(kept, bytes)})
    return [words for words in found if "but the rule files are" not in words.en]  # a file alone cannot know the others


def _version(data: bytes) -> Reasons:
    scheme = NAME[0].partition("-")[0]
    bench = Workbench({"version_scheme": scheme})
    bench.change({})
    bench.rules({})
    bench.document({"id": "ITSM-P-05", "status": "draft", "version": data.decode().rstrip("\n")})
    library = open_library(bench.tree, landing=False)
    first = data.decode().startswith(("A/0", "1.0\n", "0."))
    return [words for words in _broken(library) if first or "does not follow" not in words.en]


NAME = [""]  # the file that is read just now


def _paths(data: bytes) -> Reasons:
    """The faults of a listing, one path to a line; every line must have one, unless two of them collide."""
    paths = [str(json.loads(line)) for line in data.decode().splitlines()]
    if NAME[0].startswith("case"):
        tree = MemoryTree({**_rule_files(), **dict.fromkeys(paths, b"x\n")})
        return [_word(item.fault) for item in open_library(tree).misplaced if item.fault == "case"]
    hidden = {"rule", "log"}
    faults = [
        "stray" if owner(path).kind == "stray" else "" if owner(path).kind in {*hidden, "other"} else name_fault(path)
        for path in paths
    ]
    assert len(set(faults)) == 1, dict(zip(paths, faults, strict=True))
    return [_word(fault) for fault in set(faults) if fault]


def _markdown(data: bytes) -> Reasons:
    found = outlines.outline(data.decode())
    try:
        html = to_html(data.decode(), lambda target: target, lambda target: target)
    except DocctlError as error:
        assert found.faults
        html = error.words.zh
    assert not re.search(
        r"<(?:script|iframe|svg|meta|style|base|form)|<[^>]* on[a-z]+=|(?:src|href)=\"(?:javascript|data|//)", html, re.IGNORECASE
    )
    assert all(all(outlines.FAULTS[fault.kind]) for fault in found.faults)
    return [_word(kind) for kind in sorted({fault.kind for fault in found.faults})]


READERS: Mapping[str, Callable[[bytes], Reasons]] = {
    "frontmatter": _document, "record": _record, "statement": _statement, "signature": _signature, "standard": _standard,
    "settings": _as_rule_file(SETTINGS), "people": _as_rule_file(PEOPLE), "root": _as_rule_file(ROOT), "rules-record": _rules_record,
    "path": _paths, "markdown": _markdown, "version": _version,
}  # fmt: skip


def expected(kind: str) -> dict[str, str]:
    """Why each file of a folder must be refused, by its name."""
    found: dict[str, str] = yaml.safe_load((CORPUS / kind / "expected.yaml").read_text(encoding="utf-8"))
    return found


def cases(word: str) -> list[object]:
    found = [path for kind in KINDS for path in sorted((CORPUS / kind).glob(f"*_{word}.*"))]
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in found]


def reasons(path: Path) -> Reasons:
    NAME[0] = path.name
    return READERS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("path", cases("fail"))
def test_what_is_bad_is_refused_for_its_reason(path: Path) -> None:
    found, wanted = reasons(path), expected(path.parent.name)[path.name]
    assert any(wanted in words.en for words in found), found
    for words in found:
        assert CHINESE.search(words.zh)
        assert "\n" not in words.en + words.zh


@pytest.mark.parametrize("path", cases("pass"))
def test_what_is_good_is_accepted(path: Path) -> None:
    assert reasons(path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_file_has_its_reason_and_every_reason_its_file(kind: str) -> None:
    bad = {path.name for path in (CORPUS / kind).glob("*_fail.*")}
    assert set(expected(kind)) == bad
    assert all(expected(kind).values())
    assert any((CORPUS / kind).glob("*_pass.*"))
    others = {path.name for path in (CORPUS / kind).iterdir()} - bad - {path.name for path in (CORPUS / kind).glob("*_pass.*")}
    assert others <= {"expected.yaml", "make.py", "message.json", "__pycache__"}


def test_the_corpus_is_large_enough() -> None:
    assert len(cases("fail")) >= 170
    assert len(cases("pass")) >= 30
    assert set(KINDS) == set(READERS)


# --- too large to keep --------------------------------------------------------------------------------------------------------

HEAD = b"---\nid: ITSM-P-05\ntitle: x\ntype: procedure\nversion: A/0\nlanguage: en\nstatus: draft\nowner: a\nclassification: internal\n"
OVERSIZE: Mapping[str, tuple[Callable[[bytes], Reasons], bytes, str]] = {
    "document": (_document, HEAD + b"---\n" + b"a\n" * 2**20, "the limit is 2,097,152 bytes; split the document"),
    "document of 10 MB": (_document, HEAD + b"---\n" + b"a" * 10_000_000 + b"\n", "the limit is 2,097,152 bytes"),
    "front matter": (_document, HEAD + b"x: " + b"a" * 65_536 + b"\n---\n", "the limit is 65,536 bytes"),
    "front matter of fields": (
        _document,
        HEAD + b"".join(b"x%d: a\n" % n for n in range(1100)) + b"---\n",
        "more than 2000 names and values",
    ),
    "front matter of brackets": (_document, HEAD + b"x: " + b"[" * 60_000 + b"\n---\n", "nested more than 6 levels deep"),
    "statement": (_statement, b'{"comment":"' + b"a" * 17_000 + b'"}\n', "larger than 16384 bytes"),
    "statement of brackets": (_statement, b"[" * 16_000 + b"\n", "not JSON in UTF-8"),
    "signature": (_signature, b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * 70_000, "armour"),
    "settings": (_as_rule_file(SETTINGS), b"x: " + b"a" * 70_000 + b"\n", "the limit is 65,536 bytes"),
    "body of brackets": (_markdown, b"[" * 20_000, "too-deep"),
    "body of pictures": (_markdown, b"![" * 20_000, "too-deep"),
    "body of tangled brackets": (_markdown, b"[" * 40 + b"a!" * 40_000, "too-deep"),
    "body of tangled brackets that seem closed": (_markdown, b"[`]`" * 50 + b"a!" * 40_000, "too-deep"),
    "body of emphasis": (_markdown, b"*a _b ~~c " * 20_000, "too-large"),
    "body of underscores": (_markdown, b"_" * 60_000, "too-large"),
    "body of cells": (_markdown, b"|a" * 30_001 + b"|\n" + b"|-" * 30_001 + b"|\n", "too-large"),
    "body of nested lists": (_markdown, (b"- " * 9 + b"a\n") * 10_000, "too-large"),
    "body of signs": (_markdown, b"&" * 300_001, "too-large"),
    "body of lines": (_markdown, b"a\n" * 20_001, "too-large"),
    "body": (_markdown, b"a" * (2**20 + 1), "too-large"),
}


@pytest.mark.parametrize("name", OVERSIZE)
def test_what_is_too_large_is_refused_with_its_limit(name: str) -> None:
    reader, data, wanted = OVERSIZE[name]
    found = reader(data)
    assert any(wanted in words.en for words in found), found
    assert all(CHINESE.search(words.zh) for words in found)


def test_git_keeps_the_bytes() -> None:
    attributes = (CORPUS.parent.parent / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "tests/corpus/** -text" in attributes


def test_the_corpus_holds_no_private_key() -> None:
    for path in CORPUS.rglob("*"):
        if path.is_file() and path.suffix != ".py":
            assert b"PRIVATE KEY" not in path.read_bytes(), path.name
