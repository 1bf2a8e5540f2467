"""登录与退出：示例账号只在示例库里列出（TRUST §5：没有缺省账号）；开了两步验证的再问一次验证码。"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.actions import AccountRefused, note_failure, use_code
from kaopu.accounts.models import User
from kaopu.accounts.queries import sign_in_locked
from kaopu.web.middleware import client_address
from kaopu.web.signin.entering import PASSWORD, enter, first_page, recognised, waiting
from kaopu.web.signin.forms import LOCKED, CodeForm, SignInForm


class SignIn(LoginView):
    """登录页。"""

    template_name = "signin/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """另附示例账号（若有）与统一身份登录的名称（设了才有）。"""
        demo = User.objects.filter(is_demo=True, is_active=True).select_related("organization").order_by("pk")
        oidc = settings.OIDC_LABEL if settings.OIDC_ISSUER else ""
        return {**super().get_context_data(**kwargs), "demo_users": list(demo), "oidc": oidc}

    def get_default_redirect_url(self) -> str:
        """登录之后去哪：菜单的第一项；三员没有一屏总览。"""
        return first_page(self.request)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """口令对了。"""
        user = form.get_user()
        assert isinstance(user, User)
        return recognised(self.request, user, method=PASSWORD, next_url=self.get_redirect_url())


def home(request: HttpRequest) -> HttpResponse:
    """首页：各人菜单的第一项。"""
    return redirect(first_page(request))


@login_not_required
def signin_code(request: HttpRequest) -> HttpResponse:
    """登录第二步：填验证码；错的与口令同样计数、同样会锁。"""
    found = waiting(request)
    if found is None:
        return redirect("signin")
    user, kept = found
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wrong := _wrong_code(user, form.cleaned_data["code"], client_address(request)):
            form.add_error("code", wrong)
        else:
            return enter(request, user, method=kept["method"], next_url=kept["next"])
    return render(request, "signin/code.html", {"form": form}, status=422 if form.errors else 200)


def _wrong_code(user: User, code: str, address: str) -> str:
    """验证码哪里不对；对则为空。"""
    if sign_in_locked(username=user.username, address=address, now=timezone.now()):
        return LOCKED
    try:
        if use_code(user=user, code=code):
            return ""
    except AccountRefused as error:
        return str(error)
    note_failure(username=user.username, address=address)
    return "验证码不对或已经用过。请等手机上换一个再填。"
