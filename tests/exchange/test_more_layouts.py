"""又一批版式：注里的单位、分旬的进展、只有一两个月的计划、凭数认的完成率（HANDBOOK §7.1 W2、W3，§7.2 第2、3条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.exchange.layouts import PLAN, PROBLEMS, fields_of, read, sheet_of
from tests.exchange.test_composed_headers import merged
from tests.exchange.workbooks import codes, value


def test_the_unit_told_in_a_note_holds_for_the_table(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["进展月报"], ["项目", "投资额", "年内计划", "当月实绩", "完成年度计划（%）", "目前进展"],
        ["甲", 1, 2, 3, "4=3/2", "乙"], ["甲路", 8220, 3570, 960, 26.9, "路基"], ["乙桥", 2460, 640, 110, 17.2, "桩基"],
        ["注：表内投资均以万元计。"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert [row.kind for row in sheet.rows[2:4]] == ["header", "project"]  # “甲、1、2、4=3/2”是栏号
    assert [value(row, "planned_investment") for row in sheet.projects] == [35_700_000, 6_400_000]


def test_a_plan_by_month_under_a_title_is_money_though_a_month_is_left_open(tmp_path: Path) -> None:
    months: list[object] = [f"{month}月" for month in range(1, 7)]
    rows: list[list[object]] = [
        ["2022年投资计划分月分解表（单位：万元）"], ["序号", "工程项目", "2022年分月计划", *[None] * 5], [None, None, *months],
        *([n, f"{n}号路", first, 20, 30, 40, 50, 60] for n, first in enumerate(("待定", "—", 10, 10, 10, 10), 1)),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:H2")

    assert [value(row, "plan_investment", 6) for row in sheet.projects] == [600_000] * 6
    assert ("C4", "undetermined") in codes(sheet)


def test_the_whole_year_that_is_the_sum_of_its_months_is_the_plan_of_the_year(tmp_path: Path) -> None:
    months: list[object] = [f"{month}月" for month in range(1, 7)]
    rows: list[list[object]] = [
        ["2022年分月投资计划分解（单位：万元）"], ["序号", "建设项目", "全年合计", *months],
        [1, "甲路", 210, 10, 20, 30, 40, 50, 60], [2, "乙桥", 60, *[10] * 6],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, None)

    assert [value(row, "planned_investment") for row in sheet.projects] == [2_100_000, 600_000]
    assert ("C2", "guessed_column") in codes(sheet)


def test_a_group_of_progress_with_the_next_month_in_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月月报（万元）"], ["小区名称", "今年任务", None, "进展情况", None], [None, "投资", "形象", "签约施工", "7月"],
        ["甲小区", 5200, "主体封顶", "签约率100%，施工至3层", "主体至5层"], ["乙小区", 980, "完工", "泵房改造完成", "系统联调"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2")

    assert fields_of(sheet) == ["name", "planned_investment", "goal", "work", "next_steps"]


def test_the_whole_and_the_year_under_a_planned_investment(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月执行情况（万元）"], ["投资项目", "投资计划", None, "投资情况", None], [None, "项目总额", "本年度", "上半年完成", "其中6月"],
        ["甲楼", 3600, 1000, 530, 90], ["乙市场", 1450, 230, 110, 10],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2")

    told = ["name", "total_investment", "planned_investment", "cumulative_investment", "month_investment"]
    assert fields_of(sheet) == told


def test_an_inset_section_is_no_project_and_a_telephone_below_no_name(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月进度"], ["单位：亿元（资金到位：万元）"], ["工程项目", "批复投资", "本年度计划", "资金到位", "实物工作量"],
        ["甲泵站", 1.86, 0.48, 900, "沉井"], ["　一标段（土建）", 1.3, 0.3, 500, None], ["乙河", 1.14, 0.35, 300, "围堰"],
        ["咨询电话：52560000-7012"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert [row.kind for row in sheet.rows[3:]] == ["project", "sub", "project", "note"]
    assert value(sheet.projects[0], "planned_investment") == 48_000_000


def test_a_header_of_three_levels_without_merges_is_read_as_with_them(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月推进一览表（万元）"], ["填报：市政科", None, None, "2022年6月", None, None, None, "城投公司"],
        ["序号", "工程名称", "投资", None, None, None, "计划开竣工", None, "形象面貌"],
        [None, None, "概算总投资", "2022年度"], [None, None, None, "年度计划", "6月当月", "1-6月累计", "开工", "竣工"],
        [1, "甲路", 21800, 7200, 680, 3744, "2022年3月", "2023年12月", "路基"],
        [2, "乙桥", 8700, 2800, 300, 1540, "2021-12", "2023-11", "桩基"],
    ]  # fmt: skip
    told = [
        "seq",
        "name",
        "total_investment",
        "planned_investment",
        "month_investment",
        "cumulative_investment",
    ]
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet) == [*told, "planned_start", "planned_finish", "work"]
    assert [row.kind for row in sheet.rows] == ["title", "title", *["header"] * 3, *["project"] * 2]


@pytest.mark.parametrize(("done", "asked"), [((40, 55, 62), True), ((8, 12, 5), False)])
def test_a_month_that_is_most_of_the_year_is_asked_about(
    tmp_path: Path, done: tuple[int, ...], asked: bool
) -> None:
    rows: list[list[object]] = [["6月进展（万元）"], ["项目名称", "年度计划投资", "6月完成投资", "进展"]]
    sheet = sheet_of(tmp_path, [*rows, *([f"{n}号路", 100, n, "路基"] for n in done)])

    assert (("C2", "doubtful_column") in codes(sheet)) is asked


@pytest.mark.parametrize("headers", [("简称", "问题描述"), ("项目名称", "内里"), ("简称", "内里")])
def test_a_ledger_is_read_though_its_name_or_its_problem_goes_by_another_word(
    tmp_path: Path, headers: tuple[str, str]
) -> None:
    rows: list[list[object]] = [
        ["问题整改销号台账"], ["编号", headers[0], headers[1], "责任单位", "整改措施", "整改时限", "销号情况"],
        [1, "甲路新建", "燃气管搬迁方案未定，排期不明", "区建管委", "协调燃气公司", "6月底", "×"],
        [2, "甲路新建", "两户居民尚未签约", "区房管局", "上门", "6月底", "×"], [3, "乙校迁建", "施工许可证迟迟未办下来", "区教育局", "催办", "5月底", "√"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert (sheet.kind, fields_of(sheet)[1:3]) == (PROBLEMS, ["name", "problems"])
    guessed = {"B2": headers[0] == "简称", "C2": headers[1] == "内里"}
    assert {cell: (cell, "guessed_column") in codes(sheet) for cell in guessed} == guessed


@pytest.mark.parametrize(
    ("texts", "field"),
    [(["9月封顶", "年内完成地下结构", "5月通车"], "goal"), (["9月底", "年内", "5月前"], "goal_due")],
)
def test_a_milestone_told_in_words_is_a_goal_and_in_dates_its_time(
    tmp_path: Path, texts: list[str], field: str
) -> None:
    rows: list[list[object]] = [
        ["6月进展（万元）"], ["项目名称", "2022年完成投资", None, None, "目标节点"], [None, "年度目标", "6月", "1-6月", None],
        *([f"{n}号路", 100 * n, 8, 40 * n, text] for n, text in enumerate(texts, 1)),
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:D2", "E2:E3")

    assert fields_of(sheet)[1:] == ["planned_investment", "month_investment", "cumulative_investment", field]


@pytest.mark.parametrize(
    ("ratios", "field"), [([75, 50, 20], "year_ratio"), (["75%", "50%", "20%"], "year_ratio"), ([75, 9, 4], "-"), ([0.3, 0.2, 0.1], "-")]
)  # fmt: skip
def test_a_column_that_equals_done_over_planned_is_the_ratio_and_asked_about(
    tmp_path: Path, ratios: list[object], field: str
) -> None:
    rows: list[list[object]] = [
        ["6月进展（单位：万元）"], ["项目名称", "年度计划投资", "累计完成投资", "比值", "进展"],
        *([f"{n}号路", 100 * n, done, ratio, "路基"] for n, done, ratio in zip((1, 2, 3), (75, 100, 60), ratios, strict=True)),
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet)[3] == field
    assert (("D2", "guessed_column") in codes(sheet)) is (field != "-")


def test_a_plan_of_two_months_is_a_plan(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["7-8月工作计划安排（投资：万元）"], ["序号", "项目名称", "7月", None, None, "8月", None, None],
        [None, None, "工作内容", "当月投资", "累计形象（%）", "工作内容", "当月投资", "累计形象（%）"],
        [1, "甲路", "路基", 190, "22%", "路面", 210, "30%"], [2, "乙桥", "桩基", 26, 18, "承台", 42, 25],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert sheet.kind == PLAN
    assert fields_of(sheet)[2:] == ["plan_work", "plan_investment", "plan_progress"] * 2
    told = sheet.projects[0]
    found = [told.get("plan_investment", 8), told.get("plan_progress", 7)]
    assert [item.value for item in found if item] == [2_100_000, "22"]


@pytest.mark.parametrize(
    ("group", "parts"),
    [
        ("6月现场推进", ("上旬", "中旬", "下旬")),
        ("6月各旬施工内容", ("1日—10日", "11日—20日", "21日—30日")),
    ],
)
def test_a_month_told_in_three_parts_is_joined(tmp_path: Path, group: str, parts: tuple[str, ...]) -> None:
    rows: list[list[object]] = [
        ["6月推进表"], ["项目名称", group, None, None, "存在问题"], [None, *parts, None],
        ["甲路", "路基施工", "路面施工", "标线施工", "无"], ["乙桥", "桩基施工", "承台施工", "墩柱施工", "管线"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "B2:D2", "A2:A3", "E2:E3")

    assert sheet.projects[0].text("work") == "路基施工\n路面施工\n标线施工"


def test_when_a_problem_is_to_be_solved_is_told_beside_it_in_a_report(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月情况"], ["项目名称", "进展", "需解决的问题", None, "开竣工及目标", None], [None, None, "内容", "拟解决时间", "开工时间", "目标完成时间"],
        ["甲路", "路基", "违建未拆", "7月15日", "2022年2月", "2022年10月底"], ["乙桥", "桩基", "弃土点远", "8月底", "2022年3月", "2022年12月"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert fields_of(sheet)[2:] == ["problems", "due", "planned_start", "goal_due"]
    assert value(sheet.projects[0], "due") == "2022-07-15"


def test_three_levels_with_the_date_in_the_group_and_a_running_total_beside(tmp_path: Path) -> None:
    """“截至5月末本年累计”是一列的表头，不是题头的“截至某日”；各旬写的话是本月的进展。"""
    rows: list[list[object]] = [
        ["基建项目旬报（2022年6月下旬）"],
        ["编号", "学校项目", "截至5月末本年累计（万元）", "2022年6月", None, None, "截至6月末本年累计（万元）"],
        [None, None, None, "上旬", "下旬", "当月投资（万元）", None],
        [1, "甲小学", 100, "二层砌体", "三层砌体", 20, 120], [2, "乙幼儿园", 60, "桩基施工", "承台施工", 30, 90],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3")

    assert fields_of(sheet) == [
        "seq", "name", "previous_cumulative", "work", "work", "month_investment", "cumulative_investment",
    ]  # fmt: skip


def test_progress_in_figures_beside_progress_in_words(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月推进情况"], ["项目名称", "投资进度（万元）", None, "建设进度", None, "7月份主要工作"], [None, "2022年计划", "2022年1-6月", "%", "描述", None],
        ["甲路", 400, 100, 58, "路基施工", "路面"], ["乙桥", 500, 300, 31, "桩基施工", "承台"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2", "F2:F3")

    assert fields_of(sheet)[3:] == ["progress", "work", "next_steps"]


def test_a_category_that_is_none_of_the_five_is_said(tmp_path: Path) -> None:
    header: list[object] = ["序号", "项目名称", "类别", "总投资（万元）"]
    five, trade = (
        [["区属项目清单"], header, *([n, f"{n}号路", told, 100] for n, told in enumerate(each, 1))]
        for each in (["民生保障类", "市政基础设施类", "其他类"], ["教育", "卫生", "市政基础设施类"])
    )

    assert ("C5", "category_unknown") in codes(sheet_of(tmp_path, five, None))
    assert ("C2", "doubtful_column") in codes(sheet_of(tmp_path, trade, None))


def test_groups_say_what_their_columns_are(tmp_path: Path) -> None:
    listed: list[list[object]] = [
        ["2022年项目清单"], ["项目名称", "总投资（万元）", "2022年", None, "责任单位", None], [None, None, "投资计划", "形象进度", "牵头", "配合"],
        ["甲路", 400, 100, "完成路基", "区建管委", "桃浦镇"], ["乙桥", 500, 300, "主体封顶", "区水务局", "长征镇"],
    ]  # fmt: skip
    areas = ("A2:A3", "B2:B3", "C2:D2", "E2:F2")
    sheet = merged(tmp_path / "a.xlsx", listed, *areas, sheet="清单")
    assert fields_of(sheet)[2:] == ["planned_investment", "goal", "responsible_unit", "assist_units"]

    raised: list[list[object]] = [
        ["督办事项表"], ["项目名称", "督办", None, None, "办理", None], [None, "事项", "日期", "要求", "单位", "期限"],
        ["甲路", "管线", "2022-03-01", "搬迁", "区建管委", "2022-07-01"], ["乙桥", "占道", "2022-03-02", "清理", "区水务局", "2022-08-01"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "b.xlsx", raised, "A2:A3", "B2:D2", "E2:F2", sheet="督办")
    assert fields_of(sheet)[1:] == ["problems", "raised_on", "measures", "responsible_unit", "due"]


@pytest.mark.parametrize(("group", "leaf"), [("7月计划", "工作内容"), ("下半年", "工作安排")])
def test_a_group_of_time_to_come_tells_the_next_steps(tmp_path: Path, group: str, leaf: str) -> None:
    rows: list[list[object]] = [
        ["6月情况（万元）"], ["项目名称", "1-6月完成情况", None, group, None], [None, "投资", "形象进度", leaf, "投资"],
        ["甲路", 100, "路基施工", "路面", 40], ["乙桥", 300, "桩基施工", "承台", 50],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2")

    assert fields_of(sheet) == ["name", "cumulative_investment", "work", "next_steps", "-"]


@pytest.mark.parametrize("header", ["前5个月完成", "至上月末完成"])
def test_until_last_month_is_neither_this_month_nor_last_month_alone(tmp_path: Path, header: str) -> None:
    columns = f"项目名称:名=name {header}（万元）:数=previous_cumulative 6月完成（万元）:数=month_investment 进展:话=work"
    sheet, fields = read(tmp_path, "6月情况", columns)

    assert fields_of(sheet) == fields


def test_ten_days_are_not_a_month_and_a_planned_progress_is_no_ratio(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月旬报（万元）"], ["地块名称", "2022年投资完成", None, "6月完成投资", None, "形象进度", None, "收尾时间"],
        [None, "5月底", "1-6月", "上旬", "全月", "计划", "实际", None],
        ["甲地块", 100, 150, 10, 50, "42%", "40%", "2022年12月"], ["乙地块", 60, 90, 8, 30, "35%", "36%", "年底前"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:E2", "F2:G2", "H2:H3")

    assert fields_of(sheet) == [
        "name", "previous_cumulative", "cumulative_investment", "-", "month_investment", "-", "progress", "planned_finish",
    ]  # fmt: skip


def test_a_problem_within_a_group_is_not_lost_to_a_request_beside_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["卡点堵点排查表"], ["项目", "卡点堵点情况", None, "提请区级层面协调的事项", "责任分工", None], [None, "具体卡点", "卡点类型", None, "建议牵头", "参与部门"],
        ["甲路", "光缆走向不明", "管线类", "请协调现场交底", "区国动办", "区科委"], ["乙桥", "规划条件未核发", "规划类", "请协调", "区规划资源局", "桃浦镇"],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:A3", "B2:C2", "D2:D3", "E2:F2", sheet="排查")

    assert fields_of(sheet) == ["name", "problems", "cause", "request", "responsible_unit", "assist_units"]


def test_a_row_that_counts_the_projects_is_no_project(tmp_path: Path) -> None:
    header: list[object] = ["编号", "储备项目名称", "估算投资（亿元）", "东经", "北纬"]
    body: list[list[object]] = [["CB-1", "甲路", 2.35, "待测", "待测"], ["CB-2", "乙桥", 0.88, 121.41, 31.25]]
    signed: list[object] = [None, "投资科 2022年1月3日"]
    sheet = sheet_of(tmp_path, [["储备项目库"], header, *body, [None, "共2项", 3.23], signed], None)

    assert [row.text("name") for row in sheet.projects] == ["甲路", "乙桥"]
    assert ("D3", "undetermined") in codes(sheet) and value(sheet.projects[0], "lon") is None


def test_what_is_not_fiscal_is_social_when_the_two_make_the_whole(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["9月进展（万元）"], ["工程", "总投资", "区财政", "其他资金", "前三季度实绩", "完成情况"],
        ["甲路", 5200, 5200, 0, 2600, "路基"], ["乙桥", 960, 600, 360, 120, "桩基"],
        ["注："], ["1.表内金额单位均为万元。"], ["2.工期按批复口径填列。"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, date(2022, 9, 1))

    assert fields_of(sheet)[3:5] == ["social_funds", "cumulative_investment"]
    assert ("D2", "guessed_column") in codes(sheet)
    assert [row.kind for row in sheet.rows[2:]] == ["project", "project", "note", "unit", "note"]


def test_a_total_below_or_in_a_later_column_and_a_signature_are_no_projects(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月进度（万元）"], ["备注", "当前进展", "本月完成", "8月底前累计", "总投资额", "载体名称", "序号"],
        [None, "桩基", 370, 4800, 27400, "甲楼", 1], [None, "主体", 30, 170, 1250, "乙楼", 2], [None, None, 400, 4970, 28650, "合 计"],
        ["填表：科创科"],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows, date(2022, 9, 1))

    assert [row.kind for row in sheet.rows[2:]] == ["project", "project", "total", "note"]
    assert value(sheet.projects[0], "previous_cumulative") == 48_000_000


@pytest.mark.parametrize(
    ("stated", "total", "planned"),
    [
        ("单位：万元（计划总投资为亿元）", 1_260_000_000, 420_000_000),
        ("计量：计划总投资、上年末累计为亿元，其余万元", 1_260_000_000, 420_000_000),
        ("计量：计划总投资、另一列为亿元，其余万元", None, None),  # 说到的列对不上，不敢用
    ],
)
def test_a_statement_of_two_units_holds_for_the_columns_it_names(
    tmp_path: Path, stated: str, total: int | None, planned: int | None
) -> None:
    rows: list[list[object]] = [
        ["6月进度"], [stated], ["项目名称", "计划总投资", "上年末累计", "本年计划", "1-6月累计", "进展"],
        ["甲路", 12.6, 1.2, 42000, 25200, "路基"], ["乙桥", 8.8, 0.9, 28800, 12320, "桩基"],
    ]  # fmt: skip
    first = sheet_of(tmp_path, rows).projects[0]

    assert (value(first, "total_investment"), value(first, "planned_investment")) == (total, planned)


def test_what_is_done_since_the_start_is_no_start_and_a_goal_done_is_a_ratio(tmp_path: Path) -> None:
    columns = (
        "载体名称:名=name 年内投资目标（万元）:数=planned_investment 年初以来（万元）:数=cumulative_investment"
        " 自开工（万元）:数=since_start 完成年内目标:率=year_ratio 对应区域:名=key_area 上月提出问题的回复:话=-"
    )
    sheet, fields = read(tmp_path, "6月推进表", columns)

    assert fields_of(sheet) == fields


def test_what_is_asked_for_beside_what_happened(tmp_path: Path) -> None:
    columns = (
        "项目名称:名=name 堵点类型:话=cause 具体情况:难=problems 提请区里支持的事项:难=request 建议牵头部门:家=responsible_unit"
        " 需要哪些部门配合:家=assist_units 希望何时解决:日=due"
    )
    sheet, fields = read(tmp_path, "卡点堵点排摸表", columns)

    assert (sheet.kind, fields_of(sheet)) == (PROBLEMS, fields)


def test_a_header_of_three_levels_whose_name_has_no_known_word(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月经营性项目进度"], ["楼盘（案名）", "合作方", "计容面积", "2022年投资与形象", None, None, None, None, None, None],
        [None, None, None, "总盘子（亿元）", "当年盘子（亿元）", "完成额（亿元）", None, "计划时间", None, "现场情况"],
        [None, None, None, None, None, "6月份", "年初至6月末", "开工", "竣工", None],
        ["甲里一期", "独立", "6.8", 42.5, 8, 0.55, 3.6, "2022.5", "2024.12", "封顶"],
        ["乙庭二期", "独立", "3.1", 19.8, 5.5, 0.4, 2.75, "2022.9", "2024.10", "结构"],
    ]  # fmt: skip
    areas = ("A2:A4", "B2:B4", "C2:C4", "D2:J2", "D3:D4", "E3:E4", "F3:G3", "H3:I3", "J3:J4")
    sheet = merged(tmp_path / "f.xlsx", rows, *areas)

    assert fields_of(sheet)[3:] == [
        "total_investment", "planned_investment", "month_investment", "cumulative_investment",
        "planned_start", "planned_finish", "work",
    ]  # fmt: skip


def test_a_sum_without_its_result_does_not_hide_what_a_column_holds(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月情况（万元）"], ["项目名称", "总盘子", "本月完成投资", "进展"],
        ["甲路", 50000, 100, "路基"], ["乙桥", "待定", 30, "桩基"], ["丙园", "#REF!", 20, "绿化"], ["丁园", 4000, 20, "绿化"],
        ["合计", "=SUM(B3:B6)", "=SUM(C3:C6)", None],
    ]  # fmt: skip
    sheet = sheet_of(tmp_path, rows)

    assert [value(row, "total_investment") for row in sheet.projects] == [500_000_000, None, None, 40_000_000]


def test_a_dash_is_nothing_in_a_column_of_words(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["6月情况"], ["项目名称", "重点地区", "进展", "需协调事项", "备注"],
        ["甲路", "—", "路基", "/", "/"], ["乙桥", "真如副中心", "桩基", "请区里协调", "年内完工"],
    ]  # fmt: skip
    first = sheet_of(tmp_path, rows).projects[0]

    assert [value(first, field) for field in ("key_area", "request", "note")] == [None, None, None]


def test_a_legend_of_colours_above_the_header_is_not_its_upper_level(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["问题销号台账"], ["三局联合台账", None, None, "绿底=已销号　红底=未销号", None],
        ["项目", "具体问题", "责任单位", "提出日", "销号日"], ["甲路", "管线", "区建管委", 44713, 44743],
    ]  # fmt: skip
    sheet = merged(tmp_path / "f.xlsx", rows, "A2:C2", "D2:E2", sheet="台账")

    assert fields_of(sheet)[3:] == ["raised_on", "closed_on"]


def test_a_table_that_counts_projects_is_a_summary(tmp_path: Path) -> None:
    rows: list[list[object]] = [["预警分级", "项目数", "占比"], ["红", 1, "20%"], ["黄", 4, "80%"]]

    assert sheet_of(tmp_path, rows).kind == "statistics"


def test_a_sheet_that_says_how_to_fill_in_is_no_report(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["编报说明"],
        ["工作节点写形象，不写“推进中”。"],
        ["各科室于1月10日前报规建办汇总。"],
    ]

    assert sheet_of(tmp_path, rows, name="说明").kind == "instructions"
