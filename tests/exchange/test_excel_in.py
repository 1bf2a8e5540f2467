"""读工作簿：W1 逐项对照，再用自己造的表试各种写法、各种陷阱和各种拒收（HANDBOOK §7，TRUST §2–3）。"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font

from kaopu.exchange.excel_in.fields import recognise_header
from kaopu.exchange.excel_in.isolated import read_isolated
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import RowReading, SheetReading, WorkbookRefused
from kaopu.exchange.excel_in.rows import category_key, split_count
from kaopu.exchange.excel_in.words import mask_personal, tidy

SHARED = Path(os.environ.get("KAOPU_SHARED", Path(__file__).parents[2].parent / "shared"))
W1 = SHARED / "domain" / "samples" / "W1.xlsx"
needs_w1 = pytest.mark.skipif(not W1.exists(), reason="没有 ../shared/domain/samples/W1.xlsx")

HEADER = ["序号", "项目名称", "责任单位", "属地街镇", "总投资", "2022年计划投资", "目标时间", "备注"]


def write(path: Path, rows: list[list[object]], sheet: str = "区属") -> Path:
    """一张表的工作簿：逐行写入。"""
    book = Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def listing(*rows: list[object]) -> list[list[object]]:
    """一份最小的区属清单：题头、单位、表头，再加给定各行。"""
    return [["2022年区属重大工程清单"], ["填报单位：区推进办 2022年1月", "单位：万元"], HEADER, *rows]


def project(
    seq: object = 1, name: str = "甲路道路工程", total: object = 100, **other: object
) -> list[object]:
    """一个项目行；没说的列用平常值。"""
    plan, due = other.get("plan", 50), other.get("due", "2022年9月底")
    return [
        seq,
        name,
        other.get("unit", "区建管委"),
        other.get("street", "桃浦镇"),
        total,
        plan,
        due,
        other.get("note"),
    ]


def only_sheet(path: Path, **kwargs: object) -> SheetReading:
    month = kwargs.get("month")
    reading = read_workbook(path, year=2022, month=month if isinstance(month, date) else None)
    return reading.sheets[0]


def codes(sheet: SheetReading) -> set[tuple[str, str]]:
    return {(warning.cell, warning.code) for warning in sheet.warnings}


def value(row: RowReading, field: str, month: int | None = None) -> object:
    reading = row.get(field, month)
    return None if reading is None else reading.value


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
    assert read_isolated(W1, year=2022) == read_workbook(W1, year=2022)


@needs_w1
def test_as_json_is_plain_and_complete(w1: dict[str, SheetReading]) -> None:
    found = json.loads(json.dumps(w1["区属"].as_json(), ensure_ascii=False))

    assert list(found) == ["name", "kind", "header_rows", "units", "rows", "values", "warnings"]
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


def test_units_come_from_the_header_suffix_before_the_sheet(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资（亿元）", "2022年计划投资"]
    rows = [["区重点项目清单"], ["单位：万元"], header, [1, "甲路", 1.5, 3000]]
    sheet = only_sheet(write(tmp_path / "u.xlsx", rows))

    assert sheet.units == {"total_investment": "亿元", "planned_investment": "万元"}
    assert value(sheet.projects[0], "total_investment") == 150_000_000
    assert value(sheet.projects[0], "planned_investment") == 30_000_000


def test_no_unit_anywhere_is_asked_not_assumed_in_silence(tmp_path: Path) -> None:
    rows = [["清单"], ["序号", "项目名称", "总投资"], [1, "甲路", 300]]
    sheet = only_sheet(write(tmp_path / "n.xlsx", rows))

    assert ("C2", "unit_assumed") in codes(sheet)


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


def test_prose_sheet_is_unknown_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    rows: list[list[object]] = [["桃浦镇六月工作情况"], ["一、总体进展顺利。"], [None], ["二、下步抓紧。"]]
    sheet = only_sheet(write(tmp_path / "p.xlsx", rows, sheet="桃浦镇"))

    assert sheet.kind == "unknown"
    assert sheet.row_counts() == {"rejected": 3, "blank": 1}
    assert ("A1", "no_header") in codes(sheet)


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


# ---- 读数与提示 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "cell", "code"),
    [
        ({"total": "#DIV/0!"}, "E4", "excel_error"),
        ({"total": "3,2亿"}, "E4", "unparsed"),
        ({"total": "2-3亿"}, "E4", "range"),
        ({"total": "3亿-2亿"}, "E4", "range_reversed"),
        ({"total": -5}, "E4", "negative"),
        ({"total": "待定"}, "E4", "undetermined"),
        ({"total": True}, "E4", "unparsed"),
        ({"total": 1e400}, "E4", "unparsed"),
        ({"due": "2022年2月30日"}, "G4", "no_such_day"),
        ({"due": "春节前"}, "G4", "unparsed"),
        ({"street": None}, "D4", "missing_street"),
        ({"unit": None}, "C4", "missing_responsible"),
        ({"note": "类别推定"}, "H4", "category_inferred"),
        ({"note": "电话13812345678"}, "H4", "pii_masked"),
    ],
)
def test_each_doubt_is_reported_at_its_cell(
    tmp_path: Path, change: dict[str, object], cell: str, code: str
) -> None:
    total = change.pop("total", 100)
    if total == float("inf"):
        path = write(tmp_path / "c.xlsx", listing(project(total=12345)))
        rewrite(path, lambda name, data: data.replace(b"<v>12345</v>", b"<v>1e400</v>"))
    else:
        path = write(tmp_path / "c.xlsx", listing(project(total=total, **change)))
    sheet = only_sheet(path)

    assert (cell, code) in codes(sheet)
    assert len(sheet.projects) == 1, "名称读得出的行仍是项目"
    assert all(w.message.endswith("。") for w in sheet.warnings)


def test_plain_row_raises_no_warning(tmp_path: Path) -> None:
    assert only_sheet(write(tmp_path / "ok.xlsx", listing(project()))).warnings == ()


def test_values_that_are_not_text(tmp_path: Path) -> None:
    sheet = only_sheet(
        write(tmp_path / "v.xlsx", listing(project(total=0.1 + 0.2, due=datetime(2022, 6, 15))))
    )
    row = sheet.projects[0]

    assert value(row, "total_investment") == 3000
    due = row.get("goal_due")
    assert due is not None
    assert (due.value, due.precision, due.raw) == ("2022-06-15", "day", "2022-06-15")


def test_dates_keep_their_precision(tmp_path: Path) -> None:
    row = only_sheet(write(tmp_path / "d.xlsx", listing(project(due="三季度")))).projects[0]
    due = row.get("goal_due")

    assert due is not None
    assert (due.low, due.high, due.precision) == ("2022-07-01", "2022-09-30", "quarter")


def test_personal_data_never_leaves_the_reader(tmp_path: Path) -> None:
    note = "联系人13812345678，身份证310107199001011234"
    sheet = only_sheet(write(tmp_path / "pii.xlsx", listing(project(note=note))))

    text = json.dumps(sheet.as_json(), ensure_ascii=False)
    assert "13812345678" not in text and "310107199001011234" not in text
    assert value(sheet.projects[0], "note") == "联系人138****5678，身份证310107********1234"


def test_masking_leaves_other_long_numbers_alone() -> None:
    assert mask_personal("2201-310107-04-01-123456") == "2201-310107-04-01-123456"
    assert mask_personal("91310107MA0000001C") == "91310107MA0000001C"
    assert mask_personal("面积 12345678901 平方米") == "面积 12345678901 平方米"


def test_tidy_keeps_the_punctuation_people_chose() -> None:
    assert tidy("智创ＴＯＰ（Ａ１）—高·尚\u200b\n二期") == "智创TOP（A1）—高·尚二期"
    assert tidy("１.开工\r\n 2.封顶 ", keep_lines=True) == "1.开工\n2.封顶"


def test_hidden_struck_comment_and_covered(tmp_path: Path) -> None:
    path = write(
        tmp_path / "h.xlsx", listing(project(1), project(2, "乙桥"), project(3, "丙路"), project(4, "丁路"))
    )
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["H"].hidden = True
    sheet["H4"] = "有字"
    sheet["B5"].font = Font(strike=True)
    sheet["E6"].font = Font(strike=True)
    sheet["E4"].comment = Comment("原为 90，经办 13812345678", "x")
    sheet["C6"], sheet["C7"] = "区卫健委", None
    sheet.merge_cells("C6:C7")
    sheet["E7"] = None
    sheet.merge_cells("E6:E7")
    book.create_sheet("藏着的").sheet_state = "hidden"
    book.save(path)
    reading = read_workbook(path, year=2022)
    first = reading.sheets[0]

    assert codes(first) >= {
        ("A4", "hidden_row"),
        ("H1", "hidden_column"),
        ("E4", "comment"),
        ("B5", "struck"),
        ("E6", "struck"),
    }
    assert "13812345678" not in str(first.warnings)
    struck = first.rows[4]
    assert (struck.kind, "删除线" in struck.reason) == ("rejected", True)
    inherited = first.rows[6]
    assert (value(inherited, "responsible_unit"), value(inherited, "total_investment")) == ("区卫健委", None)
    assert ("A1", "hidden_sheet") in codes(reading.sheets[1])


def test_duplicate_name_in_another_spelling(tmp_path: Path) -> None:
    rows = listing(project(1, "桃浦4号能源站"), project(2, "桃浦４＃能源站工程"))
    sheet = only_sheet(write(tmp_path / "dn.xlsx", rows))

    assert ("B5", "duplicate_name") in codes(sheet)


def test_formula_uses_the_stored_result(tmp_path: Path) -> None:
    path = write(tmp_path / "f.xlsx", listing(project(total="=50+50"), project(2, "乙桥", "=1+1")))
    rewrite(
        path,
        lambda name, data: re.sub(
            rb"(<f>50\+50</f>)<v ?/>|(<f>50\+50</f>)<v></v>", rb"<f>50+50</f><v>100</v>", data
        ),
    )
    sheet = only_sheet(path)

    assert [value(row, "total_investment") for row in sheet.projects] == [1_000_000, None]
    assert codes(sheet) == {("E5", "formula_uncached")}


# ---- 月报与月度计划 ----------------------------------------------------------------------------------------------------


def test_monthly_report_of_a_bureau(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["区教育局2022年6月重点项目进展月报"],
        ["单位：万元"],
        ["序号", "工程名称", "总投资（亿元）", "年度计划投资", "本月完成", "1-6月累计", "完成比例", "形象进度", "存在问题"],
        [1, "长寿小学", 0.9, 2000, 100, 500, 0.25, "基坑开挖", "无"],
        [None, "其中：一标段", None, None, 60, 300, None, "桩基", None],
        [2, "小红帆幼儿园", 0.5, 1000, 100, 50, "2.5", "结构封顶", "电话13812345678"],
        ["小计", None, None, None, 200, 550],
    ]  # fmt: skip
    path = write(tmp_path / "m.xlsx", rows, sheet="教育局")
    book = load_workbook(path)
    book.worksheets[0]["G4"].number_format = "0%"
    book.save(path)
    sheet = only_sheet(path, month=date(2022, 6, 1))
    first, second = sheet.projects

    assert sheet.kind == "monthly_report"
    assert sheet.stated_on == date(2022, 6, 30)
    assert (value(first, "total_investment"), value(first, "year_ratio")) == (90_000_000, "25")
    assert (value(first, "month_investment"), value(first, "work")) == (1_000_000, "基坑开挖")
    assert codes(sheet) == {("F6", "cumulative_falls"), ("G6", "ratio_mismatch"), ("I6", "pii_masked")}
    assert value(second, "problems") == "电话138****5678"


def test_monthly_report_all_in_hundred_million_yuan(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年重大工程月报表"],
        ["（亿元）"],
        ["填报日期：2022年6月30日"],
        ["序号", "工程名称", "业主", "总投资额", "当月投资", "累计投资", "进度", "工作进展", "下一步工作"],
        [1, "急诊综合楼", "区中心医院", "2.8", "0.1", 0.35, "６２％", "结构施工", "封顶"],
        [2, "精卫中心异地扩建", None, "3亿", 0.1, 0.3, "约80%", "桩基", "承台"],
    ]
    path = write(tmp_path / "w.xlsx", rows, sheet="卫健委")
    book = load_workbook(path)
    book.worksheets[0].merge_cells("C5:C6")
    book.save(path)
    sheet = only_sheet(path)
    first, second = sheet.projects

    assert set(sheet.units.values()) == {"亿元"}
    assert (value(first, "total_investment"), value(first, "cumulative_investment")) == (
        280_000_000,
        35_000_000,
    )
    assert (value(second, "total_investment"), value(second, "owner")) == (300_000_000, "区中心医院")
    assert (value(first, "progress"), value(second, "progress")) == ("62", "80")
    assert sheet.warnings == ()


def test_name_that_cannot_be_read_is_rejected_with_a_reason(tmp_path: Path) -> None:
    rows = listing(project(1, "=VLOOKUP(A4,X:Y,2)"), project(2, "#N/A"), project(3, "乙桥"))
    sheet = only_sheet(write(tmp_path / "x.xlsx", rows))

    assert [row.kind for row in sheet.rows[3:]] == ["rejected", "rejected", "project"]
    assert all("请" in row.reason for row in sheet.rows[3:5])


def test_title_merged_above_the_header_and_column_numbers_below(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["年中新增区属重点项目清单"],
        ["序号", "项目基本情况", None, "总投资（亿元）"],
        [None, "项目名称", "责任单位", None],
        [1, 2, 3, 4],
        [1, "甲路", "区建管委", 1],
    ]
    path = write(tmp_path / "g.xlsx", rows)
    book = load_workbook(path)
    for area in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        book.worksheets[0].merge_cells(area)
    book.save(path)
    sheet = only_sheet(path)

    assert (sheet.header_rows, sheet.listing) == ((2, 3), "added")
    assert sheet.row_counts() == {"title": 1, "header": 3, "project": 1}


def test_report_for_another_month_is_pointed_out(tmp_path: Path) -> None:
    rows = [
        ["2022年5月月报 单位：万元"],
        ["序号", "项目名称", "本月完成投资", "存在问题"],
        [1, "甲路", 10, "无"],
    ]
    sheet = only_sheet(write(tmp_path / "mm.xlsx", rows), month=date(2022, 6, 1))

    assert ("A1", "month_mismatch") in codes(sheet)


def test_monthly_plan_with_months_as_columns(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "2022年计划投资", *(f"{month}月计划投资" for month in range(1, 13))]
    rows = [["2022年月度计划 单位：万元"], header, [1, "甲路", 100, *([10] * 12)]]
    sheet = only_sheet(write(tmp_path / "mp.xlsx", rows))

    assert sheet.kind == "monthly_plan"
    assert value(sheet.projects[0], "plan_investment", 12) == 100_000
    assert ("C3", "plan_sum_mismatch") in codes(sheet)


# ---- 拒收 -----------------------------------------------------------------------------------------------------------


def rewrite(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> None:
    """逐个部件改写压缩包，另加几个部件。"""
    with zipfile.ZipFile(path) as package:
        parts = {name: change(name, package.read(name)) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**parts, **(extra or {})}.items():
            package.writestr(name, data)


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, data: data.replace(old, new, 1) if "sheet1.xml" in name else data


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'
MERGE = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
WIDE = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
TWICE = b'<row r="4"><c r="E4"><v>7</v></c></row></sheetData>'
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.mark.parametrize(
    ("change", "extra", "says"),
    [
        (in_sheet(b"", b""), {"xl/bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}, "解压后过大"),
        (in_sheet(b"", b""), {"xl/custom.xml": DTD}, "DTD"),
        (in_sheet(b"", b""), {"xl/utf16.xml": DTD.decode().encode("utf-16")}, "DTD"),
        (in_sheet(b"", b""), {"../evil.xml": b"<a/>"}, "路径异常"),
        (in_sheet(b"", b""), {"XL/WORKBOOK.XML": b"<a/>"}, "重名"),
        (in_sheet(b"", b""), {"xl/vbaProject.bin": b"x"}, "宏"),
        (in_sheet(b"", b""), {f"xl/media/{i}.png": b"x" for i in range(600)}, "500"),
        (in_sheet(b"</sheetData>", MERGE), {}, "合并区域"),
        (in_sheet(b"</sheetData>", WIDE), {}, "超出可读范围"),
        (in_sheet(b"</sheetData>", TWICE), {}, "前后不一"),
        (in_sheet(b"<v>100</v>", b"<v>nan</v>"), {}, "不是数字"),
        (in_sheet(b"</sheetData>", b"</sheetDat"), {}, "损坏"),
        (in_sheet(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT), {}, "另存为"),
    ],
)
def test_dangerous_or_broken_files_are_refused_with_the_remedy(
    tmp_path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes], says: str
) -> None:
    path = write(tmp_path / "bad.xlsx", listing(project()))
    rewrite(path, change, extra)

    with pytest.raises(WorkbookRefused, match=re.escape(says)) as refused:
        read_workbook(path, year=2022)
    assert str(refused.value).endswith("。") and "请" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 .xls"),
        (b"PK\x03\x04 broken", "不是 .xlsx"),
        (b"\0" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)

    with pytest.raises(WorkbookRefused, match=re.escape(says)):
        read_workbook(path, year=2022)


def test_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "e.xlsx", listing(project()))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))

    with pytest.raises(WorkbookRefused, match="加密"):
        read_workbook(path, year=2022)


def test_a_wrong_dimension_drops_no_row(tmp_path: Path) -> None:
    path = write(tmp_path / "dim.xlsx", listing(*(project(i, f"{i}号路") for i in range(1, 6))))
    rewrite(path, in_sheet(b'<dimension ref="A1:H8"', b'<dimension ref="A1:A2"'))

    assert len(only_sheet(path).projects) == 5


def test_child_process_refuses_instead_of_crashing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no")
    with pytest.raises(WorkbookRefused, match=re.escape("不是 .xlsx")):
        read_isolated(bad, year=2022)
    good = write(tmp_path / "good.xlsx", listing(project()))
    with pytest.raises(WorkbookRefused, match="秒"):
        read_isolated(good, year=2022, seconds=0.01)
    large = write(tmp_path / "large.xlsx", listing(*(project(i, f"{i}号路") for i in range(3000))))
    with pytest.raises(WorkbookRefused, match="内存"):
        read_isolated(large, year=2022, memory_mb=40)


@pytest.mark.parametrize("alignment", [Alignment(indent=2)])
def test_indented_name_without_number_is_a_sub_row(tmp_path: Path, alignment: Alignment) -> None:
    path = write(tmp_path / "i.xlsx", listing(project(1), [None, "东段", None, None, 10]))
    book = load_workbook(path)
    book.worksheets[0]["B5"].alignment = alignment
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())

    assert only_sheet(path).rows[4].kind == "sub"
