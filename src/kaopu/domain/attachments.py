"""附件：收什么、不收什么，逐项说明办法（TRUST §3：按内容也按扩展名的白名单）。

只看字节与文件名，不解开图片；照片另由 ``projects.photos`` 重新编码。
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Protocol

from kaopu.domain.packages import LIMITS, MEGABYTE, PackageKind, PackageRefused, check_zip

MOST_ATTACHMENTS = 9
MOST_BYTES = LIMITS.file_bytes
NAME_LENGTH = 120
_PDF_END = 2048  # %%EOF 须在末尾这么多字节之内


class AttachmentRefused(Exception):
    """附件不收，理由与办法见信息。"""


class AttachmentKind(StrEnum):
    """附件的种类：照片重新编码、可在页面上看；文件原样保存，只供下载。"""

    PHOTO = "photo"
    FILE = "file"


ATTACHMENT_KIND_LABELS = {AttachmentKind.PHOTO: "照片", AttachmentKind.FILE: "文件"}


@dataclass(frozen=True, kw_only=True)
class Received:
    """查验过、可以收下的一个附件；照片的 ``content`` 已重新编码，``preview`` 是它的小样。"""

    name: str
    kind: AttachmentKind
    media_type: str
    content: bytes
    preview: bytes = b""


_OFFICE = "application/vnd.openxmlformats-officedocument"
PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png")
_PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
FILE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".pdf": "application/pdf",
        ".docx": f"{_OFFICE}.wordprocessingml.document",
        ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
        ".ofd": "application/ofd",
    }
)
_PACKAGES = {
    ".docx": PackageKind(
        name=".docx 文档", suffix=".docx", program="Word 或 WPS ", marks=frozenset({"word/document.xml"})
    ),
    ".xlsx": PackageKind(
        name=".xlsx 工作簿", suffix=".xlsx", program="Excel 或 WPS ", marks=frozenset({"xl/workbook.xml"})
    ),
    ".ofd": PackageKind(
        name=".ofd 版式文件", suffix=".ofd", program="OFD 阅读软件", marks=frozenset({"ofd.xml"})
    ),
}
_REMEDIES = {
    **dict.fromkeys((".doc", ".wps"), "请用 Word 或 WPS 另存为 .docx 或 PDF 再传"),
    **dict.fromkeys((".xls", ".et"), "请用 Excel 或 WPS 另存为 .xlsx 再传"),
    **dict.fromkeys((".docm", ".xlsm"), "请另存为不带宏的 .docx、.xlsx 再传"),
    **dict.fromkeys((".heic", ".heif", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
                    "请转存为 .jpg 再传（苹果手机在“设置、相机、格式”里选“兼容性最佳”）"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "请解开后逐个上传"),
}  # fmt: skip


def clean_file_name(name: str, *, length: int = NAME_LENGTH, otherwise: str = "附件") -> str:
    """文件名：去掉路径、控制字符与改变书写方向的字符，限长，扩展名小写（TRUST §3）。"""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = PurePosixPath("".join(letter for letter in last if unicodedata.category(letter)[0] != "C"))
    suffix = kept.suffix.lower()[:20]
    return f"{kept.stem.strip('. ')[: length - len(suffix)] or otherwise}{suffix}"


def refuse_too_many(count: int) -> None:
    """一次办理至多九个附件。"""
    if count > MOST_ATTACHMENTS:
        raise AttachmentRefused(
            f"一次至多 {MOST_ATTACHMENTS} 个附件，现有 {count} 个；请减少后再传，其余的随下一次办理上传。"
        )


def refuse_size(name: str, size: int) -> None:
    """空文件与超过 10 MB 的不收；只看大小，不必读入。"""
    if not size:
        raise AttachmentRefused(f"“{name}”是空文件；请核对后重新选择。")
    if size > MOST_BYTES:
        most = MOST_BYTES // MEGABYTE
        raise AttachmentRefused(f"“{name}”超过 {most} MB；请压缩或拆成几份后再传，照片可改用较小的尺寸。")


def kind_of(name: str, content: bytes) -> AttachmentKind:
    """种类：扩展名在白名单里，内容也是那种文件；否则抛出 ``AttachmentRefused``。"""
    refuse_size(name, len(content))
    suffix = PurePosixPath(name).suffix
    if suffix in PHOTO_SUFFIXES:
        if not content.startswith(_PHOTO_STARTS):
            raise AttachmentRefused(f"“{name}”不是 JPG 或 PNG 照片；请用看图软件另存为 .jpg 再传。")
        return AttachmentKind.PHOTO
    if suffix not in FILE_TYPES:
        remedy = _REMEDIES.get(suffix, "请转存为其中一种再传")
        raise AttachmentRefused(
            f"“{name}”不在收件范围（PDF、.docx、.xlsx、OFD，照片 .jpg、.png）；{remedy}。"
        )
    if suffix == ".pdf":
        _check_pdf(name, content)
    else:
        _check_package(name, content, _PACKAGES[suffix])
    return AttachmentKind.FILE


def _check_pdf(name: str, content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_PDF_END:]:
        raise AttachmentRefused(f"“{name}”不是完好的 PDF；请打开后用“打印为 PDF”另存再传。")
    if b"/Encrypt" in content:
        raise AttachmentRefused(f"“{name}”已加密；请取消打开密码后另存再传。")
    if b"/JavaScript" in content or b"/Launch" in content:
        raise AttachmentRefused(f"“{name}”带有脚本；请打开后用“打印为 PDF”另存再传。")


def _check_package(name: str, content: bytes, package: PackageKind) -> None:
    if not content.startswith(b"PK\x03\x04"):  # 前面垫了别的内容的，各软件读法不一
        raise AttachmentRefused(f"“{name}”：{package.not_one}")
    try:
        check_zip(io.BytesIO(content), package)
    except PackageRefused as refusal:
        raise AttachmentRefused(f"“{name}”：{refusal}") from refusal


class Named(Protocol):
    """有文件名的：收下的附件，或已入库的附件。"""

    @property
    def name(self) -> str: ...


def traced(attachments: Iterable[Named]) -> dict[str, Any]:
    """写进留痕的附件名；没有附件的不写这一项。"""
    names = [item.name for item in attachments]
    return {"attachments": names} if names else {}


def cited(evidence: str, attachments: Sequence[Received]) -> str:
    """佐证的文字：没有写而附了件的，写明见哪几个附件——附件也是佐证（种子 D08）。"""
    if evidence.strip() or not attachments:
        return evidence.strip()
    more = f"等 {len(attachments)} 件" if len(attachments) > 1 else ""
    return f"见附件：{attachments[0].name}{more}"
