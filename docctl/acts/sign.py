"""Signing decisions on a candidate: submit, review, co-sign, approve, reject, confirm, revoke. Must not land anything.

Each act first says what it is about (`Candidate`), the door shows it and asks, then the same candidate is signed.
"""

from __future__ import annotations

from typing import NamedTuple

from docctl.acts import refusals
from docctl.acts.desk import Desk, short, unknown_number
from docctl.core.calendar import local_day
from docctl.core.document import Document
from docctl.core.errors import Refusal, Words
from docctl.core.evidence import Evidence
from docctl.core.frontmatter import with_values
from docctl.core.layout import owner
from docctl.core.matrix import Matrix, Seat, confirming, matrix_of, speaks_for
from docctl.core.people import Person
from docctl.core.statement import DECISIONS, Signed, Statement
from docctl.core.tree import Overlay, Tree
from docctl.core.version import folder_name
from docctl.reader import Shelf
from docctl.waiting import busy

SLOT_DECISIONS = ("review", "cosign", "approve", "withdraw")


class Candidate(NamedTuple):
    """What is about to be signed: the document, the decision, who signs in which role, and what it would replace.

    `topic` is the branch that the signature starts when the current branch is the protected one ("" none).
    """

    document: Document
    statement: Statement
    person: Person
    before: Document | None
    matrix: Matrix
    files: dict[str, bytes]
    also: tuple[str, ...] = ()
    differs: bool = False
    topic: str = ""

    @property
    def facts(self) -> tuple[tuple[Words, str], ...]:
        """What a signer must see before the signature: number, title, version, digest, decision, role and what it replaces."""
        statement = self.statement
        return (
            (Words("Document", "文件编号"), self.document.number),
            (Words("Title", "文件名称"), self.document.title),
            (Words("Version", "版本"), f"{self.document.version} ({self.document.status})"),
            (Words("Digest", "内容摘要"), self.document.digest),
            (
                Words("Decision", "决定"),
                DECISIONS[statement.decision].said("en") + " / " + DECISIONS[statement.decision].said("zh"),
            ),
            (Words("Signer", "签署人"), f"{self.person.name} ({self.person.id}), {statement.role}"),
            (Words("Replaces", "替代"), f"{self.before.version} ({short(self.before.digest)})" if self.before else "-"),
        )


def submission(desk: Desk, number: str, *, comment: str = "") -> Candidate:
    """The candidate that submitting a draft makes: its folder as the author sees it, with the claim written in (T03)."""
    desk.find_candidate(number, leaving=not _being_written(desk, number))
    folders = _folders_of(desk, number)
    desk.workspace.add(folders)
    tree, changes = desk.repository.staged(desk.prefix)
    also = tuple(item.path for item in changes if item.path.startswith(tuple(f"{folder}/" for folder in folders)))
    document = _readable(desk, tree, number)
    status = "withdrawn" if document.withdrawn else "approved"
    text = tree[document.path].data.decode()
    files = {} if document.status == status else {document.path: with_values(text, {"status": status}).encode()}
    document = _readable(desk, Overlay(tree, files), number)
    rejections = desk.evidence(number).standing(document.digest, "reject")
    if rejections:
        raise refusals.sent_back(document, rejections)
    if desk.evidence(number).standing(document.digest, "submit"):
        raise refusals.already_signed(document, "submit", "")
    candidate = _candidate(desk, document, "submit", _any_role(desk), comment, files=files, also=also)
    return candidate._replace(topic=f"doc/{number}/{folder_name(document.version)}")


