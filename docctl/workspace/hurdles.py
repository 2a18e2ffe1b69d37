"""What keeps an act from being recorded, as errors with a mend in two languages. Must not know how anything is written."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.systemfault import system_fault
from docctl.repository import Repository, faults

# What git leaves in its folder while something waits for its end.
_WAITING = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
}
# What git says when the disk does not take something.
OF_THE_DISK = {
    errno.ENOSPC: ("No space left on device", "Out of diskspace"),
    errno.EDQUOT: ("Disk quota exceeded",),
    errno.EROFS: ("Read-only file system",),
}


def detached() -> DocctlError:
    """A commit made now would belong to no branch and get lost."""
    return DocctlError(
        Words("you are not on a branch", "当前不在任何分支上"),
        Words(
            "go to one first: git switch BRANCH (or make one here: git switch -c NAME)",
            "请先切换到分支：git switch 分支名（或在此新建：git switch -c 名称）",
        ),
        "detached",
    )


def locked(lock: str) -> DocctlError:
    """Another git process is at work, or was killed; only a person can tell which."""
    return DocctlError(
        Words(
            f"another git process is at work here, or a crashed one left its lock: {lock}",
            f"另有 git 进程正在运行，或崩溃后留下了锁文件：{lock}",
        ),
        Words(
            f"wait for it to end; if no git is running, remove the file {lock} yourself",
            f"请等待其结束；若确无 git 在运行，请自行删除文件 {lock}",
        ),
        "index-locked",
    )


def in_the_way(reading: Repository) -> Iterator[DocctlError]:
    """What keeps acts from beginning in a clone: something of git unfinished, a lock, no branch."""
    for mark, what in _WAITING.items():
        if os.path.lexists(os.path.join(reading.git_dir, mark)):
            yield unfinished(what)
            break
    try:
        require_unlocked(reading.git_dir)
    except DocctlError as error:
        yield error
    if reading.head_branch() is None:
        yield detached()


def require_unlocked(git_dir: str) -> None:
    """Refuses to go on while git holds a lock on the index or the current branch."""
    for name in ("index.lock", "HEAD.lock"):
        lock = os.path.join(git_dir, name)
        if os.path.lexists(lock):
            raise locked(lock)


def busy(lock: str) -> DocctlError:
    """Another act is under way in the same clone."""
    return DocctlError(
        Words("another docctl act is under way in this clone", "本克隆中另有 docctl 操作正在进行"),
        Words(f"wait for it to end, or answer its question; the lock is {lock}", f"请等待其结束，或回答其提问；锁文件为 {lock}"),
        "busy",
    )


def note_damaged(folder: str) -> DocctlError:
    """What an act that was cut off noted about the clone is no longer readable, so that nothing can be led back by itself."""
    return DocctlError(
        Words(
            f"an act was cut off here, and its note in {folder} is damaged; nothing was changed now",
            f"此前有操作中断，且其在 {folder} 中的记录已损坏；本次未作任何更改",
        ),
        Words(
            f"look at what it left (git status, git stash), keep what is yours, then remove the folder {folder} yourself",
            f"请查看其遗留内容（git status、git stash），保留所需内容，然后自行删除文件夹 {folder}",
        ),
        "note-damaged",
    )


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Tells a disk that does not take docctl's own notes below `place`."""
    try:
        yield
    except OSError as error:
        raise not_written(error.filename or place, error) from None


def unfinished(what: str) -> DocctlError:
    """A merge, rebase, cherry-pick or revert (`what`, also git's command for it) waits for its end."""
    zh = {"merge": "合并", "rebase": "变基", "cherry-pick": "拣选", "revert": "还原", "am": "补丁应用"}[what]
    finish = "git commit" if what == "merge" else f"git {what} --continue"
    return DocctlError(
        Words(f"a {what} is in progress", f"有未完成的{zh}操作（{what}）"),
        Words(
            f"finish or abort the {what} first: {finish}, or git {what} --abort",
            f"请先完成或放弃{zh}：{finish}，或 git {what} --abort",
        ),
        "unfinished",
    )


def no_working_folder(path: str) -> DocctlError:
    """Acts need files to work on; a server's bare repository has none."""
    return DocctlError(
        Words(f"{path} is a bare repository without working files", f"{path} 是没有工作文件的裸仓库"),
        Words("clone it, and work in the clone", "请克隆后在克隆中操作"),
        "bare",
    )


def changed(paths: list[str]) -> DocctlError:
    """Files of the act hold changes that nobody recorded."""
    named = ", ".join(paths[:5])
    return Refusal(
        Words(f"there are changes that are not committed: {named}", f"存在未提交的更改：{named}"),
        Words("commit them, or put them aside with git stash", "请提交它们，或用 git stash 暂存"),
        "changed",
    )


def staged(paths: list[str]) -> DocctlError:
    """Work waits in the index that a landing would take along."""
    named = ", ".join(paths[:5])
    return Refusal(
        Words(f"files are staged that do not belong to this landing: {named}", f"已暂存的文件不属于本次发布：{named}"),
        Words(
            "commit them on their own branch, or take them back with git restore --staged",
            "请在各自分支提交，或用 git restore --staged 撤回暂存",
        ),
        "staged",
    )


