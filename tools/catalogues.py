"""`make standards`: keeps the shipped clause catalogues as hooks read them. Must not change what they say.

Reading the YAML of one with all its checks takes longer than the rest of a gate; tests/test_schema.py holds both equal.
"""

from __future__ import annotations

import json
from pathlib import Path

from docctl import shipped
from docctl.core.standard import as_kept, read_standard

FOLDER = Path(__file__).resolve().parent.parent / "schema" / "standards"


for name in shipped.standards():
    read = read_standard(shipped.standard_text(name), shipped.schema("standard"))
    text = json.dumps(as_kept(read), ensure_ascii=False, separators=(",", ":")).replace("],[", "],\n[")
    (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
