"""A signed decision: one canonical line of JSON and where it is filed. Must not know keys, people or documents.

The line is the signed thing: sorted keys, no spaces, one LF, so that writing again what was read gives equal bytes (threats 2.2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from docctl.core.digest import sha256
from docctl.core.errors import Unreadable, Words
from docctl.core.lean import Any, NamedTuple
from docctl.core.shape import shaped
from docctl.core.signature import Verdict
from docctl.core.version import folder_name

SCHEMA = "docctl/statement/v1"
RECORD_VERSION = "record"  # stands in a path where a record has no version
LARGEST = 16 * 1024

DECISIONS: Mapping[str, Words] = {
    "submit": Words("prepared", "编制"),
    "review": Words("reviewed", "审核"),
    "cosign": Words("co-signed", "会签"),
    "approve": Words("approved", "批准"),
    "reject": Words("rejected", "退回"),
    "release": Words("released", "发布"),
    "withdraw": Words("withdrawal approved", "作废"),
    "confirm": Words("reviewed, stays valid", "评审-继续有效"),
    "revoke": Words("revoked", "撤回"),
    "acknowledge": Words("read", "阅读确认"),
    "seal": Words("sealed", "记录封存"),
    "correct": Words("corrected", "更正"),
}


class Statement(NamedTuple):
    """One decision of one person on one content (field meanings: schema/statement.schema.json)."""

    comment: str
    decided_at: str
    decision: str
    digest: str
    document: str
    effective_from: str | None
    repository: str
    role: str
    rules: int
    schema: str
    signer: str
    supersedes: str | None
    target: str | None
    version: str | None


class Signed(NamedTuple):
    """A statement as it lies in the library: where, its own SHA-256 (hex) and what checking the signature found."""

    statement: Statement
    path: str
    sha256: str
    verdict: Verdict

    @property
    def sound(self) -> bool:
        """Whether the signature itself is good (it says nothing yet about who may sign)."""
        return not self.verdict.fault


_SPELT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one spelling of a flat JSON object: sorted keys, no spaces, non-ASCII literal, LF at the end."""
    return f"{_SPELT.encode(values)}\n".encode()


def read_canonical(data: bytes, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The values of canonical JSON bytes, checked by their schema. Raises `Unreadable` for any other spelling of them (D20)."""
    if len(data) > LARGEST:
        raise Unreadable(Words(f"larger than {LARGEST} bytes", f"超过 {LARGEST} 字节"))
    try:
        values = json.loads(data)
        again = canonical(values) if isinstance(values, dict) else b""
    except (ValueError, RecursionError) as error:
        raise Unreadable(Words("not JSON in UTF-8", "不是 UTF-8 编码的 JSON"), 1) from error
    if again != data:
        raise Unreadable(Words("not in canonical form", "不是规范格式"), 1)
    _, faults = shaped(values, schema, source="json")
    if faults:
        raise Unreadable(faults[0].words, 1)
    return dict(values)


def read_statement(data: bytes, schema: Mapping[str, Any]) -> Statement:
    """The statement that canonical bytes hold. Raises `Unreadable`."""
    from unicodedata import is_normalized

    values = read_canonical(data, schema)
    if not is_normalized("NFC", values["comment"]):
        raise Unreadable(Words("comment is not in Unicode form NFC", "comment 不是 Unicode NFC 形式"), 1)
    return Statement(*values.values())  # canonical: every field, in the order of their names


def begins(data: bytes) -> str:
    """The day of force that canonical bytes name, "" none: what a glance tells before anything is verified."""
    return data.partition(b'"effective_from":"')[2][:10].decode("ascii", "replace")


def write_statement(statement: Statement) -> bytes:
    """The canonical bytes of a statement."""
    return canonical(statement._asdict())


def filed_at(statement: Statement, digest: str = "") -> str:
    """The path, without ending, where a statement belongs: number, version, signer, decision and 12 digits of its SHA-256.

    `digest` is that in hex, where somebody knows it.
    """
    digest = digest or sha256(write_statement(statement)).hexdigest()
    version = RECORD_VERSION if statement.version is None else folder_name(statement.version)
    return f"statements/{statement.document}/{version}/{statement.signer}.{statement.decision}.{digest[:12]}"
