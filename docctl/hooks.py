"""Puts git's hooks in their place and takes them away: the files that call the gates. Must not judge, nor touch a foreign hook.

A hook is native sh: where nothing controlled is staged no Python starts. A foreign hook is kept beside ours and asked first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from shlex import quote
from typing import NamedTuple

from docctl.core.errors import DocctlError, Words
from docctl.core.layout import CONTROLLED, RULE_FILES, RULE_FOLDERS, RULE_PATTERNS
from docctl.repository import Repository

CLIENT = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
SERVER = ("pre-receive", "post-receive")
MARK = "# docctl gate, format 1"
BEFORE = ".before-docctl"
DRAFT = ".docctl-new"
STATES = {
    "installed": Words("installed", "已安装"),
    "missing": Words("missing", "缺失"),
    "foreign": Words("another program's", "其他程序的钩子"),
    "stale": Words("by another docctl; install again", "由其他版本的 docctl 安装；请重新安装"),
    "not-executable": Words("not executable; install again", "不可执行；请重新安装"),
}
_STAGED = ("pre-commit", "pre-merge-commit", "commit-msg")
_START = """\
try:
    from docctl.gates import main
except BaseException as error:
    sys.stderr.write(f"docctl could not check this; nothing was changed ({type(error).__name__}: {error})\\n")
    sys.stderr.write("  → install docctl into this Python again, then run: docctl hooks install\\n")
    sys.exit(3)
sys.exit(main(sys.argv[1:]))
"""
# What git's `diff` settings and the shell's surroundings could hide from the first look is named here. Its answer is handed on to
# the gate: in a large library, looking takes longer than judging. Quoted paths are plain ASCII, which every shell can hold.
_LOOK = (
    "GIT_NO_REPLACE_OBJECTS=1 git -c core.quotePath=true -c core.fsmonitor=false -c diff.orderFile=/dev/null diff-index --cached --raw "
    "--no-abbrev --no-renames --no-ext-diff --no-textconv --ignore-submodules=none --ita-invisible-in-index HEAD --"
)
_LOADED = (
    "yaml",
    "cryptography",
    "cffi",
    "markdown_it",
    "mdurl",
    "mdit_py_plugins",
    "tzdata",
)  # what gates may load beside docctl
_PATHSPECS = "unset GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS"


class Hook(NamedTuple):
    """One hook as it stands.

    `state` is installed, rehearsal (installed, but the clock is the pusher's), missing, foreign (no docctl in it), stale (another
    docctl) or not-executable; `chained` says that a foreign hook runs before it.
    """

    name: str
    path: str
    state: str
    chained: bool


def install(folder: str, names: Sequence[str], library: str = "", *, rehearsal: bool = False) -> list[Hook]:
    """Writes the hooks `names` into git's hook folder; a foreign hook is renamed beside ours and runs first. What stands now.

    `library` is the library's folder in the repository ("" the whole); a `rehearsal` lets DOCCTL_NOW set the server's clock.
    """
    _require_importable()
    os.makedirs(folder, exist_ok=True)
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and not _ours(path):
            _keep(path)
        _write(path, script(name, library, rehearsal=rehearsal))
    return status(folder, names, library)


def _keep(path: str) -> None:
    """A foreign hook gets its second name first and loses the old one when ours takes it: killed in between, it still runs."""
    kept = path + BEFORE
    if os.path.isdir(path):
        raise DocctlError(
            Words(f"{path} is a folder, where a hook should be", f"{path} 是文件夹，而此处应为钩子"),
            Words("move it away, then install again", "请将其移走，再重新安装"),
            "foreign-hook",
        )
    if os.path.lexists(kept) and not (os.path.exists(kept) and os.path.samefile(path, kept)):
        raise DocctlError(
            Words(f"{path} and {kept} are both foreign hooks", f"{path} 与 {kept} 都是其他钩子"),
            Words("join them into one by hand, then install again", "请手工合并后重新安装"),
            "foreign-hook",
        )
    if not os.path.lexists(kept):
        os.link(path, kept, follow_symlinks=False)


def remove(folder: str, names: Sequence[str]) -> list[Hook]:
    """Takes our hooks away and puts back what was there before. What stands now."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and _ours(path):
            if os.path.lexists(path + BEFORE):
                os.replace(path + BEFORE, path)
            else:
                os.unlink(path)
        if os.path.lexists(path + DRAFT):
            os.unlink(path + DRAFT)
    return status(folder, names)


def plain_folder(library: str) -> str:
    """The library's folder as git spells it ("" the whole), however somebody wrote it: ./manual/, /manual."""
    return os.path.normpath(f"/{library}").strip("/")


def folder_of(repository: Repository) -> str:
    """Where git looks for the hooks of a repository: `core.hooksPath`, else the folder that all worktrees share."""
    set_ = repository.config("core.hooksPath")
    own = os.path.join(repository.common_dir, "hooks")
    return os.path.normpath(os.path.join(str(repository.top or repository.git_dir), os.path.expanduser(set_))) if set_ else own


