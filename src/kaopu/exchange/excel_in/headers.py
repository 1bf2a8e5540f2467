"""认表头：在前 15 行里找出一级或两级表头，逐列认字段和单位，并判断这是哪一种表（HANDBOOK §7.2 第2、3条）。"""

from __future__ import annotations

import re
from dataclasses import replace

from kaopu.exchange.excel_in import synonyms, units
from kaopu.exchange.excel_in.choices import NO_CHOICES, Choices
from kaopu.exchange.excel_in.claims import as_ruled, told_once
from kaopu.exchange.excel_in.contents import AMOUNT, WORDS, adds_up, nature_of
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.guessing import fill_in, look_again
from kaopu.exchange.excel_in.kinds import (
    DIGITS,
    FEWEST_HEADERS,
    FEWEST_PLAN_MONTHS,
    LONGEST_HEADER,
    looks_like_problems,
    scanned,
)
from kaopu.exchange.excel_in.levels import MONTH_END, SPAN_ALONE, column_of
from kaopu.exchange.excel_in.plan_headers import recognise_plan
from kaopu.exchange.excel_in.problem_columns import settle_status, told_to_ask
from kaopu.exchange.excel_in.required import name_by_content, name_of_problems, problems_by_content, supply
from kaopu.exchange.excel_in.settling import settle_columns
from kaopu.exchange.excel_in.synonyms import recognise_header
from kaopu.exchange.excel_in.unit_lines import settle_units
from kaopu.exchange.excel_in.unmerged import MOST_LABELLED
from kaopu.exchange.excel_in.words import compact

LONGEST_COMPOSED = 16
DEEPEST = 4  # 表头最多几级
MONTHS_OF_A_PLAN = 6  # 月度计划少说有半年
_OF_DONE = frozenset({"cumulative_investment", "work", "progress"})
_LABELLED = re.compile(  # 题头里的“填报单位：某局”“截至2022年6月30日”
    r"[^():]{1,10}:.|(填报|填表|报送|编制|制表|统计|上报)(单位|部门|人|日期|时间)|(截至|截止)\d|20\d{2}年\d{1,2}月\d"
)
_BARE_MONTH = re.compile(r"\d{1,2}月份?(\([亿十百千万]*元\))?")
_RUNNING_TOTAL = re.compile(r"(本年)?累计(完成)?(投资)?(\([亿十百千万]*元\))?")
_GENERAL = re.compile(r"(投资|计划|完成|执行|进度|情况|及|与|和|、)+")
_MONTHS = {word: number + 1 for number, word in enumerate("一二三四五六七八九十")} | {"十一": 11, "十二": 12}
_MONTH_IN_WORDS = re.compile(
    r"(?<![一二三四五六七八九十第个近前后这每])(?:十[一二]?|[一二三四五六七八九])(?=月|[至到—–~～-](?:十[一二]?|[一二三四五六七八九])月)"
    r"|(?<=[至到—–~～-])(?:十[一二]?|[一二三四五六七八九])(?=月)|(?<=前)(?:十[一二]?|[一二三四五六七八九])(?=个?月)"
)
MONTHS_AHEAD = 6
_FIRST_MONTHS = re.compile(
    r"(?<![提之以此目工])前(1[0-2]|[2-9])个?月(?=(?:累计|实际|已)*(?:完成|投入|支出|产值|发生|投资[额数]?$|$))"
)
_QUARTER = re.compile(r"(?<![A-Za-z])[Qq]([1-4])(?!\d)")
_PLAN_OF_MONTHS = re.compile(
    r"((\d|下)月份?|月度?|季度).{0,14}(计划|安排|节点)(表|安排|清单|一览|申报表)?(\(.*\))?$"
)
_DONE_TOLD = re.compile(r"完成|进[展度]|情况|月报|[执实]行")
_FOOTNOTE = re.compile(r"[①-⑳❶-❿]|(?<=.)[※*]+$|[\[(（【]注\d*[\])）】]$")  # “总投资②”的脚注号


def find_header(grid: Grid, *, year: int, choices: Choices = NO_CHOICES) -> Header | None:
    """认得字段最多的一行（或相连两行）是表头；必须有项目名称列和另外至少一列，否则为空。"""
    best = _best(grid, year, choices, composing=False)
    return None if best is None else _settled(grid, best, year, choices)


