"""上下两级的表头、写着同一字段的两列：哪一列是哪个字段（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.claims import told_once
from kaopu.exchange.excel_in.headers import column_of
from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.workbooks import value, write

UNIT = ["单位：万元"]
MONTH = date(2022, 8, 1)


@pytest.mark.parametrize(
    ("top", "leaf", "field"),
    [
        ("资金来源", "政府投资", "fiscal_funds"),
        ("资金来源", "社会投资", "social_funds"),
        ("其中", "其他", "other:其中／其他"),
        ("", "其他", "note"),
        ("2022年计划", "政府投资", "other:2022年计划／政府投资"),
        ("8月", "计划数", "other:8月／计划数"),
        ("计划（2022年）", "", "planned_investment"),
        ("2022年工作目标", "形象进度", "goal"),
        ("2022年完成情况", "6月", "month_investment"),
        ("", "目标完成%", "year_ratio"),
        ("", "本月施工内容及部位", "work"),
        ("", "投资总规模", "total_investment"),
        ("", "计划投运时间", "planned_finish"),
        ("", "2021年底前完成", "cumulative_before"),
        ("", "2021年底已完成投资（亿元）", "cumulative_before"),
        ("", "2022年底前完成", "other:2022年底前完成"),
        ("", "需业主及政府协调解决的问题", "problems"),
        ("", "年内前期工作计划", "goal"),
    ],
)
def test_the_field_of_a_header(top: str, leaf: str, field: str) -> None:
    assert column_of(1, top, leaf, year=2022).field == field


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["年内累计完成", "累计完成投资"], ["cumulative_investment", "since_start"]),
        (["累计完成投资", "累计形象"], ["cumulative_investment", "other:累计形象"]),
        (["情况说明", "备注"], ["work", "note"]),
        (["工作进展", "情况说明", "备注"], ["work", "note", "other:备注"]),
    ],
)
def test_two_columns_of_one_field(headers: list[str], fields: list[str]) -> None:
    found = told_once([column_of(n, "", header, year=2022) for n, header in enumerate(headers, 1)])
    assert [column.field for column in found] == fields


def test_a_leaf_that_speaks_for_itself_comes_before_one_that_borrows(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["2022年8月市政项目月报"], UNIT, ["序号", "项目名称", "本月完成投资", "工程进度", None],
        [None, None, None, "施工许可证", "形象进度"],
        [1, "甲路", 30, "办理中", "桩基施工"], [2, "乙桥", 40, "已取得", "主体封顶"],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:E3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert [value(row, "work") for row in sheet.projects] == ["桩基施工", "主体封顶"]


def test_months_under_done_are_sums_also_where_the_header_is_repeated(tmp_path: Path) -> None:
    """换页后又写了一遍表头：混在数里，“完成情况”就成了话。"""
    head: list[list[object]] = [
        ["序号", "项目名称", "2022年计划", "2022年完成情况", None, None, "工程进展情况"],
        [None, None, None, "7月", "8月", "年内累计", None],
    ]
    rows = [["某公司投资完成情况"], UNIT, *head, [1, "甲路", 300, 20, 30, 120, "桩基施工"], *head,
            [2, "乙桥", 400, 25, 35, 130, "主体封顶"]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="月报")
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4", "A6:A7", "B6:B7", "C6:C7", "D6:F6", "G6:G7")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    told = [
        [value(row, name) for name in ("month_investment", "previous_investment", "work")]
        for row in sheet.projects
    ]
    assert told == [[300_000, 200_000, "桩基施工"], [350_000, 250_000, "主体封顶"]]


def test_only_one_column_of_a_group_of_words_is_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["前期项目手续办理情况"], ["序号", "项目", "前期手续办理情况", None, "拟开工时间", "当前办理情况"],
        [None, None, "项目建议书", "可研批复", None, None],
        [1, "甲路", "已取得", "已完成", "2022年12月", "总包进场"], [2, "乙桥", "√", "办理中", "2022年6月", "管线搬迁"],
    ], sheet="前期")  # fmt: skip
    _merge(path, "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert [value(row, "work") for row in sheet.projects] == ["总包进场", "管线搬迁"]


def test_a_name_column_under_a_group_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["问题清单"], ["序号", "项目", None, "问题", None, "备注"],
        [None, "项目名称", "建设单位", "具体问题", "解决时限", None], [1, "甲路", "某公司", "管线未迁", "2022-09-30", "示例"],
    ], sheet="问题")  # fmt: skip
    _merge(path, "A2:A3", "B2:C2", "D2:E2", "F2:F3")
    sheet = read_workbook(path, year=2022).sheets[0]

    assert sheet.header_rows == (2, 3) and value(sheet.problems[0], "note") == "示例"


def _merge(path: Path, *places: str) -> None:
    book = load_workbook(path)
    for place in places:
        book.worksheets[0].merge_cells(place)
    book.save(path)
