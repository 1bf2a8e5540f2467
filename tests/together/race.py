"""几个人同时办事的一场：在自己的库里用线程真的并发，把结果写成 JSON（由 test_at_once 以子进程运行）。

测试库整场在一个事务里，看不出并发的毛病，所以这里另起一个库。
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaopu.accounts.models import User
from kaopu.audit.actions import settled
from kaopu.audit.models import Operation
from kaopu.audit.remembering import asking_once
from kaopu.domain.milestones import GoalType
from kaopu.domain.reporting import ReportVerb
from kaopu.figures.actions import close_month
from kaopu.figures.progress import measure, progress_at
from kaopu.figures.queries import evaluate
from kaopu.projects import queries as project_queries
from kaopu.projects.models import ProjectYear
from kaopu.tracking import actions
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions.calendar import change_day
from kaopu.tracking.models import MonthlyReport, Suspension, Verdict
from kaopu.tracking.queries.calendar import last_change
from tests import factories
from tests.together.crash import killed

MONTH = date(2022, 1, 1)
PEOPLE, EACH = 4, 6


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """几件事从同一声令下同时办；每件的结果或异常类名，按原来的次序。"""
    start = threading.Barrier(len(jobs))
    answers: list[Any] = [None] * len(jobs)

    def work(index: int) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            answers[index] = jobs[index]()
        except Exception as error:
            answers[index] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def projects(count: int) -> list[ProjectYear]:
    rows = [factories.listed(f"示例项目{number:02d}") for number in range(count)]
    years = factories.project_list(rows)
    plans = [{"project_year": item, "month": MONTH, "planned_investment_yuan": 10_000_000} for item in years]
    actions.save_plans(rows=plans, by=factories.operator(), on=MONTH)
    return years


def submitters_against_the_closer() -> dict[str, Any]:
    """四个人逐个报，关账的人中途关账：报上的都在评定里，没报上的都被告知，冻结后一份也没多。"""
    years, by, reviewer = projects(PEOPLE * EACH), factories.operator(), factories.user()

    def filed_and_accepted(item: ProjectYear) -> None:
        report = actions.submit_report(
            project_year=item, month=MONTH, seen=None, by=by, on=MONTH, investment_yuan=1_000_000
        )
        actions.review_report(report=report, verb=ReportVerb.ACCEPT, by=reviewer, on=MONTH)

    def person(mine: Sequence[ProjectYear]) -> Callable[[], list[str]]:
        def report_all() -> list[str]:
            told = []
            for item in mine:
                try:
                    settled(lambda item=item: filed_and_accepted(item))
                    told.append("报出")
                except actions.MonthFrozen:
                    told.append("已冻结")
            return told

        return report_all

    people = [person(years[number::PEOPLE]) for number in range(PEOPLE)]

    def closer() -> str:
        return settled(lambda: close_month(month=MONTH, by=by)).period

    *told, closed = at_once([*people, closer, closer])
    told, again = told[:-1], told[-1]
    assessed = sum(int(verdict.inputs["actual_to_date_yuan"]) for verdict in Verdict.objects.all())
    return {
        "told": told,
        "closed": [again, closed],
        "reports": MonthlyReport.objects.count(),
        "assessed_yuan": assessed,
        "verdicts": Verdict.objects.count(),
    }


def same_report_twice() -> dict[str, Any]:
    """四个人同时报同一份：一人报上，其余被告知已有新版。"""
    [item] = projects(1)
    by = factories.operator()

    def submit() -> str:
        settled(
            lambda: actions.submit_report(
                project_year=item, month=MONTH, seen=None, by=by, on=MONTH, investment_yuan=1
            )
        )
        return "报出"

    return {"told": at_once([submit] * PEOPLE), "reports": MonthlyReport.objects.count()}


def two_accept_the_same_report() -> dict[str, Any]:
    """四人同时审定同一份：审定只记一次，其余的人被告知，什么也不丢。"""
    [item] = projects(1)
    report = actions.submit_report(
        project_year=item, month=MONTH, seen=None, by=factories.operator(), on=MONTH, investment_yuan=1
    )
    officers = [factories.user() for _ in range(PEOPLE)]

    def accept(officer: User) -> Callable[[], str]:
        def act() -> str:
            settled(
                lambda: actions.review_report(report=report, verb=ReportVerb.ACCEPT, by=officer, on=MONTH)
            )
            return "审定"

        return act

    told = at_once([accept(officer) for officer in officers])
    traces = Operation.objects.filter(verb="tracking.report_accept").count()
    return {"told": told, "reviews": sorted(report.reviews.values_list("verb", flat=True)), "traces": traces}


def same_stop_four_times() -> dict[str, Any]:
    """四个人同时报同一个项目停工：记一次，其余被告知已停着。"""
    [item] = projects(1)
    by = factories.operator()

    def stop() -> str:
        settled(lambda: actions.suspend(projects=[item.project], cause="管线", by=by, on=MONTH))
        return "报停"

    return {"told": at_once([stop] * PEOPLE), "stops": Suspension.objects.count()}


def each_waits_for_the_other() -> dict[str, Any]:
    """两人各锁一个月再要对方的：数据库牺牲一个，重办后两人都办成。"""
    february = date(2022, 2, 1)
    tries: list[str] = []
    both_hold_one = threading.Barrier(2)

    def needs(first: date, second: date, name: str) -> Callable[[], str]:
        def act() -> None:
            tries.append(name)
            actions.open_period(first, closing=True)
            if tries.count(name) == 1 and connection.vendor == "postgresql":
                both_hold_one.wait(timeout=10)
            actions.open_period(second, closing=True)

        return lambda: str(settled(act) or "办成")

    for month in (MONTH, february):
        settled(lambda month=month: actions.open_period(month))
    told = at_once([needs(MONTH, february, "甲"), needs(february, MONTH, "乙")])
    return {"told": told, "tries": len(tries), "database": connection.vendor}


def answers_remembered_until_something_changes() -> dict[str, Any]:
    """改一天节假日、添一份清单，沿用着的答案都跟着变；没变的沿用同一个答案。"""
    day, by = date(2022, 6, 15), factories.operator()
    calendar, years = tracking.working_calendar(), project_queries.years_listed()
    same = tracking.working_calendar() is calendar
    change_day(day=day, works=False, name="示例放假", reason="示例通知", seen=last_change(), by=by, on=day)
    projects(1)
    return {
        "same": same,
        "before": [calendar.is_workday(day), years],
        "after": [tracking.working_calendar().is_workday(day), project_queries.years_listed()],
    }


def figures_remembered_while_others_report() -> dict[str, Any]:
    """别人报月报，数照旧沿用，投资合计跟着变；目标达成，数就重算。"""
    (item,), by = projects(1), factories.operator()

    def asked() -> tuple[Any, Any]:
        months = progress_at(year=2022, as_of=date(2022, 1, 31), known_at=None)
        return evaluate(2022, as_of=date(2022, 12, 31)), measure(months, "progress.done_m1.list").text

    book, actual = asked()
    row = {"project_year": item, "investment_yuan": 3_000_000}
    actions.save_reports(month=MONTH, rows=[row], by=by, on=MONTH)
    while_reporting, reported = asked()
    goal = item.goals.get()
    actions.record_achievement(
        goal=goal, reached=GoalType(goal.goal_type), evidence="示例佐证", verified_by="示例", by=by, on=MONTH
    )
    after, _ = asked()
    return {
        "same": while_reporting is book,
        "actual": [actual, reported],
        "achieved": [found["outcome.achieved"].value for found in (book, after)],
    }


def state_asked_once_in_a_request() -> dict[str, Any]:
    """一个请求里事实的状态只问一次；自己办了事，重问。"""
    day, by = date(2022, 6, 15), factories.operator()
    with asking_once(), CaptureQueriesContext(connection) as captured:
        calendar = tracking.working_calendar()
        project_queries.years_listed()
        tracking.first_open_month(2022)
        asked = sum("ORDER BY id DESC LIMIT 1" in query["sql"] for query in captured.captured_queries)
        change_day(
            day=day, works=False, name="示例放假", reason="示例通知", seen=last_change(), by=by, on=day
        )
        again = tracking.working_calendar()
    return {"asked": asked, "works": [calendar.is_workday(day), again.is_workday(day)]}


KILLS = 6


def killed_at_random() -> dict[str, Any]:
    """引擎与办理的进程随时被杀，每次再走一程。"""
    return killed(KILLS)


SCENES = {
    scene.__name__: scene
    for scene in (
        submitters_against_the_closer,
        same_report_twice,
        same_stop_four_times,
        two_accept_the_same_report,
        each_waits_for_the_other,
        answers_remembered_until_something_changes,
        figures_remembered_while_others_report,
        state_asked_once_in_a_request,
        killed_at_random,
    )
}


def play(name: str) -> None:
    """备好这一场自己的库，演一场，把结果写到标准输出。"""
    call_command("migrate", verbosity=0, interactive=False)
    print(json.dumps(SCENES[name](), ensure_ascii=False))
