"""Times that are not what they seem, each named after the attacker's wish (threats F); see test_history_evidence and test_receipts."""

from __future__ import annotations

import json
import re

import pytest

from docctl import server, shipped
from docctl.core.receipt import read_receipt, write
from docctl.receipts import REF
from docctl.registers import REGISTERS

from .faultroom import docctl
from .workshop import new_key, public_key, told
from .workshop_base import read_people, write_people


@pytest.fixture
def witnessed(shop, tmp_path):
    """A server that writes a receipt for every push."""
    public = new_key(tmp_path, "server-key")
    settings = shop.office / ".docctl/settings.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"server_keys: ['{public}']\n", encoding="utf-8")
    shop.rules_record(reason="the server's key")
    shop.commit("rules record 3")
    assert shop.land().code == 0
    server.install(str(shop.server), root=shop.fingerprint, key=str(tmp_path / "server-key"), rehearsal=True)
    shop.put("README.md")
    shop.commit("readme")
    assert shop.land().code == 0
    shop.git("fetch", "-q", "origin")
    assert len(shop.git("rev-list", REF, at=shop.server).split()) == 2  # one late, for what stood before
    return shop


def let_in(shop):
    """An administrator takes the gate away for one push; the receipt of its arrival is written all the same."""
    gate = shop.server / "hooks/pre-receive"
    gate.chmod(0o644)
    ran = shop.land()
    gate.chmod(0o755)
    assert ran.code == 0, ran.said
    return shop.head()


def found(shop, commit, *codes):
    """Verify on the server, by its receipts, finds these at the commit, and says when the state arrived."""
    ran = docctl(shop, "-C", str(shop.server), "verify", "--root", shop.fingerprint)
    assert ran.code == 1, ran.said
    assert f"first at commit {commit}" in ran.said
    assert "→" in ran.said
    for code in codes:
        assert code in ran.said
    return ran.said


# -- decided when? -------------------------------------------------------------------------------------------------------


def test_to_have_decided_tomorrow(witnessed):
    shop = witnessed
    shop.next("ITSM-P-02", "A/2")
    shop.evidence("ITSM-P-02", approve={"decided_at": "2026-03-11T04:00:00Z"}, release={"decided_at": "2026-03-11T05:00:00Z"})
    shop.commit()
    before = shop.refs()
    ran = shop.land()
    assert ran.code == 1
    assert shop.refs() == before
    assert "DC222" in ran.said
    assert "decided at 2026-03-11T04:00:00Z, which is in the future (the clock here says 2026-03-10T01:00:00Z)" in ran.said
    said = found(shop, let_in(shop), "DC222", "ITSM-P-02")
    assert "2026-03-10T01:00:00Z" in said  # when it arrived, whatever time it is now


def test_to_use_up_an_old_stock_of_signatures_as_a_whole(witnessed):
    """Even the release is old, so nothing in the records themselves shows how late they come."""
    shop = witnessed
    shop.next("ITSM-P-02", "A/2")
    shop.day = "2026-02-08"
    shop.evidence("ITSM-P-02", release={"effective_from": "2026-02-20"})
    for path in (shop.office / "statements/ITSM-P-02/A-2").glob("*.json"):
        assert json.loads(path.read_bytes())["decided_at"] < "2026-02-09"
    shop.commit()
    before = shop.refs()
    ran = shop.land(DOCCTL_NOW="2026-08-27T01:00:00Z")
    assert ran.code == 1
    assert shop.refs() == before
    assert "DC215" in ran.said
    assert "is 200 days old; limit 30" in ran.said
    gate = shop.server / "hooks/pre-receive"
    gate.chmod(0o644)
    assert shop.land(DOCCTL_NOW="2026-08-27T01:00:00Z").code == 0
    gate.chmod(0o755)
    assert "is 200 days old; limit 30" in found(shop, shop.head(), "DC215", "ITSM-P-02 A/2")


# -- received when? ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["time", "commit", "signature"])
def test_to_edit_a_receipt(witnessed, what):
    shop = witnessed
    for name in ("one", "two"):
        shop.put(f"{name}.txt")
        shop.commit(name)
        assert shop.land().code == 0
    last = shop.git("rev-parse", REF, at=shop.server)
    read = {name: bytes(shop.git("cat-file", "blob", f"{last}~1:{name}", at=shop.server) + "\n", "utf-8")
            for name in ("receipt.json", "receipt.sig")}  # fmt: skip
    receipt = read_receipt(read["receipt.json"], shipped.schema("receipt"))
    more = {"time": {"received_at": "2026-03-10T00:30:00Z"}, "commit": {"commit": shop.head("HEAD~3")}}.get(what, {})
    sealed = {
        "receipt.json": write(receipt._replace(**more)),
        "receipt.sig": read["receipt.sig"]
        if what != "signature"
        else shop.sign(read["receipt.json"], "mallory", "receipt-v1@docctl"),
    }
    lines = [
        f"100644 blob {shop.git('hash-object', '-w', '--stdin', feed=data, at=shop.server)}\t{name}"
        for name, data in sealed.items()
    ]
    tree = shop.git("mktree", feed=("\n".join(lines) + "\n").encode(), at=shop.server)
    parent = shop.git("rev-parse", f"{last}~2", at=shop.server)
    middle = shop.git("commit-tree", tree, "-p", parent, "-m", "Receipt 3", at=shop.server)
    top = shop.git("commit-tree", f"{last}^{{tree}}", "-p", middle, "-m", "Receipt 4", at=shop.server)
    shop.git("update-ref", REF, top, at=shop.server)
    ran = docctl(shop, "-C", str(shop.server), "verify", "--root", shop.fingerprint)
    assert ran.code == 1, ran.said
    assert "DC602" in ran.said
    assert "broken after 2" in ran.said
    assert "its signature is not by a server key of the rules" in ran.said


