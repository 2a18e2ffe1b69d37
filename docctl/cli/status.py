"""`docctl status`: what is in force, what waits for whom, what is due. Words to calls only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from docctl.cli import options
from docctl.cli.frame import command, reporting
from docctl.cli.here import viewed
from docctl.cli.sharing import wanted_lines
from docctl.cli.stolen import suspect_object, tell_suspects
from docctl.cli.telling import columns, tell, tell_both, tell_json
from docctl.cli.words import lang, said
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.view import View
    from docctl.viewed import Topic

_NUMBER, _TITLE, _VERSION = Words("Number", "编号"), Words("Title", "名称"), Words("Version", "版本")


@command(
    "What is in force, what waits for whom, and what is due for review.",
    "现行有效的文件、待办（等待何人）与到期评审。",
)
@click.argument("number", metavar="[ID]", required=False)
@options.as_of
@reporting("text", "json")
def status(number: str | None, as_of: str, form: str) -> None:
    """Tells how the library stands, or one number of it."""
    with viewed(as_of) as view:
        if number:
            _require(view, number)
        if form == "json":
            tell_json(_object(view, number or ""))
            return
        organisation = view.mandate.settings.organisation.said(lang())
        view.look()
        tell_both(
            f"{organisation}, {view.day} ({view.branch} {view.commit[:12]})",
            f"{organisation}，{view.day}（{view.branch} {view.commit[:12]}）",
        )
        if number:
            _versions(view, number)
        else:
            _in_force(view)
        _open(view, number or "")
        _due(view, number or "")
        tell_suspects([item for item in view.suspects if number in (None, item.edition.number)])
        if not number:
            _waiting(view)


def _require(view: View, number: str) -> None:
    from docctl.acts.desk import unknown_number

    if not view.versions(number):
        raise unknown_number(number, view.numbers)


def _versions(view: View, number: str) -> None:
    rows = [(item.label, item.state.said(lang()), item.since, item.until, item.title(lang())) for item in view.versions(number)]
    days = (Words("From", "自"), Words("Until", "至"))
    _section(Words("Versions", "版本"), (_VERSION, Words("State", "状态"), *days, _TITLE), rows)


def _in_force(view: View) -> None:
    rows = [(item.number, item.title(lang()), item.label, item.state.said(lang()), item.since) for item in view.standing]
    headings = (_NUMBER, _TITLE, _VERSION, Words("State", "状态"), Words("From", "生效"))
    _section(Words("In force and scheduled", "现行有效与待实施"), headings, rows)
    if not rows:
        tell_both("Nothing is in force or scheduled.", "没有现行有效或待实施的文件。")


def _open(view: View, number: str) -> None:
    rows = [
        (topic.document.number, topic.document.titled(lang()), topic.document.version, topic.state.said(lang()), topic.branch)
        for topic in view.topics
        if number in ("", topic.document.number)
    ]
    _section(Words("Open work", "在办"), (_NUMBER, _TITLE, _VERSION, Words("State", "状态"), Words("Branch", "分支")), rows)
    for topic in view.topics:
        if number in ("", topic.document.number):
            _tell_wanted(topic, view)


def _tell_wanted(topic: Topic, view: View) -> None:
    tell_both(
        f"  {topic.document.number} {topic.document.version} waits for:",
        f"  {topic.document.number} {topic.document.version} 等待：",
    )
    for line in wanted_lines(topic.wanted, view.mandate.settings):
        tell(f"    {line}")


def _due(view: View, number: str) -> None:
    rows = [
        (issue.number, issue.version, due.due, said(f"{due.left} days", f"{due.left} 天"))
        for issue, due in view.due
        if number in ("", issue.number)
    ]
    _section(Words("Due for review", "到期评审"), (_NUMBER, _VERSION, Words("Due", "到期日"), Words("Left", "剩余")), rows)


def _waiting(view: View) -> None:
    rows = [(str(item.number), item.reason, f"{len(item.signers)}/{item.threshold}", item.branch) for item in view.waiting]
    headings = (Words("Record", "记录"), Words("Reason", "原因"), Words("Signed", "已签"), Words("Branch", "分支"))
    _section(Words("Rules records waiting", "待签规则变更记录"), headings, rows)


def _section(title: Words, headings: tuple[Words, ...], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        tell()
        tell_both(f"{title.en}: {len(rows)}", f"{title.zh}：{len(rows)}")
        columns(headings, rows)


def _object(view: View, number: str) -> dict[str, Any]:
    def mine(found: str) -> bool:
        return number in ("", found)

    return {
        "format": 1,
        "as_of": view.day,
        "commit": view.commit,
        "branch": view.branch,
        "in_force": [
            {
                "number": item.number,
                "version": item.label,
                "title": item.title(lang()),
                "state": item.state.name,
                "since": item.since,
            }
            for item in view.standing
            if mine(item.number)
        ],
        "open": [_topic_object(topic) for topic in view.topics if mine(topic.document.number)],
        "due": [
            {"number": issue.number, "version": issue.version, "due": due.due, "days_left": due.left}
            for issue, due in view.due
            if mine(issue.number)
        ],
        "reapproval": [suspect_object(item) for item in view.suspects if mine(item.edition.number)],
        "rules": [item._asdict() for item in view.waiting if not number],
    }


def _topic_object(topic: Topic) -> dict[str, Any]:
    document, state = topic.document, topic.state
    return {
        "number": document.number,
        "version": document.version,
        "title": document.titled(lang()),
        "state": state.name,
        "filled": state.filled,
        "needed": state.needed,
        "branch": topic.branch,
        "commit": topic.commit,
        "digest": document.digest,
        "wanted": [
            {
                "decision": item.decision,
                "role": item.role,
                "department": item.department,
                "people": [person.id for person in item.people],
            }
            for item in topic.wanted
        ],
    }
