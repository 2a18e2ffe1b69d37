"""Texts and records bent at every layer: the client's gate, the server and verify each refuse them on their own (threats G, H, K)."""

from __future__ import annotations

import sys
import time

import pytest

from docctl import hooks
from docctl.acts import record

from .faultroom import docctl, look
from .layers import client, refused
from .test_accepts import numbered
from .workshop import PNG

P03 = "documents/procedures/ITSM-P-03"
LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5\n"


# -- what a YAML reader would make of it -------------------------------------------------------------------------------------


MEASURED = """\
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stderr=sys.stdout).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_maxrss, used.ru_utime + used.ru_stime)
"""


def test_to_exhaust_the_gate_with_414_bytes_of_aliases(shop):
    """Refused at the first anchor, within a second and 100 MB for git, its hook and all that they start."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    bomb += "".join(f"{one}: &{one} [{','.join([f'*{other}'] * 9)}]\n" for one, other in zip("bcdefghi", "abcdefgh", strict=True))
    assert len(bomb) < 414
    shop.edit("ITSM-P-03", "^language: zh-CN\n", f"language: zh-CN\n{bomb}")
    shop.git("add", "-A")
    begun = time.monotonic()
    ran = shop.tried(sys.executable, "-c", MEASURED, "git", "commit", "-qm", "x")
    code, kilobytes, seconds = (float(each) for each in ran.said.splitlines()[-1].split())
    assert code == 1
    assert "anchors and aliases are not allowed, line 7" in ran.said
    assert kilobytes < 100_000
    assert seconds < 1
    assert time.monotonic() - begun < 5  # of which a second on a machine that does nothing else
    refused(shop, "DC101", about=["ITSM-P-03"], says=["anchors and aliases are not allowed, line 7"])


@pytest.mark.parametrize(
    ("trick", "says"),
    [
        ("status: draft\nstatus: approved", "front matter has status twice (lines 7 and 8)"),
        ("<<: {status: approved}", "merge key << is not allowed, line 7"),
        ('status: !!python/object/apply:os.system ["id"]', "tag tag:yaml.org,2002:python/object/apply:os.system is not allowed, line 7"),
        ("status: !!str approved", "tag tag:yaml.org,2002:str is not allowed, line 7"),
        ("status: &a approved", "anchors and aliases are not allowed, line 7"),
    ],
)  # fmt: skip
def test_to_claim_a_status_that_only_some_readers_see(shop, trick, says):
    shop.edit("ITSM-P-03", "^status: draft$", trick)
    refused(shop, "DC101", about=["ITSM-P-03"], says=[f"{P03}/index.md", says])


@pytest.fixture
def numbers(tmp_path, keys):
    """A library whose versions are numbers, landed, with gates in the office."""
    shop = numbered(tmp_path, keys)
    assert shop.land().code == 0
    hooks.install(str(shop.office / ".git/hooks"), hooks.CLIENT)
    return shop


@pytest.mark.parametrize(
    "label", ["010", "1:30", "0x10", "1_0", "1", "1.010", "01.0", "1e1", "+1.0", ".5", "1.", "1.0.0", "１.０"]
)
def test_to_write_a_number_that_yaml_reads_as_another(numbers, label):
    numbers.edit("ITSM-G-01", "^version: .*$", f"version: {label}")
    refused(numbers, "DC102", about=["ITSM-G-01"], says=[label])


@pytest.mark.parametrize("word", ["NO", "on", "null", "~", "yes", "1.10", "0x10", "2026-01-01", "!"])
def test_a_word_that_yaml_takes_for_something_else_stays_the_word(shop, word):
    if word in {"~", "!"}:
        shop.edit("ITSM-P-03", "^title: .*$", f"title: '{word}'")
    else:
        shop.edit("ITSM-P-03", "^title: .*$", f"title: {word}")
    shop.git("commit", "-qam", "x")
    shop.accepted()
    assert f'"title": "{word}"' in docctl(shop, "show", "ITSM-P-03", "--format", "json").said


@pytest.mark.parametrize(
    ("word", "code", "says"), [("NO", "DC102", "not 'NO'"), ("no", "DC106", "owner no is not in settings.yaml")]
)
def test_to_name_an_owner_that_yaml_reads_as_no(shop, word, code, says):
    shop.edit("ITSM-P-03", "^owner: .*$", f"owner: {word}")
    refused(shop, code, about=["ITSM-P-03"], says=[says])


@pytest.mark.parametrize("word", ["yes", "on", "1", "True", "y"])
def test_to_answer_yes_or_no_in_another_spelling(shop, word):
    shop.put(".docctl/standards/own.yaml", STANDARD.replace("documented: true", f"documented: {word}"))
    shop.rules_record(paths=[".docctl/standards/own.yaml"])
    refused(shop, "DC101", about=[".docctl/standards/own.yaml"], says=["documented must be true or false"])


STANDARD = """\
schema: docctl/standard/v1
id: own
title: {en: Own, zh: 自有}
edition: Own 1
status: current
clauses:
  - {id: '1', title: {en: One, zh: 一}, level: requirement, documented: true}
