"""三族工作簿各造若干份，逐格核对：字段准确率不低于 99%，不声不响的错一格也不许有（HANDBOOK §7.1）。

缺省造九十份；``KAOPU_PROOF=1`` 造足 240 份。
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import CellReading, SheetReading
from tests.exchange.families import Fact, Truth
from tests.exchange.family_sheets import make

COUNT = 240 if os.environ.get("KAOPU_PROOF") else 90


def compare(path: Path, truth: Truth) -> tuple[int, list[str], list[str]]:
    """一份工作簿：核对了几格，错了哪些，其中哪些没有提示。"""
    wrong: list[str] = []
    silent: list[str] = []
    for sheet in read_workbook(path, year=2022, month=date(2022, 6, 1)).sheets:
        if sheet.kind != truth.kinds[sheet.name]:
            silent.append(f"{path.name} {sheet.name} 认作 {sheet.kind}，应为 {truth.kinds[sheet.name]}")
            continue
        facts = {cell: fact for (name, cell), fact in truth.facts.items() if name == sheet.name}
        found = {reading.cell: reading for row in sheet.rows for reading in row.values}
        for cell in facts.keys() | found.keys():
            error = _error(facts.get(cell), found.get(cell))
            if error:
                wrong.append(f"{path.name} {sheet.name}!{cell} {error}")
                if not _warned(sheet, cell, found.get(cell)):
                    silent.append(wrong[-1])
            elif (fact := facts.get(cell)) and fact.warned and not _warned(sheet, cell, found.get(cell)):
                silent.append(f"{path.name} {sheet.name}!{cell} 该提示而没有提示：{fact}")
    return len(truth.facts), wrong, silent


def _error(fact: Fact | None, reading: CellReading | None) -> str:
    if fact is None:
        return (
            "" if reading is None or reading.value is None else f"凭空读出 {reading.field}={reading.value!r}"
        )
    if reading is None:
        return f"没有读出 {fact}"
    if fact.field.startswith("other:"):
        return "" if reading.field.startswith("other:") else f"当成了 {reading.field}，应照存原文"
    if (reading.field, reading.value) != (fact.field, fact.value):
        return f"读成 {reading.field}={reading.value!r}，应为 {fact}（原文 {reading.raw!r}）"
    if fact.qualifier and reading.qualifier != fact.qualifier:
        return f"限定词读成 {reading.qualifier}，应为 {fact}"
    return ""


def _warned(sheet: SheetReading, cell: str, reading: CellReading | None) -> bool:
    return any(warning.cell == cell for warning in sheet.warnings) or bool(
        reading and {*reading.flags} - {"unmapped_column"}
    )


def test_field_accuracy_and_no_silent_error(tmp_path: Path) -> None:
    checked = 0
    wrong: list[str] = []
    silent: list[str] = []
    for seed in range(COUNT):
        path, truth = make(seed, tmp_path)
        counted, errors, unsaid = compare(path, truth)
        checked += counted
        wrong += errors
        silent += unsaid
    by_sheet = Counter(line.split("!")[0] for line in wrong)

    assert silent == [], silent[:20]
    assert len(wrong) * 100 <= checked, by_sheet.most_common(5)
    assert checked > COUNT * 40
