"""规则集：看各版、起草、启用（法 6，HANDBOOK §3.2、§5.4）。

颜色规则启用之前先看拿它重评以往各月会怎样；逐级协调、倒排工期规则先看改了哪几条、在办的受不受影响。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.days import chinese_day
from kaopu.domain.replay import END_LABELS, Comparison, Difference, compare
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.projects.models import ProjectYear
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import open_issues
from kaopu.tracking.actions.rule_sets import RuleSetForbidden, RuleSetRefused, activate_draft, save_draft
from kaopu.tracking.models import RuleSet, RuleSetDraft
from kaopu.tracking.queries import rule_set_on
from kaopu.tracking.queries import rule_sets as queries
from kaopu.tracking.queries.rule_sets import Candidate
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.rules.forms import DRAFT_FORMS, ActivateForm, shown_parameters

PAGE_SIZE = 50


@guarded(Thing.RULE_SET)
def rule_list(request: HttpRequest) -> HttpResponse:
    """一种规则的各版、草稿与现成规则，现在的或当时的。"""
    user, kind, asked = signed_in(request), _kind(request), asked_day(request)
    past = _recorded_by(asked)
    found = queries.candidates(kind, past)
    versions = list(queries.rule_sets(kind, past))
    current = next((row for row in versions if row.effective_on <= asked.as_of), None)
    if current is None:
        raise Http404(
            f"截至{asked.as_of}、按当时所知，还没有生效的{RULE_KINDS[kind].label}。请把日期改晚些，或回到现在。"
        )
    context = {
        "asked": asked,
        "returning": {"kind": kind.value},
        "kind": kind,
        "kinds": RULE_KINDS,
        "versions": versions,
        "current": current,
        "drafts": [item.draft for item in found if item.draft is not None],
        "chosen": _chosen(found, request.GET.get("show"), f"v{current.pk}"),
        "before_use": _BEFORE_USE[kind],
        "may_draft": user.may(Thing.RULE_SET, Act.CHANGE) and not asked.looks_back,
    }
    return render(request, "rules/list.html", context)


def _recorded_by(asked: Asked) -> Past | None:
    """启用只有录入这一条时间：没有另问哪天的，不拿示例的钟去截。"""
    past = asked.past
    if past is None or asked.as_of < asked.present:
        return past
    return replace(past, as_of=timezone.localdate())


_BEFORE_USE = {
    RuleKind.COLOUR: ("rule_replay", "回放"),
    RuleKind.LADDER: ("rule_activate", "对照"),
    RuleKind.CHAIN: ("rule_activate", "对照"),
}


def _kind(request: HttpRequest, otherwise: RuleKind = RuleKind.COLOUR) -> RuleKind:
    """地址里的规则种类，缺省为颜色规则；不认得是 404。"""
    text = request.GET.get("kind", otherwise.value)
    if text not in set(RuleKind):
        raise Http404
    return RuleKind(text)


def _chosen(found: Sequence[Candidate], key: str | None, otherwise: str) -> Candidate:
    """选中的规则；代号不认得是 404。"""
    chosen = next((item for item in found if item.key == (key or otherwise)), None)
    if chosen is None:
        raise Http404
    return chosen


@guarded(Thing.RULE_SET, get=Act.CHANGE, post=Act.CHANGE)
def rule_draft(request: HttpRequest) -> HttpResponse:
    """起草：以某一版、某份草稿或现成规则为底；空档与重叠当场指出。"""
    user, kind = signed_in(request), _kind(request)
    found = queries.candidates(kind)
    base = _chosen(found, request.GET.get("from"), f"v{rule_set_on(today(), kind).pk}")
    initial = {**shown_parameters(kind, base.parameters), "name": "", "note": ""}
    if base.draft is not None:
        initial |= {"name": base.draft.name, "note": base.draft.note, "replaces": base.draft.pk}
    form = DRAFT_FORMS[kind](request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        replaces = _replaced(found, data["replaces"])
        try:
            draft = save_draft(
                kind=kind, name=data["name"], note=data["note"], parameters=form.parameters(), replaces=replaces,
                by=user, on=today(),
            )  # fmt: skip
        except RuleSetRefused as error:
            form.add_error(None, str(error))
        else:
            page, label = _BEFORE_USE[kind]
            messages.success(request, f"草稿“{draft.name}”已存。启用之前请先看{label}。")
            return redirect(reverse(page, query={"kind": kind, "after": f"d{draft.pk}"}))
    context = {"form": form, "base": base, "kind": kind, "kinds": RULE_KINDS}
    return render(request, "rules/draft.html", context, status=422 if form.errors else 200)


def _replaced(found: Sequence[Candidate], pk: int | None) -> RuleSetDraft | None:
    return _chosen(found, f"d{pk}", "").draft if pk else None


@guarded(Thing.RULE_SET, post=Act.APPROVE)
def rule_replay(request: HttpRequest) -> HttpResponse:
    """回放：两版颜色规则各重评一遍以往各月；草稿在这一页启用。"""
    user = signed_in(request)
    found = queries.candidates()
    before = _chosen(found, request.GET.get("before"), f"v{rule_set_on(today()).pk}")
    after = _chosen(found, request.GET.get("after"), found[0].key)
    form = _activation(request, RuleKind.COLOUR)
    if _activated(request, form, after, user):
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


@guarded(Thing.RULE_SET, post=Act.APPROVE)
def rule_activate(request: HttpRequest) -> HttpResponse:
    """启用一版不判色的规则：与现行的逐条对照，写明在办的怎么办；颜色规则在回放页启用（404）。"""
    user, kind = signed_in(request), _kind(request, RuleKind.LADDER)
    if kind is RuleKind.COLOUR:
        raise Http404
    found = queries.candidates(kind)
    before = _chosen(found, None, f"v{rule_set_on(today(), kind).pk}")
    after = _chosen(found, request.GET.get("after"), found[0].key)
    form = _activation(request, kind)
    if _activated(request, form, after, user):
        return redirect(reverse("rule_list", query={"kind": kind}))
    context = {
        "before": before,
        "after": after,
        "candidates": found,
        "kind": kind,
        "rules": RULE_KINDS[kind],
        "rows": _compared(before, after),
        "running": open_issues(user).count(),
        "form": form,
        "may_activate": user.may(Thing.RULE_SET, Act.APPROVE),
    }
    return render(request, "rules/activate.html", context, status=422 if form.errors else 200)


def _compared(before: Candidate, after: Candidate) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """逐条对照：同名的相对，新增的前一项为空，去掉的后一项为空。"""
    was, now = {row[0]: row for row in before.rows}, {row[0]: row for row in after.rows}
    return [
        (was.get(name, (name, "无", "无")), now.get(name, (name, "去掉", "去掉"))) for name in {**now, **was}
    ]


def _activation(request: HttpRequest, kind: RuleKind) -> ActivateForm:
    return ActivateForm(request.POST or None, earliest=queries.earliest_day(kind, on=today()))


def _activated(request: HttpRequest, form: ActivateForm, chosen: Candidate, user: User) -> RuleSet | None:
    """启用选中的草稿；没有提交、不是草稿或没填对返回 ``None``。"""
    if request.method != "POST" or chosen.draft is None or not form.is_valid():
        return None
    try:
        version = activate_draft(draft=chosen.draft, by=user, on=today(), **form.cleaned_data)
    except RuleSetForbidden as error:
        raise PermissionDenied(str(error)) from error
    except RuleSetRefused as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, f"{version}已启用，{chinese_day(version.effective_on)}起生效。")
    return version


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
