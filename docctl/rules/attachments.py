"""DC113: what may lie beside a text in a document's folder, by its ending. Must not know what the files say, nor sites and engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.content import File
from docctl.core.errors import Words
from docctl.core.library import Library
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

# DC105 refuses SVG in records too; here are the kinds that a browser shows as a page of its own and runs the scripts of.
_RUN = (
    "html", "htm", "xhtml", "xht", "shtml", "shtm", "mht", "mhtml", "hta", "svgz", "swf", "js", "mjs", "wasm",
    "xml", "xsl", "xslt", "xsd", "rss", "atom", "rdf", "mml", "mathml",
    "xhtm", "htc", "xul", "xbl", "dtd", "ent", "rng", "wsdl", "wadl", "xspf", "kml", "gml", "gpx", "xop", "dae", "dbk", "opf", "sru",
    "svg", "smil", "smi", "ssml", "tei", "vxml", "xaml", "xer", "xdf", "xpl", "xenc", "xvml", "musicxml", "sbml", "grxml", "scxml", "xpdl",
)  # fmt: skip
# Kinds that servers run, or take orders from, where a site is laid.
_SERVED = (
    "php", "php3", "php4", "php5", "php7", "php8", "phps", "pht", "phtml", "phar", "asp", "aspx", "ashx", "asmx", "ascx", "asax",
    "asa", "cshtml", "vbhtml", "jsp", "jspx", "jspf", "jhtml", "cgi", "fcgi", "cfm", "cfml", "cfc", "stm",
)  # fmt: skip
_ORDERS = ("web.config",)
# Every server gives these a type of their own, whatever stands before: no browser runs them.
_OWN_TYPE = (
    "pdf", "png", "jpg", "jpeg", "gif", "webp", "txt", "csv", "zip", "7z",
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp",
)  # fmt: skip
_TEXTS = ("md", "markdown", "mdown", "mkdn", "mkd")
_IN_THE_WAY = Words("the page itself is published under that name", "该名称用于发布页面本身")
_LIKE_A_PAGE = Words(
    "it begins like a page, and under a name without a known ending browsers show it as one",
    "其内容以网页形式开头，且名称没有已知扩展名，浏览器会当作网页显示",
)
_RUN_BY_SERVERS = Words("web servers run such a file or take orders from it", "网站服务器会执行这类文件或按其内容改变设置")
_REASONS: Mapping[str, Words] = {
    **dict.fromkeys(_SERVED, _RUN_BY_SERVERS),
    **dict.fromkeys(_RUN, Words("browsers show such a file as a page and run what is in it", "浏览器会把这类文件当作页面打开并执行其内容")),
    **dict.fromkeys(_TEXTS, Words("a site would make a second page of it; index.md alone is the text", "站点会把它生成为另一个页面；正文只能是 index.md")),
}  # fmt: skip


@rule(
    "DC113",
    en="{document} {version}: {file}: {reason}",
    zh="{document} {version}：{file}：{reason}",
    mend=(
        "Attach it as PDF, as a picture, as plain text (.txt, .csv) or packed (.zip); what readers must read belongs into index.md.",
        "请改为 PDF、图片、纯文本（.txt、.csv）或压缩包（.zip）作为附件；要求阅读的内容请写入 index.md。",
    ),
    clauses=["iso27001:2022/A.8.26"],
)
def attachment_active(library: Library) -> Found:
    """A published attachment that runs in readers' browsers, or is read as a page, shows what nobody sees while signing (I8, I03, I05).

    会在读者浏览器中执行或被当作页面的附件，会显示签署时无人看到的内容。
    """
    for document in library.fresh:
        for file in document.content.files:
            reason = _reason(file) if file.name != "index.md" else None
            if reason:
                place = Place(f"{document.folder}/{file.name}", 0, document.number, document.version)
                yield place, {"file": file.name, "reason": reason}


def _reason(file: File) -> Words | None:
    """Why a file may not be attached, by its endings and by how it begins; None when it may.

    Servers pass over an ending that they do not know, or take it for a language or a packing (`page.html.en`, `page.html.gz`).
    """
    folder, _, name = file.name.lower().rpartition("/")
    endings = name.split(".")[1:]
    if folder.partition("/")[0] == "index.html":
        return _IN_THE_WAY
    if name in _ORDERS:
        return _RUN_BY_SERVERS
    for place, ending in enumerate(reversed(endings)):
        if ending in _OWN_TYPE:
            return None
        if ending in _REASONS and (ending not in _TEXTS if place else ending != "svg"):  # DC105 tells of a last .svg
            return _REASONS[ending]
    return _LIKE_A_PAGE if file.fault == "page" else None
