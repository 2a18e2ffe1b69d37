"""`docctl show` and `docctl log`: one version with its control block, and the history of a number. Words to calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docctl.cli import options
from docctl.cli.frame import command, option, reporting
from docctl.cli.here import viewed
from docctl.cli.sharing import decision_word, role_word
from docctl.cli.telling import columns, facts, tell, tell_json
from docctl.cli.words import lang, said
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.core.statement import Signed
    from docctl.registers.scribe import Scribe
    from docctl.view import View
    from docctl.viewed import Version

_SIGNED = (
    Words("When (claimed)", "时间（声明）"),
    Words("Received (server)", "接收（服务器）"),
    Words("Decision", "决定"),
    Words("By", "签署人"),
    Words("Role", "岗位"),
    Words("Remark", "备注"),
)
_FAULTY = Words("signature not good", "签名无效")
_REVOKED = Words("revoked", "已撤回")


@command("One version: its control block and its text.", "一个版本：控制信息与正文。")
@click.argument("number", metavar="ID")
@option(
    "--version", "label", default="", metavar="V", en="this version (default: the one in force)", zh="指定版本（默认现行版本）"
)
@options.as_of
@reporting("text", "json")
def show(number: str, label: str, as_of: str, form: str) -> None:
    """Shows one version of a number."""
    from docctl.viewed import control_block

    with viewed(as_of) as view:
        version = view.version(number, label)
        if version is None:
            raise _unknown(view, number)
        text = version.body
        if form == "json":
            tell_json({"format": 1, "as_of": view.day, "commit": view.commit, **_object(version, view), "text": text})
            return
        facts(control_block(version, view.mandate.settings, lang()))
        _signatures(version, view)
        tell()
        tell(text.strip("\n"))


@command("The history of a number: versions, signatures and their times.", "文件的历史：版本、签署与时间。")
@click.argument("number", metavar="ID")
@options.as_of
@reporting("text", "json")
def log(number: str, as_of: str, form: str) -> None:
    """Tells the history of a number, the newest version first."""
    from docctl.registers.scribe import witness_note
    from docctl.viewed import origin

    with viewed(as_of) as view:
        versions = view.versions(number)
        if not versions:
            raise _unknown(view, number)
        if form == "json":
            tell_json(
                {"format": 1, "document": number, "as_of": view.day, "versions": [_object(item, view) for item in versions]}
            )
            return
        for version in reversed(versions):
            tell(f"{number} {version.label}  {version.state.said(lang())}  {version.title(lang())}")
            facts(origin(version))
            _signatures(version, view)
            tell()
        tell(witness_note(view.witnessed).said(lang()))


def _unknown(view: View, number: str) -> Exception:
    from docctl.acts.desk import unknown_number

    return unknown_number(number, view.numbers)


def _signatures(version: Version, view: View) -> None:
    from docctl.registers.scribe import Scribe

    scribe = Scribe(view.witnessed)
    rows = [_row(item, version, view, scribe) for item in version.statements]
    if rows:
        columns(_SIGNED, rows)


def _row(item: Signed, version: Version, view: View, scribe: Scribe) -> tuple[str, ...]:
    from docctl.registers.table import said as cell

    statement = item.statement
    person = view.mandate.people.persons.get(statement.signer)
    name = f"{person.said(lang())} ({person.id})" if person else statement.signer
    remark = said("; ", "；").join(filter(None, (_standing(item, version), statement.comment)))
    return (
        statement.decided_at,
        cell(scribe.received(item.path), lang()),
        decision_word(statement.decision),
        name,
        role_word(statement.role, "", view.mandate.settings),
        remark,
    )


def _standing(item: Signed, version: Version) -> str:
    if not version.holds(item):
        return _FAULTY.said(lang())
    return _REVOKED.said(lang()) if version.taken_back(item) else ""


def _object(version: Version, view: View) -> dict[str, Any]:
    from docctl.registers.scribe import Scribe

    document, scribe = version.document, Scribe(view.witnessed)
    return {
        "number": version.number,
        "version": version.label,
        "title": version.title(lang()),
        "state": version.state.name,
        "since": version.since,
        "until": version.until,
        "digest": document.digest if document else "",
        "branch": version.topic.branch if version.topic else view.branch,
        "landed": version.landing.commit if version.landing else "",
        "statements": [
            {
                **{
                    name: getattr(item.statement, name)
                    for name in ("decision", "signer", "role", "decided_at", "comment", "digest")
                },
                **_receipt(scribe, item),
                "path": item.path,
                "fingerprint": item.verdict.fingerprint,
                "good": version.holds(item),
                "revoked": version.taken_back(item),
            }
            for item in version.statements
        ],
    }


def _receipt(scribe: Scribe, item: Signed) -> dict[str, Any]:
    """What the server's receipt says of a statement; null without one."""
    arrival = scribe.arrival(item.path)
    receipt = arrival.receipt if arrival else None
    told = ("n", "received_at", "late", "rehearsal")
    return {"receipt": {name: getattr(receipt, name) for name in told} if receipt else None}
