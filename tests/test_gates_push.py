"""The server's gate, asked by stock git push: names, moves, and every new state of the protected branch (threats B, C, J)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docctl import server

from .test_history import release_of, side
from .workshop import ROOTS, Workshop, run, told
from .workshop_base import put_rules

P01 = "ITSM-P-01 A/0"


def pushed(shop, *refspecs, **env):
    return shop.tried("git", "push", "--no-verify", "-f", "origin", *refspecs, **env)


def stays(shop, *refspecs, says=(), **env):
    """A push that is refused as a whole; what was said."""
    before = shop.refs()
    ran = pushed(shop, *refspecs, **env)
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    return told(ran.said, *says)


@pytest.fixture
def bare_rules(shop):
    """A server whose own safeguards are off: the gate stands alone."""
    for name in ("receive.denyDeletes", "receive.denyNonFastForwards", "receive.fsckObjects", "transfer.fsckObjects"):
        shop.git("config", name, "false", at=shop.server)
    return shop


# -- moves of main -------------------------------------------------------------------------------------------------------


def test_main_is_not_rewritten(bare_rules):
    shop = bare_rules
    stays(shop, "HEAD~2:refs/heads/main", says=["DC602", "refs/heads/main", "history may not be rewritten"])
    shop.git("reset", "-q", "--hard", "HEAD~2")
    shop.put("README.md")
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["DC602", "history may not be rewritten"])


def test_main_is_not_deleted(bare_rules):
    stays(bare_rules, ":refs/heads/main", says=["DC602", "refs/heads/main", "may not be deleted"])


def test_main_s_tip_is_the_first_parent_of_what_follows(shop):
    shop.git("checkout", "-q", "-b", "s", "HEAD~1")
    shop.put("README.md")
    shop.commit()
    shop.git("merge", "-q", "--no-verify", "-m", "foxtrot", "main")
    assert shop.head("HEAD^2") == shop.head("origin/main")
    stays(shop, "HEAD:refs/heads/main", says=["DC602", "first parent"])


def test_a_second_beginning_is_refused_even_before_the_library_s_own(shop):
    shop.git("checkout", "-q", "--orphan", "other")
    shop.git("rm", "-rfq", ".")
    shop.put("x.txt")
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["DC602", "history may not be rewritten"])


def test_a_tag_object_is_no_commit_of_main(shop):
    shop.put("README.md")
    shop.commit()
    shop.git("tag", "-a", "-m", "x", "t")
    ran = pushed(shop, "t:refs/heads/main")
    assert ran.code != 0
    assert "Traceback" not in ran.said


def test_two_names_at_once_good_topic_and_bad_main(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.put("README.md")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.edit("ITSM-P-01")
    shop.commit()
    before = shop.refs()
    ran = pushed(shop, "topic:refs/heads/topic", "main:refs/heads/main")
    assert ran.code == 1
    assert shop.refs() == before  # not even the good one: git asks the gate once for all
    told(ran.said, "DC301", P01, shop.head("main"))
    stays(shop, "main:refs/heads/main", "topic:refs/heads/topic", says=["DC301"])


# -- names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["topic", "doc/ITSM-P-02/A-2", "rules/0003", "a.b_c-1"])
def test_topic_branches_move_freely(bare_rules, name):
    shop = bare_rules
    shop.edit("ITSM-P-01")
    shop.commit("a draft of anything")
    assert pushed(shop, f"HEAD:refs/heads/{name}").code == 0
    shop.git("commit", "-q", "--amend", "--no-verify", "-m", "again")
    assert pushed(shop, f"HEAD:refs/heads/{name}").code == 0
    assert pushed(shop, f":refs/heads/{name}").code == 0


ODD = (
    "refs/heads/-x", "refs/heads/.x/y", "refs/heads/Main", "refs/heads/MAIN", "refs/heads/信息", "refs/heads/a b", "refs/heads/a\u2028b",
    "refs/heads/a\u202eb", "refs/heads/a\u0085b", "refs/heads/a'b", "refs/heads/$(x)", "refs/heads/a;b", "refs/heads/a|b",
    "refs/tags/v1", "refs/notes/commits", "refs/replace/" + "0" * 40, "refs/stash", "refs/meta/config", "refs/for/main",
    "refs/remotes/origin/main", "refs/original/refs/heads/main", "refs/pull/1/head", "refs/bisect/bad",
)  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_other_names_are_refused(shop, name):
    """Asked as git asks, as stock git would not even send some of them."""
    said = asked(shop, name)
    told(said, "DC602", "names of this kind are not accepted")
    assert not re.search("[\u2028\u202e\u0085]", said)


def asked(shop: Workshop, name: str, old: str = "0" * 40, new: str = "", code: int = 1) -> str:
    """What the gate says to one move."""
    line = f"{old} {new or shop.head()} {name}\n".encode()
    ran = run("hooks/pre-receive", at=shop.server, feed=line, env={"GIT_DIR": "."})
    assert ran.code == code, ran.said
    return ran.said


def test_notes_and_replacements_do_not_arrive(shop):
    shop.git("notes", "add", "-m", "approved by zhao.lei")
    stays(shop, "refs/notes/*:refs/notes/*", says=["DC602", "refs/notes/commits"])
    old = shop.git("rev-parse", "main:documents/procedures/ITSM-P-01/index.md")
    shop.git("replace", old, shop.git("hash-object", "-w", "--stdin", feed=b"EVIL\n"))
    stays(shop, "refs/replace/*:refs/replace/*", says=["DC602", f"refs/replace/{old}"])


@pytest.mark.parametrize("name", ["receipts", "checkpoints", "x/y"])
def test_the_server_s_own_names(shop, name):
    stays(shop, f"HEAD:refs/docctl/{name}", says=["DC602", f"refs/docctl/{name}", "only by the server"])


# -- release tags --------------------------------------------------------------------------------------------------------


@pytest.fixture
def tagged(bare_rules):
    """A release tag on the server."""
    ran = pushed(bare_rules, f"{release_of(bare_rules, P01)}:refs/tags/rel/ITSM-P-01/A-0")
    assert ran.code == 0, ran.said
    return bare_rules


def test_a_release_tag_stays(tagged):
    stays(tagged, "+HEAD:refs/tags/rel/ITSM-P-01/A-0", says=["DC602", "release tags are permanent"])
    stays(tagged, ":refs/tags/rel/ITSM-P-01/A-0", says=["DC602", "release tags are permanent"])


@pytest.mark.parametrize("name", ["ITSM-P-01/A-1", "ITSM-P-77/A-0", "ITSM-P-03/A-0", "x", "ITSM-P-01/A/0", "ITSM-P-01"])
def test_a_release_tag_says_what_is_released_there(shop, name):
    stays(shop, f"HEAD:refs/tags/rel/{name}", says=["DC602", "release tags"])


def test_a_release_tag_points_at_the_official_line(shop):
    side(shop, "draft")
    stays(shop, "draft:refs/tags/rel/ITSM-P-01/A-0", says=["DC602"])
    shop.git("tag", "-a", "-m", "x", "t", release_of(shop, P01))
    stays(shop, "t:refs/tags/rel/ITSM-P-01/A-0", says=["DC602"])


def test_a_release_tag_comes_after_its_landing(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit()
    ran = pushed(shop, "HEAD:refs/heads/main", "HEAD:refs/tags/rel/ITSM-P-02/A-2")
    assert ran.code == 1, ran.said  # git may keep the one and refuse the other
    told(ran.said, "DC602", "before its tag comes")
    for what in ("HEAD:refs/heads/main", "HEAD:refs/tags/rel/ITSM-P-02/A-2"):
        ran = pushed(shop, what)
        assert ran.code == 0, ran.said


# -- switches and surroundings -------------------------------------------------------------------------------------------


def test_push_options_are_refused_by_name(shop):
    shop.git("config", "receive.advertisePushOptions", "true", at=shop.server)
    shop.put("README.md")
    shop.commit()
    stays(shop, "-o", "docctl.skip", "-o", "x=y", "HEAD:refs/heads/main", says=["DC602", "docctl.skip", "x=y"])
    assert pushed(shop, "HEAD:refs/heads/main").code == 0


def test_no_switch_in_the_environment_opens_the_gate(shop):
    shop.edit("ITSM-P-01")
    shop.commit()
    names = ("SKIP", "BYPASS", "DISABLE", "NO_VERIFY", "FORCE", "ENFORCE", "GATES")
    stays(shop, "HEAD:refs/heads/main", **{f"DOCCTL_{name}": "1" for name in names}, SKIP="docctl", GL_BYPASS_ACCESS_CHECKS="1",
          says=["DC301", P01])  # fmt: skip


def test_only_a_rehearsal_s_clock_is_set_from_outside(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"), release={"decided_at": "2026-03-20T01:00:00Z", "effective_from": "2026-03-20"})
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["DC222", "2026-03-10T01:00:00Z"])
    hook = shop.server / "hooks/pre-receive"
    assert " --rehearsal " in hook.read_text()
    hook.write_text(hook.read_text().replace(" --rehearsal ", " "))
    said = pushed(shop, "HEAD:refs/heads/main", DOCCTL_NOW="2026-03-21T01:00:00Z").said
    assert "2026-03-21" not in said  # whatever the true clock of this machine makes of it


def canary(folder: Path) -> dict[str, str]:
    """Surroundings in which any Python that is not isolated leaves a trace."""
    evil = folder / "evil"
    evil.mkdir()
    for name in ("sitecustomize", "usercustomize", "yaml", "docctl", "json", "cryptography"):
        (evil / f"{name}.py").write_text(f"open({str(folder / 'pwned')!r}, 'w').write({name!r})\n")
    return {"PYTHONPATH": str(evil), "PYTHONSTARTUP": str(evil / "yaml.py"), "PYTHONHOME": str(evil), "PYTHONUSERBASE": str(evil)}


def test_python_s_own_switches_reach_no_gate(shop, tmp_path):
    env = canary(tmp_path)
    for name in ("docctl.py", "yaml.py", "json.py"):
        shutil.copy(tmp_path / "evil" / name, shop.office)
        shutil.copy(tmp_path / "evil" / name, shop.server)
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC301"], **env)
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["DC301"], **env)
    assert not (tmp_path / "pwned").exists()


def test_from_another_folder_and_without_docctl_on_the_path(shop, tmp_path):
    shop.edit("ITSM-P-01")
    shop.commit()
    env = {
        "PATH": os.pathsep.join(str(Path(str(shutil.which(name))).parent) for name in ("git", "sh")),
        "GIT_DIR": str(shop.office / ".git"),
    }
    before = shop.refs()
    ran = shop.tried("git", "push", "--no-verify", "origin", "main", at=tmp_path, **env)
    assert ran.code == 1
    assert shop.refs() == before
    told(ran.said, "DC301", P01, "documents/procedures/ITSM-P-01/index.md")


HIDING = """\
import sys

