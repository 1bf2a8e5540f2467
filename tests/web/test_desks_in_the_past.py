"""月报、计划、承诺各页看过去：其后报了、审了、改了什么，当时的页都不变；页顶写明，办理的收起，链接留在过去。"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.causes import Cause
from kaopu.domain.colours import Colour
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.figures.actions import close_month
from kaopu.projects import actions as projects
from kaopu.projects.actions.profiles import PROPOSABLE
from kaopu.projects.models import AnnualGoal, GoalChange, PlanProposal, ProfileChange, ProjectYear
from kaopu.supervision import actions as loop
from kaopu.supervision.actions import set_demo_clock
from kaopu.tracking import actions as tracking
from kaopu.tracking.actions import colour_reviews
from kaopu.tracking.actions.calendar import change_day
from kaopu.tracking.models import ColourOverride, MonthlyReport, ReportCorrection, ReportedColour, Verdict
from tests import factories
from tests.web.conftest import signed_in
from tests.web.looking_back import BAR, address, known_now, seen

THEN, LATER = date(2022, 6, 26), date(2022, 7, 25)
MAY, JUNE = date(2022, 5, 1), date(2022, 6, 1)
UNIT = "区教育局"
World = Mapping[str, Any]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {
        "office": factories.user(Role.PROJECT_OFFICER),
        "head": factories.user(Role.OFFICE_SECTION),
        "leader": factories.user(Role.DISTRICT_LEADER),
        "unit": factories.user(Role.RESPONSIBLE_UNIT, factories.unit(UNIT)),
    }


@pytest.fixture
def world(people: dict[str, User]) -> World:
    """六月二十六日：五月已关账、更正待批；六月一份已报、一份催过；计划报审中；目标变更待批；责任书还没签。"""
    set_demo_clock(to=THEN, by=factories.operator())
    row = {"profile": {"responsible_unit": factories.unit(UNIT)}, "planned_investment_yuan": 12_000_000}
    year, other = factories.project_list([factories.listed(name, **row) for name in ("甲项目", "乙项目")])
    _planned(year, people["unit"], date(2022, 6, 2), 1_000_000)
    plan = {"project_year": other, "month": MAY, "planned_investment_yuan": 12_000_000}
    tracking.save_plans(rows=[plan], by=people["office"], on=date(2022, 1, 10))
    filed = {"investment_yuan": 3_000_000, "progress_percent": 30, "work": "开挖"}
    rows = [{"project_year": each, **filed} for each in (year, other)]
    tracking.save_reports(month=MAY, rows=rows, by=people["office"], on=date(2022, 5, 25))
    for number in range(1, 6):
        close_month(month=date(2022, number, 1), by=factories.operator())
    _correct(year, people["unit"], date(2022, 6, 20), 2_000_000)
    report = _report(year, people["unit"], date(2022, 6, 24), 5_000_000)
    tracking.remark_on_report(report=report, text="夜间扰民", by=people["office"], on=THEN)
    tracking.remind(project_years=[other], month=JUNE, by=people["office"], on=THEN)
    goal = AnnualGoal.objects.get(project_year=year)
    projects.propose_goal_change(
        goal=goal, text="结构封顶", due_on=date(2022, 11, 30), cause=Cause.OTHER, document="纪要1号",
        by=people["unit"], on=THEN,
    )  # fmt: skip
    colour_reviews.report_colour(
        project_year=other,
        month=JUNE,
        colour=Colour.GREEN,
        note="顺利",
        seen=None,
        by=people["unit"],
        on=THEN,
    )
    profile = other.project.profile
    values = {name: getattr(profile, name) for name in PROPOSABLE} | {"scale": "六层"}
    projects.propose_profile_change(
        project=other.project, seen=profile.pk, values=values, document="请示1号", by=people["unit"], on=THEN
    )
    verdict = Verdict.objects.get(project_year=other, month=MAY)
    colour_reviews.propose_override(
        verdict=verdict, colour=_another(verdict), reason="统一调整", expires_on=date(2022, 6, 30),
        by=people["office"], on=date(2022, 6, 20),
    )  # fmt: skip
    return {"year": year, "other": other, "verdict": verdict, **_stuck(year, people["office"])}


def _stuck(year: ProjectYear, by: User) -> dict[str, Any]:
    """三级的一个问题写好了对策；一张督办单待签发。"""
    issue = loop.raise_issue(project=year.project, title="管线未迁", by=by, on=THEN, level=3)
    loop.act_on_issue(
        issue=issue, verb=IssueVerb.ANALYSE, by=by, on=THEN, analysis="权属不清", proposal="请召集"
    )
    order = loop.draft_order(
        project=year.project, issue=issue, lead_unit=factories.unit(UNIT), matter="限期迁管", due=date(2022, 8, 1),
        by=by, on=THEN,
    )  # fmt: skip
    loop.act_on_order(order=order, verb=OrderVerb.SUBMIT, by=by, on=THEN, text="请签发")
    return {"issue": issue, "order": order}


def _another(verdict: Verdict) -> Colour:
    return Colour.GREEN if verdict.colour != Colour.GREEN else Colour.YELLOW


def _planned(year: ProjectYear, by: User, on: date, monthly: int, reason: str = "") -> PlanProposal:
    """十二个月各投 ``monthly``，余数归十二月。"""
    proposal = PlanProposal.objects.live().filter(project_year=year).first()
    amounts = [monthly] * 11 + [12_000_000 - 11 * monthly]
    lines = [
        {"month": date(2022, number, 1), "work": "施工", "investment_yuan": amount, "progress": None}
        for number, amount in enumerate(amounts, 1)
    ]
    return projects.propose_plan(
        project_year=year, lines=lines, seen=proposal.pk if proposal else None, reason=reason, by=by, on=on
    )


def _report(year: ProjectYear, by: User, on: date, amount: int) -> MonthlyReport:
    current = MonthlyReport.objects.live().filter(project_year=year, month=JUNE).first()
    return tracking.submit_report(
        project_year=year, month=JUNE, seen=current.pk if current else None, by=by, on=on,
        investment_yuan=amount, progress_percent=40, work=f"主体，投{amount}元",
    )  # fmt: skip


def _correct(year: ProjectYear, by: User, on: date, amount: int) -> ReportCorrection:
    current = MonthlyReport.objects.live().get(project_year=year, month=MAY)
    return tracking.propose_correction(
        project_year=year, month=MAY, seen=current.pk, reason="重复计入", by=by, on=on, investment_yuan=amount,
        progress_percent=30, work="开挖",
    )  # fmt: skip


def go_on(world: World, people: dict[str, User], on: date, *, corrected: bool = False) -> None:
    """其后又办了许多事，成立日都写 ``on``；更正批准了的，新的一版自原来那天起成立（只有取数时刻挡得住）。"""
    year, other, by, head = world["year"], world["other"], people["office"], people["head"]
    _judged(world, people, on)
    loop.act_on_order(order=world["order"], verb=OrderVerb.APPROVE, by=people["leader"], on=on, text="同意")
    for verb, values in ((IssueVerb.REPLY, {"evidence": "照片"}), (IssueVerb.CLOSE, {"evidence": "验收单"})):
        actor = people["unit"] if verb is IssueVerb.REPLY else head
        loop.act_on_issue(issue=world["issue"], verb=verb, by=actor, on=on, text="已迁", **values)
    correction = ReportCorrection.objects.get()
    tracking.rule_correction(correction=correction, approved=corrected, by=head, on=on, reason="已核")
    tracking.remind(project_years=[year, other], month=JUNE, by=by, on=on)
    first = MonthlyReport.objects.live().get(project_year=year, month=JUNE)
    tracking.review_report(report=first, verb=ReportVerb.RETURN, by=by, on=on, reason="数不对")
    again = _report(year, people["unit"], on, 6_000_000)
    tracking.remark_on_report(report=again, text="已改正", by=by, on=on)
    factories.accept(again, on=on)
    _report(other, people["unit"], on, 1_000_000)
    change_day(day=date(2022, 6, 24), works=False, name="临时放假", reason="通知1号", by=by, on=on, seen=0)
    close_month(month=JUNE, by=factories.operator())
    held = {"responsible_unit": factories.unit(UNIT)}
    renamed = factories.listed("甲项目", goal="", profile={"name": "改了名的甲项目", **held})
    factories.project_list([renamed, factories.listed("丙项目", profile=held)], on=on, title="调整")
    _ruled(year, people, on)


def _judged(world: World, people: dict[str, User], on: date) -> None:
    """五月的颜色确认了、人工调整批了；六月的自报改了。"""
    verdict, unit = world["verdict"], people["unit"]
    colour_reviews.confirm_colours(verdicts=[verdict], by=people["office"], on=on)
    colour_reviews.decide_override(
        override=ColourOverride.objects.get(),
        approved=True,
        comment="同意",
        by=people["head"],
        on=min(on, date(2022, 6, 30)),
    )
    reported = ReportedColour.objects.get()
    colour_reviews.report_colour(
        project_year=world["other"],
        month=JUNE,
        colour=Colour.RED,
        note="停工",
        seen=reported.pk,
        by=unit,
        on=on,
    )


def _ruled(year: ProjectYear, people: dict[str, User], on: date) -> None:
    """计划审定后又报一稿；目标变更、档案变更批准；责任书签订。"""
    projects.rule_profile_change(change=ProfileChange.objects.get(), approved=True, by=people["head"], on=on)
    proposal = PlanProposal.objects.live().get(project_year=year)
    projects.review_plan(proposal=proposal, verb=ReportVerb.ACCEPT, by=people["head"], on=on)
    _planned(year, people["unit"], on, 900_000, reason="资金调整")
    projects.rule_goal_change(change=GoalChange.objects.get(), approved=True, by=people["head"], on=on)
    projects.sign_letter(year=2022, unit=factories.unit(UNIT), document="责任书1号", by=people["head"], on=on)


def pages(world: World, *, leads: bool = True) -> list[str]:
    """审计看得见的各页。"""
    code = f"/projects/{world['year'].project.code}"
    return [
        "/reports/2022-06/", "/reports/2022-06/?state=missing", f"{code}/reports/2022-06/review/",
        f"{code}/reports/2022-05/review/", f"{code}/reports/2022-05/correction/", f"{code}/goals/2022/",
        f"{code}/plan/2022/", f"/projects/{world['other'].project.code}/profile/", "/rules/reviews/", "/rules/reviews/?month=2022-05&only=pending",
        f"/rules/reviews/{world['other'].project.code}/2022-5/", f"/rules/reviews/{world['other'].project.code}/2022-6/",
        *(["/leader/"] if leads else []),
    ]  # fmt: skip


OFFICE_PAGES = ("/letters/2022/", "/closing/2022/", "/leader/?by=office")  # 只有推进办看得见，或看得见的更多
NOW_ONLY = (
    r'\s*(?:<section class="card[^"]*" aria-labelledby="h-sign">.*?</section>|<p class="hint">关账由.*?</p>)'
)


def reader(people: dict[str, User], world: World) -> Callable[[dict[str, str]], dict[str, str]]:
    """各页所写的，按所问的日子与时刻；推进办的页去掉此刻才能办的再比。"""
    auditor, office = signed_in(factories.user(Role.AUDITOR)), signed_in(people["office"])

    def read(asked: dict[str, str]) -> dict[str, str]:
        found = {page: seen(auditor, page, asked) for page in pages(world)}
        kept = {page: re.sub(NOW_ONLY, "", seen(office, page, asked)) for page in OFFICE_PAGES}
        return found | {page: re.sub(r">\s+<", "><", text) for page, text in kept.items()}

    return read


def test_what_is_done_later_never_changes_the_page_of_that_day(world: World, people: dict[str, User]) -> None:
    read = reader(people, world)
    before = read({})
    go_on(world, people, LATER)
    set_demo_clock(to=LATER, by=factories.operator())
    after, back = read({}), read({"as_of": THEN.isoformat()})

    assert [page for page in before if after[page] == before[page]] == []
    for page, text in before.items():
        assert back[page] == text, page


def test_what_is_recorded_later_never_changes_the_page_as_known_then(
    world: World, people: dict[str, User]
) -> None:
    read = reader(people, world)
    before, known = read({}), known_now()
    go_on(world, people, THEN, corrected=True)
    after, back = read({}), read(known)

    assert [page for page in before if after[page] == before[page]] == []
    for page, text in before.items():
        assert back[page] == text, page


def test_a_report_filed_again_later_still_stands_as_first_filed(
    world: World, people: dict[str, User]
) -> None:
    go_on(world, people, LATER)
    set_demo_clock(to=LATER, by=factories.operator())
    auditor = signed_in(factories.user(Role.AUDITOR))
    then = seen(auditor, "/reports/2022-06/", {"as_of": THEN.isoformat()})

    assert "<strong>1</strong> 待推进办审定" in then and "<strong>1</strong> 未报" in then
    assert "已过期限 0" not in then and "丙项目" not in then
    assert "<strong>2</strong> 未报" in seen(auditor, "/reports/2022-06/", {"as_of": "2022-06-23"})


def test_a_report_voided_later_still_stands_then(
    world: World, people: dict[str, User], office: Client
) -> None:
    report = MonthlyReport.objects.live().get(project_year=world["year"], month=JUNE)
    undone = record(by=people["office"], verb="exchange.undo")
    MonthlyReport.objects.create(
        project_year=report.project_year, month=JUNE, supersedes=report, voided=True, **undone.fact(LATER)
    )
    set_demo_clock(to=LATER, by=factories.operator())
    page = f"/projects/{world['year'].project.code}/reports/2022-06/review/"

    assert "<strong>2</strong> 未报" in office.get("/reports/2022-06/").text
    assert "6月还没有报" in office.get(page).text
    assert "<strong>1</strong> 未报" in office.get(f"/reports/2022-06/?as_of={THEN}").text
    assert "待推进办审定" in office.get(f"{page}?as_of={THEN}").text


def test_lateness_is_counted_from_that_day(world: World, people: dict[str, User], office: Client) -> None:
    set_demo_clock(to=LATER, by=factories.operator())

    assert "已过期限 2 个工作日" in office.get("/reports/2022-06/?as_of=2022-06-28").text
    assert "已过期限 21 个工作日" in office.get("/reports/2022-06/").text


def test_the_office_sees_the_corrections_pending_then(
    world: World, people: dict[str, User], office: Client
) -> None:
    go_on(world, people, LATER)
    set_demo_clock(to=LATER, by=factories.operator())
    then = office.get(f"/reports/2022-06/?as_of={THEN}").text

    assert "关账后更正待批 1 件" in then and "甲项目2022年5月" in then and "改了名" not in then
    assert "关账后更正待批" not in office.get("/reports/2022-06/").text
    assert "关账后更正待批" not in office.get("/reports/2022-06/?as_of=2022-06-19").text


@pytest.mark.parametrize("role", ["office", "unit", "head"])
def test_the_past_says_so_offers_no_act_and_keeps_its_links_in_the_past(
    world: World, people: dict[str, User], role: str
) -> None:
    set_demo_clock(to=LATER, by=factories.operator())
    client = signed_in(people[role])
    at = [*pages(world, leads=role != "unit"), *(OFFICE_PAGES if role != "unit" else ())]
    links = re.compile(r'href="(/(?!figures/)[^"]*)"')
    for page in at:
        then = client.get(address(page, {"as_of": THEN.isoformat()})).text
        main = then[then.index("<main") : then.index("</main>")]

        assert BAR not in client.get(page).text and BAR in then and "截至2022年6月26日" in then, page
        assert 'method="post"' not in main and "<textarea" not in main, page
        # 关账页各色的个数点开是关账那一刻的清单，自带取数时刻
        strays = [link for link in links.findall(main) if not {f"as_of={THEN}", "known_at"} & parts(link)]
        assert strays == [], page


def parts(link: str) -> set[str]:
    """地址里问的：哪天，有没有取数时刻。"""
    asked = dict(parse_qsl(urlsplit(html.unescape(link)).query))
    return {f"as_of={asked.get('as_of')}", *asked}


def test_the_desk_without_a_month_stays_on_the_day_asked(world: World, office: Client) -> None:
    shown = office.get("/reports/?as_of=2022-05-20", follow=True)

    assert shown.request["PATH_INFO"] == "/reports/2022-05/" and BAR in shown.text


def test_the_way_back_keeps_the_month(world: World, office: Client) -> None:
    then = office.get("/rules/reviews/?month=2022-05&only=pending&as_of=2022-06-25").text

    assert 'href="/rules/reviews/?year=2022&amp;month=2022-05&amp;only=pending">回到现在' in then


def test_a_plan_and_a_correction_that_were_not_there_yet_are_not_found(world: World, office: Client) -> None:
    code = f"/projects/{world['year'].project.code}"

    assert office.get(f"{code}/plan/2022/?known_at=2000-01-01T00:00").status_code == 404
    assert office.get(f"{code}/reports/2022-05/correction/?as_of=2022-05-26").status_code == 404


def test_a_post_acts_on_the_present_whatever_day_the_address_names(
    world: World, people: dict[str, User]
) -> None:
    year, head = world["year"], signed_in(people["head"])
    report = MonthlyReport.objects.live().get(project_year=year, month=JUNE)
    page = f"/projects/{year.project.code}/reports/2022-06/review/?as_of=2022-06-25"
    answer = head.post(page, {"report": report.pk, "verb": "accept", "reason": "", "idempotency_key": "k"})

    assert answer.status_code == 302
    assert list(report.reviews.order_by("pk").values_list("verb", flat=True)) == ["first_approve", "accept"]
