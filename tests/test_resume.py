"""`docctl verify --resume`: judging only what came after a checkpoint that somebody outside kept, with the same outcome."""

from __future__ import annotations

import json

import pytest

from docctl import checkpoint
from docctl.assurance import verify
from docctl.core.errors import Refusal
from docctl.core.receipt import write
from docctl.repository import Repository

from .faultroom import docctl
from .test_receipts import LATE, more, witnessed  # noqa: F401  the fixture


def kept(shop):
    with Repository.open(str(shop.server)) as repository:
        return checkpoint.made(repository, repository.resolve("main") or "", shop.fingerprint, LATE)


def judged(shop, point, **asked):
    with Repository.open(str(shop.server)) as repository:
        return verify(repository, "main", kept=point, **{"root": shop.fingerprint, "resume": True} | asked)


def force(shop, what="HEAD"):
    """Makes a commit the server's main, past its gate."""
    shop.git("push", "-q", "--no-verify", str(shop.server), f"{what}:refs/heads/aside")
    shop.git("update-ref", "refs/heads/main", "refs/heads/aside", at=shop.server)


def test_nothing_new_is_nothing_to_judge(shop):
    report = judged(shop, kept(shop))
    assert (report.fine, report.commits, report.steps, report.since) == (True, 0, 0, kept(shop).commit)


def test_what_came_after_is_judged_as_in_a_whole_run(shop):
    point = kept(shop)
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit("ITSM-P-02 A/2")
    assert shop.land().code == 0
    part, whole = judged(shop, point), judged(shop, point, resume=False)
    assert (part.fine, part.commits, part.assurance) == (whole.fine, 1, whole.assurance)
    assert (part.root, part.root_persons, part.threshold) == (whole.root, whole.root_persons, whole.threshold)
    assert whole.commits > 1


@pytest.mark.parametrize("gap", [0, 3])
def test_a_breach_after_the_checkpoint_is_named_as_in_a_whole_run(shop, gap):
    point = kept(shop)
    for place in range(gap):
        shop.put("notes.txt", f"{place}\n")
        shop.commit("notes")
    shop.edit("ITSM-P-01")
    shop.git("commit", "-q", "-a", "--no-verify", "-m", "bad")
    bad = shop.head()
    shop.git("revert", "--no-edit", "HEAD")
    force(shop)
    part, whole = judged(shop, point), judged(shop, point, resume=False)
    assert part.bad == whole.bad == bad
    assert [item.code for item in part.findings] == [item.code for item in whole.findings]


def test_rules_that_changed_on_the_way_judge_what_follows(witnessed):  # noqa: F811
    point = kept(witnessed)
    old = witnessed.head("main", at=witnessed.server)
    settings = witnessed.office / ".docctl/settings.yaml"
    settings.write_text(settings.read_text().partition("server_keys")[0])
    witnessed.rules_record()
    witnessed.commit("the server's key is taken out of the rules")
    assert witnessed.land().code == 0
    more(witnessed, old, LATE)
    part, whole = judged(witnessed, point), judged(witnessed, point, resume=False)
    assert part.findings == whole.findings
    assert (part.assurance, part.witnessed) == (whole.assurance, whole.witnessed)


def test_receipts_by_a_key_of_earlier_rules_still_count(witnessed):  # noqa: F811
    settings = witnessed.office / ".docctl/settings.yaml"
    settings.write_text(settings.read_text().partition("server_keys")[0])
    old = witnessed.head("main", at=witnessed.server)
    witnessed.rules_record()
    witnessed.commit("no server key any more")
    assert witnessed.land().code == 0
    more(witnessed, old, LATE)
    point = kept(witnessed)
    assert judged(witnessed, point).assurance == judged(witnessed, point, resume=False).assurance == "V3"


def test_a_copy_with_other_bytes_at_the_checkpoint_is_not_gone_on_from(shop):
    point = kept(shop)
    shop.put("notes.txt")
    shop.commit("notes")
    assert shop.land().code == 0
    with pytest.raises(Refusal, match="your checkpoint says"):
        judged(shop, point._replace(content="sha256:" + "0" * 64))
    with pytest.raises(Refusal, match="not the one you pinned"):
        judged(shop, point._replace(root="sha256:" + "0" * 64))
    with pytest.raises(Refusal, match="older than your checkpoint"):
        judged(shop, point._replace(commit="0" * 40))


def test_it_must_be_the_pinned_root(shop):
    with pytest.raises(Refusal, match="not the one you pinned"):
        judged(shop, kept(shop), root="sha256:" + "1" * 64)


def test_a_history_that_was_merged_in_after_the_checkpoint_is_named(shop):
    point = kept(shop)
    tree = shop.git("rev-parse", "HEAD^{tree}")
    other = shop.git("commit-tree", tree, "-m", "another beginning")
    merge = shop.git("commit-tree", tree, "-p", "HEAD", "-p", other, "-m", "merge")
    force(shop, merge)
    part, whole = judged(shop, point), judged(shop, point, resume=False)
    assert part.bad == whole.bad == merge


def test_the_command_says_what_it_did_not_judge(shop, tmp_path):
    (tmp_path / "cp.json").write_bytes(write(kept(shop)))
    words = ("verify", "--root", shop.fingerprint, "--checkpoint", str(tmp_path / "cp.json"), "--resume")
    ran = docctl(shop, *words)
    assert ran.code == 0
    assert "rests on the run that made it" in ran.said
    assert json.loads(docctl(shop, *words, "--format", "json").said)["since"] == kept(shop).commit
    refused = docctl(shop, "verify", "--resume")
    assert refused.code == 2
    assert "--checkpoint FILE" in refused.said
