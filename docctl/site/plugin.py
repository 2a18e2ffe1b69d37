"""The mkdocs plugin: stages the library's commit before mkdocs builds, so that `mkdocs build` gives what `docctl site build` gives.

It only stages and then holds the output to the plan; pages never decide. Of mkdocs.yml nothing counts but the options below, where
the site goes, and (as the commit has them) its colours and its copyright line.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from mkdocs.config import config_options, load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.utils import clean_directory

from docctl.core.errors import DocctlError
from docctl.reader.kept import private_folder
from docctl.site import engine
from docctl.site.kept import Kept
from docctl.site.output import FAULTS, MARKER, check_output
from docctl.site.stage import Staged

LAST = -100


class DocctlOptions(Config):  # type: ignore[no-untyped-call]  # mkdocs' own base class is not typed
    """What mkdocs.yml may say under `docctl:`. `library` the folder in the repository, `rev` a commit, `as_of` a day, `lang` zh or en."""

    library = config_options.Type(str, default="")
    rev = config_options.Type(str, default="HEAD")
    as_of = config_options.Type(str, default="")
    lang = config_options.Choice(("", "zh", "en"), default="")


class DocctlPlugin(BasePlugin[DocctlOptions]):  # type: ignore[no-untyped-call]  # as above
    """Lays the planned site out in a folder of its own and has mkdocs build that, with docctl's own configuration."""

    def __init__(self) -> None:
        self._place: tempfile.TemporaryDirectory[str] | None = None

    @event_priority(LAST)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Stages the site; the answer takes the place of the whole configuration. Raises PluginError with docctl's own sentences."""
        self._place = tempfile.TemporaryDirectory(prefix=f"docctl-site-{os.getpid()}-")
        here = os.path.dirname(os.path.abspath(config.config_file_path or "mkdocs.yml"))
        try:
            staged, file = self._staged(here, self._place.name, config.site_dir)
        except DocctlError as error:
            raise PluginError(f"{error.said('en')}\n{error.said('zh')}") from error
        _keep_words_private()
        own: MkDocsConfig = load_config(file, strict=config.strict, site_dir=config.site_dir, dev_addr=str(config.dev_addr))
        own.plugins["docctl/after"] = _After(staged)
        own.plugins.on_startup(command="build", dirty=False)
        changed: MkDocsConfig = own.plugins.on_config(own)
        return changed

    def _staged(self, here: str, place: str, output: str) -> tuple[Staged, str]:
        """The staged site below `place` and the engine's configuration for it."""
        from docctl.acts.clock import clock
        from docctl.repository import Repository
        from docctl.site.publish import published, staged_site
        from docctl.view import library_around

        with Repository.open(here) as repository:
            library = self.config.library or library_around(here, repository.top)
            source = published(repository, library, self.config.rev)
            staged = staged_site(source, place, as_of=self.config.as_of, now=clock(), lang=self.config.lang)
        return staged, engine.configure(place, staged.folder, output, staged.name, staged.lang, staged.nav, source.look)


class _NoOptions(Config):  # type: ignore[no-untyped-call]  # as above
    """Nothing to choose."""


class _After(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]  # as above
    """What happens to the built site: the engine's needless files go, then nothing may be there but what was planned."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged

    @event_priority(LAST)
    def on_post_build(self, *, config: MkDocsConfig, **_: Any) -> None:
        """Empties the output and raises PluginError when it is not the planned site."""
        engine.settle(config.site_dir)
        Kept("", "", "").complete(config.site_dir)
        with open(os.path.join(config.site_dir, MARKER), "w", encoding="utf-8") as file:
            file.write("This folder is replaced as a whole by docctl site build.\n")
        faults = check_output(config.site_dir, self._staged.paths, self._staged.forbidden)
        if faults:
            clean_directory(config.site_dir)
            raise PluginError(
                "\n".join(f"{item.path}: {FAULTS[item.kind].en} {FAULTS[item.kind].zh} {item.detail}" for item in faults)
            )


def _keep_words_private() -> None:
    """The engine's dictionary of Chinese words lies where nobody else can write, and is loaded without a word."""
    import jieba

    jieba.setLogLevel("WARNING")
    jieba.dt.tmp_dir = private_folder() or None
