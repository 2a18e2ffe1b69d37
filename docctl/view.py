"""What people ask to see: what is in force, what waits for whom, one version, its history. Must not write, sign or judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property

from docctl.arriving import arrivals_of
from docctl.core.calendar import local_day
from docctl.core.closing import signatures_needed
from docctl.core.document import Document
from docctl.core.edition import Collection, Edition
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.evidence import Evidence
from docctl.core.layout import is_rule_file
from docctl.core.mandate import Mandate
from docctl.core.state import state_of
from docctl.core.tree import Tree
from docctl.openwork import OpenWork
from docctl.reader import Memory, rulebook
from docctl.reader.kept import remembering
from docctl.reader.landing import Past
from docctl.reader.rulebook import no_rules
from docctl.registers import issue
from docctl.registers.issue import Issue
from docctl.registers.reapproval import Suspect, suspects
from docctl.registers.review import Review, review
from docctl.repository import Repository, faults
from docctl.repository.objects import is_id
from docctl.rules.catalogue import Finding
from docctl.viewed import Topic, Version, Waiting, in_order, no_version, statements_of
from docctl.waiting import wanted

LOCAL, REMOTE = "refs/heads/", "refs/remotes/origin/"


class View:
    """A library as its protected branch shows it on one day, with the open work on every branch this copy knows."""

    def __init__(self, repository: Repository, prefix: str, now: str, day: str = "") -> None:
        """`now` is an instant `YYYY-MM-DDTHH:MM:SSZ`, `day` a day that takes the place of its day."""
        self._repository = repository
        self._prefix = prefix
        self._memory = remembering(repository)
        self.ref = official(repository, prefix)
        self.commit = tip(repository, self.ref)
        self.past = Past(repository, self.commit, prefix, self._memory)
        self.day = day or local_day(now, self.mandate.settings.timezone)

    @cached_property
    def mandate(self) -> Mandate:
        """The rules that stand on the protected branch."""
        book = rulebook(self.past.tree(), self._memory)
        if book.rules is None:
            raise no_rules(book.unread)
        return book.rules.mandate

    @cached_property
    def collection(self) -> Collection:
        """Everything released, seen on the day."""
        return self.past.collection(self.day)

    @cached_property
    def witnessed(self) -> Collection:
        """The same with how everything came in and when the server says so, for tables that show it."""
        return self.collection._replace(arrivals=arrivals_of(self._repository, self.past, self._prefix))

    def look(self) -> None:
        """Reads all that a report shows, so that what cannot be read is told before the first line of it."""
        _ = (self.topics, self.waiting, self.standing, self.due, self.suspects)

    @cached_property
    def _work(self) -> OpenWork:
        return OpenWork(self._repository, self._prefix, self.commit, self.mandate, self._memory)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Every candidate and draft that was not released, by number and version, wherever it lies."""
        found = {(topic.document.number, topic.document.version, topic.document.digest): topic for topic in self._topics()}
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """The rules records that wait for signatures, by number."""
        return tuple(
            sorted(found for branch, commit in self._work.branches().items() for found in self._rules_on(branch, commit))
        )

    @cached_property
    def standing(self) -> tuple[Version, ...]:
        """Every version in force or scheduled on the day, by number."""
        every = (self._released(edition) for edition in self.collection.all())
        return tuple(item for item in every if item.state.name in {"in_force", "scheduled"})

    @cached_property
    def due(self) -> tuple[tuple[Issue, Review], ...]:
        """Every version in force whose periodic review is overdue or near, the most urgent first."""
        found = ((item, review(self.collection, item)) for item in issue.in_force(self.collection))
        near = [(item, due) for item, due in found if due is not None and due.standing != "later"]
        return tuple(sorted(near, key=lambda pair: (pair[1].due, pair[0].number)))

    @cached_property
    def suspects(self) -> tuple[Suspect, ...]:
        """Every version that is not superseded and rests on a stolen key, by number (E20)."""
        if not any(key.compromised_since for person in self.mandate.people.persons.values() for key in person.keys):
            return ()
        found = suspects(self.witnessed, self.witnessed.all())
        return tuple(item for item in found if self.collection.state(item.edition).name != "superseded")

    @property
    def branch(self) -> str:
        """The name of the branch that is looked at."""
        return branch_of(self.ref)

    @property
    def numbers(self) -> list[str]:
        """Every document number that is known, sorted."""
        return sorted({*self.collection.editions, *(topic.document.number for topic in self.topics)})

    def versions(self, number: str) -> tuple[Version, ...]:
        """Every version of a number, oldest first: the released ones, then open work."""
        released = [self._released(edition) for edition in self.collection.editions.get(number, ())]
        opened = [self._opened(topic) for topic in self.topics if topic.document.number == number]
        return (*released, *opened)

    def version(self, number: str, label: str = "") -> Version | None:
        """What is in force on the day, else the newest of which anything was signed by then, else the newest; of a label, if given.

        None for no such number. Raises DocctlError for a label that nobody knows.
        """
        versions = self.versions(number)
        named = [item for item in versions if label in {"", item.label}]
        if versions and not named:
            raise no_version(number, label, [item.label for item in versions])
        in_force = [item for item in named if item.state.name == "in_force"]
        return next(iter((*in_force, *reversed([item for item in named if self._known(item)]), *reversed(named))), None)

    def _known(self, version: Version) -> bool:
        """Whether a version was released by the day, as registers see it; open work is of today."""
        return version.edition is None or issue.decided_on(version.edition.release.signed, self.collection) <= self.day

    def pair(self, number: str, older: str = "", newer: str = "") -> tuple[Version, Version] | None:
        """The two versions a redline compares; without labels the newest one and what it follows. None for no such number.

        Raises DocctlError when there is only one version, or a label is unknown.
        """
        versions = self.versions(number)
        if not versions:
            return None
        after = self.version(number, newer) if newer else versions[-1]
        earlier = [item for item in versions if after is not None and versions.index(item) < versions.index(after)]
        before = self.version(number, older) if older else next(reversed(earlier), None)
        if before is None or after is None:
            raise no_version(number, "", [item.label for item in versions])
        return before, after

    def source(self, version: Version) -> str:
        """The text of a version's index.md. Raises DocctlError when this copy of the history no longer holds it."""
        document = version.document
        tree: Tree | None = None
        if version.topic:
            tree = self._tree(version.topic.commit)
        elif version.edition and document is self.collection.library.documents.get(version.edition.number):
            tree = self.past.tree()
        elif version.edition:
            tree = self.past.tree_of(version.edition.release)
        if document is None or tree is None or document.path not in tree:
            raise DocctlError(
                Words(f"the text of version {version.label} is not in this copy", f"此副本中没有版本 {version.label} 的文本"),
                Words("fetch the whole history", "请获取完整历史"),
                "text-missing",
            )
        return tree[document.path].data.decode()

    def _tree(self, commit: str) -> Tree:
        return self._repository.tree(commit, self._prefix)

    def _released(self, edition: Edition) -> Version:
        release = edition.release
        evidence = self.collection.library.evidence[edition.number]
        landing, state = self.past.landings.get(release.signed.path), self.collection.state(edition)
        own = statements_of(edition, evidence)
        return Version(edition.number, release.version, edition.document, state, evidence, edition, None, landing, in_order(own))

    def _opened(self, topic: Topic) -> Version:
        known = {item.digest for item in topic.evidence.releases}
        own = [item for item in topic.evidence.signed if item.statement.version == topic.document.version]
        own = [item for item in own if item.statement.digest not in known]
        number, label = topic.document.number, topic.document.version
        return Version(number, label, topic.document, topic.state, topic.evidence, None, topic, None, in_order(own))

    def _topics(self) -> Iterator[Topic]:
        library = self.collection.library
        for document in self.collection.drafts():
            yield self._topic(document, library.evidence[document.number], self.branch, self.commit)
        for branch, commit in self._work.branches().items():
            for document, evidence in self._work.on(commit):
                yield self._topic(document, evidence, branch, commit)

    def _topic(self, document: Document, evidence: Evidence, branch: str, commit: str) -> Topic:
        state = state_of(document, evidence, self.mandate, self.day)
        return Topic(document, evidence, branch, commit, state, wanted(document, evidence, self.mandate, self.day))

    def _rules_on(self, branch: str, commit: str) -> Iterator[Waiting]:
        here = rulebook(self._tree(commit), self._memory).rules
        if here is None or here.mandate.number <= self.mandate.number:
            return
        entry, root = here.log[-1], self.mandate.root
        keys = {(key.person, key.key) for key in root.keys}
        signers = {person for person, verdict in entry.signatures if not verdict.fault and (person, verdict.key) in keys}
        paths = (item.path for item in self._repository.changes(self.commit, commit, self._prefix))
        needed = signatures_needed(root, filter(is_rule_file, paths), self.mandate.people, here.mandate.people)
        yield Waiting(entry.record.n, entry.record.reason, branch, tuple(sorted(signers)), needed)


