"""卡片式的表：栏名在左、内容在右，一张卡一个项目；认不准的一格也不读，逐格说明。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading
from kaopu.tracking.models import MonthlyReport
from kaopu.web.imports.drawing import draw_sheet
from tests.exchange.workbooks import write
from tests.factories import listed, operator, project_list

JUNE = date(2022, 6, 1)
CARD: list[list[object]] = [
    ["项目名称", "示例小学", "总投资（亿元）", 1.5],
    ["本月完成投资", 300, "累计完成投资", "约1200"],
    ["形象进度", "45%", "责任单位", "区教育局"],
    ["工作进展", "主体三层"],
    ["存在问题", "无问题"],
]
TITLE: list[list[object]] = [["2022年6月项目推进卡"], ["单位：万元"]]
VALUES = {
    "name": "示例小学", "total_investment": 150_000_000, "month_investment": 3_000_000,
    "cumulative_investment": 12_000_000, "progress": "45", "responsible_unit": "区教育局", "work": "主体三层",
    "problems": "无问题",
}  # fmt: skip


def read(path: Path, rows: list[list[object]], choices: Choices | None = None) -> SheetReading:
    book = write(path / "卡.xlsx", rows, sheet="推进卡")
    return read_workbook(book, year=2022, month=JUNE, choices=choices or Choices()).sheets[0]


def values(sheet: SheetReading) -> list[dict[str, object]]:
    return [{item.field: item.value for item in row.values} for row in sheet.projects]


def test_one_card_is_one_project_whose_cells_lie_in_several_rows(tmp_path: Path) -> None:
    sheet = read(tmp_path, [*TITLE, *CARD])

    assert sheet.kind == "monthly_report" and values(sheet) == [VALUES]
    assert sheet.row_counts() == {"title": 2, "project": 1, "card": 4}
    (row,) = sheet.projects
    assert {item.field: item.cell for item in row.values}["work"] == "B6"
    assert [item.field for item in row.values if item.qualifier == "approx"] == ["cumulative_investment"]
    assert sheet.warnings == ()


def test_cards_one_under_another_are_read_each(tmp_path: Path) -> None:
    other = [
        ["项目名称：", "示例中学"],
        ["总投资（亿元）：", "待定"],
        ["本月完成投资：", 20, "累计完成投资：", None],
    ]
    sheet = read(tmp_path, [*TITLE, *CARD, [], *other])

    told = {"name": "示例中学", "total_investment": None, "month_investment": 200_000}
    assert values(sheet) == [VALUES, told]
    assert [(w.cell, w.code) for w in sheet.warnings] == [("B10", "undetermined")]


@pytest.mark.parametrize(
    ("line", "unread"),
    [
        (["年度计划投资", 100, 200, 300], ["B8", "C8", "D8"]),  # 一个栏名后面几格：说不清是哪个
        (["责任单位", "建设单位", "属地街镇"], ["A8", "B8", "C8"]),  # 卡里又套了一张表
        (["责任单位", "建设单位"], ["A8", "B8"]),
        (["联系人张三，手机13812345678", None, "另附"], ["A8", "C8"]),
    ],
)
def test_what_is_not_one_label_and_one_cell_is_not_read_and_said(
    tmp_path: Path, line: list[object], unread: list[str]
) -> None:
    sheet = read(tmp_path, [*TITLE, *CARD, line])

    assert values(sheet) == [VALUES]
    told = {w.cell for w in sheet.warnings if w.code == "no_column_header"}
    assert told >= set(unread[1:]) and "13812345678" not in str(sheet.warnings)


def test_an_unknown_label_keeps_its_text_until_somebody_says_what_it_is(tmp_path: Path) -> None:
    rows = [*TITLE, *CARD, ["要点", "封顶", "备注", "示例"]]
    sheet = read(tmp_path, rows)
    choices = Choices(columns={"要点": ColumnRule(field="next_steps")})

    assert [(w.cell, w.code) for w in sheet.warnings] == [("A8", "unmapped_column")]
    assert sheet.columns["A8"] == "other:要点"
    assert values(sheet) == [{**VALUES, "other:要点": "封顶", "note": "示例"}]
    assert values(read(tmp_path, rows, choices)) == [{**VALUES, "next_steps": "封顶", "note": "示例"}]


def test_a_unit_in_a_cell_of_its_own_is_the_unit(tmp_path: Path) -> None:
    rows = [["项目名称", "示例小学"], ["总投资", 1.2, "亿元"], ["年度目标", "竣工"], ["责任单位", "区教育局"]]
    sheet = read(tmp_path, rows)

    assert sheet.kind == "project_list"
    assert values(sheet)[0]["total_investment"] == 120_000_000


def test_a_struck_name_withdraws_the_whole_card(tmp_path: Path) -> None:
    path = write(tmp_path / "卡.xlsx", [*TITLE, *CARD])
    book = load_workbook(path)
    book.worksheets[0]["B3"].font = Font(strike=True)
    book.save(path)
    sheet = read_workbook(path, year=2022, month=JUNE).sheets[0]

    assert sheet.projects == () and sheet.row_counts()["rejected"] == 1
    assert ("B3", "rejected_row") in [(w.cell, w.code) for w in sheet.warnings]


def test_a_table_is_not_a_card(tmp_path: Path) -> None:
    rows = [
        ["项目名称", "总投资（万元）", "责任单位"],
        ["示例小学", 100, "区教育局"],
        ["示例中学", 200, "区教育局"],
    ]
    assert [item["name"] for item in values(read(tmp_path, rows))] == ["示例小学", "示例中学"]
    two_wide = [["项目名称", "甲小学", "乙中学"], ["总投资（万元）", 100, 200], ["责任单位", "甲局", "乙局"]]
    assert values(read(tmp_path, two_wide)) == []  # 横着排的：一个栏名后面几格，不猜


@pytest.mark.django_db
def test_a_card_is_imported_and_its_turned_away_cells_are_drawn_with_the_reason(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    path = write(tmp_path / "卡.xlsx", [*TITLE, *CARD], sheet="推进卡")
    unknown = write(tmp_path / "生.xlsx", [*TITLE, ["项目名称", "没有的项目"], *CARD[1:]], sheet="推进卡")

    result = import_workbook(path, year=2022, month=JUNE, by=operator())
    refused = preview(unknown, year=2022, month=JUNE, by=operator(), draw=True)

    report = MonthlyReport.objects.get()
    assert (report.investment_yuan, report.progress_percent, report.work) == (3_000_000, 45, "主体三层")
    assert (result.rows_in, result.applied, result.classified) == (7, 1, 6)
    drawn = draw_sheet(refused.reading.sheets[0], refused)
    cells = {cell.cell: cell for _, line in drawn.rows for cell in line}
    assert cells["B6"].state == "rejected" and "不在2022年清单上" in cells["B6"].reason
