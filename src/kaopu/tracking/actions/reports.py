"""计划与月报的写入：成批导入、逐份报出、两级审核、催报。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received, traced
from kaopu.domain.causes import Cause
from kaopu.domain.reporting import (
    PASSED_ON_IMPORT,
    STATE_LABELS,
    ReportState,
    ReportVerb,
    VerbRefused,
    next_state,
    passed_on_filing,
    state_after,
)
from kaopu.domain.rights import Role
from kaopu.projects.actions import attach, revised
from kaopu.projects.models import Attachment, MonthlyPlan, PlanProposal, ProjectYear
from kaopu.tracking.actions.months import open_period
from kaopu.tracking.models import MonthlyReport, ReportReminder, ReportReview, VarianceCause
from kaopu.tracking.queries import is_frozen, owing, reminds_today
from kaopu.tracking.queries.calendar import working_calendar


class StaleReport(Exception):
    """页面打开之后，这份月报已有更新的一版，或已由他人办了同一步。"""


class ReviewRefused(Exception):
    """审核不合规，理由见信息。"""


def _changes(
    rows: Sequence[Mapping[str, Any]], current: Mapping[tuple[int, date], Any]
) -> tuple[list[bool], list[dict[str, Any]]]:
    """逐行与现行一版比较：每行是否有变化，以及要写入的行（带 ``supersedes``）；行里没有说的栏照现行的。"""
    fresh, changed = [], []
    for row in rows:
        before = current.get((row["project_year"].pk, row["month"]))
        differs = (
            before is None
            or before.voided
            or any(getattr(before, name) != value for name, value in row.items())
        )
        changed.append(differs)
        if differs:
            whole = row if before is None or before.voided else revised(before, **row)
            fresh.append({**whole, "supersedes": before})
    return changed, fresh


@transaction.atomic
def save_plans(*, rows: Sequence[Mapping[str, Any]], by: User, on: date, source: str = "page") -> list[bool]:
    """推进办导入的月度计划，收讫即由它自己审定（种子 B06）；每行须有 ``project_year`` 与 ``month``，其余为 ``MonthlyPlan`` 字段。

    已经走报审一路的项目，计划只在报审里改：有一行要改它，整批拒绝。
    """
    operation = record(by=by, verb="tracking.save_plans", source=source, rows=len(rows))
    years = {row["project_year"].pk for row in rows}
    tails = MonthlyPlan.objects.tails().filter(project_year__in=years)
    current = {(plan.project_year_id, plan.month): plan for plan in tails}
    changed, fresh = _changes(rows, current)
    _refuse_reviewed({row["project_year"].pk for row in fresh})
    MonthlyPlan.objects.bulk_create(MonthlyPlan(**row, **operation.fact(on)) for row in fresh)
    return changed


def _refuse_reviewed(project_years: set[int]) -> None:
    filed = PlanProposal.objects.live().filter(project_year__in=project_years)
    proposal = filed.select_related("project_year__project__profile").order_by("pk").first()
    if proposal is not None:
        raise ReviewRefused(
            f"“{proposal.project_year.project.profile}”的计划已在网上报审，表格不能再改。请在计划页调整，走报审。"
        )


@transaction.atomic
def save_reports(
    *, month: date, rows: Sequence[Mapping[str, Any]], by: User, on: date, source: str = "page"
) -> list[bool]:
    """写入一个月的月报；每行须有 ``project_year``，其余为 ``MonthlyReport`` 字段。导入收讫即审定；月份还没到、已冻结的整批拒绝。"""
    _refuse_not_begun(month, on)
    open_period(month)
    operation = record(by=by, verb="tracking.save_reports", source=source, month=month, rows=len(rows))
    tails = MonthlyReport.objects.tails().filter(
        month=month, project_year__in={row["project_year"].pk for row in rows}
    )
    current = {(report.project_year_id, report.month): report for report in tails}
    rows = [{**row, "month": month} for row in rows]
    changed, fresh = _changes(rows, current)
    made = MonthlyReport.objects.bulk_create(MonthlyReport(**row, **operation.fact(on)) for row in fresh)
    ReportReview.objects.bulk_create(_reviews(made, PASSED_ON_IMPORT, operation, on))
    return changed


def _reviews(
    reports: Iterable[MonthlyReport], verbs: Sequence[ReportVerb], operation: Operation, on: date
) -> list[ReportReview]:
    return [
        ReportReview(report=report, verb=verb, **operation.fact(on)) for report in reports for verb in verbs
    ]


@transaction.atomic
def submit_report(
    *,
    project_year: ProjectYear,
    month: date,
    seen: int | None,
    by: User,
    on: date,
    cause: Cause | None = None,
    cause_note: str = "",
    attachments: Sequence[Received] = (),
    kept: Sequence[Attachment] = (),
    **fields: Any,
) -> MonthlyReport:
    """报出一份月报（一版）；``cause`` 为偏差原因，``kept`` 为前一版的附件里照留的。

    ``seen`` 是填报人打开页面时所见的一版；其后已有新版则抛出 ``StaleReport``，什么也不改。已审定的须先退回。
    还没到的月份没有事实可报，抛出 ``ReviewRefused``。
    """
    _refuse_not_begun(month, on)
    open_period(month)
    tails = MonthlyReport.objects.tails().filter(project_year=project_year, month=month)
    tail: MonthlyReport | None = tails.select_for_update(of=("self",)).first()
    current = tail if tail is not None and not tail.voided else None
    if (current.pk if current else None) != seen:
        raise StaleReport("这份月报在您打开页面之后已由他人报出新版。请核对下方两版后重新报出。")
    try:
        next_state(_state(current), ReportVerb.SUBMIT)
    except VerbRefused as error:
        raise StaleReport(str(error)) from error
    operation = record(
        by=by, verb="tracking.submit_report", target=project_year, month=month,
        before={name: getattr(current, name) for name in fields} if current else None, after=fields,
        **traced([*kept, *attachments]),
    )  # fmt: skip
    try:
        with transaction.atomic():
            report: MonthlyReport = MonthlyReport.objects.create(
                project_year=project_year, month=month, supersedes=tail, **fields, **operation.fact(on)
            )
    except IntegrityError as error:
        raise StaleReport("这份月报刚刚由他人报出。请刷新后核对。") from error
    ReportReview.objects.bulk_create(_reviews([report], passed_on_filing(Role(by.role)), operation, on))
    if cause is not None:
        VarianceCause.objects.create(report=report, cause=cause, note=cause_note, **operation.fact(on))
    attach(received=attachments, kept=kept, operation=operation, on=on, project=project_year.project)
    return report


def _refuse_not_begun(month: date, on: date) -> None:
    if month > on:
        raise ReviewRefused(f"{month:%Y年}{month.month}月还没有到，没有事实可报。请到当月再报。")


def _state(report: MonthlyReport | None) -> ReportState:
    """现在走到哪一步；审核记录须在锁住月报之后读。"""
    if report is None:
        return ReportState.MISSING
    verbs = report.reviews.order_by("pk").values_list("verb", flat=True)
    return state_after(ReportVerb(item) for item in verbs)


@transaction.atomic
def review_report(
    *, report: MonthlyReport, verb: ReportVerb, by: User, on: date, reason: str = ""
) -> ReportReview:
    """审一份月报：初审、审定或退回（须写理由）。

    所见的一版已被取代、或同一步已由他人办了，抛出 ``StaleReport``；报的人不得审定自己报的（TRUST §4 第 16 条）。
    """
    if verb is ReportVerb.RETURN and not reason.strip():
        raise ReviewRefused("退回须写明理由，填报人才知道改什么。")
    open_period(report.month)
    live = MonthlyReport.objects.live().filter(pk=report.pk)
    current: MonthlyReport | None = live.select_for_update(of=("self",)).select_related("operation").first()
    if current is None:
        raise StaleReport("这份月报已有新版。请刷新，核对新版后再审。")
    _refuse_self_acceptance(current, verb, by)
    try:
        state = _state(current)
        after = next_state(state, verb)
    except VerbRefused as error:
        raise StaleReport(str(error)) from error
    operation = record(
        by=by, verb=f"tracking.report_{verb.value}", target=report, reason=reason, month=report.month,
        before={"state": STATE_LABELS[state]}, after={"state": STATE_LABELS[after]},
    )  # fmt: skip
    return ReportReview.objects.create(report=current, verb=verb, reason=reason, **operation.fact(on))


def _refuse_self_acceptance(report: MonthlyReport, verb: ReportVerb, by: User) -> None:
    if verb is ReportVerb.ACCEPT and report.operation.actor_id == by.pk:
        raise ReviewRefused("这份月报是您报的，须由另一人审定。")


@transaction.atomic
def accept_reports(*, reports: Sequence[MonthlyReport], by: User, on: date) -> list[ReportReview]:
    """成批审定；有一份不能审定则一份也不审定，并说明是哪一份。"""
    done = []
    for report in sorted(reports, key=lambda item: item.pk):  # 次序固定，两人同时成批审定不会互等
        try:
            done.append(review_report(report=report, verb=ReportVerb.ACCEPT, by=by, on=on))
        except (StaleReport, ReviewRefused) as error:
            profile = report.project_year.project.profile
            name = profile.name if profile else report.project_year.project.code
            raise type(error)(f"“{name}”：{error}") from error
    return done


@transaction.atomic
def remind(
    *, project_years: Sequence[ProjectYear], month: date, by: User, on: date, by_rule: bool = False
) -> list[ReportReminder]:
    """催报：当天已催过的不重催；返回这次新催的。"""
    already = set(ReportReminder.objects.filter(month=month, on=on).values_list("project_year_id", flat=True))
    fresh = [item for item in project_years if item.pk not in already]
    if not fresh:
        return []
    operation = record(
        by=by,
        verb="tracking.remind",
        month=month,
        by_rule=by_rule,
        codes=[item.project.code for item in fresh],
    )
    return ReportReminder.objects.bulk_create(
        [
            ReportReminder(project_year=item, month=month, by_rule=by_rule, **operation.fact(on))
            for item in fresh
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def remind_by_rule(*, by: User, on: date) -> list[ReportReminder]:
    """按规则催报：本月与上月还欠着的，期限前 3 个工作日、当日、此后每个工作日各催一次（§4.3）。

    放假安排未发布的年份无从推算工作日，抛出 ``CalendarUnpublished``，不猜。
    """
    this_month, calendar = on.replace(day=1), working_calendar()
    sent: list[ReportReminder] = []
    for month in ((this_month - timedelta(days=1)).replace(day=1), this_month):
        if reminds_today(month=month, on=on, calendar=calendar) and not is_frozen(month):
            sent += remind(project_years=owing(month), month=month, by=by, on=on, by_rule=True)
    return sent
