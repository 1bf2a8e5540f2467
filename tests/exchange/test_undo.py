"""撤销一批导入：新写的作废，改过的恢复原值，撤后可再导；其后有人接着办了的不许撤（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from kaopu.exchange.actions import import_workbook
from kaopu.exchange.excel_out import write_monthly_report
from kaopu.exchange.models import ImportBatch
from kaopu.exchange.undo import UndoRefused, undo_import
from kaopu.projects.actions import sign_letter
from kaopu.projects.models import AnnualGoal, ListEntry, Project
from kaopu.tracking.actions import freeze_month, save_reports
from kaopu.tracking.models import MonthlyReport, RuleSet
from tests.exchange.test_import import ROWS, list_workbook
from tests.factories import operator
from tests.factories import unit as unit_named

pytestmark = pytest.mark.django_db
JUNE = date(2022, 6, 1)


def report(path: Path, investment: int) -> Path:
    rows = [{"code": "A1", "name": "示例小学", "month_investment": investment, "work": "封顶"}]
    write_monthly_report(path, month=JUNE, title="月报", rows=rows)
    return path


def undo(reason: str = "导错了文件") -> None:
    undo_import(batch=ImportBatch.objects.latest("pk"), reason=reason, by=operator())


def test_undoing_a_list_takes_it_off_the_list_and_it_can_be_imported_again(tmp_path: Path) -> None:
    path = list_workbook(tmp_path / "清单.xlsx")
    import_workbook(path, year=2022, by=operator())

    undo()

    assert ListEntry.objects.live().count() == AnnualGoal.objects.live().count() == 0
    assert Project.objects.count() == 2
    again = import_workbook(path, year=2022, by=operator())
    assert (again.applied, ListEntry.objects.live().count()) == (2, 2)
    assert AnnualGoal.objects.live().count() == 2


def test_undoing_a_change_brings_back_what_was_there_before(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    changed = [{**ROWS[0], "total_investment": 5_000_000, "goal": "开工", "category": "housing"}]
    import_workbook(list_workbook(tmp_path / "b.xlsx", changed), year=2022, by=operator())

    undo()

    project = Project.objects.get(code="A1")
    assert (project.profile.total_investment_yuan, project.profile.revision) == (90_000_000, 3)
    assert AnnualGoal.objects.live().get(project_year__project=project).text == "竣工"
    assert ListEntry.objects.live().get(project_year__project=project).category == "livelihood"


def test_undoing_a_report_leaves_none_and_the_next_one_follows_it(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())
    import_workbook(report(tmp_path / "a.xlsx", 1_000_000), year=2022, month=JUNE, by=operator())

    undo()

    assert MonthlyReport.objects.live().count() == 0
    again = import_workbook(report(tmp_path / "b.xlsx", 2_000_000), year=2022, month=JUNE, by=operator())
    assert again.applied == 1
    assert MonthlyReport.objects.live().get().investment_yuan == 2_000_000


def test_what_others_built_upon_cannot_be_undone(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())
    year = Project.objects.get(code="A1").years.get()
    save_reports(month=JUNE, rows=[{"project_year": year, "work": "开挖"}], by=operator(), on=JUNE)

    with pytest.raises(UndoRefused, match="新列入的项目已有月报"):
        undo()
    import_workbook(report(tmp_path / "月报.xlsx", 1), year=2022, month=JUNE, by=operator())
    save_reports(month=JUNE, rows=[{"project_year": year, "work": "又改"}], by=operator(), on=JUNE)
    with pytest.raises(UndoRefused, match="其后又有更正"):
        undo()
    assert MonthlyReport.objects.live().get().work == "又改"


def test_a_goal_locked_since_is_not_undone(tmp_path: Path) -> None:
    unit = unit_named("区教育局")
    rows = [{**ROWS[0], "responsible_unit": "区教育局"}]
    import_workbook(list_workbook(tmp_path / "a.xlsx", rows), year=2022, by=operator())
    sign_letter(year=2022, unit=unit, document="责任书1号", by=operator(), on=JUNE)

    with pytest.raises(UndoRefused, match="已随责任书锁定"):
        undo()
    assert AnnualGoal.objects.live().get().text == "竣工"


def test_a_frozen_month_a_second_undo_and_no_reason_are_refused(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())
    with pytest.raises(UndoRefused, match="请写明撤销的理由"):
        undo(" ")
    import_workbook(report(tmp_path / "月报.xlsx", 1), year=2022, month=JUNE, by=operator())
    freeze_month(month=JUNE, verdicts=[], rule_set=RuleSet.objects.get(kind="colour"), by=operator(), on=JUNE)
    with pytest.raises(UndoRefused, match="已关账冻结"):
        undo()

    import_workbook(report(tmp_path / "七月.xlsx", 1), year=2022, month=date(2022, 7, 1), by=operator())
    undo()
    with pytest.raises(UndoRefused, match="已经撤销过"):
        undo()


def test_a_batch_is_still_append_only(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ImportBatch.objects.update(applied=0)
