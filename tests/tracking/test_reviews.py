"""两级审核：谁报谁审、退回须有理由、只有审定的进评定与统计、冻结后不再审。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.audit.models import Operation
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.figures.ledger import Ledger
from kaopu.tracking import actions
from kaopu.tracking.models import MonthlyReport, ReportReminder, ReportReview, Verdict
from tests import factories

pytestmark = pytest.mark.django_db
MONTH = date(2022, 1, 1)
DAY = date(2022, 1, 25)


def filed(by, year=None, seen=None, **fields):
    return actions.submit_report(
        project_year=year or factories.project_year(), month=MONTH, seen=seen, by=by, on=DAY, **fields
    )


def review(report, verb, by, reason=""):
    return actions.review_report(report=report, verb=verb, by=by, on=DAY, reason=reason)


def test_the_owner_files_the_unit_reviews_the_office_accepts():
    owner, unit, office = (
        factories.user(role) for role in (Role.PROJECT_OWNER, Role.RESPONSIBLE_UNIT, Role.PROJECT_OFFICER)
    )
    report = filed(owner, investment_yuan=7)

    with pytest.raises(actions.StaleReport, match="待责任单位初审"):
        review(report, ReportVerb.ACCEPT, office)
    review(report, ReportVerb.FIRST_APPROVE, unit)
    review(report, ReportVerb.ACCEPT, office)

    accepted = MonthlyReport.objects.accepted(known_at=ReportReview.objects.latest("pk").recorded_at)
    assert [item.investment_yuan for item in accepted] == [7]


def test_each_step_leaves_what_was_before_and_after():
    owner, unit = factories.user(Role.PROJECT_OWNER), factories.user(Role.RESPONSIBLE_UNIT)
    report = filed(owner, investment_yuan=7)
    review(report, ReportVerb.RETURN, unit, reason="与台账不符")
    filed(owner, year=report.project_year, seen=report.pk, investment_yuan=8)

    traced = Operation.objects.filter(verb__startswith="tracking.").order_by("pk")
    assert list(traced.values_list("before", "after")) == [
        (None, {"investment_yuan": 7}),
        ({"state": "待责任单位初审"}, {"state": "已退回"}),
        ({"investment_yuan": 7}, {"investment_yuan": 8}),
    ]


def test_a_return_needs_a_reason_and_the_new_version_starts_over():
    owner, unit = factories.user(Role.PROJECT_OWNER), factories.user(Role.RESPONSIBLE_UNIT)
    report = filed(owner, work="初报")

    with pytest.raises(actions.ReviewRefused, match="退回须写明理由"):
        review(report, ReportVerb.RETURN, unit, reason=" ")
    review(report, ReportVerb.RETURN, unit, reason="投资与台账不符")
    again = filed(owner, year=report.project_year, seen=report.pk, work="更正")

    assert list(again.reviews.all()) == []
    assert [item.work for item in MonthlyReport.objects.order_by("pk")] == ["初报", "更正"]


def test_whoever_files_does_not_accept_their_own():
    officer = factories.user(Role.PROJECT_OFFICER)
    report = filed(officer)

    with pytest.raises(actions.ReviewRefused, match="须由另一人审定"):
        review(report, ReportVerb.ACCEPT, officer)


def test_reviewing_a_version_that_was_replaced_tells_the_reviewer():
    owner, unit = factories.user(Role.PROJECT_OWNER), factories.user(Role.RESPONSIBLE_UNIT)
    report = filed(owner)
    filed(owner, year=report.project_year, seen=report.pk)

    with pytest.raises(actions.StaleReport, match="已有新版"):
        review(report, ReportVerb.FIRST_APPROVE, unit)


def test_an_accepted_report_is_not_replaced_until_returned():
    report = factories.accept(filed(factories.user(Role.RESPONSIBLE_UNIT)))

    with pytest.raises(actions.StaleReport, match="请推进办退回"):
        filed(factories.user(Role.RESPONSIBLE_UNIT), year=report.project_year, seen=report.pk)


def test_only_accepted_reports_count():
    years = factories.project_list([factories.listed("甲"), factories.listed("乙")])
    plans = [{"project_year": year, "month": MONTH, "planned_investment_yuan": 100} for year in years]
    actions.save_plans(rows=plans, by=factories.operator(), on=MONTH)
    factories.accept(filed(factories.operator(), year=years[0], investment_yuan=90))
    filed(factories.operator(), year=years[1], investment_yuan=90)

    snapshot = close_month(month=MONTH, by=factories.operator())

    verdicts = {verdict.project_year_id: verdict for verdict in Verdict.objects.all()}
    assert verdicts[years[0].pk].colour == "green"
    assert verdicts[years[1].pk].colour == "grey"
    assert snapshot.content["unaccepted"] == [years[1].project.code]
    ledger = Ledger(year=2022, as_of=date(2022, 1, 31), known_at=snapshot.recorded_at)
    assert [ledger.figure(f"progress.{name}_m1.all").exact for name in ("plan", "done")] == [200, 90]


def test_a_closed_month_takes_no_review():
    report = filed(factories.operator())
    close_month(month=MONTH, by=factories.operator())

    with pytest.raises(actions.MonthFrozen):
        review(report, ReportVerb.ACCEPT, factories.user())


def test_accepting_many_is_all_or_nothing():
    officer = factories.user()
    years = factories.project_list([factories.listed("甲"), factories.listed("乙")])
    reports = [filed(factories.operator(), year=years[0]), filed(officer, year=years[1])]

    with pytest.raises(actions.ReviewRefused, match="“乙”：这份月报是您报的"):
        actions.accept_reports(reports=reports, by=officer, on=DAY)

    assert not ReportReview.objects.filter(verb=ReportVerb.ACCEPT).exists()


def test_the_same_day_reminds_once():
    year = factories.project_year()
    first = actions.remind(project_years=[year], month=MONTH, by=factories.operator(), on=DAY)
    again = actions.remind(project_years=[year], month=MONTH, by=factories.operator(), on=DAY)
    later = actions.remind(project_years=[year], month=MONTH, by=factories.operator(), on=date(2022, 1, 26))

    assert (len(first), len(again), len(later)) == (1, 0, 1)
    assert ReportReminder.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "sent"),
    [
        ("01-20", 1),
        ("01-19", 0),
        ("01-24", 0),
        ("01-25", 1),
        ("01-26", 1),
        ("01-29", 1),
        ("01-31", 0),
        ("02-07", 1),
        ("02-05", 0),
    ],
)
def test_the_rule_reminds_three_days_before_on_the_day_and_each_workday_after(day, sent):
    """2022 年 1 月 25 日是工作日；29、30 日调休上班，31 日至 2 月 6 日春节放假。"""
    factories.project_year()

    found = actions.remind_by_rule(by=factories.operator(), on=date.fromisoformat(f"2022-{day}"))

    assert len([item for item in found if item.month == MONTH]) == sent


def test_the_rule_leaves_alone_who_has_filed_and_who_was_not_yet_listed():
    years = factories.project_list([factories.listed("甲"), factories.listed("乙")])
    filed(factories.operator(), year=years[0])
    factories.project_list([factories.listed("年中新增")], on=date(2022, 7, 15), title="增补")

    found = actions.remind_by_rule(by=factories.operator(), on=DAY)

    assert [item.project_year for item in found] == [years[1]]
