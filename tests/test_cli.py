import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from docctl.cli.root import root

from .office import NUMBER, Office

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("office"))
    assert office.begin().code == 0
    office.draft()
    office.git("commit", "-qam", "text")
    return office


def _commands(command, path=()):
    yield path
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from _commands(command.get_command(click.Context(command), name), (*path, name))


PATHS = list(_commands(root))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_in_both_languages(path, tmp_path):
    office = Office(tmp_path)
    english = office.do_bare(*path, "--help", "--lang", "en") if path else office.do_bare("--lang", "en", "--help")
    chinese = office.do_bare("--lang", "zh", *path, "--help")
    assert english.code == chinese.code == 0
    assert not CHINESE.search(english.out)
    assert "Usage: docctl" in english.out
    assert "用法：docctl" in chinese.out
    described = [line.split("  ")[-1] for line in chinese.out.splitlines() if re.match(r"  \S.*  +\S", line)]
    assert described
    assert all(CHINESE.search(line) for line in described), chinese.out


def test_no_words_show_the_help():
    said = Office(Path(os.devnull)).do_bare()
    assert said.code == 0
    assert "approve" in said.out
    assert Office(Path(os.devnull)).do_bare("rules").code == 0
    assert Office(Path(os.devnull)).do_bare("--lang", "zh").code == 0


USAGE = [
    (("aprove",), "did you mean approve?", "是否要用 approve？"),
    (("check", "--stagd"), "no option --stagd; did you mean --staged", "没有选项 --stagd；是否要用 --staged"),
    (("approve",), "ID is missing", "缺少 ID"),
    (("revise", "X-1", "--class", "huge", "--reason", "x"), "'huge' is none of", "不在可选值之中"),
    (("revise", "X-1", "--class", "minor"), "--reason is missing", "缺少 --reason"),
    (("status", "--as-of", "2026-02-30"), "is no day", "不是有效日期"),
    (("check", "--format", "xml"), "is none of: text, json, sarif", "不在可选值之中"),
    (("check", "--staged", "--commit", "HEAD"), "not both", "只能用一个"),
    (("verify", "--root", "sha256:12"), "64 hex digits", "64 位十六进制数"),
    (("status", "A-1", "B-2"), "too many words: B-2", "多余的词：B-2"),
    (("site", "serve", "--port", "x"), "--port", "--port"),
    (("init", "x", "--person", "li"), "ID:NAME:PUBKEY-FILE", "ID:NAME:PUBKEY-FILE"),
    (("init", "x"), "missing", "缺少"),
]


@pytest.mark.parametrize(("words", "english", "chinese"), USAGE, ids=[" ".join(words) for words, _, _ in USAGE])
def test_wrong_words_are_told_in_both_languages(words, english, chinese, tmp_path):
    office = Office(tmp_path)
    for lang, wanted in (("en", english), ("zh", chinese)):
        said = office.do_bare(*words, lang=lang)
        assert said.code == 2
        assert wanted in said.err
        assert "Traceback" not in said.err
        assert not said.out


UNABLE = [
    (("show", "ITSM-P-99"), "unknown-number"),
    (("log", "ITSM-P-99"), "unknown-number"),
    (("diff", "ITSM-P-99"), "unknown-number"),
    (("status", "nosuch"), "unknown-number"),
    (("show", NUMBER, "--version", "C/0"), "unknown-version"),
    (("diff", NUMBER), "one-version"),
    (("verify", "nosuch"), "unknown-commit"),
    (("check", "--commit", "nosuch"), "unknown-commit"),
    (("register", "nosuch"), "unknown-name"),
    (("correspondence", "nosuch"), "unknown-name"),
    (("--library", "nosuch", "status"), "no-rules"),
    (("-C", "/nosuch-folder", "status"), "not-a-repository"),
    (("register", "in-force", "--output", "/nosuch/x"), "not-written"),
]


@pytest.mark.parametrize(("words", "code"), UNABLE, ids=[" ".join(words) for words, _ in UNABLE])
def test_what_cannot_be_done_is_two_sentences_and_valid_json(words, code, founded):
    for lang in ("en", "zh"):
        said = founded.do(*words, lang=lang)
        assert said.code == 3
        assert not said.out
        assert re.fullmatch(r"docctl: [^\n]+\n  → [^\n]+\n", said.err), said.err
        assert bool(CHINESE.search(said.err)) == (lang == "zh")
    told = json.loads(founded.do(*words, "--format", "json").out)
    assert (told["format"], told["outcome"], told["error"]["code"]) == (1, "could-not-check", code)


REFUSED = [
    (("new", "procedure", NUMBER, "again"), "wang"),
    (("approve", NUMBER, "--yes"), "zhao"),
    (("release", NUMBER, "--yes"), "chen"),
    (("release", NUMBER, "--yes", "--effective", "2025-01-01"), "chen"),
    (("revise", NUMBER, "--class", "minor", "--reason", "x"), "wang"),
    (("withdraw", NUMBER, "--reason", "x", "--yes"), "zhao"),
    (("revoke", NUMBER, "--yes"), "li"),
    (("submit", NUMBER), "wang"),
    (("rules", "sign", "--yes"), "root"),
]


