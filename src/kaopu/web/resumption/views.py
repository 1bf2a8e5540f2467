"""停工与复工：应复几个、已复几个、离目标日还有几天；一项一方案，三道意见，白名单批次（种子 C04–C12）。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kaopu.accounts.models import User
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Role, Thing
from kaopu.domain.suspension import burn_down, opinion_sides, progress_on
from kaopu.projects.models import Project
from kaopu.supervision.queries.clock import today
from kaopu.tracking import actions
from kaopu.tracking.models import ResumptionBatch, SuspensionCampaign
from kaopu.tracking.queries.demands import StandingStop, standing_stops, stops_by_unit
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.errors import conflict
from kaopu.web.resumption.forms import (
    BatchForm,
    CampaignForm,
    OpinionForm,
    PlanForm,
    ReasonForm,
    ResumeForm,
    StopForm,
)
from kaopu.web.resumption.standing import (
    STANDING_LABELS,
    Standing,
    narrowed,
    proposed_dates,
    standing_of,
    standing_stop,
    standings,
    statutory,
)

Write = Callable[[Standing, User, forms.Form], object]


@guarded(Thing.SUSPENSION)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """历次统一停复工，从近到远；此刻（当时）还停着的按责任单位，原因各几个、缺报几个。"""
    user, asked = signed_in(request), asked_day(request)
    day, past = asked.as_of, asked.past
    campaigns = SuspensionCampaign.objects.seen(past).order_by("-on", "-pk")
    lines = [
        (campaign, progress_on(_spans(standings(user, campaign, past)), on=day)) for campaign in campaigns
    ]
    stops = standing_stops(user, on=day, past=past)
    chosen = {name: request.GET.get(name, "") for name in ("unit", "cause", "owed")}
    return render(
        request,
        "resumption/list.html",
        {
            "asked": asked,
            "lines": lines,
            "units": stops_by_unit(stops),
            "stops": [line for line in stops if _fits(line, chosen)],
            "chosen": chosen,
            "today": day,
            "may_declare": user.may(Thing.SUSPENSION, Act.APPROVE) and not asked.looks_back,
        },
    )


def _fits(line: StandingStop, chosen: dict[str, str]) -> bool:
    """按责任单位、原因、缺报与逾期筛选。"""
    owed = {"": True, "missing": line.owed > 0, "late": line.late}
    return (
        chosen["unit"] in ("", line.unit)
        and chosen["cause"] in ("", line.cause)
        and owed.get(chosen["owed"], False)
    )


def _spans(items: list[Standing]) -> list[tuple[date, date | None]]:
    return [(item.stop.on, item.end.on if item.end else None) for item in items]


@guarded(Thing.SUSPENSION, get=Act.APPROVE, post=Act.APPROVE)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """宣布一次统一停工。"""
    user = signed_in(request)
    form = CampaignForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        codes = data.pop("codes").replace("，", " ").replace(",", " ").split()
        projects = list(Project.objects.filter(code__in=codes))
        if missing := sorted(set(codes) - {project.code for project in projects}):
            form.add_error("codes", f"没有这些编号的项目：{'、'.join(missing)}。请核对。")
        else:
            try:
                campaign = actions.declare_campaign(projects=projects, by=user, **data)
            except actions.DecisionRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"{campaign}已登记，{len(projects)} 个项目停工。")
                return redirect("campaign_detail", pk=campaign.pk)
    return render(request, "resumption/new.html", {"form": form}, status=422 if form.errors else 200)


@guarded(Thing.SUSPENSION, post=Act.APPROVE)
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一次停复工，现在的或当时的：复工率、倒计、逐个项目；推进办可发白名单。"""
    user, asked = signed_in(request), asked_day(request)
    day, past = asked.as_of, asked.past
    campaign = get_object_or_404(SuspensionCampaign.objects.seen(past), pk=pk)
    items = standings(user, campaign, past)
    ready = [item for item in items if item.end is None and not item.lacking]
    form = None
    if user.may(Thing.SUSPENSION, Act.APPROVE) and ready and not asked.looks_back:
        choices = [(str(item.stop.pk), str(item.stop.project.profile or item.stop.project)) for item in ready]
        form = BatchForm(request.POST or None, ready=choices, initial={"on": day}, label_suffix="")
    if (
        request.method == "POST"
        and form is not None
        and form.is_valid()
        and _batch_issued(request, form, campaign, ready, user)
    ):
        return redirect("campaign_detail", pk=pk)
    spans = _spans(items)
    line = burn_down(spans, start=campaign.on, target=campaign.target_on, until=day)
    state = request.GET.get("state", "")
    by = next((on for on, _, _ in line if on.isoformat() == request.GET.get("by")), day)
    context = {
        "asked": asked,
        "campaign": campaign,
        "today": day,
        "items": narrowed(items, state=state, on=by),
        "state_label": STANDING_LABELS.get(state, ""),
        "by": by,
        "progress": progress_on(spans, on=day),
        "line": line,
        "batches": list(ResumptionBatch.objects.seen(past).filter(campaign=campaign).order_by("number")),
        "form": form,
        "days_left": (campaign.target_on - day).days,
    }
    return render(request, "resumption/detail.html", context, status=422 if request.method == "POST" else 200)


