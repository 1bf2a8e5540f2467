"""测试用的记录：都经业务动作写入，数字由测试自己写明。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

import pyotp
from django.utils import timezone

from kaopu.accounts.actions import ensure_operator, ensure_organization
from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain.milestones import classify_goal
from kaopu.domain.passwords import needs_second_factor
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.projects.actions import ListedProject, save_list
from kaopu.projects.models import Project, ProjectYear
from kaopu.tracking.actions import review_report
from kaopu.tracking.models import MonthlyReport

_serial = count(1)


def operator() -> User:
    """命令行账号。"""
    return ensure_operator()


def unit(name: str = "区建管委") -> Organization:
    """责任单位。"""
    return ensure_organization(name=name, kind=OrganizationKind.RESPONSIBLE, by=operator())


def user(role: Role = Role.PROJECT_OFFICER, organization: Organization | None = None) -> User:
    """某角色的账号。"""
    # 不设口令：测试用 force_login，口令摘要很慢
    return User.objects.create(
        username=f"user{next(_serial)}",
        password="!",
        totp_secret=pyotp.random_base32() if needs_second_factor(role) else "",
        password_changed_at=timezone.now(),
        role=role,
        organization=organization,
    )


def listed(
    name: str,
    *,
    goal: str = "竣工",
    due_on: date | None = date(2022, 12, 31),
    profile: dict[str, Any] | None = None,
    **entry: Any,
) -> ListedProject:
    """清单的一行；缺省为区属、民生保障类、年初确定的正式项目。"""
    return ListedProject(
        project=Project.objects.filter(profile__name=name).select_related("profile").first(),
        code="",
        profile={"name": name, **(profile or {})},
        entry={
            "level": "district",
            "category": "livelihood",
            "entry": "initial",
            "formality": "formal",
            **entry,
        },
        goal={"text": goal, "goal_type": classify_goal(goal), "due_on": due_on} if goal else {},
    )


def project_list(
    rows: Sequence[ListedProject], *, year: int = 2022, on: date = date(2022, 1, 10), title: str = "年初清单"
) -> list[ProjectYear]:
    """写入一版清单，按行返回年度项目。"""
    _, saved = save_list(year=year, title=title, rows=rows, by=operator(), on=on)
    return [
        ProjectYear.objects.select_related("project__profile").get(project=row.project, year=year)
        for row in saved
    ]


def project_year(name: str = "示例小学", **options: Any) -> ProjectYear:
    """一个 2022 年的年度项目。"""
    return project_list([listed(name, **options)])[0]


def accept(report: MonthlyReport, *, on: date | None = None) -> MonthlyReport:
    """由推进办的另一人审定。"""
    review_report(report=report, verb=ReportVerb.ACCEPT, by=user(Role.PROJECT_OFFICER), on=on or report.on)
    return report
