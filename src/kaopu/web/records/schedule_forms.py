"""排期的表单：目标日、各节点要不要、办几天、谁牵头；记一个节点开始。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms

from kaopu.accounts.models import Organization
from kaopu.domain.backward import COUNTED_LABELS, Node, without
from kaopu.domain.backward_rules import MOST_NODE_DAYS
from kaopu.supervision.models import TaskForce
from kaopu.web.records.forms import DatedForm, short_text

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_DAYS = {"invalid": "请填整数。", "min_value": "至少 1 天。", "max_value": f"不超过 {MOST_NODE_DAYS} 天。"}


class ScheduleForm(forms.Form):
    """一版倒排计划；``nodes`` 是到目标为止的节点，``earlier`` 是上一版各节点的天数与牵头单位。"""

    due_on = forms.DateField(
        label="目标日",
        widget=_DAY,
        error_messages={"required": "请填目标日。", "invalid": "请写成 2022-12-31 的样子。"},
    )
    task_force = forms.ModelChoiceField(
        label="专班", queryset=TaskForce.objects.none(), required=False, empty_label="不归专班"
    )
    reason = forms.CharField(label="重排理由", max_length=200, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, nodes: Sequence[Node], leads: Mapping[str, int], units: Sequence[Organization],
        forces: Any, again: bool, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.nodes, self.units = nodes, {unit.pk: unit for unit in units}
        field = self.fields["task_force"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = forces
        if again:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "已排过一版，请写明为什么重排。"
        else:
            del self.fields["reason"]
        choices = [("", "请选牵头单位"), *((unit.pk, unit.name) for unit in units)]
        for number, node in enumerate(nodes):
            self._add(number, node, leads.get(node.name), choices)

    def _add(self, number: int, node: Node, lead: int | None, choices: Sequence[tuple[Any, str]]) -> None:
        is_target = number == len(self.nodes) - 1
        self.fields[f"use_{number}"] = forms.BooleanField(
            label=node.name,
            required=is_target,
            initial=True,
            error_messages={"required": "目标节点不能去掉。"},
        )
        self.fields[f"days_{number}"] = forms.IntegerField(
            label=f"{node.name}的天数", min_value=1, max_value=MOST_NODE_DAYS, required=False,
            initial=node.days or None, error_messages=_DAYS,
        )  # fmt: skip
        self.fields[f"lead_{number}"] = forms.TypedChoiceField(
            label=f"{node.name}的牵头单位",
            choices=choices,
            required=False,
            initial=lead,
            coerce=int,
            empty_value=None,
        )

    @property
    def rows(self) -> list[tuple[Node, str, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """逐个节点：节点、数法、要不要、天数、牵头单位。"""
        return [
            (
                node,
                COUNTED_LABELS[node.counted],
                self[f"use_{number}"],
                self[f"days_{number}"],
                self[f"lead_{number}"],
            )
            for number, node in enumerate(self.nodes)
        ]

    def clean(self) -> dict[str, Any]:
        """要办的节点，天数与牵头单位都须填。"""
        data = super().clean() or {}
        for number in range(len(self.nodes)):
            if not data.get(f"use_{number}"):
                continue
            if data.get(f"days_{number}") is None and f"days_{number}" not in self.errors:
                self.add_error(f"days_{number}", "请填办几天；用不着的节点请去掉勾。")
            if data.get(f"lead_{number}") is None and f"lead_{number}" not in self.errors:
                self.add_error(f"lead_{number}", "请选牵头单位。")
        return data

    def chosen(self) -> tuple[list[Node], dict[str, Organization]]:
        """要办的节点（去掉的由前后相接）与各自的牵头单位。"""
        data = self.cleaned_data
        used = {node.name: number for number, node in enumerate(self.nodes) if data[f"use_{number}"]}
        kept = without(self.nodes, {node.name for node in self.nodes if node.name not in used})
        nodes = [replace(node, days=data[f"days_{used[node.name]}"]) for node in kept]
        return nodes, {name: self.units[data[f"lead_{number}"]] for name, number in used.items()}


class StartForm(DatedForm):
    """一个节点开始了。"""

    node = forms.ChoiceField(
        label="节点",
        error_messages={
            "required": "请选节点。",
            "invalid_choice": "这个节点已办结，不在倒排计划里，或不由本单位牵头。请刷新后核对。",
        },
    )
    note = short_text("说明（受理单号等）", "", length=200, required=False)

    def __init__(self, *args: Any, nodes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "开始（受理）之日"
        field = self.fields["node"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in nodes]


class VoidForm(forms.Form):
    """作废一份计划。"""

    schedule = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "请写明为什么作废。"})
