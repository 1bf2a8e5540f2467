"""预演与导入一份上传：网页当场办与后台进程办的是同一件事。"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kaopu.accounts.models import User
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.results import ImportResult
from kaopu.web.imports import uploads
from kaopu.web.imports.drawing import DrawnSheet, draw_sheet

VALUES_SHOWN = 400
LINES_SHOWN = 50  # 拒收的行、写入时的提示各列几条


def previewed(upload: uploads.Upload, rows: Path | None = None) -> tuple[dict[str, Any], list[DrawnSheet]]:
    """预演的报告与画出来的各表；``rows`` 为报行数的文件。"""
    with uploads.under_its_own_name(upload) as path:
        found = preview(
            path, year=upload.year, month=upload.month_on, by=_user(upload), cells=upload.cells, draw=True,
            progress=rows,
        )  # fmt: skip
    return shortened(found), [draw_sheet(sheet, found) for sheet in found.reading.sheets]


def applied(upload: uploads.Upload, rows: Path | None = None) -> dict[str, Any]:
    """正式导入的报告。"""
    with uploads.under_its_own_name(upload) as path:
        result = import_workbook(
            path, year=upload.year, month=upload.month_on, by=_user(upload), source="page",
            cells=upload.cells, progress=rows,
        )  # fmt: skip
    return shortened(result)


def shortened(result: ImportResult) -> dict[str, Any]:
    """页面只列前若干个值与提示，余下的报个数：两万行的表不必全存一遍，也不必全造一遍。"""
    report = result.as_json(VALUES_SHOWN)
    for told in ("rejections", "remarks"):
        report[f"{told}_left"] = max(0, len(report[told]) - LINES_SHOWN)
        report[told] = report[told][:LINES_SHOWN]
    for sheet, told in zip(result.reading.sheets, report["sheets"], strict=True):
        told["values_count"] = sum(len(row.values) for row in sheet.rows)
        told["warnings_count"] = len(sheet.warnings)
    return report


def _user(upload: uploads.Upload) -> User:
    return User.objects.get(pk=upload.user_id)
