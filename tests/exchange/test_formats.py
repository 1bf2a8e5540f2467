"""各种格式：.csv 的编码与分隔符、.xls、.ods、带宏的 .xlsm，都读出同样的东西或说清读不到什么（HANDBOOK §7.2，TRUST §3）。"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kaopu.exchange.excel_in.delimited import decode
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading, WorkbookRefused
from tests.exchange.workbooks import codes, listing, only_sheet, project, value, write

SAMPLES = Path(__file__).parent / "samples"
MONTHLY_XLS = SAMPLES / "monthly.xls"
LINES = (
    ("2022年区属重点项目清单", "", "单位：万元"),
    ("序号", "项目名称", "总投资"),
    ("1", "甲路，一期", "3000"),
    ("2", "乙桥", "约1.2亿"),
)


def delimited(delimiter: str, line_end: str = "\n") -> str:
    return line_end.join(delimiter.join(line) for line in LINES) + line_end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "清单.csv"
    path.write_bytes(delimited(delimiter).encode(encoding))

    sheet = only_sheet(path)

    assert (sheet.name, sheet.kind) == ("清单", "project_list")
    assert [value(row, "name") for row in sheet.projects] == ["甲路，一期", "乙桥"]
    assert [value(row, "total_investment") for row in sheet.projects] == [30_000_000, 120_000_000]


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\r\r\n"])
def test_stray_carriage_returns_end_a_line(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "清单.csv"
    path.write_bytes(delimited(",", line_end).encode("gb18030"))

    assert len(only_sheet(path).projects) == 2


def test_a_stray_carriage_return_breaks_a_word_not_a_row(tmp_path: Path) -> None:
    path = tmp_path / "问题台账.csv"
    lines = [
        "问题台账;;;",
        "序号;项目名称;问题描述;整改情况",
        "1;甲路;管线\r三根;未整改",
        "2;乙路;土地;已整改\r3;丙校;噪声;未整改",
        "",
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))

    found = only_sheet(path).problems

    assert [row.text("problems") for row in found] == ["管线 三根", "土地", "噪声"]


@pytest.mark.parametrize(("line_end", "stray"), [("\n", "\r"), ("\r", "\n"), ("\r\n", "\n")])
def test_whichever_break_is_rarer_is_the_stray_one(tmp_path: Path, line_end: str, stray: str) -> None:
    lines = [
        "序号,项目名称,责任单位,总投资（万元）",
        f"1,甲路{stray}道路,区建管委,100",
        '2,"乙\n校",区教育局,200',
        *(f"{number},丙{number}院,区卫健委,300" for number in range(3, 7)),
    ]
    path = tmp_path / "清单.csv"
    path.write_bytes(line_end.join(lines).encode())

    found = [(row.text("name"), value(row, "total_investment")) for row in only_sheet(path).projects[:2]]

    assert found == [("甲路 道路", 1_000_000), ("乙校", 2_000_000)]


def test_quoted_csv_keeps_line_breaks_and_delimiters_inside_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text('单位：万元,,\n序号,项目名称,备注\n1,甲路,"甲,乙\n丙"\n', encoding="utf-8")

    assert value(only_sheet(path).projects[0], "note") == "甲,乙\n丙"


@pytest.mark.parametrize("data", [b"\x81\xff\x00\x01abc", b"\xff\xfe\x00", b"\xc4\xe3\xff\xff\xff"])
def test_bytes_in_no_encoding_are_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(WorkbookRefused, match="编码认不出"):
        decode(data)


def test_old_xls_is_read_and_says_what_it_cannot_see() -> None:
    first, hidden = read_workbook(MONTHLY_XLS, year=2022).sheets

    assert (first.kind, first.header_rows) == ("monthly_report", (3,))
    assert [value(row, "total_investment") for row in first.projects] == [90_000_000, 50_000_000]
    assert [value(row, "month_investment") for row in first.projects] == [3_000_000, 1_200_000]
    assert [value(row, "goal_due") for row in first.projects] == ["2022-06-30", "2022-09-30"]
    assert value(first.projects[1], "responsible_unit") == "区教育局"
    assert value(first.projects[0], "year_ratio") == "6"
    assert [row.kind for row in first.rows][-1] == "rejected"
    assert codes(first) >= {
        ("A1", "old_format"),
        ("H4", "pii_masked"),
        ("A5", "hidden_row"),
        ("B6", "struck"),
    }
    assert ("A1", "hidden_sheet") in codes(hidden)


def test_errors_and_month_formats_of_an_old_xls_are_not_lost() -> None:
    """表格库把 .xls 的错误值当空格；只显示年月的日期说的是整月。"""
    sheet = only_sheet(SAMPLES / "errors.xls")

    assert {("C4", "excel_error"), ("D4", "excel_error"), ("E5", "excel_error")} <= codes(sheet)
    assert value(sheet.projects[1], "planned_investment") == 1_000_000
    assert value(sheet.projects[2], "goal_due") == "2022-06-30"


def test_macros_are_never_run_and_never_a_reason_to_refuse(tmp_path: Path) -> None:
    path = write(tmp_path / "m.xlsx", listing(project())).rename(tmp_path / "m.xlsm")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open")

    sheet = only_sheet(path)

    assert value(sheet.projects[0], "total_investment") == 1_000_000
    assert ("A1", "macro") in codes(sheet)


CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">
<o:automatic-styles>
 <style:style style:name="gone" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
 <style:style style:name="red" style:family="table-cell"><style:table-cell-properties fo:background-color="#ff0000"/></style:style>
</o:automatic-styles>
<o:body><o:spreadsheet><table:table table:name="教育局">
<table:table-column table:number-columns-repeated="4"/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell table:number-columns-spanned="5" o:value-type="string"><text:p>2022年6月月报</text:p></table:table-cell>
 <table:covered-table-cell table:number-columns-repeated="4"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
<table:table-row>{header}</table:table-row>
<table:table-row><table:table-cell o:value-type="float" o:value="1"><text:p>1</text:p></table:table-cell>
 <table:table-cell o:value-type="string" table:number-rows-spanned="1"><text:p>甲<text:s text:c="2"/>路</text:p><text:p>二期</text:p></table:table-cell>
 <table:table-cell o:value-type="float" o:value="1.5"><text:p>1.5</text:p></table:table-cell>
 <table:table-cell o:value-type="percentage" o:value="0.06"><text:p>6%</text:p></table:table-cell>
 <table:table-cell o:value-type="date" o:date-value="2022-06-30"><o:annotation><text:p>批注</text:p></o:annotation><text:p>6月30日</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell o:value-type="float" o:value="2"><text:p>2</text:p></table:table-cell>
 <table:table-cell table:style-name="red" o:value-type="string"><text:p>乙桥</text:p></table:table-cell>
 <table:table-cell table:formula="of:=[.C5]*2"/></table:table-row>
<table:table-row><table:table-cell o:value-type="float" o:value="3"><text:p>3</text:p></table:table-cell>
 <table:table-cell table:style-name="gone" o:value-type="string"><text:p>丙院</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></o:spreadsheet></o:body></o:document-content>"""


