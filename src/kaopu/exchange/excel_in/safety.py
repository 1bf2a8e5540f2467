"""工作簿的收件检查：大小，以及压缩包的检查（``domain.packages``），拒收的话都是导入页的话（TRUST §3）。"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from kaopu.domain.packages import LIMITS, MEGABYTE, PackageKind, PackageRefused, check_zip
from kaopu.exchange.excel_in.result import WorkbookRefused

OLE_MAGIC = b"\xd0\xcf\x11\xe0"
WORKBOOK = PackageKind(
    name=".xlsx 工作簿",
    suffix=".xlsx",
    program="Excel 或 WPS ",
    marks=frozenset({"[content_types].xml", "content.xml"}),
    allows_macros=True,  # 宏从不运行，只读各格
)
LOCKED = "文件设有打开密码；请取消密码并另存为 .xlsx 后上传。"
NOT_A_WORKBOOK, DAMAGED = WORKBOOK.not_one, WORKBOOK.damaged


def check_package(path: Path) -> None:
    """工作簿压缩包的检查；不合格即抛 :class:`WorkbookRefused`。"""
    try:
        with path.open("rb") as file:
            check_zip(file, WORKBOOK)
    except PackageRefused as refusal:
        raise WorkbookRefused(LOCKED if _is_locked(path) else str(refusal)) from refusal


def _is_locked(path: Path) -> bool:
    """设了打开密码的 .ods：目录里写着各部件怎么加的密；收件检查只看得出部件读不通。"""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(MEGABYTE)
    except (KeyError, OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False


def check_size(path: Path) -> None:
    """任何格式的文件都不得超过的大小。"""
    if path.stat().st_size > LIMITS.file_bytes:
        size = LIMITS.file_bytes // MEGABYTE
        raise WorkbookRefused(f"文件超过 {size} MB；请删去图片和无关工作表后重新上传。")
