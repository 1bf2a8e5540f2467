"""档案变更的表单：填好现行的值，改哪一栏就是申请改哪一栏。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kaopu.domain.money import typed_wan
from kaopu.domain.parsing import parse_amount
from kaopu.projects.models import ProjectProfile

NARROW = 60
_LONG = forms.Textarea(attrs={"rows": 3})


def _text(
    label: str, *, length: int, required: bool = False, remedy: str = "", **options: Any
) -> forms.CharField:
    """一栏文字；放得下长话的给宽些。"""
    options.setdefault("widget", forms.TextInput(attrs={"size": "36" if length > NARROW else "20"}))
    return forms.CharField(
        label=label, max_length=length, required=required, error_messages={"required": remedy}, **options
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请写成 2022-12-31 的样子。"},
    )  # fmt: skip


def _degrees(label: str, low: int, high: int) -> forms.DecimalField:
    remedy = f"{label}请填 {low} 至 {high} 之间的度数，至多六位小数（WGS84）。"
    return forms.DecimalField(
        label=label, required=False, max_digits=9, decimal_places=6, min_value=low, max_value=high,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"), remedy
        ),
    )  # fmt: skip


class ProfileForm(forms.Form):
    """申请改档案；单位不在这里改。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = _text("项目名称", length=200, required=True, remedy="请填项目名称。")
    nature = _text("建设性质", length=20)
    street = _text("属地街镇", length=60)
    key_area = _text("重点地区", length=60)
    total_investment_yuan = _text("总投资（万元）", length=40)
    planned_start_on = _day("计划开工")
    planned_finish_on = _day("计划竣工")
    longitude = _degrees("经度", -180, 180)
    latitude = _degrees("纬度", -90, 90)
    scale = _text("建设规模及主要内容", length=2000, widget=_LONG)
    note = _text("备注", length=1000, widget=_LONG)
    document = _text(
        "依据", length=200, required=True, remedy="请写明依据：批文、核准文件的名称与文号，或更正的理由。"
    )

    def clean_total_investment_yuan(self) -> int | None:
        """总投资，元；须是确切的数。"""
        typed = self.cleaned_data["total_investment_yuan"]
        if not typed:
            return None
        amount = parse_amount(typed, unit="万元")
        if amount.error or amount.value_yuan is None or amount.qualifier or amount.value_yuan < 0:
            raise ValidationError("读不懂这个金额。请填确切的数字，单位万元。")
        return amount.value_yuan


def initial_of(profile: ProjectProfile) -> dict[str, Any]:
    """现行档案填进表里。"""
    values = {name: getattr(profile, name) for name in ProfileForm.base_fields if hasattr(profile, name)}
    return {**values, "seen": profile.pk, "total_investment_yuan": typed_wan(profile.total_investment_yuan)}
