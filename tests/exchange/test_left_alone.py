"""看着像而不是的：表尾的内容行不是注，任务不是完成数，一截的单位不管全表（HANDBOOK §7.2 第2、3、4条）。"""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.layouts import JUNE, sheet_of
from tests.exchange.workbooks import codes, value

Row = list[object]
PROBLEMS: Row = ["序号", "项目名称", "存在问题", "责任单位", "整改时限"]


def test_a_problem_continued_in_the_last_row_is_no_note(tmp_path: Path) -> None:
    rows: list[Row] = [["重大工程问题清单"], PROBLEMS, [1, "甲路", "征收方面：2户未签约", "区征收中心", "2022年7月底"],
                       [None, None, "资金方面：缺口2000万元"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="问题")

    assert [row.kind for row in sheet.rows] == ["title", "header", "problem", "problem"]


def test_a_project_written_with_a_colon_is_no_note(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["项目清单（万元）"],
        ["项目名称", "责任单位", "总投资"],
        ["甲路", "区建管委", 100],
        ["地产集团：保障房三期"],
    ]
    sheet = sheet_of(tmp_path, rows, month=None, name="区属")

    assert [row.text("name") for row in sheet.projects] == ["甲路", "地产集团：保障房三期"]


def test_whom_to_call_below_the_table_is_a_note(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["问题清单"],
        PROBLEMS,
        [1, "甲路", "管线未迁", "区水务局", "2022年7月底"],
        [],
        ["联系处室：区府办一科"],
    ]

    assert sheet_of(tmp_path, rows, name="问题").row_counts()["note"] == 1


@pytest.mark.parametrize(
    "header",
    [
        "前6个月任务",
        "1-6月任务",
        "前6个月指标",
        "1-6月应投",
        "前5个月安排",
        "1-6月序时",
        "前6个月拟完成投资",
        "1-6月需完成投资",
        "前5个月力争完成",
    ],
)
def test_what_was_to_be_done_so_far_is_not_what_was_done(tmp_path: Path, header: str) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "年度计划投资", header, "前6个月完成"],
                       [1, "甲路", 300, 150, 120], [2, "乙桥", 200, 90, 80]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert sheet.columns["D2"].startswith("other:") and sheet.columns["E2"] == "cumulative_investment"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("本月完成投资（财政+自筹）", "month_investment"),
        ("本年累计投入（财政+社会）", "cumulative_investment"),
        ("资金盘（财力+自筹）", "total_investment"),
        ("2021年上半年完成投资", "other:2021年上半年完成投资"),
        ("2021年6月计划", "other:2021年6月计划"),
        ("总投资（财政+社会）累计完成", "cumulative_investment"),
        ("本月完成投资（入库数）", "month_investment"),
        ("2022年截至本月计划投资", "other:2022年截至本月计划投资"),
        ("2022年前6月计划投资", "other:2022年前6月计划投资"),
    ],
)
def test_the_whole_of_the_funds_or_a_part_done(tmp_path: Path, header: str, field: str) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", header, "形象进度"],
                       [1, "甲路", 30, "主体"], [2, "乙桥", 20, "桩基"]]  # fmt: skip

    assert sheet_of(tmp_path, rows, name="月报").columns["C2"] == field


