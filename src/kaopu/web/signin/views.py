"""登录：示例账号只在示例库里列出（TRUST §5：没有缺省账号）。"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView

from kaopu.accounts.models import User


class SignInForm(AuthenticationForm):
    """账号与口令。"""

    error_messages = {
        "invalid_login": "账号或口令不对。请核对大小写；仍不能登录请找推进办管理员重设口令。",
        "inactive": "此账号已停用。请找推进办管理员启用。",
    }


class SignIn(LoginView):
    """登录页。"""

    template_name = "signin/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """另附示例账号（若有）。"""
        demo = User.objects.filter(is_demo=True, is_active=True).select_related("organization").order_by("pk")
        return {**super().get_context_data(**kwargs), "demo_users": list(demo)}
