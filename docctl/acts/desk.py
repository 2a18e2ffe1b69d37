"""Where somebody works: a library on a branch, the time, and the key that says who they are. Must not know any single act."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from docctl import sshsig
from docctl.acts.clock import clock, rehearsed
from docctl.check import check_change, concerns, refused
from docctl.core.calendar import local_day
from docctl.core.document import Document
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.evidence import Evidence
from docctl.core.library import Rules
from docctl.core.mandate import Mandate
from docctl.core.people import Person
from docctl.core.statement import SCHEMA, Statement, filed_at, write_statement
from docctl.core.tree import Changed, Entry, MemoryTree, Overlay, Tree
from docctl.openwork import OpenWork
from docctl.reader import Memory, Shelf, open_step, rulebook
from docctl.reader.rulebook import no_rules
from docctl.repository import Repository
from docctl.rules.catalogue import ERROR, Finding
from docctl.workspace import Workspace


class Signer(NamedTuple):
    """The person at the desk, as the fingerprint of their key says."""

    person: Person
    key: sshsig.SigningKey


class RefusedByRules(Refusal):
    """An act that the rules refuse; `findings` says by which."""

    def __init__(self, findings: list[Finding]) -> None:
        first = findings[0]
        super().__init__(
            Words(first.message("en"), first.message("zh")), Words(first.remedy("en"), first.remedy("zh")), code=first.code
        )
        self.findings = findings


class Desk:
    """One place of work. `key` is what --key said, `now` an instant `YYYY-MM-DDTHH:MM:SSZ` that takes the clock's place."""

    def __init__(self, folder: str = ".", library: str = "", key: str | None = None, now: str = "") -> None:
        self.repository = Repository.open(folder)
        if self.repository.top is None:
            raise DocctlError(
                Words(f"{folder} is a server's copy without working files", f"{folder} 是没有工作文件的服务器库"),
                Words("act in a clone of it", "请在其克隆中操作"),
            )
        self.prefix = library.strip("/")
        self.workspace = Workspace.open(self.repository.top, self.prefix)
        self.led_back = self.workspace.begin()
        self.memory = Memory()
        self.key = key
        self.now = clock(now)

    def close(self) -> bool | None:
        """Ends the work: an act that was begun and not recorded leaves no trace (True); False when it had been recorded already."""
        self.repository.close()
        return self.workspace.close()

    def fresh(self) -> None:
        """Forgets what was read, after something was written."""
        self.repository.close()
        self.repository = Repository.open(self.repository.top)

    @property
    def branch(self) -> str | None:
        """The current branch."""
        return self.repository.head_branch()

    def commit(self, name: str = "HEAD") -> str:
        """The commit a name stands for. Raises DocctlError when there is none."""
        found = self.repository.resolve(name)
        if found is None:
            self.repository.has_commits()
            raise DocctlError(
                Words(f"no commits yet at {name}", f"{name} 尚无提交"),
                Words("`docctl init` makes the first one", "`docctl init` 会建立第一个提交"),
            )
        return found

    def tree(self, name: str = "HEAD") -> Tree:
        """The library's files at a commit."""
        return self.repository.tree(self.commit(name), self.prefix)

    def rules(self, name: str = "HEAD") -> Rules:
        """The rules that stand at a commit."""
        book = rulebook(self.tree(name), self.memory)
        if book.rules is None:
            raise no_rules(book.unread)
        return book.rules

    @property
    def mandate(self) -> Mandate:
        """The mandate of the protected branch where it can be seen, else of the current one: no draft of rules judges anybody."""
        return self.rules(self.official()).mandate

    def official(self) -> str:
        """The name of the protected branch's tip as this clone knows it, or HEAD before it exists."""
        branch = self.rules().mandate.settings.protected_branch
        return next((name for name in (branch, f"origin/{branch}") if self.repository.resolve(name)), "HEAD")

    @property
    def protected(self) -> bool:
        """Whether the current branch is the protected one."""
        return self.branch == self.rules().mandate.settings.protected_branch

    def shelf(self, name: str = "HEAD") -> Shelf:
        """The items of the library at a commit, by number."""
        mandate = self.rules(name).mandate
        return Shelf(self.tree(name), mandate.people, mandate.settings.version_scheme, self.memory)

    def document(self, number: str, name: str = "HEAD") -> Document:
        """The document of a number at a commit. Raises DocctlError when there is none that can be read."""
        shelf = self.shelf(name)
        found = shelf.document(number)
        if found is not None:
            return found
        folder = shelf.document_folder(number)
        if folder and folder.unread:
            first = folder.unread[0]
            raise DocctlError(
                Words(f"{first.path}:{first.line}: {first.words.en}", f"{first.path}:{first.line}：{first.words.zh}"),
                Words("mend the file; `docctl check` tells all that is wrong", "请修正该文件；`docctl check` 会列出所有问题"),
            )
        raise unknown_number(number, shelf.numbers())

    def evidence(self, number: str, name: str = "HEAD") -> Evidence:
        """The statements on a number at a commit."""
        return self.shelf(name).evidence(number)

    @cached_property
    def signer(self) -> Signer:
        """Who is at the desk. Raises DocctlError when no key is found or it is nobody's."""
        key = sshsig.find_signing_key(self.key, os.environ, self.repository.config("user.signingkey"))
        person = self.mandate.people.owner_of(key.public.text)
        if person is None:
            raise DocctlError(
                Words(
                    f"key {key.public.fingerprint} is not in people.yaml",
                    f"密钥 {key.public.fingerprint} 未登记在 people.yaml 中",
                ),
                Words(
                    "have it registered by a rules record, or name another with --key",
                    "请通过规则变更记录登记该密钥，或用 --key 指定其他密钥",
                ),
                "key-unregistered",
            )
        return Signer(person, key)

    @property
    def today(self) -> str:
        """The day it is in the organisation's zone."""
        return local_day(self.now, self.rules().mandate.settings.timezone)

    def statement(self, document: Document, decision: str, role: str, *, name: str = "HEAD", **more: str | None) -> Statement:
        """A statement of the signer on a document's bytes, now, over the evidence at `name`.

        `more` may say comment, effective_from and target.
        """
        before = self.evidence(document.number, name).before(document.version, document.digest)
        rules = self.rules(self.official())
        return Statement(
            comment=more.get("comment") or "",
            decided_at=self.now,
            decision=decision,
            digest=document.digest,
            document=document.number,
            effective_from=more.get("effective_from"),
            repository=rules.mandate.root.repository,
            role=role,
            rules=rules.mandate.number,
            schema=SCHEMA,
            signer=self.signer.person.id,
            supersedes=before.digest if before else None,
            target=more.get("target"),
            version=document.version,
        )

    def sign(self, statement: Statement) -> dict[str, bytes]:
        """The two files of a signed statement by path."""
        data = write_statement(statement)
        signature = sshsig.sign(data, sshsig.STATEMENT, self.signer.key)
        return {f"{filed_at(statement)}.json": data, f"{filed_at(statement)}.sig": signature}

    def judge(self, files: Mapping[str, bytes | None], *, base: Tree | None = None, landing: bool | None = None) -> None:
        """Raises RefusedByRules when laying `files` over the current state breaks a rule (one judge for acts and gates).

        `base` is the state they are laid over when it is not the current commit's, `landing` whether they land (else: by the branch).
        """
        below = base if base is not None else self.tree()
        tree = Overlay(below, files)
        changed = [Changed(path, _entry(below, path), _entry(tree, path)) for path in sorted(files) if concerns(path)]
        step = open_step(self.rules(), tree, changed, landing=self.protected if landing is None else landing, memory=self.memory)
        raise_refused(check_change(step))

    def judge_first(self, files: Mapping[str, bytes]) -> None:
        """Raises RefusedByRules when `files` may not begin a library: its first state is judged by its own rules."""
        below = self.tree() if self.repository.has_commits() else MemoryTree({})
        tree = Overlay(below, files)
        changed = [Changed(path, None, _entry(tree, path)) for path in sorted(files) if concerns(path)]
        raise_refused(check_change(open_step(None, tree, changed, landing=True, memory=self.memory)))

    def record(self, files: Mapping[str, bytes], message: str, *, also: Iterable[str] = (), commit: bool = True) -> str:
        """Writes, stages and commits files (with what is staged of `also`) through git's own hooks; the new commit, or "" without one."""
        self.workspace.write(dict(files))
        self.workspace.stage(sorted(files))
        made = self.workspace.commit(message, sorted({*files, *also}), rehearsed(self.now)) if commit else ""
        self.workspace.done()
        self.fresh()
        return made

    def go_to_topic(self, name: str) -> None:
        """Starts a topic branch when the current branch is the protected one."""
        if self.protected:
            self.workspace.start_branch(name)

    def topic_of(self, number: str) -> str:
        """The branch that holds open work on a number: the current one, else the one there is, else the protected branch."""
        return self._open_at(number) or self.official()

    def find_candidate(self, number: str, *, leaving: bool = True) -> None:
        """Goes to the branch that holds open work on a number, when the current one does not.

        Without `leaving` only from the protected branch: what is being written on a topic is not left.
        """
        name = self._open_at(number) if leaving or self.protected else ""
        if name:
            self.go_to(name)

    def go_to(self, name: str) -> None:
        """Goes to a branch with open work, as it is here or at the server, when the current one is another."""
        here = name.removeprefix("origin/")
        if here == self.branch:
            return
        if not self.repository.resolve(f"refs/heads/{here}"):
            self.workspace.start_branch(here, name)
            return
        if name != here:
            self.workspace.catch_up(here, name)
        self.workspace.switch(here)

    def _open_at(self, number: str) -> str:
        """The branch with open work on a number, "" when there is none. Raises DocctlError when there are several."""
        official, mandate = self.official(), self.mandate
        work = OpenWork(self.repository, self.prefix, self.commit(official), mandate, self.memory)
        found = work.holding(number)
        own = [name for name in found if name.removeprefix("origin/").startswith(f"doc/{number}/")]
        names = [name for name in found if name.removeprefix("origin/") == self.branch] or own or list(found)
        if len(names) > 1:
            raise several(number, sorted(name.removeprefix("origin/") for name in names))
        return names[0] if names else ""


