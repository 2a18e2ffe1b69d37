"""What is wrong with somebody's set-up: programs, repository, gates, key, clock, leftovers. Must not mend or write anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from docctl import hooks, sshsig
from docctl.acts.clock import astray, newest
from docctl.core.calendar import local_day
from docctl.core.errors import DocctlError, Words
from docctl.core.library import Rules
from docctl.core.people import Person
from docctl.reader import Memory, rulebook
from docctl.reader.rulebook import no_rules
from docctl.repository import Repository
from docctl.repository.process import binary, version
from docctl.site.workplace import abandoned
from docctl.workspace import hurdles, unfinished

FINE, CAREFUL, WRONG = "fine", "careful", "wrong"
_NOTHING = Words("nothing needs to be done", "无需处理")


class Point(NamedTuple):
    """One thing that was looked at: its name, its state (fine, careful, wrong), what was found and how to mend it."""

    name: str
    state: str
    words: Words
    remedy: Words = _NOTHING


def look(folder: str, library: str, key: str | None, now: str) -> list[Point]:
    """Every point of the clone around `folder`; `library` is its folder there, `key` what --key said, `now` the clock's instant."""
    points = [_asked("git", _git), _asked("ssh-keygen", _ssh_keygen)]
    try:
        repository = Repository.open(folder)
    except DocctlError as error:
        return [*points, _of(error, "repository")]
    with repository:
        found = Words(f"repository {repository.top or repository.git_dir}", f"仓库 {repository.top or repository.git_dir}")
        points.append(Point("repository", FINE, found))
        for name, ask in _CHECKS.items():
            points += _each(name, ask, _Clone(repository, library, key, now))
    return points


class _Clone:
    """One clone that is looked at; its rules are those of the current commit, None when they cannot be read."""

    def __init__(self, repository: Repository, library: str, key: str | None, now: str) -> None:
        self.repository, self.library, self.key, self.now = repository, library, key, now

    @property
    def rules(self) -> Rules | None:
        with suppress(DocctlError):
            return self.require_rules()
        return None

    def require_rules(self) -> Rules:
        head = self.repository.resolve("HEAD") if self.repository.has_commits() else None
        if head is None:
            raise DocctlError(
                Words("no commits yet", "尚无提交"), Words("`docctl init` makes the first one", "`docctl init` 会建立第一个提交")
            )
        book = rulebook(self.repository.tree(head, self.library), Memory())
        if book.rules is None:
            raise no_rules(book.unread)
        return book.rules

    @property
    def protected(self) -> str:
        """The name of the protected branch, "" without rules."""
        return self.rules.mandate.settings.protected_branch if self.rules else ""


def _of(error: DocctlError, name: str, state: str = WRONG) -> Point:
    return Point(name, state, error.words, error.remedy)


def _asked(name: str, ask: Callable[[], Point]) -> Point:
    try:
        return ask()
    except DocctlError as error:
        return _of(error, name)


def _each(name: str, ask: Callable[[_Clone], Iterator[Point]], clone: _Clone) -> list[Point]:
    try:
        return list(ask(clone))
    except DocctlError as error:
        return [_of(error, name)]
    except OSError as error:
        return [_of(hurdles.not_read(error), name)]


def _git() -> Point:
    found = version()
    return Point("git", FINE, Words(f"git {found} ({binary()})", f"git {found}（{binary()}）"))


def _ssh_keygen() -> Point:
    path, found = sshsig.ssh_keygen()
    return Point("ssh-keygen", FINE, Words(f"ssh-keygen {found} ({path})", f"ssh-keygen {found}（{path}）"))


def _rules(clone: _Clone) -> Iterator[Point]:
    record = clone.require_rules().log[-1].record.n
    yield Point("rules", FINE, Words(f"rules record {record} stands", f"现行规则变更记录为 {record} 号"))


