"""Attacks on the site of everybody through a text of one's own. Each test is named after the attacker's wish."""

from __future__ import annotations

import pytest

from docctl.core.errors import DocctlError
from docctl.site.output import fresh_folder

from .layers import client
from .test_site_attacks import P03, built, released

# What the site says of itself: in its pages, its tables, its menus, its engine's configuration and theme.
OWN_WORDS = (
    "This site is the controlled copy: it shows what is in force and nothing else.",
    "本站为受控副本，只展示现行有效的内容。",
    "截至 2026-03-10（Asia/Shanghai），提交",
    "Level 2: procedures and plans",
    "首页 · Home 文件 · Documents 登记表 · Registers",
    "navigation.prune search.highlight",
    '"navigation.prune", "navigation.tabs", "navigation.top"',
    "md-header__button md-icon",
)
MOVED = "本程序须经管理者代表批准后方可实施，紧急情况除外，不另行通知。"


def test_to_keep_the_site_from_being_built_by_a_draft_that_says_what_the_site_says(shop):
    shop.edit("ITSM-P-03", r"\Z", "".join(f"\n{line}\n" for line in OWN_WORDS))
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "a draft needs nobody's consent")
    shop.accepted()
    assert (built(shop) / "index.html").is_file()
    assert (built(shop, "--lang", "en") / "index.html").is_file()


def test_attachments_of_all_kinds_do_not_stop_the_site(shop):
    shop.edit("ITSM-P-03", r"\Z", f"\n{MOVED}\n")
    released(shop, "ITSM-P-03", "A/0")
    shop.edit("ITSM-P-03", f"\n{MOVED}\n", "\n")
    for name in ("network.map", "look.css", "templates/a.txt", "a%20b#c.txt", "assets/b.txt", "search/search_index.json"):
        shop.put(f"{P03}/{name}", "{ background: url(https://a.example/x) }\n")
    for name in ("moved.txt", "moved.csv"):
        shop.put(f"{P03}/{name}", f"{MOVED}\n")
    released(shop, "ITSM-P-03", "A/1")
    assert (built(shop) / "documents/ITSM-P-03/network.map").is_file()


@pytest.mark.parametrize("name", ["index.html/a.txt", "INDEX.HTML/a.txt", "a.svg.en", "web.config", "x.php", "x.phtml.bak"])
def test_to_take_the_pages_name_or_to_run_on_the_server(shop, name):
    shop.put(f"{P03}/{name}", "x\n")
    client(shop, "DC113", says=[name])


@pytest.mark.parametrize("name", ["page", "page.data", "more/流程"])
def test_to_attach_a_page_under_a_name_that_browsers_guess_about(shop, name):
    shop.put(f"{P03}/{name}", "\n <script>alert(1)</script>\n")
    client(shop, "DC113", says=[name])


@pytest.mark.parametrize("inside", [".git", "more/.docctl", "deep/er/.git"])
def test_to_have_a_library_taken_for_a_site(tmp_path, inside):
    (tmp_path / "site" / inside).mkdir(parents=True)
    (tmp_path / "site/.docctl-site").touch()
    with pytest.raises(DocctlError, match="holds a repository"):
        fresh_folder(str(tmp_path / "site"))
    assert (tmp_path / "site" / inside).is_dir()


def test_a_target_without_a_name_is_refused_at_once():
    with pytest.raises(DocctlError, match="no folder"):
        fresh_folder("")
