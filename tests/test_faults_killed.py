"""R43, R39, J09: acts and builds that are killed at any moment leave the library as before or as after, never in between."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from . import faultroom
from .faultroom import KILLS, Killed, difference, docctl, look, prepared, sound
from .workshop import Workshop, run


@pytest.fixture(scope="module")
def zygote():
    with faultroom.zygote() as made:
        yield made


def _edited(shop: Workshop) -> None:
    """A draft with text of its author's that is not committed, another file half done, and one staged."""
    shop.git("switch", "-q", "main")
    shop.edit("ITSM-P-03", r"\Z", "\n尚未提交的正文。\n")
    shop.put("notes.txt", "half done\n")
    shop.put("staged.txt", "staged\n")
    shop.git("add", "staged.txt")


def _submitted(shop: Workshop) -> None:
    shop.git("switch", "-q", "main")
    prepared(shop, ("wang.fang", "submit", "ITSM-P-03", "--yes"), ("li.ming", "review", "ITSM-P-03", "--yes"))
    prepared(shop, ("zhou.ping", "cosign", "ITSM-P-03", "--yes"), hour=2)
    shop.git("switch", "-q", "main")
    shop.put("notes.txt", "half done\n")


def _approved(shop: Workshop) -> None:
    _submitted(shop)
    prepared(shop, ("zhao.lei", "approve", "ITSM-P-03", "--yes"), hour=3)


def _recorded(shop: Workshop) -> None:
    prepared(shop, ("li.ming", "record", "new", "incident", "电话中断", "--day", "2026-03-09"))
    shop.edit("REC-INC-2026-002", r"\Z", "\n电话中断一小时。\n")
    (shop.folder_of("REC-INC-2026-002") / "单 据.txt").write_text("附件\n", encoding="utf-8")


def _new_rules(shop: Workshop) -> None:
    settings = shop.office / ".docctl/settings.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("max_statement_age: 30", "max_statement_age: 20"), encoding="utf-8"
    )


def _proposed(shop: Workshop) -> None:
    _new_rules(shop)
    prepared(shop, ("root-zhao.lei", "rules", "propose", "--reason", "shorter", "--yes"))


ACTS = {
    "submit": (_edited, "wang.fang", ["submit", "ITSM-P-03", "--yes"]),
    "approve": (_submitted, "zhao.lei", ["approve", "ITSM-P-03", "--yes"]),
    "release": (_approved, "chen.jing", ["release", "ITSM-P-03", "--yes", "--effective", "2026-03-16"]),
    "seal": (_recorded, "li.ming", ["record", "seal", "REC-INC-2026-002", "--yes"]),
    "propose": (_new_rules, "root-zhao.lei", ["rules", "propose", "--reason", "shorter", "--yes"]),
    "sign-rules": (_proposed, "root-sun.li", ["rules", "sign", "--yes"]),
}


@pytest.mark.parametrize("act", ACTS)
def test_j09_a_killed_act_is_led_back_or_recorded(act, shop, zygote, tmp_path):
    prepare, who, words = ACTS[act]
    prepare(shop)
    Killed(zygote, shop.office, words, str(shop.keys / who), tmp_path).prove()


def _pages(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_r43_a_killed_build_leaves_the_old_site_or_the_new(shop, zygote, tmp_path):
    target = tmp_path / "site"
    build = ["site", "build", "--output", str(target), "--as-of"]
    old, new = (
        Killed(zygote, shop.office, [*build, day], "", tmp_path / name)
        for name, day in (("a", "2026-02-01"), ("b", "2026-03-01"))
    )
    begun = time.monotonic()
    assert new.run() == 0, new.output.read_text()
    seconds, wanted = time.monotonic() - begun, _pages(target)
    assert old.run(count=str(tmp_path / "count")) == 0, old.output.read_text()
    before = _pages(target)
    assert before != wanted
    ended = 0
    for kill in new.kills(seconds, int((tmp_path / "count").read_text())):
        kill()
        now = _pages(target)
        assert now in (before, wanted), sorted({*now} ^ {*before})
        if now == wanted:
            ended += 1
            assert old.run() == 0
    assert ended < KILLS
    assert new.run() == 0, new.output.read_text()
    assert _pages(target) == wanted
    assert sorted(path.name for path in tmp_path.iterdir() if "docctl" in path.name) == []
    assert [path.name for place in (old, new) for path in place.folder.iterdir() if path.name.startswith("docctl-")] == []


@pytest.mark.parametrize("act", ["submit", "release"])
def test_r45_ctrl_c_at_any_moment(act, shop, zygote, tmp_path):
    prepare, who, words = ACTS[act]
    prepare(shop)
    interrupted = Killed(zygote, shop.office, words, str(shop.keys / who), tmp_path / "act")
    seconds, _, before, after = interrupted.measure()
    ended = set()
    for count in range(10):
        code = interrupted.interrupt(seconds * (count + 0.5) / 10)
        said = interrupted.output.read_text()
        assert code in {0, 130}, said
        assert "Traceback" not in said
        now = look(shop.office)
        assert now in (before, after), difference(now, before)
        if code == 130:
            assert ("nothing was recorded" in said) == (now == before), said
        ended.add(code)
        sound(shop.office)
        interrupted.again()
    assert 130 in ended


@pytest.mark.parametrize("act", ["submit", "release"])
def test_r45_ctrl_c_before_any_line_leaves_nothing_half_done(act, shop, zygote, tmp_path):
    prepare, who, words = ACTS[act]
    prepare(shop)
    interrupted = Killed(zygote, shop.office, words, str(shop.keys / who), tmp_path / "act")
    _, _, before, after = interrupted.measure()
    codes = set()
    for place in interrupted.lines():
        code = interrupted.run(line=place)
        said, now = interrupted.output.read_text(), look(shop.office)
        assert code in {0, 130}, (place, said)
        assert "Traceback" not in said, (place, said)
        assert now in (before, after), (place, difference(now, before), difference(now, after))
        assert ("nothing was recorded" in said) == (now == before), (place, said)
        if now == after:
            interrupted.again()
        codes.add(code)
    assert codes == {0, 130}


def test_r45_ctrl_c_that_makes_git_leave_its_lock_behind_says_so_and_is_led_back_later(shop, zygote, tmp_path):
    prepare, who, words = ACTS["submit"]
    prepare(shop)
    hook = shop.office / ".git/hooks/prepare-commit-msg"
    hook.write_text('#!/bin/sh\ntouch "$(git rev-parse --git-dir)/HEAD.lock"\nkill -INT 0\n')
    hook.chmod(0o755)
    before = look(shop.office)
    interrupted = Killed(zygote, shop.office, words, str(shop.keys / who), tmp_path / "act")
    code, said = interrupted.run(), interrupted.output.read_text()
    assert code == 3, said
    assert "HEAD.lock yourself" in said
    assert "nothing was recorded" not in said
    interrupted.led_back()
    assert look(shop.office) == before


def test_j09_a_killed_beginning_is_begun_again(shop, zygote, tmp_path):
    person = f"zhao.lei:赵磊:{shop.keys / 'zhao.lei'}.pub:management-representative:management"
    words = ["init", "library", "--organisation", "华成", "--root-person", "zhao.lei", "--person", person, "--root-key"]
    place = tmp_path / "place"
    place.mkdir()
    begun = Killed(zygote, place, [*words, str(shop.keys / "root-zhao.lei")], "", tmp_path / "act")
    assert begun.run(count=str(tmp_path / "count")) == 0, begun.output.read_text()
    boundaries = int((tmp_path / "count").read_text())
    for boundary in range(1, boundaries, max(1, boundaries // KILLS)) if KILLS else range(1, boundaries):
        begun.again()
        begun.run(boundary=boundary)
        for lock in place.glob("library/.git/*.lock"):
            lock.unlink()
        code, said = begun.run(), begun.output.read_text()
        assert code == 0 or (code == 3 and "holds a library already" in said), (boundary, said)
        assert docctl(shop, "-C", str(place / "library"), "verify").code == 0
        assert run("git", "status", "--porcelain", at=place / "library").said == ""
