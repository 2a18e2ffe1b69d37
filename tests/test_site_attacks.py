"""What somebody wants readers to see or their browsers to do, tried on real builds of the workshop's library (threats I, G, H)."""

from __future__ import annotations

import csv
import json
import re
import time
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from docctl.acts import release, sign

from .faultroom import docctl
from .layers import client, refused, unbuilt
from .reading_room import texts
from .test_history_paths import BODIES, TRICKS, bent

P01, P03 = "documents/procedures/ITSM-P-01", "documents/procedures/ITSM-P-03"


def built(shop, *words: str) -> Path:
    """The site of the office's main, built by the command in a folder of its own."""
    target = shop.folder / "public"
    ran = docctl(shop, "site", "build", "--output", str(target), *words, XDG_CACHE_HOME=str(shop.folder / "cache"))
    assert ran.code == 0, ran.said
    return target


def released(shop, number: str, version: str) -> None:
    """The text in the office, signed by everybody and in force today."""
    shop.next(number, version)
    shop.evidence(number, release={"effective_from": "2026-03-10"})
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "released")
    shop.accepted()


# -- what must not be built --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", TRICKS)
def test_no_site_is_built_of_a_text_that_two_readers_read_differently(shop, trick):
    path = shop.text("ITSM-P-03")
    path.write_bytes(bent(path.read_bytes().decode(), trick))
    shop.commit()
    unbuilt(shop, "is not published", "ITSM-P-03")
    assert not list(shop.folder.rglob("pwned"))


@pytest.mark.parametrize("body", BODIES)
def test_no_site_is_built_of_a_body_that_shows_something_else(shop, body):
    shop.edit("ITSM-P-03", r"\Z", f"\n{BODIES[body]}\n")
    shop.commit()
    unbuilt(shop, "is not published", "ITSM-P-03")


def test_to_publish_a_file_of_the_machine_through_a_link(shop):
    (shop.office / P01 / "flow.png").unlink()
    (shop.office / P01 / "flow.png").symlink_to("/etc/passwd")
    shop.commit()
    unbuilt(shop, "is not published", "ITSM-P-01")


@pytest.mark.parametrize("picture", [
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', '<svg><script href="https://a.example/x.js"/></svg>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "<svg/>",
])  # fmt: skip
def test_to_run_a_script_out_of_a_drawing(shop, picture):
    shop.put(f"{P03}/a.svg", picture)
    refused(shop, "DC105", about=["ITSM-P-03"], says=["a.svg", "SVG images can carry scripts"])
    unbuilt(shop, "is not published", "a.svg")


@pytest.mark.parametrize("name", ["extra.md", "more/index.md", "index.html", "page.xhtml", "data.xml"])
def test_to_publish_a_page_that_nobody_planned_as_an_attachment(shop, name):
    shop.put(f"{P01}/{name}", "# 另一页\n\n<script>alert(1)</script>\n")
    shop.next("ITSM-P-01", "A/1")
    shop.evidence("ITSM-P-01", release={"effective_from": "2026-03-10"})
    refused(shop, "DC113", about=["ITSM-P-01 A/1"], says=[f"{P01}/{name}"])
    unbuilt(shop, "is not published", name)


def test_to_run_the_librarys_own_configuration(shop):
    """Files that nobody of the root signed: refused everywhere, and nothing of them is run by a build."""
    hostile(shop)
    client(shop, "DC701", says=["mkdocs.yml", "overrides/main.html"])
    shop.commit()
    shop.refused("DC701", about=["mkdocs.yml"])
    unbuilt(shop, "is not published")
    assert not list(shop.folder.rglob("pwned"))


def test_configuration_that_the_root_signed_runs_nothing_either(shop):
    hostile(shop)
    shop.rules_record(paths=["overrides/main.html"], reason="a new look")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "look")
    shop.accepted()
    site = built(shop)
    assert not list(shop.folder.rglob("pwned"))
    assert [path for path, text in texts(site).items() if "OVERRIDDEN" in text or "evil.example" in text] == []


def hostile(shop) -> None:
    """A site of one's own: hooks in Python, a template, an extension, a script from elsewhere."""
    run = f"open({str(shop.folder / 'pwned')!r}, 'w')"
    shop.put("mkdocs.yml", "site_name: OVERRIDDEN\nhooks: [hooks.py]\ntheme: {name: material, custom_dir: overrides}\n"
             "extra_javascript: ['https://evil.example/x.js']\nmarkdown_extensions: [pymdownx.snippets]\n"
             "plugins: [{macros: {module_name: hooks}}]\n")  # fmt: skip
    shop.put("hooks.py", f"{run}\ndef define_env(env): {run}\n")
    shop.put("overrides/main.html", "OVERRIDDEN {{ ''.__class__ }} {% include '/etc/passwd' %}\n")


