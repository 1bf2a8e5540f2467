"""工作日历的写入：改一天，或按放假通知换一年；都是只增不改的事实，前后写进留痕。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.days import chinese_day
from kaopu.tracking.models import CalendarChange, CalendarYear
from kaopu.tracking.queries.calendar import (
    DayChange,
    SpecialDay,
    differences,
    last_change,
    notice_of,
    published_years,
    special_days,
)


class CalendarRefused(Exception):
    """不能改节假日表，理由与办法见信息。"""


class CalendarStale(Exception):
    """打开页面之后，节假日表已有他人的改动。"""


@transaction.atomic
def change_day(
    *, day: date, works: bool | None, name: str, reason: str, seen: int, by: User, on: date
) -> CalendarChange:
    """改一天：上班、休息，或（``works`` 为空）回到按周次。年份须已发布，须写理由。"""
    if day.year not in published_years():
        raise CalendarRefused(f"{day.year}年放假安排未发布，不能逐日改。请先导入该年放假通知。")
    if not reason.strip():
        raise CalendarRefused("请写明理由，如通知的名称与文号。")
    before, after = special_days(day.year).get(day), None if works is None else SpecialDay(works, name)
    if before == after:
        raise CalendarRefused(f"{chinese_day(day)}本来就是这样，没有改动。")
    _refuse_stale(seen)
    change = DayChange(day=day, before=before, after=after)
    operation = record(
        by=by, verb="tracking.change_day", reason=reason, before=_shown([change], "before"),
        after=_shown([change], "after"),
    )  # fmt: skip
    return _write([change], operation, on)[0]


@transaction.atomic
def publish_year(
    *,
    year: int,
    days: Mapping[date, SpecialDay],
    notice: str,
    seen: int,
    by: User,
    on: date,
    source: str = "page",
) -> Sequence[DayChange]:
    """按放假通知换一年的节假日，并标为已发布；返回改动的各天，一天没改也发布。"""
    if not notice.strip():
        raise CalendarRefused("请写明依据的通知，如“国办发明电〔2026〕×号”。")
    _refuse_stale(seen)
    changes = differences(days, year=year)
    operation = record(
        by=by,
        verb="tracking.publish_year",
        source=source,
        reason=notice,
        before=_shown(changes, "before"),
        after=_shown(changes, "after"),
        year=year,
    )
    _write(changes, operation, on)
    CalendarYear.objects.create(
        year=year, notice=notice, supersedes=notice_of(year), on=on, recorded_at=operation.at,
        operation=operation,
    )  # fmt: skip
    return changes


def _refuse_stale(seen: int) -> None:
    if last_change() != seen:
        raise CalendarStale("打开页面之后，节假日表已有他人的改动。请刷新后核对，再提交。")


def _write(changes: Sequence[DayChange], operation: Operation, on: date) -> list[CalendarChange]:
    current = {row.day: row for row in CalendarChange.objects.live().filter(day__in=[c.day for c in changes])}
    rows = [
        CalendarChange(
            day=change.day,
            works=change.after.works if change.after else None,
            name=change.after.name if change.after else "",
            supersedes=current.get(change.day),
            on=on,
            recorded_at=operation.at,
            operation=operation,
        )
        for change in changes
    ]
    try:
        with transaction.atomic():
            return CalendarChange.objects.bulk_create(rows)
    except IntegrityError as error:
        raise CalendarStale("节假日表刚刚由他人改动。请刷新后核对，再提交。") from error


def _shown(changes: Sequence[DayChange], side: str) -> dict[str, str]:
    return {change.day.isoformat(): day_words(getattr(change, side)) for change in changes}


def day_words(item: SpecialDay | None) -> str:
    """一天的写法，如“休息（元旦）”。"""
    if item is None:
        return "按周次"
    return ("上班" if item.works else "休息") + (f"（{item.name}）" if item.name else "")
