"""A library begins: in a repository with another branch, in a folder of a repository, in a worktree; and drafts that are moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from .faultroom import docctl, prepared, told
from .workshop import Workshop, run

PEOPLE = (
    ("wang.fang", "process-owner:operations"),
    ("li.ming", "department-head@operations:operations"),
    ("chen.jing", "document-controller:quality"),
)


@pytest.fixture
def firm(base, tmp_path) -> Workshop:
    """A repository with code on `trunk`, and no library yet."""
    shop = Workshop(tmp_path, base.keys)
    shop.office.mkdir()
    shop.git("init", "-q", "-b", "trunk")
    shop.put("src/main.c", "code\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "code")
    return shop


def begun(shop: Workshop, *words: str, code: int = 0):
    people = [word for who, roles in PEOPLE for word in ("--person", f"{who}:{who}:{shop.keys / who}.pub:{roles}")]
    root = ("--root-person", "chen.jing", "--root-key", str(shop.keys / "root-chen.jing"))
    ran = docctl(shop, *words, "--organisation", "Example", "--scheme", "number", *people, *root)
    assert ran.code == code, ran.said
    return ran


def issued(shop: Workshop, place: Path, number: str = "ITSM-WI-01") -> str:
    """An instruction is drafted, signed and released; what was said last."""
    said = ""
    for hour, (who, *words) in enumerate(
        (
            ("wang.fang", "new", "instruction", number, "Title", "--department", "operations"),
            ("wang.fang", "submit", number, "--yes"),
            ("li.ming", "approve", number, "--yes"),
            ("chen.jing", "release", number, "--yes", "--effective", "2026-03-16"),
        )
    ):
        env = {"DOCCTL_KEY": str(shop.keys / who), "DOCCTL_NOW": f"2026-03-10T{hour + 2:02d}:00:00Z"}
        if words[0] == "submit":
            text = next(place.rglob("ITSM-WI-01*/index.md"))
            text.write_text(text.read_text().rstrip("\n") + "\n\nDo it.\n")
        done = docctl(shop, "-C", str(place), *words, **env)
        assert done.code == 0, done.said
        said = done.said
    return said


def test_the_branch_on_which_a_library_begins_is_the_protected_one(firm):
    assert "Protected branch: trunk" in begun(firm, "init", ".").said
    assert "on trunk" in issued(firm, firm.office)
    text = next((firm.office / "documents").rglob("index.md"))
    text.write_text(text.read_text() + "\nEVIL\n")
    firm.stopped("commit", "-a", "-m", "x", says=["DC301"])


def test_a_new_repository_has_main(firm, tmp_path):
    assert "Protected branch: main" in begun(firm, "init", str(tmp_path / "new")).said


def test_a_library_does_not_begin_on_no_branch(firm):
    firm.git("switch", "-q", "--detach")
    told(begun(firm, "init", ".", code=3), 3, "not on a branch")
    assert firm.git("status", "--porcelain", "-uall") == ""


def test_a_library_begins_in_a_folder_of_a_repository(firm):
    for words in (("--library", "quality docs", "init"), ("init", "-C", str(firm.office), "--library", "quality docs/", ".")):
        again = (firm.office / "quality docs").exists()
        said = begun(firm, *words, code=3 if again else 0).said
        assert ("holds a library already" if again else "Library made in quality docs") in said
    assert not (firm.office / "quality docs/.git").exists()
    assert "on trunk" in issued(firm, firm.office / "quality docs")
    firm.git("init", "-q", "--bare", "-b", "trunk", str(firm.server))
    installed = docctl(firm, "server", "install", str(firm.server), "--library", "quality docs", "--rehearsal")
    assert installed.code in (0, 1), installed.said
    firm.git("remote", "add", "origin", str(firm.server))
    firm.git("push", "-q", "origin", "trunk")
    text = next((firm.office / "quality docs/documents").rglob("index.md"))
    text.write_text(text.read_text() + "\nEVIL\n")
    firm.stopped("commit", "-a", "-m", "x", says=["DC301"])
    assert firm.land(firm.commit("evil"), "refs/heads/trunk").code == 1


def test_where_no_library_is_the_option_for_a_folder_is_named(firm):
    begun(firm, "--library", "quality", "init")
    told(docctl(firm, "status"), 3, "--library")


def test_a_library_begins_in_a_worktree(firm, tmp_path):
    firm.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "papers")
    assert "Protected branch: papers" in begun(firm, "init", str(tmp_path / "tree")).said


@pytest.mark.parametrize("way", ["git mv", "mv", "mv and add"])
def test_a_draft_that_was_moved_and_not_committed_is_submitted_where_it_lies(shop, way):
    prepared(shop, ("wang.fang", "new", "procedure", "ITSM-P-09", "搬家", "--department", "operations"))
    old = shop.folder_of("ITSM-P-09").relative_to(shop.office).as_posix()
    new = "documents/moved here/ITSM-P-09-moved"
    shop.put("documents/moved here/.keep")
    words = ("git", "mv") if way == "git mv" else ("mv",)
    assert run(*words, old, new, at=shop.office).code == 0
    (shop.office / "documents/moved here/.keep").unlink()
    if way == "mv and add":
        shop.git("add", "-A")
    prepared(shop, ("wang.fang", "submit", "ITSM-P-09", "--yes"), hour=1)
    names = shop.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "HEAD", "documents")
    assert f"{new}/index.md" in names
    assert f"{old}/" not in names
    assert shop.git("status", "--porcelain") == ""


def test_a_proposal_that_its_only_root_person_signed_says_how_it_lands(firm):
    begun(firm, "init", ".")
    path = firm.office / ".docctl/settings.yaml"
    path.write_text(path.read_text().replace("max_statement_age: 30", "max_statement_age: 20"))
    root = {"DOCCTL_KEY": str(firm.keys / "root-chen.jing"), "DOCCTL_NOW": "2026-03-10T02:00:00Z"}
    proposed = docctl(firm, "rules", "propose", "--reason", "stricter", "--yes", **root)
    assert "`docctl rules sign` lands it" in proposed.said, proposed.said
    assert "yes" in docctl(firm, "rules", "sign", "--yes", **root).said
    assert firm.git("branch", "--show-current") == "trunk"
