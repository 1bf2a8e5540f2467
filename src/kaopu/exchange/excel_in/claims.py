"""一个字段只有一列：写着同一字段的几列，哪一列算，另一列是什么（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from kaopu.exchange.excel_in import fields, units
from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.problem_columns import StatusSides, set_columns_apart
from kaopu.exchange.excel_in.result import SPLIT_FIELDS
from kaopu.exchange.excel_in.synonyms import is_foreign, recognise_header, recognise_problem
from kaopu.exchange.excel_in.wording import of_this_year

GENERIC = re.compile(  # 单看说不清的下级表头
    r"(累计|本月|当月|上月|本期|计划|实际|完成|目标|小计|合计|本年|全年|年度|时间|单位|部门|金额|比例|百分比|(具体|主要)?(内容|情形|表现)|情况|描述|\d+月份?|\d+[-—~至]\d+月)(完成)?"
)
MONTHS_ALONE = re.compile(r"(\d{1,2}[-—–~至])?\d{1,2}月份?")
WORDED = frozenset({"work", "goal", "problems", "next_steps", "note", "scale", "measures"})
_PART_OF_PROBLEMS = re.compile(
    r"^[^／]*(问题|困难)[^／]*／(?!.*(数|类|级|编号|时间|日期))|(问题|困难)[\d一二三四五]$"
)
_PROGRESS = re.compile(r"进[展度]|形象|动态|部位|情况|推进|现状|状况")
_OF_A_TIME = re.compile(r"\d|[上去]|季度|计划|目标|\(实际\)")
_TEN_DAYS = re.compile(r"(进[展度]|形象|推进|施工|完成|月份?).*／([上中下]旬|\d{1,2}日?[-—~～至]\d{1,2}日)$")
_ONE_LEVEL = re.compile(r"中央|国家|(省|市|区|县|镇)级?(财|建设财|拨|资金)|街镇")
_TASK = re.compile(r"(主要|具体|配套|重点)?工作(内容|事项)")
_INVESTMENT_SHARE = re.compile(r"(投资|资金)[^／]*／(完成)?进度(\(%\)|%)?$")
_SINCE_START = re.compile(r"自开工|(开工|开建|建设|立项|项目)(至今|以来|起|总?累计)|^总累计")
_FORECAST = re.compile(r"预计(今年|本年|年内|全年)完成投资|(今年|本年|年内|全年|20\d{2}年)度?预计(完成)?投资")
OF_A_FIELD = re.compile(  # “存在问题／前期审批”“存在问题／征地拆迁”各一列
    "审批|手续|征[地收]|拆迁|腾地|资金|用地|土地|管线|规划|施工|设计|要素|配套|^其[他它]"
)
_A_SUM = re.compile(r"(合计|小计|总计)(\(.*\))?")
_ADJUSTED = re.compile(r"(调整|变更|修订|调概|核定)后|最新")
_FORMER = re.compile(
    r"^首次(时限|期限)|^已下达|^上一?(半月|周|旬|阶段|期|季度)|^原(?!因|材料|有|则)|／原(?!因|材料|有|则)|／上旬末|(?<=年)原计划|(调整|变更|修订|调概)前"
)
_ADJUSTABLE = fields.AMOUNTS | fields.DATES | {"goal"}
_DONE_ON = re.compile(r"(实际)?(解决|办结|完成|整改|落实|完成整改)(的)?(时间|日期)")


def told_once(columns: list[Column]) -> tuple[Column, ...]:
    """一个字段只有一列：写着同一字段的，在前的算；“开工至今累计”不是本年累计，自成一列。"""
    columns = [
        replace(column, field="since_start")
        if column.field == "cumulative_investment" and _SINCE_START.search(column.header)
        else column
        for column in columns
    ]
    for apart in _APART:
        columns = apart(columns)
    columns = set_columns_apart(columns) if any(c.field == "problems" for c in columns) else columns
    numbered = [column for column in columns if column.field == "seq"]
    coded = [column for column in numbered if column.header == "编号"] if len(numbered) > 1 else []
    columns = [replace(column, field="code") if column in coded else column for column in columns]
    taken: set[tuple[str, int | None]] = set()
    sides = StatusSides(columns)
    kept = []
    closed = any(column.field == "closed_on" for column in columns)
    for column in columns:
        if (
            column.field == "due"
            and ("due", None) in taken
            and _DONE_ON.fullmatch(column.header)
            and not closed
        ):
            column = replace(column, field="closed_on")  # 前面已有“解决时限”，“解决时间”就是哪天解决的
        again = not sides.another(column) and (column.field, column.month) in taken
        again = again and not told_in_parts(column)
        if again and column.header.endswith("建议") and ("measures", None) not in taken:
            column, again = replace(column, field="measures"), False  # 已有下步计划，“建议”是办法或请求
        lost = replace(column, field=f"other:{column.header}", month=None, doubt=column.field)
        kept.append(lost if again else column)
        taken.add((column.field, column.month))
    return tuple(kept)


def as_ruled(header: Header, choices: Choices, *, of_any_month: bool = True) -> Header:
    """人定的读法最后说了算：认列、看内容、看月份改过的改回来；别的列占着这个字段的让出来。

    ``of_any_month`` 为假时，写着几月的不动：记着的是上个月定的，这个月它说的是别的月份。
    """
    held = [
        column.index
        for column in header.columns
        if (rule := choices.columns.get(column.header)) is not None
        and rule.field
        and (of_any_month or not re.search(r"\d月", column.header))
    ]
    if not held:
        return header
    columns = [
        replace(choices.apply(column), guessed=False, doubt="") if column.index in held else column
        for column in header.columns
    ]
    taken = {column.field: column.index for column in reversed(columns) if column.index in held}
    return replace(
        header,
        columns=tuple(
            column
            if taken.get(column.field, column.index) == column.index or told_in_parts(column)
            else replace(column, field=f"other:{column.header}", month=None, doubt=column.field)
            for column in columns
        ),
    )


def told_in_parts(column: Column) -> bool:
    """“存在问题”“进展”分几列写的一列：“存在问题／施工”“问题2”，“形象进度”之外的“推进情况”；写明哪段时间的不算。"""
    if column.field == "work" and _TEN_DAYS.search(column.header):
        return True  # 一个月分三旬写
    if column.field == "work":
        return _PROGRESS.search(column.header) is not None and _OF_A_TIME.search(column.header) is None
    return column.field in SPLIT_FIELDS and _PART_OF_PROBLEMS.search(column.header) is not None


def _notes_apart(columns: list[Column]) -> list[Column]:
    """另有“备注”的，“情况说明”“简要说明”写的是进展；已有进展的照存原文。"""
    notes = [column for column in columns if column.field == "note"]
    told = [column for column in notes if re.search(r"(情况|进展|进度|简要|文字)说明$", column.header)]
    if not told or len(told) == len(notes):
        return columns
    free = all(column.field != "work" for column in columns)
    kept = {c.index: "work" if free and c is told[0] else f"other:{c.header}" for c in told}
    return [replace(c, field=kept.get(c.index, c.field)) for c in columns]


def _agents_apart(columns: list[Column]) -> list[Column]:
    """另有建设单位、项目法人的，“代建单位”不是业主。"""
    owners = [column for column in columns if column.field == "owner"]
    agents = [column for column in owners if re.match("代建(单位|方|公司|主体)", column.header)]
    if len(agents) == len(owners):
        return columns
    return [replace(c, field=f"other:{c.header}") if c in agents else c for c in columns]


def _names_apart(columns: list[Column]) -> list[Column]:
    """“地块名称”之外另有“项目名称”的，项目名称才是名称。"""
    named = [column for column in columns if column.field == "name"]
    sure = [column for column in named if re.search("项目|工程", column.header)]
    if not sure or len(sure) == len(named):
        return columns
    return [replace(c, field=f"other:{c.header}") if c in named and c not in sure else c for c in columns]


def _levels_apart(columns: list[Column]) -> list[Column]:
    """“市级财力”“区级财力”各一列的，哪一列都不是全部财政资金，照存原文。"""
    levels = [c for c in columns if c.field == "fiscal_funds" and _ONE_LEVEL.search(c.header)]
    if len(levels) < 2:
        return columns
    return [replace(c, field=f"other:{c.header}") if c in levels else c for c in columns]


def _totals_apart(columns: list[Column]) -> list[Column]:
    """“计划投资”旁边另有“今年投资目标”的，不写年份的是总投资。"""
    planned = [
        column
        for column in columns
        if column.field == "planned_investment" or _FORECAST.search(column.header)
    ]
    whole = [
        column for column in planned if re.fullmatch(r"(项目)?计划(总)?投资(额)?(\(.*\))?", column.header)
    ]
    if len(whole) != 1 or len(planned) < 2 or any(c.field == "total_investment" for c in columns):
        return columns
    return [replace(c, field="total_investment", guessed=True) if c is whole[0] else c for c in columns]


def _tasks_apart(columns: list[Column]) -> list[Column]:
    """另有进展的，“工作内容”写的是要做什么，不是做到了哪一步。"""
    told = [c for c in columns if c.field == "work"]
    tasks = [c for c in told if _TASK.fullmatch(c.header)]
    if not tasks or len(tasks) == len(told) or any(c.field == "scale" for c in columns):
        return columns
    return [replace(c, field="scale", guessed=True) if c is tasks[0] else c for c in columns]


def _times_apart(columns: list[Column]) -> list[Column]:
    """“应完成节点”旁边另有“追平时间”的，写明时间的才是时限，另一列写的是要做成什么。"""
    dues = [column for column in columns if column.field == "due"]
    timed = [column for column in dues if re.search("时间|日期|时限|期限|限期", column.header)]
    if not timed or len(timed) == len(dues):
        return columns
    return [replace(c, field=f"other:{c.header}") if c in dues and c not in timed else c for c in columns]


def _leads_apart(columns: list[Column]) -> list[Column]:
    """“牵头单位”“责任单位”各有一列的，责任单位是责任单位。"""
    alike = [column for column in columns if column.field == "responsible_unit"]
    leading = [column for column in alike if re.search("牵头|主办", column.header)]
    if not leading or len(leading) == len(alike):
        return columns
    kept = {leading[0].index: "lead_unit"}
    if not re.search("[科处]室?$", leading[0].header):  # 另有牵头单位的，“责任科室”是它里面的
        kept |= {c.index: f"other:{c.header}" for c in alike if re.search("[科处]室?$", c.header)}
    return [replace(c, field=kept.get(c.index, c.field)) for c in columns]


def _sums_apart(columns: list[Column]) -> list[Column]:
    """“估算／工程费”“估算／动迁费”“估算／合计”各一列的，合计才是总投资；另几列照存原文。"""
    found = list(columns)
    for place, column in enumerate(columns):
        top, _, leaf = column.header.rpartition("／")
        parts = [c for c in columns if top and c is not column and c.header.rpartition("／")[0] == top]
        beside = {c.field for c in parts}
        field = _summed(column, beside, top) if _A_SUM.fullmatch(leaf) else ""
        if field and (field in beside or all(c.field != field for c in columns)):
            lost = [c for c in parts if c.field == field]
            found = [replace(c, field=f"other:{c.header}") if c in lost else c for c in found]
            found[place] = replace(column, field=field, guessed=column.field != field)
    return found


def _wholes_apart(columns: list[Column]) -> list[Column]:
    """“完成投资／总额”与“完成投资／年计划”“完成投资／累计”一组，总额是总投资，不是完成了多少。"""
    tops = {c.header.rpartition("／")[0] for c in columns if c.field == "planned_investment"} - {""}
    wholes = [
        c for c in columns
        if c.field == "since_start" and c.header.rpartition("／")[0] in tops
        and re.fullmatch("总(额|数|价|量|投资)", units.without_unit(c.header.rpartition("／")[2]))
    ]  # fmt: skip
    if len(wholes) != 1 or any(c.field == "total_investment" for c in columns):
        return columns
    return [replace(c, field="total_investment", guessed=True) if c in wholes else c for c in columns]


def _summed(column: Column, beside: set[str], top: str) -> str:
    """“合计”合的是哪个字段：同组已认得的那一种，财政加社会就是总投资；说不清的为空串。"""
    if column.field in beside & fields.AMOUNTS:
        return column.field
    if not column.field.startswith("other:"):
        return ""
    if {"fiscal_funds", "social_funds"} <= beside:
        return "total_investment"
    named = recognise_header(top, year=None)
    return named if named is not None and named in beside & fields.AMOUNTS else ""


def _plans_apart(columns: list[Column]) -> list[Column]:
    """一个月几列计划，“签约搬迁计划”旁边另有“施工计划”的，施工的才是计划工作内容。"""
    months = Counter((c.field, c.month) for c in columns)
    foreign = [
        c for c in columns if c.field == "plan_work" and is_foreign(c.header) and months[c.field, c.month] > 1
    ]
    return [replace(c, field=f"other:{c.header}", month=None) if c in foreign else c for c in columns]


def _shares_apart(columns: list[Column]) -> list[Column]:
    """“投资情况／进度”是投资完成了几成，不是形象进度。"""
    return [
        replace(column, field="year_ratio")
        if column.field == "progress" and _INVESTMENT_SHARE.search(column.header)
        else column
        for column in columns
    ]


def _running_apart(columns: list[Column]) -> list[Column]:
    """两列累计，一列写明“年内”“本年”的，另一列只写“累计”的是开工以来。"""
    running = [column for column in columns if column.field == "cumulative_investment"]
    ours = [column for column in running if of_this_year(column.header)]
    if not ours or len(ours) == len(running) or any(c.field == "since_start" for c in columns):
        return columns
    return [replace(c, field="since_start") if c in running and c not in ours else c for c in columns]


def _own_first(columns: list[Column]) -> list[Column]:
    """同一字段几列：下级表头自己就认得的算；“工程进度／施工许可证”只是随了上级，退回原文。"""

    def borrowed(column: Column) -> bool:
        leaf = column.header.rpartition("／")[2]
        plain = (
            not re.search(r"[^\W\d_]", leaf)
            or GENERIC.fullmatch(leaf)
            or units.is_bare_unit(leaf)
            or len(leaf) == len(column.header)
        )
        told = (recognise_header(leaf, year=None), recognise_problem(leaf))
        return not plain and column.field not in told

    own = {
        (column.field, column.month)
        for column in columns
        if not borrowed(column) and not MONTHS_ALONE.fullmatch(column.header.rpartition("／")[2])
    }
    return [
        replace(column, field=f"other:{column.header}", month=None)
        if (column.field, column.month) in own
        and column.field in WORDED | {"progress"}
        and borrowed(column)
        and not (column.field == "problems" and OF_A_FIELD.search(column.header.rpartition("／")[2]))
        else column
        for column in columns
    ]


def _adjusted_first(columns: list[Column]) -> list[Column]:
    """同一字段有调整前、调整后两列的，调整后的算；另一列退回原文。"""
    adjusted = {(c.field, c.month) for c in columns if _ADJUSTED.search(c.header)}
    former = {(c.field, c.month) for c in columns if not _FORMER.search(c.header)}
    return [
        replace(c, field=f"other:{c.header}", month=None)
        if (not _ADJUSTED.search(c.header) and (c.field, c.month) in adjusted and c.field in _ADJUSTABLE)
        or (_FORMER.search(c.header) and (c.field, c.month) in former)
        else c
        for c in columns
    ]


# 先后有意义：分得出的先分开，其余再按先后
_APART: tuple[Callable[[list[Column]], list[Column]], ...] = (
    _levels_apart, _plans_apart, _wholes_apart, _sums_apart, _totals_apart, _shares_apart, _adjusted_first, _own_first, _running_apart, _agents_apart, _notes_apart, _tasks_apart, _names_apart, _leads_apart, _times_apart,
)  # fmt: skip
