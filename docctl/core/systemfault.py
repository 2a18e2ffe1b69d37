"""Why the machine could not do something with a file, in the reader's language. Must not know files, nor who asked."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from docctl.core.errors import Words

_ZH: Mapping[int | None, str] = {
    errno.ENOENT: "没有该文件或文件夹",
    errno.EACCES: "权限不足",
    errno.EPERM: "不允许此操作",
    errno.EEXIST: "已存在",
    errno.ENOTDIR: "不是文件夹",
    errno.EISDIR: "是文件夹",
    errno.ENOTEMPTY: "文件夹不为空",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "文件系统为只读",
    errno.EIO: "读写错误",
    errno.ENAMETOOLONG: "名称过长",
    errno.ELOOP: "符号链接层数过多",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "系统打开的文件过多",
    errno.ENOMEM: "内存不足",
    errno.EPIPE: "管道已断开",
    errno.EBADF: "输出已关闭",
    errno.ENOEXEC: "无法执行",
    errno.ETXTBSY: "文件正被占用",
    errno.EFBIG: "文件过大",
}


def system_fault(error: OSError) -> Words:
    """The system's reason in both languages; one that is not listed stands as the system said it."""
    en = error.strerror or str(error) or type(error).__name__
    return Words(en, _ZH.get(error.errno, en))
