"""各单位的版式：一行一张表，写明是哪一种、各列该认作什么（HANDBOOK §7.1 W2、W3，§7.2 第2条）。"""

from __future__ import annotations

from pathlib import Path

import pytest

from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.layouts import JUNE, LAYOUTS, LIST, REPORT, fields_of, read
from tests.exchange.workbooks import codes, listing, project, write


@pytest.mark.parametrize(("kind", "title", "columns"), LAYOUTS)
def test_a_layout_is_of_its_kind_and_its_columns_are_what_they_say(
    tmp_path: Path, kind: str, title: str, columns: str
) -> None:
    sheet, fields = read(tmp_path, title, columns, month=None if kind == LIST else JUNE)

    assert (sheet.kind, fields_of(sheet)) == (kind, fields)


@pytest.mark.parametrize(
    "columns",
    [
        "项目名称:名=name 建设性质:话=nature 年度目标:话=goal 本年度投资（万元）:数=planned_investment",
        "项目名称:名=name 简介:话=scale 里程碑目标:话=goal 里程碑日期:日=goal_due 行业主管:家=responsible_unit",
        "项目名称:名=name 总投资（万元）:数=total_investment 街镇自筹（万元）:数=- 启动月份:日=planned_start 完成月份:日=planned_finish",
        "实事项目内容:名=name 年度目标:话=goal 主办单位:家=responsible_unit 协办单位:家=assist_units",
    ],
)
def test_a_years_list_by_other_words(tmp_path: Path, columns: str) -> None:
    sheet, fields = read(tmp_path, "2022年项目计划表", columns, month=None)

    assert (sheet.kind, fields_of(sheet)) == ("project_list", fields)


def test_the_group_of_a_plan_does_not_overrule_what_its_columns_say(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年项目计划表"],
        ["项目名称", "投资计划", None, "2022年度计划", None, "责任单位"],
        [None, "总投资（亿元）", "今年安排（万元）", "形象目标", "完成节点", None],
        ["甲路", 8.33, 3600, "竣工", "2022年12月底", "区建管委"], ["乙桥", 3.25, 11100, "封顶", "10月底", "区建管委"],
    ]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows), year=2022).sheets[0]

    assert fields_of(sheet) == [
        "name", "total_investment", "planned_investment", "goal", "goal_due", "responsible_unit",
    ]  # fmt: skip


def test_two_columns_of_progress_are_one_text(tmp_path: Path) -> None:
    sheet, _ = read(tmp_path, "工程进展", "项目名称:名=name 形象进度:话=work 推进情况:难=work")

    assert sheet.projects[0].text("work") == "主体结构施工至三层\n管线搬迁滞后"


@pytest.mark.parametrize(
    ("columns", "cell", "other"),
    [
        ("项目名称:名=name 完成比例:率=progress 进展:话=work", "B2", "年度完成率"),
        ("项目名称:名=name 计划完成时间:日=planned_finish 进展:话=work", "B2", "目标时间"),
        ("项目名称:名=name 代建单位:家=owner 进展:话=work", "B2", "责任单位"),
    ],
)
def test_what_only_the_other_columns_tell_is_asked_about(
    tmp_path: Path, columns: str, cell: str, other: str
) -> None:
    sheet, fields = read(tmp_path, "推进情况", columns)

    assert fields_of(sheet) == fields
    assert any(w.cell == cell and w.code == "doubtful_column" and other in w.message for w in sheet.warnings)


def test_counts_of_houses_are_no_dates(tmp_path: Path) -> None:
    sheet, fields = read(tmp_path, "加装电梯进展", "小区:名=name 开工:件=- 竣工:件=- 本月进展:话=work")

    assert fields_of(sheet) == fields


def test_a_list_of_meetings_is_no_list_of_problems(tmp_path: Path) -> None:
    sheet, _ = read(
        tmp_path, "重点工程调度会议计划", "序号:序=- 会议主题:话=- 拟定时间:日=- 参会单位:家=- 议题数量:件=-"
    )

    assert sheet.kind == "unknown"


def test_a_table_called_a_summary_that_tells_of_each_project_is_read(tmp_path: Path) -> None:
    columns = "学校:名=name 建设内容:话=scale 建设性质:话=nature 计划交付:日=planned_finish 项目数:件=- 亟需解决的问题:难=problems"
    sheet, fields = read(tmp_path, "基本建设项目汇总", columns)

    assert (sheet.kind, fields_of(sheet)) == (REPORT, fields)


@pytest.mark.parametrize("place", [0, 1])
def test_the_unit_may_stand_in_the_corner_or_under_the_header(tmp_path: Path, place: int) -> None:
    unit = [[None, None, "投资：亿元"], ["单位：亿元"]]
    rows: list[list[object]] = [["进展情况"], ["项目名称", "进展", "总投资"], ["甲路", "路基", 4.71]]
    rows.insert(1 + place, unit[place])
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows), year=2022, month=JUNE).sheets[0]

    (project,) = sheet.projects
    reading = project.get("total_investment")
    assert reading is not None and reading.value == 471_000_000


