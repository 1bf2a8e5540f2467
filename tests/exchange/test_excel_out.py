"""写工作簿：版式、活的合计、防公式注入，写出去的一字不差读回来（HANDBOOK §7.1、§7.2 第10条，TRUST §3）。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import RowReading, SheetReading
from kaopu.exchange.excel_out import write_monthly_plan, write_monthly_report, write_project_list
from kaopu.exchange.excel_out.layout import in_wan, runs

ROWS: list[Mapping[str, object]] = [
    {
        "code": "PT2022-001",
        "name": "苏河之冠（镇坪路桥至胶州路桥）滨河景观提升",
        "category": "infrastructure",
        "nature": "续建",
        "scale": "滨河景观\n含步道",
        "responsible_unit": "区建管委",
        "owner": "示例建设单位甲",
        "street": "长寿路街道",
        "key_area": "苏河沿线",
        "total_investment": 120_000_000,
        "total_investment_text": "约1.2亿",
        "fiscal_funds": 120_000_000,
        "cumulative_before": 30_000_001,
        "planned_investment": 90_005_000,
        "goal": "完工",
        "goal_due": date(2022, 12, 31),
        "goal_due_text": "2022年12月底",
        "planned_start": date(2021, 9, 30),
        "planned_finish": date(2022, 12, 31),
        "entry": "结转",
        "formality": "正式",
        "lon": "121.4035",
        "lat": "31.2390",
        "note": "示例金额",
    },
    {
        "name": "长寿小学",
        "category": "livelihood",
        "street": "长寿路街道",
        "responsible_unit": "区教育局",
        "total_investment": 28_000_000,
        "note": "=cmd|' /C calc'!A0",
    },
    {
        "name": "智创TOP商办项目",
        "category": "functional",
        "street": "桃浦镇",
        "responsible_unit": "桃浦镇",
        "total_investment": 4_860_000_000,
        "goal": "+1层封顶",
        "scale": "-2层地下室",
        "note": "@区府办",
    },
    {
        "name": "能源站",
        "category": "infrastructure",
        "street": "桃浦镇",
        "responsible_unit": "区建管委",
        "total_investment": 42_000_000,
    },
]


def write_list(path: Path, level: str = "district", **options: bool) -> SheetReading:
    title = "2022年普陀区市属重大工程清单" if level == "municipal" else "2022年普陀区区属重大工程清单"
    unit_line = "填报单位：区推进办（重大办）　　2022年1月"
    write_project_list(path, year=2022, level=level, title=title, unit_line=unit_line, rows=ROWS, **options)
    return read_workbook(path, year=2022).sheets[0]


def by_name(sheet: SheetReading, name: str) -> RowReading:
    return next(row for row in sheet.projects if (found := row.get("name")) and found.value == name)


def value(row: RowReading, field: str, month: int | None = None) -> object:
    reading = row.get(field, month)
    return None if reading is None else reading.value


def test_district_list_comes_back_word_for_word(tmp_path: Path) -> None:
    sheet = write_list(tmp_path / "list.xlsx", with_locations=True)

    counts = {"title": 1, "unit": 1, "header": 2, "total": 1, "category": 3, "project": 4, "note": 1}
    assert sheet.row_counts() == counts
    assert [row.category for row in sheet.projects] == [
        "infrastructure",
        "infrastructure",
        "livelihood",
        "functional",
    ]
    for written in ROWS:
        row = by_name(sheet, str(written["name"]))
        for field, expected in written.items():
            if field == "category" or field.endswith("_text"):
                continue
            wanted = expected.isoformat() if isinstance(expected, date) else expected
            assert value(row, field) == wanted, field
    approx = by_name(sheet, str(ROWS[0]["name"])).get("total_investment")
    assert approx is not None and approx.qualifier == "approx"
    assert sheet.stated_on == date(2022, 1, 31)


def test_the_total_counts_amounts_in_words_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    """“约1.2亿”是文字，表格软件加不了：按数添进公式，合计才与系统一致；只有区间的不加，表下说明。"""
    between = {"name": "丙站", "category": "housing", "street": "桃浦镇", "total_investment_text": "2-3亿元"}
    rows = [*ROWS, {**between, "responsible_unit": "区建管委"}]
    write_project_list(
        tmp_path / "a.xlsx", year=2022, level="district", title="2022年清单", unit_line="", rows=rows
    )
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]

    assert sheet["J5"].value == "=SUM(J7:J8,J10:J10,J12:J12,J14:J14,12000)"
    assert (
        sheet["K5"].value
        == '=IF(COUNT(K7:K8,K10:K10,K12:K12,K14:K14)=0,"",SUM(K7:K8,K10:K10,K12:K12,K14:K14))'
    )
    assert sheet["A15"].value == (
        "注：总投资合计含写“约”“逾”一类的 1 个，按所写的数加；没有写定的（区间、待定、空着）1 个未计入。"
    )
    assert [(w.cell, w.code) for w in write_list(tmp_path / "b.xlsx").warnings] == []


def test_municipal_list_is_flat_and_numbered_through(tmp_path: Path) -> None:
    sheet = write_list(tmp_path / "city.xlsx", level="municipal")

    assert (sheet.name, sheet.level) == ("市属", "municipal")
    assert [value(row, "seq") for row in sheet.projects] == [1, 2, 3, 4]
    assert "category" not in sheet.row_counts()


def test_layout_of_the_printed_list(tmp_path: Path) -> None:
    write_list(tmp_path / "list.xlsx")
    sheet = load_workbook(tmp_path / "list.xlsx").worksheets[0]

    assert sheet["J5"].value == "=SUM(J7:J8,J10:J10,J12:J12,12000)"
    assert sheet["A6"].value == "一、市政基础设施类（2个）"
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "D5",
        "landscape",
        8,
    )
    assert sheet.print_title_rows == "$3:$4"
    fitted = sheet.sheet_properties.pageSetUpPr
    assert sheet.page_setup.fitToHeight == 0 and fitted is not None and fitted.fitToPage
    assert "A1:U1" in {str(merge) for merge in sheet.merged_cells.ranges}
    assert sheet["B7"].border.left.style == "thin"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2层", "@区府办", "＝1", "=cmd|' /C calc'!A0"])
def test_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "inject.xlsx"
    write_monthly_report(path, month=date(2022, 6, 1), title=text, rows=[{"name": "甲路", "problems": text}])
    sheet = load_workbook(path).worksheets[0]

    for cell in (sheet["A1"], sheet["I5"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert value(read_workbook(path, year=2022).sheets[0].projects[0], "problems") == text


def test_monthly_report_comes_back(tmp_path: Path) -> None:
    rows = [
        {
            "code": "PT-1",
            "name": "甲路",
            "responsible_unit": "区建管委",
            "month_investment": 1_234_567,
            "cumulative_investment": 5_000_000,
            "progress": Decimal("62.5"),
            "work": "1.桩基\n2.承台",
            "problems": "管线未搬迁",
            "next_steps": "承台浇筑",
        },
        {"code": "PT-2", "name": "乙桥", "month_investment": 0, "cumulative_investment": 0, "progress": 1},
    ]
    path = tmp_path / "report.xlsx"
    write_monthly_report(path, month=date(2022, 6, 1), title="2022年6月重大工程月报", rows=rows)
    sheet = read_workbook(path, year=2022, month=date(2022, 6, 1)).sheets[0]

    assert (sheet.kind, sheet.stated_on, sheet.warnings) == ("monthly_report", date(2022, 6, 30), ())
    for written, row in zip(rows, sheet.projects, strict=True):
        for field, expected in written.items():
            assert value(row, field) == (str(expected) if field == "progress" else expected), field


def test_monthly_plan_comes_back(tmp_path: Path) -> None:
    plan = {
        "code": "PT-1",
        "name": "甲路",
        "responsible_unit": "区建管委",
        "plan_investment": {month: month * 10_000 for month in range(1, 13)},
        "plan_progress": {1: Decimal("0.5"), 2: 1, 6: 50, 12: 100},
        "plan_work": {1: "前期", 12: "竣工"},
    }
    path = tmp_path / "plan.xlsx"
    write_monthly_plan(path, year=2022, title="2022年普陀区重大工程月度计划", rows=[plan, {"name": "乙桥"}])
    sheet = read_workbook(path, year=2022).sheets[0]
    row = sheet.projects[0]

    assert (sheet.kind, sheet.header_rows, sheet.warnings) == ("monthly_plan", (3, 4), ())
    assert [value(row, "plan_investment", month) for month in range(1, 13)] == [
        m * 10_000 for m in range(1, 13)
    ]
    assert [value(row, "plan_progress", month) for month in (1, 2, 6, 12)] == ["0.5", "1", "50", "100"]
    assert value(row, "plan_work", 12) == "竣工"
    assert sheet.units == {"plan_investment": "万元"}


def test_empty_lists_can_still_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_project_list(path, year=2022, level="district", title="清单", unit_line="填报单位：", rows=[])

    assert read_workbook(path, year=2022).sheets[0].projects == ()


def test_amounts_are_exact_decimals_of_ten_thousand_yuan() -> None:
    assert in_wan(120_000_000) == 12_000
    assert in_wan(1) == Decimal("0.0001")
    assert in_wan(-15_000) == Decimal("-1.5")


def test_runs_join_neighbouring_rows() -> None:
    assert runs([5, 6, 7, 9]) == [(5, 7), (9, 9)]
    assert runs([]) == []


def test_a_row_is_as_tall_as_its_wrapped_text_and_a_day_fits_its_column(tmp_path: Path) -> None:
    """LibreOffice 打开、转 PDF 时不撑高行：折行的字压到邻行上，日期折成两行。"""
    rows = [
        {**ROWS[0], "scale": "建设一条双向四车道的道路" * 4},
        {"code": "P2", "name": "短", "category": "housing"},
    ]
    write_project_list(
        tmp_path / "a.xlsx", year=2022, level="district", title="清单", unit_line="", rows=rows
    )
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    places = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}

    tall = sheet.row_dimensions[places[rows[0]["scale"]].row].height
    assert tall >= 15 * 4 and sheet.row_dimensions[places["短"].row].height is None
    assert sheet.column_dimensions[places["计划开工时间"].column_letter].width >= len("2022年12月30日") + 3


def test_a_year_of_months_prints_on_several_pages_with_the_names_on_each(tmp_path: Path) -> None:
    row = {"code": "P1", "name": "甲", "plan_investment": {m: 99_999_999_999 for m in range(1, 13)}}
    write_monthly_plan(tmp_path / "p.xlsx", year=2022, title="月度计划", rows=[row])
    write_project_list(
        tmp_path / "l.xlsx", year=2022, level="district", title="清单", unit_line="", rows=ROWS
    )
    plan, listed = (load_workbook(tmp_path / name).worksheets[0] for name in ("p.xlsx", "l.xlsx"))

    assert (plan.page_setup.fitToWidth, plan.print_title_cols) == (2, "$A:$C")
    assert "A1:V1" in {str(merge) for merge in plan.merged_cells.ranges}  # 标题在第一页居中
    assert [plan[cell].value for cell in ("V2", "AN2", "W3")] == ["单位：万元", "单位：万元", "7月"]
    assert (listed.page_setup.fitToWidth, listed.print_title_cols) == (1, None)
