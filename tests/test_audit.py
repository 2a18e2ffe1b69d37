"""tools/audit.sh: the auditor's recipe agrees with docctl on good and on altered libraries, with stock tools alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from .workshop import run

SCRIPT = Path(__file__).resolve().parent.parent / "tools/audit.sh"


def audit(shop, number="ITSM-P-01", *words, at="HEAD"):
    return run("sh", str(SCRIPT), str(shop.office), at, number, *words, at=shop.folder)


def test_a_good_approval_is_proved(shop):
    said = audit(shop, "ITSM-P-01", shop.fingerprint)
    assert said.code == 0
    assert "PROVED: approved and released" in said.said
    assert shop.digest("ITSM-P-01") in said.said


def test_another_root_than_the_pinned_one(shop):
    said = audit(shop, "ITSM-P-01", "sha256:" + "0" * 64)
    assert (said.code, "another root" in said.said) == (1, True)


def test_a_number_that_is_nowhere(shop):
    assert audit(shop, "ITSM-P-99").code == 1


def altered(shop, path, change):
    file = shop.office / path
    file.write_bytes(change(file.read_bytes()))
    shop.commit("altered", "--no-verify")


def test_a_changed_text_is_not_proved(shop):
    shop.edit("ITSM-P-01")
    shop.commit("altered", "--no-verify")
    said = audit(shop)
    assert (said.code, "NOT PROVED" in said.said) == (1, True)


@pytest.mark.parametrize("ending", ["json", "sig"])
def test_an_altered_statement_or_signature_is_not_proved(shop, ending):
    path = next((shop.office / "statements/ITSM-P-01").rglob(f"*.approve.*.{ending}"))
    flip = {"json": lambda data: data.replace(b'"role":"', b'"role":"x'), "sig": lambda data: data.replace(b"A", b"B", 1)}[ending]
    altered(shop, path.relative_to(shop.office), flip)
    said = audit(shop)
    assert (said.code, "NOT PROVED" in said.said) == (1, True)


def test_rules_that_nobody_signed_are_not_proved(shop):
    altered(shop, ".docctl/people.yaml", lambda data: data + b"# x\n")
    said = audit(shop)
    assert (said.code, "rule files" in said.said) == (1, True)


def test_an_extra_file_in_the_folder_is_not_proved(shop):
    shop.put(f"{shop.folder_of('ITSM-P-01').relative_to(shop.office)}/extra.pdf")
    shop.commit("extra", "--no-verify")
    assert audit(shop).code == 1
