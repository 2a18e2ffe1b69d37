"""Stock OpenSSH as a helper: found once, shown, run with time limits. Must not know which key signs, nor who may."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from docctl.core.errors import DocctlError, Words
from docctl.core.systemfault import system_fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from subprocess import Popen

OLDEST = (8, 9)
OLDEST_FOR_UTC = (9, 1)  # earlier ones read no "Z" in dates and would judge by the time zone of the machine
_QUICK = 20  # seconds for anything that asks nobody
_GRACE = 5  # seconds to put the terminal in order after the time limit

_INSTALL = Words(
    en="install OpenSSH 8.9 or newer and put it on PATH; reading commands work without it",
    zh="请安装 OpenSSH 8.9 或更新版本并加入 PATH；只读命令无需它即可使用",
)


class Ran(NamedTuple):
    """How a program ended: its exit code, what it wrote, and what it said on the side."""

    code: int
    out: bytes
    said: bytes


@lru_cache(maxsize=1)
def ssh_keygen() -> tuple[str, str]:
    """The path and the version ("9.2p1") of the ssh-keygen in use; DocctlError when there is none or it is too old."""
    path = on_path("ssh-keygen")
    if path is None:
        raise _not_new_enough("none", "没有找到")
    version = _version_beside(path)
    if version is None:
        return path, _version_by_trial(path)
    if _number(version) < OLDEST:
        raise _not_new_enough(version, version)
    return path, version


def on_path(name: str) -> str | None:
    """The absolute path of a program; folders of PATH that are relative, as the current one, are never looked into."""
    import shutil

    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    found = shutil.which(name, path=os.pathsep.join(folders)) if folders else None
    return found if found and os.path.isabs(found) else None


def beside(path: str, name: str) -> str | None:
    """The program `name` of the same installation as the program at `path`."""
    sibling = os.path.join(os.path.dirname(path), name + os.path.splitext(path)[1])
    return sibling if os.access(sibling, os.X_OK) else None


def run(
    command: Sequence[str],
    *,
    given: bytes = b"",
    environ: Mapping[str, str] | None = None,
    seconds: float = _QUICK,
    aloud: bool = False,
) -> Ran:
    """How `command` ended, with `given` on its standard input. With `aloud`, what it says on the side goes to the terminal."""
    import subprocess

    env = {**(os.environ if environ is None else environ), "LC_ALL": "C"}
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=None if aloud else pipe, env=env) as process:
            try:
                out, said = process.communicate(given, timeout=seconds)
            except subprocess.TimeoutExpired:
                _stop(process)
                raise _too_slow(command[0], seconds) from None
    except OSError as error:
        raise _not_started(command[0], error) from error
    return Ran(process.returncode, out, said or b"")


def reason(said: bytes) -> str:
    """The one line of what OpenSSH said that tells why it would not; no control characters."""
    lines = said.decode("utf-8", "replace").split("usage:")[0].splitlines()
    printable = ["".join(c for c in line if c.isprintable()).strip() for line in lines]
    answers = [re.sub(r"^Enter [^:]*: *", "", line) for line in printable]  # the question stands on the same line
    telling = [line for line in answers if line and not line.startswith(("@", "Signing data on", "Confirm user"))]
    wide = [line for line in telling if line.startswith("Permissions ")]
    return (wide or telling[-1:] or ["no reason given"])[0][:300]


def _stop(process: Popen[bytes]) -> None:
    """Ends a program that took too long, politely first: asked so, ssh-keygen switches the echo of the terminal on again."""
    import subprocess

    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _version_beside(path: str) -> str | None:
    """The version of the ssh installed with the ssh-keygen at `path`, which itself cannot tell; None when that is absent."""
    ssh = beside(path, "ssh")
    if ssh is None:
        return None
    ran = run([ssh, "-V"])
    found = re.search(rb"OpenSSH_(?:for_Windows_)?([0-9]{1,3}\.[0-9]{1,3}(?:p[0-9]{1,3})?)", ran.said + ran.out)
    return found[1].decode("ascii") if found else None


def _version_by_trial(path: str) -> str:
    """What can be said when no ssh stands beside: whether ssh-keygen knows an operation that came with 8.9."""
    ran = run([path, "-Y", "match-principals", "-I", "nobody", "-f", os.devnull])
    if b"No principal matched" not in ran.said + ran.out:
        raise _not_new_enough("an older one", "更旧的版本")
    return "8.9+"


def _number(version: str) -> tuple[int, int]:
    """The first two numbers of a version, (9, 2) for "9.2p1"; (0, 0) when it has none."""
    found = re.match(r"([0-9]+)\.([0-9]+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def needs_utc_dates() -> str:
    """The path of an ssh-keygen that reads dates in UTC; DocctlError when the one in use is too old for that."""
    path, version = ssh_keygen()
    if _number(version) < OLDEST_FOR_UTC and version != "8.9+":
        words = Words(
            en=f"ssh-keygen 9.1 or newer needed to check with dates in UTC, found {version}",
            zh=f"按 UTC 日期核验需要 ssh-keygen 9.1 或更新版本，当前为 {version}",
        )
        raise DocctlError(words, _INSTALL, "ssh-keygen")
    return path


def _not_new_enough(found_en: str, found_zh: str) -> DocctlError:
    words = Words(
        en=f"ssh-keygen 8.9 or newer needed, found {found_en}",
        zh=f"需要 ssh-keygen 8.9 或更新版本，当前：{found_zh}",
    )
    return DocctlError(words, _INSTALL, "ssh-keygen")


def _too_slow(program: str, seconds: float) -> DocctlError:
    words = Words(
        en=f"{program} did not finish within {seconds:g} seconds and was stopped",
        zh=f"{program} 在 {seconds:g} 秒内没有完成，已停止",
    )
    remedy = Words(
        en="run the command again and answer its question in time",
        zh="请重新执行，并及时回答其提问（口令或触碰密钥）",
    )
    return DocctlError(words, remedy, "ssh-keygen")


def _not_started(program: str, error: OSError) -> DocctlError:
    why = system_fault(error)
    words = Words(en=f"{program} cannot be started: {why.en}", zh=f"无法启动 {program}：{why.zh}")
    return DocctlError(words, _INSTALL, "ssh-keygen")
