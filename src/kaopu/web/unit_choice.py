"""选单位的栏，各表单共用一个样子。"""

from __future__ import annotations

from typing import Any

from django import forms

from kaopu.accounts.models import Organization


def one_unit(label: str, *, otherwise: str = "") -> Any:
    """选一个单位；``otherwise`` 是不选时算谁，空着就必须选。"""
    return forms.ModelChoiceField(
        label=label, queryset=Organization.objects.order_by("name"), required=not otherwise,
        empty_label=otherwise or f"请选{label}", error_messages={"required": f"请选{label}。"},
    )  # fmt: skip


def several_units(label: str) -> Any:
    """选若干个单位，可以一个也不选。"""
    return forms.ModelMultipleChoiceField(
        label=label, queryset=Organization.objects.order_by("name"), required=False,
        help_text="可多选：按住 Ctrl 点选。",
    )  # fmt: skip
