"""Forged evidence, each named after the attacker's wish: statements, signatures, signers and times (threats D, E14 to E18, F)."""

from __future__ import annotations

import uuid

import pytest

from .workshop import run

P02 = "ITSM-P-02 A/2"


@pytest.fixture
def candidate(shop):
    """The next version of ITSM-P-02 lies in the office, signed by nobody yet."""
    return shop.next("ITSM-P-02", "A/2")


def refused(shop, *codes, **more):
    shop.commit()
    return shop.refused(*codes, **more)


# -- replay --------------------------------------------------------------------------------------------------------------


def test_to_use_an_approval_of_another_document(shop, candidate):
    shop.evidence(candidate, approve=None)
    source = next((shop.office / "statements/ITSM-P-01/A-0").glob("*.approve.*.json"))
    for path in (source, source.with_suffix(".sig")):
        shop.put(f"statements/ITSM-P-02/A-2/{path.name}", path.read_bytes())
    refused(shop, "DC206", "DC202", about=[P02, source.name], says=["statements/ITSM-P-01/A-0"])


def test_to_use_an_approval_of_another_version(shop, candidate):
    shop.evidence(candidate, approve=None)
    source = next((shop.office / "statements/ITSM-P-02/A-1").glob("*.approve.*.json"))
    for path in (source, source.with_suffix(".sig")):
        shop.put(f"statements/ITSM-P-02/A-2/{path.name}", path.read_bytes())
    refused(shop, "DC206", "DC202", about=[P02, source.name])


def test_to_use_an_approval_of_another_repository(shop, candidate):
    other = str(uuid.uuid4())
    shop.evidence(candidate, approve={"repository": other})
    refused(shop, "DC206", about=["ITSM-P-02"], says=[f"repository {other}"])


def test_to_keep_the_approval_and_change_the_text(shop, candidate):
    shop.evidence(candidate)
    shop.edit(candidate, r"\Z", "\n偷偷加一句。\n")
    refused(shop, "DC301", "DC314", about=[P02])


def test_to_keep_the_approval_change_the_text_and_release_that(shop, candidate):
    shop.evidence(candidate, release=None)
    shop.edit(candidate, r"\Z", "\n偷偷加一句。\n")
    shop.statement("release", candidate)
    refused(shop, "DC202", about=[P02], says=["submit, review by Department head"])


def test_to_approve_other_bytes_than_those_that_land(shop, candidate):
    shop.evidence(candidate, approve={"digest": "sha256:" + "0" * 64})
    refused(shop, "DC202", about=[P02], says=["approve by Management representative"])


# -- signatures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", ["git", "file", "rules-v1@docctl", "statement-v1@docctl "])
def test_to_use_a_signature_made_for_something_else(shop, candidate, namespace):
    shop.evidence(candidate, approve={"namespace": namespace})
    refused(shop, "DC203", about=["ITSM-P-02", "zhao.lei.approve"], says=["statement-v1@docctl"])


def test_to_sign_for_somebody_else(shop, candidate):
    shop.evidence(candidate, approve={"key": "wang.fang"})
    refused(shop, "DC205", about=["ITSM-P-02", "zhao.lei.approve"], says=["belongs to wang.fang"])


def test_to_sign_with_a_key_that_nobody_registered(shop, candidate):
    shop.evidence(candidate, approve={"key": "mallory"})
    refused(shop, "DC205", about=["ITSM-P-02"], says=["nobody"])


def test_to_sign_with_a_root_key(shop, candidate):
    shop.evidence(candidate, approve={"key": "root-zhao.lei"})
    refused(shop, "DC205", about=["ITSM-P-02"])


def test_to_sign_as_somebody_who_is_not_registered(shop, candidate):
    shop.evidence(candidate, approve={"signer": "mallory", "key": "mallory"})
    refused(shop, "DC204", about=["ITSM-P-02", "mallory"], says=["not a registered person"])


def test_to_let_a_robot_approve(shop, candidate):
    shop.evidence(candidate, approve={"signer": "ci.bot"})
    refused(shop, "DC204", about=["ITSM-P-02", "ci.bot"], says=["robot"])


def test_to_sign_with_a_certificate(shop, candidate, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "ca", at=keys)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "me", at=keys)
    assert run("ssh-keygen", "-q", "-s", "ca", "-I", "zhao", "-n", "zhao.lei", "me.pub", at=keys).code == 0
    shop.evidence(candidate, approve={"key": str(keys / "me-cert.pub")})
    refused(shop, "DC203", about=["ITSM-P-02"], says=["certificates are not accepted"])


