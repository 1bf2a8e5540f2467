"""看着像、其实不是的表头：不悄悄记错（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.exchange.layouts import CONTENT, JUNE, sheet_of
from tests.exchange.workbooks import codes

BESIDE = ["甲路拓宽工程", "乙小学迁建工程", "丙河整治工程"]


def column_of(tmp_path: Path, header: str, content: str, *, month: date | None = JUNE) -> tuple[str, bool]:
    """一张只多这一列的月报：这一列认作什么，问没问。"""
    rows: list[list[object]] = [["重点项目推进情况（单位：万元）"], ["序号", "项目名称", "责任单位", header]]
    rows += [
        [n, name, "区建管委", cell]
        for n, (name, cell) in enumerate(zip(BESIDE, CONTENT[content], strict=True), 1)
    ]
    sheet = sheet_of(tmp_path, rows, month)
    field = sheet.columns.get("D2", "other:")
    return "-" if field.startswith("other:") else field, ("D2", "doubtful_column") in codes(sheet)


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("总投资（万美元）", "数"), ("总投资变化", "数"), ("概算调整额", "数"), ("累计到账", "数"), ("本季计划投资", "数"),
        ("2022年-2024年计划投资", "数"), ("2022年1-6月计划投资", "数"), ("追加投资", "数"), ("后续投资", "数"), ("征收进度", "率"),
        ("去年底形象进度", "率"), ("未完成的工作", "话"), ("三年目标", "话"), ("远期目标", "话"), ("季度目标", "话"),
        ("建设单位意见", "话"), ("责任单位反馈", "话"), ("街道工作", "话"), ("主体完工时间", "日"), ("街道对接科室", "话"),
    ],
)  # fmt: skip
def test_a_column_of_something_else_is_kept_as_it_is(tmp_path: Path, header: str, content: str) -> None:
    assert column_of(tmp_path, header, content)[0] == "-"


@pytest.mark.parametrize(
    ("header", "content", "field"),
    [
        ("5月形象进度", "话", "work"), ("7月形象进度", "话", "work"), ("一季度进展", "话", "work"),
        ("开竣工时间", "日", "planned_finish"), ("总投资完成率", "率", "year_ratio"),
    ],
)  # fmt: skip
def test_a_column_that_may_be_something_else_is_asked_about(
    tmp_path: Path, header: str, content: str, field: str
) -> None:
    assert column_of(tmp_path, header, content) == (field, True)


def test_what_is_of_this_month_or_this_quarter_is_not_asked_about(tmp_path: Path) -> None:
    for header in ("6月形象进度", "二季度进展", "形象进度"):
        assert column_of(tmp_path, header, "话") == ("work", False)


def test_done_before_this_year_is_not_done_in_it(tmp_path: Path) -> None:
    assert column_of(tmp_path, "2022年以前完成投资", "数")[0] == "cumulative_before"
