"""每一张表单页：没有横线充作的空项，没有漏出来的英文，交空表时的话都说怎么补（法：错误要说办法）。"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.figures.actions import close_month
from kaopu.projects.models import ProjectYear
from kaopu.supervision import actions
from kaopu.supervision.models import Alert, MeetingKind
from kaopu.tracking import actions as tracking
from tests import factories
from tests.web.conftest import signed_in

STOP, TODAY = date(2022, 5, 20), date(2022, 7, 1)
# 文件格式与本来就没有中文的词；其余三个以上的拉丁字母连在一起，就是漏出来的英文
KNOWN = {
    "Excel",
    "Ctrl",
    "xlsx",
    "xlsm",
    "xls",
    "ods",
    "csv",
    "docx",
    "json",
    "JSON",
    "ICS",
    "OFD",
    "PDF",
    "ics",
    "kaopu",
    "Kaopu",
}
SEEN = re.compile(r"<(script|style|svg|code)\b.*?</\1>|<[^>]*>", re.DOTALL)
SHOWN = re.compile(r'(?:placeholder|title|aria-label|alt)="([^"]*)"')
FORM = re.compile(r"<form\b(?P<start>[^>]*method=\"post\"[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
# 连着汉字的 2022-12-31；时刻（后面是几点几分）只在表格里，照旧
RAW_DATE = re.compile(
    r"[\u4e00-\u9fff（][ ]?\d{4}-\d{2}-\d{2}(?! \d\d:)|\d{4}-\d{2}-\d{2}[ ]?[\u4e00-\u9fff）]"
)
NOTATION = "2027-01-01 至 2027-01-03 休 元旦"  # 放假通知的填法
LAZY = ("必填项", "有效的选项", "这个字段")
HIDDEN = re.compile(
    r'<input type="hidden" name="(?P<name>(?!csrf|idempotency)[^"]*)"(?: value="(?P<value>[^"]*)")?'
)


@pytest.fixture
def year(db: None) -> ProjectYear:
    """一个项目，各样的事各一件：停工、预警、问题、督办单、会议、专班、施工许可。"""
    actions.set_demo_clock(to=TODAY, by=factories.operator())
    profile = {"responsible_unit": factories.unit(), "name": "示范小学"}
    entry = factories.project_year("示范小学", goal="正式开工", due_on=date(2022, 3, 31), profile=profile)
    by = factories.operator()
    tracking.declare_campaign(
        name="停复工", cause="疫情", target_on=date(2022, 6, 30), projects=[entry.project], by=by, on=STOP
    )
    return entry


@pytest.fixture
def places(year: ProjectYear) -> list[str]:
    """各张表单页的地址。"""
    officer, unit = factories.user(), factories.unit()
    tracking.save_plans(
        rows=[{"project_year": year, "month": date(2022, 1, 1), "planned_investment_yuan": 10_000_000}],
        by=officer, on=date(2022, 1, 10),
    )  # fmt: skip
    close_month(month=date(2022, 1, 1), by=factories.operator())
    issues = [
        actions.raise_issue(project=year.project, title=f"第{number}件", by=officer, on=TODAY, level=2)
        for number in range(3)
    ]
    actions.act_on_issue(
        issue=issues[0], verb=IssueVerb.ANALYSE, by=officer, on=TODAY, analysis="卡在哪", proposal="怎么办"
    )
    actions.act_on_issue(issue=issues[1], verb=IssueVerb.REPLY, by=factories.user(), on=TODAY, text="已办")
    order = actions.draft_order(
        project=year.project, lead_unit=unit, matter="督办", due=date(2022, 8, 1), by=officer, on=TODAY
    )
    actions.act_on_order(order=order, verb=OrderVerb.SUBMIT, by=officer, on=TODAY)
    meeting = actions.hold_meeting(
        kind=MeetingKind.SPECIAL, title="专题会", chair="主任", agenda=issues[:1], by=officer, on=TODAY
    )
    actions.form_task_force(
        project=year.project, name="专班", head="主任", lead_unit=unit, members=[], rhythm_days=7, by=officer, on=TODAY
    )  # fmt: skip
    alert = Alert.objects.first()
    code, stop = year.project.code, year.project.suspensions.get()
    named: list[tuple[str, dict[str, Any]]] = [
        *((name, {}) for name in (
            "project_list", "todo", "engine", "inbox", "issue_board", "issue_new", "meeting_list", "meeting_new",
            "instruction_new", "campaign_list", "campaign_new", "leader_page", "figure_list", "figure_checker",
            "import_upload", "document_list", "number_list", "people", "mine", "rule_list", "rule_draft",
            "colour_reviews", "rule_replay", "calendar_year", "trace_list",
        )),
        *((name, {"code": code, "year": 2022}) for name in ("record_entry", "plan_edit", "goal_commitments")),
        *((name, {"code": code, "month": "2022-06"}) for name in ("report_edit", "report_review")),
        *((name, {"code": code}) for name in ("project_detail", "project_coordination", "permit_list", "schedule_page", "schedule_new")),
        *(("issue_detail", {"pk": issue.pk}) for issue in issues),
        *((("alert_detail", {"pk": alert.pk}),) if alert else ()),
        ("report_desk", {"month": "2022-06"}),
        ("order_detail", {"pk": order.pk}),
        ("meeting_detail", {"pk": meeting.pk}),
        ("campaign_detail", {"pk": stop.campaigns.get().pk}),
        ("stop_detail", {"pk": stop.pk}),
        ("letter_list", {"year": 2022}),
        ("colour_month", {"code": code, "year": 2022, "number": 1}),
    ]  # fmt: skip
    return [
        *(reverse(name, kwargs=kwargs) for name, kwargs in named),
        *(
            f"{reverse(page)}?kind={kind}"
            for page in ("rule_draft", "rule_activate")
            for kind in ("ladder", "chain")
        ),
        f"{reverse('order_new')}?issue={issues[0].pk}",
    ]


@pytest.fixture
def people(year: ProjectYear) -> list[User]:
    unit = factories.unit()
    roles = (Role.OFFICE_DIRECTOR, Role.PROJECT_OFFICER, Role.DISTRICT_LEADER, Role.SYSADMIN, Role.AUDITOR)
    return [*(factories.user(role) for role in roles), factories.user(Role.RESPONSIBLE_UNIT, unit)]


def words(page: str) -> set[str]:
    """看得见的英文词：三个以上拉丁字母连在一起的。"""
    shown = " ".join([SEEN.sub(" ", page), *SHOWN.findall(page)])
    found = set(re.findall(r"(?<![\w./@-])[A-Za-z]{3,}(?![\w./@-])", html.unescape(shown)))
    return {word for word in found - KNOWN if not re.fullmatch(r"user\d*|operator", word)}


def raw_dates(page: str) -> set[str]:
    """句子里没有改成“几年几月几日”的日期；填法的样子（placeholder）不算。"""
    return set(RAW_DATE.findall(html.unescape(SEEN.sub(" ", page)).replace(NOTATION, "")))


def forms_of(place: str, page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """页上每一张提交的表：交到哪里，只带它藏着的几栏，其余都空着。"""
    for form in FORM.finditer(page):
        action = ACTION.search(form["start"])
        if action and action[1] == reverse("signout"):
            continue
        data = {found["name"]: found["value"] or "" for found in HIDDEN.finditer(form["body"])}
        yield (html.unescape(action[1]) if action else place), data


def test_no_page_shows_a_dashed_choice_an_english_word_or_a_raw_date(
    places: list[str], people: list[User]
) -> None:
    seen, wrong = set(), []
    for person in people:
        client = signed_in(person)
        for place in places:
            response = client.get(place)
            if response.status_code != 200:
                continue
            seen.add(place)
            wrong += [(place, "---------")] if "---------" in response.text else []
            wrong += [(place, word) for word in sorted(words(response.text) | raw_dates(response.text))]

    assert wrong == [], "\n".join(map(str, sorted(set(wrong))))
    assert set(places) - seen == set(), "没有人看得到的页"


def test_an_empty_form_is_answered_with_what_to_fill_in(places: list[str], people: list[User]) -> None:
    answered, wrong = 0, []
    for person in people:
        client = signed_in(person)
        for place in places:
            page = client.get(place)
            for address, data in forms_of(place, page.text) if page.status_code == 200 else ():
                response = client.post(address, {**data, "idempotency_key": str(uuid.uuid4())})
                if response.status_code == 422:
                    answered += 1
                    wrong += [(address, data, word) for word in LAZY if word in response.text]
                    wrong += [(address, data, word) for word in words(response.text)]

    assert wrong == [], "\n".join(map(str, wrong))
    assert answered > 30
