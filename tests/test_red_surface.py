"""Attacks on what carries the library: names, objects, tables, settings, sizes. Each test is named after the attacker's wish."""

from __future__ import annotations

import hashlib
import re
import subprocess
import time
import zlib

import pytest

from docctl import server
from docctl.assurance import verify
from docctl.core.errors import DocctlError
from docctl.core.layout import name_fault
from docctl.core.outline import by_parser, by_pattern, outline
from docctl.core.plaintext import hidden
from docctl.redline import redline
from docctl.repository import Repository

from . import layers
from .workshop import told

P03 = "documents/procedures/ITSM-P-03"
LONG = 10  # seconds: whoever waits longer takes a gate for dead


# -- the page and docctl read two things -----------------------------------------------------------------------------------

HEADS = (
    "## 目的 | 流程 {#purpose}\n|---|---|\n",
    "# a | b\n|-|-|\n",
    "## a|\n|-|\n",
)


@pytest.mark.parametrize("body", HEADS)
def test_to_pass_the_head_of_a_table_off_as_a_section(body):
    assert outline(body) == by_parser(body, 1)
    assert not outline(body).headings
    assert by_pattern("## 目的 {#purpose}\n\n| a | b |\n|---|---|\n| c | d |\n", 1) is not None


def test_to_answer_a_clause_in_a_section_that_readers_never_see(shop):
    path = shop.text("ITSM-P-03")
    text = path.read_text(encoding="utf-8")
    section = re.search(r"^## (.*) \{#purpose\}$", text, re.MULTILINE)
    assert section
    path.write_text(text.replace(section[0], f"## {section[1]} | x {{#purpose}}\n|---|---|\n| a | b |"), encoding="utf-8")
    layers.refused(shop, about=["ITSM-P-03"], says=["purpose"])


# -- names and characters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["com¹.txt", "LPT³", "CONIN$", "conout$.log", "aux .txt", "nul  .tar.gz", "con"])
def test_to_choose_a_name_that_windows_keeps_for_its_devices(name):
    assert name_fault(f"{P03}/{name}") == "name"


@pytest.mark.parametrize("name", ["auxiliary.txt", "com10.txt", "console.txt", "nul-report.pdf", "CONIN.txt", "流程.png"])
def test_ordinary_names_that_only_look_like_devices(name):
    assert name_fault(f"{P03}/{name}") == ""


@pytest.mark.parametrize("mark", "\u034f\u17b4\u180b\u180f\u2800\ufe00\ufe0f\U0001bca0\U0001d173\U000e0100")
def test_to_tell_two_files_apart_by_what_nobody_sees(mark):
    assert name_fault(f"{P03}/flow{mark}.png") in {"character", "name"}


@pytest.mark.parametrize("mark", "\u034f\u17b5\u180c\u180f\u2800\U0001bca3\U0001d17a")
def test_to_hide_a_difference_from_those_who_sign(shop, mark):
    assert hidden(f"批{mark}准\n")
    shop.edit("ITSM-P-03", r"\Z", f"\n批准{mark}后执行。\n")
    layers.client(shop, "DC101", says=["ITSM-P-03", f"U+{ord(mark):04X}"])


def test_pictures_of_emoji_stay_what_they_are():
    assert hidden("⚠\ufe0f 注意 👩\u200d💻\n") is None


@pytest.mark.parametrize("name", ["page.html.en", "page.HTML.gz", "a.xhtml.bak", "feed.kml", "x.wsdl", "m.js.zh"])
def test_to_attach_a_page_under_an_ending_that_servers_pass_over(shop, name):
    shop.put(f"{P03}/{name}", "<script>alert(1)</script>\n")
    layers.client(shop, "DC113", says=[name])


def test_attachments_that_nobody_runs_are_taken(shop):
    for name in ("site.xml.zip", "page.html.pdf", "v1.2.docx", "notes.md.txt"):
        shop.put(f"{P03}/{name}", "x\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "attachments")


# -- names of the server ---------------------------------------------------------------------------------------------------


def test_to_unprotect_main_by_beginning_the_branch_that_head_names(shop):
    shop.git("symbolic-ref", "HEAD", "refs/heads/master", at=shop.server)
    before, good = shop.refs(), shop.head()
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("protected_branch: main", "protected_branch: other"), encoding="utf-8"
    )
    shop.commit("rules of my own")
    told(shop.land(to="refs/heads/master").said, "is refused")
    shop.git("reset", "-q", "--hard", good)
    shop.edit("ITSM-P-01")
    shop.commit("evil")
    told(shop.land().said, "ITSM-P-01")
    told(shop.land(good, "refs/tags/rel/ITSM-P-77/A-0").said, "DC602")
    assert shop.refs() == before
    assert [point.name for point in server.check(str(shop.server)) if point.name == "HEAD" and not point.good]


