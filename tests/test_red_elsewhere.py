"""What branches of a server may say against a landing, and what they may not do to it: stop it by rubbish, or by their number."""

from __future__ import annotations

import pytest

from .workshop import told

REJECT = "statements/ITSM-P-01/A-1/zhao.lei.reject.0123456789ab"


def candidate(shop):
    """A new version with all its evidence, on main of the office; not pushed."""
    shop.next("ITSM-P-01", "A/1")
    shop.evidence("ITSM-P-01")
    return shop.commit()


def beside(shop, name, *items):
    """A topic branch on the server that holds more of `mode id path`."""
    shop.git("read-tree", "origin/main")
    shop.git("update-index", "-z", "--index-info", feed=("\0".join(items) + "\0").encode("utf-8", "surrogateescape"))
    commit = shop.git("commit-tree", shop.git("write-tree"), "-p", "origin/main", "-m", "x")
    shop.git("read-tree", "HEAD")
    ran = shop.land(commit, f"refs/heads/{name}")
    assert ran.code == 0, ran.said
    return commit


def blob(shop, data=b"x"):
    return shop.git("hash-object", "-w", "--stdin", feed=data)


RUBBISH = {
    "a folder": [("100644", "{}.json/x"), ("100644", "{}.sig")],
    "a folder of signatures": [("100644", "{}.json"), ("100644", "{}.sig/x")],
    "a link": [("120000", "{}.json"), ("120000", "{}.sig")],
    "a submodule": [("160000", "{}.json"), ("160000", "{}.sig")],
    "a file for the version": [("100644", "statements/ITSM-P-01/B-0")],
    "no statement": [("100644", "{}.json"), ("100644", "{}.sig")],
}


@pytest.mark.parametrize("kind", RUBBISH)
def test_to_stop_every_landing_by_rubbish_on_a_topic_branch(shop, kind):
    """Nobody judges topic branches, and nobody may delete them: one of them must not shut main for a number."""
    candidate(shop)
    key = blob(shop)
    items = [f"{mode} {shop.head() if mode == '160000' else key}\t{path.format(REJECT)}" for mode, path in RUBBISH[kind]]
    beside(shop, "doc/rubbish", *items)
    ran = shop.land()
    assert ran.code == 0, ran.said


def test_to_stop_every_landing_by_something_in_the_place_of_all_statements(shop):
    candidate(shop)
    files = [line for line in shop.git("ls-tree", "-rz", "--name-only", "origin/main", "statements/").split("\0") if line]
    gone = [f"0 {'0' * 40}\t{path}" for path in files]
    for place, (mode, key) in enumerate({"100644": blob(shop), "120000": blob(shop), "160000": shop.head()}.items()):
        beside(shop, f"doc/x{place}", *gone, f"{mode} {key}\tstatements")
        beside(shop, f"doc/y{place}", *[each for each in gone if "/ITSM-P-01/" in each], f"{mode} {key}\tstatements/ITSM-P-01")
    ran = shop.land()
    assert ran.code == 0, ran.said


def test_an_objection_is_heard_among_hundreds_of_branches(shop):
    shop.next("ITSM-P-01", "A/1")
    stem = shop.statement("reject", "ITSM-P-01", signer="zhao.lei", role="management-representative", comment="不可行")
    rejected = [f"100644 {blob(shop, (shop.office / f'{stem}{end}').read_bytes())}\t{stem}{end}" for end in (".json", ".sig")]
    for end in (".json", ".sig"):
        (shop.office / f"{stem}{end}").unlink()
    shop.evidence("ITSM-P-01")
    shop.commit()
    main = shop.head("origin/main")
    lines = [
        f"commit refs/heads/t{place}\ncommitter x <x@x> 1700000000 +0000\ndata 1\nx\nfrom {main}\n"
        f"M 100644 inline statements/ITSM-P-{place}/A-0/x.y\ndata 1\nx\n\n"
        for place in range(100, 270)
    ]
    shop.git("fast-import", "--quiet", at=shop.server, feed="".join(lines).encode())
    beside(shop, "zz", *rejected)
    ran = shop.land()
    assert ran.code == 1, ran.said
    told(ran.said, "DC227", "ITSM-P-01")


def test_a_branch_that_cannot_be_read_leaves_the_gate_shut(shop):
    """A missing folder of statements must not look like one without objections."""
    candidate(shop)
    commit = beside(shop, "doc/x", f"100644 {blob(shop)}\tstatements/ITSM-P-01/A-1/a/b")
    for place in ("statements/ITSM-P-01/A-1", "statements/ITSM-P-01", "statements"):
        key = shop.git("rev-parse", f"{commit}:{place}")
        path = shop.server / "objects" / key[:2] / key[2:]
        data = path.read_bytes()
        path.unlink()
        ran = shop.land()
        assert ran.code == 1, place
        assert "could not check" in ran.said, ran.said
        path.write_bytes(data)
    assert shop.land().code == 0
