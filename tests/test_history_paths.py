"""Forged files, each named after the attacker's wish: front matter, paths, modes and objects (threats G, H)."""

from __future__ import annotations

import re
import subprocess

import pytest

from . import layers
from .layers import refused
from .workshop import told

P01 = "documents/procedures/ITSM-P-01"
P03 = "documents/procedures/ITSM-P-03"


def staged(shop, *codes, **more):
    """Refused, when the office's files are left aside and only the index is committed."""
    return layers.refused(shop, *codes, staged=True, **more)


# -- front matter --------------------------------------------------------------------------------------------------------

TRICKS = {
    "double-key": ("status: draft\n", "status: draft\nstatus: approved\n"),
    "anchor": ("language: zh-CN\n", "language: &a zh-CN\nkeywords: [*a]\n"),
    "alias-bomb": (
        "language: zh-CN\n",
        (
            "language: zh-CN\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
            "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nkeywords: [*e,*e,*e,*e]\n"
        ),
    ),
    "tag": ("language: zh-CN\n", 'language: !!python/object/apply:os.system ["touch pwned"]\n'),
    "merge-key": ("status: draft\n", "<<: {status: approved}\n"),
    "second-document": ("language: zh-CN\n", "language: zh-CN\n--- \nstatus: approved\n"),
    "dots": ("\n---\n\n##", "\n...\n\n##"),
    "long-rule": ("\n---\n\n##", "\n----\n\n##"),
    "blank-behind-rule": ("\n---\n\n##", "\n---\u00a0\n\n##"),
    "not-closed": ("\n---\n\n##", "\n\n##"),
    "crlf": ("\n", "\r\n"),
    "bom": ("---\nid:", "\ufeff---\nid:"),
    "tab": ("status: draft\n", "status:\tdraft\n\tx: y\n"),
    "flow-open": ("title: ", "title: ["),
    "unknown-field": ("status: draft\n", "status: draft\nbypass: true\n"),
    "wrong-type": ("language: zh-CN\n", "language: [a, b]\n"),
    "null": ("language: zh-CN\n", "language:\n"),
    "title-of-two-lines": ("title: 变更管理程序\n", 'title: "x\\n# y"\n'),
    "no-final-line-end": ("\n", ""),
    "opening-late": ("---\nid:", "\n---\nid:"),
    "rule-in-a-field": ("language: zh-CN\n", "language: zh-CN\n---\nstatus: approved\n---\n"),
}


def bent(text, trick):
    """The bytes of a text with one trick played on it."""
    old, new = TRICKS[trick]
    assert old in text
    if trick == "no-final-line-end":
        return text.rstrip("\n").encode()
    return text.replace(old, new, -1 if trick == "crlf" else 1).encode()


@pytest.mark.parametrize("trick", TRICKS)
def test_to_let_two_readers_read_two_things(shop, trick):
    path = shop.text("ITSM-P-03")
    path.write_bytes(bent(path.read_bytes().decode(), trick))
    said = refused(
        shop,
        "DC102" if trick in {"unknown-field", "wrong-type", "null", "title-of-two-lines", "rule-in-a-field"} else "DC101",
        about=["ITSM-P-03"],
    )
    assert "index.md" in said
    assert not (shop.office / "pwned").exists()
    assert not (shop.server / "pwned").exists()


@pytest.mark.parametrize("code", ["utf-16", "gb18030"])
def test_to_write_in_another_encoding(shop, code):
    path = shop.text("ITSM-P-03")
    path.write_bytes(path.read_text(encoding="utf-8").encode(code))
    refused(shop, "DC101", about=["ITSM-P-03"])


@pytest.mark.parametrize("data", [b"", b"\0", b"plain text\n", b"---\n", b"---\n---\n", b"\xff\xfe\n", b"---\nid: [\n---\n\nx\n"])
def test_to_land_a_document_that_is_none(shop, data):
    shop.text("ITSM-P-03").write_bytes(data)
    refused(shop, about=["ITSM-P-03"])


@pytest.mark.parametrize("number", [b"ITSM-P-01", b"ITSM-P-02"])
def test_to_take_the_front_matter_of_a_text_in_force_away(shop, number):
    path = shop.text(number.decode())
    path.write_text(path.read_text(encoding="utf-8").split("\n---\n", 1)[1], encoding="utf-8")
    refused(shop, "DC101", about=[number.decode()])