def test_to_keep_the_builder_busy_for_ever(shop):
    """Refused early, in seconds, by the gate and by the build; the site of before stays."""
    for body in ("[" * 20_000, "![" * 20_000, "> " * 5_000, "*a_" * 30_000, "`" * 30_000 + "x"):
        shop.edit("ITSM-P-03", r"(?s)\n## .*\Z", f"\n\n## 目的 {{#purpose}}\n\n{body}\n")
        shop.git("add", "-A")
        begun = time.monotonic()
        ran = shop.tried("git", "commit", "-qm", "x")
        assert time.monotonic() - begun < 10, body[:10]
        assert ran.code in {0, 1}, ran.said
        assert "Traceback" not in ran.said
    shop.edit("ITSM-P-03", r"(?s)\n## .*\Z", f"\n\n## 目的 {{#purpose}}\n\n{'[' * 20_000}\n")
    client(shop, "DC108", says=["ITSM-P-03"])
    shop.commit()
    begun = time.monotonic()
    unbuilt(shop, "is not published", "ITSM-P-03")
    assert time.monotonic() - begun < 10


# -- what is built shows what was signed ---------------------------------------------------------------------------------------

LITERAL = (
    '--8<-- "mkdocs.yml"', "-8<- '.docctl/people.yaml'", '{% include "mkdocs.yml" %}', "{{ config.site_name }} {{ 7 * 7 }}",
    "{!mkdocs.yml!}", "::: docctl.cli", "[TOC]", "{% raw %}", "$include(/etc/passwd)", "<<[mkdocs.yml]", "@@@", "{: .x onclick=y }",
    "*[HTML]: x", "!!! note", "==marked==", "[[wiki]]",
)  # fmt: skip


def test_to_include_another_file_in_a_page(shop):
    """Includes, macros and extensions of other tools are text like any other: shown as they were signed."""
    shop.edit("ITSM-P-01", r"\Z", "\n" + "\n\n".join(LITERAL) + "\n")
    released(shop, "ITSM-P-01", "A/1")
    found = texts(built(shop))
    plain = unescape(re.sub("<[^>]*>", "", found["documents/ITSM-P-01/index.html"]))
    assert [line for line in LITERAL if line.replace("*", "") not in plain.replace("*", "")] == []
    everything = "".join(found.values())
    assert "ssh-ed25519" not in everything
    assert "root:x:0" not in everything
    assert "onclick" not in re.sub(r"\{: \.x onclick=y \}", "", found["documents/ITSM-P-01/index.html"])


