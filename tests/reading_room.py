"""The reading room: a library with something of everything that a site may and may not show, committed to a real repository.

In force on TODAY: ITSM-P-01 A/2 (A/0 and A/1 superseded; with a picture), ITSM-P-06 A/0 (A/1 scheduled for LATER), ITSM-P-02 and
ITSM-F-01 A/0, ITSM-P-03 to ITSM-P-05 A/0 (titles that try to be something else), ITSM-I-01 A/0 (English). ISMS-P-01 A/0 and
REC-INC-2026-002 are confidential. ITSM-P-09 is withdrawn. ITSM-P-07 is a draft on main; ITSM-P-01 A/3 waits on a topic branch.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from .workbench import Workbench, base

NOW, TODAY, LATER, AFTER = "2026-07-21T01:00:00Z", "2026-07-21", "2026-09-01", "2026-09-01T00:30:00Z"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fccfc0500f0004850180a84a8c210000000049454e44ae426082"
)
# One sentence for each thing that must not be found in a site.
SUPERSEDED = "旧版规定变更只须部门负责人口头同意即可实施"
SCHEDULED = "下一版规定高风险变更必须在实施前演练回退步骤"
WITHDRAWN = "夜间值班电话由前台转接至当班工程师的私人手机"
DRAFT = "草稿里写着尚未讨论过的服务报告编制办法和周期"
CANDIDATE = "候选版本打算取消变更评审会改由经理一人决定"
SECRET = "核心机房的门禁密码每月由安全负责人亲自更换"
RECORDED = "涉密事件经过只供调查组查阅不得对外透露细节"
SECRET_TITLES = ("核心机房门禁管理办法", "涉密入侵事件调查记录")
DRAFT_TITLE = "未定稿的服务报告程序"
SHOWN = "现行版本规定一般变更由变更评审会评审后实施"
ROLLED = "紧急变更须在二十四小时内补齐申请单并进行评审"
HOSTILE = ("方针 | 2.0 | 已批准 |", "<img src=x onerror=1> </title><script>alert(1)</script>", "](javascript:1) `x` {{ y }} *z*")


@cache
def reading_room() -> Path:
    """The repository, made once."""
    folder = _folder()
    bench = base({"settings": {"record_classes": {"incident": {"clauses": ["iso20000-1:2018/8.6.1"]}}}})
    _git(folder, "init", "-q", "--initial-branch=main")
    _first(bench)
    keep(bench, folder, "First issue")
    bench.document({"id": "ITSM-P-01", "version": "A/1", "change": _change("补充"), "body": _body(SUPERSEDED)})
    bench.approve({"of": "ITSM-P-01", "day": "2026-03-20"})
    keep(bench, folder, "Revision")
    _revised(bench)
    keep(bench, folder, "Second revision, withdrawal and records")
    bench.document({"id": "ITSM-P-06", "version": "A/1", "change": _change("演练"), "body": _body(SCHEDULED)})
    bench.approve({"of": "ITSM-P-06", "day": "2026-06-10", "without": ["release"]})
    bench.sign({"of": "ITSM-P-06", "decision": "release", "day": "2026-06-10", "effective_from": LATER})
    keep(bench, folder, "Scheduled version and a draft")
    _git(folder, "switch", "-q", "-c", "doc/ITSM-P-01/A-3")
    bench.document({"id": "ITSM-P-01", "version": "A/3", "change": _change("简化"), "body": _body(CANDIDATE)})
    bench.sign({"of": "ITSM-P-01", "decision": "submit", "day": "2026-07-01"})
    keep(bench, folder, "Candidate")
    _git(folder, "switch", "-q", "main")
    return folder


def _folder() -> Path:
    """A new folder that is gone when the tests are."""
    folder = mkdtemp(prefix="docctl-reading-room-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def keep(bench: Workbench, folder: Path, message: str) -> None:
    """Commits what lies on the bench, and nothing else."""
    for path in (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts):
        path.unlink()
    for name, blob in bench.tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(blob.data)
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", message)


def _first(bench: Workbench) -> None:
    bench.document({"id": "ITSM-P-06", "title": "发布与部署管理程序", "clauses": ["iso27001:2022/A.8.32"], "body": _body(SHOWN)})
    bench.approve({"of": "ITSM-P-06", "day": "2026-03-02"})
    for place, title in enumerate(HOSTILE, start=3):
        bench.document({"id": f"ITSM-P-0{place}", "title": title, "clauses": ["iso27001:2022/A.5.1"]})
        bench.approve({"of": f"ITSM-P-0{place}", "day": "2026-03-02"})
    bench.document({
        "id": "ITSM-I-01", "title": "Restore instruction", "titles": {"zh": "恢复作业指导书"}, "type": "instruction", "language": "en",
        "parent": "ITSM-P-01", "folder": "documents/instructions/ITSM-I-01", "body": "\n## Purpose {#purpose}\n\nRestore from backup.\n",
    })  # fmt: skip
    bench.document({
        "id": "ISMS-P-01", "title": SECRET_TITLES[0], "classification": "confidential", "body": _body(SECRET),
        "clauses": [{"clause": "iso27001:2022/A.7.2", "section": "process", "how": "门禁按本办法的密级要求落实"}],
    })  # fmt: skip
    bench.document({"id": "ITSM-P-09", "title": "夜间值班程序", "clauses": ["iso20000-1:2018/8.6.1"], "body": _body(WITHDRAWN)})
    for number in ("ITSM-I-01", "ISMS-P-01", "ITSM-P-09"):
        bench.approve({"of": number, "day": "2026-03-02"})


def _revised(bench: Workbench) -> None:
    body = _body(ROLLED, "\n![流程](flow.png)\n\n见[变更](doc:ITSM-P-06#process)和[门禁](doc:ISMS-P-01)。\n")
    bench.document({"id": "ITSM-P-01", "version": "A/2", "change": _change("补充紧急变更"), "body": body})
    bench.files["documents/procedures/ITSM-P-01/flow.png"] = PIXEL
    bench.approve({"of": "ITSM-P-01", "day": "2026-05-01"})
    withdrawal = {"reason": "并入事件管理", "replaced_by": "ITSM-P-01"}
    bench.document({"id": "ITSM-P-09", "status": "withdrawn", "withdrawal": withdrawal})
    bench.approve({"of": "ITSM-P-09", "day": "2026-05-01"})
    text = f"\n## 经过 {{#course}}\n\n{RECORDED}。\n"
    bench.record({"id": "REC-INC-2026-002", "title": SECRET_TITLES[1], "classification": "confidential", "body": text})
    bench.sign({"of": "REC-INC-2026-002", "decision": "seal", "day": "2026-04-07"})
    bench.document(
        {"id": "ITSM-P-07", "title": DRAFT_TITLE, "status": "draft", "clauses": ["iso20000-1:2018/9.4"], "body": _body(DRAFT)}
    )


def _body(sentence: str, more: str = "") -> str:
    return f"\n## 目的 {{#purpose}}\n\n说明目的。\n\n## 过程 {{#process}}\n\n{sentence}。\n{more}"


def _change(reason: str) -> dict[str, str]:
    return {"class": "minor", "reason": reason}


def _git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words], cwd=folder, check=True, capture_output=True
    )


@cache
def published(now: str = NOW, lang: str = "zh") -> Path:
    """The site of the reading room on the day of an instant, built once."""
    from docctl.site import publish

    folder = _folder() / "site"
    publish.build(str(reading_room()), str(folder), now=now, lang=lang)
    return folder


def texts(site: Path) -> dict[str, str]:
    """Everything in a site that can be read, by path; the search index without the marks between its words."""
    readable = (path for path in site.rglob("*") if path.suffix in (".html", ".json", ".csv"))
    return {path.relative_to(site).as_posix(): path.read_text("utf-8").replace("\u200b", "") for path in readable}
