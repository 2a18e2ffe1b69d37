"""Forged rules, each named after the attacker's wish: people, keys, matrix, root and every other rule file (threats E)."""

from __future__ import annotations

import json

import pytest

from .workshop import canonical, new_key, public_key
from .workshop_base import ATTRIBUTES, read_people, write_people

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"


def add_key(shop, person="wang.fang", key="mallory", day="2026-03-09", **more):
    people = read_people(shop)
    people["people"][person]["keys"].append({"key": public_key(shop.keys, key), "from": day, **more})
    write_people(shop, people)


def add_role(shop, person="wang.fang", role="management-representative"):
    people = read_people(shop)
    people["people"][person].setdefault("roles", []).append({"role": role, "from": "2026-03-01"})
    write_people(shop, people)


def change_root(shop, **fields):
    shop.put(".docctl/root.json", canonical({**shop.root(), **fields}))


def refused(shop, *codes, **more):
    shop.commit()
    return shop.refused(*codes, **more)


# -- without the root ----------------------------------------------------------------------------------------------------


def test_to_register_one_s_own_key(shop):
    add_key(shop)
    refused(shop, "DC701", about=[".docctl/people.yaml"], says=["2 of 3", "docctl rules propose"])


def test_to_give_oneself_a_role(shop):
    add_role(shop)
    refused(shop, "DC701", about=[".docctl/people.yaml"])


def test_to_add_a_key_and_use_it_in_the_same_push(shop):
    add_key(shop, "zhao.lei")
    shop.commit("key")
    shop.evidence(shop.next("ITSM-P-02", "A/2"), approve={"key": "mallory"})
    shop.commit("use")
    shop.refused("DC701", about=[".docctl/people.yaml"], bad="HEAD~1")


def test_to_add_a_key_and_use_it_in_the_same_commit(shop):
    add_key(shop, "zhao.lei")
    shop.evidence(shop.next("ITSM-P-02", "A/2"), approve={"key": "mallory"})
    refused(shop, "DC701", "DC705", "DC205")


def test_to_register_a_key_properly_and_use_it_in_the_same_commit(shop):
    add_key(shop, "zhao.lei")
    shop.rules_record()
    shop.evidence(shop.next("ITSM-P-02", "A/2"), approve={"key": "mallory"})
    refused(shop, "DC705", "DC205", about=["ITSM-P-02"])


def test_to_weaken_the_matrix(shop):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(
        "        - {step: 1, decision: review, role: department-head, of: owner, count: 1}\n", ""), encoding="utf-8")  # fmt: skip
    refused(shop, "DC701", about=[".docctl/settings.yaml"])


CONTROL_FILES = (
    ".gitlab-ci.yml", ".github/workflows/ci.yml", ".gitattributes", "mkdocs.yml", "mkdocs.yaml", "mkdocs.site.yml", ".gitmodules",
    "overrides/main.html", "theme/page.html", "Jenkinsfile", ".ci/run", ".pre-commit-config.yaml", ".woodpecker.yml",
    ".docctl/standards/iso20000-1-2018.yaml", ".gitea/workflows/x.yml",
)  # fmt: skip


@pytest.mark.parametrize("path", CONTROL_FILES)
def test_to_change_what_the_library_runs_on(shop, path):
    old = (shop.office / path).read_bytes() if (shop.office / path).exists() else b""
    shop.put(path, old + b"# evil\n")
    shop.commit()
    before = shop.refs()
    ran = shop.land()
    assert ran.code == 1
    assert shop.refs() == before
    assert "→" in ran.said
    assert path in ran.said
    assert ("DC701" in ran.said) or (path.startswith(".docctl/standards") and "DC101" in ran.said)
    assert "Traceback" not in ran.said
    assert shop.verdict().bad == shop.head()


def test_to_delete_a_control_file(shop):
    (shop.office / "mkdocs.yml").unlink()
    refused(shop, "DC701", about=["mkdocs.yml"])


# -- with too little of the root -----------------------------------------------------------------------------------------


def test_to_change_the_rules_with_one_signature_of_two(shop):
    add_key(shop)
    shop.rules_record("zhao.lei")
    refused(shop, "DC704", about=[".docctl/log/0003.json"], says=["1 of 2"])


def test_to_count_one_root_person_twice(shop):
    add_key(shop)
    shop.rules_record("zhao.lei", "sun.li/zhao.lei")  # filed as sun.li's, signed with zhao.lei's key
    refused(shop, "DC704", about=[".docctl/log/0003.json"], says=["1 of 2"])


def test_to_sign_rules_with_everyday_keys(shop):
    add_key(shop)
    stem = shop.rules_record()
    for person in ("zhao.lei", "sun.li"):
        shop.put(f"{stem}.{person}.sig", shop.sign((shop.office / f"{stem}.json").read_bytes(), person, "rules-v1@docctl"))
    refused(shop, "DC704", about=[".docctl/log/0003.json"], says=["0 of 2"])


def test_to_sign_rules_in_another_namespace(shop):
    add_key(shop)
    shop.rules_record(namespace="statement-v1@docctl")
    refused(shop, "DC704", about=[".docctl/log/0003.json"], says=["0 of 2"])


