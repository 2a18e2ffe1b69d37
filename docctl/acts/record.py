"""Records 记录: a new one on the form in force, and its seal. A sealed record never changes."""

from __future__ import annotations

from docctl.acts.desk import Desk
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.record import Record
from docctl.core.settings import RecordClass
from docctl.core.statement import SCHEMA, Statement
from docctl.core.strictyaml import write_yaml
from docctl.core.tree import Overlay, Tree
from docctl.reader import Shelf


def new(
    desk: Desk, class_name: str, title: str, *, day: str = "", department: str = "", slug: str = "", commit: bool = True
) -> str:
    """Makes an open record of a class with the next running number of its year and the form version in force; its path (R7b)."""
    kind = _class(desk, class_name)
    day = day or desk.today
    number = _next_number(desk, kind, day[:4])
    head: dict[str, object] = {"id": number, "title": title, "class": class_name}
    if kind.form:
        span = desk.evidence(kind.form).in_force(day)
        if span is None:
            raise Refusal(
                Words(f"form {kind.form} was not in force on {day}", f"表单 {kind.form} 在 {day} 未生效"),
                Words("release the form first, or give the right --day", "请先发布该表单，或用 --day 指定正确日期"),
                "DC505",
            )
        head["form"] = {"id": kind.form, "version": span.release.version}
    person = desk.signer.person
    head |= {"event_date": day, "created_at": desk.now.replace("Z", "+00:00"), "created_by": person.id}
    head |= {"department": department or person.department, "classification": kind.classification}
    head["proves"] = [{"clause": clause} for clause in kind.clauses]
    text = f"---\n{write_yaml({key: value for key, value in head.items() if value not in ('', [])})}---\n\n"
    folder = f"records/{class_name}/{day[:4]}/{number}" + (f"-{slug}" if slug else "")
    files = {f"{folder}/index.md": text.encode()}
    desk.judge(dict(files))
    desk.record(files, f"Record {number}: {title}", commit=commit)
    return f"{folder}/index.md"


def sealing(desk: Desk, number: str, *, comment: str = "") -> tuple[Record, Statement, tuple[str, ...]]:
    """What sealing a record would sign: the record as it lies in the working folder, the statement and the paths to record."""
    folder = next((folder for found, folder in _shelf(desk, desk.tree()).record_folders() if found == number), "")
    folder = folder or next((path.rpartition("/")[0] for path in desk.workspace.changed() if f"/{number}" in path), "")
    if not folder:
        raise _unknown(number, [found for found, _ in _shelf(desk, desk.tree()).record_folders()])
    desk.workspace.add([folder])
    tree, changes = desk.repository.staged(desk.prefix)
    found = _shelf(desk, tree).record_folder(folder, number)
    if found is None or not isinstance(found.item, Record):
        words = found.unread[0].words if found and found.unread else Words("it cannot be read", "无法读取")
        raise Refusal(
            Words(f"{folder}: {words.en}", f"{folder}：{words.zh}"),
            Words("mend the record and seal it again", "请修正记录后重新封存"),
            "unreadable",
        )
    if any(item.statement.decision == "seal" for item in desk.evidence(number).good):
        raise Refusal(
            Words(f"record {number} is sealed already", f"记录 {number} 已封存"),
            Words(
                "a sealed record never changes; a mistake is told in a further record (`docctl record new`)",
                "封存的记录不再更改；差错请在另一份记录中说明（`docctl record new`）",
            ),
            "already-sealed",
        )
    also = tuple(item.path for item in changes if item.path.startswith(folder + "/"))
    return found.item, _seal(desk, found.item, comment), also


def seal(desk: Desk, statement: Statement, also: tuple[str, ...], *, commit: bool = True) -> str:
    """Signs the seal of a record and records it in one commit; the commit, or "" when only staged."""
    tree = desk.repository.staged(desk.prefix)[0]
    files = desk.sign(statement)
    desk.judge({**{path: tree[path].data if path in tree else None for path in also}, **files})
    return desk.record(files, f"Seal record {statement.document} by {statement.signer}", also=also, commit=commit)


def _seal(desk: Desk, record: Record, comment: str) -> Statement:
    mandate = desk.mandate
    kind = mandate.settings.record_classes.get(record.record_class)
    person = desk.signer.person
    held = next((role.role for role in person.roles if role.covers(desk.today)), "author")
    return Statement(
        comment=comment,
        decided_at=desk.now,
        decision="seal",
        digest=record.digest,
        document=record.number,
        effective_from=None,
        repository=mandate.root.repository,
        role=kind.seal_role if kind and kind.seal_role else held,
        rules=mandate.number,
        schema=SCHEMA,
        signer=person.id,
        supersedes=None,
        target=None,
        version=None,
    )


def _shelf(desk: Desk, tree: Tree) -> Shelf:
    mandate = desk.rules().mandate
    return Shelf(Overlay(tree, {}), mandate.people, mandate.settings.version_scheme, desk.memory)


def _unknown(number: str, known: list[str]) -> DocctlError:
    from difflib import get_close_matches

    near = ", ".join(get_close_matches(number, known, 3))
    return DocctlError(
        Words(f"no record with number {number}", f"没有编号为 {number} 的记录"),
        Words(f"near: {near}", f"相近的编号：{near}")
        if near
        else Words(
            "`docctl record list` shows those there are, `docctl record new CLASS TITLE` makes one",
            "`docctl record list` 列出现有记录，`docctl record new 类别 名称` 新建记录",
        ),
        "unknown-number",
    )


def _class(desk: Desk, name: str) -> RecordClass:
    classes = desk.mandate.settings.record_classes
    if name not in classes:
        known = ", ".join(classes) or "-"
        raise DocctlError(
            Words(f"no record class {name}", f"没有记录类别 {name}"),
            Words(f"classes of this library: {known}", f"本库的记录类别：{known}"),
            "unknown-class",
        )
    return classes[name]


def _next_number(desk: Desk, kind: RecordClass, year: str) -> str:
    prefix = f"{kind.number}-{year}-"
    used = [
        int(found.removeprefix(prefix)) for found, _ in _shelf(desk, desk.tree()).record_folders() if found.startswith(prefix)
    ]
    return f"{prefix}{max(used, default=0) + 1:03d}"
