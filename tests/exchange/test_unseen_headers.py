"""没见过的表头：换了说法的列认作该认的字段，猜的写明是猜的，不该认的不认（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from kaopu.exchange.excel_in.synonyms import recognise_header, recognise_problem
from tests.exchange.test_unseen_layouts import UNIT, read
from tests.exchange.workbooks import codes, only_sheet, value, write


@pytest.mark.parametrize("header", ["项目全称", "工程项目", "重大工程", "标的工程"])
def test_a_name_column_by_another_name_is_found_and_named(tmp_path: Path, header: str) -> None:
    rows = [["2022年清单"], UNIT, ["序号", header, "责任单位", "总投资", "年度目标"],
            [1, "甲路", "区建管委", 500, "开工"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert value(sheet.projects[0], "name") == "甲路"


def test_rows_of_a_sheet_without_a_header_are_each_named(tmp_path: Path) -> None:
    rows = [["示例"], ["甲", "乙", "丙", "丁"], [1, 2, 3, 4], [5, 6, 7, 8]]
    sheet = read(tmp_path / "f.xlsx", rows)

    assert sheet.kind == "unknown"
    assert {("A3", "rejected_row"), ("A4", "rejected_row")} <= codes(sheet)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("下月目标", "next_steps"),
        ("下月形象进度计划", "next_steps"),
        ("后续计划", "next_steps"),
        ("备注（联系情况）", "note"),
        ("建设单位联系人", None),
        ("年度任务", "goal"),
        ("下月形象进度", "next_steps"),
        ("2022年投资", "planned_investment"),
        ("2022年度投资额", "planned_investment"),
        ("2022年拟完成投资", "planned_investment"),
        ("2021年投资", None),
        ("2021年及以前完成投资", "cumulative_before"),
        ("动工时间", "planned_start"),
        ("实际/计划开工时间", "planned_start"),
        ("实际开工时间", None),
        ("项目公司", "owner"),
        ("投资主体", "owner"),
        ("工程规模", "scale"),
        ("建设类型", "nature"),
        ("施工进度", "progress"),
        ("2022年底形象进度", None),
        ("6月拟完成投资", None),
        ("排序", "seq"),
    ],
)
def test_headers_by_other_words(header: str, field: str | None) -> None:
    assert recognise_header(header, year=2022) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [("收集时间", "raised_on"), ("办理单位", "responsible_unit"), ("参与单位", "assist_units")],
)
def test_problem_headers_by_other_words(header: str, field: str) -> None:
    assert recognise_problem(header) == field


def test_a_goal_column_of_amounts_is_the_plan(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度目标", "累计完成"], [1, "甲路", 3000, 1500],
            [2, "乙路", "2,000", 900]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "planned_investment") for row in sheet.projects] == [30_000_000, 20_000_000]


@pytest.mark.parametrize(
    "header", ["占年度%", "占年度％", "占年度（%）", "占全年%", "占年%", "占年度比重", "完成占年度%", "年度%"]
)
def test_the_share_of_the_year_by_its_usual_short_names(header: str) -> None:
    assert recognise_header(header, year=2022) == "year_ratio"


def test_a_slash_is_nothing_to_say_and_not_a_problem(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "负责单位", "本月完成投资", "工作进展", "存在问题"]
    rows: list[list[object]] = [
        ["2022年6月月报"], ["单位：万元"], header,
        [1, "甲路", "区建管委", 10, "主体三层", "/"], [2, "乙校", "区教育局", 20, "—", "无"],
    ]  # fmt: skip
    first, second = only_sheet(write(tmp_path / "a.xlsx", rows)).projects

    assert (value(first, "responsible_unit"), value(first, "problems")) == ("区建管委", None)
    assert (value(second, "work"), value(second, "problems")) == (None, "无")


def test_a_summary_by_unit_is_not_a_report_of_projects(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月完成情况汇总"], ["单位：万元"], ["序号", "单位名称", "项目数", "年度计划投资", "累计完成投资"],
        [1, "区教育局", 3, 100, 50], [2, "区卫健委", 2, 200, 60], ["合计", None, 5, "=SUM(D4:D5)", "=SUM(E4:E5)"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="汇总"))

    assert (sheet.kind, sheet.projects) == ("statistics", ())


@pytest.mark.parametrize(("struck", "left"), [("BCD", ["占道"]), ("B", [])])
def test_a_struck_first_row_does_not_take_the_other_problems_of_its_project(
    tmp_path: Path, struck: str, left: list[str]
) -> None:
    """整行划去，划到的合并名称是随着划的；只划名称的，是撤销整个项目。"""
    rows: list[list[object]] = [
        ["问题清单"], ["序号", "项目名称", "存在问题", "责任部门", "解决时限"],
        [1, "甲站", "管线未迁", "区建管委", None], [2, None, "占道", "公安分局", "2022-08-31"],
    ]  # fmt: skip
    path = write(tmp_path / "a.xlsx", rows)
    book = load_workbook(path)
    book.worksheets[0].merge_cells("B3:B4")
    for column in struck:
        book.worksheets[0][f"{column}3"].font = Font(strike=True)
    book.save(path)

    assert [value(row, "problems") for row in only_sheet(path).problems] == left


def test_the_state_of_a_problem_is_its_status() -> None:
    assert recognise_problem("问题状态") == "status"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("以前年度完成", "cumulative_before"),
        ("占年度目标比例", "year_ratio"),
        ("后续工作", "next_steps"),
        ("目标期限", "goal_due"),
        ("需领导协调事项", "problems"),
    ],
)
def test_words_that_were_taken_for_another_field_without_a_word(header: str, field: str) -> None:
    assert recognise_header(header, year=2022) == field


def test_an_extent_with_its_own_unit_is_the_scale(tmp_path: Path) -> None:
    rows = [["2022年6月进展"], ["序号", "项目名称", "长度", "计划进场时间", "工作进展"],
            [1, "甲路", "1.2公里", "2022年7月", "招标"], [2, "乙路", "2.3公里", "2022年8月", "招标"]]  # fmt: skip
    row = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).projects[0]

    assert (value(row, "scale"), value(row, "planned_start")) == ("1.2公里", "2022-07-31")


def test_the_offices_beside_subtotals_are_the_units(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "单位", "项目名称", "年度计划投资", "本月完成"],
            [1, "区卫健委", "甲院", 500, 30], [None, "小计", None, 500, 30], [2, "区教育局", "乙校", 600, 40]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "responsible_unit") for row in sheet.projects] == ["区卫健委", "区教育局"]


@pytest.mark.parametrize(("year", "field"), [(900, "planned_investment"), (100, "other:本年度投资")])
def test_a_year_of_investment_beyond_what_is_done_can_only_be_planned(
    tmp_path: Path, year: int, field: str
) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本年度投资", "本月完成投资", "累计完成投资"],
            [1, "甲路", 100, 20, 100], [2, "乙路", year, 30, 200]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["C3"] == field


@pytest.mark.parametrize("stage", ["形象进度", "工程进展"])
def test_progress_under_investment_is_the_share_of_it(tmp_path: Path, stage: str) -> None:
    """以前“投资／进度”占了形象进度，真写着形象进度的一列反而没有读。"""
    path = tmp_path / "f.xlsx"
    rows = [["2022年6月月报"], ["序号", "项目名称", "投资（万元）", None, None, stage],
            [None, None, "总投资", "1-6月完成", "进度", None],
            [1, "甲路", 3000, 1351.5, "45%", "60%"], [2, "乙路", 4000, 1000, "25%", "50%"]]  # fmt: skip
    write(path, rows)
    book = load_workbook(path)
    for place in ("A2:A3", "B2:B3", "C2:E2", "F2:F3"):
        book.active.merge_cells(place)
    book.save(path)
    row = only_sheet(path, month=date(2022, 6, 1)).projects[0]

    assert (value(row, "year_ratio"), value(row, "progress")) == ("45", "60")


def test_shares_and_stages_in_a_problem_list_are_its_progress(tmp_path: Path) -> None:
    rows = [["2022年瓶颈问题清单"], ["序号", "项目名称", "瓶颈问题", "解决进度", "形象进度", "牵头单位", "当前状态"],
            [1, "甲路", "光缆未迁", "14%", "桩基施工", "桃浦镇", "推进中"],
            [2, "乙路", "用地未批", "38%", "正在招标", "桃浦镇", "推进中"]]  # fmt: skip
    row = read(tmp_path / "f.xlsx", rows).problems[0]

    assert [value(row, name) for name in ("progress", "work", "status")] == ["14", "桩基施工", "推进中"]


def test_the_stage_of_this_month_counts_whichever_comes_first(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本月完成投资", "5月形象进度", "6月形象进度"],
            [1, "甲路", 20, "桩基施工", "主体施工"], [2, "乙路", 30, "腾地", "桩基施工"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    told = [row.text("work") or row.text("progress") for row in sheet.projects]
    assert told == ["主体施工", "桩基施工"]


def test_what_is_finished_after_the_year_is_the_projects_end(tmp_path: Path) -> None:
    """2023 年的目标不会 2024 年才到期。"""
    rows = [["2022年重点项目进度表"], ["序号", "项目名称", "总投资（万元）", "完成时限", "年度工作目标", "半年工作进展"],
            [1, "甲路", 20, "2023年7月", "封顶", "主体施工"], [2, "乙路", 30, "2022年8月", "竣工", "装修"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["D2"] == "planned_finish" and ("D2", "doubtful_column") in codes(sheet)


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("签约率", "48%"),
        ("序时进度", "50%"),
        ("月完成率", "80%"),
        ("开累比例", "23%"),
        ("预计全年完成", 300),
        ("施工进度(环)", 25),
        ("街道联络人", "某某"),
    ],
)
def test_what_only_looks_like_this_years_is_left_as_text(
    tmp_path: Path, header: str, content: object
) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本月完成投资", header],
            [1, "甲路", 20, content], [2, "乙路", 30, content]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["D3"] == f"other:{header}"


def test_the_head_of_a_group_is_no_project(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "本月完成"],
            [None, "河道整治"], [1, "甲河", 500, 30], [2, "乙河", 400, 20], ["小计", None, 900, 50],
            [None, "泵站管网"], [3, "丙泵站", 600, 40], ["小计", None, 600, 40]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "name") for row in sheet.projects] == ["甲河", "乙河", "丙泵站"]
    assert sheet.projects[2].heading == "泵站管网"


def test_a_count_of_projects_is_no_project(tmp_path: Path) -> None:
    rows = [["2022年全年汇总表"], UNIT, ["序号", "单位", "项目", "总投资", "年度计划", "12月", "全年", "完成率"],
            [1, "教育局", 7, 900, 500, 40, 480, "96%"], [2, "地产集团", 7, 800, 400, 30, 390, "97%"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 12, 1))

    assert sheet.kind == "statistics" and not sheet.projects


def test_a_ratio_written_as_a_fraction_is_asked_about_once(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "累计完成投资", "完成率"],
            [1, "甲路", 1000, 472, 0.472], [2, "乙路", 1000, 300, 0.5]]  # fmt: skip
    found = codes(read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)))

    assert ("E4", "looks_like_fraction") in found and ("E4", "ratio_mismatch") not in found
    assert ("E5", "ratio_mismatch") in found


def test_a_column_of_problems_and_steps_is_kept_as_problems_and_said(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本月完成投资", "存在问题及下一步措施"],
            [1, "甲路", 20, "管线未迁，抓紧协调"], [2, "乙路", 30, "无"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.columns["D3"] == "problems" and ("D3", "combined_column") in codes(sheet)


def test_a_span_of_work_has_a_start_and_an_end(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["2022年清单"], UNIT, ["序号", "项目名称", "总投资", "计划起止时间", None, "协办单位", "2022年建设内容"],
        [None, None, None, "开始", "结束", None, None], [1, "甲路", 900, "2021.11", "2023.8", "长征镇、桃浦镇", "路基"],
    ])  # fmt: skip
    book = load_workbook(path)
    for place in ("A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4"):
        book.active.merge_cells(place)
    book.save(path)
    row = only_sheet(path).projects[0]

    assert (value(row, "planned_start"), value(row, "planned_finish")) == ("2021-11-30", "2023-08-31")
    assert row.get("assist_units").items == ("长征镇", "桃浦镇") and value(row, "goal") == "路基"


@pytest.mark.parametrize(
    ("header", "content", "field"),
    [
        ("年度完成%", 30.9, "year_ratio"), ("完成进度（%）", 97, "progress"), ("工程完成百分比", "34%", "progress"),
        ("牵头协调部门", "区科委", "responsible_unit"), ("床位及面积", "床位240张，2.3万平方米", "scale"),
    ],
)  # fmt: skip
def test_headers_a_clerk_writes_in_passing(tmp_path: Path, header: str, content: object, field: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "年度计划投资", "本月完成投资", header],
            [1, "甲路", 500, 20, content], [2, "乙路", 600, 30, content]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["E3"] == field


def test_the_responsible_unit_is_the_one_called_so(tmp_path: Path) -> None:
    rows = [["2022年清单"], UNIT, ["序号", "项目名称", "总投资", "牵头单位", "责任单位"],
            [1, "甲路", 500, "区建管委", "桃浦镇"]]  # fmt: skip
    row = read(tmp_path / "f.xlsx", rows).projects[0]

    assert (value(row, "lead_unit"), value(row, "responsible_unit")) == ("区建管委", "桃浦镇")


def test_a_sheet_whose_names_are_unknown_is_read_beside_its_total(tmp_path: Path) -> None:
    rows = [["投资完成情况", None, None, None, "亿元"], ["线路/工点", "2022年下达计划", "6月份完成", "1—6月完成", "完成率"],
            ["嘉闵线桃浦区间风井", 3.81, 0.2265, 1.539, 0.404], ["20号线主变电所", 0.24, 0.0115, 0.075, 0.312], ["合计", 4.05, 0.24, 1.6, None]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert [value(row, "name") for row in sheet.projects] == ["嘉闵线桃浦区间风井", "20号线主变电所"]
    assert value(sheet.projects[0], "planned_investment") == 381_000_000


@pytest.mark.parametrize(
    ("header", "field"),
    [("计划", "next_steps"), ("年度计划", "goal"), ("累计完成", "work")],
)
def test_words_under_a_header_of_sums_are_not_lost(tmp_path: Path, header: str, field: str) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "总投资", header, "存在问题"],
            [1, "甲路", 500, "主体结构封顶并拆模", "管线"], [2, "乙路", 600, "完成桩基施工检测", "腾地"]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["D3"] == field


def test_the_state_of_the_works_makes_no_problem_list(tmp_path: Path) -> None:
    rows = [["用电接入项目进展"], ["序号", "项目名称", "用户", "工程状态", "协调事项"],
            [1, "甲站", "某公司", "土建施工", "请区建管委协调"], [2, "乙站", "某集团", "电缆敷设", "请街道支持"]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).kind == "monthly_report"


def test_one_leaf_under_a_header_merged_downwards_is_a_second_level(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["2022年社会投资项目"], UNIT, ["序号", "项目名称", "开发企业", "总投资", "已完成投资"], [None, None, None, None, "截至上年末"],
        [1, "甲楼", "某公司", 9000, 970], [2, "乙楼", "某公司", 8000, 100]])  # fmt: skip
    book = load_workbook(path)
    for place in ("A3:A4", "B3:B4", "C3:C4", "D3:D4"):
        book.active.merge_cells(place)
    book.save(path)
    sheet = only_sheet(path)

    assert sheet.header_rows == (3, 4) and sheet.kind == "project_list"
    assert [value(row, "cumulative_before") for row in sheet.projects] == [9_700_000, 1_000_000]


@pytest.mark.parametrize("header", ["进展状态", "备注"])
def test_the_citys_list_is_a_list_however_its_last_column_is_called(tmp_path: Path, header: str) -> None:
    rows = [["上海市重大工程正式项目名单"], ["序号", "项目名称", header], ["一", "科技产业类（2项）", None],
            [1, "甲基地", "在建"], [2, "乙基地", "新开工"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert (sheet.kind, sheet.level) == ("project_list", "municipal")
    assert [value(row, "note") for row in sheet.projects] == ["在建", "新开工"]


def test_progress_in_bare_numbers_is_progress(tmp_path: Path) -> None:
    rows = [["2022年6月月报"], UNIT, ["序号", "项目名称", "本月完成投资", "完成进度"],
            [1, "甲路", 20, 27.3], [2, "乙路", 30, "27.9%"], [3, "丙路", 30, 15]]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).columns["D3"] == "progress"


def test_the_annual_sum_of_a_plan_is_no_total(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", [
        ["2022年6月投资计划执行"], UNIT, ["序号", "项目名称", "2022年", None], [None, None, "计划总额", "1-6月完成"],
        [1, "甲路", 490, 73], [2, "乙路", 3960, 830]])  # fmt: skip
    book = load_workbook(path)
    for place in ("A3:A4", "B3:B4", "C3:D3"):
        book.active.merge_cells(place)
    book.save(path)

    assert only_sheet(path, month=date(2022, 6, 1)).columns["C3"] == "planned_investment"


def test_a_row_of_a_schedule_is_not_taken_for_the_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["7月份重大工程会议安排"], ["时间", "会议名称", "地点", "参加单位", "召集人"],
        ["7月3日14:00", "桃浦绿地方案评审会", "区政府301", "区规资局、桃浦镇", "王局"],
        ["7月10日9:30", "真如绿廊协调会", "局会议室", "真如镇街道", "李处"],
        ["7月18日", "月度例会", "区政府201", "各责任单位", "分管区长"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="会议安排"), month=date(2022, 6, 1))

    assert (sheet.kind, sheet.projects) == ("unknown", ())
