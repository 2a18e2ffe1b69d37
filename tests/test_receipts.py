"""The server's receipts and an outside checkpoint: what they add to a verified history, and what their forging looks like."""

from __future__ import annotations

import json
import os

import pytest

from docctl import checkpoint, server, sshsig
from docctl.assurance import verify
from docctl.core.errors import DocctlError, Refusal
from docctl.core.receipt import write
from docctl.receipts import REF, Server, chain, complete
from docctl.repository import Repository

from .workshop import run
from .workshop_base import read_people, write_people

EARLY, LATE = "2026-03-10T08:00:00Z", "2026-03-11T08:00:00Z"


@pytest.fixture
def witnessed(shop, tmp_path):
    """A server that signs receipts, with its key in the rules, and one receipt for all that landed so far."""
    key = tmp_path / "server-key"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key), at=tmp_path)
    public = " ".join((tmp_path / "server-key.pub").read_text().split()[:2])
    settings = shop.office / ".docctl/settings.yaml"
    settings.write_text(settings.read_text() + f"server_keys: ['{public}']\n")
    shop.rules_record()
    shop.commit("server key")
    assert shop.land().code == 0
    with Repository.open(str(shop.server)) as repository:
        complete(repository, Server(shop.root()["repository"], str(key)), "main", "", repository.resolve("main") or "", EARLY)
    shop.key_file = str(key)
    return shop


def judged(shop, **more):
    with Repository.open(str(shop.server)) as repository:
        return verify(repository, "main", root=shop.fingerprint, **more)


def more(shop, old, now):
    with Repository.open(str(shop.server)) as repository:
        there = Server(shop.root()["repository"], shop.key_file)
        return complete(repository, there, "main", old, repository.resolve("main") or "", now)


def test_receipts_raise_the_assurance_to_v2(witnessed):
    report = judged(witnessed)
    assert (report.fine, report.assurance, report.witnessed) == (True, "V2", report.commits)


def test_without_receipts_it_stays_v1(shop):
    report = judged(shop)
    assert (report.assurance, report.witnessed) == ("V1", 0)


def test_a_state_without_a_receipt_is_told_and_keeps_v1(witnessed):
    witnessed.put("notes.txt")
    witnessed.commit("notes")
    assert witnessed.land().code == 0
    report = judged(witnessed)
    assert (report.fine, report.assurance, report.witnessed) == (True, "V1", report.commits - 1)


def test_a_missed_receipt_is_completed_at_the_next_push_and_marked_late(witnessed):
    for name in ("one", "two"):
        witnessed.put(f"{name}.txt")
        witnessed.commit(name)
        assert witnessed.land().code == 0
    old = witnessed.head("main~1", at=witnessed.server)
    written = more(witnessed, old, LATE)
    assert [(receipt.n, receipt.late) for receipt in written] == [(2, 1), (3, 0)]
    assert judged(witnessed).assurance == "V2"


def test_the_same_state_gets_one_receipt(witnessed):
    assert more(witnessed, "", LATE) == []


def test_to_drop_a_receipt_from_the_chain(witnessed):
    for name in ("one", "two"):
        witnessed.put(f"{name}.txt")
        witnessed.commit(name)
        old = witnessed.head("main", at=witnessed.server)
        assert witnessed.land().code == 0
        more(witnessed, old, LATE)
    third, first = (witnessed.head(name, at=witnessed.server) for name in (REF, f"{REF}~2"))
    tree = witnessed.git("rev-parse", f"{third}^{{tree}}", at=witnessed.server).strip()
    forged = witnessed.git("commit-tree", "-p", first, "-m", "x", tree, at=witnessed.server).strip()
    witnessed.git("update-ref", REF, forged, at=witnessed.server)
    report = judged(witnessed)
    assert not report.fine
    assert report.findings[0].code == "DC602"
    assert "broken after 1" in report.findings[0].message("en")


def test_to_sign_receipts_with_a_key_that_is_not_in_the_rules(shop, tmp_path):
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other"), at=tmp_path)
    with Repository.open(str(shop.server)) as repository:
        complete(
            repository,
            Server(shop.root()["repository"], str(tmp_path / "other")),
            "main",
            "",
            repository.resolve("main") or "",
            EARLY,
        )
    assert [finding.code for finding in judged(shop).findings] == ["DC602"]