@pytest.mark.parametrize(("words", "who"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_is_refused_ends_with_one(words, who, founded):
    before = founded.git("rev-parse", "HEAD", "--symbolic-full-name", "HEAD").stdout
    said = founded.do(*words, by=who, lang="zh")
    assert said.code == 1, said
    assert CHINESE.search(said.err)
    assert "Traceback" not in said.err
    assert founded.git("rev-parse", "HEAD", "--symbolic-full-name", "HEAD").stdout == before


def test_every_finding_of_a_refused_act_is_told(founded, tmp_path):
    path = f"documents/procedures/{NUMBER}/index.md"
    text = (founded.library / path).read_text()
    try:
        founded.write("{#purpose}\n", "{#purpose}\n\n<b>raw</b> [x](doc:ITSM-P-77)\n")
        said = founded.do("submit", NUMBER, "--yes", by="wang")
    finally:
        founded.git("checkout", "-q", "HEAD", "--", "documents")
    assert (founded.library / path).read_text() == text
    assert said.code == 1
    assert f"{path}:" in said.err
    assert re.search(r"error DC\d{3}: ", said.err)
    assert "error" in said.err.splitlines()[-1]


def test_the_language_is_that_of_the_option_the_environment_the_library_or_the_locale(founded):
    assert "No findings" in founded.do("check", lang="en").out
    assert "未发现" in founded.do("--lang", "zh", "check", lang="en").out
    assert "No findings" in founded.do("check", "--lang=en", lang="zh").out
    unasked = {**founded.environment(), "DOCCTL_LANG": "", "LC_ALL": "zh_CN.UTF-8"}
    call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())"]
    for folder, words in ((founded.library, "No findings"), ("/", "不是 git 仓库")):  # the library was begun with English
        said = subprocess.run([*call, "check"], cwd=folder, capture_output=True, text=True, check=False, env=unasked)
        assert words in said.stdout + said.stderr


def test_findings_in_the_formats_of_programs(founded):
    for form, start in (("json", "{"), ("sarif", "{"), ("gitlab", "[")):
        said = founded.do("check", "--format", form)
        assert said.code == 0
        assert said.out.startswith(start)
        json.loads(said.out)


def test_a_bug_says_so_in_both_languages(founded, monkeypatch):
    def broken(*_):
        raise RuntimeError("oh")

    monkeypatch.setattr("docctl.view.View.__init__", broken)
    said = founded.do("status", "--format", "json")
    assert said.code == 3
    assert json.loads(said.out)["error"]["code"] == "bug"
    assert "Traceback" in said.err
    assert "please report it" in said.err
    assert "请附上以上内容报告" in said.err


def test_an_interruption_says_that_nothing_was_recorded(founded, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("docctl.view.View.__init__", stopped)
    assert founded.do("status") == (130, "", "docctl: interrupted; nothing was recorded\n", b"")


def test_a_reader_who_goes_away_is_no_bug(founded):
    call = "from docctl.cli import main; import sys; sys.exit(main())"
    shell = f'{sys.executable} -c "{call}" explain | head -1 | wc -l'
    said = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True, env=founded.environment())
    assert (said.stdout.strip(), said.stderr) == ("1", "")


def test_starting_loads_nothing_heavy():
    heavy = {"git", "rich", "mkdocs", "jsonschema", "docctl.check"}
    code = f"import sys; from docctl.cli import main; main(['--help']); print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def _at_a_terminal(office, answers, *words, by=""):
    """Runs a command whose questions are answered at a terminal; exit code and what it said."""
    ours, theirs = pty.openpty()
    call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())", *words]
    started = subprocess.Popen(
        call,
        cwd=office.folder,
        env=office.environment(by),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    said = started.communicate(timeout=60)[0]
    os.close(ours)
    os.close(theirs)
    return started.returncode, said


def test_a_no_at_the_terminal_records_nothing_and_a_yes_signs(founded):
    words = ("-C", "library", "submit", NUMBER)
    code, said = _at_a_terminal(founded, ["n"], *words, by="wang")
    assert (code, "nothing was recorded" in said) == (1, True)
    code, said = _at_a_terminal(founded, [""], *words, by="wang")
    assert code == 1
    code, said = _at_a_terminal(founded, ["y"], *words, by="wang")
    assert code == 0, said
    assert "Next:" in said


def test_a_library_is_begun_by_answering(founded, tmp_path):
    office = Office(founded.folder)
    wang, root_key = str(office.keys / "wang.pub"), str(office.keys / "root")
    person = ["Wang!", "wang.fang", "王芳", "/nosuch.pub", wang, "king", "department-head@operations", "operations"]
    answers = [
        "Huacheng",
        "number",
        "iso20000-1:2018",
        "Moon/Base",
        "Asia/Shanghai",
        *person,
        "",
        "wang.fang",
        "/nosuch",
        root_key,
    ]
    code, said = _at_a_terminal(office, answers, "init", str(tmp_path / "new"))
    assert code == 0, said
    assert "Root fingerprint: sha256:" in said
    assert "no role king" in said
    assert "version_scheme: number" in (tmp_path / "new/.docctl/settings.yaml").read_text()
    assert (tmp_path / "new/.git/hooks/pre-commit").exists()
