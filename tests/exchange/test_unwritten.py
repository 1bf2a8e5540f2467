"""读懂了而没有写进库的，一样样说明：绿色的格不等于都进了库（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.models import ImportBatch
from kaopu.projects.models import AnnualGoal
from tests.exchange.test_import import list_workbook
from tests.exchange.workbooks import listing, project, write
from tests.factories import operator

pytestmark = pytest.mark.django_db


def test_a_due_day_without_a_goal_is_remarked_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "清单.xlsx", listing(project(due="2022年9月底"), project(2, "乙桥", due=None)))

    told = preview(path, year=2022, by=operator())
    done = import_workbook(path, year=2022, by=operator())

    assert [(name, item.cell, item.code) for name, item in told.remarks] == [("区属", "G4", "goal_due_alone")]
    assert done.remarks == told.remarks and not AnnualGoal.objects.exists()
    assert ImportBatch.objects.get().warnings[-1]["code"] == "goal_due_alone"


def test_columns_that_only_check_and_sub_rows_are_noted(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资", "本月完成投资", "累计完成投资", "形象进度"]
    rows = [
        ["2022年6月月报", "单位：万元"],
        header,
        [1, "示例小学", 9000, 30, 90, "封顶"],
        [None, "其中：一标段", None, 10, 30, None],
    ]
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())
    path = write(tmp_path / "月报.xlsx", rows, sheet="教育局")

    notes = preview(path, year=2022, month=date(2022, 6, 1), by=operator()).notes

    assert notes == [
        "工作表“教育局”的“总投资”“累计完成投资”只用来核对，不写入。",
        "工作表“教育局”有子项 1 行，不作项目写入，投资以项目行为准；写着的问题并入项目的月报。",
    ]


def test_the_batch_is_named_once_written(tmp_path: Path) -> None:
    path = list_workbook(tmp_path / "清单.xlsx")

    told = preview(path, year=2022, by=operator())
    done = import_workbook(path, year=2022, by=operator())

    assert (told.batch, done.batch) == (None, ImportBatch.objects.get().pk)


def test_an_amount_or_a_share_said_to_be_about_is_taken_as_exact_and_said_so(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=operator())
    rows = [
        ["2022年6月月报", "单位：万元"],
        ["序号", "项目名称", "总投资", "本月完成投资", "形象进度"],
        [1, "示例小学", "约9000", "约30", "50%左右"],
        [2, "示例医院", 9000, 30, "50%"],
    ]
    path = write(tmp_path / "月报.xlsx", rows, sheet="教育局")

    done = import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())
    again = import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())

    assert [(item.cell, item.code) for _, item in done.remarks] == [
        ("D3", "taken_as_exact"),
        ("E3", "taken_as_exact"),
    ]
    assert (again.unchanged, again.remarks) == (2, [])
