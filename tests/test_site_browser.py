"""The site in a real browser: it asks nobody but its own server, finds Chinese words, and prints as a controlled copy should."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from docctl.site import serving

from . import reading_room as room

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


@pytest.fixture(scope="module")
def address(surroundings) -> Iterator[str]:
    with serving.server(str(room.published()), 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium():
    if not shutil.which(CHROMIUM):
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (the test extra has it)")
    with api.sync_playwright() as running:
        found = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def window(chromium, address):
    """A page on which every request is written down and every one that leaves the site is stopped."""
    context = chromium.new_context(locale="zh-CN")
    opened = context.new_page()
    opened.asked, opened.said = [], []

    def ask(route):
        opened.asked.append(route.request.url)
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", ask)
    opened.on("console", lambda message: opened.said.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.on("dialog", lambda dialog: (opened.said.append("dialog"), dialog.dismiss()))
    yield opened
    context.close()


def test_no_page_asks_another_server_or_runs_a_title(window, address):
    for path in (
        "",
        "documents/ITSM-P-01/",
        "documents/ITSM-P-04/",
        "documents/ITSM-P-05/",
        "documents/ITSM-P-09/",
        "registers/in-force/",
        "rules/",
    ):
        window.goto(address + path, wait_until="networkidle")
    assert [url for url in window.asked if not url.startswith((address, "data:", "blob:"))] == []
    assert window.said == []


def test_even_a_page_that_was_meddled_with_loads_nothing(window, address):
    window.goto(address, wait_until="networkidle")
    window.asked.clear()
    window.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"https://a.example/x.png\">')")
    assert window.evaluate("fetch('https://a.example/').then(() => 'loaded', () => 'stopped')") == "stopped"
    assert window.asked == [], "the browser itself refuses; nothing is even asked"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("变更管理", "ITSM-P-02"),
        ("补齐申请单", "ITSM-P-01"),
        ("ITSM-P-06", "ITSM-P-06"),
        ("restore", "ITSM-I-01"),
    ],
)
def test_chinese_questions_without_spaces_are_answered(window, address, question, found):
    window.goto(address, wait_until="networkidle")
    window.click(".md-search__input")
    window.locator(".md-search__input").press_sequentially(question)
    window.keyboard.press("End")
    first = window.locator(".md-search-result__item h1, .md-search-result__item h2").first
    api = pytest.importorskip("playwright.sync_api")
    api.expect(first).to_contain_text(found, timeout=10_000)


@pytest.mark.parametrize("question", ["前台转接", "草稿里写着", "涉密"])
def test_what_is_not_published_is_not_found(window, address, question):
    window.goto(address, wait_until="networkidle")
    window.click(".md-search__input")
    window.locator(".md-search__input").press_sequentially(question)
    window.keyboard.press("End")
    window.wait_for_timeout(1500)
    shown = window.locator(".md-search-result__list").inner_text()
    assert not any(sentence in shown.replace("\u200b", "") for sentence in (room.WITHDRAWN, room.DRAFT, room.RECORDED))


def test_a_phone_need_not_scroll_sideways(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    opened = context.new_page()
    for path in ("", "documents/ITSM-P-01/", "registers/in-force/", "registers/releases/"):
        opened.goto(address + path, wait_until="networkidle")
        assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def _chinese_font():
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True) if shutil.which("fc-list") else None
    return bool(listed and listed.stdout)


@pytest.mark.parametrize(
    ("path", "paper", "said"),
    [
        ("documents/ITSM-P-01/", (595, 842), ("ITSM-P-01 事件管理程序", "A/2 · 现行有效")),
        ("registers/review-due/", (842, 595), ("文件评审到期清单", f"截至 {room.TODAY}")),
        ("registers/in-force/", (1191, 842), ("受控文件清单", f"截至 {room.TODAY}")),
    ],
)
def test_paper_says_what_it_is_and_that_it_is_uncontrolled(chromium, address, tmp_path, path, paper, said):
    if not shutil.which("pdftotext") or not _chinese_font():
        pytest.skip("pdftotext or a Chinese font is not installed (apt-get install poppler-utils fonts-wqy-zenhei)")
    opened = chromium.new_page()
    opened.goto(address + path, wait_until="networkidle")
    opened.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", str(tmp_path / "page.pdf")], capture_output=True, text=True, check=True).stdout
    size = re.search(r"Page size: +([0-9.]+) x ([0-9.]+)", told)
    assert (round(float(size[1])), round(float(size[2]))) == paper
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    for words in (*said, "打印件为非受控文件 / Uncontrolled when printed"):
        assert " ".join(words.split()) in " ".join(text.split())
    sheets = int(re.search(r"Pages: +([0-9]+)", told)[1])
    assert text.count("打印件为非受控文件") == sheets
    for sheet in range(1, sheets + 1):
        assert re.search(rf"\b{sheet} */ *{sheets}\b", text)
    once = " ".join(text.split())
    assert "打印件仅在站点仍显示同一版本时有效，否则为非受控文件。" in once
    assert "A printed copy is uncontrolled unless the site still shows the same version." in once
    said_when = re.findall(
        rf"{re.escape(address + path)} · 打印时间 (20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}} [+-][0-9]{{2}}:[0-9]{{2}})",
        once,
    )
    assert len(said_when) == sheets + 1
    moment = datetime.strptime(said_when[0], "%Y-%m-%d %H:%M %z")
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 600
    opened.close()


def test_a_screen_does_not_say_when_it_was_printed(window, address):
    window.goto(address + "documents/ITSM-P-01/?h=%E4%BA%8B%E4%BB%B6#purpose", wait_until="networkidle")
    assert not window.locator(".docctl-printed").is_visible()
    window.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    window.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not window.locator(".docctl-printed").is_visible()
    assert window.locator("[data-docctl-printed]").text_content().startswith(f"{address}documents/ITSM-P-01/ · ")
    assert window.locator("style#docctl-printed").count() == 1
    assert window.said == []
    assert [url for url in window.asked if not url.startswith((address, "data:", "blob:"))] == []
