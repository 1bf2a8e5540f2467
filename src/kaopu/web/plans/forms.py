"""计划与承诺的表单：十二个月一张表；目标变更；责任书签订。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from kaopu.domain.causes import CAUSE_LABELS
from kaopu.domain.money import typed_wan
from kaopu.domain.parsing import parse_amount, parse_percent, typed_percent
from kaopu.projects.models import MonthlyPlan
from kaopu.web.unit_choice import one_unit

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlanForm(forms.Form):
    """十二个月的计划：每月工作、投资（万元）、累计进度（%）；空着的月份没有安排。"""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="调整理由", max_length=200, required=False)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.months = [date(year, number, 1) for number in range(1, 13)]
        for month in self.months:
            for name, label, limit in (
                ("work", "计划工作", 300),
                ("investment", "计划投资", 40),
                ("progress", "累计进度", 20),
            ):
                field = forms.CharField(label=f"{month.month}月{label}", max_length=limit, required=False)
                field.widget.attrs |= {"aria-label": f"{month.month}月{label}"}
                self.fields[f"{name}_{month.month}"] = field

    def clean(self) -> dict[str, Any]:
        """逐格读数；读不懂的指出是哪一格、怎么改。"""
        data = self.cleaned_data
        for month in self.months:
            number = month.month
            amount = parse_amount(data.get(f"investment_{number}") or "0", unit="万元")
            if amount.error or amount.value_yuan is None or amount.qualifier or amount.value_yuan < 0:
                self.add_error(f"investment_{number}", "读不懂这个金额。请填确切的数字，单位万元；没有填 0。")
            progress = parse_percent(data.get(f"progress_{number}") or "0")
            if progress.error or progress.value is None or not 0 <= progress.value <= 100:
                self.add_error(f"progress_{number}", "请填 0 至 100 之间的数，如 62.5。")
        return data

    def lines(self) -> list[dict[str, Any]]:
        """通过检查的内容，按 ``propose_plan`` 的写法。"""
        return [self._line(month) for month in self.months]

    def _line(self, month: date) -> dict[str, Any]:
        data, number = self.cleaned_data, month.month
        amount, progress = data[f"investment_{number}"], data[f"progress_{number}"]
        read = parse_percent(progress).value if progress else None
        return {
            "month": month,
            "work": data[f"work_{number}"],
            "investment_yuan": parse_amount(amount, unit="万元").value_yuan if amount else None,
            "progress": None if read is None else read.quantize(Decimal("0.01")),
        }


def initial_of(plans: Mapping[date, MonthlyPlan]) -> dict[str, Any]:
    """现行计划填进表里。"""
    found: dict[str, Any] = {}
    for month, plan in plans.items():
        found[f"work_{month.month}"] = plan.planned_work
        found[f"investment_{month.month}"] = typed_wan(plan.planned_investment_yuan)
        found[f"progress_{month.month}"] = typed_percent(plan.planned_progress_percent)
    return found


class ChangeForm(forms.Form):
    """目标变更申请。"""

    text = forms.CharField(label="改为", max_length=200, error_messages={"required": "请写改后的目标。"})
    due_on = forms.DateField(
        label="改后时间",
        widget=_DAY,
        error_messages={"required": "请填改后的时间。", "invalid": "请写成 2022-12-31 的样子。"},
    )
    cause = forms.ChoiceField(
        label="理由",
        choices=[(key.value, label) for key, label in CAUSE_LABELS.items()],
        error_messages={"required": "请选理由。"},
    )
    document = forms.CharField(
        label="依据文件", max_length=200, error_messages={"required": "请写会议纪要或请示的名称与文号。"}
    )


class LetterForm(forms.Form):
    """责任书签订。"""

    unit = one_unit("责任单位")
    on = forms.DateField(label="签订日期", widget=_DAY, error_messages={"required": "请填签订日期。"})
    document = forms.CharField(
        label="文件", max_length=200, error_messages={"required": "请写责任书的文件名称或编号。"}
    )
