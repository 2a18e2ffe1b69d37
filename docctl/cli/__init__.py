"""The one door of the command line: runs a command, and turns what goes wrong into two sentences and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from errno import ENOENT
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from docctl import stopping
from docctl.cli import outlets
from docctl.core.errors import TOO_DEEP, DocctlError, Words
from docctl.gates import SELDOM

if TYPE_CHECKING:
    import click

FINE, REFUSED, USAGE, UNCHECKED, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs docctl with the words typed after it; the exit code (0 fine, 1 breach or refusal, 2 usage, 3 could not check)."""
    gc.set_threshold(SELDOM)
    noted: dict[str, Any] = {}
    end = list[Callable[[], None]]()
    try:
        end.append(stopping.listen())
        code = _answered(list(sys.argv[1:] if arguments is None else arguments), noted)
        stopping.over()
    except KeyboardInterrupt:
        return _interrupted(noted)
    finally:
        for stop in end if arguments is not None else ():  # else the process ends, and Ctrl-C has nothing left to stop
            stop()
    return code


def _answered(typed: list[str], noted: dict[str, Any]) -> int:
    from docctl.cli.words import begin

    outlets.prepare()
    begin(typed)
    noted["docctl.format"] = _format_typed(typed)
    try:
        return _run(typed, noted)
    except Exception as error:  # noqa: BLE001  the last catch there is
        # Ctrl-C reaches git too, which then fails at whatever it was doing.
        return _interrupted(noted) if stopping.stopped() else _failed(error, noted)


def _failed(error: Exception, noted: dict[str, Any]) -> int:
    if isinstance(error, DocctlError):
        return _could_not(error, noted)
    if isinstance(error, RecursionError):
        return _could_not(TOO_DEEP, noted)
    if isinstance(error, BrokenPipeError):
        outlets.silence()
        return UNCHECKED
    if isinstance(error, OSError) and outlets.broken():
        return _could_not(outlets.unsaid(error), noted)
    if isinstance(error, OSError):
        return _could_not(_of_the_machine(error), noted)
    return _bug(error, noted)


def _run(typed: list[str], noted: dict[str, Any]) -> int:
    import click

    from docctl.cli.root import root

    try:
        with root.make_context("docctl", typed) as context:
            try:
                code = root.invoke(context)
            finally:
                noted.update(context.meta)
            sys.stdout.flush()
            return int(code or FINE)
    except click.exceptions.Exit as end:
        return int(end.exit_code)
    except click.Abort:
        return _interrupted(noted)
    except click.UsageError as error:
        return _usage(error, noted)
    except click.ClickException as error:
        _say(error.format_message(), "")
        return USAGE


def _format_typed(typed: list[str]) -> str:
    """The format that was asked for, known before anything is parsed: also wrong use is told in it."""
    after = [word for before, word in pairwise(typed) if before == "--format"]
    joined = [word.removeprefix("--format=") for word in typed if word.startswith("--format=")]
    return next(iter([*after, *joined]), "")


def _usage(error: click.UsageError, noted: dict[str, Any]) -> int:
    from docctl.cli.frame import usage_words
    from docctl.cli.words import said

    path = error.ctx.command_path if error.ctx else "docctl"
    words, remedy = usage_words(error), said(f"`{path} --help` shows how it is used", f"用法请见 `{path} --help`")
    _tell_object(noted, "misused", "usage", words, remedy)
    _say(words, remedy)
    return USAGE


def _tell_object(noted: dict[str, Any], outcome: str, code: str, message: str, remedy: str) -> None:
    """What went wrong as one object, for programs that asked for it."""
    if noted.get("docctl.format") == "json":
        from docctl.cli.telling import tell_json

        told = {"code": code, "message": message, "remedy": remedy}
        tell_json({"format": 1, "outcome": outcome, "error": told, "findings": []})


def _could_not(error: DocctlError, noted: dict[str, Any]) -> int:
    from docctl.cli.telling import tell_findings, tell_json
    from docctl.cli.words import lang

    findings = getattr(error, "findings", [])
    if noted.get("docctl.format") == "json":
        from docctl.render.json_out import finding_object

        outcome = "refused" if error.exit_code == REFUSED else "could-not-check"
        told = {"code": error.code, "message": error.words.said(lang()), "remedy": error.remedy.said(lang())}
        found = [finding_object(finding, lang()) for finding in findings]
        tell_json({"format": 1, "outcome": outcome, "error": told, "findings": found})
    if findings:
        tell_findings(findings, err=True)
    else:
        _say(error.words.said(lang()), error.remedy.said(lang()))
    return error.exit_code


def _of_the_machine(error: OSError) -> DocctlError:
    from docctl.workspace.hurdles import OF_THE_DISK, not_written

    if error.errno in OF_THE_DISK and error.filename:
        return not_written(str(error.filename), error)
    if error.errno == ENOENT and not error.filename and not _here():
        return DocctlError(
            Words("the folder you are in does not exist any more", "当前所在的文件夹已不存在"),
            Words("go to another folder (cd), then try again", "请先切换到其他文件夹（cd）再重试"),
            "system",
        )
    from docctl.core.systemfault import system_fault

    why = system_fault(error)
    what, zh = (f"{error.filename}: {why.en}", f"{error.filename}：{why.zh}") if error.filename else why
    return DocctlError(Words(what, zh), Words("mend what the system names, then try again", "请按系统提示处理后重试"), "system")


def _here() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _interrupted(noted: dict[str, Any]) -> int:
    from docctl.cli.words import said

    if stopping.recorded():
        words = said("interrupted; what was recorded before stands", "已中断；此前的记录有效")
    else:
        words = said("interrupted; nothing was recorded", "已中断；未作任何记录")
    _tell_object(noted, "interrupted", "interrupted", words, "")
    _say(words, "")
    return INTERRUPTED


def _bug(error: Exception, noted: dict[str, Any]) -> int:
    import traceback

    _tell_object(noted, "could-not-check", "bug", f"{type(error).__name__}: {error}", "please report it")
    traceback.print_exc()
    _say("this is a bug in docctl; please report it with the lines above", "")
    _say("这是 docctl 的缺陷；请附上以上内容报告", "")
    return UNCHECKED


def _say(sentence: str, remedy: str) -> None:
    from docctl.cli.telling import tell

    tell(f"docctl: {sentence}" + (f"\n  → {remedy}" if remedy else ""), err=True)
