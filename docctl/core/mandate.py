"""The rules that stand at one point: number, root, people and settings together. Must not know what they are applied to."""

from __future__ import annotations

from collections.abc import Mapping

from docctl.core.digest import sha256
from docctl.core.lean import Any, NamedTuple
from docctl.core.people import People
from docctl.core.settings import Settings
from docctl.core.statement import canonical

ROOT_SCHEMA = "docctl/root/v1"
RECORD_SCHEMA = "docctl/rules-record/v1"


class RootKey(NamedTuple):
    """One key that may sign rules records, and whose it is."""

    person: str
    key: str


class Root(NamedTuple):
    """Who may change the rules: repository id (UUID), keys and how many persons must sign."""

    repository: str
    keys: tuple[RootKey, ...]
    threshold: int

    @property
    def persons(self) -> frozenset[str]:
        """Everybody who holds a root key."""
        return frozenset(key.person for key in self.keys)


class RulesRecord(NamedTuple):
    """One signed step of the rules (threats 1.2); `sha256` is the hex digest of its own bytes."""

    n: int
    digest: str
    previous: str | None
    changed_at: str
    reason: str
    repository: str
    sha256: str


class Mandate(NamedTuple):
    """The authority by which something is judged: the rules record's number and date, and what stood with it."""

    number: int
    changed_at: str
    root: Root
    people: People
    settings: Settings


def root_of(values: Mapping[str, Any]) -> Root:
    """The root out of the checked values of root.json."""
    return Root(values["repository"], tuple(RootKey(item["person"], item["key"]) for item in values["keys"]), values["threshold"])


def rules_record_of(values: Mapping[str, Any], data: bytes) -> RulesRecord:
    """The rules record out of its checked values and its bytes."""
    fields = ("n", "digest", "previous", "changed_at", "reason", "repository")
    return RulesRecord(**{field: values[field] for field in fields}, sha256=sha256(data).hexdigest())


def root_bytes(root: Root) -> bytes:
    """The canonical bytes of root.json; their SHA-256 in record 1 is the root fingerprint."""
    keys = [{"key": key.key, "person": key.person} for key in root.keys]
    return canonical({"keys": keys, "repository": root.repository, "schema": ROOT_SCHEMA, "threshold": root.threshold})
