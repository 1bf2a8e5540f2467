"""收件检查：在任何表格库打开文件之前，先按压缩包看它是否超限、加密或夹带外部定义（TRUST §3）。

字节数边读边数，不信文件头里申报的大小；XML 部件一律走一遍解析器，凡有 DTD 的拒收。
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from kaopu.exchange.excel_in.result import WorkbookRefused

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
XML_SUFFIXES = (".xml", ".rels")
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
NOT_A_WORKBOOK = "文件不是 .xlsx 工作簿；请用 Excel 或 WPS 另存为 .xlsx 后上传。"
DAMAGED = "文件已损坏，无法读取；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"


@dataclass(frozen=True, kw_only=True)
class ZipLimits:
    """压缩包的上限（TRUST §3 第一行）。"""

    file_bytes: int = 10 * MEGABYTE
    part_bytes: int = 60 * MEGABYTE
    total_bytes: int = 120 * MEGABYTE
    ratio: int = 200
    parts: int = 500


LIMITS = ZipLimits()


def check_zip(path: Path, limits: ZipLimits = LIMITS) -> None:
    """收件检查：不合格即抛 :class:`WorkbookRefused`，合格不返回任何东西（TRUST §3 ``check_zip()``）。"""
    check_size(path, limits)
    try:
        with zipfile.ZipFile(path) as package:
            _check_directory(package, limits)
            _read_every_part(package, limits)
    except zipfile.BadZipFile as error:
        raise WorkbookRefused(_not_a_workbook(path)) from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise WorkbookRefused(DAMAGED) from error


def check_size(path: Path, limits: ZipLimits = LIMITS) -> None:
    """任何格式的文件都不得超过的大小。"""
    if path.stat().st_size > limits.file_bytes:
        size = limits.file_bytes // MEGABYTE
        raise WorkbookRefused(f"文件超过 {size} MB；请删去图片和无关工作表后重新上传。")


def _not_a_workbook(path: Path) -> str:
    with path.open("rb") as file:
        return DAMAGED if file.read(2) == b"PK" else NOT_A_WORKBOOK


def _check_directory(package: zipfile.ZipFile, limits: ZipLimits) -> None:
    entries = package.infolist()
    if len(entries) > limits.parts:
        raise WorkbookRefused(f"文件内部部件超过 {limits.parts} 个；请删去图片、附件后另存再上传。")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            raise WorkbookRefused("文件已加密；请取消打开密码后另存再上传。")
        if ".." in name or "\\" in name or name.startswith("/") or "\0" in name or ":" in name:
            raise WorkbookRefused("文件内部路径异常；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
        if name.lower() in seen:
            raise WorkbookRefused("文件内部有重名部件；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookRefused(DAMAGED)
        seen.add(name.lower())
    if "[content_types].xml" not in seen and "content.xml" not in seen:
        raise WorkbookRefused(NOT_A_WORKBOOK)


def _read_every_part(package: zipfile.ZipFile, limits: ZipLimits) -> None:
    total = 0
    for entry in package.infolist():
        total += _read_part(package, entry, limits, limits.total_bytes - total)


def _read_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ZipLimits, budget: int) -> int:
    """Read one part to its end, counting bytes; refuse as soon as a limit is passed."""
    allowed = min(limits.part_bytes, budget, max(entry.compress_size, 1) * limits.ratio)
    name = entry.filename.lower()
    parser = _dtd_refusing_parser() if name.endswith(XML_SUFFIXES) else None
    count = 0
    with package.open(entry) as part:
        while chunk := part.read(CHUNK):
            count += len(chunk)
            if count > allowed:
                raise WorkbookRefused("文件解压后过大；请删去空白行列、图片后另存再上传。")
            if parser is not None:
                _feed(parser, chunk, final=False)
            elif name.endswith(".vml") and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
                raise WorkbookRefused(_DTD)
    if parser is not None:
        _feed(parser, b"", final=True)
    return count


_DTD = "文件含外部定义（DTD），可能有害；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"


def _dtd_refusing_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*_: object) -> None:
    raise WorkbookRefused(_DTD)


def _feed(parser: expat.XMLParserType, chunk: bytes, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as error:
        raise WorkbookRefused(DAMAGED) from error