@pytest.mark.parametrize(
    "heading",
    [
        "市级项目（总投资单位：亿元）",
        "二、市级项目（总投资单位：亿元）",
        "二、市级项目（亿元）",
        "亿元以上项目，总投资以亿元为单位",
    ],
)
def test_the_unit_of_a_section_is_not_the_unit_of_the_rows_above(tmp_path: Path, heading: str) -> None:
    rows: list[Row] = [["2022年6月月报（单位：万元）"], ["序号", "项目名称", "总投资", "本月完成投资", "形象进度"],
                       [1, "甲路", 850, 30, "主体"], [heading], [2, "乙桥", 12, 20, "桩基"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert value(sheet.projects[0], "total_investment") == 8_500_000
    assert len(sheet.projects) == 1 or not heading.endswith("）")  # 换了单位的一段不读，说明原因


def test_the_unit_told_between_the_table_and_who_filled_it(tmp_path: Path) -> None:
    rows: list[Row] = [["2022年6月月报（单位：万元）"], ["序号", "项目名称", "总投资", "本月完成投资", "形象进度"],
                       [1, "甲路", 1.2, 30, "主体"], ["总投资单位为亿元"], ["填表人：", None, "审核：", None, "2022年6月25日"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert (
        value(sheet.projects[0], "total_investment") == 120_000_000 and "rejected" not in sheet.row_counts()
    )


def test_a_bulleted_group_that_counts_in_words_is_a_heading(tmp_path: Path) -> None:
    rows: list[Row] = [["项目清单（万元）"], ["序号", "项目名称", "责任单位", "总投资"], ["●市政基础设施类（2个）"],
                       [1, "甲路", "区建管委", 1200], [2, "乙桥", "区水务局", 800]]  # fmt: skip

    assert sheet_of(tmp_path, rows, month=None, name="区属").row_counts()["category"] == 1


def test_projects_marked_with_a_star_are_projects(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["项目清单（万元）"],
        ["项目名称", "责任单位", "总投资"],
        ["★甲路（1）", "区建管委", 1200],
        ["乙桥", "区水务局", 800],
    ]

    assert len(sheet_of(tmp_path, rows, month=None, name="区属").projects) == 2


@pytest.mark.parametrize(
    ("header", "content"),
    [("土地挂牌时间", "2022年5月底"), ("投资计划下达时间", "2022年2月"), ("开工辰光", "2022年5月")],
)
def test_dates_of_the_project_are_not_dates_of_the_problem(tmp_path: Path, header: str, content: str) -> None:
    rows: list[Row] = [["问题清单"], ["序号", "项目名称", "存在问题", "责任单位", header, "整改时限"],
                       [1, "甲路", "管线未迁", "区水务局", content, "2022年7月底"], [2, "乙桥", "腾地未完", "区建管委", content, "2022年8月底"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="问题")

    assert sheet.columns["E2"] not in ("raised_on", "due") or ("E2", "doubtful_column") in codes(sheet)


def test_a_plan_of_progress_in_money_is_not_done(tmp_path: Path) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "投资进展计划", None, "形象进度"], [None, None, "6月", "7月"],
                       [1, "甲路", 45, 30, "主体"], [2, "乙桥", 23, 20, "桩基"]]  # fmt: skip
    path = tmp_path / "f.xlsx"
    sheet_of(tmp_path, rows, name="月报")
    book = load_workbook(path)
    for place in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        book.worksheets[0].merge_cells(place)
    book.save(path)

    sheet = read_workbook(path, year=2022, month=JUNE).sheets[0]

    assert sheet.columns["C2"] != "month_investment"


def test_words_among_the_figures_of_progress_stay_words(tmp_path: Path) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "本月完成投资", "工程面貌"],
                       [1, "甲路", 30, "80%"], [2, "乙桥", 20, "60%"], [3, "丙校", 20, "主体结构封顶"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert [row.text("work") for row in sheet.projects] == ["80%", "60%", "主体结构封顶"]


def test_who_watches_is_not_who_does_it(tmp_path: Path) -> None:
    rows: list[Row] = [["问题清单"], ["序号", "项目名称", "存在问题", "牵头单位", "督导单位", "解决时限"],
                       [1, "甲路", "管线未迁", "区水务局", "区府办督查室", "2022年7月底"], [2, "乙桥", "腾地未完", "区建管委", "区府办督查室", "2022年8月底"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="问题")

    assert sheet.columns["E2"].startswith("other:") or ("E2", "guessed_column") in codes(sheet)


def test_when_it_was_cleared_or_is_to_be_is_asked(tmp_path: Path) -> None:
    rows: list[Row] = [["问题清单"], ["序号", "项目名称", "存在问题", "责任单位", "清零时间", "销号时间"],
                       [1, "甲路", "管线未迁", "区水务局", "2022-05-01", "2022-05-20"], [2, "乙桥", "腾地未完", "区建管委", "2022-05-03", "2022-05-22"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="问题")

    assert sheet.columns["F2"] == "closed_on" and ("E2", "guessed_column") in codes(sheet)


def test_what_was_done_of_the_task_is_not_the_plan(tmp_path: Path) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "年度计划", "本月完成任务量", "形象进度"],
                       [1, "甲路", 200, 20, "主体"], [2, "乙桥", 300, 30, "桩基"]]  # fmt: skip

    assert "planned_this_month" not in sheet_of(tmp_path, rows, name="月报").columns.values()


def test_a_project_alone_below_a_note_is_a_project(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["2022年6月月报（万元）"],
        ["项目名称", "总投资", "形象进度"],
        ["甲路", 200, "主体"],
        ["注：以上为续建项目。"],
        ["丁河整治"],
        ["戊地块"],
    ]

    assert len(sheet_of(tmp_path, rows, name="月报").projects) == 3


def test_who_invests_in_a_remark_is_no_unit(tmp_path: Path) -> None:
    rows: list[Row] = [["项目清单（万元）"], ["序号", "项目名称", "总投资", "备注"], [1, "甲路", 3000],
                       [2, "乙路改建", None, "投资单位：某集团"], [3, "丙路", 4000]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, month=None, name="区属")

    assert [row.text("name") for row in sheet.projects] == ["甲路", "乙路改建", "丙路"]


def test_a_goal_in_per_cent_is_no_ratio_done(tmp_path: Path) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "总投资", "年度目标（%）", "本月完成投资"],
                       [1, "甲路", 12000, 80, 200], [2, "乙路", 8000, 60, 100]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert sheet.columns["D2"] != "year_ratio" or ("D2", "doubtful_column") in codes(sheet)


def test_a_report_of_plans_and_progress_is_no_plan(tmp_path: Path) -> None:
    header: Row = [
        "序号",
        "项目名称",
        "总投资",
        "4月末形象进度",
        "5月末形象进度",
        "6月末形象进度",
        "本月完成投资",
    ]
    rows: list[Row] = [["2022年6月重大工程投资计划及进度表（万元）"], header,
                       [1, "甲路", 12000, "桩基", "承台", "墩柱", 200], [2, "乙路", 8000, "清表", "路基", "路面", 100]]  # fmt: skip

    assert sheet_of(tmp_path, rows).kind == "monthly_report"


def test_when_it_will_be_reported_is_not_when_it_was_raised(tmp_path: Path) -> None:
    rows: list[Row] = [["问题清单"], ["序号", "项目名称", "存在问题", "责任单位", "预计何时上报"],
                       [1, "甲路", "材料未齐", "区发改委", "2022-07-15"], [2, "乙路", "用地未批", "区规资局", "2022-07-20"]]  # fmt: skip

    assert sheet_of(tmp_path, rows, name="问题").columns["E2"] == "due"


def test_whom_to_ask_is_not_the_problem(tmp_path: Path) -> None:
    rows: list[Row] = [["问题清单"], ["序号", "项目名称", "主要情况", "请哪位区领导出面", "责任单位", "完成时限"],
                       [1, "甲路", "管线搬迁滞后，影响施工", "张副区长", "区建管委", "2022-07-15"],
                       [2, "乙路", "绿化补偿未达成一致", "李副区长", "区绿化局", "2022-07-20"]]  # fmt: skip

    assert sheet_of(tmp_path, rows, name="问题").columns["D2"] != "problems"


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("影响相关工程", ["二期工程", "三期工程"], "name"),
        ("是否恢复施工", ["是", "否"], "status"),
        ("合同了结情况", ["已签", "未签"], "status"),
        ("工程完成时点", ["2022年8月", "2022年9月"], "due"),
    ],
)
def test_a_column_beside_the_problem_is_not_taken_for_its_own(
    tmp_path: Path, header: str, cells: list[str], field: str
) -> None:
    rows: list[Row] = [["问题清单"], ["序号", header, "项目名称", "存在问题", "责任单位", "办理情况"],
                       [1, cells[0], "甲路", "管线未迁", "区水务局", "已解决"], [2, cells[1], "乙桥", "腾地未完", "区建管委", "办理中"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="问题")

    assert sheet.columns["B2"] != field and sheet.columns["C2"] == "name"


@pytest.mark.parametrize("header", ["完成征收目标%", "完成开工目标(%)", "手续总体完成情况"])
def test_a_share_of_something_else_is_not_the_years_or_the_works(tmp_path: Path, header: str) -> None:
    rows: list[Row] = [["2022年6月月报（万元）"], ["序号", "项目名称", "总投资", "本月完成投资", header],
                       [1, "甲路", 12000, 200, "35%"], [2, "乙路", 8000, 100, "60%"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="月报")

    assert sheet.columns["E2"] != "year_ratio"
    assert sheet.columns["E2"] != "progress" or ("E2", "doubtful_column") in codes(sheet)


@pytest.mark.parametrize("header", ["交办意见", "会议定了什么", "滞后缘由", "根子"])
def test_the_only_column_that_tells_is_the_problem(tmp_path: Path, header: str) -> None:
    rows: list[Row] = [["重大工程督办事项清单"], ["序号", "项目名称", "责任单位", "办理时限", header, "办理情况"],
                       [1, "甲路", "区水务局", "2022年7月", "管线搬迁滞后请抓紧", "办理中"], [2, "乙桥", "区建管委", "2022年8月", "腾地尚未完成请加快", "办理中"]]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, name="督办")

    assert sheet.columns["E2"] == "problems"
