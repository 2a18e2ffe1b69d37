"""Forged histories, each named after the attacker's wish: texts, versions and lives of documents and records (threats A to C, G, K).

Every one is refused by the server, which moves nothing, and found by verify where no server stood in the way.
"""

from __future__ import annotations

from .layers import refused
from .workshop import PNG

P01, P02 = "ITSM-P-01 A/0", "ITSM-P-02 A/1"
FOLDER = "documents/procedures"


# -- a text in force -----------------------------------------------------------------------------------------------------


def test_to_change_a_text_in_force(shop):
    shop.edit("ITSM-P-01")
    digest = shop.digest("ITSM-P-01")
    shop.commit()
    shop.refused("DC301", about=[P01], says=[digest, shop.digest_at("ITSM-P-01"), "docctl revise ITSM-P-01"])


def test_to_change_it_by_one_invisible_blank(shop):
    shop.edit("ITSM-P-01", "。$", "。 ")
    shop.commit()
    shop.refused("DC301", about=[P01])


def test_to_swap_the_picture(shop):
    shop.put(f"{FOLDER}/ITSM-P-01/flow.png", PNG[:-1] + b"\x01")
    shop.commit()
    shop.refused("DC301", about=[P01], says=["flow.png"])


def test_to_slip_in_one_more_file(shop):
    shop.put(f"{FOLDER}/ITSM-P-01/extra.pdf")
    shop.commit()
    shop.refused("DC301", about=[P01], says=["extra.pdf"])


def test_to_take_a_file_away(shop):
    (shop.folder_of("ITSM-P-01") / "flow.png").unlink()
    shop.commit()
    shop.refused("DC301", about=[P01], says=["flow.png"])


def test_to_lower_the_classification(shop):
    shop.edit("ITSM-P-01", "^classification: internal$", "classification: public")
    refused(shop, "DC301", about=[P01])


def test_to_change_a_text_and_restore_it_in_the_same_push(shop):
    shop.edit("ITSM-P-01")
    evil = shop.commit("X")
    shop.git("revert", "--no-edit", "HEAD")
    assert shop.head() != evil
    shop.refused("DC301", about=[P01], bad="HEAD~1")


def test_to_hide_the_change_between_good_commits(shop):
    shop.put("README.md")
    shop.commit()
    shop.edit("ITSM-P-01")
    shop.commit("X")
    shop.put("NOTES.md")
    shop.commit()
    shop.refused("DC301", about=[P01], bad="HEAD~1")


# -- other ways of git to bring it ---------------------------------------------------------------------------------------


def side(shop, name, *, from_="main", evil=False):
    """A branch with a harmless file, or with an edit of ITSM-P-01."""
    shop.git("checkout", "-q", "-b", name, from_)
    if evil:
        shop.edit("ITSM-P-01")
    shop.put(f"notes/{name}.txt", name)
    made = shop.commit(name)
    shop.git("checkout", "-q", "main")
    return made


def test_to_bring_it_by_cherry_pick(shop):
    shop.git("cherry-pick", side(shop, "evil", evil=True))
    shop.refused("DC301", about=[P01])


def test_to_bring_it_by_fast_forward(shop):
    side(shop, "evil", evil=True)
    shop.git("merge", "-q", "--ff-only", "evil")
    shop.refused("DC301", about=[P01])


def test_to_bring_it_by_rebase(shop):
    side(shop, "evil", evil=True)
    shop.put("README.md")
    shop.commit()
    shop.git("rebase", "-q", "main", "evil")
    shop.refused("DC301", about=[P01])


def test_to_bring_it_by_squash(shop):
    side(shop, "evil", evil=True)
    shop.git("merge", "-q", "--squash", "evil")
    shop.commit()
    shop.refused("DC301", about=[P01])


def test_to_bring_it_by_a_mailed_patch(shop):
    side(shop, "evil", evil=True)
    patch = shop.git("format-patch", "-1", "--stdout", "--binary", "evil")
    shop.git("am", "-q", feed=(patch + "\n").encode())
    shop.refused("DC301", about=[P01])


