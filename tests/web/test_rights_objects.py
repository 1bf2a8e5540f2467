"""按编号打开的对象也逐格走一遍：角色 × 对象 × 本单位/别家/不存在；没有走到的地址当场点名。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse

from kaopu.domain.reporting import ReportState
from kaopu.domain.rights import Act, Role, Scope, Thing
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.supervision.actions import act_on_order, draft_order, raise_issue, set_demo_clock
from kaopu.tracking.actions import suspend
from kaopu.tracking.models import Suspension
from tests import factories
from tests.web.test_rights import (
    ABSENT,
    OPEN_TO_ALL,
    OTHER,
    OWN,
    Case,
    World,
    _routes,
    expected_scope,
    world,
    wrong,
)  # fmt: skip

pytestmark = pytest.mark.django_db
__all__ = ["world"]
TODAY = date(2022, 6, 20)
NOWHERE = 987654
# 打开要什么权限；问题、停工按项目所属看得见与否，督办单只有主办、协办的单位看得见
OBJECTS = {
    "issue_detail": Thing.ISSUE,
    "order_detail": Thing.SUPERVISION_ORDER,
    "stop_detail": Thing.SUSPENSION,
}
# 没有本单位之分的对象与另有专测的地址：权限在各自的测试里查
ELSEWHERE = {
    "attachment_file", "attachment_preview", "attachment_void",
    "demo_clock", "order_new", "alert_detail", "meeting_detail", "campaign_detail", "collection_form",
    "import_undo", "import_review", "inbox_file", "inbox_acknowledge", "document_detail", "document_pack",
    "document_file", "colour_month", "notice_import", "trace_operation", "import_changes",
}  # fmt: skip


def objects(world: World) -> dict[tuple[str, str], int]:
    """本单位与别家各一个问题、督办单、停工；别家的不存在。"""
    set_demo_clock(to=TODAY, by=factories.operator())
    found = {}
    for whose in (OWN, OTHER):
        project = world.projects[whose, ReportState.MISSING].project
        unit, officer = project.profile.responsible_unit, world.people[Role.PROJECT_OFFICER]
        issue = raise_issue(project=project, title=f"{whose}的事", by=officer, on=TODAY)
        order = draft_order(
            project=project, lead_unit=unit, matter=f"{whose}的督办", by=officer, on=TODAY,
            due=TODAY + timedelta(days=30),
        )  # fmt: skip
        # 没有签发的督办单只有拟的一方看得见
        act_on_order(order=order, verb=OrderVerb.SUBMIT, by=officer, on=TODAY)
        leader = world.people[Role.DISTRICT_LEADER]
        act_on_order(order=order, verb=OrderVerb.APPROVE, by=leader, on=TODAY, text="同意")
        suspend(projects=[project], cause="管线", by=officer, on=TODAY)
        stop = Suspension.objects.get(project=project)
        found |= {("issue_detail", whose): issue.pk, ("order_detail", whose): order.pk}
        found["stop_detail", whose] = stop.pk
    return found


def object_cases(found: dict[tuple[str, str], int], role: Role) -> Iterator[Case]:
    for name, thing in OBJECTS.items():
        scope = expected_scope(role, thing, Act.READ)
        # 辖区里的项目，督办单不是街镇、重点地区主办的
        near = name != "order_detail" or role not in (Role.STREET_TOWN, Role.KEY_AREA)
        for whose in (OWN, OTHER, ABSENT):
            seen = whose != ABSENT and (scope is Scope.ALL or (whose == OWN and near))
            expected = {403, 404} if scope is Scope.NONE else {200} if seen else {404}
            address = reverse(name, kwargs={"pk": found.get((name, whose), NOWHERE)})
            yield Case(role=role, what=name, whose=whose, method="get", address=address, data={},
                       expected=frozenset(expected))  # fmt: skip
            refused = {403, 404} if scope is Scope.NONE else {200, 302, 403, 404, 409, 422} if seen else {404}
            yield Case(role=role, what=f"{name}·办", whose=whose, method="post", address=address,
                       data={"verb": "close", "kind": "plan"}, expected=frozenset(refused))  # fmt: skip


def test_an_object_opened_by_number_answers_as_the_matrix_says(world: World) -> None:
    found = objects(world)

    refused = list(wrong(world, lambda _, role: object_cases(found, role)))
    assert "\n".join(refused) == ""


def test_every_route_is_walked_somewhere() -> None:
    walked = set(re.findall(r'"(\w+)"', Path(__file__).with_name("test_rights.py").read_text()))
    names = {route.name for route in _routes(get_resolver().url_patterns)}

    assert sorted(names - walked - OPEN_TO_ALL - ELSEWHERE - set(OBJECTS)) == []
