"""docctl.core.calendar: days of the organisation's zone, months held at their end, one spelling of an instant."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from docctl.core import calendar
from docctl.core.calendar import add_days, add_months, days_between, instant_valid, local_day, seconds_between, zone_known

ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu")
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")  # noqa: DTZ001
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-08-31", 3, "2025-11-30"),
        ("2024-11-29", 3, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2025-12-01", 12, "2026-12-01"),
        ("2025-01-15", 0, "2025-01-15"),
        ("2026-01-31", -2, "2025-11-30"),
        ("2099-12-31", 1200, "2199-12-31"),
    ],
)
def test_months_are_held_at_the_months_end(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(0, 1200))
def test_months_counted_another_way(day, months):
    target = day.year * 12 + day.month - 1 + months
    first = date(target // 12, target % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert add_months(day.isoformat(), months) == min(first.replace(day=1) + timedelta(days=day.day - 1), last).isoformat()


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-03-01T15:59:59Z", "Asia/Shanghai", "2026-03-01"),
        ("2026-03-01T16:00:00Z", "Asia/Shanghai", "2026-03-02"),
        ("2025-12-31T16:00:00Z", "Asia/Shanghai", "2026-01-01"),
        ("2026-03-01T04:59:59Z", "America/New_York", "2026-02-28"),
        ("2026-07-01T03:59:59Z", "America/New_York", "2026-06-30"),
        ("2026-07-01T04:00:00Z", "America/New_York", "2026-07-01"),
        ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"),
        ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
        ("2024-02-28T23:59:59Z", "UTC", "2024-02-28"),
    ],
)
def test_a_day_begins_at_midnight_of_the_organisation(instant, zone, day):
    assert local_day(instant, zone) == day


@given(INSTANTS, INSTANTS, st.sampled_from(ZONES))
def test_a_later_instant_is_never_on_an_earlier_day(one, two, zone):
    earlier, later = sorted((one, two))
    assert local_day(earlier, zone) <= local_day(later, zone)
    assert abs(days_between(earlier, local_day(earlier, zone))) <= 1
    assert seconds_between(earlier, later) >= 0
    assert instant_valid(earlier)


def test_the_computers_own_zone_does_not_matter(monkeypatch):
    import time

    for zone in ("Pacific/Kiritimati", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        local_day.cache_clear()
        assert local_day("2026-03-01T15:59:59Z", "Asia/Shanghai") == "2026-03-01"
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_zones_that_are_known(zone):
    assert zone_known(zone)


@pytest.mark.parametrize("zone", sorted(calendar._IN_EVERY_EDITION))
def test_a_zone_known_without_the_database_is_in_it(zone):
    assert zone == "UTC" or zone in zoneinfo.available_timezones()
    assert (Path(tzdata.__file__).parent / "zoneinfo" / zone).read_bytes().startswith(b"TZif")


@pytest.mark.parametrize(
    "zone",
    [
        "", "Asia/Peking", "Asia", "CST-8", "+08:00", "../etc/passwd", "/etc/localtime", "Asia/../UTC", "a\0b", "x" * 300,
        "Asia/Shanghai ", "\ud800",
        "localtime", "posixrules", "Factory", "posix/Asia/Shanghai", "right/Asia/Shanghai",  # each machine's own
    ],
)  # fmt: skip
def test_zones_that_are_not(zone):
    assert not zone_known(zone)


@pytest.mark.parametrize("instant", ["2000-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2024-02-29T12:00:00Z"])
def test_the_one_spelling_of_an_instant(instant):
    assert instant_valid(instant)


@pytest.mark.parametrize(
    "instant",
    [
        "", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00z", "2026-03-01t12:00:00Z", "2026-03-01 12:00:00Z",
        "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00.0Z", "2026-03-01T12:00Z", "20260301T120000Z", "2026-03-01T12:00:00Z\n",
        "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-03-00T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z", "2026-03-01T23:59:60Z",
        "２０２６-03-01T12:00:00Z",
    ],
)  # fmt: skip
def test_every_other_spelling_is_refused(instant):
    assert not instant_valid(instant)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        ("2026-02-28", "2026-03-01", 1),
        ("2024-02-28", "2024-03-01", 2),
        ("2026-03-01", "2026-02-28", -1),
        ("2026-01-01T23:59:59Z", "2026-01-02T00:00:00Z", 1),
        ("2026-01-01", "2026-01-01T23:59:59Z", 0),
    ],
)
def test_whole_days_between(earlier, later, days):
    assert days_between(earlier, later) == days


@given(DAYS, st.integers(-3000, 3000))
def test_days_are_added_and_counted_alike(day, days):
    text = day.isoformat()
    assert days_between(text, add_days(text, days)) == days
    assert add_days(add_days(text, days), -days) == text


def test_seconds_between():
    assert seconds_between("2026-01-01T00:00:00Z", "2026-01-02T00:00:01Z") == 86401
    assert seconds_between("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z") == -1


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (946_684_799, ""), (946_684_800, "2000-01-01T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"), (4_102_444_800, ""),
        (253_402_300_800, ""), (2**64, ""), (-1, ""),
    ],
)  # fmt: skip
def test_a_count_of_seconds_outside_the_years_is_no_instant(seconds, expected):
    assert calendar.instant_of(seconds) == expected


def test_seconds_are_added_over_the_end_of_a_year():
    assert calendar.add_seconds("2026-12-31T23:59:30Z", 300) == "2027-01-01T00:04:30Z"
    assert calendar.add_seconds("2026-03-01T00:00:00Z", -1) == "2026-02-28T23:59:59Z"
