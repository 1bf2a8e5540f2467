"""单位那一句话：“单位：万元（总投资为亿元）”“总投资、上年末累计为亿元，其余万元”说的是哪些列用哪个单位（HANDBOOK §7.2 第3条）。

一句话里每个单位词，看它前面（或后面括号里）说的是哪些列：说得上的列用它；没说是哪些列的管全表；
说了而对不上是哪一列的，这一句里管全表的那个单位也不敢用——不知道哪一列例外，用了就可能错一万倍。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kaopu.domain.parsing import FOREIGN_MONEY
from kaopu.exchange.excel_in import fields, synonyms, units
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.synonyms import recognise_header
from kaopu.exchange.excel_in.words import compact

_UNIT = re.compile(  # “总投资：亿”；“亿元以上项目”说的是哪些项目
    rf"(?:{units.WORD})(?!(?:\(含\))?及?以[上下]|级|[项工]|重[大点])|(?:{units.SHORT})(?![元\d.一-鿿])"
)
_FOREIGN = re.compile(f"[十百千万亿]*(?:{FOREIGN_MONEY})")
_OLD_CHARACTERS = str.maketrans("億萬圓圆", "亿万元元")
_BOUNDARY = re.compile(r"[,。;()\[\]【】]")
_SAYING = re.compile(  # “总投资单位均为（亿元）”：列名与单位之间的话
    r"(?:的?金额)?(?:的?(?:计量|货币)?单位)?(?:一律|统一|全部|均|都)?(?:使?用|为|以|按|是)?:?(?:人民币)?$"
)
_LEADING = re.compile(
    r"^[、和及与/+:]?(?:(?:(?:填[表报])?(?:注意?|说明|备注)|温馨提示|※|\*):?)?(?:[\d一二三四五][.、])?(?:本表|表[内中])?(?:(?:金额|计量|货币|投资)?单位:)?(?:其中:?)?(?:各列)?"
)
_JOINED = re.compile("[、和及与/+]")
_REST = re.compile("(其[余他它]|别的)(各?[列项栏]|金额|数据|数字|部分|投资|指标|[数额])*$")
_BY_PLACE = re.compile(
    r"[A-Z]{1,2}[列栏]|[第前后左右末最][\d一二两三四五六七八九十几]*[列栏]|.{0,4}(颜|底|红|黄|蓝|绿)色"
)
_SCOPE = re.compile("不?含|不?包括|不包含|未含|扣除|保留|取整")  # “万元（不含征地费）”说的是口径
_EVERYTHING = re.compile(
    r"(?:以下|以上|上述|所有|各项|各类|涉及|全部|的)*(?:投资额?|资金|金额|数字|数据|产值|造价|货币|计量|统计|填报|口径|单位|币种|[:、])*"
)
_OF_MONEY = re.compile(
    "投资|投入|资金|资本|金额|[概估匡预]算|造价|财政|计划|任务|完成|累计|[本当]月|产值|费|盘子"
)
_A_TITLE = re.compile(
    "(表|台账|清单|汇总|情况|进度|进展|报|报告|一览|材料|附件|底稿|日期|[人日局委办镇]|(?<![本当上])月)$"
)
_EXCEPT = re.compile(
    r"(?:^|[(,])(?P<behind>[^(),:]+?)的?(?:除外|另计|另列|另注|(?:单位)?见表头)\)?"
    r"|\((?:除|不含|不包括|不包含)(?P<inside>[^(),:元亿万]+?)(?:以外|之外|外)?\)|除(?P<ahead>[^(),:]+?)(?:以|之)?外,?"
)
_NO_STATEMENT = re.compile(  # “精确到万元”“请勿填亿元”“不足万元的”不是在说单位
    "(精确到|舍入到|保留到|取整到|不足|勿填?|不要填?|不再[用填]?|不是|并非|原为|达到|超过|大于|不满|[≥>])$"
)
_NOTE = re.compile(
    r"[(\[]?(填[表报])?(注|备注|说明)|温馨提示|※|\*|\(\d\)|\d[.、]|[一二三四五]、|本表|表[内中]|以上"
)
_NUMBERED = re.compile(r"\d[.、]|[一二三四五]、")  # 注里的一条，也可能是分段的标题
_ENDS_WITH_UNIT = re.compile(rf"^(?!.*(项目|见)).*(?:{units.WORD})(计|为单位|填报|统计)?[。;]?$")
_MARKED = re.compile("标注|注明|写明|另有|已注")  # “标注亿元的除外”：各列自己写着
OF_NO_COLUMN = frozenset({"fiscal_funds", "social_funds"})  # 说到而表上没有这一列的，不妨碍别的列
LONGEST_TITLE = 6
_SAID_OF_MONEY = re.compile(
    rf"(?:投资|[概估]算|计划|完成|资金)[^,。;\d]{{0,6}}(?:均?为|以|按|是)(?:{units.WORD})"
)
LONGEST_SUBJECT = 24
SHORTEST_NAME = 3
_A_NUMBER = re.compile(r"[^\d年月日]*\d[\d,]*(\.\d+)?[十百千万]?")


def settle_units(grid: Grid, header: Header) -> Header:
    """定单位：列上写的最先，其次是“单位：”那一句里单说的列，再次是全表单位；说法不一的留空，由人来定。"""
    lines = [read_unit_line(text, header.columns) for text in _unit_texts(grid, header)]
    told, stated = combine(lines)
    columns = [_with_unit(grid, column, header, told) for column in header.columns]
    return replace(header, columns=tuple(_parts_alike(columns)), sheet_unit=stated)


def _parts_alike(columns: list[Column]) -> Iterator[Column]:
    """“投资额（万元）”之后的“其中／财政资金”，与它一个单位。"""
    whole: Column | None = None
    for column in columns:
        part = column.field in fields.AMOUNTS and column.header.startswith("其中")
        if part and column.unit is None and whole is not None:
            column = replace(column, unit=whole.unit)
        whole = whole if column.header.startswith("其中") else column
        yield column


def _with_unit(grid: Grid, column: Column, header: Header, told: dict[int, str]) -> Column:
    if column.field not in fields.AMOUNTS or column.unit is not None:
        return column
    under = grid.text(header.rows[-1], column.index)  # 两级表头的下级只写“亿元”
    unit = units.header_unit(under) if units.is_bare_unit(under) else None
    unit = unit or told.get(column.index)
    return replace(column, unit=unit) if unit else column


def _unit_texts(grid: Grid, header: Header) -> Iterator[str]:
    """说单位的话：表头以上说到单位的格，表头以下注里说到“单位”的格。"""
    for row in range(header.rows[0] - 1, 0, -1):
        for column in grid.by_row.get(row, []):
            text = compact(grid.text(row, column))
            if (
                units.stated_unit(text)
                or units.bracketed_unit(text)
                or synonyms.is_unit_line(text)
                or (re.search(units.WORD, text) and re.search("单位|计量", text))
                or _SAID_OF_MONEY.search(text)
            ):
                yield text
            else:  # “填报日期：6月25日　万元”
                yield from _in_passing(grid.text(row, column))
    for column in grid.by_row.get(header.rows[0], []):
        text = compact(grid.text(header.rows[0], column))
        if "单位" in text and units.is_bare_unit(text):
            yield text
    numeric = (row for (row, _), content in grid.cells.items() if content.numeric or content.formula)
    last = max(numeric, default=0)
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
        told = "单位" in text or units.stated_unit(text) or _SAID_OF_MONEY.search(text)
        if told and re.search(units.WORD, text) and _is_note(text, header, over=row > last):
            yield text


def _is_note(text: str, header: Header, *, over: bool) -> bool:
    """表头以下的一句是不是注。``over``：在最后一行数之后；不写“注”的，在那以后、说得上是哪一列的才算。"""
    if _NOTE.match(text) and not _NUMBERED.match(text) and (over or "以下" not in text):
        return True
    named = _ENDS_WITH_UNIT.match(text) is not None and bool(read_unit_line(text, header.columns).columns)
    return over and (_NOTE.match(text) is not None or named)


def _in_passing(text: str) -> Iterator[str]:
    """一句话里单说的单位：“填报日期：6月25日　万元”；“总投资 86000 万元”说的是数，不是单位。"""
    words = [compact(word) for word in re.split(r"[\s,，;；、]+", text)]
    for before, word in zip(["", *words], words, strict=False):
        unit = units.labelled_unit(word)
        if unit and not _A_NUMBER.fullmatch(before):
            yield unit


@dataclass(kw_only=True)
class UnitLine:
    """一句话说的：各列（按列号）的单位、全表的单位、其余各列的单位。"""

    columns: dict[int, str] = field(default_factory=dict)
    sheet: list[str] = field(default_factory=list)
    rest: str = ""
    sure: bool = True


def read_unit_line(text: str, columns: Sequence[Column]) -> UnitLine:
    """读一句说单位的话；``text`` 是比对文字，``columns`` 是各列。"""
    found = UnitLine()
    text = _FOREIGN.sub("外币", re.sub('[“”"]', "", text.translate(_OLD_CHARACTERS)))
    plain, excepted = _without_exception(text, columns)
    clauses = [*_clauses(plain, [column.header for column in columns])]
    if not clauses and not _UNIT.search(text):
        short = units.stated_unit(text) or units.header_unit(text)  # “单位：万”
        found.sheet += [short] if short else []
    for subject, unit in clauses:
        told = _columns_told(subject, columns, alone=len(clauses) == 1)
        if told is None:
            found.sure = False
        elif _REST.match(subject):
            found.rest = unit
        elif told:
            found.columns |= {index: unit for index in told if index not in found.columns}
        elif (not subject or len(clauses) == 1) and unit not in found.sheet:
            found.sheet.append(unit)
    named = {column.index for column in columns if column.unit} | found.columns.keys()
    found.sure = found.sure and (excepted is None or (bool(excepted) and named.issuperset(excepted)))
    if found.rest and found.sheet not in ([], [found.rest]):
        found.sure = False  # “总投资取自批复（亿元），其余万元”：哪一列是亿元没有对上
    return found


def _clauses(text: str, heads: Sequence[str]) -> Iterator[tuple[str, str]]:
    """逐个单位词：它说的是哪些列（没说的为空串）、是什么单位。“3亿元”是数，不算。"""
    last = 0
    for match in _UNIT.finditer(text):
        start, end = match.span()
        before = text[last:start]
        after = re.match(r"\(([^()]*)\)", text[end:])
        last = end
        if (re.search(r"\d$", before) and not before.endswith("单位:1")) or _NO_STATEMENT.search(before):
            continue
        said_after = after and not _UNIT.search(after.group(1)) and not _SCOPE.match(after.group(1))
        if after and said_after and (subject := _subject(after.group(1), heads)):
            yield subject, units.full_unit(match.group())
            continue
        pieces = _BOUNDARY.split(before)
        enclosed = len(pieces) > 1 and not pieces[-1] and text[start - 1] in "([【"
        said = _subject(pieces[-2] if enclosed else pieces[-1], heads, enclosed=enclosed)
        listed = [piece for piece in pieces[:-1] if len(piece) > 1 and any(piece in head for head in heads)]
        yield "、".join([*listed, said]) if said and not enclosed else said, units.full_unit(match.group())


def _subject(said: str, heads: Sequence[str], *, enclosed: bool = False) -> str:
    """说的是哪些列；说的是全表、是题名的为空串。``enclosed``：单位写在它后面的括号里。"""
    plain = _LEADING.sub("", _SAYING.sub("", said)).removesuffix("一列").removesuffix("一栏")
    too_long = len(plain) > LONGEST_SUBJECT and "、" not in plain
    if _EVERYTHING.fullmatch(plain) or too_long or _A_TITLE.search(plain):
        return ""
    if enclosed:  # “投资单位:总投资（亿元）”；“2023年重点项目投资计划（亿元）”是题名
        plain = plain.rpartition(":")[2]
        leaves = [units.without_unit(head).rpartition("／")[2] for head in heads]
        return plain if _REST.match(plain) or plain in leaves else ""
    names = [*filter(None, _JOINED.split(plain))]
    told = _REST.match(plain) or _OF_MONEY.search(plain) or any(map(_BY_PLACE.match, names))
    return plain if told or any(name in head for name in names for head in heads) else ""


def _columns_told(subject: str, columns: Sequence[Column], *, alone: bool) -> list[int] | None:
    """说的是哪几列；没说是哪些列的为空；说了而对不上、表上没有的为 ``None``。

    ``alone``：全句只有这一个单位，表头上没有、也不像一列的就当是题名，说的是全表。
    """
    told: list[int] = []
    names = [name for name in _JOINED.split("" if _REST.match(subject) else subject) if name]
    if any(map(_BY_PLACE.match, names)):
        return None
    if alone and any(_EVERYTHING.fullmatch(name) for name in names):
        return []  # “投资、完成额均为万元”
    for name in names:
        found = _named(name, columns)
        field = recognise_header(name, year=None)
        if not found and alone and (len(names) > 1 or len(name) > LONGEST_TITLE or field is None):
            continue
        if not found and field not in OF_NO_COLUMN:
            return None
        told += found
    return told


def _named(name: str, columns: Sequence[Column]) -> list[int]:
    """表头就是它的、写着它的、字段是它的，在前的算；比例不是金额。"""
    money = [
        c for c in columns
        if c.field in fields.AMOUNTS or (c.field.startswith("other:") and not re.search("率|比|%|占", c.header))
    ]  # fmt: skip
    same = _same(name, money)
    if not same and (both := next(_run_together(name, money), None)):
        return both
    priced = [c.index for c in money if c.field in fields.AMOUNTS and name in c.header]
    field = recognise_header(name, year=None)
    by_field = [c.index for c in money if c.field == field]
    return same or priced or by_field or [c.index for c in money if name in c.header]


def _same(name: str, money: Sequence[Column]) -> list[int]:
    return [c.index for c in money if units.without_unit(c.header).rpartition("／")[2] == name]


def _run_together(name: str, money: Sequence[Column]) -> Iterator[list[int]]:
    """“总投资 年度计划”：比对文字里没有空格，两列的名字连在一起；至少一个照抄了表头。"""
    for cut in range(SHORTEST_NAME, len(name) - SHORTEST_NAME + 1):
        parts = (name[:cut], name[cut:])
        copied = [_same(part, money) for part in parts]
        if any(copied):
            kinds = [recognise_header(part, year=None) for part in parts]
            first, second = (
                found or [c.index for c in money if c.field == kind]
                for found, kind in zip(copied, kinds, strict=True)
            )
            if first and second and not {*first} & {*second}:
                yield [*first, *second]


def _without_exception(text: str, columns: Sequence[Column]) -> tuple[str, list[int] | None]:
    """“单位：万元（总投资除外）”：去掉除外的话，与除外的是哪几列；没有除外的为 ``None``，说了而对不上的为空。

    除外的列自己写着单位、这一句里另说了单位的，这一句说的就是其余各列；别的，这一句不算。
    """
    if (found := _EXCEPT.search(text)) is None:
        return text, None
    named = found.group("behind") or found.group("inside") or found.group("ahead")
    rest = _EXCEPT.sub(",", text, count=1)
    if _UNIT.search(named):  # “除总投资为亿元外，单位：万元”就是两句
        return rest if _MARKED.search(named) else f"{rest},{named.removesuffix('的')}", None
    if not _OF_MONEY.search(named) or re.search("率|比例?$|百分", named) or _MARKED.search(named):
        return rest, None  # “比例除外”说的不是金额
    subject = _subject(named, [column.header for column in columns])
    told = _columns_told(subject, columns, alone=False)
    if not told and found.group("inside") and not found.group().startswith("(除"):
        return rest, None  # “不含征地费”说的是口径
    return rest, told or []


def combine(lines: Iterable[UnitLine]) -> tuple[dict[int, str], str | None]:
    """几句话合起来：各列的单位先说的算；全表的单位说法不一的、有一句说不清哪一列例外的不算。"""
    columns: dict[int, str] = {}
    sheet: list[str] = []
    rest, sure = "", True
    for line in lines:
        columns = line.columns | columns
        sheet += [unit for unit in line.sheet if unit not in sheet]
        rest = rest or line.rest
        sure = sure and line.sure
    told = rest or (sheet[0] if len(sheet) == 1 else None)
    return columns, told if sure else None
