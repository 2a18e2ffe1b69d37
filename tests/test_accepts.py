"""What must be let through: honest work in every shape that git gives it (threats, must-accept cases N01 to N21).

Each landing is taken by the client's gates, by the server and by verify.
"""

from __future__ import annotations

import pytest

from docctl import server
from docctl.acts import draft, record, release, rules, sign

from .workshop import Workshop
from .workshop_base import issue, put_rules, read_people, settings, write_people

P01, P02 = "documents/procedures/ITSM-P-01", "documents/procedures/ITSM-P-02"
DAY = "2026-03-09"


def signed_on_a_topic(shop, number="ITSM-P-02", version="A/2", branch="topic", **changed):
    """A topic branch with a signed next version; the office is on it."""
    shop.git("checkout", "-q", "-b", branch, "main")
    shop.evidence(shop.next(number, version), **changed)
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", f"{number} {version}")


def act(shop, who, make, number, hour, **more):
    with shop.desk(who, f"{DAY}T{hour:02d}:00:00Z") as desk:
        return sign.sign(desk, make(desk, number, **more))


def test_n01_a_dirty_file_beside_a_clean_index(shop):
    shop.edit("ITSM-P-01")
    shop.put("notes.txt")
    shop.git("add", "notes.txt")
    assert "ITSM" not in shop.git("commit", "-m", "notes")
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_n02_a_draft_is_edited_freely_on_a_branch(shop):
    shop.git("checkout", "-q", "-b", "doc/ITSM-P-02/A-2")
    shop.next("ITSM-P-02", "A/2")
    shop.edit("ITSM-P-02", "^status: approved$", "status: draft")
    for _ in range(3):
        shop.edit("ITSM-P-02", r"\Z", "\n再写一句。\n")
        shop.git("commit", "-q", "-a", "-m", "draft")
        shop.git("push", "-q", "origin", "HEAD")


def test_a_draft_on_main_is_edited_freely(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n再写一句。\n")
    shop.git("commit", "-q", "-a", "-m", "draft")
    shop.accepted()
    shop.git("rm", "-rq", "documents/procedures/ITSM-P-03")
    shop.git("commit", "-q", "-m", "never released, so it may go")
    shop.accepted()


@pytest.mark.parametrize("way", ["merge", "squash", "cherry-pick", "rebase", "fast-forward", "am", "amend"])
def test_n03_signed_bytes_land_in_any_way(shop, way):
    signed_on_a_topic(shop)
    shop.git("checkout", "-q", "main")
    if way != "fast-forward":
        shop.put("README.md")
        shop.git("add", "-A")
        shop.git("commit", "-q", "-m", "readme")
    if way == "rebase":
        shop.git("rebase", "-q", "main", "topic")
        shop.git("checkout", "-q", "-B", "main")
    elif way == "am":
        shop.git("am", "-q", feed=(shop.git("format-patch", "-1", "--stdout", "--binary", "topic") + "\n").encode())
    else:
        words = {
            "merge": ["merge", "-q", "--no-ff", "-m", "x"],
            "squash": ["merge", "-q", "--squash"],
            "fast-forward": ["merge", "-q"],
        }
        shop.git(*words.get(way, ["cherry-pick"]), "topic")
    if way == "squash":
        shop.git("commit", "-q", "-m", "squashed")
    if way == "amend":
        shop.git("commit", "-q", "--amend", "-m", "another message")
    assert shop.accepted().statements


def test_n04_two_approvals_from_two_branches(shop):
    signed_on_a_topic(shop, review=None, cosign=None, approve=None, release=None)
    for branch, decision in (("one", "review"), ("two", "cosign")):
        shop.git("checkout", "-q", "-b", branch, "topic")
        shop.statement(decision, "ITSM-P-02", **{"cosign": {"signer": "zhou.ping"}}.get(decision, {}))
        shop.git("add", "-A")
        shop.git("commit", "-q", "-m", decision)
    shop.git("checkout", "-q", "topic")
    shop.git("merge", "-q", "-m", "one", "one")
    shop.git("merge", "-q", "-m", "two", "two")
    shop.statement("approve", "ITSM-P-02")
    shop.statement("release", "ITSM-P-02")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "release")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "land", "topic")
    shop.accepted()


