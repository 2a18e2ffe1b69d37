"""More ways to bring a bad state in or to have it believed, each named after the attacker's wish (threats A to C)."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from .faultroom import candidate_of, docctl
from .faultroom import told as refused_by
from .workshop import NOW, Workshop, told

P01, P02 = "ITSM-P-01 A/0", "ITSM-P-02 A/2"
FOLDER = "documents/procedures/ITSM-P-01"
PATH = f"{FOLDER}/index.md"


# -- past the client's gates ---------------------------------------------------------------------------------------------


def test_to_commit_what_the_working_file_does_not_show(shop):
    good = shop.text("ITSM-P-01").read_bytes()
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    shop.text("ITSM-P-01").write_bytes(good)
    shop.git("commit", "-q", "--no-verify", "-m", "x")
    shop.refused("DC301", about=[P01], says=[PATH])


def test_to_slip_it_into_a_commit_that_passed(shop):
    shop.put("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "good")
    shop.edit("ITSM-P-01")
    shop.git("commit", "-q", "-a", "--no-verify", "--amend", "--no-edit")
    shop.refused("DC301", about=[P01], says=[PATH])


def test_to_squash_other_bytes_than_the_signed_ones(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit("signed")
    signed = shop.digest("ITSM-P-02")
    shop.edit("ITSM-P-02", r"\Z", "\n签署之后的一句。\n")
    shop.commit("one more sentence")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--squash", "topic")
    shop.stopped("commit", "-m", "x", says=["DC301", P02, signed])
    shop.commit()
    shop.refused("DC301", about=[P02], says=[signed, shop.digest("ITSM-P-02")])


@pytest.mark.parametrize("way", ["option", "setting", "environment"])
def test_to_point_the_hooks_elsewhere(shop, way):
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    if way == "setting":
        shop.git("config", "core.hooksPath", "/nowhere")
    more = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/nowhere"}
    words = ["-c", "core.hooksPath=/dev/null"] if way == "option" else []
    shop.git(*words, "commit", "-q", "-m", "x", **(more if way == "environment" else {}))
    if way == "setting":
        said = docctl(shop, "doctor").said
        assert "hooks are redirected to /nowhere (core.hooksPath)" in said
        assert "git config --unset core.hooksPath" in said
    shop.refused("DC301", about=[P01], says=[PATH])


def test_to_commit_a_submodule_in_place_of_a_document(shop):
    shop.git("init", "-q", "-b", "main", str(shop.folder / "other"), at=shop.folder)
    shop.git("commit", "-q", "--allow-empty", "-m", "x", at=shop.folder / "other")
    shop.git("rm", "-rq", FOLDER)
    shop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(shop.folder / "other"), FOLDER)
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC304", "DC105", FOLDER, "docctl withdraw ITSM-P-01"])
    shop.git("rm", "-q", "--cached", ".gitmodules")
    (shop.office / ".gitmodules").unlink()
    shop.git("commit", "-q", "--no-verify", "-m", "x")
    shop.refused("DC304", "DC105", about=["ITSM-P-01"], says=[FOLDER])


HIDING = ("--skip-worktree", "--assume-unchanged")


@pytest.mark.parametrize("way", HIDING)
def test_to_have_signed_what_git_status_hides(base, tmp_path, way):
    shop = candidate_of(base, tmp_path / "shop")
    path = shop.git("ls-files", "--full-name", "*ITSM-P-03/index.md")
    committed = shop.digest_at("ITSM-P-03", "HEAD")
    shop.git("update-index", way, path)
    shop.edit("ITSM-P-03")
    assert shop.git("status", "--porcelain") == ""
    ran = docctl(shop, "approve", "ITSM-P-03", "--yes", DOCCTL_KEY=str(shop.keys / "zhao.lei"))
    assert ran.code == 0, ran.said
    assert "your working copy differs from the commit being signed" in ran.said
    found = shop.git("ls-files", "statements/ITSM-P-03/*.approve.*.json")
    assert json.loads(shop._blob(f"HEAD:{found}"))["digest"] == committed
    assert "EVIL" not in shop.git("show", f"HEAD:{path}")


def test_to_publish_what_git_status_hides(shop):
    shop.git("update-index", "--skip-worktree", PATH)
    shop.edit("ITSM-P-01")
    ran = docctl(shop, "site", "build", "--output", str(shop.folder / "site"), "--as-of", "2026-03-10")
    assert ran.code == 0, ran.said
    pages = {path: path.read_text("utf-8") for path in (shop.folder / "site").rglob("*.html")}
    assert any("规定变更管理程序" in text for text in pages.values())
    assert not any("EVIL" in text for text in pages.values())


# -- a site of what is not covered ---------------------------------------------------------------------------------------


def swapped(shop: Workshop) -> None:
    path = shop.folder_of("ITSM-P-01") / "flow.png"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")


OUTSIDE = {
    "srcset": '<img srcset="../shared/a.png 1x">',
    "reference": "![x][y]\n\n[y]: ../shared/a.png",
    "percent": "![x](%2e%2e/shared/a.png)",
    "html": '<img src="../shared/a.png">',
    "css": '<div style="background: url(../shared/a.png)">x</div>',
    "plain": "![x](../shared/a.png)",
}
UNCOVERED = {
    "a swapped picture": swapped,
    "another file": lambda shop: shop.put(f"{FOLDER}/extra.pdf"),
    "another text": lambda shop: shop.edit("ITSM-P-01"),
}


@pytest.mark.parametrize("what", UNCOVERED)
def test_to_publish_what_nobody_signed(shop, what):
    UNCOVERED[what](shop)
    shop.commit()
    site = shop.folder / "site"
    ran = docctl(shop, "site", "build", "--output", str(site))
    refused_by(ran, 3, "is not published", "DC301", "ITSM-P-01 A/0", "docctl check")
    assert not site.exists()


@pytest.mark.parametrize("way", OUTSIDE)
def test_to_load_what_lies_outside_the_folder(shop, way):
    """Refused where it is written, where it lands, and where it would be published."""
    shop.put("documents/procedures/ITSM-P-03/index.md", shop.text("ITSM-P-03").read_text("utf-8") + f"\n{OUTSIDE[way]}\n")
    shop.evidence(shop.next("ITSM-P-03", "A/0"))
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["ITSM-P-03", "index.md:"])
    shop.commit()
    shop.refused(about=["ITSM-P-03"])
    refused_by(docctl(shop, "site", "build", "--output", str(shop.folder / "site")), 3, "is not published", "ITSM-P-03")
    assert not (shop.folder / "site").exists()


def test_to_publish_a_branch_that_never_landed(shop):
    """Fully signed, and released by its controller, but not on the official line (C14)."""
    shop.git("checkout", "-q", "-b", "topic")
    shop.evidence(shop.next("ITSM-P-02", "A/2", "从未合入的一句。"), release={"effective_from": "2026-03-09"})
    shop.commit()
    shop.git("tag", "approved")
    shop.git("checkout", "-q", "main")
    for name in ("topic", "approved", shop.head("topic")):
        ran = docctl(shop, "site", "build", "--rev", name, "--output", str(shop.folder / "site"))
        refused_by(ran, 1, "is not on the first-parent history of main", shop.head("topic")[:12])
    assert not (shop.folder / "site").exists()


def test_to_have_a_branch_that_never_landed_verified(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit()
    shop.git("tag", "approved")
    for words in (("verify", "approved", "--root", shop.fingerprint), ("verify", "topic"), ("checkpoint", "topic")):
        ran = docctl(shop, *words)
        refused_by(ran, 1, f"{shop.head()[:12]}) is not on the first-parent history of main", "has landed")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", "land", "topic")
    assert docctl(shop, "verify", "main").code == 0
    assert docctl(shop, "verify", "topic").code == 1  # the way it came by is no official state even now


# -- a history that is believed ------------------------------------------------------------------------------------------


def test_to_have_another_commit_verified_than_the_official_one(shop):
    """HEAD is detached at an old commit, main is a forged one: origin's is judged, and named."""
    tip = shop.head("origin/main")
    shop.edit("ITSM-P-01")
    evil = shop.commit()
    shop.git("checkout", "-q", "--detach", "HEAD~3")
    ran = docctl(shop, "verify")
    assert ran.code == 0
    assert f"judged: origin/main at {tip}" in ran.said
    ran = docctl(shop, "verify", "main")
    assert ran.code == 1
    assert f"judged: main at {evil}" in ran.said
    assert "DC301" in ran.said


