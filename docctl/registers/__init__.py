"""TABLES: the registers by name. Must not know git, clocks, or how a table is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from docctl.core.edition import Collection
from docctl.core.errors import DocctlError, Words
from docctl.registers import authority, in_force, obsolete, reapproval, record_list, releases, review_due
from docctl.registers.table import Table

__all__ = ["REGISTERS", "Register", "register"]


class Register(NamedTuple):
    """One register: its title and how its table is made from a collection."""

    title: Words
    table: Callable[[Collection], Table]


REGISTERS: Mapping[str, Register] = {
    "in-force": Register(in_force.WORDS, in_force.master_list),
    "releases": Register(releases.WORDS, releases.release_table),
    "obsolete": Register(obsolete.WORDS, obsolete.obsolete_list),
    "review-due": Register(review_due.WORDS, review_due.review_list),
    "re-approval": Register(reapproval.WORDS, reapproval.reapproval_list),
    "authority": Register(authority.WORDS, authority.authority_register),
    "record-types": Register(record_list.TYPES, record_list.record_types),
    "records": Register(record_list.INDEX, record_list.record_index),
}


def register(name: str, collection: Collection) -> Table:
    """The register called `name`. Raises DocctlError for a name that nobody knows."""
    if name not in REGISTERS:
        names = ", ".join(REGISTERS)
        wrong = Words(f"no register called {name}", f"没有名为 {name} 的登记表")
        raise DocctlError(wrong, Words(f"use one of: {names}", f"请使用其中之一：{names}"), "unknown-name")
    return REGISTERS[name].table(collection)
