"""The door under faults (R61 to R74): suggestions, exit codes, one JSON object, foreign hooks, old documents."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from .faultroom import docctl, look, told
from .workshop import run

HOOK = "#!/bin/sh\n# the team's own\necho foreign >> .git/saw\n"


def _object(said: str) -> dict:
    """The one JSON object of an answer, whatever people are told beside it."""
    end = said.index("\n}\n") + 3
    return json.loads(said[said.index("{") : end])


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("aprove", "X-1"), "approve"),
        (("rules", "propse"), "propose"),
        (("verify", "--rot", "x"), "--root"),
        (("fix", "encode"), "encoding"),
    ],
)
def test_r61_a_near_word_is_suggested(shop, words, near):
    ran = docctl(shop, *words)
    assert (ran.code, near in ran.said, "Traceback" in ran.said) == (2, True, False), ran.said


def test_r61_a_file_that_is_not_there(shop):
    told(docctl(shop, "fix", "encoding", "nosuch.md"), 3, "nosuch.md")
    told(docctl(shop, "-C", "/nosuch", "status"), 3, "/nosuch")


CODES = [
    (0, ("check",)), (0, ("verify",)), (0, ("status",)), (0, ("explain", "DC202")), (0, ("--help",)), (0, ("rules", "status")),
    (1, ("approve", "ITSM-P-01", "--yes")), (1, ("release", "ITSM-P-03", "--yes")), (1, ("fix", "eol", "mkdocs.yml")),
    (1, ("submit", "ITSM-P-03")), (2, ("nosuch",)), (2, ("status", "--as-of", "x")), (2, ("approve",)),
    (3, ("verify", "nosuch")), (3, ("show", "ITSM-P-99")), (3, ("register", "nosuch")), (3, ("-C", "/nosuch", "check")),
]  # fmt: skip


def test_r62_exit_codes(shop):
    shop.git("branch", "-q", "good")
    for code, words in CODES:
        key = "chen.jing" if "release" in words else "wang.fang" if "submit" in words else "zhao.lei"
        ran = docctl(shop, *words, DOCCTL_KEY=str(shop.keys / key))
        assert ran.code == code, (words, ran.said)
    text = shop.office / ".docctl/settings.yaml"
    text.write_text(text.read_text(encoding="utf-8").replace("max_statement_age: 30", "max_statement_age: 31"), encoding="utf-8")
    shop.commit("a breach")
    assert docctl(shop, "verify", "HEAD").code == 1
    assert docctl(shop, "check").code == 1


REPORTING = (
    ("check",), ("check", "--staged"), ("verify",), ("status",), ("register", "in-force"), ("correspondence", "iso20000-1:2018"),
    ("diff", "ITSM-P-02"), ("rules", "status"), ("record", "list"), ("doctor",),
)  # fmt: skip


def _broken_text(shop) -> None:
    shop.text("ITSM-P-03").write_bytes(b"---\nid: [")
    shop.commit("broken")


def _broken_rules(shop) -> None:
    (shop.office / ".docctl/people.yaml").write_text("people: [\n")
    shop.commit("broken")


def _conflict(shop) -> None:
    shop.git("switch", "-q", "-c", "side")
    shop.edit("ITSM-P-03")
    shop.commit("side")
    shop.git("switch", "-q", "main")
    shop.edit("ITSM-P-03", new="\nOTHER\n")
    shop.commit("main")
    assert shop.tried("git", "merge", "side").code


def _shallow(shop) -> None:
    cut = shop.folder / "cut"
    run("git", "clone", "-q", "--depth", "1", f"file://{shop.server}", str(cut), at=shop.folder)
    shop.office = cut


def _damaged(shop) -> None:
    key = shop.head("HEAD:.docctl")  # no commit: nothing is found, so the packs themselves are hurt
    assert not key
    pack = next((shop.office / ".git/objects/pack").glob("*.pack"))
    os.chmod(pack, 0o644)
    data = bytearray(pack.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 2000] = bytes(2000)
    pack.write_bytes(data)


FAULTS = {
    "no fault": lambda shop: None,
    "no repository": lambda shop: shop.office.joinpath(".git").rename(shop.folder / "gone"),
    "no commits": lambda shop: shop.git("symbolic-ref", "HEAD", "refs/heads/nothing"),
    "a broken text": _broken_text,
    "broken rules": _broken_rules,
    "a conflict": _conflict,
    "a cut history": _shallow,
    "a damaged pack": _damaged,
    "a stale lock": lambda shop: shop.office.joinpath(".git/index.lock").touch(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_r64_one_json_object_under_every_failure(shop, fault):
    FAULTS[fault](shop)
    for words in REPORTING:
        ran = docctl(shop, *words, "--format", "json", DOCCTL_KEY=str(shop.keys / "zhao.lei"))
        assert ran.code in {0, 1, 3}, (words, ran.said)
        assert "Traceback" not in ran.said, (words, ran.said)
        found = _object(ran.said)
        assert found["format"] == 1
        if ran.code == 3:
            assert found["outcome"] == "could-not-check"
            assert all(found["error"][name] for name in ("code", "message", "remedy")), found
            assert found["error"]["code"] != "bug"
        for finding in found.get("findings", ()):
            assert {"code", "message", "path", "line", "remedy"} <= finding.keys()


def test_r64_wrong_use_is_one_object_too(shop):
    for words in (("check", "--stagd", "--format", "json"), ("--format", "json", "status"), ("stats", "--format=json")):
        ran = docctl(shop, *words)
        assert ran.code == 2
        found = _object(ran.said)
        assert (found["outcome"], found["error"]["code"]) == ("misused", "usage")
        assert found["error"]["message"]


@pytest.fixture
def bare_clone(shop):
    """A clone without docctl's hooks, but with the team's own."""
    assert docctl(shop, "hooks", "remove").code == 0
    own = shop.office / ".git/hooks/pre-commit"
    own.parent.mkdir(exist_ok=True)
    own.write_text(HOOK)
    own.chmod(0o755)
    return shop


def test_r66_r68_a_foreign_hook_is_kept_run_first_and_restored(bare_clone):
    folder = bare_clone.office / ".git/hooks"
    before = {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()}
    for _ in range(2):
        assert docctl(bare_clone, "hooks", "install").code == 0
    assert "with the one before" in docctl(bare_clone, "hooks", "status").said
    bare_clone.edit("ITSM-P-03", r"^status: .*$", "status: nonsense")
    refused = bare_clone.tried("git", "commit", "-qam", "x")
    assert refused.code == 1
    assert "DC102" in refused.said
    assert (bare_clone.office / ".git/saw").read_text() == "foreign\n"
    bare_clone.git("checkout", "-q", "--", ".")
    (folder / "pre-commit.before-docctl").write_text(HOOK + "exit 1\n")
    bare_clone.edit("ITSM-P-03")
    assert bare_clone.tried("git", "commit", "-qam", "x").code == 1, "the foreign hook says no as before"
    (folder / "pre-commit.before-docctl").write_text(HOOK)
    assert docctl(bare_clone, "hooks", "remove").code == 0
    assert {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()} == before


def test_r66_an_installation_that_was_killed_leaves_the_foreign_hook_at_work(bare_clone):
    folder = bare_clone.office / ".git/hooks"
    os.link(folder / "pre-commit", folder / "pre-commit.before-docctl")  # as far as a killed installation comes
    (folder / "pre-commit.docctl-new").write_text("#!/bin/sh\n")
    assert "killed installation" in docctl(bare_clone, "doctor").said
    assert docctl(bare_clone, "hooks", "install").code == 0
    assert (folder / "pre-commit.before-docctl").read_text() == HOOK
    assert docctl(bare_clone, "hooks", "remove").code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["pre-commit"]
    assert (folder / "pre-commit").read_text() == HOOK


def test_r66_redirected_hooks_are_not_written_to(bare_clone, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    bare_clone.git("config", "core.hooksPath", str(shared))
    told(docctl(bare_clone, "hooks", "install"), 3, "core.hooksPath", "git config --unset core.hooksPath")
    assert list(shared.iterdir()) == []
    assert docctl(bare_clone, "hooks", "status").code == 1
    assert "core.hooksPath" in docctl(bare_clone, "doctor").said


def test_r66_two_foreign_hooks_stop_the_installation(bare_clone):
    folder = bare_clone.office / ".git/hooks"
    (folder / "pre-commit.before-docctl").write_text("#!/bin/sh\n# another\n")
    told(docctl(bare_clone, "hooks", "install"), 3, "both foreign hooks")
    assert (folder / "pre-commit").read_text() == HOOK


def _init(shop, folder: Path):
    person = f"zhao.lei:赵磊:{shop.keys / 'zhao.lei'}.pub:management-representative:management"
    words = (
        "--organisation",
        "华成",
        "--root-person",
        "zhao.lei",
        "--root-key",
        str(shop.keys / "root-zhao.lei"),
        "--person",
        person,
    )
    return docctl(shop, "init", str(folder), *words)


@pytest.fixture
def old(shop, tmp_path):
    """A repository with 300 documents that nobody controls, a site and a CI of its own."""
    folder = tmp_path / "old"
    for place in range(300):
        text = folder / f"documents/部门 {place % 7}/文件 {place}.md"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(f"# {place}\n已批准\n", encoding="utf-8")
    for name, data in (("mkdocs.yml", "site_name: 旧站\n"), (".gitattributes", "*.docx binary\n"), (".github/ci.yml", "a: b\n")):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(data, encoding="utf-8")
    run("git", "init", "-q", "-b", "main", ".", at=folder)
    run("git", "add", "-A", at=folder)
    assert run("git", "commit", "-qm", "300 old ones", at=folder).code == 0
    return folder


def test_r74_old_documents_are_never_taken_for_approved(shop, old):
    before = look(old)
    told(_init(shop, old), 1, "documents/ holds 300 files already", "git mv documents old-documents", "docctl new")
    assert look(old) == before
    run("git", "mv", "documents", "old-documents", at=old)
    told(_init(shop, old), 1, "documents/ holds 300 files already")  # the commit still holds them
    run("git", "commit", "-qm", "aside", at=old)
    begun = _init(shop, old)
    assert begun.code == 0, begun.said
    shown = json.loads(docctl(shop, "-C", str(old), "status", "--format", "json").said)
    assert (shown["in_force"], shown["open"]) == ([], [])
    for words in (("check",), ("verify",)):
        ran = docctl(shop, "-C", str(old), *words)
        assert ran.code == 0, ran.said
    assert (old / "mkdocs.yml").read_text(encoding="utf-8") == "site_name: 旧站\n"
    assert (old / ".gitattributes").read_text().startswith("*.docx binary\n")
    assert len(list((old / "old-documents").rglob("*.md"))) == 300


def test_r74_a_file_without_a_number_under_documents_is_told_by_its_name(shop):
    shop.git("switch", "-q", "-c", "doc/x")
    shop.put("documents/旧 文件/说明.md", "# 旧\n")
    shop.git("add", "-A")
    refused = shop.tried("git", "commit", "-m", "x", DOCCTL_LANG="zh")
    assert refused.code == 1
    assert re.search("documents/旧 文件/说明.md", refused.said)
