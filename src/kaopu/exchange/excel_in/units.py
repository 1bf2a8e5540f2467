"""金额单位：从表头、单位行、注里的话认出亿元、万元、元（HANDBOOK §7.2 第3条）。"""

from __future__ import annotations

import re

from kaopu.domain.parsing import AMOUNT_UNITS
from kaopu.exchange.excel_in.words import compact

UNITS = tuple(sorted(AMOUNT_UNITS, key=lambda unit: (len(unit), AMOUNT_UNITS[unit]), reverse=True))
WORD = "|".join(UNITS)  # 长的在前：“千万元”不是“万元”
_LARGE = WORD.removesuffix("|元")
SHORT = "|".join(unit[:-1] for unit in UNITS if unit[-2:-1] in ("万", "亿"))  # “（亿）”“（千万）”
_UNIT = re.compile(rf"[(\[【]?(?:(?:金额)?单位:?)?(?:人民币)?({WORD}|{SHORT})(?:人民币)?[)\]】]?$")
_SHEET_UNIT = re.compile(
    rf"(?:(?:单位|金额)(?:一律|统一|全部)?(?:均?为|:)?|(?:投资|资金|造价|产值)额?:|[均都][为按以用是]|[以按](?=(?:{WORD})(?:计|为单位|统计|填报)))\(?(?:人民币)?({WORD}|(?:{SHORT})(?![\u4e00-\u9fff]))"
)
_BRACKETED_UNIT = re.compile(
    rf"[(\[【](?:[^()\[\]【】]*[,、;:])?(?:单位:?)?(?:人民币)?({WORD}|{SHORT})(?:[,、;][^()\[\]【】]*)?[)\]】]"
)
_TRAILING_UNIT = re.compile(rf"(?:(?:[/,、:_-]|单位:?)+(元)|[/,、:_-]*(?:单位:?)?({_LARGE})|/({SHORT}))$")


def header_unit(header: str) -> str | None:
    """表头自带的单位：“总投资（亿元）”“总投资/亿元”→“亿元”；没有则为空。"""
    plain = compact(header)
    match = _BRACKETED_UNIT.search(plain) or _UNIT.fullmatch(plain)
    if match:
        return full_unit(match.group(1))
    trailing = _TRAILING_UNIT.search(plain)
    return full_unit(trailing.group(1) or trailing.group(2) or trailing.group(3)) if trailing else None


def bracketed_unit(text: str) -> str | None:
    """题头里括着的单位：“2022年6月月报（万元）”；“（总投资3亿元）”说的是数，不是单位。"""
    match = _BRACKETED_UNIT.search(compact(text))
    return full_unit(match.group(1)) if match else None


def labelled_unit(word: str) -> str | None:
    """题头里夹着的一个词说的单位：“万元”“人民币万元”“计划口径:万元”；不是在说单位的为空。"""
    found = re.fullmatch(rf"(?:.{{0,4}}(?:口径|单位|金额|币种):)?(?:人民币)?({WORD})", word)
    return found.group(1) if found else None


def all_units(text: str) -> list[str]:
    """一句话里提到的金额单位，按先后，不重复。"""
    found = re.findall(WORD, compact(text))
    return list(dict.fromkeys(found))


def stated_unit(text: str) -> str | None:
    """“单位：万元”这类说明的单位；“填报单位：某某”不是。"""
    match = _SHEET_UNIT.search(compact(text))
    return full_unit(match.group(1)) if match else None


def is_bare_unit(text: str) -> bool:
    """这一格是否只写了金额单位：“（万元）”“单位：万元”。"""
    return _UNIT.fullmatch(compact(text)) is not None


def full_unit(word: str) -> str:
    """单位写全：“亿”→“亿元”。"""
    return word if word.endswith("元") else f"{word}元"


def without_unit(header: str) -> str:
    """去掉表头自带的单位：“总投资（亿元）”→“总投资”，“已完成（至2021年底，万元）”→“已完成(至2021年底)”。"""
    return _TRAILING_UNIT.sub("", _BRACKETED_UNIT.sub(_rest_of_bracket, compact(header)))


def _rest_of_bracket(match: re.Match[str]) -> str:
    parts = re.split("[,、;:]", match.group(0)[1:-1])
    kept = [part for part in parts if part and part != "单位" and not is_bare_unit(part)]
    return f"({','.join(kept)})" if kept else ""
