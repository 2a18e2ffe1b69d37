"""The small door of git's hooks: read what git hands over, ask the one judge, say it, exit. Must not hold a rule of its own.

Exit 0 lets git go on, 1 is a breach, 3 could not check; whatever goes wrong, the gate stays shut (design 6).
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable

from docctl.core.errors import TOO_DEEP, DocctlError, Words
from docctl.core.lean import TYPE_CHECKING

if TYPE_CHECKING:
    from docctl.pushes import Wish
    from docctl.repository import Repository
    from docctl.rules.catalogue import Finding

FINE, BREACH, UNCHECKED = 0, 1, 3
SELDOM = 1 << 16  # new objects between two collections of garbage: most gates are over before one would pay
STAGED = Words(
    "docctl: what is staged is refused (not the files in your folder); nothing was committed",
    "docctl：暂存的内容（而非文件夹中的文件）被拒绝；未作提交",
)


def main(arguments: list[str] | None = None) -> int:
    """Runs one gate: `NAME [--library PREFIX] [--lang L] [--rehearsal] [hook's own arguments]`; returns the exit code."""
    gc.set_threshold(SELDOM)
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words.pop(0) if words else ""
    lang = _language()
    try:
        prefix, lang = _option(words, "--library"), _option(words, "--lang") or lang
        return _gate(name)(prefix, lang, words)
    except DocctlError as error:
        return _shut(name, error.said(lang), lang, error.exit_code)
    except RecursionError:
        return _shut(name, f"{TOO_DEEP.words.said(lang)}\n  → {TOO_DEEP.remedy.said(lang)}", lang, UNCHECKED)
    except Exception as error:  # a gate that cannot decide stays shut, with a sentence before the traceback
        code = _shut(name, f"{type(error).__name__}: {error}", lang, UNCHECKED)
        if os.environ.get("DOCCTL_TRACEBACK"):
            raise
        return code


def staged(repository: Repository, prefix: str, handed: bytes = b"") -> list[Finding]:
    """Every finding on the state that git is about to write, against the present commit; `handed` is git's list of changes.

    Where a topic branch takes in the protected one, against that: what came from there was judged there, by newer rules perhaps.
    """
    from docctl.check import check_change, concerns
    from docctl.pushes import rules_at
    from docctl.reader import Memory, open_step

    memory = Memory()
    head = repository.resolve("HEAD")
    before = rules_at(repository, head, prefix, memory) if head else None
    protected = before.mandate.settings.protected_branch if before else ""
    landing = before is None or repository.head_branch() == protected
    base = "" if landing else _taken_in(repository, protected)
    tree, changes = repository.staged(prefix, base) if base else repository.staged(prefix, handed=handed)
    changed = [item for item in changes if concerns(item.path)]
    if not changed:
        return []
    rules = rules_at(repository, base, prefix, memory) if base else before
    return check_change(open_step(rules, tree, changed, landing=landing, memory=memory))


def _taken_in(repository: Repository, protected: str) -> str:
    """The commit of the protected branch, as this clone knows it, that is about to be merged in; "" when none is."""
    tips = [tip for tip in map(repository.resolve, (f"refs/heads/{protected}", f"refs/remotes/origin/{protected}")) if tip]
    official = [each for each in repository.joining() if any(repository.is_ancestor(each, tip) for tip in tips)]
    return official[0] if official else ""


def _gate(name: str) -> Callable[[str, str, list[str]], int]:
    known = {
        "pre-commit": _commit,
        "pre-merge-commit": _commit,
        "commit-msg": _message,
        "pre-push": _push,
        "pre-receive": _receive,
        "post-receive": _received,
    }
    if name not in known:
        raise DocctlError(
            Words(f"no gate named {name!r}", f"没有名为 {name!r} 的门禁"), Words("install the hooks again", "请重新安装钩子")
        )
    return known[name]


def _option(words: list[str], name: str) -> str:
    if name not in words:
        return ""
    place = words.index(name)
    value = words[place + 1] if place + 1 < len(words) else ""
    del words[place : place + 2]
    return value


def _language() -> str:
    said = (
        os.environ.get("DOCCTL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    return "zh" if said.lower().startswith("zh") else "en"


def _shut(name: str, reason: str, lang: str, code: int) -> int:
    """Says why a gate could not decide. The gate at the message judges nothing, so it lets git go on."""
    words = Words(f"docctl could not check this ({name}); nothing was changed", f"docctl 无法检查（{name}）；未作任何更改")
    _tell([words.said(lang), *(_escaped(line) for line in reason.split("\n"))])
    return FINE if name == "commit-msg" else code


def _handed(words: list[str]) -> bytes:
    """What changes in the controlled paths, as the hook heard it from git and hands it on; nothing when it could not tell."""
    if "--handed" not in words:
        return b""
    words.remove("--handed")
    return sys.stdin.buffer.read()


def _commit(prefix: str, lang: str, words: list[str]) -> int:
    from docctl.repository import Repository

    with Repository.open(in_hook=True) as repository:
        return _say(staged(repository, prefix, _handed(words)), lang, STAGED)


def _message(prefix: str, _lang: str, words: list[str]) -> int:
    """Adds `Document: NUMBER VERSION` trailers; it refuses nothing."""
    from docctl.repository import Repository
    from docctl.trailers import with_trailers

    with Repository.open(in_hook=True) as repository:
        versions = _versions(repository, prefix, _handed(words))
    # Written as it was read, byte by byte: the message may be in any encoding.
    with open(words[0], encoding="utf-8", errors="surrogateescape", newline="") as file:
        text = file.read()
    told = with_trailers(text, "Document", versions)
    if told != text:
        with open(words[0], "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(told)
    return FINE


def _versions(repository: Repository, prefix: str, handed: bytes) -> dict[str, str]:
    """The version label of every document that git is about to change, by number; those that cannot be read are left out."""
    from docctl.core import frontmatter
    from docctl.core.errors import Unreadable
    from docctl.core.layout import owner

    tree, changes = repository.staged(prefix, handed=handed)
    found: dict[str, str] = {}
    for path in sorted({f"{owned.folder}/index.md" for item in changes if (owned := owner(item.path)).kind == "document"}):
        try:
            values = frontmatter.read(tree[path].data).values if path in tree else {}
        except Unreadable:
            continue
        number, version = values.get("id"), values.get("version")
        if isinstance(number, str) and isinstance(version, str):
            found[number] = version
    return found


def _push(prefix: str, lang: str, _words: list[str]) -> int:
    """Every ref of the push, as the server would judge it; the remote's tip is what git says it is."""
    from docctl.pushes import wish

    # Git writes the local name first, and it may be any expression, blanks included.
    moves = [line.rsplit(" ", 3) for line in _lines()]
    return _judge(prefix, lang, [wish(old, new, name) for _, new, name, old in moves])


