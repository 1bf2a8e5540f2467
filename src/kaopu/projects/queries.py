"""项目与清单的读取；凡给人看的都先过 ``visible_to``。"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import QuerySet

from kaopu.accounts.models import User
from kaopu.projects.models import (
    AnnualGoal,
    Ceremony,
    ListEntry,
    Project,
    ProjectProfile,
    ProjectYear,
    StageChange,
)


def project_for(user: User, code: str) -> Project | None:
    """某人看得见的、编号为 ``code`` 的项目；看不见与不存在同样是 ``None``。"""
    return (
        Project.objects.visible_to(user)
        .select_related("profile__responsible_unit", "profile__owner")
        .filter(code=code)
        .first()
    )


def is_own(user: User, project: Project) -> bool:
    """是不是某人本单位（辖区内）的项目。"""
    return Project.objects.of(user).filter(pk=project.pk).exists()


def years_of(project: Project) -> QuerySet[ListEntry]:
    """一个项目历年的清单条目，从近到远。"""
    return (
        ListEntry.objects.live()
        .filter(project_year__project=project)
        .select_related("project_year", "list_version", "previous")
        .order_by("-project_year__year")
    )


def years_listed() -> list[int]:
    """编过清单的年度，从近到远。"""
    return list(ProjectYear.objects.order_by("-year").values_list("year", flat=True).distinct())


def entries_known(*, year: int, as_of: date, known_at: datetime) -> QuerySet[ListEntry]:
    """某年清单条目，截至 ``as_of`` 当日、按 ``known_at`` 时所知。"""
    return (
        ListEntry.objects.known(as_of=as_of, known_at=known_at)
        .filter(project_year__year=year)
        .select_related("project_year__project")
        .order_by("project_year__project__code")
    )


def goals_known(*, year: int, as_of: date, known_at: datetime) -> dict[int, list[AnnualGoal]]:
    """某年各年度项目的目标，按年度项目编号归拢。"""
    grouped: dict[int, list[AnnualGoal]] = defaultdict(list)
    goals = AnnualGoal.objects.known(as_of=as_of, known_at=known_at).filter(project_year__year=year)
    for goal in goals.order_by("ordinal"):
        grouped[goal.project_year_id].append(goal)
    return grouped


def profiles_known(*, as_of: date, known_at: datetime, year: int | None = None) -> dict[int, ProjectProfile]:
    """项目档案在某日的一版，按项目编号。"""
    profiles = ProjectProfile.objects.known(as_of=as_of, known_at=known_at)
    if year is not None:
        profiles = profiles.filter(project__years__year=year)
    latest = profiles.select_related("responsible_unit").latest_per("project_id")
    return {profile.project_id: profile for profile in latest}


def stages_known(*, as_of: date, known_at: datetime) -> dict[int, str]:
    """各项目在某日所处的阶段，按项目编号；没有记录的不在内。"""
    changes = StageChange.objects.known(as_of=as_of, known_at=known_at).latest_per("project_id")
    return {change.project_id: change.stage for change in changes}


def ceremonies_known(*, year: int, as_of: date, known_at: datetime) -> list[Ceremony]:
    """某年的集中开工仪式。"""
    ceremonies = Ceremony.objects.known(as_of=as_of, known_at=known_at).filter(year=year)
    return list(ceremonies.prefetch_related("projects").order_by("on"))


def match_index() -> tuple[dict[str, Project], dict[str, list[Project]]]:
    """导入比对用：按内部编号、按规范化名称找现有项目（同名多个时由人定，不自动合并）。"""
    by_code: dict[str, Project] = {}
    by_name: dict[str, list[Project]] = defaultdict(list)
    for project in Project.objects.select_related("profile__responsible_unit", "profile__owner"):
        by_code[project.code] = project
        if project.profile is not None:
            by_name[project.profile.name_key].append(project)
    return by_code, by_name
