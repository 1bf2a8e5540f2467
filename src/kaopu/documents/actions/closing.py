"""月末关账即留下本月通报的草稿（HANDBOOK §4.3、§5.6）：命令行与网页都从这里关账，草稿与手工起草的同出一处，从不自行印发。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import settled
from kaopu.documents.actions.drafting import DocumentRefused, draft_on_file
from kaopu.documents.gongwen import UnboundNumber
from kaopu.documents.kinds import monthly_bulletin
from kaopu.documents.kinds.kind import Asked, Refused
from kaopu.documents.models import OfficialDocument
from kaopu.documents.queries import bulletins_of
from kaopu.figures.actions import close_month
from kaopu.figures.models import Snapshot

BY_THE_CLOSE = "close"  # 办理的来源：由关账留下，不是人要的


@dataclass(frozen=True, kw_only=True)
class MonthClosed:
    """关账的结果：快照，这次留下的通报草稿（早有了为 ``None``），没留成的缘由与办法。"""

    snapshot: Snapshot
    bulletin: OfficialDocument | None
    problem: str = ""


def close_month_with_bulletin(*, month: date, by: User) -> MonthClosed:
    """月末关账，再起草本月通报。两步各一个事务：通报没起草成，账照关，缘由写在结果里，公文页也列出缺通报的月份。"""
    snapshot = settled(lambda: close_month(month=month, by=by))
    try:
        bulletin = settled(lambda: _draft_once(snapshot, month, by))
    except (DocumentRefused, Refused, UnboundNumber, OSError) as error:
        remedy = f"请排除后在公文页起草，或运行 kaopu document monthly-bulletin --month {month:%Y-%m} --out 通报.docx。"
        return MonthClosed(snapshot=snapshot, bulletin=None, problem=f"本月通报没有起草成：{error} {remedy}")
    return MonthClosed(snapshot=snapshot, bulletin=bulletin)


@transaction.atomic
def _draft_once(snapshot: Snapshot, month: date, by: User) -> OfficialDocument | None:
    """一个月只留一份：占住快照那一行再看有没有，两次同时关账也只起草一次；人已起草的、已作废的都算有。"""
    Snapshot.objects.select_for_update().get(pk=snapshot.pk)
    if bulletins_of(month).exists():
        return None
    asked = Asked(year=month.year, on=timezone.localdate(), month=month)
    return draft_on_file(kind=monthly_bulletin.KIND, asked=asked, by=by, source=BY_THE_CLOSE)
