"""逐格读数：金额、日期、百分比、序号、文字各按各的读法，读不准的留空并提示（HANDBOOK §7.2 第6、7、9条）。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from kaopu.domain import parsing
from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.contents import is_office
from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.grid import Content, Grid, address
from kaopu.exchange.excel_in.problem_cells import read_status, split_problems, split_units
from kaopu.exchange.excel_in.result import CellReading, SheetWarning
from kaopu.exchange.excel_in.styles import HUNDREDTHS
from kaopu.exchange.excel_in.words import compact, mask_personal, tidy

DITTO = frozenset({"同上", "同前", "同上行", "〃", "″", "”", '"', "''", "″″"})
_NOTHING = frozenset({"/", "\\", "-", "—", "——", "–"})
_TOLD_OTHERWISE = frozenset({"name", "seq", "status"})
_NEVER_REPEATED = fields.AMOUNTS | fields.PERCENTS
_HOPED = re.compile(r"争取|力争")
UNDETERMINED = re.compile(
    r"未定|暂定|待(定|明确|确定|核|批复|补|测算?|商定)|(未|另行)(确定|明确)|不详|未知|暂缺|^TBD$",
    re.IGNORECASE,
)
MESSAGES = {
    "no_such_day": "{cell} {header}“{raw}”不存在这一天，已留空；请改为存在的日期。",
    "excel_error": "{cell} {header}是公式错误 {raw}，已留空；请在原表修正公式或直接填写数值。",
    "unparsed": "{cell} {header}“{raw}”读不出确定的值，已留空；请改写后重新导入，或导入后手工填写。",
    "ambiguous": "{cell} {header}“{raw}”有两种读法，已留空；请写成“2022年10月”这样的全称。",
    "range": "{cell} {header}为区间“{raw}”，只记上下限；定下来后请改为单一数值。",
    "range_reversed": "{cell} {header}“{raw}”前大后小，已留空；请核对区间两端。",
    "undetermined": "{cell} {header}写“{raw}”，按未定留空；确定后请补填。",
    "no_day": "{cell} {header}写“{raw}”，没有日期，只存原文；知道哪一天的请补填。",
    "day_hidden": "{cell} {header}只显示到年月，存的却是“{raw}”这一天，按这一天记；请核对说的是月还是日。",
    "before_month": "{cell} {header}写“{raw}”，说不清当月算不算，按当月底前记；请写成“6月底前”或“5月底前”。",
    "year_unknown": "{cell} {header}“{raw}”没有年份，已留空；请写明年份。",
    "negative": "{cell} {header}“{raw}”为负数；请核对。",
    "looks_like_fraction": "{cell} {header}“{raw}”小于 1，像是小数写法（0.45 即 45%）；请核对并写上百分号。",
    "ambiguous_1": "{cell} {header}写“1”，分不清是 1% 还是 100%；请写上百分号。",
    "hoped_for": "{cell} {header}写“{raw}”，是争取的时间，照读；定下来后请改。",
    "over_100": "{cell} {header}“{raw}”超过 100%；请核对。",
    "formula_uncached": "{cell} {header}是公式而文件里没有存计算结果，已留空；请用 Excel 打开、保存后重新导入。",
    "pii_masked": "{cell} {header}含手机号或身份证号，已遮盖；请勿在表中填写个人信息。",
    "unit_unknown": "{cell} {header}“{raw}”没有写单位，表上也没有写，已留空；请在表头注明“单位：万元”后重新导入。",
    "unit_scaled": "{cell} {header}的数字格式会缩放显示，存的数“{raw}”不是看到的数，已留空；请改成常规格式。",
    "percent_in_amount": "{cell} {header}是金额列，这一格却设成了百分比“{raw}”，已留空；请核对填的是金额还是比例。",
    "split_items": "{cell} {header}一格写了 {count} 条，已逐条分开；请核对分得对不对。",
    "several_units": "{cell} {header}写了 {count} 家单位“{raw}”，一个项目只记一家，先照原文当一家记；请只留牵头的一家，其余写进“配合单位”。",
    "status_partly": "{cell} {header}写“{raw}”，按部分解决记，不算销号；请确认是否销号。",
    "status_circle": "{cell} {header}写“{raw}”，实心按已销号、空心按未销号记；请确认，或写明“已销号”“未销号”。",
    "status_unclear": "{cell} {header}写“{raw}”，看不出是否销号，只存原文；请写明“已销号”或“未销号”。",
    "fill_only": "{cell} {header}只有填充色（{raw}）没有文字，不解释颜色，已留空；请写明是否销号。",
    "ditto": "{cell} {header}写“{raw}”，按上一行记；请核对，或写成全称。",
    "ditto_lost": "{cell} {header}写“{raw}”，而上一行没有内容，已留空；请写成全称。",
    "number_as_code": "{cell} {header}是 15 位以上的编码却存成了数字，末位可能已丢失；请按文本格式重填。",
}


@dataclass(frozen=True, kw_only=True)
class CellReader:
    """读一张表的格；``unit`` 是全表单位（没写为空），``year`` 用来补全没写年份的日期。"""

    grid: Grid
    unit: str | None
    year: int
    problems: bool = False
    body: int = 1  # 表头以下的第一行
    fields_at: Mapping[int, str] = field(default_factory=dict)  # 第几列 → 字段

    def read(
        self, column: Column, row: int, unit: str | None = None
    ) -> tuple[CellReading | None, list[SheetWarning]]:
        """读一格；没有内容则为空。属性列可由合并区继承，金额绝不继承（§7.2 第4条）。``unit`` 是本行自写的单位。"""
        content = self.grid.cells.get((row, column.index)) or self._inherited(row, column)
        if content is None:
            return self._painted(column, row) if column.field == "status" else (None, [])
        blank = CellReading(
            cell=address(row, column.index), field=column.field, raw=content.written, month=column.month
        )
        said = _is_ditto(content) and column.field not in _NEVER_REPEATED
        above = self._above(column, row) if said else None
        reading, codes = (blank, []) if said else self._read(column, content, blank, unit)
        if above is not None:
            reading, codes = self._read(column, above, blank, unit)
        codes = [*codes, "ditto" if above is not None else "ditto_lost"] if said else codes
        reading, masked = _mask(column, reading)
        codes = codes + masked
        return reading, [_warning(column, reading, code) for code in codes] if codes else []

    def _above(self, column: Column, row: int) -> Content | None:
        """“同上”指的内容：紧挨着的上一行同一列；那一行也写“同上”的再往上。"""
        for upper in range(row - 1, self.body - 1, -1):
            place = self.grid.anchors.get((upper, column.index), (upper, column.index))
            content = self.grid.cells.get(place) if place[1] == column.index else None
            if content is None or not _is_ditto(content):
                return content
        return None

    def _inherited(self, row: int, column: Column) -> Content | None:
        if column.field not in (fields.PROBLEM_INHERITED if self.problems else fields.INHERITED):
            return None
        anchor = self.grid.anchors.get((row, column.index))
        if anchor is None:
            return None
        if anchor[1] != column.index:  # 单位一类的可以向右继承：责任单位与建设单位合写一家
            source = self.fields_at.get(anchor[1], "")
            if anchor[0] != row or not {source, column.field} <= fields.ORGANIZATIONS:
                return None
        return self.grid.cells.get(anchor)

    def _painted(self, column: Column, row: int) -> tuple[CellReading | None, list[SheetWarning]]:
        """状态只涂了颜色：报出来，不解释（§7.2 第8条）。"""
        colour = self.grid.fills.get((row, column.index))
        if not colour:
            return None, []
        reading = CellReading(
            cell=address(row, column.index), field="status", raw="", note=f"填充色 {colour}"
        )
        shown = replace(reading, raw=colour)
        return reading, [_warning(column, shown, "fill_only")]

    def _read(
        self, column: Column, content: Content, blank: CellReading, unit: str | None
    ) -> tuple[CellReading, list[str]]:
        if content.uncached:
            return blank, ["formula_uncached"]
        if column.field in fields.AMOUNTS:
            return _amount(content, blank, unit or column.unit or self.unit)
        if column.field in fields.DATES:
            return _when(content, blank, self.year)
        if column.field in fields.PERCENTS:
            return _percent(content, blank)
        told = _TOLD_OTHERWISE | ({"problems"} if self.problems else set())
        if column.field not in told and compact(content.text) in _NOTHING:
            return blank, []  # “/”是没有可写的，不是话；问题清单里问题、状态一栏另有说法
        if column.field in _COORDINATES and UNDETERMINED.search(content.text):
            return blank, ["undetermined"]
        if self.problems and column.field == "status":
            return _status(content, blank, column.header)
        listed = self.problems and (column.field in _NUMBERED or column.field in fields.UNITS_LISTED)
        if listed or column.field == "assist_units":
            return _listed(content, blank)
        if column.field == "responsible_unit" and _SEVERAL_UNITS.search(content.text):
            return _one_unit(content, blank)
        return _text(content, blank)


_COORDINATES = frozenset({"lon", "lat"})
_SEVERAL_UNITS = re.compile(r"[、,，;；/／\s]")
_NUMBERED = frozenset({"problems", "request"})  # 一格可写几条


def _is_ditto(content: Content) -> bool:
    return len(content.text) <= 6 and compact(content.text) in DITTO


def _warning(column: Column, reading: CellReading, code: str) -> SheetWarning:
    header = column.header.replace("／", "") if column.month else column.header.rpartition("／")[2]
    message = MESSAGES[code].format(
        cell=reading.cell, header=header, raw=_short(reading.raw), count=len(reading.items)
    )
    return SheetWarning(cell=reading.cell, code=code, message=message)


# 日期的限定与金额同用一套词：某日之前即不晚于（le），之后即不早于（ge）
DATE_QUALIFIERS = {"before": "le", "after": "ge", "approx": "approx"}


def _amount(content: Content, blank: CellReading, unit: str | None) -> tuple[CellReading, list[str]]:
    raw = _plain(content.value)
    if content.scaled or content.percent:
        return blank, ["unit_scaled" if content.scaled else "percent_in_amount"]
    amount = parse_amount(raw, content.unit or unit or "万元")
    if not content.unit and unit is None and _figures(amount) != _figures(parse_amount(raw, "元")):
        return replace(blank, note=amount.note), ["unit_unknown"]  # 写了单位的照读，没写的不猜
    reading = blank  # 刚建的读数就地填完，不再复制
    reading.value, reading.qualifier, reading.note = amount.value_yuan, amount.qualifier, amount.note
    reading.low, reading.high = amount.low_yuan, amount.high_yuan
    codes = [amount.error] if amount.error else []
    if amount.qualifier == "range" and not codes:
        codes.append("range")
    return reading, codes or _undetermined(content)


def _figures(amount: parsing.Amount) -> tuple[int | None, int | None, int | None]:
    return amount.value_yuan, amount.low_yuan, amount.high_yuan


def _status(content: Content, blank: CellReading, header: str) -> tuple[CellReading, list[str]]:
    reading, codes = _text(content, blank)
    if codes or reading.value is None:
        return reading, codes
    meaning, code = read_status(str(reading.value), header=header)
    return replace(reading, note=meaning), [code] if code else []


def _listed(content: Content, blank: CellReading) -> tuple[CellReading, list[str]]:
    """一格里的几条：值仍是整格的话，另逐条分开。"""
    reading, codes = _text(content, blank)
    if codes or not isinstance(reading.value, str):
        return reading, codes
    problems = blank.field in _NUMBERED
    items = split_problems(content.text) if problems else split_units(content.text)
    if len(items) < 2:
        told = problems and items and items[0] != reading.value  # 只有一条而编了号的，编号不算
        return (replace(reading, items=items) if told else reading), codes
    if problems:
        return replace(reading, items=items), ["split_items"]
    return replace(
        reading, value=tidy(content.text, keep_lines=True), items=items
    ), []  # 不把两行的单位连成一个


def _one_unit(content: Content, blank: CellReading) -> tuple[CellReading, list[str]]:
    """清单上一个项目一家责任单位；写了几家的照原文当一家记，逐家列出，请人来定。"""
    reading, codes = _listed(content, blank)
    if not reading.items or not all(map(is_office, reading.items)):
        return _text(content, blank)
    return reading, [*codes, "several_units"]


_YEAR_AND_MONTH = re.compile(r"20\d\d\.(0[1-9]|1[0-2])")


def _when(content: Content, blank: CellReading, year: int) -> tuple[CellReading, list[str]]:
    raw = content.value if isinstance(content.value, datetime | date) else _plain(content.value)
    displayed = f"{content.value:.2f}" if content.coarse == HUNDREDTHS else ""
    if _YEAR_AND_MONTH.fullmatch(displayed):
        raw = displayed  # 存的是 2023.1，看到的是“2023.10”
    when, doubts = parse_when(raw, year), []
    if (
        content.coarse and not displayed and when.end is not None
    ):  # 打“2024年6月”，表格软件存成 6 月 1 日：说的是整月
        stated = parse_when(f"{when.end:%Y年}" + f"{when.end.month}月" * (content.coarse == "month"), year)
        if when.end in (stated.start, stated.end):
            when = stated
        else:
            doubts = ["day_hidden"]
    if (
        when.relation == "before"
        and when.precision in ("month", "quarter", "half")
        and when.start != when.end
    ):
        doubts = ["before_month"]  # “12月前”可以是 11 月底前，也可以是 12 月底前
    if when.end is None and when.status:
        doubts = [*doubts, "no_day"]  # “已开工”说了做没做，没说哪一天
    if when.end is not None and _HOPED.search(content.text):
        doubts = [*doubts, "hoped_for"]
    reading = blank
    reading.low = when.start.isoformat() if when.start else None
    reading.value = reading.high = when.end.isoformat() if when.end else None
    reading.qualifier = DATE_QUALIFIERS.get(when.relation or "")
    reading.precision, reading.note = when.precision, when.status
    return reading, ([when.error] if when.error else doubts) or _undetermined(content)


def _percent(content: Content, blank: CellReading) -> tuple[CellReading, list[str]]:
    percent = parsing.parse_percent(_plain(content.value), excel_percent_format=content.percent)
    value = None if percent.value is None else f"{percent.value.normalize():f}"
    codes = [code for code in (percent.error, percent.note) if code in MESSAGES]
    raw = f"{value}%" if content.percent and value is not None else blank.raw
    qualifier = percent.qualifier if value is not None else None
    return replace(
        blank, raw=raw, value=value, qualifier=qualifier, note=percent.note
    ), codes or _undetermined(content)


def _text(content: Content, blank: CellReading) -> tuple[CellReading, list[str]]:
    said = content.text
    if content.percent and content.numeric:  # 存的是 0.14，看到的是 14%
        said = f"{float(content.text) * 100:.4f}".rstrip("0").rstrip(".") + "%"
    text = tidy(said, keep_lines=blank.field in fields.LONG_TEXTS)
    if text.startswith("#") and re.fullmatch(
        r"#(REF!|DIV/0!|N/A|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!)", text
    ):
        return blank, ["excel_error"]
    if blank.field == "seq" and (digits := text.rstrip(".、．")).isdecimal() and len(digits) < 10:
        blank.value = int(digits)
        return blank, []
    blank.value = text
    if blank.field == "code" and content.numeric and len(compact(text)) > 15:
        return blank, ["number_as_code"]
    return blank, []


def _plain(value: object) -> object:
    """What the parser may judge by itself; anything else (time of day, …) goes in as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _undetermined(content: Content) -> list[str]:
    return ["undetermined"] if UNDETERMINED.search(content.text) else []


