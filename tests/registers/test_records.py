"""R7, R7b and R14 over small libraries."""

import pytest

from docctl.core.errors import DocctlError
from docctl.registers import register
from docctl.registers.authority import authority_register, fingerprint
from docctl.registers.record_list import record_index, record_types


def test_record_classes_tell_form_source_and_retention(firm, said):
    firm.issue("ITSM-F-03", "A/0")
    firm.issue("ITSM-P-04", records=["incident"])
    firm.seal(firm.record())
    firm.record("REC-INC-2026-002", "2026-01-12", "2026-01-12T09:00:00+08:00")
    row = said(record_types(firm.collection()).rows[0])
    assert (row["form"], row["form_version"], row["source"], row["department"]) == ("ITSM-F-03", "A/0", "ITSM-P-04", "Operations")
    assert (row["retention"], row["clauses"], row["count"], row["sealed"]) == ("36", "iso1:2018/8.2.1", "2", "1")
    assert row["latest"] == "REC-INC-2026-002 2026-01-12"
    assert row["seal_role"] == "any registered person"
    assert said(record_types(firm.collection("2026-01-04")), column="form_version") == ["none in force"]


def test_record_index_tells_seal_delay_and_retention(firm, said):
    firm.seal(firm.record(proves=[{"clause": "iso1:2018/8.2.1", "document": "ITSM-P-04"}]))
    firm.record("REC-INC-2026-002", period={"from": "2026-01-01", "to": "2026-01-31"}, created="2026-02-15T01:00:00Z")
    table = record_index(firm.collection("2026-03-01"))
    first, second = said(table.rows[0]), said(table.rows[1])
    assert (first["form"], first["event"], first["made"]) == ("ITSM-F-03 A/0", "2026-01-10", "2026-01-10 16:30:00 王芳")
    assert (first["state"], first["sealed"], first["late"]) == ("sealed", "王芳 2026-01-11 09:00:00", "")
    assert (first["proves"], first["retain_until"]) == ("iso1:2018/8.2.1 ITSM-P-04", "2029-01-10")
    assert (second["state"], second["late"], second["retain_until"]) == ("open", "late, 15 days", "2029-01-31")
    assert second["event"] == "2026-01-01 to 2026-01-31"
    assert "Records: 2; open: 1; sealed: 1; altered after sealing: 0; late: 1." in [note.en for note in table.notes]


def test_a_record_changed_after_its_seal_is_named(firm, said):
    firm.seal(firm.record())
    firm.record(title="改过")
    assert said(record_index(firm.collection()), "zh", "state") == ["封存后被更改"]
    firm.seal(firm.records["REC-INC-2026-001"], "2026-01-20", "correct")
    row = said(record_index(firm.collection()).rows[0])
    assert (row["state"], row["corrections"]) == ("sealed", "1")


def test_authority_register_tells_roles_keys_and_root(firm, said):
    firm.people["li.ming"]["left"] = "2026-01-31"
    firm.people["zhou.tao"]["keys"][0]["compromised_since"] = "2026-01-15"
    firm.people["robot.ci"] = {"name": "CI", "kind": "robot", "from": "2026-03-01"}
    table = authority_register(firm.collection())
    rows = {row["person"]: row for row in (said(row) for row in table.rows)}
    assert rows["li.ming"]["state"] == "left"
    assert rows["li.ming"]["revoked"] == "left on 2026-01-31"
    assert (rows["zhao.lei"]["levels"], rows["zhao.lei"]["department"], rows["zhao.lei"]["state"]) == (
        "1, 2",
        "whole organisation",
        "held",
    )
    assert rows["zhou.tao"]["revoked"] == "key compromised on 2026-01-15"
    assert (rows["robot.ci"]["kind"], rows["robot.ci"]["state"]) == ("robot", "not yet")
    assert rows["root.one"]["role"] == "rules root: 2 of 2 persons must sign"
    assert rows["sun.li"]["appointed"] == "rules record 1 of 2026-01-01"
    assert said(authority_register(firm.collection("2026-01-30")), column="state")[0] == "held"


def test_fingerprint_is_that_of_ssh_keygen(tmp_path):
    import subprocess

    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "k"], check=True)
    shown = subprocess.run(["ssh-keygen", "-l", "-f", tmp_path / "k.pub"], check=True, capture_output=True, text=True).stdout
    assert fingerprint(" ".join((tmp_path / "k.pub").read_text().split()[:2])) == shown.split()[1]
    assert fingerprint("nonsense") == fingerprint("ssh-ed25519 ***") == "?"


def test_an_unknown_register_is_told_which_there_are(firm):
    with pytest.raises(DocctlError) as caught:
        register("nothing", firm.collection())
    assert "releases" in caught.value.said("zh")
