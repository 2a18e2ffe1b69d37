"""How the versions that rest on a stolen key are told, wherever they are: number, version, person, key and landing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docctl.cli.telling import columns, tell, tell_both
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.registers.reapproval import Suspect

_HEADINGS = (
    Words("Number", "编号"),
    Words("Version", "版本"),
    Words("Key of", "密钥所有人"),
    Words("Key", "密钥"),
    Words("Stolen since", "失窃起始"),
    Words("Landing", "并入"),
)


def tell_suspects(found: Sequence[Suspect]) -> None:
    """A table of what needs re-approval; nothing when there is none."""
    if not found:
        return
    tell()
    tell_both(f"Needs re-approval (stolen keys): {len(found)}", f"需重新批准（密钥失窃）：{len(found)}")
    told = (suspect_object(item) for item in found)
    columns(_HEADINGS, [(*(str(item[name]) for name in _SHOWN), str(item["landed"])[:12]) for item in told])


_SHOWN = ("number", "version", "person", "fingerprint", "since")


def suspect_object(item: Suspect) -> dict[str, Any]:
    """One of them for programs."""
    statement = item.theft.signed.statement
    return {
        "number": item.edition.number,
        "version": item.edition.release.version,
        "person": statement.signer,
        "fingerprint": item.theft.signed.verdict.fingerprint,
        "since": item.theft.key.compromised_since,
        "decision": statement.decision,
        "landed": item.landing,
    }