def compose_header(grid: Grid, *, year: int, choices: Choices = NO_CHOICES) -> Header | None:
    """词表里一行表头也找不出的表，凭字眼与内容再找一遍；找到的列都是推的。"""
    best = _best(grid, year, choices, composing=True)
    return None if best is None else _settled(grid, best, year, choices)


def _settled(grid: Grid, header: Header, year: int, choices: Choices) -> Header:
    header = settle_columns(grid, _over_units(grid, header))
    header = settle_status(grid, header, choices) if header.problems else told_to_ask(header)
    if header.months:
        header = replace(header, columns=tuple(_beside_months(grid, header, year, choices)))
    else:
        first, problems = header.rows[-1] + 1, header.problems
        named = name_of_problems(grid, header.columns, first) if problems else header.columns
        filled = fill_in(grid, named, first, year=year, choices=choices, problems=problems)
        doubted = look_again(grid, filled, first, year=year, choices=choices, problems=problems)
        header = replace(header, columns=tuple(doubted))
    return settle_units(grid, as_ruled(header, choices))


def _over_units(grid: Grid, header: Header) -> Header:
    """表头之下单起一行、只写各列单位的，也是表头。"""
    below = header.rows[-1] + 1
    told = {column.index: compact(grid.text(below, column.index)) for column in header.columns}
    if not _only_units(grid, below) or any("单位" in text for text in told.values()):
        return header  # “单位：亿元”说的是全表
    columns = (
        replace(
            column,
            unit=column.unit or units.header_unit(told[column.index]),
            percent_in_header=column.percent_in_header or "%" in told[column.index],
        )
        for column in header.columns
    )
    return replace(header, rows=(*header.rows, below), columns=tuple(columns))


def _beside_months(grid: Grid, header: Header, year: int, choices: Choices) -> list[Column]:
    """月度计划表上没写月份的列照样推；写着月份的，认得的已经认了。"""
    plain = [column for column in header.columns if recognise_plan(column.header) is None]
    told = {c.index: c for c in fill_in(grid, plain, header.rows[-1] + 1, year=year, choices=choices)}
    return [told.get(column.index, column) for column in header.columns]


def _best(grid: Grid, year: int, choices: Choices, *, composing: bool) -> Header | None:
    problems = looks_like_problems(grid)
    best: Header | None = None
    lacking = (0, 0)  # 少了必有的一列的表头：认得几列、在哪一行
    for row in scanned(grid):
        if row not in grid.by_row:
            continue
        if best is not None and row > best.rows[-1] and _weighty(best):
            break  # 前面已有像样的表头
        for rows in (tuple(range(row, row + deep)) for deep in _depths(grid, row, year)):
            columns = _columns_at(grid, rows, year, problems, choices)
            if _only_counts(grid, columns, rows):
                continue
            if columns and composing:
                columns = _composed(grid, columns, rows, year, choices, problems)
            candidate = _candidate(grid, rows, columns, problems)
            if candidate is None:
                continue
            if not _complete(candidate):
                lacking = max(lacking, (len(candidate.known), row))
            elif (
                best is None and lacking[0] >= max(FEWEST_HEADERS, len(candidate.known)) and row > lacking[1]
            ):
                continue  # 上面那一行才是表头，只是少了一列；这一行是内容
            elif best is None or _better(candidate, best):
                best = candidate
    return best


def _only_counts(grid: Grid, columns: list[Column], rows: tuple[int, ...]) -> bool:
    """“项目”一列全是数，写的是有几个项目。"""
    named = [column for column in columns if column.field == "name"]
    return bool(named) and all(nature_of(grid, c.index, rows[-1] + 1) == AMOUNT for c in named)


def _depths(grid: Grid, row: int, year: int) -> tuple[int, ...]:
    """名称、序号一格竖着合并了几行，旁边又有横着合并的，表头就是几级；看不出的逐级试。"""
    deep = max(_mark_depths(grid, row, year), default=1)
    grouped = (
        any(grid.span(row, column)[1] > 1 for column in grid.by_row.get(row, [])) or row + 1 in grid.by_row
    )
    return (deep,) if 1 < deep <= DEEPEST and grouped else tuple(range(1, DEEPEST + 1))