def decision(desk: Desk, number: str, what: str, *, comment: str = "", role: str = "") -> Candidate:
    """The candidate that a review, co-sign, approve, reject or confirm signs: the bytes of the commit, never of the working folder."""
    if what != "confirm":  # which is about what is in force, whatever else is being written
        desk.find_candidate(number)
    document, evidence = desk.document(number), desk.evidence(number)
    matrix = matrix_of(document, evidence, desk.mandate)
    if what in SLOT_DECISIONS and document.withdrawn and what == "approve":
        what = "withdraw"
    person = desk.signer.person
    if what != "confirm":
        refusals.require_unreleased(document, evidence)
    own = [item for item in evidence.standing(document.digest, what) if item.statement.signer == person.id]
    if own and not _again(desk, matrix, own[-1]):
        raise refusals.already_signed(document, what, own[-1].statement.decided_at)
    if what == "reject" and not comment.strip():
        raise Refusal(
            Words("a rejection says why", "退回须说明原因"),
            Words("add --comment with a sentence", "请用 --comment 写明原因"),
            "comment-missing",
        )
    if what in SLOT_DECISIONS:
        refusals.require_submitted(document, matrix)
        role = role or (own[-1].statement.role if own else _seat_role(desk, document, evidence, matrix, what))
    elif what == "confirm":
        refusals.require_in_force(document, evidence, desk.today)
        role = role or _confirm_role(desk, document)
    return _candidate(desk, document, what, role or _any_role(desk), comment)


def revocation(desk: Desk, number: str, *, comment: str = "") -> Candidate:
    """The candidate that takes the signer's own last decision on the present bytes back; a released version cannot be taken back."""
    desk.find_candidate(number)
    document, evidence = desk.document(number), desk.evidence(number)
    refusals.require_unreleased(document, evidence)
    own = [
        item
        for item in evidence.standing(document.digest, *DECISIONS)
        if item.statement.signer == desk.signer.person.id and item.statement.decision != "revoke"
    ]
    if not own:
        raise Refusal(
            Words(
                f"{desk.signer.person.id} has no decision on {number} {document.version}",
                f"{desk.signer.person.id} 对 {number} {document.version} 没有决定",
            ),
            Words("`docctl log` shows who signed what", "`docctl log` 可查看签署情况"),
            "nothing-to-revoke",
        )
    last = own[-1]
    return _candidate(desk, document, "revoke", last.statement.role, comment, target=f"sha256:{last.sha256}")


def open_candidate(desk: Desk, number: str, files: dict[str, bytes], *, comment: str = "") -> Candidate:
    """The candidate that ends a number: signed as `withdraw` by somebody who fills a slot of it, else as its request (`submit`)."""
    document = _readable(desk, Overlay(desk.tree(), files), number)
    matrix = matrix_of(document, desk.evidence(number), desk.mandate)
    person = desk.signer.person
    seat = next((seat for seat in matrix.missing if _holds(person, seat, matrix.level, desk.today)), None)
    what, role = ("withdraw", seat.slot.role) if seat else ("submit", _any_role(desk))
    return _candidate(desk, document, what, role, comment, files=files)


def sign(desk: Desk, candidate: Candidate, *, commit: bool = True) -> str:
    """Signs a candidate, judges the outcome and records both files in one commit; the commit, or "" when only staged.

    Raises RefusedByRules before anything is written when the signature would break a rule.
    """
    files = {**candidate.files, **desk.sign(candidate.statement)}
    base = desk.repository.staged(desk.prefix)[0] if candidate.also else desk.tree()
    desk.judge(
        {**dict.fromkeys(candidate.also, None), **_present(base, candidate.also), **files}, base=desk.tree(), landing=False
    )
    if candidate.topic:
        desk.go_to_topic(candidate.topic)
    statement = candidate.statement
    what = DECISIONS[statement.decision].en.capitalize()
    message = f"{what}: {statement.document} {statement.version or ''} by {statement.signer}".replace("  ", " ")
    return desk.record(files, message, also=candidate.also, commit=commit)


def _present(tree: Tree, paths: tuple[str, ...]) -> dict[str, bytes]:
    return {path: tree[path].data for path in paths if path in tree}


def _being_written(desk: Desk, number: str) -> bool:
    """Whether the working folder holds changes to a number that are not committed."""
    return any(owner(path).number == number for path in desk.workspace.changed(("documents",)))


def _folders_of(desk: Desk, number: str) -> list[str]:
    """Where a document lies, in the present commit or only in the working folder so far, and where it lay before it was moved."""
    owners = (owner(path) for path in desk.workspace.changed(("documents",)))
    folders = sorted({*desk.shelf().folders(number), *(owned.folder for owned in owners if owned.number == number)})
    if not folders:
        raise unknown_number(number, desk.shelf().numbers())
    return folders