def raise_refused(findings: list[Finding]) -> None:
    """Raises RefusedByRules when any of the findings blocks."""
    if refused(findings):
        raise RefusedByRules([item for item in findings if item.severity == ERROR])


def _entry(tree: Tree, path: str) -> Entry | None:
    folder, _, name = path.rpartition("/")
    return tree.listing(folder).get(name)


def unknown_number(number: str, known: list[str]) -> DocctlError:
    """The error for a number that is in nobody's library, with near ones."""
    from difflib import get_close_matches

    near, some = ", ".join(get_close_matches(number, known, 3)), ", ".join(known[:5])
    remedy = Words("`docctl new` makes one", "可用 `docctl new` 新建")
    if near or some:
        remedy = Words(f"near: {near}", f"相近的编号：{near}") if near else Words(f"known here: {some}", f"此处已有：{some}")
    return DocctlError(Words(f"no document with number {number}", f"没有编号为 {number} 的文件"), remedy, "unknown-number")


def short(digest: str) -> str:
    """A digest as people read it aloud: its first 12 hex digits."""
    return digest.removeprefix("sha256:")[:12]


def several(number: str, names: list[str]) -> DocctlError:
    """The error for a number that is being written on more than one branch."""
    return DocctlError(
        Words(f"{number} has several topic branches: {', '.join(names)}", f"{number} 有多个主题分支：{'、'.join(names)}"),
        Words("switch to the one you mean and act again", "请切换到目标分支后重试"),
    )
