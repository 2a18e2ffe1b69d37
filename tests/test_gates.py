"""The client's gates, asked by stock git: every way to commit, exactly the bytes that git is about to write (threats A)."""

from __future__ import annotations

from pathlib import Path

import pytest

from docctl import hooks

from .test_history import side
from .workshop import Workshop, told
from .workshop_base import put_rules

P01 = "ITSM-P-01 A/0"
PATH = "documents/procedures/ITSM-P-01/index.md"


def evil(shop):
    """An edit of a text in force, in the office's files."""
    return shop.edit("ITSM-P-01")


# -- ways to commit ------------------------------------------------------------------------------------------------------


def test_commit(shop):
    evil(shop)
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC301", P01, f"{PATH}:5", "docctl revise ITSM-P-01"])


def test_commit_all(shop):
    evil(shop)
    shop.stopped("commit", "-a", "-m", "x", says=["DC301", P01])


def test_partial_commit(shop):
    evil(shop)
    shop.put("README.md")
    shop.git("add", "README.md")
    shop.stopped("commit", "-m", "x", "--", PATH, says=["DC301", P01])


def test_partial_commit_leaves_the_evil_behind(shop):
    evil(shop)
    shop.put("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-m", "x", "--", "README.md")
    assert shop.git("diff", "--cached", "--name-only") == PATH
    shop.stopped("commit", "-m", "x", says=["DC301", P01])


def test_partial_commit_with_include(shop):
    evil(shop)
    shop.put("README.md")
    shop.git("add", "README.md")
    shop.stopped("commit", "-m", "x", "--include", "--", PATH, says=["DC301", P01])


def test_the_index_is_evil_and_the_file_is_clean(shop):
    good = shop.text("ITSM-P-01").read_bytes()
    evil(shop).parent.joinpath("flow.png").touch()
    shop.git("add", "-A")
    shop.text("ITSM-P-01").write_bytes(good)
    shop.stopped("commit", "-m", "x", says=["DC301", P01, "what is staged is refused"])


def test_the_index_is_clean_and_the_file_is_evil(shop):
    evil(shop)
    shop.put("notes/x.txt")
    shop.git("add", "notes")
    said = shop.git("commit", "-m", "notes")
    assert "ITSM" not in said


def test_some_hunks_only(shop):
    text = shop.text("ITSM-P-03")
    before = text.read_text(encoding="utf-8")
    text.write_text(before.replace("ITSM-P-03\ntitle", "ITSM-P-33\ntitle") + "\n好。\n", encoding="utf-8")
    ran = shop.tried("git", "add", "-p", feed=b"y\nn\n")
    assert ran.code == 0
    assert "ITSM-P-33" in shop.git("diff", "--cached")
    shop.stopped("commit", "-m", "x", says=["DC103", "ITSM-P-03"])
    shop.git("reset", "-q")
    shop.tried("git", "add", "-p", feed=b"n\ny\n")
    shop.git("commit", "-m", "the good hunk")


def test_amend(shop):
    shop.put("README.md")
    shop.commit()
    evil(shop)
    shop.git("add", "-A")
    shop.stopped("commit", "--amend", "--no-edit", says=["DC301", P01])


def test_another_index(shop):
    evil(shop)
    index = str(shop.folder / "index")
    shop.git("read-tree", "HEAD", GIT_INDEX_FILE=index)
    shop.git("add", PATH, GIT_INDEX_FILE=index)
    shop.stopped("commit", "-m", "x", GIT_INDEX_FILE=index, says=["DC301", P01])


def test_intent_to_add_is_not_yet_written(shop):
    shop.put("documents/stray.md")
    shop.git("add", "-N", "documents/stray.md")
    shop.put("notes/x.txt")
    shop.git("add", "notes")
    shop.git("commit", "-m", "x")


def test_taken_out_and_put_back_altered(shop):
    shop.git("rm", "-q", "--cached", PATH)
    evil(shop)
    shop.git("add", "-f", PATH)
    shop.stopped("commit", "-m", "x", says=["DC301", P01])


def test_from_inside_the_folder(shop):
    evil(shop)
    folder = shop.folder_of("ITSM-P-01")
    shop.git("add", "-A", at=folder)
    shop.stopped("commit", "-m", "x", at=folder, says=["DC301", f"{PATH}:5"])


def test_in_a_worktree(shop):
    tree = shop.folder / "tree"
    shop.git("worktree", "add", "-q", "--detach", str(tree))
    path = tree / PATH
    path.write_bytes(path.read_bytes() + b"\nEVIL\n")
    before = shop.head(at=tree)
    ran = shop.tried("git", "commit", "-a", "-m", "x", at=tree)
    assert ran.code != 0
    told(ran.said, "DC301", P01)
    assert shop.head(at=tree) == before


