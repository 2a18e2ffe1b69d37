"""Finding ssh-keygen, and asking it for its opinion."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest

from docctl import sshsig
from docctl.core.errors import DocctlError
from docctl.sshsig import (
    RULES,
    STATEMENT,
    SigningKey,
    allowed_signers_line,
    find_signing_key,
    openssh,
    openssh_verify,
    program,
    read_key,
    sign,
    ssh_keygen,
)

MESSAGE = '{"comment":"同意"}\n'.encode()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def refused(match):
    return pytest.raises(DocctlError, match=match)


@pytest.fixture
def fresh_search():
    """The helper program is looked for anew, before and after."""
    ssh_keygen.cache_clear()
    yield
    ssh_keygen.cache_clear()


@pytest.fixture
def made(tmp_path):
    """A key and its signature over MESSAGE."""
    path = str(tmp_path / "id")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, timeout=60)
    key = SigningKey(path, read_key((tmp_path / "id.pub").read_text().rstrip("\n")))
    return key, sign(MESSAGE, STATEMENT, key)


# The helper program


def test_helper_is_shown(fresh_search):
    path, version = ssh_keygen()
    assert os.path.isabs(path)
    assert version in subprocess.run(["ssh", "-V"], capture_output=True, check=True).stderr.decode()


def test_helper_is_missing(fresh_search, monkeypatch, tmp_path):
    (tmp_path / "ssh-keygen").symlink_to(shutil.which("ssh-keygen"))
    monkeypatch.chdir(tmp_path)
    for path in (".", "", str(tmp_path / "nowhere"), f".{os.pathsep}bin"):
        monkeypatch.setenv("PATH", path)
        with refused("ssh-keygen 8.9 or newer needed, found none"):
            ssh_keygen()


def installation(folder, monkeypatch, banner):
    """The real ssh-keygen beside an ssh that claims to be of some version."""
    (folder / "ssh-keygen").symlink_to(shutil.which("ssh-keygen"))
    if banner:
        (folder / "ssh").write_text(f"#!/bin/sh\necho '{banner}' >&2\n")
        (folder / "ssh").chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))
    ssh_keygen.cache_clear()


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("OpenSSH_8.9p1, x", "8.9p1"),
        ("OpenSSH_for_Windows_9.5p2", "9.5p2"),
        ("OpenSSH_10.0", "10.0"),
        ("other", "8.9+"),
        ("", "8.9+"),
    ],
)
def test_versions_that_do(fresh_search, monkeypatch, tmp_path, banner, version):
    installation(tmp_path, monkeypatch, banner)
    assert ssh_keygen() == (str(tmp_path / "ssh-keygen"), version)


@pytest.mark.parametrize("banner", ["OpenSSH_8.8p1", "OpenSSH_7.9p1 Debian"])
def test_versions_that_do_not(fresh_search, monkeypatch, tmp_path, banner):
    installation(tmp_path, monkeypatch, banner)
    with refused(f"ssh-keygen 8.9 or newer needed, found {banner.split('_')[1].split()[0]}"):
        find_signing_key(None, {}, None)


def test_helper_without_the_operation(fresh_search, monkeypatch, tmp_path):
    shutil.copy(shutil.which("true"), tmp_path / "ssh-keygen")
    monkeypatch.setenv("PATH", str(tmp_path))
    with refused("found an older one"):
        ssh_keygen()


def test_program_that_cannot_start(tmp_path):
    with refused("cannot be started: No such file"):
        program.run([str(tmp_path / "nothing")])


def test_program_that_will_not_stop(monkeypatch):
    monkeypatch.setattr(program, "_GRACE", 0.2)
    with refused("did not finish within 0.2 seconds"):
        program.run(["sh", "-c", "trap '' TERM; sleep 1 & wait; sleep 1"], seconds=0.2)


# The second opinion


def test_line_of_allowed_signers(made):
    key = made[0].public
    shanghai = timezone(timedelta(hours=8))
    line = allowed_signers_line("cara", key, STATEMENT, datetime(2026, 2, 1, tzinfo=shanghai), NOON)
    window = 'valid-after="20260131160000Z",valid-before="20260301120000Z"'
    assert line == f'cara namespaces="{STATEMENT}",{window} {key.text}'
    assert allowed_signers_line("cara", key, RULES, None, None) == f'cara namespaces="{RULES}" {key.text}'
    with pytest.raises(ValueError, match="zone"):
        allowed_signers_line("cara", key, RULES, NOON.replace(tzinfo=None), None)
    for person in ("*", "a b", "a,b", "!a", 'a"', "a\nb", "", "-a"):
        with refused("cannot stand in a list"):
            allowed_signers_line(person, key, STATEMENT, None, None)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_window_is_inclusive_whatever_the_zone(made, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    line = allowed_signers_line("cara", made[0].public, STATEMENT, NOON, NOON + timedelta(hours=1))
    moments = ["2026-03-01T11:59:59Z", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-01T13:00:01Z"]
    assert [openssh_verify(MESSAGE, made[1], STATEMENT, "cara", line, at) for at in moments] == [False, True, True, False]


def test_second_opinion_on_altered_input(made):
    line = allowed_signers_line("cara", made[0].public, STATEMENT, None, None)
    at = "2026-03-01T12:00:00Z"
    assert openssh_verify(MESSAGE, made[1], STATEMENT, "cara", line, at)
    assert not openssh_verify(MESSAGE + b" ", made[1], STATEMENT, "cara", line, at)
    assert not openssh_verify(MESSAGE, made[1], RULES, "cara", line, at)
    assert not openssh_verify(MESSAGE, made[1], STATEMENT, "ben", line, at)
    assert not openssh_verify(MESSAGE, b"", STATEMENT, "cara", line, at)
    assert not openssh_verify(MESSAGE, made[1], STATEMENT, "cara", "garbage", at)
    for odd in ("2026-02-30T12:00:00Z", "2026-03-01T12:00:00", "20260301120000Z", "now"):
        with refused("is not a moment"):
            openssh_verify(MESSAGE, made[1], STATEMENT, "cara", line, odd)


def test_second_opinion_must_know_a_bad_signature(fresh_search, made, monkeypatch, tmp_path):
    line = allowed_signers_line("cara", made[0].public, STATEMENT, None, None)
    folder = tmp_path / "yes"
    folder.mkdir()
    installation(folder, monkeypatch, "OpenSSH_9.2p1")
    (folder / "ssh-keygen").unlink()
    shutil.copy(shutil.which("true", path=os.defpath), folder / "ssh-keygen")
    with refused("calls a signature good over a text that was altered"):
        openssh_verify(MESSAGE, made[1], STATEMENT, "cara", line, "2026-03-01T12:00:00Z")
    (folder / "ssh-keygen").unlink()
    shutil.copy(shutil.which("false", path=os.defpath), folder / "ssh-keygen")
    with refused("could not check a signature"):
        openssh_verify(MESSAGE, made[1], STATEMENT, "cara", line, "2026-03-01T12:00:00Z")


def test_second_opinion_needs_dates_in_utc(fresh_search, made, monkeypatch, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    installation(folder, monkeypatch, "OpenSSH_9.0p1")
    with refused("ssh-keygen 9.1 or newer needed"):
        openssh_verify(MESSAGE, made[1], STATEMENT, "cara", "", "2026-03-01T12:00:00Z")


def test_files_of_the_second_opinion_are_private(tmp_path):
    path = openssh.write_private(str(tmp_path), "x", b"data")
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_every_public_name_is_there():
    assert all(getattr(sshsig, name) for name in sshsig.__all__)
    with pytest.raises(AttributeError):
        _ = sshsig.nonsense
