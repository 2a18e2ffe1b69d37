"""Publishes the controlled-copy site of a library: plan, stage, build, check, replace. Must not publish what is not planned."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import NamedTuple

from docctl.check import check_library, refused
from docctl.core.calendar import local_day
from docctl.core.errors import DocctlError, Words
from docctl.core.settings import Settings
from docctl.reader.landing import Past
from docctl.reader.rulebook import no_rules, read_rulebook
from docctl.repository import Repository
from docctl.rules.catalogue import ERROR, Finding
from docctl.site import engine
from docctl.site.output import FAULTS, check_output, fresh_folder, replace_folder
from docctl.site.plan import plan
from docctl.site.stage import Staged, stage

Progress = Callable[[int, int], None]
COLD_EPOCH = 946684800  # 2000-01-01: files of the site carry no time of their building


class Built(NamedTuple):
    """A published site: where, from which commit, for which day, and how many pages and documents it holds."""

    output: str
    commit: str
    day: str
    pages: int
    documents: int


def build(
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

    `as_of` is a day of the organisation's zone; without it the day of the instant `now`. Raises DocctlError, with the old site left
    as it was, when a rule is broken at that commit or the built files are not exactly the planned ones.
    """
    with Repository.open(repository_path) as repository, tempfile.TemporaryDirectory(prefix="docctl-site-") as place:
        staged = staged_site(repository, place, library=library, rev=rev, as_of=as_of, now=now, lang=lang, progress=progress)
        fresh = fresh_folder(output)
        try:
            engine.build(staged.folder, fresh, staged.name, staged.lang, staged.nav, epoch=COLD_EPOCH)
            _require_planned(fresh, staged)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        replace_folder(fresh, output)
        pages = sum(path.endswith(".md") for path in staged.paths)
        return Built(os.path.abspath(output), staged.commit, staged.day, pages, staged.documents)


def staged_site(
    repository: Repository,
    place: str,
    *,
    library: str = "",
    rev: str = "",
    as_of: str = "",
    now: str = "",
    lang: str = "",
    progress: Progress = lambda _done, _all: None,
) -> Staged:
    """Plans the site of a library at a commit for a day and lays it out below the folder `place`; arguments as for `build`.

    Raises DocctlError when a rule is broken at that commit.
    """
    commit = _commit(repository, library, rev)
    settings = _settings(repository, commit, library)
    past = Past(repository, commit, library)
    collection = past.collection(as_of or local_day(now, settings.timezone))
    _require_sound(check_library(collection.library._replace(today="")), commit)
    folder = os.path.join(place, "staged")
    os.makedirs(folder)
    return stage(past, plan(collection), folder, lang or settings.languages[0], progress)


def _require_sound(findings: list[Finding], commit: str) -> None:
    """Refuses to publish a commit that breaks a rule."""
    if refused(findings):
        errors = [item for item in findings if item.severity == ERROR]
        first = errors[0]
        raise DocctlError(
            Words(
                f"commit {commit[:12]} breaks {len(errors)} rules and is not published; first: {first.code} {first.message('en')}",
                f"提交 {commit[:12]} 违反 {len(errors)} 条规则，不予发布；首条：{first.code} {first.message('zh')}",
            ),
            Words("`docctl check` lists them all", "`docctl check` 会列出全部"),
            "not-publishable",
        )


def _commit(repository: Repository, library: str, rev: str) -> str:
    """The commit to publish: what `rev` names, else the protected branch's tip, else the current commit."""
    head = repository.resolve(rev or "HEAD")
    if head is None:
        raise DocctlError(
            Words(f"no commit named {rev or 'HEAD'}", f"没有名为 {rev or 'HEAD'} 的提交"),
            Words("name a branch or commit of this repository", "请指定本库的分支或提交"),
            "unknown-commit",
        )
    if rev:
        return head
    branch = _settings(repository, head, library).protected_branch
    return repository.resolve(f"refs/heads/{branch}") or repository.resolve(f"refs/remotes/origin/{branch}") or head


def _settings(repository: Repository, commit: str, library: str) -> Settings:
    book = read_rulebook(repository.tree(commit, library))
    if book.rules is None:
        raise no_rules(book.unread)
    return book.rules.mandate.settings


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