def test_n05_line_ends_of_another_system(shop, tmp_path):
    shop.git("clone", "-q", "-c", "core.autocrlf=true", str(shop.server), str(tmp_path / "copy"), at=tmp_path)
    shop.office, digest = tmp_path / "copy", shop.digest("ITSM-P-01")
    assert shop.git("status", "--porcelain") == ""
    assert shop.digest("ITSM-P-01") == digest == shop.digest_at("ITSM-P-01")
    with shop.desk("wang.fang", f"{DAY}T00:10:00Z") as desk:
        draft.revise(desk, "ITSM-P-02", "minor", "改进", summary="细化")
    act(shop, "wang.fang", sign.submission, "ITSM-P-02", 1)
    for hour, (who, what) in enumerate((("li.ming", "review"), ("zhou.ping", "cosign"), ("zhao.lei", "approve")), start=2):
        act(shop, who, sign.decision, "ITSM-P-02", hour, what=what)
    with shop.desk("chen.jing", f"{DAY}T06:00:00Z") as desk:
        release.release(desk, release.batch(desk, ["ITSM-P-02"], effective="2026-03-16"))
    assert b"\r" not in shop._blob(f"HEAD:{P02}/index.md")
    shop.accepted()


def test_n06_numbers_are_counted_not_spelt(tmp_path, keys):
    """1.9, then 1.10, then 2.0; and 1.9 never again."""
    shop = numbered(tmp_path, keys)
    for day, version in enumerate([*(f"1.{minor}" for minor in range(11)), "2.0"], start=6):
        shop.day = f"2026-01-{day:02d}"
        shop.next("ITSM-G-01", version)
        shop.edit("ITSM-G-01", "class: [a-z]+", f"class: {'major' if version == '2.0' else 'minor'}")
        shop.evidence("ITSM-G-01", release={"effective_from": "2026-01-31"})
        shop.commit(version)
        shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    shop.accepted()
    shop.git("checkout", "-q", "HEAD~2", "--", "documents")
    assert shop.field("ITSM-G-01", "version") == "1.9"
    shop.commit("1.9 again")
    shop.refused("DC303", about=["ITSM-G-01"], says=["1.9", "2.0"])


def numbered(folder, keys) -> Workshop:
    """A library whose versions are numbers, with a draft of ITSM-G-01."""
    shop = Workshop(folder, keys)
    for place, words in ((shop.office, ()), (shop.server, ("--bare",))):
        shop.git("init", "-q", "-b", "main", *words, str(place), at=folder)
    (folder / "plain-config").write_bytes((shop.server / "config").read_bytes())
    shop.git("remote", "add", "origin", str(shop.server))
    put_rules(shop, settings().replace("version_scheme: edition", "version_scheme: number"))
    shop.day = "2026-01-05"
    shop.rules_record()
    shop.commit("begin")
    shop.put("documents/guidelines/ITSM-G-01/index.md", GUIDELINE)
    shop.commit("draft")
    shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    server.install(str(shop.server), rehearsal=True)
    return shop


GUIDELINE = """\
---
id: ITSM-G-01
title: 命名指南
type: guideline
version: '1.0'
language: zh-CN
status: draft
owner: department-head
department: operations
classification: internal
---

## 目的 {#purpose}

统一命名。
"""


def test_n07_newcomers_leavers_and_a_stricter_matrix_change_nothing_old(shop):
    before = shop.verdict().statements
    people = read_people(shop)
    people["people"]["zhao.lei"]["left"] = "2026-03-09"
    people["people"]["new.person"] = {**people["people"]["he.jun"], "roles": [], "keys": []}
    people["people"]["li.ming"]["keys"][0]["to"] = "2026-03-09"
    write_people(shop, people)
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8")
    stricter = "        - {step: 2, decision: approve, role: management-representative, count: 1}\n      editorial"
    assert stricter in text
    path.write_text(text.replace(stricter, stricter.replace("count: 1", "count: 2")), encoding="utf-8")
    shop.rules_record(reason="stricter")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "rules record 3")
    assert shop.accepted().statements == before


