"""压缩包里的目录：有哪些工作表、共用文字、各格样式（.xlsx、.xlsm；HANDBOOK §7.2 第1、8条）。

文件须已过 ``check_zip``：没有 DTD，大小有限，所以这里可以整份解析这几个小部件。
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import DAMAGED
from kaopu.exchange.excel_in.styles import PLAIN, CellStyle, read_styles

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WHOLLY, PARTLY = "whole", "part"


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """一张工作表：名称、部件路径、是否隐藏、批注部件路径（没有为空）。"""

    name: str
    path: str
    hidden: bool
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """一段文字，和它有没有删除线：全部、部分、没有。``left`` 是部分划掉之后剩下的文字，没有划的为空。"""

    text: str
    struck: str = ""
    left: str = ""


def struck_text(parts: list[tuple[str, bool]]) -> Text:
    """各段文字连同有没有删除线 → 一段文字。"""
    if len(parts) == 1 and not parts[0][1]:  # 绝大多数的字：一段，没有删除线
        return Text(unescape(parts[0][0]), "", "")
    marks = {strikes for part, strikes in parts if part.strip()}
    state = WHOLLY if marks == {True} else PARTLY if True in marks else ""
    left = "".join(part for part, strikes in parts if not strikes) if state == PARTLY else ""
    return Text(unescape("".join(part for part, _ in parts)), state, unescape(left))


class Package:
    """一个 OOXML 工作簿的目录与共用部件。"""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        self.workbook_path = next(iter(self._targets("", "_rels/.rels", "/officeDocument").values()))
        self.folder, file = posixpath.split(self.workbook_path)
        self.rels = posixpath.join(self.folder, "_rels", file + ".rels")
        self.workbook = ElementTree.fromstring(archive.read(self.workbook_path))

    @property
    def has_macros(self) -> bool:
        """带有宏。宏从不运行，只读各格。"""
        return any(name.lower().endswith("vbaproject.bin") for name in self.names)

    @property
    def date1904(self) -> bool:
        """日期从 1904 年起算（旧版苹果机）。"""
        return any(
            local(element.tag) == "workbookPr" and element.get("date1904", "0") in ("1", "true")
            for element in self.workbook.iter()
        )

    @cached_property
    def sheets(self) -> list[SheetPart]:
        """各张工作表，按表序；图表页不算。"""
        parts = self._targets(self.folder, self.rels, "/worksheet")
        found: list[SheetPart] = []
        for element in self.workbook.iter():
            if local(element.tag) != "sheet":
                continue
            key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            if key in parts:
                hidden = element.get("state", "visible") != "visible"
                found.append(
                    SheetPart(
                        name=element.attrib["name"],
                        path=parts[key],
                        hidden=hidden,
                        comments=self._comments(parts[key]),
                    )
                )
        if not found:
            raise WorkbookRefused("工作簿里没有工作表；请检查文件后重新上传。")
        return found

    @cached_property
    def strings(self) -> list[Text]:
        """共用文字表。"""
        path = self._shared("/sharedStrings")
        if not path:
            return []
        root = ElementTree.fromstring(self.archive.read(path))
        return [rich_text(item) for item in root if local(item.tag) == "si"]

    @cached_property
    def styles(self) -> list[CellStyle]:
        """各样式编号的要点；没有样式表的按常规。"""
        path = self._shared("/styles")
        return read_styles(ElementTree.fromstring(self.archive.read(path))) if path else [PLAIN]

    def _shared(self, kind: str) -> str:
        found = self._targets(self.folder, self.rels, kind, required=False)
        return next((path for path in found.values() if path in self.names), "")

    def _comments(self, sheet: str) -> str:
        folder, file = posixpath.split(sheet)
        rels = posixpath.join(folder, "_rels", file + ".rels")
        if rels not in self.names:
            return ""
        found = self._targets(folder, rels, "/comments", required=False)
        return next((path for path in found.values() if path in self.names), "")

    def _targets(self, folder: str, rels: str, kind: str, *, required: bool = True) -> dict[str, str]:
        found: dict[str, str] = {}
        for element in ElementTree.fromstring(self.archive.read(rels)):
            if element.get("Type", "").endswith(kind) and element.get("TargetMode") != "External":
                target = element.get("Target", "")
                inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[element.get("Id", "")] = posixpath.normpath(inside)
        if required and not found:
            raise WorkbookRefused(DAMAGED)
        return found


def local(tag: str) -> str:
    """去掉命名空间的标签名。"""
    return tag.rpartition("}")[2]


def rich_text(item: ElementTree.Element) -> Text:
    """一条文字：各段相连，注音不算；逐段看有没有删除线。"""
    parts: list[tuple[str, bool]] = []
    for child in item:
        name = local(child.tag)
        if name == "t":
            parts.append((child.text or "", False))
        elif name == "r":
            text = "".join(t.text or "" for t in child if local(t.tag) == "t")
            parts.append((text, _strikes(child)))
    return struck_text(parts)


def _strikes(run: ElementTree.Element) -> bool:
    return any(
        local(mark.tag) == "strike" and mark.get("val", "1") not in ("0", "false") for mark in run.iter()
    )


def unescape(text: str) -> str:
    """``_x000D_`` 一类的转写还原；回车并入换行。"""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
