"""写着月份的列：按本次填报的月份定是本月、上月、下月还是累计到本月（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kaopu.exchange.excel_in import synonyms
from kaopu.exchange.excel_in.by_content import NUMBER
from kaopu.exchange.excel_in.contents import AMOUNT, WORDS, adds_up, nature_of, texts_of
from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.result import SheetWarning
from kaopu.exchange.excel_in.units import WORD, without_unit
from kaopu.exchange.excel_in.wording import since_new_year

_ONE_MONTH = re.compile(r"(?<![\d\-—–~至前])(1[0-2]|0?[1-9])月(?!底|末)")
_ALONE = re.compile(r"(.*／)?(?:其中:?)?(?:1[0-2]|0?[1-9])月份?(?:\([亿十百千万]*元\))?")
_CUMULATED = re.compile(
    r"(?:[-—–~至到]|截至|截止)(?:20\d{2}年)?(1[0-2]|0?[1-9])月|(?<![\d\-—–~至])(1[0-2]|0?[1-9])月(?:底|末|份)?前?累计|前(1[0-2]|0?[1-9])个?月|(?<!\d)(1[0-2]|0?[1-9])月(?:底|末)?止|^(?:截[至止]|至|到)?(1[0-2]|0?[1-9])月(?:底|末)(?:实际|已)?完成|完成(?:投资)?(?:情况)?／?(1[0-2]|0?[1-9])月[底末]$"
)
_END_OF_MONTH = re.compile(r"[^／计]*(?:投资|完成|进度)[^／计]*／(1[0-2]|0?[1-9])月[底末](?:\(.*\))?")
_LAST_OF_PART = {"一季度": 3, "1季度": 3, "上半年": 6, "前三季度": 9, "前3季度": 9}
_LAST_OF_QUARTER = {mark: 3 * place + 3 for marks in ("一二三四", "1234") for place, mark in enumerate(marks)}
_QUARTER = re.compile(r"([一二三四1-4])季度")
_PART_OF_YEAR = "|".join(_LAST_OF_PART)
_PART_ALONE = re.compile(
    rf"(?:20\d{{2}}年)?[^计]{{0,8}}?第?({_PART_OF_YEAR})(?:末|合计|累计|小计|投资额?|支出|发生|执行)?"
)
_MONTHS_ALONE = re.compile(r"(?:20\d{2}年)?[^计]{0,4}?前(1[0-2]|0?[1-9])个?月(?:合计|累计|小计)?")
_PART_DONE = re.compile(
    rf"(?:20\d{{2}}年)?[^计]{{0,6}}?第?({_PART_OF_YEAR})(?:(?:累计|实际)?完成(?:投资)?|实际投资|实绩)(?:额|数)?(?:合计|累计|小计)?"
    rf"|[^计]*完成(?:投资)?({_PART_OF_YEAR})(?:合计|累计|小计)?"
)
_OF_ONE_MONTH = re.compile(
    r"(.*完成.*／|.*投资.*／)?(1[0-2]|0?[1-9])月份?(实际)?(完成)?(投资)?(额)?(\(.*\))?"
)
_SUM = re.compile(r"(^|／)(上半年|前?[\d两]+个?月|(一|前三)季度)?(合计|小计|总计)(\(.*\))?$")
_SEVERAL = re.compile(r"\d{1,2}月?[-—–~～至到]\d{1,2}月")
_DONE = re.compile("完成|实际|累计|进[展度]|已")
_OF_THE_YEAR = re.compile("(全年|年度|今年|本年度?|当年)(投资|资金|用款)?(额|数)?")
_NOT_AHEAD = re.compile(
    "投资|金额|资金|产值|用款|时间|日期|时限|[开竣完]工|问题|困难|协调|支持|需求|帮|会议|培训|检查|活动|责任|人$|调整|变更|下达|落实|执行|率|比|%|已|实际|是否"
)
_AS_IT_IS = re.compile("进[展度]|形象|情况|动态|现状|部位|面貌|完成")
_UP_TO = re.compile(r"[-—–~～至到前]\d{1,2}月")
_TO_BE_DONE = re.compile(
    "^[明次]年1月份?$|月[上中下]旬$|计划|安排|打算|部署|排[定布]|拟|将|要|预计|准备|怎么|抓手|目标|冲刺"
)
_OTHER_YEAR = re.compile(r"20\d{2}年|[去上]年")
_A_TASK = re.compile("工作|重点|任务|节点|内容|事项|举措")
_STAGES = ("work", "progress")
_ANY_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月")


def settle_this_month(header: Header, month: date | None) -> Header:
    """写明月份的完成投资：本月的才是本月完成，上一个月的是上月完成；月份不明的，最近的一个月算本月。"""
    named = {c.index: n for c in header.columns if (n := _month_done(c)) is not None}
    groups = {g for c in header.columns if c.index in named and (g := _group_of_month(c)) is not None}
    groups |= {  # “2024年”之下“1-6月”是累计的，“6月”就是本月
        c.header.rpartition("／")[0] + "／"
        for c in header.columns if c.field == "cumulative_investment" and "／" in c.header
    }  # fmt: skip
    for column in header.columns:  # “完成情况”之下“5月”“6月”各一列，认得一列就都认得
        if _group_of_month(column) in groups:
            named[column.index] = int(_ONE_MONTH.findall(column.header)[-1])
    if not named:
        return header
    current = month.month if month is not None else max(named.values())
    plain = any(c.field == "month_investment" and c.index not in named for c in header.columns)
    taken = {"month_investment"} if plain else set()
    if any(c.field == "previous_investment" for c in header.columns):
        taken.add("previous_investment")
    columns = []
    for column in header.columns:
        if column.index in named:
            gap = (current - named[column.index]) % 12
            field = {0: "month_investment", 1: "previous_investment"}.get(gap, "")
            field = field if field and field not in taken else f"other:{column.header}"
            taken.add(field)
            column = replace(column, field=field, doubt="")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def settle_stage(header: Header, month: date | None) -> Header:
    """“5月形象进度”“6月形象进度”各一列：本月的才是本月的进展，别的月份的退回原文。"""
    if month is None:
        return header
    stems = {_stem(c) for c in header.columns if c.field in _STAGES}
    stages = {c.index: int(m) for c in header.columns if (m := _stage_of(c, stems)) is not None}
    quarterly = any(_QUARTER.search(c.header) for c in header.columns if c.index in stages)
    current = _stage_now(month, quarterly=quarterly)
    ours = next((c for c in header.columns if stages.get(c.index) == current), None)
    if ours is None:
        return header
    others = [c for c in header.columns if stages.get(c.index, current) != current]
    told = [c.field for c in (ours, *others) if not c.field.startswith("other:")]
    field = told[0] if told else ours.doubt or ours.field
    columns = []
    for column in header.columns:
        if column is ours:
            column = replace(column, field=field, doubt="")
        elif column in others:
            column = replace(column, field=f"other:{column.header}")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def _stage_now(month: date, *, quarterly: bool) -> int:
    """本月；按季度报的，本季末的那个月。"""
    return (month.month + 2) // 3 * 3 if quarterly else month.month


def check_stage(header: Header, month: date | None) -> Iterator[SheetWarning]:
    """只有“5月形象进度”，本次按 6 月读：照读，问一声。"""
    for column in header.columns:
        stated = _stage_of(column, set()) if month is not None and column.field in _STAGES else None
        if month is None or stated is None:
            continue
        if int(stated) != _stage_now(month, quarterly=_QUARTER.search(column.header) is not None):
            cell = address(header.rows[0], column.index)
            message = f"{cell} 列“{column.header}”写的不是 {month.month} 月，照读；不是本月的请改列。"
            yield warn(cell, "doubtful_column", message)


def _stem(column: Column) -> str:
    """去掉月份、季度：“5月末进度”“6月末进度”说的是一样东西。"""
    return _QUARTER.sub("", re.sub(r"(1[0-2]|0?[1-9])月(末|底|份)?", "", column.header))


def _stage_of(column: Column, stems: set[str]) -> str | None:
    """“5月形象进度”“截至5月底进展”说的是几月；没有写月份的、不是进展的为空。"""
    told = column.doubt if column.field.startswith("other:") else column.field
    told = "work" if column.field.startswith("other:") and _stem(column) in stems else told
    months = _ANY_MONTH.findall(column.header) or [
        str(_LAST_OF_QUARTER[q]) for q in _QUARTER.findall(column.header)
    ]
    return months[-1] if told in _STAGES and len(set(months)) == 1 else None


def settle_sum_of_plans(grid: Grid, header: Header) -> Header:
    """月度计划表上的“全年合计”，等于各月计划投资相加的，是年度计划投资（推的，写明）。"""
    months = [column.index for column in header.columns if column.field == "plan_investment"]
    if len(months) < 2 or header.column("planned_investment") is not None:
        return header
    totals = [
        column for column in header.columns
        if (column.field.startswith("other:") or column.guessed)
        and (
            (re.search("全年|年度|合计|总计", column.header) and adds_up(grid, column.index, months, header.rows[-1] + 1))
            or _OF_THE_YEAR.fullmatch(without_unit(column.header))
        )
    ]  # fmt: skip
    columns = (
        replace(c, field="planned_investment", guessed=True) if c in totals[:1] else c for c in header.columns
    )
    return replace(header, columns=tuple(columns))


def settle_sum_of_months(grid: Grid, header: Header) -> Header:
    """各月完成之后的“合计”“小计”，等于各月相加的，是本年累计（推的，写明）。"""
    months = [c.index for c in header.columns if _OF_ONE_MONTH.fullmatch(c.header)]
    running = header.column("cumulative_investment")
    if len(months) < 2:
        return header
    for column in [running] if running is not None else header.columns:
        summed = (column is running or column.field.startswith("other:")) and _SUM.search(column.header)
        if summed and adds_up(grid, column.index, months, header.rows[-1] + 1):
            return replace(header, columns=tuple(_with_sum(header, column)))
    return header


def _with_sum(header: Header, total: Column) -> Iterator[Column]:
    """“合计”是本年累计；写着单位而各月没有写的，各月与它相加得上，是一个单位。"""
    for column in header.columns:
        if column is total:
            told = column.field == "cumulative_investment"
            column = replace(column, field="cumulative_investment", guessed=column.guessed or not told)
        elif column.unit is None and _OF_ONE_MONTH.fullmatch(column.header):
            column = replace(column, unit=total.unit)
        yield column


def _group_of_month(column: Column) -> str | None:
    """下级只写“6月”的列在哪个上级之下；没有上级的为空串，不是这样的列为 ``None``。"""
    found = _ALONE.fullmatch(column.header)
    spare = column.field == "month_investment" or column.field.startswith("other:")
    return (found.group(1) or "") if found and spare else None


def _month_done(column: Column) -> int | None:
    """“5月完成投资”→ 5，“实际完成投资／5月”同；说的不是某一个月完成多少的为空。"""
    if column.field in ("work", "progress", "next_steps") or column.month is not None:
        return None  # “9月完成／主要工程量”写的是话；月度计划的列不是完成数
    plain = column.header
    months = {int(found) for found in _ONE_MONTH.findall(plain)}
    top, _, leaf = plain.rpartition("／")
    if leaf.endswith("旬"):
        return None  # “11月完成投资／上旬”只是其中一旬
    done = (
        column.field == "month_investment"
        or any(
            synonyms.recognise_header(text, year=None) == "month_investment"
            for text in (plain, top + leaf, leaf + top)
        )
        or (column.doubt == "month_investment" and re.search("实绩|实际|完成", leaf) is not None)
    )
    return months.pop() if done and len(months) == 1 else None


def settle_parts(header: Header) -> Header:
    """月度计划表上，“1-2月／工作”写的是那两个月打算做什么，不是进展；照存原文。"""
    columns = (
        replace(c, field=f"other:{c.header}", doubt="")
        if c.field in ("work", "cumulative_investment")
        and _SEVERAL.search(c.header)
        and not _DONE.search(c.header)
        else c
        for c in header.columns
    )
    return replace(header, columns=tuple(columns))


def doubt_coming(header: Header, month: date | None) -> Header:
    """报 8 月时，只写着“9月安排”的一张表按 9 月的计划读，也像下步计划，由人来定。"""
    months = {column.month for column in header.columns if column.month is not None}
    if month is None or months != {month.month % 12 + 1}:
        return header
    columns = (replace(c, doubt="next_steps") if c.field == "plan_work" else c for c in header.columns)
    return replace(header, columns=tuple(columns))


def settle_cumulated(header: Header, month: date | None, grid: Grid | None = None) -> Header:
    """写明累计到哪个月的（写的是话的、别的年份的不算）：到本月的才是本年累计，到上一个月的是上月累计，别的月份的退回原文。"""
    first = header.rows[-1] + 1
    told = [
        c for c in header.columns
        if (grid is None or nature_of(grid, c.index, first) != WORDS)
        and not synonyms.of_another_year(c.header, month.year if month else None)
    ]  # fmt: skip
    named = {c.index: n for c in told if (n := _cumulated_to(c)) is not None}
    plain = [
        c.index for c in header.columns
        if c.index not in named and "cumulative_investment" in (c.field, c.doubt)
        and synonyms.recognise_header(c.header.replace("／", ""), year=None) == "cumulative_investment"
    ]  # fmt: skip
    within = {c.index for c in header.columns if since_new_year(c.header)}
    read = {c.index for c in header.columns if c.field == "cumulative_investment"}
    clear = named.keys() <= read and not (within & {*plain} and named.keys() - within)
    if month is None or (clear and all(stated == month.month for stated in named.values())):
        return header
    ours = [index for index, stated in named.items() if stated == month.month]
    strong = [index for index in (*ours, *plain) if index in within]
    ours = strong or ours or plain  # 有“2023年／累计完成”的，“截至5月末累计”就是开工以来
    taken = {"previous_cumulative"} if header.column("previous_cumulative") else set()
    columns = []
    for column in header.columns:
        if column.index in ours[:1]:
            column = replace(column, field="cumulative_investment")
        elif strong and named.get(column.index) == month.month and column.index not in within:
            column = replace(column, field="since_start", doubt="cumulative_investment")
        elif column.index in named:
            last = (month.month - named[column.index]) % 12 == 1 and "previous_cumulative" not in taken
            taken |= {"previous_cumulative"} if last else set()
            column = replace(column, field="previous_cumulative" if last else f"other:{column.header}")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def _cumulated_to(column: Column) -> int | None:
    """“1-5月累计完成投资”“截至5月底累计”→ 5，“一季度完成投资”→ 3；没写到哪个月、说的是上年的为空。"""
    plain = without_unit(column.header.replace("／", ""))
    money = column.unit is not None or re.search("投资|完成|金额|资金|产值|支出|发生", plain) is not None
    priced = money and column.field.startswith("other:")  # “前三季度（亿元）”“投资／一季度”
    end = _END_OF_MONTH.fullmatch(column.header) if priced else None
    if end is not None:
        return int(end.group(1))  # “投资进度／2月底”
    part = _PART_DONE.fullmatch(plain) or (_PART_ALONE.fullmatch(plain) if priced else None)
    summed = column.field.startswith("other:") and re.search("[合累]计$", plain) is not None
    if (priced or summed) and (first := _MONTHS_ALONE.fullmatch(plain)):
        return int(first.group(1))
    if part is not None:
        return _LAST_OF_PART[next(filter(None, part.groups()))]
    told = column.header if column.field != "cumulative_investment" else column.header.replace("／", "")
    if _ALONE.fullmatch(column.header) or column.doubt in ("work", "progress"):
        return None  # “1-6月完成投资”之下的“1月”“2月”，各是一个月的
    if column.field != "cumulative_investment" and (
        not column.field.startswith("other:")
        or synonyms.recognise_header(told, year=None) != "cumulative_investment"
    ):
        return None
    found = _CUMULATED.findall(told)
    return int("".join(found[-1])) if found else None


def settle_next_month(header: Header, month: date | None, grid: Grid | None) -> Header:
    """6 月的月报里“7月工作计划”就是下步计划；别的月份的计划不是。"""
    if month is None or header.column("next_steps") is not None:
        return header
    bare = re.compile(rf"(.*／)?0?{month.month % 12 + 1}月份?")
    told = [  # “进展情况”之下“签约施工”“12月”各一列，12月是下个月的
        c for c in header.columns
        if (c.field == "work" and header.count("work") > 1) or (c.doubt == "work" and c.field.startswith("other:"))
        if bare.fullmatch(c.header)
    ]  # fmt: skip
    told += [
        column for column in header.columns
        if (column.field.startswith("other:") or column.field == "work") and not bare.fullmatch(column.header)
        and not _is_numeric(grid, column, header)
        and any(_is_ahead(text, month) for text in (column.header.rpartition("／")[2], column.header.replace("／", "")))
    ]  # fmt: skip
    columns = tuple(replace(c, field="next_steps") if c in told[:1] else c for c in header.columns)
    return replace(header, columns=columns)


def _is_numeric(grid: Grid | None, column: Column, header: Header) -> bool:
    return grid is not None and nature_of(grid, column.index, header.rows[-1] + 1) == AMOUNT


def _is_ahead(header: str, month: date) -> bool:
    """说的只是下个月的事：“7月计划”“7月准备办”；12 月的月报里，明年的也是。"""
    coming = month.month % 12 + 1
    next_year = f"{month.year + 1}年" if coming == 1 else f"{month.year}年"
    text = header.replace(next_year, "")
    planned = _TO_BE_DONE.search(text) or (_A_TASK.search(text) and not _AS_IT_IS.search(text))
    if _NOT_AHEAD.search(text) or not planned or _OTHER_YEAR.search(text):
        return False  # “7月汛情”“7月工作进展”“2022年7月计划”
    if months := _ANY_MONTH.findall(text):
        return {int(found) for found in months} == {coming} and _UP_TO.search(text) is None
    return coming == 1 and text != header


def settle_planned(grid: Grid, header: Header, month: date | None) -> Header:
    """月报里“本月计划投资”“6月投资计划”，下面写的是数的，读来与完成数比对；写话的、别的月份的照存原文。"""
    if month is None or header.column("planned_this_month") is not None:
        return header
    ours = re.compile(
        rf"other:(?:.*／|{month.year}年[^／截累前至止]*|[本今当]年度?(?:投资)?|投资(?:进展|完成|情况)*)?(?:(?:(?:本|当)月|(?<![\d~—–～至到-])0?{month.month}月份?(?:当月)?)(?:投资|情况|完成情况|投资情况|投资完成情况)?(?:\([^)]*\))?／?(?:计划|目标|任务|排[定布]|安排|应(?=完成)|拟(?=投|完成))(?:完成)?(?:投资?|产值)?(?:额|数|量)?|(?:投资(?:情况)?)?计划(?:投资)?／(?:(?:本|当)月|0?{month.month}月份?))(?:\(.*\)|／(?:{WORD}))?"
    )
    for column in header.columns:
        if ours.fullmatch(column.field):
            texts = texts_of(grid, column.index, header.rows[-1] + 1)
            numeric = sum(NUMBER.fullmatch(text) is not None for text in texts)
            if numeric * 2 > len(texts):
                found = replace(column, field="planned_this_month", doubt="")
                return replace(header, columns=tuple(found if c is column else c for c in header.columns))
    return header
