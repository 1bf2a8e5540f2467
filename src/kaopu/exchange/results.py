"""一次导入的结果，与拒绝导入的理由。"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from kaopu.exchange.excel_in.result import (
    CONTENT_ROWS,
    RowReading,
    SheetReading,
    SheetWarning,
    WorkbookReading,
)
from kaopu.projects.models import Project

REJECTED_ROW = "rejected_row"  # 说一行没有读入、没有写入的提示
APPLIED, UNCHANGED, REJECTED, CLASSIFIED = "applied", "unchanged", "rejected", "classified"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """一条待人确认的对应：表上的名称，像哪个项目，有多像。"""

    sheet: str
    cell: str
    name: str
    code: str
    project: str
    score: float

    def as_json(self) -> dict[str, object]:
        """预演报告里的一条。"""
        return asdict(self)


class ImportRefused(Exception):
    """不能导入，理由与办法见信息；数据库未作任何改动。"""


class RowRefused(Exception):
    """这一行写不进，理由与办法见信息；其余各行照写。"""


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """写入时拒收的一行：工作表、行号、行首有内容的一格、项目名称、理由。"""

    sheet: str
    row: int
    cell: str
    name: str
    reason: str

    def __str__(self) -> str:
        named = f"“{self.name}”" if self.name else ""
        return f"{self.sheet}第{self.row}行{named}未读入：{self.reason}"


@dataclass(frozen=True, slots=True)
class Fate:
    """一行的去处：写入、未变、拒收、归类之一；未变的另有是哪个项目、哪条问题（主键）。"""

    name: str
    about: int | None = None


@dataclass(kw_only=True)
class ImportResult:
    """一次导入（或预演）的结果。行数闭合：读入 = 写入 + 未变 + 拒收 + 归类，都从 ``fates`` 数出来。"""

    reading: WorkbookReading
    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)  # （工作表，行）→ 去处
    refusals: list[str] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)  # 写入时拒收的各行；不妨碍其余各行
    proposals: list[Proposal] = field(default_factory=list)  # 名称相近、待人确认的对应
    notes: list[str] = field(default_factory=list)  # 读了而不写的，一句话说明
    remarks: list[tuple[str, SheetWarning]] = field(default_factory=list)  # 写入时的提示：工作表、一句话
    seen: dict[tuple[str, str, int | str], tuple[str, int]] = field(default_factory=dict)  # 项目 → 先写在哪里
    projects: list[Project] = field(default_factory=list)
    batch: int | None = None  # 写入的批次编号；预演与没写成的为空

    def reject(self, sheet: str, row: RowReading, why: object) -> None:
        """写入时拒收一行，理由随批次留存。"""
        self.settle(sheet, row, REJECTED)
        name = row.text("name")
        rejection = Rejection(sheet=sheet, row=row.row, cell=_place(row), name=name, reason=str(why))
        self.rejections.append(rejection)

    def settle(self, sheet: str, row: RowReading, name: str, about: int | None = None) -> None:
        """记下一行的去处。"""
        self.fates[sheet, row.row] = Fate(name, about)

    def settle_unwritten(self, sheet: SheetReading) -> None:
        """记下一张表里不写入的行：读时就拒收的是拒收，标题、表头、合计一类的归类。"""
        for row in sheet.rows:
            if row.kind not in CONTENT_ROWS and row.kind != "blank":
                self.settle(sheet.name, row, REJECTED if row.kind == "rejected" else CLASSIFIED)

    def withhold(self) -> None:
        """整份不写：读数照给，行数重新归拢——项目行、问题行都算拒收。"""
        self.fates = {}
        for sheet in self.reading.sheets:
            self.settle_unwritten(sheet)
            for row in sheet.rows:
                if row.kind in CONTENT_ROWS:
                    self.settle(sheet.name, row, REJECTED)

    @property
    def rows_in(self) -> int:
        """读入的有内容的行。"""
        return len(self.fates)

    @property
    def applied(self) -> int:
        """写入的行。"""
        return self._count(APPLIED)

    @property
    def unchanged(self) -> int:
        """与现有的一样、不必写的行。"""
        return self._count(UNCHANGED)

    @property
    def rejected(self) -> int:
        """拒收的行，各有理由。"""
        return self._count(REJECTED)

    @property
    def classified(self) -> int:
        """只归类的行：标题、表头、合计、备注一类。"""
        return self._count(CLASSIFIED)

    def _count(self, name: str) -> int:
        return sum(fate.name == name for fate in self.fates.values())

    def runs(self) -> list[list[Any]]:
        """各行的去处，随批次留存：工作表、首行、末行、去处、种类、是哪一个；都相同而相连的并作一段。"""
        runs: list[list[Any]] = []
        for sheet in self.reading.sheets:
            for row in sheet.rows:
                fate = self.fates.get((sheet.name, row.row))
                if fate is None:
                    continue
                told = [fate.name, row.kind, fate.about]
                if runs and [runs[-1][0], runs[-1][2] + 1, *runs[-1][3:]] == [sheet.name, row.row, *told]:
                    runs[-1][2] = row.row
                else:
                    runs.append([sheet.name, row.row, row.row, *told])
        return runs

    def as_json(self, most: int | None = None) -> dict[str, Any]:
        """``kaopu import --json`` 的形状；``most`` 为每张表的读数与提示各至多列几条，缺省全列。"""
        return {
            "file": self.reading.file_name,
            "sha256": self.reading.sha256,
            "sheets": [sheet.as_json(most) for sheet in self.reading.sheets],
            "rows_in": self.rows_in,
            "applied": self.applied,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "classified": self.classified,
            "refusals": self.refusals,
            "rejections": [str(rejection) for rejection in self.rejections],
            "notes": self.notes,
            "remarks": self.remarks_as_json(),
            "batch": self.batch,
            "proposals": [proposal.as_json() for proposal in self.proposals],
        }

    def remarks_as_json(self) -> list[dict[str, Any]]:
        """写入时的提示，可直接转成 JSON；导入批次也照此存。"""
        return [{"sheet": sheet, **asdict(item)} for sheet, item in self.remarks]

    def said(self) -> list[dict[str, Any]]:
        """读时、写时说的每一句，拒收的每一行各一句：工作表、格、代码、一句话；随批次留存。"""
        read = [
            {"sheet": sheet.name, **asdict(item)}
            for sheet in self.reading.sheets
            for item in sheet.warnings
            if item.code != REJECTED_ROW
        ]
        unread = [
            {"sheet": sheet.name, "cell": _place(row), "code": REJECTED_ROW, "message": row.reason}
            for sheet in self.reading.sheets
            for row in sheet.rows
            if row.kind == "rejected"
        ]
        unwritten = [
            {"sheet": item.sheet, "cell": item.cell, "code": REJECTED_ROW, "message": str(item)}
            for item in self.rejections
        ]
        return read + self.remarks_as_json() + unread + unwritten


def _place(row: RowReading) -> str:
    """说到整行时指着哪一格：行首有内容的。"""
    return row.values[0].cell if row.values else f"A{row.row}"
