"""账号与单位的表单。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from kaopu.accounts.actions import CHANGE_LABELS, ChangeKind
from kaopu.accounts.models import Organization, OrganizationKind
from kaopu.domain.rights import ROLE_LABELS

_SECRET = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class PlainForm(forms.Form):
    """标签后不加冒号。"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class ChangeForm(PlainForm):
    """提请一项账号变更。"""

    change = forms.ChoiceField(
        label="变更",
        choices=[(key.value, label) for key, label in CHANGE_LABELS.items()],
        error_messages={"required": "请选变更。"},
    )
    username = forms.SlugField(
        label="账号", max_length=60,
        error_messages={"required": "请填账号。", "invalid": "账号只用字母、数字、下划线和短横。"},
    )  # fmt: skip
    name = forms.CharField(label="姓名", max_length=60, required=False)
    role = forms.ChoiceField(
        label="角色", required=False,
        choices=[("", "—"), *((role.value, label) for role, label in ROLE_LABELS.items())],
    )  # fmt: skip
    organization = forms.ModelChoiceField(
        label="单位", required=False, queryset=Organization.objects.order_by("name"), empty_label="—"
    )
    post = forms.CharField(label="岗位", max_length=40, required=False, help_text="如科长、项目专员、经办。")
    password = forms.CharField(
        label="初始口令", required=False, widget=_SECRET,
        help_text="新增与重设时填；本人第一次登录须换掉。",
    )  # fmt: skip
    subject = forms.CharField(
        label="统一身份标识", max_length=255, required=False,
        help_text="登记统一身份时填，由统一身份平台给出；留空即取消登记。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.OIDC_ISSUER:  # 没有接统一身份的，不问
            del self.fields["subject"]
            change = self.fields["change"]
            assert isinstance(change, forms.ChoiceField)
            change.choices = [
                (key.value, label) for key, label in CHANGE_LABELS.items() if key != ChangeKind.LINK
            ]

    def clean(self) -> dict[str, Any]:
        """新增须有姓名与角色；变更角色须有角色。"""
        data = self.cleaned_data
        if data.get("change") in ("add", "role") and not data.get("role"):
            self.add_error("role", "请选角色。")
        if data.get("change") == "add" and not data.get("name"):
            self.add_error("name", "请填姓名。")
        return data


class OrganizationForm(PlainForm):
    """新增单位，或给已有单位加一个别名。"""

    name = forms.CharField(label="名称", max_length=80, error_messages={"required": "请填名称。"})
    kind = forms.ChoiceField(
        label="种类", choices=OrganizationKind.choices, error_messages={"required": "请选种类。"}
    )
    alias_of = forms.ModelChoiceField(
        label="是谁的别名", required=False, queryset=Organization.objects.order_by("name"),
        empty_label="不是别名，是新单位",
    )  # fmt: skip


class PasswordForm(PlainForm):
    """本人换口令。"""

    current = forms.CharField(
        label="现口令",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填现口令。"},
    )
    password = forms.CharField(
        label="新口令",
        widget=_SECRET,
        help_text="至少 10 位，含小写、大写、数字、符号中的三种。",
        error_messages={"required": "请填新口令。"},
    )
    again = forms.CharField(
        label="再填一次", widget=_SECRET, error_messages={"required": "请填一遍同样的新口令。"}
    )

    def clean(self) -> dict[str, Any]:
        """两次须一致。"""
        data = self.cleaned_data
        if data.get("password") != data.get("again"):
            self.add_error("again", "两次填的不一样。请重填。")
        return data


class PhoneForm(PlainForm):
    """本人登记电话。"""

    phone = forms.RegexField(
        r"^(1\d{10}|0\d{2,3}-?\d{7,8})$", label="电话", required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text="留空即清除。别人只看得到头尾，系统管理员查看会留痕。",
        error_messages={"invalid": "请填 11 位手机号，或带区号的座机，如 021-52564588。"},
    )  # fmt: skip


class FactorForm(PlainForm):
    """开启两步验证：密钥装进手机后，填它显示的六位数字。"""

    secret = forms.RegexField(
        r"^[A-Z2-7]{32}$", widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "required"), "密钥不全。请重新打开本页，用新给的密钥再装一次。"),
    )  # fmt: skip
    code = forms.RegexField(
        r"^\d{6}$", label="验证码",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"invalid": "请填六位数字。", "required": "请填六位数字。"},
    )  # fmt: skip
