"""随机的一阵办理：编清单、改档案与类别、记达成与认定、办开工仪式，成立日与录入先后都打乱。"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.projects.actions import hold_ceremony
from kaopu.projects.models import AnnualGoal, Category, Entry, Formality, Level, Project, ProjectYear
from kaopu.tracking.actions import record_achievement, record_decision
from tests.factories import listed, operator, project_list

START = date(2022, 1, 1)
GOALS = ("竣工", "开工", "结构封顶", "竣工备案")


def happen(random: Random, count: int) -> None:
    """办 ``count`` 件事；先编一版清单垫底。"""
    _list(random, 6)
    for _ in range(count):
        random.choice((_list, _relist, _achieve, _achieve, _decide, _celebrate))(random, 1)


def some_day(random: Random) -> date:
    return START + timedelta(days=random.randrange(360))


def _entry(random: Random, year: int, *, carried: bool = False) -> dict[str, str]:
    level = random.choice((Level.MUNICIPAL, Level.DISTRICT, Level.DISTRICT))
    entries = (
        (Entry.INITIAL, Entry.ADDED) if year == 2022 else (Entry.CARRIED_OVER,) if carried else (Entry.NEW,)
    )
    return {
        "level": level,
        "category": random.choice(Category.values) if level == Level.DISTRICT else "",
        "entry": random.choice(entries),
        "formality": random.choice((Formality.FORMAL, Formality.FORMAL, Formality.RESERVE)),
    }


def _list(random: Random, count: int) -> None:
    year = random.choice((2022, 2022, 2023))
    rows = [
        listed(
            f"示例{random.randrange(10**9)}",
            goal=random.choice(GOALS),
            due_on=some_day(random),
            profile={"total_investment_yuan": random.randrange(1, 10**9)},
            **_entry(random, year),
        )
        for _ in range(count)
    ]
    project_list(rows, year=year, on=some_day(random), title="清单")


def _relist(random: Random, count: int) -> None:
    """更正：换类别、列入方式、总投资、目标时间；或把今年的列进明年。"""
    known = random.choice(list(ProjectYear.objects.select_related("project__profile").order_by("pk")))
    year = random.choice((known.year, 2023))
    carried = ProjectYear.objects.filter(project=known.project_id, year=2022).exists()
    row = listed(
        known.project.profile.name, goal=random.choice(GOALS), due_on=some_day(random),
        profile={"total_investment_yuan": random.randrange(1, 10**9)}, **_entry(random, year, carried=carried),
    )  # fmt: skip
    project_list([row], year=year, on=some_day(random), title="更正")


def _achieve(random: Random, count: int) -> None:
    goal = random.choice(list(AnnualGoal.objects.order_by("pk")))
    reached = random.choice((GoalType.COMPLETED, GoalType.FILED, GoalType.START, GoalType.CEREMONIAL_START))
    record_achievement(
        goal=goal, reached=reached, evidence="验收单", verified_by="专员", by=operator(), on=some_day(random)
    )


def _decide(random: Random, count: int) -> None:
    district = AnnualGoal.objects.filter(project_year__entries__level=Level.DISTRICT).order_by("pk")
    goals = list(district.select_related("project_year"))
    if goals:
        record_decision(
            project_year=random.choice(goals).project_year,
            outcome=random.choice((Outcome.UNACHIEVABLE, Outcome.STOPPED)), document="纪要", reason="因故",
            by=operator(), on=some_day(random),
        )  # fmt: skip


def _celebrate(random: Random, count: int) -> None:
    chosen = random.sample(list(Project.objects.order_by("pk")), k=2)
    hold_ceremony(
        name="集中开工", year=2022, projects=chosen, published_count=2, published_investment_yuan=1,
        published_qualifier="gt", by=operator(), on=some_day(random),
    )  # fmt: skip
