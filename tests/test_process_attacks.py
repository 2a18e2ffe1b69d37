"""Surroundings that want to lead docctl astray: variables, settings, temporary files, other folders, other machines (threats J, K08)."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .faultroom import APPROVE, candidate_of, docctl, look
from .workshop import NOW, run, told


@pytest.fixture
def candidate(base, tmp_path):
    """A candidate that waits for its approval; the clone stands on main."""
    shop = candidate_of(base, tmp_path / "shop")
    shop.git("switch", "-q", "main")
    return shop


def pointers(folder: Path) -> dict[str, str]:
    """Every variable by which git is led to another repository."""
    run("git", "init", "-q", "-b", "main", "other", at=folder)
    run("git", "commit", "-q", "--allow-empty", "-m", "x", at=folder / "other")
    other = str(folder / "other/.git")
    return {
        "GIT_DIR": other,
        "GIT_WORK_TREE": str(folder / "other"),
        "GIT_COMMON_DIR": other,
        "GIT_INDEX_FILE": f"{other}/index",
        "GIT_OBJECT_DIRECTORY": f"{other}/objects",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{other}/objects",
        "GIT_NAMESPACE": "x",
        "GIT_SHALLOW_FILE": f"{other}/shallow",
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_CONFIG_PARAMETERS": "'core.worktree'='/'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
    }


def test_to_let_verify_read_another_repository(shop, tmp_path):
    env = pointers(tmp_path)
    words = ("-C", str(shop.office), "verify", "--root", shop.fingerprint)
    plain = docctl(shop, *words)
    astray = docctl(shop, *words, **env)
    assert plain == astray
    assert plain.code == 0
    assert shop.head("origin/main") in plain.said
    assert shop.fingerprint in plain.said
    shop.edit("ITSM-P-01")
    bad = shop.commit()
    found = docctl(shop, "-C", str(shop.office), "verify", "HEAD", **env)
    assert found.code == 1
    assert bad in found.said


def test_to_let_an_act_write_into_another_repository(candidate, tmp_path):
    env = pointers(tmp_path)
    before = look(tmp_path / "other")
    ran = docctl(candidate, *APPROVE, DOCCTL_KEY=str(candidate.keys / "zhao.lei"), **env)
    assert ran.code == 0, ran.said
    assert look(tmp_path / "other") == before
    assert "zhao.lei.approve." in candidate.git("ls-tree", "-r", "--name-only", "doc/ITSM-P-03/A-0")


PROGRAMS = (
    "core.fsmonitor", "diff.external", "core.pager", "core.sshCommand", "core.editor", "core.askPass", "core.alternateRefsCommand",
    "core.gitProxy", "filter.x.process", "filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.x.command", "merge.x.driver",
    "gpg.program", "gpg.ssh.program", "credential.helper", "uploadpack.packObjectsHook", "sequence.editor", "pager.log",
)  # fmt: skip


def test_to_run_programs_out_of_a_copy_that_an_auditor_opens(shop, tmp_path):
    """A tarball whose own settings, included files, attributes and hooks name programs: the audit runs none and says the same."""
    plain = docctl(shop, "verify", "--root", shop.fingerprint).said
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    evil.chmod(0o755)
    included = tmp_path / "included"
    for name in PROGRAMS:
        shop.git("config", "--file", str(included), name, str(evil))
    shop.git("config", "include.path", str(included))
    shop.git("config", f"includeIf.gitdir:{tmp_path}/.path", str(included))
    (shop.office / ".git/info").mkdir(exist_ok=True)
    (shop.office / ".git/info/attributes").write_text("* filter=x diff=x merge=x\n")
    for hook in (
        *(shop.office / ".git/hooks").iterdir(),
        *(shop.office / ".git/hooks" / name for name in ("post-checkout", "post-index-change")),
    ):
        shutil.copy(evil, hook)
    assert run("tar", "-cf", "copy.tar", "office", at=shop.folder).code == 0
    (tmp_path / "desk").mkdir()
    assert run("tar", "-xf", str(shop.folder / "copy.tar"), at=tmp_path / "desk").code == 0
    copy = str(tmp_path / "desk/office")
    for words in (("verify", "--root", shop.fingerprint), ("verify", "--with-openssh"), ("status",), ("check",), ("register", "in-force"),
                  ("show", "ITSM-P-02"), ("diff", "ITSM-P-02"), ("log", "ITSM-P-02")):  # fmt: skip
        ran = docctl(shop, "-C", copy, *words)
        assert ran.code == 0, ran.said
        assert not (tmp_path / "pwned").exists(), words
    assert docctl(shop, "-C", copy, "verify", "--root", shop.fingerprint).said == plain


def test_to_look_into_what_a_killed_act_left_in_the_temporary_folder(candidate, tmp_path):
    """Private while it is used, whatever the umask; gone after the next act; a link planted there is neither followed nor emptied."""
    room, programs, agent = tmp_path / "room", tmp_path / "bin", tmp_path / "agent"
    room.mkdir()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    (room / f"docctl-key-{dead_process()}-abcdefgh").symlink_to(precious)
    programs.mkdir()
    for name in ("git", "ssh", "ssh-add", "sh", "sleep", "touch"):
        (programs / name).symlink_to(str(shutil.which(name)))
    slow = programs / "ssh-keygen"
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *"-Y sign"*) touch {tmp_path}/signing; sleep 60;; esac\nexec {shutil.which("ssh-keygen")} "$@"\n'
    )
    slow.chmod(0o755)
    listening = subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL)
    try:
        while not agent.exists():
            time.sleep(0.02)
        env = {"SSH_AUTH_SOCK": str(agent), "TMPDIR": str(room), "DOCCTL_NOW": NOW, "DOCCTL_LANG": "en"}
        assert run("ssh-add", "-q", str(candidate.keys / "zhao.lei"), at=tmp_path, env=env).code == 0
        killed_while_signing(candidate, tmp_path, {**env, "PATH": str(programs)})
        left = [path for path in room.iterdir() if not path.is_symlink()]
        assert left
        for path in left:
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
            assert {stat.S_IMODE(inner.stat().st_mode) for inner in path.iterdir()} == {0o600}
        ran = docctl(candidate, *APPROVE, **env)
        assert ran.code == 0, ran.said
    finally:
        listening.kill()
        listening.wait()
    assert [path.name for path in room.iterdir() if not path.is_symlink()] == []
    assert (precious / "file").read_text() == "x"


def dead_process() -> int:
    """The number of a process that is no more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def killed_while_signing(shop, folder: Path, env: dict[str, str]) -> None:
    """An approval under the widest umask, killed together with all that it started while ssh-keygen signs."""
    call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())", *APPROVE]
    made = subprocess.Popen(
        call,
        cwd=shop.office,
        env={**os.environ, **env},
        umask=0,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while not (folder / "signing").exists():
        assert made.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    os.killpg(made.pid, 9)
    made.wait()


def test_to_escape_the_gate_by_committing_from_somewhere_else(shop, tmp_path):
    """Another folder, no docctl on the PATH, pointers of git itself: the hook stands where it was installed."""
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    path = os.pathsep.join(str(Path(str(shutil.which(name))).parent) for name in ("git", "sh"))
    assert not shutil.which("docctl", path=path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/docctl.py").write_text(f"open({str(tmp_path / 'pwned')!r}, 'w')\n")
    told_to = ("--git-dir", str(shop.office / ".git"), "--work-tree", str(shop.office))
    shop.stopped(*told_to, "commit", "-m", "x", at=tmp_path / "elsewhere", PATH=path, says=["DC301", "ITSM-P-01 A/0"])
    shop.stopped("commit", "-m", "x", at=shop.folder_of("ITSM-P-01"), PATH=path, says=["DC301", "ITSM-P-01 A/0"])
    assert not (tmp_path / "pwned").exists()


# -- the same bytes everywhere -------------------------------------------------------------------------------------------------

EVERYTHING = """\
import os, sys
from docctl.cli import main
from docctl.registers import REGISTERS
for form in ("text", "csv", "md", "json", "xlsx"):
    for words in (*(("register", name) for name in REGISTERS), ("correspondence", "iso20000-1:2018")):
        assert main([*words, "--format", form, "--as-of", "2026-03-10", "--output", os.path.join(sys.argv[1], f"{words[-1]}.{form}")]) == 0
"""


def test_registers_of_one_commit_are_the_same_bytes_on_every_machine(shop, tmp_path):
    made = []
    for name, env in {
        "one": {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "DOCCTL_NOW": "2026-03-10T01:00:00Z"},
        "two": {
            "TZ": "America/Caracas",
            "PYTHONHASHSEED": "2",
            "LC_ALL": "C",
            "DOCCTL_NOW": "2031-12-31T23:00:00Z",
            "COLUMNS": "40",
        },
    }.items():
        clone, folder = tmp_path / f"clone {name}", tmp_path / name
        folder.mkdir()
        run("git", "clone", "-q", str(shop.server), str(clone), at=tmp_path)
        ran = run(sys.executable, "-c", EVERYTHING, str(folder), at=clone, env={"DOCCTL_LANG": "zh", **env})
        assert ran.code == 0, ran.said
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) >= 40
    assert all(made[0].values())


def test_what_a_caller_is_told_of_another_users_copy(shop):
    """Git's own reason and the one command that helps (safe.directory)."""
    if os.geteuid():
        pytest.skip("only root can give a repository away")
    for path in (shop.office, *shop.office.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    ran = docctl(shop, "-C", str(shop.office), "verify")
    assert ran.code == 3
    told(ran.said, "dubious ownership", "git config --global --add safe.directory")
    assert re.search(r"safe\.directory '?" + re.escape(str(shop.office)), ran.said)
