"""开会、记议定事项、记批示的表单。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from kaopu.supervision.models import Issue, MeetingKind, TaskForce
from kaopu.supervision.queries.task_forces import standing_forces
from kaopu.web.unit_choice import one_unit, several_units

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_DAY_ERRORS = {"required": "请填日期。", "invalid": "请写成 2022-12-31 的样子。"}
_LONG = forms.Textarea(attrs={"rows": 3})


def _named(issue: Issue) -> str:
    """议题的写法：号、事项、哪个项目。"""
    project = issue.project
    named = f"（{project.profile.name}）" if project is not None and project.profile else ""
    return f"{issue} {issue.title}{named}"


class MeetingForm(forms.Form):
    """开一次会：议题从红黄项目与到了层级的问题里选。"""

    kind = forms.ChoiceField(
        label="种类", choices=MeetingKind.choices, error_messages={"required": "请选种类。"}
    )
    title = forms.CharField(label="会议名称", max_length=120, error_messages={"required": "请写会议名称。"})
    chair = forms.CharField(label="主持人", max_length=60, error_messages={"required": "请写主持人。"})
    on = forms.DateField(label="开会日期", widget=_DAY, error_messages=_DAY_ERRORS)
    task_force = forms.ModelChoiceField(
        label="专班", queryset=TaskForce.objects.none(), required=False, empty_label="不是专班例会"
    )
    minutes_number = forms.CharField(label="纪要文号", max_length=60, required=False)
    minutes = forms.CharField(
        label="纪要", max_length=5000, required=False, widget=_LONG, help_text="还没有整理好的，会后再补。"
    )
    agenda = forms.MultipleChoiceField(
        label="议题", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="没有写原因分析与对策建议的不能上会，先到问题页补写。",
    )  # fmt: skip

    def __init__(self, *args: Any, ready: Sequence[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        forces = self.fields["task_force"]
        assert isinstance(forces, forms.ModelChoiceField)
        forces.queryset = standing_forces().order_by("pk")
        self.ready = {str(issue.pk): issue for issue in ready}
        field = self.fields["agenda"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, _named(issue)) for key, issue in self.ready.items()]

    def clean_agenda(self) -> list[Issue]:
        """所选的议题。"""
        return [self.ready[key] for key in self.cleaned_data["agenda"]]


class MinutesForm(forms.Form):
    """会后补、改纪要：另成一版。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    minutes_number = forms.CharField(
        label="纪要文号", max_length=60, required=False, help_text="不写的沿用前一版的。"
    )
    minutes = forms.CharField(
        label="纪要", max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写纪要。"},
    )  # fmt: skip


class ResolutionForm(forms.Form):
    """一条议定事项。"""

    text = forms.CharField(
        label="议定事项", max_length=120, error_messages={"required": "请写明议定了什么。"}
    )
    issue = forms.ModelChoiceField(
        label="议题", queryset=Issue.objects.none(), required=False, empty_label="不针对某个议题"
    )
    lead_unit = one_unit("牵头单位")
    assists = several_units("配合单位")
    due = forms.DateField(label="期限", widget=_DAY, error_messages=_DAY_ERRORS)

    def __init__(self, *args: Any, agenda: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["issue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agenda


class InstructionForm(forms.Form):
    """一条领导批示与它派生的一件任务。"""

    leader = forms.CharField(label="领导", max_length=60, error_messages={"required": "请写明哪位领导。"})
    text = forms.CharField(
        label="批示内容", max_length=1000, widget=_LONG, error_messages={"required": "请写明批示内容。"}
    )
    document = forms.CharField(label="来文", max_length=120, required=False)
    on = forms.DateField(label="批示日期", widget=_DAY, error_messages=_DAY_ERRORS)
    task = forms.CharField(
        label="派生任务", max_length=120, error_messages={"required": "请写明派生的任务。"}
    )
    unit = one_unit("牵头单位")
    due = forms.DateField(label="任务期限", widget=_DAY, error_messages=_DAY_ERRORS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
