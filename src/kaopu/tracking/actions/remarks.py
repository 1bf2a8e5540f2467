"""对月报的意见：看得见、有权提的人说一句，填报与审核的人都看得见（HANDBOOK §4.2）。"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.models import MonthlyReport, ReportRemark


@transaction.atomic
def remark_on_report(*, report: MonthlyReport, text: str, by: User, on: date) -> ReportRemark:
    """对所见的一版月报提意见；只增不改，关账之后也可以提，不改变数与颜色。"""
    if not text.strip():
        raise DecisionRefused("请写明意见。")
    operation = record(
        by=by, verb="tracking.remark_on_report", target=report, month=report.month, text=text.strip()
    )
    return ReportRemark.objects.create(report=report, text=text.strip(), **operation.fact(on))