def _composed(
    grid: Grid, columns: list[Column], rows: tuple[int, ...], year: int, choices: Choices, problems: bool
) -> list[Column]:
    """每一格都是短短的话，上面没有一样宽的行，才像一行表头。"""
    wide, first = len(grid.by_row[rows[0]]), rows[-1] + 1
    if any(len(grid.by_row.get(row, ())) >= max(wide, FEWEST_HEADERS) for row in range(1, rows[0])):
        return []
    leaves = [column.header.rpartition("／")[2] for column in columns]
    if any(len(leaf) > LONGEST_COMPOSED or DIGITS.fullmatch(leaf) for leaf in leaves):
        return []
    if problems:
        return problems_by_content(grid, supply(grid, columns, first, "problems"), first)
    return name_by_content(grid, fill_in(grid, columns, first, year=year, choices=choices), first)


def _better(candidate: Header, best: Header) -> bool:
    """认得的列更多；一样多时取靠前的，同一行起头的取两级（换页后重复的表头不顶替第一个）。

    前面已有像样的表头，后面的再好也是又一张表：让它顶替，前面的行就都成了题头，悄悄丢了。
    """
    found, kept = (len(header.known) + len(header.months) for header in (candidate, best))
    if candidate.rows[0] > best.rows[-1] and _weighty(best):
        return False
    return found > kept or (found == kept and candidate.rows[0] == best.rows[0])


def _weighty(header: Header) -> bool:
    return len(header.known) + len(header.months) >= FEWEST_HEADERS


def _columns_at(
    grid: Grid, rows: tuple[int, ...], year: int, problems: bool, choices: Choices
) -> list[Column]:
    """这一行（相连几行）当表头，各是什么列；当不成的为空。"""
    if len(rows) == 2 and not _has_second_level(grid, rows[0], year):
        return []
    if len(rows) > 2 and not _is_as_deep(grid, rows, year):
        return []
    labels = _labels(grid, rows)
    if len(labels) > 2 and len({top for top, _ in labels.values()}) == 1:
        return []  # 一格横贯各列的是题头
    named_above = any(recognise_header(top, year=year) == "name" for top, _ in labels.values())
    if len(rows) > 1 and not named_above and not _groups(grid, rows[0]) and not _only_units(grid, rows[1]):
        return []
    texts = [top + leaf for top, leaf in labels.values()]
    if _tells_of_plans(grid, rows[0], texts):
        texts = [MONTH_END.sub("月", text) for text in texts]  # “进度计划”之下的“1月底累计进度”
    months = {plan[1] for text in texts if (plan := recognise_plan(text))}
    done = _tells_of_done(grid, rows[0], labels, months)
    planned = not done and (
        len(months) >= FEWEST_PLAN_MONTHS or (len(months) > 0 and _plans_months(grid, rows[0]))
    )
    columns = []
    for index, (top, leaf) in sorted(labels.items()):
        column = column_of(index, top, leaf, year=year, planned=planned, problems=problems)
        over = len(rows) == 1 and grid.span(rows[0], index)[1] > 1  # 横着合并的，下面还有一级
        if done and _BARE_MONTH.fullmatch(column.header) and not over:
            column = replace(column, field="month_investment")  # “分月完成情况”之下的“7月”“8月”
        columns.append(choices.apply(column))
    return columns


def _tells_of_plans(grid: Grid, row: int, texts: list[str]) -> bool:
    """表名、题头说的是计划，列出了半年以上的月底；旁边没有写完成了多少。"""
    above = (grid.text(upper, c) for upper in range(1, row) for c in grid.by_row.get(upper, ()))
    told = any(re.search("计划|控制线", compact(text)) for text in (grid.name, *above))
    ends = sum(MONTH_END.search(text) is not None for text in texts)
    return told and ends >= MONTHS_AHEAD and not any("完成" in text for text in texts)


def _plans_months(grid: Grid, row: int) -> bool:
    """表名、题头写明是哪几个月的计划：“3-4月工作计划安排”“12月份工作与投资计划”。"""
    told = [_label(compact(grid.name))] + [
        _label(compact(grid.text(upper, c))) for upper in range(1, row) for c in grid.by_row.get(upper, ())
    ]
    return any(_PLAN_OF_MONTHS.search(text) and not _DONE_TOLD.search(text) for text in told)


