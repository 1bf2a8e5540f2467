"""颜色复核：一个月的评定逐个确认；一个项目一个月的自报、调整与审批。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kaopu.accounts.models import User
from kaopu.domain.rights import Act, Thing
from kaopu.projects.models import Project, ProjectYear
from kaopu.supervision.queries.clock import today
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import MonthFrozen
from kaopu.tracking.actions import colour_reviews as actions
from kaopu.tracking.models import ReportedColour, Verdict
from kaopu.tracking.queries import colour_reviews as queries
from kaopu.tracking.queries.colour_reviews import ColourReview
from kaopu.web.access import guarded, known_then, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.errors import conflict
from kaopu.web.rules.review_forms import DecideForm, ProposeForm, ReportForm

_MONTHS_SHOWN = 24


@guarded(Thing.WARNING, post=Act.CHANGE)
def review_list(request: HttpRequest) -> HttpResponse:
    """一个月的评定与复核到哪一步，现在的或当时的；可一次确认若干个。"""
    user, asked = signed_in(request), asked_day(request)
    months = queries.months_assessed(asked.past)
    month = _asked_month(request.GET.get("month", "")) or next(iter(months), None)
    verdicts = queries.verdicts_of_month(month, user=user, past=asked.past) if month else []
    if request.method == "POST":
        return _confirmed(request, user, verdicts, month)
    reviews = list(queries.reviews_of(verdicts, day=asked.as_of, past=asked.past).values())
    only = request.GET.get("only", "")
    context = {
        "asked": asked,
        "returning": {"month": f"{month:%Y-%m}" if month else "", "only": only},
        "month": month,
        "months": months[:_MONTHS_SHOWN],
        "total": len(reviews),
        "pending": sum(review.pending for review in reviews),
        "only": only,
        "reviews": [review for review in reviews if not only or review.pending],
        "may_confirm": user.may(Thing.WARNING, Act.CHANGE) and not asked.looks_back,
    }
    return render(request, "rules/reviews.html", context)


def _asked_month(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadRequest("月份读不懂。请写成 2022-06 的样子。") from error


def _confirmed(request: HttpRequest, user: User, verdicts: list[Verdict], month: date | None) -> HttpResponse:
    chosen = [row for row in verdicts if str(row.pk) in request.POST.getlist("verdict")]
    if not chosen:
        messages.error(request, "没有选任何项目。请在要确认的项目前打勾。")
    else:
        try:
            done = actions.confirm_colours(verdicts=chosen, by=user, on=today())
        except actions.ReviewStale as error:
            return conflict(request, str(error))
        except actions.ReviewForbidden as error:
            raise PermissionDenied(str(error)) from error
        messages.success(request, f"已确认 {len(done)} 个。")
    return redirect(f"{reverse('colour_reviews')}?month={month:%Y-%m}" if month else "colour_reviews")


@guarded(Thing.WARNING, post=Act.READ)
def colour_month(request: HttpRequest, project: Project, year: int, number: int) -> HttpResponse:
    """一个项目一个月的颜色，现在的或当时的：单位自报、系统评定、确认、人工调整。"""
    user, asked = signed_in(request), asked_day(request)
    project_year = ProjectYear.objects.filter(project=project, year=year).first()
    if project_year is None or not 1 <= number <= 12:
        raise Http404
    month = date(year, number, 1)
    verdict = tracking.verdicts_for(project, asked.past).filter(month=month).first()
    review = queries.review_of(verdict, day=asked.as_of, past=asked.past) if verdict else None
    sent = _sent(request, user, project_year, month, review)
    if isinstance(sent, HttpResponse):
        return sent
    page = _page(user, asked, project, month, review, project_year)
    if sent is not None:
        page["forms"][request.POST.get("kind")] = sent
    return render(request, "rules/colour.html", page, status=422 if sent is not None else 200)


def _page(
    user: User,
    asked: Asked,
    project: Project,
    month: date,
    review: ColourReview | None,
    project_year: ProjectYear,
) -> dict[str, Any]:
    reported = queries.reported_colour(project_year, month, asked.past)
    known_then(project, asked.past)
    return {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "month": month,
        "review": review,
        "reported": reported,
        "may_confirm": user.may(Thing.WARNING, Act.CHANGE) and not asked.looks_back,
        "forms": {} if asked.looks_back else _forms(user, month, review, reported),
    }


def _forms(
    user: User, month: date, review: ColourReview | None, reported: ReportedColour | None
) -> dict[str, forms.Form]:
    """此人此刻能办的。"""
    found: dict[str, forms.Form] = {}
    if actions.may_report_colour(user) and not tracking.is_frozen(month):
        found["report"] = ReportForm(initial={"seen": reported.pk if reported else None})
    if review and review.adjustable and user.may(Thing.WARNING, Act.CHANGE):
        found["propose"] = ProposeForm(month=month)
    if review and review.awaiting and user.may(Thing.WARNING, Act.APPROVE):
        found["decide"] = DecideForm()
    return found


Write = Callable[[dict[str, Any]], object]


def _sent(
    request: HttpRequest,
    user: User,
    project_year: ProjectYear,
    month: date,
    review: ColourReview | None,
) -> HttpResponse | forms.Form | None:
    """办一件事：办成了返回转向，表没填好返回那张表，不是提交返回 ``None``。"""
    if request.method != "POST":
        return None
    form, write = _chosen(request, user, project_year, month, review)
    if not form.is_valid():
        return form
    try:
        write(form.cleaned_data)
    except (actions.ReviewStale, MonthFrozen) as error:
        return conflict(request, str(error))
    except actions.ReviewForbidden as error:
        raise PermissionDenied(str(error)) from error
    except actions.ReviewRefused as error:
        form.add_error(None, str(error))
        return form
    messages.success(request, "已办理。")
    return redirect(request.path)


def _chosen(
    request: HttpRequest,
    user: User,
    project_year: ProjectYear,
    month: date,
    review: ColourReview | None,
) -> tuple[forms.Form, Write]:
    kind, day = request.POST.get("kind", ""), today()
    if kind == "report":
        return ReportForm(request.POST), lambda data: actions.report_colour(
            project_year=project_year, month=month, by=user, on=day, **data
        )
    if review is None:
        raise Http404
    if kind == "confirm":
        return forms.Form(request.POST), lambda data: actions.confirm_colours(
            verdicts=[review.verdict], by=user, on=day
        )
    if kind == "propose":
        return ProposeForm(request.POST, month=month), lambda data: actions.propose_override(
            verdict=review.verdict, by=user, on=day, **data
        )
    if kind == "decide" and review.override is not None:
        override = review.override
        return DecideForm(request.POST), lambda data: actions.decide_override(
            override=override, by=user, on=day, **data
        )
    raise Http404