class Hidden:
    @staticmethod
    def find_spec(name, *rest):
        if name == {module!r} or name.startswith({module!r} + "."):
            raise ModuleNotFoundError(f"No module named {{name!r}}")

sys.meta_path.insert(0, Hidden)
given = sys.argv.index("-c") + 1
source, sys.argv = sys.argv[given], ["-c", *sys.argv[given + 1 :]]
exec(source)
"""


def python_without(folder: Path, module: str) -> str:
    """A Python that does not find a module."""
    (folder / "hiding.py").write_text(HIDING.format(module=module))
    made = folder / "python"
    made.write_text(f'#!/bin/sh\nexec {sys.executable} -I {folder}/hiding.py "$@"\n')
    made.chmod(0o755)
    return str(made)


@pytest.mark.parametrize(
    "module", ["docctl", "docctl.pushes", "yaml", "cryptography", "docctl.render.lines", "docctl.render.escape", "docctl.rules"]
)
def test_a_broken_installation_keeps_the_gate_shut(shop, tmp_path, module):
    hook = shop.server / "hooks/pre-receive"
    hook.write_text(hook.read_text().replace(sys.executable, python_without(tmp_path, module)))
    shop.edit("ITSM-P-01")
    shop.edit("ITSM-P-01", "^title: (.*)$", r"title: |-\n  \1")  # what is plain needs no package to be read
    shop.commit()
    before = shop.refs()
    ran = pushed(shop, "HEAD:refs/heads/main")
    assert ran.code == 1
    assert shop.refs() == before
    assert "Traceback" not in ran.said
    assert "docctl could not check this" in ran.said
    assert f"No module named '{module}" in ran.said


def test_a_python_that_is_gone_keeps_the_gate_shut(shop):
    for hook in (shop.server / "hooks/pre-receive", shop.office / ".git/hooks/pre-commit"):
        hook.write_text(hook.read_text().replace(sys.executable, "/nowhere/python"))
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["/nowhere/python is gone", "docctl hooks install"])
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["docctl could not check this; nothing was changed", "/nowhere/python is gone"])


def test_rules_that_the_server_cannot_read_keep_it_shut(shop):
    """An administrator forced broken rules onto main: from then on nothing is let in."""
    shop.put(".docctl/settings.yaml", "types: [\n")
    shop.commit()
    (shop.server / "hooks/pre-receive").rename(shop.server / "hooks/aside")
    assert pushed(shop, "HEAD:refs/heads/main").code == 0
    (shop.server / "hooks/aside").rename(shop.server / "hooks/pre-receive")
    shop.put("README.md")
    shop.commit()
    stays(shop, "HEAD:refs/heads/main", says=["docctl could not check this (pre-receive)", ".docctl/settings.yaml"])


def test_a_damaged_object_keeps_it_shut(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n更多。\n")
    shop.commit()
    key = shop.damage("main:.docctl/people.yaml", shop.server)
    stays(shop, "HEAD:refs/heads/main", says=["docctl could not check this (pre-receive)", key, "damaged", "git fsck"])


# -- first pushes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(shop):
    """A new server with a gate and nothing in it, which the office now calls origin."""
    folder = shop.folder / "new.git"
    shop.git("init", "-q", "--bare", "-b", "main", str(folder), at=shop.folder)
    shop.git("remote", "set-url", "origin", str(folder))
    server.install(str(folder), rehearsal=True)
    return Workshop(shop.folder, shop.keys), folder


def test_a_whole_library_moves_to_a_new_server(empty):
    shop, folder = empty
    shop.git("config", "docctl.root", shop.fingerprint, at=folder)
    assert shop.land().code == 0
    assert shop.head(at=folder) == shop.head()


def test_the_first_state_is_judged_too(empty, tmp_path, keys):
    _, folder = empty
    first = Workshop(tmp_path, keys)
    first.office.mkdir()
    first.git("init", "-q", "-b", "main")
    first.git("remote", "add", "origin", str(folder))
    put_rules(first)
    first.day = "2026-01-05"
    first.rules_record("zhao.lei")
    first.commit()
    before = first.refs(at=folder)
    ran = first.land()
    assert ran.code == 1
    told(ran.said, "DC704", ".docctl/log/0001.json", "1 of 2")
    first.put("documents/stray.md")
    first.rules_record(*ROOTS, n=1, previous=None)
    first.git("add", "-A")
    first.git("commit", "-q", "--amend", "--no-verify", "-m", "x")
    ran = first.land()
    assert ran.code == 1
    told(ran.said, "DC105", "documents/stray.md")
    assert first.refs(at=folder) == before


def test_a_server_that_pins_another_root_refuses_the_library(empty):
    shop, folder = empty
    pinned = "sha256:" + "0" * 64
    shop.git("config", "docctl.root", pinned, at=folder)
    ran = shop.land()
    assert ran.code == 1
    assert shop.refs(at=folder) == ""
    told(ran.said, "DC602", "not the one that this server pins", pinned, shop.fingerprint)


def test_a_cut_history_is_not_judged(empty):
    shop, folder = empty
    shop.git("config", "receive.shallowUpdate", "true", at=folder)
    cut = shop.folder / "cut"
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.server}", str(cut), at=shop.folder)
    ran = shop.tried("git", "push", str(folder), "HEAD:refs/heads/main", at=cut)
    assert ran.code == 1
    assert shop.refs(at=folder) == ""
    told(ran.said, "DC602", "cut off")


def test_a_shallow_clone_of_a_server_that_knows_the_rest(shop):
    cut = shop.folder / "cut"
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.server}", str(cut), at=shop.folder)
    path = cut / "documents/procedures/ITSM-P-01/index.md"
    path.write_bytes(path.read_bytes() + b"\nEVIL\n")
    shop.git("commit", "-q", "-a", "--no-verify", "-m", "x", at=cut)
    before = shop.refs()
    ran = shop.tried("git", "push", "--no-verify", "origin", "HEAD:refs/heads/main", at=cut)
    assert ran.code == 1
    assert shop.refs() == before
    told(ran.said, "DC301", P01)


def test_an_empty_server_takes_topics_first(empty):
    shop, folder = empty
    assert shop.land(to="refs/heads/topic").code == 0
    assert shop.land().code == 0
    assert shop.head("main", at=folder) == shop.head()


def test_a_library_that_comes_and_goes_in_one_push(empty):
    shop, folder = empty
    shop.git("rm", "-rq", ".docctl", "documents", "statements", "records")
    shop.commit("gone")
    ran = shop.land()
    assert ran.code == 1
    assert shop.refs(at=folder) == ""
    told(ran.said, "DC601")


# -- two at once ---------------------------------------------------------------------------------------------------------


def test_of_two_pushes_at_once_exactly_one_lands(shop):
    clones = []
    for name in ("one", "two"):
        clone = shop.folder / name
        shop.git("clone", "-q", str(shop.server), str(clone), at=shop.folder)
        (clone / f"{name}.txt").write_text(name)
        shop.git("add", "-A", at=clone)
        shop.git("commit", "-q", "-m", name, at=clone)
        clones.append(clone)
    running = [subprocess.Popen(["git", "push", "-q", "origin", "main"], cwd=clone, stderr=subprocess.PIPE) for clone in clones]
    ended = [(each.communicate()[1].decode(), each.returncode) for each in running]
    assert sorted(code != 0 for _, code in ended) == [False, True]
    loser = next(clone for clone, (_, code) in zip(clones, ended, strict=True) if code)
    assert "Traceback" not in "".join(said for said, _ in ended)
    shop.git("fetch", "-q", at=loser)
    shop.git("merge", "-q", "-m", "again", "origin/main", at=loser)
    ran = shop.tried("git", "push", "-q", "origin", "main", at=loser)
    assert ran.code == 1
    assert "first parent" in ran.said  # the official line goes on from its tip, not from a clone's
    shop.git("reset", "-q", "--hard", "origin/main", at=loser)
    shop.git("merge", "-q", "--no-ff", "-m", "again", "HEAD@{1}^1", at=loser)
    assert shop.tried("git", "push", "-q", "origin", "main", at=loser).code == 0
    assert {"one.txt", "two.txt"} <= set(shop.git("ls-tree", "--name-only", "main", at=shop.server).split())


# -- what the client's gate before a push sees -----------------------------------------------------------------------------


def test_the_client_sees_every_name_of_a_push(shop):
    (shop.server / "hooks/pre-receive").chmod(0o644)
    shop.git("checkout", "-q", "-b", "aaa")
    shop.put("README.md")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.edit("ITSM-P-01")
    shop.commit()
    before = shop.refs()
    ran = shop.tried("git", "push", "origin", "aaa", "main")
    assert ran.code == 1
    assert shop.refs() == before
    told(ran.said, "DC301", P01)


def test_the_client_reads_any_way_to_name_a_commit(shop):
    (shop.server / "hooks/pre-receive").chmod(0o644)
    shop.edit("ITSM-P-01")
    shop.commit("some evil words")
    before = shop.refs()
    for name in (":/some evil words", "HEAD^{/some evil words}", "HEAD"):
        ran = shop.tried("git", "push", "origin", f"{name}:refs/heads/main")
        assert ran.code == 1
        assert shop.refs() == before
        told(ran.said, "DC301", P01)


def test_the_client_has_not_fetched_what_the_server_holds(bare_rules):
    shop = bare_rules
    other = shop.folder / "other"
    shop.git("clone", "-q", str(shop.server), str(other), at=shop.folder)
    (other / "x.txt").write_text("x")
    shop.git("add", "-A", at=other)
    shop.git("commit", "-q", "-m", "x", at=other)
    shop.git("push", "-q", "origin", "main", "main:topic", at=other)
    (shop.server / "hooks/pre-receive").chmod(0o644)
    shop.put("README.md")
    shop.commit()
    before = shop.refs()
    ran = shop.tried("git", "push", "-f", "origin", "main")
    assert ran.code == 1
    assert shop.refs() == before
    told(ran.said, "DC602", "history may not be rewritten", "fetch")
    assert shop.tried("git", "push", "-f", "origin", "main:topic").code == 0


def test_a_clone_without_a_library_pushes_what_it_likes(shop, tmp_path):
    from docctl import hooks

    plain, remote = tmp_path / "plain", tmp_path / "remote.git"
    shop.git("init", "-q", "--bare", str(remote), at=tmp_path)
    shop.git("init", "-q", "-b", "main", str(plain), at=tmp_path)
    hooks.install(str(plain / ".git/hooks"), hooks.CLIENT)
    shop.git("commit", "-q", "--allow-empty", "-m", "x", at=plain)
    shop.git("push", "-q", str(remote), "main", at=plain)
    shop.git("commit", "-q", "--amend", "--allow-empty", "-m", "y", at=plain)
    shop.git("push", "-q", "-f", str(remote), "main", at=plain)
    shop.git("push", "-q", str(remote), ":main", at=plain)
