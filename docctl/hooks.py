"""Puts git's hooks in their place and takes them away: the files that call the gates. Must not judge, nor touch a foreign hook.

A hook is native sh: where nothing controlled is staged no Python starts. A foreign hook is kept beside ours and asked first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from docctl.core.errors import DocctlError, Words
from docctl.core.layout import CONTROLLED, RULE_FILES, RULE_FOLDERS

CLIENT = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
SERVER = ("pre-receive",)
MARK = "# docctl gate, format 1"
BEFORE = ".before-docctl"
_STAGED = ("pre-commit", "pre-merge-commit", "commit-msg")
_START = "import sys; from docctl.gates import main; sys.exit(main(sys.argv[1:]))"


class Hook(NamedTuple):
    """One hook as it stands: `state` is installed, missing, foreign (no docctl in it), stale (another docctl) or not-executable."""

    name: str
    path: str
    state: str
    chained: bool


def install(folder: str, names: Sequence[str], library: str = "") -> list[Hook]:
    """Writes the hooks `names` into git's hook folder; a foreign hook is renamed beside ours and runs first. What stands now."""
    _require_importable()
    os.makedirs(folder, exist_ok=True)
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and not _ours(path):
            if os.path.lexists(path + BEFORE):
                raise DocctlError(
                    Words(f"{path} and {path}{BEFORE} are both foreign hooks", f"{path} 与 {path}{BEFORE} 都是其他钩子"),
                    Words("join them into one by hand, then install again", "请手工合并后重新安装"),
                    "foreign-hook",
                )
            os.rename(path, path + BEFORE)
        _write(path, script(name, library))
    return status(folder, names, library)


def remove(folder: str, names: Sequence[str]) -> list[Hook]:
    """Takes our hooks away and puts back what was there before. What stands now."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and _ours(path):
            os.unlink(path)
            if os.path.lexists(path + BEFORE):
                os.rename(path + BEFORE, path)
    return status(folder, names)


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
            with open(path, encoding="utf-8") as file:
                yield Hook(name, path, "installed" if file.read() == script(name, library) else "stale", chained)


def script(name: str, library: str = "") -> str:
    """The text of one hook for a library (its folder in the repository, "" the whole)."""
    lines = ["#!/bin/sh", MARK, "# made by `docctl hooks install`, taken away by `docctl hooks remove`"]
    before = f'"$0{BEFORE}"'
    if name in _STAGED:
        lines.append(f'if [ -x {before} ]; then {before} "$@" || exit $?; fi')
        lines.append(f"git diff-index --cached --quiet HEAD -- {_controlled(library)} 2>/dev/null && exit 0")
        call = f'exec {_python()} {name}{_library(library)} "$@"'
    else:
        lines.append("input=$(cat)")
        lines.append(f'if [ -x {before} ]; then printf "%s\\n" "$input" | {before} "$@" || exit $?; fi')
        lines.append('[ -n "$input" ] || exit 0')
        call = f'printf "%s\\n" "$input" | {_python()} {name}{_library(library)} "$@"'
    return "\n".join([*lines, call, ""])


def _controlled(library: str) -> str:
    prefix = f"{library}/" if library else ""
    return " ".join(quote(f":(top){prefix}{name}") for name in (*CONTROLLED, *RULE_FILES[3:], *RULE_FOLDERS[:-1]))


def _library(library: str) -> str:
    return f" --library {quote(library)}" if library else ""


def _python() -> str:
    return f"{quote(sys.executable)} -I -c {quote(_START)}"


def _ours(path: str) -> bool:
    if os.path.islink(path):
        return False
    with open(path, encoding="utf-8", errors="replace") as file:
        return MARK in file.read(400)


def _write(path: str, text: str) -> None:
    aside = f"{path}.new"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(aside, 0o755)  # noqa: S103  git runs only executable hooks
    os.replace(aside, path)


def _require_importable() -> None:
    """The hooks run Python isolated from the shell's surroundings; docctl must be found there too."""
    tried = subprocess.run([sys.executable, "-I", "-c", "import docctl.gates"], capture_output=True, check=False)
    if tried.returncode:
        raise DocctlError(
            Words(f"{sys.executable} -I does not find docctl", f"{sys.executable} -I 找不到 docctl"),
            Words("install docctl into that Python (pip install docctl)", "请将 docctl 安装到该 Python（pip install docctl）"),
            "not-importable",
        )
