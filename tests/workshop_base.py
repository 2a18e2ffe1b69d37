"""The base library of the workshop: who works there, and what happened in its first two months. Made once, copied for each test.

In force: ITSM-P-01 A/0 (with a picture), ITSM-P-02 A/1 (A/0 superseded), ITSM-M-01 A/0, ITSM-F-01 A/0. ITSM-P-03 is a draft on
main, ITSM-P-04 withdrawn. REC-INC-2026-001 is sealed. Rules record 2 closed qian.wei (left) and wu.gang's first key.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import yaml

from docctl import hooks, server, shipped
from docctl.acts import draft, record, release, sign

from .workshop import PNG, ROOTS, Workshop, canonical, new_key, run

BEGUN = "2026-01-05"
PEOPLE: dict[str, dict[str, Any]] = {
    "wang.fang": {"name": "王芳", "department": "operations"},
    "li.ming": {"name": "李明", "department": "operations", "roles": [{"role": "department-head", "department": "operations"}]},
    "zhou.ping": {
        "name": "周平",
        "department": "service-desk",
        "roles": [{"role": "department-head", "department": "service-desk"}],
    },
    "zhao.lei": {"name": "赵磊", "department": "quality", "roles": [{"role": "management-representative"}]},
    "sun.li": {"name": "孙丽", "department": "management", "roles": [{"role": "top-management"}]},
    "chen.jing": {"name": "陈静", "department": "quality", "roles": [{"role": "document-controller"}, {"role": "record-keeper"}]},
    "he.jun": {"name": "何军", "department": "quality", "roles": [{"role": "management-representative", "levels": [3, 4]}]},
    "qian.wei": {"name": "钱伟", "department": "quality", "roles": [{"role": "management-representative"}]},
    "wu.gang": {"name": "吴刚", "department": "operations", "roles": [{"role": "department-head", "department": "operations"}]},
    "ci.bot": {"name": "流水线", "kind": "robot", "department": "quality", "roles": [{"role": "management-representative"}]},
}
ATTRIBUTES = "documents/** -text\nrecords/** -text\nstatements/** -text\n.docctl/** -text\n"
GUIDELINE = """\
  guideline:
    title: {en: Guideline, zh: 指南}
    level: 3
    folder: guidelines
    sections: [{anchor: purpose, en: Purpose, zh: 目的}]
    slots:
      default:
        - {step: 1, decision: approve, role: department-head, count: 2}
record_classes:
  incident:
    title: {en: Incident record, zh: 事件记录}
    number: REC-INC
    form: ITSM-F-01
    retention: 36
    classification: internal
