"""月份：报告期的锁与月末冻结。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.tracking.models import ReportingPeriod, RuleSet, Verdict


class MonthFrozen(Exception):
    """该月已冻结，不再收月报。"""


def open_period(month: date, *, closing: bool = False) -> ReportingPeriod:
    """取得并锁住月份行，直到事务结束：填报者共享，关账者（``closing``）独占。

    已冻结则抛出 ``MonthFrozen``（TRUST §1 规则 3）。SQLite 的写事务本就互斥，不另加锁。
    """
    period = _locked(month, closing=closing)
    if period is None:  # 这个月头一次有人报
        ReportingPeriod.objects.get_or_create(month=month)
        period = _locked(month, closing=closing)
    assert period is not None
    if period.frozen_at is not None:
        raise MonthFrozen(
            f"{month.year}年{month.month}月已关账冻结，不再收月报。如有更正，请在该月月报页申请更正。"
        )
    return period


def _locked(month: date, *, closing: bool) -> ReportingPeriod | None:
    """锁住的月份行；还没有这一行的为空。"""
    if connection.vendor == "postgresql" and not closing:
        table = connection.ops.quote_name(ReportingPeriod._meta.db_table)
        rows = ReportingPeriod.objects.raw(f"SELECT * FROM {table} WHERE month = %s FOR SHARE", [month])
        return next(iter(rows), None)
    return ReportingPeriod.objects.filter(month=month).select_for_update().first()


@transaction.atomic
def freeze_month(
    *, month: date, verdicts: Sequence[Mapping[str, Any]], rule_set: RuleSet, by: User, on: date
) -> Operation:
    """月末冻结：存下每个年度项目的评定并关上月份行，一个事务。已冻结则抛出 ``MonthFrozen``。"""
    period = open_period(month, closing=True)
    operation = record(
        by=by, verb="tracking.freeze_month", target=period, month=month, verdicts=len(verdicts)
    )
    Verdict.objects.bulk_create(
        Verdict(month=month, rule_set=rule_set, **verdict, **operation.fact(on)) for verdict in verdicts
    )
    period.frozen_at = timezone.now()
    period.save(update_fields=["frozen_at"])
    return operation
