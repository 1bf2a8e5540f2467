"""金额格：约3.2亿、2-3亿、8500万元（其中…）读成整数元与限定词（HANDBOOK §7.2 第7条，§8.7）。"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from kaopu.domain.parsing import text as cells
from kaopu.domain.parsing.notes import split_notes
from kaopu.domain.parsing.numerals import plain_characters, read_number

AMOUNT_UNITS = {
    "元": 1,
    "百元": 100,
    "千元": 1000,
    "万元": 10**4,
    "十万元": 10**5,
    "百万元": 10**6,
    "千万元": 10**7,
    "亿元": 10**8,
    "万亿元": 10**12,
}
# 超过这个数的不是投资额，是编码：18 位项目代码、被科学计数的长数；没写单位而乘以万元以上的，11 位手机号也要挡住。
_MOST_YUAN = Decimal(10**15)
_MOST_WITHOUT_UNIT = Decimal(10**14)
_LONGEST = 80  # 去掉括注后再长的是文章，不是金额

# “不超过”须先于“超过”，“约为”须先于“约”。
_LEADING = (
    ("ge", r"不少于|不低于|不小于|不下于|至少|最少|≥|≧|>="),
    ("le", r"不超过|不高于|不多于|不大于|不超|至多|最多|最高|控制在|≤|≦|<="),
    ("gt", r"超过|超出|超|逾|大于|高于|多于|突破|>"),
    ("lt", r"将近|接近|近|不到|不足|未达到|未达|小于|低于|少于|<"),
    ("approx", r"大约|约为|约|大概|大致|预计|预估|估计|暂估|匡算|≈"),
)
_TRAILING = (
    ("approx", r"左右|上下"),
    ("ge", r"及?以上"),
    ("le", r"以内|之内|及?以下"),
)
_LABEL = re.compile(
    r"(?:项目|工程|计划|估算|概算|批复|预算|核定)*(?:总投资|投资|资金|金额|造价)(?:估算|概算|规模|总额|额)?"
    r"|(?:计划|预计|拟|已)?完成投资|计划完成|合计|共计|总计|共|计|人民币|RMB|CNY|¥|达到|达|为|在|:",
    re.IGNORECASE,
)
# 余、多夹在数与单位之间，或跟在单位后面：3000余万元、1.2亿余元、三百多万。
_AND_MORE = re.compile(r"(?:有余|余|多)(?=个?(?:[百千]?[万亿]+)?元?$)")
_RANGE = re.compile(r"([^-~至到]+)[-~至到]([^-~至到]+?)(?:之间)?")
_UNIT_TAIL = re.compile(r"[十百千]?[万亿]*元?$")
_UNIT_NOTE = re.compile(r"(?:单位:?)?(?:人民币)?([十百千]?万?亿?元)")
_QUALIFIER_NOTE = re.compile(r"\((约|左右|上下|以上|以下|以内|及以上)\)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
FOREIGN_MONEY = "美元|美金|港元|港币|欧元|日元|英镑"  # 不是人民币，不折算
_RESTATED = re.compile(r"(?:调整|变更|更改|修改|核减|调减|核增|调增)(?:为|至|到|后)|改为|" + FOREIGN_MONEY)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """金额。

    ``value_yuan``、``low_yuan``、``high_yuan`` 为整数元（四舍五入到元）；没填、区间、读不懂时 ``value_yuan`` 为 ``None``。
    ``qualifier``：approx 约、gt 逾、ge 不低于、lt 近、le 不超过、range 区间。``note``：括注，不含括号。
    ``error``：excel_error、unparsed、negative（值照记）、range_reversed；``None`` 表示读懂了，或没填。
    """

    raw: str
    value_yuan: int | None = None
    qualifier: str | None = None
    low_yuan: int | None = None
    high_yuan: int | None = None
    note: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Number:
    yuan: Decimal
    explicit: bool  # 自己写了单位


def parse_amount(raw: object, *, unit: str = "万元") -> Amount:
    """读金额格（§7.2 第7条）：没写单位的数按 ``unit`` 计，写了万、亿、元的按所写的计。

    ``unit`` 取 ``AMOUNT_UNITS`` 之一，别的单位抛 ``ValueError``；``raw`` 是什么都不抛错，读不懂记在 ``error``。
    """
    per = AMOUNT_UNITS.get(unit)
    if per is None:
        raise ValueError(f"不认识的金额单位“{unit}”，请写 {'、'.join(AMOUNT_UNITS)} 之一。")
    blank = Amount(raw=cells.text_of(raw))
    if raw is None:
        return blank
    number = cells.number_of(raw)
    if number is not None:
        return _amount(blank, _Number(number * per, explicit=False), per)
    if not isinstance(raw, str):
        return replace(blank, error="unparsed")
    return _read_text(blank, per)


def _read_text(blank: Amount, per: int) -> Amount:
    text = cells.normalise_text(_mark_new_lines(blank.raw))
    if cells.is_excel_error(text):
        return replace(blank, error="excel_error")
    if cells.is_blank(text):
        return blank
    unparsed = replace(blank, error="unparsed")
    compact = None if cells.hides_digits(blank.raw) else cells.without_spaces(text)
    if compact is None or _RESTATED.search(compact):
        return unparsed
    head, notes = split_notes(_QUALIFIER_NOTE.sub(r"\1", compact))
    units = [stated.group(1) for note in notes if (stated := _UNIT_NOTE.fullmatch(note))]
    notes = [note for note in notes if not _UNIT_NOTE.fullmatch(note)]
    if units and (len(units) > 1 or _has_own_unit(head)):
        return unparsed
    per = AMOUNT_UNITS.get(units[0], 0) if units else per
    found = _read_head(blank, head, per) if per else None
    if found is None or any(_contradicts(found, note, per) for note in notes):
        return unparsed
    return replace(found, note="；".join(notes) or None)


def _mark_new_lines(raw: str) -> str:
    """一格里分两行写的两个数，不能粘成一个：3亿↵2000万 不是 3.2 亿。"""
    return re.sub(r"(?<=[0-9０-９万亿元千百])[ 　]*[\r\n]+\s*(?=[0-9０-９])", ";", raw.strip())


def _has_own_unit(head: str) -> bool:
    return bool(re.search("[万亿元]", plain_characters(head).replace("人民币元", "元")))


def _contradicts(found: Amount, note: str, per: int) -> bool:
    """括注或后半句本身又是一个金额，且与前面的不同：3亿元，2亿元——不知以哪个为准。"""
    for clause in re.split("[,;、。](?![0-9]{3})", note):
        other = _read_head(Amount(raw=""), clause, per) if clause else None
        if other is not None and _figures(other) not in (_figures(Amount(raw="")), _figures(found)):
            return True
    return False


def _figures(amount: Amount) -> tuple[int | None, int | None, int | None]:
    return amount.value_yuan, amount.low_yuan, amount.high_yuan


def _read_head(blank: Amount, head: str, per: int) -> Amount | None:
    """读去掉括注的部分；读不懂返回 ``None``。"""
    words = _strip_words(head) if len(head) <= _LONGEST else None
    if words is None:
        return None
    body, qualifier = words
    if cells.is_blank(body):
        return blank if head and not qualifier else None
    negative = body[0] in "-−负"
    number = _read_body(body[1:] if negative else cells.plain_dashes(body), per)
    if number is not None:
        if negative:
            number = replace(number, yuan=-number.yuan)
        return _amount(replace(blank, qualifier=qualifier), number, per)
    if negative or qualifier not in (None, "approx"):
        return None
    return _read_range(blank, cells.plain_dashes(body), per)


def _strip_words(head: str) -> tuple[str, str | None] | None:
    """剥去“总投资”“人民币”“整”等字与限定词，返回数的部分与限定词；限定词互相矛盾返回 ``None``。"""
    body, found = head, []
    while True:
        if label := _LABEL.match(body):
            body = body[label.end() :]
        elif lead := _qualifier(body, _LEADING, "^(?:{})"):
            found.append(lead[0])
            body = lead[1]
        else:
            break
    body = plain_characters(body)
    while tail := _qualifier(body, _TRAILING, "(?:{})$"):
        found.append(tail[0])
        body = tail[1]
    body = re.sub(r"(?<=[0-9万亿千百十元])(?:人民币|RMB)(?=元?$)", "", body, flags=re.IGNORECASE)
    body = re.sub(r"(?<=元)[整正]$", "", body)
    body, more = _AND_MORE.subn("", body)
    body = re.sub(r"(?<=[0-9一二三四五六七八九十])个(?=[百千]?[万亿])", "", body)
    bounds = set(found + ["gt"] * more) - {"approx"}
    if bounds == {"gt", "ge"}:  # “超过3亿元以上”
        bounds = {"gt"}
    if len(bounds) > 1:
        return None
    # “约3亿余元”：有界限的以界限为准。
    return body, next(iter(bounds), "approx" if found else None)


def _qualifier(body: str, table: tuple[tuple[str, str], ...], shape: str) -> tuple[str, str] | None:
    for name, words in table:
        if found := re.search(shape.format(words), body):
            return name, body[: found.start()] + body[found.end() :]
    return None


def _read_body(body: str, per: int) -> _Number | None:
    """读一个数连同它自己的单位，换算成元。"""
    digits = body.removesuffix("元")
    explicit = digits != body or "万" in digits or "亿" in digits
    # 单写一个“一”，多半是把横线打成了汉字；“5千”不知是五千元还是五千万。
    if body == "一" or (not explicit and re.search("[0-9]", digits) and re.search("[千百十]", digits)):
        return None
    value = read_number(digits)
    return None if value is None else _Number(value * (1 if explicit else per), explicit)


def _read_range(blank: Amount, body: str, per: int) -> Amount | None:
    """读区间：2-3亿、2亿~3亿元、5000万至1亿。左边没写单位的，随右边。"""
    sides = _RANGE.fullmatch(re.sub("^(?:从|介于)", "", body))
    if sides is None:
        return None
    left, right = sides.groups()
    low, high = _read_body(left, per), _read_body(right, per)
    if high is None or (low is not None and low.explicit and not high.explicit):
        return None
    if high.explicit and not (low is not None and low.explicit):
        unit = _UNIT_TAIL.search(right)
        tail = unit.group() if unit else ""
        if re.search("[万亿]", right[: len(right) - len(tail)]):
            return None
        low = _read_body(left + (tail.lstrip("十百千") if re.search("[十百千]", left) else tail), per)
    elif _YEAR.fullmatch(left) and _YEAR.fullmatch(right):  # 2022-2025 是年份
        return None
    if low is None or max(low.yuan, high.yuan) > _most(high, per):
        return None
    if low.yuan > high.yuan:
        return replace(blank, error="range_reversed")
    return replace(blank, qualifier="range", low_yuan=_whole(low.yuan), high_yuan=_whole(high.yuan))


def _amount(blank: Amount, number: _Number, per: int) -> Amount:
    if abs(number.yuan) > _most(number, per):
        return replace(blank, qualifier=None, error="unparsed")
    yuan = _whole(number.yuan)
    return replace(blank, value_yuan=yuan, error="negative" if number.yuan < 0 else None)


def _most(number: _Number, per: int) -> Decimal:
    return _MOST_YUAN if number.explicit or per == 1 else _MOST_WITHOUT_UNIT


def _whole(yuan: Decimal) -> int:
    return int(yuan.quantize(Decimal(1), ROUND_HALF_UP))
