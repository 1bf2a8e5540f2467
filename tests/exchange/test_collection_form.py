"""采集表：预填、锁格、限填；填好的导回不靠名称，月份不对、过时的、改过键的退回（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.accounts.models import Organization
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.collection import form_rows
from kaopu.exchange.excel_out import write_collection_form, write_project_list
from kaopu.projects.models import Project
from kaopu.tracking.actions import save_reports
from kaopu.tracking.models import MonthlyReport
from kaopu.tracking.queries import owing
from tests.factories import operator

pytestmark = pytest.mark.django_db
JUNE = date(2022, 6, 1)


@pytest.fixture
def unit(tmp_path: Path) -> Organization:
    rows = [
        {"name": name, "category": "livelihood", "responsible_unit": "区教育局"}
        for name in ("甲小学", "乙中学")
    ]
    path = tmp_path / "清单.xlsx"
    write_project_list(path, year=2022, level="district", title="2022年清单", unit_line="区推进办", rows=rows)
    import_workbook(path, year=2022, by=operator())
    return Organization.objects.get(name="区教育局")


def issue(path: Path, unit: Organization, month: date = JUNE) -> Path:
    write_collection_form(path, month=month, unit=unit.name, rows=form_rows(month=month, unit=unit))
    return path


def fill(path: Path, cells: dict[str, object]) -> Path:
    book = load_workbook(path)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    book.save(path)
    return path


def test_only_the_cells_to_fill_can_be_changed_and_they_have_limits(
    tmp_path: Path, unit: Organization
) -> None:
    sheet = load_workbook(issue(tmp_path / "表.xlsx", unit)).worksheets[0]

    assert sheet.protection.sheet and sheet.column_dimensions["A"].hidden
    assert [sheet[cell].protection.locked for cell in ("C4", "E4", "F4", "J5")] == [True, True, False, False]
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"decimal", "textLength"}
    assert [sheet[f"C{row}"].value for row in (4, 5)] == ["甲小学", "乙中学"]
    assert "只填浅黄的格" in sheet["A6"].value
    assert sheet.row_dimensions[4].height is None  # 藏着的键不撑高行，填长了表格软件自己长高


def test_a_filled_form_comes_back_without_matching_names(tmp_path: Path, unit: Organization) -> None:
    path = issue(tmp_path / "表.xlsx", unit)
    fill(path, {"C4": "名字被人改了", "F4": 120, "G4": 0.45, "H4": "封顶", "F5": 0})

    result = import_workbook(path, year=2022, month=JUNE, by=operator())

    assert (result.applied, result.refusals) == (2, [])
    first = MonthlyReport.objects.get(project_year__project__profile__name="甲小学")
    assert (first.investment_yuan, first.progress_percent, first.work) == (1_200_000, 45, "封顶")
    assert [warning for sheet in result.reading.sheets for warning in sheet.warnings] == []
    again = form_rows(month=JUNE, unit=unit)[0]
    assert (again["month_investment"], again["work"]) == (1_200_000, "封顶")
    july = form_rows(month=date(2022, 7, 1), unit=unit)[0]
    assert (july["previous_cumulative"], "work" in july) == (1_200_000, False)


def test_a_form_for_another_month_or_an_outdated_one_is_sent_back(tmp_path: Path, unit: Organization) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"F4": 1})
    wrong = preview(path, year=2022, month=date(2022, 7, 1), by=operator())
    assert "这是2022年6月的采集表，本次导入的是2022年7月" in wrong.refusals[0]

    year = Project.objects.get(profile__name="甲小学").years.get()
    save_reports(month=JUNE, rows=[{"project_year": year, "work": "别人先报了"}], by=operator(), on=JUNE)
    late = preview(path, year=2022, month=JUNE, by=operator())
    assert "已报过新的月报。请重新下载采集表" in late.refusals[0]
    assert MonthlyReport.objects.count() == 1


def test_the_same_form_sent_twice_changes_nothing_and_is_no_error(tmp_path: Path, unit: Organization) -> None:
    path = issue(tmp_path / "表.xlsx", unit)
    fill(path, {"F4": 120, "H4": "封顶", "F5": 0})
    import_workbook(path, year=2022, month=JUNE, by=operator())

    again = import_workbook(path, year=2022, month=JUNE, by=operator())

    assert (again.applied, again.unchanged, again.refusals, MonthlyReport.objects.count()) == (0, 2, [], 2)


def test_a_row_left_empty_is_not_a_report(tmp_path: Path, unit: Organization) -> None:
    path = issue(tmp_path / "表.xlsx", unit)
    fill(path, {"F4": 120})

    result = import_workbook(path, year=2022, month=JUNE, by=operator())

    assert (result.applied, result.rejected) == (1, 1)
    assert str(result.rejections[0]).startswith("月报第5行“乙中学”未读入：没有本月的投资")
    assert [year.project.profile.name for year in owing(JUNE)] == ["乙中学"]


def test_a_tampered_key_is_sent_back(tmp_path: Path, unit: Organization) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"A4": "2022-06/甲", "F4": 1})

    result = preview(path, year=2022, month=JUNE, by=operator())

    assert "行键被改动过" in result.refusals[0]


def test_one_impossible_cell_turns_away_its_row_not_the_form(tmp_path: Path, unit: Organization) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"F4": 100, "G4": 50, "F5": 200, "H5": "完成主体"})

    result = import_workbook(path, year=2022, month=JUNE, by=operator())

    assert [str(item) for item in result.rejections] == [
        "月报第4行“甲小学”未读入：G4“5000%”不可能是百分比。请核对单位。"
    ]
    assert MonthlyReport.objects.live().get().work == "完成主体"


def test_a_row_somebody_added_has_no_key_and_is_turned_away_alone(tmp_path: Path, unit: Organization) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"H4": "开工", "C7": "丙幼儿园", "F7": 30, "H7": "新报"})

    result = import_workbook(path, year=2022, month=JUNE, by=operator())

    reasons = {item.row: item.reason for item in result.rejections}
    assert set(reasons) == {5, 7} and "没有行键" in reasons[7]  # 第5行一栏也没有填
    assert MonthlyReport.objects.live().get().work == "开工"


def test_names_sorted_away_from_their_hidden_keys_are_not_written(tmp_path: Path, unit: Organization) -> None:
    """只给看得见的几列排了序：键留在原处，照键写就把乙的月报写到甲名下。"""
    path = issue(tmp_path / "表.xlsx", unit)
    fill(path, {"C4": "乙中学", "H4": "乙的工作", "C5": "甲小学", "H5": "甲的工作"})

    result = preview(path, year=2022, month=JUNE, by=operator())

    assert [item.row for item in result.rejections] == [4, 5]
    assert result.rejections[0].reason.startswith("隐藏的行键指的是“甲小学”，名称写的是另一个项目")
    assert result.refusals


def test_one_name_written_twice_turns_away_only_the_row_whose_key_says_otherwise(
    tmp_path: Path, unit: Organization
) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"C4": "乙中学", "H4": "抄错", "H5": "乙的工作"})

    result = import_workbook(path, year=2022, month=JUNE, by=operator())

    assert [item.row for item in result.rejections] == [4]
    assert MonthlyReport.objects.live().get().work == "乙的工作"


def test_a_name_the_unit_has_reworded_still_comes_back_by_its_key(tmp_path: Path, unit: Organization) -> None:
    path = fill(issue(tmp_path / "表.xlsx", unit), {"C4": "甲小学改扩建（新名）", "H4": "开工"})

    import_workbook(path, year=2022, month=JUNE, by=operator())

    assert MonthlyReport.objects.live().get().project_year.project.profile.name == "甲小学"
