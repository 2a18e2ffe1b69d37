"""tools/audit.sh on every kind of copy, and on libraries that somebody prepared for it: never fine where docctl says no."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .test_audit import SCRIPT
from .workshop import run
from .workshop_base import read_people, write_people

PROVED = "PROVED: approved and released"


def asked(shop, where, number="ITSM-P-01", *words, at="main"):
    return run("sh", str(SCRIPT), str(where), at, number, *words, at=shop.folder)


def proved(said, what=PROVED):
    assert (said.code, what in said.said) == (0, True), said.said


def not_proved(said, *words):
    assert (said.code, "NOT PROVED" in said.said, f"\n{PROVED}" in said.said) == (1, True, False), said.said
    assert all(word in said.said for word in words), said.said


# -- good libraries, in every form of a copy ------------------------------------------------------------------------------


def test_a_bare_repository_a_bundle_and_another_clone(shop):
    proved(asked(shop, shop.server, "ITSM-P-01", shop.fingerprint))
    bundle = shop.folder / "hand over.bundle"
    shop.git("bundle", "create", str(bundle), "main")
    proved(asked(shop, bundle, "ITSM-P-01", shop.fingerprint))
    shop.git("clone", "-q", str(shop.server), str(shop.folder / "a clone"))
    proved(asked(shop, shop.folder / "a clone", "ITSM-P-01", shop.fingerprint, at="origin/main"))


def test_a_cut_off_history_is_not_enough(shop):
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.server}", str(shop.folder / "cut"))
    not_proved(asked(shop, shop.folder / "cut"), "cut off")


@pytest.mark.parametrize("number", ["ITSM-P-02", "ITSM-M-01", "ITSM-F-01"])
def test_every_document_in_force(shop, number):
    proved(asked(shop, shop.server, number, shop.fingerprint))


def test_a_withdrawn_document_a_draft_and_a_sealed_record(shop):
    proved(asked(shop, shop.server, "ITSM-P-04"), "PROVED: withdrawn")
    not_proved(asked(shop, shop.server, "ITSM-P-03"), "missing")
    proved(asked(shop, shop.server, "REC-INC-2026-001"), "PROVED: sealed")


def test_a_folder_without_a_category_and_one_with_blanks_and_chinese_names(shop):
    folder = shop.folder_of("ITSM-P-01")
    for place in ("documents/ITSM-P-01", "documents/信息 安全/ITSM-P-01-变更 管理"):
        (shop.office / place).parent.mkdir(exist_ok=True)
        folder.rename(shop.office / place)
        shop.commit("moved")
        proved(asked(shop, shop.office))
        folder = shop.office / place
    folder.joinpath("附件 一.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    shop.evidence(shop.next("ITSM-P-01", "A/1"))
    shop.commit("A/1")
    proved(asked(shop, shop.office))


def test_a_number_that_begins_like_another(shop):
    shutil.copytree(shop.folder_of("ITSM-P-03"), shop.office / "documents/procedures/ITSM-P-01-07")
    shop.commit("another number")
    proved(asked(shop, shop.office))


def test_a_closing_that_one_root_person_signed(shop):
    people = read_people(shop)
    people["people"]["wu.gang"]["left"] = "2026-03-09"
    write_people(shop, people)
    shop.rules_record("zhao.lei", reason="left")
    shop.commit("left")
    assert shop.land().code == 0
    proved(asked(shop, shop.server, "ITSM-P-01", shop.fingerprint))


def test_another_rule_file_by_pattern(shop):
    shop.put("mkdocs.print.yml", "site_name: x\n")
    shop.rules_record(paths=["mkdocs.print.yml"])
    shop.commit("another site")
    assert shop.land().code == 0
    proved(asked(shop, shop.server, "ITSM-P-01", shop.fingerprint))


def test_a_rejection_that_was_taken_back(shop):
    stem = decided(shop, "reject", "li.ming", "department-head")
    not_proved(asked(shop, shop.office), "rejected by li.ming")
    target = "sha256:" + run("sha256sum", f"{stem}.json", at=shop.office).said[:64]
    decided(shop, "revoke", "zhou.ping", "department-head", target=target)
    not_proved(asked(shop, shop.office), "rejected by li.ming")
    decided(shop, "revoke", "li.ming", "department-head", target=target)
    proved(asked(shop, shop.office))


def decided(shop, what, who, role, number="ITSM-P-01", **more):
    stem = shop.statement(what, number, signer=who, role=role, **more)
    shop.commit(what)
    return stem


def test_a_record_before_and_after_a_correction(shop):
    number, folder = "REC-INC-2026-001", shop.folder_of("REC-INC-2026-001")
    old = shop.text(number).read_bytes()
    shop.edit(number, r"\Z", "\n更正：三小时。\n")
    shop.commit("altered")
    not_proved(asked(shop, shop.office, number), "other bytes")
    shop.statement("correct", number, signer="chen.jing", role="record-keeper")
    shop.commit("corrected")
    proved(asked(shop, shop.office, number), "PROVED: sealed")
    (folder / "index.md").write_bytes(old)
    shop.commit("the correction undone")
    not_proved(asked(shop, shop.office, number), "other bytes")


# -- prepared libraries ---------------------------------------------------------------------------------------------------


def test_an_approval_that_was_revoked(shop):
    shop.evidence(shop.next("ITSM-P-01", "A/1"))
    approval = next((shop.office / "statements/ITSM-P-01/A-1").glob("*.approve.*.json"))
    target = "sha256:" + run("sha256sum", str(approval), at=shop.office).said[:64]
    decided(shop, "revoke", "zhao.lei", "management-representative", target=target)
    not_proved(asked(shop, shop.office), "missing")


def test_a_registry_opened_by_one_root_person(shop):
    people = read_people(shop)
    people["people"]["zhao.lei"]["keys"].append(
        {"key": (shop.keys / "mallory.pub").read_text().rpartition(" ")[0], "from": "2026-01-05"}
    )
    write_people(shop, people)
    shop.rules_record("zhao.lei")
    shop.commit("opened")
    shop.evidence(shop.next("ITSM-P-01", "A/1"), approve={"key": "mallory"})
    shop.commit("A/1")
    not_proved(asked(shop, shop.office), "not signed by zhao.lei")


def test_rules_records_that_only_the_new_root_signed(shop):
    root = (shop.office / ".docctl/root.json").read_text()
    for name in ("zhao.lei", "sun.li"):
        key = (shop.keys / f"root-{name}.pub").read_text().split()[1]
        other = (shop.keys / f"root-mallory{'2' if name == 'sun.li' else ''}.pub").read_text().split()[1]
        root = root.replace(key, other)
    shop.put(".docctl/root.json", root)
    shop.rules_record("zhao.lei/mallory", "sun.li/mallory2")
    shop.commit("another root")
    not_proved(asked(shop, shop.office), "root signatures")
    not_proved(asked(shop, shop.office, "ITSM-P-01", shop.fingerprint), "root signatures")


def test_a_key_in_a_comment_of_the_registry(shop):
    path = shop.office / ".docctl/people.yaml"
    key = (shop.keys / "mallory.pub").read_text().rpartition(" ")[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  zhao.lei:\n", f"  zhao.lei: # not {key}\n    # nor {key}\n"), encoding="utf-8")
    shop.rules_record()
    shop.commit("comment")
    assert shop.land().code == 0
    proved(asked(shop, shop.server))
    shop.evidence(shop.next("ITSM-P-01", "A/1"), approve={"key": "mallory"})
    shop.commit("A/1")
    not_proved(asked(shop, shop.office), "not signed by zhao.lei")


@pytest.mark.parametrize("name", ["flow.png\t", "x\n100644 blob 0\ty", "\x1b[2J"])
def test_names_that_a_shell_misreads(shop, name):
    folder = shop.folder_of("ITSM-P-01").relative_to(shop.office).as_posix()
    data = (shop.office / folder / "flow.png").read_bytes()
    if name == "flow.png\t":
        shop.git("rm", "-q", "--cached", f"{folder}/flow.png")
    shop.stage(f"{folder}/{name}", data)
    shop.git("commit", "-q", "--no-verify", "-m", "x")
    said = asked(shop, shop.office)
    not_proved(said, "control characters")
    assert "\x1b" not in said.said


def test_a_folder_that_is_named_like_a_proof(shop):
    shop.folder_of("ITSM-P-03").rename(shop.office / "documents/procedures/ITSM-P-03-x approve  release y")
    shop.commit("moved")
    not_proved(asked(shop, shop.office, "ITSM-P-03"))


def test_a_copy_inside_of_another_document(shop):
    target = shop.office / "documents/procedures/ITSM-P-02/x/ITSM-P-01"
    target.parent.mkdir()
    shop.folder_of("ITSM-P-01").rename(target)
    shop.commit("hidden")
    not_proved(asked(shop, shop.office))


def test_a_number_that_stands_twice(shop):
    shutil.copytree(shop.folder_of("ITSM-P-01"), shop.office / "documents/ITSM-P-01-twin")
    shop.commit("twin")
    not_proved(asked(shop, shop.office), "more than once")


@pytest.mark.parametrize(
    "fields",
    [{"filed": "statements/ITSM-P-01/A-7"}, {"version": "A/7"}, {"document": "ITSM-P-02"}, {"schema": "docctl/statement/v2"}],
)
def test_a_statement_that_belongs_elsewhere(shop, fields):
    shop.evidence(shop.next("ITSM-P-01", "A/1"), approve=None)
    shop.statement("approve", "ITSM-P-01", **({"filed": "statements/ITSM-P-01/A-1"} | fields))
    shop.commit("A/1")
    not_proved(asked(shop, shop.office))


@pytest.mark.parametrize(
    "respelt",
    [
        lambda data: data.replace(b',"decision":"approve"', b',"decision":"reject","decision":"approve"'),
        lambda data: data.replace(b'","decided', b'" ,"decided'),
        lambda data: data[:-2] + b',"x":"y"}\n',
        lambda data: data + b"\n",
    ],
)
def test_a_statement_in_another_spelling(shop, respelt):
    shop.evidence(shop.next("ITSM-P-01", "A/1"), approve={"respelt": respelt})
    shop.commit("A/1")
    not_proved(asked(shop, shop.office))


def test_a_comment_that_looks_like_fields(shop):
    comment = 'ok","digest":"sha256:' + "0" * 64 + '","decision":"reject'
    shop.evidence(shop.next("ITSM-P-01", "A/1"), approve={"comment": comment})
    shop.commit("A/1")
    proved(asked(shop, shop.office))


def test_objects_that_were_exchanged_on_the_disk(shop):
    folder = shop.folder_of("ITSM-P-01").relative_to(shop.office).as_posix()
    shop.edit("ITSM-P-01")
    shop.commit("evil")
    evil = shop.git("rev-parse", f"HEAD:{folder}")
    good = shop.git("rev-parse", f"HEAD~1:{folder}")
    objects = shop.office / ".git/objects"
    for pack in list((objects / "pack").iterdir()):
        data = pack.read_bytes()
        pack.unlink()
        if pack.suffix == ".pack":
            shop.git("unpack-objects", "-q", feed=data)
    target, source = (objects / key[:2] / key[2:] for key in (evil, good))
    target.chmod(0o644)
    target.write_bytes(source.read_bytes())
    not_proved(asked(shop, shop.office))


def test_settings_of_a_repository_are_not_obeyed(shop):
    mark = shop.folder / "ran"
    evil = f"touch '{mark}'"
    for name, value in {
        "remote.evil.url": f'ext::sh -c "{evil}"',
        "remote.evil.promisor": "true",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "evil",
        "core.repositoryFormatVersion": "1",
        "core.fsmonitor": evil,
        "core.pager": evil,
        "uploadpack.packObjectsHook": evil,
        "core.alternateRefsCommand": evil,
        "diff.external": evil,
        "core.sshCommand": evil,
    }.items():
        shop.git("config", name, value)
    asked(shop, shop.office)
    key = shop.git("rev-parse", f"HEAD:{shop.text('ITSM-P-01').relative_to(shop.office).as_posix()}")
    for path in list((shop.office / ".git/objects").rglob(f"{key[2:]}")):
        path.unlink()
    asked(shop, shop.office)
    assert not mark.exists()


def test_replaced_objects_do_not_count(shop):
    shop.edit("ITSM-P-01")
    shop.commit("evil")
    shop.git("replace", "HEAD", "HEAD~1")
    not_proved(asked(shop, shop.office))


def test_a_library_of_sha256(shop):
    stream = subprocess.run(("git", "fast-export", "main"), cwd=shop.office, capture_output=True, check=True).stdout
    run("git", "init", "-q", "-b", "main", "--object-format=sha256", str(shop.folder / "long"), at=shop.folder)
    shop.git("fast-import", "--quiet", at=shop.folder / "long", feed=stream)
    proved(asked(shop, shop.folder / "long", "ITSM-P-01", shop.fingerprint))
