"""安全地读 .docx：限额、不认外部定义、损坏的说清办法（TRUST §3）。核验、格式检查与接续起草都从这里读。"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from lxml import etree

MAX_FILE, MAX_PART, MAX_TOTAL, MAX_PARTS = 10 * 1024 * 1024, 60 * 1024 * 1024, 120 * 1024 * 1024, 500
DOCUMENT, CORE = "word/document.xml", "docProps/core.xml"
_NOT_A_DOCX = "这不是能打开的 .docx 文件。请在 Word 或 WPS 中另存为 .docx 后重试。"
_TOO_LARGE = "文件内容过大，已拒绝打开。请用原件重试。"


class Unreadable(Exception):
    """文件读不了，信息里有办法。"""


def read_parts(path: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """读出 ``wanted`` 里有的各部分（``word/footer*`` 这样以 * 结尾的按开头认），读到限额为止；正文必须有。"""
    if not path.is_file():
        raise Unreadable(f"找不到文件：{path}。请核对路径。")
    if path.stat().st_size > MAX_FILE:
        raise Unreadable("文件超过 10 MB。请去掉图片后重试。")
    try:
        with ZipFile(path) as archive:
            parts = _read(archive, tuple(wanted))
    except (BadZipFile, ZlibError, EOFError, OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise Unreadable(_NOT_A_DOCX) from error
    if DOCUMENT not in parts:
        raise Unreadable(_NOT_A_DOCX)
    return parts


def _read(archive: ZipFile, wanted: tuple[str, ...]) -> dict[str, bytes]:
    names = archive.namelist()
    if len(names) > MAX_PARTS or len(names) != len(set(names)):
        raise Unreadable("文件内部部件过多或有重名，已拒绝打开。请在 Word 或 WPS 中另存为 .docx 后重试。")
    parts: dict[str, bytes] = {}
    left = MAX_TOTAL
    for name in names:
        if not any(name.startswith(want[:-1]) if want.endswith("*") else name == want for want in wanted):
            continue
        limit = min(MAX_PART, left)
        with archive.open(name) as part:
            parts[name] = part.read(limit + 1)
        if len(parts[name]) > limit:
            raise Unreadable(_TOO_LARGE)
        left -= len(parts[name])
    return parts


def tree(content: bytes) -> etree._Element:
    """解析一个部分；带外部定义的拒绝。"""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("文件内容损坏。请用原件重试。") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("文件内容含外部定义，已拒绝打开。请用原件重试。")
    return root