def _history(clone: _Clone) -> Iterator[Point]:
    if clone.repository.has_commits():
        clone.repository.require_full_history()
        yield Point("history", FINE, Words("the history is complete", "历史完整"))


def _index(clone: _Clone) -> Iterator[Point]:
    clone.repository.require_whole_index()
    yield from ()


def _hooks(clone: _Clone) -> Iterator[Point]:
    install = Words("docctl hooks install", "docctl hooks install")
    if clone.repository.bare:
        return
    redirected = clone.repository.config("core.hooksPath")
    if redirected:
        unset = "git config --unset core.hooksPath"
        words = Words(f"hooks are redirected to {redirected} (core.hooksPath)", f"钩子被重定向到 {redirected}（core.hooksPath）")
        remedy = Words(f"{unset}, or call docctl's gates from there", f"{unset}，或在该处调用 docctl 门禁")
        yield Point("core.hooksPath", CAREFUL, words, remedy)
    folder = hooks.folder_of(clone.repository)
    for hook in hooks.status(folder, hooks.CLIENT, clone.library):
        said = hooks.STATES[hook.state]
        good = hook.state == "installed"
        yield Point(hook.name, FINE if good else WRONG, Words(f"{hook.name}: {said.en}", f"{hook.name}：{said.zh}"), install)
    for name in sorted(name for name in (os.listdir(folder) if os.path.isdir(folder) else ()) if name.endswith(hooks.DRAFT)):
        words = Words(f"left by a killed installation: {name}", f"中断的安装留下的文件：{name}")
        yield Point(name, CAREFUL, words, install)


def _key(clone: _Clone) -> Iterator[Point]:
    try:
        found = sshsig.find_signing_key(clone.key, os.environ, clone.repository.config("user.signingkey"))
    except DocctlError as error:
        yield _of(error, "key", CAREFUL)
        return
    shown, rules = found.public.fingerprint, clone.rules
    if rules is not None:
        yield _owner(rules, found.public.text, shown, clone.now)
    mode = os.stat(found.path).st_mode & 0o077 if found.path and not found.path.endswith(".pub") else 0
    if mode:
        words = Words(f"others may read the key file {found.path}", f"其他用户可读取密钥文件 {found.path}")
        yield Point("key-rights", WRONG, words, Words(f"chmod 600 {found.path}", f"chmod 600 {found.path}"))


def _owner(rules: Rules, key: str, shown: str, now: str) -> Point:
    """Whose key it is, and whether it signs today."""
    person = rules.mandate.people.owner_of(key)
    root = next((item.person for item in rules.mandate.root.keys if item.key == key), "")
    if person is None and root:
        return Point("key", FINE, Words(f"key {shown} is the root key of {root}", f"密钥 {shown} 是 {root} 的根密钥"))
    remedy = Words(
        "have it registered by a rules record, or name another with --key", "请通过规则变更记录登记，或用 --key 指定其他密钥"
    )
    if person is None:
        return Point("key", WRONG, Words(f"key {shown} is nobody's here", f"密钥 {shown} 在此无人登记"), remedy)
    closed = _closed(person, key, local_day(now, rules.mandate.settings.timezone))
    if closed:
        return Point(
            "key", WRONG, Words(f"key {shown} of {person.id} {closed.en}", f"{person.id} 的密钥 {shown} {closed.zh}"), remedy
        )
    words = Words(f"key {shown} is that of {person.said('en')} ({person.id})", f"密钥 {shown} 属于{person.name}（{person.id}）")
    return Point("key", FINE, words)


def _closed(person: Person, key: str, day: str) -> Words | None:
    held = person.key(key)
    if person.left and person.left < day:
        return Words(f"left on {person.left}", f"已于 {person.left} 离职")
    if held and held.compromised_since:
        return Words(f"is reported stolen since {held.compromised_since}", f"已报失（自 {held.compromised_since} 起）")
    if held and not held.covers(day):
        return Words(f"is registered from {held.since} to {held.to or '…'} only", f"仅登记于 {held.since} 至 {held.to or '…'}")
    return None


