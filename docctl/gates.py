"""The small door of git's hooks: read what git hands over, ask the one judge, say it, exit. Must not hold a rule of its own.

Exit 0 lets git go on, 1 is a breach, 3 could not check; whatever goes wrong, the gate stays shut (design 6).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docctl.core.errors import DocctlError, Words

if TYPE_CHECKING:
    from docctl.core.library import Rules
    from docctl.reader import Memory
    from docctl.repository import Repository
    from docctl.rules.catalogue import Finding

FINE, BREACH, UNCHECKED = 0, 1, 3
_ZERO = re.compile(r"0{40}|0{64}")
_BRANCH = re.compile(r"refs/heads/[A-Za-z0-9][A-Za-z0-9._/-]*")
_RELEASE_TAG = re.compile(r"refs/tags/rel/[A-Z0-9-]+/[A-Z0-9.-]+")


def main(arguments: list[str] | None = None) -> int:
    """Runs one gate: `NAME [--library PREFIX] [--lang L] [hook's own arguments]`; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words.pop(0) if words else ""
    prefix, lang = _option(words, "--library"), _option(words, "--lang") or _language()
    gate = {
        "pre-commit": _staged,
        "pre-merge-commit": _staged,
        "commit-msg": _message,
        "pre-push": _push,
        "pre-receive": _receive,
    }.get(name)
    try:
        if gate is None:
            raise DocctlError(Words(f"no gate named {name!r}", f"没有名为 {name!r} 的门"), Words("install the hooks again", "请重新安装钩子"))
        return gate(prefix, lang, words)
    except DocctlError as error:
        print(_shut(name, error.said(lang), lang), file=sys.stderr)
        return error.exit_code
    except Exception as error:  # noqa: BLE001  a gate that cannot decide stays shut, with a sentence before the traceback
        print(_shut(name, f"{type(error).__name__}: {error}", lang), file=sys.stderr)
        if os.environ.get("DOCCTL_TRACEBACK"):
            raise
        return UNCHECKED


def _option(words: list[str], name: str) -> str:
    if name not in words:
        return ""
    place = words.index(name)
    value = words[place + 1]
    del words[place : place + 2]
    return value


