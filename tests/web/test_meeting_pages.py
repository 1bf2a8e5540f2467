"""会议、批示、专班的页面：议题、会后的纪要与议定事项、例会与任务。"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.supervision.actions import act_on_issue, form_task_force, hand_alert, hold_meeting
from kaopu.supervision.models import (
    Alert,
    Issue,
    Meeting,
    MeetingKind,
    Minutes,
    TaskForce,
)
from kaopu.supervision.queries.task_forces import convenings_of
from kaopu.supervision.queries.todo import todo_for
from kaopu.tracking.actions import save_plans, save_reports
from tests import factories
from tests.web.conftest import signed_in

TODAY = timezone.localdate()


def after(client: Client, meeting: Meeting, kind: str, **values: str) -> Any:
    named = {f"{kind}-{name}": value for name, value in values.items()}
    return client.post(f"/meetings/{meeting.pk}/", {**named, "kind": kind})


def test_minutes_are_added_after_the_meeting_and_every_version_stays_in_sight(
    office: Client, officer: User
) -> None:
    meeting = hold_meeting(kind=MeetingKind.SPECIAL, title="专题会", chair="主任", by=officer, on=TODAY)
    page = f"/meetings/{meeting.pk}/"
    assert "还没有纪要" in office.get(page).text and "待补" in office.get("/meetings/").text
    assert after(office, meeting, "minutes", seen="0", minutes="  ").status_code == 422
    first = after(
        office, meeting, "minutes", seen="0", minutes="会议议定甲", minutes_number="纪要〔2022〕9号"
    )
    assert first.status_code == 302
    stale = after(office, meeting, "minutes", seen="0", minutes="别的一稿")
    assert stale.status_code == 409 and "另写了一版" in stale.text
    seen = str(Minutes.objects.get().pk)
    assert after(office, meeting, "minutes", seen=seen, minutes="会议议定甲、乙").status_code == 302

    text = office.get(page).text
    assert text.index("会议议定甲、乙") < text.index("以前各版（1）") < text.index("会议议定甲</p>")
    assert "纪要〔2022〕9号" in office.get("/meetings/").text
    reader = signed_in(factories.user(Role.DISTRICT_LEADER))
    assert "会议议定甲、乙" in reader.get(page).text
    assert after(reader, meeting, "minutes", seen=seen, minutes="改").status_code == 403


def test_a_task_force_meeting_is_registered_from_the_project_and_moves_the_next_day(
    issue: Issue, office: Client, handler: User
) -> None:
    unit = str(factories.unit().pk)
    coordinate(office, issue, "force", name="迁管专班", head="副区长", lead_unit=unit, rhythm_days="7")
    team = TaskForce.objects.get()
    [before] = convenings_of(team.project)
    assert "登记例会</a>" in office.get(f"/issues/projects/{team.project.code}/").text
    form = office.get(f"/meetings/new/?force={team.pk}").text
    assert f'value="{team.pk}" selected' in form and 'value="task_force_meeting" selected' in form
    values = {
        "kind": "task_force_meeting",
        "title": "例会",
        "chair": "副区长",
        "on": before.next_on.on.isoformat(),
    }
    assert "请选是哪个专班" in office.post("/meetings/new/", values).text
    assert office.post("/meetings/new/", {**values, "task_force": str(team.pk)}).status_code == 302

    [item] = convenings_of(team.project)
    assert item.last_on == before.next_on.on < item.next_on.on
    rows = [row.due_on for row in todo_for(handler, on=TODAY) if row.kind == "task_force"]
    assert rows == [item.next_on.on]
    assert f"DTSTART;VALUE=DATE:{item.next_on.on:%Y%m%d}" in signed_in(handler).get("/todo/due.ics").text


def test_a_missed_task_force_meeting_stands_out_on_both_pages_of_the_project(
    issue: Issue, office: Client, officer: User
) -> None:
    assert issue.project
    form_task_force(
        project=issue.project, name="迁管专班", head="副区长", lead_unit=factories.unit(), members=[],
        rhythm_days=7, by=officer, on=TODAY - timedelta(days=30),
    )  # fmt: skip

    for page in (f"/issues/projects/{issue.project.code}/", f"/projects/{issue.project.code}/"):
        assert "漏开，已过" in office.get(page).text
    assert "开会并登记" in office.get("/todo/").text


def test_a_meeting_takes_only_analysed_issues_and_tracks_its_resolution(
    issue: Issue, handler: User, office: Client
) -> None:
    act_on_issue(issue=issue, verb=IssueVerb.LIFT_UP, by=factories.operator(), on=TODAY, level=2, text="提级")
    assert "缺原因分析或对策建议" in office.get("/meetings/new/").text
    act_on_issue(
        issue=issue, verb=IssueVerb.ANALYSE, by=handler, on=TODAY, analysis="权属不清", proposal="请确权"
    )
    values = {
        "kind": "dispatch",
        "title": "调度会",
        "chair": "主任",
        "on": TODAY.isoformat(),
        "agenda": [str(issue.pk)],
    }
    assert office.post("/meetings/new/", values).status_code == 302
    meeting = Meeting.objects.get()
    resolution = {
        "text": "月底前确权", "issue": str(issue.pk), "lead_unit": str(factories.unit().pk), "due": "2099-01-31"
    }  # fmt: skip

    assert after(office, meeting, "resolution", **resolution).status_code == 302
    assert "月底前确权" in office.get(f"/meetings/{meeting.pk}/").text
    assert Issue.objects.get(meeting=meeting).parent == issue
    assert signed_in(handler).get("/meetings/").status_code == 403


def test_an_instruction_on_an_issue_derives_a_task_below_it(issue: Issue, office: Client) -> None:
    address = f"/meetings/instructions/new/?issue={issue.pk}"
    values = {
        "leader": "示例领导", "text": "抓紧", "on": TODAY.isoformat(), "task": "一周内报方案",
        "unit": str(factories.unit().pk), "due": "2099-01-01",
    }  # fmt: skip

    assert office.post(address, values).status_code == 302
    assert Issue.objects.get(title="一周内报方案").parent == issue
    assert "任务 1 件，销号 0 件" in office.get("/meetings/").text
    assert office.get("/meetings/instructions/new/?issue=999").status_code == 404


def test_the_agenda_names_the_projects_and_the_warnings_not_yet_handed(office: Client, issue: Issue) -> None:
    year = factories.project_year("拖着的项目", goal="正式开工", due_on=date(2022, 1, 10))
    rows = [{"project_year": year, "month": date(2022, 1, 1), "planned_investment_yuan": 10_000_000}]
    save_plans(rows=rows, by=factories.operator(), on=date(2022, 1, 5))
    reported = [{"project_year": year, "investment_yuan": 0}]
    save_reports(month=date(2022, 1, 1), rows=reported, by=factories.operator(), on=date(2022, 1, 25))
    close_month(month=date(2022, 1, 1), by=factories.operator())
    act_on_issue(issue=issue, verb=IssueVerb.LIFT_UP, level=2, text="久拖", by=factories.user(), on=TODAY)
    act_on_issue(
        issue=issue, verb=IssueVerb.ANALYSE, analysis="因", proposal="策", by=factories.user(), on=TODAY
    )
    text = office.get("/meetings/new/").text

    assert "还没有立为问题的红黄预警，共 1 条" in text and "拖着的项目" in text
    assert f"{issue} 管线未迁（示例小学）" in text
    hand_alert(alert=Alert.objects.get(), title="开工拖延", by=factories.user(), on=TODAY)
    assert "红黄预警都已立为问题" in office.get("/meetings/new/").text


def coordinate(client: Client, issue: Issue, kind: str, **values: str) -> Any:
    named = {f"{kind}-{name}": value for name, value in values.items()}
    assert issue.project
    return client.post(f"/issues/projects/{issue.project.code}/", {**named, "kind": kind})


def test_the_office_records_visits_task_forces_and_their_tasks(
    issue: Issue, office: Client, handler: User
) -> None:
    unit = str(factories.unit().pk)
    assert coordinate(office, issue, "visit", visitors="专员", findings="管线未迁").status_code == 302
    assert (
        coordinate(
            office, issue, "force", name="迁管专班", head="副区长", lead_unit=unit, rhythm_days="7"
        ).status_code
        == 302
    )
    force = str(TaskForce.objects.get().pk)
    task = {"title": "出方案", "task_force": force, "lead_unit": unit}
    assert coordinate(office, issue, "task", due="2000-01-01", **task).status_code == 422
    assert coordinate(office, issue, "task", due="2099-01-01", **task).status_code == 302
    assert issue.project
    address = f"/issues/projects/{issue.project.code}/"
    text = signed_in(handler).get(address).text

    assert "专员：管线未迁" in text and "每7天一次例会，还没有开过，下次" in text and "出方案" in text
    assert coordinate(signed_in(handler), issue, "visit", visitors="我", findings="看").status_code == 403
    assert "迁管专班" in office.get(f"/projects/{issue.project.code}/").text
