"""读数的传送：子进程把结果写成 JSON 交回，不用 pickle，被做了手脚的文件也不能借结果在主进程里执行代码。

一格的读数按位置写成数组，末尾的空值省去：上万格的清单，写成带字段名的对象要慢三倍。
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from kaopu.exchange.excel_in.result import (
    CellReading,
    RowReading,
    SheetReading,
    SheetWarning,
    WorkbookReading,
)

READ, REFUSED = 0, 3  # 子进程的退出码：读成、拒收
TOO_MUCH = "读取时内存不足或中途出错；请删去空白行列、图片，或拆成几个文件后重新上传。"


def encode(reading: WorkbookReading) -> bytes:
    """读数 → JSON 字节（UTF-8）。"""
    found = {
        "file_name": reading.file_name,
        "sha256": reading.sha256,
        "sheets": [_flat_sheet(sheet) for sheet in reading.sheets],
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> WorkbookReading:
    """JSON 字节 → 读数；不合格式抛 ``ValueError``、``KeyError`` 或 ``TypeError``。"""
    found = json.loads(data.decode("utf-8", "surrogatepass"))
    return WorkbookReading(
        file_name=found["file_name"],
        sha256=found["sha256"],
        sheets=tuple(_sheet(sheet) for sheet in found["sheets"]),
    )


def _flat_sheet(sheet: SheetReading) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "kind": sheet.kind,
        "level": sheet.level,
        "header_rows": sheet.header_rows,
        "units": sheet.units,
        "columns": sheet.columns,
        "headers": sheet.headers,
        "rows": [
            [row.row, row.kind, row.category, row.reason, row.heading, [_flat_cell(c) for c in row.values]]
            for row in sheet.rows
        ],
        "warnings": [[warning.cell, warning.code, warning.message] for warning in sheet.warnings],
        "stated_on": sheet.stated_on.isoformat() if sheet.stated_on else None,
        "listing": sheet.listing,
        "reserve": sheet.reserve,
        "drawing": sheet.drawing,
    }


def _flat_cell(cell: CellReading) -> list[Any]:
    found: list[Any] = [
        cell.cell, cell.field, cell.raw, cell.value, cell.qualifier, cell.low, cell.high, cell.precision,
        cell.month, cell.note, cell.items or None, cell.flags or None,
    ]  # fmt: skip
    while found[-1] is None:
        found.pop()
    return found


def _sheet(found: dict[str, Any]) -> SheetReading:
    stated = found.pop("stated_on")
    return SheetReading(
        **{
            **found,
            "header_rows": tuple(found["header_rows"]),
            "drawing": tuple(tuple(line) for line in found["drawing"]),
            "rows": tuple(_row(*row) for row in found["rows"]),
            "warnings": tuple(
                SheetWarning(cell=cell, code=code, message=message)
                for cell, code, message in found["warnings"]
            ),
            "stated_on": date.fromisoformat(stated) if stated else None,
        }
    )


def _row(
    row: int, kind: str, category: str | None, reason: str, heading: str, values: list[list[Any]]
) -> RowReading:
    cells = tuple(_cell(*value) for value in values)
    return RowReading(row=row, kind=kind, category=category, reason=reason, heading=heading, values=cells)


def _cell(
    cell: str, field: str, raw: str, value: Any = None, qualifier: str | None = None, low: Any = None,
    high: Any = None, precision: str | None = None, month: int | None = None, note: str | None = None,
    items: list[str] | None = None, flags: list[str] | None = None,
) -> CellReading:  # fmt: skip
    return CellReading(
        cell=cell, field=field, raw=raw, value=value, qualifier=qualifier, low=low, high=high,
        precision=precision, month=month, note=note, items=tuple(items or ()), flags=tuple(flags or ()),
    )  # fmt: skip
