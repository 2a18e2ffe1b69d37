"""Branches as git keeps them in files, loose or packed. Must not start git, nor know what branches are for."""

from __future__ import annotations

import os

from docctl.repository import faults
from docctl.repository.objects import is_id

_HEADS = "refs/heads/"


def kept_otherwise(common_dir: str) -> bool:
    """Whether a repository keeps its names in another way than in files; that way leaves a stub where the folder would be."""
    return os.path.isfile(os.path.join(common_dir, "refs/heads"))


def read(common_dir: str) -> dict[str, str]:
    """Commit by name of every branch; those that only stand for another are left out. A name that git could not read is damage."""
    found = _loose(common_dir)  # first: packing writes the one file before it takes the loose ones away
    for name, commit in _packed(common_dir):
        found.setdefault(name, commit)
    return {name: commit for name, commit in sorted(found.items()) if commit}


def _loose(common_dir: str) -> dict[str, str]:
    """What each file under refs/heads says; "" for a name that only stands for another."""
    top, found = os.path.join(common_dir, "refs/heads"), dict[str, str]()
    for folder, _, files in os.walk(top):
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith(".lock"):  # no name of git's ends so; one that is being written
                continue
            said = _said(path)
            name = os.path.relpath(path, top)
            if said is not None and not said.startswith("ref:") and not is_id(said):
                raise faults.branch_damaged(name)
            if said is not None:
                found[name] = said if is_id(said) else ""
    return found


def _said(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as text:
            return text.read().strip()
    except FileNotFoundError:  # packed or deleted meanwhile
        return None


def _packed(common_dir: str) -> list[tuple[str, str]]:
    try:
        with open(os.path.join(common_dir, "packed-refs"), encoding="utf-8", errors="surrogateescape") as text:
            lines = [line.rstrip("\n").split(" ", 1) for line in text if not line.startswith(("#", "^"))]
    except FileNotFoundError:
        return []
    return [(name.removeprefix(_HEADS), commit) for commit, name in lines if name.startswith(_HEADS)]


def stands_for(common_dir: str, name: str) -> str:
    """The full name that another full name only stands for, by a text in it or by a link; "" for one of its own, or none."""
    top = os.path.realpath(common_dir)
    path = os.path.join(top, name)
    if (place := os.path.realpath(path)) != path:
        return os.path.relpath(place, top)
    if not os.path.isfile(path):
        return ""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        kind, _, said = file.read().partition(":")
    return said.strip() if kind == "ref" else ""
