"""Whether a server's gate really stands, and what verify says of what cannot be judged (threats B13, C, E25, F, H13, J06)."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from docctl import hooks, server
from docctl.assurance import verify
from docctl.core.errors import DocctlError
from docctl.repository import Repository

from .test_history import side
from .workshop import Workshop, run
from .workshop_base import put_rules


def points(shop, **more):
    """What server check says: whether each point is good, by its name."""
    return {point.name: point.good for point in server.check(str(shop.server), **more)}


def bad(shop):
    return {name for name, good in points(shop).items() if not good}


@pytest.fixture
def real(shop):
    """A server that is no rehearsal."""
    server.install(str(shop.server), root=shop.fingerprint)
    return shop


# -- server check --------------------------------------------------------------------------------------------------------


def test_a_good_server(real):
    assert bad(real) == set()


def test_a_rehearsal_is_no_real_server(shop):
    assert bad(shop) == set(hooks.SERVER)


def test_the_hook_is_missing(real):
    (real.server / "hooks/pre-receive").unlink()
    assert bad(real) == {"pre-receive"}


def test_the_hook_is_not_executable(real):
    (real.server / "hooks/pre-receive").chmod(0o644)
    assert bad(real) == {"pre-receive"}
    words = next(point for point in server.check(str(real.server)) if not point.good)
    assert "every push passes" in words.words.en
    assert "docctl server install" in words.remedy.en
    real.edit("ITSM-P-01")
    real.commit()
    assert real.land().code == 0  # git passes it silently: this is why the check exists
    assert real.verdict().bad == real.head()


def test_the_hook_is_another_program_s(real):
    (real.server / "hooks/pre-receive").write_text("#!/bin/sh\nexit 0\n")
    assert bad(real) == {"pre-receive"}


def test_the_hook_was_changed(real):
    hook = real.server / "hooks/pre-receive"
    hook.write_text(hook.read_text().replace("#!/bin/sh\n", "#!/bin/sh\n" + hooks.MARK + "\nexit 0\n", 1))
    assert "pre-receive" in bad(real)


def test_hooks_are_redirected(real):
    real.git("config", "core.hooksPath", "/nowhere", at=real.server)
    assert bad(real) == {"core.hooksPath"}


@pytest.mark.parametrize("name", server.SETTINGS)
def test_a_safeguard_of_git_is_off(real, name):
    real.git("config", name, "true" if server.SETTINGS[name] == "false" else "false", at=real.server)
    assert bad(real) == {name}
    real.git("config", "--unset", name, at=real.server)
    assert bad(real) == {name}


def test_no_root_is_pinned(real):
    real.git("config", "--unset", "docctl.root", at=real.server)
    assert bad(real) == {"docctl.root"}


def test_another_root_is_pinned(real):
    real.git("config", "docctl.root", "sha256:" + "0" * 64, at=real.server)
    assert bad(real) == {"docctl.root"}


def test_the_server_s_head_is_not_the_protected_branch(real):
    real.git("update-ref", "refs/heads/topic", "main", at=real.server)
    real.git("symbolic-ref", "HEAD", "refs/heads/topic", at=real.server)
    assert bad(real) == {"HEAD"}


def test_a_chained_hook_that_opens_the_gate_is_noticed(real):
    """A foreign hook that runs first may only refuse; one that hides the gate is found by asking for what must be refused."""
    other = real.server / "hooks/pre-receive.before-docctl"
    other.write_text("#!/bin/sh\nkill $PPID\n")
    other.chmod(0o755)
    assert bad(real) == {"tried"}


def test_a_gate_that_cannot_load_is_noticed(real, monkeypatch):
    monkeypatch.setattr(hooks, "_START", hooks._START.replace("docctl.gates", "docctl.nowhere"))
    hooks.install(str(real.server / "hooks"), hooks.SERVER)
    assert bad(real) == {"tried"}


def test_installing_again_changes_nothing(real):
    before = {path: path.read_bytes() for path in (real.server / "hooks").iterdir()}
    server.install(str(real.server))
    assert {path: path.read_bytes() for path in (real.server / "hooks").iterdir()} == before
    assert bad(real) == set()


def test_a_foreign_server_hook_is_chained(real, tmp_path):
    bare = tmp_path / "b.git"
    real.git("init", "-q", "--bare", str(bare), at=tmp_path)
    (bare / "hooks").mkdir(exist_ok=True)
    (bare / "hooks/pre-receive").write_text("#!/bin/sh\ncat > seen\n")
    (bare / "hooks/pre-receive").chmod(0o755)
    server.install(str(bare), root=real.fingerprint)
    line = f"{'0' * 40} {'0' * 40} refs/docctl/x\n".encode()
    assert run("hooks/pre-receive", at=bare, feed=line, env={"GIT_DIR": "."}).code == 1
    assert (bare / "seen").read_bytes() == line


def test_only_a_bare_repository_is_a_server(shop):
    for act in (server.install, server.check):
        with pytest.raises(DocctlError, match="not a bare repository"):
            act(str(shop.office))


def test_a_server_for_a_library_in_a_folder(shop, tmp_path):
    bare = tmp_path / "b.git"
    whole = tmp_path / "whole"
    shop.git("init", "-q", "--bare", "-b", "main", str(bare), at=tmp_path)
    shop.git("init", "-q", "-b", "main", str(whole), at=tmp_path)
    shop.git("fetch", "-q", str(shop.office), "main", at=whole)
    first = shop.git("rev-list", "--first-parent", "FETCH_HEAD", at=whole).split()[::-1]
    for commit in first:
        shop.git("read-tree", "--empty", at=whole)
        shop.git("read-tree", "--prefix=lib dir/", commit, at=whole)
        shop.git("commit", "-q", "--allow-empty", "-m", "x", at=whole)
    shop.git("reset", "-q", "--hard", at=whole)
    server.install(str(bare), "lib dir", shop.fingerprint, rehearsal=True)
    ran = shop.tried("git", "push", str(bare), "main", at=whole)
    assert ran.code == 0, ran.said
    assert {point.name for point in server.check(str(bare), "lib dir") if not point.good} == set(hooks.SERVER)  # a rehearsal
    with Repository.open(str(bare)) as repository:
        report = verify(repository, "main", prefix="lib dir", root=shop.fingerprint)
    assert report.fine
    assert report.steps == len(first)
    path = whole / "lib dir/documents/procedures/ITSM-P-01/index.md"
    path.write_bytes(path.read_bytes() + b"EVIL\n")
    shop.git("commit", "-q", "-a", "-m", "x", at=whole)
    ran = shop.tried("git", "push", str(bare), "main", at=whole)
    assert ran.code == 1
    assert "DC301" in ran.said
    assert "documents/procedures/ITSM-P-01/index.md" in ran.said


# -- verify --------------------------------------------------------------------------------------------------------------


def look(folder, tip="main", **more):
    with Repository.open(str(folder)) as repository:
        return verify(repository, tip, **more)


def unchecked(match, folder, tip="main", code=3, **more):
    """Verify cannot check, and says why in one sentence."""
    with pytest.raises(DocctlError, match=match) as caught:
        look(folder, tip, **more)
    assert caught.value.exit_code == code
    assert all(caught.value.said(lang) for lang in ("en", "zh"))


def test_consistency_only_without_a_pinned_root(shop):
    report = look(shop.server)
    assert report.fine
    assert (report.assurance, report.root, report.threshold, report.root_persons) == ("V0", shop.fingerprint, 2, 3)


def test_an_outsider_verifies_with_the_root_on_paper(shop, tmp_path):
    shop.git("clone", "-q", str(shop.server), str(tmp_path / "copy"), at=tmp_path)
    report = look(tmp_path / "copy", root=shop.fingerprint)
    assert report.fine
    assert report.assurance == "V1"
    assert report.begins == shop.git("rev-list", "--max-parents=0", "main")
    assert report.tip == shop.head("main")
    assert report.commits == len(shop.git("rev-list", "--first-parent", "main").split())


def test_another_root_than_the_pinned_one(shop):
    unchecked("not the one you pinned", shop.server, code=1, root="sha256:" + "0" * 64)


def founded(folder, keys, *words) -> Workshop:
    """A folder for a library, with a server that has no gate yet."""
    shop = Workshop(folder, keys)
    folder.mkdir()
    for place, bare in ((shop.office, ()), (shop.server, ("--bare",))):
        shop.git("init", "-q", "-b", "main", *bare, *words, str(place), at=folder)
    (folder / "plain-config").write_bytes((shop.server / "config").read_bytes())
    shop.git("remote", "add", "origin", str(shop.server))
    return shop


def begin(shop):
    put_rules(shop)
    shop.day = "2026-01-05"
    shop.rules_record()
    return shop.commit("begin")


def test_a_whole_forged_library(shop, tmp_path, keys):
    """Everything is consistent in it, so only the pinned root tells it from the true one."""
    forged = founded(tmp_path / "forged", keys)
    begin(forged)
    assert look(forged.office).fine
    unchecked("not the one you pinned", forged.office, code=1, root=shop.fingerprint)


def test_a_shallow_clone(shop, tmp_path):
    shop.git("clone", "-q", "--depth", "2", f"file://{shop.server}", str(tmp_path / "cut"), at=tmp_path)
    unchecked("this clone is shallow", tmp_path / "cut")


def test_a_partial_clone(shop, tmp_path):
    shop.git("config", "uploadpack.allowFilter", "true", at=shop.server)
    shop.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{shop.server}", str(tmp_path / "part"), at=tmp_path)
    unchecked("this clone is partial", tmp_path / "part")


@pytest.mark.parametrize("name", ["main:.docctl/people.yaml", "main^{tree}", "main~3", "main:statements/ITSM-M-01"])
def test_a_damaged_object(shop, name):
    shop.damage(name, shop.server)
    unchecked("damaged|failed", shop.server)


def test_an_empty_repository(shop, tmp_path):
    shop.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "empty"), at=tmp_path)
    unchecked("no commit", tmp_path / "empty")
    unchecked("no commit", tmp_path / "empty", "HEAD")


def test_no_repository(tmp_path):
    unchecked("not a git repository", tmp_path)
    unchecked("not a git repository", tmp_path / "nowhere")


def test_no_library(shop, tmp_path):
    shop.git("init", "-q", "-b", "main", str(tmp_path / "plain"), at=tmp_path)
    shop.git("commit", "-q", "--allow-empty", "-m", "x", at=tmp_path / "plain")
    unchecked("no rules record", tmp_path / "plain")


def test_a_commit_that_is_not_here(shop):
    unchecked("is no commit here", shop.server, "nowhere")


def test_verify_reads_true_bytes_whatever_is_replaced(shop):
    old = shop.git("rev-parse", "main:documents/procedures/ITSM-P-01/index.md")
    shop.git("replace", old, shop.git("hash-object", "-w", "--stdin", feed=b"EVIL\n"))
    assert look(shop.office).fine
    shop.edit("ITSM-P-03", r"\Z", "\nEVIL\n")
    shop.next("ITSM-P-02", "A/2")
    evil = shop.commit()
    shop.git("replace", evil, f"{evil}~1", fine=False)
    assert look(shop.office).bad == evil


def test_notes_have_no_effect(shop):
    before = look(shop.office)
    shop.git("notes", "add", "-m", "approved by zhao.lei")
    assert look(shop.office) == before


def test_grafts_have_no_effect(shop):
    shop.edit("ITSM-P-01")
    evil = shop.commit()
    shop.put("README.md")
    tip = shop.commit()
    (shop.office / ".git/info").mkdir(exist_ok=True)
    (shop.office / ".git/info/grafts").write_text(f"{tip} {evil}~1\n".replace(f"{evil}~1", shop.head("HEAD~2")))
    assert look(shop.office).bad == evil


def test_the_verdict_is_the_same_everywhere_and_always(shop):
    """Time zone, locale, day, folder and working files change nothing (F09, F10)."""
    code = (
        "import sys; from docctl.assurance import verify; from docctl.repository import Repository; r = Repository.open(sys.argv[1]);"
        "print(verify(r, 'main', root=sys.argv[2]))"
    )
    shop.put("documents/procedures/ITSM-P-01/index.md", "EVIL")
    said = set()
    for env in (
        {"TZ": "Asia/Shanghai"},
        {"TZ": "America/New_York", "LC_ALL": "C"},
        {"LC_ALL": "C.UTF-8", "DOCCTL_NOW": "2031-01-01T00:00:00Z"},
    ):
        said.add(shop.tried(sys.executable, "-I", "-c", code, str(shop.office), shop.fingerprint, at=shop.folder, **env))
    assert len(said) == 1
    assert next(iter(said)).code == 0


def test_nothing_of_a_hostile_copy_runs(shop, tmp_path):
    """fsmonitor, filters, pagers, diff drivers and hooks named in the copy's own settings stay silent (J06)."""
    canary = tmp_path / "pwned"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {canary}\n")
    evil.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand", "filter.x.process", "filter.x.clean", "core.editor",
                 "core.alternateRefsCommand", "gpg.program", "credential.helper", "diff.x.textconv"):  # fmt: skip
        shop.git("config", name, str(evil))
    (shop.office / ".git/info").mkdir(exist_ok=True)
    (shop.office / ".git/info/attributes").write_text("* filter=x diff=x\n")
    for hook in (shop.office / ".git/hooks").iterdir():
        shutil.copy(evil, hook)
    assert look(shop.office).fine
    assert not canary.exists()