def official(repository: Repository, prefix: str = "", *, published: bool = False) -> str:
    """The name of the protected branch's tip as this copy knows it, else HEAD; `published` takes the server's tip first."""
    if repository.bare:
        return "HEAD"
    head = repository.resolve("HEAD")
    rules = rulebook(repository.tree(head, prefix), Memory()).rules if head else None
    branch = rules.mandate.settings.protected_branch if rules else "main"
    names = (REMOTE + branch, LOCAL + branch) if published else (LOCAL + branch, REMOTE + branch)
    return next((name for name in names if repository.resolve(name)), "HEAD")


def tip(repository: Repository, name: str) -> str:
    """The commit a name stands for. Raises DocctlError when there is none."""
    found = repository.resolve(name)
    meant = {place + name: repository.resolve(place + name) for place in ("refs/heads/", "refs/remotes/", "refs/tags/")}
    if not is_id(name) and len({found, *meant.values()} - {None}) > 1:
        raise faults.ambiguous(name, [each for each, commit in meant.items() if commit])
    if found is None:
        raise DocctlError(
            Words(f"{name} is no commit of this repository", f"{name} 不是本仓库中的提交")
            if repository.has_commits()
            else Words("no commits yet", "尚无提交"),
            Words("check the name; `docctl init` makes the first commit", "请检查名称；`docctl init` 会建立第一个提交"),
            "unknown-commit",
        )
    return found


