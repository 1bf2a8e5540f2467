"""审批节点：建设单位、责任单位报（附批文、证照），推进办核实；审批部门登记本部门办结的与延期（HANDBOOK §3.13、§4.2）。"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.backward_rules import REACHED_BY
from kaopu.domain.permits import CONSTRUCTION_PERMIT, awaits_ruling
from kaopu.domain.rights import Act, Role, Thing
from kaopu.projects.actions import ListRefused, ProposalRefused, extend_permit, record_permit, rule_permit
from kaopu.projects.models import Permit, Project
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.schedules import led_nodes
from kaopu.tracking.queries.permits import chain_on, permit_clocks
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.attachments import attached_to, sent
from kaopu.web.records.permit_forms import ExtensionForm, PermitForm, PermitRulingForm


@guarded(Thing.PERMIT, post=Act.READ)
def permit_list(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目的各件批文、证照，现在的或当时的；有权的人在此登记、核实、记延期。"""
    user, asked = signed_in(request), asked_day(request)
    kind = request.POST.get("kind", "")
    offered = [] if asked.looks_back else _offered(project, user)
    shown = {name: _form(name, None, project, user) for name in offered}
    if request.method != "POST":
        return _page(request, user, project, shown)
    require(user, Thing.PERMIT, Act.APPROVE if kind == "ruling" else Act.CHANGE, project)
    if kind not in _TITLES:
        raise Http404
    form = _form(kind, request, project, user)
    if _recorded(kind, form, request, project, user):
        messages.success(request, f"{_TITLES[kind]}已登记。")
        return redirect("permit_list", code=project.code)
    return _page(request, user, project, {**shown, kind: form}, status=422)


def _page(
    request: HttpRequest, user: User, project: Project, shown: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    asked = asked_day(request)
    clocks = permit_clocks(project, on=asked.as_of, past=asked.past)
    known_then(project, asked.past)
    ruling = shown.pop("ruling", PermitRulingForm())
    may_rule = permitted(user, Thing.PERMIT, Act.APPROVE, project)
    context = {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "clocks": clocks,
        "attached": attached_to(user, [clock.permit.operation_id for clock in clocks], asked.past),
        "sections": [(name, _TITLES[name], _HINTS[name], form) for name, form in shown.items()],
        "may_rule": may_rule and not asked.looks_back,
        "ruling": ruling,
    }
    return render(request, "records/permits.html", context, status=status)


def _offered(project: Project, user: User) -> list[str]:
    """此人此刻能登记的：延期只由推进办与审批部门记。"""
    if not permitted(user, Thing.PERMIT, Act.CHANGE, project) or not _nodes(project, user):
        return []
    extends = not awaits_ruling(Role(user.role)) and _extendable(project, user).exists()
    return ["permit", "extension"] if extends else ["permit"]


def _extendable(project: Project, user: User) -> QuerySet[Permit]:
    permits: QuerySet[Permit] = Permit.objects.live().filter(project=project, node=CONSTRUCTION_PERMIT)
    if issuer := _own_name(user):
        permits = permits.filter(issuer=issuer)
    return permits.order_by("on", "pk")


def _own_name(user: User) -> str:
    """审批部门的名称；不是审批部门的为空。"""
    return str(user.organization or "") if user.role == Role.PERMIT_DEPT else ""


def _form(kind: str, request: HttpRequest | None, project: Project, user: User) -> forms.Form:
    data, files = sent(request)
    if kind == "permit":
        return PermitForm(data, files, prefix=kind, issuer=_own_name(user), nodes=_nodes(project, user))
    if kind == "extension":
        return ExtensionForm(data, prefix=kind, permits=_extendable(project, user))
    return PermitRulingForm(data)


def _recorded(kind: str, form: forms.Form, request: HttpRequest, project: Project, user: User) -> bool:
    """办一件事；动作拒绝的，理由写在表上，什么也不记。"""
    if not form.is_valid():
        return False
    try:
        if isinstance(form, PermitForm):
            record_permit(project=project, by=user, **form.values())
        elif isinstance(form, ExtensionForm):
            extend_permit(by=user, **form.cleaned_data)
        else:
            _rule(form, request, project, user)
    except (ListRefused, ProposalRefused) as error:
        form.add_error(None, str(error))
        return False
    return True


def _rule(form: forms.Form, request: HttpRequest, project: Project, user: User) -> None:
    permit = Permit.objects.filter(project=project, pk=form.cleaned_data["permit"]).first()
    if permit is None:
        raise Http404
    rule_permit(
        permit=permit, approved="approve" in request.POST, by=user, on=timezone.localdate(),
        reason=form.cleaned_data["reason"],
    )  # fmt: skip


def _nodes(project: Project, user: User) -> list[str]:
    """登记批文、证照的节点；建设各节点以目标达成为准，不在内。审批部门只列规则里由它发的、这个项目里由它牵头的（§4.2）。"""
    nodes = [node for node in chain_on(today()).nodes if node.name not in REACHED_BY]
    if own := _own_name(user):
        led = led_nodes(project, user.organization)
        nodes = [node for node in nodes if node.issuer == own or node.name in led]
    return [node.name for node in nodes]


_TITLES = {"permit": "批文、证照", "extension": "施工许可延期", "ruling": "核实"}
_HINTS = {
    "permit": "一个节点办结即登记，倒排计划据此算浮时；施工许可证领证后三个月内须开工（《建筑法》第九条）。单位所报的待推进办核实，请附批文、证照；同一文号再登记一次即更正。",
    "extension": "须在到期之前批准；至多两次，每次不超过三个月，过期自行废止。",
}
