"""Publishes the controlled-copy site of a library: plan, stage, build, check, replace. Must not publish what is not planned."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from docctl.arriving import arrivals_of
from docctl.check import check_library, refused
from docctl.core.calendar import local_day
from docctl.core.errors import DocctlError, Unreadable, Words, counted
from docctl.core.receipt import Arrivals
from docctl.core.settings import Settings
from docctl.core.strictyaml import read_file
from docctl.core.tree import Tree
from docctl.reader import Memory, rulebook
from docctl.reader.kept import private_folder, remembering
from docctl.reader.landing import Past
from docctl.reader.rulebook import no_rules
from docctl.repository import Repository
from docctl.rules.catalogue import ERROR, Finding
from docctl.site import engine
from docctl.site.output import FAULTS, OutputFault, check_output, fresh_folder, replace_folder
from docctl.site.plan import plan
from docctl.site.serving import serve
from docctl.site.stage import Staged, stage
from docctl.site.workplace import workplace
from docctl.view import require_official

__all__ = ["Built", "Published", "build", "check", "published", "serve", "staged_site"]

Progress = Callable[[int, int], None]
COLD_EPOCH = 946684800  # 2000-01-01: files of the site carry no time of their building


class Built(NamedTuple):
    """A published site: where, from which commit, for which day, and how many pages and documents it holds."""

    output: str
    commit: str
    day: str
    pages: int
    documents: int


class Published(NamedTuple):
    """What is published: the library at one commit, the settings it has there, and the look its mkdocs.yml asks for.

    `arrivals` is how its statements came in, by the receipts that this copy holds.
    """

    past: Past
    settings: Settings
    look: dict[str, str]
    identity: str
    arrivals: Arrivals


def build(  # noqa: PLR0913  what a site is of, and how it is shown
    repository_path: str,
    output: str,
    *,
    library: str = "",
    rev: str = "",
    as_of: str = "",
    now: str = "",
    lang: str = "",
    progress: Progress = lambda _done, _all: None,
) -> Built:
    """Builds the site of the library at a commit (the protected branch's tip unless `rev`) for a day, and replaces `output` by it.

    `as_of` is a day of the organisation's zone; without it the day of the instant `now`. `lang` is the site's own language, the
    first of the settings unless given. Raises DocctlError, with the old site left as it was, when a rule is broken at that commit
    or the built files are not exactly the planned ones.
    """
    with Repository.open(repository_path) as repository, workplace("site") as place:
        source = published(repository, library, rev)
        steps = _Steps(progress)
        staged = staged_site(source, place, as_of=as_of, now=now, lang=lang, progress=steps.staged)
        fresh = fresh_folder(output)
        try:
            _built(source, staged, fresh)
            steps.next()
            _require_planned(fresh, staged)
            steps.next()
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        replace_folder(fresh, output)
        pages = sum(path.endswith(".md") for path in staged.paths)
        return Built(os.path.abspath(output), staged.commit, staged.day, pages, staged.documents)


class _Steps:
    """Counts the documents that are staged, then the engine's run and the last check as one step each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._documents = self._done = 0

    def staged(self, done: int, documents: int) -> None:
        self._documents, self._done = documents, done
        self._progress(done, documents + 2)

    def next(self) -> None:
        self._done += 1
        self._progress(self._done, self._documents + 2)


def check(  # noqa: PLR0913  as for `build`
    repository_path: str,
    folder: str,
    *,
    library: str = "",
    rev: str = "",
    as_of: str = "",
    now: str = "",
    lang: str = "",
    exact: bool = False,
) -> list[OutputFault]:
    """What is wrong with the site in `folder`, seen from a fresh plan of the commit and day; arguments as for `build`.

    `exact` builds the site anew beside it and also tells every file that is not byte for byte what that build gives.
    """
    with Repository.open(repository_path) as repository, workplace("site") as place:
        source = published(repository, library, rev)
        staged = staged_site(source, place, as_of=as_of, now=now, lang=lang)
        faults = check_output(folder, staged.paths, staged.forbidden)
        if exact:
            _built(source, staged, os.path.join(place, "fresh"))
            faults += _altered(folder, os.path.join(place, "fresh"), {fault.path for fault in faults})
        return sorted(faults)


def published(repository: Repository, library: str = "", rev: str = "") -> Published:
    """The library at a commit: what `rev` names, else the protected branch's tip, else the current commit.

    Raises DocctlError when there is no such commit or no library at it.
    """
    memory = remembering(repository)
    head = repository.resolve(rev or "HEAD")
    if head is None:
        raise DocctlError(
            Words(f"no commit named {rev or 'HEAD'}", f"没有名为 {rev or 'HEAD'} 的提交"),
            Words("name a branch or commit of this repository", "请指定本库的分支或提交"),
            "unknown-commit",
        )
    commit = head
    if rev:
        require_official(repository, library, rev)
    else:
        branch = _settings(repository.tree(head, library), memory)[0].protected_branch
        commit = repository.resolve(f"refs/heads/{branch}") or repository.resolve(f"refs/remotes/origin/{branch}") or head
    past = Past(repository, commit, library, memory)
    settings, identity = _settings(past.tree(), memory)
    kept = sha256(f"{identity}\n{library}\n".encode()).hexdigest()[:32]
    return Published(past, settings, _look(past.tree()), kept, arrivals_of(repository, past, library))


def staged_site(
    source: Published,
    place: str,
    *,
    as_of: str = "",
    now: str = "",
    lang: str = "",
    progress: Progress = lambda _done, _all: None,
) -> Staged:
    """Plans the site of a library for a day and lays it out below the folder `place`; arguments as for `build`.

    Raises DocctlError when a rule is broken at its commit.
    """
    collection = source.past.collection(as_of or local_day(now, source.settings.timezone))
    collection = collection._replace(arrivals=source.arrivals)
    _require_sound(check_library(collection.library._replace(today="")), collection.commit)
    folder = os.path.join(place, "staged")
    os.makedirs(folder)
    lang = lang or source.settings.languages[0]
    staged = stage(source.past, plan(collection), folder, lang, progress, _kept(source, lang))
    return staged._replace(forbidden=engine.unsaid(staged.forbidden, (staged.name, staged.lang), staged.nav, source.look))


def _built(source: Published, staged: Staged, output: str) -> None:
    """Runs the engine."""
    kept = _kept(source, staged.lang)
    engine.build(staged.folder, output, staged.name, staged.lang, staged.nav, source.look, epoch=COLD_EPOCH, kept=kept)


def _kept(source: Published, lang: str) -> str:
    """Where this user keeps what the next build of a library's site may take up; "" when nobody's folder is private enough."""
    private = private_folder()
    return os.path.join(private, "sites", f"{source.identity}-{lang}") if private else ""


def _settings(tree: Tree, memory: Memory) -> tuple[Settings, str]:
    """The settings of a library and its repository id."""
    book = rulebook(tree, memory)
    if book.rules is None:
        raise no_rules(book.unread)
    return book.rules.mandate.settings, book.rules.mandate.root.repository


def _look(tree: Tree) -> dict[str, str]:
    """The colours and the copyright line that the library's mkdocs.yml asks for; nothing else of that file counts."""
    try:
        values = read_file(tree["mkdocs.yml"].data).values if "mkdocs.yml" in tree else {}
    except Unreadable:
        return {}
    theme = values.get("theme")
    palette = theme.get("palette") if isinstance(theme, dict) else None
    asked = {**(palette if isinstance(palette, dict) else {}), "copyright": values.get("copyright", "")}
    return {key: value for key, value in asked.items() if isinstance(value, str) and value}


def _require_sound(findings: list[Finding], commit: str) -> None:
    """Refuses to publish a commit that breaks a rule."""
    if refused(findings):
        errors = [item for item in findings if item.severity == ERROR]
        first = errors[0]
        raise DocctlError(
            Words(
                f"commit {commit[:12]} breaks {counted(len(errors), 'rule')} and is not published; first: {first.code} {first.message('en')}",
                f"提交 {commit[:12]} 违反 {len(errors)} 条规则，不予发布；首条：{first.code} {first.message('zh')}",
            ),
            Words("`docctl check` lists them all", "`docctl check` 会列出全部"),
            "not-publishable",
        )


def _altered(folder: str, fresh: str, told: set[str]) -> list[OutputFault]:
    """The files that differ from those of a fresh build, but for the ones already told."""
    from filecmp import cmpfiles

    names = [os.path.relpath(os.path.join(place, name), fresh) for place, _, found in os.walk(fresh) for name in found]
    _, differ, absent = cmpfiles(folder, fresh, names, shallow=False)
    found = {name.replace(os.sep, "/") for name in (*differ, *absent)}
    return [OutputFault("altered", path, "") for path in sorted(found - told)]


def _require_planned(folder: str, staged: Staged) -> None:
    faults = check_output(folder, staged.paths, staged.forbidden)
    if faults:
        first = faults[0]
        said = FAULTS[first.kind]
        raise DocctlError(
            Words(
                f"the built site is not the planned one ({len(faults)}): {first.path}: {said.en} {first.detail}",
                f"生成的站点与计划不符（{len(faults)}）：{first.path}：{said.zh} {first.detail}",
            ),
            Words("the old site was left as it was; please report this", "旧站点保持不变；请报告此问题"),
            "not-as-planned",
        )
