"""颜色复核的写入：单位自报、专员确认、提请与审批人工调整；都是事实，只增不改（HANDBOOK §5.4）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.colour_review import JUDGED, override_problems
from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Scope, Thing
from kaopu.projects.models import ProjectYear
from kaopu.tracking.actions import open_period
from kaopu.tracking.models import (
    ColourConfirmation,
    ColourOverride,
    OverrideDecision,
    ReportedColour,
    Verdict,
)
from kaopu.tracking.queries.colour_reviews import reported_colour, review_of


class ReviewRefused(Exception):
    """不能这样办，理由与办法见信息。"""


class ReviewForbidden(ReviewRefused):
    """此人不能办这件事。"""


class ReviewStale(Exception):
    """打开页面之后，他人已经办过。"""


def may_report_colour(user: User) -> bool:
    """能否自报颜色：填报本单位月报的（§4.2）。"""
    return user.scope(Thing.MONTHLY_REPORT, Act.CHANGE) is Scope.OWN


@transaction.atomic
def report_colour(
    *,
    project_year: ProjectYear,
    month: date,
    colour: Colour,
    note: str,
    seen: int | None,
    by: User,
    on: date,
) -> ReportedColour:
    """单位自报某月颜色；月份冻结之后不收。``seen`` 为打开页面时所见的一版。"""
    if not may_report_colour(by):
        raise ReviewForbidden("自报颜色由责任单位或建设单位填。推进办的意见请提请人工调整。")
    if colour not in JUDGED:
        raise ReviewRefused("请在红、黄、绿中选一色。")
    open_period(month)
    current = reported_colour(project_year, month)
    if (current.pk if current else None) != seen:
        raise ReviewStale("打开页面之后，这个月的自报颜色已由他人改过。请刷新后核对。")
    operation = record(
        by=by,
        verb="tracking.report_colour",
        target=project_year,
        reason=note,
        before={"colour": COLOUR_LABELS[Colour(current.colour)]} if current else None,
        after={"colour": COLOUR_LABELS[colour]},
        month=month,
    )
    try:
        with transaction.atomic():
            return ReportedColour.objects.create(
                project_year=project_year, month=month, colour=colour, note=note, supersedes=current,
                **operation.fact(on),
            )  # fmt: skip
    except IntegrityError as error:
        raise ReviewStale("这个月的自报颜色刚刚由他人改过。请刷新后核对。") from error


@transaction.atomic
def confirm_colours(*, verdicts: Sequence[Verdict], by: User, on: date) -> list[ColourConfirmation]:
    """确认若干月末评定；已有人确认的不重复记。"""
    if not by.may(Thing.WARNING, Act.CHANGE):
        raise ReviewForbidden("颜色由项目专员以上确认。")
    done = set(ColourConfirmation.objects.filter(verdict__in=verdicts).values_list("verdict_id", flat=True))
    fresh = [verdict for verdict in verdicts if verdict.pk not in done]
    if not fresh:
        raise ReviewStale("所选的颜色都已有人确认。请刷新后核对。")
    operation = record(
        by=by, verb="tracking.confirm_colours", count=len(fresh), verdicts=[row.pk for row in fresh]
    )
    try:
        with transaction.atomic():
            return ColourConfirmation.objects.bulk_create(
                ColourConfirmation(verdict=verdict, **operation.fact(on)) for verdict in fresh
            )
    except IntegrityError as error:
        raise ReviewStale("所选的颜色刚刚由他人确认。请刷新后核对。") from error


@transaction.atomic
def propose_override(
    *, verdict: Verdict, colour: Colour, reason: str, expires_on: date, by: User, on: date
) -> ColourOverride:
    """提请把一个月末颜色改标；须另一人（科长以上）批准才算数。"""
    if not by.may(Thing.WARNING, Act.CHANGE):
        raise ReviewForbidden("人工调整由项目专员以上提请。")
    if problems := override_problems(
        month=verdict.month,
        computed=Colour(verdict.colour),
        asked=colour,
        reason=reason,
        expires_on=expires_on,
        on=on,
    ):
        raise ReviewRefused("；".join(problems) + "。")
    review = review_of(verdict, day=on)
    if review.awaiting or review.adjusted:
        raise ReviewStale("这个月末颜色已有待批或有效的人工调整。请刷新后核对。")
    operation = record(
        by=by,
        verb="tracking.propose_override",
        target=verdict,
        reason=reason,
        before={"colour": COLOUR_LABELS[Colour(verdict.colour)]},
        after={"colour": COLOUR_LABELS[colour], "expires_on": expires_on},
    )
    try:
        with transaction.atomic():
            return ColourOverride.objects.create(
                verdict=verdict, colour=colour, reason=reason, expires_on=expires_on,
                supersedes=review.override, **operation.fact(on),
            )  # fmt: skip
    except IntegrityError as error:
        raise ReviewStale("这个月末颜色刚刚由他人提请调整。请刷新后核对。") from error


@transaction.atomic
def decide_override(
    *, override: ColourOverride, approved: bool, comment: str, by: User, on: date
) -> OverrideDecision:
    """批准或不批一次人工调整：科长以上，且不是提请的人；过了期限的不再批。"""
    if not by.may(Thing.WARNING, Act.APPROVE):
        raise ReviewForbidden("人工调整由科长以上审批。")
    if override.operation.actor_id == by.pk:
        raise ReviewForbidden("提请人不能审批自己的调整。请另一位科长以上的同志办理。")
    if on > override.expires_on:
        raise ReviewRefused(f"这次调整的期限（{chinese_day(override.expires_on)}）已过，请重新提请。")
    operation = record(
        by=by,
        verb="tracking.decide_override",
        target=override,
        reason=comment,
        after={"approved": approved, "colour": COLOUR_LABELS[Colour(override.colour)]},
    )
    try:
        with transaction.atomic():
            return OverrideDecision.objects.create(
                override=override, approved=approved, comment=comment, **operation.fact(on)
            )
    except IntegrityError as error:
        raise ReviewStale("这次调整刚刚由他人审批。请刷新后核对。") from error
