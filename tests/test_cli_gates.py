import json

import pytest

from .office import NUMBER, TEXT, Office


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.begin().code == 0
    return office


def _pin(office):
    return json.loads(office.do("verify", "--format", "json").out)["root"]


def test_the_hook_refuses_a_commit_in_the_language_of_the_author(office):
    office.draft()
    office.write("规范变更", "<b>规范</b>变更")
    refused = office.git("commit", "-qam", "raw", fine=False)
    assert refused.returncode == 1
    assert f"{TEXT}:" in refused.stderr
    office.git("add", ".")
    staged = office.do("check", "--staged")
    assert staged.code == 1
    assert TEXT in staged.out
    assert json.loads(office.do("check", "--staged", "--format", "json").out)["errors"] >= 1


def test_hooks_go_and_come_back(office):
    assert office.do("hooks", "status").code == 0
    foreign = office.library / ".git/hooks/pre-commit"
    assert office.do("hooks", "remove").code == 0
    assert office.do("hooks", "status").code == 1
    foreign.write_text("#!/bin/sh\nexit 0\n")
    foreign.chmod(0o755)
    assert "another program's" in office.do("hooks", "status").out
    installed = office.do("hooks", "install", lang="zh")
    assert installed.code == 0
    assert "保留原有钩子" in installed.out


def test_the_server_is_guarded_and_prevents(office):
    server = str(office.folder / "server.git")
    assert office.do("server", "check", server).code == 1
    assert office.do("server", "install", server).code == 0
    assert office.do("server", "check", server).code == 1  # no root is pinned yet
    pinned = _pin(office)
    assert office.do("server", "install", server, "--root", pinned).code == 0
    checked = office.do("server", "check", server)
    assert checked.code == 0, checked
    assert office.do("server", "check", ".").code == 3
    office.git("push", "-q", "origin", "main")
    office.draft()
    office.git("commit", "-q", "--no-verify", "-am", "text")
    office.git("switch", "-q", "main")
    office.write("max_statement_age: 30", "max_statement_age: 90", ".docctl/settings.yaml")
    office.git("commit", "-q", "--no-verify", "-am", "rules by hand")
    pushed = office.git("push", "-q", "--no-verify", "origin", "main", fine=False)
    assert pushed.returncode == 1
    assert "DC7" in pushed.stderr


def test_a_server_for_rehearsals_says_that_it_proves_nothing_and_becomes_a_real_one(office):
    server = str(office.folder / "server.git")
    pinned = _pin(office)
    for lang, words, fault in (("en", "for rehearsals only", "Whoever pushes"), ("zh", "仅供演练", "推送者")):
        installed = office.do("server", "install", server, "--root", pinned, "--rehearsal", lang=lang)
        assert installed.code == 0, installed
        assert words in installed.err
        assert fault in installed.err
    assert "--rehearsal" in (office.folder / "server.git/hooks/pre-receive").read_text(encoding="utf-8")
    checked = office.do("server", "check", server)
    assert checked.code == 1
    assert "in place for rehearsals" in checked.out
    assert office.do("server", "install", server).code == 0
    assert "--rehearsal" not in (office.folder / "server.git/hooks/pre-receive").read_text(encoding="utf-8")
    assert office.do("server", "check", server).code == 0


def test_verify_names_the_first_bad_commit_and_what_is_proved(office):
    pinned = _pin(office)
    fine = office.do("verify", "--root", pinned)
    assert fine.code == 0
    assert "NOT pinned" not in fine.out
    assert "assurance: V1" in fine.out
    assert "one person alone can change the rules" in fine.out
    assert office.do("verify").out.startswith("root NOT pinned: this proves consistency only\n")
    other = office.do("verify", "--root", "sha256:" + "0" * 64, "--format", "json")
    assert other.code in {1, 3}
    assert json.loads(other.out)["error"]["code"] == "root-differs"
    office.write("max_statement_age: 30", "max_statement_age: 90", ".docctl/settings.yaml")
    office.git("commit", "-q", "--no-verify", "-am", "rules by hand")
    bad = office.git("rev-parse", "HEAD").stdout.strip()
    told = office.do("verify", "--root", pinned)
    assert told.code == 1
    assert f"breach, first at commit {bad}" in told.out
    as_json = json.loads(office.do("verify", "main", "--format", "json").out)
    assert (as_json["outcome"], as_json["bad_commit"], as_json["ref"]) == ("breach", bad, "main")
    assert as_json["findings"]
    assert office.do("check").code == 1


def test_verify_cannot_check_a_cut_history(office):
    office.git("clone", "-q", "--depth", "1", f"file://{office.library}", str(office.folder / "cut"))
    said = office.do("verify", place=office.folder / "cut")
    assert said.code == 3
    bare = office.do("verify", place=office.folder / "server.git")
    assert bare.code == 3


def test_explain_tells_one_rule_and_all(office):
    assert "approval-missing" in office.do_bare("explain", "DC202").out
    assert "如何改正" in office.do_bare("explain", "approval-missing", lang="zh").out
    assert "DC101" in office.do_bare("explain").out
    assert office.do_bare("explain", "--markdown").out.startswith("# ")
    assert office.do_bare("explain", "nosuch").code == 3


def test_what_others_wrote_cannot_reach_the_terminal(office):
    office.draft()
    said = office.do("show", NUMBER + "\x1b[31m\u202e")
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err