def test_variables_of_a_caller_point_verify_nowhere_else(shop, monkeypatch, tmp_path):
    shop.git("init", "-q", str(tmp_path / "other"), at=tmp_path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_NAMESPACE", "x")
    assert look(shop.office).fine


def test_an_administrator_who_forces_a_bad_commit_is_found(shop):
    shop.edit("ITSM-P-01")
    evil = shop.commit()
    shop.put("README.md")
    shop.commit()
    shop.git("push", "-q", "--no-verify", "origin", "HEAD:refs/heads/topic")
    shop.git("update-ref", "refs/heads/main", "topic", at=shop.server)
    report = look(shop.server)
    assert report.bad == evil
    assert {item.code for item in report.findings} == {"DC301"}


def test_a_join_of_strange_histories_is_named_where_it_happened(shop):
    shop.git("checkout", "-q", "--orphan", "other")
    shop.git("rm", "-rfq", ".")
    shop.put("other.txt")
    shop.commit("other")
    shop.git("checkout", "-q", "main")
    for name in ("a", "b"):
        side(shop, name)
        shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", name, name)
    shop.git("merge", "-q", "--no-verify", "--allow-unrelated-histories", "-m", "join", "other")
    join = shop.head()
    for name in ("c", "d", "e"):
        side(shop, name)
        shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", name, name)
    report = look(shop.office)
    assert report.bad == join
    assert "second root commit" in report.findings[0].message("en")


def test_several_beginnings_before_the_library_are_its_own_affair(tmp_path, keys):
    """An old repository, itself joined from two, becomes a library later: accepted by the gate and by verify."""
    old = founded(tmp_path / "old", keys)
    old.put("a.txt")
    old.commit("a")
    old.git("checkout", "-q", "--orphan", "b")
    old.put("b.txt")
    old.commit("b")
    old.git("checkout", "-q", "main")
    old.git("merge", "-q", "--allow-unrelated-histories", "-m", "join", "b")
    begin(old)
    side(old, "topic")
    old.git("merge", "-q", "--no-ff", "-m", "topic", "topic")
    server.install(str(old.server), rehearsal=True)
    assert old.land().code == 0
    assert look(old.server).fine


def test_files_that_stood_before_the_library_are_judged_where_it_begins(tmp_path, keys):
    """Gate and verify judge the whole first state, not only what its commit brought."""
    old = founded(tmp_path / "old", keys)
    old.put("documents/old.md")
    old.commit("before")
    begins = begin(old)
    assert look(old.office).bad == begins
    server.install(str(old.server), rehearsal=True)
    ran = old.land()
    assert ran.code == 1
    assert "DC105" in ran.said
    assert "documents/old.md" in ran.said


def test_a_sha256_repository(tmp_path, keys):
    new = founded(tmp_path / "new", keys, "--object-format=sha256")
    begin(new)
    server.install(str(new.server), root=new.fingerprint, rehearsal=True)
    assert new.land().code == 0
    assert {point.name for point in server.check(str(new.server)) if not point.good} == set(hooks.SERVER)
    new.git("fetch", "-q")
    new.put("documents/stray.md")
    new.commit()
    new.refused("DC105", about=["documents/stray.md"])
    assert look(new.server, root=new.fingerprint).assurance == "V1"


def test_progress_is_told(shop):
    seen: list[int] = []
    report = look(shop.office, progress=seen.append)
    assert sum(seen) == report.commits


def test_verify_starts_few_programs(shop, monkeypatch):
    started = []
    start = subprocess.Popen.__init__

    def counted(self, command, *rest, **more):
        started.append(command)
        start(self, command, *rest, **more)

    root = shop.fingerprint
    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    look(shop.office, root=root)
    assert len(started) <= 8  # whatever the length of the history
