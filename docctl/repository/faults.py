"""Why git could not answer, as errors with a mend in two languages. Must not know how git is run or what was asked for."""

from __future__ import annotations

from docctl.core.errors import DocctlError, Words

_DAMAGE = (
    "corrupt",
    "loose object",
    "packed object",
    "unable to read",
    "bad object",
    "could not read",
    "missing blob",
    "missing tree",
    "bad tree",
    "inflate",
    "hash mismatch",
    "cannot read",
    "not a valid object",
    "unable to parse",
    "failed to traverse",
    "does not match index",
    "packfile",
    "pack file",
)
_INDEX_DAMAGE = (
    "index file smaller than expected",
    "index file corrupt",
    "bad index file",
    "bad index version",
    "bad signature 0x",
    "unknown index entry format",
    "unordered stage entries",
    "malformed name field in the index",
)


def reason(stderr: bytes) -> str:
    """Git's own reason in one line: its first fatal or error line, else its last words."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    for line in lines:
        if line.startswith(("fatal: ", "error: ")):
            return line.partition(": ")[2]
    return lines[-1] if lines else "no reason given"


def git_missing() -> DocctlError:
    """There is no git on this machine."""
    return DocctlError(
        Words("git was not found on the PATH", "在 PATH 中找不到 git"),
        Words("install git 2.30 or newer", "请安装 git 2.30 或更新版本"),
        "git-missing",
    )


def git_too_old(found: str) -> DocctlError:
    """The git of this machine cannot do what docctl asks of it."""
    return DocctlError(
        Words(f"git 2.30 or newer needed, found {found}", f"需要 git 2.30 或更新版本，当前为 {found}"),
        Words("install a newer git, or put it first on the PATH", "请安装较新的 git，或将其置于 PATH 最前"),
        "git-too-old",
    )


def not_a_repository(path: str) -> DocctlError:
    """`path` lies in no repository."""
    return DocctlError(
        Words(f"not a git repository: {path}", f"不是 git 仓库：{path}"),
        Words("go to the folder of the library, or make one with: docctl init", "请进入受控库所在目录，或用 docctl init 新建"),
        "not-a-repository",
    )


def owned_by_another(path: str, stderr: bytes) -> DocctlError:
    """Git refuses a repository that belongs to another user; the remedy is git's own command, with the folder it names."""
    why = reason(stderr)
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    command = next(
        (line for line in lines if line.startswith("git config --global --add safe.directory ")),
        f"git config --global --add safe.directory '{path}'",
    )
    return DocctlError(
        Words(f"git does not trust this repository: {why}", f"git 不信任此仓库：{why}"),
        Words(f"if you trust it, run: {command}", f"若您信任它，请运行：{command}"),
        "ownership",
    )


def damaged(what: str, why: str) -> DocctlError:
    """Something that the history needs is missing or unreadable; never to be taken for absent."""
    return DocctlError(
        Words(f"{what} is damaged or missing: {why}", f"{what} 已损坏或缺失：{why}"),
        Words("run git fsck, then fetch a complete copy of the library", "请运行 git fsck，然后重新获取完整的受控库副本"),
        "damaged",
    )


def ill_made(what: str, why: str) -> DocctlError:
    """Something is stored here as no git would write it: pushed like that, or spoilt later."""
    return DocctlError(
        Words(f"{what} is damaged or was made by other means than git: {why}", f"{what} 已损坏，或并非由 git 生成：{why}"),
        Words(
            "if you are pushing it, make the commit again with git itself (git add, git commit); if it came from elsewhere, run git fsck, "
            "then fetch a complete copy of the library",
            "若正由您推送，请用 git 自身重新提交（git add、git commit）；若来自他处，请运行 git fsck，然后重新获取完整的受控库副本",
        ),
        "damaged",
    )


def ambiguous(name: str, meant: list[str]) -> DocctlError:
    """A name that leads to several commits; git would take one of them, perhaps the one that somebody laid over the other."""
    return DocctlError(
        Words(f"{name} may mean several states here: {', '.join(meant)}", f"{name} 在此处可能指多个状态：{'、'.join(meant)}"),
        Words("write out the name or the commit that is meant", "请写出完整的名称或提交"),
        "ambiguous-name",
    )


def index_damaged(why: str) -> DocctlError:
    """The index, git's list of what is to be committed, cannot be read; the files in the folder are not touched by that."""
    return DocctlError(
        Words(f"git's index of this clone is damaged: {why}", f"本克隆的 git 暂存区（index）已损坏：{why}"),
        Words(
            'make it anew: rm "$(git rev-parse --git-path index)", then git reset; your files stay as they are, stage again what was staged',
            '请重建：rm "$(git rev-parse --git-path index)"，再执行 git reset；文件保持原样，已暂存的内容需重新暂存',
        ),
        "index-damaged",
    )


