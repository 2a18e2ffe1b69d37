"""Turns a staged folder of plain files into a site with mkdocs-material, in a process of its own.

The only module that knows the engine. Must not know libraries, documents or states; it reads nothing but the staged folder.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape, unescape
from importlib import metadata
from pathlib import Path
from typing import Any

from docctl.core.errors import DocctlError, Words
from docctl.reader.kept import private_folder
from docctl.site.kept import Kept
from docctl.site.workplace import workplace

HERE = Path(__file__).resolve().parent
PROGRAM = "mkdocs"
SECONDS, SECONDS_PER_PAGE = 120, 1.0  # time limit of one build

# Where the engine's programs would ask other servers: never on our pages, and now not at all.
_FOREIGN = re.compile(rb"https://(?=unpkg\.com/|api\.github\.com/|\$\{)")
_NOWHERE = b"about:blank#"
# The engine's search never looks at the last letter when it finds the words of a question written without spaces.
_LAST_LETTER = re.compile(rb"(;(\w)<)(\w+\.length;\2\+\+\)\w+\.slice\(\w+,\2\)in )")
# Searched without word stems: with the engine's English ones "services" finds nothing, without them "service" finds "services".
_SEARCH_LANGUAGES = {"stemmer.support", "zh"}
# Clause numbers (8.6.1) stay whole; those of documents must not, or the engine cuts what people type letter by letter.
_SEPARATOR = r"(?:[\s\u200b\u3000\-_/、。，．；：？！（）《》「」“”(),:;?!]|\.(?![0-9]))+"

_SEARCH = {
    "lang": ["zh"],
    "separator": _SEPARATOR,
    "jieba_dict_user": str(HERE / "search.zh.txt"),
}

_PLANNED_BY_NOBODY = ("404.html", "sitemap.xml", "sitemap.xml.gz")

_PACKAGES = ("mkdocs", "mkdocs-material", "markdown", "jinja2", "jieba", "pymdown-extensions")

_FEATURES = (
    "content.tooltips",
    "navigation.prune",
    "navigation.tabs",
    "navigation.top",
    "search.highlight",
    "search.share",
    "search.suggest",
    "toc.follow",
)
_COLOUR = re.compile(r"[a-z][a-z -]{0,30}")
_LOOK = {"primary": "custom", "accent": "custom", "copyright": ""}  # what a library may choose, with its defaults


def build(  # noqa: PLR0913 - a site is this many decisions, none of them the engine's
    staged: str,
    output: str,
    site_name: str,
    language: str,
    nav: Sequence[Any],
    theme: Mapping[str, str] | None = None,
    *,
    epoch: int = 0,
    kept: str = "",
) -> None:
    """Builds the site of the `staged` folder into the new or empty folder `output`.

    `nav` is a list of {title: staged path or list}, as plain text; `language` "zh" or "en" is the site's own; `theme` may set
    primary and accent (colours of the engine's palette) and copyright (a line of text); `epoch` is the time that files may carry,
    in seconds; `kept` is a private folder where pages are kept for the next build. The same input gives the same bytes, with or
    without kept pages. Raises DocctlError when the engine fails or even warns.
    """
    if os.path.lexists(output) and (os.path.islink(output) or not os.path.isdir(output) or os.listdir(output)):
        raise DocctlError(
            Words(
                f"{output}: the site can only be built into a new or empty folder", f"{output}：站点只能生成到新建或空的文件夹"
            ),
            Words("choose another folder", "请选择其他文件夹"),
        )
    pages = Kept(kept, _shape(_configuration(site_name, language, nav, theme or {}), epoch), staged)
    number = sum(name.endswith(".md") for _, _, names in os.walk(staged) for name in names)
    with workplace("engine") as place:
        file = configure(place, staged, output, site_name, language, nav, theme, kept=pages.pages)
        _run(file, place, epoch, SECONDS + SECONDS_PER_PAGE * number)
    settle(output)
    pages.complete(output)


def configure(  # noqa: PLR0913 - as for `build`
    place: str,
    staged: str,
    output: str,
    site_name: str,
    language: str,
    nav: Sequence[Any],
    theme: Mapping[str, str] | None = None,
    *,
    kept: Sequence[str] = (),
) -> str:
    """Writes the engine's whole configuration into the folder `place` and names the file; arguments as for `build`.

    `kept` are staged pages that need not be built. Whoever runs the engine with it has to `settle` the output.
    """
    configuration = _configuration(site_name, language, nav, theme or {})
    configuration["extra"]["kept"] = dict.fromkeys(kept, True)
    configuration |= {"docs_dir": os.path.abspath(staged), "site_dir": os.path.abspath(output), "hooks": [str(HERE / "guard.py")]}
    configuration["theme"]["custom_dir"] = str(HERE / "theme")
    file = os.path.join(place, "mkdocs.yml")
    Path(file).write_text(json.dumps(configuration, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    return file


def unsaid(lines: Sequence[str], staged_as: tuple[str, str], nav: Sequence[Any], theme: Mapping[str, str]) -> tuple[str, ...]:
    """Those of some `lines` that the engine does not say of itself on every page: in its theme, its menus, its configuration.

    `staged_as` is the name and the language of the site.
    """
    from docctl.site.leaks import Needles, solid

    told = [unescape(json.dumps(_configuration(*staged_as, nav, theme), ensure_ascii=False))]
    for folder in (HERE / "theme", _material()):
        told += [file.read_text("utf-8") for file in sorted(folder.rglob("*.html"))]
    said = set(Needles(lines).within(solid("\0".join(told)))) if lines else set()
    return tuple(line for line in lines if solid(line) not in said)


def _material() -> Path:
    try:
        return Path(str(metadata.distribution("mkdocs-material").locate_file("material/templates")))
    except metadata.PackageNotFoundError as absent:
        raise _failed(Words(f"{absent.name} is not installed", f"未安装 {absent.name}")) from None


def _shape(configuration: Mapping[str, Any], epoch: int) -> str:
    """What every page depends on besides its own text: configuration and navigation, theme, this module, the engine's version."""
    try:
        packages = {name: metadata.version(name) for name in _PACKAGES}
    except metadata.PackageNotFoundError as absent:
        raise _failed(Words(f"{absent.name} is not installed", f"未安装 {absent.name}")) from None
    told = sha256(json.dumps([configuration, packages, epoch, sys.version], sort_keys=True).encode())
    for file in sorted([*(HERE / "theme").rglob("*.*"), *HERE.glob("*.py"), HERE / "search.zh.txt"]):
        told.update(file.read_bytes() if file.is_file() else b"")
    return told.hexdigest()


def _configuration(site_name: str, language: str, nav: Sequence[Any], theme: Mapping[str, str]) -> dict[str, Any]:
    """What mkdocs is told: nothing in it comes from a library but names, escaped, and the look."""
    look = _LOOK | {
        key: value for key, value in theme.items() if key in _LOOK and (key == "copyright" or _COLOUR.fullmatch(value))
    }
    return {
        "site_name": escape(site_name),
        "use_directory_urls": True,
        "strict": True,
        "nav": _titled(nav),
        "copyright": escape(look["copyright"]),
        "extra": {"generator": False},
        "extra_css": ["assets/docctl.css"],
        "extra_javascript": ["assets/docctl.js"],
        "plugins": {"search": _SEARCH},
        "markdown_extensions": [
            "attr_list",
            {"toc": {"marker": "", "permalink": "#", "permalink_title": "#", "toc_depth": "2-4"}},
        ],
        "validation": {"nav": {"omitted_files": "info", "not_found": "warn", "absolute_links": "warn"}},
        "theme": _theme(language, look),
    }


def _theme(language: str, look: Mapping[str, str]) -> dict[str, Any]:
    colours = {"primary": look["primary"], "accent": look["accent"]}
    zh = language == "zh"
    return {
        "name": "material",
        "language": "zh" if zh else "en",
        "font": False,
        "features": list(_FEATURES),
        "icon": {"logo": "material/file-document-check-outline"},
        "palette": [
            {
                "media": f"(prefers-color-scheme: {shade})",
                "scheme": scheme,
                **colours,
                "toggle": {"icon": icon, "name": words[0] if zh else words[1]},
            }
            for shade, scheme, icon, words in (
                ("light", "default", "material/weather-night", ("切换到深色", "Switch to dark")),
                ("dark", "slate", "material/weather-sunny", ("切换到浅色", "Switch to light")),
            )
        ],
    }


def _titled(nav: Sequence[Any]) -> list[Any]:
    """The navigation with its titles escaped: the theme puts them into pages as they are."""
    return [
        {escape(title): _titled(below) if isinstance(below, (list, tuple)) else below for title, below in item.items()}
        if isinstance(item, Mapping)
        else item
        for item in nav
    ]


def _run(file: str, place: str, epoch: int, seconds: float) -> None:
    """One run of the engine, isolated: no variable but these, no import from the current folder."""
    environment = {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": private_folder() or place,
        "SOURCE_DATE_EPOCH": str(epoch),
        "NO_MKDOCS_2_WARNING": "1",
    }
    command = [sys.executable, "-I", "-X", "utf8", "-W", "ignore", "-m", PROGRAM, "build", "--strict", "-f", file]
    try:
        ended = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise _failed(Words(f"it took over {seconds:.0f} s", f"用时超过 {seconds:.0f} 秒")) from None
    if ended.returncode:
        lines = (ended.stderr + ended.stdout).strip().splitlines()
        raise _failed(_reason(lines, ended.returncode), _NAMED)


def _reason(lines: Sequence[str], code: int) -> Words:
    """Why the engine failed, in its own words: what it warns of, else the last line of its traceback, never the whole of it."""
    told = [line for line in lines if line.startswith(("WARNING", "ERROR", "CRITICAL"))] or [*filter(None, lines)][-1:]
    zh = en = " / ".join(" ".join(line.split()) for line in told[:3])
    return Words(en, zh) if en else Words(f"it ended with code {code} and no word", f"以代码 {code} 结束，且无说明")


_INSTALL = Words(
    "install the packages docctl needs (mkdocs, mkdocs-material, jieba) and try again",
    "请安装 docctl 所需的软件包（mkdocs、mkdocs-material、jieba）后重试",
)
_NAMED = Words(
    "mend what it names (a missing module: install docctl's packages again; a full or closed folder: make room or name another); "
    "if nothing is wrong there, please report this",
    "请修复其指出的问题（缺少模块：重新安装 docctl 的软件包；文件夹已满或不可写：腾出空间或另行指定）；若无异常，请报告此问题",
)


def _failed(why: Words, remedy: Words = _INSTALL) -> DocctlError:
    wrong = Words(f"the site engine could not build the site: {why.en}", f"站点引擎无法生成站点：{why.zh}")
    return DocctlError(wrong, remedy, "site-engine")


def settle(output: str) -> None:
    """Takes away what the engine brings for others: source maps, search in other languages, addresses of other servers."""
    place = Path(output)
    for needless in [*(place / "assets").rglob("*.map"), *(place / name for name in _PLANNED_BY_NOBODY)]:
        needless.unlink(missing_ok=True)
    programs = place / "assets" / "javascripts"
    for program in sorted(programs.rglob("*.js")):
        if program.parent.name == "lunr" or (program.parent.name == "min" and program.name[5:-7] not in _SEARCH_LANGUAGES):
            program.unlink()
            continue
        told = program.read_bytes()
        mended = re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", _FOREIGN.sub(_NOWHERE, told))
        mended = _LAST_LETTER.sub(rb"\1=\3", mended)
        if mended != told:
            program.write_bytes(mended)
    for style in sorted((place / "assets" / "stylesheets").glob("*.css")):
        style.write_bytes(re.sub(rb"\n?/\*# sourceMappingURL=.*?\*/\s*$", b"\n", style.read_bytes()))
