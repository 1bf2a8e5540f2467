"""看着像、其实不是的表头：不悄悄记错（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.layouts import CONTENT, JUNE, fields_of, sheet_of
from tests.exchange.test_composed_headers import merged
from tests.exchange.workbooks import codes, value

BESIDE = ["甲路拓宽工程", "乙小学迁建工程", "丙河整治工程"]


def column_of(tmp_path: Path, header: str, content: str, *, month: date | None = JUNE) -> tuple[str, bool]:
    """一张只多这一列的月报：这一列认作什么，问没问。"""
    rows: list[list[object]] = [["重点项目推进情况（单位：万元）"], ["序号", "项目名称", "责任单位", header]]
    rows += [
        [n, name, "区建管委", cell]
        for n, (name, cell) in enumerate(zip(BESIDE, CONTENT[content], strict=True), 1)
    ]
    sheet = sheet_of(tmp_path, rows, month)
    field = sheet.columns.get("D2", "other:")
    return "-" if field.startswith("other:") else field, ("D2", "doubtful_column") in codes(sheet)


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("总投资（万美元）", "数"), ("总投资变化", "数"), ("概算调整额", "数"), ("累计到账", "数"), ("本季计划投资", "数"),
        ("2022年-2024年计划投资", "数"), ("2022年1-6月计划投资", "数"), ("追加投资", "数"), ("后续投资", "数"), ("征收进度", "率"),
        ("去年底形象进度", "率"), ("未完成的工作", "话"), ("三年目标", "话"), ("远期目标", "话"), ("季度目标", "话"),
        ("建设单位意见", "话"), ("责任单位反馈", "话"), ("街道工作", "话"), ("7月汛情", "话"), ("7月安全检查", "话"), ("2021年7月工作", "话"), ("7月会议安排", "话"), ("7月工作责任人", "话"), ("7月计划调整情况", "话"),
        ("到本月应完成投资", "数"), ("至本月计划投资", "数"), ("到本月拨付", "数"), ("上月支出", "数"),
        ("完成任务", "件"), ("本月应完", "数"), ("主体完工时间", "日"), ("街道对接科室", "话"),
    ],
)  # fmt: skip
def test_a_column_of_something_else_is_kept_as_it_is(tmp_path: Path, header: str, content: str) -> None:
    assert column_of(tmp_path, header, content)[0] == "-"


@pytest.mark.parametrize(
    ("header", "content", "field"),
    [
        ("5月形象进度", "话", "work"), ("7月形象进度", "话", "work"), ("一季度进展", "话", "work"),
        ("开竣工时间", "日", "planned_finish"), ("总投资完成率", "率", "year_ratio"),
    ],
)  # fmt: skip
def test_a_column_that_may_be_something_else_is_asked_about(
    tmp_path: Path, header: str, content: str, field: str
) -> None:
    assert column_of(tmp_path, header, content) == (field, True)


def test_what_is_of_this_month_or_this_quarter_is_not_asked_about(tmp_path: Path) -> None:
    for header in ("6月形象进度", "二季度进展", "形象进度"):
        assert column_of(tmp_path, header, "话") == ("work", False)


def test_done_before_this_year_is_not_done_in_it(tmp_path: Path) -> None:
    assert column_of(tmp_path, "2022年以前完成投资", "数")[0] == "cumulative_before"


@pytest.mark.parametrize(
    ("line", "total", "month"),
    [
        ("单位：万元（总投资、开工至今：亿元）", 120_000_000_000, 3_000_000),
        ("计量单位：亿元（本月、剩余为万元）", 120_000_000_000, 3_000_000),
        ("注：金额单位为万元，总投资为亿元。", 120_000_000_000, 3_000_000),
        ("单位：万元，总投资为亿元", 120_000_000_000, 3_000_000),
        ("某镇项目进度表（单位：万元，总投资为亿元）", 120_000_000_000, 3_000_000),
        ("以下金额一律为万元，其中总投资为亿元", 120_000_000_000, 3_000_000),
    ],
)
def test_the_columns_told_apart_in_brackets_behind_the_unit(
    tmp_path: Path, line: str, total: int, month: int
) -> None:
    header = ["工程名称", "总投资", "开工至今", "本月完成", "剩余投资"]
    rows: list[list[object]] = [["月报"], [line], header, *([name, 1200, 5, 300, 40] for name in BESIDE)]
    project = sheet_of(tmp_path, rows).projects[0]

    assert (value(project, "total_investment"), value(project, "month_investment")) == (total, month)


def test_what_is_measured_is_told_in_brackets(tmp_path: Path) -> None:
    """“投资（11月）”“形象（部位）”：括号里写的是哪一段、哪一样。"""
    header = ["项目名称及地点", "投资（总）", "投资（至2021年末）", "投资（2022年安排）", "投资（1-6月）", "投资（6月）", "投资（7月预计）",
              "形象（%）", "形象（部位）"]  # fmt: skip
    cells = [13400, 2680, 5900, 4597, 506, 480, 90, "回填"]
    sheet = sheet_of(tmp_path, [["6月报（万元）"], header, *([name, *cells] for name in BESIDE)])

    assert fields_of(sheet)[1:] == [
        "total_investment", "cumulative_before", "planned_investment", "cumulative_investment", "month_investment", "-",
        "progress", "work",
    ]  # fmt: skip


def test_an_agent_is_no_owner_where_the_owner_is_told(tmp_path: Path) -> None:
    header = ["工程名称", "代建单位", "项目法人", "完成投资"]
    told = sheet_of(
        tmp_path, [["月报（万元）"], header, *([name, "甲代建公司", "区市政公司", 1] for name in BESIDE)]
    )

    assert fields_of(told)[1:3] == ["-", "owner"]


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("类型", ["预备", "正式", "预备"], "formality"),
        ("板块", ["市政基础设施类", "住宅类", "公共服务类"], "category"),
        ("工程面貌", ["35%", "60%", "100%"], "progress"),
        ("进展%", [35, 60, 100], "progress"),
        ("调整后计划", [35, 60, 100], "planned_investment"),
        ("单位", ["区体育事业发展中心", "区游泳馆", "区教育局"], "responsible_unit"),
    ],
)
def test_the_content_says_what_the_header_does_not(
    tmp_path: Path, header: str, cells: list[object], field: str
) -> None:
    rows: list[list[object]] = [["月报（万元）"], ["项目名称", header, "年初计划", "6月完成"]]
    rows += [[name, cell, 30, 3] for name, cell in zip(BESIDE, cells, strict=True)]
    sheet = sheet_of(tmp_path, [*rows, ["备注：类型栏为“正式”的已经批准。"]])

    assert sheet.columns["B2"] == field
    assert (sheet.columns["C2"] == "planned_investment") is (field != "planned_investment")


def test_a_column_of_numbers_without_a_header_is_the_row_number(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["月报（万元）"],
        [None, "项目", "6月完成"],
        *([n, name, 3] for n, name in enumerate(BESIDE, 1)),
    ]
    sheet = sheet_of(tmp_path, rows)

    assert value(sheet.projects[2], "seq") == 3 and not sheet.warnings


def test_a_number_shown_to_the_hundredth_is_the_month_seen(tmp_path: Path) -> None:
    """格里存 2023.1，显示成 2023.10 的，说的是十月；照常规显示的分不清。"""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "清单"
    for row in (["项目名称", "计划竣工", "总投资（亿元）"], ["甲路", 2023.1, 2022.1], ["乙桥", 2023.1, 1]):
        sheet.append(row)
    sheet["B2"].number_format = sheet["C2"].number_format = "0.00"
    book.save(tmp_path / "月.xlsx")

    first, second = read_workbook(tmp_path / "月.xlsx", year=2022).sheets[0].projects
    assert (value(first, "planned_finish"), value(second, "planned_finish")) == ("2023-10-31", None)
    assert value(first, "total_investment") == 202_210_000_000


def test_this_months_plan_under_the_plan_and_beside_the_work_of_next_month(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["月报（万元）"], ["项目", "投资情况", None, None, "6月完成内容", "7月计划", "7月拟完成内容"], [None, "计划", None, "完成"],
        [None, "全年", "6月", "6月"], *([name, 3440, 195, 213, "铺装", 275, "标线划设"] for name in BESIDE),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A4", "B2:D2", "B3:C3", "E2:E4", "F2:F4", "G2:G4")

    assert fields_of(sheet)[1:] == [
        "planned_investment", "planned_this_month", "month_investment", "work", "-", "next_steps",
    ]  # fmt: skip


def test_a_total_of_all_years_that_holds_this_year_is_since_the_start(tmp_path: Path) -> None:
    """“历年累计完成数”行行不少于本年完成、今年开工的与本年一样多：是开工以来；有比本年少的，是上年末。"""
    header = ["工程项目名称", "本年完成数", "历年累计完成数"]
    for so_far, field in ([[10, 25, 40], "since_start"], [[0, 25, 4], "cumulative_before"]):
        rows = [
            ["进度表（万元）"],
            header,
            *([n, d, a] for n, d, a in zip(BESIDE, [10, 5, 20], so_far, strict=True)),
        ]
        assert sheet_of(tmp_path, rows).columns["C2"] == field


def test_the_second_lot_of_a_project_is_a_part_like_the_first(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["进度表（万元）"], ["工程项目名称", "6月完成"], ["地下环路", 20], ["其中：土建标", 14], ["机电标", 6], ["总部楼", 3],
    ]  # fmt: skip

    assert [row.kind for row in sheet_of(tmp_path, rows).rows[2:]] == ["project", "sub", "sub", "project"]


def test_all_but_one_column_are_in_the_unit_said_and_notes_go_on_below(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["进度表"], ["除总投资外单位：万元"], ["工程名称", "总投资（亿元）", "本月完成"], *([name, 2, 300] for name in BESIDE),
        ["注：1.数据由各单位报送"], ["2.联系人：科创科，52560000"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert value(sheet.projects[0], "month_investment") == 3_000_000
    assert [row.kind for row in sheet.rows[-2:]] == ["note", "note"]


@pytest.mark.parametrize("header", ["排名", "批次", "标段数"])
def test_a_rank_or_a_batch_is_no_row_number(tmp_path: Path, header: str) -> None:
    for cells in ([1, 2, 3], [1, 1, 1]):
        rows: list[list[object]] = [["月报（万元）"], [header, "项目", "6月完成"]]
        rows += [[cell, name, 3] for cell, name in zip(cells, BESIDE, strict=True)]
        assert sheet_of(tmp_path, rows).columns["A2"] == f"other:{header}"


def test_a_project_that_looks_like_a_heading_is_not_dropped(tmp_path: Path) -> None:
    """“甲、乙路”写着街道的、独自一行而下面没有成组的、另一类之下的标段，都是项目。"""
    named: list[list[object]] = [
        ["项目名称", "街道", "规模"], ["甲、乙路连接线新建工程", "桃浦镇", "长2公里"], ["滨河路", "桃浦镇", "1公里"],
        ["3.垃圾分类项目"], ["丙河", "桃浦镇", "1公里"], ["（甲）末尾的项目"],
    ]  # fmt: skip
    lots: list[list[object]] = [
        ["项目名称", "总投资（万元）"], ["一、市政类"], ["滨江路改造", 10], ["1标（沪太路改建）", 5], ["二、民生类"],
        ["一标段：教学楼新建", 3], ["二标段：体育馆新建", 4],
    ]  # fmt: skip

    assert {row.kind for row in sheet_of(tmp_path, named, None, "清单").rows[1:]} == {"project"}
    kinds = [row.kind for row in sheet_of(tmp_path, lots, None, "清单").rows[1:]]
    assert kinds == ["category", "project", "project", "category", "project", "project"]


def test_what_stands_beside_a_merged_name_counts_as_content(tmp_path: Path) -> None:
    """名称合并着管几行，下面几行只写了问题：判断这一列写的是什么，这几行都算。"""
    rows: list[list[object]] = [
        ["问题清单"], ["项目名称", "存在问题", "责任单位"], ["甲路", 30, "区建管委"], [None, "管线未搬迁"], [None, "用地未批"], ["乙路", 50, "区教育局"],
        [None, "资金不足"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A3:A5", "A6:A7", sheet="问题清单")

    assert sheet.columns["B2"] == "problems"


def test_an_item_marked_like_its_sisters_is_a_project(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["月报（万元）"], ["项目名称", "总投资", "本月完成"], ["甲、幸福小区改造", 10, 1], ["乙、二期厂房新建"], ["丙、管网工程", 30, 2],
    ]  # fmt: skip

    assert [row.kind for row in sheet_of(tmp_path, rows).rows[2:]] == ["project", "project", "project"]


@pytest.mark.parametrize("group", ["应完成投资", "剩余投资", "财政资金"])
def test_what_ought_to_be_done_by_the_month_is_not_what_was(tmp_path: Path, group: str) -> None:
    rows: list[list[object]] = [
        ["月报（万元）"], ["项目名称", group, None, "本月完成"], [None, "到5月底", "到6月底", None],
        *([name, 100, 120, 20] for name in BESIDE),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:D3")

    assert "cumulative_investment" not in sheet.columns.values()