def test_on_no_branch(shop):
    shop.git("checkout", "-q", "--detach")
    evil(shop)
    shop.stopped("commit", "-a", "-m", "x", says=["DC301", P01])


def test_with_another_work_tree(shop):
    evil(shop)
    shop.stopped("--git-dir", str(shop.office / ".git"), "--work-tree", str(shop.office), "commit", "-a", "-m", "x",
                 at=shop.folder, says=["DC301", P01])  # fmt: skip


def test_fixup_and_squash_messages(shop):
    evil(shop)
    shop.stopped("commit", "-a", "--fixup", "HEAD", says=["DC301"])


def test_empty_commit_is_nobody_s_business(shop):
    shop.git("commit", "--allow-empty", "-m", "x")


# -- merges --------------------------------------------------------------------------------------------------------------


def test_merge_of_an_evil_branch(shop):
    side(shop, "evil", evil=True)
    shop.stopped("merge", "--no-ff", "-m", "x", "evil", says=["DC301", P01])


def test_evil_inside_a_merge(shop):
    side(shop, "good")
    shop.git("merge", "--no-ff", "--no-commit", "good")
    evil(shop)
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "merge", says=["DC301", P01])


def test_octopus(shop):
    for name in ("o1", "o2"):
        side(shop, name)
    side(shop, "o3", evil=True)
    shop.put("README.md")
    shop.commit()
    shop.stopped("merge", "-m", "x", "o1", "o2", "o3", says=["DC301", P01])


def test_squash(shop):
    side(shop, "evil", evil=True)
    shop.git("merge", "--squash", "evil")
    shop.stopped("commit", "-m", "x", says=["DC301", P01])


def test_conflict_marks(shop):
    shop.git("checkout", "-q", "-b", "one")
    shop.edit("ITSM-P-03", r"\Z", "\n一。\n")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.edit("ITSM-P-03", r"\Z", "\n二。\n")
    shop.commit()
    assert shop.tried("git", "merge", "one").code != 0
    shop.git("add", "-A")
    said = shop.stopped("commit", "-m", "x", says=["ITSM-P-03"])
    assert "<<<<<<<" in said or "conflict" in said


def test_the_state_before_a_merge_is_decided_is_not_judged(shop):
    shop.git("checkout", "-q", "-b", "one")
    shop.edit("ITSM-P-03", r"\Z", "\n一。\n")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.edit("ITSM-P-03", r"\Z", "\n二。\n")
    shop.commit()
    shop.git("merge", "one", fine=False)
    ran = shop.tried("sh", ".git/hooks/pre-commit")
    assert ran.code == 3
    told(ran.said, "a merge is not finished", "ITSM-P-03")


# -- what git commits without asking -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way", ["cherry-pick", "revert", "rebase", "fast-forward", "am", "plumbing", "hooksPath", "config-env", "no-verify"]
)
def test_what_no_commit_hook_sees_stops_before_the_push(shop, way):
    bring(shop, way)
    (shop.server / "hooks/pre-receive").chmod(0o644)  # so that only the client can refuse
    before = shop.refs()
    ran = shop.tried("git", "push", "origin", "main")
    assert ran.code == 1
    assert shop.refs() == before
    told(ran.said, "DC301", P01, shop.head()) if way != "revert" else told(ran.said, "DC601")


def bring(shop: Workshop, way: str) -> None:
    """An edit of a text in force on main, in a way that passes the client's commit gates."""
    if way in {"cherry-pick", "rebase", "fast-forward", "am"}:
        made = side(shop, "evil", evil=True)
    if way == "cherry-pick":
        shop.git("cherry-pick", made)
    elif way == "revert":
        commit = shop.git("log", "--first-parent", "--format=%H", "-F", "--grep=Release ITSM-P-02 A/1", "-1")
        shop.git("revert", "--no-edit", "-m", "1", commit)
    elif way == "rebase":
        shop.git("rebase", "-q", "main", "evil")
        shop.git("checkout", "-q", "-B", "main")
    elif way == "fast-forward":
        shop.git("merge", "-q", "--ff-only", "evil")
    elif way == "am":
        shop.git("am", "-q", feed=(shop.git("format-patch", "-1", "--stdout", "--binary", "evil") + "\n").encode())
    else:
        evil(shop)
        shop.git("add", "-A")
        if way == "plumbing":
            commit = shop.git("commit-tree", shop.git("write-tree"), "-p", "HEAD", "-m", "x")
            shop.git("update-ref", "HEAD", commit)
        elif way == "hooksPath":
            shop.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "x")
        elif way == "config-env":
            more = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/nonexistent"}
            shop.git("commit", "-q", "-m", "x", **more)
        else:
            shop.git("commit", "-q", "-n", "-m", "x")


# -- branches ------------------------------------------------------------------------------------------------------------


def test_a_topic_branch_may_not_change_a_text_under_its_label(shop):
    shop.git("checkout", "-q", "-b", "topic")
    evil(shop)
    shop.stopped("commit", "-a", "-m", "x", says=["DC301", P01])


