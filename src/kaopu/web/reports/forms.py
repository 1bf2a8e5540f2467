"""月报表单：金额与百分数照办公室的写法读，读不懂就说清怎么改（HANDBOOK §8.7）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kaopu.domain.attachments import AttachmentRefused, Received, refuse_too_many
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.domain.money import typed_wan
from kaopu.domain.parsing import parse_amount, parse_percent, typed_percent
from kaopu.domain.reporting import VARIANCE_LIMIT, needs_cause, variance
from kaopu.projects.models import Attachment, MonthlyPlan
from kaopu.tracking.models import MonthlyReport
from kaopu.web.attachments import ATTACHMENTS, AttachmentsField

_AMOUNT_REMEDIES = {
    "negative": "投资不能为负。如需更正以前月份多报的数，请在该月月报中改正。",
    "range": "请填一个数，不要填区间。",
}
_LONG = {"rows": 3}


class ReportForm(forms.Form):
    """一份月报。"""

    investment = forms.CharField(
        label="本月完成投资（万元）",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="填数字，如 1200 或 1200.5；没有投资填 0。",
        error_messages={"required": "请填本月完成投资；没有投资填 0。"},
    )
    progress = forms.CharField(
        label="形象进度（累计，%）",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="开工至今的累计进度，0 至 100，不得低于上月。",
        error_messages={"required": "请填累计形象进度，0 至 100 之间。"},
    )
    work = forms.CharField(
        label="本月工作内容",
        max_length=2000,
        widget=forms.Textarea(attrs=_LONG),
        error_messages={"required": "请写本月做了什么；停工的写明停工原因与现场看护情况。"},
    )
    problems = forms.CharField(
        label="存在问题", max_length=2000, required=False, widget=forms.Textarea(attrs=_LONG)
    )
    next_steps = forms.CharField(
        label="下步计划", max_length=2000, required=False, widget=forms.Textarea(attrs=_LONG)
    )
    cause = forms.ChoiceField(
        label="偏差原因",
        required=False,
        choices=[
            ("", "没有超过 10 个百分点，不必填"),
            *((key.value, label) for key, label in CAUSE_LABELS.items()),
        ],
        help_text="形象进度与计划相差超过 10 个百分点时须选。",
    )
    cause_note = forms.CharField(label="偏差说明", max_length=300, required=False)
    attachments = AttachmentsField()
    keep = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        month: date,
        previous: MonthlyReport | None,
        plan: MonthlyPlan | None = None,
        attached: Sequence[Attachment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.attached = attached
        self.label_suffix = ""
        self.month, self.previous = month, previous
        self.planned = plan.planned_progress_percent if plan else None

    def clean(self) -> dict[str, Any]:
        """偏差过大须选原因；没有过大而选了的不记。"""
        data = self.cleaned_data
        gap = variance(self.planned, data.get("progress"))
        if gap is None or not needs_cause(self.planned, data.get("progress")):
            data["cause"] = ""
        elif not data.get("cause"):
            side = "低于" if gap < 0 else "高于"
            self.add_error(
                "cause",
                f"形象进度{side}计划 {abs(gap).normalize():f} 个百分点，超过 {VARIANCE_LIMIT} 个。请选一个原因。",
            )
        return data

    @property
    def kept(self) -> list[Attachment]:
        """现行一版的附件里照留的：没有提交时全留，提交后看勾选。"""
        if not self.is_bound:
            return list(self.attached)
        chosen = self["keep"].value()
        return [item for item in self.attached if str(item.uuid) in chosen]

    def clean_attachments(self) -> list[Received]:
        """连同照留的，仍不得超过一次的个数。"""
        received: list[Received] = self.cleaned_data[ATTACHMENTS]
        try:
            refuse_too_many(len(received) + len(self.kept))
        except AttachmentRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return received

    def clean_investment(self) -> int:
        """万元的写法 → 整数元。"""
        amount = parse_amount(self.cleaned_data["investment"], unit="万元")
        if amount.error or amount.value_yuan is None or amount.qualifier:
            remedy = _AMOUNT_REMEDIES.get(amount.error or amount.qualifier or "")
            raise ValidationError(
                remedy or "读不懂这个金额。请填确切的数字，单位万元，如 1200.5；没有投资填 0。"
            )
        if amount.value_yuan < 0:
            raise ValidationError(_AMOUNT_REMEDIES["negative"])
        return amount.value_yuan

    def clean_progress(self) -> Decimal:
        """累计进度，不得低于上月（TRUST §4 第 7 条）；跨年的不比：有的单位一年一算。"""
        percent = parse_percent(self.cleaned_data["progress"])
        value = percent.value
        if percent.error or value is None or not 0 <= value <= 100:
            raise ValidationError("请填 0 至 100 之间的数，如 62 或 62.5。")
        within_year = self.previous is not None and self.previous.month.year == self.month.year
        if within_year and self.previous is not None and self.previous.progress_percent is not None:
            before = self.previous.progress_percent
            if value < before:
                month = self.previous.month
                raise ValidationError(
                    f"累计进度不能低于{month.month}月已报的 {before.normalize():f}%。"
                    f"若{month.month}月报错了，请先更正{month.month}月月报。"
                )
        return value.quantize(Decimal("0.01"))

    def report_fields(self) -> dict[str, Any]:
        """通过检查的内容，按 ``submit_report`` 的字段名。"""
        data = self.cleaned_data
        return {
            "work": data["work"],
            "investment_yuan": data["investment"],
            "progress_percent": data["progress"],
            "problems": data["problems"],
            "next_steps": data["next_steps"],
        }

    def variance_fields(self) -> dict[str, Any]:
        """偏差原因，按 ``submit_report`` 的参数名；没有过大的偏差为空。"""
        cause = self.cleaned_data["cause"]
        return {"cause": Cause(cause), "cause_note": self.cleaned_data["cause_note"]} if cause else {}


def first_values(current: MonthlyReport | None, previous: MonthlyReport | None) -> dict[str, Any]:
    """表单起先的内容：已报过的填现行一版；未报的预填上月的文字，数字留空由人填。"""
    base = current or previous
    initial: dict[str, Any] = {"seen": current.pk if current else None}
    if base is not None:
        initial |= {"work": base.work, "problems": base.problems, "next_steps": base.next_steps}
    if current is not None:
        initial["investment"] = typed_wan(current.investment_yuan)
        initial["progress"] = typed_percent(current.progress_percent)
        if cause := getattr(current, "variance_cause", None):
            initial |= {"cause": cause.cause, "cause_note": cause.note}
    return initial


class CorrectionForm(ReportForm):
    """关账后更正：月报各栏，外加理由。偏差原因不另写，写在理由里。"""

    reason = forms.CharField(
        label="更正理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="错在哪里，依据什么。", error_messages={"required": "请写明更正的理由：错在哪里，依据什么。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["cause"], self.fields["cause_note"]


class CorrectionRulingForm(forms.Form):
    """批复关账后更正：不批准须写意见。"""

    correction = forms.IntegerField(widget=forms.HiddenInput)
    opinion = forms.CharField(
        label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不批准须写明。",
    )  # fmt: skip


class RemarkForm(forms.Form):
    """对月报的意见。"""

    report = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="意见", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明意见。"},
    )  # fmt: skip


class ReviewForm(forms.Form):
    """审核：退回须写理由。"""

    report = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="退回理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="只在退回时填：写明哪一项不对、应怎么改。",
    )  # fmt: skip
