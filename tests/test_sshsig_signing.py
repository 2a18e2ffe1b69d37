"""Choosing the key, and signing with real keys, a real ssh-keygen and a real agent."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import pytest

from docctl.core.errors import DocctlError
from docctl.sshsig import RULES, STATEMENT, SigningKey, find_signing_key, read_key, sign, signing, verify

MESSAGE = '{"comment":"同意"}\n'.encode()


class Home(NamedTuple):
    """A home folder with keys, and the environment of its owner."""

    folder: Path
    environ: dict[str, str]

    def key(self, name, *, passphrase="", kind=("ed25519",)):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        command = ["ssh-keygen", "-q", "-t", *kind, "-N", passphrase, "-C", "a b", "-f", str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    def public(self, name):
        return read_key((self.folder / f"{name}.pub").read_text().rstrip("\n"))

    def add(self, *paths):
        subprocess.run(["ssh-add", "-q", *map(str, paths)], check=True, env=self.environ, timeout=60)

    def find(self, option=None, configured=None, **environ):
        return find_signing_key(option, {**self.environ, **environ}, configured)


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "DOCCTL_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path, {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})


@pytest.fixture
def agent(home, monkeypatch):
    """The same home with an agent listening, which knows no key yet."""
    folder = mkdtemp(prefix="agent-")  # the path of a socket must be short
    socket = f"{folder}/s"
    with subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as process:
        while not os.path.exists(socket):
            time.sleep(0.01)
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        home.environ["SSH_AUTH_SOCK"] = socket
        yield home
        process.terminate()
    shutil.rmtree(folder)


def refused(match):
    return pytest.raises(DocctlError, match=match)


# Which key


def test_option_before_environment_before_setting_before_agent(agent):
    for name in ("a", "b", "c", "d"):
        agent.key(name)
    agent.add(agent.folder / "d")
    a, b, c = (str(agent.folder / name) for name in "abc")
    assert agent.find(a, c, DOCCTL_KEY=b) == SigningKey(a, agent.public("a"))
    assert agent.find(None, c, DOCCTL_KEY=b) == SigningKey(b, agent.public("b"))
    assert agent.find(None, c) == SigningKey(c, agent.public("c"))
    assert agent.find(None, "") == SigningKey("", agent.public("d"))


def test_private_or_public_path_and_tilde(home):
    path = home.key(".ssh/id")
    expected = SigningKey(str(path), home.public(".ssh/id"))
    for named in ("~/.ssh/id", "~/.ssh/id.pub", str(path), f"{path}.pub"):
        assert home.find(named) == expected


def test_public_half_is_made_when_its_file_is_missing(home):
    public = home.public(home.key("id").name)
    (home.folder / "id.pub").unlink()
    assert home.find("~/id").public == public
    home.key("locked", passphrase="long secret")
    (home.folder / "locked.pub").unlink()
    with refused(r"locked\.pub is missing .*incorrect passphrase") as caught:
        home.find("~/locked")
    assert "ssh-keygen -y -f" in caught.value.remedy.zh


def test_missing_file(home):
    with refused(r"key file missing: .*/nowhere \(from --key\)"):
        home.find("~/nowhere")
    with refused("from DOCCTL_KEY"):
        home.find(DOCCTL_KEY=str(home.folder))


def test_file_that_is_no_key(home):
    (home.folder / "text").write_text("hello\nworld\n")
    with refused("not a public key on one line"):
        home.find("~/text")
    (home.folder / "weak").write_text(home.key("rsa", kind=("rsa", "-b", "2048")).with_suffix(".pub").read_text())
    with refused("2048 bits"):
        home.find("~/weak")


def test_private_half_on_no_disk_and_no_agent(home):
    home.key("id").unlink()
    fingerprint = home.public("id").fingerprint
    for named in ("~/id.pub", "~/id", home.public("id").text, f"key::{home.public('id').text} note"):
        with refused(f"key {fingerprint} is not on disk and no agent is running".replace("+", r"\+")):
            home.find(named)
    with refused("none is named and no agent is running"):
        home.find()
    with refused("no agent is running"):
        home.find("~/id", SSH_AUTH_SOCK=str(home.folder / "gone"))


def test_private_half_in_the_agent_only(agent):
    agent.add(agent.key("id"))
    (agent.folder / "id").unlink()
    public = agent.public("id")
    assert agent.find("~/id") == agent.find("~/id.pub") == SigningKey(f"{agent.folder}/id.pub", public)
    for named in (public.text, f"key::{public.text} a comment", public.fingerprint):
        assert agent.find(None, named) == SigningKey("", public)
    agent.key("other").unlink()
    for named in ("~/other", agent.public("other").text):
        with refused("neither on disk nor in the agent"):
            agent.find(named)
    with refused("holds no key SHA256:x"):
        agent.find("SHA256:x")


def test_agent_with_none_and_with_several(agent):
    with refused("the agent holds none that docctl accepts"):
        agent.find()
    agent.add(agent.key("a"), agent.key("b"), agent.key("weak", kind=("rsa", "-b", "2048")))
    with refused("the agent holds 2 keys: SHA256:.*, SHA256:") as caught:
        agent.find()
    assert "--key" in caught.value.remedy.en
    assert agent.public("a").fingerprint in caught.value.words.zh


@pytest.mark.parametrize("name", ["0xDEADBEEFDEADBEEF", "li.ming@example.org", "Li Ming <li.ming@example.org>"])
def test_setting_for_another_program_is_passed_over(agent, name):
    agent.add(agent.key("id"))
    assert agent.find(None, name) == SigningKey("", agent.public("id"))
    with refused("key file missing"):
        agent.find(name)


# Signing


@pytest.mark.parametrize("kind", [("ed25519",), ("ecdsa", "-b", "256"), ("ecdsa", "-b", "521"), ("rsa", "-b", "3072")])
def test_signed_on_disk(home, kind):
    home.key("id", kind=kind)
    key = home.find("~/id")
    assert verify(MESSAGE, sign(MESSAGE, RULES, key), RULES) == (key.public.text, key.public.fingerprint, RULES, "")


def test_signed_by_the_agent(agent):
    agent.add(agent.key("id"))
    (agent.folder / "id").unlink()
    for named in (None, "~/id.pub", agent.public("id").text):
        assert verify(MESSAGE, sign(MESSAGE, STATEMENT, agent.find(named)), STATEMENT).fault == ""


def asking(home, monkeypatch, script):
    """A program that answers for the person who would type the passphrase."""
    path = home.folder / "askpass"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(path))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")


def test_passphrase_is_asked_for(home, monkeypatch):
    home.key("id", passphrase="long secret")
    asking(home, monkeypatch, "echo long secret")
    assert verify(MESSAGE, sign(MESSAGE, STATEMENT, home.find("~/id")), STATEMENT).fault == ""
    asking(home, monkeypatch, "echo wrong")
    with refused("nothing was signed: .*incorrect passphrase") as caught:
        sign(MESSAGE, STATEMENT, home.find("~/id"))
    assert "\n" not in caught.value.words.en


def test_question_that_nobody_answers(home, monkeypatch):
    home.key("id", passphrase="long secret")
    asking(home, monkeypatch, "exec sleep 5")
    monkeypatch.setattr(signing, "SIGN_SECONDS", 0.5)
    with refused("did not finish within 0.5 seconds"):
        sign(MESSAGE, STATEMENT, home.find("~/id"))


def test_wide_permissions(home):
    home.key("id").chmod(0o644)
    with refused(r"nothing was signed: Permissions 0644 for '.*/id' are too open\.$"):
        sign(MESSAGE, STATEMENT, home.find("~/id"))
    (home.folder / "id.pub").unlink()
    with refused("Permissions 0644"):
        home.find("~/id")


def test_public_file_of_another_key(home):
    home.key("id")
    home.key("other")
    shutil.copy(home.folder / "other.pub", home.folder / "id.pub")
    with refused("nothing was signed"):
        sign(MESSAGE, STATEMENT, home.find("~/id"))


def test_result_is_checked_before_it_is_handed_out(home):
    weak = str(home.key("weak", kind=("rsa", "-b", "2048")))
    home.key("id")
    with refused(r"its signature does not hold \(weak-key\)"):
        sign(MESSAGE, STATEMENT, SigningKey(weak, home.public("id")))
    with refused("it used SHA256:.* instead of SHA256:"):
        sign(MESSAGE, STATEMENT, SigningKey(str(home.key("other")), home.public("id")))


def test_namespace_is_one_of_docctl(home):
    home.key("id")
    with pytest.raises(ValueError, match="not a namespace"):
        sign(MESSAGE, "*", home.find("~/id"))
