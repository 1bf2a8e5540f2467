"""会后补的纪要各成一版，晚记的议定事项照样跟；专班例会到期提醒，漏开看得见（种子 D05、D10）。"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from kaopu.domain.escalation import MoveRefused
from kaopu.domain.rights import Role
from kaopu.projects.models import Project
from kaopu.supervision.actions import (
    StaleItem,
    add_resolution,
    advance,
    form_task_force,
    hold_meeting,
    record_minutes,
    set_demo_clock,
)
from kaopu.supervision.models import IssueStep, Meeting, MeetingKind, Minutes, Notice, TaskForce
from kaopu.supervision.queries.notices import unread
from kaopu.supervision.queries.task_forces import convenings_of
from kaopu.supervision.queries.todo import todo_for
from tests.factories import operator, project_year, unit, user

ON = date(2022, 9, 1)
pytestmark = pytest.mark.django_db


def meeting(**values: object) -> Meeting:
    return hold_meeting(kind=MeetingKind.SPECIAL, title="专题会", chair="主任", by=user(), on=ON, **values)


def again(row: Meeting) -> Meeting:
    return Meeting.objects.get(pk=row.pk)


def test_minutes_written_later_replace_the_earlier_and_both_stay() -> None:
    row, by = meeting(minutes="初稿"), user()
    first = record_minutes(
        meeting=row, minutes="定稿", minutes_number="纪要〔2022〕3号", by=by, on=date(2022, 9, 5)
    )
    second = record_minutes(meeting=again(row), minutes="更正稿", by=by, on=date(2022, 9, 8))

    assert again(row).latest == second and second.supersedes == first
    assert (second.minutes_number, row.minutes) == ("纪要〔2022〕3号", "初稿")
    assert [version.minutes for version in row.versions.order_by("pk")] == ["定稿", "更正稿"]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Minutes.objects.update(minutes="改")


def test_minutes_are_refused_when_blank_unchanged_backdated_or_written_over_anothers() -> None:
    row, by = meeting(minutes="初稿"), user()
    for text, on, why in [
        (" ", ON, "请写纪要"),
        ("初稿", ON, "一字不差"),
        ("定稿", date(2022, 8, 31), "早于开会之日"),
    ]:
        with pytest.raises(MoveRefused, match=why):
            record_minutes(meeting=row, minutes=text, by=by, on=on)
    record_minutes(meeting=row, minutes="定稿", by=by, on=ON, seen=0)
    with pytest.raises(StaleItem, match="另写了一版"):
        record_minutes(meeting=again(row), minutes="另一稿", by=by, on=ON, seen=0)

    assert Minutes.objects.count() == 1


def test_a_resolution_added_days_later_rises_like_any_other() -> None:
    _tick(ON)
    issue = add_resolution(
        meeting=meeting(),
        text="迁管线",
        lead_unit=unit(),
        due=date(2022, 9, 9),
        by=user(),
        on=date(2022, 9, 6),
    )
    _tick(date(2022, 9, 10))

    step = IssueStep.objects.live().get(issue=issue)
    assert (step.level, step.verb) == (4, "rise")  # 专题会的议定事项自三级起


def _tick(day: date) -> int:
    set_demo_clock(to=day, by=operator())
    return advance(by=operator(), now=timezone.make_aware(datetime(day.year, day.month, day.day, 9))).moved


def force(rhythm_days: int = 14) -> TaskForce:
    project: Project = project_year(due_on=None).project
    return form_task_force(
        project=project, name="学校专班", head="王主任", lead_unit=unit(), members=[unit("区绿化市容局")],
        rhythm_days=rhythm_days, by=user(), on=ON,
    )  # fmt: skip


def test_a_task_force_meeting_names_its_task_force_and_moves_the_next_day() -> None:
    team = force()
    with pytest.raises(MoveRefused, match="请选是哪个专班"):
        hold_meeting(kind=MeetingKind.TASK_FORCE, title="例会", chair="王", by=user(), on=ON)
    with pytest.raises(MoveRefused, match="别的会议不选专班"):
        meeting(task_force=team)
    assert [item.next_on.on for item in convenings_of(team.project)] == [date(2022, 9, 15)]

    hold_meeting(
        kind=MeetingKind.TASK_FORCE,
        title="例会",
        chair="王",
        task_force=team,
        by=user(),
        on=date(2022, 9, 16),
    )
    [item] = convenings_of(team.project)
    assert (item.last_on, item.next_on.on) == (date(2022, 9, 16), date(2022, 9, 30))


def test_the_engine_calls_the_meeting_once_and_says_once_that_it_was_missed() -> None:
    team = force()
    moved = [_tick(date(2022, 9, day)) for day in (11, 12, 13, 15, 16, 17)]
    notices = list(
        Notice.objects.filter(task_force=team).order_by("pk").values_list("level", "meeting_on", "text")
    )

    assert moved == [0, 1, 0, 0, 1, 0]
    assert [(level, on) for level, on, _ in notices] == [(1, date(2022, 9, 15)), (2, date(2022, 9, 15))]
    assert "没有登记" in notices[1][2]
    assert convenings_of(team.project)[0].missed(date(2022, 9, 16))

    member = user(Role.RESPONSIBLE_UNIT, unit("区绿化市容局"))
    stranger = user(Role.RESPONSIBLE_UNIT, unit("区教育局"))
    assert [unread(person, on=ON).count() for person in (member, stranger)] == [2, 0]


def test_lead_and_members_have_the_next_meeting_among_their_due_days_and_the_office_the_missed_one() -> None:
    team = force()
    lead, member = user(Role.RESPONSIBLE_UNIT, unit()), user(Role.RESPONSIBLE_UNIT, unit("区绿化市容局"))
    rows = [
        [(item.doing, item.due_on) for item in todo_for(person, on=day) if item.kind == "task_force"]
        for person, day in ((lead, ON), (member, ON), (user(), ON), (user(), date(2022, 9, 16)))
    ]

    due = date(2022, 9, 15)
    assert rows == [[("召集例会", due)], [("参加例会", due)], [], [("开会并登记", due)]]
    assert team.pk
