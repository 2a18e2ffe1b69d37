"""Appends one signed entry to a chain kept under a name of its own, in a repository without working files. Must not judge.

Each entry is a commit whose only parent is the entry before, so adding costs the same however long the chain is.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from docctl.core.errors import DocctlError, Words
from docctl.repository.process import QUIET, binary, environment

_WHO = {
    "GIT_AUTHOR_NAME": "docctl",
    "GIT_AUTHOR_EMAIL": "docctl@localhost",
    "GIT_COMMITTER_NAME": "docctl",
    "GIT_COMMITTER_EMAIL": "docctl@localhost",
}
_LIMIT = 60  # seconds


def append(git_dir: str, name: str, before: str | None, files: Mapping[str, bytes], message: str, instant: str) -> str:
    """Adds `files` as the next entry of the chain `name` (a full reference), whose newest entry is `before`; the new entry.

    `instant` dates it. Raises DocctlError when somebody else added an entry meanwhile, or when git cannot write.
    """
    lines = []
    for path, data in sorted(files.items()):
        key = _git(git_dir, "hash-object", "-w", "--stdin", feed=data)
        lines.append(f"100644 blob {key}\t{path}\n")
    tree = _git(git_dir, "mktree", feed="".join(lines).encode())
    parents = ("-p", before) if before else ()
    dates = {"GIT_AUTHOR_DATE": instant, "GIT_COMMITTER_DATE": instant}
    made = _git(git_dir, "commit-tree", *parents, "-m", message, tree, more={**_WHO, **dates})
    _git(git_dir, "update-ref", "--no-deref", name, made, before or "0" * len(made))
    return made


def _git(git_dir: str, *words: str, feed: bytes = b"", more: Mapping[str, str] | None = None) -> str:
    command = [binary(), f"--git-dir={git_dir}", *QUIET, *words]
    try:
        done = subprocess.run(
            command, input=feed, capture_output=True, env={**environment(False), **(more or {})}, timeout=_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(words[0], str(error)) from error
    if done.returncode:
        raise _failed(words[0], done.stderr.decode("utf-8", "replace").strip())
    return done.stdout.decode().strip()


def _failed(what: str, why: str) -> DocctlError:
    return DocctlError(
        Words(f"git {what} failed: {why}", f"git {what} 失败：{why}"),
        Words(
            "free space or rights, then push again; what is missing is completed",
            "请检查空间和权限后再次推送；缺失部分会自动补齐",
        ),
        "not-written",
    )
