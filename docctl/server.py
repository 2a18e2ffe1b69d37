"""The server side of a library: installing the gate on a bare repository and checking that it really stands. Must not judge pushes."""

from __future__ import annotations

import os
import subprocess
from typing import NamedTuple

from docctl import hooks
from docctl.core.errors import DocctlError, Words
from docctl.repository import Repository
from docctl.repository.process import binary

SETTINGS = {
    "receive.fsckObjects": "true",
    "transfer.fsckObjects": "true",
    "receive.denyDeletes": "true",
    "receive.denyNonFastForwards": "true",
    "receive.advertisePushOptions": "false",
}


class Point(NamedTuple):
    """One thing a server needs: what, whether it is so, and how to mend it."""

    name: str
    good: bool
    words: Words
    remedy: Words


def install(folder: str, library: str = "", root: str = "") -> list[Point]:
    """Installs the gate on a bare repository, with git's own safeguards and the pinned root fingerprint. What stands now."""
    with _bare(folder) as repository:
        for name, value in {**SETTINGS, **({"docctl.root": root} if root else {})}.items():
            subprocess.run([binary(), "--git-dir", repository.git_dir, "config", name, value], check=True, capture_output=True)  # noqa: S603
        hooks.install(os.path.join(repository.git_dir, "hooks"), hooks.SERVER, library)
    return check(folder, library)


def check(folder: str, library: str = "") -> list[Point]:
    """Whether the gate really stands: hook there, current and executable, not redirected, git's safeguards on."""
    with _bare(folder) as repository:
        points = [_hook_point(hook) for hook in hooks.status(os.path.join(repository.git_dir, "hooks"), hooks.SERVER, library)]
        redirected = repository.config("core.hooksPath")
        points.append(
            Point(
                "core.hooksPath",
                redirected is None,
                Words(f"hooks are redirected to {redirected}" if redirected else "hooks are not redirected", f"钩子被重定向到 {redirected}" if redirected else "钩子未被重定向"),
                Words("git config --unset core.hooksPath", "git config --unset core.hooksPath"),
            )
        )
        for name, value in SETTINGS.items():
            found = repository.config(name)
            points.append(
                Point(name, found == value, Words(f"{name} is {found}", f"{name} 为 {found}"), Words(f"git config {name} {value}", f"git config {name} {value}"))
            )
        pinned = repository.config("docctl.root")
        points.append(
            Point(
                "docctl.root",
                bool(pinned),
                Words(f"pinned root {pinned}" if pinned else "no root is pinned", f"已固定根 {pinned}" if pinned else "未固定根"),
                Words("docctl server install --root sha256:…", "docctl server install --root sha256:…"),
            )
        )
    return points


def _hook_point(hook: hooks.Hook) -> Point:
    states = {
        "installed": Words("in place", "已就位"),
        "missing": Words("missing: every push passes", "缺失：任何推送都会通过"),
        "foreign": Words("not docctl's", "不是 docctl 的钩子"),
        "stale": Words("made by another docctl", "由其他版本的 docctl 生成"),
        "not-executable": Words("not executable: every push passes", "不可执行：任何推送都会通过"),
    }
    said = states[hook.state]
    return Point(
        hook.name,
        hook.state == "installed",
        Words(f"{hook.name}: {said.en}", f"{hook.name}：{said.zh}"),
        Words("docctl server install", "docctl server install"),
    )


def _bare(folder: str) -> Repository:
    repository = Repository.open(folder)
    if not repository.bare:
        repository.close()
        raise DocctlError(
            Words(f"{folder} is not a bare repository", f"{folder} 不是裸库"),
            Words("name the server's repository (git init --bare)", "请指定服务器库（git init --bare）"),
            "not-bare",
        )
    return repository