def test_to_have_replaced_objects_believed(shop):
    """The server takes no refs/replace; a copy that holds some is read as it truly is, and says so."""
    old = shop.git("rev-parse", f"main:{PATH}")
    shop.git("replace", old, shop.git("hash-object", "-w", "--stdin", feed=b"EVIL\n"))
    assert "EVIL" in shop.git("cat-file", "blob", old)
    ran = docctl(shop, "verify", "--root", shop.fingerprint)
    assert ran.code == 0
    assert f"refs/replace/{old}" in ran.said
    assert "docctl does not follow" in ran.said


def test_to_serve_an_older_copy_than_the_auditor_holds(shop):
    point = str(shop.folder / "cp.json")
    ran = docctl(shop, "checkpoint", "--output", point)
    assert ran.code == 0, ran.said
    tip = shop.head("origin/main")
    shop.git("update-ref", "refs/heads/main", "main~3", at=shop.server)
    shop.git("clone", "-q", str(shop.server), str(shop.folder / "copy"), at=shop.folder)
    shop.office = shop.folder / "copy"
    assert docctl(shop, "verify").code == 0  # nothing in the copy itself shows it
    ran = docctl(shop, "verify", "--checkpoint", point)
    refused_by(ran, 1, "this copy is older than your checkpoint", tip)


