"""登录的表单：猜口令的锁一阵子，答复的快慢不透露账号有没有。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from kaopu.accounts.actions import note_failure
from kaopu.accounts.queries import sign_in_locked
from kaopu.web.middleware import client_address

LOCKED = "登录失败次数过多，请 15 分钟后再试；忘了口令请找系统管理员重设。"


class SignInForm(AuthenticationForm):
    """账号与口令。"""

    error_messages = {
        "invalid_login": "账号或口令不对。请核对大小写；仍不能登录请找系统管理员重设口令。",
        "inactive": "此账号已停用。请找系统管理员启用。",
    }

    def clean(self) -> dict[str, Any]:
        """锁着的不再核对口令，但照样花核对的时间；失败的记一次。"""
        username, address = (
            self.cleaned_data.get("username", ""),
            client_address(self.request) if self.request else "",
        )
        if sign_in_locked(username=username, address=address, now=timezone.now()):
            make_password(self.cleaned_data.get("password", ""))
            raise forms.ValidationError(LOCKED)
        try:
            return super().clean()
        except forms.ValidationError:
            note_failure(username=username, address=address)
            raise


class CodeForm(forms.Form):
    """两步验证的六位数字。"""

    code = forms.RegexField(
        r"^\d{6}$",
        label="验证码",
        error_messages={"invalid": "请填手机上显示的六位数字。", "required": "请填手机上显示的六位数字。"},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )
