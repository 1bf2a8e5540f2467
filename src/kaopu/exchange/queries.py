"""来历：一个字段的值从哪个文件哪个单元格来。"""

from __future__ import annotations

from collections.abc import Iterable

from kaopu.exchange.models import CellValue, ImportBatch
from kaopu.projects.models import Project


def sources_for(project: Project) -> dict[str, CellValue]:
    """某项目每个字段最近一次导入的来历：文件、工作表、单元格、原文。"""
    cells = CellValue.objects.filter(project=project).select_related("batch__operation").order_by("pk")
    return {cell.field: cell for cell in cells}


def recent_batches(limit: int = 20) -> Iterable[ImportBatch]:
    """最近的导入批次，从近到远。"""
    return ImportBatch.objects.select_related("operation").order_by("-pk")[:limit]
