"""一年的记录与据此出的一份年度总结；文件测试共用。"""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kaopu.documents.actions import issue_annual_summary
from kaopu.domain.causes import Cause
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.figures.actions import close_month, close_year
from kaopu.projects.models import AnnualGoal
from kaopu.tracking import actions
from tests.factories import listed, operator, project_list


def pytest_configure(config: pytest.Config) -> None:
    """登记本目录用到的标记。"""
    config.addinivalue_line("markers", "office: 要用 LibreOffice，没有就跳过")


@pytest.fixture
def year() -> Iterator[None]:
    """四个项目的一年：完成一个、滞后两个、停止一个。"""
    rows = [listed(name, category=category) for name, category in (
        ("滨河绿道", "infrastructure"), ("示例小学", "livelihood"), ("示例医院", "livelihood"), ("产业园二期", "functional"),
    )]  # fmt: skip
    years = project_list(rows)
    actions.record_achievement(
        goal=AnnualGoal.objects.get(project_year=years[0]), reached=GoalType.COMPLETED, evidence="验收单",
        verified_by="专员", by=operator(), on=date(2022, 11, 1),
    )  # fmt: skip
    actions.record_lag_reason(
        project_years=years[1:3],
        category=Cause.PIPELINES,
        cause="管线未迁",
        by=operator(),
        on=date(2022, 12, 1),
    )
    actions.record_decision(
        project_year=years[3], outcome=Outcome.STOPPED, document="专题会纪要3号", reason="建设单位原因",
        by=operator(), on=date(2022, 12, 1),
    )  # fmt: skip
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=operator())
    close_year(year=2022, by=operator())
    yield


@pytest.fixture
def paper(year: None, tmp_path: Path) -> Path:
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=operator(), on=date(2023, 1, 28))
    return path


@pytest.fixture
def soffice() -> str:
    """LibreOffice 的路径；没有就跳过。"""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("没有 LibreOffice：请安装（Debian：apt-get install libreoffice-writer）")
    return found
