"""The server side of a library: installing the gate on a bare repository and checking that it really stands. Must not judge pushes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docctl import hooks, sshsig
from docctl.core.calendar import TOLERANCE, instant_valid, seconds_between
from docctl.core.errors import DocctlError, Words
from docctl.core.layout import LOG, ROOT
from docctl.core.library import Rules
from docctl.core.tree import FOLDER
from docctl.pushes import rules_at
from docctl.reader import Memory, fingerprint
from docctl.receipts import chain
from docctl.receiving import KEY, not_in_the_rules
from docctl.repository import Repository
from docctl.repository.process import LIMIT, binary

SETTINGS = {
    "receive.fsckObjects": "true",
    "transfer.fsckObjects": "true",
    "receive.denyDeletes": "true",
    "receive.denyNonFastForwards": "true",
    "receive.shallowUpdate": "false",
    "receive.advertisePushOptions": "false",
}
_PROBE = "probe-v1@docctl"  # a purpose that no rule accepts
_INSTALL = Words("docctl server install", "docctl server install")
_STATES: Mapping[str, Words] = {
    "installed": Words("in place", "已就位"),
    "rehearsal": Words("in place for rehearsals: whoever pushes sets its clock", "仅供演练：时钟由推送者设定"),
    "missing": Words("missing: every push passes", "缺失：任何推送都会通过"),
    "foreign": Words("not docctl's", "不是 docctl 的钩子"),
    "stale": Words("made by another docctl", "由其他版本的 docctl 生成"),
    "not-executable": Words("not executable: every push passes", "不可执行：任何推送都会通过"),
}


class Point(NamedTuple):
    """One thing a server needs: what, whether it is so, and how to mend it."""

    name: str
    good: bool
    words: Words
    remedy: Words


def install(folder: str, library: str = "", root: str = "", *, key: str = "", rehearsal: bool = False) -> list[Point]:
    """Installs the gate on a bare repository, with git's own safeguards and the pinned root fingerprint. What stands now.

    `key` is the file of the server's own key; with it every push that is taken in gets a receipt. On a server for rehearsals
    DOCCTL_NOW sets the clock of the gate, so that months can be acted out in minutes.
    """
    library = hooks.plain_folder(library)
    with _bare(folder) as repository:
        for name, value in {
            **SETTINGS,
            "docctl.root": root,
            KEY: os.path.abspath(key) if key else "",
        }.items():
            if value:
                _set(repository, name, value)
        hooks.install(os.path.join(repository.git_dir, "hooks"), hooks.SERVER, library, rehearsal=rehearsal)
    return check(folder, library)


def check(folder: str, library: str = "") -> list[Point]:
    """Whether the gate really stands: hook there, current, executable, at work and not redirected, git's safeguards on."""
    with _bare(folder) as repository:
        return list(_points(repository, hooks.plain_folder(library)))


def _points(repository: Repository, library: str) -> Iterator[Point]:
    standing = hooks.status(os.path.join(repository.git_dir, "hooks"), hooks.SERVER, library)
    for hook in standing:
        said = _STATES[hook.state]
        words = Words(f"{hook.name}: {said.en}", f"{hook.name}：{said.zh}")
        yield Point(hook.name, hook.state == "installed", words, _INSTALL)
    redirected = repository.config("core.hooksPath")
    yield Point(
        "core.hooksPath",
        redirected is None,
        Words(f"hooks are redirected to {redirected}", f"钩子被重定向到 {redirected}")
        if redirected
        else Words("hooks are not redirected", "钩子未被重定向"),
        Words("git config --unset core.hooksPath", "git config --unset core.hooksPath"),
    )
    if redirected is None and all(hook.state in {"installed", "rehearsal"} for hook in standing):
        yield _at_work(repository)
    for name, value in SETTINGS.items():
        yield _setting(repository, name, value)
    yield from _fsck(repository)
    head = repository.resolve("HEAD")
    rules = rules_at(repository, head, library, Memory()) if head else None
    if head and rules is None:
        yield _unguarded(repository, head, library)
    yield _key(repository, rules)
    yield from _receipts(repository)
    yield from _identity(repository, library, head, rules)


def _unguarded(repository: Repository, head: str, library: str) -> Point:
    """There is history here and no library where the gate looks for one: whatever is pushed passes."""
    where = f"{library}/" if library else ""
    words = Words(
        f"HEAD holds no library in /{where}: until one begins there, this gate judges nothing",
        f"HEAD 在 /{where} 中没有受控库：在其建立之前，此门禁不作任何评判",
    )
    tree = repository.tree(head)
    folders = [name for name, entry in tree.listing("").items() if entry.mode == FOLDER and f"{name}/{ROOT}" in tree]
    named = ", ".join((["/"] if ROOT in tree else []) + sorted(folders)[:5])
    mend = Words(f"docctl --library DIR server install; here: {named}", f"docctl --library DIR server install；此处有：{named}")
    begin = Words("begin one with docctl init and push it, or name its folder", "请用 docctl init 建立并推送，或指定其文件夹")
    return Point("library", False, words, mend if named else begin)


def _setting(repository: Repository, name: str, value: str) -> Point:
    found = repository.config(name)
    mend = Words(f"git config {name} {value}", f"git config {name} {value}")
    return Point(name, found == value, Words(f"{name} is {found or 'not set'}", f"{name} 为 {found or '未设置'}"), mend)


