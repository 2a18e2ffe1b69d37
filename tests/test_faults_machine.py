"""Machines that fail (R33 to R48, J07): keys, agents, full and read-only disks, an interrupted prompt, a wrong clock."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from docctl.acts import clock
from docctl.acts.desk import Desk
from docctl.core.errors import DocctlError

from .faultroom import APPROVE, candidate_of, docctl, look, prepared, sound, told
from .workshop import NOW, run


@pytest.fixture
def candidate(base, tmp_path):
    """A candidate that waits for its approval; the clone stands on main."""
    shop = candidate_of(base, tmp_path / "shop")
    shop.git("switch", "-q", "main")
    return shop


def _key(shop, name: str) -> dict[str, str]:
    return {"DOCCTL_KEY": str(shop.keys / name)}


@contextmanager
def _mounted(place: Path, *words: str) -> Iterator[Path]:
    """A mount for the time of a test; a visible skip where nobody may mount."""
    place.mkdir(exist_ok=True)
    done = (
        subprocess.run(["mount", *words, str(place)], capture_output=True, text=True, check=False)
        if shutil.which("mount")
        else None
    )
    if done is None or done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip() if done else 'no mount'}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


# -- keys --------------------------------------------------------------------------------------------------------------------


def test_r36_a_second_approval_of_the_same_bytes(candidate):
    assert docctl(candidate, *APPROVE, **_key(candidate, "zhao.lei")).code == 0
    before = look(candidate.office)
    told(docctl(candidate, *APPROVE, **_key(candidate, "zhao.lei")), 1, "signed already (approve on 2026-03-10T01:00:00Z)")
    assert look(candidate.office) == before


def test_r37_a_key_that_others_may_read(candidate, tmp_path):
    key = Path(shutil.copy(candidate.keys / "zhao.lei", tmp_path))
    shutil.copy(f"{candidate.keys / 'zhao.lei'}.pub", tmp_path)
    key.chmod(0o644)
    before = look(candidate.office)
    ran = docctl(candidate, *APPROVE, DOCCTL_KEY=str(key))
    told(ran, 3, "nothing was signed: Permissions 0644 for")
    assert look(candidate.office) == before
    ran = docctl(candidate, "doctor", DOCCTL_KEY=str(key))
    assert (ran.code, f"chmod 600 {key}" in ran.said) == (1, True)


def test_r38_a_key_that_only_a_missing_agent_has(candidate, tmp_path):
    public = shutil.copy(f"{candidate.keys / 'zhao.lei'}.pub", tmp_path)
    before = look(candidate.office)
    told(docctl(candidate, *APPROVE, DOCCTL_KEY=public), 3, "is not on disk and no agent is running", "ssh-add")
    told(docctl(candidate, *APPROVE), 3, "no signing key: none is named and no agent is running")
    told(docctl(candidate, *APPROVE, SSH_AUTH_SOCK=str(tmp_path / "gone")), 3, "no agent is running")
    told(docctl(candidate, *APPROVE, DOCCTL_KEY=str(tmp_path / "nosuch")), 3, "key file missing")
    assert look(candidate.office) == before


def test_a_key_of_nobody_and_a_root_key_sign_no_approval(candidate):
    before = look(candidate.office)
    for name in ("mallory", "root-zhao.lei"):
        told(docctl(candidate, *APPROVE, **_key(candidate, name)), 3, "is not in people.yaml")
    assert look(candidate.office) == before


# -- disks -------------------------------------------------------------------------------------------------------------------

ROOM = (0, 4, 8, 16, 24, 32, 48, 64, 96, 128)  # kB that are left


@pytest.mark.parametrize("act", ["approve", "release"])
def test_r39_a_full_disk(candidate, tmp_path, act):
    words, who = list(APPROVE), "zhao.lei"
    if act == "release":
        prepared(candidate, ("zhao.lei", *APPROVE), hour=3)
        candidate.git("switch", "-q", "main")
        words, who = ["release", "ITSM-P-03", "--yes", "--effective", "2026-03-16"], "chen.jing"
    refused = 0
    with _mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=4m", "tmpfs") as disk:
        for room in ROOM:
            shutil.copytree(candidate.office, disk / "office", symlinks=True)
            before = look(disk / "office")
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            (disk / "ballast").write_bytes(bytes(free - room * 1024))
            ran = docctl(candidate, "-C", str(disk / "office"), *words, **_key(candidate, who), TMPDIR=str(tmp_path))
            (disk / "ballast").unlink()
            if ran.code:
                refused += 1
                assert ran.code in {1, 3}, ran.said
                assert "Traceback" not in ran.said, ran.said
                assert "no space left" in ran.said.lower(), ran.said
                assert "→" in ran.said
                Desk(str(disk / "office"), key=str(candidate.keys / who)).close()
                assert look(disk / "office") == before, room
            sound(disk / "office")
            shutil.rmtree(disk / "office")
    assert 2 <= refused < len(ROOM)


@pytest.mark.parametrize("part", ["office", "office/.git"])
def test_r42_a_read_only_disk(candidate, part):
    place = candidate.folder / part
    before = look(candidate.office)
    with _mounted(place, "--bind", str(place)):
        done = subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("cannot mount read-only here")
        for words, who in (
            (APPROVE, "zhao.lei"),
            (("record", "new", "incident", "x"), "li.ming"),
            (("hooks", "remove"), "li.ming"),
        ):
            ran = docctl(candidate, *words, **_key(candidate, who))
            told(ran, 3, "read-only")
        for words in (("status",), ("verify",), ("check",), ("register", "in-force"), ("doctor",), ("rules", "status")):
            ran = docctl(candidate, *words, **_key(candidate, "zhao.lei"))
            assert ran.code in ({0, 1} if words == ("doctor",) else {0}), ran.said
            assert "Traceback" not in ran.said
    assert look(candidate.office) == before


# -- people and clocks --------------------------------------------------------------------------------------------------------


def _prompted(shop, words: list[str], who: str) -> tuple[subprocess.Popen[bytes], int]:
    """An act at a terminal that waits for its answer, and the terminal."""
    ours, theirs = pty.openpty()
    call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())", *words]
    env = {**os.environ, "DOCCTL_NOW": NOW, "DOCCTL_LANG": "en", **_key(shop, who)}
    made = subprocess.Popen(call, cwd=shop.office, env=env, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        chunk = os.read(made.stdout.fileno(), 4096)
        assert chunk, said
        said += chunk
    time.sleep(0.1)
    return made, ours


@pytest.mark.parametrize("act", ["submit", "approve", "seal"])
def test_r45_ctrl_c_at_the_prompt(candidate, act):
    words, who = ["approve", "ITSM-P-03"], "zhao.lei"
    if act == "submit":
        candidate.git("switch", "-q", "doc/ITSM-P-03/A-0")
        candidate.edit("ITSM-P-03", r"\Z", "\n新正文。\n")
        words, who = ["submit", "ITSM-P-03"], "wang.fang"
    if act == "seal":
        prepared(candidate, ("li.ming", "record", "new", "incident", "电话中断", "--day", "2026-03-09"))
        candidate.edit("REC-INC-2026-002", r"\Z", "\n正文。\n")
        words, who = ["record", "seal", "REC-INC-2026-002"], "li.ming"
    before = look(candidate.office)
    made, terminal = _prompted(candidate, words, who)
    other = docctl(candidate, "record", "new", "incident", "同时", **_key(candidate, "li.ming"))
    assert other.code in {0, 3}, other.said
    if other.code == 0:  # nothing was begun before the question
        before = look(candidate.office)
    else:
        told(other, 3, "another docctl act is under way")
    made.send_signal(signal.SIGINT)
    rest = made.communicate(timeout=30)[0].decode()
    os.close(terminal)
    assert made.returncode == 130, rest
    assert "nothing was recorded" in rest
    assert "Traceback" not in rest
    assert look(candidate.office) == before


def test_a_killed_prompt_is_led_back_by_the_next_act_which_says_so(candidate):
    candidate.edit("ITSM-P-03", r"\Z", "\n")
    candidate.git("checkout", "-q", "--", ".")
    before = look(candidate.office)
    made, terminal = _prompted(candidate, ["approve", "ITSM-P-03"], "zhao.lei")
    made.kill()
    made.communicate(timeout=30)
    os.close(terminal)
    assert candidate.git("symbolic-ref", "--short", "HEAD") == "doc/ITSM-P-03/A-0"
    ran = docctl(candidate, "doctor", **_key(candidate, "zhao.lei"))
    assert ran.code == 1
    assert "cut off" in ran.said
    ran = docctl(candidate, *APPROVE, **_key(candidate, "zhao.lei"))
    assert ran.code == 0, ran.said
    assert "an act that was cut off was led back" in ran.said
    candidate.git("switch", "-q", "main")
    assert look(candidate.office).files == before.files


def test_what_somebody_wrote_after_the_kill_is_theirs(candidate):
    made, terminal = _prompted(candidate, ["approve", "ITSM-P-03"], "zhao.lei")
    made.kill()
    made.communicate(timeout=30)
    os.close(terminal)
    text = candidate.text("ITSM-P-03")
    text.write_text("written since\n", encoding="utf-8")
    candidate.put("notes.txt", "staged since\n")
    candidate.git("add", "notes.txt")
    Desk(str(candidate.office), key=str(candidate.keys / "zhao.lei")).close()
    assert candidate.git("symbolic-ref", "--short", "HEAD") == "main"
    assert text.read_text(encoding="utf-8") == "written since\n"
    assert candidate.git("diff", "--cached", "--name-only") == "notes.txt"


def test_j07_what_acts_note_is_private_and_links_are_not_followed(candidate, tmp_path):
    before = os.umask(0)
    try:
        made, terminal = _prompted(candidate, ["approve", "ITSM-P-03"], "zhao.lei")
    finally:
        os.umask(before)
    room = candidate.office / ".git/docctl"
    assert stat.S_IMODE((room / "act").stat().st_mode) == 0o700
    assert stat.S_IMODE((room / "lock").stat().st_mode) == 0o600
    made.kill()
    made.communicate(timeout=30)
    os.close(terminal)
    target = tmp_path / "target"
    target.write_text("x")
    folder = candidate.office / "statements/ITSM-P-03"
    Desk(str(candidate.office), key=str(candidate.keys / "zhao.lei")).close()
    shutil.rmtree(folder, ignore_errors=True)
    folder.symlink_to(tmp_path, target_is_directory=True)
    ran = docctl(candidate, *APPROVE, **_key(candidate, "zhao.lei"))
    assert ran.code in {1, 3}, ran.said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop", "target"]


@pytest.mark.parametrize(("now", "years"), [("2035-06-01T00:00:00Z", 8), ("2017-01-01T00:00:00Z", 9)])
def test_r48_a_wrong_clock(candidate, now, years):
    newest = candidate.git("log", "-1", "--format=%ct", "origin/main")
    assert newest  # commits of stock git carry the real time; the distance is told from there
    ran = docctl(candidate, "approve", "ITSM-P-03", **_key(candidate, "zhao.lei"), DOCCTL_NOW=now)
    assert f"your clock ({now}) is {years} years off the last receipt or landing" in ran.said
    assert ran.code == 1
    ran = docctl(candidate, "doctor", **_key(candidate, "zhao.lei"), DOCCTL_NOW=now)
    assert f"is {years} years off" in ran.said
    assert ran.code == (1 if now < "2020" else ran.code)


def test_r48_a_clock_of_1970(monkeypatch):
    class Old(clock.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(1970, 1, 1, tzinfo=tz)

    monkeypatch.setattr(clock, "datetime", Old)
    with pytest.raises(DocctlError, match="the clock of this machine says 1970-01-01"):
        clock.clock()


def test_j03_pointers_of_the_caller_lead_nowhere_else(candidate, tmp_path):
    run("git", "init", "-q", "other", at=tmp_path)
    other = str(tmp_path / "other/.git")
    ran = docctl(candidate, *APPROVE, **_key(candidate, "zhao.lei"), GIT_DIR=other, GIT_INDEX_FILE=f"{other}/index")
    assert ran.code == 0, ran.said
    assert "approve" in candidate.git("ls-tree", "-r", "--name-only", "doc/ITSM-P-03/A-0")