def ods(path: Path, content: str = CONTENT) -> Path:
    headers = ("序号", "项目名称", "总投资（亿元）", "完成比例", "目标时间")
    cells = "".join(
        f'<table:table-cell o:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in headers
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content.replace("{header}", cells))
    return path


def read_ods(path: Path) -> SheetReading:
    return only_sheet(ods(path))


def test_ods_values_percent_dates_merges_and_marks(tmp_path: Path) -> None:
    sheet = read_ods(tmp_path / "月报.ods")
    first, second = sheet.projects

    assert (sheet.name, sheet.header_rows) == ("教育局", (4,))
    assert (value(first, "name"), value(first, "total_investment")) == ("甲 路二期", 150_000_000)
    assert (value(first, "year_ratio"), value(first, "goal_due")) == ("6", "2022-06-30")
    assert value(second, "total_investment") is None
    assert codes(sheet) >= {
        ("C6", "formula_uncached"), ("A6", "hidden_row"), ("E1", "hidden_column"), ("E5", "comment"),
        ("B6", "fill_colour"), ("B7", "struck"),
    }  # fmt: skip
    assert [row.kind for row in sheet.rows][-1] == "rejected"


def test_ods_colour_without_words_is_reported_not_interpreted(tmp_path: Path) -> None:
    words = "".join(
        f'<table:table-cell o:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in ("甲路", "管线搬迁未完成", "尽快")
    )
    heads = "".join(
        f'<table:table-cell o:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in ("项目名称", "存在问题", "时限", "是否销号")
    )
    start, _, rest = CONTENT.partition("<table:table-row>")
    rows = (
        f"<table:table-row>{heads}</table:table-row>"
        f'<table:table-row>{words}<table:table-cell table:style-name="red"/>'
        '<table:table-cell table:style-name="red" table:number-columns-repeated="16000"/></table:table-row>'
    )
    content = start.replace("教育局", "问题清单") + rows + rest[rest.index("</table:table>") :]

    sheet = only_sheet(ods(tmp_path / "问题.ods", content))

    assert ("D2", "fill_only") in codes(sheet)
    assert value(sheet.problems[0], "status") is None