def _at_work(repository: Repository) -> Point:
    """The gate asked as git asks it, for something that no gate lets through: only a refusal by the rules is a good answer."""
    nobody = "0" * 40
    try:
        tried = subprocess.run(
            [os.path.join(repository.git_dir, "hooks", hooks.SERVER[0])],
            cwd=repository.git_dir,
            env={**os.environ, "GIT_DIR": "."},
            input=f"{nobody} {nobody} refs/docctl/tried\n".encode(),
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
        good, told = tried.returncode == 1 and b"DC602" in tried.stderr, tried.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        good, told = False, str(error).encode()
    last = (told.decode("utf-8", "replace").strip().splitlines() or ["-"])[0]
    words = Words("a forbidden push is refused", "禁止的推送被拒绝")
    fault = Words(f"the gate does not answer as it should: {last}", f"门禁未正常应答：{last}")
    return Point("tried", good, words if good else fault, _INSTALL)


def _fsck(repository: Repository) -> Iterator[Point]:
    """Whether git's own look at pushed objects is softened: one kind of fault after the other can be switched off."""
    softened = repository.set_like(r"^(receive|transfer|fetch)\.fsck\.")
    if softened:
        words = Words(f"git's own checks are softened by {', '.join(softened)}", f"git 自身的检查被 {'、'.join(softened)} 放宽")
        mend = " && ".join(f"git config --unset-all {name}" for name in softened)
        yield Point("fsck", False, words, Words(mend, mend))


def _key(repository: Repository, rules: Rules | None) -> Point:
    """Whether the server can sign receipts that hold; without them arrival times are not witnessed."""
    key = repository.config(KEY)
    if not key:
        return Point(KEY, True, Words("no receipts: arrival times are not witnessed", "无回执：到达时间未见证"), _INSTALL)
    try:
        signer = sshsig.find_signing_key(key, {}, None)
        if rules and signer.public.text not in rules.mandate.settings.server_keys:
            raise not_in_the_rules(signer.public.text)
        sshsig.sign(b"docctl server check\n", _PROBE, signer)
    except DocctlError as error:
        return Point(KEY, False, error.words, error.remedy)
    return Point(KEY, True, Words(f"receipts are signed with {key}", f"回执用 {key} 签署"), _INSTALL)


def _receipts(repository: Repository) -> Iterator[Point]:
    """Whether the receipts so far can be read and the clock is not behind them, which would leave arrivals undated."""
    try:
        newest = next((filed.receipt.received_at for filed in reversed(chain(repository).receipts)), "")
    except DocctlError as error:
        yield Point("receipts", False, error.words, error.remedy)
        return
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if newest:
        good = instant_valid(now) and seconds_between(now, newest) <= TOLERANCE
        words = Words(f"newest receipt of {newest}", f"最新回执的时间为 {newest}")
        fault = Words(f"the clock says {now}, the newest receipt {newest}", f"时钟显示 {now}，最新回执为 {newest}")
        mend = Words(
            "set the server's clock; until it has caught up, receipts are marked late",
            "请校正服务器时钟；在其追上之前，回执均记为补发",
        )
        yield Point("clock", good, words if good else fault, mend)


def _identity(repository: Repository, library: str, head: str | None, rules: Rules | None) -> Iterator[Point]:
    """Whether a root is pinned, whether the library here has that root, and whether HEAD names the protected branch."""
    pinned = repository.config("docctl.root")
    pin = Words("docctl server install --root sha256:…", "docctl server install --root sha256:…")
    if not pinned:
        yield Point("docctl.root", False, Words("no root is pinned", "未固定根"), pin)
    found = _root(repository, head, library) if head and rules else ""
    protected = rules.mandate.settings.protected_branch if rules else ""
    if pinned:
        good = found in ("", pinned)
        words = Words(f"pinned root {pinned}", f"已固定根 {pinned}")
        fault = Words(f"pinned root {pinned}, but the library here has {found}", f"已固定根 {pinned}，但此库的根为 {found}")
        yield Point("docctl.root", good, words if good else fault, pin)
    here = repository.head_branch() or "-"
    if head is None and (others := sorted(repository.branches())):
        words = Words(
            f"HEAD is {here}, which is not there; there are {', '.join(others[:5])}",
            f"HEAD 为 {here}，该分支不存在；现有 {', '.join(others[:5])}",
        )
        mend = Words("git symbolic-ref HEAD refs/heads/<the protected branch>", "git symbolic-ref HEAD refs/heads/<受保护分支>")
        yield Point("HEAD", False, words, mend)
    if protected:
        mend = Words(f"git symbolic-ref HEAD refs/heads/{protected}", f"git symbolic-ref HEAD refs/heads/{protected}")
        words = Words(f"HEAD is {here}, the protected branch is {protected}", f"HEAD 为 {here}，受保护分支为 {protected}")
        yield Point("HEAD", here == protected, words, mend)


def _root(repository: Repository, head: str, library: str) -> str:
    """The root fingerprint of the library at its beginning."""
    first = next(repository.history(head, paths=(f"{LOG}/0001.json",), prefix=library), None)
    return fingerprint(repository.tree(first.commit, library)) if first else "-"


def _set(repository: Repository, name: str, value: str) -> None:
    done = subprocess.run([binary(), "--git-dir", repository.git_dir, "config", name, value], capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise DocctlError(
            Words(f"cannot set {name}: {reason}", f"无法设置 {name}：{reason}"),
            Words("run this as the owner of the repository", "请以仓库所有者的身份运行"),
            "server-config",
        )


_NAME_IT = Words("name the server's repository, which `git init --bare` makes", "请指定服务器库（用 `git init --bare` 建立）")


def _bare(folder: str) -> Repository:
    try:
        repository = Repository.open(folder)
    except DocctlError as error:
        if error.code == "not-a-repository":
            raise DocctlError(error.words, _NAME_IT, error.code) from None
        raise
    if not repository.bare:
        repository.close()
        raise DocctlError(
            Words(f"{folder} is not a bare repository", f"{folder} 不是裸库"),
            _NAME_IT,
            "not-bare",
        )
    return repository
