"""规则集：看各版、起草、回放、启用；启用之前先看拿它重评以往各月会怎样（HANDBOOK §5.4）。"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.domain.replay import END_LABELS, Comparison, Difference, compare
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_sets import PRESETS, describe
from kaopu.projects.models import ProjectYear
from kaopu.tracking.actions.rule_sets import RuleSetForbidden, RuleSetRefused, activate_draft, save_draft
from kaopu.tracking.models import RuleSetDraft
from kaopu.tracking.queries import rule_sets as queries
from kaopu.tracking.queries.rule_sets import Candidate
from kaopu.web.access import guarded, signed_in
from kaopu.web.rules.forms import ActivateForm, DraftForm, shown_parameters

PAGE_SIZE = 50


@guarded(Thing.RULE_SET)
def rule_list(request: HttpRequest) -> HttpResponse:
    """各版规则、草稿与现成规则。"""
    user = signed_in(request)
    found = queries.candidates()
    current = queries.current_rule_set()
    chosen = _chosen(found, request.GET.get("show"), f"v{current.pk}")
    context = {
        "versions": queries.rule_sets(),
        "current": current,
        "drafts": queries.open_drafts(),
        "presets": PRESETS.values(),
        "chosen": chosen,
        "rows": describe(chosen.policy),
        "may_draft": user.may(Thing.RULE_SET, Act.CHANGE),
    }
    return render(request, "rules/list.html", context)


def _chosen(found: Sequence[Candidate], key: str | None, otherwise: str) -> Candidate:
    """选中的规则；代号不认得是 404。"""
    chosen = next((item for item in found if item.key == (key or otherwise)), None)
    if chosen is None:
        raise Http404
    return chosen


@guarded(Thing.RULE_SET, get=Act.CHANGE, post=Act.CHANGE)
def rule_draft(request: HttpRequest) -> HttpResponse:
    """起草：以某一版、某份草稿或现成规则为底；空档与重叠当场指出。"""
    user = signed_in(request)
    found = queries.candidates()
    base = _chosen(found, request.GET.get("from"), f"v{queries.current_rule_set().pk}")
    initial = {**shown_parameters(base.parameters), "name": "", "note": ""}
    if base.draft is not None:
        initial |= {"name": base.draft.name, "note": base.draft.note, "replaces": base.draft.pk}
    form = DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        replaces = _replaced(found, data["replaces"])
        try:
            draft = save_draft(
                name=data["name"], note=data["note"], parameters=form.parameters(), replaces=replaces,
                by=user, on=timezone.localdate(),
            )  # fmt: skip
        except RuleSetRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"草稿“{draft.name}”已存。启用之前请先看回放。")
            return redirect(f"{reverse('rule_replay')}?after=d{draft.pk}")
    status = 422 if form.errors else 200
    return render(request, "rules/draft.html", {"form": form, "base": base}, status=status)


def _replaced(found: Sequence[Candidate], pk: int | None) -> RuleSetDraft | None:
    return _chosen(found, f"d{pk}", "").draft if pk else None


@guarded(Thing.RULE_SET, post=Act.APPROVE)
def rule_replay(request: HttpRequest) -> HttpResponse:
    """回放：两版规则各重评一遍以往各月；草稿在这一页启用。"""
    user = signed_in(request)
    found = queries.candidates()
    current = f"v{queries.current_rule_set().pk}"
    before = _chosen(found, request.GET.get("before"), current)
    after = _chosen(found, request.GET.get("after"), found[0].key)
    form = ActivateForm(request.POST or None)
    if request.method == "POST" and after.draft is not None and form.is_valid():
        try:
            version = activate_draft(draft=after.draft, by=user, on=timezone.localdate(), **form.cleaned_data)
        except RuleSetForbidden as error:
            raise PermissionDenied(str(error)) from error
        except RuleSetRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{version}已启用，{version.effective_on:%Y-%m-%d}起生效。")
            return redirect("rule_list")
    years = queries.years_assessed()
    asked = [year for year in years if str(year) in request.GET.getlist("year")] or years[:3]
    comparison = compare(queries.replay_lines(asked), before=before.policy, after=after.policy)
    context = {
        "candidates": found,
        "before": before,
        "after": after,
        "years": years,
        "asked": asked,
        "comparison": comparison,
        "form": form,
        "may_activate": user.may(Thing.RULE_SET, Act.APPROVE),
        "query": {"before": before.key, "after": after.key},
        **_page(request, comparison),
    }
    return render(request, "rules/replay.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, comparison: Comparison) -> dict[str, object]:
    """有差别的年度项目：多得、失去的预警在前，其次误报，再次其余。"""
    ranked = sorted(comparison.differences, key=lambda item: (-_weight(item), item.line.key))
    page = Paginator(ranked, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = [item.line.key for item in page]
    rows = ProjectYear.objects.filter(pk__in=keys).select_related("project__profile")
    return {
        "page": page,
        "entries": {row.pk: row for row in rows},
        "end_labels": END_LABELS,
        "verdict_of": _verdict_of,
    }


def _weight(item: Difference) -> int:
    alarms = abs(item.false_alarms(item.after) - item.false_alarms(item.before))
    return abs(item.months_earlier or 0) * 100 + alarms


def _verdict_of(item: Difference) -> str:
    """差别的一句话。"""
    if item.gained:
        return f"多得的预警：早 {item.months_earlier} 个月"
    if item.lost:
        return f"失去的预警：晚 {-(item.months_earlier or 0)} 个月"
    alarms = item.false_alarms(item.after) - item.false_alarms(item.before)
    if alarms:
        return f"误报{'多' if alarms > 0 else '少'} {abs(alarms)} 个月"
    return f"{item.changed} 个月颜色不同"