def test_ods_with_a_bomb_of_repeats_is_refused(tmp_path: Path) -> None:
    bomb = CONTENT.replace('number-rows-spanned="1"', 'number-columns-repeated="16000"')

    with pytest.raises(WorkbookRefused, match="超出可读范围"):
        read_workbook(ods(tmp_path / "炸.ods", bomb), year=2022)


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.csv"])
def test_a_web_page_called_a_workbook_is_named_for_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("<html><table><tr><td>1</td></tr></table></html>", encoding="utf-8")

    with pytest.raises(WorkbookRefused, match="网页"):
        read_workbook(path, year=2022)


def test_city_list_as_published_is_a_municipal_list(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年上海市重大建设项目清单"], [None, None, "单位:万元"], ["序号", "项　目　名　称", "备注"],
        ["一", "科技产业类2项"], ["（一）", "科创中心 ( 1项)"], [1, "李政道\n研究所", "建成"],
        ["（二）", "先进制造业（1项）"], [2, "某工厂", "新开工"],
    ]  # fmt: skip
    sheet = only_sheet(write(tmp_path / "c.xlsx", rows, sheet="Sheet1"))

    assert (sheet.kind, sheet.level) == ("project_list", "municipal")
    assert [(value(row, "name"), value(row, "note")) for row in sheet.projects] == [
        ("李政道研究所", "建成"),
        ("某工厂", "新开工"),
    ]
    assert sheet.projects[1].heading == "科技产业类 / 先进制造业"
    assert sheet.warnings == ()


def test_a_sheet_that_starts_in_column_b_is_read_where_it_stands(tmp_path: Path) -> None:
    """A 列空着、头几行空着：.xlsx 不该拒收，.xls 的地址不该错开一列。"""
    rows = [
        [],
        [None, "2022年区属清单（单位：万元）"],
        [None, "序号", "项目名称", "总投资"],
        [None, 1, "甲路", 300],
    ]

    listed = only_sheet(write(tmp_path / "b.xlsx", rows)).projects[0]
    old = only_sheet(SAMPLES / "problems_from_column_b.xls")

    assert [(reading.cell, reading.value) for reading in listed.values] == [
        ("B4", 1), ("C4", "甲路"), ("D4", 3_000_000),
    ]  # fmt: skip
    cells = {reading.cell: reading for row in old.problems for reading in row.values}
    assert cells["F5"].value == "2022-08-01"
    assert cells["C5"].value == cells["C4"].value == "示例空A甲"  # 合并着的名称，位置也要对得上


def test_a_workbook_under_the_name_of_another_kind_is_read_by_its_content(tmp_path: Path) -> None:
    """老系统导出的 .xlsx 常叫 .xls；反过来改名的也有。"""
    modern = write(tmp_path / "清单.xlsx", listing(project(1, "甲路")))
    older = tmp_path / "月报.xlsx"
    older.write_bytes(MONTHLY_XLS.read_bytes())

    assert [value(row, "name") for row in only_sheet(modern.rename(tmp_path / "清单.xls")).projects] == [
        "甲路"
    ]
    assert only_sheet(older).row_counts() == only_sheet(MONTHLY_XLS).row_counts()


@pytest.mark.parametrize("name", ["content.xml", "encrypted-package"])
def test_a_locked_ods_says_it_is_locked(tmp_path: Path, name: str) -> None:
    """LibreOffice 加密的 .ods：逐个部件加密的，与新版整份加密的。"""
    path = tmp_path / "清单.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(name, bytes(range(256)))
        archive.writestr("META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/>")

    with pytest.raises(WorkbookRefused, match="设有打开密码"):
        read_workbook(path, year=2022)