def nothing(what: Words) -> DocctlError:
    """There is nothing to record."""
    return Refusal(what, Words("nothing needs to be done", "无需任何操作"), "nothing-to-record")


def odd_path(path: str, why: Words) -> DocctlError:
    """A path that docctl does not write to."""
    return DocctlError(
        Words(f"{path!r} cannot be written: {why.en}", f"无法写入 {path!r}：{why.zh}"),
        Words("use ordinary folders and files inside the library", "请使用受控库内的普通文件夹和文件"),
        "odd-path",
    )


def not_written(path: str, error: OSError) -> DocctlError:
    """The disk did not take the files; the old ones are complete."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DocctlError(
            Words(f"no space left for {path}; nothing was recorded", f"磁盘空间不足，无法写入 {path}；未记录任何内容"),
            Words("make room on the disk, then try again", "请腾出磁盘空间后重试"),
            "no-space",
        )
    why = Words("read-only", "只读") if error.errno == errno.EROFS else system_fault(error)
    return DocctlError(
        Words(f"cannot write {path}: {why.en}; nothing was recorded", f"无法写入 {path}：{why.zh}；未记录任何内容"),
        Words("check the disk and the rights of the folder", "请检查磁盘及文件夹权限"),
        "not-written",
    )


def not_read(error: OSError) -> DocctlError:
    """Something of the clone cannot be looked at."""
    why = system_fault(error)
    return DocctlError(
        Words(f"cannot read {error.filename}: {why.en}", f"无法读取 {error.filename}：{why.zh}"),
        Words("check the disk and the rights of the folder", "请检查磁盘及文件夹权限"),
        "not-read",
    )


def branch_exists(name: str) -> DocctlError:
    """Somebody works, or worked, under this name already."""
    return DocctlError(
        Words(f"the branch {name} exists already", f"分支 {name} 已存在"),
        Words(f"go on with it: git switch {name}", f"请在其上继续：git switch {name}"),
        "branch-exists",
    )


def odd_branch(name: str) -> DocctlError:
    """Git takes no branch of this name, or knows none."""
    return DocctlError(
        Words(f"{name!r} is no branch here", f"{name!r} 不是此处的分支"),
        Words("list the branches with: git branch --all", "请用 git branch --all 查看分支"),
        "no-branch",
    )


def conflict(branch: str, paths: list[str]) -> DocctlError:
    """Both sides changed the same files; joining them would make text that nobody signed."""
    named = ", ".join(paths[:10])
    return DocctlError(
        Words(
            f"{branch} cannot land, as both sides changed: {named}; nothing was changed",
            f"{branch} 无法并入，双方都更改了：{named}；未作任何改动",
        ),
        Words(
            f"bring it up to date first: git switch {branch}, merge the protected branch into it, settle these files"
            " and have them approved again",
            f"请先更新它：git switch {branch}，并入受保护分支，解决这些文件后重新审批",
        ),
        "conflict",
    )


def unrelated(branch: str) -> DocctlError:
    """The branch has no common past with the library."""
    return DocctlError(
        Words(f"{branch} has no history in common with this library", f"{branch} 与本受控库没有共同历史"),
        Words("check that the branch comes from this library", "请确认该分支来自本受控库"),
        "unrelated",
    )


def gate(said: str) -> Refusal:
    """A gate (a hook of git) said no; its own words tell why."""
    return Refusal(
        Words(f"the gate refused this commit:\n{said}", f"门禁拒绝了本次提交：\n{said}"),
        Words(
            "mend what it names; nothing was committed, and your files are still there",
            "请修复其指出的问题；尚未提交，您的文件仍在",
        ),
        "gate",
    )


def late(said: str) -> Refusal:
    """The other side holds newer work than what was pushed builds on."""
    return Refusal(
        Words(f"the push was refused, for the server holds newer work:\n{said}", f"推送被拒绝，服务器上有更新的内容：\n{said}"),
        Words("fetch it, join it and push again", "请先获取并合并，再推送"),
        "push-late",
    )


def server(said: str) -> Refusal:
    """The other side, or the gate before it, did not take what was pushed."""
    return Refusal(
        Words(f"the push was refused:\n{said}", f"推送被拒绝：\n{said}"),
        Words(
            "mend what it names; if the server holds newer work, fetch it and try again",
            "请修复其指出的问题；若服务器上有更新的内容，请先获取再重试",
        ),
        "push-refused",
    )


def failed(command: str, said: str, *, full: bool = False) -> DocctlError:
    """Any other failure of git, with git's own reason in one line; `full` says that the disk has no room, which git may leave out."""
    found = re.search(r"Unable to create '(.+\.lock)': File exists", said)
    if found:
        return locked(found[1])
    for number, told in OF_THE_DISK.items():
        if any(words in said for words in told) or (full and number == errno.ENOSPC):
            return not_written(f"git {command}", OSError(number, told[0]))
    damage = faults.failed(command, said.encode())
    if damage.code != "git-failed":
        return damage
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    why = " ".join(lines).removeprefix("fatal: ").removeprefix("error: ") or "no reason given"
    return DocctlError(
        Words(f"git {command} failed: {why}", f"git {command} 失败：{why}"),
        Words("mend what git names, then try again", "请按 git 的提示修复后重试"),
        "git-failed",
    )
