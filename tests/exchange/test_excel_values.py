"""读工作簿：W1 逐项对照，再用自己造的表试各种写法、各种陷阱和各种拒收（HANDBOOK §7，TRUST §2–3）。"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font

from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.words import mask_personal, tidy
from tests.exchange.workbooks import codes, listing, only_sheet, project, value, write

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


@pytest.mark.parametrize(
    ("change", "extra", "says"),
    [
        (in_sheet(b"", b""), {"xl/bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}, "解压后过大"),
        (in_sheet(b"", b""), {"xl/custom.xml": DTD}, "DTD"),
        (in_sheet(b"", b""), {"xl/utf16.xml": DTD.decode().encode("utf-16")}, "DTD"),
        (in_sheet(b"", b""), {"../evil.xml": b"<a/>"}, "路径异常"),
        (in_sheet(b"", b""), {"XL/WORKBOOK.XML": b"<a/>"}, "重名"),
        (in_sheet(b"", b""), {f"xl/media/{i}.png": b"x" for i in range(600)}, "500"),
        (in_sheet(b"</sheetData>", MERGE), {}, "合并区域"),
        (in_sheet(b"</sheetData>", WIDE), {}, "超出可读范围"),
        (in_sheet(b"</sheetData>", TWICE), {}, "前后不一"),
        (in_sheet(b"<v>100</v>", b"<v>nan</v>"), {}, "不是数字"),
        (in_sheet(b"</sheetData>", b"</sheetDat"), {}, "损坏"),
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
        (b"PK\x03\x04 broken", "已损坏"),
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


@pytest.mark.parametrize("alignment", [Alignment(indent=2)])
def test_indented_name_without_number_is_a_sub_row(tmp_path: Path, alignment: Alignment) -> None:
    path = write(tmp_path / "i.xlsx", listing(project(1), [None, "东段", None, None, 10]))
    book = load_workbook(path)
    book.worksheets[0]["B5"].alignment = alignment
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())

    assert only_sheet(path).rows[4].kind == "sub"


def test_an_amount_merged_over_rows_is_said_and_one_office_may_fill_two_columns(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["清单 单位：万元"],
        ["序号", "项目名称", "责任单位", "建设单位", "总投资"],
        [1, "甲路", "区建管委", None, 300],
        [2, "乙桥", "区教育局", "某公司", None],
        [3, "丙院", None, None, None],
        [4, "丁站", "区卫健委", "某公司", 5],
    ]
    path = write(tmp_path / "m.xlsx", rows)
    book = load_workbook(path)
    book.worksheets[0].merge_cells("C3:D3")
    book.worksheets[0].merge_cells("E3:E4")
    book.save(path)
    sheet = only_sheet(path)

    assert [value(row, "owner") for row in sheet.projects] == ["区建管委", "某公司", None, "某公司"]
    assert [value(row, "total_investment") for row in sheet.projects] == [3_000_000, None, None, 50_000]
    assert codes(sheet) >= {("E3", "merged_amount"), ("B5", "only_name")}


def test_a_second_table_below_the_first_is_not_read_with_the_first_ones_header(tmp_path: Path) -> None:
    rows = listing(
        project(1), ["年中新增"], ["序号", "项目名称", "本月完成投资", "累计完成投资"], [1, "乙桥", 5, 20]
    )
    upper, lower = read_workbook(write(tmp_path / "two.xlsx", rows), year=2022).sheets

    assert [value(row, "name") for row in upper.projects] == ["甲路道路工程"]
    assert [value(row, "cumulative_investment") for row in lower.projects] == [200_000]
    assert ("C6", "unit_carried") in codes(lower)


def test_a_bare_number_far_from_its_column_is_doubted(tmp_path: Path) -> None:
    rows = listing(
        *(project(n, f"{n}号路", total) for n, total in enumerate((12_000, 9_000, 1.5, 30_000), 1))
    )
    sheet = only_sheet(write(tmp_path / "u.xlsx", rows))

    assert ("E6", "unit_suspect") in codes(sheet)
    assert ("F6", "exceeds_total") in codes(sheet)


@pytest.mark.parametrize(
    ("number_format", "stored", "yuan", "code"),
    [
        ('0.00"亿元"', 1.2, 120_000_000, None),
        ('#,##0"万元"', 12_000, 120_000_000, None),
        ('0!.0,"万元"', 123_456_789, None, "unit_scaled"),
        ("0%", 0.5, None, "percent_in_amount"),
    ],
)
def test_a_unit_in_the_number_format_counts(
    tmp_path: Path, number_format: str, stored: float, yuan: int | None, code: str | None
) -> None:
    path = write(tmp_path / "f.xlsx", listing(project(total=stored, plan=None)))
    book = load_workbook(path)
    book.worksheets[0]["E4"].number_format = number_format
    book.save(path)
    sheet = only_sheet(path)

    assert value(sheet.projects[0], "total_investment") == yuan
    assert codes(sheet) == (set() if code is None else {("E4", code)})


@pytest.mark.parametrize(
    ("unit_line", "units"),
    [
        ("单位：万元（总投资：亿元）", ("亿元", "万元")),
        ("单位：亿元（总投资）、万元（其余）", ("亿元", "万元")),
        ("金额单位：亿元", ("亿元", "亿元")),
        ("单位：亿元、万元", ("", "")),
    ],
)
def test_a_unit_line_may_name_columns(tmp_path: Path, unit_line: str, units: tuple[str, str]) -> None:
    rows: list[list[object]] = [
        ["清单"],
        [unit_line],
        ["序号", "项目名称", "总投资", "年度计划投资"],
        [1, "甲路", 3, 4],
    ]
    sheet = only_sheet(write(tmp_path / "u.xlsx", rows))

    assert (sheet.units["total_investment"], sheet.units["planned_investment"]) == units


def test_two_tables_of_one_kind_on_a_sheet_are_both_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年6月月报"],
        ["单位：万元"],
        ["序号", "项目名称", "总投资", "本月完成投资"],
        [1, "甲路", 12000, 100],
        ["合计", None, 12000, 100],
        [None],
        ["社会投资项目"],
        ["（单位：亿元）"],
        ["序号", "工程名称", "本月完成投资", "累计完成投资", "存在问题"],
        [1, "乙楼", 0.1, 0.5, "无"],
        [2, "丙楼", 0.2, "待定", "管线"],
    ]
    sheet = only_sheet(write(tmp_path / "s.xlsx", rows))

    assert sheet.header_rows == (3, 9)
    assert [value(row, "name") for row in sheet.projects] == ["甲路", "乙楼", "丙楼"]
    assert [value(row, "month_investment") for row in sheet.projects] == [1_000_000, 10_000_000, 20_000_000]
    assert value(sheet.projects[1], "cumulative_investment") == 50_000_000
    assert [row.row for row in sheet.rows] == list(range(1, 12))
    assert codes(sheet) == {("D11", "undetermined")}