def _tells_of_done(grid: Grid, row: int, labels: dict[int, tuple[str, str]], months: set[int]) -> bool:
    """表名、题头说的是完成了多少，没有说计划；或只有几个月，旁边有累计、进展。各月写的是话的，是打算做什么，不算。"""
    above = (grid.text(upper, c) for upper in range(1, row) for c in grid.by_row.get(upper, ()))
    told = compact(grid.name) + "".join(compact(text) for text in above)
    bare = [index for index, (top, leaf) in labels.items() if _BARE_MONTH.fullmatch(compact(leaf or top))]
    groups = {compact(labels[index][0]) for index in bare if labels[index][1]}
    if any(re.search("进[度展]|实际", group) and not re.search("计划|目标|安排", group) for group in groups):
        return True  # “各月形象进度”之下的“6月”“7月”
    if any(re.search("分月计划|月度计划", group) and not re.search("完成|执行", group) for group in groups):
        return False
    if any(nature_of(grid, index, row + 1) == WORDS for index in bare):
        return False
    if re.search(r"(执行|完成|落实|进展|推进)情况|月报", told):
        return True  # “投资计划执行情况”说的是完成了多少
    if re.search(r"计划|目标|安排|排程|排期", told):
        return False
    beside = {recognise_header(leaf or top, year=None) for top, leaf in labels.values()}
    if "完成" in told or (len(months) < MONTHS_OF_A_PLAN and beside & _OF_DONE):
        return True
    first = row + 1 + any(leaf for _, leaf in labels.values())
    total = [i for i, (top, leaf) in labels.items() if _RUNNING_TOTAL.fullmatch(compact(leaf or top))]
    to_come = any(nature_of(grid, index, first) is None for index in bare)  # 还没有到的月份空着
    return bool(total and (to_come or beside & {"work", "progress"})) and adds_up(grid, total[0], bare, first)


def _candidate(grid: Grid, rows: tuple[int, ...], columns: list[Column], problems: bool) -> Header | None:
    first = rows[-1] + 1
    columns = supply(grid, columns, first, "problems") if problems else columns
    header = Header(rows=rows, columns=told_once(supply(grid, columns, first, "name")), problems=problems)
    return header if len(header.known) >= 2 else None


def _complete(header: Header) -> bool:
    return ("problems" if header.problems else "name") in header.known


def _labels(grid: Grid, rows: tuple[int, ...]) -> dict[int, tuple[str, str]]:
    """Column → (upper label, lower label). An upper label reaches right over the columns that have a lower one."""
    if len(rows) > 2:
        upper, lower = _labels(grid, (rows[0], rows[0])), _labels(grid, rows[1:])
        return {
            column: _joined(upper.get(column, ("", ""))[0], *lower.get(column, ("", "")))
            for column in sorted({*upper, *lower})
        }
    found: dict[int, tuple[str, str]] = {}
    columns = sorted({c for row in rows for c in grid.by_row.get(row, [])} | _under_merge(grid, rows[0]))
    group = ""
    for column in columns:
        content = grid.merged(rows[0], column)
        top = _label(content.text) if content else ""
        leaf = _label(grid.text(rows[1], column)) if len(rows) == 2 else ""
        if top:
            group = top
        elif leaf and (rows[0], column) not in grid.anchors:
            top = group
        if (top or leaf) and len(compact(top)) <= LONGEST_HEADER and len(compact(leaf)) <= LONGEST_HEADER:
            found[column] = (top, leaf)
    if len(rows) == 1:  # 横向合并的单级表头只算左上角一列
        found = {c: v for c, v in found.items() if (rows[0], c) in grid.cells}
    return found


def _label(text: str) -> str:
    """表头一格的字：去掉脚注号，“四月份”“一至四月”“1到4月”写成“4月份”“1至4月”，“前六个月”写成“1-6月”，“Q1”写成“一季度”。"""
    plain = _QUARTER.sub(lambda found: f"{'一二三四'[int(found.group(1)) - 1]}季度", _FOOTNOTE.sub("", text))
    plain = _MONTH_IN_WORDS.sub(lambda found: str(_MONTHS[found.group()]), plain)
    plain = re.sub(r"(?<=\d)(月?)到(?=\d{1,2}月)", r"\1至", plain)
    return _FIRST_MONTHS.sub(r"1-\1月", plain)


