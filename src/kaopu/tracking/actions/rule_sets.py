"""规则集的写入：起草与启用（法 6，HANDBOOK §3.2、§5.4）。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.tracking.models import RuleSet, RuleSetDraft
from kaopu.tracking.queries import rule_set_on
from kaopu.tracking.queries.rule_sets import earliest_day, open_drafts


class RuleSetRefused(Exception):
    """规则集不能这样写或这样启用，理由与办法见信息。"""


class RuleSetForbidden(RuleSetRefused):
    """此人不能启用规则集。"""


@transaction.atomic
def save_draft(
    *,
    name: str,
    parameters: Mapping[str, object],
    note: str,
    by: User,
    on: date,
    kind: RuleKind = RuleKind.COLOUR,
    replaces: RuleSetDraft | None = None,
) -> RuleSetDraft:
    """起草一版规则，或改一份草稿（另起一行）。阈值有空档或重叠的不收。"""
    if problems := RULE_KINDS[kind].check(parameters):
        raise RuleSetRefused("；".join(problems) + "。请改正阈值。")
    operation = record(
        by=by,
        verb="tracking.save_draft",
        target=replaces,
        reason=note,
        before=replaces.parameters if replaces else None,
        after=parameters,
        name=name,
    )
    try:
        with transaction.atomic():
            return RuleSetDraft.objects.create(
                kind=kind,
                name=name,
                parameters=dict(parameters),
                note=note,
                supersedes=replaces,
                **operation.fact(on),
            )
    except IntegrityError as error:
        raise RuleSetRefused("这份草稿刚刚由他人改过。请刷新后核对。") from error


@transaction.atomic
def activate_draft(*, draft: RuleSetDraft, effective_on: date, by: User, on: date) -> RuleSet:
    """启用草稿成一版规则，自 ``effective_on`` 起生效。须科长以上；不得追溯到已经判过的日子。"""
    if not by.may(Thing.RULE_SET, Act.APPROVE):
        raise RuleSetForbidden("规则集由科长以上启用。请交科长或主任办理。")
    kind = RuleKind(draft.kind)
    if not open_drafts(kind).filter(pk=draft.pk).exists():
        raise RuleSetRefused("这份草稿已启用，或已有更新的一稿。请刷新后核对。")
    _refuse_retroactive(kind, effective_on, on)
    # 逐行锁住已有各版：两人同时启用的，后到者看得见先到的一版
    list(RuleSet.objects.select_for_update().values_list("pk"))
    if RuleSet.objects.filter(kind=kind, effective_on=effective_on).exists():
        raise RuleSetRefused(f"{chinese_day(effective_on)}已有一版规则生效。请另选生效日。")
    before = rule_set_on(effective_on, kind)
    operation = record(
        by=by,
        verb="tracking.activate_rule_set",
        target=draft,
        reason=draft.note,
        before={"rule_set": str(before), **before.parameters},
        after={"rule_set": draft.name, **draft.parameters},
        effective_on=effective_on,
    )
    versions = RuleSet.objects.filter(name=draft.name).values_list("version", flat=True)
    return RuleSet.objects.create(
        kind=kind,
        name=draft.name,
        version=max(versions, default=0) + 1,
        effective_on=effective_on,
        parameters=draft.parameters,
        draft=draft,
        operation=operation,
    )


def _refuse_retroactive(kind: RuleKind, effective_on: date, on: date) -> None:
    """颜色规则不追溯已关账的月份；逐级协调规则自次日起：当天已按旧规则告诉过人。"""
    earliest = earliest_day(kind, on=on)
    if earliest is None or effective_on >= earliest.day:
        return
    raise RuleSetRefused(
        f"{earliest.why}，规则不能追溯。生效日请选 {chinese_day(earliest.day)} 或以后的日子。"
    )
