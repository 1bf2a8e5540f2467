"""催报催得到人：催过的、退回的月报进填报单位的待办与每日摘要，报了、关账了就没有。"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions import chase_by_rule, set_demo_clock
from kaopu.supervision.models import Notice
from kaopu.supervision.queries.notices import digest_for
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import MonthlyReport
from tests import factories

MONTH, DAY = date(2022, 6, 1), date(2022, 6, 24)
WAITING = "2022年6月月报：1 个未报或被退回"


@pytest.fixture
def entry(db: None) -> ProjectYear:
    return factories.project_year("示例小学", profile={"responsible_unit": factories.unit("区教育局")})


@pytest.fixture
def clerk(entry: ProjectYear) -> User:
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局"))


def filed(entry: ProjectYear, clerk: User, seen: int | None = None) -> MonthlyReport:
    return tracking.submit_report(
        project_year=entry, month=MONTH, seen=seen, by=clerk, on=DAY, investment_yuan=1
    )


def chased_in(clerk: User) -> bool:
    return any(WAITING in line for line in digest_for(clerk, on=DAY))


def test_a_reminder_reaches_the_unit_that_owes_and_nobody_else(
    entry: ProjectYear, clerk: User, office: Client, as_user: Callable[[User], Client]
) -> None:
    unit, other = as_user(clerk), as_user(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区卫健委")))
    assert WAITING not in unit.get("/todo/").text

    office.post("/reports/2022-06/", {"what": "remind"})

    page = unit.get("/todo/").text
    assert WAITING in page and "示例小学" in page and 'href="/reports/2022-06/?state=chased"' in page
    assert chased_in(clerk)
    assert "UID:report-202206@kaopu" in unit.get("/todo/due.ics").text
    assert WAITING not in other.get("/todo/").text + office.get("/todo/").text


def test_chasing_leaves_one_notice_a_day_in_the_inbox_of_each_unit_that_files(
    clerk: User, entry: ProjectYear, office: Client, as_user: Callable[[User], Client]
) -> None:
    owner = factories.unit("示例建设")
    factories.project_list(
        [
            factories.listed(name, profile={"responsible_unit": factories.unit("区教育局"), "owner": owner})
            for name in ("示例小学", "示例中学")
        ]
    )
    set_demo_clock(to=DAY, by=factories.operator())
    for _ in range(2):  # 一天至多一条
        office.post("/reports/2022-06/", {"what": "remind", "idempotency_key": str(uuid.uuid4())})

    said = "催报2022年6月月报，2 个未报或被退回：示例小学、示例中学"
    for reader in (clerk, factories.user(Role.PROJECT_OWNER, owner)):
        page = as_user(reader).get("/todo/inbox/").text
        assert page.count(f'<a href="/reports/2022-06/">{said}</a>') == 1
    officer = factories.user()
    other = factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区卫健委"))
    assert all(said not in as_user(reader).get("/todo/inbox/").text for reader in (officer, other))

    chase_by_rule(by=factories.operator(), on=date(2022, 6, 27))
    june = Notice.objects.filter(organization=owner, text__startswith="催报2022年6月")
    assert june.count() == 2


def test_a_filed_report_leaves_the_list_and_a_return_brings_it_back(entry: ProjectYear, clerk: User) -> None:
    tracking.remind_by_rule(by=factories.operator(), on=DAY)
    assert chased_in(clerk)
    report = filed(entry, clerk)
    assert not chased_in(clerk)

    tracking.review_report(
        report=report, verb=ReportVerb.RETURN, by=factories.user(), on=DAY, reason="与台账不符"
    )
    assert chased_in(clerk)

    filed(entry, clerk, seen=report.pk)
    assert not chased_in(clerk)


def test_a_closed_month_is_chased_no_more(entry: ProjectYear, clerk: User) -> None:
    tracking.remind_by_rule(by=factories.operator(), on=DAY)
    assert chased_in(clerk)
    for number in range(1, 7):
        close_month(month=date(2022, number, 1), by=factories.operator())

    assert digest_for(clerk, on=DAY) == []