def require_official(repository: Repository, prefix: str, name: str) -> None:
    """Refuses a commit that never was an official state, as far as this copy knows the protected branch (C14)."""
    commit, known = tip(repository, name), {official(repository, prefix, published=each) for each in (False, True)}
    if not any(commit in repository.first_parent_ids(each) for each in known):
        branch = branch_of(min(known))
        en, zh = f"is not on the first-parent history of {branch}", f"不在 {branch} 的首父历史上"
        raise Refusal(
            Words(f"{name} ({commit[:12]}) {en}", f"{name}（{commit[:12]}）{zh}"),
            Words(
                "what a branch holds counts once it has landed; name a commit of that history",
                "分支内容合入后方才有效；请指定该历史上的提交",
            ),
            "not-official",
        )


def library_around(folder: str, top: str | None) -> str:
    """The library a folder lies in, relative to the repository's `top` ("" the whole): the nearest folder with rules above it."""
    if top is None:
        return ""
    here, top = os.path.realpath(folder), os.path.realpath(top)
    while here.startswith(top + os.sep):
        if os.path.isdir(os.path.join(here, ".docctl")):
            return os.path.relpath(here, top).replace(os.sep, "/")
        here = os.path.dirname(here)
    return ""


def branch_of(ref: str) -> str:
    """The name people know a branch by, out of git's full one."""
    return ref.removeprefix(LOCAL).removeprefix("refs/remotes/")


def findings_at(repository: Repository, prefix: str, name: str, now: str) -> list[Finding]:
    """Every finding on the whole library at a commit, each number judged by the rules that stood at its landing.

    What has not landed is judged as a topic is: it need not be approved yet. `now` is the instant for warnings that count days.
    """
    from docctl.check import check_library

    commit, memory = tip(repository, name), remembering(repository)
    book = rulebook(repository.tree(commit, prefix), memory)
    if book.rules is None:
        raise no_rules(book.unread)
    day = local_day(now, book.rules.mandate.settings.timezone)
    landed = repository.is_ancestor(commit, tip(repository, official(repository, prefix)))
    return check_library(Past(repository, commit, prefix, memory).library(day)._replace(landing=landed))
