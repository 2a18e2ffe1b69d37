"""What a push might slip past the server's gate: names that stand for others, folders that git would not write (threats B, H06).

Each is refused, moves nothing and is told in one sentence.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from docctl.repository import Repository

from .workshop import told
from .workshop_base import read_people, write_people

P01 = "documents/procedures/ITSM-P-01"
MAIN = "refs/heads/main"


def refused(shop, what="HEAD", to=MAIN, *says, **env):
    """The server takes nothing of a push; what was said."""
    before = shop.refs()
    ran = shop.land(what, to, **env)
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    return told(ran.said, *says)


# -- names ---------------------------------------------------------------------------------------------------------------


def test_to_push_to_another_name_of_the_protected_branch(shop):
    """After a branch was renamed, `master` is often kept as a symbolic name of `main`; git moves main, but tells its hook "master"."""
    shop.git("symbolic-ref", "refs/heads/master", MAIN, at=shop.server)
    shop.edit("ITSM-P-01")
    shop.commit()
    refused(shop, "HEAD", "refs/heads/master", "DC602", "refs/heads/master", MAIN)


def test_to_push_to_a_link_of_the_protected_branch(shop):
    shop.git("update-ref", MAIN, MAIN, at=shop.server)
    (shop.server / MAIN).parent.mkdir(exist_ok=True)
    (shop.server / "refs/heads/master").symlink_to("refs/heads/main")
    shop.edit("ITSM-P-01")
    shop.commit()
    refused(shop, "HEAD", "refs/heads/master", "DC602", "refs/heads/master")


def test_to_begin_the_protected_branch_under_another_name(shop):
    """An empty server: the other name leads to a branch that is not there yet."""
    shop.git("update-ref", "-d", MAIN, at=shop.server)
    shop.git("symbolic-ref", "refs/heads/master", MAIN, at=shop.server)
    refused(shop, "HEAD", "refs/heads/master", "DC602")


def test_to_push_to_what_the_protected_branch_stands_for(shop):
    shop.git("update-ref", "refs/heads/trunk", "main", at=shop.server)
    shop.git("update-ref", "-d", MAIN, at=shop.server)
    shop.git("symbolic-ref", MAIN, "refs/heads/trunk", at=shop.server)
    shop.edit("ITSM-P-01")
    shop.commit()
    refused(shop, "HEAD", "refs/heads/trunk", "DC301", "ITSM-P-01 A/0")


def test_to_reach_the_receipts_under_another_name(shop):
    shop.git("symbolic-ref", "refs/heads/rc", "refs/docctl/receipts", at=shop.server)
    refused(shop, "HEAD", "refs/heads/rc", "DC602", "refs/docctl/receipts")


TAKEN = ["HEAD", "head", "refs/heads/main", "refs/tags/x", "a" * 40, "0" * 64, "main/x", "MAIN/x"]


@pytest.mark.parametrize("name", TAKEN)
def test_to_push_a_name_that_means_something_else(shop, name):
    shop.git("update-ref", "-d", MAIN, at=shop.server)
    refused(shop, "HEAD", f"refs/heads/{name}", "DC602", name)


def test_to_hide_a_push_in_a_namespace(shop):
    refused(shop, "HEAD", MAIN, "DC602", "elsewhere", "namespace", GIT_NAMESPACE="elsewhere")


@pytest.mark.parametrize("name", ["doc/ITSM-P-01/A-1", "mainline", "feature/HEAD", "refs", "deadbeef", "x/main"])
def test_an_ordinary_topic_branch_is_taken(shop, name):
    assert shop.land("HEAD", f"refs/heads/{name}").code == 0


# -- a protected branch of another name ------------------------------------------------------------------------------------


def renamed(shop):
    """The rules call another branch the protected one; they have landed on main."""
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("protected_branch: main", "protected_branch: trunk"), encoding="utf-8"
    )
    shop.rules_record()
    shop.commit("Rules record 3: the protected branch is trunk")
    assert shop.land().code == 0


def test_to_begin_a_renamed_branch_at_an_older_state(shop):
    older = shop.head("main~2")
    renamed(shop)
    refused(shop, older, "refs/heads/trunk", "DC602")


def test_to_have_a_renamed_branch_ready_with_another_history(shop):
    older = shop.head("main~2")
    assert shop.land(older, "refs/heads/trunk").code == 0
    renamed(shop)
    shop.git("checkout", "-q", older)
    shop.put("README.md")
    shop.commit()
    refused(shop, "HEAD", "refs/heads/trunk", "DC602")


def test_a_renamed_branch_goes_on_where_the_old_one_ended(shop):
    renamed(shop)
    shop.put("README.md")
    shop.commit()
    assert shop.land("HEAD~1", "refs/heads/trunk").code == 0
    assert shop.land("HEAD", "refs/heads/trunk").code == 0
    shop.put("README.md", "more\n")
    shop.commit()
    assert shop.land("HEAD", "refs/heads/trunk").code == 0


# -- folders that git would not write --------------------------------------------------------------------------------------


def listed(shop, folder):
    """Mode, name and id of everything in a stored folder."""
    data = subprocess.run(["git", "cat-file", "tree", folder], cwd=shop.office, capture_output=True, check=True).stdout
    return re.findall(rb"([0-7]+) ([^\0]+)\0(.{20})", data, re.DOTALL)


def stored(shop, items):
    """The id of a folder with these names, made by plumbing that does not look."""
    items = sorted(items, key=lambda item: item[1] + (b"/" if item[0].endswith(b"40000") else b""))
    data = b"".join(b"%b %b\0%b" % item for item in items)
    return bytes.fromhex(shop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=data))


def after(shop, folder, change, top="HEAD^{tree}"):
    """A commit after HEAD in which `change` is made to the names of one folder, and nothing else."""

    def made(key, parts):
        items = listed(shop, key)
        if not parts:
            return stored(shop, change(items))
        return stored(
            shop, [(mode, name, made(key.hex(), parts[1:]) if name.decode() == parts[0] else key) for mode, name, key in items]
        )

    key = made(shop.git("rev-parse", top), folder.split("/") if folder else []).hex()
    return shop.git("commit-tree", key, "-p", "HEAD", "-m", "x")


def with_mode(mode, kind):
    """Everything of one mode gets another spelling of it."""
    return lambda items: [(mode if each == kind else each, name, key) for each, name, key in items]


def with_folder(name, shop):
    """One more folder, without names."""
    key = stored(shop, [])
    return lambda items: [*items, (b"40000", name, key)]


@pytest.mark.parametrize("check", ["true", "false"])
@pytest.mark.parametrize("folder", [P01, "notes/deep", ""])
def test_to_spell_a_mode_otherwise(shop, folder, check):
    """Git's listings of changes see no change in it, so that a gate which reads those alone lets the state through."""
    shop.git("config", "receive.fsckObjects", check, at=shop.server)
    shop.put("notes/deep/a.txt")
    shop.commit()
    assert shop.land().code == 0
    commit = after(shop, folder, with_mode(b"100664", b"100644"))
    refused(shop, commit, MAIN, "DC602", f"/{folder}", "git would not write")
    assert shop.verdict(commit).fine  # git reads it as an ordinary file, and so does verify


