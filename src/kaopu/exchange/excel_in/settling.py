"""表头认完之后按表里的内容定下来：各列的金额单位从哪里来，看着像而内容不是的列退回原文（HANDBOOK §7.2 第2、3条）。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kaopu.exchange.excel_in import fields, synonyms, units
from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.claims import told_in_parts
from kaopu.exchange.excel_in.contents import AMOUNT, nature_of, number_at, texts_of
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.units import without_unit
from kaopu.exchange.excel_in.wording import since_new_year
from kaopu.exchange.excel_in.words import UNSAID, compact

_UNIT_WORD = r"(亿元|百万元|千元|万元|(?<![万亿千])元)"
_COLUMN_WORD = (
    r"(总投资|(?:年度|本年)?计划(?:投资)?|年度投资|本月|当月|累计|完成投资|财政|社会|其余|其他|其它)"
)
# “总投资单位为亿元”“亿元（总投资）”：中间不许有数字，那是在说某个数。
_FORWARD = re.compile(_COLUMN_WORD + r"[^,，。;；、()\d]{0,8}?(?:单位)?(?:均?为|是|以|按|用|:)?" + _UNIT_WORD)
_BACKWARD = re.compile(_UNIT_WORD + r"\(" + _COLUMN_WORD + r"[^()\d亿万千元]{0,6}\)")
_REST = ("其余", "其他", "其它")
_NUMBER = re.compile(r"[约近超逾]?[-\d.,]+(%|[十百千]?[万亿]?元?)?(左右|以上)?")
_NAMED = fields.ORGANIZATIONS | {"street", "nature", "key_area", "category"}  # 写的是名称，不会全是数
_DOUBTED = fields.AMOUNTS | {
    "work",
    "problems",
    "next_steps",
    "measures",
    "goal",
    "progress",
    "unit",
    "plan_progress",
    "plan_work",
    "goal_due",
}
_ONE_MONTH = re.compile(r"(?<![\d\-—–~至])(1[0-2]|0?[1-9])月(?!底|末)")
_ALONE = re.compile(r"(.*／)?(?:1[0-2]|0?[1-9])月份?(?:\([亿百千万]*元\))?")
_CUMULATED = re.compile(
    r"(?:[-—–~至到]|截至|截止)(?:20\d{2}年)?(1[0-2]|0?[1-9])月|(?<![\d\-—–~至])(1[0-2]|0?[1-9])月(?:底|末|份)?累计"
)
_LAST_OF_PART = {"一季度": 3, "1季度": 3, "上半年": 6, "前三季度": 9, "前3季度": 9}
_LAST_OF_QUARTER = {
    **dict(zip("一二三四", (3, 6, 9, 12), strict=True)),
    **dict(zip("1234", (3, 6, 9, 12), strict=True)),
}
_QUARTER = re.compile(r"([一二三四1-4])季度")
_PART_OF_YEAR = "|".join(_LAST_OF_PART)
_PART_DONE = re.compile(
    rf"(?:20\d{{2}}年)?第?({_PART_OF_YEAR})(?:(?:累计|实际)?完成(?:投资)?|实际投资)(?:额|数)?"
    rf"|[^计]*完成(?:投资)?({_PART_OF_YEAR})(?:合计|累计|小计)?"
)
_OF_ONE_MONTH = re.compile(
    r"(.*完成.*／|.*投资.*／)?(1[0-2]|0?[1-9])月份?(实际)?(完成)?(投资)?(额)?(\(.*\))?"
)
_SUM = re.compile(r"(^|／)(上半年|前?\d+个?月|(一|前三)季度)?(合计|小计|总计)(\(.*\))?$")
_YEARS_STAGE = re.compile(r"(20\d{2}年度?|年度|全年)(形象|工程)?进度(安排|要求|计划)?")
_BARE_MONTH = re.compile(r"(20\d{2}年)?\d{1,2}月份?(／?计划)?")
_EXCEPT = re.compile(r"[(,，]([^()]+?)除外\)?")
_DONE_OR_PLANNED = frozenset({"planned_investment", "month_investment", "cumulative_investment"})
_WORDED_PLAN = ("next_steps", "goal")  # “计划”写的是下步，“年度计划”写的是目标
_ANY_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月")
_OFFICE = re.compile(r"[局委办镇处所院校会署厅]$|街道|公司|集团|中心|学校|学院|医院|单位[甲乙丙丁]?$")
_YEAR_MONTH = re.compile(r"20\d{2}[.年/-]\d{1,2}月?(\d{1,2}日?|底|中旬|上旬|下旬|[./-]\d{1,2})?")
_PHRASE = re.compile(r"[^\d.,%()约近逾超万亿元千百十以上左右其中待定至—\-~～]{4,}")
_SHARE = re.compile(
    r"(?:.*／)?(?:(?:累计|投资)?(?:完成占比|投资进度|完成|占比)(?:计划)?(?:\(%\)|%)?|\(?%\)?)"
)


def settle_units(grid: Grid, header: Header) -> Header:
    """定单位：列上写的最先，其次是“单位：”那一句里单说的列，再次是全表单位；说法不一的留空，由人来定。"""
    spoken: dict[str, str] = {}
    plain: list[str] = []
    for text in _unit_texts(grid, header):
        pairs = [*_pairs(text)]
        spoken |= {word: unit for word, unit in pairs if word not in spoken}
        if not pairs:
            short = units.stated_unit(text) or units.header_unit(text)  # “单位：万”
            told = units.all_units(text) or ([short] if short else [])
            plain += [unit for unit in told if unit not in plain]
    rest = next((spoken.pop(word) for word in _REST if word in spoken), None)
    for text in _unit_texts(grid, header):  # “单位：万元（总投资为亿元）”：括号外的是全表单位
        if _pairs(text) and (outside := units.stated_unit(_without_pairs(text))):
            plain.append(outside)
    stated = rest or (plain[0] if len(set(plain)) == 1 else None)
    columns = tuple(_with_unit(grid, column, header, spoken) for column in header.columns)
    return replace(header, columns=columns, sheet_unit=stated)


def _with_unit(grid: Grid, column: Column, header: Header, spoken: dict[str, str]) -> Column:
    if column.field not in fields.AMOUNTS or column.unit is not None:
        return column
    under = grid.text(header.rows[-1], column.index)  # 两级表头的下级只写“亿元”
    unit = units.header_unit(under) if units.is_bare_unit(under) else None
    if unit is None:
        unit = next((unit for word, unit in spoken.items() if word in column.header), None)
    return replace(column, unit=unit) if unit else column


def _unit_texts(grid: Grid, header: Header) -> Iterator[str]:
    """说单位的话：表头以上说到单位的格，表头以下注里说到“单位”的格。"""
    for row in range(header.rows[0] - 1, 0, -1):
        for column in grid.by_row.get(row, []):
            text = _without_exception(compact(grid.text(row, column)), header)
            if (
                units.stated_unit(text)
                or units.bracketed_unit(text)
                or synonyms.is_unit_line(text)
                or (re.search(_UNIT_WORD, text) and "单位" in text)
            ):
                yield text
    for column in grid.by_row.get(header.rows[0], []):
        text = compact(grid.text(header.rows[0], column))
        if "单位" in text and units.is_bare_unit(text):
            yield text
    for row in range(header.rows[-1] + 1, grid.last_row + 1):
        columns = grid.by_row.get(row, [])
        text = compact(grid.text(row, columns[0])) if len(columns) in (1, 2) else ""
        if (
            row == header.rows[-1] + 1
            and len(columns) == 1
            and units.stated_unit(text)
            and synonyms.is_unit_line(text)
        ):
            yield text  # 单位写在表头下面一行
        if re.match(r"注|备注|说明|※|\*|\d[.、]", text) and "单位" in text and re.search(_UNIT_WORD, text):
            yield text


def _without_exception(text: str, header: Header) -> str:
    """“单位：万元（总投资除外）”：除外的列自己写着单位的，这一句说的就是其余各列；没写的，不知道它的单位，这一句不算。"""
    if (found := _EXCEPT.search(text)) is None:
        return text
    excepted = [c for c in header.columns if c.field in fields.AMOUNTS and found.group(1) in c.header]
    return _EXCEPT.sub("", text) if excepted and all(c.unit for c in excepted) else ""


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [(m.group(1), m.group(2)) for m in _FORWARD.finditer(text)]
    return found + [(m.group(2), m.group(1)) for m in _BACKWARD.finditer(text)]


def _without_pairs(text: str) -> str:
    return re.sub(r"\([^()]*\)", "", _BACKWARD.sub("", text)) if "(" in text else ""


def settle_columns(grid: Grid, header: Header) -> Header:
    """按内容核实列：“形象进度”写话的按工作进展读；金额列里全是话的退回原文；“单位”列里写的是金额单位才算；

    月度计划只写“3月”的，下面全是数的是投资，全是百分数的是进度，不是工作内容。
    """
    columns: list[Column] = []
    for column in header.columns:
        if column.field in _NAMED and nature_of(grid, column.index, header.rows[-1] + 1) == AMOUNT:
            columns.append(replace(column, field=f"other:{column.header}"))
            continue
        ratio = _SHARE.fullmatch(column.header) is not None and header.column("year_ratio") is None
        if column.field not in _DOUBTED and not ratio:
            columns.append(column)
            continue
        repeated = column.header.split("／")  # 换页后重复的表头
        texts = [
            text
            for text in texts_of(grid, column.index, header.rows[-1] + 1)
            if text not in repeated
            and not text.startswith(("#", "="))  # 公式错误、没有存结果的公式，看不出写的是什么
        ]
        field = _share(grid, column, texts, header) if ratio else column.field
        if field == column.field and field in _DOUBTED:
            field = settled_field(column, texts, header)
        columns.append(replace(column, field=field) if field != column.field else column)
    return replace(header, columns=_take_up(columns) if "goal_due" in header.known else tuple(columns))


def _take_up(columns: list[Column]) -> tuple[Column, ...]:
    """“目标节点”写的是话、归了年度目标，时间就在“节点时间”那一列。"""
    if any(column.field == "goal_due" for column in columns):
        return tuple(columns)
    dated = [
        column.index for column in columns
        if column.field.startswith("other:") and synonyms.recognise_header(column.header, year=None) == "goal_due"
    ]  # fmt: skip
    return tuple(replace(c, field="goal_due") if c.index in dated[:1] else c for c in columns)


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
    stages = {c.index: int(m) for c in header.columns if (m := _stage_of(c)) is not None}
    quarterly = any(_QUARTER.search(c.header) for c in header.columns if c.index in stages)
    current = (month.month + 2) // 3 * 3 if quarterly else month.month
    ours = next((c for c in header.columns if stages.get(c.index) == current), None)
    if ours is None:
        return header
    others = [c for c in header.columns if c.index in stages and c is not ours]
    field = next((c.field for c in (ours, *others) if not c.field.startswith("other:")), ours.field)
    columns = []
    for column in header.columns:
        if column is ours:
            column = replace(column, field=field, doubt="")
        elif column in others:
            column = replace(column, field=f"other:{column.header}")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def _stage_of(column: Column) -> str | None:
    """“5月形象进度”“截至5月底进展”说的是几月；没有写月份的、不是进展的为空。"""
    told = column.doubt if column.field.startswith("other:") else column.field
    months = _ANY_MONTH.findall(column.header) or [
        str(_LAST_OF_QUARTER[q]) for q in _QUARTER.findall(column.header)
    ]
    return months[-1] if told in ("work", "progress") and len(set(months)) == 1 else None


def settle_list(header: Header, kind: str, choices: Choices) -> Header:
    """清单上“2026年形象进度”写的是这一年要做到哪一步；“已完成投资”没写到哪一天的，也可能是到上年末的。

    人定过读法的不动。
    """
    if kind != "project_list":
        return header
    goals = [
        c for c in header.columns if c.field in ("work", "progress") and _YEARS_STAGE.fullmatch(c.header)
    ]
    ours = goals[:1] if header.column("goal") is None else []
    undated = header.column("cumulative_before") is None
    columns = []
    for column in header.columns:
        if column.header in choices.columns:
            pass
        elif column in ours:
            column = replace(column, field="goal", doubt="work")
        elif undated and column.field == "cumulative_investment" and not since_new_year(column.header):
            column = replace(column, doubt="cumulative_before")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def settle_sum_of_months(grid: Grid, header: Header) -> Header:
    """各月完成之后的“合计”“小计”，等于各月相加的，是本年累计（推的，写明）。"""
    months = [c.index for c in header.columns if _OF_ONE_MONTH.fullmatch(c.header)]
    if header.column("cumulative_investment") is not None or len(months) < 2:
        return header
    for column in header.columns:
        if column.field.startswith("other:") and _SUM.search(column.header):
            rows = range(header.rows[-1] + 1, grid.last_row + 1)
            told = [(number_at(grid, r, column.index), [number_at(grid, r, m) for m in months]) for r in rows]
            sums = [total == sum(part or 0 for part in parts) for total, parts in told if total is not None]
            if sums and sum(sums) * 10 >= len(sums) * 7:
                return replace(header, columns=tuple(_with_sum(header, column)))
    return header


def _with_sum(header: Header, total: Column) -> Iterator[Column]:
    """“合计”是本年累计；写着单位而各月没有写的，各月与它相加得上，是一个单位。"""
    for column in header.columns:
        if column is total:
            column = replace(column, field="cumulative_investment", guessed=True)
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
    if column.field in ("work", "progress", "next_steps"):
        return None  # “9月完成／主要工程量”写的是话
    plain = column.header
    months = {int(found) for found in _ONE_MONTH.findall(plain)}
    top, _, leaf = plain.rpartition("／")
    done = column.field == "month_investment" or any(
        synonyms.recognise_header(text, year=None) == "month_investment"
        for text in (plain, top + leaf, leaf + top)
    )
    return months.pop() if done and len(months) == 1 else None


def settle_cumulated(header: Header, month: date | None) -> Header:
    """写明累计到哪个月的：到本月的才是本年累计，到上一个月的是上月累计，别的月份的退回原文。"""
    named = {c.index: n for c in header.columns if (n := _cumulated_to(c)) is not None}
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
    if (part := _PART_DONE.fullmatch(without_unit(column.header.replace("／", "")))) is not None:
        return _LAST_OF_PART[part.group(1) or part.group(2)]
    told = column.header if column.field != "cumulative_investment" else column.header.replace("／", "")
    if _ALONE.fullmatch(column.header):
        return None  # “1-6月完成投资”之下的“1月”“2月”，各是一个月的
    if column.field != "cumulative_investment" and (
        not column.field.startswith("other:")
        or synonyms.recognise_header(told, year=None) != "cumulative_investment"
    ):
        return None
    found = _CUMULATED.findall(told)
    return int(found[-1][0] or found[-1][1]) if found else None


def settle_next_month(header: Header, month: date | None) -> Header:
    """6 月的月报里“7月工作计划”就是下步计划；别的月份的计划不是。"""
    if month is None or header.column("next_steps") is not None:
        return header
    following = f"0?{month.month % 12 + 1}月份?"
    if month.month == 12:
        following = f"(?:{following}|{month.year + 1}年度?)"  # 年底的月报里，下步是明年的
    said = re.compile(
        rf"{following}(主要|重点)?(?:(工作|施工|工程|推进|实施|初步)?(计划|安排|打算|重点|节点|目标){{1,2}}(内容|事项|工作|(形象|工程)?进度)?|(工作|施工|建设)内容|(拟|计划|预计|将)(完成|实施|开展|达到)的?(主要|重点)?(施工|工程|工作|建设|形象)?(内容|工作|任务|事项|节点|目标|进度|部位|量)?)"
    )
    told = [
        column for column in header.columns
        if said.fullmatch(column.header) and (column.field.startswith("other:") or column.field == "work")
    ]  # fmt: skip
    columns = tuple(replace(c, field="next_steps") if c in told[:1] else c for c in header.columns)
    return replace(header, columns=columns)


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


def settle_planned(grid: Grid, header: Header, month: date | None) -> Header:
    """月报里“本月计划投资”“6月投资计划”，下面写的是数的，读来与完成数比对；写话的、别的月份的照存原文。"""
    if month is None or header.column("planned_this_month") is not None:
        return header
    ours = re.compile(
        rf"other:(?:.*／)?(?:(?:(?:本|当)月|0?{month.month}月份?)(?:投资)?(?:\([^)]*\))?／?(?:计划|目标)(?:完成)?(?:投资)?(?:额|数)?|计划(?:投资)?／(?:(?:本|当)月|0?{month.month}月份?))(?:\(.*\))?"
    )
    for column in header.columns:
        if ours.fullmatch(column.field):
            texts = texts_of(grid, column.index, header.rows[-1] + 1)
            numeric = sum(_NUMBER.fullmatch(text) is not None for text in texts)
            if numeric * 2 > len(texts):
                found = replace(column, field="planned_this_month", doubt="")
                return replace(header, columns=tuple(found if c is column else c for c in header.columns))
    return header


def _share(grid: Grid, column: Column, texts: list[str], header: Header) -> str:
    """只写“完成计划”“%”的列，下面都是百分数的是完成年度计划的比例。"""
    if not texts or not header.known & {"planned_investment", "cumulative_investment"}:
        return column.field
    cells = (grid.cells.get((row, column.index)) for row in range(header.rows[-1] + 1, grid.last_row + 1))
    shown = [c for c in cells if c is not None and compact(c.text) not in UNSAID]
    shares = all(
        c.percent
        or "%" in compact(c.text)
        or (column.percent_in_header and _NUMBER.fullmatch(compact(c.text)))
        for c in shown
    )
    return "year_ratio" if shares else column.field


_ASKED = re.compile(r"(恳|提|拟|呈)?请|希望|需.*(协调|支持)")
_BARE_LIST = frozenset({"seq", "name", "work"})
_A_STAGE = re.compile(r"(已|计划|年内|基本)?(新?开工|在建|建成|续建|竣工|新建|完工|前期|预备|储备)(项目)?")
_SPOKEN = frozenset({"work", "problems", "next_steps"})


def settled_field(column: Column, texts: list[str], header: Header) -> str:
    """看着像这个字段、内容却不是的，改认成什么字段；内容对得上的原样给回。"""
    other = f"other:{column.header}"
    if column.field == "unit":
        if texts and all(units.is_bare_unit(text) for text in texts):
            return "unit"
        named = bool(texts) and all(_OFFICE.search(text) for text in texts)  # 写的是哪家单位，不是金额单位
        return "responsible_unit" if named and header.column("responsible_unit") is None else other
    if not texts or column.percent_in_header:
        return column.field
    numeric = sum(_NUMBER.fullmatch(text) is not None for text in texts)
    if column.field in ("next_steps", "measures") and re.search("(建议|要求|意见)$", column.header):
        asked = sum(_ASKED.match(text) is not None for text in texts)
        return "request" if asked * 2 > len(texts) and header.column("request") is None else column.field
    if column.field == "work" and header.known <= _BARE_LIST and all(_A_STAGE.fullmatch(t) for t in texts):
        return "note"  # 市里公布的版式，备注写“建成”“在建”“新开工”的，叫“进展状态”也是备注
    if column.field in _SPOKEN:  # 全是数的，不是话
        return other if numeric == len(texts) > 1 else column.field
    if column.field == "plan_progress" and numeric * 2 < len(texts):
        told = any(c.field == "plan_work" and c.month == column.month for c in header.columns)
        return other if told else "plan_work"
    if column.field == "plan_work":
        return _bare_plan(column, texts, header) if numeric == len(texts) else column.field
    if column.field == "goal_due":
        dated = re.search("时间|日期|时限", column.header) or any(
            re.search(r"\d|[一二三四五六七八九十]月|季|年", text) for text in texts
        )
        return "goal_due" if dated or header.column("goal") is not None else "goal"
    if column.field == "goal":
        amounts = numeric == len(texts) and not any(text.endswith("%") for text in texts)
        return "planned_investment" if amounts and header.column("planned_investment") is None else "goal"
    if column.field == "progress" and numeric * 2 < len(texts):
        return (
            "work" if header.column("work") is None or told_in_parts(replace(column, field="work")) else other
        )
    months = [text for text in texts if _YEAR_MONTH.fullmatch(text)]
    if column.field == "planned_investment" and len(months) * 2 > len(texts):
        return "goal_due" if header.column("goal_due") is None else other  # “计划完成”写的是哪年哪月
    phrases = [text for text in texts if _PHRASE.search(text)]
    spoken = column.field in _DONE_OR_PLANNED and not numeric
    worded = spoken or re.search("情况|进[展度]|形象|部位", column.header) is not None
    if column.field in fields.AMOUNTS and worded and len(phrases) * 2 > len(texts):
        field = _WORDED_PLAN["年" in column.header] if column.field == "planned_investment" else "work"
        return field if header.column(field) is None else other  # “完成情况／6月”“计划”写的是话
    if column.field in fields.AMOUNTS and not any(
        re.search(r"[\d一二三四五六七八九十壹-玖]", t) for t in texts
    ):
        wordy = sum(len(text) > 6 for text in texts)
        return other if wordy * 2 > len(texts) else column.field
    return column.field


def _bare_plan(column: Column, texts: list[str], header: Header) -> str:
    """只写月份、下面全是数的月度计划列是什么；这个月另有同一种列的不改。"""
    found = "plan_progress" if all(text.endswith("%") for text in texts) else "plan_investment"
    other = any((item.field, item.month) == (found, column.month) for item in header.columns)
    return found if _BARE_MONTH.fullmatch(column.header) and not other else column.field
