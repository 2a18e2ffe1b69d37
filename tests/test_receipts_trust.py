"""Whose word a receipt is: keys that were exchanged or never known, forged times, and what a checkpoint says about receipts."""

from __future__ import annotations

import json

import pytest

from docctl import checkpoint, server
from docctl.assurance import verify
from docctl.core.errors import DocctlError, Refusal
from docctl.core.receipt import write
from docctl.receipts import REF, chain
from docctl.repository import Repository

from .test_receipts import EARLY, LATE, judged, witnessed  # noqa: F401  the fixture
from .test_receipts_faults import lands, receipt
from .workshop import canonical, new_key, public_key

LATER = "2026-03-12T08:00:00Z"


def registers(shop, *keys):
    """A rules record with these server keys; where main stood before and after."""
    before = shop.head("main", at=shop.server)
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8").partition("server_keys:")[0]
    path.write_text(f"{text}server_keys: {json.dumps(list(keys))}\n", encoding="utf-8")
    shop.rules_record()
    shop.commit("server keys")
    assert shop.land().code == 0
    return before, shop.head("main", at=shop.server)


def exchanged(shop, tmp_path):
    """The server has another key by now; the file of the new one."""
    new_key(tmp_path, "second")
    receipt(shop, *registers(shop, public_key(tmp_path, "second")), LATE)
    return str(tmp_path / "second")


def forged(shop, at=REF, **fields):
    """A further receipt with other fields, signed by nobody."""
    with Repository.open(str(shop.server)) as repository:
        last = chain(repository).receipts[-1]
    values = {**last.receipt._asdict(), "n": last.receipt.n + 1, "previous": last.digest, **fields}
    text = shop.git("hash-object", "-w", "--stdin", at=shop.server, feed=canonical(values))
    sig = shop.git("rev-parse", f"{REF}:receipt.sig", at=shop.server)
    tree = shop.git("mktree", at=shop.server, feed=f"100644 blob {text}\treceipt.json\n100644 blob {sig}\treceipt.sig\n".encode())
    shop.git("update-ref", at, shop.git("commit-tree", "-p", REF, "-m", "x", tree, at=shop.server), at=shop.server)


def test_receipts_before_and_after_an_exchange_of_keys_hold(witnessed, tmp_path):  # noqa: F811
    second = exchanged(witnessed, tmp_path)
    receipt(witnessed, *lands(witnessed, "one"), LATER, second)
    report = judged(witnessed)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]


def test_to_sign_with_a_server_key_that_was_taken_out_of_the_rules(witnessed, tmp_path):  # noqa: F811
    exchanged(witnessed, tmp_path)
    receipt(witnessed, *lands(witnessed, "one"), LATER)
    assert [item.code for item in judged(witnessed).findings] == ["DC602"]


def test_an_older_state_than_an_exchange_of_keys_is_verified_all_the_same(witnessed, tmp_path):  # noqa: F811
    old = witnessed.head("main", at=witnessed.server)
    second = exchanged(witnessed, tmp_path)
    receipt(witnessed, *lands(witnessed, "one"), LATER, second)
    with Repository.open(str(witnessed.server)) as repository:
        report = verify(repository, old, root=witnessed.fingerprint)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]


def test_a_server_writes_no_receipt_with_a_key_that_the_rules_do_not_know(witnessed, tmp_path):  # noqa: F811
    new_key(tmp_path, "second")
    server.install(str(witnessed.server), root=witnessed.fingerprint, key=str(tmp_path / "second"))
    witnessed.put("notes.txt")
    witnessed.commit("notes")
    said = witnessed.land()
    assert said.code == 0
    assert "server_keys" in said.said
    assert judged(witnessed).assurance == "V1"
    server.install(str(witnessed.server), root=witnessed.fingerprint, key=witnessed.key_file)
    witnessed.put("more.txt")
    witnessed.commit("more")
    assert witnessed.land().code == 0
    assert judged(witnessed).assurance == "V2"


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_to_forge_a_time_so_that_an_honest_landing_looks_bad(witnessed, at):  # noqa: F811
    witnessed.git("fetch", "-q", "origin")
    witnessed.evidence(witnessed.next("ITSM-P-02", "A/2"))
    witnessed.commit("ITSM-P-02 A/2")
    assert witnessed.land().code == 0
    forged(witnessed, commit=witnessed.head("main", at=witnessed.server), received_at=at, late=0)
    report = judged(witnessed)
    assert ([item.code for item in report.findings], report.bad) == (["DC602"], "")