def require_own(repository: Repository) -> str:
    """The folder of a repository's own hooks; refuses one that core.hooksPath shares with others or keeps among the files."""
    folder = folder_of(repository)
    if os.path.commonpath([folder, repository.common_dir]) != repository.common_dir:
        raise DocctlError(
            Words(
                f"hooks are redirected to {folder} (core.hooksPath); docctl does not write there",
                f"钩子被重定向到 {folder}（core.hooksPath）；docctl 不在该处写入",
            ),
            Words(
                f"git config --unset core.hooksPath, put those hooks into {repository.common_dir}/hooks (docctl keeps them and "
                "runs them first), then install again",
                f"git config --unset core.hooksPath，将那些钩子放入 {repository.common_dir}/hooks（docctl 会保留并先运行），再重新安装",
            ),
            "hooks-redirected",
        )
    return folder


def status(folder: str, names: Sequence[str], library: str = "") -> list[Hook]:
    """How each hook stands in git's hook folder."""
    return list(_status(folder, names, library))


def _status(folder: str, names: Sequence[str], library: str) -> Iterator[Hook]:
    for name in names:
        path = os.path.join(folder, name)
        chained = os.path.lexists(path + BEFORE)
        if not os.path.lexists(path):
            yield Hook(name, path, "missing", chained)
        elif not _ours(path):
            yield Hook(name, path, "foreign", chained)
        elif not os.access(path, os.X_OK):
            yield Hook(name, path, "not-executable", chained)
        else:
            yield Hook(name, path, _version(_text(path), name, library), chained)


def _version(text: str, name: str, library: str) -> str:
    if text == script(name, library):
        return "installed"
    return "rehearsal" if text == script(name, library, rehearsal=True) else "stale"


def script(name: str, library: str = "", *, rehearsal: bool = False) -> str:
    """The text of one hook for a library (its folder in the repository, "" the whole)."""
    call = f"{' '.join(map(quote, _python(_START)))} {name}"
    call += f" --library {quote(library)}" if library else ""
    call += " --rehearsal" if rehearsal and name in SERVER else ""
    lines = ["#!/bin/sh", MARK, "# made by `docctl hooks install`, taken away by `docctl hooks remove`"]
    before = f'"$0{BEFORE}"'
    if name in _STAGED:
        lines.append(f'if [ -x {before} ]; then {before} "$@" || exit $?; fi')
        lines.append(_PATHSPECS)
        lines.append(f"if staged=$({_LOOK} {_controlled(library)} 2>/dev/null)")
        lines += ['then [ -n "$staged" ] || exit 0', "else staged=", "fi"]
        lines += [_python_there(), f'printf \'%s\\n\' "$staged" | {call} --handed "$@"']
    else:
        # The dot keeps the line ends at the end, which the shell would take away.
        lines += ["input=$(cat; echo .)", "input=${input%.}"]
        lines.append(f'if [ -x {before} ]; then printf %s "$input" | {before} "$@" || exit $?; fi')
        lines.append('[ -n "$input" ] || exit 0')
        lines += [_python_there(), f'printf %s "$input" | {call} "$@"']
    return "\n".join([*lines, ""])


def _python(program: str) -> list[str]:
    """How Python is started: apart from the user's surroundings and, where the packages are known to lie, from its own set-up."""
    folders = _folders()
    return [sys.executable, "-I", "-S", "-c", f"import sys\nsys.path += {folders!r}\n{program}"] if folders else [
        sys.executable, "-I", "-c", f"import sys\n{program}"
    ]  # fmt: skip


@cache
def _folders() -> tuple[str, ...]:
    """Where everything that a gate may load lies, in the order of Python's own search; nothing when it is not all there."""
    from importlib.util import find_spec
    from site import getsitepackages

    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = tuple(dict.fromkeys(folder for folder in (*getsitepackages(), own) if os.path.isdir(folder)))
    found = [find_spec(name) for name in _LOADED]
    places = {os.path.dirname(os.path.dirname(spec.origin)) for spec in found if spec is not None and spec.origin}
    return folders if places <= {*folders} else ()


def _python_there() -> str:
    gone = quote(f"docctl could not check this; nothing was changed ({sys.executable} is gone)")
    mend = quote("  → install docctl again, then run: docctl hooks install")
    return f"[ -x {quote(sys.executable)} ] || {{ printf '%s\\n' {gone} {mend} >&2; exit 3; }}"


def _controlled(library: str) -> str:
    start = f"{library}/" if library else ""
    files = [path for path in RULE_FILES if not path.startswith(".docctl/")]
    folders = [path for path in RULE_FOLDERS if not path.startswith(".docctl/")]
    plain = [f":(top,literal,icase){start}{path}" for path in (*CONTROLLED, *files, *folders)]
    return " ".join(map(quote, [*plain, *(f":(top,glob,icase){start}{pattern}" for pattern in RULE_PATTERNS)]))


def _ours(path: str) -> bool:
    return not os.path.islink(path) and MARK in _text(path)[:400]


def _text(path: str) -> str:
    """What a hook says; nothing where it is no file, or not for us to read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    aside = path + DRAFT
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(aside, 0o755)  # noqa: S103  git runs only executable hooks
    os.replace(aside, path)


def _require_importable() -> None:
    """The hooks run Python isolated from the shell's surroundings; docctl must be found there too."""
    tried = subprocess.run(_python("import docctl.gates"), capture_output=True, check=False)
    if tried.returncode:
        raise DocctlError(
            Words(f"{sys.executable} -I does not find docctl", f"{sys.executable} -I 找不到 docctl"),
            Words("install docctl into that Python (pip install docctl)", "请将 docctl 安装到该 Python（pip install docctl）"),
            "not-importable",
        )