def test_a_chain_that_is_no_chain_cannot_be_checked(witnessed):
    witnessed.git("update-ref", REF, "refs/heads/main", at=witnessed.server)
    with pytest.raises(DocctlError) as caught:
        judged(witnessed)
    assert caught.value.exit_code == 3


def test_a_push_gets_its_receipt_from_the_server_itself(witnessed):
    server.install(str(witnessed.server), root=witnessed.fingerprint, key=witnessed.key_file)
    witnessed.put("notes.txt")
    witnessed.commit("notes")
    assert witnessed.land().code == 0
    with Repository.open(str(witnessed.server)) as repository:
        receipts = chain(repository).receipts
    assert receipts[-1].receipt.commit == witnessed.head("main", at=witnessed.server)
    assert receipts[-1].receipt.rehearsal == 0
    assert judged(witnessed).assurance == "V2"


def test_a_push_is_taken_in_when_its_receipt_cannot_be_written(witnessed):
    server.install(str(witnessed.server), root=witnessed.fingerprint, key=witnessed.key_file)
    os.rename(witnessed.key_file, witnessed.key_file + ".gone")
    witnessed.put("notes.txt")
    witnessed.commit("notes")
    said = witnessed.land()
    assert said.code == 0
    assert "receipt is not written yet" in said.said
    assert not next(point for point in server.check(str(witnessed.server)) if point.name == "docctl.serverKey").good


def kept(shop):
    with Repository.open(str(shop.server)) as repository:
        return checkpoint.made(repository, repository.resolve("main") or "", shop.fingerprint, LATE)


def test_a_checkpoint_raises_it_to_v3(witnessed, tmp_path):
    (tmp_path / "cp.json").write_bytes(write(kept(witnessed)))
    assert judged(witnessed, kept=checkpoint.read(str(tmp_path / "cp.json"))).assurance == "V3"


def test_to_serve_an_older_state_than_the_checkpoint(witnessed):
    witnessed.put("notes.txt")
    witnessed.commit("notes")
    assert witnessed.land().code == 0
    point = kept(witnessed)
    witnessed.git("update-ref", "refs/heads/main", "refs/heads/main~1", at=witnessed.server)
    with pytest.raises(Refusal, match="older than your checkpoint"):
        judged(witnessed, kept=point)


def test_a_checkpoint_of_another_library_or_with_other_bytes_is_refused(witnessed):
    point = kept(witnessed)
    with pytest.raises(Refusal, match="with the root"):
        judged(witnessed, kept=point._replace(root="sha256:" + "0" * 64))
    with pytest.raises(Refusal, match="your checkpoint says"):
        judged(witnessed, kept=point._replace(content="sha256:" + "0" * 64))


def test_a_file_that_is_no_checkpoint(tmp_path):
    (tmp_path / "cp.json").write_text(json.dumps({"schema": "docctl/checkpoint/v1"}) + "\n")
    for path in ("cp.json", "absent.json"):
        with pytest.raises(DocctlError) as caught:
            checkpoint.read(str(tmp_path / path))
        assert caught.value.exit_code == 3


def test_a_receipt_signed_for_another_purpose_is_worth_nothing(witnessed):
    with Repository.open(str(witnessed.server)) as repository:
        last = chain(repository).receipts[-1]
    assert last.verdict.namespace == sshsig.RECEIPT


def test_a_thief_who_dates_back_is_found_by_the_day_the_server_received_it(witnessed):
    old = witnessed.head("main", at=witnessed.server)
    witnessed.evidence(witnessed.next("ITSM-P-02", "A/2"))
    witnessed.commit("signed long ago, it says")
    assert witnessed.land().code == 0
    more(witnessed, old, LATE)
    old = witnessed.head("main", at=witnessed.server)
    people = read_people(witnessed)
    people["people"]["zhao.lei"]["keys"][0]["compromised_since"] = LATE[:10]
    write_people(witnessed, people)
    witnessed.rules_record(reason="stolen")
    witnessed.commit("stolen")
    assert witnessed.land().code == 0
    more(witnessed, old, "2026-03-12T08:00:00Z")
    found = {(item.code, item.place.document, item.place.version) for item in judged(witnessed).findings}
    assert found == {("DC220", "ITSM-P-02", "A/2")}
    witnessed.git("update-ref", "-d", REF, at=witnessed.server)
    assert judged(witnessed).findings == []
