"""The shipped schemas, clause catalogues and packs, and docctl.shipped that finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docctl import shipped
from docctl.core.errors import DocctlError
from docctl.core.shape import shaped
from docctl.core.standard import kept, read_standard
from docctl.core.strictyaml import read_file

SCHEMAS = ("settings", "people", "root", "rules-record", "document", "record", "statement", "standard", "receipt", "checkpoint")
ROOT = Path(__file__).resolve().parent.parent


def nodes(node: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its place."""
    if isinstance(node, dict):
        yield path, node
        for name, below in node.items():
            yield from nodes(below, f"{path}/{name}")
    elif isinstance(node, list):
        for place, below in enumerate(node):
            yield from nodes(below, f"{path}/{place}")


# --- the schemas themselves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one_and_every_field_is_explained_in_both_languages(name: str):
    schema = shipped.schema(name)
    Draft202012Validator.check_schema(schema)
    shaped({}, schema, "yaml")
    shaped({}, schema, "json")
    for path, node in nodes(schema):
        for field, below in {**node.get("properties", {}), **node.get("$defs", {})}.items():
            assert below.get("description"), f"{path}/{field}"
            assert re.search("[\u4e00-\u9fff]", below.get("x-zh", "")), f"{path}/{field}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_closed_anchored_and_hold_no_way_out(name: str):
    for path, node in nodes(shipped.schema(name)):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False or "propertyNames" in node, path
        if isinstance(node.get("pattern"), str):
            assert re.fullmatch(r"\^\(\?:.*\)\$", node["pattern"], re.DOTALL), path
            assert not re.search(r"\\[dDwWsSbB]", node["pattern"]), path
        for field in node.get("properties", {}):
            assert not re.search("exempt|exception|ignore|skip|bypass|enforce|warn|allow|disable", field), path


def test_no_schema_is_left_untested_and_unknown_names_are_told():
    assert {path.name for path in (ROOT / "schema").glob("*.json")} == {f"{name}.schema.json" for name in SCHEMAS}
    for wrong in (
        lambda: shipped.schema("nothing"),
        lambda: shipped.standard_text("../settings"),
        lambda: shipped.pack_text("x"),
    ):
        with pytest.raises(DocctlError) as caught:
            wrong()
        assert caught.value.said("zh")


def test_a_missing_folder_of_docctl_itself_is_told():
    with pytest.raises(DocctlError, match="a file of docctl itself is missing: absent"):
        shipped._place("absent", "absent-too")


def test_the_sample_folder_stands_beside_the_code():
    if (ROOT / "sample-manual").is_dir():
        assert Path(shipped.sample_folder()) == ROOT / "sample-manual"
    else:
        with pytest.raises(DocctlError):
            shipped.sample_folder()


# --- catalogues and packs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.standards())
def test_what_hooks_read_of_a_catalogue_is_the_catalogue(name: str):
    read = read_standard(shipped.standard_text(name), shipped.schema("standard"))
    assert kept(shipped.standard_kept(name)) == read, "make standards"


def test_nothing_is_kept_of_a_catalogue_that_is_gone():
    assert {path.stem for path in (ROOT / "schema" / "standards").glob("*.json")} == set(shipped.standards())


@pytest.mark.parametrize("name", shipped.standards())
def test_each_catalogue_fits_its_schema(name: str):
    values, wrong = shaped(read_file(shipped.standard_text(name).encode()).values, shipped.schema("standard"))
    assert wrong == []
    Draft202012Validator(shipped.schema("standard")).validate(values)


@pytest.mark.parametrize("name", shipped.packs())
def test_each_pack_is_readable_and_names_clauses_that_exist(name: str):
    values: Any = read_file(shipped.pack_text(name).encode()).values
    if "standard" in values:
        catalogue: Any = read_file(shipped.standard_text(values["standard"]).encode()).values
        known = {clause["id"] for clause in catalogue["clauses"]}
        named = {clause for _, node in nodes(values) for clause in node.get("clauses", ())}
        assert named <= known


def test_nothing_shipped_names_a_machine():
    for path in (ROOT / "schema").rglob("*"):
        if path.suffix in {".json", ".yaml", ".py"}:
            assert not re.search(r"\.txt\b|file:|localhost|\"/[a-z]", path.read_text(encoding="utf-8")), path
