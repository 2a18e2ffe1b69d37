import json
import shutil

import pytest

from .office import NUMBER, TEXT, Office


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("office"))
    begun = office.begin()
    assert begun.code == 0, begun
    assert "on paper" in begun.out
    return office


@pytest.fixture(scope="module")
def issued(founded, tmp_path_factory):
    office = _copied(founded, tmp_path_factory.mktemp("issued"))
    office.draft()
    office.issue(effective="2026-01-10")
    return office


def _copied(office, folder):
    shutil.copytree(office.folder, folder, dirs_exist_ok=True, symlinks=True)
    copy = Office(folder)
    copy.now = office.now
    return copy


@pytest.fixture
def office(founded, tmp_path):
    return _copied(founded, tmp_path)


@pytest.fixture
def released(issued, tmp_path):
    return _copied(issued, tmp_path)


def test_a_draft_becomes_a_version_in_force(office):
    office.draft()
    asked = office.do("submit", NUMBER, by="wang", at="2026-01-05T02:00:00Z")
    assert asked.code == 1
    assert "nothing was recorded" in asked.err
    signed = office.do("submit", NUMBER, "--yes", by="wang")
    assert signed.code == 0
    assert "review by Department head, Operations — 李明 (li.ming)" in signed.out
    assert f"git push origin doc/{NUMBER}/A-0" in signed.out
    assert office.do("approve", NUMBER, "--yes", by="wang").code == 1
    office.git("switch", "-q", "main")
    assert office.do("review", NUMBER, "--yes", "--comment", "good", by="li", at="2026-01-05T03:00:00Z").code == 0
    assert "in review 1/2" in office.do("status").out
    assert office.do("release", NUMBER, "--yes", by="chen").code == 1
    ready = office.do("approve", NUMBER, "--yes", by="zhao", at="2026-01-05T04:00:00Z")
    assert "release by Document controller — 陈静" in ready.out
    landed = office.do("release", NUMBER, "--yes", "--effective", "2026-01-10", "--push", by="chen", at="2026-01-05T05:00:00Z")
    assert landed.code == 0, landed
    assert "sent to origin: main" in landed.out
    assert "scheduled 2026-01-10" in office.do("status").out
    assert office.do("verify").code == 0


def test_a_revision_shows_its_signers_what_changed(released):
    released.now = "2026-02-05T01:00:00Z"
    assert released.do("revise", NUMBER, "--class", "minor", "--reason", "clearer").code == 0
    released.write("降低风险", "降低业务\u202e风险".replace("\u202e", ""))
    shown = released.do("submit", NUMBER, "--yes", by="wang", at="2026-02-05T02:00:00Z")
    assert "-规范变更，降低风险。" in shown.out
    assert "+规范变更，降低业务风险。" in shown.out
    assert "index.md: changed" in shown.out
    redline = released.do("diff", NUMBER)
    assert "规范变更，降低{+业务+}风险。" in redline.out
    assert json.loads(released.do("diff", NUMBER, "--format", "json").out)["to"] == "A/1"
    (released.library / TEXT).write_text((released.library / TEXT).read_text() + "x\n")
    assert "working copy differs" in released.do("review", NUMBER, "--yes", by="li", at="2026-02-05T03:00:00Z").err
    released.git("checkout", "-q", "--", "documents")
    assert released.do("check").code == 0
    assert released.do("approve", NUMBER, "--yes", by="zhao", at="2026-02-05T04:00:00Z").code == 0
    assert released.do("release", NUMBER, "--yes", by="chen", at="2026-02-05T05:00:00Z").code == 0
    history = released.do("log", NUMBER).out
    assert history.index("A/1  in force") < history.index("A/0  superseded")
    old = released.do("show", NUMBER, "--as-of", "2026-01-20").out
    assert "降低风险。" in old
    assert "{#purpose}" not in old
    assert "降低业务风险" in released.do("show", NUMBER, "--version", "A/1").out


def test_a_number_ends_with_a_withdrawal(released):
    released.now = "2026-02-05T01:00:00Z"
    branches = released.git("branch").stdout
    refused = released.do("withdraw", NUMBER, "--reason", "not needed", by="zhao")
    assert refused.code == 1
    assert "+status: withdrawn" in refused.out
    assert released.git("branch").stdout == branches
    assert released.do("withdraw", NUMBER, "--reason", "not needed", "--yes", by="zhao").code == 0
    assert released.do("release", NUMBER, "--yes", by="chen", at="2026-02-05T02:00:00Z").code == 0
    assert "Nothing is in force" in released.do("status").out
    assert "withdrawn" in released.do("status", NUMBER).out
    assert "not needed" in released.do("show", NUMBER).out
    assert released.do("verify").code == 0
    assert released.do("new", "procedure", NUMBER, "again").code == 1


def test_a_candidate_is_sent_back_and_a_decision_taken_back(office):
    office.draft()
    assert office.do("submit", NUMBER, "--yes", by="wang", at="2026-01-05T02:00:00Z").code == 0
    assert office.do("review", NUMBER, "--yes", by="li", at="2026-01-05T03:00:00Z").code == 0
    assert office.do("revoke", NUMBER, "--yes", by="li", at="2026-01-05T03:10:00Z").code == 0
    assert "revoked" in office.do("log", NUMBER).out
    assert office.do("reject", NUMBER, "--yes", by="li").code == 1
    back = office.do("reject", NUMBER, "--yes", "--comment", "unclear", by="li", at="2026-01-05T03:20:00Z")
    assert "submit by the author" in back.out
    assert "rejected" in office.do("status").out


