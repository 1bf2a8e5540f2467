"""词表与字眼两种认法不一样的列，照读而说明（HANDBOOK §7.2 第2条“let the user correct the mapping”）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.excel_in.reading import read_workbook
from tests.exchange.workbooks import codes, write

UNIT = ["单位：万元"]


@pytest.mark.parametrize(
    ("header", "content", "other"),
    [
        ("计划完成时间", ["2022年9月底", "2022-10-31"], "计划竣工"),
        ("文字说明", ["主体封顶", "桩基施工"], "备注"),
        ("需区里协调解决的问题", ["道路红线未交地", "夜间施工证未批"], "需协调事项"),
    ],
)
def test_a_header_of_two_readings_is_said_at_the_header_and_on_every_cell(
    tmp_path: Path, header: str, content: list[str], other: str
) -> None:
    rows = [["2022年重大项目进展"], UNIT, ["序号", "项目名称", "总投资", "年度计划投资", header],
            [1, "甲路", 200, 30, content[0]], [2, "乙桥", 300, 40, content[1]]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="表1")
    sheet = read_workbook(path, year=2022).sheets[0]

    said = [w.message for w in sheet.warnings if w.code == "doubtful_column"]
    assert len(said) == 1 and said[0].startswith(f"E3 列“{header}”") and other in said[0]
    items = [item for row in sheet.projects for item in row.values if item.cell in ("E4", "E5")]
    assert len(items) == 2 and all(item.value and "doubtful_column" in item.flags for item in items)

    settled = Choices(columns={header: ColumnRule(field=sheet.columns["E3"])})
    again = read_workbook(path, year=2022, choices=settled).sheets[0]
    assert ("E3", "doubtful_column") not in codes(again)  # 人定过的不再问


def test_days_under_a_column_of_words_are_said(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "牵头部门", "落实情况"],
            [1, "甲路", "管线未迁", "区水务局", "2022-09-30"], [2, "乙桥", "腾地未完", "区建管委", "2022-10-31"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="问题"), year=2022).sheets[0]

    assert ("E2", "doubtful_column") in codes(sheet)


def test_a_request_read_as_the_problem_beside_words_not_known_is_said(tmp_path: Path) -> None:
    rows = [["调研交办清单"], ["序号", "项目名称", "现场所见", "责任单位", "希望协调"],
            [1, "甲路", "夜间出土时段受限", "区城管局", "延长到24点"], [2, "乙桥", "幕墙方案没有通过", "区规资局", "加快审图"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="问题"), year=2022).sheets[0]

    assert sheet.columns["E2"] == "problems" and ("E2", "doubtful_column") in codes(sheet)


def test_ordinary_headers_are_not_doubted(tmp_path: Path) -> None:
    rows = [["2022年6月重点工程月报"], UNIT,
            ["序号", "项目名称", "总投资", "年度计划投资", "本月完成投资", "1-6月累计完成", "完成率", "形象进度",
             "存在问题", "下步计划", "计划竣工时间", "备注"],
            [1, "甲路", 200, 30, 3, 15, "50%", "主体封顶", "管线未迁", "装修", "2022年9月", "示例"]]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022).sheets[0]

    assert "doubtful_column" not in {code for _, code in codes(sheet)}


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [("整体工程进度", "施工进度", True), ("建设单位", "代建单位", False), ("形象进度", "施工进度", False)],
)
def test_two_columns_that_contest_a_field_are_asked_about(
    tmp_path: Path, first: str, second: str, asked: bool
) -> None:
    """在前的一列占了字段；写的正是字段名的不必问。"""
    rows: list[list[object]] = [
        ["2022年6月月报"], ["序号", "项目名称", "本月完成投资（万元）", first, second],
        [1, "示例路", 30, "45%", "60%"], [2, "示例桥", 40, "50%", "55%"],
    ]  # fmt: skip
    if first == "建设单位":
        rows[2][3:], rows[3][3:] = ["甲公司", "乙公司"], ["丙公司", "丁公司"]
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows), year=2022, month=date(2022, 6, 1)).sheets[0]

    assert (("D2", "doubtful_column") in codes(sheet)) is asked


def test_what_a_person_ruled_is_the_last_word(tmp_path: Path) -> None:
    """定了的列，别的列占着这个字段的让出来，看内容也不改回去；写着几月的，下个月照月份认。"""
    rows: list[list[object]] = [
        ["6月情况（万元）"], ["项目名称", "本月完成投资", "财务口径实际数", "需协调事项", "6月完成", "5月完成"],
        ["甲路", 10, 12, "请区里协调", 30, 20], ["乙桥", 20, 22, "请街道配合", 40, 35],
    ]  # fmt: skip
    path = write(tmp_path / "a.xlsx", rows)
    rules = {
        "财务口径实际数": ColumnRule(field="month_investment", unit="万元"), "需协调事项": ColumnRule(field="problems"),
        "5月完成": ColumnRule(field="cumulative_investment"),
    }  # fmt: skip
    sheet = read_workbook(path, year=2022, month=date(2022, 6, 1), choices=Choices(columns=rules)).sheets[0]

    assert (sheet.columns["C2"], sheet.columns["D2"]) == ("month_investment", "problems")
    assert sheet.columns["B2"].startswith("other:")
    assert sheet.columns["F2"] != "cumulative_investment"