def test_to_date_a_release_by_the_clock_of_a_commit(shop):
    """Whatever day a commit claims, registers and site tell what was claimed under a signature and what a server saw."""
    shop.next("ITSM-P-02", "A/2")
    shop.evidence("ITSM-P-02")
    dates = {"GIT_COMMITTER_DATE": "2019-12-01T00:00:00Z", "GIT_AUTHOR_DATE": "2019-12-01T00:00:00Z"}
    shop.git("add", "-A")
    shop.git("commit", "-q", "--no-verify", "-m", "x", **dates)
    assert shop.git("log", "-1", "--format=%cs") == "2019-12-01"
    shop.accepted()
    for name in REGISTERS:
        ran = docctl(shop, "register", name, "--format", "csv", "--as-of", "2026-03-20")
        assert ran.code == 0, ran.said
        assert "2019" not in ran.said
        if name == "releases":
            assert "Witnessed at" in ran.said
            assert "not witnessed" in ran.said
            assert "2026-03-09" in ran.said
    ran = docctl(shop, "site", "build", "--output", str(shop.folder / "site"), "--as-of", "2026-03-20")
    assert ran.code == 0, ran.said
    pages = list((shop.folder / "site/documents").rglob("*.html"))
    assert any("2026-03-16" in page.read_text("utf-8") for page in pages)
    assert not any("2019-12" in page.read_text("utf-8") for page in (shop.folder / "site").rglob("*.html"))


# -- judged when and where? ----------------------------------------------------------------------------------------------


def test_to_have_another_verdict_in_another_place_or_year(shop):
    """Zones, languages and years of whoever asks; the keys of everybody are over by then."""
    people = read_people(shop)
    for person in ("zhao.lei", "li.ming", "wang.fang"):
        people["people"][person]["keys"][0]["to"] = "2026-03-09"
    write_people(shop, people)
    shop.rules_record(reason="keys are over")
    shop.commit("rules record 3")
    shop.accepted()
    shop.git("fetch", "-q")
    places = (
        {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.GB18030"},
        {"TZ": "America/New_York", "LC_ALL": "C"},
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "DOCCTL_NOW": "2031-01-01T00:00:00Z"},
        {"TZ": "UTC", "DOCCTL_NOW": "2026-03-09T00:00:00Z"},
    )
    for words in (("verify", "--root", shop.fingerprint), ("verify", "--format", "json"), ("verify", "--with-openssh")):
        said = {docctl(shop, *words, **place) for place in places}
        assert len(said) == 1
        assert said.pop().code == 0
    late = docctl(shop, "check", DOCCTL_NOW="2031-01-01T00:00:00Z")
    assert late.code == 0  # only warnings that count days may differ
    assert not re.search(r"\berror\b [^,]*DC", late.said)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_to_sign_a_second_before_a_key_is_one_s_own(shop, zone):
    """A day of the registry begins at midnight of the organisation, wherever the server or its clock stands."""
    people = read_people(shop)
    people["people"]["li.ming"]["keys"].append({"key": public_key(shop.keys, "mallory"), "from": "2026-03-10"})
    write_people(shop, people)
    shop.rules_record(reason="a new key for Li Ming from tomorrow on")
    shop.commit("rules record 3")
    shop.accepted()
    shop.git("fetch", "-q")
    later = {
        name: {"decided_at": f"2026-03-09T16:{minute}:00Z"} for minute, name in ((10, "cosign"), (20, "approve"), (30, "release"))
    }
    for second, good in (("15:59:59", False), ("16:00:00", True)):
        shop.next("ITSM-P-02", "A/2")
        shop.evidence("ITSM-P-02", review={"key": "mallory", "decided_at": f"2026-03-09T{second}Z"}, **later)
        shop.commit()
        before = shop.refs()
        ran = shop.land(TZ=zone)
        assert ran.code == (0 if good else 1), ran.said
        assert docctl(shop, "verify", "main", TZ=zone).code == ran.code
        if not good:
            assert shop.refs() == before
            told(ran.said, "DC207", "ITSM-P-02", "li.ming", "2026-03-10")
            shop.git("reset", "-q", "--hard", "origin/main")


def test_to_have_a_scheduled_version_shown_a_second_early(shop):
    """The day begins in the organisation's zone, not in that of whoever builds, and the page names the zone."""
    shop.next("ITSM-P-02", "A/2", "从下一周起实行的一句。")
    shop.evidence("ITSM-P-02", release={"effective_from": "2026-03-16"})
    shop.commit("Release ITSM-P-02 A/2")
    shop.accepted()
    for now, day, there in (
        ("2026-03-15T15:59:59Z", "2026-03-15", False),
        ("2026-03-15T16:00:00Z", "2026-03-16", True),
        ("2026-03-15T23:59:59Z", "2026-03-16", True),
    ):
        ran = docctl(shop, "site", "build", "--output", str(shop.folder / "site"), DOCCTL_NOW=now, TZ="America/New_York")
        assert ran.code == 0, ran.said
        assert f"as of {day}" in ran.said
        page = (shop.folder / "site/documents/ITSM-P-02/index.html").read_text("utf-8")
        assert ("从下一周起实行的一句" in page) is there
        home = (shop.folder / "site/index.html").read_text("utf-8")
        assert f"As of {day} (Asia/Shanghai)" in home
