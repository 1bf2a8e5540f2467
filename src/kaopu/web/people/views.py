"""账号与单位：系统管理员提请变更，安全管理员批复，审计管理员查看（三员分立，TRUST §5）。"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts import queries
from kaopu.accounts.actions import (
    CHANGE_LABELS,
    AccountRefused,
    ChangeKind,
    add_alias,
    ensure_organization,
    propose_change,
    read_phone,
    rule_change,
)
from kaopu.accounts.models import OrganizationKind, User
from kaopu.domain.rights import Act, Role, Thing
from kaopu.web.access import guarded, require, signed_in
from kaopu.web.people.forms import ChangeForm, OrganizationForm


@guarded(Thing.ACCOUNT, post=Act.READ)
def people(request: HttpRequest) -> HttpResponse:
    """全部账号与单位；提交的事按种类各要各的权限。"""
    if request.method != "POST":
        return _page(request)
    handlers = {"propose": _propose, "rule": _rule, "organization": _organization, "phone": _phone}
    handler = handlers.get(request.POST.get("what", ""))
    if handler is None:
        raise Http404
    return handler(request)


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "people": list(queries.everyone()),
        "organizations": list(queries.organizations()),
        "pending": list(queries.pending_changes()),
        "change_labels": {kind.value: label for kind, label in CHANGE_LABELS.items()},
        "change": ChangeForm(),
        "organization": OrganizationForm(),
        "refusal": "",
        "told": "",
        **forms,
    }
    return render(request, "people/people.html", context, status=status)


def _propose(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.ACCOUNT, Act.CHANGE)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, change=form, status=422)
    data = form.cleaned_data
    try:
        propose_change(
            kind=ChangeKind(data["change"]), username=data["username"], name=data["name"],
            role=Role(data["role"]) if data["role"] else None, organization=data["organization"],
            password=data["password"], subject=data.get("subject", ""), post=data["post"], by=user, on=timezone.localdate(),
        )  # fmt: skip
    except AccountRefused as error:
        form.add_error(None, str(error))
        return _page(request, change=form, status=422)
    messages.success(request, "已提请，待安全管理员批复后生效。")
    return redirect("people")


def _rule(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.ACCOUNT, Act.APPROVE)
    wanted = request.POST.get("change", "")
    change = queries.pending_changes().filter(pk=wanted).first() if wanted.isdigit() else None
    if change is None:
        return _page(request, refusal="这项变更已经批复或不存在。请核对下表。", status=409)
    approved = request.POST.get("ruling") == "approve"
    try:
        rule_change(change=change, approved=approved, by=user, on=timezone.localdate())
    except AccountRefused as error:
        return _page(request, refusal=str(error), status=422)
    messages.success(request, f"账号 {change.username} 的变更已{'批准' if approved else '驳回'}。")
    return redirect("people")


def _organization(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.ACCOUNT, Act.CHANGE)
    form = OrganizationForm(request.POST)
    if not form.is_valid():
        return _page(request, organization=form, status=422)
    data = form.cleaned_data
    try:
        if data["alias_of"]:
            add_alias(organization=data["alias_of"], name=data["name"], by=user)
        else:
            ensure_organization(name=data["name"], kind=OrganizationKind(data["kind"]), by=user)
    except AccountRefused as error:
        form.add_error(None, str(error))
        return _page(request, organization=form, status=422)
    messages.success(request, f"已记“{data['name']}”。")
    return redirect("people")


def _phone(request: HttpRequest) -> HttpResponse:
    """看一个人的完整电话，看了就留痕；只写在这一页上，不经消息（消息存在浏览器里）。"""
    user = signed_in(request)
    require(user, Thing.ACCOUNT, Act.CHANGE)
    wanted = request.POST.get("user", "")
    person = User.objects.filter(pk=wanted).first() if wanted.isdigit() else None
    if person is None:
        raise Http404
    said = f"{person}的电话：{read_phone(user=person, by=user) or '没有登记'}（此次查看已留痕）"
    return _page(request, told=said)
