"""R14, the register of people and authority 签署人员与权限登记表. Must not know any other register."""

from __future__ import annotations

from collections.abc import Iterator

from docctl.core.edition import Collection
from docctl.core.errors import Words
from docctl.core.people import Holding, Key, Person
from docctl.registers.scribe import Scribe, heading_notes
from docctl.registers.table import NO, Cell, Column, Row, Table, filled, joined, numbered, phrase

WORDS = Words("People and authority", "签署人员与权限登记表")
COLUMNS = (
    NO,
    Column("person", "Person no.", "人员编号"),
    Column("name", "Name", "姓名"),
    Column("kind", "Kind", "类别"),
    Column("role", "Role", "岗位"),
    Column("department", "For dept.", "适用部门"),
    Column("levels", "For levels", "适用层级"),
    Column("since", "From", "任期起"),
    Column("to", "To", "任期止"),
    Column("state", "State", "状态"),
    Column("appointed", "Appointed by", "任命依据"),
    Column("keys", "Key fingerprint", "密钥指纹"),
    Column("validity", "Key valid from/to", "密钥有效期"),
    Column("revoked", "Revoked on/why", "吊销"),
)
KINDS = {"person": Words("person", "人员"), "robot": Words("robot", "自动账号")}
_HELD, _ENDED = Words("held", "在任"), Words("ended", "已卸任")
_COMING, _LEFT = Words("not yet", "未到任"), Words("left", "已离职")
_ALL = Words("all", "全部")
_WHOLE = Words("whole organisation", "整个组织")
_ROOT = Words("rules root: {threshold} of {persons} persons must sign", "规则根：{persons} 人中须 {threshold} 人签署")
_RECORD = Words("rules record {number} of {day}", "规则变更记录 {number}（{day}）")
_COMPROMISED = Words("key compromised on {day}", "密钥于 {day} 失密")
_GONE = Words("left on {day}", "于 {day} 离职")


def authority_register(collection: Collection) -> Table:
    """One row per role that a person holds, one per person without a role, and one per holder of a root key."""
    scribe = Scribe(collection)
    people = (person for _, person in sorted(scribe.mandate.people.persons.items()))
    rows = filled(COLUMNS, numbered([*(row for person in people for row in _rows(scribe, person)), *_root(scribe)]))
    notes = (*heading_notes(collection), _source(scribe))
    return Table("authority", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def fingerprint(key: str) -> str:
    """The SHA256 fingerprint of a key ("type base64"), as ssh-keygen prints it; "?" when it cannot be read."""
    from base64 import b64decode, b64encode
    from hashlib import sha256

    try:
        data = b64decode(key.split(" ")[1], validate=True)
    except (IndexError, ValueError):
        return "?"
    return "SHA256:" + b64encode(sha256(data).digest()).decode().rstrip("=")


def _rows(scribe: Scribe, person: Person) -> Iterator[Row]:
    day = scribe.collection.day
    whole: dict[str, Cell] = {
        "person": person.id,
        "name": scribe.person(person.id),
        "kind": KINDS.get(person.kind, person.kind),
        "appointed": _record(scribe),
        "keys": joined((fingerprint(key.text) for key in person.keys), "; ", "；"),
        "validity": joined((_span(key.since, key.to) for key in person.keys), "; ", "；"),
        "revoked": joined(_revoked(person, day), "; ", "；"),
    }
    if not person.roles:
        here = scribe.department(person.department)
        yield {**whole, "department": here, "since": person.since, "state": _state(person, None, day)}
    for held in person.roles:
        yield {
            **whole,
            "role": scribe.role(held.role),
            "department": scribe.department(held.department) if held.department else _WHOLE,
            "levels": ", ".join(str(level) for level in held.levels) if held.levels else _ALL,
            "since": held.since,
            "to": held.to,
            "state": _state(person, held, day),
        }


def _state(person: Person, held: Holding | None, day: str) -> Words:
    if person.left and person.left <= day:
        return _LEFT
    if day < (held.since if held else person.since):
        return _COMING
    return _ENDED if held and held.to and held.to < day else _HELD


def _revoked(person: Person, day: str) -> Iterator[Words]:
    if person.left and person.left <= day:
        yield phrase(_GONE, day=person.left)
    for key in person.keys:
        if _stolen(key, day):
            yield phrase(_COMPROMISED, day=key.compromised_since)


def _stolen(key: Key, day: str) -> bool:
    return bool(key.compromised_since) and key.compromised_since <= day


def _span(since: str, to: str) -> Words:
    return Words(f"{since} to {to}", f"{since} 至 {to}") if to else Words(f"from {since}", f"{since} 起")


def _record(scribe: Scribe) -> Words:
    day = scribe.time(scribe.mandate.changed_at)[:10]
    return phrase(_RECORD, number=str(scribe.mandate.number), day=day)


def _root(scribe: Scribe) -> Iterator[Row]:
    root = scribe.mandate.root
    role = phrase(_ROOT, threshold=str(root.threshold), persons=str(len(root.persons)))
    for key in sorted(root.keys):
        yield {
            "person": key.person,
            "name": scribe.person(key.person),
            "kind": KINDS["person"],
            "role": role,
            "state": _HELD,
            "appointed": _record(scribe),
            "keys": fingerprint(key.key),
        }


def _source(scribe: Scribe) -> Words:
    return phrase(
        Words(
            "People as {record} has them; states are those of the day of this register.",
            "人员以{record}所载为准；状态为本表日期当日的状态。",
        ),
        record=_record(scribe),
    )