def test_n08_chinese_everywhere(shop):
    folder = "documents/信息 安全/ITSM-S-01-访问 控制"
    text = shop.text("ITSM-P-03").read_text(encoding="utf-8").replace("ITSM-P-03", "ITSM-S-01")
    shop.put(f"{folder}/index.md", text.replace("变更管理程序", "访问控制程序（试行）") + "\n全角标点：，。；！？ 表情 🙂。\n")
    shop.put(f"{folder}/图 1.png", b"\x89PNG\r\n\x1a\n")
    shop.evidence(shop.next("ITSM-S-01", "A/0"), approve={"comment": "同意发布 🙂"})
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "访问控制程序")
    shop.accepted()
    assert "Document: ITSM-S-01 A/0" in shop.git("log", "-1", "--format=%B")


def test_n12_rejected_corrected_and_approved_under_the_same_label(shop):
    shop.git("checkout", "-q", "-b", "topic")
    shop.next("ITSM-P-02", "A/2")
    shop.statement("submit", "ITSM-P-02", decided_at=f"{DAY}T00:10:00Z")
    shop.statement(
        "reject", "ITSM-P-02", signer="li.ming", role="department-head", comment="请补充", decided_at=f"{DAY}T00:20:00Z"
    )
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "rejected")
    shop.edit("ITSM-P-02", r"\Z", "\n已补充。\n")
    shop.evidence("ITSM-P-02")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "corrected")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "land", "topic")
    shop.accepted()


def test_a_rejection_taken_back_by_who_said_it(shop):
    shop.next("ITSM-P-02", "A/2")
    shop.statement("submit", "ITSM-P-02", decided_at=f"{DAY}T01:00:00Z")
    shop.commit("submitted")
    shop.git("branch", "-q", "-m", "main", "topic")
    shop.git("branch", "-q", "main", "origin/main")
    act(shop, "li.ming", sign.decision, "ITSM-P-02", 2, what="reject", comment="不明白")
    with shop.desk("li.ming", f"{DAY}T02:30:00Z") as desk:
        sign.sign(desk, sign.revocation(desk, "ITSM-P-02"))
    for hour, (who, what) in enumerate((("li.ming", "review"), ("zhou.ping", "cosign"), ("zhao.lei", "approve")), start=3):
        act(shop, who, sign.decision, "ITSM-P-02", hour, what=what)
    shop.statement("release", "ITSM-P-02", decided_at=f"{DAY}T06:00:00Z", supersedes=shop.digest_at("ITSM-P-02"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "release")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "land", "topic")
    shop.accepted()


def test_n15_withdrawn_and_replaced_by_another_number(shop):
    issue(shop, "procedure", "ITSM-P-05", "事件管理程序（新）", "2026-03-01", ["operations", "service-desk"])
    with shop.desk("wang.fang", "2026-03-09T01:00:00Z") as desk:
        sign.sign(desk, release.withdrawal(desk, "ITSM-P-02", "合并", replaced_by="ITSM-P-05"))
    with shop.desk("zhao.lei", "2026-03-09T02:00:00Z") as desk:
        sign.sign(desk, release.withdrawal(desk, "ITSM-P-02", "合并", replaced_by="ITSM-P-05"))
    with shop.desk("chen.jing", "2026-03-09T03:00:00Z") as desk:
        release.release(desk, release.batch(desk, ["ITSM-P-02"], effective="2026-03-16"))
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_n18_a_clone_without_gates(shop, tmp_path):
    shop.git("clone", "-q", str(shop.server), str(tmp_path / "copy"), at=tmp_path)
    assert not (tmp_path / "copy/.git/hooks").exists() or not list((tmp_path / "copy/.git/hooks").iterdir())
    shop.office = tmp_path / "copy"
    assert shop.accepted().assurance == "V1"


