"""What a wheel of docctl holds. Knows pyproject.toml and the tree; must not know what the modules do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
BESIDE = {"docctl.sample": "sample-manual", "docctl.schema": "schema"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in a wheel built from a copy, so that nothing is left in the tree and no older build mixes in."""
    copy = tmp_path_factory.mktemp("source") / "docctl"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (HERE / name).exists():
            shutil.copy(HERE / name, copy)
    for folder in ("docctl", *BESIDE.values()):
        shutil.copytree(HERE / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "made", "."]
    subprocess.run(build, cwd=copy, check=True, capture_output=True)
    (made,) = (copy / "made").glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files(folder):
    return {path.relative_to(HERE / folder).as_posix() for path in (HERE / folder).rglob("*") if path.is_file()}


def test_every_package_is_named():
    found = {path.parent.relative_to(HERE).as_posix().replace("/", ".") for path in (HERE / "docctl").rglob("__init__.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | set(BESIDE)


@pytest.mark.parametrize(("package", "folder"), sorted(BESIDE.items()))
def test_folders_beside_the_code_are_in_the_wheel(wheel, package, folder):
    place = package.replace(".", "/")
    assert {f"{place}/{name}" for name in files(folder) if "__pycache__" not in name} <= wheel


def test_all_code_and_site_files_are_in_the_wheel(wheel):
    wanted = {f"docctl/{name}" for name in files("docctl") if "__pycache__" not in name}
    assert wanted <= wheel


def test_nothing_else_is_in_the_wheel(wheel):
    assert {name.split("/")[0] for name in wheel} == {"docctl"}
    assert not [name for name in wheel if "__pycache__" in name]


def test_locks_name_no_index_and_pin_every_package_by_hash():
    for lock in (HERE / "requirements").glob("*.lock"):
        lines = lock.read_text(encoding="utf-8").splitlines()[1:]
        assert all(line.startswith("    --hash=sha256:") or "==" in line for line in lines)
        assert "://" not in lock.read_text(encoding="utf-8")
