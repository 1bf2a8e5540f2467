"""早先登记的摘要：那时连口径的名称、范围与不计的理由一起算。

此后口径改了措辞，核早先的公文仍照登记时的措辞算，所以范围的写法冻结在此，只供核旧，不再改；名称登记在公文里。
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaopu.domain.typography import same_words
from kaopu.figures.queries import Figure

_TO_DATE = "区属正式项目，截至月末"
_FAMILIES: Mapping[str, str] = {
    "list": "年度清单；区属预备项目不计",
    "outcome": "区属正式项目的年度目标结果",
    "category": "区属正式项目，按五类",
    "next": "下一年度清单（面向未来，按取数时刻所知，不受基准日限制）",
    "ceremony": "集中开工仪式的项目",
}
_INVESTED = "集中开工仪式的项目总投资之和，取整到亿元，有余数冠以“逾”"
_PROGRESS: Mapping[str, str] = {
    "ratio": "累计完成 ÷ 年度计划，由合计重算",
    "pace_ratio": "累计完成 ÷ 计划到本月，由合计重算",
    "time": "月数 ÷ 12",
    "gap": "未取整的完成率减未取整的序时进度",
    "change": "两个月末未取整的完成率相减",
    "rank": "项目满三个的责任单位，按序时完成率",
    "start_rate": "应开工且已开工 ÷ 应开工",
    "carried": "区属正式项目，未竣工备案或投用、未停止实施",
    "not_carried": "区属正式项目，已竣工备案、投用或停止实施",
}
_LIT = "区属正式项目，最近一次月末评定"
_CATEGORIES: Mapping[str, str] = {
    "infrastructure": "市政基础设施类",
    "livelihood": "民生保障类",
    "public_service": "公共服务类",
    "functional": "功能性项目",
    "housing": "住宅类",
}


def former_row(figure: Figure, *, label: str, text: str) -> dict[str, Any]:
    """早先摘要所据的一行；``label``、``text`` 为登记时的名称与印出的字：那时引用的话里直引号照印。"""
    return {
        **figure.ledger_row(),
        "text": text if same_words(text, figure.text) else figure.text,
        "label": label,
        "scope": _former_scope(figure, label),
        "excluded": [list(item) for item in figure.excluded],
    }


def _former_scope(figure: Figure, label: str) -> str:
    family, _, rest = figure.id.partition("@")[0].partition(".")
    if family == "progress":
        return _progress_scope(*rest.partition(".")[::2])
    if family == "record":
        return f"{label}第 {figure.value} 号记录"
    if family == "rate":
        name = _CATEGORIES.get(rest)
        parts = f"{name}·已完成 ÷ {name}" if name else "已完成 ÷ 区属正式项目"
        return f"{parts}，由合计重算"
    return _INVESTED if figure.id == "ceremony.investment" else _FAMILIES[family]


def _progress_scope(name: str, scope: str) -> str:
    found = _LIT if name.startswith("colour_") else _PROGRESS.get(name, _TO_DATE)
    return found.replace("区属正式项目", "清单项目（连同市属）") if scope == "list" else found