@pytest.mark.parametrize("at", ["2026-02-31T00:00:00Z", "2026-13-40T99:99:99Z", "2026-03-09T24:00:00Z", "1999-12-31T23:59:59Z"])
def test_to_forge_a_time_that_does_not_exist(witnessed, at):  # noqa: F811
    forged(witnessed, received_at=at)
    with pytest.raises(DocctlError) as caught:
        judged(witnessed)
    assert (caught.value.exit_code, caught.value.code) == (3, "receipts-unreadable")


# -- checkpoints ----------------------------------------------------------------------------------------------------------


def kept(shop):
    with Repository.open(str(shop.server)) as repository:
        return checkpoint.made(repository, repository.resolve("main") or "", shop.fingerprint, LATE)


def test_a_server_that_wrote_its_receipts_anew_since_the_checkpoint(witnessed):  # noqa: F811
    pushed = lands(witnessed, "one")
    first = witnessed.head(REF, at=witnessed.server)
    receipt(witnessed, *pushed, LATER)
    point = kept(witnessed)
    assert judged(witnessed, kept=point).assurance == "V3"
    witnessed.git("update-ref", REF, first, at=witnessed.server)
    receipt(witnessed, *pushed, LATE)
    assert judged(witnessed).assurance == "V2"
    for resume in (False, True):
        with pytest.raises(Refusal, match="receipt"):
            judged(witnessed, kept=point, resume=resume)


def test_a_copy_that_never_fetched_receipts_is_no_breach(witnessed):  # noqa: F811
    point = kept(witnessed)
    witnessed.git("update-ref", "-d", REF, at=witnessed.server)
    report = judged(witnessed, kept=point)
    assert (report.fine, report.assurance) == (True, "V1")


def test_a_checkpoint_is_made_of_a_copy_with_its_receipts(witnessed):  # noqa: F811
    witnessed.git("fetch", "-q", "origin", "+refs/docctl/*:refs/remotes/origin/docctl/*")
    with Repository.open(str(witnessed.office)) as repository:
        point = checkpoint.made(repository, repository.resolve("main") or "", witnessed.fingerprint, LATE)
    assert point.receipts == kept(witnessed).receipts


@pytest.mark.parametrize("field", [{"rules": 1}, {"repository": "00000000-0000-4000-8000-000000000000"}])
def test_a_checkpoint_that_does_not_fit_its_own_state(witnessed, field):  # noqa: F811
    for resume in (False, True):
        with pytest.raises(Refusal, match="your checkpoint says"):
            judged(witnessed, kept=kept(witnessed)._replace(**field), resume=resume)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"[" * 5000,
        b'{"a":' * 5000,
        b'{"commit":' + b"9" * 5000 + b"}\n",
        b'{"commit":"\\ud800"}\n',
        b'\xef\xbb\xbf{"commit":"x"}\n',
        b'{"commit":NaN}\n',
        b"{" + b" " * (1 << 20),
    ],
)
def test_a_hostile_file_instead_of_a_checkpoint(tmp_path, data):
    (tmp_path / "cp.json").write_bytes(data)
    with pytest.raises(DocctlError) as caught:
        checkpoint.read(str(tmp_path / "cp.json"))
    assert (caught.value.exit_code, caught.value.code) == (3, "checkpoint-unreadable")


def test_an_endless_file_instead_of_a_checkpoint():
    with pytest.raises(DocctlError) as caught:
        checkpoint.read("/dev/zero")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("spelt", [lambda data: data.replace(b",", b", "), lambda data: data[:-1], lambda data: data + b"\n"])
def test_a_checkpoint_in_another_spelling(witnessed, tmp_path, spelt):  # noqa: F811
    (tmp_path / "cp.json").write_bytes(spelt(write(kept(witnessed))))
    with pytest.raises(DocctlError):
        checkpoint.read(str(tmp_path / "cp.json"))
