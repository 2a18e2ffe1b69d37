"""The mkdocs plugin: stages the library's commit before mkdocs builds, so that `mkdocs build` shows what docctl planned.

It only stages; pages never decide. The engine's own configuration in mkdocs.yml gives the look.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin

from docctl.core.errors import DocctlError
from docctl.site import engine


class DocctlOptions(Config):  # type: ignore[no-untyped-call]  # mkdocs' own base class is not typed
    """What mkdocs.yml may say under `docctl:`. `library` the folder in the repository, `rev` a commit, `as_of` a day."""

    library = config_options.Type(str, default="")
    rev = config_options.Type(str, default="HEAD")
    as_of = config_options.Type(str, default="")


class DocctlPlugin(BasePlugin[DocctlOptions]):
    """Lays the planned site out in a folder of its own and points mkdocs at it."""

    def __init__(self) -> None:
        self._place: tempfile.TemporaryDirectory[str] | None = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Stages the site; everything mkdocs then reads comes from there. Raises PluginError with docctl's own sentences."""
        from docctl.acts.clock import clock
        from docctl.repository import Repository
        from docctl.site.publish import staged_site

        self._place = tempfile.TemporaryDirectory(prefix="docctl-site-")
        here = os.path.dirname(config.config_file_path or ".") or "."
        try:
            with Repository.open(here) as repository:
                staged = staged_site(
                    repository,
                    self._place.name,
                    library=self.config.library,
                    rev=self.config.rev,
                    as_of=self.config.as_of,
                    now=clock(),
                    lang=str(config.theme.get("language") or ""),
                )
        except DocctlError as error:
            raise PluginError(f"{error.said('en')}\n{error.said('zh')}") from error
        config.docs_dir = staged.folder
        config.nav = staged.nav
        for name, value in engine.look().items():
            config.theme[name] = value
        config.theme.dirs.insert(0, engine.theme_folder())
        config.extra_css = [*config.extra_css, "assets/docctl.css"]
        return config

    def on_post_build(self, *, config: MkDocsConfig, **_: Any) -> None:
        """Takes away what the engine brings for others, as `docctl site build` does, and clears the staged folder."""
        engine.settle(config.site_dir)
        if self._place is not None:
            self._place.cleanup()
