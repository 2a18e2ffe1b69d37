"""Where words come from and go to: streams closed, full or gone, strange bytes typed, no folder to stand in. Real processes."""

from __future__ import annotations

import json
import os
import shlex
import sys

import pytest

from .workshop import NOW, run

REVISE = "revise ITSM-P-02 --class minor --reason x"


def shell(shop, line: str, **env: str):
    """A line of sh in the office, in which `docctl` is docctl; `code` is what the line says last."""
    call = f"{shlex.quote(sys.executable)} -c 'import sys; from docctl.cli import main; sys.exit(main())'"
    own = {"DOCCTL_NOW": NOW, "DOCCTL_LANG": "en", "DOCCTL_KEY": str(shop.keys / "wang.fang"), **env}
    return run("sh", "-c", f'docctl() {{ {call} "$@"; }}\n{line}', at=shop.office, env=own)


@pytest.mark.parametrize("words", ["status", "check --format json", "verify", "--help", "explain DC301", REVISE])
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_is_no_bug(shop, words, closed):
    ran = shell(shop, f"docctl {words} {closed}")
    assert (ran.code, "Traceback" in ran.said) == (0, False), ran.said
    if words == REVISE:
        assert shop.git("branch", "--show-current") == "doc/ITSM-P-02/A-2"
        assert shop.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "words", ["status", "check --format json", "register in-force --format csv", "--help", "verify --format json"]
)
def test_a_full_outlet_is_told_in_one_sentence(shop, words):
    ran = shell(shop, f"docctl {words} >/dev/full")
    assert ran.code == 3, ran.said
    assert ran.said.startswith("docctl: the output cannot be written: No space left on device; nothing was recorded\n  → ")
    assert ran.said.count("\n") == 2


def test_what_was_recorded_before_the_outlet_was_full_is_not_denied(shop):
    ran = shell(shop, f"docctl {REVISE} >/dev/full")
    assert ran.code == 3, ran.said
    assert "what was recorded stands" in ran.said
    assert shop.git("branch", "--show-current") == "doc/ITSM-P-02/A-2"


def test_both_outlets_full_leave_the_exit_code(shop):
    ran = shell(shop, "docctl status >/dev/full 2>/dev/full")
    assert (ran.code, ran.said) == (3, "")


@pytest.mark.parametrize("words", ["register in-force --format csv --output", "checkpoint --output"])
def test_a_report_that_cannot_be_written_leaves_the_old_one(shop, words):
    old = shop.folder / "reports/old"
    old.parent.mkdir()
    old.write_text("the report of yesterday")
    assert shell(shop, f"ulimit -f 0; docctl {words} {shlex.quote(str(old))}", PYTHONDONTWRITEBYTECODE="1").code != 0
    assert old.read_text() == "the report of yesterday"
    assert os.listdir(old.parent) == ["old"]
    piped = shell(shop, f"mkfifo ../pipe; cat ../pipe > ../got & docctl {words} ../pipe; wait; test -p ../pipe")
    assert piped.code == 0, piped.said
    assert (shop.folder / "got").stat().st_size > 100
    assert shell(shop, f"docctl {words} {shlex.quote(str(old))}").code == 0
    assert old.read_text() != "the report of yesterday"


@pytest.mark.parametrize(
    "words", ["new procedure ITSM-P-77", "revise ITSM-P-02 --class minor --reason", "reject ITSM-P-02 --comment"]
)
def test_bytes_that_are_no_text_are_wrong_use(shop, words):
    before = shop.refs(at=shop.office)
    ran = shell(shop, f"docctl {words} \"$(printf 'x\\377')\"")
    assert (ran.code, "Traceback" in ran.said) == (2, False), ran.said
    assert "is not text" in ran.said
    assert shop.refs(at=shop.office) == before


def test_a_file_may_have_any_name(shop):
    ran = shell(shop, "docctl register in-force --format json --output \"$(printf 'x\\377.json')\"")
    assert ran.code == 0, ran.said
    assert json.loads((shop.office / os.fsdecode(b"x\xff.json")).read_bytes())["format"] == 1


def test_a_folder_that_is_gone_is_told(shop):
    ran = shell(shop, "mkdir gone; cd gone; rmdir ../gone; docctl status")
    assert ran.code == 3, ran.said
    assert "the folder you are in does not exist any more" in ran.said
    assert shell(shop, f"mkdir gone; cd gone; rmdir ../gone; docctl -C {shlex.quote(str(shop.office))} status").code == 0


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_hooks_answer_without_streams(shop, closed):
    shop.edit("ITSM-P-01")
    assert shell(shop, f"git commit -q -a -m x {closed}").code != 0
    shop.git("restore", ".")
    shop.edit("ITSM-P-03", r"\Z", "\n再写一句。\n")
    assert shell(shop, f"git commit -q -a -m x {closed}").code == 0
