"""我的账号：换口令、开关两步验证；换了口令，别处的登录全部退出。"""

from __future__ import annotations

import pyotp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.actions import AccountRefused, change_password, set_second_factor
from kaopu.accounts.models import User
from kaopu.web.access import signed_in
from kaopu.web.people.forms import FactorForm, PasswordForm


def mine(request: HttpRequest) -> HttpResponse:
    """本人的账号页。"""
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, user)
    handlers = {"password": _password, "factor": _factor, "no_factor": _no_factor}
    return handlers.get(request.POST.get("what", ""), _page)(request, user)


def _page(
    request: HttpRequest,
    user: User,
    *,
    password: PasswordForm | None = None,
    factor: FactorForm | None = None,
) -> HttpResponse:
    secret = factor.data["secret"] if factor else pyotp.random_base32()
    link = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=settings.OFFICE_SHORT_NAME)
    context = {
        "password": password or PasswordForm(),
        "factor": factor or FactorForm(initial={"secret": secret}),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "link": link,
    }
    return render(request, "people/mine.html", context, status=422 if password or factor else 200)


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
    set_second_factor(user=user, secret="", code="")
    messages.success(request, "两步验证已关闭。")
    return redirect("mine")
