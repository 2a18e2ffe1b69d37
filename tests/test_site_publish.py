"""Publishing as an act: one folder replaced by another, the same bytes anywhere, nothing when anything is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from docctl.core.errors import DocctlError
from docctl.site import engine, publish, serving
from docctl.site.leaks import Needles, lines
from docctl.site.output import MARKER

from . import reading_room as room


@pytest.fixture
def library(surroundings, tmp_path) -> Path:
    """A copy of the reading room."""
    return Path(shutil.copytree(room.reading_room(), tmp_path / "library"))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _build(library: Path, site: Path, **more: str) -> publish.Built:
    return publish.build(str(library), str(site), **{"now": room.NOW, **more})


def _commit(library: Path, path: str, text: str) -> None:
    with (library / path).open("a", encoding="utf-8") as file:
        file.write(text)
    for words in (["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *words], cwd=library, check=True)


@pytest.fixture
def unbuilt(surroundings, monkeypatch):
    """An engine that only copies a built site, so that what surrounds it can be tried quickly; answers where it built."""
    places: list[str] = []
    built = room.published()

    def build(_staged: str, output: str, *_: object, **__: object) -> None:
        shutil.copytree(built, output, dirs_exist_ok=True)
        places.append(output)

    monkeypatch.setattr(engine, "build", build)
    return places


# --- the same bytes ---------------------------------------------------------------------------------------------------------------


def test_another_place_zone_and_language_give_the_same_bytes(library, tmp_path, monkeypatch):
    told: list[tuple[int, int]] = []
    for name, value in {
        "TZ": "America/Caracas",
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "de_DE.UTF-8",
        "XDG_CACHE_HOME": str(tmp_path / "c"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    made = publish.build(str(library), "elsewhere", now=room.NOW, progress=lambda done, of: told.append((done, of)))
    assert _files(tmp_path / "elsewhere") == _files(room.published())
    assert (made.day, made.documents, told[-1]) == (room.TODAY, 8, (11, 11))
    again = publish.build(str(library), str(tmp_path / "kept"), now=room.NOW)
    assert again.commit == made.commit
    assert _files(tmp_path / "kept") == _files(room.published()), "pages kept from the first build change nothing"
    assert len(list((tmp_path / "c" / "docctl" / "sites").iterdir())) == 1


# --- nothing but a whole new site -------------------------------------------------------------------------------------------------------


def test_pages_of_before_are_gone(library, tmp_path, unbuilt):
    site = tmp_path / "site"
    _build(library, site)
    (site / "documents" / "OLD-P-01.html").write_text("x")
    _build(library, site)
    assert not (site / "documents" / "OLD-P-01.html").exists()
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("extra.html", "x"),
        ("documents/ITSM-P-07/index.html", "x"),
        ("index.html", f"<p>{room.DRAFT}。</p>"),
        ("rules/rules.svg", "<svg/>"),
    ],
)
def test_what_nobody_planned_is_not_published(library, tmp_path, unbuilt, monkeypatch, name, text):
    site = tmp_path / "site"
    _build(library, site)
    before, copy = _files(site), engine.build

    def build(staged: str, output: str, *rest: object, **more: object) -> None:
        copy(staged, output, *rest, **more)
        Path(output, name).parent.mkdir(parents=True, exist_ok=True)
        Path(output, name).write_text(text, encoding="utf-8")

    monkeypatch.setattr(engine, "build", build)
    with pytest.raises(DocctlError, match="not the planned one"):
        _build(library, site)
    assert _files(site) == before
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site"]


def test_a_commit_that_breaks_a_rule_is_not_published(library, tmp_path, unbuilt):
    site = tmp_path / "site"
    _build(library, site)
    before = _files(site)
    _commit(library, "documents/procedures/ITSM-P-06/index.md", "\n随手改一句。\n")
    with pytest.raises(DocctlError, match=r"breaks [0-9]+ rules? and is not published; first: DC"):
        _build(library, site)
    assert _files(site) == before


def test_a_rule_that_crashes_publishes_nothing(library, tmp_path, unbuilt, monkeypatch):
    def crash(_library: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(publish, "check_library", crash)
    with pytest.raises(ZeroDivisionError):
        _build(library, tmp_path / "site")
    assert unbuilt == []
    assert not (tmp_path / "site").exists()


def test_an_engine_that_fails_leaves_the_old_site(library, tmp_path, unbuilt, monkeypatch):
    site = tmp_path / "site"
    _build(library, site)
    before = _files(site)
    monkeypatch.undo()
    monkeypatch.setattr(engine, "PROGRAM", "no_such_engine")
    with pytest.raises(DocctlError, match="engine could not build"):
        _build(library, site)
    assert _files(site) == before
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site"]


def test_the_protected_branch_is_published_whatever_is_checked_out(library, tmp_path, unbuilt):
    subprocess.run(["git", "switch", "-q", "doc/ITSM-P-01/A-3"], cwd=library, check=True)
    (library / "documents/procedures/ITSM-P-06/index.md").write_text("not committed")
    made = _build(library, tmp_path / "site")
    tip = subprocess.run(["git", "rev-parse", "main"], cwd=library, check=True, capture_output=True, text=True)
    assert made.commit == tip.stdout.strip()
    with pytest.raises(DocctlError, match="no commit named nowhere"):
        _build(library, tmp_path / "site", rev="nowhere")


def test_colours_and_copyright_are_the_librarys_own_and_nothing_else(library):
    text = 'site_name: x\ncopyright: "© <b>"\nhooks: [evil.py]\ntheme: {name: evil, custom_dir: evil, palette: {primary: teal, accent: "x y\\"z"}}\n'
    (library / "mkdocs.yml").write_text(text, encoding="utf-8")
    _commit(library, "mkdocs.yml", "")
    with publish.Repository.open(str(library)) as repository:
        look = publish.published(repository).look
    assert look == {"primary": "teal", "accent": 'x y"z', "copyright": "© <b>"}
    made = engine._configuration("x", "zh", [], look)
    assert made["copyright"] == "© &lt;b&gt;"
    assert {(each["primary"], each["accent"]) for each in made["theme"]["palette"]} == {("teal", "custom")}
    assert made["theme"]["name"] == "material"


# --- looking again ------------------------------------------------------------------------------------------------------------------


def test_a_site_is_held_to_a_fresh_plan(library, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(room.published(), site)
    assert publish.check(str(library), str(site), now=room.NOW) == []
    later = publish.check(str(library), str(site), now=room.AFTER)
    assert {(fault.kind, fault.path) for fault in later} == {
        ("forbidden", "documents/ITSM-P-06/index.html"),
        ("forbidden", "search/search_index.json"),
    }
    page = site / "documents/ITSM-P-06/index.html"
    page.write_text(page.read_text("utf-8").replace(room.SHOWN, "改过的内容"), encoding="utf-8")
    (site / "registers/in-force/in-force.csv").unlink()
    assert {(fault.kind, fault.path) for fault in publish.check(str(library), str(site), now=room.NOW, exact=True)} == {
        ("altered", "documents/ITSM-P-06/index.html"),
        ("missing", "registers/in-force/in-force.csv"),
        ("dead-link", "registers/in-force/index.html"),
    }


def test_lines_are_found_all_at_once():
    many = [f"这一句只是用来凑数的，第 {number} 句" for number in range(40)]
    for more in ([], many):
        needles = Needles(["机密 草稿 内容全文之外还有别的一些话", "short", "机密草稿内容", "", *more])
        said = "前后" * 7 + "x机密草稿内容全文之外还有别的一些话后short"
        assert sorted(needles.within(said)) == ["short", "机密草稿内容", "机密草稿内容全文之外还有别的一些话"]
        for start in range(9):
            assert "机密草稿内容全文之外还有别的一些话" in needles.within(said[start:])
    assert needles.within("机密的草稿") == []
    assert not Needles([])
    assert lines(
        "## 一个足够长的标题不会被当作句子来看待\n\n- 一个足够长的列表项会被当作句子来看待\n| 表 | 格 |\n短句", ["x" * 16]
    ) == {
        "一个足够长的列表项会被当作句子来看待",
        "x" * 16,
    }


# --- serving ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(surroundings, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(room.published(), site)
    os.symlink("/etc", site / "etc")
    (tmp_path / "secret").write_text("secret")
    with serving.server(str(site), 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_site_is_served_to_this_machine_alone(served):
    address = f"http://127.0.0.1:{served.server_port}"
    assert served.server_address[0] == "127.0.0.1"
    with urlopen(f"{address}/documents/ITSM-P-06/") as answer:
        assert room.SHOWN in answer.read().decode()
        assert answer.headers["Cache-Control"] == "no-cache"
    for way in ("/../secret", "/%2e%2e/secret", "/etc/passwd", "/documents/", "/nowhere"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(address + way)
    asked = HTTPConnection("127.0.0.1", served.server_port)
    asked.request("GET", "/", headers={"Host": "evil.example"})
    assert asked.getresponse().status == 403
    asked.close()


def test_only_a_built_site_is_served(tmp_path, served):
    with pytest.raises(DocctlError, match="not a site that docctl built"):
        publish.serve(str(tmp_path), 0, print)
    (tmp_path / MARKER).write_text("")
    with pytest.raises(DocctlError, match="port"):
        publish.serve(str(tmp_path), served.server_port, print)


def test_serving_tells_the_address_and_ends_quietly(tmp_path, monkeypatch):
    (tmp_path / MARKER).write_text("")
    said: list[str] = []

    def interrupted(_server: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving.ThreadingHTTPServer, "serve_forever", interrupted)
    publish.serve(str(tmp_path), 0, lambda words: said.append(words.en))
    assert said[0].startswith("http://127.0.0.1:")
    assert said[1] == "ended"
