"""别人造的表里悄悄读错过的写法：编成“一”的标题、同上、指标分行、别的月份的列（HANDBOOK §7.1、§7.2）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from kaopu.exchange.excel_in.problem_cells import CLOSED, OPEN, read_status, split_problems
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading
from tests.exchange.workbooks import codes, listing, project, value, write

TITLE, UNIT = ["2022年6月重点工程月报"], ["单位：万元"]


def read(path: Path, rows: list[list[object]], month: date | None = None) -> SheetReading:
    return read_workbook(write(path, rows, sheet="表1"), year=2022, month=month).sheets[0]


def test_a_numbered_heading_with_its_subtotal_is_not_a_project(tmp_path: Path) -> None:
    rows = [
        ["2022年重大项目库"], UNIT, ["序号", "项目名称", "总投资", "2022年计划投资"],
        ["一", "基础设施", 30, 6], ["1-1", "甲路", 20, 4], ["1-2", "乙厂", 10, 2],
        ["二", "产业发展", 15, 5], ["2-1", "丙园", 15, 5],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert [value(row, "name") for row in sheet.projects] == ["甲路", "乙厂", "丙园"]
    assert codes(sheet) == {("A4", "priced_heading"), ("A7", "priced_heading")}


def test_a_list_numbered_in_chinese_throughout_keeps_its_projects(tmp_path: Path) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", "总投资"], ["一", "甲路", 30], ["二", "乙桥", 15]]
    sheet = read(tmp_path / "f.xlsx", rows)

    assert [value(row, "name") for row in sheet.projects] == ["甲路", "乙桥"]


@pytest.mark.parametrize("mark", ["同上", "同 上", "〃", '"'])
def test_ditto_takes_the_row_above_and_says_so(tmp_path: Path, mark: str) -> None:
    sheet = read(
        tmp_path / "f.xlsx",
        listing(project(), project(2, "乙路", unit=mark, due=mark), project(3, "丙路", unit=mark)),
    )

    assert [value(row, "responsible_unit") for row in sheet.projects] == ["区建管委"] * 3
    assert value(sheet.projects[1], "goal_due") == "2022-09-30"
    assert codes(sheet) == {("C5", "ditto"), ("G5", "ditto"), ("C6", "ditto")}


def test_ditto_below_nothing_is_left_empty_and_an_amount_is_never_repeated(tmp_path: Path) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(unit="同上"), project(2, "乙路", total="同上")))

    assert value(sheet.projects[0], "responsible_unit") is None
    assert value(sheet.projects[1], "total_investment") is None
    assert {("C4", "ditto_lost"), ("E5", "unparsed")} <= codes(sheet)


def test_rows_of_plan_and_done_are_not_mixed(tmp_path: Path) -> None:
    rows = [
        ["2022年月度计划完成对照表"], UNIT, ["序号", "项目名称", "指标", "1月", "2月", "3月"],
        [1, "甲路", "计划", 100, 110, 120], [None, None, "完成", 90, 100, 130],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)
    planned = {v.cell: v.value for row in sheet.rows for v in row.values if v.field == "plan_investment"}

    assert planned == {"D4": 1_000_000, "E4": 1_100_000, "F4": 1_200_000}
    assert {("D5", "other_indicator"), ("E5", "other_indicator"), ("F5", "other_indicator")} <= codes(sheet)


def test_a_planned_row_is_not_this_months_investment(tmp_path: Path) -> None:
    rows = [
        TITLE, UNIT, ["序号", "项目名称", "类型", "本月完成投资", "累计完成投资"],
        [1, "甲路", "计划", 120, 600], [2, "乙路", "完成", 90, 500],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "month_investment") is None
    assert value(sheet.projects[1], "month_investment") == 900_000
    assert {("D4", "other_indicator"), ("E4", "other_indicator")} <= codes(sheet)


def test_next_months_amount_is_not_next_steps(tmp_path: Path) -> None:
    rows = [
        TITLE,
        UNIT,
        ["序号", "项目名称", "本月完成投资", "下月计划投资", "累计完成投资"],
        [1, "甲路", 1, 2, 3],
    ]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "next_steps") is None
    assert ("D3", "unmapped_column") in codes(sheet)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("1-5月累计", "1-6月累计完成投资"), ("5月底累计", "本年累计完成投资"), ("截至5月累计", "累计完成")],
)
def test_a_total_up_to_last_month_is_not_this_years(tmp_path: Path, earlier: str, later: str) -> None:
    rows = [TITLE, UNIT, ["序号", "项目名称", earlier, "本月完成投资", later], [1, "甲路", 500, 100, 600]]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "previous_cumulative") == 5_000_000
    assert value(sheet.projects[0], "cumulative_investment") == 6_000_000


def test_what_was_done_in_an_unnamed_former_period_is_not_this_years(tmp_path: Path) -> None:
    rows = [
        TITLE,
        UNIT,
        ["序号", "项目名称", "前期累计", "本期完成投资", "本年累计完成"],
        [1, "甲路", 500, 100, 600],
    ]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "cumulative_investment") == 6_000_000
    assert ("C3", "unmapped_column") in codes(sheet)


def test_each_month_done_in_a_column_of_its_own(tmp_path: Path) -> None:
    book = [
        TITLE, UNIT, ["序号", "项目名称", "实际完成投资", None, None, None],
        [None, None, "4月", "5月", "6月", "累计"], [1, "甲路", 10, 20, 30, 90],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", book, date(2022, 6, 1))
    row = sheet.projects[0]

    assert (value(row, "month_investment"), value(row, "previous_investment")) == (300_000, 200_000)
    assert value(row, "cumulative_investment") == 900_000


def test_planned_and_done_pairs_give_only_this_months_done(tmp_path: Path) -> None:
    rows = [
        ["2022年计划与完成"], UNIT,
        ["序号", "项目名称", "1月", None, "2月", None, "3月", None],
        [None, None, *["计划", "完成"] * 3], [1, "甲路", 100, 90, 110, 100, 120, 125],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 3, 1))

    assert sheet.projects[0].get("month_investment").cell == "H5"
    assert [v.month for v in sheet.projects[0].values if v.field == "plan_investment"] == [1, 2, 3]


def test_the_unit_column_of_a_report_may_name_offices(tmp_path: Path) -> None:
    rows = [
        TITLE,
        ["单位", "项目名称", "本月完成投资（亿元）", "累计完成投资（亿元）"],
        ["区卫健委", "甲院", 1, 2],
    ]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "responsible_unit") == "区卫健委"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("累计完成占年度计划", "year_ratio"),
        ("累计已完成投资（截至2021年12月）（万元）", "cumulative_before"),
    ],
)
def test_headers_in_other_words(tmp_path: Path, header: str, field: str) -> None:
    rows = [TITLE, UNIT, ["序号", "项目名称", "本月完成投资", header, "进展"], [1, "甲路", 1, 20, "在建"]]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["D3"] == field


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("问题1：供电不足\n问题2：道路未接通", ("供电不足", "道路未接通")),
        ("⑴拆迁；⑵交通", ("拆迁", "交通")),
        ("❶交评未批❷水保未批", ("交评未批", "水保未批")),
        ("第一，3.2亩土地未征；第二，方案未定", ("3.2亩土地未征", "方案未定")),
        ("其一，规划未批；其二，环评未过", ("规划未批", "环评未过")),
        ("a.用电未批 b.用水未批", ("用电未批", "用水未批")),
        ("第一中学门前管线未迁", ("第一中学门前管线未迁",)),
    ],
)
def test_problems_numbered_in_other_ways(text: str, items: tuple[str, ...]) -> None:
    assert split_problems(text) == items


@pytest.mark.parametrize(("mark", "meaning"), [("○", OPEN), ("●", CLOSED)])
def test_a_circle_is_read_but_asked_about(mark: str, meaning: str) -> None:
    assert read_status(mark, header="是否销号") == (meaning, "status_circle")


@pytest.mark.parametrize(
    ("headers", "cells", "wanted"),
    [
        (["目标节点", "节点时间"], ["竣工", "6月30日"], {"C3": "goal", "D3": "goal_due"}),
        (["目标节点", "企业名称"], ["6月30日", "甲公司"], {"C3": "goal_due", "D3": "owner"}),
        (["完成年度计划的百分比", "本月完成投资"], ["30%", 5], {"C3": "year_ratio"}),
    ],
)
def test_a_header_of_two_meanings_is_settled_by_what_stands_below(
    tmp_path: Path, headers: list[object], cells: list[object], wanted: dict[str, str]
) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", *headers, "总投资"], [1, "甲路", *cells, 100]]
    sheet = read(tmp_path / "f.xlsx", rows)

    assert wanted.items() <= sheet.columns.items()


def test_a_problem_list_tells_the_deadline_from_the_day_it_was_solved(tmp_path: Path) -> None:
    rows = [
        ["问题清单"], ["项目名称", "存在问题", "建议牵头", "解决时限", "是否解决", "解决时间"],
        ["甲路", "管线未迁", "区建管委", "2022年6月底", "是", "2022年6月2日"],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert sheet.columns["C2"] == "responsible_unit"
    assert (sheet.columns["D2"], sheet.columns["F2"]) == ("due", "closed_on")


def test_one_word_is_enough_for_a_total(tmp_path: Path) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(), ["计", None, None, None, 100]))

    assert sheet.rows[-1].kind == "total"


@pytest.mark.parametrize("titles", [("2022年5月月报", "2022年6月月报"), ("月报", "月报")])
def test_of_sheets_for_several_months_only_this_months_is_taken(
    tmp_path: Path, titles: tuple[str, str]
) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for month, title in zip((5, 6), titles, strict=True):
        sheet = book.create_sheet(f"{month}月")
        for row in (
            [title],
            UNIT,
            ["序号", "项目名称", "本月完成投资", "累计完成投资"],
            [1, "甲路", month, 60],
        ):
            sheet.append(row)
    book.save(tmp_path / "f.xlsx")
    earlier, ours = read_workbook(tmp_path / "f.xlsx", year=2022, month=date(2022, 6, 1)).sheets

    assert [row.kind for row in earlier.rows if row.row == 4] == ["rejected"]
    assert ("A4", "rejected_row") in codes(earlier)
    assert value(ours.projects[0], "month_investment") == 60_000


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        (["原总投资", "调整后总投资"], "D3"),
        (["总投资", "调整后总投资"], "D3"),
        (["调整后总投资", "调整前总投资"], "C3"),
        (["原总投资", "建设内容"], "C3"),
    ],
)
def test_the_adjusted_column_counts(tmp_path: Path, headers: list[object], ours: str) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", *headers], [1, "甲路", 900, 1000]]
    sheet = read(tmp_path / "f.xlsx", rows)

    assert [cell for cell, field in sheet.columns.items() if field == "total_investment"] == [ours]


def test_two_levels_of_before_and_after(tmp_path: Path) -> None:
    rows = [
        ["2022年清单"], UNIT, ["序号", "项目名称", "调整前", None, "调整后", None],
        [None, None, *["总投资", "竣工时间"] * 2], [1, "甲路", 900, "2022年6月", 1000, "2022年9月"],
    ]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="表1")
    book = load_workbook(path)
    for merged in ("C3:D3", "E3:F3"):
        book.worksheets[0].merge_cells(merged)
    book.save(path)
    row = read_workbook(path, year=2022).sheets[0].projects[0]

    assert (value(row, "total_investment"), value(row, "planned_finish")) == (10_000_000, "2022-09-30")


@pytest.mark.parametrize(("text", "meaning"), [("已于8月销号", CLOSED), ("已于6月30日办结", CLOSED)])
def test_a_status_may_say_when(text: str, meaning: str) -> None:
    assert read_status(text, header="销号情况") == (meaning, None)


@pytest.mark.parametrize(
    ("due", "doubts"),
    [("2022年6月前", {("G4", "before_month")}), ("2022年6月底前", set()), ("2022年6月15日前", set())],
)
def test_before_a_month_may_or_may_not_include_it(
    tmp_path: Path, due: str, doubts: set[tuple[str, str]]
) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(due=due)))

    assert codes(sheet) == doubts


def test_what_stands_under_no_header_is_not_dropped_without_a_word(tmp_path: Path) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", "总投资", None], [1, "甲路", 100, "已停工"]]
    sheet = read(tmp_path / "f.xlsx", rows)

    assert codes(sheet) == {("D4", "no_column_header")}