def test_to_leave_merge_marks_in_a_text(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n")
    refused(shop, about=["ITSM-P-03"])


@pytest.mark.parametrize("version", ["1:30", "0x10", "A/00", "a/0", "A/10", "I/0", "1.0", "Ａ/0"])
def test_to_write_a_label_that_reads_in_two_ways(shop, version):
    shop.edit("ITSM-P-03", "^version: A/0$", f"version: {version}")
    refused(shop, about=["ITSM-P-03"])


BODIES = {
    "script": "<script>alert(1)</script>",
    "iframe": "text <iframe src='x'></iframe>",
    "comment": "<!-- hidden -->",
    "bidi": "不得\u202e进入",
    "zero-width": "不\u200b得",
    "javascript": "[x](javascript:alert(1))",
    "entity": "[x](&#x6a;avascript:alert(1))",
    "data": "[x](data:text/html,x)",
    "outside": "![x](../../.docctl/people.yaml)",
    "absolute": "![x](/etc/hostname)",
    "percent": "![x](%2e%2e/x.png)",
    "remote-picture": "![x](https://example.com/a.png)",
    "reference": "[x][y]\n\n[y]: ../shared/a.png",
    "reserved-anchor": "## x {#docctl-stamp}",
    "refresh": "<meta http-equiv=refresh content='0;url=https://a.example/'>",
    "vbscript": "[x](vbscript:msgbox)",
    "autolink": "<javascript:alert(1)>",
    "definition": "[x]\n\n[x]: javascript:alert(1)",
    "picture-data": "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "picture-javascript": "![x](JaVaScRiPt:alert(1))",
    "drawing": "![x](a.svg)",
    "event": "text <b onclick=alert(1)>x</b>",
}


@pytest.mark.parametrize("body", BODIES)
def test_to_show_readers_something_else(shop, body):
    shop.edit("ITSM-P-03", r"\Z", f"\n{BODIES[body]}\n")
    refused(shop, about=["ITSM-P-03"])


def test_to_cite_what_is_not_there(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n见 [某文件](doc:ITSM-P-77)。\n")
    refused(shop, "DC403", about=["ITSM-P-03"], says=["ITSM-P-77"])


def test_to_answer_a_clause_that_does_not_exist(shop):
    shop.edit("ITSM-P-03", "iso20000-1:2018/8.5.1", "iso20000-1:2018/A.5.99")
    refused(shop, "DC401", about=["ITSM-P-03"], says=["A.5.99"])


# -- paths ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "documents/README-extra.md", "documents/x/notes.md", "documents/index.md", "records/x.md", "records/incident/2026/x.md",
    "statements/note.txt", "statements/ITSM-P-01/note.txt", "statements/ITSM-P-01/A-0/note.json", ".docctl/hook.py",
    ".docctl/log/0003.txt", ".docctl/log/3.json", ".docctl/standards/x.txt", ".docctl/standards/a/b.yaml",
    "Documents/ITSM-P-01/index.md", "RECORDS/x", "STATEMENTS/ITSM-P-01/A-0/x.json", ".Docctl/settings.yaml", ".GitAttributes",
    "MkDocs.yml", "documents", "records", "statements", ".docctl",
])  # fmt: skip
def test_to_put_a_file_where_nobody_owns_it(shop, path):
    if path in {"documents", "records", "statements", ".docctl"}:
        shop.git("rm", "-rfq", "--cached", path)
    shop.stage(path, "x\n")
    staged(shop, "DC105", about=[path])


@pytest.mark.parametrize("name", [
    "a\nb.md", "a\rb", "-x.md", "x ", "x.", "CON", "nul.txt", "a:b", "a\\b", "a\u202eb", "a\u200bb", "~$x.docx\x7f", "e\u0301.txt",
    ".hidden", "x" * 180 + ".md", "a?b", "a*b", "a<b", 'a"b', "a|b", "\ufeffx", "a\u0085b", "字" * 90,
])  # fmt: skip
def test_to_choose_a_name_that_tools_stumble_over(shop, name):
    shop.stage(f"{P03}/{name}", "x\n")
    said = staged(shop, "DC105", about=["ITSM-P-03"])
    assert all(char not in said for char in "\u202e\u200b\ufeff\r")


def test_to_choose_a_name_that_is_no_text(shop):
    shop.stage(f"{P03}/a\udcffb.md", "x\n")
    staged(shop, "DC105", about=["ITSM-P-03"])


def test_to_differ_in_letter_case_only(shop):
    shop.stage(f"{P01}/FLOW.png", (shop.office / P01 / "flow.png").read_bytes())
    staged(shop, "DC105", "DC301", about=["ITSM-P-01"], says=["letter case"])


def test_to_put_a_text_in_a_twin_folder(shop):
    shop.stage("documents/Procedures/ITSM-P-11/index.md", shop.text("ITSM-P-03").read_text().replace("ITSM-P-03", "ITSM-P-11"))
    staged(shop, "DC105", says=["letter case"])


