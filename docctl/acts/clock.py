"""The time that acts are dated with: the clock's, or that of a rehearsal. Must not know what is dated."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from docctl.core.calendar import instant_of, instant_valid, seconds_between
from docctl.core.errors import DocctlError, Words
from docctl.receipts import REF
from docctl.repository import Repository

SLOW, FAST = 600, 366 * 86400  # seconds that a clock may be behind the newest landing, and that a library may lie idle


def clock(now: str = "") -> str:
    """The instant acts are dated with: `now`, else DOCCTL_NOW (for rehearsals), else the clock, as `YYYY-MM-DDTHH:MM:SSZ`."""
    said = now or os.environ.get("DOCCTL_NOW", "")
    if not said:
        found = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if not instant_valid(found):
            raise DocctlError(
                Words(f"the clock of this machine says {found}", f"本机时钟为 {found}"),
                Words("set the clock of this machine", "请校正本机时钟"),
                "clock",
            )
        return found
    if not instant_valid(said):
        raise DocctlError(
            Words(f"DOCCTL_NOW is {said!r}, not an instant", f"DOCCTL_NOW 为 {said!r}，不是有效时刻"),
            Words("write it as 2026-03-01T08:00:00Z", "请写成 2026-03-01T08:00:00Z"),
        )
    return said


def rehearsed(now: str) -> datetime | None:
    """The date for commits in a rehearsal (DOCCTL_NOW); None lets git use its own clock."""
    return datetime.fromisoformat(now) if os.environ.get("DOCCTL_NOW") else None


def newest(repository: Repository, branch: str) -> str:
    """The newest instant that the server's receipts or the official history (the protected `branch`) tell; "" when there is none."""
    names = (REF, f"refs/remotes/origin/{branch}", f"refs/heads/{branch}")
    return max((instant_of(repository.committed_at(name)) for name in names if repository.resolve(name)), default="")


def astray(now: str, newest_known: str) -> Words | None:
    """What is wrong with a clock that says `now`, seen from the newest instant that is known; None when it may be right."""
    off = seconds_between(newest_known, now) if newest_known else 0
    if -SLOW <= off <= FAST:
        return None
    years, days = abs(off) // (365 * 86400), abs(off) // 86400
    far = Words(f"{years} years", f"{years} 年") if years else Words(f"{days} days", f"{days} 天")
    if not days:
        far = Words(f"{abs(off) // 60} minutes", f"{abs(off) // 60} 分钟")
    return Words(
        f"your clock ({now}) is {far.en} off the last receipt or landing ({newest_known})",
        f"本机时钟（{now}）与最近的回执或发布（{newest_known}）相差 {far.zh}",
    )
