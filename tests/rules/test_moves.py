"""Every way in which a name may not move has its own way out, in both languages (DC602)."""

from __future__ import annotations

import pytest

from docctl.check import check_moves
from docctl.core.change import Move
from docctl.core.errors import Words
from docctl.render.json_out import finding_object

# What whoever pushed is told to do, and what would lead them astray.
WAYS = {
    "rewritten": ("git rebase origin/main", "tag"),
    "deleted": ("docctl withdraw", "fetch"),
    "foxtrot": ("git merge --no-ff NAME", "tag"),
    "second-root": ("copy the files over", "tag"),
    "unknown-name": ("git push origin BRANCH", "fetch"),
    "release-tag": ("git tag rel/NUMBER/VERSION COMMIT", "topic branch"),
    "reserved-name": ("--mirror", "topic branch"),
    "shallow": ("git fetch --unshallow", "topic branch"),
    "other-root": ("docctl server install DIR --root", "topic branch"),
    "receipts-broken": ("from a copy that held", "topic branch"),
    "odd-folder": ("git commit", "fetch"),
    "symbolic": ("Push to refs/heads/x itself", "topic branch"),
    "namespace": ("GIT_NAMESPACE", "topic branch"),
    "push-option": ("--push-option", "topic branch"),
}


@pytest.mark.parametrize("fault", WAYS)
def test_a_name_that_may_not_move_is_told_its_own_way_out(fault):
    (found,) = check_moves([Move("refs/heads/main", fault, "refs/heads/x")])
    wanted, astray = WAYS[fault]
    assert wanted in found.remedy("en")
    assert astray not in found.remedy("en")
    for lang in ("en", "zh"):
        said = found.message(lang) + found.remedy(lang)
        assert "{" not in said
        assert said == said.strip()
    assert found.remedy("zh") != found.remedy("en")


def test_a_broken_chain_is_told_in_one_language_at_a_time():
    (found,) = check_moves([Move("refs/docctl/receipts", "receipts-broken", Words("3: a break", "3 份之后：断裂"))])
    assert found.message("en") == "refs/docctl/receipts: the chain of the server's receipts is broken after 3: a break"
    assert found.message("zh") == "refs/docctl/receipts：服务器回执链断裂，位于第 3 份之后：断裂"
    assert finding_object(found, "en")["facts"]["detail"] == {"en": "3: a break", "zh": "3 份之后：断裂"}
