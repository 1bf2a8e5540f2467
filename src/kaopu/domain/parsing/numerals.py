"""中文数字：大小写、口语省略、与阿拉伯数字混写，读成十进制数；有两种读法的不读（HANDBOOK §7.2 第7条）。"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = "零一二三四五六七八九"
_FORMAL = str.maketrans(
    "壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟萬億圆圓两兩〇○", "一二二三三三四五六六七八九十百千万亿元元二二零零"
)
_MAGNITUDES = (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
# 千分位必须整齐，首位不为零（001 一类是编码不是数量）；此外的写法都读不准。
ARABIC = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+")
_LONGEST = 40


def plain_characters(text: str) -> str:
    """大写、繁体、异体的数字与单位改为通用写法：壹拾贰億圓 → 一十二亿元。"""
    return text.translate(_FORMAL).replace("廿", "二十").replace("卅", "三十")


def read_number(text: str) -> Decimal | None:
    """读一个数（已用 ``plain_characters`` 整理）；读不懂或有两种读法返回 ``None``。

    能读：12.5亿、1亿2千万、三千二百万、一亿三（＝1.3亿）、三点二亿、二〇〇万。
    不读：3亿5000（省了“万”还是没省？）、三五亿（三到五亿）、1.2亿3000万、3,2。
    """
    return _read(text, 0) if 0 < len(text) <= _LONGEST else None


def _read(text: str, level: int) -> Decimal | None:
    for depth in range(level, len(_MAGNITUDES)):
        sign, size = _MAGNITUDES[depth]
        if sign in text:
            head_text, _, tail_text = text.partition(sign)
            head = Decimal(1) if sign == "十" and not head_text else _read(head_text, depth + 1)
            tail = _read_tail(tail_text, depth)
            # 后面还有数的，前面必须是不为零的整数：1.2亿3000万、0亿3000万 都读不准。
            if head is None or tail is None or (tail_text and (not head or head % 1)):
                return None
            return head * size + tail
    return _read_leaf(text)


def _read_tail(text: str, depth: int) -> Decimal | None:
    """数级后面的部分：一亿〔三〕、一亿〔二千万〕、三万〔零五〕。"""
    if not text:
        return Decimal(0)
    sign, size = _MAGNITUDES[depth]
    if text in DIGITS:
        return Decimal(DIGITS.index(text) * size // 10) if text != "零" else None
    rest = text.lstrip("零")
    # “一亿三千”可能是省了“万”，“3万5”可能是 3.5 万也可能漏了字：都不读。
    if rest == text and ((sign == "亿" and "万" not in text) or (len(text) == 1 and text in "0123456789")):
        return None
    value = _read(rest, depth + 1)
    return value if value is not None and value < size else None


def _read_leaf(text: str) -> Decimal | None:
    if ARABIC.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if "点" in text:
        whole_text, _, places = text.partition("点")
        whole = _read_leaf(whole_text)
        if whole is None or whole % 1 or not re.fullmatch(f"[{DIGITS}]+", places):
            return None
        return whole + Decimal("0." + "".join(str(DIGITS.index(c)) for c in places))
    if not re.fullmatch(f"[{DIGITS}]+", text):
        return None
    # 逐位写的数：两位而不带零的（三五）是“三到五”，不读。
    if len(text) > 1 and (text[0] == "零" or (len(text) == 2 and "零" not in text)):
        return None
    return Decimal("".join(str(DIGITS.index(c)) for c in text))