@pytest.mark.parametrize("damage", ["", "x", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"])
def test_to_file_something_that_is_no_signature(shop, candidate, damage):
    stem = shop.evidence(candidate)[3]
    shop.put(f"{stem}.sig", damage)
    refused(shop, "DC203", about=["ITSM-P-02", stem])


def test_to_file_a_statement_without_its_signature(shop, candidate):
    stem = shop.evidence(candidate)[3]
    (shop.office / f"{stem}.sig").unlink()
    refused(shop, "DC218", about=["ITSM-P-02", stem], says=["no signature beside the statement"])


def test_to_file_a_signature_without_its_statement(shop, candidate):
    stem = shop.evidence(candidate)[3]
    (shop.office / f"{stem}.json").unlink()
    refused(shop, "DC218", about=["ITSM-P-02", stem], says=["signature without a statement"])


def test_to_change_a_statement_after_signing(shop, candidate):
    stem = shop.statement("approve", candidate, decided_at="2026-03-09T04:00:00Z")
    data = (shop.office / f"{stem}.json").read_bytes()
    shop.evidence(candidate)
    shop.put(f"{stem}.json", data.replace(b'"comment":""', b'"comment":"!"'))
    refused(shop, "DC203", "DC206", about=["ITSM-P-02"])


# -- who may -------------------------------------------------------------------------------------------------------------


def test_to_review_one_s_own_text(shop, candidate):
    shop.evidence(candidate, submit={"signer": "li.ming", "role": "department-head"})
    refused(shop, "DC208", "DC202", about=[P02, "li.ming"], says=["prepared this version"])


def test_to_approve_one_s_own_text_prepared_in_another_name(shop, candidate):
    shop.evidence(candidate, submit={"signer": "zhao.lei", "role": "management-representative"})
    refused(shop, "DC208", about=[P02, "zhao.lei"])


def test_to_resubmit_in_another_name_to_hide_the_author(shop, candidate):
    shop.statement("submit", candidate, signer="zhao.lei", role="management-representative", decided_at="2026-03-09T00:30:00Z")
    shop.edit(candidate, r"\Z", "\n再改一句。\n")
    shop.evidence(candidate)
    refused(shop, "DC208", about=[P02, "zhao.lei"])


def test_to_fill_two_slots_with_one_person(shop):
    shop.edit("ITSM-M-01", "^version: A/0$", "version: A/1")
    manual = shop.next("ITSM-M-01", "A/1")
    shop.evidence(manual, review={"signer": "sun.li", "role": "management-representative"})
    refused(shop, "DC202", about=["ITSM-M-01 A/1"])


def test_to_count_one_person_twice(shop):
    text = shop.text("ITSM-P-01").read_text(encoding="utf-8").replace("ITSM-P-01", "ITSM-G-01").replace("procedure", "guideline")
    shop.put("documents/guidelines/ITSM-G-01/index.md", text.replace("![流程图](flow.png)", ""))
    shop.day = "2026-01-20"
    twice = {"signer": "wu.gang", "key": "wu.gang", "decided_at": "2026-01-20T04:00:00Z"}
    shop.evidence("ITSM-G-01", approve=twice)
    again = {"signer": "wu.gang", "key": "wu.gang-new", "decided_at": "2026-02-20T04:00:00Z", "rules": 2}
    shop.statement("approve", "ITSM-G-01", role="department-head", **again)
    refused(shop, "DC202", about=["ITSM-G-01 A/0"])


def test_to_count_one_person_twice_with_one_key(shop):
    text = shop.text("ITSM-P-01").read_text(encoding="utf-8").replace("ITSM-P-01", "ITSM-G-01").replace("procedure", "guideline")
    shop.put("documents/guidelines/ITSM-G-01/index.md", text.replace("![流程图](flow.png)", ""))
    shop.evidence("ITSM-G-01", approve={"signer": "li.ming"})
    shop.statement("approve", "ITSM-G-01", signer="li.ming", role="department-head", comment="again")
    refused(shop, "DC202", about=["ITSM-G-01 A/0"], says=["approve by Department head"])


def test_to_sign_in_a_role_that_one_does_not_hold(shop, candidate):
    shop.evidence(candidate, approve={"signer": "li.ming"}, review={"signer": "wu.gang", "key": "wu.gang-new"})
    refused(shop, "DC207", about=["ITSM-P-02", "li.ming"], says=["does not hold the role management-representative"])


def test_to_sign_for_another_department(shop, candidate):
    shop.evidence(candidate, review={"signer": "zhou.ping"}, cosign={"signer": "li.ming"})
    refused(shop, "DC202", about=[P02], says=["review by Department head (operations)"])


def test_to_sign_for_a_level_above_one_s_own(shop, candidate):
    shop.evidence(candidate, approve={"signer": "he.jun"})
    refused(shop, "DC207", about=["ITSM-P-02", "he.jun"], says=["for level 3, 4, not for level 2"])


def test_to_leave_the_reviewer_out(shop, candidate):
    shop.evidence(candidate, review=None)
    refused(shop, "DC202", about=[P02], says=["missing: review by Department head (operations)"])


def test_to_leave_the_cosigning_department_out(shop, candidate):
    shop.evidence(candidate, cosign=None)
    refused(shop, "DC202", about=[P02], says=["cosign by Department head (service-desk)"])


def test_to_leave_the_author_out(shop, candidate):
    shop.evidence(candidate, submit=None)
    refused(shop, "DC202", about=[P02], says=["missing: submit"])


def test_to_land_without_the_controller(shop, candidate):
    shop.evidence(candidate, release=None)
    refused(shop, "DC213", about=[P02], says=["Document controller"])


def test_to_release_what_one_approved(shop, candidate):
    shop.evidence(candidate, release={"signer": "zhao.lei", "role": "document-controller"})
    refused(shop, "DC207", about=["ITSM-P-02", "zhao.lei"])


# -- contradictions ------------------------------------------------------------------------------------------------------


def test_to_outvote_a_rejection(shop, candidate):
    shop.evidence(candidate)
    shop.statement("reject", candidate, signer="wu.gang", key="wu.gang-new", role="department-head", comment="第 3 条有误")
    refused(shop, "DC210", about=[P02, "wu.gang"], says=["2026-03-09", "第 3 条有误", "docctl revoke"])


def test_to_say_yes_and_no(shop, candidate):
    shop.evidence(candidate)
    shop.statement("reject", candidate, signer="zhao.lei", role="management-representative", comment="还不行")
    refused(shop, "DC211", "DC210", about=[P02, "zhao.lei"])


def test_to_take_back_somebody_else_s_rejection(shop, candidate):
    shop.evidence(candidate)
    no = shop.statement("reject", candidate, signer="wu.gang", key="wu.gang-new", role="department-head", comment="不行")
    target = "sha256:" + run("sha256sum", f"{no}.json", at=shop.office).said.split()[0]
    shop.statement("revoke", candidate, signer="zhao.lei", role="management-representative", target=target)
    refused(shop, "DC221", "DC210", about=["ITSM-P-02", "zhao.lei"], says=["it is wu.gang's"])


def test_to_take_back_what_brought_a_version_into_force(shop):
    release = next((shop.office / "statements/ITSM-P-02/A-1").glob("*.release.*.json"))
    target = "sha256:" + run("sha256sum", str(release), at=shop.office).said.split()[0]
    before = shop.digest_at("ITSM-P-02", "origin/main")
    more = {"signer": "chen.jing", "role": "document-controller", "target": target, "digest": before}
    shop.statement("revoke", "ITSM-P-02", **more)
    refused(shop, "DC221", about=["ITSM-P-02"], says=["is released"])


def test_to_approve_before_anybody_reviewed(shop, candidate):
    shop.evidence(candidate, approve={"decided_at": "2026-03-09T01:30:00Z"})
    refused(shop, "DC212", about=[P02, "zhao.lei"])


# -- spelling ------------------------------------------------------------------------------------------------------------

SPELLINGS = {
    "spaces": lambda data: data.replace(b'","', b'", "'),
    "key-order": lambda data: data.replace(b'{"comment":"",', b"{", 1).replace(b"}\n", b',"comment":""}\n'),
    "escapes": lambda data: data.replace(b'"zhao.lei"', b'"zhao\\u002elei"'),
    "no-line-end": lambda data: data.rstrip(b"\n"),
    "two-line-ends": lambda data: data + b"\n",
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "number": lambda data: data.replace(b'"rules":2', b'"rules":2.0'),
    "double-key": lambda data: data.replace(b'{"comment":"",', b'{"comment":"","comment":"",'),
    "utf-16": lambda data: data.decode().encode("utf-16"),
}
FIELDS = {
    "schema-v2": {"schema": "docctl/statement/v2"},
    "decision-unknown": {"instead": "approved"},
    "decision-loud": {"instead": "APPROVE"},
    "digest-md5": {"digest": "md5:" + "0" * 32},
    "digest-sha1": {"digest": "sha1:" + "0" * 40},
    "digest-bare": {"digest": "0" * 64},
    "digest-upper": {"digest": "sha256:" + "A" * 64},
    "digest-short": {"digest": "sha256:" + "0" * 63},
    "comment-bidi": {"comment": "ok\u202e"},
    "comment-colour": {"comment": "\x1b[31m"},
    "comment-object": {"comment": {"a": "b"}},
    "comment-long": {"comment": "长" * 501},
    "extra": {"bypass": "true"},
    "time-zone": {"decided_at": "2026-03-09T12:00:00+08:00"},
    "time-impossible": {"decided_at": "2026-02-30T12:00:00Z"},
    "time-far": {"decided_at": "2126-03-09T12:00:00Z"},
    "rules-text": {"rules": "2"},
    "rules-zero": {"rules": 0},
    "role-null": {"role": None},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_to_spell_a_signed_statement_in_another_way(shop, candidate, spelling):
    stem = shop.evidence(candidate, approve={"respelt": SPELLINGS[spelling]})[3]
    refused(shop, "DC101", about=["ITSM-P-02", stem])


@pytest.mark.parametrize("field", FIELDS)
def test_to_say_something_that_docctl_does_not_know(shop, candidate, field):
    stem = shop.evidence(candidate, approve=FIELDS[field])[3]
    refused(shop, "DC105" if field == "decision-loud" else "DC101", about=["ITSM-P-02", stem])


def test_to_leave_a_field_out(shop, candidate):
    stem = shop.evidence(candidate, approve={"respelt": lambda data: data.replace(b'"supersedes":', b'"superseded":')})[3]
    refused(shop, "DC101", about=["ITSM-P-02", stem])


def test_to_file_it_under_another_name(shop, candidate):
    stem = shop.evidence(candidate, approve=None, release={})[0]
    made = shop.statement("approve", candidate)
    for ending in ("json", "sig"):
        path = shop.office / f"{made}.{ending}"
        path.rename(path.with_name(f"zhao.lei.approve.{'0' * 12}.{ending}"))
    refused(shop, "DC206", about=["ITSM-P-02"], says=["0" * 12])
    assert stem


# -- time ----------------------------------------------------------------------------------------------------------------


def test_to_decide_tomorrow(shop, candidate):
    shop.evidence(candidate, approve={"decided_at": "2026-03-11T04:00:00Z"}, release={"decided_at": "2026-03-11T05:00:00Z"})
    shop.commit()
    ran = shop.land()
    assert ran.code == 1
    assert "DC222" in ran.said
    assert "which is in the future (the clock here says 2026-03-10T01:00:00Z)" in ran.said
    assert "Traceback" not in ran.said
    assert shop.verdict().fine  # verify never looks at a clock


def test_to_land_an_old_stock_of_approvals(shop, candidate):
    shop.evidence(
        candidate, **{each: {"decided_at": "2026-02-06T02:00:00Z"} for each in ("submit", "review", "cosign", "approve")}
    )
    refused(shop, "DC215", about=[P02], says=["limit 30"])


def test_to_decide_before_the_role_began(shop, candidate):
    shop.evidence(candidate, review={"decided_at": "2026-01-04T02:00:00Z"})
    refused(shop, "DC207", about=["ITSM-P-02", "li.ming"], says=["2026-01-05"])


def test_to_sign_with_an_expired_key(shop, candidate):
    shop.evidence(candidate, review={"signer": "wu.gang", "key": "wu.gang"})
    refused(shop, "DC207", about=["ITSM-P-02", "wu.gang"], says=["2026-01-31"])


def test_to_sign_with_an_expired_key_backdated(shop, candidate):
    shop.evidence(candidate, review={"signer": "wu.gang", "key": "wu.gang", "decided_at": "2026-01-30T02:00:00Z", "rules": 1})
    refused(shop, "DC217", about=["ITSM-P-02", "wu.gang"], says=["closed this key"])


def test_to_sign_before_a_key_was_one_s_own(shop, candidate):
    shop.evidence(candidate, review={"signer": "wu.gang", "key": "wu.gang-new", "decided_at": "2026-01-31T02:00:00Z", "rules": 1})
    refused(shop, "DC207", about=["ITSM-P-02", "wu.gang"], says=["2026-02-01"])


def test_to_sign_after_leaving(shop, candidate):
    shop.evidence(candidate, approve={"signer": "qian.wei"})
    refused(shop, "DC217", about=["ITSM-P-02", "qian.wei"], says=["left 2026-01-31"])


def test_to_sign_after_leaving_backdated_to_the_last_day(shop, candidate):
    shop.evidence(candidate, approve={"signer": "qian.wei", "decided_at": "2026-01-31T04:00:00Z", "rules": 1})
    refused(shop, "DC217", about=["ITSM-P-02", "qian.wei"], says=["no longer registered"])


def test_to_cite_rules_that_came_later(shop, candidate):
    shop.evidence(candidate, approve={"decided_at": "2026-01-30T04:00:00Z", "rules": 2})
    refused(shop, "DC223", about=["ITSM-P-02"], says=["rules record 2"])


def test_to_cite_rules_that_do_not_stand(shop, candidate):
    shop.evidence(candidate, approve={"rules": 7})
    refused(shop, "DC223", about=["ITSM-P-02"], says=["rules record 7"])
