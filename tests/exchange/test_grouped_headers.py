"""上下两级的表头、写着同一字段的两列：哪一列是哪个字段（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.excel_in.claims import told_once
from kaopu.exchange.excel_in.levels import column_of
from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.workbooks import codes, value, write

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
        ("", "完成计划的%", "year_ratio"),
        ("", "工程完成进度（%）", "progress"),
        ("", "所在乡镇", "street"),
        ("", "街道自筹及社会资金（元）", "social_funds"),
        ("", "承担单位", "responsible_unit"),
        ("", "体量", "scale"),
        ("", "风险点", "problems"),
        ("", "下年度安排", "next_steps"),
        ("", "开工时间（实际）", "other:开工时间(实际)"),
        ("", "实际开工", "other:实际开工"),
        ("11月投资（万元）", "实际", "month_investment"),
        ("11月投资（万元）", "计划", "other:11月投资(万元)／计划"),
        ("下月", "完成", "other:下月／完成"),
        ("1-6月", "计划数", "other:1-6月／计划数"),
        ("2022年1-6月投资", "应完成", "other:2022年1-6月投资／应完成"),
        ("投资", "历年已完成", "other:投资／历年已完成"),
        ("年内目标", "节点", "goal"),
        ("年内目标", "时间", "goal_due"),
        ("今年要到的节点", "到位时间", "goal_due"),
        ("", "截至去年年末已完成", "cumulative_before"),
        ("已完成投资", "截至上年末", "cumulative_before"),
        ("形象进度", "完成比例", "progress"),
        ("", "责任企业", "responsible_unit"),
        ("", "建议牵头部门", "other:建议牵头部门"),
        ("", "2022年拟达到的进度", "goal"),
        ("上半年", "计划投资", "other:上半年／计划投资"),
        ("上半年", "完成率", "other:上半年／完成率"),
        ("累计", "计划数", "other:累计／计划数"),
        ("2022年完成", "计划", "planned_investment"),
        ("总投资", "实际完成", "other:总投资／实际完成"),
        ("下月", "计划", "next_steps"),
        ("2021年", "完成率", "other:2021年／完成率"),
        ("上年", "形象进度", "other:上年／形象进度"),
        ("去年同期", "累计", "other:去年同期／累计"),
        ("征收", "累计", "other:征收／累计"),
        ("合同", "金额", "other:合同／金额"),
        ("6月", "比例", "other:6月／比例"),
        ("建设单位", "名称", "owner"),
        ("", "累计签约户数", "other:累计签约户数"),
        ("", "累计完成投资（含征收）", "cumulative_investment"),
        ("", "措施", "measures"),
        ("", "项目简介", "scale"),
        ("", "其中区级财力", "fiscal_funds"),
        ("", "需配合事项", "problems"),
        ("", "本月完成主要工程内容", "work"),
        ("形象进度", "百分比", "progress"),
        ("形象进度", "具体内容", "work"),
        ("", "开工以来进展", "work"),
        ("", "投入使用时间", "planned_finish"),
        ("", "配合部门", "assist_units"),
        ("", "区内对口部门", "responsible_unit"),
        ("", "预计开工、竣工时间", "other:预计开工、竣工时间"),
        ("资金到位", "累计到位", "other:资金到位／累计到位"),
        ("", "累计下达资金", "other:累计下达资金"),
    ],
)
def test_the_field_of_a_header(top: str, leaf: str, field: str) -> None:
    assert column_of(1, top, leaf, year=2022).field == field


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["年内累计完成", "累计完成投资"], ["cumulative_investment", "since_start"]),
        (["累计完成投资", "累计形象"], ["cumulative_investment", "progress"]),
        (["累计完成（自开工）", "累计完成"], ["since_start", "cumulative_investment"]),
        (["情况说明", "备注"], ["work", "note"]),
        (["工作进展", "情况说明", "备注"], ["work", "other:情况说明", "note"]),
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


def test_a_bare_month_beside_a_running_total_is_this_month(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["重点工程月报"], UNIT, ["序号", "项目名称", "2022年", None, None, None],
        [None, None, "计划", "8月", "1-8月", "占计划"], [1, "甲路", 300, 30, 120, "40%"], [2, "乙桥", 400, 35, 100, "25%"],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A3:A4", "B3:B4", "C3:F3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert [value(row, "month_investment") for row in sheet.projects] == [300_000, 350_000]


@pytest.mark.parametrize("listed", [True, False])
def test_the_stage_of_a_year_is_a_goal_on_a_list_and_progress_in_a_report(
    tmp_path: Path, listed: bool
) -> None:
    last, told = ("建设规模", "一座") if listed else ("本月完成投资", 30)
    rows = [
        ["2022年清单"],
        UNIT,
        ["序号", "项目名称", "总投资", "2022年形象进度", last],
        [1, "甲路", 300, "开工", told],
    ]
    path = write(tmp_path / "f.xlsx", rows, sheet="表1")
    sheet = read_workbook(path, year=2022, month=None if listed else MONTH).sheets[0]

    assert value(sheet.projects[0], "goal" if listed else "work") == "开工"
    assert (("D3", "doubtful_column") in codes(sheet)) is listed

    ruled = Choices(columns={"2022年形象进度": ColumnRule(field="work")})
    again = read_workbook(path, year=2022, month=None if listed else MONTH, choices=ruled).sheets[0]
    assert again.columns["D3"] == "work"  # 人定过的不改


def test_a_column_of_numbers_is_no_column_of_names(tmp_path: Path) -> None:
    rows = [
        ["2022年清单"],
        UNIT,
        ["序号", "项目名称", "总投资", "属地统筹（元）"],
        [1, "甲路", 300, 700],
        [2, "乙桥", 300, 800],
    ]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="表1"), year=2022).sheets[0]

    assert sheet.columns["D3"].startswith("other:")


def test_a_header_is_as_deep_as_its_name_is_merged(tmp_path: Path) -> None:
    """只认一级的话，“11月投资”一列就成了完成数，其实写的是计划。"""
    path = write(tmp_path / "f.xlsx", [
        ["重点工程月报"], UNIT, ["序号", "项目名称", "年度计划投资", "8月投资（万元）", None], [None, None, None, "计划", "实际"],
        [1, "甲路", 300, 30, 20], [2, "乙桥", 400, 35, 25],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:E3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    told = [
        [value(row, name) for name in ("month_investment", "planned_this_month")] for row in sheet.projects
    ]
    assert told == [[200_000, 300_000], [250_000, 350_000]]


def test_a_total_since_the_start_beside_the_years_total(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["重点工程月报"], UNIT, ["序号", "项目名称", "截至8月末累计投资", "2022年度", None, None],
        [None, None, None, "投资计划", "8月完成", "累计完成"], [1, "甲路", 900, 300, 20, 120], [2, "乙桥", 800, 400, 25, 130],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:F3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    told = [[value(row, name) for name in ("since_start", "cumulative_investment")] for row in sheet.projects]
    assert told == [[9_000_000, 1_200_000], [8_000_000, 1_300_000]]
    assert ("C3", "doubtful_column") in codes(sheet)


def test_the_months_before_do_not_make_the_total_one_since_the_start(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["投资完成情况"], UNIT, ["序号", "项目名称", "2022年计划投资", "2022年各月完成投资", None, None, "累计完成"],
        [None, None, None, "6月", "7月", "8月", None], [1, "甲路", 300, 5, 6, 7, 120], [2, "乙桥", 400, 5, 6, 7, 130],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    told = [
        [value(row, name) for name in ("month_investment", "cumulative_investment")] for row in sheet.projects
    ]
    assert told == [[70_000, 1_200_000], [70_000, 1_300_000]]


def test_a_column_of_streets_is_where_the_project_lies(tmp_path: Path) -> None:
    rows = [
        ["2022年清单"],
        UNIT,
        ["序号", "项目名称", "地点", "总投资"],
        [1, "甲路", "长征镇", 300],
        [2, "乙桥", "宜川路街道", 400],
    ]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="表1"), year=2022).sheets[0]

    assert [value(row, "street") for row in sheet.projects] == ["长征镇", "宜川路街道"]
    assert ("C3", "guessed_column") in codes(sheet)


@pytest.mark.parametrize(("total", "field"), [(18, "cumulative_investment"), (99, "other:合计")])
def test_the_sum_of_the_months_is_this_years_total(tmp_path: Path, total: int, field: str) -> None:
    rows = [["重点工程月报"], UNIT, ["序号", "项目名称", "年度计划投资", "6月完成", "7月完成", "8月完成", "合计"],
            [1, "甲路", 300, 5, 6, 7, total], [2, "乙桥", 400, 5, 6, 7, total]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert sheet.columns["G3"] == field
    assert (("G3", "guessed_column") in codes(sheet)) is (total == 18)


def test_months_under_planned_completion_are_days_not_money(tmp_path: Path) -> None:
    rows = [
        ["重点工程月报"],
        UNIT,
        ["序号", "项目名称", "本月完成投资", "计划完成"],
        [1, "甲路", 3, "2026.11"],
        [2, "乙桥", 4, "2026.03"],
    ]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert [value(row, "goal_due") for row in sheet.projects] == ["2026-11-30", "2026-03-31"]


def test_an_undated_sum_on_a_list_is_asked_about(tmp_path: Path) -> None:
    rows = [
        ["2022年清单"],
        UNIT,
        ["序号", "项目名称", "总投资", "已完成投资", "2022年计划投资"],
        [1, "甲路", 300, 30, 20],
    ]
    found = codes(read_workbook(write(tmp_path / "f.xlsx", rows, sheet="清单"), year=2022).sheets[0])
    rows[2][3] = "本年已完成投资"
    certain = codes(read_workbook(write(tmp_path / "g.xlsx", rows, sheet="清单"), year=2022).sheets[0])

    assert ("D3", "doubtful_column") in found and ("D3", "doubtful_column") not in certain


def test_advice_beside_next_steps_that_asks_is_a_request(tmp_path: Path) -> None:
    rows = [["重点工程月报"], UNIT, ["序号", "项目名称", "本月完成投资", "存在问题", "下步计划", "建议"],
            [1, "甲路", 3, "管线未迁", "装修", "请区财政局下达资金"], [2, "乙桥", 4, "腾地", "桩基", "请街道做好解释"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert sheet.columns["F3"] == "request"


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


def test_the_share_of_one_purse_is_not_guessed_to_be_the_plan(tmp_path: Path) -> None:
    rows: list[list[object]] = [["2022年政府投资项目清单"], ["单位：万元"],
            ["序号", "项目名称", "总投资", "2022年安排资金", None], [None, None, None, "市级", "区级"],
            [1, "甲路", 9000, 300, 200], [2, "乙桥", 8000, 400, 100]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows)
    _merge(path, "A3:A4", "B3:B4", "C3:C4", "D3:E3")
    sheet = read_workbook(path, year=2022).sheets[0]

    assert {*sheet.columns.values()} == {"seq", "name", "total_investment", "other:2022年安排资金／市级", "other:2022年安排资金／区级"}  # fmt: skip


@pytest.mark.parametrize(
    ("group", "plan", "fields"),
    [
        ("2022年1-8月投资", "应完成", ["other:2022年1-8月投资／应完成", "cumulative_investment"]),
        ("8月投资", "应完成", ["planned_this_month", "month_investment"]),
        ("8月投资情况", "计划数", ["planned_this_month", "month_investment"]),
        ("投资进展本月", "计划", ["planned_this_month", "month_investment"]),
        ("完成投资", "总额（亿元）", ["total_investment", "planned_investment"]),
    ],
)
def test_what_the_group_says_of_the_first_of_two(
    tmp_path: Path, group: str, plan: str, fields: list[str]
) -> None:
    second = "年计划" if "总额" in plan else "已完成"
    rows: list[list[object]] = [
        ["8月月报（单位：万元）"], ["序号", "项目名称", group, None, "形象进度"], [None, None, plan, second, None],
        [1, "甲路", 3, 2, "路基施工"], [2, "乙桥", 8, 7, "桩基完成"],
    ]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="月报")
    _merge(path, "A2:A3", "B2:B3", "C2:D2", "E2:E3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert [sheet.columns["C2"], sheet.columns["D2"]] == fields


def test_a_date_across_the_whole_sheet_over_its_unit_is_no_header(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["企业投资项目"], ["2022年8月"], ["万元"], ["载体", "责任企业", "决策投资", "当年累计完成投资", "整体进度"],
        ["甲冷链库", "某集团", 17600, 5870, "45%"], ["乙软件大厦", "某公司", 44300, 15590, "65%"],
    ], sheet="国资")  # fmt: skip
    _merge(path, "A1:E1", "A2:E2", "A3:E3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert sheet.header_rows == (4,) and value(sheet.projects[0], "cumulative_investment") == 58_700_000


def test_a_plan_of_a_quarter_by_the_month(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["二季度各月推进排程（万元，进度为年内累计形象%）"], ["序号", "项目全称", "4月", None, None, "5月", None, None, "6月"],
        [None, None, "拟完成投资", "累计形象", "要干的事", "拟完成投资", "累计形象", "要干的事", "拟完成投资"],
        [None, "▲旧住房（2）", 900, None, None, 900], [1, "甲村修缮", 700, "20%", "桩基施工", 800, "28%", "承台浇筑"], [2, "乙村加固", 200, "5%", "进场", 100, "9%", "开挖"],
    ], sheet="Q2")  # fmt: skip
    _merge(path, "A2:A3", "B2:B3", "C2:E2", "F2:H2")
    sheet = read_workbook(path, year=2022).sheets[0]

    assert sheet.kind == "monthly_plan" and [row.text("name") for row in sheet.projects] == [
        "甲村修缮",
        "乙村加固",
    ]
    read = [value(sheet.projects[0], field, 5) for field in ("plan_investment", "plan_progress", "plan_work")]
    assert read == [8_000_000, "28", "承台浇筑"]


def test_units_in_a_row_of_their_own_below_two_levels(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["三季度推进表"], ["工程名称", "批复投资", "完成投资", None, "执行率", "进展"], [None, None, "8月", "1-8月", None, None],
        [None, "亿元", "万元", "万元", "%", None], ["甲闸更新", 1.2, 300, 900, 65.9, "闸门制作"], ["乙河整治", 3, 40, 80, 75, "护岸完成"],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    read = [
        value(sheet.projects[0], field) for field in ("total_investment", "month_investment", "year_ratio")
    ]
    assert read == [120_000_000, 3_000_000, "65.9"]


def test_figures_in_a_column_of_progress_are_not_words(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["8月推进情况（单位：万元）"], ["项目", "投资进展", None, "工地现状"], [None, "全年安排", "8月份", None],
        ["甲路", 5000, 420, "路基"], ["乙桥", 1600, "—", "桩基"], ["丙园", 3200, 260, "铺装"],
    ], sheet="月报")  # fmt: skip
    _merge(path, "A2:A3", "B2:C2", "D2:D3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert [*sheet.columns.values()] == ["name", "planned_investment", "month_investment", "work"]


def test_a_plan_of_progress_at_the_end_of_each_month(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["下半年形象进度控制线"], ["项目全称", "形象进度计划（累计%）", None, None], [None, "7月末", "8月末", "9月末"],
        ["甲路", "20%", "28%", "38%"], ["乙桥", "55%", "64%", "73%"],
    ], sheet="进度")  # fmt: skip
    _merge(path, "A2:A3", "B2:D2")
    sheet = read_workbook(path, year=2022).sheets[0]

    assert sheet.kind == "monthly_plan" and value(sheet.projects[1], "plan_progress", 9) == "73"


def test_a_plan_of_one_month_under_a_name_not_seen_before(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["9月施工及投资计划表"], [None, None, None, "单位：万元"], ["小区项目", "9月"], [None, "计划投资", "计划工作内容", "计划累计进度"],
        ["甲村修缮", 360, "屋面封顶", 0.95], ["乙村加固", 100, "整改复验", 1],
    ], sheet="9月计划")  # fmt: skip
    _merge(path, "A1:D1", "A3:A4", "B3:D3")
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert sheet.kind == "monthly_plan" and ("C3", "doubtful_column") in codes(sheet)  # 也像 8 月的下步计划
    assert [value(row, "plan_investment", 9) for row in sheet.projects] == [3_600_000, 1_000_000]


def _merge(path: Path, *places: str) -> None:
    book = load_workbook(path)
    for place in places:
        book.worksheets[0].merge_cells(place)
    book.save(path)
