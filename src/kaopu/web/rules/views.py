"""规则集：看各版、起草、启用（法 6，HANDBOOK §3.2、§5.4）。

颜色规则启用之前先看拿它重评以往各月会怎样；逐级协调、倒排工期规则先看改了哪几条、在办的受不受影响。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
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
        "chosen": chosen_of(found, request.GET.get("show"), f"v{current.pk}"),
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


def chosen_of(found: Sequence[Candidate], key: str | None, otherwise: str) -> Candidate:
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
    base = chosen_of(found, request.GET.get("from"), f"v{rule_set_on(today(), kind).pk}")
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
    return chosen_of(found, f"d{pk}", "").draft if pk else None


@guarded(Thing.RULE_SET, post=Act.APPROVE)
def rule_activate(request: HttpRequest) -> HttpResponse:
    """启用一版不判色的规则：与现行的逐条对照，写明在办的怎么办；颜色规则在回放页启用（404）。"""
    user, kind = signed_in(request), _kind(request, RuleKind.LADDER)
    if kind is RuleKind.COLOUR:
        raise Http404
    found = queries.candidates(kind)
    before = chosen_of(found, None, f"v{rule_set_on(today(), kind).pk}")
    after = chosen_of(found, request.GET.get("after"), found[0].key)
    form = activation(request, kind)
    if activated(request, form, after, user):
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


def activation(request: HttpRequest, kind: RuleKind) -> ActivateForm:
    return ActivateForm(request.POST or None, earliest=queries.earliest_day(kind, on=today()))


def activated(request: HttpRequest, form: ActivateForm, chosen: Candidate, user: User) -> RuleSet | None:
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
