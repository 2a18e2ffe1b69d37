"""What a published site shows and what it keeps to itself, over a library with something of everything."""

from __future__ import annotations

import ast
import csv
import json
import re
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from docctl.reader.landing import Past
from docctl.registers import REGISTERS, register
from docctl.render import write_table
from docctl.repository import Repository
from docctl.site import engine, publish
from docctl.site.plan import plan
from docctl.site.withheld import DASH, public_table

from . import reading_room as room

PUBLIC = ("ITSM-F-01", "ITSM-I-01", "ITSM-P-01", "ITSM-P-02", "ITSM-P-03", "ITSM-P-04", "ITSM-P-05", "ITSM-P-06")


@pytest.fixture(scope="module")
def site(surroundings):
    return room.published()


@pytest.fixture(scope="module")
def texts(site):
    return room.texts(site)


@pytest.fixture(scope="module")
def planned(surroundings):
    with Repository.open(str(room.reading_room())) as repository:
        source = publish.published(repository)
        yield plan(source.past.collection(room.TODAY)._replace(arrivals=source.arrivals))


def _rows(texts, name):
    return list(csv.reader(StringIO(texts[f"registers/{name}/{name}.csv"].removeprefix("\ufeff"))))


def _row(texts, name, number):
    head, *rows = _rows(texts, name)
    return next(dict(zip(head, row, strict=True)) for row in rows if number in row)


def _page(texts, number):
    return texts[f"documents/{number}/index.html"]


# --- what is kept back ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        room.SUPERSEDED,
        room.SCHEDULED,
        room.WITHDRAWN,
        room.DRAFT,
        room.CANDIDATE,
        room.SECRET,
        room.RECORDED,
        room.DRAFT_TITLE,
        *room.SECRET_TITLES,
    ],
)
def test_what_is_not_in_force_or_too_secret_is_nowhere(texts, sentence):
    assert [path for path, text in texts.items() if sentence in text] == []


def test_what_is_in_force_is_there(site, texts):
    assert {path.split("/")[1] for path in texts if path.startswith("documents/")} == {*PUBLIC, "ITSM-P-09"}
    assert room.ROLLED in _page(texts, "ITSM-P-01")
    assert room.SHOWN in _page(texts, "ITSM-P-06")
    assert (site / "documents/ITSM-P-01/flow.png").read_bytes() == room.PIXEL
    assert room.SHOWN in texts["search/search_index.json"]


def test_a_confidential_item_keeps_its_number_and_classification_alone(texts):
    for name, number, classified in (("in-force", "ISMS-P-01", "秘密"), ("records", "REC-INC-2026-002", "秘密")):
        row = _row(texts, name, number)
        assert {value for key, value in row.items() if key not in ("序号", "文件编号", "记录编号", "密级")} == {DASH}
        assert row["密级"] == classified
    for name in ("releases", "review-due"):
        assert {value for key, value in _row(texts, name, "ISMS-P-01").items() if key not in ("序号", "文件编号")} == {DASH}
    listed = csv.DictReader(
        StringIO(texts["correspondence/iso27001-2022-by-clause/iso27001-2022-by-clause.csv"].removeprefix("\ufeff"))
    )
    row = next(row for row in listed if row["文件编号"] == "ISMS-P-01")
    assert (row["条款号"], row["文件名称"], row["章节"], row["符合方式"], row["覆盖"]) == ("A.7.2", DASH, DASH, DASH, "已覆盖")
    assert "documents/ISMS-P-01/" not in "".join(texts.values())


def test_a_draft_is_named_by_number_alone(texts):
    listed = csv.DictReader(
        StringIO(texts["correspondence/iso20000-1-2018-by-clause/iso20000-1-2018-by-clause.csv"].removeprefix("\ufeff"))
    )
    row = next(row for row in listed if row["文件编号"] == "ITSM-P-07")
    assert (row["文件名称"], row["覆盖"]) == (DASH, "仅草案")
    assert not [path for path in texts if "ITSM-P-07/" in path]


def test_the_search_index_holds_pages_of_the_plan_alone(texts):
    places = {entry["location"].partition("#")[0] for entry in json.loads(texts["search/search_index.json"])["docs"]}
    assert {place + "index.html" for place in places} <= set(texts)


# --- what is shown ------------------------------------------------------------------------------------------------------------------


def test_each_page_carries_what_a_control_block_must(texts, planned):
    for number in PUBLIC:
        issue = planned.shown[number]
        text = unescape(_page(texts, number))
        document = issue.edition.document
        for said in (number, issue.version, document.digest, issue.since, "现行有效", "内部"):
            assert said in text, (number, said)
        matrix = issue.edition.matrix
        for item in (matrix.submit, *(seat.filled for seat in matrix.seats), matrix.release):
            person = planned.collection.library.rules.mandate.people.persons[item.statement.signer]
            assert person.name in text
            assert item.verdict.fingerprint in text
        assert text.index(document.digest) < text.index("签署记录") < text.index('id="purpose"')


def test_the_page_the_register_and_the_statement_agree(texts, planned):
    for number in PUBLIC:
        issue = planned.shown[number]
        row = _row(texts, "in-force", number)
        assert (row["版本"], row["生效日期"], row["摘要值"]) == (issue.version, issue.since, issue.edition.document.digest[7:19])
        times = re.findall(r'data-column="decided">([^<]*)<', _page(texts, number))
        released = next(row for row in _rows(texts, "releases")[1:] if number in row and issue.version in row)
        assert times[-1] in " ".join(released)