def branch_damaged(name: str) -> DocctlError:
    """A branch whose newest commit is not here or damaged, or whose name holds something that git cannot read."""
    ref = f"refs/heads/{name}" if name == name.removeprefix("origin/") else f"refs/remotes/{name}"
    away, file = f"git update-ref -d {ref}", f'rm "$(git rev-parse --git-path {ref})"'
    return DocctlError(
        Words(
            f"branch {name} points at a commit that is damaged or missing in this copy",
            f"分支 {name} 指向的提交在此副本中已损坏或缺失",
        ),
        Words(
            f"run git fsck; where objects are damaged, fetch a complete copy of the library; where only the name is wrong, take it away "
            f"({away}, or {file} when git cannot read it) and fetch it again; git reflog may know its last good commit",
            f"请运行 git fsck；若对象已损坏，请重新获取完整的受控库副本；若仅分支名有误，请将其移除（{away}；git 无法读取时用 {file}）后重新获取；"
            "git reflog 或可查到最近的完好提交",
        ),
        "branch-damaged",
    )


def too_slow(command: str, seconds: int) -> DocctlError:
    """Git was silent for longer than docctl waits."""
    return DocctlError(
        Words(f"git {command} gave no answer for {seconds} seconds", f"git {command} 在 {seconds} 秒内没有应答"),
        Words("try again; if it stays so, check the disk and run git fsck", "请重试；若仍如此，请检查磁盘并运行 git fsck"),
        "time-limit",
    )


def too_large(what: str, size: int, limit: int) -> DocctlError:
    """A stored file is larger than docctl reads at all."""
    mebi = 1024 * 1024
    return DocctlError(
        Words(
            f"{what} has {size // mebi} MiB; docctl reads files up to {limit // mebi} MiB",
            f"{what} 大小为 {size // mebi} MiB；docctl 最多读取 {limit // mebi} MiB 的文件",
        ),
        Words("keep files of this size outside the library", "请将如此大的文件存放在受控库之外"),
        "too-large",
    )


def failed(command: str, stderr: bytes) -> DocctlError:
    """Any other failure, with git's reason."""
    why = reason(stderr)
    if any(word in why.lower() for word in _INDEX_DAMAGE):
        return index_damaged(why)
    if any(word in why.lower() for word in _DAMAGE):
        return damaged(f"the repository (git {command})", why)
    return DocctlError(
        Words(f"git {command} failed: {why}", f"git {command} 失败：{why}"),
        Words("mend what git names, then try again", "请按 git 的提示修复后重试"),
        "git-failed",
    )


def unknown_commit(name: str) -> DocctlError:
    """A state that this copy of the library does not hold."""
    return DocctlError(
        Words(f"{name} is no commit of this repository", f"{name} 不是本仓库中的提交"),
        Words("check the name, or fetch the missing history", "请检查名称，或获取缺失的历史"),
        "unknown-commit",
    )


def unreadable_commit(commit: str) -> DocctlError:
    """A state whose own head, with its time, git cannot read; a strange encoding or a bent date does that."""
    return DocctlError(
        Words(f"commit {commit}: git cannot read when it was made", f"提交 {commit}：git 无法读取其提交时间"),
        Words(
            "write this commit again with an ordinary date and in UTF-8 (git commit --amend), or fetch the true history",
            "请以正常日期和 UTF-8 编码重写此提交（git commit --amend），或重新获取真实的历史",
        ),
        "unreadable-commit",
    )


def unmerged(paths: list[str]) -> DocctlError:
    """The state about to be written is not decided yet."""
    named = ", ".join(paths[:5])
    return DocctlError(
        Words(f"a merge is not finished: {named}", f"合并尚未完成：{named}"),
        Words(
            "finish the merge first: settle these files and git add them, or git merge --abort",
            "请先完成合并：解决这些文件的冲突并 git add，或运行 git merge --abort",
        ),
        "unmerged",
    )


def shallow() -> DocctlError:
    """The copy was cut off at some depth."""
    return DocctlError(
        Words("this clone is shallow; full-history verification is impossible", "此克隆为浅克隆，无法验证完整历史"),
        Words("run: git fetch --unshallow", "请运行：git fetch --unshallow"),
        "shallow",
    )


def partial() -> DocctlError:
    """The copy left out files that a server still keeps."""
    return DocctlError(
        Words(
            "this clone is partial: some files were left on the server; full-history verification is impossible",
            "此克隆为部分克隆：部分文件仍在服务器上，无法验证完整历史",
        ),
        Words("clone again without --filter", "请不带 --filter 重新克隆"),
        "partial",
    )