def _clock(clone: _Clone) -> Iterator[Point]:
    known = newest(clone.repository, clone.protected) if clone.protected else ""
    fault = astray(clone.now, known)
    if fault:
        state = WRONG if clone.now < known else CAREFUL
        yield Point("clock", state, fault, Words("set the clock of this machine", "请校正本机时钟"))
    else:
        yield Point("clock", FINE, Words(f"the clock says {clone.now}", f"时钟为 {clone.now}"))


def _line_ends(clone: _Clone) -> Iterator[Point]:
    head, setting = clone.repository.resolve("HEAD"), clone.repository.config("core.autocrlf") or "false"
    if head is None or setting == "false":
        return
    tree = clone.repository.tree(head, clone.library)
    kept = b"documents/** -text" in tree[".gitattributes"].data if ".gitattributes" in tree else False
    words = Words(f"git turns line ends (core.autocrlf={setting})", f"git 会转换换行符（core.autocrlf={setting}）")
    guarded = Words(f"{words.en}, but not those of the library", f"{words.zh}，但不影响受控库")
    line = "documents/** -text"
    remedy = Words(f"add “{line}” to .gitattributes by a rules record", f"请通过规则变更记录在 .gitattributes 中加入“{line}”")
    yield Point("core.autocrlf", FINE if kept else CAREFUL, guarded if kept else words, remedy)


def _under_way(clone: _Clone) -> Iterator[Point]:
    """What git has unfinished, and what killed runs of docctl left."""
    if clone.repository.bare:
        return
    yield from (_of(error, error.code) for error in hurdles.in_the_way(clone.repository))
    git_dir = clone.repository.git_dir
    if unfinished.left(git_dir):
        words = Words("an act was cut off here and not led back yet", "此处有操作中断，尚未撤回")
        remedy = Words("the next act leads it back by itself", "下一次操作会自动撤回")
        yield Point("unfinished-act", WRONG, words, remedy)
    for place in [*unfinished.leftovers(git_dir, str(clone.repository.top)), *abandoned(tempfile.gettempdir())]:
        words = Words(f"left by a killed run: {place}", f"中断的运行留下的文件：{place}")
        yield Point("leftover", CAREFUL, words, Words("remove it when no docctl is running", "确认没有 docctl 运行后可删除"))


def _remote(clone: _Clone) -> Iterator[Point]:
    if clone.repository.bare:
        return
    if not clone.repository.config("remote.origin.url"):
        remedy = Words("git remote add origin <server>", "git remote add origin <服务器>")
        yield Point("remote", CAREFUL, Words("no server is set (origin)", "未设置服务器（origin）"), remedy)
        return
    ours, theirs = f"refs/heads/{clone.protected}", f"refs/remotes/origin/{clone.protected}"
    if not (clone.protected and clone.repository.resolve(ours) and clone.repository.resolve(theirs)):
        yield Point("remote", CAREFUL, Words("nothing was fetched from origin yet", "尚未从 origin 获取内容"), _FETCH)
        return
    behind = len(clone.repository.first_parent_ids(theirs, ours))
    ahead = len(clone.repository.first_parent_ids(ours, theirs))
    words = Words(
        f"{clone.protected}: {behind} behind and {ahead} ahead of origin, as last fetched",
        f"{clone.protected}：较上次获取的 origin 落后 {behind}、领先 {ahead}",
    )
    yield Point("remote", CAREFUL if behind else FINE, words, _FETCH)


_FETCH = Words("git fetch origin, then git merge --ff-only", "git fetch origin，然后 git merge --ff-only")
_CHECKS: dict[str, Callable[[_Clone], Iterator[Point]]] = {
    "history": _history,
    "index": _index,
    "rules": _rules,
    "hooks": _hooks,
    "key": _key,
    "clock": _clock,
    "line-ends": _line_ends,
    "under-way": _under_way,
    "remote": _remote,
}