def test_a_withdrawn_number_has_a_stub(texts):
    text = _page(texts, "ITSM-P-09")
    assert "此文件已于 2026-05-01 作废" in text
    assert '<a href="../ITSM-P-01/">ITSM-P-01</a>' in text
    assert "夜间值班" not in text
    assert _row(texts, "obsolete", "ITSM-P-09")["作废原因"] == "并入事件管理"


def test_what_is_coming_is_announced_without_its_text(texts):
    assert f"A/1 版自 {room.LATER} 起实施" in _page(texts, "ITSM-P-06")
    assert room.LATER in texts["index.html"]


def test_links_lead_where_readers_may_go(texts):
    text = _page(texts, "ITSM-P-01")
    assert '<a href="../ITSM-P-06/#process">变更</a>' in text
    assert '<span class="docctl-unlinked">门禁</span>' in text


@pytest.mark.parametrize("place", range(3))
def test_titles_are_literal_everywhere(texts, place):
    number, title = f"ITSM-P-0{place + 3}", room.HOSTILE[place]
    page = _page(texts, number)
    plain = re.sub(r"<[^>]*>", "", re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1])
    assert unescape(plain).replace("#", "").strip() == f"{number} {title}"
    assert title in {
        unescape(found) for found in re.findall(r'data-column="title">(.*?)</td>', texts["registers/in-force/index.html"])
    }
    assert title in _row(texts, "in-force", number).values()
    for path, text in texts.items():
        if path.endswith(".html"):
            assert "<script>alert" not in text
            assert "<img src=x" not in text


def test_every_row_has_a_cell_for_each_column(texts):
    for path in (path for path in texts if path.startswith(("registers/", "correspondence/")) and path.endswith(".html")):
        tables = re.findall(r"<table class=\"docctl-table docctl-register.*?</table>", texts[path], re.DOTALL)
        for table in tables:
            head, *rows = table.split("<tr>")[1:]
            assert {row.count("<td") for row in rows} <= {head.count("<th ")}
    for name in REGISTERS:
        rows = _rows(texts, name)
        assert len({len(row) for row in rows}) == 1


def test_csv_files_are_those_of_the_registers(site, planned):
    for name in REGISTERS:
        table = register(name, planned.collection)
        shown = write_table(public_table(table, planned.hidden), "csv", "zh")
        assert (site / f"registers/{name}/{name}.csv").read_bytes() == shown
    whole = register("obsolete", planned.collection)
    assert public_table(whole, planned.hidden) == whole, "what holds nothing secret is shown as it is"


def test_every_generated_page_says_as_of_when(texts, planned):
    for path in ("index.html", *(f"registers/{name}/index.html" for name in REGISTERS)):
        assert f"截至 {room.TODAY}" in texts[path]
        assert f"As of {room.TODAY} (Asia/Shanghai), commit {planned.collection.commit[:12]}" in texts[path]


def test_an_english_site_speaks_english_first(surroundings):
    texts = room.texts(room.published(lang="en"))
    assert '<html lang="en"' in texts["index.html"]
    page = _page(texts, "ITSM-I-01")
    assert re.search(r"<h1[^>]*>ITSM-I-01 Restore instruction", page)
    assert re.search(r'<dt>Version <small class="docctl-second" lang="zh">版本</small></dt>', page)
    assert "State" in texts["registers/releases/releases.csv"].splitlines()[0]
    assert set(texts) == set(room.texts(room.published()))


def test_a_day_brings_a_scheduled_version_into_force_without_a_commit(surroundings):
    before, after = (room.texts(room.published(now)) for now in (room.NOW, room.AFTER))
    assert room.SHOWN in _page(before, "ITSM-P-06")
    assert room.SCHEDULED in _page(after, "ITSM-P-06")
    assert room.SHOWN not in "".join(after.values())
    assert "A/1" in _row(after, "in-force", "ITSM-P-06").values()


def test_a_text_that_is_not_in_this_copy_is_missed(surroundings):
    with Repository.open(str(room.reading_room())) as repository:
        past = publish.published(repository).past
        collection = Past(repository, past.commit).collection(room.TODAY)
        lost = {
            **collection.editions,
            "ITSM-P-06": tuple(each._replace(document=None) for each in collection.editions["ITSM-P-06"]),
        }
        with pytest.raises(publish.DocctlError, match="ITSM-P-06 A/0 is in force, but its text is not in this copy"):
            plan(collection._replace(editions=lost))


def test_every_sentence_of_the_site_exists_in_both_languages():
    nodes = (node for file in sorted(Path(engine.HERE).glob("*.py")) for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    calls = (node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Words")
    told = [[ast.unparse(argument) for argument in node.args] for node in calls if len(node.args) == 2]
    assert len(told) > 60
    same = [
        pair
        for pair in told
        if not re.search("[\u4e00-\u9fff]", pair[1]) and pair[0] == pair[1] and not pair[0].startswith("f'{address}")
    ]
    assert same in ([], [["told", "told"]]), "what an engine says is in its own words"
    assert [english for english, _ in told if re.search("[\u4e00-\u9fff]", english)] == []
