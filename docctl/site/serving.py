"""Shows a built site on this machine alone. Must not build, and must not serve what docctl did not build."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from docctl.core.errors import DocctlError, Words
from docctl.site.output import MARKER

HOST = "127.0.0.1"


def serve(folder: str, port: int, tell: Callable[[Words], None]) -> None:
    """Serves the built site in `folder` at a port of 127.0.0.1 (0: any free one) until it is interrupted.

    `tell` is given the address. Raises DocctlError when the folder is no site that docctl built, or the port is taken.
    """
    with server(folder, port) as running:
        address = f"http://{HOST}:{running.server_port}/"
        tell(Words(f"{address} (end with Ctrl-C)", f"{address}（按 Ctrl-C 结束）"))
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            tell(Words("ended", "已结束"))


def server(folder: str, port: int) -> ThreadingHTTPServer:
    """The server that `serve` runs, ready but not yet serving."""
    if not os.path.isfile(os.path.join(folder, MARKER)):
        raise DocctlError(
            Words(f"{folder}: not a site that docctl built", f"{folder}：不是 docctl 生成的站点"),
            Words("build it first with `docctl site build`", "请先用 `docctl site build` 生成"),
            "no-site",
        )
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Reader, directory=os.path.realpath(folder)))
    except (OSError, OverflowError) as error:
        raise DocctlError(
            Words(f"port {port} cannot be used: {error}", f"无法使用端口 {port}：{error}"),
            Words("name another with --port", "请用 --port 指定其他端口"),
            "port",
        ) from None


class _Reader(SimpleHTTPRequestHandler):
    """Answers with the files of the site: no lists of folders, nothing outside it, nobody but this machine."""

    def send_head(self) -> Any:
        """Refuses other hosts' names (pages elsewhere could ask through them) and whatever leads out of the folder."""
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        place = os.path.realpath(self.translate_path(self.path))
        if name not in (HOST, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)
            return None
        if place != self.directory and not place.startswith(self.directory + os.sep):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, _path: Any) -> None:
        """A folder without a page of its own is not shown."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """A reader's browser asks each time, so that what was withdrawn is gone at once."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is noted about readers."""