def test_to_spell_a_folder_otherwise(shop):
    shop.git("config", "receive.fsckObjects", "false", at=shop.server)
    commit = after(shop, "documents", with_mode(b"040000", b"40000"))
    refused(shop, commit, MAIN, "DC602", "/documents")


@pytest.mark.parametrize("name", [b"ITSM-P-77", b"aaa", b".x"])
@pytest.mark.parametrize("folder", ["documents", "statements", "notes"])
def test_to_take_a_number_s_place_with_an_empty_folder(shop, folder, name):
    shop.put("notes/a.txt")
    shop.commit()
    assert shop.land().code == 0
    refused(shop, after(shop, folder, with_folder(name, shop)), MAIN, "DC602", f"/{folder}")


def test_an_empty_folder_is_no_second_place_of_a_number(shop):
    """Where no server stood in the way, it is passed over as git passes it over."""
    commit = after(shop, "documents", with_folder(b"ITSM-P-01", shop))
    with Repository.open(str(shop.office)) as repository:
        assert "ITSM-P-01" not in repository.tree(commit).listing("documents")
    assert shop.verdict(commit).fine


def test_to_hide_an_empty_folder_behind_a_repair_in_the_same_push(shop):
    good = shop.head()
    bad = after(shop, "documents", with_folder(b"aaa", shop))
    tip = shop.git("commit-tree", f"{good}^{{tree}}", "-p", bad, "-m", "y")
    assert bad in refused(shop, tip, MAIN, "DC602", "/documents")


def test_old_code_with_old_modes_may_become_a_library(shop):
    """What was there before the library began was written by the git of its day."""
    first = shop.git("rev-list", "--max-parents=0", "main")
    folder = stored(shop, [(b"100664", b"old.c", bytes.fromhex(shop.git("hash-object", "-w", "--stdin", feed=b"x\n")))])
    old = shop.git("commit-tree", stored(shop, [(b"40000", b"src", folder)]).hex(), "-m", "old code")
    tree = stored(shop, [*listed(shop, f"{first}^{{tree}}"), (b"40000", b"src", folder)]).hex()
    begun = shop.git("commit-tree", tree, "-p", old, "-m", "library")
    shop.git("update-ref", "-d", MAIN, at=shop.server)
    shop.git("config", "receive.fsckObjects", "false", at=shop.server)
    ran = shop.land(begun)
    assert ran.code == 0, ran.said
    assert shop.verdict(begun).fine


def test_honest_rules_change_still_lands(shop):
    people = read_people(shop)
    people["people"]["wang.fang"]["name_en"] = "Wang Fang"
    write_people(shop, people)
    shop.rules_record()
    shop.commit()
    shop.accepted()