def test_to_publish_a_file_beside_the_documents(shop):
    """Files that nobody controls may lie in the repository; the site knows nothing of them."""
    for path in ("extra.md", "docs/extra.md", "site/extra.html", "notes/秘密.txt", "robots.txt"):
        shop.put(path, "只给自己看的一句话\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "notes")
    shop.accepted()
    site = built(shop)
    assert [path for path, text in texts(site).items() if "只给自己看的一句话" in text] == []
    assert not [path for path in site.rglob("*") if path.stem in {"extra", "秘密", "robots"}]


LOADS = re.compile(
    r"<(?!a\b)[a-z][^<>]*?\s(?:src|href|srcset|data|poster|action)\s*=\s*[\"']?\s*(?:[a-z]+:)?//[^\"'\s>]*", re.IGNORECASE
)


def test_to_let_readers_ask_another_server(shop):
    """Pictures of other servers are refused; what is built loads nothing from anywhere else."""
    shop.edit("ITSM-P-01", r"\Z", "\n[外部](https://example.org/) 与 <https://example.org/a>\n")
    released(shop, "ITSM-P-01", "A/1")
    site = built(shop)
    for path in (path for path in site.rglob("*") if path.suffix in {".html", ".css", ".js"}):
        text = path.read_text("utf-8")
        assert path.suffix != ".html" or LOADS.findall(text) == [], path
        assert path.suffix != ".css" or not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", text), path
        assert not re.search(r"https?://(?:fonts\.|unpkg\.com|cdn\.|api\.github)", text), path
    shop.git("fetch", "-q")
    shop.edit("ITSM-P-03", r"\Z", "\n![x](https://example.org/a.png)\n")
    refused(shop, "DC108", about=["ITSM-P-03"], says=["image from another server"])
    unbuilt(shop, "is not published", "ITSM-P-03")


# -- what is over is gone ----------------------------------------------------------------------------------------------------


def withdrawn(shop, number: str) -> None:
    """A document withdrawn by those who may, from today on."""
    for hour, who in enumerate(("wang.fang", "zhao.lei"), start=2):
        with shop.desk(who, f"2026-03-09T{hour:02d}:00:00Z") as desk:
            sign.sign(desk, release.withdrawal(desk, number, "不再使用"))
    with shop.desk("chen.jing", "2026-03-09T05:00:00Z") as desk:
        release.release(desk, release.batch(desk, [number], effective="2026-03-10"))
    shop.accepted()


def test_to_read_a_withdrawn_document_in_the_site_of_before(shop):
    """Text, picture, anchors and search entries of a withdrawn document are gone from the folder that was built before."""
    sentence = "规定变更管理程序"
    site = built(shop)
    before = texts(site)
    assert {path for path, text in before.items() if sentence in text} >= {
        "documents/ITSM-P-01/index.html",
        "search/search_index.json",
    }
    assert (site / "documents/ITSM-P-01/flow.png").is_file()
    (site / "documents/ITSM-P-01/kept.html").write_text("left over")
    withdrawn(shop, "ITSM-P-01")
    assert built(shop) == site
    now = texts(site)
    assert [path for path, text in now.items() if sentence in text] == []
    assert [path.name for path in (site / "documents/ITSM-P-01").iterdir()] == ["index.html"]
    stub = now["documents/ITSM-P-01/index.html"]
    assert "此文件已于 2026-03-10 作废" in stub
    assert 'id="purpose"' not in stub
    assert "ITSM-P-01/#purpose" not in "".join(now.values())
    assert "ITSM-P-01" in now["registers/obsolete/obsolete.csv"]
    assert "ITSM-P-01" not in now["registers/in-force/in-force.csv"]


# -- one truth everywhere -----------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def local(moment: str) -> str:
    """An instant as the organisation's clock on the wall shows it."""
    return f"{datetime.fromisoformat(moment.rstrip('Z')) + timedelta(hours=8)}"


def test_page_registers_status_and_signed_statements_say_the_same(shop):
    """Version, days, digest, signers and times, each read from the signed bytes by plain JSON and looked for in all the others."""
    found = texts(built(shop))
    listed = {row["文件编号"]: row for row in rows(found["registers/in-force/in-force.csv"])}
    done = {(row["文件编号"], row["版本"]): row for row in rows(found["registers/releases/releases.csv"])}
    status = json.loads(docctl(shop, "status", "--format", "json").said)["in_force"]
    assert {each["number"] for each in status} == set(listed) == {"ITSM-P-01", "ITSM-P-02", "ITSM-M-01", "ITSM-F-01"}
    people = {
        "wang.fang": "王芳",
        "li.ming": "李明",
        "zhou.ping": "周平",
        "zhao.lei": "赵磊",
        "sun.li": "孙丽",
        "chen.jing": "陈静",
    }
    for each in status:
        number, version = each["number"], each["version"]
        signed = [json.loads(path.read_bytes()) for path in (shop.office / "statements" / number).rglob("*.json")]
        signed = [one for one in signed if one["version"] == version]
        last = next(one for one in signed if one["decision"] == "release")
        row, line, page = listed[number], done[number, version], unescape(found[f"documents/{number}/index.html"])
        assert each["since"] == row["生效日期"] == line["生效日期"] == last["effective_from"]
        assert row["版本"] == line["版本"] == shop.field(number, "version") == version
        assert row["文件名称"] == line["文件名称"] == each["title"] == shop.field(number, "title")
        assert line["内容摘要"] == last["digest"] == shop.digest(number)
        assert line["内容摘要"].startswith("sha256:" + row["摘要值"])
        for said in (version, each["since"], each["title"], last["digest"]):
            assert said in page
        told = json.loads(docctl(shop, "show", number, "--format", "json").said)["statements"]
        assert sorted((one["signer"], one["decision"], one["decided_at"]) for one in told) == sorted(
            (one["signer"], one["decision"], one["decided_at"]) for one in signed
        )
        for one in signed:
            name, when = people[one["signer"]], local(one["decided_at"])
            assert re.search(rf'"person">{name}</td>.{{0,120}}"decided">{when}<', page), (number, one)
            assert f"{name} {when}" in "".join(line.values())
            assert one["decision"] not in {"approve", "review", "submit"} or name in row["编制"] + row["审核"] + row["批准"]
