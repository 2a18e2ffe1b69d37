"""Begins a library: settings, people, root and rules record 1 in one signed commit. Must not overwrite anything."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from docctl import shipped, sshsig
from docctl.acts.clock import clock
from docctl.acts.desk import Desk
from docctl.acts.rules import record_bytes
from docctl.core import layout
from docctl.core.calendar import local_day
from docctl.core.errors import DocctlError, Refusal, Words, counted
from docctl.core.mandate import Root, RootKey, root_bytes
from docctl.core.strictyaml import as_text, dumped, write_yaml
from docctl.core.tree import MemoryTree, Overlay
from docctl.repository import Repository
from docctl.workspace import Workspace

ATTRIBUTES = "".join(f"{folder}/** -text -filter -ident\n" for folder in layout.CONTROLLED)  # bytes as signed, on every machine
# mkdocs wants a folder to exist; the plugin reads the commit, never this folder.
SITE = "site_name: Controlled documents\ndocs_dir: .docctl\ntheme:\n  name: material\nplugins:\n  - docctl\n"


class Newcomer(NamedTuple):
    """One person for a new registry: id, name, public key ("type base64") and roles, each perhaps `role@department`."""

    id: str
    name: str
    key: str
    roles: tuple[str, ...] = ()
    department: str = ""


class Begun(NamedTuple):
    """A library that now exists: its folder, its protected branch, the root fingerprint to write down on paper, and the commit."""

    folder: str
    branch: str
    fingerprint: str
    commit: str


def init(
    folder: str,
    *,
    organisation: str,
    root_person: str,
    root_key: str | None,
    people: Sequence[Newcomer],
    lang: str = "zh",
    scheme: str = "edition",
    standards: Sequence[str] = (),
    timezone: str = "Asia/Shanghai",
    library: str = "",
) -> Begun:
    """Makes a library in `folder` (a new repository, or one without a library) and its rules record 1, signed by the root key.

    `library` names its folder in that repository ("" the whole), `root_key` the root's own key, which never signs approvals. The
    branch on which it begins is the protected one: the current one, `main` in a new repository. Refuses what is a library already.
    """
    now = clock()
    _lead_back(folder)
    library = library.strip("/")
    place = os.path.normpath(os.path.join(folder, library))
    if os.path.exists(os.path.join(place, ".docctl")):
        raise DocctlError(
            Words(f"{place} holds a library already", f"{place} 已是受控库"),
            Words(
                "work in it (`docctl doctor` tells what is missing, `docctl verify` the root fingerprint), or choose an empty folder",
                "请直接使用（`docctl doctor` 说明缺少什么，`docctl verify` 显示根指纹），或选择空文件夹",
            ),
            "library-exists",
        )
    _require_free(folder, library)
    if not _is_repository(folder):
        _require_outside(folder)
        Workspace.init(folder, "main").close()
    with Workspace.open(folder) as workspace:
        branch = workspace.at_rest()
    key = sshsig.find_signing_key(root_key, os.environ, None)
    root = Root(str(uuid.uuid4()), (RootKey(root_person, key.public.text),), 1)
    settings = starter(organisation, lang, scheme, standards, timezone, branch)
    registry = write_yaml(
        {"schema": "docctl/people/v1", "people": {each.id: registered(each, local_day(now, timezone)) for each in people}}
    )
    files = {
        layout.SETTINGS: settings.encode(),
        layout.PEOPLE: registry.encode(),
        layout.ROOT: root_bytes(root),
        ".gitattributes": _standing(place, ".gitattributes") + ATTRIBUTES.encode(),
        "mkdocs.yml": _standing(place, "mkdocs.yml") or SITE.encode(),
    }
    return found(folder, files, root_person, key, now, library=library)


def _is_repository(folder: str) -> bool:
    """Whether a folder is the top of a repository; a worktree has a file where others have a folder."""
    return os.path.lexists(os.path.join(folder, ".git"))


def _require_free(folder: str, library: str) -> None:
    """Old documents cannot be taken over where they lie: a library that began with them would look as if they were approved."""
    for top in layout.CONTROLLED[:3]:
        held = sum(len(names) for _, _, names in os.walk(os.path.join(folder, library, top)))
        held = held or len(_committed(folder, library, top))
        if held:
            raise Refusal(
                Words(
                    f"{top}/ holds {counted(held, 'file')} already that nobody signed",
                    f"{top}/ 中已有 {held} 个文件，且未经任何人签署",
                ),
                Words(
                    f"move them aside and commit that (git mv {top} old-{top}), then bring each in as a draft with `docctl new`",
                    f"请先移走并提交（git mv {top} old-{top}），再用 `docctl new` 逐份作为草稿纳入",
                ),
                "uncontrolled-files",
            )


def _require_outside(folder: str) -> None:
    """A new repository inside another one's working folder is seldom meant: the outer one would neither keep nor guard what is in it."""
    place = os.path.abspath(folder)
    above = next(parent for parent in (place, *map(str, Path(place).parents)) if os.path.isdir(parent))
    try:
        with Repository.open(above) as repository:
            top = repository.top
    except DocctlError:  # in no repository, or in none that git would use
        return
    if top:
        inside = os.path.relpath(os.path.realpath(place), os.path.realpath(top))
        raise Refusal(
            Words(f"{folder} lies in another repository: {top}", f"{folder} 位于另一个仓库中：{top}"),
            Words(
                f"begin the library in that one (docctl --library {inside} init {top}), or choose a folder outside it; "
                f"where a repository of its own is meant, make it first: git init {folder}",
                f"请在该仓库中建库（docctl --library {inside} init {top}），或选择其外的文件夹；若确需独立的仓库，请先执行 git init {folder}",
            ),
            "nested",
        )