def test_n21_a_typing_error_takes_the_short_route(shop):
    with shop.desk("wang.fang", f"{DAY}T00:10:00Z") as desk:
        draft.revise(desk, "ITSM-P-02", "editorial", "错别字", summary="更正错别字")
    shop.edit("ITSM-P-02", "规定", "规 定")
    act(shop, "wang.fang", sign.submission, "ITSM-P-02", 1)
    act(shop, "zhao.lei", sign.decision, "ITSM-P-02", 2, what="approve")
    with shop.desk("chen.jing", f"{DAY}T03:00:00Z") as desk:
        release.release(desk, release.batch(desk, ["ITSM-P-02"], effective="2026-03-16"))
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_two_documents_in_one_landing(shop):
    for number in ("ITSM-P-01", "ITSM-P-02"):
        shop.evidence(shop.next(number, "A/1" if number == "ITSM-P-01" else "A/2"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "batch")
    shop.accepted()
    assert "Document: ITSM-P-01 A/1\nDocument: ITSM-P-02 A/2" in shop.git("log", "-1", "--format=%B")


def test_a_folder_moves_with_equal_bytes(shop):
    (shop.office / "documents/other").mkdir()
    shop.git("mv", P01, "documents/other/ITSM-P-01-变更")
    shop.git("commit", "-q", "-m", "moved")
    shop.accepted()


def test_a_withdrawn_text_stays_where_it_is(shop):
    shop.put("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "x")
    assert shop.accepted().fine


def test_one_landing_a_day_over_many_days(shop):
    for number in range(3):
        shop.evidence(shop.next("ITSM-P-02", f"A/{number + 2}"))
        shop.git("add", "-A")
        shop.git("commit", "-q", "-m", "x")
        shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    shop.accepted()


def test_a_topic_takes_in_what_main_got_meanwhile(shop):
    """New rules and other documents come into an open topic by a merge; the topic then lands (no false refusal)."""
    signed_on_a_topic(shop, "ITSM-P-01", "A/1")
    shop.git("checkout", "-q", "main")
    for reason in ("one", "two"):
        people = read_people(shop)
        people["people"][f"new.{reason}"] = {**people["people"]["he.jun"], "roles": [], "keys": []}
        write_people(shop, people)
        shop.rules_record(reason=reason)
        shop.git("add", "-A")
        shop.git("commit", "-q", "-m", f"rules: {reason}")
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "ITSM-P-02 A/2")
    shop.accepted()
    shop.git("checkout", "-q", "topic")
    shop.git("merge", "-q", "-m", "main meanwhile", "main")
    shop.git("push", "-q", "origin", "topic")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "land", "topic")
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_the_root_changes_itself(shop):
    import json

    from .workshop import canonical, public_key

    root = shop.root()
    root["keys"][0] = {"key": public_key(shop.keys, "root-mallory"), "person": "li.ming"}
    shop.put(".docctl/root.json", canonical(root))
    stem = shop.rules_record("sun.li", "chen.jing")
    shop.put(f"{stem}.li.ming.sig", shop.sign((shop.office / f"{stem}.json").read_bytes(), "root-mallory", "rules-v1@docctl"))
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "root")
    report = shop.accepted()
    assert report.root == shop.fingerprint  # the first root stays the one on paper
    assert json.loads((shop.office / ".docctl/root.json").read_bytes()) == root


def test_rules_are_proposed_and_signed(shop):
    with shop.desk("root-zhao.lei", f"{DAY}T01:00:00Z") as desk:
        path = shop.office / ".docctl/settings.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("review_interval: 24", "review_interval: 12"), encoding="utf-8")
        assert not rules.propose(desk, "review every year").landed
    with shop.desk("root-sun.li", f"{DAY}T02:00:00Z") as desk:
        assert rules.sign(desk).landed
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_records_are_made_and_sealed(shop):
    with shop.desk("li.ming", f"{DAY}T01:00:00Z") as desk:
        record.new(desk, "incident", "打印机故障")
    shop.git("push", "-q", "origin", "main")
    shop.edit("REC-INC-2026-002", r"\Z", "\n已修复。\n")
    shop.git("commit", "-q", "-a", "-m", "an open record is written on")
    with shop.desk("li.ming", f"{DAY}T02:00:00Z") as desk:
        _, statement, also = record.sealing(desk, "REC-INC-2026-002")
        record.seal(desk, statement, also)
    shop.git("push", "-q", "origin", "main")
    shop.accepted()


def test_a_periodic_review_keeps_a_version(shop):
    act(shop, "li.ming", sign.decision, "ITSM-P-01", 1, what="confirm")
    shop.accepted()


def test_readers_confirm_what_they_read(shop):
    shop.statement("acknowledge", "ITSM-P-01", signer="zhou.ping", role="department-head", supersedes=None)
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "read")
    shop.accepted()


def test_files_outside_control_are_free(shop):
    for path in ("README.md", "notes/a b.txt", "src/x.py", "docs/-odd", "tools/run.sh"):
        shop.put(path)
    (shop.office / "tools/run.sh").chmod(0o755)
    (shop.office / "link").symlink_to("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "x")
    shop.git("push", "-q", "origin", "main")
    shop.accepted()