def test_to_change_a_rule_file_after_the_root_signed(shop):
    add_key(shop)
    shop.rules_record()
    add_role(shop)
    refused(shop, "DC703", about=[".docctl/log/0003.json"])


def test_to_bring_a_control_file_that_the_record_does_not_cover(shop):
    add_key(shop)
    shop.rules_record()
    shop.put(".gitlab-ci.yml", "evil: true\n")
    refused(shop, "DC703")


def test_to_hide_a_document_in_a_rules_change(shop):
    add_key(shop)
    shop.rules_record()
    shop.edit("ITSM-P-01")
    refused(shop, "DC705", "DC301", about=["ITSM-P-01"])


def test_to_add_a_late_worthless_signature(shop):
    data = (shop.office / ".docctl/log/0002.json").read_bytes()
    shop.put(".docctl/log/0002.chen.jing.sig", shop.sign(data, "mallory", "rules-v1@docctl"))
    refused(shop, "DC712", about=["0002.chen.jing.sig"])


# -- out of step ---------------------------------------------------------------------------------------------------------


def test_to_roll_the_rules_back_with_old_signatures(shop):
    first = shop.git("rev-list", "--max-parents=0", "HEAD")
    for name in ("0001.json", "0001.zhao.lei.sig", "0001.sun.li.sig"):
        data = shop._blob(f"{first}:.docctl/log/{name}")
        shop.put(f".docctl/log/{name.replace('0001', '0003')}", data)
    shop.git("checkout", "-q", first, "--", ".docctl/people.yaml")
    refused(shop, "DC101", about=["0003.json"], says=["n = 1"])


def test_to_roll_the_rules_back_by_dropping_the_last_record(shop):
    first = shop.git("rev-list", "--max-parents=0", "HEAD")
    shop.git("rm", "-q", "--", *shop.git("ls-files", "--", ".docctl/log/0002*").split())
    shop.git("checkout", "-q", first, "--", ".docctl/people.yaml")
    refused(shop, "DC601", about=[".docctl/log/0002.json"])


def test_to_leave_a_gap(shop):
    add_key(shop)
    shop.rules_record(n=4)
    refused(shop, "DC702", about=[".docctl/log/0004.json"], says=["expected 3"])


def test_to_bring_two_records_at_once(shop):
    add_key(shop)
    shop.rules_record()
    add_role(shop)
    shop.rules_record()
    refused(shop, "DC702", says=["one step brings one record"])


def test_to_replace_a_record_that_stands(shop):
    add_key(shop)
    shop.rules_record(n=2)
    refused(shop, "DC601", about=[".docctl/log/0002.json"])


def test_to_follow_another_record(shop):
    add_key(shop)
    shop.rules_record(previous="sha256:" + "0" * 64)
    refused(shop, "DC702", about=[".docctl/log/0003.json"], says=["does not name the record before it"])


def test_to_use_a_record_of_another_repository(shop):
    add_key(shop)
    shop.rules_record(repository="11111111-2222-4333-8444-555555555555")
    refused(shop, "DC702", says=["another repository"])


# -- the root itself -----------------------------------------------------------------------------------------------------


def mallory_root(shop):
    return [{"key": public_key(shop.keys, f"root-{name}"), "person": "wang.fang" if name == "mallory" else "li.ming"}
            for name in ("mallory", "mallory2")]  # fmt: skip


def test_to_take_the_root_over_with_new_keys(shop):
    change_root(shop, keys=mallory_root(shop))
    shop.rules_record("wang.fang/mallory", "li.ming/mallory2")
    refused(shop, "DC704", about=[".docctl/log/0003.json"], says=["0 of 2 root signatures of the present root"])


def test_to_change_the_root_without_its_new_persons(shop):
    change_root(shop, keys=mallory_root(shop))
    shop.rules_record()
    refused(shop, "DC704", says=["0 of 2 root signatures of the new root"])


@pytest.mark.parametrize("threshold", [0, -1, 4])
def test_to_need_nobody_or_more_than_there_are(shop, threshold):
    change_root(shop, threshold=threshold)
    shop.rules_record()
    refused(shop, "DC101" if threshold < 1 else "DC706", about=[".docctl/root.json"])


def test_to_lower_the_threshold_alone(shop):
    change_root(shop, threshold=1)
    shop.rules_record("zhao.lei")
    refused(shop, "DC704", says=["1 of 2 root signatures of the present root"])


def test_to_make_an_everyday_key_a_root_key(shop):
    keys = [*shop.root()["keys"], {"key": public_key(shop.keys, "wang.fang"), "person": "wang.fang"}]
    change_root(shop, keys=keys)
    shop.rules_record()
    refused(shop, "DC706", about=[".docctl/root.json"])


def test_to_change_the_repository_id(shop):
    change_root(shop, repository="11111111-2222-4333-8444-555555555555")
    shop.rules_record(repository="11111111-2222-4333-8444-555555555555")
    refused(shop, "DC710", "DC702")