def _committed(folder: str, library: str, top: str) -> list[str]:
    """The paths below one folder that the present commit of a repository holds."""
    if not _is_repository(folder):
        return []
    with Repository.open(folder) as repository:
        head = repository.resolve("HEAD")
        return repository.tree(head, library).under(top) if head else []


def _standing(folder: str, name: str) -> bytes:
    """A rule file that stands in the folder already, to be kept; empty when there is none."""
    place = os.path.join(folder, name)
    if not os.path.isfile(place):
        return b""
    with open(place, "rb") as file:
        data = file.read()
    return data if data.endswith(b"\n") or not data else data + b"\n"


def _lead_back(folder: str) -> None:
    """What an earlier beginning that was cut off left in the folder goes first."""
    if _is_repository(folder):
        with Workspace.open(folder) as workspace:
            workspace.begin()


def found(
    folder: str,
    files: dict[str, bytes],
    root_person: str,
    key: sshsig.SigningKey,
    now: str,
    reason: str = "The library begins",
    *,
    library: str = "",
) -> Begun:
    """Records rule files as the first state of a library, with rules record 1 signed by a root key."""
    import json

    desk = Desk(folder, library, now=now)
    try:
        below = desk.tree() if desk.repository.has_commits() else MemoryTree({})
        repository = json.loads(files[layout.ROOT])["repository"]
        record = record_bytes(Overlay(below, files), None, reason, now, repository)
        signature = sshsig.sign(record, sshsig.RULES, key)
        files |= {f"{layout.LOG}/0001.json": record, f"{layout.LOG}/0001.{root_person}.sig": signature}
        desk.judge_first(files)
        branch, commit = desk.branch or "-", desk.record(files, "Begin the library: rules record 1")
    finally:
        desk.close()
    return Begun(
        os.path.normpath(os.path.join(folder, library)), branch, "sha256:" + sha256(files[layout.ROOT]).hexdigest(), commit
    )


def starter(organisation: str, lang: str, scheme: str, standards: Sequence[str], timezone: str, branch: str) -> str:
    """The settings a library starts with: the shipped matrix with the organisation's own name, zone, scheme and standards put in."""
    text = shipped.starter_text("settings")
    values: dict[str, object] = {
        "organisation": {"en": organisation, "zh": organisation},
        "timezone": timezone,
        "languages": [lang, "en" if lang == "zh" else "zh"],
        "version_scheme": scheme,
        "protected_branch": branch,
    }
    if standards:
        values["standards"] = list(standards)
    for name, value in values.items():
        line = dumped({name: as_text(value)}, isinstance(value, dict | list) or None).rstrip("\n")
        text = re.sub(rf"^{name}: .*$", lambda _: line, text, count=1, flags=re.MULTILINE)  # noqa: B023  used at once
    return text


def registered(person: Newcomer, day: str) -> dict[str, object]:
    """The registry entry of a newcomer whose roles and key begin on a day."""
    roles = []
    for text in person.roles:
        role, _, department = text.partition("@")
        roles.append({"role": role, **({"department": department} if department else {}), "from": day})
    entry: dict[str, object] = {"name": person.name, "kind": "person"}
    if person.department:
        entry["department"] = person.department
    return {**entry, "from": day, "roles": roles, "keys": [{"key": person.key, "from": day}]}
