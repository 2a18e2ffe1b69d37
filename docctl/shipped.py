"""Finds the data files that come with docctl: schemas, clause catalogues, the sample manual. Must not know what they mean."""

from __future__ import annotations

import json
import os
from functools import cache

from docctl.core.errors import DocctlError, Words
from docctl.core.lean import Any

_HERE = os.path.dirname(os.path.abspath(__file__))
_ENDING = ".yaml"


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema called `name`: settings, people, root, rules-record, document, record, statement or standard."""
    found: dict[str, Any] = json.loads(_text(f"{name}.schema.json"))
    return found


@cache
def standards() -> tuple[str, ...]:
    """The names of the shipped clause catalogues, sorted, such as iso20000-1-2018."""
    return _names("standards")


@cache
def packs() -> tuple[str, ...]:
    """The names of the shipped lists of required documents and application packs, sorted."""
    return _names(os.path.join("standards", "packs"))


def standard_text(name: str) -> str:
    """The text of a clause catalogue, by its name or by the standard's id (iso20000-1:2018)."""
    return _listed(name.replace(":", "-").replace(".", "-"), standards(), "standards")


def standard_kept(name: str) -> dict[str, Any]:
    """A clause catalogue as it was read when docctl was made (`make standards`), by its name."""
    found: dict[str, Any] = json.loads(_text(os.path.join("standards", f"{name}.json")))
    return found


def pack_text(name: str) -> str:
    """The text of a list of required documents or of an application pack, by its name."""
    return _listed(name, packs(), os.path.join("standards", "packs"))


def starter_text(name: str) -> str:
    """The text of a rule file that a new library starts with: settings."""
    return _text(os.path.join("starter", name + _ENDING))


def sample_folder() -> str:
    """The folder of the sample manual: a whole library to look at and to rehearse with."""
    return _place("sample", "sample-manual")


def _listed(name: str, names: tuple[str, ...], folder: str) -> str:
    if name not in names:
        raise DocctlError(
            Words(f"docctl ships no list called {name}", f"docctl 没有附带名为 {name} 的清单"),
            Words("use one of: " + ", ".join(names), "请使用其中之一：" + "、".join(names)),
        )
    return _text(os.path.join(folder, name + _ENDING))


def _names(folder: str) -> tuple[str, ...]:
    files = os.listdir(os.path.join(_place("schema", "schema"), folder))
    return tuple(sorted(name.removesuffix(_ENDING) for name in files if name.endswith(_ENDING)))


def _text(name: str) -> str:
    path = os.path.join(_place("schema", "schema"), name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise _missing(name) from error


@cache
def _place(installed: str, beside: str) -> str:
    # A wheel carries the data inside the package; in a checkout it lies beside it.
    for folder in (os.path.join(_HERE, installed), os.path.join(os.path.dirname(_HERE), beside)):
        if os.path.isdir(folder):
            return folder
    raise _missing(installed)


def _missing(name: str) -> DocctlError:
    return DocctlError(
        Words(f"a file of docctl itself is missing: {name}", f"docctl 自身的文件缺失：{name}"),
        Words("install docctl again", "请重新安装 docctl"),
    )
