"""Readings that docctl keeps on disk from one run to the next: they save time and change no answer, whatever happens to them."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from docctl import reader
from docctl.reader import Memory, items, kept, packed
from docctl.repository import Repository
from docctl.view import findings_at

from .workshop import NOW

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture
def private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def faulty(shop):
    """A library with something to find in every room: a bad body, a lost signature, an altered file."""
    shop.edit("ITSM-P-02", r"\Z", "\n<b>raw</b>\n")
    shop.put("documents/procedures/ITSM-P-03/stray.svg", "<svg/>")
    next((shop.office / "statements" / "ITSM-P-01").rglob("*.sig")).unlink()
    shop.git("add", "-A")
    shop.git("commit", "-q", "--no-verify", "-m", "faults")
    return shop


def found(shop):
    with Repository.open(str(shop.office)) as repository:
        return [(*item.place, item.code, str(item.facts)) for item in findings_at(repository, "", "HEAD", NOW)]


def files(shop):
    return [path for path in (shop.office / ".git").iterdir() if path.name.startswith(kept.NAME)]


def plain(shop, monkeypatch):
    with monkeypatch.context() as alone:
        alone.setattr(kept, "private_folder", str)
        return found(shop)


def table(shop):
    (file,) = files(shop)
    return sqlite3.connect(file)


def test_a_second_run_reads_nothing_and_finds_the_same(faulty, private, monkeypatch):
    alone = plain(faulty, monkeypatch)
    assert len(alone) > 3
    assert files(faulty) == []
    assert found(faulty) == alone
    monkeypatch.setattr(items, "_folder", None)
    monkeypatch.setattr(items, "_statement", None)
    assert found(faulty) == alone


def test_an_edit_is_read_although_all_else_is_kept(shop, private, monkeypatch):
    assert found(shop) == plain(shop, monkeypatch)
    shop.edit("ITSM-P-02", r"\Z", "\n<b>raw</b>\n")
    shop.git("commit", "-q", "-a", "--no-verify", "-m", "x")
    now = found(shop)
    assert now == plain(shop, monkeypatch)
    assert any("raw HTML" in str(item) for item in now)


def test_readings_planted_by_somebody_else_are_not_even_opened(faulty, tmp_path, monkeypatch):
    alone = plain(faulty, monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "eve"))
    with monkeypatch.context() as eve:
        fine = packed.folder_out
        eve.setattr(packed, "folder_out", lambda reading: fine(reading._replace(unread=())))
        found(faulty)
    (planted,) = files(faulty)
    before = planted.read_bytes()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert found(faulty) == alone
    assert planted.read_bytes() == before
    assert len(files(faulty)) == 2


def test_a_reading_put_in_the_place_of_another_does_not_open(faulty, private, monkeypatch):
    alone = found(faulty)
    with table(faulty) as store:
        rows = store.execute("SELECT name, sealed FROM readings").fetchall()
        for (name, _), (_, sealed) in zip(rows, rows[1:] + rows[:1], strict=True):
            store.execute("UPDATE readings SET sealed = ? WHERE name = ?", (sealed, name))
    assert found(faulty) == alone == plain(faulty, monkeypatch)


@pytest.mark.parametrize("sealed", [b"", b"x", b"0" * 400, None, 7, "text"])
def test_a_reading_that_is_none_is_read_anew(faulty, private, sealed):
    alone = found(faulty)
    with table(faulty) as store:
        store.execute("UPDATE readings SET sealed = ?", (sealed,))
    assert found(faulty) == alone


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no such file" * 1000),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
        lambda file: file.write_bytes(file.read_bytes()[:4096] + os.urandom(file.stat().st_size - 4096)),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("/dev/zero")),
        lambda file: file.chmod(0),
        lambda file: (file.unlink(), os.mkfifo(file)),
        lambda file: Path(f"{file}-journal").write_bytes(os.urandom(70000)),
        lambda file: Path(f"{file}-wal").write_bytes(os.urandom(70000)),
    ],
    ids=["emptied", "overwritten", "cut", "scrambled", "a-folder", "a-link", "closed", "a-pipe", "a-journal", "a-log"],
)
def test_a_damaged_file_changes_no_answer(faulty, private, damage):
    alone = found(faulty)
    (file,) = files(faulty)
    damage(file)
    assert found(faulty) == alone
    assert found(faulty) == alone


def test_a_table_that_would_compute_something_is_thrown_away(faulty, private):
    alone = found(faulty)
    (file,) = files(faulty)
    file.unlink()
    with sqlite3.connect(file) as store:
        store.execute(
            "CREATE VIEW readings AS WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless) "
            "SELECT n AS name, n AS sealed FROM endless"
        )
    assert found(faulty) == alone
    with table(faulty) as store:
        assert store.execute("SELECT type FROM sqlite_master").fetchall() == [("table",)]


def test_readings_of_another_edition_are_read_anew(faulty, private, monkeypatch):
    fine = packed.folder_out
    with monkeypatch.context() as older:
        older.setattr(kept, "edition", lambda: b"an older docctl that saw less")
        older.setattr(packed, "folder_out", lambda reading: fine(reading._replace(unread=())))
        found(faulty)
    assert found(faulty) == plain(faulty, monkeypatch)


def test_a_secret_that_others_can_read_is_not_used(faulty, private, monkeypatch):
    alone = found(faulty)
    (private / "docctl" / "secret").chmod(0o644)
    files(faulty)[0].unlink()
    assert found(faulty) == alone
    assert files(faulty) == []


@pytest.mark.parametrize(
    "odd",
    [
        Path.mkdir,
        os.mkfifo,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(bytes(33)),
    ],
    ids=["a-folder", "a-pipe", "a-link", "empty", "too-long"],
)
def test_a_secret_that_is_none_is_not_waited_for(faulty, private, odd):
    alone = found(faulty)
    files(faulty)[0].unlink()
    secret = private / "docctl" / "secret"
    secret.unlink()
    odd(secret)
    assert found(faulty) == alone
    assert files(faulty) == []


def test_another_run_that_writes_is_not_waited_for(faulty, private):
    alone = found(faulty)
    store = table(faulty)
    store.execute("BEGIN EXCLUSIVE")
    assert found(faulty) == alone
    store.rollback()
    assert found(faulty) == alone


def test_verify_and_the_gates_keep_nothing(faulty, private):
    faulty.verdict()
    faulty.tried("git", "commit", "--allow-empty", "-m", "x")
    assert files(faulty) == []


def test_a_body_is_there_when_somebody_wants_to_read_it(shop, private):
    for _ in range(2):
        with Repository.open(str(shop.office)) as repository:
            library = reader.open_library(repository.tree("HEAD"), memory=kept.remembering(repository))
            text = shop.text("ITSM-P-02").read_text(encoding="utf-8")
            assert text.endswith(library.documents["ITSM-P-02"].body)
            (record, *_) = library.records.values()
            assert (shop.office / record.path).read_text(encoding="utf-8").endswith(record.body)


def _tree(file):
    from docctl.core.tree import MemoryTree

    return MemoryTree({"documents/ITSM-P-01/index.md": file.read_bytes(), "documents/ITSM-P-01/a.png": b"no picture"})


def _told(folder):
    item = folder.item and (folder.item.folder, folder.item.head, folder.item.lines, folder.item.body_line, folder.item.outline)
    return folder.content, item, folder.unread, folder.item and folder.item.body


@pytest.mark.parametrize("kind", ["document", "record"])
def test_every_reading_comes_back_as_it_was(kind):
    texts = sorted(CORPUS.rglob("*.md"))
    assert len(texts) > 100
    for file in texts:
        tree = _tree(file)
        reading = items.read_folder(tree, "documents/ITSM-P-01", "ITSM-P-01", kind, Memory())
        values = json.loads(json.dumps(packed.folder_out(reading), ensure_ascii=False).encode("utf-8", "surrogatepass"))
        body = reading.item.body if reading.item else ""
        assert _told(packed.folder_in(values, kind, lambda body=body: body)) == _told(reading), file
