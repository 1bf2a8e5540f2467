"""预演页上的几种改正：改列的读法、认名称、改一格、撤回改过的一格；改完重新预演（HANDBOOK §7.2 第2、6条）。"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kaopu.accounts.models import User
from kaopu.domain.parsing import AMOUNT_UNITS
from kaopu.exchange.actions import remember_columns, remember_name
from kaopu.exchange.excel_in.choices import SKIPPED, ColumnRule
from kaopu.exchange.excel_in.fields import LABELS
from kaopu.exchange.queries import choices_of
from kaopu.projects.models import Project
from kaopu.web.imports import uploads

UNITS = tuple(sorted(AMOUNT_UNITS, key=lambda unit: AMOUNT_UNITS[unit], reverse=True))
_NOT_CHOSEN = frozenset(
    {"plan_investment", "plan_progress", "plan_work", "text", "form_key"}
)  # 月度计划的列带月份，由表头认
LONGEST_CELL = 500


def choosable() -> dict[str, str]:
    """可以指给一列的字段；“不读”在末尾。"""
    return {name: label for name, label in LABELS.items() if name not in _NOT_CHOSEN} | {
        SKIPPED: "不读这一列"
    }


def _columns(data: Mapping[str, str], *, upload: uploads.Upload, by: User) -> str:
    """改列：只记与原来不同的；选“照常认”的忘掉以前的指定。"""
    rules: dict[str, ColumnRule] = {}
    remembered = choices_of(by).columns
    for key in data:
        header = key.removeprefix("field:")
        if header == key or not header or len(header) > 80:
            continue
        field, unit = data[key], data.get(f"unit:{header}", "")
        if not field and not unit and header not in remembered:
            continue
        if field not in {"", *choosable()} or unit not in {"", *UNITS}:
            return f"“{header}”选的字段或单位不认识。请从下拉框里选。"
        rules[header] = ColumnRule(field=field, unit=unit)
    if not rules:
        return "没有可改的列。请在下拉框里选字段后再提交。"
    remember_columns(columns=rules, by=by)
    return ""


def _name(data: Mapping[str, str], *, upload: uploads.Upload, by: User) -> str:
    """认名：表上这样写的，就是这个项目。"""
    project = Project.objects.visible_to(by).filter(code=data.get("code", "")).first()
    name = data.get("name", "").strip()
    if project is None or not 0 < len(name) <= 200:
        return "没有这个项目，名称没有认成。请刷新后重新选择。"
    remember_name(name=name, project=project, by=by)
    return ""


def _cell(data: Mapping[str, str], *, upload: uploads.Upload, by: User) -> str:
    """改一格：只改本次导入，不改原文件。"""
    sheet, cell = data.get("sheet", ""), data.get("cell", "").strip().upper()
    text = data.get("text", "").strip()
    if not sheet or not re.fullmatch(r"[A-Z]{1,3}[1-9]\d{0,6}", cell):
        return f"“{cell}”不是单元格地址。请写成 H7 的样子。"
    if len(text) > LONGEST_CELL:
        return f"改成的文字有{len(text)}字，最多{LONGEST_CELL}字。请缩短后再改。"
    uploads.correct_cell(upload, f"{sheet}!{cell}", text)
    return ""


def _withdrawn(data: Mapping[str, str], *, upload: uploads.Upload, by: User) -> str:
    """撤回改过的一格：改错了地址的，不必重传文件。"""
    key = data.get("key", "")
    if key not in upload.cells:
        return "这一格没有改过，或已撤回。请刷新后查看。"
    uploads.withdraw_cell(upload, key)
    return ""


CORRECTIONS: dict[str, Callable[..., str]] = {
    "columns": _columns, "name": _name, "cell": _cell, "withdraw": _withdrawn,
}  # fmt: skip
