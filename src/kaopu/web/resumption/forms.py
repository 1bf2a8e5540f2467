"""统一停工、复工方案、意见、白名单、未复工原因、复工的表单。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.domain.suspension import SIDE_LABELS, OpinionSide

_LONG = forms.Textarea(attrs={"rows": 2})
_INVALID = "请写成 2022-12-31 的样子。"


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填{label}。", "invalid": _INVALID},
    )  # fmt: skip


class CampaignForm(forms.Form):
    """统一停工：全部区属在建项目，或列出的几个。"""

    name = forms.CharField(
        label="名称", max_length=80, error_messages={"required": "请写名称，如“2022年疫情防控停复工”。"}
    )
    cause = forms.CharField(label="原因", max_length=120, error_messages={"required": "请写停工原因。"})
    on = _day("停工之日")
    target_on = _day("全面复工目标日")
    codes = forms.CharField(
        label="项目编号", widget=_LONG, help_text="用空格或换行隔开，如 D07 D08。",
        error_messages={"required": "请列出停工的项目编号。"},
    )  # fmt: skip


class StopForm(forms.Form):
    """单位报本单位项目的停工。"""

    on = _day("停工之日")
    cause = forms.CharField(
        label="停工原因",
        max_length=120,
        error_messages={"required": "请写明停工原因，如管线未迁、资金未到位。"},
    )

    def clean_on(self) -> date:
        """停工之日，不在将来。"""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError("日期在将来。停工之后再报。")
        return day


class PlanForm(forms.Form):
    """复工方案（一项一方案）。"""

    document = forms.CharField(
        label="方案文件", max_length=200, error_messages={"required": "请写方案文件的名称或文号。"}
    )
    measures = forms.CharField(
        label="措施",
        max_length=1000,
        widget=_LONG,
        error_messages={"required": "请写明防疫、人员、安全与进度措施。"},
    )
    resume_on = _day("拟复工日")


class OpinionForm(forms.Form):
    """对方案的一道意见；``sides`` 为此人出得了的几道，``unit`` 为单位自己出具时的名称，不必再填。"""

    side = forms.ChoiceField(
        label="哪一道",
        error_messages={"required": "请选是哪一道意见。"},
    )
    unit = forms.CharField(
        label="出具单位", max_length=60, error_messages={"required": "请写出具意见的单位。"}
    )
    agrees = forms.ChoiceField(
        label="意见",
        choices=[("yes", "同意"), ("no", "不同意")],
        error_messages={"required": "请选同意与否。"},
    )
    text = forms.CharField(label="理由或条件", max_length=300, required=False, widget=_LONG)
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "请刷新后重新填写。"})

    def __init__(self, *args: Any, sides: Sequence[OpinionSide], unit: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(side.value, SIDE_LABELS[side]) for side in sides]
        self.known = {"unit": unit} if unit else {}
        for name in self.known:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """按 ``give_opinion`` 的字段名。"""
        data = {**self.cleaned_data, **self.known}
        del data["seen"]
        return {**data, "side": OpinionSide(data["side"]), "agrees": data["agrees"] == "yes"}


class ReasonForm(forms.Form):
    """未复工原因与预计复工日。"""

    cause = forms.TypedChoiceField(
        label="原因分类", coerce=Cause, error_messages={"required": "请选原因分类。"},
        choices=[("", "请选一类"), *((cause.value, label) for cause, label in CAUSE_LABELS.items())],
    )  # fmt: skip
    reason = forms.CharField(
        label="未复工原因", max_length=200, error_messages={"required": "请写明为什么还没有复工。"}
    )
    expected_on = _day("预计复工日")


class ResumeForm(forms.Form):
    """复工。"""

    on = _day("复工之日")
    batch = forms.CharField(label="批次", max_length=60, required=False)


class BatchForm(forms.Form):
    """发一批白名单：只列方案已批准、还没有复工的。"""

    number = forms.IntegerField(
        label="第几批", min_value=1, max_value=99, error_messages={"required": "请写第几批。"}
    )
    issuer = forms.CharField(label="发布单位", max_length=60, error_messages={"required": "请写发布单位。"})
    document = forms.CharField(label="文件", max_length=200, required=False)
    on = _day("发布之日")
    stops = forms.MultipleChoiceField(
        label="名单", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选一个项目。"}
    )

    def __init__(self, *args: Any, ready: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stops"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = ready
