"""读表测试共用：随手造一个工作簿，取其中一张表、一个值。"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import RowReading, SheetReading

SHARED = Path(os.environ.get("KAOPU_SHARED", Path(__file__).parents[2].parent / "shared"))
W1 = SHARED / "domain" / "samples" / "W1.xlsx"
needs_w1 = pytest.mark.skipif(not W1.exists(), reason="没有 ../shared/domain/samples/W1.xlsx")

HEADER = ["序号", "项目名称", "责任单位", "属地街镇", "总投资", "2022年计划投资", "目标时间", "备注"]


def write(path: Path, rows: list[list[object]], sheet: str = "区属") -> Path:
    """一张表的工作簿：逐行写入。"""
    book = Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def listing(*rows: list[object]) -> list[list[object]]:
    """一份最小的区属清单：题头、单位、表头，再加给定各行。"""
    return [["2022年区属重大工程清单"], ["填报单位：区推进办 2022年1月", "单位：万元"], HEADER, *rows]


def project(
    seq: object = 1, name: str = "甲路道路工程", total: object = 100, **other: object
) -> list[object]:
    """一个项目行；没说的列用平常值。"""
    plan, due = other.get("plan", 50), other.get("due", "2022年9月底")
    return [
        seq,
        name,
        other.get("unit", "区建管委"),
        other.get("street", "桃浦镇"),
        total,
        plan,
        due,
        other.get("note"),
    ]


def only_sheet(path: Path, **kwargs: object) -> SheetReading:
    month = kwargs.get("month")
    reading = read_workbook(path, year=2022, month=month if isinstance(month, date) else None)
    return reading.sheets[0]


def codes(sheet: SheetReading) -> set[tuple[str, str]]:
    return {(warning.cell, warning.code) for warning in sheet.warnings}


def value(row: RowReading, field: str, month: int | None = None) -> object:
    reading = row.get(field, month)
    return None if reading is None else reading.value
