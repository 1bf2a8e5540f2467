"""一次导入的结果，与拒绝导入的理由。"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kaopu.exchange.excel_in.result import (
    WorkbookReading,
)
from kaopu.exchange.matching import Proposal
from kaopu.projects.models import Project


class ImportRefused(Exception):
    """不能导入，理由与办法见信息；数据库未作任何改动。"""


@dataclass(kw_only=True)
class ImportResult:
    """一次导入（或预演）的结果。行数闭合：读入 = 写入 + 未变 + 拒收 + 归类。"""

    reading: WorkbookReading
    applied: int = 0
    unchanged: int = 0
    rejected: int = 0
    classified: int = 0
    refusals: list[str] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)  # 逐行拒收的理由；不妨碍其余各行
    proposals: list[Proposal] = field(default_factory=list)  # 名称相近、待人确认的对应
    notes: list[str] = field(default_factory=list)  # 读了而不写的，一句话说明
    seen: dict[tuple[str, str], str] = field(default_factory=dict)  # （表的种类，项目）→ 先写在哪张表
    projects: list[Project] = field(default_factory=list)

    def refuse(self, why: str) -> None:
        """整份不写：读数照给，行数重新归拢——项目行都算拒收。"""
        kinds = [row.kind for sheet in self.reading.sheets for row in sheet.rows if row.kind != "blank"]
        self.applied = self.unchanged = 0
        self.rejected = sum(kind in ("project", "rejected") for kind in kinds)
        self.classified = len(kinds) - self.rejected
        self.refusals.append(why)

    @property
    def rows_in(self) -> int:
        """读入的有内容的行。"""
        return self.applied + self.unchanged + self.rejected + self.classified

    def as_json(self) -> dict[str, Any]:
        """``kaopu import --json`` 的形状。"""
        return {
            "file": self.reading.file_name,
            "sha256": self.reading.sha256,
            "sheets": [sheet.as_json() for sheet in self.reading.sheets],
            "rows_in": self.rows_in,
            "applied": self.applied,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "classified": self.classified,
            "refusals": self.refusals,
            "rejections": self.rejections,
            "notes": self.notes,
            "proposals": [proposal.as_json() for proposal in self.proposals],
        }