def _mask(column: Column, reading: CellReading) -> tuple[CellReading, list[str]]:
    """金额、日期列里读得出的数不遮（138 亿元写成元也是 11 位），其余一律查。"""
    if len(reading.raw) < 11 and not reading.note:
        return reading, []
    if column.field in fields.MEASURED and reading.value is not None and reading.note is None:
        return reading, []
    raw = mask_personal(reading.raw)
    note = mask_personal(reading.note) if reading.note else reading.note
    value = mask_personal(reading.value) if isinstance(reading.value, str) else reading.value
    if isinstance(value, int) and column.field == "seq" and mask_personal(str(value)) != str(value):
        value = mask_personal(str(value))
    items = tuple(mask_personal(item) for item in reading.items)
    if (raw, value, note, items) == (reading.raw, reading.value, reading.note, reading.items):
        return reading, []
    return replace(reading, raw=raw, value=value, note=note, items=items), ["pii_masked"]


def _short(text: str) -> str:
    plain = tidy(text)
    return plain if len(plain) <= 30 else f"{plain[:30]}…"


@lru_cache(maxsize=4096, typed=True)
def parse_amount(raw: object, unit: str) -> parsing.Amount:
    """金额解析（同一份清单里重复的写法只解析一次）。"""
    return parsing.parse_amount(raw, unit=unit)


@lru_cache(maxsize=4096, typed=True)
def parse_when(raw: object, year: int) -> parsing.When:
    """时间解析（同一份清单里重复的写法只解析一次）。"""
    return parsing.parse_when(raw, year=year)
