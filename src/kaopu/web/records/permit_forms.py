"""审批节点的表单：批文与证照、施工许可延期、核实。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.projects.models import Permit
from kaopu.web.attachments import AttachmentsField
from kaopu.web.records.forms import DatedForm, short_text


class PermitForm(DatedForm):
    """批文、证照；``issuer`` 为审批部门自己登记时的名称，不必再填；``nodes`` 为可登记的节点。"""

    node = forms.ChoiceField(
        label="节点", initial=CONSTRUCTION_PERMIT,
        error_messages={
            "required": "请选节点。",
            "invalid_choice": "规则里没有这个节点，或不由本部门办。请刷新后核对，或请审批部门、推进办登记。",
        },
    )  # fmt: skip
    number = short_text("文号或证号", "请写文号或证号。", length=60)
    issuer = short_text("审批部门", "请写审批部门。", length=60)
    scope = short_text("范围（整个项目不填，标段、桩基先行的写明）", "", length=100, required=False)
    attachments = AttachmentsField()

    def __init__(self, *args: Any, issuer: str = "", nodes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "批复或领证之日"
        field = self.fields["node"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in nodes]
        self.known = {"issuer": issuer} if issuer else {}
        for name in self.known:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """按 ``record_permit`` 的字段名。"""
        return {**self.cleaned_data, **self.known}


class ExtensionForm(DatedForm):
    """施工许可证延期。"""

    permit = forms.ModelChoiceField(
        label="哪一张施工许可证", queryset=Permit.objects.none(), empty_label=None,
        error_messages={"required": "请选施工许可证。", "invalid_choice": "这张证已有更正，请重新选。"},
    )  # fmt: skip
    until = forms.DateField(
        label="延至", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填延到哪一天。", "invalid": "请写成 2022-12-31 的样子。"},
    )  # fmt: skip
    document = short_text("批准文件", "请写明发证机关批准延期的文件名称与文号。")

    def __init__(self, *args: Any, permits: QuerySet[Permit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "批准之日"
        field = self.fields["permit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = permits


class PermitRulingForm(forms.Form):
    """核实单位所报的一张。"""

    permit = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="意见", max_length=200, required=False)
