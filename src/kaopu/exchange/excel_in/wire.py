"""读数的传送：子进程把结果写成 JSON 交回，不用 pickle，被做了手脚的文件也不能借结果在主进程里执行代码。"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from kaopu.exchange.excel_in.result import (
    CellReading,
    RowReading,
    SheetReading,
    SheetWarning,
    WorkbookReading,
)


def encode(reading: WorkbookReading) -> bytes:
    """读数 → JSON 字节（UTF-8）。"""
    return json.dumps(asdict(reading), ensure_ascii=False, default=_iso).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> WorkbookReading:
    """JSON 字节 → 读数；不合格式抛 ``ValueError``、``KeyError`` 或 ``TypeError``。"""
    found = json.loads(data.decode("utf-8", "surrogatepass"))
    return WorkbookReading(
        file_name=found["file_name"],
        sha256=found["sha256"],
        sheets=tuple(_sheet(sheet) for sheet in found["sheets"]),
    )


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"不能传送 {type(value).__name__}")


def _sheet(found: dict[str, Any]) -> SheetReading:
    stated = found.pop("stated_on")
    return SheetReading(
        **{
            **found,
            "header_rows": tuple(found["header_rows"]),
            "rows": tuple(_row(row) for row in found["rows"]),
            "warnings": tuple(SheetWarning(**warning) for warning in found["warnings"]),
            "stated_on": date.fromisoformat(stated) if stated else None,
        }
    )


def _row(found: dict[str, Any]) -> RowReading:
    return RowReading(**{**found, "values": tuple(CellReading(**value) for value in found["values"])})
