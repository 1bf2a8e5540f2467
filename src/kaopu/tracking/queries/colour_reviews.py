"""颜色复核的读取：月末颜色的自报、确认、人工调整（HANDBOOK §5.4）。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.colour_review import JUDGED, Review, ReviewState, review_state
from kaopu.domain.rights import Thing
from kaopu.domain.workdays import WorkCalendar
from kaopu.projects.models import Project, ProjectYear
from kaopu.projects.queries import profiled_then
from kaopu.tracking.models import (
    ColourConfirmation,
    ColourOverride,
    OverrideDecision,
    ReportedColour,
    Verdict,
)
from kaopu.tracking.queries.calendar import working_calendar


@dataclass(frozen=True, kw_only=True)
class ColourReview:
    """一个月末颜色的全部：评定、单位自报、确认到哪一步、人工调整与其审批。"""

    verdict: Verdict
    reported: ReportedColour | None
    confirmation: ColourConfirmation | None
    review: Review
    override: ColourOverride | None
    decision: OverrideDecision | None
    day: date

    @property
    def adjusted(self) -> bool:
        """人工调整今天是否有效：已批准，且在期限内。"""
        return bool(
            self.override
            and self.decision
            and self.decision.approved
            and self.decision.on <= self.day <= self.override.expires_on
        )

    @property
    def awaiting(self) -> bool:
        """有没有待批的人工调整；过了期限的不必再批。"""
        return bool(self.override and self.decision is None and self.day <= self.override.expires_on)

    @property
    def adjustable(self) -> bool:
        """能不能提请人工调整：评得出颜色，且没有待批或有效的调整。"""
        return self.verdict.colour in JUDGED and not (self.awaiting or self.adjusted)

    @property
    def shown(self) -> str:
        """今天标什么颜色：有效的人工调整优先，须带手标。"""
        return self.override.colour if self.adjusted and self.override else self.verdict.colour

    @property
    def pending(self) -> bool:
        """是否还等着人：待确认，或调整待批。"""
        return self.awaiting or self.review.state == ReviewState.PENDING


def reviews_of(
    verdicts: Iterable[Verdict], *, day: date | None = None, past: Past | None = None
) -> dict[int, ColourReview]:
    """若干评定各自的复核，现在的或当时的，按评定编号；查询条数与评定数无关。"""
    rows = list(verdicts)
    today, calendar = day or timezone.localdate(), working_calendar(past)
    confirmed = {
        row.verdict_id: row
        for row in ColourConfirmation.objects.seen(past).filter(verdict__in=rows).select_related("operation")
    }
    overrides = {
        row.verdict_id: row
        for row in ColourOverride.objects.seen(past).filter(verdict__in=rows).select_related("operation")
    }
    decisions = {
        row.override_id: row
        for row in OverrideDecision.objects.seen(past)
        .filter(override__in=overrides.values())
        .select_related("operation")
    }
    reported = _reported_by_month(rows, past)
    return {
        row.pk: _review(
            row,
            reported=reported.get((row.project_year_id, row.month)),
            confirmation=confirmed.get(row.pk),
            override=(override := overrides.get(row.pk)),
            decision=decisions.get(override.pk) if override else None,
            day=today,
            calendar=calendar,
        )
        for row in rows
    }


def _review(
    verdict: Verdict,
    *,
    reported: ReportedColour | None,
    confirmation: ColourConfirmation | None,
    override: ColourOverride | None,
    decision: OverrideDecision | None,
    day: date,
    calendar: WorkCalendar,
) -> ColourReview:
    return ColourReview(
        verdict=verdict,
        reported=reported,
        confirmation=confirmation,
        override=override,
        decision=decision,
        day=day,
        review=review_state(
            assessed_on=timezone.localdate(verdict.recorded_at),
            confirmed_on=confirmation.on if confirmation else None,
            today=day,
            calendar=calendar,
        ),
    )


def _reported_by_month(
    verdicts: Sequence[Verdict], past: Past | None
) -> dict[tuple[int, date], ReportedColour]:
    years = {row.project_year_id for row in verdicts}
    reported = ReportedColour.objects.seen(past).filter(project_year__in=years)
    return {(row.project_year_id, row.month): row for row in reported.select_related("operation")}


def review_of(verdict: Verdict, *, day: date | None = None, past: Past | None = None) -> ColourReview:
    """一个评定的复核，现在的或当时的。"""
    return reviews_of([verdict], day=day, past=past)[verdict.pk]


class HandMark(NamedTuple):
    """手标：人工调整成什么颜色、理由、至何日止。"""

    colour: str
    reason: str
    until: date


@until_facts_change(ColourOverride, OverrideDecision)
def hand_marks(year: int, *, day: date, past: Past | None = None) -> dict[int, HandMark]:
    """某年在 ``day`` 那天有效的人工调整，按评定编号，现在所知或当时所知；一条查询。"""
    rows = OverrideDecision.objects.seen(past).filter(
        approved=True,
        on__lte=day,
        override__in=ColourOverride.objects.seen(past),
        override__expires_on__gte=day,
        override__verdict__project_year__year=year,
    )
    return {
        verdict: HandMark(colour, reason, until)
        for verdict, colour, reason, until in rows.values_list(
            "override__verdict", "override__colour", "override__reason", "override__expires_on"
        )
    }


def reported_colour(
    project_year: ProjectYear, month: date, past: Past | None = None
) -> ReportedColour | None:
    """单位自报的现行一版，或当时的一版。"""
    found: ReportedColour | None = (
        ReportedColour.objects.seen(past).filter(project_year=project_year, month=month).first()
    )
    return found


def months_assessed(past: Past | None = None) -> list[date]:
    """有月末评定的月份，现在的或当时的，从近到远。"""
    return sorted(Verdict.objects.seen(past).dates("month", "month"), reverse=True)


def verdicts_of_month(month: date, *, user: User, past: Past | None = None) -> list[Verdict]:
    """某月末某人看得见的评定，现在的或当时的（项目带着当时的档案），按内部编号。"""
    visible = Project.objects.visible_to(user, Thing.WARNING)
    verdicts = Verdict.objects.seen(past).filter(month=month, project_year__project__in=visible)
    related = verdicts.select_related("project_year__project__profile__responsible_unit")
    found = list(related.order_by("project_year__project__code"))
    profiled_then([verdict.project_year.project for verdict in found], past)
    return found
