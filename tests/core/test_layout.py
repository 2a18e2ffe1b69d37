"""docctl.core.layout: every path has an owner by its spelling alone, whatever the spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docctl.core.layout import (
    Owner,
    document_number,
    is_rule_file,
    log_parts,
    name_fault,
    not_numbered,
    owner,
    record_number,
    statement_parts,
    twins,
)

HEX = "0123456789ab"
SIGNED = f"li.ming.approve.{HEX}"
KINDS = {"document", "record", "statement", "log", "rule", "stray", "other"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("documents/ITSM-P-05/index.md", Owner("document", "ITSM-P-05", "documents/ITSM-P-05", "index.md")),
        (
            "documents/procedures/it/ITSM-P-05-change-management/img/flow.png",
            Owner("document", "ITSM-P-05", "documents/procedures/it/ITSM-P-05-change-management", "img/flow.png"),
        ),
        (
            "documents/程序/ITSM-P-05-变更管理/index.md",
            Owner("document", "ITSM-P-05", "documents/程序/ITSM-P-05-变更管理", "index.md"),
        ),
        # The first folder with a number owns everything below it: there are no documents inside documents.
        ("documents/ITSM-P-05/ITSM-P-06/index.md", Owner("document", "ITSM-P-05", "documents/ITSM-P-05", "ITSM-P-06/index.md")),
        (
            "records/incident/2026/REC-INC-2026-001-mail/scan.png",
            Owner("record", "REC-INC-2026-001", "records/incident/2026/REC-INC-2026-001-mail", "scan.png"),
        ),
        (
            f"statements/ITSM-P-05/A-0/{SIGNED}.json",
            Owner("statement", "ITSM-P-05", "statements/ITSM-P-05/A-0", f"{SIGNED}.json", "A-0"),
        ),
        (
            f"statements/REC-INC-2026-001/record/li.ming.seal.{HEX}.sig",
            Owner("statement", "REC-INC-2026-001", "statements/REC-INC-2026-001/record", f"li.ming.seal.{HEX}.sig", "record"),
        ),
        (".docctl/log/0001.json", Owner("log", name="0001.json")),
        (".docctl/log/0001.zhao.lei.sig", Owner("log", name="0001.zhao.lei.sig")),
        (".docctl/settings.yaml", Owner("rule", name=".docctl/settings.yaml")),
        (".docctl/standards/own.yaml", Owner("rule", name=".docctl/standards/own.yaml")),
        (".github/workflows/check.yml", Owner("rule", name=".github/workflows/check.yml")),
        ("README.md", Owner("other", name="README.md")),
        ("src/documents/ITSM-P-05/index.md", Owner("other", name="src/documents/ITSM-P-05/index.md")),
        ("Documents/ITSM-P-05/index.md", Owner("stray", name="Documents/ITSM-P-05/index.md")),  # the same folder on many disks
        ("", Owner("other")),
    ],
)
def test_the_owner_of_a_path(path, expected):
    assert owner(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "documents", "documents/", "documents/README.md", "documents/ITSM-P-05", "documents/ITSM-P-05.md",
        "documents/procedures/x.md",
        "documents/ITSM/index.md", "documents/itsm-p-05/index.md", "documents/ITSM_P_05/index.md",
        "documents/ITSM-P-05x/index.md",
        "documents/ITSM-P-05-/index.md", "documents/ITSM-P-05 change/index.md", "documents/-ITSM-P-05/index.md",
        "documents/ITSM--05/index.md", "documents/ITSM-P-05-Change/index.md", "documents/ITSM-P-05-a\nb/x",
        "records", "records/", "records/README.md", "records/incident/2026/REC-INC-2026-001", "records/REC-INC-2026-001/index.md",
        "records/incident/2026/REC-INC-2026-1/index.md", "records/incident/2026/REC-INC-26-001/index.md",
        "records/incident/2026/deep/REC-INC-2026-001/index.md",
        "statements", "statements/", "statements/ITSM-P-05/A-0/note.txt", f"statements/ITSM-P-05/{SIGNED}.json",
        f"statements/ITSM-P-05/A/0/{SIGNED}.json", f"statements/ITSM-P-05/A-0/{SIGNED}.JSON",
        f"statements/ITSM-P-05/A-0/li.ming.approve.{HEX[:-1]}.json", f"statements/ITSM-P-05/A-0/Li.approve.{HEX}.json",
        f"statements/ITSM-P-05/A-0/li.APPROVE.{HEX}.json", f"statements/ITSM-P-05/A-0/l.approve.{HEX}.json",
        f"statements/ITSM-P-05/A-0/{SIGNED}.json\n",
        ".docctl", ".docctl/x", ".docctl/Settings.yaml", ".docctl/settings.yml", ".docctl/log", ".docctl/log/1.json",
        ".docctl/log/0001.sig", ".docctl/log/0001.json.bak", ".docctl/log/a/0001.json", ".docctl/log/0001.Li.sig",
        ".docctl/standards/own.yml", ".docctl/standards/deep/own.yaml", ".docctl/standards",
        "theme", "overrides", ".github", "Theme", ".CI",
    ],
)  # fmt: skip
def test_what_nobody_owns_in_a_controlled_folder_is_a_stray(path):
    assert owner(path) == Owner("stray", name=path)


@pytest.mark.parametrize(
    "path",
    [
        ".docctl/settings.yaml", ".docctl/people.yaml", ".docctl/root.json", ".docctl/standards/iso27001-2022.yaml", "mkdocs.yml",
        "mkdocs.yaml", "mkdocs.en.yml", ".gitattributes", ".gitmodules", ".gitlab-ci.yml", ".gitlab-ci.site.yml", "Jenkinsfile",
        ".pre-commit-config.yaml", ".github/CODEOWNERS", ".ci/run", ".gitea/workflows/a.yml", ".forgejo/workflows/a.yml",
        ".woodpecker/a.yml", ".woodpecker.yml", ".woodpecker.yaml", ".woodpecker-site.yml", "overrides/main.html", "theme/a.css",
    ],
)  # fmt: skip
def test_files_that_a_rules_record_covers(path):
    assert is_rule_file(path)
    assert owner(path).kind == "rule"


@pytest.mark.parametrize(
    "path",
    [
        "README.md", ".gitignore", "docs/mkdocs.yml", "mkdocs.yml/x", "mkdocs.d/x.yml", ".gitlab-ci.d/x.yml", "themes",
        "my-theme/a.css", "a/.github", "a/.gitattributes", ".docctl/log/0001.json",
    ],
)  # fmt: skip
def test_files_that_it_does_not(path):
    assert not is_rule_file(path)
    assert owner(path).kind in {"other", "log"}


@pytest.mark.parametrize(
    ("folder", "number"),
    [
        ("ITSM-P-05", "ITSM-P-05"),
        ("ITSM-P-05-change-management", "ITSM-P-05"),
        ("ITSM-P-05-变更", "ITSM-P-05"),
        ("ITSM-P-05-変-A-1", "ITSM-P-05"),
        ("ITSM-P-05-SLA", "ITSM-P-05-SLA"),  # capitals are part of the number, never a slug
        ("ITSM-P-05-SLA-levels", "ITSM-P-05-SLA"),
        ("ISO-27001", "ISO-27001"),
        ("27001-A", "27001-A"),
        ("ITSM-P-０５", "ITSM-P"),  # only ASCII digits belong to a number
        ("ITSM-P-05-Sla", ""),
        ("ITSM-P-05-5a", ""),
        ("ITSM-P-05变更", ""),
        ("ITSM", ""),
        ("ITSM-", ""),
        ("-P-05", ""),
        ("", ""),
    ],
)
def test_the_number_a_folder_name_begins_with(folder, number):
    assert document_number(folder) == number


@pytest.mark.parametrize(
    ("folder", "number"),
    [
        ("REC-INC-2026-001", "REC-INC-2026-001"),
        ("REC-INC-2026-001-mail-down", "REC-INC-2026-001"),
        ("REC-2026-000123", "REC-2026-000123"),
        ("REC-INC-2026-001-2027-002", "REC-INC-2026-001-2027-002"),
        ("REC-INC-2026-001-X", ""),
        ("REC-INC-1999-001", ""),
        ("REC-INC-2026-01", ""),
        ("REC-INC-2026-0000001", ""),
        ("2026-001", ""),
    ],
)
def test_the_record_number_a_folder_name_begins_with(folder, number):
    assert record_number(folder) == number


NUMBERS = st.lists(st.text("AZ059", min_size=1, max_size=3), min_size=2, max_size=4).map("-".join)
SLUGS = st.from_regex(r"(?:[a-z]|[^\x00-\x7f])[^\n]{0,8}", fullmatch=True)


@given(NUMBERS, SLUGS)
def test_a_number_with_any_slug_is_read_back(number, slug):
    assert document_number(number) == number
    assert document_number(f"{number}-{slug}") == number


def test_the_folders_of_categories_among_many():
    names = ["procedures", "ITSM-P-05", "ITSM-P-05-变更", "itsm", "ITSM", "ITSM-P-05-Change"]
    assert (
        not_numbered(names)
        == [name for name in names if not document_number(name)]
        == ["procedures", "itsm", "ITSM", "ITSM-P-05-Change"]
    )


@given(st.text("AB1-az变 \n.", max_size=14))
@example("AB-1-a-B-1")
def test_a_folder_name_is_read_in_one_way_only(name):
    steps = name.split("-")
    count = next((place for place, step in enumerate(steps) if not re.fullmatch("[A-Z0-9]+", step)), len(steps))
    rest = "-".join(steps[count:])
    fits = count > 1 and "\n" not in rest and (count == len(steps) or re.match(r"[a-z]|[^\x00-\x7f]", rest))
    assert document_number(name) == ("-".join(steps[:count]) if fits else "")


PARTS = st.sampled_from(
    [
        "documents", "records", "statements", ".docctl", "log", "standards", "ITSM-P-05", "ITSM-P-05-变更", "REC-INC-2026-001",
        "incident", "2026", "A-0", "record", "index.md", f"{SIGNED}.json", "0001.json", "settings.yaml",
        "..", ".", "", "-", "\udcff", "a\0", "\u202e",
    ]
)  # fmt: skip


@given(st.lists(PARTS | st.text(st.characters(), max_size=6), max_size=6).map("/".join))
def test_an_owner_is_found_for_every_path_whatever_it_is(path):
    found = owner(path)
    assert found.kind in KINDS
    assert name_fault(path) in {"", "character", "length", "unicode-form", "name"}
    if found.kind in {"document", "record", "statement"}:
        assert f"{found.folder}/{found.name}" == path
        assert found.number
    if found.kind == "document":
        assert document_number(found.folder.rpartition("/")[2]) == found.number
    if found.kind in {"stray", "rule", "other"}:
        assert found.name == path
    if path.partition("/")[0] in {"documents", "records", "statements", ".docctl"}:
        assert found.kind != "other"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (f"li.ming.approve.{HEX}.json", ("li.ming", "approve", HEX, "json")),
        (f"a.b.c.seal.{HEX}.sig", ("a.b.c", "seal", HEX, "sig")),
        (f"li.approve.reject.{HEX}.sig", ("li.approve", "reject", HEX, "sig")),
        (f"approve.{HEX}.json", None),
        (f"li.ming.approve.{HEX}", None),
    ],
)
def test_the_parts_of_a_statements_name(name, parts):
    assert statement_parts(name) == parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("0001.json", (1, "")),
        ("0120.zhao.lei.sig", (120, "zhao.lei")),
        ("1.json", None),
        ("0001.sig", None),
        ("00001.json", None),
    ],
)
def test_the_parts_of_a_name_in_the_log(name, parts):
    assert log_parts(name) == parts


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("documents/ITSM-P-05-变更管理/流程 图.png", ""),
        ("documents/a\tb", "character"),
        ("documents/a\nb", "character"),
        ("documents/a\x7f", "character"),
        ('documents/a"b', "character"),
        ("documents/a\\b", "character"),
        ("documents/a:b", "character"),
        ("documents/a?b", "character"),
        ("documents/fdp.\u202eexe", "character"),
        ("documents/a\u200bb", "character"),
        ("documents/a\u00adb", "character"),
        ("documents/a\u061cb", "character"),
        ("documents/a\u206ab", "character"),
        ("documents/a\U000e0041b", "character"),
        ("documents/a\ufeff", "character"),
        ("documents/a\udcff", "character"),
        ("documents/" + "a" * 190, ""),
        ("documents/" + "a" * 191, "length"),
        ("documents/" + "变" * 85, ""),
        ("documents/" + "变" * 86, "length"),
        ("documents/é", ""),
        ("documents/e\u0301", "unicode-form"),
        ("documents/.hidden", "name"),
        ("documents/-rf", "name"),
        ("documents/ a", "name"),
        ("documents/a ", "name"),
        ("documents/a.", "name"),
        ("documents//a", "name"),
        ("documents/../a", "name"),
        ("documents/./a", "name"),
        ("documents/con", "name"),
        ("documents/NUL.txt", "name"),
        ("documents/com1.a.b", "name"),
        ("documents/lpt9", "name"),
        ("documents/console", ""),
        ("documents/com10", ""),
        ("", "name"),
    ],
)
def test_names_that_tools_or_readers_stumble_over(path, fault):
    assert name_fault(path) == fault


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("documents./x", "stray"), ("docu\u200cments/x", "stray"), ("documents:x/y", "stray"), ("mkdocs.yml ", "stray"),
        ("DOCUME~1/x", "stray"), ("MKDOCS~1.YML", "stray"), ("ABCDEF~1/x", "other"), ("notes~1/x", "other"), ("说明/x", "other"),
        (". /x", "other"), ("CODEOWNERS", "rule"), ("codeowners", "stray"), ("azure-pipelines.yml", "rule"), (".gitlab/x", "rule"),
    ],
)  # fmt: skip
def test_names_that_some_disk_takes_for_ours_belong_to_nobody(path, kind):
    assert owner(path).kind == kind


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("lib", ["LIB", "lib.", "li\u200bb", "lib::$DATA", "Lib "]),
        ("our manual.d", ["OURMAN~1"]),
        ("Qualität", ["Qualita\u0308t", "QUALITÄT"]),
    ],
)
def test_names_that_are_one_with_another_on_some_disk(name, beside):
    assert twins(name, [name, *beside, "other", "li", "library", "OTHER~1", "lib-1"]) == sorted(beside)
