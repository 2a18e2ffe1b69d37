"""`mkdocs build` through the plugin gives what `docctl site build` gives, and so does another engine on the same staged tree."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docctl.repository import Repository
from docctl.site import engine, publish
from docctl.site.output import check_output

from . import reading_room as room
from .test_site_publish import _files

CONFIGURATION = """\
site_name: x
docs_dir: manual
strict: true
theme: {name: material}
hooks: [hook.py]
plugins: [search, {docctl: {library: manual}}]
"""


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


@pytest.fixture(scope="module")
def project(surroundings, tmp_path_factory) -> Path:
    """A repository that holds a library in a folder, with its whole history brought along, and tries to meddle with its site."""
    folder = tmp_path_factory.mktemp("project")
    _git(folder, "clone", "-q", str(room.reading_room()), "repository")
    folder /= "repository"
    moved = [path.name for path in folder.iterdir() if path.name != ".git"]
    (folder / "manual").mkdir()
    _git(folder, "mv", *moved, "manual")
    (folder / "mkdocs.yml").write_text(CONFIGURATION)
    (folder / "hook.py").write_text("")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "Manual in a folder")
    (folder / "manual" / "index.md").write_text("# not planned")
    return folder


def _mkdocs(project: Path, output: Path, now: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCCTL_NOW": now, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(output)]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_mkdocs_builds_the_same_site(project, tmp_path):
    ended = _mkdocs(project, tmp_path / "mkdocs", room.AFTER)
    assert ended.returncode == 0, ended.stderr
    assert "WARNING" not in ended.stderr
    publish.build(str(project), str(tmp_path / "docctl"), library="manual", rev="HEAD", now=room.AFTER)
    assert _files(tmp_path / "mkdocs") == _files(tmp_path / "docctl")
    text = (tmp_path / "mkdocs" / "documents" / "ITSM-P-01" / "index.html").read_text("utf-8")
    assert "Content-Security-Policy" in text
    assert room.ROLLED in text


def test_mkdocs_says_what_is_wrong(project, tmp_path):
    shutil.copytree(project, tmp_path / "broken")
    with (tmp_path / "broken/manual/documents/procedures/ITSM-P-06/index.md").open("a") as file:
        file.write("\n随手改一句。\n")
    _git(tmp_path / "broken", "commit", "-q", "-am", "x")
    ended = _mkdocs(tmp_path / "broken", tmp_path / "out", room.AFTER)
    assert ended.returncode != 0
    assert "breaks" in ended.stderr
    assert "违反" in ended.stderr
    assert not list((tmp_path / "out").rglob("*.html"))


def test_another_engine_builds_the_same_pages(surroundings, tmp_path, monkeypatch):
    if importlib.util.find_spec("properdocs") is None:
        pytest.skip("properdocs is not installed (it is in the dev extra)")
    with Repository.open(str(room.reading_room())) as repository:
        source = publish.published(repository)
        staged = publish.staged_site(source, str(tmp_path), now=room.NOW)
    monkeypatch.setattr(engine, "PROGRAM", "properdocs")
    engine.build(
        staged.folder, str(tmp_path / "site"), staged.name, staged.lang, staged.nav, source.look, epoch=publish.COLD_EPOCH
    )
    assert check_output(str(tmp_path / "site"), staged.paths, staged.forbidden) == []
    generator = re.compile(rb'<meta name="generator"[^>]*>')
    ours, theirs = (
        {path: generator.sub(b"", data) for path, data in _files(folder).items() if not path.startswith(".")}
        for folder in (room.published(), tmp_path / "site")
    )
    assert ours == theirs
