"""The pages about rules, made from the catalogue: one rule, or RULES.md. Must not know any rule by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Formatter

import docctl.rules  # noqa: F401  the families enter their rules into the catalogue when they are imported
from docctl.core.errors import DocctlError, Words
from docctl.registers.table import phrase
from docctl.render.escape import markdown
from docctl.render.lines import SEVERITIES
from docctl.rules.catalogue import CATALOGUE, FAMILIES, Rule

LANGUAGES = ("en", "zh")
SCOPES = {
    "library": Words("judges a state of the library", "评判受控库的一个状态"),
    "change": Words("judges a step from one state to the next", "评判从一个状态到下一状态的更改"),
    "moves": Words("judges names of the repository that are moved", "评判对仓库名称的移动"),
}
ASKED = {
    True: Words("asked where something lands on the protected branch", "仅在进入受保护分支时评判"),
    False: Words("asked at every gate", "在每道门禁评判"),
}
_TITLE = Words("Rules of docctl", "docctl 规则")
_INTRO = Words(
    "Made from the catalogue; do not edit. An error blocks, a warning tells. Codes are never used again.",
    "由规则目录生成，请勿编辑。错误会阻止操作，警告仅作提示。代码从不重复使用。",
)
_WHY = Words("Why", "原因")
_MEND = Words("How to mend", "如何改正")
_CLAUSES = Words("Clauses", "条款")


def explain(code: str, lang: str) -> str:
    """One rule's page as Markdown in a language. Takes the code or the rule's name; raises DocctlError for another word."""
    rule = _named(code)
    return "\n".join([f"# {_heading(rule)}", "", *_body(rule, (lang,))]).rstrip("\n") + "\n"


def catalogue_page(lang: str = "both") -> str:
    """All rules by family with a table of contents, in "en", "zh" or "both"; the same text for the same catalogue."""
    langs = LANGUAGES if lang == "both" else (lang,)
    lines = [f"# {_said(_TITLE, langs)}", ""]
    for each in langs:
        lines += [markdown(_INTRO.said(each)), ""]
    return "\n".join([*lines, *_contents(langs), *_chapters(langs)]).rstrip("\n") + "\n"


def _named(word: str) -> Rule:
    wanted = word.strip()
    for code, rule in CATALOGUE.items():
        if wanted.upper() == code or wanted.lower().replace("-", "_") == rule.name:
            return rule
    from difflib import get_close_matches

    near = get_close_matches(wanted.upper(), CATALOGUE, 3) or sorted(CATALOGUE)
    names = ", ".join(near)
    wrong = phrase(Words("no rule called {word}", "没有名为 {word} 的规则"), word=wanted)
    raise DocctlError(wrong, Words(f"use a code such as {names}", f"请使用规则代码，例如 {names}"), "unknown-name")


def _families() -> Iterator[tuple[Words, list[Rule]]]:
    """The families that have rules, each with its rules by code."""
    for digit, words in sorted(FAMILIES.items()):
        rules = [rule for code, rule in sorted(CATALOGUE.items()) if code[2] == digit]
        if rules:
            yield words, rules


def _contents(langs: Sequence[str]) -> Iterator[str]:
    for words, rules in _families():
        yield f"- {_said(words, langs)}"
        for rule in rules:
            heading = _heading(rule)
            anchor = heading.lower().replace(" ", "-")
            yield f"  - [{heading}](#{anchor})"
    yield ""


def _chapters(langs: Sequence[str]) -> Iterator[str]:
    for words, rules in _families():
        yield f"## {_said(words, langs)}"
        yield ""
        for rule in rules:
            yield f"### {_heading(rule)}"
            yield ""
            yield from _body(rule, langs)


def _heading(rule: Rule) -> str:
    return f"{rule.code} {rule.name.replace('_', '-')}"


def _body(rule: Rule, langs: Sequence[str]) -> Iterator[str]:
    """Severity, scope and moment; the sentence; why; the mend; the clauses: in each language in turn."""
    colon = ": "
    for lang in langs:
        stop, colon = ("，", "：") if lang == "zh" else (", ", ": ")
        severity, scope, asked = (
            words.said(lang) for words in (SEVERITIES[rule.severity], SCOPES[rule.scope], ASKED[rule.landing])
        )
        yield f"**{severity}**{stop}{scope}{stop}{asked}"
        yield ""
        yield f"> {_prose(rule.words.said(lang))}"
        yield ""
        yield f"**{_WHY.said(lang)}**{colon}{_prose(rule.why.said(lang), template=False)}"
        yield ""
        yield f"**{_MEND.said(lang)}**{colon}{_prose(rule.remedy.said(lang))}"
        yield ""
    if rule.clauses:
        yield f"**{_said(_CLAUSES, langs)}**{colon}{', '.join(rule.clauses)}"
        yield ""


def _prose(text: str, *, template: bool = True) -> str:
    """A sentence of the catalogue as Markdown: facts stand as ‹name›, code in backticks stays code, all else shows as written."""
    named = "".join(_slots(text)) if template else text
    parts = named.split("`")
    return "".join(f"`{part}`" if place % 2 else markdown_inside(part) for place, part in enumerate(parts))


def markdown_inside(text: str) -> str:
    """Text in the middle of a line, with the spaces around it kept."""
    return text[: len(text) - len(text.lstrip())] + markdown(text) + text[len(text.rstrip()) :] if text.strip() else text


def _slots(text: str) -> Iterator[str]:
    for literal, field, _, _ in Formatter().parse(text):
        yield literal
        if field is not None:
            yield f"‹{field}›"


def _said(words: Words, langs: Sequence[str]) -> str:
    return " / ".join(words.said(lang) for lang in langs)
