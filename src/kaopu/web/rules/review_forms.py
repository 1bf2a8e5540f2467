"""颜色复核的表单。"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from kaopu.domain.colour_review import latest_expiry
from kaopu.domain.colours import COLOUR_LABELS, COLOUR_SHAPES, Colour
from kaopu.domain.days import chinese_day

COLOURS = [
    (colour.value, f"{COLOUR_SHAPES[colour]} {COLOUR_LABELS[colour]}")
    for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED)
]


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


def _colour(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=COLOURS,
        coerce=Colour,
        error_messages={"required": "请选一色。", "invalid_choice": "请在红、黄、绿中选一色。"},
    )


class ReportForm(_Form):
    """单位自报。"""

    colour = _colour("本单位认为")
    note = forms.CharField(label="说明", max_length=200, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ProposeForm(_Form):
    """提请人工调整。"""

    colour = _colour("改标为")
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由与依据。"},
    )
    expires_on = forms.DateField(
        label="至何日止",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请选期限。", "invalid": "请写成 2027-01-01 的样子。"},
    )

    def __init__(self, *args: Any, month: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = latest_expiry(month)
        self.fields["expires_on"].help_text = f"至多一期，不晚于{chinese_day(last)}。"


class DecideForm(_Form):
    """审批人工调整。"""

    approved = forms.TypedChoiceField(
        label="意见",
        choices=[("yes", "批准"), ("no", "不批")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选同意与否。"},
    )
    comment = forms.CharField(label="批语", max_length=200, required=False)
