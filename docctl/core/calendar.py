"""Days and months as document control counts them. Must not ask what time it is."""

from __future__ import annotations

from functools import cache

from docctl.core.lean import regex

TOLERANCE = 300  # seconds by which two honest clocks may differ (T1)
_CENTURY = range(946_684_800, 4_102_444_800)  # 2000 to 2099, in seconds since 1970
_INSTANT = regex(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_OF_THE_MACHINE = ("localtime", "posixrules", "Factory", "posix/", "right/")  # each machine has its own idea of these (I11)
# In every edition of the zone database; to know that, a gate need not load it.
_IN_EVERY_EDITION = frozenset(
    ("UTC", "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo",
     "Europe/London", "Europe/Paris", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
)  # fmt: skip


def instant_of(seconds: int) -> str:
    """The instant of a count of seconds since 1970; "" outside the years of a library (I11): whoever counted typed what they liked."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds in _CENTURY else ""


@cache
def local_day(instant: str, zone: str) -> str:
    """The day `YYYY-MM-DD` in the IANA time zone `zone` of an instant `YYYY-MM-DDTHH:MM:SSZ`.

    Business days are the organisation's (TM-1).
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date().isoformat()


def zone_known(zone: str) -> bool:
    """Whether `zone` is an IANA time zone, the same on every machine."""
    if zone in _IN_EVERY_EDITION:
        return True
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if zone.startswith(_OF_THE_MACHINE):
        return False
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def instant_valid(instant: str) -> bool:
    """Whether the text is one instant of UTC in the one spelling docctl knows, between 2000 and 2099 (I11)."""
    from datetime import datetime

    if not _INSTANT.fullmatch(instant):
        return False
    try:
        datetime.fromisoformat(instant)
    except ValueError:
        return False
    return True


def days_between(earlier: str, later: str) -> int:
    """Whole days from one day or instant to another (negative when `later` is before `earlier`)."""
    from datetime import date

    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def seconds_between(earlier: str, later: str) -> int:
    """Seconds from one instant to another (negative when `later` is before `earlier`)."""
    from datetime import datetime

    first, second = (datetime.fromisoformat(text) for text in (earlier, later))
    return int((second - first).total_seconds())


def add_seconds(instant: str, seconds: int) -> str:
    """`instant` plus seconds (less, when negative), in the same spelling."""
    from datetime import datetime, timedelta

    return (datetime.fromisoformat(instant) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_days(day: str, days: int) -> str:
    """`day` plus whole days (less, when negative)."""
    from datetime import date, timedelta

    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def add_months(day: str, months: int) -> str:
    """`day` plus whole calendar months, held at the month's end (TM-10: 2025-11-30 + 3 = 2026-02-28)."""
    from calendar import monthrange

    year, month, number = (int(part) for part in day.split("-"))
    years, month0 = divmod(month - 1 + months, 12)
    year += years
    return f"{year:04d}-{month0 + 1:02d}-{min(number, monthrange(year, month0 + 1)[1]):02d}"
