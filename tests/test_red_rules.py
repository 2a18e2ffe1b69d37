"""What might weaken the rules of a library without looking like it, each named after the attacker's wish (threats E, H, R49)."""

from __future__ import annotations

import re

import pytest

from docctl.acts import draft
from docctl.assurance import verify
from docctl.repository import Repository

from .faultroom import docctl
from .workshop import told

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


# -- settings that would take the ground from under what stands ------------------------------------------------------------


def change_settings(shop, old, new):
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE | re.DOTALL)
    path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE | re.DOTALL), encoding="utf-8")
    shop.rules_record()
    shop.commit()


def test_to_leave_documents_in_force_without_their_type(shop):
    change_settings(shop, r"^  procedure:\n.*?(?=^  [a-z])", "")
    shop.refused("DC714", says=["procedure", "ITSM-P-01"])


def test_to_move_every_past_day_by_another_zone(shop):
    change_settings(shop, r"^timezone: [^\n]*", "timezone: America/New_York")
    shop.refused("DC713", says=["America/New_York"])


@pytest.mark.parametrize("name", ["HEAD", "a" * 40, "refs/heads/main", "main.lock"])
def test_to_call_the_protected_branch_what_git_takes_otherwise(shop, name):
    change_settings(shop, r"^protected_branch: [^\n]*", f"protected_branch: {name}")
    shop.refused("DC709", says=[name])


# -- a name that leads elsewhere -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("laid", "asked"),
    [("refs/tags/main", "main"), ("refs/tags/origin/main", "origin/main"), ("refs/heads/origin/main", "origin/main"),
     ("refs/tags/main", "main~0")],
)  # fmt: skip
def test_to_have_an_older_state_judged_under_the_branch_s_name(shop, laid, asked):
    """Git takes a tag before a branch: whoever lays one over it would hear "fine" of a history with a breach."""
    shop.git("update-ref", laid, shop.head())
    shop.edit("ITSM-P-01")
    shop.commit()
    shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    ran = docctl(shop, "verify", asked)
    assert ran.code == 3, ran.said
    assert laid in told(ran.said)
    assert docctl(shop, "verify").code == 1
    assert docctl(shop, "verify", "refs/remotes/origin/main").code == 1


def test_a_name_that_leads_to_one_state_is_judged(shop):
    shop.git("tag", "checked")
    shop.git("update-ref", "refs/tags/main", "main")
    assert docctl(shop, "verify", "main").code == 0
    assert docctl(shop, "verify", "checked").code == 0
    assert docctl(shop, "verify", shop.head()).code == 0


@pytest.mark.parametrize("when", ["253402300800 +0000", "9223372036854775807 +0000", "0 +0000"])
def test_to_stop_everybody_s_work_by_the_date_of_a_commit(shop, when):
    """A commit's date is what its writer typed; git takes any number, and so must whoever shows or compares it."""
    commit = f"tree {shop.git('rev-parse', 'HEAD^{tree}')}\nparent {shop.head()}\nauthor W <w@x> {when}\ncommitter W <w@x> {when}\n\nx\n"
    made = shop.git("hash-object", "-t", "commit", "-w", "--stdin", feed=commit.encode())
    ran = shop.land(made)
    if ran.code:
        return  # git's own check refuses it
    shop.git("fetch", "-q")
    shop.git("reset", "-q", "--hard", "origin/main")
    for words in (("verify",), ("doctor",), ("log", "ITSM-P-01"), ("status",), ("register",), ("rules", "status")):
        said = docctl(shop, *words).said
        assert "Traceback" not in said, said
    with shop.desk("wang.fang") as desk:
        draft.revise(desk, "ITSM-P-01", "minor", "改进", summary="x")


def test_to_have_a_version_that_nobody_can_look_at(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "--no-verify", "-m", "x", GIT_COMMITTER_DATE="@253402300800 +0000")
    shop.accepted()
    ran = docctl(shop, "show", "ITSM-P-02", DOCCTL_NOW="2026-03-20T00:00:00Z")
    assert ran.code == 0, ran.said
    assert shop.head() in ran.said