"""


# -- claims without proof ----------------------------------------------------------------------------------------------------


def test_to_call_a_draft_approved(shop):
    shop.edit("ITSM-P-03", "^status: draft$", "status: approved")
    refused(shop, "DC202", about=["ITSM-P-03 A/0"], says=["claims approved", "approve by Management representative"])


def test_to_map_a_section_that_is_not_there(shop):
    shop.edit("ITSM-P-03", "section: purpose", "section: nope")
    refused(shop, "DC402", about=["ITSM-P-03"], says=["nope", f"{P03}/index.md"])


def revived(shop):
    """The withdrawn ITSM-P-04 claims to be approved again."""
    shop.edit("ITSM-P-04", "^status: withdrawn$", "status: approved")
    shop.edit("ITSM-P-04", r"^withdrawal:(?:\n  .*)+\n|^withdrawal: .*\n", "")


def test_to_use_a_withdrawn_label_again_with_another_text_and_fresh_signatures(shop):
    revived(shop)
    shop.edit("ITSM-P-04", r"\Z", "\n另一份 A/0。\n")
    shop.evidence("ITSM-P-04")
    refused(shop, "DC305", about=["ITSM-P-04"], says=["withdrawn"])


def test_to_hide_an_invisible_character_from_those_who_sign(shop):
    """The acts themselves refuse to sign such a text, and every layer behind them."""
    shop.git("switch", "-q", "-c", "doc/ITSM-P-03/A-0")
    shop.edit("ITSM-P-03", r"\Z", "\n不得\u202e进入\u202c机房。\n")
    line = shop.text("ITSM-P-03").read_text(encoding="utf-8").split("\u202e")[0].count("\n") + 1
    before = look(shop.office)
    ran = docctl(shop, "submit", "ITSM-P-03", "--yes", DOCCTL_KEY=str(shop.keys / "wang.fang"))
    assert ran.code == 1, ran.said
    assert f"invisible character U+202E, line {line}" in ran.said
    assert "\u202e" not in ran.said
    assert look(shop.office) == before
    client(shop, "DC101", says=[f"invisible character U+202E, line {line}"])
    shop.git("stash", "-q")
    shop.git("switch", "-q", "main")
    shop.git("stash", "pop", "-q")
    refused(shop, "DC101", about=["ITSM-P-03"], says=[f"invisible character U+202E, line {line}"])


# -- files that are not what they seem ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index.md", "drawing.png", "table.xlsx"])
def test_to_sign_130_bytes_of_pointer_instead_of_the_file(shop, name):
    shop.put(f"{P03}/{name}", LFS)
    refused(shop, "DC105", about=["ITSM-P-03"], says=[f"{P03}/{name}", "Git LFS pointer"])


@pytest.mark.parametrize(
    "name", ["extra.md", "more/index.md", "README.md", "index.html", "Index.HTM", "page.xhtml", "data.xml", "a.js"]
)
def test_to_bring_readers_a_page_as_an_attachment(shop, name):
    shop.put(f"{P03}/{name}", "<script>alert(1)</script>\n")
    refused(shop, "DC113", about=["ITSM-P-03"], says=[f"{P03}/{name}"])


# -- registers and records ---------------------------------------------------------------------------------------------------


REGISTERS = ("documents/in-force.csv", "records/in-force.csv", "statements/in-force.csv", ".docctl/in-force.csv")


def test_to_pass_a_register_off_that_was_written_by_hand(shop):
    """Registers are computed and never stored: under control nobody owns such a file, elsewhere docctl never reads it."""
    made = docctl(shop, "register", "in-force", "--format", "csv").said
    forged = made.replace("变更管理程序", "变更管理程序（作废）")
    assert forged != made
    shop.put("registers/in-force.csv", forged)
    shop.git("add", "-A")
    shop.git("commit", "-qm", "beside what is controlled")
    shop.accepted()
    assert docctl(shop, "register", "in-force", "--format", "csv").said == made
    for path in REGISTERS:
        shop.put(path, forged)
    refused(shop, "DC105", about=list(REGISTERS), says=["no owner rule for this path"])


@pytest.fixture
def proved(shop):
    """A sealed record with an attachment has landed."""
    with shop.desk("li.ming", "2026-03-09T01:00:00Z") as desk:
        record.new(desk, "incident", "机房断电")
    shop.edit("REC-INC-2026-002", r"\Z", "\n断电十分钟。\n")
    (shop.folder_of("REC-INC-2026-002") / "照片.png").write_bytes(PNG)
    with shop.desk("li.ming", "2026-03-09T02:00:00Z") as desk:
        _, statement, also = record.sealing(desk, "REC-INC-2026-002")
        record.seal(desk, statement, also)
    shop.accepted()
    return shop


def test_to_replace_the_attachment_of_a_sealed_record(proved):
    path = proved.folder_of("REC-INC-2026-002") / "照片.png"
    path.write_bytes(PNG[:-1] + b"\x01")
    now = proved.digest("REC-INC-2026-002")
    refused(proved, "DC503", about=["REC-INC-2026-002", "照片.png"], says=[now, proved.digest_at("REC-INC-2026-002")])


def test_to_take_the_attachment_of_a_sealed_record_away(proved):
    (proved.folder_of("REC-INC-2026-002") / "照片.png").unlink()
    refused(proved, "DC503", about=["REC-INC-2026-002", "照片.png"])