def test_to_bring_it_by_revert_of_the_release(shop):
    shop.git("revert", "--no-edit", "-m", "1", release_of(shop, "ITSM-P-02 A/1"))
    shop.refused("DC601", about=["ITSM-P-02"])


def release_of(shop, label):
    return shop.git("log", "--first-parent", "--format=%H", "-F", f"--grep=Release {label}", "-1", "main")


def test_to_bring_it_by_an_honest_looking_merge(shop):
    side(shop, "evil", evil=True)
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", "merge", "evil")
    shop.refused("DC301", about=[P01])


def test_to_do_it_inside_the_merge_commit(shop):
    side(shop, "good")
    shop.git("merge", "-q", "--no-ff", "--no-commit", "good")
    shop.edit("ITSM-P-01")
    shop.commit("merge")
    assert not shop.git("log", "-p", "--format=", "-1")  # what people look at shows nothing
    shop.refused("DC301", about=[P01])


def test_to_let_the_third_head_of_an_octopus_do_it(shop):
    for name in ("o1", "o2"):
        side(shop, name)
    side(shop, "o3", evil=True)
    shop.put("README.md")
    shop.commit()
    shop.git("merge", "-q", "--no-verify", "-m", "octopus", "o1", "o2", "o3")
    assert len(shop.git("log", "-1", "--format=%P").split()) == 4
    shop.refused("DC301", about=[P01])


def test_to_take_the_merge_with_ours_swapped(shop):
    side(shop, "evil", evil=True)
    shop.git("merge", "-q", "--no-verify", "-s", "recursive", "-X", "theirs", "-m", "x", "evil")
    if len(shop.git("log", "-1", "--format=%P").split()) == 1:
        shop.put("README.md")
        shop.commit()
        shop.refused("DC301", about=[P01], bad="HEAD~1")
    else:
        shop.refused("DC301", about=[P01])


def test_to_build_the_commit_by_plumbing(shop):
    path = f"{FOLDER}/ITSM-P-01/index.md"
    key = shop.git("hash-object", "-w", "--stdin", feed=b"EVIL\n")
    shop.git("update-index", "--cacheinfo", f"100644,{key},{path}")
    commit = shop.git("commit-tree", shop.git("write-tree"), "-p", "HEAD", "-m", "x")
    shop.git("update-ref", "HEAD", commit)
    shop.refused("DC101", about=["ITSM-P-01"], says=[path])


def test_to_join_an_unrelated_history(shop):
    shop.git("checkout", "-q", "--orphan", "other")
    shop.git("rm", "-rfq", ".")
    shop.put("other.txt")
    shop.commit("other")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-verify", "--allow-unrelated-histories", "-m", "join", "other")
    join = shop.head()
    before = shop.refs()
    ran = shop.land()
    assert ran.code == 1
    assert "second root commit" in ran.said
    assert "→" in ran.said
    assert shop.refs() == before
    shop.put("README.md")
    shop.commit()
    report = shop.verdict()
    assert report.bad == join
    assert [item.code for item in report.findings] == ["DC602"]


# -- versions ------------------------------------------------------------------------------------------------------------


def test_to_release_without_any_record(shop):
    shop.next("ITSM-P-02", "A/2")
    shop.commit()
    shop.refused("DC202", about=["ITSM-P-02 A/2"], says=["review by Department head", "approve by Management representative"])