def _joined(*parts: str) -> tuple[str, str]:
    """几级表头连成两级：最下一级之上的连写；最下一级只写单位的，附在它的上一级后面；竖着合并的不重复。"""
    told = [part for place, part in enumerate(parts) if part and part not in parts[:place]]
    if (
        len(told) > 2
        and SPAN_ALONE.fullmatch(compact(told[-2]))
        and _GENERAL.fullmatch(units.without_unit(told[-3]))
    ):
        unit = units.header_unit(told[-3])
        told[-3:-1] = [f"{told[-2]}({unit})" if unit else told[-2]]  # “计划与完成（万元）／11月／完成数”
    if len(told) > 1 and units.is_bare_unit(told[-1]):
        told[-2:] = [f"{told[-2]}({compact(told[-1]).strip('()')})"]
    told[:-1] = [re.sub(r"^20\d{2}$", r"\g<0>年", part) for part in told[:-1]]  # “2023／8月／计划”
    return ("".join(told[:-1]), told[-1]) if len(told) > 1 else ("".join(told), "")


def _groups(grid: Grid, row: int) -> bool:
    """这一行像不像一级表头里的分组名：有横向合并、不止一格。

    题名（独占一行）、“单位：万元”、“填报单位：某局”、“2022年6月25日”都不是：只有一段合并的，旁边须另有认得的表头。
    """
    columns = grid.by_row.get(row, [])
    texts = {column: compact(grid.text(row, column)) for column in columns}
    labelled = len(columns) <= MOST_LABELLED and any(map(_LABELLED.match, texts.values()))
    if labelled or any(map(synonyms.is_unit_line, texts.values())):
        return False
    spanning = [column for column in columns if grid.span(row, column)[1] > 1]
    beside = any(recognise_header(text, year=None) for c, text in texts.items() if c not in spanning)
    upright = [column for column in columns if grid.span(row, column) > (1, 1) and column not in spanning]
    # 其余各格都竖着合并的，这一格横着的就是分组名
    down = bool(upright) and len(upright) + len(spanning) == len(columns)
    return len(spanning) > 1 or (bool(spanning) and (beside or down))


def _under_merge(grid: Grid, row: int) -> set[int]:
    found: set[int] = set()
    for column in grid.by_row.get(row, []):
        found.update(range(column, column + grid.span(row, column)[1]))
    return found


def _is_as_deep(grid: Grid, rows: tuple[int, ...], year: int) -> bool:
    """名称、序号一格竖着合并占了几行，表头就有几级。"""
    return len(rows) in _mark_depths(grid, rows[0], year) and rows[-1] in grid.by_row


def _mark_depths(grid: Grid, row: int, year: int) -> set[int]:
    """名称、序号各竖着占几行。"""
    columns = grid.by_row.get(row, [])
    marked = {
        grid.span(row, column)[0]
        for column in columns
        if grid.span(row, column)[1] == 1  # “项目”横着合并的，“项目名称”在下一级
        and recognise_header(grid.text(row, column), year=year) in ("name", "seq")
    }
    upright = {grid.span(row, column)[0] for column in columns if grid.span(row, column)[1] == 1}
    return marked or {deep for deep in upright if deep > 1}  # 名称叫法没有见过的，看别的格


def _only_units(grid: Grid, row: int) -> bool:
    """一行里只写着各列的单位：“万元”“%”。"""
    texts = [grid.text(row, column) for column in grid.by_row.get(row, [])]
    return bool(texts) and all(units.is_bare_unit(text) or compact(text) in ("%", "(%)") for text in texts)


def _has_second_level(grid: Grid, row: int, year: int) -> bool:
    """下一行是不是第二级表头：名称、序号下面没有自己的内容，而且有合并的上级，或多数字样像表头。"""
    below = grid.by_row.get(row + 1, [])
    if not below:
        return False
    for column in grid.by_row.get(row, []):
        single = grid.span(row, column)[1] == 1  # “项目”横着合并的是上级，下面才是“项目名称”
        if (
            single
            and recognise_header(grid.text(row, column), year=year) in ("name", "seq")
            and column in below
        ):
            return False
    grouped = any(
        grid.span(row, column)[0] == 1
        and any(column <= c < column + grid.span(row, column)[1] for c in below)
        for column in grid.by_row.get(row, [])
        if grid.span(row, column)[1] > 1
    )
    texts = [grid.text(row + 1, column) for column in below]
    if _only_units(grid, row + 1):
        return True
    if any(re.fullmatch(r"[\d.,]*\d[\d.,%]*", compact(text)) for text in texts):
        return False
    alike = sum(bool(recognise_header(t, year=year) or recognise_plan(t)) for t in texts)
    covered = max(_mark_depths(grid, row, year), default=1) > 1  # 名称竖着合并，下一行还是表头
    return grouped or covered or alike * 2 >= len(texts)
