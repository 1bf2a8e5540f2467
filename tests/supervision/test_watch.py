"""逐件核对：没有现行位置、钟没停、没人跟着、过了期限没人报警的，都说得出是哪一件（种子 D08）。"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kaopu.audit.actions import record
from kaopu.domain.alerts import AlertState, AlertVerb
from kaopu.domain.colours import Colour
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.supervision.actions import draft_order, raise_issue, warn_month
from kaopu.supervision.actions.steps import follow
from kaopu.supervision.models import Alert, AlertStep, Issue, IssueStep, OrderStep, SupervisionOrder
from kaopu.supervision.queries.watch import dropped
from tests.factories import operator, project_year, unit, user

ON = date(2022, 9, 1)
pytestmark = pytest.mark.django_db


def alert() -> AlertStep:
    hit = {"rule": "d", "measured": "31天", "threshold": "30天", "sentence": "落后", "colour": Colour.RED}
    row = {"project_year": project_year(), "colour": Colour.RED, "hits": [hit]}
    warn_month(month_end=ON, rows=[row], by=operator())
    return AlertStep.objects.live().get()


def after(step: Any, **changes: Any) -> None:
    follow(step, on=ON, operation=record(by=operator(), verb="x"), actor="x", **changes).save()


def test_a_sound_office_has_nothing_to_say() -> None:
    alert()
    raise_issue(project=None, title="事", by=user(), on=ON)

    assert dropped(today=ON) == []


def test_an_overdue_item_is_named_unless_an_alarm_is_up() -> None:
    issue = raise_issue(project=None, title="事", by=user(), on=ON, due=date(2022, 9, 5))

    assert dropped(today=date(2022, 9, 5)) == []
    assert dropped(today=date(2022, 9, 6)) == [f"问题 {issue.pk}：没有期限，或期限已过而无人报警"]
    assert dropped(today=date(2022, 9, 6), alarmed=True) == []


def test_a_handed_alert_with_a_clock_of_its_own_or_without_an_issue_is_named() -> None:
    step = alert()
    after(step, verb=AlertVerb.HAND, state=AlertState.HANDED)

    assert dropped(today=ON) == [
        f"预警 {step.alert_id}：了了而钟没有停",
        f"预警 {step.alert_id}：已立为问题，而没有问题跟着",
    ]


def test_an_item_without_any_step_is_named() -> None:
    fact = {"on": ON, "operation": record(by=operator(), verb="x")}
    alert_row = Alert.objects.create(project_year=project_year(), **fact)
    issue = Issue.objects.create(year=2022, serial=1, title="事", raised_by="x", **fact)

    assert dropped(today=ON) == [
        f"预警 {alert_row.pk}：没有现行位置，或不止一个",
        f"问题 {issue.pk}：没有现行位置，或不止一个",
    ]


def test_a_late_order_is_named_until_it_is_pressed() -> None:
    order = draft_order(
        project=project_year().project,
        lead_unit=unit(),
        matter="腾地",
        due=date(2022, 9, 5),
        by=user(),
        on=ON,
    )
    day = date(2022, 9, 6)
    assert dropped(today=day) == [f"督办单 {order.pk}：没有期限，或期限已过而无人报警"]

    after(
        OrderStep.objects.live().get(),
        verb=OrderVerb.PRESS,
        state=OrderState.DRAFT,
        presses=1,
        pressed_on=day,
    )
    assert dropped(today=day) == []
    assert SupervisionOrder.objects.count() == 1 and not IssueStep.objects.exists()