def test_to_skip_a_version(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/3"))
    shop.commit()
    shop.refused("DC302", about=["ITSM-P-02"], says=["A/3", "A/2"])


def test_to_bring_back_the_replaced_version(shop):
    old = shop.git("log", "--first-parent", "--format=%H", "-F", "--grep=Release ITSM-P-02 A/0", "-1", "main")
    shop.git("checkout", "-q", old, "--", f"{FOLDER}/ITSM-P-02")
    shop.commit()
    shop.refused("DC303", about=["ITSM-P-02"], says=["A/0", "A/1"])


def test_to_land_a_second_text_under_a_released_label(shop):
    shop.edit("ITSM-P-02", r"\Z", "\n另一份 A/1。\n")
    shop.evidence("ITSM-P-02")
    shop.commit()
    shop.refused("DC313", about=["ITSM-P-02"])


def test_to_land_what_was_built_on_a_version_that_is_gone(shop):
    first = shop.digest_at("ITSM-P-02", release_of(shop, "ITSM-P-02 A/0"))
    shop.next("ITSM-P-02", "A/2")
    shop.evidence("ITSM-P-02", **{each: {"supersedes": first} for each in ("submit", "review", "cosign", "approve", "release")})
    shop.commit()
    shop.refused("DC216", about=["ITSM-P-02 A/2"], says=[first])


def test_to_land_two_steps_at_once(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.evidence(shop.next("ITSM-P-02", "A/3"))
    shop.commit()
    shop.refused("DC314", about=["ITSM-P-02"])


def test_to_say_a_later_version_was_in_force_earlier(shop):
    shop.day = "2026-02-13"
    shop.evidence(shop.next("ITSM-P-02", "A/2"), release={"effective_from": "2026-02-14"})
    shop.commit()
    shop.refused("DC312", about=["ITSM-P-02 A/2"], says=["2026-02-14", "2026-02-19"])


def test_to_backdate_the_day_of_force(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"), release={"effective_from": "2026-03-01"})
    shop.commit()
    shop.refused("DC214", about=["ITSM-P-02"], says=["2026-03-01", "2026-03-09"])


def test_to_release_the_first_draft_under_a_later_label(shop):
    shop.evidence(shop.next("ITSM-P-03", "B/0"))
    shop.commit()
    shop.refused("DC302", about=["ITSM-P-03"], says=["A/0"])


# -- the life of a document ----------------------------------------------------------------------------------------------


def test_to_delete_a_document_in_force(shop):
    shop.git("rm", "-rq", f"{FOLDER}/ITSM-P-01")
    refused(shop, "DC304", about=["ITSM-P-01"], says=["docctl withdraw ITSM-P-01"])


def test_to_delete_it_with_its_evidence(shop):
    shop.git("rm", "-rq", f"{FOLDER}/ITSM-P-01", "statements/ITSM-P-01")
    refused(shop, "DC601", about=["ITSM-P-01"])


def test_to_lower_the_status_quietly(shop):
    shop.edit("ITSM-P-01", "^status: approved$", "status: draft")
    refused(shop, "DC306", about=[P01])


def test_to_withdraw_without_anybody(shop):
    shop.edit("ITSM-P-01", "^status: approved$", "status: withdrawn\nwithdrawal: {reason: 不再使用}")
    refused(shop, "DC202", about=[P01], says=["withdraw"])


def test_to_revive_a_withdrawn_document(shop):
    shop.edit("ITSM-P-04", "^status: withdrawn$", "status: approved")
    shop.edit("ITSM-P-04", r"^withdrawal:(?:\n  .*)+\n|^withdrawal: .*\n", "")
    refused(shop, "DC305", about=["ITSM-P-04"])


def test_to_revive_it_as_the_next_version_with_fresh_signatures(shop):
    shop.edit("ITSM-P-04", "^status: withdrawn$", "status: approved")
    shop.edit("ITSM-P-04", r"^withdrawal:(?:\n  .*)+\n|^withdrawal: .*\n", "")
    shop.evidence(shop.next("ITSM-P-04", "A/1"))
    refused(shop, "DC305", about=["ITSM-P-04"])


def test_to_swap_the_number(shop):
    shop.edit("ITSM-P-01", "^id: ITSM-P-01$", "id: ITSM-P-09")
    refused(shop, "DC103", about=["ITSM-P-01"])


def test_to_let_a_document_vanish_behind_a_new_number(shop):
    shop.git("mv", f"{FOLDER}/ITSM-P-01", f"{FOLDER}/ITSM-P-09")
    shop.edit("ITSM-P-09", "^id: ITSM-P-01$", "id: ITSM-P-09")
    shop.edit("ITSM-P-09", "^status: approved$", "status: draft")
    refused(shop, "DC304", about=[P01])


def test_to_let_two_folders_claim_one_number(shop):
    shop.put("documents/other/ITSM-P-01-copy/index.md", shop.text("ITSM-P-01").read_bytes() + b"EVIL\n")
    refused(shop, "DC104", about=["ITSM-P-01"])


def test_to_put_a_copy_before_the_true_one(shop):
    shop.put("documents/a/ITSM-P-01/index.md", shop.text("ITSM-P-01").read_bytes() + b"EVIL\n")
    refused(shop, "DC104", about=["ITSM-P-01"])


def test_to_release_an_empty_text(shop):
    text = shop.text("ITSM-P-03")
    text.write_text(text.read_text(encoding="utf-8").split("\n## ", 1)[0] + "\n", encoding="utf-8")
    shop.edit("ITSM-P-03", "^status: draft$", "status: approved")
    shop.edit("ITSM-P-03", ", section: purpose", "")
    shop.evidence("ITSM-P-03")
    refused(shop, "DC110", about=["ITSM-P-03 A/0"])


# -- evidence and records only grow --------------------------------------------------------------------------------------


def some_statement(shop, number, what=".approve."):
    return next(path for path in sorted((shop.office / "statements" / number).rglob("*.json")) if what in path.name)


def test_to_take_an_approval_away(shop):
    path = some_statement(shop, "ITSM-P-01")
    path.unlink()
    path.with_suffix(".sig").unlink()
    refused(shop, "DC601", about=[path.name])


def test_to_edit_an_approval(shop):
    path = some_statement(shop, "ITSM-P-01")
    path.write_bytes(path.read_bytes().replace(b'"comment":""', b'"comment":"fine"'))
    refused(shop, "DC601", about=[path.name])


def test_to_replace_a_signature(shop):
    path = some_statement(shop, "ITSM-P-01").with_suffix(".sig")
    path.write_bytes(path.read_bytes() + b"\n")
    refused(shop, "DC601", about=[path.name])


def test_to_edit_a_sealed_record(shop):
    shop.edit("REC-INC-2026-001", "两小时", "两分钟")
    refused(shop, "DC503", about=["REC-INC-2026-001"])


def test_to_delete_a_sealed_record(shop):
    shop.git("rm", "-rq", shop.folder_of("REC-INC-2026-001").relative_to(shop.office).as_posix())
    refused(shop, "DC504", about=["REC-INC-2026-001"])


def test_to_put_an_attachment_to_a_sealed_record(shop):
    folder = shop.folder_of("REC-INC-2026-001").relative_to(shop.office).as_posix()
    shop.put(f"{folder}/proof.txt")
    refused(shop, "DC503", about=["REC-INC-2026-001"], says=["proof.txt"])


def test_to_seal_other_bytes_on_top(shop):
    shop.edit("REC-INC-2026-001", "两小时", "两分钟")
    shop.statement("seal", "REC-INC-2026-001", signer="li.ming", role="department-head")
    refused(shop, "DC503", about=["REC-INC-2026-001"])


def test_to_move_a_sealed_record_into_another_year(shop):
    folder = shop.folder_of("REC-INC-2026-001").relative_to(shop.office).as_posix()
    shop.git("rm", "-rq", "--cached", folder)
    (shop.office / "records/incident/2027").mkdir()
    (shop.office / folder).rename(shop.office / "records/incident/2027/REC-INC-2026-001")
    shop.commit()
    said = shop.land().said
    assert "DC502" in said or shop.verdict().fine  # bytes are the same; a place carries no authority
