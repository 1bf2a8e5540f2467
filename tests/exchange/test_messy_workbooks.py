"""各单位各写各的：三族里读错过的写法留在这里，一格读错而不提示都不行（HANDBOOK §7.1、§7.2）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from kaopu.exchange.excel_in.problem_cells import CLOSED, OPEN, PARTLY
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import CellReading, SheetReading
from tests.exchange.workbooks import write

Told = tuple[str, str, object]  # 单元格、字段、应读出的值；``UNSURE`` 为没有值而必须提示
UNSURE = object()


def street(sheet: Worksheet) -> None:
    sheet.merge_cells("B6:B7")
    sheet["G7"].fill = PatternFill("solid", fgColor="FFFF0000")


def greening(sheet: Worksheet) -> None:
    for merged in ("A1:H1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3", "H2:H3"):
        sheet.merge_cells(merged)


def health(sheet: Worksheet) -> None:
    sheet.merge_cells("D4:D5")


W3 = [
    ["真如镇街道重点项目堵点难点问题汇总表"],
    ["序 号", "项 目 名 称", "需协调解决的问题", "牵头部门", "配合部门", "拟解决时间", "办结与否", "提出日期"],
    [1, "真如\u200b副中心地块", "1、腾地未完成；2、水表未移", "区房管局", "真如镇街道/城投", "2026/11/30", "√（11月）", 44713],
    [2, "cafe\u0301创意园", "①渣土②交通", "区商务委", None, "国庆前", "已解决1项，剩1项", "2022.5.6"],
    [3, "丁项目", "资金缺口3,2亿", "区财政局", None, "2022年2月30日", "◎", None],
    [4, "甲路", "（1）征收（2）绿化", "区房管局 区绿化市容局", None, "2022年7月底前", "否（推进中）", "5月"],
    [None, None, "一是占道；二是扰民", "公安分局", None, "长期", None, None],
]  # fmt: skip
W3_TOLD: list[Told] = [
    ("C3", "problems", ("腾地未完成", "水表未移")), ("F3", "due", "2026-11-30"), ("G3", "status", CLOSED),
    ("H3", "raised_on", "2022-06-01"), ("B3", "name", "真如副中心地块"), ("B4", "name", "café创意园"),
    ("C4", "problems", ("渣土", "交通")), ("F4", "due", UNSURE), ("G4", "status", PARTLY),
    ("H4", "raised_on", "2022-05-06"), ("C5", "problems", "资金缺口3,2亿"), ("F5", "due", UNSURE),
    ("C6", "problems", ("征收", "绿化")), ("F6", "due", "2022-07-31"), ("G6", "status", OPEN),
    ("B7", "name", "甲路"), ("C7", "problems", ("占道", "扰民")), ("F7", "due", UNSURE),
]  # fmt: skip
W2 = [
    ["区绿化市容局2022年6月重大工程月报"],
    ["序号", "工程名称", "总投资（亿元）", "完成投资（万元）", None, None, "形象进度", "存在的主要问题"],
    [None, None, None, "6月", "1-6月累计", "完成率", None, None],
    [1, "苏河绿道", "1.25", "３，０００", "12000.5", "0.06", "主体施工至三层", "无"],
    [None, "其中：一标段", None, 1000, 6000, None, None, None],
    ["合 计", None, "1.25", 3000, 12000.5, None, None, None],
    ["※ 联系人：张三 13912345678"],
]
W2_TOLD: list[Told] = [
    ("C4", "total_investment", 125_000_000), ("D4", "month_investment", 30_000_000),
    ("E4", "cumulative_investment", 120_005_000), ("G4", "work", "主体施工至三层"),
]  # fmt: skip
W2_YI = [
    ["重大项目6月份进展"], ["单位:亿元"],
    ["序号", "项目名称", "投资总额", "责任单位", "6月完成", "开年累计完成", "完成比例(%)"],
    [1, "医院A", 12.5, "区卫健委", 0.3, 1.55, "６２％"],
    [2, "医院B", "壹拾贰亿元", None, "3000万", "1,5", "2.5"],
]  # fmt: skip
W2_YI_TOLD: list[Told] = [
    ("C4", "total_investment", 1_250_000_000), ("E4", "month_investment", 30_000_000),
    ("F4", "cumulative_investment", 155_000_000), ("C5", "total_investment", 1_200_000_000),
    ("D5", "responsible_unit", "区卫健委"), ("E5", "month_investment", 30_000_000),
    ("F5", "cumulative_investment", UNSURE),
]  # fmt: skip
W1 = [
    ["附件1：重点工程一览表（单位：万元）"],
    ["编号", "建设项目名称", "总概算", "2022年计划投资", "计划开工日期", "计划完工日期", "属地"],
    ["Ⅱ、公共服务类（3项）"],
    [1, "戊馆", "0.5亿", "1000万元", 44713, "2022Q4", "长寿路街道"],
    [2, "己馆", "2-3亿", "#REF!", "2022年6月31日", "22年12月", "曹杨"],
    [3, "庚馆", "1,200.50", "1 000", "2022年6月", "年内", "甘泉"],
    ["注：不含前期费用"],
]
W1_TOLD: list[Told] = [
    ("C4", "total_investment", 50_000_000), ("D4", "planned_investment", 10_000_000),
    ("E4", "planned_start", "2022-06-01"), ("F4", "planned_finish", "2022-12-31"),
    ("C5", "total_investment", UNSURE), ("D5", "planned_investment", UNSURE), ("E5", "planned_start", UNSURE),
    ("F5", "planned_finish", "2022-12-31"), ("C6", "total_investment", 12_005_000),
    ("D6", "planned_investment", 10_000_000), ("E6", "planned_start", "2022-06-30"),
]  # fmt: skip
GROUPED = [
    ["区民政局2022年重大工程推进情况（6月）"], [None, "单位：万元"],
    ["序号", "项目名称", "2022年目标", None, "6月推进情况", None, "完成投资", None, None, "已完成投资"],
    [None, None, "形象进度", "投资额", "完成投资", "推进情况", "5月", "本年累计", "开工累计", "至2021年底"],
    [1, "甲院", "封顶", 500, 50, "四层", 40, 300, 1300, 1000],
    ["其中", "甲院一期", None, None, 20, None, None, 100, None, None],
    [2, "其中路改造", "开工", "600", "６０", "方案", 30, 200, 200, "/"],
]  # fmt: skip
GROUPED_TOLD: list[Told] = [
    ("C5", "goal", "封顶"), ("D5", "planned_investment", 5_000_000), ("E5", "month_investment", 500_000),
    ("F5", "work", "四层"), ("H5", "cumulative_investment", 3_000_000), ("I5", "since_start", 13_000_000),
    ("J5", "cumulative_before", 10_000_000), ("B7", "name", "其中路改造"), ("E7", "month_investment", 600_000),
]  # fmt: skip
TWO_MONTHS = [
    ["2022年重大工程投资完成情况（6月）", "单位：万元"],
    ["序号", "项目名称", "5月完成投资", "6月完成投资", "1—6月累计完成投资", "推进情况"],
    [1, "甲路", 80, 90, 500, "施工"],
]  # fmt: skip
TWO_MONTHS_TOLD: list[Told] = [
    ("C3", "previous_investment", 800_000), ("D3", "month_investment", 900_000),
    ("E3", "cumulative_investment", 5_000_000),
]  # fmt: skip
PLANNED = [
    ["2022年重大工程分月推进计划"],
    ["序号", "项目名称", "1月", None, "2月", None, "3月", None],
    [None, None, *["计划投资（万元）", "形象进度"] * 3],
    [1, "甲路", 10, "征收", 20, "清表", "30万", "第1层施工"],
]  # fmt: skip
PLANNED_TOLD: list[Told] = [
    ("C4", "plan_investment", 100_000), ("D4", "plan_work", "征收"), ("H4", "plan_work", "第1层施工"),
]  # fmt: skip
THREE_LEVELS = [
    ["2022年区属重大工程清单（单位：万元）"],
    ["序号", "项目名称", "投资情况", None, None], [None, None, "总投资", "2022年计划投资", None],
    [None, None, None, "合计", "财政"], [1, "甲路", 1000, 300, 100],
]  # fmt: skip
THREE_LEVELS_TOLD: list[Told] = [
    ("B5", "name", "甲路"), ("C5", "total_investment", 10_000_000), ("D5", "planned_investment", 3_000_000),
    ("E5", "other:投资情况2022年计划投资／财政", "100"),
]  # fmt: skip
DIVIDED = [
    ["重大项目问题清单"],
    ["序号", "项目名称", "问题内容", "责任分工", None, "完成时限", "未解决（打√）"],
    [None, None, None, "牵头", "配合", None, None],
    [1, "甲路", "1、动迁；\n2、管线；\n3、3号线保护。", "区房管局", "长征镇、真如镇街道及区文化和旅游局", "7月", "√"],
    [2, "乙路", "管线搬迁\n（含燃气、电力）", "区建管委和区水务局", None, "8月", "已解决"],
]  # fmt: skip
DIVIDED_TOLD: list[Told] = [
    ("C4", "problems", ("动迁", "管线", "3号线保护")), ("D4", "responsible_unit", "区房管局"),
    ("E4", "assist_units", ("长征镇", "真如镇街道", "区文化和旅游局")), ("G4", "status", OPEN),
    ("C5", "problems", "管线搬迁\n（含燃气、电力）"), ("D5", "responsible_unit", ("区建管委", "区水务局")),
    ("G5", "status", CLOSED),
]  # fmt: skip


def grouped(sheet: Worksheet) -> None:
    for merged in ("A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:I3"):
        sheet.merge_cells(merged)


def by_month(sheet: Worksheet) -> None:
    for merged in ("A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2"):
        sheet.merge_cells(merged)


def three_levels(sheet: Worksheet) -> None:
    for merged in ("A2:A4", "B2:B4", "C2:E2", "C3:C4", "D3:E3"):
        sheet.merge_cells(merged)


def divided(sheet: Worksheet) -> None:
    for merged in ("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "G2:G3"):
        sheet.merge_cells(merged)


CASES = {
    "街道的问题清单": ("problem_list", W3, street, None, W3_TOLD),
    "两级表头的月报": ("monthly_report", W2, greening, date(2022, 6, 1), W2_TOLD),
    "全是亿元的月报": ("monthly_report", W2_YI, health, date(2022, 6, 1), W2_YI_TOLD),
    "分组各说各的月报": ("monthly_report", GROUPED, grouped, date(2022, 6, 1), GROUPED_TOLD),
    "并列两个月的月报": ("monthly_report", TWO_MONTHS, None, date(2022, 6, 1), TWO_MONTHS_TOLD),
    "形象进度写话的分月计划": ("monthly_plan", PLANNED, by_month, None, PLANNED_TOLD),
    "三级表头的清单": ("project_list", THREE_LEVELS, three_levels, None, THREE_LEVELS_TOLD),
    "分工两级的问题清单": ("problem_list", DIVIDED, divided, None, DIVIDED_TOLD),
    "附件里的清单": ("project_list", W1, None, None, W1_TOLD),
}


@pytest.mark.parametrize("name", CASES)
def test_a_workbook_as_a_unit_writes_it(tmp_path: Path, name: str) -> None:
    kind, rows, shape, month, told = CASES[name]
    path = write(tmp_path / "表.xlsx", rows, sheet="Sheet1")
    if shape is not None:
        book = load_workbook(path)
        shape(book.worksheets[0])
        book.save(path)

    sheet = read_workbook(path, year=2022, month=month).sheets[0]

    assert sheet.kind == kind
    cells = {reading.cell: reading for row in sheet.rows for reading in row.values}
    assert [wrong for item in told if (wrong := _wrong(item, cells.get(item[0]), sheet))] == []


def _wrong(told: Told, reading: CellReading | None, sheet: SheetReading) -> str:
    cell, field, value = told
    if reading is None or reading.field != field:
        return f"{cell} 没有读成 {field}"
    if value is UNSURE:
        warned = cell in {warning.cell for warning in sheet.warnings}
        return (
            ""
            if reading.value is None and warned
            else f"{cell} {reading.raw} 读成 {reading.value}，提示 {warned}"
        )
    found = reading.note if field == "status" else reading.items or reading.value
    return "" if found == value else f"{cell} {reading.raw} 读成 {found}"


def test_a_cumulative_that_does_not_add_up_is_flagged(tmp_path: Path) -> None:
    rows = [
        ["2022年6月月报", "单位：万元"],
        ["序号", "项目名称", "截至上月累计完成", "本月完成投资", "截至本月累计完成投资", "形象进度"],
        [1, "甲路", 900, 150, 1100, "开挖"],
        [2, "乙路", 900, 150, 1050.4, "开挖"],
    ]

    sheet = read_workbook(write(tmp_path / "表.xlsx", rows), year=2022, month=date(2022, 6, 1)).sheets[0]

    assert [item.cell for item in sheet.warnings if item.code == "cumulative_mismatch"] == ["E3"]


def test_a_fall_that_is_explained_is_not_asked_to_be_explained(tmp_path: Path) -> None:
    rows = [
        ["2022年6月月报", "单位：万元"],
        ["序号", "项目名称", "截至上月累计完成", "截至本月累计完成投资", "备注"],
        [1, "甲路", 900, 800, "决算审减，较5月底减少"],
        [2, "乙路", 900, 800, "2月误报，本月更正调减"],
        [3, "丙路", 900, 800, "代建"],
    ]

    sheet = read_workbook(write(tmp_path / "表.xlsx", rows), year=2022, month=date(2022, 6, 1)).sheets[0]

    asked = [item.cell for item in sheet.warnings if "请在备注写明" in item.message]
    assert asked == ["D5"] and len([w for w in sheet.warnings if w.code == "cumulative_falls"]) == 3


def test_a_month_plan_above_the_years_and_the_months_before_are_said(tmp_path: Path) -> None:
    rows = [
        ["2022年6月月报", "单位：万元"],
        ["序号", "项目名称", "年度计划投资", "本月计划投资", "4月完成", "5月完成", "6月完成"],
        [1, "甲路", 900, 1000, 3, 4, 5],
        [2, "乙路", 900, 100, 3, 4, 5],
    ]

    sheet = read_workbook(write(tmp_path / "表.xlsx", rows), year=2022, month=date(2022, 6, 1)).sheets[0]

    assert [item.cell for item in sheet.warnings if item.code == "exceeds_year"] == ["D3"]
    assert [item.cell for item in sheet.warnings if "别的月份" in item.message] == ["E2"]
