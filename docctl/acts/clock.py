"""The time that acts are dated with: the clock's, or that of a rehearsal. Must not know what is dated."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from docctl.core.calendar import instant_valid
from docctl.core.errors import DocctlError, Words


def clock(now: str = "") -> str:
    """The instant acts are dated with: `now`, else DOCCTL_NOW (for rehearsals), else the clock, as `YYYY-MM-DDTHH:MM:SSZ`."""
    said = now or os.environ.get("DOCCTL_NOW", "")
    if not said:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not instant_valid(said):
        raise DocctlError(
            Words(f"DOCCTL_NOW is {said!r}, not an instant", f"DOCCTL_NOW 为 {said!r}，不是有效时刻"),
            Words("write it as 2026-03-01T08:00:00Z", "请写成 2026-03-01T08:00:00Z"),
        )
    return said


def rehearsed(now: str) -> datetime | None:
    """The date for commits in a rehearsal (DOCCTL_NOW); None lets git use its own clock."""
    return datetime.fromisoformat(now) if os.environ.get("DOCCTL_NOW") else None
