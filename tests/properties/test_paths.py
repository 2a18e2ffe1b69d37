"""Every path has one owner, every version one place, every day one answer."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from docctl.core import calendar
from docctl.core import version as versions
from docctl.core.content import content_of, file_of, manifest_digest
from docctl.core.layout import (
    NUMBERED,
    document_number,
    is_rule_file,
    log_parts,
    name_fault,
    owner,
    record_number,
    statement_parts,
)
from docctl.core.plaintext import hidden
from docctl.core.tree import FOLDER, Blob, MemoryTree, Overlay

from .effort import effort

PARTS = [
    "documents", "records", "statements", ".docctl", "log", "standards", "procedures", "ITSM-P-05", "ITSM-P-05-change", "ITSM-P-05-变更",
    "itsm-p-05", "ITSM", "ITSM-P-05-X", "ITSM-P-05-", "-ITSM-P-05", "REC-INC-2026-001", "REC-INC-2026-001-mail", "REC-INC-1999-001",
    "incident", "2026", "A-0", "record", "index.md", "flow.png", "0001.json", "0001.li.ming.sig", "01.json", "settings.yaml", "people.yaml",
    "root.json", "Settings.yaml", "li.ming.approve.0123456789ab.json", "li.ming.approve.0123456789ab.sig", "li.ming.approve.0123456789AB.json",
    "mkdocs.yml", "MKDOCS.YML", ".gitattributes", ".github", "theme", "overrides", ".git", "..", ".", "", "con", "nul.txt", "a b", "a:b", "a\\b",
    "a\u202eb", "a\nb", "e\u0301", "é", "ß", "SS", "İ", "-x", "x.", "x ", "Documents", "DOCUMENTS", ".DOCCTL", "\udcff", "文" * 90, "x" * 256,
]  # fmt: skip
PATHS = st.lists(st.sampled_from(PARTS) | st.text(max_size=6), min_size=1, max_size=6).map("/".join) | st.text(max_size=30)
KINDS = {"document", "record", "statement", "log", "rule", "stray", "other"}
NUMBERS = st.from_regex(r"[A-Z0-9]{1,5}(?:-[A-Z0-9]{1,4}){1,3}", fullmatch=True)
SLUGS = st.from_regex(r"-[a-z变][a-z0-9变更-]{0,9}", fullmatch=True) | st.just("")


@effort(333)
@given(PATHS)
def test_every_path_has_one_owner(path: str) -> None:
    found = owner(path)
    assert found.kind in KINDS
    assert owner(path) == found
    if found.kind in {"document", "record", "statement"}:
        assert path == f"{found.folder}/{found.name}"
        assert found.number
        assert found.name or name_fault(path) == "name"
    else:
        assert not found.number
    controlled = path.partition("/")[0] in {"documents", "records", "statements", ".docctl"} and "/" in path
    assert not (controlled and found.kind == "other")


@effort(333)
@given(st.sampled_from(PARTS) | st.builds(str.__add__, NUMBERS, SLUGS) | st.text(alphabet="AZ09-az变\n\udcff .", max_size=9))
def test_bytes_of_a_name_and_the_name_agree_on_being_numbered(name: str) -> None:
    assert bool(re.fullmatch(NUMBERED, name.encode("utf-8", "surrogateescape"))) == bool(document_number(name))


@effort(200)
@given(PATHS, PATHS)
def test_what_lies_in_a_folder_belongs_to_its_owner(path: str, below: str) -> None:
    found = owner(path)
    if found.kind in {"document", "record"}:
        inside = owner(f"{found.folder}/{below}")
        assert (inside.kind, inside.number, inside.folder) == (found.kind, found.number, found.folder)
        assert inside.name == below


@effort(333)
@given(PATHS)
def test_every_name_is_judged_by_one_word(path: str) -> None:
    fault = name_fault(path)
    assert fault in {"", "character", "length", "unicode-form", "name"}
    if not fault:
        assert path.encode().decode() == path
        assert hidden(path) is None
        assert not {"", ".", "..", ".git"} & set(path.split("/"))
        assert len(path) <= 200


@effort(133)
@given(NUMBERS, SLUGS, SLUGS)
@example("ITSM-P-05", "-change", "")
def test_a_number_is_read_off_a_folder_in_one_way(number: str, slug: str, other: str) -> None:
    assert document_number(number + slug) == number
    assert document_number(number + other) == number
    assert owner(f"documents/x/{number}{slug}/a/b").number == number
    assert document_number(f"{number}-{slug.upper()}x") != number or not slug


@effort(133)
@given(st.text(max_size=30) | st.sampled_from(PARTS))
def test_file_names_of_evidence_are_read_or_not(name: str) -> None:
    parts, logged = statement_parts(name), log_parts(name)
    assert parts is None or name == f"{parts[0]}.{parts[1]}.{parts[2]}.{parts[3]}"
    assert logged is None or name in {f"{logged[0]:04d}.json", f"{logged[0]:04d}.{logged[1]}.sig"}
    assert parts is None or logged is None
    assert record_number(name) == "" or document_number(name) != ""
    assert is_rule_file(f".docctl/standards/{name}") == (name.endswith(".yaml") and "/" not in name)


TREES = st.dictionaries(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join), st.sampled_from([b"1", b"2", None]), max_size=6
).filter(lambda files: not any(other.startswith(f"{path}/") for path in files for other in files))


@effort(200)
@given(TREES.map(lambda files: {path: data or b"0" for path, data in files.items()}), TREES)
def test_a_tree_laid_over_another_is_one_tree(below: dict[str, bytes], above: dict[str, bytes | None]) -> None:
    wanted = {**below, **above}
    files = {path: data for path, data in wanted.items() if data is not None}
    if any(other.startswith(f"{path}/") for path in files for other in files):
        return
    over, plain = Overlay(MemoryTree(below), above), MemoryTree(files)
    assert list(over) == list(plain)
    assert len(over) == len(plain)
    assert {path: over[path].data for path in over} == files
    assert over.under("") == plain.under("")
    for folder in ("", "a", "b", "c", "a/b", "b/c", "c/a"):
        names = {name: entry.mode for name, entry in over.listing(folder).items()}
        assert names == {name: entry.mode for name, entry in plain.listing(folder).items()}, folder
        assert all(mode in {FOLDER, "100644"} for mode in names.values())


# --- content ----------------------------------------------------------------------------------------------------------------

FILES = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8),
    st.binary(max_size=12),
    min_size=1,
    max_size=5,
)


def digest(files: dict[str, bytes]) -> str:
    return content_of(file_of(name, Blob("", "100644", data)) for name, data in files.items()).digest


@effort(133)
@given(FILES, st.randoms(use_true_random=False))
def test_the_digest_knows_no_order(files: dict[str, bytes], chance: object) -> None:
    names = list(files)
    chance.shuffle(names)
    assert digest({name: files[name] for name in names}) == digest(files)


@effort(200)
@given(FILES, FILES)
def test_other_files_have_another_digest(files: dict[str, bytes], others: dict[str, bytes]) -> None:
    assert (digest(files) == digest(others)) == (files == others)


@effort(133)
@given(FILES, st.data())
def test_any_changed_byte_changes_the_digest(files: dict[str, bytes], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    old = files[name]
    at = data.draw(st.integers(0, len(old)))
    new = old[:at] + data.draw(st.binary(max_size=2)) + old[at + data.draw(st.integers(0, 2)) :]
    assert (digest({**files, name: new}) == digest(files)) == (new == old)
    assert digest({other: value for other, value in files.items() if other != name}) != digest(files)
    assert digest({**files, name + "x": old}) != digest(files) or name + "x" in files


def test_the_digest_is_what_the_description_says() -> None:
    from hashlib import sha256

    row = f"{sha256(b'x').hexdigest()} 1 a.md\n"
    assert (
        manifest_digest([(sha256(b"x").hexdigest(), 1, "a.md")])
        == "sha256:" + sha256(f"docctl-content 1\n{row}".encode()).hexdigest()
    )


# --- versions ---------------------------------------------------------------------------------------------------------------

SCHEMES = st.sampled_from(["edition", "number"])
LABELS = (
    st.from_regex(r"[A-Z]/[0-9]", fullmatch=True) | st.from_regex(r"[0-9]{1,4}\.[0-9]{1,4}", fullmatch=True) | st.text(max_size=8)
)
CHANGES = st.sampled_from(["editorial", "minor", "major"])


@effort(200)
@given(SCHEMES, LABELS, LABELS)
@example("number", "1.9", "1.10")
@example("number", "٣.1", "3.1")
def test_labels_stand_in_one_order(scheme: str, one: str, other: str) -> None:
    places = versions.order(scheme, one), versions.order(scheme, other)
    assert (places[0] == places[1]) == (one == other) or None in places
    assert places[0] is None or one.isascii()
    if None not in places and one != other:
        assert versions.folder_name(one) != versions.folder_name(other)


@effort(200)
@given(SCHEMES, LABELS, CHANGES)
@example("number", "1.9999", "minor")
@example("edition", "Z/9", "minor")
def test_the_next_label_is_the_next_one(scheme: str, label: str, change: str) -> None:
    following = versions.following(scheme, label, change)
    place = versions.order(scheme, label)
    if place is None:
        assert following is None
    elif following is not None:
        after = versions.order(scheme, following)
        assert after is not None
        assert after > place
        assert after in {(place[0], place[1] + 1), (place[0] + 1, 0)}
        assert change == "major" or after[0] == place[0] or (scheme == "edition" and place[1] == 9)


# --- days -------------------------------------------------------------------------------------------------------------------

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)).map(str)


@effort(133)
@given(DAYS, st.integers(-400, 400), st.integers(0, 400))
def test_days_add_up(day: str, days: int, months: int) -> None:
    assert calendar.days_between(day, calendar.add_days(day, days)) == days
    later = calendar.add_months(day, months)
    assert later >= day
    assert calendar.add_months(day, months + 1) > later
    assert int(later[8:]) <= int(day[8:])
    assert date.fromisoformat(later)


@effort(133)
@given(
    DAYS, st.integers(0, 86_399), st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC", "Pacific/Apia", "Asia/Kathmandu"])
)
def test_a_local_day_is_at_most_one_away(day: str, second: int, zone: str) -> None:
    instant = f"{day}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    assert calendar.instant_valid(instant)
    assert abs(calendar.days_between(day, calendar.local_day(instant, zone))) <= 1
    assert zone != "UTC" or calendar.local_day(instant, zone) == day


@effort(133)
@given(st.text(max_size=22) | st.from_regex(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\n?", fullmatch=True))
def test_an_instant_has_one_spelling(text: str) -> None:
    from datetime import UTC, datetime

    if calendar.instant_valid(text):
        assert datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == text
