"""写法各异的表头与题头：年份写两位、一季度写 Q1、合计列、单位夹在填报日期后面（HANDBOOK §7.1、§7.2 第2、3条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.exchange.layouts import fields_of, sheet_of
from tests.exchange.test_composed_headers import merged
from tests.exchange.workbooks import codes, value

NAMES = ("甲路拓宽工程", "乙小学迁建工程", "丙河整治工程")


def rows_of(*cells: object) -> list[list[object]]:
    """三个项目，各列写一样的内容。"""
    return [[name, *cells] for name in NAMES]


@pytest.mark.parametrize(
    "note",
    [
        "填报日期：2022年6月28日　万元",
        "某某（集团）有限公司　　人民币万元",
        "合并报送，万元",
        "计划口径：万元　区水务所",
    ],
)
def test_a_unit_told_in_passing_above_the_table_holds_for_it(tmp_path: Path, note: str) -> None:
    sheet = sheet_of(
        tmp_path, [["工程月报"], [note], ["项目名称", "总投资", "累计完成投资"], *rows_of(1200, 300)]
    )

    assert value(sheet.projects[0], "total_investment") == 12_000_000


def test_an_amount_told_above_the_table_is_not_its_unit(tmp_path: Path) -> None:
    rows = [
        ["工程月报"],
        ["共12个项目，总投资 86000 万元"],
        ["项目名称", "总投资", "累计完成投资"],
        *rows_of(1.2, 0.3),
    ]
    sheet = sheet_of(tmp_path, rows)

    assert value(sheet.projects[0], "total_investment") is None and ("B4", "unit_unknown") in codes(sheet)


def test_a_unit_of_fiscal_funds_holds_where_no_column_tells_them(tmp_path: Path) -> None:
    """“单位：万元（财政资金）”：没有写财政的列，说的是全表。"""
    sheet = sheet_of(
        tmp_path,
        [["计划表"], ["单位：万元（财政资金）"], ["项目名称", "总投资", "年度计划投资"], *rows_of(1200, 300)],
    )

    assert value(sheet.projects[0], "planned_investment") == 3_000_000


def test_a_year_in_two_digits_is_a_year(tmp_path: Path) -> None:
    header = ["项目名称", "性质", "投资匡算", "至21年底", "22年", "主要节点"]
    rows = [["重大工程清单"], ["单位：亿元"], header, *rows_of("新建", 2.65, 0.94, 0.85, "北半幅通车")]
    sheet = sheet_of(tmp_path, rows, month=None)

    assert fields_of(sheet)[2:] == ["total_investment", "cumulative_before", "planned_investment", "goal"]


def test_a_column_of_years_and_months_written_as_numbers_tells_dates(tmp_path: Path) -> None:
    rows = [
        ["工程实施计划（万元）"],
        ["项目名称", "总投资", "施工起", "施工止"],
        *rows_of(6850, 2022.4, 2023.9),
    ]

    assert fields_of(sheet_of(tmp_path, rows, month=None))[2:] == ["planned_start", "planned_finish"]


@pytest.mark.parametrize(
    ("top", "parts", "field"),
    [
        ("估（概）算（万元）", ["工程费", "前期动迁费", "合计"], "total_investment"),
        ("资金构成（万元）", ["财政", "企业自筹", "合计"], "total_investment"),
        ("本年投资计划（万元）", ["自有资金", "融资", "小计"], "planned_investment"),
    ],
)
def test_the_sum_of_a_group_is_the_whole(tmp_path: Path, top: str, parts: list[object], field: str) -> None:
    rows = [["项目表"], ["序号", "项目名称", top, None, None, "建设单位"], [None, None, *parts, None]]
    rows += [[n, name, 20, 10, 30, "区建管委"] for n, name in enumerate(NAMES, 1)]
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:E2", "F2:F3")

    assert sheet.columns["E2"] == field and sheet.columns["C2"] != field


def test_a_plan_for_the_next_month_is_told_by_its_title(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["下月投资计划申报表"], ["单位：万元"], ["项目名称", "全年任务", "本年累计", None, "7月份计划", None],
        [None, None, "金额", "占全年", "金额", "施工部位及内容"], *rows_of(4200, 1890, "45%", 380, "屋面落架大修"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A3:A4", "B3:B4", "C3:D3", "E3:F3", sheet="申报")

    assert sheet.kind == "monthly_plan"
    assert fields_of(sheet)[1:] == [
        "planned_investment",
        "cumulative_investment",
        "year_ratio",
        "plan_investment",
        "plan_work",
    ]


def test_shares_planned_for_the_end_of_each_month_are_planned_progress(tmp_path: Path) -> None:
    header = ["项目名称", "责任部门", "6月底实际", "7月底计划", "8月底计划", "9月底计划"]
    rows = [["形象进度月度计划（累计百分比）"], header, *rows_of("区建管委", "38%", "45%", "54%", "65%")]
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet)[2:] == ["progress", "plan_progress", "plan_progress", "plan_progress"]


def test_beside_the_plan_of_works_that_of_removals_is_left_as_it_is(tmp_path: Path) -> None:
    header = [
        "项目名称",
        "户数",
        "5月签约搬迁计划",
        "5月施工计划",
        "6月签约搬迁计划",
        "6月施工计划",
        "7月签约搬迁计划",
        "7月施工计划",
    ]
    rows = [
        ["月度推进计划"],
        header,
        *rows_of(268, "签约85%", "地下室外墙", "签约95%", "正负零", "完成", "二层"),
    ]
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet)[2:] == ["-", "plan_work"] * 3


def test_months_together_in_a_plan_are_no_progress(tmp_path: Path) -> None:
    header = ["项目名称", "全年用款", "1-2月工作", "3月用款", "3月工作", "4月用款", "4月工作", "5月用款"]
    rows = [
        ["用款及工作月度安排（万元）"],
        header,
        *rows_of(2600, "土方造型", 260, "水体驳岸", 280, "园路基层", 300),
    ]
    sheet = sheet_of(tmp_path, rows, month=date(2022, 1, 1))

    assert fields_of(sheet)[1:] == [
        "planned_investment", "-", "plan_investment", "plan_work", "plan_investment", "plan_work", "plan_investment",
    ]  # fmt: skip


def test_the_first_quarter_may_be_written_q1(tmp_path: Path) -> None:
    header = ["工程名称", "2022总产值计划", "Q1完成", "4月计划产值", "5月计划产值", "6月计划产值"]
    rows = [["月滚动计划"], ["单位：万元"], header, *rows_of(4000, 800, 400, 440, 440)]

    assert fields_of(sheet_of(tmp_path, rows, month=date(2022, 3, 1)))[1:3] == [
        "planned_investment",
        "cumulative_investment",
    ]


def test_a_header_is_as_deep_as_its_upright_cells(tmp_path: Path) -> None:
    """“项目”横着合并的，“项目名称”在下一级；竖着合并三行的“制约问题”说明表头有三级。"""
    rows: list[list[object]] = [
        ["问题清单"], ["项目", None, "制约问题", "措施与责任", None, None, None],
        ["序号", "项目名称", None, "解决办法", "责任分工", None, "期限"], [None, None, None, None, "牵头", "配合", None],
        *([n, name, "液氧站间距不足", "改为汇流排供氧", "区卫健委", "消防救援支队", "2022年7月底"] for n, name in enumerate(NAMES, 1)),
    ]  # fmt: skip
    merges = ("A2:B2", "C2:C4", "D2:G2", "A3:A4", "B3:B4", "D3:D4", "E3:F3", "G3:G4")
    sheet = merged(tmp_path / "f.xlsx", rows, *merges)

    assert fields_of(sheet) == [
        "seq",
        "name",
        "problems",
        "measures",
        "responsible_unit",
        "assist_units",
        "due",
    ]
    assert [row.kind for row in sheet.rows[-3:]] == ["problem"] * 3


def test_problems_told_by_field_are_all_problems(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["重点项目存在问题清单"], ["项目名称", "存在问题", None, None, "需省市协调解决事项", "区级责任部门"],
        [None, "前期审批", "征地拆迁", "资金及其他", None, None], *rows_of("用海批复未下达", "剩余4家未签", "—", "协调盐场签约", "区住建局"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:D2", "E2:E3", "F2:F3")

    assert fields_of(sheet)[1:5] == ["problems", "problems", "problems", "request"]


def test_whom_the_request_goes_to_is_no_request(tmp_path: Path) -> None:
    header = ["项目名称", "堵点", "破解办法", "需哪个部门支持", "破解期限"]
    rows = [["堵点清单"], header, *rows_of("摊户过渡补偿谈不拢", "参照邻街标准", "区商务委", "2022年8月中")]

    assert fields_of(sheet_of(tmp_path, rows))[1:4] == ["problems", "measures", "responsible_unit"]


def test_what_is_planned_beside_this_years_forecast_is_the_whole_investment(tmp_path: Path) -> None:
    header = ["项目名称", "计划投资（万元）", "今年预计完成投资", "合同约定开工"]
    sheet = sheet_of(tmp_path, [["项目目录"], header, *rows_of(426000, 85000, "2022-12-20")], month=None)

    assert fields_of(sheet)[1] == "total_investment" and ("B2", "guessed_column") in codes(sheet)


def test_two_months_written_out_are_not_the_plan_of_the_first(tmp_path: Path) -> None:
    header = ["项目", "属地", "一月至二月", "3月份投入", "4月份投入", "5月份投入", "6月份投入"]
    rows = [["月进度安排表（万元）"], header, *rows_of("桃浦镇", 320, 360, 390, 410, 430)]
    sheet = sheet_of(tmp_path, rows, month=date(2022, 1, 1))

    assert fields_of(sheet)[2:] == ["-", *["plan_investment"] * 4]


def test_the_sum_of_months_in_decimals_is_the_plan_of_the_year(tmp_path: Path) -> None:
    months = [0.07, 0.05, 0.09, 0.1, 0.1, 0.11, 0.11, 0.11, 0.11, 0.1, 0.1, 0.1]
    rows = [
        ["投资排期（亿元）"],
        ["项目", *(f"{n}月" for n in range(1, 13)), "投资合计"],
        *rows_of(*months, 1.15),
    ]

    assert fields_of(sheet_of(tmp_path, rows, month=None))[-1] == "planned_investment"


def test_how_the_works_look_at_the_end_of_a_month_is_no_money(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["推进情况（万元）"], ["项目名称", "总投资", "推进情况", None], [None, None, "截至6月底形象面貌", "7月冲刺目标"],
        *rows_of(1200, "主体结构封顶，二次结构砌筑", "幕墙安装过半"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:D2")

    assert fields_of(sheet)[2:] == ["work", "next_steps"]


def test_money_under_actual_progress_is_no_share(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["进度报表"], ["项目名称", "总投资（万元）", "实际进度", None], [None, None, "投资（当月/万元）", "工程"],
        *rows_of(16800, 66, "看台板安装完毕"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:D2")

    assert fields_of(sheet)[2] == "-" and ("C2", "unmapped_column") in codes(sheet)


def test_a_sentence_alone_below_the_table_is_no_project(tmp_path: Path) -> None:
    header = ["项目名称", "难点问题", "牵头部门", "拟解决时间"]
    rows = [
        ["难点周调度表"],
        header,
        *rows_of("样板段尚未验收", "区房管局", "2022年8月底"),
        ["划线的一项已移交文保专班，不再调度。"],
    ]

    assert [row.kind for row in sheet_of(tmp_path, rows).rows[-2:]] == ["problem", "note"]


def test_the_words_beside_shares_of_works_are_the_progress(tmp_path: Path) -> None:
    header = ["项目名称", "总投资（万元）", "工程形象", "文字说明", "堵点难点"]
    rows = [["完成情况"], header, *rows_of(1200, "38%", "外墙保温完成，净化工程进场", "无")]

    assert fields_of(sheet_of(tmp_path, rows))[2:] == ["progress", "work", "problems"]


def test_the_end_of_a_month_or_a_quarter_under_investment_is_a_running_total(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["载体建设月报（万元）"], ["项目名称", "投资进度", None, None, None, "目前状态"],
        [None, "今年目标", "5月底", "6月新增", "上半年末", None], *rows_of(4800, 1600, 400, 2000, "在建"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:E2", "F2:F3")

    assert fields_of(sheet)[1:5] == [
        "planned_investment",
        "previous_cumulative",
        "month_investment",
        "cumulative_investment",
    ]


def test_what_is_excepted_from_the_unit_may_be_no_money(tmp_path: Path) -> None:
    header = ["项目名称", "总投资", "前五个月投资", "6月份投资", "计划执行率"]
    rows = [["项目六月进展（单位：亿元，比例除外）"], header, *rows_of(2.855, 0.8, 0.0731, "84%")]
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet)[2:4] == ["previous_cumulative", "month_investment"]
    assert value(sheet.projects[0], "total_investment") == 285_500_000


def test_of_three_running_totals_the_one_from_the_start_is_told_by_its_name(tmp_path: Path) -> None:
    header = ["工程名称", "本年计划", "1-5月累计", "6月完成", "累计完成投资", "开工以来"]
    sheet = sheet_of(tmp_path, [["进度表（万元）"], header, *rows_of(9600, 2000, 300, 2300, 7000)])

    assert fields_of(sheet)[2:] == [
        "previous_cumulative",
        "month_investment",
        "cumulative_investment",
        "since_start",
    ]


def test_how_things_stand_in_a_report_is_no_problem(tmp_path: Path) -> None:
    header = ["设施名称", "总造价（亿元）", "今年安排额（亿元）", "情况", "亟需支持"]
    sheet = sheet_of(
        tmp_path, [["设施建设进度"], header, *rows_of(2.1, 0.4, "方案已过规委会，施工图送审", "加快审批")]
    )

    assert fields_of(sheet)[3:] == ["work", "request"]


def test_a_sentence_alone_in_the_column_of_problems_is_a_problem(tmp_path: Path) -> None:
    """问题写在项目左边、项目合并着，或没有项目一列：只写了一句问题的行不丢。"""
    left: list[list[object]] = [
        ["问题清单"], ["问题描述", "所属项目", "责任单位"], ["管线搬迁协议没有签下来。", "甲路", "区建管委"],
        ["临时用电容量不足，影响塔吊使用。", None, None],
    ]  # fmt: skip
    bare = [
        ["问题清单"],
        ["问题描述", "责任单位", "解决时限"],
        ["一、甲路新建工程"],
        ["临时用电容量不足，影响塔吊使用。"],
    ]

    assert merged(tmp_path / "a.xlsx", left, "B3:B4", sheet="问题清单").rows[-1].kind == "problem"
    assert sheet_of(tmp_path, bare, name="问题清单").rows[-1].kind == "problem"


def test_lots_below_a_project_without_numbers_are_parts_of_it(tmp_path: Path) -> None:
    """没有序号列、没有缩进，“一标段：教学区”也是上面那个项目的一段；行行都是标段的，各是一个项目。"""
    rows: list[list[object]] = [
        ["校舍建设进展（万元）"], ["学校", "本月做了什么", "全年投资"], ["铜川学校新校区", "食堂封顶", 16000],
        ["一标段：教学区", None, 11000], ["二标段：生活区", None, 5000], ["洛川小学扩建", "三层结构", 4000],
    ]  # fmt: skip
    alone = [["道路工程（万元）"], ["工程名称", "完成投资"], ["一标段：甲路", 100], ["二标段：乙路", 200]]

    kinds = [row.kind for row in sheet_of(tmp_path, rows).rows[2:]]
    assert kinds == ["project", "sub", "sub", "project"]
    assert [row.kind for row in sheet_of(tmp_path, alone).rows[2:]] == ["project", "project"]


def test_a_note_on_the_progress_is_work_and_next_years_plan_is_next(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["基建月报（亿元）"], ["项目名称", "进度", None, "明年计划", None], [None, "形象", "一句话说明", "重点工作", "投资"],
        *rows_of("62%", "主体封顶，机电管线安装", "幕墙、机电安装", 1.2),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2")

    assert fields_of(sheet)[1:] == ["progress", "work", "next_steps", "-"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("承办单位", ["区中心医院", "利群医院", "甲小学"]), ("责任科室", ["基建科", "规划科", "项目一部"])],
)
def test_builders_and_sections_as_the_responsible_unit_are_asked_about(
    tmp_path: Path, header: str, cells: list[str]
) -> None:
    names = ["甲楼扩建", "乙楼扩建", "丙楼扩建"]
    rows = [
        ["月报（万元）"],
        ["项目名称", header, "总投资"],
        *([a, b, 100] for a, b in zip(names, cells, strict=True)),
    ]

    assert ("B2", "doubtful_column") in codes(sheet_of(tmp_path, rows))


@pytest.mark.parametrize(
    ("line", "yuan"),
    [
        ("单位：千万元", 12_000_000_000),
        ("金额单位：十万元", 120_000_000),
        ("单位：百万元", 1_200_000_000),
        ("单位：百元", 120_000),
        ("单位：千元", 1_200_000),
    ],
)
def test_a_unit_of_many_yuan_is_no_smaller_one(tmp_path: Path, line: str, yuan: int) -> None:
    """“千万元”当成“万元”，数就错一千倍。"""
    told = sheet_of(tmp_path, [["月报"], [line], ["项目名称", "总投资", "累计完成投资"], *rows_of(1200, 300)])
    unit = line.partition("：")[2]
    beside = sheet_of(
        tmp_path, [["月报"], ["项目名称", f"总投资（{unit}）", "进展"], *rows_of(1200, "主体三层")]
    )

    assert value(told.projects[0], "total_investment") == yuan
    assert value(beside.projects[0], "total_investment") == yuan
    assert told.columns["B3"] == "total_investment" and beside.columns["B2"] == "total_investment"


def test_a_bracketed_short_unit_of_many_yuan(tmp_path: Path) -> None:
    header = ["项目名称", "总盘子（亿）", "8月目标（千万）", "8月完成（千万）"]
    sheet = sheet_of(tmp_path, [["通报"], header, *rows_of(11.41, 3.22, 3.32)], date(2022, 8, 1))

    assert value(sheet.projects[0], "month_investment") == 33_200_000


def test_the_one_column_told_apart_in_the_line_of_the_unit(tmp_path: Path) -> None:
    header = ["项目全称", "投资总量", "本年度投资量", "六月投资量", "截至六月底投资量"]
    rows = [["月报"], ["单位：万元，其中投资总量单位为亿元"], header, *rows_of(1, 5000, 255, 2560)]
    sheet = sheet_of(tmp_path, rows)

    told = {field: value(sheet.projects[0], field) for field in ("total_investment", "planned_investment")}
    assert told == {"total_investment": 100_000_000, "planned_investment": 50_000_000}
    assert value(sheet.projects[0], "cumulative_investment") == 25_600_000


def test_groups_by_stems_and_by_figures_and_a_note_in_its_own_line(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["月报（万元）"], ["建设项目", "投资总额", "进展"], ["（甲）环境提升"], ["河滨空间贯通", 100, "绿道贯通"],
        ["1. 市容类"], ["商业街整修", 200, "铺装"], ["注："], ["投资额含土地费。"],
    ]  # fmt: skip
    kinds = [row.kind for row in sheet_of(tmp_path, rows).rows[2:]]

    assert kinds == ["category", "project", "category", "project", "note", "note"]


def test_the_last_ten_days_of_the_month_are_its_progress(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["旬报（万元）"], ["项目名称", "6月投资", "工程进展", None, None], [None, None, "上旬", "中旬", "下旬"],
        *rows_of(66, "打桩", "开挖", "垫层"),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:E2")

    assert fields_of(sheet)[2:] == ["-", "-", "work"]


def test_codes_below_a_bare_number_column_are_asked_about(tmp_path: Path) -> None:
    rows = [
        ["月报（万元）"],
        ["编号", "项目名称", "总投资"],
        ["W-01", "甲路", 1],
        ["W-02", "乙路", 2],
        ["W-03", "丙路", 3],
    ]
    sheet = sheet_of(tmp_path, rows)

    assert sheet.columns["A2"] == "code" and ("A2", "doubtful_column") in codes(sheet)
