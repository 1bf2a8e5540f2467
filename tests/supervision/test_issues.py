"""问题：没有主的由推进办兜着，上会前须有分析，销号须有据且须他人，改派不降级（种子 D08）。"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.rights import OFFICE_ROLES, UNIT_ROLES, Role
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.supervision.actions import (
    MoveRefused,
    StaleItem,
    act_on_issue,
    add_resolution,
    draft_order,
    hold_meeting,
    raise_issue,
    record_instruction,
)
from kaopu.supervision.models import AgendaItem, Issue, IssueStep, MeetingKind, Notice, OrderStep
from kaopu.supervision.queries.issues import open_issues, open_levels
from kaopu.supervision.queries.notices import inbox, unread
from kaopu.supervision.queries.todo import todo_for
from kaopu.supervision.rights import issue_verbs, order_verbs
from kaopu.tracking.queries import now
from tests.factories import listed, operator, project_list, project_year, unit, user

pytestmark = pytest.mark.django_db
ON = date(2022, 9, 1)
EVIDENCE = "验收单3号"


def position(issue: Issue) -> IssueStep:
    return IssueStep.objects.live().get(issue=issue)


def act(issue: Issue, verb: IssueVerb, by: User, on: date = ON, **values: object) -> IssueStep:
    return act_on_issue(issue=issue, verb=verb, by=by, on=on, **{"text": "情况属实", **values})


@pytest.fixture
def officer() -> User:
    return user()


@pytest.fixture
def handler() -> User:
    return user(Role.RESPONSIBLE_UNIT, unit())


@pytest.fixture
def issue(officer: User) -> Issue:
    year = project_list([listed("示例小学", profile={"responsible_unit": unit()})])[0]
    return raise_issue(project=year.project, title="管线未迁", by=officer, on=ON)


def test_an_issue_begins_with_owner_level_and_a_due_day_five_workdays_on(issue: Issue) -> None:
    step = position(issue)

    assert (str(issue), step.owner, step.court, step.level) == ("问〔2022〕1号", unit(), unit(), 1)
    assert (step.state, step.due_on) == (IssueState.RAISED, date(2022, 9, 8))


def test_an_issue_nobody_owns_belongs_to_the_office(officer: User) -> None:
    issue = raise_issue(project=project_year().project, title="无主", by=officer, on=ON)

    assert position(issue).owner.name == "普陀区推进办"


def test_the_ball_passes_between_unit_and_office(issue: Issue, handler: User, officer: User) -> None:
    act(issue, IssueVerb.ACCEPT, handler)
    replied = act(issue, IssueVerb.REPLY, handler, on=date(2022, 9, 5))
    returned = act(issue, IssueVerb.RETURN, officer, on=date(2022, 9, 6))

    assert (replied.court.name, replied.court_on) == ("普陀区推进办", date(2022, 9, 5))
    assert (returned.court, returned.state, returned.due_on) == (
        unit(),
        IssueState.HANDLING,
        date(2022, 9, 8),
    )


def test_closing_without_evidence_or_by_a_handler_is_refused(
    issue: Issue, handler: User, officer: User
) -> None:
    with pytest.raises(MoveRefused, match="“待认领”的事项不能“核实销号”"):
        act(issue, IssueVerb.CLOSE, officer, evidence=EVIDENCE)
    act(issue, IssueVerb.REPLY, handler)
    with pytest.raises(MoveRefused, match="请写明佐证"):
        act(issue, IssueVerb.CLOSE, officer, evidence="")
    with pytest.raises(MoveRefused, match="经办人不能给自己经办的事项销号"):
        act(issue, IssueVerb.CLOSE, handler, evidence=EVIDENCE)
    closed = act(issue, IssueVerb.CLOSE, officer, evidence=EVIDENCE)

    assert (closed.due_on, closed.look_back_on) == (None, ON + timedelta(days=30))
    assert not open_issues(officer).exists()


def test_a_reopened_issue_keeps_its_level_and_gets_a_new_limit(
    issue: Issue, handler: User, officer: User
) -> None:
    act(issue, IssueVerb.LIFT_UP, officer, level=3)
    act(issue, IssueVerb.REPLY, handler)
    act(issue, IssueVerb.CLOSE, officer, evidence=EVIDENCE)
    again = act(issue, IssueVerb.REOPEN, officer, on=date(2022, 10, 10))

    assert (again.level, again.court, again.due_on) == (3, unit(), date(2022, 10, 31))


def test_reassigning_never_lowers_and_lowering_needs_a_document(issue: Issue, officer: User) -> None:
    act(issue, IssueVerb.LIFT_UP, officer, level=2)
    moved = act(issue, IssueVerb.REASSIGN, officer, unit=unit("区绿化市容局"))

    assert (moved.owner.name, moved.court.name, moved.level, moved.state) == (
        "区绿化市容局", "区绿化市容局", 2, IssueState.RAISED
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="降级须有依据"):
        act(issue, IssueVerb.LOWER, officer, level=1, text=" ")
    assert act(issue, IssueVerb.LOWER, officer, level=1, text="纪要3号").level == 1


def test_two_people_acting_on_the_same_page_only_one_succeeds(
    issue: Issue, handler: User, officer: User
) -> None:
    seen = position(issue).pk
    act(issue, IssueVerb.ACCEPT, handler, seen=seen)

    with pytest.raises(StaleItem):
        act(issue, IssueVerb.LIFT_UP, officer, level=2, seen=seen)
    assert position(issue).level == 1


def test_time_moves_are_not_for_people_and_days_do_not_run_backwards(issue: Issue, officer: User) -> None:
    with pytest.raises(MoveRefused, match="由系统办"):
        act(issue, IssueVerb.RISE, officer)
    with pytest.raises(MoveRefused, match="日期早于上一步"):
        act(issue, IssueVerb.ACCEPT, officer, on=ON - timedelta(days=1))


def test_only_an_analysed_issue_goes_to_a_meeting_and_comes_out_as_a_tracked_resolution(
    issue: Issue, handler: User, officer: User
) -> None:
    meeting = {"kind": MeetingKind.SPECIAL, "title": "专题会", "chair": "分管区领导", "by": officer, "on": ON}
    with pytest.raises(MoveRefused, match=r"没有原因分析与对策建议.*管线未迁"):
        hold_meeting(agenda=[issue], **meeting)
    act(issue, IssueVerb.ANALYSE, handler, analysis="权属不清", proposal="区建管委牵头确权")
    held = hold_meeting(agenda=[issue], minutes_number="纪要〔2022〕3号", **meeting)
    resolution = add_resolution(
        meeting=held, text="9月底前完成确权", lead_unit=unit("区规资局"), assists=[unit()], due=date(2022, 9, 30),
        issue=issue, by=officer, on=ON,
    )  # fmt: skip

    assert AgendaItem.objects.filter(meeting=held, issue=issue).exists()
    assert (resolution.parent, resolution.project, list(resolution.assists.all())) == (
        issue,
        issue.project,
        [unit()],
    )
    assert (position(resolution).level, position(resolution).due_on) == (3, date(2022, 9, 30))
    with pytest.raises(MoveRefused, match="不在这次会议的议题里"):
        add_resolution(
            meeting=held,
            text="别的",
            lead_unit=unit(),
            due=date(2022, 9, 30),
            issue=resolution,
            by=officer,
            on=ON,
        )


def test_an_instruction_derives_tasks_with_lead_and_due(issue: Issue, officer: User) -> None:
    instruction = record_instruction(
        leader="示例区领导", text="请区建管委抓紧", issue=issue, by=officer, on=ON,
        tasks=[("一周内拿出方案", unit(), date(2022, 9, 9))],
    )  # fmt: skip
    task = instruction.tasks.get()

    assert (position(task).owner, position(task).level, position(task).due_on) == (
        unit(),
        3,
        date(2022, 9, 9),
    )


def test_each_level_tells_the_roles_of_the_ladder_and_the_unit(
    issue: Issue, officer: User, handler: User
) -> None:
    director, leader = user(Role.OFFICE_DIRECTOR), user(Role.DISTRICT_LEADER)
    stranger = user(Role.RESPONSIBLE_UNIT, unit("区教育局"))
    told = [inbox(who, on=ON).count() for who in (officer, handler, director, leader, stranger)]
    act(issue, IssueVerb.LIFT_UP, officer, level=3)

    assert told == [1, 1, 0, 0, 0]
    assert [unread(who, on=ON).count() for who in (officer, handler, director, leader, stranger)] == [
        2,
        2,
        1,
        1,
        0,
    ]
    assert Notice.objects.count() == 2


def test_the_owner_those_who_assist_and_from_level_two_the_street_are_told(officer: User) -> None:
    owner, helper, street, other = (
        unit(name) for name in ("示例建设单位", "区绿化市容局", "桃浦镇", "区教育局")
    )
    profile = {"responsible_unit": unit(), "owner": owner, "street": street.name}
    year = project_list([listed("示例", due_on=None, profile=profile)])[0]
    people = (
        user(Role.PROJECT_OWNER, owner), user(Role.PERMIT_DEPT, helper), user(Role.STREET_TOWN, street),
        user(Role.RESPONSIBLE_UNIT, unit()), user(Role.RESPONSIBLE_UNIT, other),
    )  # fmt: skip

    def told() -> list[int]:
        return [inbox(who, on=ON).count() for who in people]

    asked = raise_issue(project=year.project, title="管线", by=officer, on=ON, assists=[helper])
    assert told() == [1, 1, 0, 1, 0]
    act(asked, IssueVerb.LIFT_UP, officer, level=2)
    assert told() == [2, 2, 1, 2, 0]


def test_my_items_are_those_whose_ball_i_hold(issue: Issue, handler: User, officer: User) -> None:
    assert [(item.number, item.doing) for item in todo_for(handler, on=ON)] == [
        ("问〔2022〕1号", "认领并办理")
    ]
    assert todo_for(officer, on=ON) == []
    act(issue, IssueVerb.REPLY, handler)

    assert todo_for(handler, on=ON) == []
    assert [item.doing for item in todo_for(officer, on=ON)] == ["核实后销号或退回"]


def test_another_units_issue_is_out_of_sight_unless_it_assists(issue: Issue, officer: User) -> None:
    stranger = user(Role.RESPONSIBLE_UNIT, unit("区教育局"))
    assert not open_issues(stranger).exists()
    raise_issue(project=issue.project, title="请配合", by=officer, on=ON, assists=[unit("区教育局")])

    assert [step.issue.title for step in open_issues(stranger)] == ["请配合"]


def test_the_level_of_a_day_is_the_level_held_that_day(issue: Issue, officer: User, handler: User) -> None:
    act(issue, IssueVerb.LIFT_UP, officer, on=date(2022, 9, 10), level=3)
    act(issue, IssueVerb.REPLY, handler, on=date(2022, 9, 20))
    act(issue, IssueVerb.CLOSE, officer, on=date(2022, 9, 20), evidence=EVIDENCE)
    known = {day: open_levels(as_of=date(2022, 9, day), known_at=now()) for day in (5, 15, 25)}

    assert known == {5: {issue.project_id: 1}, 15: {issue.project_id: 3}, 25: {}}
    assert operator()


def test_the_matrix_says_who_else_may_log_and_it_is_not_only_the_unit() -> None:
    """属地在辖区的问题上记进展，审批部门作协办的记办理情况；只看的人不能。"""
    year = project_year(due_on=None)
    issue = raise_issue(project=year.project, title="管线未迁", by=user(), on=ON, lead_unit=unit())
    order = draft_order(project=year.project, lead_unit=unit(), matter="管线", due=ON, by=user(), on=ON)
    other = unit("别的单位")
    step = IssueStep.objects.get(issue=issue)
    paper = OrderStep.objects.get(order=order)
    paper.state = OrderState.WORKING

    logs = {role for role in Role if IssueVerb.LOG in issue_verbs(user(role, other), step)} - OFFICE_ROLES
    helps = {role for role in Role if OrderVerb.LOG in order_verbs(user(role, other), paper, on=ON)}
    assert logs == UNIT_ROLES
    assert helps == UNIT_ROLES - {Role.PROJECT_OWNER} | {Role.PERMIT_DEPT}