def test_the_months_under_a_sum_are_months_and_the_sum_is_the_sum(tmp_path: Path) -> None:
    months = [f"{number}月" for number in range(1, 7)]
    rows: list[list[object]] = [
        ["月报（万元）"],
        ["项目名称", "年度计划投资", "1-6月投资完成", *[None] * 6, "进展"],
        [None, None, *months, "小计", None],
        ["甲路", 1000, 10, 20, 30, 40, 50, 200, 350, "路基"],
        ["乙桥", 3000, 100, 200, 300, 400, 500, 470, 1970, "桩基"],
    ]
    path = write(tmp_path / "f.xlsx", rows)
    sheet = read_workbook(path, year=2022, month=JUNE).sheets[0]

    told = dict(zip("ABCDEFGHIJ", fields_of(sheet), strict=True))
    assert (told["C"], told["G"], told["H"], told["I"]) == (
        "-", "previous_investment", "month_investment", "cumulative_investment",
    )  # fmt: skip
    assert not [code for cell, code in codes(sheet) if cell.startswith("G") and code == "doubtful_column"]


def test_two_units_in_one_cell_of_a_list_are_named_and_said(tmp_path: Path) -> None:
    rows = listing(project(unit="区建管委、区水务局"), project(2, "乙桥", unit="示例 置业有限公司"))
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows), year=2022).sheets[0]

    first, second = (row.get("responsible_unit") for row in sheet.projects)
    assert (
        first is not None and first.items == ("区建管委", "区水务局") and first.value == "区建管委、区水务局"
    )
    assert second is not None and second.items == ()
    assert [cell for cell, code in codes(sheet) if code == "several_units"] == ["C4"]


def test_bare_months_that_add_up_to_the_running_total_are_done_not_planned(tmp_path: Path) -> None:
    months = [f"{number}月" for number in range(1, 13)]
    body = [[name, 5000, *[100] * 6, *[None] * 6, 600, "桩基"] for name in ("甲路工程", "乙桥工程")]
    rows: list[list[object]] = [
        ["工程进度统计（万元）"],
        ["项目名称", "年度计划", *months, "累计", "形象进度"],
        *body,
    ]
    done = read_workbook(write(tmp_path / "a.xlsx", rows), year=2022, month=JUNE).sheets[0]
    rows[0] = ["分月投资计划（万元）"]
    planned = read_workbook(write(tmp_path / "b.xlsx", rows), year=2022, month=JUNE).sheets[0]

    assert (done.kind, done.columns["H2"], planned.columns["H2"]) == (
        REPORT,
        "month_investment",
        "plan_investment",
    )


def test_a_summary_of_other_sheets_names_no_projects(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["汇总"], ["单位", "项目（个）", "本月完成（万元）", "情况说明"],
        ["甲局", "=甲局!A1", "=甲局!B1", "正常"], ["乙局", "=乙局!A1", "=乙局!B1", "正常"],
    ]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="汇总"), year=2022, month=JUNE).sheets[0]

    assert sheet.kind == "statistics" and not sheet.projects


def test_the_parts_of_a_sum_share_its_unit_and_one_level_is_not_all_the_funds(tmp_path: Path) -> None:
    header: list[list[object]] = [
        [
            "项目名称",
            "投资额（万元）",
            "其中",
            None,
            "市级财力（万元）",
            "区级财力（万元）",
            "2022年",
            None,
            "进展",
        ],
        [None, None, "社会资金", "企业自筹", None, None, "1-6月完成", "其中6月", None],
    ]
    body = [
        ["甲路", 15300, 10200, 5100, 600, 7980, 900, 45, "路基"],
        ["乙桥", 8400, 5000, 3400, 0, 8400, 500, 280, "桩基"],
    ]
    rows: list[list[object]] = [["进展情况"], *header, *body]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows), year=2022, month=JUNE).sheets[0]

    assert sheet.units["social_funds"] == "万元"
    assert fields_of(sheet)[4:8] == ["-", "-", "cumulative_investment", "month_investment"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("未达序时进度原因", "problems"),
        ("亟待解决事项", "problems"),
        ("责任人", "-"),
        ("总体情况", "work"),
    ],
)
def test_a_column_of_words_beside_the_money(tmp_path: Path, header: str, field: str) -> None:
    columns = f"项目名称:名=name 总投资（万元）:数=total_investment 本月完成（万元）:数=month_investment {header}:难={field}"
    sheet, fields = read(tmp_path, "6月月报", columns)

    assert fields_of(sheet) == fields
