"""认出人之后：开了两步验证的再问一次验证码，然后才算登录；口令与统一身份走同一条路。"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.actions import sign_in
from kaopu.accounts.models import User
from kaopu.accounts.sessions import ADDRESS, DEVICE, SEEN, SINCE
from kaopu.domain.devices import device_name
from kaopu.domain.passwords import ABSOLUTE
from kaopu.web.jinja import menu
from kaopu.web.middleware import BY_OIDC, client_address

PASSWORD, OIDC = "password", "oidc"
_WAITING = "waiting_for_code"
_WAIT_SECONDS = 300


def recognised(request: HttpRequest, user: User, *, method: str, next_url: str) -> HttpResponse:
    """口令或统一身份对了；开了两步验证的还不算登录，先去填验证码。"""
    if not user.totp_secret:
        return enter(request, user, method=method, next_url=next_url)
    until = int(timezone.now().timestamp()) + _WAIT_SECONDS
    request.session[_WAITING] = {"user": user.pk, "method": method, "next": next_url, "until": until}
    return redirect("signin_code")


def waiting(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """正等着填验证码的人；没有、等过了五分钟、账号已停用的为空。"""
    kept = request.session.get(_WAITING)
    if kept is None or kept["until"] < timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return (user, kept) if user else None


@transaction.atomic
def enter(request: HttpRequest, user: User, *, method: str, next_url: str) -> HttpResponse:
    """登录：换新的会话编号，从此刻起至多 12 小时（TRUST §5），记下来处与设备，留痕。"""
    request.session.pop(_WAITING, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    now = timezone.now()
    request.session.set_expiry(now + ABSOLUTE)
    request.session[SINCE] = request.session[SEEN] = int(now.timestamp())
    request.session[ADDRESS] = client_address(request)
    request.session[DEVICE] = device_name(request.headers.get("User-Agent", ""))
    if method == OIDC:
        request.session[BY_OIDC] = True
    sign_in(user=user, method=method)
    return redirect(next_url or first_page(request))


def first_page(request: HttpRequest) -> str:
    """菜单第一项的地址；菜单是空的（如只取图层的城运中心）去“我的账号”。"""
    items = menu(request)
    return str(items[0]["href"]) if items else reverse("mine")
