"""Why a decision cannot be signed now, and how to go on. Must not know desks, keys or files."""

from __future__ import annotations

from docctl.core.document import Document
from docctl.core.errors import Refusal, Words
from docctl.core.evidence import Evidence
from docctl.core.matrix import Matrix
from docctl.core.people import Person
from docctl.core.statement import DECISIONS, Signed


def require_submitted(document: Document, matrix: Matrix) -> None:
    """Refuses to fill a slot of a text that its author did not submit: its bytes would not be the candidate's."""
    if matrix.submit is None and not matrix.ending:
        name = f"{document.number} {document.version}"
        wrong = Words(f"{name} is not submitted", f"{name} 尚未提交")
        remedy = Words(
            f"the author submits it first: docctl submit {document.number}", f"请编制人先提交：docctl submit {document.number}"
        )
        raise Refusal(wrong, remedy, "not-submitted")


def require_in_force(document: Document, evidence: Evidence, day: str) -> None:
    """Refuses the periodic review of anything but the version in force on a day."""
    span = evidence.in_force(day)
    if span is None or span.release.digest != document.digest:
        name = f"{document.number} {document.version}"
        wrong = Words(f"{name} here is not the version in force", f"此处的 {name} 不是现行版本")
        remedy = Words("confirm it on the protected branch, while it is in force", "请在其有效期间于受保护分支上确认")
        raise Refusal(wrong, remedy, "not-in-force")


def require_unreleased(document: Document, evidence: Evidence) -> None:
    """Refuses a decision on what is released: its evidence is complete."""
    if evidence.standing(document.digest, "release"):
        name = f"{document.number} {document.version}"
        raise Refusal(
            Words(f"{name} is released", f"{name} 已发布"),
            Words("revise or withdraw the document instead", "请改为修订或作废该文件"),
            "released",
        )


def seated(document: Document, person: Person) -> Refusal:
    """The refusal for somebody who fills a slot already where one person fills one."""
    name = f"{document.number} {document.version}"
    return Refusal(
        Words(
            f"{person.id} fills another slot of {name} already; at levels 1 and 2 one person fills one",
            f"{person.id} 已签署 {name} 的另一栏位；一、二级文件每人只填一个栏位",
        ),
        Words("another person who holds the role signs", "请由具备该岗位的其他人员签署"),
        "DC202",
    )


def no_seat(document: Document, person: Person, matrix: Matrix, what: str) -> Refusal:
    """The refusal for a person who fills none of the open slots."""
    wanted = [seat for seat in matrix.missing if seat.slot.decision == what]
    roles = ", ".join(sorted({f"{seat.slot.role} {seat.department}".strip() for seat in wanted})) or "-"
    held = ", ".join(sorted({f"{held.role} {held.department}".strip() for held in person.roles})) or "-"
    return Refusal(
        Words(
            f"{person.id} fills no open slot to {what} {document.number} {document.version} (open: {roles}; {person.id} holds: {held})",
            f"{person.id} 无可填的{DECISIONS[what].zh}栏位：{document.number} {document.version}（空缺：{roles}；{person.id} 岗位：{held}）",
        ),
        Words(
            "somebody who holds an open role signs; `docctl status` shows who is waited for",
            "请由具备空缺岗位的人员签署；`docctl status` 显示等待何人",
        ),
        "DC207",
    )


def already_signed(document: Document, what: str, when: str) -> Refusal:
    """The refusal for bytes that the person decided on before."""
    on = f" on {when}" if when else ""
    return Refusal(
        Words(
            f"these bytes of {document.number} {document.version} are signed already ({what}{on})",
            f"{document.number} {document.version} 的这份内容已签署（{DECISIONS[what].zh}{when}）",
        ),
        Words("nothing more is needed; `docctl status` shows what is", "无需重复签署；`docctl status` 显示待办"),
        "already-signed",
    )


def sent_back(document: Document, rejections: list[Signed]) -> Refusal:
    """The refusal to submit bytes again that somebody sent back."""
    who = ", ".join(sorted({item.statement.signer for item in rejections}))
    why = "; ".join(item.statement.comment for item in rejections)
    name = f"{document.number} {document.version}"
    return Refusal(
        Words(f"these bytes of {name} were sent back by {who}: {why}", f"{name} 的这份内容已被 {who} 退回：{why}"),
        Words(
            "correct the text on its branch, commit it as a draft (status: draft), then submit it; or let them revoke the rejection",
            "请在其分支上修改正文，以草稿（status: draft）提交到 git，再送审；或请退回人撤回该决定",
        ),
        "sent-back",
    )
