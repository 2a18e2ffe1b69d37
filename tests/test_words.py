"""What people are told when something cannot be done: the true story, and a way out that they can go."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest

from docctl.site.engine import _reason

from .office import NUMBER, Office

MAIN = "refs/heads/main"


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("office"))
    assert office.begin().code == 0
    return office


@pytest.fixture
def office(founded, tmp_path):
    shutil.copytree(founded.folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    copy = Office(tmp_path)
    copy.now = founded.now
    return copy


def test_one_commit_is_not_one_commits(office):
    said = office.do("verify")
    assert "1 commit, 1 controlled step since" in said.out
    assert "0 statements" in said.out
    assert "of 1 state\n" in said.out


@pytest.mark.parametrize(
    ("lang", "wrong", "mend"), [("en", "no record with number", "docctl record list"), ("zh", "没有编号为", "新建记录")]
)
def test_a_record_that_is_not_there_is_called_a_record(office, lang, wrong, mend):
    said = office.do("record", "seal", "CHG-2026-999", "--yes", by="wang", lang=lang)
    assert said.code == 3
    assert wrong in said.err
    assert mend in said.err
    assert "document" not in said.err


def test_a_plain_pull_works_on_a_topic_that_was_pushed(office):
    office.draft()
    assert office.do("submit", NUMBER, "--yes", "--push", by="wang").code == 0
    assert office.git("rev-parse", "--abbrev-ref", "@{upstream}").stdout.strip() == f"origin/doc/{NUMBER}/A-0"
    assert office.git("pull", "-q").returncode == 0


def test_what_another_branch_follows_is_left_alone(office):
    office.draft()
    office.git("config", f"branch.doc/{NUMBER}/A-0.remote", "elsewhere")
    office.git("config", f"branch.doc/{NUMBER}/A-0.merge", "refs/heads/x")
    assert office.do("submit", NUMBER, "--yes", "--push", by="wang").code == 0
    assert office.git("config", f"branch.doc/{NUMBER}/A-0.merge").stdout == "refs/heads/x\n"


def test_a_signature_that_was_not_sent_is_sent_by_the_same_act(office):
    office.draft()
    assert office.do("submit", NUMBER, "--yes", by="wang").code == 0
    office.git("switch", "-q", "main")
    again = office.do("submit", NUMBER, "--yes", by="wang")
    assert (again.code, "already" in again.err) == (1, True)
    sent = office.do("submit", NUMBER, "--yes", "--push", by="wang")
    assert sent.code == 0, sent
    assert f"sent to origin: doc/{NUMBER}/A-0" in sent.out
    assert office.git("branch", "--show-current").stdout == "main\n"
    assert office.git("ls-remote", "origin", f"refs/heads/doc/{NUMBER}/A-0").stdout


def test_a_release_that_was_not_sent_is_sent_by_the_same_act(office):
    office.draft()
    office.issue()
    sent = office.do("release", NUMBER, "--yes", "--push", by="chen")
    assert sent.code == 0, sent
    assert "is released already" in sent.out
    head = office.git("rev-parse", "main").stdout.strip()
    assert head in office.git("ls-remote", "origin", MAIN).stdout


def _propose(office):
    path = office.library / ".docctl/settings.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Huacheng", "Huacheng Ltd"), encoding="utf-8")
    return office.do("rules", "propose", "--reason", "a name", "--yes", "--push", "--key", str(office.keys / "li"))


def test_a_rules_record_is_found_where_it_was_proposed(office):
    office.git("push", "-q", "origin", "main")
    proposed = _propose(office)
    assert proposed.code == 0, proposed
    office.git("switch", "-q", "main")
    office.git("branch", "-q", "-D", "rules/0002")
    signed = office.do("rules", "sign", "--yes", "--key", str(office.keys / "root"))
    assert signed.code == 0, signed
    assert re.search(r"Rules record +2", signed.out)
    assert not re.search(r"Rules record +1", signed.out)
    sent = office.do("rules", "sign", "--yes", "--push", "--key", str(office.keys / "root"))
    assert sent.code == 0, sent
    assert office.git("rev-parse", "main").stdout.strip() in office.git("ls-remote", "origin", MAIN).stdout


def test_a_rules_record_that_nobody_proposed_is_told_before_anybody_is_asked(office):
    said = office.do("rules", "sign", "--key", str(office.keys / "root"))
    assert said.code == 1
    assert "no rules record 2 waits for signatures" in said.err
    assert "docctl rules propose" in said.err


def test_a_rules_record_that_two_proposed_is_not_chosen_by_docctl(office):
    office.git("push", "-q", "origin", "main")
    assert _propose(office).code == 0
    office.git("switch", "-q", "main")
    office.git("switch", "-q", "-c", "other")
    office.git("branch", "-q", "-m", "rules/0002", "kept")
    path = office.library / ".docctl/settings.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Huacheng", "Hua Cheng"), encoding="utf-8")
    assert office.do("rules", "propose", "--reason", "b", "--yes", "--key", str(office.keys / "li")).code == 0
    office.git("switch", "-q", "main")
    office.git("update-ref", "-d", "refs/remotes/origin/rules/0002")
    said = office.do("rules", "sign", "--yes", "--key", str(office.keys / "root"))
    assert said.code == 1
    assert "kept, other" in said.err


def test_a_library_inside_another_repository_is_not_begun_by_mistake(office):
    before = sorted(os.listdir(office.library))
    inner = office.library / "manual"
    said = office.do_bare(
        "init",
        str(inner),
        "--organisation",
        "x",
        "--root-person",
        "zhao.lei",
        "--root-key",
        str(office.keys / "root"),
        "--person",
        f"zhao.lei:赵磊:{office.keys / 'zhao.pub'}:management-representative:management",
        "--standard",
        "iso20000-1:2018",
    )
    assert said.code == 1, said
    assert "lies in another repository" in said.err
    assert f"--library manual init {office.library}" in said.err
    assert sorted(os.listdir(office.library)) == before


def test_a_tree_that_no_git_wrote_is_made_again_by_whoever_pushes_it(shop):
    blob = shop.git("hash-object", "-w", "--stdin", feed=b"x")
    shop.git("config", "receive.fsckObjects", "false", at=shop.server)
    shop.git("config", "transfer.fsckObjects", "false", at=shop.server)
    body = b"".join(b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in (b"a", b"a"))
    tree = shop.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", feed=body)
    commit = shop.git("commit-tree", "-p", "HEAD", "-m", "x", tree)
    said = shop.land(commit, MAIN)
    assert said.code == 1
    assert "git add, git commit" in said.said
    assert "write" in said.said


def test_a_failing_engine_is_told_in_one_sentence():
    trace = [
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "ModuleNotFoundError: No module named 'jieba'",
    ]
    assert _reason(trace, 1).en == "ModuleNotFoundError: No module named 'jieba'"
    assert _reason(["INFO x", "WARNING -  a  page", "Aborted"], 1).en == "WARNING - a page"
    assert _reason([], 9).en == "it ended with code 9 and no word"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", [("hooks", "status"), ("server", "check", "../server.git"), ("site", "check", "nowhere")])
def test_whatever_reports_can_be_read_by_programs(office, words, lang):
    words = [str(office.folder / "server.git") if word.startswith("..") else word for word in words]
    plain, said = office.do(*words, lang=lang), office.do(*words, "--format", "json", lang=lang)
    told = json.loads(said.out)
    assert (said.code, told["format"]) == (plain.code, 1)
    assert (told["outcome"] == "fine") is (said.code == 0)


def test_a_server_that_is_none_is_asked_for(office):
    said = office.do("server", "check", str(office.folder))
    assert said.code == 3
    assert "git init --bare" in said.err
    assert "docctl init" not in said.err


@pytest.mark.parametrize(("lang", "why"), [("en", "No such file"), ("zh", "没有该文件或文件夹")])
def test_the_machine_s_reasons_are_told_in_the_reader_s_language(office, lang, why):
    said = office.do("fix", "encoding", "/nonexistent", lang=lang)
    assert (said.code, why in said.err) == (3, True)


def test_who_wants_a_submission_back_is_told_how(office):
    office.draft()
    assert office.do("submit", NUMBER, "--yes", by="wang").code == 0
    said = office.do("revoke", NUMBER, "--yes", by="wang")
    assert said.code == 1
    assert "to take a submission back" in said.err
    office.write("status: approved", "status: draft")
    assert office.git("commit", "-q", "-a", "-m", "back", fine=False).returncode == 0