"""


def make_keys(folder: Path) -> None:
    """A throwaway key for everybody, for the root, and for somebody nobody knows."""
    for name in (*PEOPLE, "wu.gang-new", *(f"root-{name}" for name in ROOTS), "mallory", "root-mallory", "root-mallory2"):
        new_key(folder, name)


def make_base(folder: Path, keys: Path) -> Workshop:
    """The workshop with its first two months behind it."""
    shop = Workshop(folder, keys)
    folder.mkdir()
    run("git", "init", "-q", "-b", "main", str(shop.office), at=folder)
    run("git", "init", "-q", "--bare", "-b", "main", str(shop.server), at=folder)
    (folder / "plain-config").write_bytes((shop.server / "config").read_bytes())
    shop.git("remote", "add", "origin", str(shop.server))
    _found(shop)
    _first_months(shop)
    server.install(str(shop.server), root=shop.fingerprint, rehearsal=True)
    shop.day = "2026-03-09"
    assert shop.land().code == 0
    hooks.install(str(shop.office / ".git/hooks"), hooks.CLIENT)
    shop.git("fetch", "-q", "origin")
    for place in (shop.office, shop.server):
        run("git", "repack", "-adq", at=place)
        run("git", "prune-packed", "-q", at=place)
    return shop


def registry(shop: Workshop) -> dict[str, Any]:
    """The people of the first day, as people.yaml holds them."""
    people = {}
    for name, person in PEOPLE.items():
        key = " ".join((shop.keys / f"{name}.pub").read_text().split()[:2])
        roles = [{**held, "from": BEGUN} for held in person.get("roles", ())]
        people[name] = {"kind": "person", **person, "from": BEGUN, "roles": roles, "keys": [{"key": key, "from": BEGUN}]}
    return {"schema": "docctl/people/v1", "people": people}


def write_people(shop: Workshop, people: dict[str, Any]) -> None:
    """Writes people.yaml into the office."""
    shop.put(".docctl/people.yaml", yaml.safe_dump(people, allow_unicode=True, sort_keys=False))


def read_people(shop: Workshop) -> dict[str, Any]:
    """people.yaml of the office, days as text."""
    return yaml.load((shop.office / ".docctl/people.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def settings() -> str:
    """The shipped settings with one more type and one more class of records."""
    return shipped.starter_text("settings").replace("record_classes:\n", GUIDELINE)


def put_rules(shop: Workshop, text: str = "") -> None:
    """Writes the rule files of the first day into the office."""
    root_keys = [{"key": " ".join((shop.keys / f"root-{name}.pub").read_text().split()[:2]), "person": name} for name in ROOTS]
    shop.put(".docctl/settings.yaml", text or settings())
    write_people(shop, registry(shop))
    shop.put(".docctl/root.json", canonical(
        {"keys": root_keys, "repository": str(uuid.uuid4()), "schema": "docctl/root/v1", "threshold": 2}
    ))  # fmt: skip
    shop.put(".gitattributes", ATTRIBUTES)
    shop.put("mkdocs.yml", "site_name: 受控文件\n")


def _found(shop: Workshop) -> None:
    put_rules(shop)
    shop.day = BEGUN
    shop.rules_record()
    shop.commit("Begin the library: rules record 1")
    shop.git("update-ref", "refs/remotes/origin/main", "HEAD")


def _first_months(shop: Workshop) -> None:
    issue(shop, "procedure", "ITSM-P-02", "事件管理程序", "2026-01-06", ["operations", "service-desk"])
    issue(shop, "procedure", "ITSM-P-01", "变更管理程序", "2026-01-13", ["operations", "service-desk"], picture=True)
    issue(shop, "manual", "ITSM-M-01", "服务管理手册", "2026-01-20", [])
    issue(shop, "form", "ITSM-F-01", "事件记录表", "2026-01-21", [])
    issue(shop, "procedure", "ITSM-P-04", "旧版配置程序", "2026-01-22", ["operations", "service-desk"])
    _close(shop)
    _withdraw(shop, "ITSM-P-04", "2026-02-10")
    with shop.desk("wang.fang", "2026-02-12T01:00:00Z") as desk:
        draft.revise(desk, "ITSM-P-02", "minor", "补充升级规则", summary="升级规则")
    shop.edit("ITSM-P-02", r"\Z", "\n补充升级规则。\n")
    _sign_and_release(shop, "ITSM-P-02", "2026-02-12")
    _draft_on_main(shop)
    _records(shop)


def _steps(kind: str) -> tuple[tuple[str, str], ...]:
    if kind == "manual":
        return (("zhao.lei", "review"), ("sun.li", "approve"))
    if kind == "form":
        return (("li.ming", "approve"),)
    return (("li.ming", "review"), ("zhou.ping", "cosign"), ("zhao.lei", "approve"))


def issue(
    shop: Workshop, kind: str, number: str, title: str, day: str, distribution: list[str], *, picture: bool = False
) -> None:
    """Drafts, signs and releases a first issue through docctl; in force a week later."""
    with shop.desk("wang.fang", f"{day}T01:00:00Z") as desk:
        draft.new(desk, kind, number, title, department="operations", distribution=distribution)
    section = "form" if kind == "form" else "purpose"
    clauses = f"clauses:\n  - {{clause: 'iso20000-1:2018/8.5.1', section: {section}, how: 见正文}}\n"
    shop.edit(number, r"^status: draft\n", f"status: draft\n{clauses}")
    shown = "\n\n![流程图](flow.png)" if picture else ""
    shop.edit(number, rf"{{#{section}}}$", f"{{#{section}}}\n\n规定{title}。{shown}")
    if picture:
        (shop.folder_of(number) / "flow.png").write_bytes(PNG)
    _sign_and_release(shop, number, day)


def _sign_and_release(shop: Workshop, number: str, day: str) -> None:
    kind = shop.field(number, "type")
    with shop.desk("wang.fang", f"{day}T02:00:00Z") as desk:
        sign.sign(desk, sign.submission(desk, number))
    for hour, (who, decision) in enumerate(_steps(kind), start=3):
        with shop.desk(who, f"{day}T{hour:02d}:00:00Z") as desk:
            sign.sign(desk, sign.decision(desk, number, decision))
    _release(shop, number, day)


def _release(shop: Workshop, number: str, day: str) -> None:
    with shop.desk("chen.jing", f"{day}T08:00:00Z") as desk:
        release.release(desk, release.batch(desk, [number], effective=f"{day[:8]}{int(day[8:]) + 7:02d}"))
    _seen(shop)


def _withdraw(shop: Workshop, number: str, day: str) -> None:
    for hour, who in enumerate(("wang.fang", "zhao.lei"), start=2):
        with shop.desk(who, f"{day}T{hour:02d}:00:00Z") as desk:
            sign.sign(desk, release.withdrawal(desk, number, "不再使用"))
    _release(shop, number, day)


def _close(shop: Workshop) -> None:
    """Rules record 2: somebody has left, somebody has a new key."""
    people = read_people(shop)
    people["people"]["qian.wei"]["left"] = "2026-01-31"
    people["people"]["wu.gang"]["keys"][0]["to"] = "2026-01-31"
    key = " ".join((shop.keys / "wu.gang-new.pub").read_text().split()[:2])
    people["people"]["wu.gang"]["keys"].append({"key": key, "from": "2026-02-01"})
    write_people(shop, people)
    shop.day = "2026-02-02"
    shop.rules_record(reason="Qian Wei has left")
    shop.commit("Rules record 2")
    _seen(shop)


def _draft_on_main(shop: Workshop) -> None:
    text = shop.text("ITSM-P-01").read_text(encoding="utf-8")
    text = re.sub(r"\n*!\[.*\n", "\n", text.replace("ITSM-P-01", "ITSM-P-03").replace("status: approved", "status: draft"))
    shop.put("documents/procedures/ITSM-P-03/index.md", text)
    shop.commit("A first draft of ITSM-P-03")


def _records(shop: Workshop) -> None:
    with shop.desk("li.ming", "2026-02-24T01:00:00Z") as desk:
        record.new(desk, "incident", "邮件中断")
    shop.edit("REC-INC-2026-001", r"\Z", "\n邮件中断两小时。\n")
    with shop.desk("li.ming", "2026-02-24T02:00:00Z") as desk:
        _, statement, also = record.sealing(desk, "REC-INC-2026-001")
        record.seal(desk, statement, also)
    _seen(shop)


def _seen(shop: Workshop) -> None:
    shop.git("update-ref", "refs/remotes/origin/main", "refs/heads/main")