def test_a_draft_left_on_main_is_submitted_on_a_topic_branch(office):
    office.draft()
    office.git("commit", "-qam", "text")
    office.git("switch", "-q", "main")
    office.git("merge", "-q", "--ff-only", f"doc/{NUMBER}/A-0")
    office.git("branch", "-q", "-D", f"doc/{NUMBER}/A-0")
    assert "draft" in office.do("status").out
    assert office.do("submit", NUMBER, "--yes", by="wang", at="2026-01-05T02:00:00Z").code == 0
    assert office.git("branch", "--show-current").stdout == f"doc/{NUMBER}/A-0\n"


def test_the_version_in_force_is_confirmed_and_nothing_else(released):
    released.now = "2026-12-28T01:00:00Z"
    due = json.loads(released.do("status", "--format", "json").out)["due"]
    assert [(item["number"], item["days_left"]) for item in due] == [(NUMBER, 13)]
    kept = released.do("confirm", NUMBER, "--yes", by="li")
    assert kept.code == 0, kept
    assert json.loads(released.do("status", "--format", "json").out)["due"] == []
    assert released.do("verify").code == 0
    assert released.do("revise", NUMBER, "--class", "minor", "--reason", "x").code == 0
    refused = released.do("confirm", NUMBER, "--yes", by="li", at="2026-12-28T02:00:00Z")
    assert refused.code == 1
    assert "not the version in force" in refused.err


def test_a_record_is_made_sealed_and_listed(released):
    made = released.do("record", "new", "management-review", "Review", by="li")
    assert made.code == 0, made
    assert released.do("record", "seal", "REC-MR-2026-001", by="li").code == 1
    assert released.do("record", "seal", "REC-MR-2026-001", "--yes", by="li").code == 0
    rows = json.loads(released.do("record", "list", "--format", "json").out)["rows"]
    assert [row["number"] for row in rows] == ["REC-MR-2026-001"]
    assert released.do("record", "seal", "REC-MR-2026-001", "--yes", by="li").code == 1


def test_rules_are_proposed_signed_and_land(office):
    office.write("max_statement_age: 30", "max_statement_age: 20", ".docctl/settings.yaml")
    assert office.do("rules", "propose", "--reason", "shorter", by="chen").code == 1
    proposed = office.do("rules", "propose", "--reason", "shorter", "--yes", by="chen")
    assert proposed.code == 0, proposed
    assert "0/1" in proposed.out
    waiting = json.loads(office.do("status", "--format", "json").out)["rules"]
    assert [(item["number"], item["branch"], item["signers"]) for item in waiting] == [(2, "rules/0002", [])]
    assert office.do("rules", "sign", "--yes", by="chen").code == 1
    assert office.do("rules", "sign", "--yes", by="root").code == 0
    assert json.loads(office.do("rules", "status", "--format", "json").out)["landed"] is True
    assert office.do("verify").code == 0


def test_staged_only_where_asked(office):
    office.draft()
    done = office.do("submit", NUMBER, "--yes", "--no-commit", by="wang", at="2026-01-05T02:00:00Z")
    assert "staged, not committed" in done.out
    assert "A  statements/" in office.git("status", "--short").stdout


def test_of_a_branch_and_its_like_at_the_server_the_one_further_ahead_is_shown(office):
    office.draft()
    assert office.do("submit", NUMBER, "--yes", "--push", by="wang", at="2026-01-05T02:00:00Z").code == 0
    behind = office.git("rev-parse", "HEAD").stdout.strip()
    assert office.do("review", NUMBER, "--yes", "--push", by="li", at="2026-01-05T03:00:00Z").code == 0
    office.git("switch", "-q", "main")
    office.git("branch", "-q", "-f", f"doc/{NUMBER}/A-0", behind)
    (topic,) = json.loads(office.do("status", "--format", "json").out)["open"]
    assert (topic["branch"], topic["filled"], topic["needed"]) == (f"origin/doc/{NUMBER}/A-0", 1, 2)


def test_ssh_keygen_agrees(released):
    said = released.do("verify", "--with-openssh", "--format", "json")
    assert json.loads(said.out)["openssh"] == {"asked": 4, "agreeing": 4, "differing": []}


def test_registers_in_every_format(released, tmp_path):
    released.now = "2026-02-01T01:00:00Z"
    assert "in-force" in released.do("register").out
    assert NUMBER in released.do("register", "in-force").out
    assert "| " in released.do("register", "in-force", "--format", "md").out
    assert json.loads(released.do("register", "releases", "--format", "json").out)["rows"][0]["number"] == NUMBER
    assert released.do("register", "in-force", "--format", "xlsx", "--output", str(tmp_path / "x.xlsx")).code == 0
    assert (tmp_path / "x.xlsx").read_bytes().startswith(b"PK")
    assert released.do("register", "in-force", "--format", "xlsx").data.startswith(b"PK")
    answered = json.loads(released.do("correspondence", "iso20000-1:2018", "--format", "json").out)["rows"]
    assert NUMBER in {row["number"] for row in answered}
    gaps = json.loads(released.do("correspondence", "iso20000-1:2018", "--gaps", "--by", "document", "--format", "json").out)[
        "rows"
    ]
    assert "8.5.1" not in {row["clause"] for row in gaps}
    none = json.loads(released.do("register", "in-force", "--as-of", "2026-01-09", "--format", "json").out)["rows"]
    assert none == []


def test_a_library_in_a_folder_of_a_repository(released, tmp_path):
    outer = tmp_path / "outer"
    shutil.copytree(released.library, outer / "quality", ignore=shutil.ignore_patterns(".git"))
    released.library = outer
    released.git("init", "-q", "-b", "main")
    released.git("add", ".")
    released.git("commit", "-qm", "moved in")
    released.now = "2026-02-01T01:00:00Z"
    assert "in force" in released.do("status", place=outer / "quality").out
    assert "in force" in released.do("status", "--library", "quality").out
    assert released.do("status").code == 3