def test_to_leave_a_release_tag_where_its_landing_did_not_arrive(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit()
    (shop.server / "refs/heads").mkdir(parents=True, exist_ok=True)
    (shop.server / "refs/heads/main.lock").touch()  # somebody else's push is under way
    before = shop.refs()
    ran = shop.tried("git", "push", "--no-verify", "origin", "HEAD:refs/heads/main", "HEAD:refs/tags/rel/ITSM-P-02/A-2")
    told(ran.said, "DC602", "before its tag comes")
    assert shop.refs() == before


def test_to_hold_the_gate_up_with_a_thousand_tags(shop):
    tip = shop.head()
    feed = "".join(f"{'0' * 40} {tip} refs/tags/rel/ITSM-P-01/A-{place}\n" for place in range(1000))
    began = time.monotonic()
    ran = shop.tried("hooks/pre-receive", at=shop.server, feed=feed.encode(), GIT_DIR=".")
    assert ran.code == 1, ran.said
    assert time.monotonic() - began < LONG


# -- objects ---------------------------------------------------------------------------------------------------------------


def headed(shop, more="", when="1800000000 +0000"):
    """A commit with the office's state under a head of the attacker's own making."""
    tree = shop.git("rev-parse", "HEAD^{tree}")
    who = f"author a <a@example.com> 1800000000 +0000\ncommitter a <a@example.com> {when}\n"
    raw = f"tree {tree}\nparent {shop.head()}\n{who}{more}\nx\n"
    return shop.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", feed=raw.encode())


BENT = (("encoding UTF-16\n", "1800000000 +0000"), ("", "-5 +0000"), ("", "soon"), ("", ""))


@pytest.mark.parametrize(("more", "when"), BENT)
def test_to_break_the_reader_by_the_head_of_a_commit(shop, more, when):
    commit = headed(shop, more, when)
    for name in ("receive.fsckObjects", "transfer.fsckObjects"):
        shop.git("config", name, "false", at=shop.server)
    before = shop.refs()
    ran = shop.land(commit)
    assert ran.code == 1, ran.said
    told(ran.said, commit)
    assert "ValueError" not in ran.said
    assert shop.refs() == before
    with pytest.raises(Exception, match=commit) as raised:
        shop.verdict(commit)
    assert raised.type.__name__ == "DocctlError"


@pytest.mark.parametrize("name", ["i18n.logOutputEncoding", "i18n.commitEncoding"])
@pytest.mark.parametrize("encoding", ["UTF-16", "IBM037"])
def test_to_garble_what_git_says_by_a_setting(shop, name, encoding):
    shop.git("config", name, encoding)
    with Repository.open(str(shop.office)) as repository:
        assert verify(repository, "main", root=shop.fingerprint).fine
        assert repository.committed_at("main") > 0


def test_to_bury_a_file_so_deep_that_the_gate_falls(shop):
    tree = shop.git("mktree", feed=f"100644 blob {shop.git('hash-object', '-w', '--stdin', feed=b'x')}\tf\n".encode())
    data = bytes.fromhex(tree)
    packed = []
    for _ in range(1500):
        body = b"40000 d\0" + data
        raw = b"tree %d\0" % len(body) + body
        data = hashlib.sha1(raw).digest()
        packed.append((data.hex(), zlib.compress(raw)))
    for key, content in packed:
        place = shop.office / ".git/objects" / key[:2] / key[2:]
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    top = shop.git("mktree", feed=f"{shop.git('ls-tree', 'HEAD')}\n040000 tree {data.hex()}\tx\n".encode())
    commit = shop.git("commit-tree", top, "-p", "HEAD", "-m", "deep")
    said = told(shop.land(commit).said, "nested too deeply")
    assert "RecursionError" not in said


def forged(shop, key, kind, data):
    """Puts other bytes under the id of an object, as somebody can who hands over a copy as files."""
    place = shop.office / ".git/objects" / key[:2] / key[2:]
    place.chmod(0o644)
    place.write_bytes(zlib.compress(b"%b %d\0" % (kind.encode(), len(data)) + data))


@pytest.mark.parametrize("what", ["state", "commit"])
def test_to_hand_over_a_copy_whose_objects_were_exchanged(shop, what):
    good, fingerprint = shop.head(), shop.fingerprint
    state = subprocess.run(["git", "cat-file", "tree", "HEAD^{tree}"], cwd=shop.office, capture_output=True, check=True).stdout
    lawful = shop.git("cat-file", "commit", "HEAD") + "\n"
    shop.edit("ITSM-P-01")
    bad = shop.commit("evil")
    if what == "state":
        forged(shop, shop.git("rev-parse", f"{bad}^{{tree}}"), "tree", state)
    else:
        shop.git("checkout", "-q", good, "--", "documents")
        shop.commit("as if nothing had been")
        forged(shop, bad, "commit", lawful.encode())
    with Repository.open(str(shop.office)) as repository, pytest.raises(DocctlError) as raised:
        verify(repository, "main", root=fingerprint)
    assert raised.value.exit_code == 3


def test_an_empty_folder_in_a_state_is_no_damage(shop):
    empty = shop.git("mktree", feed=b"")
    top = shop.git("mktree", feed=f"{shop.git('ls-tree', 'HEAD')}\n040000 tree {empty}\tx\n".encode())
    shop.git("reset", "-q", "--soft", shop.git("commit-tree", top, "-p", "HEAD", "-m", "an empty folder"))
    assert shop.verdict().fine


# -- sizes -----------------------------------------------------------------------------------------------------------------


def test_to_stop_everybody_by_thousands_of_attachments(shop):
    blob = shop.git("hash-object", "-w", "--stdin", feed=b"x\n")
    feed = "".join(f"100644 {blob}\t{P03}/a{place}.txt\n" for place in range(6000))
    shop.git("update-index", "--index-info", feed=(feed + f"100644 {blob}\t{P03}/A5.txt\n").encode())
    began = time.monotonic()
    ran = shop.tried("git", "commit", "-q", "-m", "x")
    assert time.monotonic() - began < LONG
    told(ran.said, "DC105", f"{P03}/A5.txt")


def test_to_keep_a_reader_of_changes_waiting():
    old = "".join("ab"[place * place % 7 % 2] + "\n" for place in range(20_000))
    new = "".join("ab"[place * place % 11 % 2] + "\n" for place in range(20_000))
    began = time.monotonic()
    found = redline(old, new)
    assert time.monotonic() - began < LONG
    assert "".join(segment.text for segment in found if segment.kind != "added") == old
    assert "".join(segment.text for segment in found if segment.kind != "removed") == new


# -- attempts that were refused already ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ['quo"te.txt', "new\nline.txt", "back\\slash.txt", "esc\x1b[31m.txt", "%0A::error::x.txt", "\udcff.txt"]
)
def test_to_slip_a_name_past_the_listing_that_the_hook_hands_over(shop, name):
    shop.stage(f"{P03}/{name}", b"x\n")
    layers.client(shop, "DC105", staged=True)


