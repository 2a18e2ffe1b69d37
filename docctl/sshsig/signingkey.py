"""Which key of a person signs: option, environment, git's setting, agent. Must not know the rules, nor read private keys."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.systemfault import system_fault
from docctl.sshsig.program import beside, reason, run, ssh_keygen
from docctl.sshsig.publickey import LONGEST_KEY, PublicKey, read_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_LITERAL = re.compile(r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+(?: .*)?")
_OTHER_PROGRAMS = re.compile(r"(?:0x)?[0-9A-Fa-f]{8,40}!?|[^/\\]*<[^/\\]+@[^/\\]+>|[^/\\\s]+@[^/\\\s]+")  # OpenPGP names
_NO_AGENT = 2  # what ssh-add answers when nobody listens


class SigningKey(NamedTuple):
    """The key that signs: the file that ssh-keygen is told ("" when the key is known from the agent alone) and its public key."""

    path: str
    public: PublicKey


def find_signing_key(option: str | None, environ: Mapping[str, str], configured: str | None) -> SigningKey:
    """The key to sign with: `option` (--key), else DOCCTL_KEY, else `configured` (git's user.signingkey), else the agent's only.

    Each may be the path of a private or a public key, a public key itself, or "SHA256:…" of a key in the agent.
    """
    ssh_keygen()
    for source, value in (("--key", option), ("DOCCTL_KEY", environ.get("DOCCTL_KEY")), ("user.signingkey", configured)):
        if value and not (source == "user.signingkey" and _is_openpgp(value, environ)):
            return _named(source, value, environ)
    return SigningKey("", _only_one(_agent_keys(environ)))


def _named(source: str, value: str, environ: Mapping[str, str]) -> SigningKey:
    """The key that the text `value`, taken from `source`, names."""
    literal = value.removeprefix("key::")
    if value.startswith("key::") or _LITERAL.fullmatch(value):
        public = _readable(literal, source)
        _must_hold(public, environ)
        return SigningKey("", public)
    if value.startswith("SHA256:"):
        return SigningKey("", _with_fingerprint(value, environ))
    return _in_file(source, _expanded(value, environ), environ)


def _in_file(source: str, path: str, environ: Mapping[str, str]) -> SigningKey:
    """The key in the file at `path`: private, public, or a private one that only its .pub is left of."""
    if not os.path.isfile(path):
        if not os.path.isfile(path + ".pub"):
            words = Words(en=f"key file missing: {path} (from {source})", zh=f"密钥文件不存在：{path}（来自 {source}）")
            raise _unfit(words, _CHOOSE)
        path += ".pub"
    if _start(path).startswith("-----BEGIN"):
        return SigningKey(path, _public_half(path))
    public = _readable(_start(path, LONGEST_KEY + 2).strip("\r\n"), path)
    private = path.removesuffix(".pub")
    if private != path and os.path.isfile(private):
        return SigningKey(private, public)
    _must_hold(public, environ)
    return SigningKey(path, public)


def _public_half(path: str) -> PublicKey:
    """The public key of the private one at `path`: from the file beside it, else told by ssh-keygen, which asks for nothing."""
    if os.path.isfile(path + ".pub"):
        return _readable(_start(path + ".pub", LONGEST_KEY + 2).strip("\r\n"), path + ".pub")
    ran = run([ssh_keygen()[0], "-y", "-P", "", "-f", path])
    if ran.code == 0:
        return _readable(ran.out.decode("utf-8", "replace").strip("\r\n"), path)
    why = reason(ran.said)
    words = Words(
        en=f"{path}.pub is missing and cannot be made without asking: {why}",
        zh=f"缺少 {path}.pub，且无法自动生成：{why}",
    )
    remedy = f"ssh-keygen -y -f {path} > {path}.pub"
    raise _unfit(words, Words(en=f"make it once: {remedy}", zh=f"请先生成：{remedy}"))


def _must_hold(public: PublicKey, environ: Mapping[str, str]) -> None:
    """Holds when the agent has the private half of `public`, which is not on disk."""
    held = _agent_keys(environ)
    if held is None:
        words = Words(
            en=f"key {public.fingerprint} is not on disk and no agent is running",
            zh=f"密钥 {public.fingerprint} 不在磁盘上，且 ssh-agent 没有运行",
        )
        raise _unfit(words, _START_AGENT)
    if public not in held:
        words = Words(
            en=f"key {public.fingerprint} is neither on disk nor in the agent",
            zh=f"密钥 {public.fingerprint} 既不在磁盘上，也不在 ssh-agent 中",
        )
        raise _unfit(words, Words(en="add it: ssh-add <key file>", zh="请加入：ssh-add <密钥文件>"))


def _with_fingerprint(fingerprint: str, environ: Mapping[str, str]) -> PublicKey:
    """The key in the agent that has this fingerprint."""
    for key in _agent_keys(environ) or []:
        if key.fingerprint == fingerprint:
            return key
    words = Words(en=f"the agent holds no key {fingerprint}", zh=f"ssh-agent 中没有密钥 {fingerprint}")
    raise _unfit(words, Words(en="see what it holds: ssh-add -l", zh="查看其中的密钥：ssh-add -l"))


def _only_one(held: list[PublicKey] | None) -> PublicKey:
    """The one key that the agent holds, when it is one; None stands for no agent."""
    if held is None:
        words = Words(
            en="no signing key: none is named and no agent is running",
            zh="没有签名密钥：没有指定密钥，ssh-agent 也没有运行",
        )
        raise _unfit(words, _CHOOSE)
    if not held:
        words = Words(
            en="no signing key: none is named and the agent holds none that docctl accepts",
            zh="没有签名密钥：没有指定密钥，ssh-agent 中也没有 docctl 可接受的密钥",
        )
        raise _unfit(words, _CHOOSE)
    if len(held) > 1:
        names = ", ".join(key.fingerprint for key in held)
        words = Words(en=f"the agent holds {len(held)} keys: {names}", zh=f"ssh-agent 中有 {len(held)} 个密钥：{names}")
        raise _unfit(words, Words(en="name one: --key SHA256:… or --key <file>", zh="请指明：--key SHA256:… 或 --key <文件>"))
    return held[0]


def _agent_keys(environ: Mapping[str, str]) -> list[PublicKey] | None:
    """The keys in the agent that docctl accepts, None when no agent runs; certificates and weak keys are passed over."""
    program = beside(ssh_keygen()[0], "ssh-add")
    if program is None or not environ.get("SSH_AUTH_SOCK"):
        return None
    ran = run([program, "-L"], environ=environ)
    if ran.code == _NO_AGENT:
        return None
    keys = []
    for line in ran.out.decode("utf-8", "replace").splitlines() if ran.code == 0 else []:
        with suppress(Unreadable):
            keys.append(read_key(" ".join(line.split(" ")[:2])))
    return keys


def _readable(text: str, source: str) -> PublicKey:
    """The public key in `text`, or the reason with the place it came from."""
    try:
        return read_key(text)
    except Unreadable as error:
        words = Words(en=f"{source}: {error.words.en}", zh=f"{source}：{error.words.zh}")
        raise _unfit(words, _CHOOSE) from error


def _start(path: str, size: int = 32) -> str:
    """The first `size` characters of a file: of a private key no more than its title is ever read."""
    try:
        with open(path, "rb") as file:
            return file.read(size).decode("utf-8", "replace")
    except OSError as error:
        why = system_fault(error)
        words = Words(en=f"{path} cannot be read: {why.en}", zh=f"无法读取 {path}：{why.zh}")
        raise _unfit(words, _CHOOSE) from error


def _expanded(path: str, environ: Mapping[str, str]) -> str:
    """`path` with the home folder in the place of "~"."""
    home = environ.get("HOME")
    if home and (path == "~" or path.startswith("~/")):
        return home + path[1:]
    return os.path.expanduser(path)


def _is_openpgp(value: str, environ: Mapping[str, str]) -> bool:
    """Whether git's setting names a key of another program, so that it says nothing about SSH keys."""
    return bool(_OTHER_PROGRAMS.fullmatch(value)) and not os.path.exists(_expanded(value, environ))


_CHOOSE = Words(
    en="name a key: --key <file>, DOCCTL_KEY, or git config user.signingkey <file>; make one with ssh-keygen -t ed25519",
    zh="请指定密钥：--key <文件>、DOCCTL_KEY 或 git config user.signingkey <文件>；可用 ssh-keygen -t ed25519 生成",
)
_START_AGENT = Words(
    en='start one and add the key: eval "$(ssh-agent)" && ssh-add <key file>; or name the private key with --key',
    zh='请启动并加入密钥：eval "$(ssh-agent)" && ssh-add <密钥文件>；或用 --key 指定私钥文件',
)


def _unfit(words: Words, remedy: Words) -> DocctlError:
    return DocctlError(words, remedy, "signing-key")
