"""导出：办公室的版式，原样导回一条不变；统计表的合计是活公式，与口径数相符（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.audit.models import Operation
from kaopu.domain.rights import Role
from kaopu.exchange.actions import import_workbook
from kaopu.exchange.excel_out import write_monthly_plan
from kaopu.exchange.exports import (
    ExportRefused,
    export_list,
    export_plans,
    export_problems,
    export_statistics,
)
from kaopu.figures.queries import evaluate
from kaopu.figures.tabulated import category_rows
from kaopu.projects.models import Project
from kaopu.supervision.actions import raise_issue
from kaopu.supervision.models import Issue
from kaopu.supervision.queries.clock import today
from tests.exchange.test_import import ROWS, list_workbook
from tests.exchange.test_problem_import import problems
from tests.exchange.workbooks import only_sheet
from tests.factories import listed, operator, project_list, unit, user

pytestmark = pytest.mark.django_db


def test_the_problem_list_comes_back_without_a_change(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    import_workbook(problems(tmp_path / "in.xlsx"), year=2022, by=operator())
    school = Project.objects.get()
    raise_issue(project=school, title="=1+1；两家没有谈拢\n1.甲 2.乙", by=operator(), on=today())
    raise_issue(project=None, title="全区渣土消纳能力不足", by=operator(), on=today(), description="详见附件")
    raise_issue(project=school, title="长" * 130, description="长" * 130 + "\n另", by=operator(), on=today())
    path = tmp_path / "问题清单.xlsx"

    export_problems(path, by=operator(), day=today())

    sheet = only_sheet(path)
    assert (sheet.kind, len(sheet.problems)) == ("problem_list", 6)
    again = import_workbook(path, year=2022, by=operator())
    assert (again.applied, again.unchanged, again.rejected) == (0, 6, 0), again.rejections
    assert Issue.objects.count() == 6
    written = load_workbook(path).worksheets[0]
    assert (written["A1"].value, written["M2"].value) == ("重大工程问题清单", "单位：件")
    assert written.column_dimensions["A"].hidden and written.freeze_panes == "F4"
    assert written.page_setup.orientation == "landscape" and "A1:M1" in map(str, written.merged_cells.ranges)
    formulas = [cell.coordinate for row in written.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
    assert Operation.objects.filter(verb="exchange.export").count() == 1


def test_a_changed_problem_or_a_tick_on_the_exported_list_is_turned_away(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    for title in ("土地未腾", "管线未搬"):
        raise_issue(project=Project.objects.get(), title=title, by=operator(), on=today())
    path = tmp_path / "问题清单.xlsx"
    export_problems(path, by=operator(), day=today())
    book = load_workbook(path)
    book.worksheets[0]["E5"] = "土地已腾"
    book.worksheets[0]["L6"] = "√"
    book.save(path)

    result = import_workbook(path, year=2022, by=operator())

    assert (result.unchanged, result.rejected) == (0, 2)
    assert "立出后不改" in str(result.rejections[0]) and "凭佐证销号" in str(result.rejections[1])


def test_another_lead_unit_or_date_on_the_exported_list_is_not_silently_dropped(tmp_path: Path) -> None:
    """以前只核对问题与销号，改了牵头单位、时限的数作“未变”，改的人以为改成了。"""
    project_list([listed("示例小学")])
    for title in ("土地未腾", "管线未搬", "电未通"):
        raise_issue(project=Project.objects.get(), title=title, by=operator(), on=today())
    path = tmp_path / "问题清单.xlsx"
    export_problems(path, by=operator(), day=today())
    book = load_workbook(path)
    book.worksheets[0]["G5"] = "区房管局"
    book.worksheets[0]["J6"] = "2099年12月31日"
    book.save(path)

    result = import_workbook(path, year=2022, by=operator())

    assert (result.unchanged, result.rejected) == (1, 2)
    assert "G5 牵头单位写成“区房管局”" in result.rejections[0].reason
    assert "J6 解决时限写成“2099-12-31”" in result.rejections[1].reason


def test_the_project_list_comes_back_without_a_change(tmp_path: Path) -> None:
    odd = {**ROWS[0], "total_investment_text": "约1.2亿", "lon": "121.4035", "lat": "31.2390"}
    ranged = {**ROWS[1], "total_investment_text": "2-3亿"}
    import_workbook(list_workbook(tmp_path / "in.xlsx", [odd, ranged]), year=2022, by=operator())
    path = tmp_path / "清单.xlsx"

    export_list(path, year=2022, by=operator())

    again = import_workbook(path, year=2022, by=operator())
    assert (again.applied, again.unchanged, again.rejected) == (0, 2, 0)


def test_the_monthly_plan_comes_back_without_a_change(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "in.xlsx"), year=2022, by=operator())
    rows = [
        {"code": "A1", "name": "示例小学", "plan_investment": {3: 15_000, 4: 1}, "plan_progress": {3: 12}}
    ]
    write_monthly_plan(tmp_path / "p.xlsx", year=2022, title="计划", rows=rows)
    import_workbook(tmp_path / "p.xlsx", year=2022, by=operator())
    path = tmp_path / "计划.xlsx"

    export_plans(path, year=2022, by=operator())

    again = import_workbook(path, year=2022, by=operator())
    assert (again.applied, again.unchanged, again.rejected) == (0, 2, 0)


def test_a_unit_gets_only_its_own_and_nothing_to_export_says_so(tmp_path: Path) -> None:
    school, other = unit("区教育局"), unit("区卫健委")
    project_list(
        [
            listed("甲校", profile={"responsible_unit": school}),
            listed("乙院", profile={"responsible_unit": other}),
        ]
    )
    path = tmp_path / "清单.xlsx"

    export_list(path, year=2022, by=user(Role.RESPONSIBLE_UNIT, school))

    assert [row.text("name") for row in only_sheet(path).projects] == ["甲校"]
    with pytest.raises(ExportRefused, match="请换一个年度"):
        export_list(path, year=2031, by=operator())


def test_the_statistics_table_adds_up_by_living_formulas(tmp_path: Path) -> None:
    project_list([listed("甲"), listed("乙"), listed("丙", category="housing")])
    book = evaluate(2022, as_of=date(2022, 12, 31))
    path = tmp_path / "统计表.xlsx"

    export_statistics(path, book=book, by=operator())

    sheet = load_workbook(path).worksheets[0]
    assert [sheet.cell(9, column).value for column in (2, 3)] == ["=SUM(B4:B8)", "=SUM(C4:C8)"]
    assert sheet["B4"].value == "=SUM(C4:G4)"
    assert {sheet[cell].alignment.horizontal for cell in ("B4", "C4", "B9", "C9", "G9")} == {"center"}
    counted = [[sheet.cell(row, column).value for column in range(3, 8)] for row in range(4, 9)]
    again = import_workbook(path, year=2022, by=operator())
    assert (again.refusals, again.applied, again.rejected, again.rows_in) == ([], 0, 0, 10)
    assert sum(map(sum, counted)) == book["list.district"].value == 3
    assert counted[4] == [book[f"category.housing.{name}"].value for name in category_rows(book)[0]]
