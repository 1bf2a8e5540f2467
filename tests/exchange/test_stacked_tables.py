"""一张工作表里上下几张表、分标段的行、题头写着几个月：不读错，不丢（HANDBOOK §7.1 W2）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.workbooks import codes, value, write

MONTH = date(2022, 6, 1)


def test_a_table_below_that_differs_in_one_header_is_another_table(tmp_path: Path) -> None:
    """“实际开工日期”换成“竣工日期”：当成换页后重复的表头，竣工就写成了开工。"""
    rows = [["1-6月新开工、竣工项目"], ["序号", "项目名称", "责任单位", "实际开工日期", "备注"],
            [1, "甲路", "区建管委", "2022年4月15日", "示例"], [2, "丁园", "区建管委", "2022年3月", "示例"], ["（二）竣工"],
            ["序号", "项目名称", "责任单位", "竣工日期", "备注"],
            [1, "乙桥", "区建管委", "2022年5月15日", "示例"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="开竣工"), year=2022, month=MONTH).sheets[0]

    found = sheet.projects[2]
    assert value(found, "planned_finish") == "2022-05-15" and value(found, "planned_start") is None


def test_the_unit_of_the_table_above_holds_below_and_is_said(tmp_path: Path) -> None:
    rows = [["2022年6月进展"], ["单位：万元"], ["序号", "项目名称", "总投资", "本月完成投资"], [1, "甲路", 84, 4], [None],
            ["储备项目"], ["序号", "项目名称", "建设内容", "估算总投资", "推进情况"], [1, "乙桥", "一座", 21, "方案"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="进展"), year=2022, month=MONTH).sheets[0]

    assert value(sheet.projects[1], "total_investment") == 210_000
    assert ("D7", "unit_carried") in codes(sheet)


def test_an_amount_in_a_sentence_gives_the_unit(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["注：总投资、计划、完成均为万元"], ["序号", "项目名称", "总投资", "本月完成投资"],
            [1, "甲路", 84, 4]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert value(sheet.projects[0], "month_investment") == 40_000


@pytest.mark.parametrize("first", ["一标", None, "合计"])
def test_the_first_section_is_not_the_project(tmp_path: Path, first: str | None) -> None:
    """名称合并着管两个标段：第一个标段的 40 万不是项目的 40 万；第一行写“合计”、没写的才是。"""
    rows = [["2022年6月月报"], ["单位：万元"], ["序号", "工程名称", "标段", "本月完成", "形象进度"],
            [1, "甲路", first, 40, "桩基"], [None, None, "二标", 25, "管线"]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="标段")
    book = load_workbook(path)
    for place in ("A4:A5", "B4:B5"):
        book.worksheets[0].merge_cells(place)
    book.save(path)
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    section = first == "一标"
    assert value(sheet.projects[0], "month_investment") == (None if section else 400_000)
    assert (("D4", "section_only") in codes(sheet)) is section


def test_an_amount_merged_with_the_name_is_the_projects(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["单位：万元"], ["序号", "工程名称", "总投资", "标段", "本月完成"],
            [1, "甲路", 900, "一标", 40], [None, None, None, "二标", 25]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="标段")
    book = load_workbook(path)
    for place in ("A4:A5", "B4:B5", "C4:C5"):
        book.worksheets[0].merge_cells(place)
    book.save(path)
    sheet = read_workbook(path, year=2022, month=MONTH).sheets[0]

    assert value(sheet.projects[0], "total_investment") == 9_000_000
    assert {(cell, code) for cell, code in codes(sheet) if cell == "C4"} == set()


def test_a_table_below_without_the_months_figures_is_read_as_the_one_above(tmp_path: Path) -> None:
    rows = [["2022年6月进展"], ["单位：万元"], ["序号", "项目名称", "总投资", "6月进展", "1-6月完成"], [1, "甲路", 84, "桩基", 4],
            ["三、前期项目"], ["序号", "项目名称", "总投资", "立项", "预计开工"], [1, "乙桥", 21, "已批", "2022年9月"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="进展"), year=2022, month=MONTH).sheets[0]

    assert value(sheet.projects[1], "planned_start") == "2022-09-30"
    assert "rejected" not in sheet.row_counts()


@pytest.mark.parametrize(
    ("title", "mismatch"),
    [("（2022年1-6月）", False), ("2022年度1月至6月", False), ("2022年1～5月", True), ("2022年1月", True)],
)
def test_a_title_of_several_months_tells_the_last(tmp_path: Path, title: str, mismatch: bool) -> None:
    """“1-6月”读成 1 月，整张表就当作别的月份拒收。"""
    rows = [["重点工程月报"], [title], ["单位：万元"], ["序号", "项目名称", "本月完成投资"], [1, "甲路", 4]]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert (("A1", "month_mismatch") in codes(sheet)) is mismatch


def test_a_numbered_footnote_in_the_first_column_is_a_note(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["单位：万元"], ["编号", "项目名称", "本月完成投资"], [1, "甲路", 4],
            ["1.本表不含出让前地块。"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert sheet.row_counts()["note"] == 1 and "rejected" not in sheet.row_counts()


def test_lines_under_a_note_below_the_table_are_notes(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["编号", "项目名称", "本月完成投资"], [1, "甲路", 4], ["注：本表金额单位为亿元"],
            ["    形象进度为自开工以来的累计进度"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert sheet.row_counts()["project"] == 1 and "rejected" not in sheet.row_counts()
    assert value(sheet.projects[0], "month_investment") == 400_000_000


def test_a_name_alone_below_a_note_is_still_a_project(tmp_path: Path) -> None:
    rows = [["2022年6月月报（万元）"], ["编号", "项目名称", "本月完成投资"], [1, "甲路", 4], ["注：以下为新增项目"],
            [None, "乙桥"], [None, "丙校迁建"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert [row.text("name") for row in sheet.projects] == ["甲路", "乙桥", "丙校迁建"]


@pytest.mark.parametrize(
    ("month", "header", "field"),
    [
        (3, "一季度完成投资", "cumulative_investment"),
        (4, "一季度完成投资", "previous_cumulative"),
        (9, "前三季度完成", "cumulative_investment"),
        (12, "2023年工作安排", "next_steps"),
        (4, "5月工作重点", "next_steps"),
        (4, "五月工作重点", "next_steps"),
        (8, "9月实施计划", "next_steps"),
        (10, "11月主要施工内容", "next_steps"),
        (5, "5月（万元）", "month_investment"),
        (4, "一至四月份完成", "cumulative_investment"),
    ],
)
def test_parts_of_the_year_by_the_month_reported(tmp_path: Path, month: int, header: str, field: str) -> None:
    content = 70 if "完成" in header or "万元" in header else "取得施工许可证"
    rows = [["重点工程月报"], ["单位：万元"], ["序号", "项目名称", "年度计划投资", header, "形象进度"],
            [1, "甲路", 400, content, "50%"]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="月报")
    sheet = read_workbook(path, year=2022, month=date(2022, month, 1)).sheets[0]

    assert sheet.columns["D3"] == field


@pytest.mark.parametrize(
    ("first", "projects"), [("（1）", ["甲路", "乙桥"]), (1, ["甲路"]), ("1、", ["甲路"]), (None, ["甲路"])]
)
def test_bracketed_numbers_without_a_project_above_are_the_projects_own(
    tmp_path: Path, first: object, projects: list[str]
) -> None:
    rows = [
        ["2022年6月月报"],
        ["单位：万元"],
        ["序号", "项目名称", "本月完成投资"],
        [first, "甲路", 4],
        ["（2）", "乙桥", 5],
    ]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert [value(row, "name") for row in sheet.projects] == projects


def test_a_column_is_what_its_own_table_says(tmp_path: Path) -> None:
    """下面一张同一列写的是话，以前混在一起看，上面的“完成进度”就认不出了。"""
    rows = [["雨污混接改造"], ["序号", "项目名称", "街镇", "推进情况", "完成进度"],
            [1, "甲小区", "桃浦镇", "装修", "67%"], [2, "乙小区", "长征镇", "验收", "84%"], [None],
            ["雨水泵站（单位：万元）"], ["序号", "项目名称", "总投资", "本月完成投资", "工作进展"],
            [1, "丙泵站", 84, 4, "桩基施工"], [2, "丁泵站", 90, 5, "围护施工"], [3, "戊泵站", 95, 6, "土方开挖"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="进展"), year=2022, month=MONTH).sheets[0]

    assert [value(row, "progress") for row in sheet.projects] == ["67", "84", None, None, None]
    assert value(sheet.projects[2], "work") == "桩基施工"


def test_months_with_their_sum_are_done_and_share_its_unit(tmp_path: Path) -> None:
    """以前当成了月度计划，六个月的完成数都成了计划。"""
    months = [f"{number}月" for number in range(1, 7)]
    rows = [["某镇重大项目上半年进展情况汇总表"],
            ["序号", "项目名称", "年度计划投资（万元）", *months, "上半年合计（万元）", "上半年工作进展", "下半年工作安排"],
            [1, "甲路", 300, 1, 2, 3, 4, 5, 6, 21, "桩基施工", "封顶"],
            [2, "乙路", 400, 2, 2, 2, 2, 2, 2, 12, "装修", "验收"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="表1"), year=2022, month=MONTH).sheets[0]

    assert sheet.kind == "monthly_report"
    told = [
        [value(r, n) for n in ("month_investment", "cumulative_investment", "next_steps")]
        for r in sheet.projects
    ]
    assert told == [[60_000, 210_000, "封顶"], [20_000, 120_000, "验收"]]


def test_a_plan_of_next_month_in_numbers_is_no_next_step(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["单位：万元"], ["序号", "项目名称", "本月完成投资", "7月计划"],
            [1, "甲路", 20, 150], [2, "乙路", 30, 300]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    assert sheet.columns["D3"] == "other:7月计划"


def test_the_unit_holds_for_all_but_the_column_that_has_its_own(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["单位：万元（总投资除外）"], ["序号", "项目名称", "总投资（亿元）", "年计划", "本月完成投资"],
            [1, "甲路", 3.09, 11600, 200]]  # fmt: skip
    row = (
        read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH)
        .sheets[0]
        .projects[0]
    )

    assert [value(row, n) for n in ("total_investment", "planned_investment", "month_investment")] == [
        309_000_000, 116_000_000, 2_000_000,
    ]  # fmt: skip


def test_the_unit_does_not_hold_for_an_excepted_column_without_its_own(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["单位：万元（总投资除外）"], ["序号", "项目名称", "总投资", "本月完成投资"],
            [1, "甲路", 3.09, 200]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=MONTH).sheets[0]

    item = sheet.projects[0].get("total_investment")
    assert item.value is None or "unit_unknown" in item.flags


def test_a_header_of_three_levels_over_months(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["重点项目月度进展"], ["序号", "项目名称", "计划与完成（万元）", None, None, None, None],
        [None, None, "全年计划", "6月", None, "1-6月", None], [None, None, None, "计划数", "完成数", "计划数", "完成数"],
        [1, "甲路", 300, 20, 10, 150, 120], [2, "乙路", 400, 30, 20, 200, 130]], sheet="月报")  # fmt: skip
    book = load_workbook(path)
    for place in ("A2:A4", "B2:B4", "C2:G2", "C3:C4", "D3:E3", "F3:G3"):
        book.active.merge_cells(place)
    book.save(path)
    row = read_workbook(path, year=2022, month=MONTH).sheets[0].projects[0]

    names = ("planned_investment", "planned_this_month", "month_investment", "cumulative_investment")
    assert [value(row, name) for name in names] == [3_000_000, 200_000, 100_000, 1_200_000]


def test_a_list_of_problems_below_a_report_is_read_as_its_own(tmp_path: Path) -> None:
    rows = [["2022年6月进展"], ["单位：万元"], ["序号", "项目名称", "总投资", "本月完成投资", "累计完成投资", "形象进度"],
            [1, "甲路", 84, 4, 20, "路基施工"], [2, "乙桥", 90, 5, 30, "桩基施工"], [None], ["二、需协调解决的问题"],
            ["序号", "项目名称", "存在问题", "牵头单位", "解决时限", "是否销号"],
            [1, "甲路", "管线未搬迁", "区建管委", "2022年7月底", "否"]]  # fmt: skip
    upper, lower = read_workbook(
        write(tmp_path / "f.xlsx", rows, sheet="进展"), year=2022, month=MONTH
    ).sheets

    assert (upper.name, upper.kind, lower.name, lower.kind) == (
        "进展",
        "monthly_report",
        "进展",
        "problem_list",
    )
    assert [value(row, "cumulative_investment") for row in upper.projects] == [200_000, 300_000]
    assert [value(row, "due") for row in lower.problems] == ["2022-07-31"]
    assert [row.row for sheet in (upper, lower) for row in sheet.rows] == list(range(1, 10))


def test_a_table_below_that_is_not_recognised_is_still_refused_row_by_row(tmp_path: Path) -> None:
    rows = [["2022年6月进展"], ["单位：万元"], ["序号", "项目名称", "总投资", "本月完成投资", "累计完成投资", "形象进度"],
            [1, "甲路", 84, 4, 20, "路基施工"], [None],
            ["序号", "责任单位", "年度计划投资", "累计完成投资"], [1, "区建管委", 100, 50]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="进展"), year=2022, month=MONTH).sheets[0]

    assert [row.row for row in sheet.projects] == [4]
    assert sheet.rows[-1].kind == "rejected"


def test_warnings_follow_the_order_of_the_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["项目名称", "总盘子（万元）", "年内任务数（万元）"],
        ["示例小学", "待定", "2-3亿"],
        ["示例中学", 300, "待定"],
    ]

    (sheet,) = read_workbook(write(tmp_path / "次序.xlsx", rows), year=2023).sheets

    assert [warning.cell for warning in sheet.warnings] == ["B1", "C1", "B2", "C2", "C3"]
