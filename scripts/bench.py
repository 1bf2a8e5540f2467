"""量一量：导入、关账、列表与总览、公文，各与同一轮里的地板价相比（比值不随机器快慢变；只报不判）。

地板价：导入是裸 openpyxl 读同一文件；网页有两个——用原生语句取页上要写的行再序列化（清单与总览一条语句，
项目页每种事实一条），以及同样的语句经同样的中间件（会话、登录）答复成 JSON；公文是裸 python-docx 写同样的段落。
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from office import ACCOUNT, empty_office, empty_offices

ROUNDS = 5
_WRITES = itertools.count()  # 每次写的都不同，才算添了事实
YEAR = 2022
LIST_FLOOR = (
    "SELECT p.code, f.name, e.level, e.category, e.entry, f.total_investment_yuan, e.planned_investment_yuan, v.colour, "
    "v.outcome, v.reason FROM projects_listentry e JOIN projects_projectyear y ON y.id = e.project_year_id "
    "JOIN projects_project p ON p.id = y.project_id JOIN projects_projectprofile f ON f.id = p.profile_id "
    "LEFT JOIN tracking_verdict v ON v.project_year_id = y.id WHERE y.year = 2022 ORDER BY p.code"
)


def cpu_milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """一次的处理器时间（毫秒），取几轮中最少的，不受旁人打扰。"""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent) * 1000


def say(what: str, cost: float, *floors: float) -> None:
    ratios = "".join(f"{cost / floor:8.1f} ×（地板 {floor:.2f} ms）" for floor in floors)
    print(f"{what:<28}{cost:>10.1f} ms{ratios}", flush=True)


def rows(count: int) -> list[dict[str, object]]:
    kinds = ("infrastructure", "livelihood", "public_service", "functional", "housing")
    return [
        {
            "name": f"示例·压测{number:05d}",
            "category": kinds[number % 5],
            "responsible_unit": "区建管委",
            "street": "桃浦镇",
            "total_investment": 90_000_000 + number * 10_000,
            "planned_investment": 12_000_000,
            "goal": "竣工",
            "goal_due": "2022年12月底",
            "lon": "121.36",
            "lat": "31.27",
        }
        for number in range(count)
    ]


def write_list(path: Path, count: int) -> None:
    from kaopu.exchange.excel_out import write_project_list

    write_project_list(
        path,
        year=YEAR,
        level="district",
        title="压测清单",
        unit_line="示例",
        rows=rows(count),
        with_locations=True,
    )


def bench_import(folder: Path) -> None:
    from django.db import transaction
    from openpyxl import load_workbook

    from kaopu.accounts.actions import ensure_operator
    from kaopu.exchange.actions import import_workbook
    from kaopu.exchange.excel_in.reading import read_workbook

    workbook = folder / "清单.xlsx"
    write_list(workbook, 1000)
    floor = cpu_milliseconds(lambda: load_workbook(workbook))
    say("读 1,000 行清单", cpu_milliseconds(lambda: read_workbook(workbook, year=YEAR)), floor)
    operator = ensure_operator()

    def imported() -> float:
        """导入一次再回滚，下一轮又是空库；读表的子进程用掉的也算。"""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with transaction.atomic():
            own = cpu_milliseconds(lambda: import_workbook(workbook, year=YEAR, by=operator), rounds=1)
            transaction.set_rollback(True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return own + (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000

    rounds = [
        (imported(), cpu_milliseconds(lambda: load_workbook(workbook), rounds=1)) for _ in range(ROUNDS)
    ]
    spent, floors = zip(*rounds, strict=True)  # 两样轮着量：机器忙闲不一时，先后各量各的比不得
    say("导入 1,000 行（含读、写、留痕）", min(spent), min(floors))


def bench_close() -> None:
    from kaopu.accounts.actions import ensure_operator
    from kaopu.figures.actions import close_month

    fill(1000)
    started = time.perf_counter()
    close_month(month=date(YEAR, 1, 1), by=ensure_operator())
    say("1,000 个项目月末关账", (time.perf_counter() - started) * 1000)


def fill(count: int) -> None:
    from kaopu.accounts.actions import add_user, ensure_operator
    from kaopu.accounts.models import Role
    from kaopu.projects.actions import ListedProject, save_list

    operator = ensure_operator()
    add_user(
        username=ACCOUNT, name="压测", password="bench-only-2022", role=Role.OFFICE_DIRECTOR, by=operator
    )
    listed = [
        ListedProject(
            project=None,
            code=f"B{number:05d}",
            profile={
                "name": row["name"],
                "total_investment_yuan": row["total_investment"],
                "street": row["street"],
                "longitude": Decimal("121.34") + Decimal(number % 100) / 1000,
                "latitude": Decimal("31.23") + Decimal(number // 100 % 60) / 1000,
            },
            entry={"level": "district", "category": row["category"], "planned_investment_yuan": 12_000_000},
            goal={"text": "竣工", "goal_type": "completed", "due_on": date(YEAR, 12, 31)},
        )
        for number, row in enumerate(rows(count))
    ]
    save_list(year=YEAR, title="压测", rows=listed, by=operator, on=date(YEAR, 1, 10))


def bench_replay(years: int = 3, count: int = 300) -> None:
    """三年、三百个项目、逐月存下的评定，按两版规则各重评一遍（承诺五秒以内）。"""
    from kaopu.accounts.actions import ensure_operator
    from kaopu.domain.colours import ColourPolicy
    from kaopu.domain.replay import compare
    from kaopu.domain.rule_sets import PRESETS
    from kaopu.tracking.queries.rule_sets import replay_lines

    span = [YEAR - number for number in range(years)]
    for year in span:
        fill_year(year, count, by=ensure_operator())
    policies = [ColourPolicy.from_parameters(PRESETS[name].parameters) for name in ("默认型", "海口型")]
    started = time.perf_counter()
    lines = replay_lines(span)
    found = compare(lines, before=policies[0], after=policies[1])
    spent = (time.perf_counter() - started) * 1000
    assert len(lines) == years * count and sum(found.counts_after.values()) == years * count * 12
    say(f"回放 {years} 年 × {count} 个项目 × 两版规则", spent)


def fill_year(year: int, count: int, *, by: object) -> None:
    """一年的清单、计划、月报与十二次月末关账；三分之一的项目一直落后。"""
    from kaopu.figures.actions import close_month
    from kaopu.projects.actions import ListedProject, save_list
    from kaopu.projects.models import ProjectYear
    from kaopu.tracking.actions import save_plans, save_reports

    listed = [
        ListedProject(
            project=None,
            code=f"R{year}{number:04d}",
            profile={"name": f"示例·回放{year}{number:04d}"},
            entry={"level": "district", "category": row["category"], "planned_investment_yuan": 12_000_000},
            goal={"text": "竣工", "goal_type": "completed", "due_on": date(year, 12, 31)},
        )
        for number, row in enumerate(rows(count))
    ]
    save_list(year=year, title="回放", rows=listed, by=by, on=date(year, 1, 10))
    members = list(ProjectYear.objects.filter(year=year))
    months = [date(year, number, 1) for number in range(1, 13)]
    plans = [
        {
            "project_year": item,
            "month": month,
            "planned_investment_yuan": 1_000_000,
            "planned_progress_percent": month.month * 8,
        }
        for item in members
        for month in months
    ]
    save_plans(rows=plans, by=by, on=date(year, 1, 20))
    for month in months:
        reports = [
            {
                "project_year": item,
                "investment_yuan": 1_000_000 if number % 3 else 700_000,
                "progress_percent": month.month * (8 if number % 3 else 6),
            }
            for number, item in enumerate(members)
        ]
        save_reports(month=month, rows=reports, by=by, on=month)
        close_month(month=month, by=by)


def bare_rows(limit: int) -> str:
    """网页的地板：一条原生语句取同样的行，写成 JSON。"""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"{LIST_FLOOR} LIMIT {limit}")
        return json.dumps(cursor.fetchall(), default=str, ensure_ascii=False)


BY_PROJECT = [
    "projects_projectprofile",
    "projects_projectyear",
    "projects_stagechange",
    "projects_subproject",
    "tracking_suspension",
    "tracking_officenote",
    "exchange_rowsource",
    "supervision_issue",
    "supervision_supervisionorder",
    "supervision_taskforce",
]
BY_YEAR = [
    "projects_listentry",
    "projects_annualgoal",
    "projects_monthlyplan",
    "tracking_monthlyreport",
    "tracking_verdict",
    "tracking_outcomedecision",
    "tracking_lagreason",
    "tracking_reportedcolour",
]
BY_OTHER = (
    "SELECT * FROM projects_project WHERE id = %s",
    "SELECT a.* FROM tracking_goalachievement a JOIN projects_annualgoal g ON g.id = a.goal_id "
    "WHERE g.project_year_id = %s",
    "SELECT c.* FROM tracking_colourconfirmation c JOIN tracking_verdict v ON v.id = c.verdict_id "
    "WHERE v.project_year_id = %s",
    "SELECT o.* FROM tracking_colouroverride o JOIN tracking_verdict v ON v.id = o.verdict_id "
    "WHERE v.project_year_id = %s",
)


def bare_project() -> str:
    """项目页的地板：页上每种事实一条原生语句，写成 JSON。"""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT y.project_id, y.id FROM projects_projectyear y JOIN projects_project p ON p.id = y.project_id "
            "WHERE p.code = 'B00007'"
        )
        project, year = cursor.fetchone()
        statements = [
            *((f"SELECT * FROM {table} WHERE project_id = %s", project) for table in BY_PROJECT),
            *((f"SELECT * FROM {table} WHERE project_year_id = %s", year) for table in BY_YEAR),
            (BY_OTHER[0], project),
            *((statement, year) for statement in BY_OTHER[1:]),
        ]
        found = []
        for statement, number in statements:
            cursor.execute(statement, [number])
            found.append(cursor.fetchall())
    return json.dumps(found, default=str, ensure_ascii=False)


def bare_page(request: HttpRequest, limit: int) -> HttpResponse:
    """同样的行，经同样的中间件答复；``limit`` 为 0 是项目页的。"""
    assert request.user.is_authenticated
    return HttpResponse(bare_rows(limit) if limit else bare_project(), content_type="application/json")


urlpatterns = [path("<int:limit>/", bare_page)]


def bench_pages(count: int) -> None:
    from django.test import override_settings

    from kaopu.accounts.actions import ensure_operator
    from kaopu.figures.actions import close_month

    import_module("kaopu.config.wsgi")  # 与服务进程同样地回收内存
    fill(count)
    close_month(month=date(YEAR, 1, 1), by=ensure_operator())
    client = signed_in_client()

    for name, address, shown in (
        ("列表", f"/projects/?year={YEAR}", 100),
        ("项目页", "/projects/B00007/", 0),
        ("总览", f"/?year={YEAR}", count),
    ):
        assert client.get(address).status_code == 200, address
        cost = cpu_milliseconds(lambda address=address: client.get(address))
        bare = cpu_milliseconds(lambda shown=shown: bare_rows(shown) if shown else bare_project())
        with override_settings(ROOT_URLCONF="bench"):
            served = cpu_milliseconds(lambda shown=shown: client.get(f"/{shown}/"))
        say(f"{count:,} 个项目·{name}", cost, bare, served)
        for what, write in (("有人刚报了月报", file_a_report), ("刚有目标达成", reach_a_goal)):
            spent = after(write, lambda address=address: client.get(address))
            say(f"    {what}的第一次", spent, bare, served)


def signed_in_client() -> Any:
    """登录好的推进办主任。"""
    from django.test import Client
    from django.utils import timezone
    from pyotp import random_base32

    from kaopu.accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    people = User.objects.filter(username=ACCOUNT)
    people.update(totp_secret=random_base32(), password_changed_at=timezone.now())  # 有审定权的须开两步验证
    client.force_login(people.get())
    return client


def after(write: Callable[[int], object], work: Callable[[], object]) -> float:
    """刚办过 ``write`` 之后的第一次的处理器时间（毫秒）。"""
    spent = []
    for _ in range(ROUNDS):
        write(next(_WRITES))
        spent.append(cpu_milliseconds(work, rounds=1))
    return min(spent)


def file_a_report(number: int) -> None:
    """报一个月报：各月投资的合计要重算，清单与结果不必。"""
    from kaopu.accounts.actions import ensure_operator
    from kaopu.projects.models import ProjectYear
    from kaopu.tracking.actions import save_reports

    month = date(YEAR, 2, 1)
    row = {"project_year": ProjectYear.objects.earliest("pk"), "investment_yuan": 1_000_000 + number}
    save_reports(month=month, rows=[row], by=ensure_operator(), on=month)


def reach_a_goal(number: int) -> None:
    """记一个目标达成：什么数都要重算。"""
    from kaopu.accounts.actions import ensure_operator
    from kaopu.domain.milestones import GoalType
    from kaopu.projects.models import AnnualGoal
    from kaopu.tracking.actions import record_achievement

    record_achievement(
        goal=AnnualGoal.objects.earliest("pk"), reached=GoalType.START, evidence=f"压测{number}",
        verified_by="压测", by=ensure_operator(), on=date(YEAR, 2, 1),
    )  # fmt: skip


def bench_past(years: int = 10, count: int = 300) -> None:
    """十年、每年三百个项目：看过去的一页是看现在的几倍（承诺两倍以内），事实刚变过的与没变的各量一次。"""
    from django.urls import reverse

    from kaopu.accounts.actions import add_user, ensure_operator
    from kaopu.accounts.models import Role

    by = ensure_operator()
    add_user(username=ACCOUNT, name="压测", password="bench-only-2022", role=Role.OFFICE_DIRECTOR, by=by)
    for number in range(years):
        fill_year(YEAR - years + 1 + number, count, by=by)
    client = signed_in_client()
    pages = {
        "总览": reverse("overview"),
        "清单": reverse("project_list"),
        "项目": reverse("project_detail", args=[f"R{YEAR}0001"]),
        "统计": reverse("figure_list"),
        "一个数": reverse("figure_members", args=["list.district"]),
        "公文": reverse("document_list"),
        "图层": reverse("map_feed"),
    }
    asked = {"year": str(YEAR), "as_of": f"{YEAR}-06-30", "known_at": f"{YEAR + 100}-01-01T00:00"}

    def open_page(page: str, **query: str) -> None:
        assert client.get(page, query).status_code == 200, page

    for name, page in pages.items():
        for how, cost in (("事实没变", cpu_milliseconds), ("事实刚变过", partial(after, reach_a_goal))):
            now = cost(lambda page=page: open_page(page, year=str(YEAR)))
            then = cost(lambda page=page: open_page(page, **asked))
            print(
                f"看过去·{name}·{how:<8} 现在 {now:8.1f} ms　过去 {then:8.1f} ms　{then / now:.2f} ×",
                flush=True,
            )


def open_items(count: int) -> None:
    """成批立起未销号的问题，期限都在昨天。"""
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from kaopu.accounts.actions import ensure_operator
    from kaopu.audit.actions import record
    from kaopu.projects.models import Project
    from kaopu.supervision.actions.steps import office
    from kaopu.supervision.models import Issue, IssueStep

    by = ensure_operator()
    unit, day = office(by), timezone.localdate() - timedelta(days=8)
    projects = list(Project.objects.all()) or [None]
    with transaction.atomic():
        operation = record(by=by, verb="bench")
        fact = {"on": day, "operation": operation, "recorded_at": operation.at}
        issues = Issue.objects.bulk_create(
            Issue(
                year=day.year, serial=number + 1, project=projects[number % len(projects)], title=f"压测{number}",
                raised_by="bench", **fact,
            )
            for number in range(count)
        )  # fmt: skip
        IssueStep.objects.bulk_create(
            IssueStep(
                issue=issue, verb="raise", state="raised", level=1 + issue.serial % 3, level_on=day, owner=unit,
                court=unit, court_on=day, actor="bench", due_on=day + timedelta(days=7), **fact,
            )
            for issue in issues
        )  # fmt: skip


def bench_tick(count: int) -> None:
    """引擎走一程：全部到期要升级的，与没有一件要动的。"""
    from kaopu.accounts.actions import ensure_operator
    from kaopu.supervision.actions import advance

    fill(100)
    advance(by=ensure_operator())
    open_items(count)
    for what, moving in (("全部升级", count), ("无事可做", 0)):
        started = time.perf_counter()
        moved = advance(by=ensure_operator()).moved
        assert moved == moving, moved
        say(f"{count:,} 件未了·引擎{what}", (time.perf_counter() - started) * 1000)


def bench_document(folder: Path) -> None:
    from docx import Document

    from kaopu.accounts.actions import ensure_operator
    from kaopu.demo.loading import load_demo
    from kaopu.documents.actions import issue_annual_summary

    load_demo(by=ensure_operator())
    summary = folder / "总结.docx"
    cost = cpu_milliseconds(lambda: issue_annual_summary(year=YEAR, path=summary, by=ensure_operator()))
    texts = [paragraph.text for paragraph in Document(str(summary)).paragraphs]

    def bare() -> None:
        document = Document()
        for text in texts:
            document.add_paragraph(text)
        table = document.add_table(rows=7, cols=7)
        for row in table.rows:
            for cell in row.cells:
                cell.text = "0"
        document.save(str(folder / "裸.docx"))

    say("年度总结（87 个项目）", cost, cpu_milliseconds(bare))


def main() -> int:
    with empty_offices(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        on_files = (partial(bench_import, folder), partial(bench_document, folder))
        for bench in (*on_files, bench_close, bench_replay):
            with empty_office():
                bench()
    for count in (100, 10_000):  # 网页要在事务之外量：事务里不沿用答案
        with empty_offices():
            bench_pages(count)
    with empty_offices():
        bench_past()
    with empty_offices():
        bench_tick(10_000)
    print(f"本进程内存峰值 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