def test_a_topic_branch_may_not_claim_what_nobody_submitted(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.next("ITSM-P-02", "A/2")
    shop.stopped("commit", "-a", "-m", "x", says=["DC201", "ITSM-P-02 A/2", "docctl submit ITSM-P-02"])


def test_a_topic_branch_may_not_lose_evidence(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.git("rm", "-rq", "statements/ITSM-P-01")
    shop.stopped("commit", "-m", "x", says=["DC601", "statements/ITSM-P-01"])


def test_the_protected_branch_asks_for_everything(shop):
    shop.next("ITSM-P-02", "A/2")
    shop.evidence("ITSM-P-02", approve=None, release=None)
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC202", "ITSM-P-02 A/2", "missing: approve by Management representative"])
    shop.git("checkout", "-q", "-b", "topic")
    shop.git("commit", "-m", "on a topic branch")


def test_rule_files_that_only_a_pattern_names(shop):
    for path in ("mkdocs.yaml", ".woodpecker.yml", "mkdocs.site.yml", ".gitlab-ci.deploy.yml", "overrides/main.html"):
        shop.put(path, "x: y\n")
        shop.git("add", path)
        shop.stopped("commit", "-m", "x", says=["DC701", path])
        shop.git("rm", "-q", "--cached", path)


def test_twins_in_another_letter_case(shop):
    shop.stage("Documents/x.md", "x\n")
    shop.stopped("commit", "-m", "x", says=["DC105", "Documents/x.md"])


def test_a_library_in_a_folder_of_a_repository(shop, tmp_path):
    """The gates look at the library's folder and leave the rest alone (--library)."""
    whole = in_a_folder(shop, tmp_path / "whole")
    (whole / "documents").mkdir()
    (whole / "documents/free.md").write_text("nobody's business\n")
    shop.git("add", "-A", at=whole)
    shop.git("commit", "-q", "-m", "outside", at=whole)
    path = whole / "lib dir" / PATH
    path.write_bytes(path.read_bytes() + b"\nEVIL\n")
    ran = shop.tried("git", "commit", "-a", "-m", "x", at=whole)
    assert ran.code != 0
    told(ran.said, "DC301", P01, f"{PATH}:5")


def in_a_folder(shop: Workshop, whole: Path) -> Path:
    """A repository that holds the base library in its folder `lib dir`, with gates for that folder."""
    shop.git("init", "-q", "-b", "main", str(whole), at=whole.parent)
    shop.git("fetch", "-q", str(shop.office), "main", at=whole)
    shop.git("read-tree", "--prefix=lib dir/", "-u", "FETCH_HEAD", at=whole)
    shop.git("commit", "-q", "-m", "a library in a folder", at=whole)
    hooks.install(str(whole / ".git/hooks"), hooks.CLIENT, "lib dir")
    return whole


def test_the_first_commit_of_a_library(shop, tmp_path, keys):
    first = Workshop(tmp_path, keys)
    first.office.mkdir()
    first.git("init", "-q", "-b", "main")
    hooks.install(str(first.office / ".git/hooks"), hooks.CLIENT)
    put_rules(first)
    first.git("add", "-A")
    ran = first.tried("git", "commit", "-m", "no record yet")
    assert ran.code == 1  # git's own code for whatever its hook says
    told(ran.said, "docctl could not check this", "there is no rules record", "docctl init")
    first.day = "2026-01-05"
    first.rules_record("zhao.lei")
    first.git("add", "-A")
    ran = first.tried("git", "commit", "-m", "one of two")
    assert ran.code == 1
    told(ran.said, "DC704", "1 of 2")
    first.rules_record(n=1, previous=None)
    first.git("add", "-A")
    first.git("commit", "-m", "begin")


def test_plain_commits_where_there_is_no_library(shop, tmp_path):
    shop.git("init", "-q", "-b", "main", str(tmp_path / "plain"))
    plain = tmp_path / "plain"
    hooks.install(str(plain / ".git/hooks"), hooks.CLIENT)
    (plain / "README.md").write_text("x\n")
    shop.git("add", "-A", at=plain)
    shop.git("commit", "-q", "-m", "x", at=plain)


def test_a_sha256_repository(shop, tmp_path, keys):
    first = Workshop(tmp_path, keys)
    first.office.mkdir()
    first.git("init", "-q", "-b", "main", "--object-format=sha256")
    hooks.install(str(first.office / ".git/hooks"), hooks.CLIENT)
    put_rules(first)
    first.day = "2026-01-05"
    first.rules_record()
    first.git("add", "-A")
    first.git("commit", "-m", "begin")
    first.put("documents/stray.md")
    first.git("add", "-A")
    first.stopped("commit", "-m", "x", says=["DC105", "documents/stray.md"])
