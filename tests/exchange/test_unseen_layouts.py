"""没见过这份程序的人造的表里读错、读漏的写法：三级表头、是否两列打勾、部分删除线、分条的写法（HANDBOOK §7.1、§7.2）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from kaopu.exchange.excel_in.problem_cells import (
    CLOSED,
    OPEN,
    PARTLY,
    read_status,
    split_problems,
    split_units,
)
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading
from tests.exchange.workbooks import codes, listing, only_sheet, project, value, write

UNIT = ["单位：万元"]
STRUCK = InlineFont(strike=True)


def read(path: Path, rows: list[list[object]], month: date | None = None) -> SheetReading:
    return read_workbook(write(path, rows, sheet="表1"), year=2022, month=month).sheets[0]


def merged(path: Path, rows: list[list[object]], *ranges: str, month: date | None = None) -> SheetReading:
    """同上，另有合并区。"""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for area in ranges:
        sheet.merge_cells(area)
    book.save(path)
    return read_workbook(path, year=2022, month=month).sheets[0]


def test_a_plan_under_investment_done_is_not_progress(tmp_path: Path) -> None:
    rows = [
        ["2022年7月重大项目月报"],
        ["序号", "项目名称", "投资完成情况", None, None, None, "形象进度"],
        [None, None, "总投资（亿元）", "2022年（万元）"],
        [None, None, None, "年度计划", "7月完成", "1-7月累计"],
        [1, "甲路", 2.5, 4000, 300, 2100, "主体施工"],
    ]
    spans = ("A2:A4", "B2:B4", "C2:F2", "C3:C4", "D3:F3", "G2:G4")
    row = merged(tmp_path / "f.xlsx", rows, *spans, month=date(2022, 7, 1)).projects[0]

    assert value(row, "planned_investment") == 40_000_000
    assert value(row, "total_investment") == 250_000_000
    assert value(row, "work") == "主体施工"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("6月投资", "month_investment"),
        ("6月份投资额", "month_investment"),
        ("本月实际", "month_investment"),
        ("2022年计划③", "planned_investment"),
        ("年度计划投资②", "planned_investment"),
        ("项目序号", "seq"),
    ],
)
def test_headers_as_others_write_them(tmp_path: Path, header: str, field: str) -> None:
    rows = [["2022年6月月报"], UNIT, [header, "项目名称", "1-6月累计完成"], [10, "甲路", 500]]
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["A3"] == field


@pytest.mark.parametrize("header", ["完成计划", "%", "完成（%）", "累计占比"])
def test_a_column_of_percentages_after_the_cumulative_is_the_ratio(tmp_path: Path, header: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "累计完成", header, "形象进度"],
            [1, "甲路", 1000, 500, "50%", "主体"], [2, "乙路", 1000, 400, "40%", "主体"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "year_ratio") for row in sheet.projects] == ["50", "40"]


def test_a_plan_column_in_words_is_not_a_ratio(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "累计完成", "完成计划"],
            [1, "甲路", 500, "年底通车"], [2, "乙路", 400, "结构封顶"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["D3"] == "other:完成计划"


def test_yes_and_no_columns_are_one_status(tmp_path: Path) -> None:
    rows = [
        ["问题清单"],
        ["序号", "项目名称", "存在问题", "牵头部门", "解决时限", "是否销号", None],
        [None, None, None, None, None, "是", "否"],
        [1, "甲路", "管线未迁", "区建管委", "9月底", "√", None],
        [2, "乙路", "用地未批", "区建管委", "9月底", None, "√"],
        [3, "丙路", "树木未移", "区建管委", "9月底", "√", "√"],
    ]
    spans = ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:G2")
    sheet = merged(tmp_path / "f.xlsx", rows, *spans)
    found = [(r.cell, r.note) for row in sheet.problems for r in row.values if r.field == "status"]

    assert found[:2] == [("F4", CLOSED), ("G5", OPEN)]
    assert ("G6", "status_conflict") in codes(sheet)


def test_closed_and_open_columns_are_one_status(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "解决时限", "已销号", "未销号"],
            [1, "甲路", "管线未迁", "9月底", "√", None], [2, "乙路", "用地未批", "9月底", None, "√"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)
    found = [(r.cell, r.note) for row in sheet.problems for r in row.values if r.field == "status"]

    assert found == [("E3", CLOSED), ("F4", OPEN)]


def test_what_is_left_of_a_partly_struck_cell_is_read(tmp_path: Path) -> None:
    amount = CellRichText(TextBlock(STRUCK, "8000"), "9000")
    due = CellRichText(TextBlock(STRUCK, "6月底"), "9月底")
    sheet = read(tmp_path / "f.xlsx", listing(project(total=amount, due=due)))
    row = sheet.projects[0]
    total = row.get("total_investment")

    assert value(row, "goal_due") == "2022-09-30"
    assert total is not None and (total.value, total.raw) == (90_000_000, "80009000")
    assert {("E4", "partly_struck"), ("G4", "partly_struck")} <= codes(sheet)


def test_a_struck_problem_of_several_is_not_raised(tmp_path: Path) -> None:
    problem = CellRichText(TextBlock(STRUCK, "1.征收未完成；"), "2.管线未迁；3.树木未移")
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "解决时限"], [1, "甲路", problem, "9月底"]]
    sheet = read(tmp_path / "f.xlsx", rows)
    found = sheet.problems[0].get("problems")

    assert found is not None and found.items == ("管线未迁", "树木未移")
    assert ("C3", "partly_struck") in codes(sheet)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1.投资1.2亿元未落实2.规划未批", ("投资1.2亿元未落实", "规划未批")),
        ("（一）管线未迁（二）绿化未移", ("管线未迁", "绿化未移")),
        ("一是：征收难；二是：审批慢", ("征收难", "审批慢")),
        ("◆资料缺失\n◆验收滞后", ("资料缺失", "验收滞后")),
        ("●土地未腾；●管线未迁", ("土地未腾", "管线未迁")),
        ("- 土地未腾\n- 管线未迁", ("土地未腾", "管线未迁")),
        ("问题：1.土地未腾；2.管线未迁", ("土地未腾", "管线未迁")),
    ],
)
def test_problems_apart(text: str, items: tuple[str, ...]) -> None:
    assert split_problems(text) == items


@pytest.mark.parametrize(
    "text",
    [
        "1号、2号楼未交地",
        "示例路（一）、（二）标段未交地",
        "需完成1.5公里",
        "完成1、2号线保护",
        "1.投资1.2亿元未落实",
        "详见附件1、附件2",
    ],
)
def test_one_problem_stays_one(text: str) -> None:
    assert len(split_problems(text)) == 1


@pytest.mark.parametrize(
    "text", ["在推进", "未", "暂不销号", "不能销号", "正常推进", "暂未销号", "不予销号", "有序推进中"]
)
def test_states_that_are_plainly_open(text: str) -> None:
    assert read_status(text, header="是否销号") == (OPEN, None)


@pytest.mark.parametrize("text", ["拟销号", "申请销号", "挂起", "建议销号"])
def test_states_a_person_would_ask_about(text: str) -> None:
    assert read_status(text, header="是否销号") == (None, "status_unclear")


@pytest.mark.parametrize(
    "mark", ["——东段", "－一标段", "├东段", "#1标", "标段1", "含：配套道路", "Ⅰ标段", "B地块"]
)
def test_parts_without_a_number_are_not_projects(tmp_path: Path, mark: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "本月完成", "累计完成", "形象进度"],
            [1, "甲路", 1000, 100, 500, "主体"], [None, mark, 300, 30, 150, "主体"],
            [2, "乙路", 1000, 100, 500, "主体"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "name") for row in sheet.projects] == ["甲路", "乙路"]
    assert sheet.row_counts()["sub"] == 1


def test_an_indented_part_without_a_number_column_is_not_a_project(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["项目名称", "年度计划投资", "本月完成", "累计完成"],
            ["甲路", 1000, 100, 500], ["其中：A地块", 300, 30, 150], ["      B地块", 700, 70, 350],
            ["乙路", 1000, 100, 500]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "name") for row in sheet.projects] == ["甲路", "乙路"]


def test_a_named_project_without_a_number_stays_a_project(tmp_path: Path) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(), project(None, "乙路道路工程"), project(3, "丙路")))

    assert len(sheet.projects) == 3


def test_a_running_total_row_is_a_total(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "本月完成"],
            [1, "甲路", 1000, 100], ["累计", None, 1000, 100]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.row_counts()["total"] == 1 and "rejected" not in sheet.row_counts()


def test_the_rows_under_a_merged_amount_say_so_themselves(tmp_path: Path) -> None:
    sheet = merged(tmp_path / "f.xlsx", listing(project(total=200), project(2, "乙路", total=None)), "E4:E5")

    assert {("E4", "merged_amount"), ("E5", "merged_amount")} <= codes(sheet)


def test_a_phone_in_a_note_is_named(tmp_path: Path) -> None:
    rows = listing(project(), ["注：联系人示例，电话13700003333"])
    assert ("A5", "pii_masked") in codes(read(tmp_path / "f.xlsx", rows))


def test_an_amount_beyond_any_district_project_is_doubted(tmp_path: Path) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(total=12_500_000), project(2, "乙路", total=9_999_999)))

    assert ("E4", "unit_suspect") in codes(sheet) and ("E5", "unit_suspect") not in codes(sheet)


@pytest.mark.parametrize("text", ["不详", "未知", "待核", "待测算", "暂缺"])
def test_words_for_not_known_are_named(tmp_path: Path, text: str) -> None:
    sheet = read(tmp_path / "f.xlsx", listing(project(total=text)))

    assert value(sheet.projects[0], "total_investment") is None
    assert {code for cell, code in codes(sheet) if cell == "E4"} & {"undetermined", "unparsed"}


def test_the_lead_and_the_responsible_unit_are_two_columns(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "责任单位", "主要问题", "需协调解决事项", "牵头部门", "配合部门", "限期"],
            [1, "甲路", "区教育局", "管线未迁", "请区里协调", "区建管委", "桃浦镇", "9月底"]]  # fmt: skip
    row = read(tmp_path / "f.xlsx", rows).problems[0]

    assert (value(row, "responsible_unit"), value(row, "lead_unit")) == ("区教育局", "区建管委")
    assert (value(row, "problems"), value(row, "request")) == ("管线未迁", "请区里协调")
    assert value(row, "due") == "2022-09-30"


def test_a_lead_column_alone_is_the_responsible_unit(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "需协调解决的问题", "牵头部门", "解决时限"],
            [1, "甲路", "管线未迁", "区建管委", "9月底"]]  # fmt: skip
    row = read(tmp_path / "f.xlsx", rows).problems[0]

    assert (value(row, "problems"), value(row, "responsible_unit")) == ("管线未迁", "区建管委")


@pytest.mark.parametrize("header", ["一季度目标", "上半年目标", "6月底目标", "三季度形象进度目标"])
def test_a_goal_for_part_of_the_year_is_not_the_annual_goal(tmp_path: Path, header: str) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", "总投资", header, "全年目标"],
            [1, "甲路", 500, "开工", "结构封顶"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert value(sheet.projects[0], "goal") == "结构封顶"
    assert sheet.columns["D3"] == f"other:{header}"


@pytest.mark.parametrize("header", ["本月完成率", "6月完成率", "本月计划完成率", "月度完成比例"])
def test_the_ratio_of_one_month_is_not_the_ratio_of_the_year(tmp_path: Path, header: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "累计完成", header],
            [1, "甲路", 1000, 500, "97%"], [2, "乙路", 1000, 500, "95%"]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["E3"] == f"other:{header}"


def test_progress_and_problems_in_one_column_are_progress_and_say_so(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "累计完成", "形象进度及存在问题"],
            [1, "甲路", 500, "主体施工，管线未迁"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "work") == "主体施工，管线未迁"
    assert ("D3", "combined_column") in codes(sheet)


def test_a_total_that_counts_its_projects_is_a_total(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "本月完成"],
            ["合计 1项", None, 1000, 100], [1, "甲路", 1000, 100], ["小计：1个项目", None, 1000, 100]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert (sheet.row_counts()["total"], sheet.row_counts()["subtotal"]) == (1, 1)


def test_done_under_a_month_of_investment_is_this_months(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], ["序号", "项目名称", "6月投资（万元）", None, None],
            [None, None, "计划", "完成", "完成率"], [1, "甲路", 400, 390, "97.5%"]]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:E2", month=date(2022, 6, 1))

    assert value(sheet.projects[0], "month_investment") == 3_900_000
    assert value(sheet.projects[0], "year_ratio") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("区建管委牵头，区房管局、桃浦镇配合", ("区建管委", "区房管局", "桃浦镇")),
        ("牵头：区建管委；配合：区房管局、桃浦镇", ("区建管委", "区房管局", "桃浦镇")),
        ("牵头单位:区建管委 配合单位:区房管局", ("区建管委", "区房管局")),
        ("区房管局（配合）、区建管委（牵头）", ("区建管委", "区房管局")),
        ("区建管委、区房管局等", ("区建管委", "区房管局")),
        ("区建管委、区房管局等部门", ("区建管委", "区房管局")),
        ("区建管委（道路科、桥梁科）、桃浦镇", ("区建管委（道路科、桥梁科）", "桃浦镇")),
        ("上海示例建设配合饲料公司", ("上海示例建设配合饲料公司",)),
        ("高等学校", ("高等学校",)),
        ("区建管委+区房管局", ("区建管委", "区房管局")),
        ("区建管委｜区房管局", ("区建管委", "区房管局")),
        ("区建管委＆桃浦镇", ("区建管委", "桃浦镇")),
    ],
)
def test_units_apart_without_their_parts(text: str, found: tuple[str, ...]) -> None:
    assert split_units(text) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("√ 已解决", (CLOSED, None)),
        ("已销号√", (CLOSED, None)),
        ("× 未解决", (OPEN, None)),
        ("否，继续跟踪", (OPEN, None)),
        ("未销号，正在协调", (OPEN, None)),
        ("是，剩余1项", (PARTLY, "status_partly")),
        ("完成80%", (PARTLY, "status_partly")),
        ("√ 未解决", (None, "status_unclear")),
    ],
)
def test_states_with_a_mark_and_a_word(text: str, told: tuple[str | None, str | None]) -> None:
    assert read_status(text, header="是否销号") == told


def test_problems_under_a_heading_that_names_the_project_belong_to_it(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "存在问题", "责任部门", "解决时限"], ["一、甲路（责任单位：区建管委）"],
            [1, "管线未迁", "区建管委", "9月底"], ["二、征收方面问题"], [1, "用地未批", "区建管委", "9月底"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)
    first, second = sheet.problems
    name = first.get("name")

    assert name is not None and (name.value, name.cell) == ("甲路", "A3")
    assert second.get("name") is None
    assert ("A3", "name_from_heading") in codes(sheet)


@pytest.mark.parametrize(
    "header", ["本月计划投资", "6月计划投资", "6月投资计划", "当月计划", "6月份计划完成投资"]
)
def test_what_was_planned_for_this_month_is_read_to_compare(tmp_path: Path, header: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", header, "本月完成投资", "5月计划投资"],
            [1, "甲路", "约500", 450, 400]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert value(sheet.projects[0], "planned_this_month") == 5_000_000
    assert value(sheet.projects[0], "month_investment") == 4_500_000
    assert sheet.columns["E3"] == "other:5月计划投资"


def test_a_plan_of_this_month_in_words_stays_as_written(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本月计划", "本月完成投资"],
            [1, "甲路", "完成2号楼封顶", 450]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["C3"] == "other:本月计划"


def test_each_value_of_an_unknown_column_says_so(tmp_path: Path) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", "总投资", "分管领导"], [1, "甲路", 500, "示例"]]
    row = read(tmp_path / "f.xlsx", rows).projects[0]

    assert [r.flags for r in row.values if r.field.startswith("other:")] == [("unmapped_column",)]


@pytest.mark.parametrize(
    "header", ["销号（√）/未销号（×）", "已销号√／未销号×", "是/否", "√/×", "解决/未解决"]
)
def test_a_header_that_names_both_states_does_not_turn_the_tick_round(header: str) -> None:
    assert read_status("√", header=header)[0] == CLOSED
    assert read_status("×", header=header)[0] == OPEN


@pytest.mark.parametrize("header", ["未销号", "是否销号／否", "未解决（打√）", "是否解决／未解决"])
def test_a_header_that_names_the_open_state_turns_the_tick_round(header: str) -> None:
    assert read_status("√", header=header)[0] == OPEN


@pytest.mark.parametrize(
    ("line", "yuan"), [("单位：万", 1_000_000), ("单位：亿", 10_000_000_000), ("（单位：万）", 1_000_000)]
)
def test_a_unit_without_its_last_word(tmp_path: Path, line: str, yuan: int) -> None:
    rows = [["2022年清单"], [line], ["序号", "项目名称", "总投资"], [1, "甲路", 100]]
    assert value(read(tmp_path / "f.xlsx", rows).projects[0], "total_investment") == yuan


def test_how_it_was_settled_beside_whether_it_is_closed_is_progress(tmp_path: Path) -> None:
    rows = [
        ["问题清单"],
        ["项目名称", "存在问题", "整改落实情况", "是否销号"],
        ["甲路", "管线未迁", "已对接", "×"],
    ]
    row = read(tmp_path / "f.xlsx", rows).problems[0]

    assert (value(row, "work"), value(row, "status")) == ("已对接", "×")


def test_a_row_of_data_is_never_the_header_of_a_problem_list(tmp_path: Path) -> None:
    rows = [["重大工程问题清单"], ["序号", "项目名称", "没办成的具体内容", "责任单位", "解决时限", "销号情况", "进展情况"],
            [1, "甲路", "问题一未解决", "区建管委", "9月底", "×", "推进中"],
            [2, "乙路", "问题二未解决", "区建管委", "9月底", "×", "推进中"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert sheet.header_rows == (2,)
    assert [value(row, "problems") for row in sheet.problems] == ["问题一未解决", "问题二未解决"]
    assert ("C2", "guessed_column") in codes(sheet)


def test_a_repeated_header_holds_no_amount(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    head = [["序号", "项目名称", "总投资", "完成投资", None], [None, None, None, "本月", "累计"]]
    write(
        path, [["6月月报"], ["单位：万元"], *head, [1, "甲路", 100, 10, 20], *head, [2, "乙路", 200, 10, 20]]
    )
    book = load_workbook(path)
    for top in (3, 6):
        for column in "ABC":
            book.worksheets[0].merge_cells(f"{column}{top}:{column}{top + 1}")
        book.worksheets[0].merge_cells(f"D{top}:E{top}")
    book.save(path)
    sheet = only_sheet(path, month=date(2022, 6, 1))

    assert len(sheet.projects) == 2 and "merged_amount" not in {code for _, code in codes(sheet)}
