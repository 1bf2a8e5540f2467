"""承诺：责任书签订后年度目标锁定，变更须批准，到期前 30 天不再受理（种子 D06“目标不变、任务不减”；§3.8）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from kaopu.domain.days import chinese_day

LOCK_OUT_DAYS = 30
"""到期前多少天起不再受理变更。"""


def change_refused(*, due_on: date | None, on: date, new_due_on: date | None = None) -> str | None:
    """目标变更此时不予受理的理由；可受理为空。恰好还有 30 天时仍受理；改后的时间不得早于申请之日。"""
    if new_due_on is not None and new_due_on < on:
        return f"改后的时间{chinese_day(new_due_on)}早于申请之日。请核对年月日。"
    if due_on is None:
        return None
    if on > due_on:
        return f"目标期限 {chinese_day(due_on)} 已过，不能再改；完不成的由推进办认定。"
    if on > due_on - timedelta(days=LOCK_OUT_DAYS):
        return f"距目标期限 {chinese_day(due_on)} 不足 {LOCK_OUT_DAYS} 天，不再受理变更。"
    return None


def plan_gap(monthly_yuan: Sequence[int | None], annual_yuan: int | None) -> int | None:
    """各月计划投资之和减年度计划投资（元）；没有年度计划则无从核对（TRUST §4 第 6 条）。"""
    return None if annual_yuan is None else sum(amount or 0 for amount in monthly_yuan) - annual_yuan


def falls(progress: Sequence[Decimal | None]) -> bool:
    """累计进度计划有没有回落（空的月份不看）。"""
    stated = [value for value in progress if value is not None]
    return any(later < earlier for earlier, later in pairwise(stated))
