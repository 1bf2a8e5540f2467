"""词表里没有的表头：凭字眼与内容推字段并写明是推的；别的名单、台账不会因此变成项目（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.result import SheetReading
from kaopu.exchange.excel_in.synonyms import recognise_header
from kaopu.exchange.excel_in.units import without_unit
from tests.exchange.workbooks import codes, only_sheet, value, write

JUNE = date(2022, 6, 1)
NAMES = ("甲路道路工程", "乙校新建工程", "丙桥大修工程")


def read(tmp_path: Path, header: list[str], *columns: list[object], title: str = "6月情况") -> SheetReading:
    """名称列之外，一列一个表头、几格内容。"""
    rows = [[title], ["单位：万元"], header, *([*cells] for cells in zip(NAMES, *columns, strict=False))]
    return only_sheet(write(tmp_path / "a.xlsx", rows, sheet="月报"), month=JUNE)


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("全年任务数", [1000, 2000, 3000], "planned_investment"),
        ("年内投资安排", [1000, 2000, 3000], "planned_investment"),
        ("2022年拟投", [1000, 2000, 3000], "planned_investment"),
        ("总盘子", [1000, 2000, 3000], "total_investment"),
        ("投资额", ["2亿元", "超过300万元", "约500万元"], "total_investment"),
        ("本月产值", [100, 200, 300], "month_investment"),
        ("其中6月", [100, 200, 300], "month_investment"),
        ("年内已投", [100, 200, 300], "cumulative_investment"),
        ("历年投入资金", [100, 200, 300], "cumulative_before"),
        ("进度比", ["50%", "60%", "70%"], "year_ratio"),
        ("工地面貌", ["主体三层", "完成路基80%", "前期手续办理中"], "work"),
        ("最新动态", ["主体三层", "路基", "前期手续办理中"], "work"),
        ("影响进度的因素", ["管线未迁", "占道", "资金"], "problems"),
        ("企业诉求", ["请区里协调", "尽快批复", "支持接电"], "request"),
        ("下步举措", ["7月中旬完成底板浇筑", "争取开工", "装修"], "next_steps"),
        ("预计完成", ["2023年7月", "6月底", "2023.6"], "planned_finish"),
        ("受让企业", ["西部集团", "中环集团", "城投公司"], "owner"),
        ("责任领导及单位", ["区住建局", "南桥镇", "区交通委"], "responsible_unit"),
        ("责任人（单位）", ["区住建局、南桥镇", "南桥镇", "区交通委"], "responsible_unit"),
        ("参与单位", ["区住建局", "南桥镇", "区交通委"], "assist_units"),
        ("工程节点", ["初步设计评审通过", "路基处理完成", "土方外运"], "work"),
        ("明年一季度计划", ["启动招标", "完成顶板", "开工建设"], "next_steps"),
        ("二季度工作安排", ["启动招标", "完成顶板", "开工建设"], "next_steps"),
        ("工程预算", [100, 200, 300], "total_investment"),
    ],
)
def test_a_column_is_guessed_from_its_words_and_its_content_and_said(
    tmp_path: Path, header: str, cells: list[object], field: str
) -> None:
    sheet = read(tmp_path, ["项目名称", "建设性质", header], ["新建"] * 3, cells)

    assert sheet.columns["C3"] == field
    assert ("C3", "guessed_column") in codes(sheet)
    flags = [reading.flags for row in sheet.projects for reading in row.values if reading.field == field]
    assert len(flags) == 3 and all("guessed_column" in flag for flag in flags)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("去年同期", [100, 200, 300]),
        ("2021年实际", [100, 200, 300]),
        ("已拨付资金", [100, 200, 300]),
        ("合同金额", [100, 200, 300]),
        ("建筑面积（平方米）", [100, 200, 300]),
        ("其中：前期费", [100, 200, 300]),
        ("6月推进安排", ["浇筑", "开工", "装修"]),
        ("施工单位", ["甲建", "乙建", "丙建"]),
    ],
)
def test_what_tells_of_other_things_is_not_guessed(tmp_path: Path, header: str, cells: list[object]) -> None:
    sheet = read(tmp_path, ["项目名称", "本月进展", header], ["施工中"] * 3, cells)

    assert sheet.columns["C3"].startswith("other:") and ("C3", "unmapped_column") in codes(sheet)


@pytest.mark.parametrize("header", ["场馆", "路段", "校名及修缮内容", "菜市场名称", "更新单元"])
def test_the_name_of_a_table_whose_words_are_all_new_is_found_by_its_content(
    tmp_path: Path, header: str
) -> None:
    sheet = read(tmp_path, [header, "年内已投", "目前情况"], [100, 200, 300], ["路基", "主体三层", "装修"])

    assert [row.text("name") for row in sheet.projects] == list(NAMES)
    assert value(sheet.projects[1], "cumulative_investment") == 2_000_000
    assert ("A3", "guessed_column") in codes(sheet)


OTHER_TABLES = {
    "联络员": (["序号", "姓名", "部门", "职务"], ["张某", "建管科", "科长"], ["李某", "计财科", "科员"]),
    "会议": (["序号", "会议名称", "时间", "主要内容"], ["推进会", "6月3日", "研究进度"], ["督查会", "6月9日", "通报问题"]),
    "设备": (["序号", "设备名称", "数量", "金额（元）"], ["挖掘机", 2, 600000], ["压路机", 1, 400000]),
    "单位": (["序号", "责任单位", "计划（万元）", "累计完成（万元）"], ["区教育局", 100, 50], ["区卫健委", 200, 60]),
    "街镇": (["序号", "街镇", "计划投资（万元）", "主要问题"], ["桃浦镇", 100, "征收慢"], ["长征镇", 200, "无"]),
    "类别": (["序号", "类别", "计划投资（万元）", "情况"], ["市政基础设施类", 100, "正常"], ["住宅类", 200, "慢"]),
    "月份": (["序号", "月份", "计划投资（万元）", "完成投资（万元）"], ["1月", 100, 50], ["2月", 200, 60]),
    "指标": (["序号", "指标名称", "年度目标", "1-6月完成"], ["固定资产投资", 100, 50], ["税收", 200, 60]),
    "资金": (["序号", "资金名称", "下达金额（万元）", "累计完成（万元）"], ["专项债", 100, 50], ["补助", 200, 60]),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHER_TABLES)
def test_lists_of_other_things_do_not_become_projects(tmp_path: Path, kind: str) -> None:
    header, *body = OTHER_TABLES[kind]
    rows = [[f"{kind}情况"], header, *([seq, *cells] for seq, cells in enumerate(body, 1))]
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="附"), month=JUNE)

    assert (sheet.projects, sheet.problems) == ((), ())


def test_units_in_a_row_of_their_own_under_a_header_of_new_words(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["进度月报"], ["序号", "泵站名称", "批复概算", "本年累计完成", "完成年计划", "进展"],
        [None, None, "万元", "万元", "%", None], [1, "甲泵站", 900, 270, 50, "围护"], [2, "乙泵站", 800, 80, 20, "前期"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows), month=JUNE)

    assert [value(row, "total_investment") for row in sheet.projects] == [9_000_000, 8_000_000]
    assert [value(row, "cumulative_investment") for row in sheet.projects] == [2_700_000, 800_000]


def test_months_side_by_side_under_done_are_done_and_not_planned(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["分月完成情况"], ["单位：万元"], ["序号", "项目名称", "年度计划", "4月", "5月", "6月", "1-6月合计"],
        [1, "甲路", 1000, 10, 20, 30, 60],
    ]  # fmt: skip
    row = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="分月完成"), month=JUNE).projects[0]

    fields = ("previous_investment", "month_investment", "cumulative_investment")
    assert [value(row, field) for field in fields] == [200_000, 300_000, 600_000]
    assert row.get("plan_investment", 6) is None


def test_this_month_under_plan_is_planned_and_under_done_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [["附表"], ["单位：万元"], ["序号", "项目名称", "计划", None, "完成", None],
                 [None, None, "年度", "本月", "本月", "累计"], [1, "甲路", 800, 100, 90, 300]])  # fmt: skip
    book = load_workbook(path)
    for area in ("A3:A4", "B3:B4", "C3:D3", "E3:F3"):
        book.worksheets[0].merge_cells(area)
    book.save(path)
    row = only_sheet(path, month=JUNE).projects[0]

    fields = ("planned_investment", "planned_this_month", "month_investment", "cumulative_investment")
    assert [value(row, field) for field in fields] == [8_000_000, 1_000_000, 900_000, 3_000_000]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("已完成投资（至2021年底，万元）", "cumulative_before"),
        ("开工以来累计投资", "cumulative_investment"),  # 合到整张表时定为开工以来累计
        ("代建项目", None),
        ("代建单位", "owner"),
    ],
)
def test_headers_told_apart(header: str, field: str | None) -> None:
    assert recognise_header(header, year=2022) == field


@pytest.mark.parametrize("header", ["开工以来累计投资", "项目总累计", "开工至今完成投资"])
def test_since_the_start_is_never_this_years_sum(tmp_path: Path, header: str) -> None:
    sheet = read(tmp_path, ["项目名称", header, "进展"], [100, 200, 300], ["路基"] * 3)

    assert (value(sheet.projects[0], "since_start"), value(sheet.projects[0], "cumulative_investment")) == (
        1_000_000, None,
    )  # fmt: skip


def test_only_the_unit_is_taken_out_of_a_bracket() -> None:
    assert without_unit("已完成（至2021年底，万元）") == "已完成(至2021年底)"
    assert without_unit("总投资（单位：亿元）") == "总投资"


def test_amounts_that_name_their_own_unit_are_not_said_to_be_lost(tmp_path: Path) -> None:
    rows = [
        ["6月月报"],
        ["项目名称", "总投资", "进展"],
        ["甲路", "2亿元", "路基"],
        ["乙路", "300万元", "路基"],
    ]
    assert (
        "unit_unknown" not in dict(codes(only_sheet(write(tmp_path / "a.xlsx", rows), month=JUNE))).values()
    )

    rows[3][1] = 300
    sheet = only_sheet(write(tmp_path / "b.xlsx", rows), month=JUNE)
    assert ("B2", "unit_unknown") in codes(sheet) and value(sheet.projects[1], "total_investment") is None


def test_a_ratio_is_not_held_against_the_total_when_there_is_no_plan(tmp_path: Path) -> None:
    columns = [[1000, 2000, 3000], [100, 200, 300], ["50%", "50%", "50%"]]
    without = read(tmp_path, ["项目名称", "总投资", "本年累计完成", "完成率"], *columns)
    held = read(tmp_path, ["项目名称", "年度计划", "本年累计完成", "完成率"], *columns)

    assert "ratio_mismatch" not in [code for _, code in codes(without)]
    assert [code for _, code in codes(held)].count("ratio_mismatch") == 3


def test_a_report_in_words_is_kept_and_only_instructions_are_not(tmp_path: Path) -> None:
    told = [["6月桃浦片区进展总体平稳，三个项目按计划推进。"], ["武宁路因管线未迁，较计划滞后十天。"]]
    asked = [["一、本表由各单位填报。"], ["二、金额保留两位小数。"]]

    kinds = [only_sheet(write(tmp_path / "a.xlsx", rows, sheet="情况说明")).kind for rows in (told, asked)]
    assert kinds == ["prose", "instructions"]


def test_a_slash_is_no_department_and_the_assisting_units_are_told_apart(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["问题清单"], ["序号", "项目名称", "存在问题", "责任单位（牵头）", "责任单位（配合）", "整改时限"],
        [1, "甲路", "管线未迁", "区建管委", "区水务局", None], [2, "乙路", "占道", "区房管局", "/", None],
    ]  # fmt: skip
    first, second = only_sheet(write(tmp_path / "a.xlsx", rows)).problems

    assert (first.text("assist_units"), second.text("assist_units")) == ("区水务局", "")


def test_a_number_beside_a_serial_is_the_code(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年区属重大工程清单"], ["编号", "序号", "项目名称", "性质"], ["PT2022-544", 1, "甲路", "新建"],
    ]  # fmt: skip
    row = only_sheet(write(tmp_path / "a.xlsx", rows)).projects[0]

    assert (value(row, "code"), value(row, "seq")) == ("PT2022-544", 1)


def test_the_citys_list_by_another_word(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["市级项目"], ["序号", "项目名称", "备注"], ["一", "城市基础设施类（1项）", None],
        ["（一）", "轨道交通（1项）", None], [1, "轨道交通某线", "在建"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="市级"))

    assert (sheet.kind, sheet.level, len(sheet.projects)) == ("project_list", "municipal", 1)


def test_a_monthly_report_full_of_problems_is_no_problem_list(tmp_path: Path) -> None:
    header = [
        "序号",
        "项目名称",
        "总投资",
        "1-5月累计完成投资",
        "6月完成投资",
        "1-6月累计完成投资",
        "存在问题",
        "需协调事项",
    ]
    rows: list[list[object]] = [
        ["2022年6月区属重大工程推进情况月报"], ["单位：万元"], header,
        [1, "甲路", 1000, 100, 20, 120, "①动迁腾地慢 ②资金缺口约800万元", "请区房管局加快动迁"],
        [2, "乙校", 2000, 200, 30, 230, "前期手续办理周期较长", "建议区里召开专题会协调腾地"],
        [3, "丙桥", 3000, 300, 40, 340, "周边居民投诉夜间施工", "请属地街道配合做好居民解释工作"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="区属项目"), month=JUNE)

    assert (sheet.kind, sheet.columns["H3"]) == ("monthly_report", "request")
    fields = ("previous_cumulative", "month_investment", "cumulative_investment")
    assert [value(sheet.projects[0], field) for field in fields] == [1_000_000, 200_000, 1_200_000]


def test_numbers_under_how_far_it_is_done_are_done_and_not_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [["6月月报"], ["单位：万元"], ["序号", "项目名称", "年度计划", "完成情况", None, None, "形象进度"],
                 [None, None, None, "6月", "1-6月", "完成率", None],
                 [1, "甲路", 400, 16, 80, "20%", "桩基"], [2, "乙路", 500, 30, 100, "20%", "主体三层"]])  # fmt: skip
    book = load_workbook(path)
    for area in ("A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4"):
        book.worksheets[0].merge_cells(area)
    book.save(path)
    row = only_sheet(path, month=JUNE).projects[0]

    fields = ("month_investment", "cumulative_investment", "year_ratio", "work")
    assert [value(row, field) for field in fields] == [160_000, 800_000, "20", "桩基"]


def test_of_the_months_under_a_group_only_this_one_is_this_month(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [["二季度逐月完成投资"], ["单位：万元"], ["序号", "项目名称", "年度计划", "实际完成投资", None, None],
                 [None, None, None, "4月", "5月", "6月"], [1, "甲路", 400, 10, 20, 30]])  # fmt: skip
    book = load_workbook(path)
    for area in ("A3:A4", "B3:B4", "C3:C4", "D3:F3"):
        book.worksheets[0].merge_cells(area)
    book.save(path)
    sheet = only_sheet(path, month=JUNE)
    row = sheet.projects[0]

    assert sheet.kind == "monthly_report" and sheet.columns["D3"].startswith("other:")
    assert (value(row, "previous_investment"), value(row, "month_investment")) == (200_000, 300_000)


def test_a_list_in_a_file_of_a_month_is_said_to_be_no_report(tmp_path: Path) -> None:
    rows = [["区属项目清单"], ["项目名称", "总投资（万元）", "建设性质"], ["甲路", 100, "新建"]]
    path = write(tmp_path / "a.xlsx", rows)

    assert ("A1", "list_in_month") in codes(only_sheet(path, month=JUNE))
    assert ("A1", "list_in_month") not in codes(only_sheet(path))


def test_a_lone_request_is_a_request_and_a_problem_to_be_solved_a_problem(tmp_path: Path) -> None:
    """报表上“需协调事项”单独一列的也是请求，写入时并进存在问题；“需协调解决的问题”是问题。"""
    told = ["路基"] * 3, ["请区里协调", "管线", "占道"]
    asked = read(tmp_path, ["项目名称", "进展", "需区层面协调事项"], *told)
    raised = read(tmp_path, ["项目名称", "进展", "需协调解决的问题"], *told)

    assert (asked.columns["C3"], raised.columns["C3"]) == ("request", "problems")


def merged(path: Path, rows: list[list[object]], *areas: str, sheet: str = "月报") -> SheetReading:
    """写一张有合并的 6 月月报再读。"""
    book = load_workbook(write(path, rows, sheet=sheet))
    for area in areas:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return only_sheet(path, month=JUNE)


def test_a_header_of_four_levels(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年6月月报"], ["单位：万元"],
        ["序号", "项目名称", "投资情况", None, None, None, None, "推进情况", None],
        [None, None, "总投资", "2022年度", None, None, None, "本月进展", "问题"],
        [None, None, None, "计划", "完成", None, None, None, None],
        [None, None, None, None, "本月", "累计", "占比", None, None],
        [1, "甲路", 900, 300, 20, 60, 0.2, "桩基", "占道"],
    ]  # fmt: skip
    areas = ("A3:A6", "B3:B6", "C3:G3", "H3:I3", "C4:C6", "D4:G4", "H4:H6", "I4:I6", "D5:D6", "E5:G5")
    sheet = merged(tmp_path / "a.xlsx", rows, *areas)
    row = sheet.projects[0]

    fields = ("total_investment", "planned_investment", "month_investment", "cumulative_investment")
    assert [value(row, field) for field in fields] == [9_000_000, 3_000_000, 200_000, 600_000]
    assert (row.text("work"), row.text("problems"), "sub" in sheet.row_counts()) == ("桩基", "占道", False)


def test_units_as_the_third_level(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["分馆建设"], ["序号", "分馆项目名称", "完成投资", None, None, "实施进展"],
        [None, None, "上月", "本月", "年累", None], [None, None, "万元", "万元", "万元", None],
        [1, "甲馆", 5, 85, 90, "桩基"],
    ]  # fmt: skip
    row = merged(tmp_path / "a.xlsx", rows, "A2:A4", "B2:B4", "C2:E2", "F2:F4").projects[0]

    fields = ("previous_investment", "month_investment", "cumulative_investment")
    assert [value(row, field) for field in fields] == [50_000, 850_000, 900_000]


def test_a_few_months_beside_the_sum_of_the_year_are_done(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["民政项目建设情况表"], ["2022年6月", "单位：万元"],
        ["序号", "项目名称", "本年度计划", "4月", "5月", "6月", "1至6月", "推进情况"],
        [1, "甲院", 1000, 10, 20, 30, 60, "桩基"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="民政"), month=JUNE)

    fields = ("previous_investment", "month_investment", "cumulative_investment")
    assert sheet.kind == "monthly_report"
    assert [value(sheet.projects[0], field) for field in fields] == [200_000, 300_000, 600_000]


def test_a_problem_list_in_every_days_words(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["项目推进卡点台账"],
        ["编号", "工程名称", "卡点堵点描述", "对策", "谁来办", "何时办结", "目前办到哪一步", "销号情况", "发现日期"],
        [1, "甲站", "占道", "会商", "区建管委", "2022年10月底", "已协调", "未销号", "2022-03-15"],
        [2, "乙校", "缺地", "会商", "区教育局", "2022年11月底", "已上报", "已销号", "2022-03-16"],
    ]  # fmt: skip
    row = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="台账")).problems[0]

    assert {field: value(row, field) for field in ("responsible_unit", "due", "status", "work")} == {
        "responsible_unit": "区建管委", "due": "2022-10-31", "status": "未销号", "work": "已协调",
    }  # fmt: skip


def test_a_table_with_amounts_is_no_problem_list(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["社区微更新项目（6月）"], ["项目名称", "牵头科室", "投资(元)", "年内已投(元)", "进度说明", "计划完成时间", "矛盾困难"],
        ["甲路", "民政科", 8840000, 213500, "桩基", "2022年10月底", "占道"],
        ["乙校", "教育科", 5950000, 292000, "主体", "2022年11月底", "缺地"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="微更新"), month=JUNE)

    assert (sheet.kind, value(sheet.projects[0], "cumulative_investment")) == ("monthly_report", 213500)


def test_the_day_it_was_sent_is_not_the_month_it_tells_of(tmp_path: Path) -> None:
    rows = [["6月月报"], ["报送时间：2022年7月3日"], ["项目名称", "本月完成投资（万元）"], ["甲路", 10]]

    assert "month_mismatch" not in {
        code for _, code in codes(only_sheet(write(tmp_path / "a.xlsx", rows), month=JUNE))
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [("截至上月底完成", "previous_cumulative"), ("2021年及以前", "cumulative_before"), ("是否完工", None)],
)
def test_more_headers_told_apart(header: str, field: str | None) -> None:
    assert (recognise_header(header, year=2022) or None) == field


def test_a_month_over_planned_and_done_is_not_the_month_itself(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["河道整治项目"], ["单位：万元"], ["序号", "河道名称", "全年投资计划", "6月", None, "1-6月", None, "当前形象"],
        [None, None, None, "计划", "实际", "计划", "实际", None], [1, "甲河", 1000, 20, 30, 60, 70, "桩基"],
    ]  # fmt: skip
    row = merged(tmp_path / "a.xlsx", rows, "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "H3:H4").projects[0]

    fields = ("planned_this_month", "month_investment", "cumulative_investment")
    assert [value(row, field) for field in fields] == [200_000, 300_000, 700_000]


def test_a_problem_list_may_tell_of_the_investment_touched(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "存在问题", "解决时限", "牵头单位", "涉及投资", "是否解决"]
    rows: list[list[object]] = [
        ["二季度问题"],
        header,
        [1, "甲校", "缺地", "2022年10月底", "区建管委", None, "否"],
    ]
    sheet = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="二季度"))

    assert (sheet.kind, value(sheet.problems[0], "due")) == ("problem_list", "2022-10-31")


def test_months_in_words_beside_the_progress_are_what_will_be_done(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["重大工程推进表"], ["序号", "项目名称", "目前进展", "7月", "8月", "9月"],
        [1, "甲路", "桩基", "完成桩基", "完成底板2层", "出正负零"], [2, "乙校", "前期", "招标", "进场", "开挖"],
    ]  # fmt: skip
    row = only_sheet(write(tmp_path / "a.xlsx", rows, sheet="推进"), month=JUNE).projects[0]

    assert [value(row, "plan_work", month) for month in (7, 8, 9)] == ["完成桩基", "完成底板2层", "出正负零"]


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("当年安排", ["37800万元", "34900万元", "1.2亿元"], "planned_investment"),
        ("历年累计完成", [100, 200, 300], "cumulative_before"),
        ("卡在哪里", ["管线未迁", "占道", "资金"], "problems"),
        ("施工到哪里了", ["桩基", "主体三层", "装修"], "work"),
        ("推进举措", ["专题会商", "挂图作战", "倒排节点"], "measures"),
    ],
)
def test_more_columns_guessed(tmp_path: Path, header: str, cells: list[object], field: str) -> None:
    sheet = read(tmp_path, ["项目名称", "建设性质", header], ["新建"] * 3, cells)

    assert sheet.columns["C3"] == field and ("C3", "guessed_column") in codes(sheet)


def test_this_years_investment_alone_is_neither_planned_nor_done(tmp_path: Path) -> None:
    sheet = read(tmp_path, ["项目名称", "建设性质", "本年投资"], ["新建"] * 3, [100, 200, 300])

    assert sheet.columns["C3"].startswith("other:")


def test_advice_that_asks_somebody_is_a_request(tmp_path: Path) -> None:
    cells = ["请区财政局尽快下达资金", "请区建管委牵头召开协调会", "/"]
    asked = read(tmp_path, ["项目名称", "进展", "建议"], ["路基"] * 3, cells)
    planned = read(tmp_path, ["项目名称", "进展", "建议"], ["路基"] * 3, ["倒排节点", "挂图作战", "专题会商"])

    assert (asked.columns["C3"], planned.columns["C3"]) == ("request", "next_steps")


def test_whether_it_lags_is_not_how_far_it_is(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月月报"], ["序号", "项目名称", "本月完成（万元）", "形象进度", None],
        [None, None, None, "工程", "是否滞后"], [1, "甲路", 10, "桩基", "是"], [2, "乙路", 20, "装修", "否"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "a.xlsx", rows, "A2:A3", "B2:B3", "C2:C3", "D2:E2")

    assert (sheet.columns["D2"], sheet.columns["E2"].startswith("other:")) == ("work", True)


def test_words_beside_the_percentage_are_the_progress(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月月报"], ["项目名称", "形象进度（%）", "文字说明", "协调需求"], ["甲路", "85%", "二次结构砌筑中", None],
    ]  # fmt: skip
    row = only_sheet(write(tmp_path / "a.xlsx", rows), month=JUNE).projects[0]

    assert (value(row, "progress"), row.text("work")) == ("85", "二次结构砌筑中")
