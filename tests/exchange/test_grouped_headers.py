"""上下两级的表头：看下级还是连上级一起看（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import pytest

from kaopu.exchange.excel_in.headers import column_of


@pytest.mark.parametrize(
    ("top", "leaf", "field"),
    [
        ("资金来源", "政府投资", "fiscal_funds"),
        ("资金来源", "社会投资", "social_funds"),
        ("其中", "其他", "other:其中／其他"),
        ("", "其他", "note"),
        ("2022年计划", "政府投资", "other:2022年计划／政府投资"),
    ],
)
def test_where_the_money_comes_from(top: str, leaf: str, field: str) -> None:
    assert column_of(1, top, leaf, year=2022).field == field
