"""Makes SSH signatures with the person's own ssh-keygen, agent or token. Must not know what it signs, nor see a private key."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docctl.core.errors import DocctlError, Words
from docctl.leftovers import clear
from docctl.sshsig.check import verify
from docctl.sshsig.openssh import write_private
from docctl.sshsig.program import reason, run, ssh_keygen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docctl.sshsig.signingkey import SigningKey

SIGN_SECONDS = 120  # long enough to type a passphrase or to find the token


def sign(message: bytes, namespace: str, key: SigningKey) -> bytes:
    """The signature file of `key` over `message` for one purpose, checked before it is handed out.

    ssh-keygen may ask for a passphrase or a touch on the terminal; DocctlError when it does not sign.
    """
    if not re.fullmatch(r"[a-z0-9.-]+@[a-z0-9.-]+", namespace):
        raise ValueError(f"not a namespace: {namespace!r}")
    program = ssh_keygen()[0]
    # A token asks for its touch on the side channel; there a person must see the question, so the reason is not caught.
    aloud = key.public.kind.startswith("sk-") and sys.stderr.isatty()
    with _key_file(key) as path:
        command = [program, "-Y", "sign", "-n", namespace, "-f", path]
        ran = run(command, given=message, seconds=SIGN_SECONDS, aloud=aloud)
    if ran.code != 0:
        raise _not_signed("see above" if aloud else reason(ran.said))
    return _checked(message, ran.out.replace(b"\r\n", b"\n"), namespace, key)


@contextmanager
def _key_file(key: SigningKey) -> Iterator[str]:
    """The file that tells ssh-keygen which key to use; for a key known from the agent alone, its public half for a moment."""
    if key.path:
        yield key.path
        return
    from tempfile import TemporaryDirectory, gettempdir

    clear(gettempdir())  # of acts that were killed while they signed (J07)
    with TemporaryDirectory(prefix=f"docctl-key-{os.getpid()}-") as folder:
        yield write_private(folder, "key.pub", key.public.text.encode("ascii") + b"\n")


def _checked(message: bytes, armoured: bytes, namespace: str, key: SigningKey) -> bytes:
    """`armoured`, when it is a good signature of the key that was asked for."""
    verdict = verify(message, armoured, namespace)
    if verdict.fault:
        raise _not_signed(f"its signature does not hold ({verdict.fault})")
    if verdict.key != key.public.text:
        raise _not_signed(f"it used {verdict.fingerprint} instead of {key.public.fingerprint}; does the .pub belong to the key?")
    return armoured


def _not_signed(why: str) -> DocctlError:
    words = Words(en=f"nothing was signed: {why}", zh=f"未能签名：{why}")
    remedy = Words(
        en="mend what ssh-keygen names and run the command again; tokens must be made with touch required",
        zh="请按 ssh-keygen 的提示处理后重试；硬件密钥须启用触碰确认",
    )
    return DocctlError(words, remedy, "not-signed")
