"""办公室自己做的月度计划：月份下面只有数字的是投资，不是工作内容；与清单的年度计划对不上的说出来。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.config.commands.importing import print_import
from kaopu.domain.outcomes import Outcome
from kaopu.exchange.actions import import_workbook
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.results import ImportRefused
from kaopu.projects.models import MonthlyPlan
from kaopu.tracking.actions import record_decision
from tests import factories
from tests.exchange.workbooks import value, write

MONTHS = [f"{month}月" for month in range(1, 13)]
TITLE: list[list[object]] = [["2022年重点项目月度计划"], ["单位：万元"]]


def bare(path: Path, *cells: object, headers: list[str] = MONTHS) -> Path:
    return write(path, [*TITLE, ["序号", "项目名称", *headers], [1, "示例小学", *cells]], sheet="月度计划")


def test_bare_months_of_numbers_are_planned_investment_in_the_unit_of_the_sheet(tmp_path: Path) -> None:
    sheet = read_workbook(bare(tmp_path / "计划.xlsx", *range(100, 1300, 100)), year=2022).sheets[0]
    row = sheet.projects[0]

    assert [value(row, "plan_investment", month) for month in (1, 12)] == [1_000_000, 12_000_000]
    assert value(row, "plan_work", 1) is None
    assert sheet.units == {"plan_investment": "万元"}


def test_bare_months_of_percentages_are_planned_progress(tmp_path: Path) -> None:
    cells = [f"{month * 8}%" for month in range(1, 13)]
    row = read_workbook(bare(tmp_path / "计划.xlsx", *cells), year=2022).sheets[0].projects[0]

    assert (value(row, "plan_progress", 12), value(row, "plan_work", 12)) == ("96", None)


def test_bare_months_shown_as_percentages_are_planned_progress_though_some_rows_are_bare(
    tmp_path: Path,
) -> None:
    path = bare(tmp_path / "计划.xlsx", *[month / 20 for month in range(1, 13)])
    book = load_workbook(path)
    for column in range(3, 15):
        book.worksheets[0].cell(4, column).number_format = "0%"
    book.worksheets[0].append([2, "示例中学", *range(5, 65, 5)])
    book.save(path)
    rows = read_workbook(path, year=2022).sheets[0].projects

    assert [value(row, "plan_progress", 12) for row in rows] == ["60", "60"]


@pytest.mark.parametrize(
    ("header", "cell"), [("{}月", "桩基完成30%"), ("{}月工作内容", "1号"), ("{}月工作任务", "200")]
)
def test_words_stay_work(header: str, cell: str, tmp_path: Path) -> None:
    headers = [header.format(month) for month in range(1, 13)]
    row = read_workbook(bare(tmp_path / "计划.xlsx", *[cell] * 12, headers=headers), year=2022).sheets[0]

    assert value(row.projects[0], "plan_work", 3) == cell


@pytest.mark.django_db
def test_a_plan_that_does_not_add_up_to_the_annual_plan_of_the_list_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.project_year("示例小学", planned_investment_yuan=25_000_000)
    path = bare(tmp_path / "计划.xlsx", *[200] * 12)

    result = import_workbook(path, year=2022, month=None, by=factories.operator(), source="cli")
    print_import(result, dry_run=False)

    assert MonthlyPlan.objects.live().count() == 12
    assert [(sheet, item.code) for sheet, item in result.remarks] == [("月度计划", "plan_gap")]
    assert "各月计划投资之和比清单上的年度计划 2500万元少 100万元" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_stopped_project_that_is_carried_over_is_named(tmp_path: Path) -> None:
    stopped = factories.project_year("示例产业园")
    record_decision(
        project_year=stopped, outcome=Outcome.STOPPED, document="专题会纪要〔2022〕8号", reason="建设单位原因",
        measures="", by=factories.operator(), on=date(2022, 11, 1),
    )  # fmt: skip
    path = write(
        tmp_path / "清单.xlsx",
        [
            ["2023年清单"],
            ["单位：万元"],
            ["序号", "项目名称", "总投资", "列入方式"],
            [1, "示例产业园", 100, "结转"],
        ],
    )

    with pytest.raises(ImportRefused, match=rf"“示例产业园”（{stopped.project.code}）上年已停止实施"):
        import_workbook(path, year=2023, month=None, by=factories.operator(), source="cli")
