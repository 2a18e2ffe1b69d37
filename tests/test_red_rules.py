"""What might weaken the rules of a library without looking like it, each named after the attacker's wish (threats E, H, R49)."""

from __future__ import annotations

import pytest

from docctl.assurance import verify
from docctl.repository import Repository

TWINS = [
    "documents./ITSM-P-01/index.md", "documents /ITSM-P-01/index.md", "docu\u200cments/x", ".docctl\u200c/people.yaml", "mkdocs.yml.",
    ".gitattributes ", "documents\xad/x", "DOCUME~1/x", "DOCCTL~1/people.yaml", "MKDOCS~1.YML", "documents:x/y", "Statements./x",
]  # fmt: skip
PIPELINES = [
    "azure-pipelines.yml", "azure-pipelines-release.yml", "bitbucket-pipelines.yml", ".drone.yml", ".travis.yml", ".cirrus.yml",
    "appveyor.yml", ".buildkite/pipeline.yml", ".gitlab/ci/x.yml", ".gitlab-ci.yaml", "CODEOWNERS", ".gitlab/CODEOWNERS", ".lfsconfig",
    ".tekton/x.yaml", ".husky/pre-commit",
]  # fmt: skip


@pytest.mark.parametrize("path", TWINS, ids=ascii)
def test_to_lay_a_folder_over_a_controlled_one(shop, path):
    """One and the same folder or file to some disk, or to a reader's eye."""
    shop.stage(path, "x\n")
    shop.git("commit", "-q", "--no-verify", "-m", "x")
    shop.refused("DC105", says=["no owner rule"])


@pytest.mark.parametrize("path", PIPELINES)
def test_to_change_what_runs_on_every_push(shop, path):
    shop.put(path)
    shop.commit()
    shop.refused("DC701", about=[path])


@pytest.mark.parametrize(
    "path", ["docs/documents/x.md", "README.md", "docume.txt", "说明/x.md", "notes.d/a b.txt", "azure/readme.md"]
)
def test_an_ordinary_file_beside_the_library_is_taken(shop, path):
    shop.put(path)
    shop.commit()
    assert shop.land().code == 0


def test_to_have_a_submodule_passed_over_by_a_setting(shop):
    """A copy from a stranger may say that git's listings leave submodules out."""
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{shop.head()},documents/x")
    shop.git("commit", "-q", "--no-verify", "-m", "x")
    assert not shop.verdict().fine
    shop.git("config", "diff.ignoreSubmodules", "all", at=shop.folder / "forged.git")
    with Repository.open(str(shop.folder / "forged.git")) as repository:
        report = verify(repository, "main")
    assert {item.code for item in report.findings} == {"DC105"}
