"""乱销号：问题与督办单走到各种状态，没有佐证的、经办人自己的，一次也销不了（种子 D08，长跑见 ``make proof``）。"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueState, IssueVerb, MoveRefused
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.projects.models import Project
from kaopu.supervision.actions import act_on_issue, act_on_order, draft_order, raise_issue
from kaopu.supervision.models import Issue, IssueKind, IssueStep, OrderStep, SupervisionOrder
from tests import factories

START, DUE = date(2022, 9, 1), date(2022, 9, 30)
V, W = IssueVerb, OrderVerb
ISSUE_PATHS = (
    (V.REPLY,), (V.ACCEPT, V.LOG, V.REPLY), (V.REPLY, V.RETURN, V.REPLY), (V.ACCEPT, V.ANALYSE, V.REPLY),
    (V.ACCEPT, V.REASSIGN, V.REPLY), (V.REPLY, V.CLOSE, V.REOPEN, V.REPLY), (V.REPLY, V.LIFT_UP), (V.ACCEPT,), (),
    (V.REPLY, V.CLOSE),
)  # fmt: skip
TO_WORK = (W.SUBMIT, W.APPROVE, W.SIGN, W.START)
TO_DONE = (*TO_WORK, W.REPORT, W.REVIEW, W.COMPLETE)
ORDER_PATHS = (
    TO_DONE, (*TO_WORK, W.REPORT, W.REVIEW, W.RETURN, W.REPORT, W.REVIEW, W.COMPLETE),
    (*TO_WORK, W.LOG, W.ASK_EXTENSION, W.GRANT_EXTENSION, W.REPORT, W.REVIEW, W.COMPLETE), (*TO_DONE, W.PRESS),
    (*TO_DONE, W.CLOSE, W.ARCHIVE, W.REOPEN, W.REPORT, W.REVIEW, W.COMPLETE), *(TO_DONE[:step] for step in range(7)),
    (*TO_DONE, W.CLOSE), (W.SUBMIT, W.REVOKE),
)  # fmt: skip
HANDLING = {V.ACCEPT, V.LOG, V.ANALYSE, V.REPLY, W.SIGN, W.START, W.LOG, W.REPORT, W.ASK_EXTENSION}
BLANK = ("", " ", "\n\t", "\u3000")
MAY_CLOSE = {IssueState.REPLIED, OrderState.COMPLETED}


class Room:
    """一间办公室：经办人、专员（督办中）、签发的领导、核实的主任。"""

    def __init__(self) -> None:
        self.project: Project = factories.project_year(due_on=None).project
        self.unit = factories.unit()
        self.handler = factories.user(Role.RESPONSIBLE_UNIT, self.unit)
        self.officer, self.director = factories.user(), factories.user(Role.OFFICE_DIRECTOR)
        self.leader = factories.user(Role.DISTRICT_LEADER)

    def _by(self, verb: str) -> User:
        if verb in (W.APPROVE, W.CLOSE):
            return self.leader
        return self.handler if verb in HANDLING else self.officer

    def issue(self, number: int) -> Issue:
        """第 ``number`` 个问题，走到某一步。"""
        kind = (IssueKind.PROBLEM, IssueKind.SUPPORT, IssueKind.TASK)[number // 4 % 3]
        issue = raise_issue(
            project=self.project, title=f"事{number}", by=self.officer, on=START, level=1 + number // 4 % 3, kind=kind,
            handler=self.handler.username if number % 2 else "",
        )  # fmt: skip
        for verb in ISSUE_PATHS[number // 4 % len(ISSUE_PATHS)]:
            act_on_issue(
                issue=issue, verb=verb, by=self._by(verb), on=START, text="情况", evidence="验收单", level=4,
                unit=self.unit, analysis="因", proposal="策",
            )  # fmt: skip
        return issue

    def order(self, number: int) -> SupervisionOrder:
        """第 ``number`` 张督办单，走到某一步。"""
        order = draft_order(
            project=self.project, lead_unit=self.unit, matter=f"事{number}", due=DUE, by=self.officer, on=START,
            handler=self.handler.username,
        )  # fmt: skip
        for verb in ORDER_PATHS[number // 4 % len(ORDER_PATHS)]:
            act_on_order(
                order=order, verb=verb, by=self._by(verb), on=START, text="情况", evidence="验收单",
                until=date(2022, 10, 15),
            )  # fmt: skip
        return order

    def refused(self, number: int) -> str:
        """对新的一件乱销一次号：拒绝且没有动的，返回它的状态；被它销成了的返回空串。"""
        by, evidence = (
            (self.handler, f"验收单{number}号")
            if number % 2
            else (self.director, BLANK[number // 2 % len(BLANK)])
        )
        try:
            if number % 4 < 2:
                issue = self.issue(number)
                before = IssueStep.objects.live().get(issue=issue)
                act_on_issue(issue=issue, verb=V.CLOSE, by=by, on=START, evidence=evidence)
            else:
                order = self.order(number)
                before = OrderStep.objects.live().get(order=order)
                act_on_order(order=order, verb=W.CLOSE, by=by, on=START, evidence=evidence)
        except MoveRefused as error:
            why = "经办人不能" if number % 2 else "请写明佐证"
            assert before.state not in MAY_CLOSE or why in str(error), (before, error)
            assert type(before)._default_manager.filter(supersedes=before).count() == 0
            return str(before.state)
        return ""


def refusals(attempts: int) -> Counter[str]:
    """乱销 ``attempts`` 次，件件不同；返回各状态拒绝了几次，销成了的记在空串名下。"""
    room = Room()
    return Counter(room.refused(number) for number in range(attempts))


@pytest.mark.django_db
def test_closing_without_evidence_or_by_the_handler_is_refused_whatever_the_state() -> None:
    told = refusals(4 * len(ORDER_PATHS))

    assert told[""] == 0
    assert set(told) == {*IssueState, *OrderState} - {OrderState.ARCHIVED}
    assert told[IssueState.REPLIED] + told[OrderState.COMPLETED] >= 30


@pytest.mark.django_db
def test_the_same_items_close_for_another_person_with_evidence() -> None:
    room = Room()
    closed = act_on_issue(issue=room.issue(0), verb=V.CLOSE, by=room.director, on=START, evidence="验收单")
    done = act_on_order(order=room.order(0), verb=W.CLOSE, by=room.director, on=START, evidence="验收单")

    assert (closed.state, done.state) == (IssueState.CLOSED, OrderState.CLOSED)
