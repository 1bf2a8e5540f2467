"""一个工作簿里几个月的月报：一张表一个月，只收本次填报的那个月（HANDBOOK §7.1 W2）。

写着本月的表在，写着别的月份的表就不能当作本月读：先读到的上个月会占住项目，本月反成了重复。
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from kaopu.exchange.excel_in.grid import address
from kaopu.exchange.excel_in.result import SheetReading, SheetWarning
from kaopu.exchange.excel_in.words import compact

_NAMED = re.compile(r"(?:(20\d{2})年)?(1[0-2]|0?[1-9])月(?:份)?(?:月报|报表|进展|进度)?")
_REASON = "这张表写的是 {told} 月，本次导入的是 {month} 月，另有写着 {month} 月的表；要补报请另选月份导入。"


def only_this_month(sheets: tuple[SheetReading, ...], month: date | None) -> tuple[SheetReading, ...]:
    """有一张月报写着本月的，写着别的月份的月报整张拒收，逐行说明；没有的不动。"""
    if month is None:
        return sheets
    told = [_month_of(sheet, month.year) for sheet in sheets]
    ours = (month.year, month.month)
    if ours not in told:
        return sheets
    return tuple(
        sheet if said in (None, ours) else _set_aside(sheet, said, month)
        for sheet, said in zip(sheets, told, strict=True)
    )


def _month_of(sheet: SheetReading, year: int) -> tuple[int, int] | None:
    """月报写的是哪年哪月：先看题头，再看表名；不是月报、没写的为空。"""
    if sheet.kind != "monthly_report":
        return None
    if sheet.stated_on is not None:
        return sheet.stated_on.year, sheet.stated_on.month
    found = _NAMED.fullmatch(compact(sheet.name))
    return (int(found.group(1) or year), int(found.group(2))) if found else None


def _set_aside(sheet: SheetReading, told: tuple[int, int], month: date) -> SheetReading:
    reason = _REASON.format(
        told=told[1] if told[0] == month.year else f"{told[0]} 年 {told[1]}", month=month.month
    )
    rows, warnings = [], list(sheet.warnings)
    for row in sheet.rows:
        if row.kind in ("project", "sub"):
            cell = row.values[0].cell if row.values else address(row.row, 1)
            message = f"第{row.row}行未读入：{reason}"
            warnings.append(SheetWarning(cell=cell, code="rejected_row", message=message))
            flagged = tuple(replace(item, flags=(*item.flags, "rejected_row")) for item in row.values)
            row = replace(row, kind="rejected", reason=reason, values=flagged)
        rows.append(row)
    return replace(sheet, rows=tuple(rows), warnings=tuple(warnings))