def _batch_issued(
    request: HttpRequest, form: BatchForm, campaign: SuspensionCampaign, ready: list[Standing], user: User
) -> bool:
    data = dict(form.cleaned_data)
    chosen = set(data.pop("stops"))
    stops = [item.stop for item in ready if str(item.stop.pk) in chosen]
    try:
        batch = actions.issue_batch(campaign=campaign, suspensions=stops, by=user, **data)
    except actions.DecisionRefused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"{batch}白名单已发，{len(stops)} 个项目。")
    return True


@guarded(Thing.SUSPENSION, get=Act.CHANGE, post=Act.CHANGE)
def stop_new(request: HttpRequest, project: Project) -> HttpResponse:
    """建设单位、责任单位报本单位项目的停工（§4.2）；还停着的不再报，到那一次停工的页上接着办。"""
    user = signed_in(request)
    if (open_stop := standing_stop(project)) is not None:
        messages.warning(request, f"这个项目{chinese_day(open_stop.on)}起停着工，还没有复工。")
        return redirect("stop_detail", pk=open_stop.pk)
    form = StopForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            [stop] = actions.suspend(projects=[project], by=user, **form.cleaned_data)
        except actions.DecisionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "停工已报，推进办看得见；请接着报复工方案。")
            return redirect("stop_detail", pk=stop.pk)
    context = {"project": project, "profile": project.profile, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "resumption/stop_new.html", context, status=status)


@guarded(Thing.SUSPENSION, post=Act.READ)
def stop_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一个项目的一次停工，现在的或当时的：报方案、出意见、记未复工原因、复工；复工后有顺延建议。"""
    user, asked = signed_in(request), asked_day(request)
    day, past = asked.as_of, asked.past
    item = standing_of(user, pk, past)
    if item is None:
        raise Http404
    kinds = [] if asked.looks_back else _kinds(item, user)
    kind = request.POST.get("kind", "")
    built = {name: _form(name, request if name == kind else None, day, user, item) for name in kinds}
    if request.method == "POST":
        if kind not in _WRITES:
            raise Http404
        if kind not in kinds:
            raise PermissionDenied("这一步不由您办，或者已经办过。请刷新后核对。")
        if kind == "opinion" and item.plan and request.POST.get("opinion-seen") != str(item.plan.pk):
            return conflict(request, "复工方案已有修订，您看的不是现行的一份。请看过新方案再出具意见。")
        if _written(kind, built[kind], item, user):
            messages.success(request, f"{_TITLES[kind]}已登记。")
            return redirect("stop_detail", pk=pk)
    context: dict[str, Any] = {
        "asked": asked,
        "item": item,
        "project": item.stop.project,
        "profile": item.stop.project.profile,
        "campaign": item.stop.campaigns.seen(past).first(),
        "today": day,
        "countdowns": statutory(item, on=day, past=past),
        "moved": proposed_dates(item, past),
        "forms": [(name, _TITLES[name], form) for name, form in built.items()],
    }
    return render(request, "resumption/stop.html", context, status=422 if request.method == "POST" else 200)


def _kinds(item: Standing, user: User) -> list[str]:
    """此人此刻能办的几样：方案与原因归填报的单位与推进办，意见归出得了那一道的，复工归推进办；已复工的只看。"""
    if item.end is not None:
        return []
    files = user.may(Thing.SUSPENSION, Act.CHANGE)
    offered = {
        "plan": files,
        "opinion": item.plan is not None and bool(opinion_sides(Role(user.role))),
        "reason": files,
        "resume": item.plan is not None and user.may(Thing.SUSPENSION, Act.APPROVE),
    }
    return [kind for kind, open_to in offered.items() if open_to]


def _form(kind: str, request: HttpRequest | None, day: date, user: User, item: Standing) -> forms.Form:
    data = request.POST if request else None
    if kind == "opinion":
        sides, unit = opinion_sides(Role(user.role)), "" if user.is_office else str(user.organization)
        read = {"seen": item.plan.pk} if item.plan else {}
        return OpinionForm(data, prefix=kind, label_suffix="", sides=sides, unit=unit, initial=read)
    initial = {"on": day} if kind == "resume" else {}
    return _FORMS[kind](data, prefix=kind, initial=initial, label_suffix="")


def _written(kind: str, form: forms.Form, item: Standing, user: User) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            _WRITES[kind](item, user, form)
    except actions.DecisionRefused as error:
        form.add_error(None, str(error))
    except IntegrityError:
        form.add_error(None, "刚刚由他人办过。请刷新后核对。")
    return not form.errors


def _plan(item: Standing, user: User, form: forms.Form) -> object:
    return actions.file_plan(suspension=item.stop, by=user, on=today(), **form.cleaned_data)


def _opinion(item: Standing, user: User, form: forms.Form) -> object:
    assert item.plan is not None and isinstance(form, OpinionForm)
    return actions.give_opinion(plan=item.plan, by=user, on=today(), **form.values())


def _reason(item: Standing, user: User, form: forms.Form) -> object:
    return actions.note_still_stopped(suspension=item.stop, by=user, on=today(), **form.cleaned_data)


def _resume(item: Standing, user: User, form: forms.Form) -> object:
    return actions.resume(suspensions=[item.stop], by=user, **form.cleaned_data)


_FORMS: dict[str, type[forms.Form]] = {
    "plan": PlanForm,
    "reason": ReasonForm,
    "resume": ResumeForm,
}
_WRITES: dict[str, Write] = {"plan": _plan, "opinion": _opinion, "reason": _reason, "resume": _resume}
_TITLES = {"plan": "复工方案", "opinion": "意见", "reason": "未复工原因", "resume": "复工"}