@pytest.mark.parametrize("name", ["$(touch PWN).txt", "`touch PWN`.txt", "sing'le.txt", "[a].txt", "中文 名.txt"])
def test_a_name_that_a_shell_would_run_runs_nothing(shop, name):
    shop.stage(f"{P03}/{name}", b"x\n")
    shop.git("commit", "-q", "-m", "x")
    assert shop.land().code == 0
    assert not [*shop.folder.rglob("PWN")]


@pytest.mark.parametrize(
    "setting", ["log.showRoot=false", "diff.relative=true", "color.ui=always", "log.follow=true", "core.bigFileThreshold=1"]
)
def test_to_bend_the_verdict_by_a_setting(shop, setting):
    shop.edit("ITSM-P-01")
    bad = shop.commit("evil")
    shop.git("config", *setting.split("="))
    with Repository.open(str(shop.office)) as repository:
        assert verify(repository, "main", root=shop.fingerprint).bad == bad


def test_to_have_a_signature_written_outside_the_library(shop):
    outside = shop.folder / "outside"
    (shop.office / "statements").rename(outside)
    (shop.office / "statements").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    from docctl.acts import sign

    with shop.desk("wang.fang") as desk, pytest.raises(Exception, match="symbolic link"):
        sign.sign(desk, sign.submission(desk, "ITSM-P-03"))
    assert sorted(outside.rglob("*")) == before
