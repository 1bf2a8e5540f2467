"""压缩包的收件检查：在任何库打开 .xlsx、.docx、.ofd 之前，先看它是否超限、加密、带宏或夹带外部定义（TRUST §3）。

字节数边读边数，不信文件头里申报的大小；XML 部件一律走一遍解析器，凡有 DTD 的拒收。
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
XML_SUFFIXES = (".xml", ".rels")
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")


class PackageRefused(Exception):
    """压缩包不合格，理由与办法见信息。"""


@dataclass(frozen=True, kw_only=True)
class PackageKind:
    """一种压缩包格式：``marks`` 里的部件（小写）有其一才算，``program`` 是能把它另存好的软件。"""

    name: str
    suffix: str
    program: str
    marks: frozenset[str]
    allows_macros: bool = False

    @property
    def not_one(self) -> str:
        """不是这种文件。"""
        return f"文件不是 {self.name}；请用 {self.program}另存为 {self.suffix} 后上传。"

    @property
    def damaged(self) -> str:
        """读不通。"""
        return f"文件已损坏，无法读取；{self.saved_again}"

    @property
    def saved_again(self) -> str:
        """多数毛病的办法。"""
        return f"请用 {self.program}打开后另存为 {self.suffix} 再上传。"


@dataclass(frozen=True, kw_only=True)
class ZipLimits:
    """压缩包的上限（TRUST §3 第一行）。"""

    file_bytes: int = 10 * MEGABYTE
    part_bytes: int = 60 * MEGABYTE
    total_bytes: int = 120 * MEGABYTE
    ratio: int = 200
    parts: int = 500


LIMITS = ZipLimits()


def check_zip(file: BinaryIO, kind: PackageKind, limits: ZipLimits = LIMITS) -> None:
    """收件检查：不合格即抛 :class:`PackageRefused`，合格不返回任何东西（TRUST §3 ``check_zip()``）。"""
    try:
        with zipfile.ZipFile(file) as package:
            _check_directory(package, kind, limits)
            _read_every_part(package, kind, limits)
    except zipfile.BadZipFile as error:
        file.seek(0)
        raise PackageRefused(kind.damaged if file.read(2) == b"PK" else kind.not_one) from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise PackageRefused(kind.damaged) from error


def _check_directory(package: zipfile.ZipFile, kind: PackageKind, limits: ZipLimits) -> None:
    entries = package.infolist()
    if len(entries) > limits.parts:
        raise PackageRefused(f"文件内部部件超过 {limits.parts} 个；请删去图片、附件后另存再上传。")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            raise PackageRefused("文件已加密；请取消打开密码后另存再上传。")
        if ".." in name or "\\" in name or name.startswith("/") or "\0" in name or ":" in name:
            raise PackageRefused(f"文件内部路径异常；{kind.saved_again}")
        if name.lower() in seen:
            raise PackageRefused(f"文件内部有重名部件；{kind.saved_again}")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageRefused(kind.damaged)
        seen.add(name.lower())
    if not kind.marks & seen:
        raise PackageRefused(kind.not_one)
    if not kind.allows_macros and any(name.endswith(MACRO_PARTS) for name in seen):
        raise PackageRefused(f"文件带有宏；请另存为不带宏的 {kind.suffix} 再上传。")


def _read_every_part(package: zipfile.ZipFile, kind: PackageKind, limits: ZipLimits) -> None:
    total = 0
    for entry in package.infolist():
        total += _read_part(package, entry, kind, limits, limits.total_bytes - total)


def _read_part(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: PackageKind, limits: ZipLimits, budget: int
) -> int:
    """Read one part to its end, counting bytes; refuse as soon as a limit is passed."""
    allowed = min(limits.part_bytes, budget, max(entry.compress_size, 1) * limits.ratio)
    name = entry.filename.lower()
    parser = _dtd_refusing_parser(kind) if name.endswith(XML_SUFFIXES) else None
    count = 0
    with package.open(entry) as part:
        while chunk := part.read(CHUNK):
            count += len(chunk)
            if count > allowed:
                raise PackageRefused("文件解压后过大；请删去图片与空白内容后另存再上传。")
            if parser is not None:
                _feed(parser, chunk, kind, final=False)
            elif name.endswith(".vml") and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
                raise PackageRefused(_has_dtd(kind))
    if parser is not None:
        _feed(parser, b"", kind, final=True)
    return count


def _has_dtd(kind: PackageKind) -> str:
    return f"文件含外部定义（DTD），可能有害；{kind.saved_again}"


def _dtd_refusing_parser(kind: PackageKind) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise PackageRefused(_has_dtd(kind))

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _feed(parser: expat.XMLParserType, chunk: bytes, kind: PackageKind, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as error:
        raise PackageRefused(kind.damaged) from error