def test_to_turn_the_official_line_over(shop):
    """A foxtrot that an administrator forced in: no state is bad, but the line is another one than the checkpoint's."""
    point = str(shop.folder / "cp.json")
    assert docctl(shop, "checkpoint", "--output", point).code == 0
    tip = shop.head("origin/main")
    shop.git("checkout", "-q", "-b", "s", "HEAD~1")
    shop.put("README.md")
    shop.commit()
    shop.git("merge", "-q", "--no-verify", "-m", "foxtrot", "main")
    shop.git("push", "-q", "--no-verify", "origin", "HEAD:refs/heads/topic")
    shop.git("update-ref", "refs/heads/main", "refs/heads/topic", at=shop.server)
    shop.git("fetch", "-q", "origin")
    ran = docctl(shop, "verify", "--checkpoint", point)
    refused_by(ran, 1, "older than your checkpoint, or has another past", tip)


# -- a server without its gate -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["not executable", "redirected", "missing"])
def test_to_disarm_the_server(shop, way):
    hook = shop.server / "hooks/pre-receive"
    if way == "not executable":
        hook.chmod(0o644)
    elif way == "redirected":
        shop.git("config", "core.hooksPath", "/nowhere", at=shop.server)
    else:
        hook.unlink()
    ran = docctl(shop, "server", "check", str(shop.server))
    assert ran.code == 1
    assert "/nowhere (core.hooksPath)" in ran.said or "pre-receive" in ran.said
    assert "Traceback" not in ran.said
    shop.edit("ITSM-P-01")
    evil = shop.commit()
    assert shop.land().code == 0  # git lets it pass and says nothing
    shop.git("fetch", "-q")
    ran = docctl(shop, "verify")
    assert ran.code == 1
    told(ran.said, f"first at commit {evil}", "DC301", P01)


# -- two at once ---------------------------------------------------------------------------------------------------------


def test_to_lose_an_approval_between_two_releases(shop):
    """Both passed the gate before either moved the branch: git lets one through, the other fetches and lands again."""
    slow = shop.server / "hooks/pre-receive.before-docctl"
    slow.write_text("#!/bin/sh\ncat > /dev/null\nmkdir held 2>/dev/null || exit 0\nwhile [ ! -e go ]; do sleep 0.05; done\n")
    slow.chmod(0o755)
    first, second = (released_in_a_clone(shop, *each) for each in (("ITSM-P-01", "A/1"), ("ITSM-P-02", "A/2")))
    held = subprocess.Popen(
        ["git", "push", "origin", "main"],
        cwd=first.office,
        env={**os.environ, "DOCCTL_NOW": NOW},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (shop.server / "held").exists():
        time.sleep(0.02)
    assert second.land().code == 0
    tip = shop.head("main", at=shop.server)
    (shop.server / "go").touch()
    said = held.communicate(timeout=60)[1]
    assert held.returncode == 1
    assert shop.head("main", at=shop.server) == tip
    assert "failed to update ref" in said
    again = first.land()
    assert again.code == 1
    assert "fetch" in again.said
    first.git("fetch", "-q", "origin")
    made = first.head()
    first.git("reset", "-q", "--hard", "origin/main")
    first.git("cherry-pick", made)
    first.accepted()
    landed = shop.git("ls-tree", "-r", "--name-only", "main", "statements/", at=shop.server)
    assert {(number, landed.count(f"statements/{number}/")) for number in ("ITSM-P-01/A-1", "ITSM-P-02/A-2")} == {
        ("ITSM-P-01/A-1", 10), ("ITSM-P-02/A-2", 10)}  # fmt: skip


def released_in_a_clone(shop: Workshop, number: str, version: str) -> Workshop:
    """Somebody's clone with a release of a document that nobody sent yet."""
    clone = Workshop(shop.folder, shop.keys)
    clone.office = shop.folder / number
    shop.git("clone", "-q", str(shop.server), str(clone.office), at=shop.folder)
    clone.evidence(clone.next(number, version))
    clone.commit(f"Release {number} {version}")
    return clone