def _readable(desk: Desk, tree: Tree, number: str) -> Document:
    mandate = desk.rules().mandate
    shelf = Shelf(tree, mandate.people, mandate.settings.version_scheme, desk.memory)
    found = shelf.document(number)
    if found is None:
        folder = shelf.document_folder(number)
        first = folder.unread[0] if folder and folder.unread else None
        words = first.words if first else Words("it cannot be read", "无法读取")
        where = f"{first.path}:{first.line}" if first else number
        raise Refusal(
            Words(f"{where}: {words.en}", f"{where}：{words.zh}"),
            Words("mend the file and submit again", "请修正后重新提交"),
            "unreadable",
        )
    return found


def _candidate(
    desk: Desk,
    document: Document,
    what: str,
    role: str,
    comment: str,
    *,
    files: dict[str, bytes] | None = None,
    also: tuple[str, ...] = (),
    target: str | None = None,
) -> Candidate:
    statement = desk.statement(document, what, role, comment=comment, target=target)
    matrix = matrix_of(document, desk.evidence(document.number), desk.mandate)
    work = desk.workspace
    differs = what != "submit" and bool(work.changed([document.folder]) or work.unseen(document.folder))
    return Candidate(document, statement, desk.signer.person, _before(desk, document), matrix, files or {}, also, differs)


def _before(desk: Desk, document: Document) -> Document | None:
    """The released text this candidate would replace, as the protected branch holds it."""
    evidence = desk.evidence(document.number)
    last = evidence.before(document.version, document.digest)
    official = desk.shelf(desk.official()).document(document.number) if last else None
    return official if official is not None and last is not None and official.digest == last.digest else None


def _again(desk: Desk, matrix: Matrix, item: Signed) -> bool:
    """Whether one's own statement is worth signing once more: a review of another day, or a decision that an earlier step overtook."""
    if item.statement.decision == "confirm":
        return local_day(item.statement.decided_at, desk.mandate.settings.timezone) != desk.today
    return matrix.overtaken(item)


def _any_role(desk: Desk) -> str:
    """A role the signer holds today, for decisions that ask for none; `author` for somebody without a role."""
    person, day = desk.signer.person, desk.today
    return next((held.role for held in person.roles if held.covers(day)), "author")


def _seat_role(desk: Desk, document: Document, evidence: Evidence, matrix: Matrix, what: str) -> str:
    """The role of the first open seat that the signer may fill. Refuses with the reason when there is none."""
    person, mandate = desk.signer.person, desk.mandate
    day = local_day(desk.now, mandate.settings.timezone)
    if person.id in evidence.authors(document.version, document.digest, ending=document.withdrawn):
        raise Refusal(
            Words(
                f"{person.id} prepared {document.number} {document.version} and cannot {what} it",
                f"{person.id} 编制了 {document.number} {document.version}，不能对其{DECISIONS[what].zh}",
            ),
            Words("another person who holds the role signs", "请由具备该岗位的其他人员签署"),
            "DC208",
        )
    if person.id in busy(document, evidence, matrix):
        raise refusals.seated(document, person)
    for seat in matrix.missing:
        if seat.slot.decision == what and _holds(person, seat, matrix.level, day):
            return seat.slot.role
    raise refusals.no_seat(document, person, matrix, what)


def _holds(person: Person, seat: Seat, level: int, day: str) -> bool:
    return any(held.covers(day) for held in person.holdings(seat.slot.role, level, seat.department))


def _confirm_role(desk: Desk, document: Document) -> str:
    """The role of the signer that a periodic review may be signed in."""
    person, day = desk.signer.person, desk.today
    kind = desk.mandate.settings.types.get(document.type)
    roles = confirming(document, kind) if kind else ()
    for role in roles:
        if kind and any(held.covers(day) and speaks_for(held, document, kind) for held in person.holdings(role)):
            return role
    raise Refusal(
        Words(
            f"{person.id} may not review {document.number} (roles that may: {', '.join(roles) or '-'})",
            f"{person.id} 无权评审 {document.number}（可评审的岗位：{'、'.join(roles) or '-'}）",
        ),
        Words("somebody who holds one of these roles reviews it", "请由具备其中岗位的人员评审"),
        "DC207",
    )
