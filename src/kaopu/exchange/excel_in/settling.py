"""表头认完之后按表里的内容定下来：各列的金额单位从哪里来，看着像而内容不是的列退回原文（HANDBOOK §7.2 第2、3条）。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kaopu.exchange.excel_in import fields, synonyms
from kaopu.exchange.excel_in.by_content import NUMBER, settled_field
from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.contents import (
    AMOUNT,
    MOSTLY,
    nature_of,
    tells_formality,
    tells_nature,
    texts_of,
)
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.headings import category_key
from kaopu.exchange.excel_in.plan_headers import recognise_plan
from kaopu.exchange.excel_in.units import without_unit
from kaopu.exchange.excel_in.wording import since_new_year
from kaopu.exchange.excel_in.words import UNSAID, compact

_NAMED = fields.ORGANIZATIONS | {
    "street",
    "nature",
    "key_area",
    "category",
    "formality",
    "entry",
}  # 写的是名称，不会全是数
_DOUBTED = fields.AMOUNTS | {
    "seq",
    "work",
    "street",
    "formality",
    "problems",
    "next_steps",
    "measures",
    "goal",
    "progress",
    "unit",
    "plan_progress",
    "plan_work",
    "goal_due",
    "request",
    "scale",
    "entry",
    "year_ratio",
}
_THIS_YEAR = re.compile(
    r"预计(今年|本年|年内|全年)完成投资额?|(本年度?|当年|今年|年度|年内|全年|(20)?\d{2}年度?)(预计完成)?(投资|投入|资金|用款)?(额|数)?"
)
_YEARS_STAGE = re.compile(r"(20\d{2}年度?|年度|全年)(形象|工程)?进度(安排|要求|计划)?")
_SHARE = re.compile(
    r"(?:.*／)?(?:(?:累计|投资)?(?:完成占比|投资进度|完成|占比)(?:计划)?(?:\(%\)|%)?|\(?%\)?)"
)


def settle_columns(grid: Grid, header: Header) -> Header:
    """按内容核实列：“形象进度”写话的按工作进展读；金额列里全是话的退回原文；“单位”列里写的是金额单位才算；

    月度计划只写“3月”的，下面全是数的是投资，全是百分数的是进度，不是工作内容。
    """
    columns: list[Column] = []
    for column in header.columns:
        first = header.rows[-1] + 1
        counted = column.field in fields.DATES and nature_of(grid, column.index, first) == AMOUNT
        if counted and _only_counts(texts_of(grid, column.index, first)):
            columns.append(replace(column, field=f"other:{column.header}"))
            continue
        if (named := _named_by_content(grid, column, header, first)) != column.field:
            columns.append(replace(column, field=named))
            continue
        if column.field in _NAMED and nature_of(grid, column.index, first) == AMOUNT:
            columns.append(replace(column, field=f"other:{column.header}"))
            continue
        ratio = _SHARE.fullmatch(column.header) is not None and header.column("year_ratio") is None
        if column.field not in _DOUBTED and not ratio:
            columns.append(column)
            continue
        repeated = column.header.split("／")  # 换页后重复的表头
        texts = [
            text
            for text in texts_of(grid, column.index, first)
            if text not in repeated
            and not text.startswith(("#", "="))  # 公式错误、没有存结果的公式，看不出写的是什么
        ]
        field = _share(grid, column, texts, header) if ratio else column.field
        if field == column.field and field in _DOUBTED:
            field = settled_field(column, texts, header)
        spoken = column.field in fields.AMOUNTS and field.startswith("other:")
        doubt = "work" if spoken else column.doubt
        columns.append(replace(column, field=field, doubt=doubt) if field != column.field else column)
    columns = _take_up(columns) if "goal_due" in header.known else columns
    return replace(header, columns=tuple(_taken_up(grid, columns, header.rows[-1] + 1)))


def _named_by_content(grid: Grid, column: Column, header: Header, first: int) -> str:
    """“类别”写的都是新建续建、正式预备，“板块”写的都是五类，是另一种分法；别的列已是的不改。"""
    if column.field == "category" and tells_nature(grid, column, first):
        found = "nature"
    elif column.field == "category" and tells_formality(grid, column.index, first):
        found = "formality"
    elif column.field == "key_area" and _tells_category(grid, column, first):
        found = "category"
    else:
        return column.field
    return found if header.column(found) is None else column.field


def _tells_category(grid: Grid, column: Column, first: int) -> bool:
    texts = texts_of(grid, column.index, first)
    return sum(category_key(text) is not None for text in texts) >= MOSTLY * len(texts) > 0


def _taken_up(grid: Grid, columns: list[Column], first: int) -> Iterator[Column]:
    """“8月预排”写的是数、归了计划投资，“8月现场安排”就是计划工作内容；“工程形象”写百分数的，“文字说明”就是进展。"""
    taken = {(column.field, column.month) for column in columns}
    for column in columns:
        lost = column.doubt == "work" and column.field.startswith("other:") and ("work", None) not in taken
        lost = lost and nature_of(grid, column.index, first) != AMOUNT
        if lost and synonyms.recognise_header(column.header, year=None) == "work":
            taken.add(("work", None))
            column = replace(column, field="work", doubt="")
        plan = recognise_plan(column.header) if column.doubt == "plan_work" else None
        if plan is not None and column.month is None and plan not in taken:
            taken.add(plan)
            column = replace(column, field=plan[0], month=plan[1], doubt="")
        yield column


def _only_counts(texts: list[str]) -> bool:
    """“推进阶段／竣工”之下写的是几台，不是哪一天。"""
    return len(texts) > 1 and all(re.fullmatch(r"\d{1,3}", text) for text in texts)


def _take_up(columns: list[Column]) -> list[Column]:
    """“目标节点”写的是话、归了年度目标，时间就在“节点时间”那一列。"""
    if any(column.field == "goal_due" for column in columns):
        return columns
    dated = [
        column.index for column in columns
        if column.field.startswith("other:") and synonyms.recognise_header(column.header, year=None) == "goal_due"
    ]  # fmt: skip
    return [replace(c, field="goal_due") if c.index in dated[:1] else c for c in columns]


def settle_list(header: Header, kind: str, month: date | None, choices: Choices) -> Header:
    """清单上只写“本年度投资”的是计划（按月份导入的说不清）；“2026年形象进度”写的是这一年要做到哪一步；“已完成投资”没写到哪一天的，也可能是到上年末的。

    人定过读法的不动。
    """
    if kind != "project_list":
        return header
    goals = [
        c
        for c in header.columns
        if c.field in ("work", "progress") and _YEARS_STAGE.fullmatch(c.header.replace("／", ""))
    ]
    ours = goals[:1] if header.column("goal") is None else []
    before = header.column("cumulative_before") is not None  # “至22年底”旁边的“23年”
    unplanned = (month is None or before) and header.column("planned_investment") is None
    columns = []
    for column in header.columns:
        if column.header in choices.columns:
            pass
        elif column in ours:
            column = replace(column, field="goal", doubt="work")
        elif (
            (column.field.startswith("other:") or column.guessed)
            and _THIS_YEAR.fullmatch(
                re.sub("^[^／/]*(投资|资金)[^／/]*[／/]", "", without_unit(column.header))
            )
            and unplanned
        ):
            column, unplanned = replace(column, field="planned_investment", guessed=True), False
        elif not before and column.field == "cumulative_investment" and not since_new_year(column.header):
            column = replace(column, doubt="cumulative_before")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def settle_spoken(grid: Grid, header: Header) -> Header:
    """“8月计划”下面全是数的，是打算投多少，不是下步工作。"""
    first = header.rows[-1] + 1
    columns = [
        replace(column, field=f"other:{column.header}")
        if column.field == "next_steps" and nature_of(grid, column.index, first) == AMOUNT
        else column
        for column in header.columns
    ]
    return replace(header, columns=tuple(columns))


def _share(grid: Grid, column: Column, texts: list[str], header: Header) -> str:
    """只写“完成计划”“%”的列，下面都是百分数的是完成年度计划的比例。"""
    staged = column.field == "progress" and re.search("形象|进度|进展", column.header.partition("／")[0])
    if not texts or staged or not header.known & {"planned_investment", "cumulative_investment"}:
        return column.field
    cells = (grid.cells.get((row, column.index)) for row in range(header.rows[-1] + 1, grid.last_row + 1))
    shown = [c for c in cells if c is not None and compact(c.text) not in UNSAID]
    shares = all(
        c.percent
        or "%" in compact(c.text)
        or (column.percent_in_header and NUMBER.fullmatch(compact(c.text)))
        for c in shown
    )
    return "year_ratio" if shares else column.field
