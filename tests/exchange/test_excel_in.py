"""读工作簿：W1 逐项对照，再用自己造的表试各种写法、各种陷阱和各种拒收（HANDBOOK §7，TRUST §2–3）。"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.headings import category_key, split_count
from kaopu.exchange.excel_in.isolated import begin
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import RowReading, SheetReading
from kaopu.exchange.excel_in.synonyms import recognise_header
from tests.exchange.workbooks import HEADER, W1, codes, listing, needs_w1, only_sheet, project, value, write

# ---- W1 -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def w1() -> dict[str, SheetReading]:
    return {sheet.name: sheet for sheet in read_workbook(W1, year=2022).sheets}


def by_name(sheet: SheetReading, name: str) -> RowReading:
    return next(row for row in sheet.projects if value(row, "name") == name)


@needs_w1
def test_w1_rows_all_have_a_class(w1: dict[str, SheetReading]) -> None:
    expected = json.loads((W1.parent / "expected-W1.json").read_text(encoding="utf-8"))
    sheet = w1["区属"]
    counts = sheet.row_counts()

    assert list(sheet.header_rows) == expected["header_rows"]
    assert counts["project"] == expected["project_rows"]
    assert counts["category"] == expected["category_rows"]
    assert counts["total"] == expected["total_rows"]
    assert counts["note"] == expected["note_rows"]
    assert counts["title"] == counts["unit"] == counts["blank"] == 1
    assert sum(counts.values()) == 24
    assert set(sheet.units.values()) == {expected["unit"]}
    assert not any(row.kind == "rejected" for row in sheet.rows)


@needs_w1
def test_w1_values_read_as_the_office_means_them(w1: dict[str, SheetReading]) -> None:
    expected = json.loads((W1.parent / "expected-W1.json").read_text(encoding="utf-8"))["values"]
    sheet = w1["区属"]
    park = by_name(sheet, "苏河之冠（镇坪路桥至胶州路桥）滨河景观提升")
    total = park.get("total_investment")
    assert total is not None
    assert (total.cell, total.value, total.qualifier) == ("H7", 120_000_000, "approx")
    assert value(park, "seq") == 1
    assert value(park, "cumulative_before") == 30_000_000
    assert value(park, "goal_due") == "2022-12-31"
    for name, facts in expected.items():
        row = by_name(sheet, name)
        stated = facts.get("total_investment")
        assert value(row, "total_investment") == (None if stated is None else stated * 10_000)
        if "goal_due" in facts:
            assert value(row, "goal_due") == facts["goal_due"]
    station = by_name(sheet, "桃浦4号能源站").get("responsible_unit")
    assert station is not None
    assert (station.cell, station.value) == ("E8", "区建管委")
    hospital = by_name(sheet, "区中心医院急诊综合楼新建").get("total_investment")
    assert hospital is not None and hospital.note == "其中设备3000万"
    started = by_name(sheet, "高·尚领域").get("planned_start")
    assert started is not None and started.note == "已开工"
    assert {row.category for row in sheet.projects} == {
        "infrastructure",
        "livelihood",
        "public_service",
        "functional",
        "housing",
    }
    assert value(by_name(sheet, "跨铜川路及真如港段H型通道"), "planned_investment") == 30_000_000
    assert value(by_name(sheet, "智创TOP商办项目"), "goal_due") == "2022-12-20"


@needs_w1
def test_w1_warns_at_every_cell_a_person_must_look_at(w1: dict[str, SheetReading]) -> None:
    sheet = w1["区属"]

    assert codes(sheet) >= {
        ("N12", "no_such_day"),
        ("H19", "excel_error"),
        ("K19", "excel_error"),
        ("H16", "range"),
        ("H12", "undetermined"),
        ("A20", "duplicate_seq"),
        ("G12", "missing_street"),
        ("A13", "hidden_row"),
        ("B8", "comment"),
        ("Q13", "category_inferred"),
        ("H5", "total_mismatch"),
        *((f"A{row}", "category_count") for row in (6, 10, 14, 17, 21)),
    }
    assert all(warning.cell in warning.message or "行" in warning.message for warning in sheet.warnings)
    assert sheet.stated_on == date(2022, 1, 31)
    assert (sheet.level, sheet.listing) == ("district", "initial")
    assert not {code for _, code in codes(sheet)} & {"unmapped_column", "unit_assumed", "missing_responsible"}


@needs_w1
def test_w1_city_sheet_numbers_continue_under_nested_headings(w1: dict[str, SheetReading]) -> None:
    sheet = w1["市属"]

    assert (sheet.kind, sheet.level) == ("project_list", "municipal")
    assert [value(row, "seq") for row in sheet.projects] == [1, 2, 3, 4, 5, 6]
    assert value(sheet.projects[3], "name") == "武威路（区界—金迎路）道路新建工程（区区对接道路）"
    assert sheet.projects[1].heading.endswith("道路桥梁")
    assert {row.category for row in sheet.projects} == {None}
    assert sheet.row_counts()["category"] == 4
    assert sheet.warnings == ()
    assert w1["填表说明"].kind == "instructions"
    assert sum(w1["填表说明"].row_counts().values()) == 1


@needs_w1
def test_w1_reads_the_same_in_a_child_process() -> None:
    assert begin(W1, year=2022).finish() == read_workbook(W1, year=2022)


@needs_w1
def test_as_json_is_plain_and_complete(w1: dict[str, SheetReading]) -> None:
    found = json.loads(json.dumps(w1["区属"].as_json(), ensure_ascii=False))

    assert list(found) == ["name", "kind", "header_rows", "units", "columns", "rows", "values", "warnings"]
    assert {"cell", "field", "raw", "value", "qualifier", "low", "high", "precision"} <= set(
        found["values"][0]
    )


# ---- 表头、单位、列 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("项　目　名　称", "name"),
        ("工程名称", "name"),
        ("牵头单位", "responsible_unit"),
        ("项目责任单位", "responsible_unit"),
        ("业主单位", "owner"),
        ("计划总投资（亿元）", "total_investment"),
        ("2022年\n计划投资", "planned_investment"),
        ("年度投资计划", "planned_investment"),
        ("截至2021年底累计完成投资", "cumulative_before"),
        ("截至上年底累计完成投资", "cumulative_before"),
        ("截至2022年6月底累计完成投资", "cumulative_investment"),
        ("1-6月累计完成投资", "cumulative_investment"),
        ("完成投资(累计)", "cumulative_investment"),
        ("当月完成投资（万元）", "month_investment"),
        ("占年度计划%", "year_ratio"),
        ("形象进度(%)", "progress"),
        ("工程进展", "work"),
        ("需协调解决的问题", "problems"),
        ("下月计划", "next_steps"),
        ("年度建设目标", "goal"),
        ("目标完成时间", "goal_due"),
        ("联系人", None),
        ("实际开工时间", None),
    ],
)
def test_header_synonyms(header: str, field: str | None) -> None:
    assert recognise_header(header, year=2022) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("建设单位联系人", None),
        ("责任单位分管领导", None),
        ("2021年计划投资", None),
        ("2023年计划投资", None),
        ("2022年计划投资", "planned_investment"),
        ("22年计划投资", "planned_investment"),
        ("21年计划投资", None),
        ("上年计划投资", None),
        ("上年完成投资", None),
        ("上年底累计完成投资", "cumulative_before"),
        ("截至上年底累计完成投资", "cumulative_before"),
        ("截至2021年底累计完成投资", "cumulative_before"),
        ("去年累计完成", "cumulative_before"),
        ("一季度计划投资", None),
        ("1-6月计划投资", None),
        ("6月计划投资", None),
        ("本月计划投资", None),
        ("累计计划投资", None),
        ("占年度计划累计比例", "year_ratio"),
        ("1-6月完成年度计划比例", "year_ratio"),
        ("本年完成投资", "cumulative_investment"),
        ("2022年完成投资", "cumulative_investment"),
        ("年度完成投资", "cumulative_investment"),
        ("2021年完成投资", None),
        ("年度目标完成情况", "work"),
        ("年度目标", "goal"),
        ("下月计划", "next_steps"),
        ("下月工作计划", "next_steps"),
        ("下步工作计划", "next_steps"),
        ("上月形象进度", None),
        ("上月累计完成投资", "previous_cumulative"),
        ("上月完成投资", "previous_investment"),
        ("形象进度", "progress"),
        ("计划开工时间", "planned_start"),
        ("2022年目标时间", "goal_due"),
        ("投资额", None),
        ("年度投资", "planned_investment"),
        ("计划总投资", "total_investment"),
        ("1-6月累计完成投资", "cumulative_investment"),
        ("1—6月完成", "cumulative_investment"),
        ("6月完成投资", "month_investment"),
        ("2022年6月完成投资", "month_investment"),
        ("本月完成投资", "month_investment"),
        ("年度计划", "planned_investment"),
        ("完成年度计划比例", "year_ratio"),
        ("总投资", "total_investment"),
        ("年度计划投资完成率", "year_ratio"),
        ("截至2022年6月底累计完成投资", "cumulative_investment"),
        ("计划投资完成情况", None),
        ("年度投资计划", "planned_investment"),
        ("上半年完成投资", "cumulative_investment"),
        ("累计完成投资占年度计划比例", "year_ratio"),
        ("计划竣工时间", "planned_finish"),
        ("本月工作内容", "work"),
        ("下阶段工作安排", "next_steps"),
        ("年度累计完成投资", "cumulative_investment"),
        ("开工以来累计完成投资", "cumulative_investment"),
        ("本年度计划投资", "planned_investment"),
        ("今年计划投资", "planned_investment"),
        ("当年计划", "planned_investment"),
        ("完成情况", "work"),
        ("2022年度投资计划(万元)", "planned_investment"),
        ("本年累计", "cumulative_investment"),
        ("工程进展", "work"),
        ("2022年形象进度目标", "goal"),
        ("6月计划形象进度", None),
        ("截至2021年底完成投资", "cumulative_before"),
        ("截至2022年6月底完成投资", "cumulative_investment"),
        ("2022年度财政资金", None),
    ],
)
def test_headers_that_only_look_like_a_field_are_left_alone(header: str, field: str | None) -> None:
    """本月计划不是本月完成，去年的不是今年的，联系人不是单位。"""
    assert recognise_header(header, year=2022) == field


def test_units_come_from_the_header_suffix_before_the_sheet(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资（亿元）", "2022年计划投资"]
    rows = [["区重点项目清单"], ["单位：万元"], header, [1, "甲路", 1.5, 3000]]
    sheet = only_sheet(write(tmp_path / "u.xlsx", rows))

    assert sheet.units == {"total_investment": "亿元", "planned_investment": "万元"}
    assert value(sheet.projects[0], "total_investment") == 150_000_000
    assert value(sheet.projects[0], "planned_investment") == 30_000_000


def test_no_unit_anywhere_leaves_bare_numbers_empty_and_asks(tmp_path: Path) -> None:
    rows = [["清单"], ["序号", "项目名称", "总投资"], [1, "甲路", 300], [2, "乙桥", "1.2亿"]]
    sheet = only_sheet(write(tmp_path / "n.xlsx", rows))

    assert codes(sheet) == {("C2", "unit_unknown"), ("C3", "unit_unknown")}
    assert [value(row, "total_investment") for row in sheet.projects] == [None, 120_000_000]


def test_unknown_column_keeps_its_text(tmp_path: Path) -> None:
    rows = [["清单 单位：万元"], ["序号", "项目名称", "总投资", "联系科室"], [1, "甲路", 3, "规划科"]]
    sheet = only_sheet(write(tmp_path / "o.xlsx", rows))

    assert value(sheet.projects[0], "other:联系科室") == "规划科"
    assert ("D2", "unmapped_column") in codes(sheet)


def test_two_level_header_without_any_merge(tmp_path: Path) -> None:
    rows = [
        ["清单", None, None, "单位：亿元"],
        ["序号", "项目名称", "资金来源", None, "总投资"],
        [None, None, "财政资金", "社会资金", None],
        [1, "甲路", 1, 2, 3],
    ]
    sheet = only_sheet(write(tmp_path / "two.xlsx", rows))

    assert sheet.header_rows == (2, 3)
    fields = ("fiscal_funds", "social_funds", "total_investment")
    assert [value(sheet.projects[0], f) for f in fields] == [10**8, 2 * 10**8, 3 * 10**8]


def test_prose_sheet_keeps_its_lines_and_gives_no_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["桃浦镇六月工作情况"], ["一、总体进展顺利。"], [None], ["二、下步抓紧。"]]
    sheet = only_sheet(write(tmp_path / "p.xlsx", rows, sheet="桃浦镇"))

    assert sheet.kind == "prose"
    assert sheet.row_counts() == {"text": 3, "blank": 1}
    assert [reading.value for row in sheet.rows for reading in row.values][1] == "一、总体进展顺利。"
    assert ("A1", "prose") in codes(sheet)


# ---- 分行 -----------------------------------------------------------------------------------------------------------


def test_row_classes(tmp_path: Path) -> None:
    rows = listing(
        ["合 计", None, None, None, 350],
        ["一、市政基础设施（2个）"],
        project(1, "甲路"),
        [None, "其中：一标段", None, None, 60],
        [None, "　二标段", None, None, 40],
        project(2, "乙桥", 150),
        ["小计", None, None, None, 250],
        HEADER,
        ["【民生类】"],
        project(1, "丙小学"),
        [2],
        [None, None, "区教育局", None, 12],
        ["※ 以上金额为暂估"],
        ["填报人：张　　联系电话：13812345678"],
    )
    sheet = only_sheet(write(tmp_path / "r.xlsx", rows))

    kinds = [row.kind for row in sheet.rows]
    assert kinds[3:] == [
        "total", "category", "project", "sub", "sub", "project", "subtotal", "header",
        "category", "project", "rejected", "rejected", "note", "note",
    ]  # fmt: skip
    assert [row.category for row in sheet.projects] == ["infrastructure", "infrastructure", "livelihood"]
    assert all(row.reason for row in sheet.rows if row.kind == "rejected")
    assert not {code for _, code in codes(sheet)} & {"total_mismatch", "duplicate_seq", "category_count"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("市政基础设施类", "infrastructure"),
        ("市政基础设施", "infrastructure"),
        ("市政基础设施项目", "infrastructure"),
        ("民生保障类", "livelihood"),
        ("公共服务类项目", "public_service"),
        ("功能性项目", "functional"),
        ("功能性", "functional"),
        ("住宅类", "housing"),
        ("住宅小区配套道路", None),
        ("轨道交通", None),
    ],
)
def test_category_names_with_and_without_suffix(text: str, key: str | None) -> None:
    assert category_key(text) == key


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("市政基础设施类(12个)", ("市政基础设施类", 12)),
        ("道路桥梁(3项)", ("道路桥梁", 3)),
        ("合计(共12个示例行)", ("合计", 12)),
        ("住宅类共5个", ("住宅类", 5)),
        ("功能性项目", ("功能性项目", None)),
    ],
)
def test_declared_counts(title: str, expected: tuple[str, int | None]) -> None:
    assert split_count(title) == expected


def test_total_is_recomputed_never_believed(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.xlsx", listing(["合计", None, None, None, 999, 100], project(1), project(2, "乙桥"))
    )
    sheet = only_sheet(path)

    assert ("E4", "total_mismatch") in codes(sheet)
    assert ("F4", "total_mismatch") not in codes(sheet)


def test_numbering_that_runs_on_across_categories_is_checked_as_a_whole(tmp_path: Path) -> None:
    rows = listing(["一、市政类"], project(1), ["二、民生类"], project(2, "乙"), project(2, "丙"))
    assert ("A8", "duplicate_seq") in codes(only_sheet(write(tmp_path / "a.xlsx", rows)))
    rows = listing(["一、市政类"], project(1), ["二、民生类"], project(1, "乙"), project(2, "丙"))
    assert not any(code == "duplicate_seq" for _, code in codes(only_sheet(write(tmp_path / "b.xlsx", rows))))


def test_units_may_stand_in_their_own_row_column_or_note(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资", "本月完成投资"]
    own_row = [["2022年6月月报"], header, [None, None, "（亿元）", "（万元）"], ["1.", "甲路", 1.2, 300]]
    in_note = [["2022年6月月报"], header, [1, "甲路", 1.2, 300], ["注：总投资单位为亿元，其余为万元。"]]
    by_row = [
        ["2022年6月月报"],
        [*header, "单位"],
        [1, "甲路", 12000, 300, "万元"],
        [2, "乙桥", 1.2, 0.03, "亿元"],
    ]
    for number, rows in enumerate((own_row, in_note, by_row)):
        sheet = only_sheet(write(tmp_path / f"{number}.xlsx", rows))

        for row in sheet.projects:
            assert (value(row, "total_investment"), value(row, "month_investment")) == (
                120_000_000,
                3_000_000,
            )
        assert value(sheet.projects[0], "seq") == 1
        assert sheet.warnings == ()


def test_page_breaks_and_plain_group_titles_are_not_projects(tmp_path: Path) -> None:
    header = ["项目名称", "总投资", "本月完成投资", "存在问题"]
    rows: list[list[object]] = [
        ["2022年6月月报"], ["单位：万元"], header, ["在建项目（2个）"], ["甲路", 12000, 100, "无"],
        ["其中：1标", 3000, 50], ["　　2标", 9000, 50], ["2022年6月月报（续表）"], ["单位：万元"], header,
        ["乙路", 2500, 300], ["新开工项目"], ["丙路", 100, 3], ["小 计", 14600, 403], ["第1页 共2页"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "p.xlsx", rows))

    assert [row.kind for row in sheet.rows] == [
        "title", "unit", "header", "category", "project", "sub", "sub", "title", "unit", "header", "project",
        "category", "project", "subtotal", "note",
    ]  # fmt: skip
    assert sheet.warnings == ()


@pytest.mark.parametrize(
    "second", ["（二）民生保障类（1个）", "Ⅱ、民生保障类（1个）", "——民生保障类（1个）", "【民生保障类】"]
)
def test_five_categories_written_in_different_notations_stand_side_by_side(
    tmp_path: Path, second: str
) -> None:
    rows = listing(
        ["一、市政基础设施类（1个）"], project(1, "甲路道路工程"), [second], project(1, "乙小学迁建工程")
    )

    sheet = only_sheet(write(tmp_path / "a.xlsx", rows))

    assert [row.category for row in sheet.projects] == ["infrastructure", "livelihood"]
    assert "category_count" not in {code for _, code in codes(sheet)}


def test_a_second_table_with_another_unit_is_read_by_its_own_unit(tmp_path: Path) -> None:
    below = [
        ["某镇2022年区属重大工程清单"],
        ["单位：亿元"],
        HEADER,
        project(1, "乙小学迁建工程", 1.5, plan=0.2),
    ]
    rows = [*listing(project(1, total=100)), *below]

    sheet = only_sheet(write(tmp_path / "a.xlsx", rows))

    assert [value(row, "total_investment") for row in sheet.projects] == [1_000_000, 150_000_000]
    assert sheet.row_counts() == {"title": 2, "unit": 2, "header": 2, "project": 2}


def test_the_plan_of_the_coming_month_is_the_next_step_and_of_this_month_is_not(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "本月完成投资（万元）", "6月工作计划", "7月工作计划"]
    path = write(tmp_path / "a.xlsx", [["2022年6月月报"], header, [1, "甲路道路工程", 10, "桩基", "封顶"]])

    assert only_sheet(path).projects[0].text("next_steps") == "封顶"


@pytest.mark.parametrize(
    ("line", "beside"),
    [
        ("填报单位：区推进办　截至2022年12月31日", "单位：件"),
        ("区教育局", "2022年6月25日"),
        ("填报单位 区教育局", "填报日期 2022年6月"),
    ],
)
def test_a_merged_line_above_the_header_is_not_its_upper_level(
    tmp_path: Path, line: str, beside: str
) -> None:
    """题头里横向合并的一行不是分组名：不然“截至”“6月”会把各列都认成累计、本月。"""
    header = ["序号", "项目名称", "存在问题", "牵头单位", "解决时限", "是否销号", "备注"]
    rows = [
        ["重大工程问题清单"],
        [line, None, None, None, None, beside],
        header,
        [1, "甲路", "腾地", "区房管局", "7月", "否"],
    ]
    path = write(tmp_path / "q.xlsx", rows, sheet="问题清单")
    book = load_workbook(path)
    for merged in ("A1:G1", "A2:E2", "F2:G2"):
        book.worksheets[0].merge_cells(merged)
    book.save(path)

    sheet = only_sheet(path)

    assert sheet.header_rows == (3,)
    assert list(sheet.columns.values()) == [
        "seq", "name", "problems", "responsible_unit", "due", "status", "note",
    ]  # fmt: skip
