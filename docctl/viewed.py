"""One version of a number as people look at it: its label, text, state, signatures and origin. Must not know git or where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docctl.core.calendar import instant_of
from docctl.core.document import Document
from docctl.core.edition import Edition
from docctl.core.errors import DocctlError, Words
from docctl.core.evidence import Evidence
from docctl.core.markup import ANCHOR
from docctl.core.settings import Settings
from docctl.core.state import State
from docctl.core.statement import DECISIONS, Signed
from docctl.reader.landing import Landing
from docctl.waiting import Wanted

_CLASSES = {
    "public": Words("public", "公开"),
    "internal": Words("internal", "内部"),
    "confidential": Words("confidential", "机密"),
    "secret": Words("secret", "绝密"),
}


class Topic(NamedTuple):
    """Open work on a number: the text as a branch holds it, its state and what it waits for."""

    document: Document
    evidence: Evidence
    branch: str
    commit: str
    state: State
    wanted: tuple[Wanted, ...]


class Waiting(NamedTuple):
    """A rules record that has not landed: its number, reason and branch, who signed and how many must."""

    number: int
    reason: str
    branch: str
    signers: tuple[str, ...]
    threshold: int


class Version(NamedTuple):
    """One version of a number, released (`edition`, with its landing) or open (`topic`), with every statement on its label."""

    number: str
    label: str
    document: Document | None
    state: State
    evidence: Evidence
    edition: Edition | None
    topic: Topic | None
    landing: Landing | None
    statements: tuple[Signed, ...]

    def title(self, lang: str) -> str:
        """The title in a language, "?" where this copy does not hold the text."""
        return self.document.titled(lang) if self.document else "?"

    @property
    def since(self) -> str:
        """The first day in force, "" for open work."""
        return self.edition.span.since if self.edition else ""

    @property
    def until(self) -> str:
        """The day it is no longer in force, "" while nothing ends it."""
        return self.edition.span.until if self.edition else ""

    def holds(self, item: Signed) -> bool:
        """Whether a statement's signature is good and the signer's own."""
        return item in self.evidence.good

    def taken_back(self, item: Signed) -> bool:
        """Whether its signer revoked a statement."""
        return item.sha256 in self.evidence.revoked

    @property
    def body(self) -> str:
        """The text below the front matter, without the anchors of its headings."""
        if self.document is None:
            return ""
        lines = self.document.body.split("\n")
        for heading in self.document.outline.headings:
            place = heading.line - self.document.body_line
            lines[place] = ANCHOR.sub("", lines[place])
        return "\n".join(lines)


def control_block(version: Version, settings: Settings, lang: str) -> Iterator[tuple[Words, str]]:
    """What the head of a printed document says: number, title, version, state, owner, distribution, days and digest."""
    document = version.document
    yield Words("Document", "文件编号"), version.number
    yield Words("Title", "文件名称"), version.title(lang)
    yield Words("Version", "版本"), version.label
    yield Words("State", "状态"), version.state.said(lang)
    if document is not None:
        kind = settings.types.get(document.type)
        yield Words("Type", "文件类型"), kind.title.said(lang) if kind else document.type
        yield Words("Owner", "归口岗位"), _named(settings.roles, document.owner, lang)
        yield Words("Department", "归口部门"), _named(settings.departments, document.department, lang)
        yield Words("Classification", "密级"), _named(_CLASSES, str(document.head["classification"]), lang)
        names = (_named(settings.departments, name, lang) for name in document.distribution)
        yield Words("Distribution", "分发范围"), ("、" if lang == "zh" else ", ").join(names)
    yield from origin(version)


def origin(version: Version) -> Iterator[tuple[Words, str]]:
    """Where a version comes from: its change, its days in force, the commit or branch that holds it, the digest that is signed."""
    if version.document is not None and version.document.head.get("change"):
        yield Words("Change", "更改"), "; ".join(f"{name}: {value}" for name, value in version.document.head["change"].items())
    if version.document is not None and version.document.withdrawal:
        yield Words("Withdrawal", "作废"), "; ".join(version.document.withdrawal.values())
    if version.edition:
        ended = version.edition.release.withdrawal
        name = Words("Withdrawn from", "作废日期") if ended else Words("In force", "有效期")
        yield name, f"{version.since} – {version.until}".rstrip(" –")
    if version.landing:
        yield Words("Landed", "并入"), f"{version.landing.commit} {instant_of(version.landing.committed_at)}".rstrip()
    if version.topic:
        yield Words("Branch", "分支"), f"{version.topic.branch} {version.topic.commit[:12]}"
    if version.document is not None:
        yield Words("Digest", "内容摘要"), version.document.digest


def _named(names: object, name: str, lang: str) -> str:
    words = names.get(name) if isinstance(names, dict) else None
    return words.said(lang) if words else name


def statements_of(edition: Edition, evidence: Evidence) -> tuple[Signed, ...]:
    """The statements on a release's label, without those of a withdrawal, which carries the label of the version it ends."""
    ending = {release.digest for release in evidence.releases if release.withdrawal}
    own = (item for item in evidence.signed if item.statement.version == edition.release.version)
    return tuple(item for item in own if (item.statement.digest in ending) == edition.release.withdrawal)


def in_order(signed: Iterable[Signed]) -> tuple[Signed, ...]:
    """Statements by their claimed times; those of one second in the order of a document's life."""
    life = list(DECISIONS)
    return tuple(sorted(signed, key=lambda item: (item.statement.decided_at, life.index(item.statement.decision), item.path)))


def no_version(number: str, label: str, known: list[str]) -> DocctlError:
    """The error for a label that a number does not have among those that are `known`; without a label, for a lack of a second version."""
    names = ", ".join(dict.fromkeys(known))
    if not label:
        words = Words(f"{number} has one version only ({names})", f"{number} 只有一个版本（{names}）")
        return DocctlError(words, Words("there is nothing to compare yet", "尚无可比较的版本"), "one-version")
    words = Words(f"{number} has no version {label}", f"{number} 没有版本 {label}")
    return DocctlError(words, Words(f"versions: {names}", f"现有版本：{names}"), "unknown-version")