# -- rules that the root itself must not sign ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [("rsa", "1024"), ("rsa", "2048"), ("dsa", "1024")])
def test_to_register_a_weak_key(shop, tmp_path, kind):
    key = new_key(tmp_path, "weak", "-t", kind[0], "-b", kind[1])
    people = read_people(shop)
    people["people"]["wang.fang"]["keys"].append({"key": key, "from": "2026-03-09"})
    write_people(shop, people)
    shop.rules_record()
    refused(shop, "DC101", about=[".docctl/people.yaml"], says=["RSA keys need at least 3072 bits; DSA is not accepted"])


@pytest.mark.parametrize("name", ["*", "c*ra", "!x", "a,b", "li ming", "li\nmal ssh-ed25519 AAAA", "LI", "李明"])
def test_to_register_a_name_that_ssh_would_read_as_more(shop, name):
    people = read_people(shop)
    people["people"]["new.person"] = people["people"]["wang.fang"] | {"keys": [], "roles": []}
    write_people(shop, people)
    path = shop.office / ".docctl/people.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("new.person:", json.dumps(name, ensure_ascii=False) + ":"), encoding="utf-8"
    )
    shop.rules_record()
    refused(shop, "DC101", about=[".docctl/people.yaml"], says=["a person id may use a–z 0–9 . _ - only"])


@pytest.mark.parametrize("tail", ["\nmal ssh-ed25519 AAAA", " comment", ",x", ' namespaces="*"'])
def test_to_register_a_key_that_ssh_would_read_as_more(shop, tail):
    people = read_people(shop)
    people["people"]["wang.fang"]["keys"][0]["key"] += tail
    write_people(shop, people)
    shop.rules_record()
    refused(
        shop, "DC101", about=[".docctl/people.yaml"], says=["must be an SSH public key written type and base64 without a comment"]
    )


def test_to_share_a_key(shop):
    add_key(shop, "wang.fang", "li.ming")
    shop.rules_record()
    refused(shop, "DC707", about=["people.yaml"], says=["wang.fang", "li.ming"])


def test_to_erase_a_person(shop):
    people = read_people(shop)
    del people["people"]["qian.wei"]
    write_people(shop, people)
    shop.rules_record()
    refused(shop, "DC708", about=["qian.wei"])


def test_to_let_a_leaver_come_back(shop):
    people = read_people(shop)
    del people["people"]["qian.wei"]["left"]
    write_people(shop, people)
    shop.rules_record()
    refused(shop, "DC708", about=["qian.wei"])


def test_to_open_a_closed_key_again(shop):
    people = read_people(shop)
    people["people"]["wu.gang"]["keys"][0]["to"] = "2027-01-31"
    write_people(shop, people)
    shop.rules_record()
    refused(shop, "DC708", about=["wu.gang"])


@pytest.mark.parametrize("line", ["exempt: ['documents/**']", "enforce: warn", "bypass_settings: {users: [zhao.lei]}"])
def test_to_switch_enforcement_off(shop, line):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    shop.rules_record()
    refused(shop, "DC101", about=[".docctl/settings.yaml"], says=[line.split(":")[0]])


def test_to_ask_nobody(shop):
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("        - {step: 1, decision: approve, role: department-head, count: 2}\n", "        []\n"),
        encoding="utf-8",
    )
    shop.rules_record()
    refused(shop, "DC101", about=[".docctl/settings.yaml"])


def test_to_break_the_rules_so_that_nobody_is_judged(shop):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text("types: [\n", encoding="utf-8")
    shop.edit("ITSM-P-01")
    refused(shop, "DC101", "DC301", about=[".docctl/settings.yaml", "ITSM-P-01"])


def test_to_take_the_rules_away(shop):
    shop.git("rm", "-rq", ".docctl")
    refused(shop, "DC601", "DC101", about=[".docctl/settings.yaml"])


def test_to_change_the_version_scheme(shop):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("version_scheme: edition", "version_scheme: number"), encoding="utf-8"
    )
    shop.rules_record()
    refused(shop, "DC711", about=[".docctl/settings.yaml"])


def test_to_move_the_protection_elsewhere(shop):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("protected_branch: main", "protected_branch: other"), encoding="utf-8"
    )
    refused(shop, "DC701", about=[".docctl/settings.yaml"])


# -- what a stolen key touched -------------------------------------------------------------------------------------------


def test_a_stolen_key_names_what_rests_on_it(shop):
    people = read_people(shop)
    people["people"]["zhao.lei"]["keys"][0]["compromised_since"] = "2026-02-01"
    write_people(shop, people)
    shop.rules_record(reason="stolen")
    shop.commit()
    assert shop.land().code == 0
    report = shop.verdict()
    assert not report.fine
    assert report.bad == ""
    assert {item.code for item in report.findings} == {"DC220"}
    assert {(item.place.document, item.place.version) for item in report.findings} == {("ITSM-P-02", "A/1"), ("ITSM-P-04", "A/0")}


def test_the_old_root_record_is_what_is_pinned(shop):
    assert json.loads(shop._blob("main:.docctl/root.json")) == shop.root()
    assert ATTRIBUTES
