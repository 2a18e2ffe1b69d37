"""The second opinion: stock `ssh-keygen -Y verify` with a generated list of signers. Must not know documents or rules."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docctl.core.errors import DocctlError, Words
from docctl.sshsig.program import needs_utc_dates, reason, run

if TYPE_CHECKING:
    from docctl.sshsig.publickey import PublicKey

_GOOD, _BAD = 0, 255
_proven: set[str] = set()


def allowed_signers_line(
    person: str,
    key: PublicKey,
    namespace: str,
    valid_from: datetime | None,
    valid_until: datetime | None,
) -> str:
    """The line by which OpenSSH lets `person` sign with `key` for one purpose, from and until the two moments inclusive.

    The moments know their zone and are written in UTC; None leaves that end open. No line break at the end.
    """
    options = [f'namespaces="{_plain(namespace)}"']
    options += [f'valid-after="{_stamp(valid_from)}"'] if valid_from else []
    options += [f'valid-before="{_stamp(valid_until)}"'] if valid_until else []
    return f"{_plain(person)} {','.join(options)} {key.text}"


def openssh_verify(
    message: bytes,
    armoured: bytes,
    namespace: str,
    signer: str,
    allowed_line: str,
    at: str,
) -> bool:
    """Whether stock OpenSSH finds the signature good for `signer`, whose lines of allowed signers are `allowed_line`.

    `at` is the moment to judge by, "2026-03-01T08:00:00Z". DocctlError when OpenSSH could not be asked.
    """
    path = needs_utc_dates()
    question = (armoured, _plain(namespace), _plain(signer), allowed_line, _moment(at))
    if path not in _proven:
        if _says_good(path, message + b"\0altered", *question):
            raise _not_to_be_trusted(path)
        _proven.add(path)
    return _says_good(path, message, *question)


def _says_good(path: str, message: bytes, armoured: bytes, namespace: str, signer: str, allowed: str, at: str) -> bool:
    """One run of `ssh-keygen -Y verify`, its two files in a folder that nobody else can enter."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix=f"docctl-key-{os.getpid()}-") as folder:
        signers = write_private(folder, "allowed_signers", allowed.encode("utf-8") + b"\n")
        signature = write_private(folder, "signature", armoured)
        command = [path, "-Y", "verify", "-f", signers, "-I", signer, "-n", namespace, "-s", signature, "-O", f"verify-time={at}"]
        ran = run(command, given=message)
    if ran.code not in {_GOOD, _BAD}:
        why = reason(ran.said)
        words = Words(en=f"ssh-keygen could not check a signature: {why}", zh=f"ssh-keygen 无法核验签名：{why}")
        remedy = Words(en=f"see whether {path} works", zh=f"请检查 {path} 是否可用")
        raise DocctlError(words, remedy, "ssh-keygen")
    return ran.code == _GOOD


def write_private(folder: str, name: str, data: bytes) -> str:
    """The path of a new file in `folder` that only its owner can read."""
    path = os.path.join(folder, name)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return path


def _plain(name: str) -> str:
    """`name`, if it can mean nothing but itself in a list of signers: no pattern, no separator, no quote."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]*", name):
        words = Words(
            en=f"{name!r} cannot stand in a list of allowed signers",
            zh=f"{name!r} 不能写入签名人清单（allowed signers）",
        )
        remedy = Words(
            en="use letters, digits, dot, hyphen and underscore only",
            zh="只使用英文字母、数字、点、连字符和下划线",
        )
        raise DocctlError(words, remedy)
    return name


def _stamp(moment: datetime) -> str:
    """A moment as OpenSSH reads it in UTC; without the Z it would read it in the zone of the machine."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _moment(at: str) -> str:
    """The text "2026-03-01T08:00:00Z" as OpenSSH reads it; days that do not exist are refused, OpenSSH would roll them over."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", at):
            return _stamp(datetime.fromisoformat(at))
    except ValueError:
        pass
    words = Words(en=f"{at!r} is not a moment", zh=f"{at!r} 不是有效时刻")
    raise DocctlError(words, Words(en="write it as 2026-03-01T08:00:00Z", zh="请写作 2026-03-01T08:00:00Z"))


def _not_to_be_trusted(path: str) -> DocctlError:
    words = Words(
        en=f"{path} calls a signature good over a text that was altered; it cannot be relied on",
        zh=f"{path} 对被改动的文本仍判定签名有效，不可信赖",
    )
    return DocctlError(words, Words(en="install OpenSSH again", zh="请重新安装 OpenSSH"), "ssh-keygen")
