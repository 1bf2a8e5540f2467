"""我的账号：换口令、开关两步验证、列出与退出自己的登录；换了口令，别处的登录全部退出。"""

from __future__ import annotations

import pyotp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.actions import AccountRefused, change_password, end_sign_ins, set_phone, set_second_factor
from kaopu.accounts.models import User
from kaopu.accounts.queries import sign_ins_of
from kaopu.domain.passwords import needs_second_factor
from kaopu.domain.rights import Role
from kaopu.web.access import signed_in
from kaopu.web.people.forms import FactorForm, PasswordForm, PhoneForm


def mine(request: HttpRequest) -> HttpResponse:
    """本人的账号页。"""
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, user)
    handlers = {"password": _password, "factor": _factor, "no_factor": _no_factor, "phone": _phone}
    return handlers.get(request.POST.get("what", ""), _page)(request, user)


def _page(
    request: HttpRequest,
    user: User,
    *,
    password: PasswordForm | None = None,
    factor: FactorForm | None = None,
    phone: PhoneForm | None = None,
) -> HttpResponse:
    secret = (factor and factor.cleaned_data.get("secret")) or pyotp.random_base32()
    link = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=settings.OFFICE_SHORT_NAME)
    context = {
        "password": password or PasswordForm(),
        "phone": phone or PhoneForm(initial={"phone": user.phone}),
        "factor": factor or FactorForm(),
        "secret": secret,
        "spaced_secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "link": link,
        "factor_needed": needs_second_factor(Role(user.role)),
    }
    return render(request, "people/mine.html", context, status=422 if password or factor or phone else 200)


def _password(request: HttpRequest, user: User) -> HttpResponse:
    form = PasswordForm(request.POST)
    if form.is_valid() and not user.check_password(form.cleaned_data["current"]):
        form.add_error("current", "现口令不对。")
    if not form.is_valid():
        return _page(request, user, password=form)
    try:
        change_password(user=user, password=form.cleaned_data["password"])
    except AccountRefused as error:
        form.add_error("password", str(error))
        return _page(request, user, password=form)
    update_session_auth_hash(request, user)
    messages.success(request, "口令已换；别处的登录已全部退出。")
    return redirect("mine")


def _phone(request: HttpRequest, user: User) -> HttpResponse:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, user, phone=form)
    set_phone(user=user, phone=form.cleaned_data["phone"])
    messages.success(request, "电话已登记。" if user.phone else "电话已清除。")
    return redirect("mine")


def _factor(request: HttpRequest, user: User) -> HttpResponse:
    form = FactorForm(request.POST)
    if not form.is_valid():
        return _page(request, user, factor=form)
    try:
        set_second_factor(user=user, secret=form.cleaned_data["secret"], code=form.cleaned_data["code"])
    except AccountRefused as error:
        form.add_error("code", str(error))
        return _page(request, user, factor=form)
    messages.success(request, "两步验证已开启。下次登录在口令之后再填验证码。")
    return redirect("mine")


def _no_factor(request: HttpRequest, user: User) -> HttpResponse:
    if needs_second_factor(Role(user.role)):
        raise PermissionDenied("您的角色须开着两步验证。换了手机的，请系统管理员提请重设。")
    set_second_factor(user=user, secret="", code="")
    messages.success(request, "两步验证已关闭。")
    return redirect("mine")


def my_sign_ins(request: HttpRequest) -> HttpResponse:
    """我的登录：在哪些设备上登录着；可退出别处的一个或全部，本处用“退出”。"""
    user = signed_in(request)
    mine = list(sign_ins_of(user, now=timezone.now()))
    here = request.session.session_key
    if request.method == "POST":
        wanted = request.POST.get("sign_in", "")
        others = [item for item in mine if item.session_key != here]
        ended = end_sign_ins(
            user=user, sign_ins=[item for item in others if wanted in ("others", item.handle)]
        )
        messages.success(request, f"已退出别处的 {ended} 个登录。" if ended else "那个登录已经不在了。")
        return redirect("my_sign_ins")
    return render(request, "people/sign_ins.html", {"sign_ins": mine, "here": here})