def _receive(prefix: str, lang: str, words: list[str]) -> int:
    """Every ref of a push at the server, judged with the server's clock."""
    from docctl.moving import surroundings_refused
    from docctl.pushes import wish

    unknown = surroundings_refused(os.environ)
    if unknown:
        return _say(unknown, lang)
    return _judge(prefix, lang, [wish(*line.split(" ", 2)) for line in _lines()], _server_time(words))


def _server_time(words: list[str]) -> str:
    """The server's instant; only one that was installed for a rehearsal lets whoever pushes say what time it is."""
    return os.environ.get("DOCCTL_NOW", "") if "--rehearsal" in words else _clock()


def _clock() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _received(prefix: str, lang: str, words: list[str]) -> int:
    """Writes the receipts of a push that was taken in; it refuses nothing, for that would come too late."""
    from docctl.pushes import wish
    from docctl.receiving import received, unwritten
    from docctl.repository import Repository

    moved = [wish(*line.split(" ", 2)) for line in _lines()]
    try:
        with Repository.open(in_hook=True) as repository:
            received(repository, moved, prefix, _server_time(words) or _clock(), rehearsal="--rehearsal" in words)
    except DocctlError as error:
        _tell([_escaped(line) for line in (unwritten(error).said(lang), f"  → {error.remedy.said(lang)}")])
    return FINE


def _lines() -> list[str]:
    return [line for line in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\n") if line]


def _judge(prefix: str, lang: str, wishes: Iterable[Wish], now: str = "") -> int:
    from docctl.pushes import judge
    from docctl.repository import Repository

    with Repository.open(in_hook=True) as repository:
        answers = judge(repository, wishes, prefix, now)
        return max((_say(answer.findings, lang, _refused(answer.commit)) for answer in answers), default=FINE)


def _refused(commit: str) -> Words | None:
    return Words(f"docctl: commit {commit} is refused", f"docctl：提交 {commit} 被拒绝") if commit else None


def _say(findings: list[Finding], lang: str, headline: Words | None = None) -> int:
    """Tells findings and whether they block; the `headline` stands above those that do."""
    if not findings:
        return FINE
    from docctl.check import refused
    from docctl.render.lines import finding_lines

    code = BREACH if refused(findings) else FINE
    if headline and code:
        _tell([headline.said(lang)])
    _tell(finding_lines(findings, lang))
    return code


def _tell(lines: Iterable[str]) -> None:
    if sys.stderr is None:  # closed by whoever called git; the exit code still answers
        return
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def _escaped(line: str) -> str:
    """A line that others wrote; when even the escaping cannot be loaded, its printable ASCII alone."""
    try:
        from docctl.render.escape import terminal
    except Exception:  # noqa: BLE001  a broken installation must not silence the one sentence that says so
        return line.encode("ascii", "backslashreplace").decode()
    return terminal(line)


if __name__ == "__main__":
    sys.exit(main())