def test_to_publish_another_file_through_a_link(shop):
    (shop.office / P01 / "flow.png").unlink()
    (shop.office / P01 / "flow.png").symlink_to("/etc/passwd")
    refused(shop, "DC105", about=["ITSM-P-01"], says=["flow.png", "symbolic link"])


@pytest.mark.parametrize("path", ["documents", "records", "statements", ".docctl"])
def test_to_replace_a_whole_folder_by_a_link(shop, path):
    shop.git("rm", "-rfq", "--cached", path)
    shop.stage(path, "/tmp", "120000")
    staged(shop, "DC105", about=[path])


def test_to_link_the_rules_elsewhere(shop):
    path = shop.office / ".docctl/people.yaml"
    path.unlink()
    path.symlink_to("../people.yaml")
    refused(shop, "DC105", about=[".docctl/people.yaml"])


def test_to_replace_a_document_by_a_submodule(shop):
    shop.git("rm", "-rfq", P01)
    commit = shop.head()
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{P01}")
    staged(shop, "DC304", "DC105", about=["ITSM-P-01"], says=[P01])


def test_to_put_a_submodule_into_a_document(shop):
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{shop.head()},{P03}/more")
    staged(shop, "DC105", about=["ITSM-P-03"], says=["submodule"])


def test_to_make_a_text_executable(shop):
    shop.git("update-index", "--chmod=+x", f"{P01}/index.md")
    staged(shop, "DC105", about=["ITSM-P-01"], says=["executable"])


def test_to_land_a_pointer_instead_of_a_picture(shop):
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5\n"
    shop.put(f"{P03}/big.png", pointer)
    refused(shop, "DC105", about=["ITSM-P-03"], says=["Git LFS pointer"])


@pytest.mark.parametrize(("name", "data"), [("a.png", b"<svg/>"), ("a.jpg", b"\x89PNG"), ("a.svg", b"<svg/>"), ("a.webp", b"x")])
def test_to_land_a_picture_that_is_none(shop, name, data):
    shop.put(f"{P03}/{name}", data)
    refused(shop, "DC105", about=["ITSM-P-03"], says=[name])


def test_to_edit_under_a_chinese_path(shop):
    folder = "documents/信息 安全/ITSM-S-01-访问 控制"
    text = shop.text("ITSM-P-03").read_text(encoding="utf-8").replace("ITSM-P-03", "ITSM-S-01")
    shop.put(f"{folder}/index.md", text)
    shop.evidence(shop.next("ITSM-S-01", "A/0"))
    shop.commit()
    shop.accepted()
    shop.git("fetch", "-q")
    shop.edit("ITSM-S-01")
    refused(shop, "DC301", about=["ITSM-S-01 A/0"], says=[folder])


ODD = [b".git", b".GIT", b"git~1", b"..", b".", b".g\xe2\x80\x8cit", b"a/b", b"same same", b"z a", b".git.", b".git::$X"]


@pytest.mark.parametrize("check", ["true", "false"])
@pytest.mark.parametrize("names", ODD, ids=lambda names: ascii(names)[2:-1])
@pytest.mark.parametrize("where", [P03, "notes", ""])
def test_to_store_a_tree_that_git_would_not_write(shop, where, names, check):
    """Whether or not git itself looks (fsckObjects), the gate refuses such names, and outside documents too."""
    shop.git("config", "receive.fsckObjects", check, at=shop.server)
    before = shop.refs()
    ran = shop.land(odd_commit(shop, where, names.split(b" ")))
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    assert "Traceback" not in ran.said
    if check == "false":
        told(ran.said, "names that git would not write", "nothing was changed")


def odd_commit(shop, where, names):
    """A commit after HEAD whose folder `where` holds these names too, made by plumbing that does not look."""
    key = bytes.fromhex(shop.git("hash-object", "-w", "--stdin", feed=b"EVIL\n"))
    more = [(b"100644", name, key) for name in names]
    folder = where
    while True:
        found = subprocess.run(
            ["git", "cat-file", "tree", f"HEAD:{folder}"], cwd=shop.office, capture_output=True, check=False
        ).stdout
        kept = [item for item in re.findall(rb"([0-7]+) ([^\0]+)\0(.{20})", found, re.DOTALL) if item[1] != more[0][1]]
        items = [*kept, *more] if names == [b"z", b"a"] and folder == where else sorted([*kept, *more], key=in_order)
        data = b"".join(b"%b %b\0%b" % item for item in items)
        made = shop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=data)
        if not folder:
            return shop.git("commit-tree", made, "-p", "HEAD", "-m", "x")
        folder, _, name = folder.rpartition("/")
        more = [(b"40000", name.encode(), bytes.fromhex(made))]


def in_order(item):
    """How git orders the names of a folder."""
    return item[1] + (b"/" if item[0] == b"40000" else b"")
