"""提出问题与办一步的表单：每步只问这一步要的。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kaopu.accounts.models import User
from kaopu.domain.causes import CAUSE_LABELS
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.ladder import LEVEL_LABELS, TOP_LEVEL
from kaopu.projects.models import Project
from kaopu.projects.queries import project_for
from kaopu.supervision.models import Factor, IssueKind
from kaopu.web.attachments import ATTACHMENTS, AttachmentsField
from kaopu.web.unit_choice import one_unit, several_units

_LONG = forms.Textarea(attrs={"rows": 2})


class IssueForm(forms.Form):
    """提出一个问题或要素保障需求。"""

    project = forms.CharField(
        label="项目编号",
        max_length=40,
        help_text="如 D07，见项目页标题。",
        error_messages={"required": "请填项目编号。"},
    )
    kind = forms.ChoiceField(
        label="种类",
        choices=[(kind.value, kind.label) for kind in (IssueKind.PROBLEM, IssueKind.SUPPORT)],
        error_messages={"required": "请选种类。"},
    )
    title = forms.CharField(
        label="事项", max_length=120, error_messages={"required": "请写明是什么事，如“DN800 雨水管未迁”。"}
    )
    description = forms.CharField(
        label="情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明情况：卡在哪里、影响什么。"},
    )  # fmt: skip
    category = forms.ChoiceField(
        label="类别",
        choices=[(cause.value, label) for cause, label in CAUSE_LABELS.items()],
        error_messages={"required": "请选类别。"},
    )
    factor = forms.ChoiceField(
        label="要素", choices=[("", "—"), *Factor.choices], required=False, help_text="要素保障须选。"
    )
    cause = forms.CharField(label="起因", max_length=120, required=False)
    lead_unit = one_unit("牵头单位", otherwise="项目的责任单位")
    assists = several_units("配合单位")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix, self.user = "", user

    def clean_project(self) -> Project:
        """看得见的项目；看不见与不存在说同样的话。"""
        project = project_for(self.user, self.cleaned_data["project"].strip())
        if project is None:
            raise ValidationError("没有这个编号的项目。请到项目清单核对编号。")
        return project

    def clean(self) -> dict[str, Any]:
        """要素保障须写明要素。"""
        data = super().clean() or {}
        if data.get("kind") == IssueKind.SUPPORT and not data.get("factor"):
            self.add_error("factor", "请选要保障什么：资金、土地、审批、腾地、管线或人员。")
        return data


_WHAT = {
    IssueVerb.ACCEPT: "备注",
    IssueVerb.CLOSE: "核实情况",
    IssueVerb.LOWER: "依据（纪要或文件名称与文号）",
    IssueVerb.INSTRUCT: "批示内容",
}


class MoveForm(forms.Form):
    """对问题办一步。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label="说明", max_length=1000, required=False, widget=_LONG)

    def __init__(self, *args: Any, verb: IssueVerb, level: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["text"].label = _WHAT.get(verb, "说明")
        if verb in (IssueVerb.REPLY, IssueVerb.CLOSE):
            self.fields["evidence"] = forms.CharField(
                label="佐证",
                max_length=300,
                required=False,
                help_text="验收单号、会议纪要文号；附了照片、文件的可以不写。",
            )
            self.fields[ATTACHMENTS] = AttachmentsField()
        if verb in (IssueVerb.LIFT_UP, IssueVerb.LOWER):
            steps = range(level + 1, TOP_LEVEL + 1) if verb == IssueVerb.LIFT_UP else range(1, level)
            self.fields["level"] = forms.TypedChoiceField(
                label="到哪一级",
                coerce=int,
                choices=[(number, LEVEL_LABELS[number]) for number in steps],
                error_messages={"required": "请选到哪一级。"},
            )
        if verb == IssueVerb.REASSIGN:
            self.fields["unit"] = one_unit("改派给哪个单位")
        if verb == IssueVerb.ANALYSE:
            for name, label in (("analysis", "原因分析"), ("proposal", "对策建议")):
                self.fields[name] = forms.CharField(
                    label=label, max_length=1000, required=False, widget=_LONG
                )


class AnswerForm(forms.Form):
    """说明一条预警。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="原因与措施", max_length=1000, widget=_LONG, error_messages={"required": "请写明原因与措施。"}
    )
    until = forms.DateField(
        label="管到哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="至多一个周期；到那天还没有转好，自动立为问题。",
        error_messages={"required": "请填日期。", "invalid": "请写成 2022-12-31 的样子。"},
    )  # fmt: skip


class HandForm(forms.Form):
    """把一条预警立为问题。"""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label="是什么问题", max_length=120, error_messages={"required": "请写明是什么问题。"}
    )
    category = forms.ChoiceField(
        label="类别",
        choices=[(cause.value, label) for cause, label in CAUSE_LABELS.items()],
        error_messages={"required": "请选类别。"},
    )
    cause = forms.CharField(label="起因", max_length=120, required=False)
