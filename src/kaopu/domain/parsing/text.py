"""文字的整理：全角半角、换行、不可见字符；空白格与 Excel 错误值的认法（HANDBOOK §7.2 第1、6条）。"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_LINE_BREAKS = re.compile(r"(?:_x000[dD]_|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029])+")
# 换行夹在两个西文字符之间时是词的分界，不能把两个数粘成一个。
_BREAK_IN_WORD = re.compile(r"(?<=[0-9A-Za-z])\s*\n\s*(?=[0-9A-Za-z])")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─━ーｰ", "-"))
_WAVES = str.maketrans(dict.fromkeys("〜∼～˜", "~"))

_BLANK_SIGNS = re.compile(r"[-/\\~_.*·…\s]*")
_BLANK_WORDS = frozenset(
    [
        "无",
        "暂无",
        "没有",
        "空",
        "暂缺",
        "待定",
        "未定",
        "暂未定",
        "待确定",
        "未确定",
        "暂未确定",
        "尚未确定",
        "待明确",
        "未明确",
        "尚未明确",
        "待核定",
        "待批复",
        "待补",
        "待补充",
        "另行确定",
        "不详",
        "未知",
        "n/a",
        "na",
        "tbd",
    ]
)
_EXCEL_ERROR = re.compile(
    r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    r"|PYTHON!|GETTING_DATA)|^#|^Err:[0-9]+$",
    re.IGNORECASE,
)

_OPENING = str.maketrans(dict.fromkeys("([{【〔〖「『《〈", "("))
_CLOSING = str.maketrans(dict.fromkeys(")]}】〕〗」』》〉", ")"))
_DOTS = str.maketrans(dict.fromkeys("·•・‧∙⋅●・", "·"))
_NAME_SUFFIXES = ("工程", "项目", "(新建)")


def text_of(raw: object) -> str:
    """格子的原文：空格子为空串，数字照实写出，不加千分位，不改精度。"""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, float):
        return float.__repr__(raw)
    if isinstance(raw, int) and raw.bit_length() > 4096:
        return hex(raw)  # Python 不肯把过长的整数写成十进制
    return str(raw)


def number_of(raw: object) -> Decimal | None:
    """数字格子的十进制值；浮点数按其最短写法换算，0.1 就是 0.1。布尔、无穷与非数不是数字。"""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    number = Decimal(float.__repr__(raw)) if isinstance(raw, float) else Decimal(raw)
    # 超出任何真实数量级的数不再计算：免得十进制运算溢出。
    return number if number.is_finite() and number.adjusted() <= 30 else None


def normalise_text(raw: object) -> str:
    """文字整理（显示用，§7.2 第6条）：NFKC，去换行、零宽与双向控制符，连续空格并为一个；不改大小写。"""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = unicodedata.normalize("NFKC", _LINE_BREAKS.sub("\n", text_of(raw)))
    text = text.replace("\t", " ")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cf", "Cc"))
    text = _BREAK_IN_WORD.sub(" ", text).replace("\n", "")
    return unicodedata.normalize("NFKC", re.sub(r"\s+", " ", text)).strip()


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """名称比对键（只用于比对，不用于显示，§7.2 第6条）。

    统一括号、横线、间隔号，# 作“号”，去空格，去末尾的 工程／项目／（新建），转小写；全被去掉时保留原样。
    """
    key = unicodedata.normalize("NFKC", normalise_text(name).lower())
    for table in (_OPENING, _CLOSING, _DASHES, _WAVES, _DOTS):
        key = key.translate(table)
    key = re.sub(r"-{2,}", "-", re.sub(r"\s", "", key)).replace("#", "号")
    while suffix := next((s for s in _NAME_SUFFIXES if key.endswith(s) and key != s), ""):
        key = key.removesuffix(suffix)
    return key


def plain_dashes(text: str) -> str:
    """把各式横线、波浪线统一为 - 与 ~，连写的并为一个。"""
    text = text.translate(_DASHES).translate(_WAVES)
    return re.sub(r"([-~])[-~]+", r"\1", text)


def is_blank(text: str) -> bool:
    """是否“没填”：空串、斜杠、横线、无、待定之类。没填不是错误，也不是零。"""
    return bool(_BLANK_SIGNS.fullmatch(plain_dashes(text))) or text.strip(" 。.").lower() in _BLANK_WORDS


def is_excel_error(text: str) -> bool:
    """是否 Excel 错误值：以 # 开头，或夹着 #REF! 一类（§7.2 第1条）。"""
    return bool(_EXCEL_ERROR.search(text))


def hides_digits(text: str) -> bool:
    """是否有规整后才变成数字的字符（①、²、½、㋅）：它们多是序号或脚注，并进数里就错了。"""
    return any(
        unicodedata.category(c) != "Nd" and any("0" <= d <= "9" for d in unicodedata.normalize("NFKC", c))
        for c in text
        if c > "\x7f"
    )


def without_spaces(text: str) -> str | None:
    """去掉空格；空格夹在两个数字之间时，只认整齐的三位分组（1 200 000），否则读不准，返回 ``None``。"""
    text = re.sub(
        r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9 ])", lambda m: m.group().replace(" ", ""), text
    )
    return None if re.search(r"[0-9] +[0-9]", text) else text.replace(" ", "")
