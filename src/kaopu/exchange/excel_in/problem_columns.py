"""问题清单里写着同一字段的两列分开：责任单位与牵头部门、存在问题与需协调事项、“是”“否”两列打勾（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

import re
from dataclasses import replace

from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.problem_cells import pole

_LEADS = re.compile(r"牵头|主办|承办")
_ASKS = re.compile(r"(需|提请|请求|拟请|提交).*(协调|解决|支持)|诉求|协调事项")
# 两列都像的字段 → 另一列怎么认出来、它是什么字段
_APART = {"responsible_unit": (_LEADS, "lead_unit"), "problems": (_ASKS, "request")}


def set_columns_apart(columns: list[Column]) -> list[Column]:
    """同一字段写了两列、其中一列说得更具体的，那一列自成字段；只有一列的不动。"""
    for field, (pattern, other) in _APART.items():
        alike = [column for column in columns if column.field == field]
        special = [column for column in alike if pattern.search(column.header)]
        if len(alike) > len(special) > 0:
            columns = [replace(c, field=other) if c is special[0] else c for c in columns]
    return columns


class StatusSides:
    """状态只有一列，除非几列各说一种情况（“已销号”“未销号”）：那是打勾的，都算。"""

    def __init__(self, columns: list[Column]) -> None:
        stated = [pole(column.header) for column in columns if column.field == "status"]
        self.taken: set[str] = set()
        self.ticked = bool(stated) and all(stated)

    def another(self, column: Column) -> bool:
        """这一列是不是又一种情况的打勾列。"""
        side = pole(column.header) if column.field == "status" and self.ticked else None
        if side is None or side in self.taken:
            return False
        self.taken.add(side)
        return True
