"""拟办与办一步的表单。"""

from __future__ import annotations

from typing import Any

from django import forms

from kaopu.domain.supervision_orders import ORDER_KIND_LABELS, OrderVerb
from kaopu.web.attachments import ATTACHMENTS, AttachmentsField
from kaopu.web.unit_choice import one_unit, several_units

_LONG = forms.Textarea(attrs={"rows": 2})
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_INVALID_DAY = "请写成 2022-12-31 的样子。"


class OrderForm(forms.Form):
    """拟办一张督办单（HANDBOOK §3.3 各栏）。"""

    kind = forms.ChoiceField(
        label="文种",
        choices=[(kind.value, label) for kind, label in ORDER_KIND_LABELS.items()],
        initial="order",
        error_messages={"required": "请选文种。"},
    )
    matter = forms.CharField(
        label="督办事项", max_length=200, error_messages={"required": "请写明督办事项。"}
    )
    requirement = forms.CharField(label="办理要求", max_length=1000, required=False, widget=_LONG)
    basis = forms.CharField(label="依据文号", max_length=120, required=False)
    lead_unit = one_unit("主办单位")
    assists = several_units("协办单位")
    due = forms.DateField(
        label="办结期限", widget=_DAY, error_messages={"required": "请填办结期限。", "invalid": _INVALID_DAY}
    )
    urgent = forms.BooleanField(label="急件", required=False)


class MoveForm(forms.Form):
    """对督办单办一步。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label="说明", max_length=1000, required=False, widget=_LONG)

    def __init__(self, *args: Any, verb: OrderVerb, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if verb in (OrderVerb.REPORT, OrderVerb.CLOSE):
            self.fields["evidence"] = forms.CharField(
                label="佐证",
                max_length=300,
                required=False,
                help_text="验收单号、会议纪要文号；附了照片、文件的可以不写。",
            )
            self.fields[ATTACHMENTS] = AttachmentsField()
        if verb == OrderVerb.ASK_EXTENSION:
            self.fields["until"] = forms.DateField(
                label="延到哪天",
                widget=_DAY,
                error_messages={"required": "请填写申请延到哪一天。", "invalid": _INVALID_DAY},
            )