def _language() -> str:
    said = os.environ.get("DOCCTL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if said.lower().startswith("zh") else "en"


def _shut(name: str, reason: str, lang: str) -> str:
    words = Words(
        f"docctl could not check this ({name}); nothing was changed\n{reason}", f"docctl 无法检查（{name}）；未作任何更改\n{reason}"
    )
    return words.said(lang)


def _staged(prefix: str, lang: str, _words: list[str]) -> int:
    from docctl.repository import Repository

    with Repository.open(in_hook=True) as repository:
        return _say(staged(repository, prefix), lang, "")


def staged(repository: Repository, prefix: str) -> list[Finding]:
    """Every finding on the state that git is about to write, against the present commit."""
    from docctl.check import check_change, concerns
    from docctl.reader import Memory, open_step

    tree, changes = repository.staged(prefix)
    changed = [item for item in changes if concerns(item.path)]
    if not changed:
        return []
    memory = Memory()
    head = repository.resolve("HEAD")
    before = _rules(repository, head, prefix, memory) if head else None
    landing = before is None or repository.head_branch() == before.mandate.settings.protected_branch
    return check_change(open_step(before, tree, changed, landing=landing, memory=memory))


def _rules(repository: Repository, commit: str, prefix: str, memory: Memory) -> Rules | None:
    """The rules that stand at a commit; None before the first rules record."""
    from docctl.core.layout import LOG
    from docctl.reader import rulebook
    from docctl.reader.rulebook import no_rules

    tree = repository.tree(commit, prefix)
    if not tree.listing(LOG):
        return None
    book = rulebook(tree, memory)
    if book.rules is None:
        raise no_rules(book.unread)
    return book.rules


def _message(prefix: str, _lang: str, words: list[str]) -> int:
    """Adds `Document: NUMBER VERSION` trailers; it refuses nothing."""
    from docctl.core.layout import owner
    from docctl.repository import Repository

    with Repository.open(in_hook=True) as repository:
        tree, changes = repository.staged(prefix)
        folders = {owned.folder for owned in (owner(item.path) for item in changes) if owned.kind == "document"}
        lines = sorted({_trailer(tree, folder) for folder in folders} - {""})
    with open(words[0], encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    new = [line for line in lines if line not in text.splitlines()]
    if new:
        said = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        gap = "" if said and re.fullmatch(r"[A-Za-z-]+: .*", said[-1]) and len(said) > 1 else "\n"
        body, marker, rest = _before_comments(text)
        with open(words[0], "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(body.rstrip("\n") + "\n" + gap + "\n".join(new) + "\n" + marker + rest)
    return FINE


def _before_comments(text: str) -> tuple[str, str, str]:
    """The message git will keep, and what follows it (comments, the scissors line)."""
    found = re.search(r"^#.*", text, re.MULTILINE)
    return (text[: found.start()], "\n", text[found.start() :]) if found else (text, "", "")


def _trailer(tree: object, folder: str) -> str:
    from docctl.core import frontmatter
    from docctl.core.errors import Unreadable
    from docctl.core.tree import Tree

    path = f"{folder}/index.md"
    if not isinstance(tree, Tree) or path not in tree:
        return ""
    try:
        values = frontmatter.read(tree[path].data).values
    except Unreadable:
        return ""
    number, version = values.get("id"), values.get("version")
    return f"Document: {number} {version}" if isinstance(number, str) and isinstance(version, str) else ""


def _push(prefix: str, lang: str, _words: list[str]) -> int:
    """Every ref of the push, as the server would judge it; the remote's tip is what git says it is."""
    from docctl.repository import Repository

    moves = []
    for line in sys.stdin:
        _, new, name, old = line.split()
        moves.append((old, new, name))
    with Repository.open(in_hook=True) as repository:
        return _judge_moves(repository, prefix, lang, moves)


def _receive(prefix: str, lang: str, _words: list[str]) -> int:
    from docctl.repository import Repository

    moves = [(old, new, name) for old, new, name in (line.rstrip("\n").split(" ", 2) for line in sys.stdin)]
    with Repository.open(in_hook=True) as repository:
        return _judge_moves(repository, prefix, lang, moves)


def _judge_moves(repository: Repository, prefix: str, lang: str, moves: list[tuple[str, str, str]]) -> int:
    worst = FINE
    for old, new, name in moves:
        worst = max(worst, _say(*_judge_move(repository, prefix, old, new, name, lang)))
    return worst


def _judge_move(repository: Repository, prefix: str, old: str, new: str, name: str, lang: str) -> tuple[list[Finding], str, str]:
    """The findings on one ref that somebody wants to move, with the commit they are about ("" none)."""
    protected = f"refs/heads/{_protected(repository, prefix, old, new, name)}"
    if name != protected:
        fault = _other_name(name, old, new)
        return (_moved(name, fault) if fault else []), lang, ""
    if _ZERO.fullmatch(new):
        return _moved(name, "deleted"), lang, ""
    for commit, findings in _landings(repository, prefix, "" if _ZERO.fullmatch(old) else old, new, name):
        if findings:
            return findings, lang, commit
    return [], lang, ""


def _protected(repository: Repository, prefix: str, old: str, new: str, name: str) -> str:
    """The protected branch by the rules that stand: those of the repository's own main line, else of what is pushed."""
    from docctl.reader import Memory

    memory = Memory()
    own = repository.resolve("HEAD") if repository.bare else None
    for commit in (own, None if _ZERO.fullmatch(old) else old, None if _ZERO.fullmatch(new) else new):
        known = repository.resolve(commit) if commit else None
        rules = _rules(repository, known, prefix, memory) if known else None
        if rules is not None:
            return rules.mandate.settings.protected_branch
    return name.removeprefix("refs/heads/")


def _other_name(name: str, old: str, new: str) -> str:
    """What is wrong with moving a ref that is not the protected branch; "" when nothing is."""
    if name.startswith("refs/docctl/"):
        return "reserved-name"
    if name.startswith("refs/tags/rel/"):
        known = _RELEASE_TAG.fullmatch(name) and _ZERO.fullmatch(old) and not _ZERO.fullmatch(new)
        return "" if known else "release-tag"
    plain = _BRANCH.fullmatch(name) and ".." not in name and not name.endswith((".lock", "/", "."))
    return "" if plain else "unknown-name"


def _moved(name: str, fault: str, detail: str = "") -> list[Finding]:
    from docctl.check import check_moves
    from docctl.core.change import Move

    return check_moves([Move(name, fault, detail)])


def _landings(repository: Repository, prefix: str, old: str, new: str, name: str) -> Iterator[tuple[str, list[Finding]]]:
    """Each new first-parent state of the protected branch with its findings, oldest first."""
    from docctl.check import check_change, concerns, refused
    from docctl.reader import Memory, open_step

    if repository.resolve(new) is None:
        yield new, _moved(name, "unknown-name")
        return
    if len(repository.root_commits(new)) > 1:
        yield new, _moved(name, "second-root")
        return
    if old and not repository.is_ancestor(old, new):
        yield new, _moved(name, "rewritten")
        return
    memory, rules, last = Memory(), _rules(repository, old, prefix, Memory()) if old else None, old
    for step in repository.history(new, since=old or None, prefix=prefix):
        if (step.parents[0] if step.parents else "") != last:
            yield step.commit, _moved(name, "foxtrot")
            return
        last = step.commit
        changed = [item for item in step.changes if concerns(item.path)]
        tree = repository.tree(step.commit, prefix)
        if not changed or (rules is None and not tree.listing(".docctl/log")):
            continue
        change = open_step(rules, tree, changed, landing=True, memory=memory)
        findings = check_change(change)
        yield step.commit, findings if refused(findings) else []
        rules = change.library.rules
    if last != new:
        yield new, _moved(name, "foxtrot")


def _say(findings: list[Finding], lang: str, commit: str) -> int:
    from docctl.check import refused

    if not findings:
        return FINE
    from docctl.render.lines import finding_lines

    if commit:
        print(Words(f"docctl: commit {commit} is refused", f"docctl：提交 {commit} 被拒绝").said(lang), file=sys.stderr)
    for line in finding_lines(findings, lang):
        print(line, file=sys.stderr)
    return BREACH if refused(findings) else FINE


if __name__ == "__main__":
    sys.exit(main())
