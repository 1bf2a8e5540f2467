"""金额：“约1.2亿”“2-3亿”“壹拾贰亿元”“8500万元（其中…）”→ 整数元与限定词（§7.2、§8.7）。"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from kaopu.domain.parsing.text import compact, is_excel_error, says_nothing

_UNITS = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
_SCALES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000,
           "千万": 10_000_000, "亿": 100_000_000, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}  # fmt: skip
_PREFIXES = (
    (r"(?:大)?约(?:为)?|大概|大致|估算|暂估|预计", "approx"),
    (r"不(?:低|少|小)于|不下于|至少|≥|>=", "ge"),
    (r"不(?:超|高|大|多)(?:过|于)|至多|最多|≤|<=", "le"),
    (r"逾|超过|超出|超|高于|大于|多于|>", "gt"),
    (r"近|将近|接近|不足|不到|低于|小于|<", "lt"),
)
_SUFFIXES = ((r"左右|上下", "approx"), (r"以上|及以上|起", "ge"), (r"以内|以下|之内", "le"))
_DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, **{c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")},
           "〇": 0, "○": 0, "两": 2, "貳": 2, "參": 3, "陸": 6}  # fmt: skip
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SEGMENT = re.compile(rf"({_ARABIC})((?:十|百|千)?(?:万|亿)|万亿|十|百|千|)")
_CHINESE = re.compile(r"[零一二三四五六七八九壹贰叁肆伍陆柒捌玖〇○两貳參陸十拾百佰千仟万萬亿億]+")
_LEAD = re.compile(r"^(?:项目)?(?:计划|估算|概算)?(?:总投资|投资|总额|金额|投资额|总投资额)(?:额)?(?:为|:)?")
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, kw_only=True)
class Amount:
    """金额（元）。区间只有上下限没有值；``error`` 为 excel_error、unparsed、negative、range_reversed 或空。"""

    raw: str
    value_yuan: int | None = None
    qualifier: str | None = None
    low_yuan: int | None = None
    high_yuan: int | None = None
    note: str | None = None
    error: str | None = None


def parse_amount(raw: object, *, unit: str = "万元") -> Amount:
    """读金额。没写单位的数按 ``unit``（元、千元、万元、百万元、亿元）；“3,2亿”之类一律不猜，记 unparsed。"""
    shown = "" if raw is None else str(raw)
    if isinstance(raw, bool):
        return Amount(raw=shown, error="unparsed")
    if isinstance(raw, int | float | Decimal):
        return _from_number(shown, unit)
    text = compact(raw)
    if says_nothing(text):
        return Amount(raw=shown)
    if is_excel_error(text):
        return Amount(raw=shown, error="excel_error")
    body, note = _split_note(text)
    body, qualifier = _strip_qualifier(_LEAD.sub("", body))
    amount = _range(body, unit) or _single(body, unit)
    if amount.error is None and amount.qualifier is None:
        amount = replace(amount, qualifier=qualifier or amount.qualifier)
    return replace(amount, raw=shown, note=note if amount.error is None else None)


def _from_number(shown: str, unit: str) -> Amount:
    try:
        number = Decimal(shown)
    except InvalidOperation:
        return Amount(raw=shown, error="unparsed")
    if not number.is_finite() or abs(number) * _UNITS[unit] >= _LARGEST:
        return Amount(raw=shown, error="unparsed")
    return _signed(shown, number * _UNITS[unit])


def _signed(shown: str, yuan: Decimal) -> Amount:
    value = int(yuan.quantize(Decimal(1), ROUND_HALF_UP))
    return Amount(raw=shown, value_yuan=value, error="negative" if value < 0 else None)


def _split_note(text: str) -> tuple[str, str | None]:
    """分出括号里的说明，或逗号后的“其中……”。"""
    if match := re.fullmatch(r"([^()]*)\(([^()]*)\)([^()]*)", text):
        before, note, after = match.groups()
        if note in _UNITS or note in ("亿", "万"):
            return before + note + after, None
        return before + after, note
    if match := re.fullmatch(r"(.+?)[,;、。](其中|含|包括|另)(.*)", text):
        return match.group(1), match.group(2) + match.group(3)
    return text, None


def _strip_qualifier(text: str) -> tuple[str, str | None]:
    qualifier = None
    text = re.sub(r"^(?:人民币|RMB|¥|￥)|人民币$", "", text, flags=re.I)
    for pattern, name in _PREFIXES:
        if match := re.match(rf"(?:{pattern})(?=[\d¥.{''.join(_DIGITS)}十拾])", text):
            text, qualifier = text[match.end() :], name
            break
    for pattern, name in _SUFFIXES:
        if match := re.search(rf"(?:{pattern})$", text):
            text, qualifier = text[: match.start()], qualifier or name
    if re.search(r"(?<=[亿万千百\d])[余多](?:万|亿)?元?$", text):
        text, qualifier = re.sub(r"[余多](?=(?:万|亿)?元?$)", "", text), qualifier or "gt"
    return re.sub(r"^¥", "", text), qualifier


def _range(text: str, unit: str) -> Amount | None:
    match = re.fullmatch(r"(.+?)(?:-|~|—|–|至|到)(.+)", text)
    if not match:
        return None
    low_text, high_text = match.groups()
    if re.fullmatch(rf"(?:{_ARABIC})", low_text) and (tail := re.search(r"(?:[十百千]?[万亿]|万亿)?元?$", high_text)):
        low_text += tail.group()
    low, high = _yuan(low_text, unit), _yuan(high_text, unit)
    if low is None or high is None:
        return None
    if low > high:
        return Amount(raw="", error="range_reversed")
    return Amount(raw="", qualifier="range", low_yuan=_whole(low), high_yuan=_whole(high))


def _whole(yuan: Decimal) -> int:
    return int(yuan.quantize(Decimal(1), ROUND_HALF_UP))


def _single(text: str, unit: str) -> Amount:
    negative = text[:1] in "-−" and len(text) > 1
    yuan = _yuan(text[1:] if negative else text, unit)
    if yuan is None or yuan >= _LARGEST:
        return Amount(raw="", error="unparsed")
    return _signed("", -yuan if negative else yuan)


def _yuan(text: str, unit: str) -> Decimal | None:
    """一个不带限定词的金额 → 元；读不准为 ``None``。"""
    body = re.sub(r"整$|正$", "", text)
    plain = body.removesuffix("元")
    has_yuan = plain != body
    if re.fullmatch(_ARABIC, plain):
        return _number(plain) * (1 if has_yuan else _UNITS[unit])
    if (mixed := _mixed(plain)) is not None:
        return mixed
    if _CHINESE.fullmatch(plain):
        value = _chinese(plain)
        scaled = has_yuan or re.search(r"[万萬亿億]", plain)
        return None if value is None else Decimal(value) * (1 if scaled else _UNITS[unit])
    return None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _mixed(text: str) -> Decimal | None:
    """“1亿2000万”“5千万”“1亿2千万”：各段单位须递减。"""
    total, position, last = Decimal(0), 0, Decimal("Infinity")
    for match in _SEGMENT.finditer(text):
        scale = Decimal(_SCALES.get(match.group(2), 0))
        if match.start() != position or scale >= last or scale <= 1:  # “1亿2”有歧义，不读
            return None
        part = _number(match.group(1)) * scale
        if part >= last:
            return None
        total, position, last = total + part, match.end(), scale
    return total if position == len(text) and position else None


def _chinese(text: str) -> int | None:
    """中文数字 → 整数；“一亿三”之类省略说法有歧义，不读。"""
    text = text.replace("萬", "万").replace("億", "亿")
    if re.search(r"[亿万千百仟佰][一二三四五六七八九壹贰叁肆伍陆柒捌玖两]$", text):
        return None
    for big, factor in (("亿", 10**8), ("万", 10**4)):
        if big in text:
            head, _, tail = text.rpartition(big)
            high, low = _chinese(head), _chinese(tail) if tail else 0
            return None if high is None or low is None or low >= factor else high * factor + low
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for char in text:
        if char in _PLACES:
            place = _PLACES[char]
            if place >= last or (digit is None and not (place == 10 and total == 0)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * place, None, place
        elif _DIGITS[char] == 0:
            if digit is not None:
                return None
        elif digit is None:
            digit = _DIGITS[char]
        else:
            return None
    return total + (digit or 0) if text else None
