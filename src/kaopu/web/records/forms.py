"""登记的表单：每张只登记一件事；出错的话要说清怎么改。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kaopu.domain.carryover import STAGE_LABELS
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.domain.days import chinese_day
from kaopu.domain.milestones import GOAL_LABELS
from kaopu.domain.outcomes import CLOSING_OUTCOMES, OUTCOME_LABELS, Outcome
from kaopu.projects.models import AnnualGoal, Level
from kaopu.tracking.models import Suspension
from kaopu.web.attachments import AttachmentsField

SHORT = 200
DECIDED_BY_DISTRICT = (Outcome.UNACHIEVABLE, Outcome.STOPPED)


class DatedForm(forms.Form):
    """各张登记表的公共部分：发生之日，不在将来。"""

    on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填日期。", "invalid": "请写成 2022-12-31 的样子。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_on(self) -> date:
        """发生之日。"""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError("日期在将来。事情发生之后再登记。")
        return day


class RecordForm(DatedForm):
    """年度的登记：发生之日须在本年度内。"""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # 看到的最近一次登记

    def __init__(self, *args: Any, year: int, seen: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["seen"].initial = seen
        today = timezone.localdate()  # 往年的日子由人填：给个缺省，随手一点就成了假日期
        self.fields["on"].initial = today if today.year == year else None

    def clean_on(self) -> date:
        """发生之日。"""
        day = super().clean_on()
        if day.year != self.year:
            raise ValidationError(f"日期须在{self.year}年内。别的年度请到那一年的登记页。")
        return day


def short_text(label: str, remedy: str, *, length: int = 200, required: bool = True) -> forms.CharField:
    """一栏文字；``length`` 过了 200 的给两行。"""
    widget = forms.Textarea(attrs={"rows": 2}) if length > SHORT else forms.TextInput(attrs={"size": "36"})
    return forms.CharField(
        label=label, max_length=length, required=required, widget=widget, error_messages={"required": remedy}
    )


class AchievementForm(RecordForm):
    """目标达成。"""

    goal = forms.ModelChoiceField(
        label="年度目标", queryset=AnnualGoal.objects.none(), empty_label=None,
        error_messages={"required": "请选年度目标。", "invalid_choice": "这条目标已有更正，请重新选。"},
    )  # fmt: skip
    reached = forms.ChoiceField(
        label="达到的节点",
        choices=[(kind.value, text) for kind, text in GOAL_LABELS.items()],
        error_messages={"required": "请选达到的节点。"},
    )
    evidence = short_text("佐证", "", required=False)
    attachments = AttachmentsField()
    verified_by = short_text("核实人", "请写核实人。", length=60)

    def __init__(self, *args: Any, goals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["goal"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = goals
        first = goals.first()
        self.fields["reached"].initial = first.goal_type if first else None


class DecisionForm(RecordForm):
    """认定。"""

    outcome = forms.ChoiceField(label="认定为", error_messages={"required": "请选认定为哪一种。"})
    document = short_text("依据文件", "请填写会议纪要或文件的名称与文号；没有文件不能认定。")
    reason = short_text("原因", "请写明原因。", length=500)
    measures = short_text("替代措施与下一步", "", length=500, required=False)

    def __init__(self, *args: Any, level: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = CLOSING_OUTCOMES if level == Level.MUNICIPAL else DECIDED_BY_DISTRICT
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(outcome.value, OUTCOME_LABELS[outcome]) for outcome in allowed]


class LagForm(RecordForm):
    """滞后原因。"""

    category = forms.TypedChoiceField(
        label="类别", coerce=Cause, error_messages={"required": "请选类别。"},
        choices=[("", "请选一类"), *((cause.value, label) for cause, label in CAUSE_LABELS.items())],
    )  # fmt: skip
    cause = short_text("滞后原因", "请写明原因。", length=120)
    next_step = short_text("下一步", "", length=500, required=False)


class StageForm(RecordForm):
    """项目阶段。"""

    stage = forms.ChoiceField(
        label="阶段",
        choices=[(stage.value, text) for stage, text in STAGE_LABELS.items()],
        error_messages={"required": "请选阶段。"},
    )
    evidence = short_text("依据", "请写明依据：备案号、验收单号或文件名称。")


class SuspendForm(RecordForm):
    """停工。"""

    cause = short_text("停工原因", "请写明停工原因，如管线未迁、资金未到位。", length=120)
    plan_approved = forms.BooleanField(label="复工方案已批准（一项一方案）", required=False)


class ResumeForm(RecordForm):
    """复工：了结一次未复工的停工。"""

    suspension = forms.ChoiceField(
        label="哪一次停工",
        error_messages={
            "required": "请选哪一次停工。",
            "invalid_choice": "这次停工已登记复工，请刷新后核对。",
        },
    )
    batch = short_text("复工批次", "", length=60, required=False)

    def __init__(self, *args: Any, stops: Iterable[Suspension], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stops = {str(stop.pk): stop for stop in stops}
        field = self.fields["suspension"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (key, f"{chinese_day(stop.on)} 停工：{stop.cause}") for key, stop in self.stops.items()
        ]

    def clean_suspension(self) -> Suspension:
        """所选的停工。"""
        return self.stops[self.cleaned_data["suspension"]]
