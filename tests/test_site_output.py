"""The last look at a built site, and the exchange of the published folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from docctl.core.errors import DocctlError
from docctl.site import output

# --- the check ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "kind", "detail"),
    [
        ("extra/index.html", "x", "unplanned", ""),
        ("assets/evil.html", "x", "unplanned", ""),
        ("index.html", '<p><img src="https://a.example/x.png">', "remote-load", "https://a.example/x.png"),
        ("index.html", "<p><img alt=a src=//a.example/x.png>", "remote-load", "//a.example/x.png"),
        ("index.html", '<img srcset="a.png 1x, https://a.example/b.png 2x">', "remote-load", " https://a.example/b.png 2x"),
        ("index.html", '<link rel="preconnect" href="https://fonts.example">', "remote-load", "https://fonts.example"),
        ("index.html", '<script src="http://a.example/x.js"></script>', "remote-load", "http://a.example/x.js"),
        ("index.html", "<script>fetch('https://a.example')</script>", "remote-load", "fetch('https://a.example"),
        ("index.html", "<style>a{background:url(https://a.example/x)}</style>", "remote-load", "https://a.example/x"),
        ("index.html", '<p style="background:url(&quot;//a.example/x&quot;)">', "remote-load", "//a.example/x"),
        ("index.html", '<meta http-equiv="refresh" content="0;url=/">', "remote-load", '<meta http-equiv="refresh'),
        ("assets/docctl.css", "@import 'a.css';", "remote-load", "@import 'a.css'"),
        ("index.html", "<article><p onclick='x'></article>", "active", "onclick"),
        ("index.html", '<a href="java&#10;script:x">', "active", "javascript:x"),
        ("index.html", "<p>机密<em>草</em>稿内容</p>", "forbidden", "机密草稿内容"),
        ("index.html", '<p title="机密 草稿内容">', "forbidden", "机密草稿内容"),
        ("search/search_index.json", '{"docs":[{"text":"\\u673a\\u5bc6\\u200b草稿内容"}]}', "forbidden", "机密草稿内容"),
        ("index.html", '<article><a href="../gone/">x</a></article>', "dead-link", "../gone/"),
        ("index.html", '<article><a href="#gone">x</a></article>', "dead-link", "#gone"),
        ("index.html", '<article><img src="gone.png"></article>', "dead-link", "gone.png"),
    ],
)  # fmt: skip
def test_what_must_not_be_published_is_found(tmp_path, name, text, kind, detail):
    (tmp_path / "index.html").write_text("<article>x</article>")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert output.OutputFault(kind, name, detail) in output.check_output(str(tmp_path), {"index.md"}, {"机密 草稿内容"})


def test_ordinary_links_and_local_loads_are_fine(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text(
        '<link rel="stylesheet" href="../x.css"><img src="data:image/png;base64,AA"><article id="s"><a href="https://example.org/">x</a>'
        '<a href="mailto:a@example.org">m</a><a href="#s">s</a><a href="./">t</a></article>'
    )
    assert output.check_output(str(tmp_path), {"a/index.md"}) == []


def test_missing_pages_and_links_on_disk_are_found(tmp_path):
    os.symlink("/etc/passwd", tmp_path / "index.html")
    os.symlink("/etc", tmp_path / "etc")
    faults = output.check_output(str(tmp_path), {"index.md", "a/index.md"})
    assert {(fault.kind, fault.path) for fault in faults} == {
        ("missing", "a/index.html"),
        ("not-a-file", "index.html"),
        ("not-a-file", "etc"),
    }


# --- the exchange ---------------------------------------------------------------------------------------------------------------


def _new(target: Path, text: str) -> str:
    place = output.fresh_folder(str(target))
    Path(place, "index.html").write_text(text)
    return place


def test_the_published_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "public"
    output.replace_folder(_new(target, "old"), str(target))
    (target / "withdrawn.html").write_text("x")
    output.replace_folder(_new(target, "new"), str(target))
    assert sorted(path.name for path in target.iterdir()) == [".docctl-site", "index.html"]
    assert (target / "index.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_docctl_did_not_build_is_never_replaced(tmp_path, kind):
    target = tmp_path / "precious"
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a").write_text("x")
    {
        "folder": lambda: (tmp_path / "real").rename(target),
        "file": lambda: target.write_text("x"),
        "link": lambda: target.symlink_to("real"),
    }[kind]()
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(DocctlError, match="not a site"):
        output.fresh_folder(str(target))
    with pytest.raises(DocctlError, match="not a site"):
        output.replace_folder(str(tmp_path), str(target))
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def _dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_what_killed_runs_left_is_cleared_and_the_old_site_put_back(tmp_path):
    dead = _dead_process()
    for kind in ("new", "old"):
        (tmp_path / f".public.docctl-{kind}-{dead}-0123abcd").mkdir()
        (tmp_path / f".public.docctl-{kind}-{dead}-0123abcd" / output.MARKER).write_text(kind)
    (tmp_path / f".public.docctl-new-{os.getppid()}-0123abcd").mkdir()
    output.fresh_folder(str(tmp_path / "public"))
    assert (tmp_path / "public" / output.MARKER).read_text() == "old"
    left = sorted(path.name.rpartition("-")[0] for path in tmp_path.iterdir() if path.name != "public")
    assert left == sorted([f".public.docctl-new-{os.getpid()}", f".public.docctl-new-{os.getppid()}"])
