"""各动作共用：接着前一步写下一步，并把现行位置带下去。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction

from kaopu.accounts.actions import ensure_organization
from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.audit.models import Operation
from kaopu.domain.alerts import ALERT_STATE_LABELS
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import ISSUE_STATE_LABELS, MoveRefused
from kaopu.domain.supervision_orders import ORDER_STATE_LABELS
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep, Step, TaskForce, TaskForceEnd

CARRIED = ("level", "level_on", "due_on", "owner_id", "court_id", "court_on", "handler")
CARRIED_BY: dict[type[Step], tuple[str, ...]] = {
    AlertStep: ("alert_id", "colour", "rule", "measured", "threshold", "sentence"),
    IssueStep: ("issue_id", "analysis", "proposal"),
    OrderStep: ("order_id", "asked_until", "presses", "pressed_on"),
}
AnyStep = TypeVar("AnyStep", bound=Step)
Written = TypeVar("Written")


class StaleItem(Exception):
    """页面打开之后，这件事已由别人办过一步。"""


def office(by: User) -> Organization:
    """推进办这个单位：没有责任单位的事项由它兜着，不让任何一件没有主。"""
    return ensure_organization(name=settings.OFFICE_SHORT_NAME, kind=OrganizationKind.OFFICE, by=by)


def fact(operation: Operation, on: date) -> dict[str, Any]:
    """事实的公共栏。"""
    return {"on": on, "recorded_at": operation.at, "operation": operation}


def first_step(
    model: type[AnyStep], *, owner: Organization, court: Organization, on: date, by: User,
    operation: Operation, **values: Any,
) -> AnyStep:  # fmt: skip
    """一件事的第一步。"""
    return model(
        owner=owner, court=court, court_on=on, level_on=on, actor=by.get_username(),
        **fact(operation, on), **values,
    )  # fmt: skip


def follow(before: AnyStep, *, on: date, operation: Operation, actor: str, **changes: Any) -> AnyStep:
    """接着 ``before`` 的一步：没有改的照带下去；换了手、变了级，从这天起算。尚未存库。"""
    kind = type(before)
    values = {name: getattr(before, name) for name in (*CARRIED, *CARRIED_BY[kind])}
    for name in ("owner", "court"):
        if name in changes:
            changes[f"{name}_id"] = changes.pop(name).pk
    # 时间推着走的一步补记时，成立日可能早于前一步；按先后排，不倒着走
    held_on = max(on, before.on)
    if changes.get("court_id", values["court_id"]) != values["court_id"]:
        values["court_on"] = held_on
    if changes.get("level", values["level"]) != values["level"]:
        values["level_on"] = held_on
    return kind(
        supersedes=before,
        actor=actor,
        **fact(operation, held_on),
        **{**values, "state": before.state, **changes},
    )


_STATES: Mapping[type[Step], Mapping[Any, str]] = {
    AlertStep: ALERT_STATE_LABELS,
    IssueStep: ISSUE_STATE_LABELS,
    OrderStep: ORDER_STATE_LABELS,
}


def turned(before: Step, changes: Mapping[str, Any]) -> dict[str, Any]:
    """留痕的前后：走这一步之前与之后的状态、层级、期限。"""
    labels = _STATES[type(before)]
    was = {name: getattr(before, name) for name in ("state", "level", "due_on")}
    now = {name: changes.get(name, value) for name, value in was.items()}
    return {
        "before": {**was, "state": labels[was["state"]]},
        "after": {**now, "state": labels[now["state"]]},
    }


def current(model: type[AnyStep], seen: int | None, **of: Any) -> AnyStep:
    """现行的一步；``seen`` 是打开页面时所见，其后有人办过则抛出 ``StaleItem``。"""
    manager: Any = model._default_manager
    step: AnyStep = manager.live().select_related("owner", "court").get(**of)
    if seen is not None and step.pk != seen:
        raise StaleItem("打开页面之后，这件事已由他人办过一步。请核对现在的状态后再办。")
    return step


def written_once(write: Callable[[], Written]) -> Written:
    """两人同时办同一件：数据库只收一步，后到的一个抛出 ``StaleItem``。"""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        raise StaleItem("这件事刚刚由他人办过一步。请刷新后按现在的状态办理。") from error


def require(text: str, remedy: str) -> str:
    """须填写的一栏；空着就抛出 ``MoveRefused``，信息是怎么补。"""
    if not text.strip():
        raise MoveRefused(remedy)
    return text.strip()


def refuse_backdating(before: Step, on: date) -> None:
    """办理日期不得早于上一步。"""
    if on < before.on:
        raise MoveRefused(f"日期早于上一步（{chinese_day(before.on)}）。请核对日期与系统时钟。")


def refuse_ended(force: TaskForce | None, on: date) -> None:
    """撤销之日以后，不再给专班派任务、记例会；撤销与派任务同时来的，一先一后。"""
    if force is None:
        return
    TaskForce.objects.select_for_update().get(pk=force.pk)
    end = TaskForceEnd.objects.live().filter(task_force=force).first()
    if end is not None and on >= end.on:
        raise MoveRefused(f"{force.name}已于{end.on:%Y-%m-%d}撤销。请先另建专班。")


def handlers_of(steps: Iterable[Step], verbs: Iterable[str]) -> frozenset[str]:
    """经办过的人：被指定的经办人，加上办过 ``verbs`` 各步的人。"""
    done = frozenset(verbs)
    return frozenset(
        name for step in steps for name in (step.handler, step.actor if step.verb in done else "") if name
    )
