"""少了必有的一列而别的都认得的表头：在认不出的列里找最像的补上，并写明是猜的（HANDBOOK §7.2 第2条“let the user correct the mapping”）。

只猜“这一列是项目名称”“这一列是问题”，从不猜数；猜不出就整张不读，逐行说明。
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kaopu.exchange.excel_in.facts import SheetFacts, warn
from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.grid import address
from kaopu.exchange.excel_in.result import SheetWarning
from kaopu.exchange.excel_in.synonyms import recognise_header, recognise_problem

FEWEST_KNOWN = 3  # 别的列至少认得这么多，才谈得上是表头
LONGEST_LABEL = 20
_LIKELY = {
    "name": re.compile(
        r"(项目|工程|标的)(?!.*(单位|部门|编号|代码|类|性质|属性|公司|内容|规模|数|负责|领导|阶段|状态|来源|情况|时间|日期|投资|进度))"
        r"|(?<!单位)(?<!部门)(?<!企业)(?<!公司)(?<!街镇)(?<!街道)名称"
    ),
    "problems": re.compile(r"问题(?!数|个|编号|类|来源|等级)|矛盾|事项|困难|障碍|诉求|内容"),
}


def supply(columns: list[Column], needed: str) -> list[Column]:
    """补上 ``needed`` 一列；已有、别的列认得太少、没有像的，原样给回。"""
    known = {column.field for column in columns if not column.field.startswith("other:")}
    if needed in known or len(known) < FEWEST_KNOWN or any(len(c.header) > LONGEST_LABEL for c in columns):
        return columns
    likely = [c for c in columns if c.field.startswith("other:") and _LIKELY[needed].search(c.header)]
    return [replace(c, field=needed) if likely and c is likely[0] else c for c in columns]


def check_guesses(facts: SheetFacts) -> Iterable[SheetWarning]:
    """猜的列在表头格上说一声。"""
    for column in facts.header.columns:
        if column.field in _LIKELY and _guessed(column, facts):
            cell = address(facts.header.rows[0], column.index)
            named = {"name": "项目名称", "problems": "存在问题"}[column.field]
            message = f"{cell} 列“{column.header}”没有见过，按“{named}”读；不是的请改列。"
            yield warn(cell, "guessed_column", message)


def _guessed(column: Column, facts: SheetFacts) -> bool:
    parts = (column.header, *column.header.split("／"), column.header.replace("／", ""))
    if facts.header.problems and any(recognise_problem(part) == column.field for part in parts):
        return False
    return not any(recognise_header(part, year=None) == column.field for part in parts)
