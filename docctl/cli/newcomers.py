"""The people of a new library, as the command line names them. Must not know how a registry is written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from docctl.cli.asking import asked
from docctl.cli.frame import Misused
from docctl.cli.telling import tell, tell_both
from docctl.cli.words import lang, said
from docctl.core.errors import Unreadable, Words
from docctl.core.systemfault import system_fault

if TYPE_CHECKING:
    from docctl.acts.init import Newcomer
    from docctl.core.settings import Settings

SPELLING = "ID:NAME:PUBKEY-FILE:ROLE[@DEPARTMENT],…[:DEPARTMENT]"


def newcomer(text: str) -> Newcomer:
    """The person that one --person names. Raises a usage error for anything spelt otherwise."""
    from docctl.acts.init import Newcomer

    parts = text.split(":")
    if len(parts) not in (4, 5) or not all(part.strip() for part in parts[:3]):
        raise _wrong(said(f"{text!r} is not {SPELLING}", f"{text!r} 的写法应为 {SPELLING}"))
    roles = tuple(role.strip() for role in parts[3].split(",") if role.strip())
    fault = key_fault(parts[2].strip())
    if fault:
        raise _wrong(fault)
    return Newcomer(parts[0].strip(), parts[1].strip(), public_key(parts[2].strip()), roles, "".join(parts[4:]).strip())


def asked_newcomers() -> list[Newcomer]:
    """The people that somebody names at the terminal, at least one."""
    from docctl.acts.init import Newcomer

    settings = _starter()
    tell_both("People and what they may do. Roles:", "人员及其岗位。可用岗位：")
    for role, words in settings.roles.items():
        tell(f"  {role}  {words.said(lang())}")
    tell_both(f"Departments: {', '.join(settings.departments)}", f"部门：{'、'.join(settings.departments)}")
    found: list[Newcomer] = []
    while True:
        first = said("at least one", "至少一人") if not found else said("empty: no more", "留空结束")
        person = asked(
            Words(f"Person id, like li.ming ({first})", f"人员标识，如 li.ming（{first}）"),
            fault=lambda text: _id_fault(text, more=bool(found)),
        )
        if not person:
            return found
        name = asked(Words("Name", "姓名"), fault=_needed)
        key = asked(Words("File of the public key (.pub)", "公钥文件（.pub）"), fault=key_fault)
        roles = asked(
            Words(
                "Roles, such as department-head@operations,document-controller",
                "岗位，如 department-head@operations,document-controller",
            ),
            fault=_roles_fault,
        )
        department = asked(Words("Department", "部门"), next(iter(settings.departments), ""))
        found.append(
            Newcomer(person, name, public_key(key), tuple(part.strip() for part in roles.split(",") if part.strip()), department)
        )


def public_key(path: str) -> str:
    """The public key ("type base64") in a file."""
    with open(os.path.expanduser(path), encoding="utf-8", errors="replace") as file:
        return " ".join(file.read(8192).split()[:2])


def key_fault(path: str) -> str:
    """What is wrong with a file as a public key, "" when nothing is."""
    from docctl.sshsig import read_key

    try:
        read_key(public_key(path))
    except OSError as error:
        why = system_fault(error)
        return said(f"{path}: {why.en}", f"{path}：{why.zh}")
    except Unreadable as error:
        return f"{path}: {error.words.said(lang())}"
    return ""


def _needed(text: str) -> str:
    return "" if text else said("an answer is needed", "必须填写")


def _id_fault(text: str, *, more: bool) -> str:
    import re

    if (not text and more) or re.fullmatch(r"[a-z][a-z0-9._-]{1,31}", text):
        return ""
    return said("small letters, digits, dot and hyphen, such as li.ming", "请用小写字母、数字、点和连字符，如 li.ming")


def _roles_fault(text: str) -> str:
    settings = _starter()
    for role, _, department in (part.strip().partition("@") for part in text.split(",") if part.strip()):
        if role not in settings.roles:
            return said(f"no role {role}", f"没有岗位 {role}")
        if department and department not in settings.departments:
            return said(f"no department {department}", f"没有部门 {department}")
    return ""


def _starter() -> Settings:
    """The settings a library starts with."""
    from docctl import shipped
    from docctl.core.settings import settings_of
    from docctl.core.shape import shaped
    from docctl.core.strictyaml import read_file

    return settings_of(shaped(read_file(shipped.starter_text("settings").encode()).values, shipped.schema("settings"))[0])


def _wrong(text: str) -> click.UsageError:
    return Misused(f"--person: {text}", click.get_current_context())
