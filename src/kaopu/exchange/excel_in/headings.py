"""分类标题的写法：五种编号、五类的名称、写明的个数（HANDBOOK §7.2 第5条）。"""

from __future__ import annotations

import re

from kaopu.exchange.excel_in.words import compact

CATEGORY_KEYS = (
    ("infrastructure", re.compile(r"^市政(基础|公用|配套)?(设施)?(建设)?(类|项目|工程|$)")),
    ("livelihood", re.compile(r"^民生(保障|工程)?(类|项目|$)")),
    ("public_service", re.compile(r"^公共服务(设施)?(类|项目|$)")),
    ("functional", re.compile(r"^功能性?(类|项目|$)")),
    ("housing", re.compile(r"^(商品)?住宅(类|项目|$)")),
)
NUMERAL = "一二三四五六七八九十"
BULLETS = "▲△■□◆◇●○★☆"
_NOTATIONS = (  # 写法 → 层级
    (1, re.compile(rf"^[{NUMERAL}]{{1,3}}[、.,]")),
    (2, re.compile(rf"^\([{NUMERAL}]{{1,3}}\)[、.]?")),
    (1, re.compile(r"^[IVX]{1,4}[、.]")),
    (3, re.compile(r"^[—–―-]{1,3}(?=\D)")),
    (3, re.compile(r"^【(?=.+】)|^\[(?=.+\])")),
    (2, re.compile(rf"^[{BULLETS}](?=.+\(\d{{1,3}}\)$)")),
)
CITY_NUMBERS = (
    (1, re.compile(rf"[{NUMERAL}]{{1,3}}、?|[IVX]{{1,4}}、?")),
    (2, re.compile(rf"\([{NUMERAL}]{{1,3}}\)")),
)
_COUNT = re.compile(r"\(?(?:共|计|合计)*(\d+)(?:个|项|件|条)[^()]*\)?$")
BARE_COUNT = re.compile(r"\((\d{1,3})\)$")  # “▲市政道路（2）”


def category_key(text: str) -> str | None:
    """五类之一的代号；“市政基础设施”“市政基础设施类”“市政基础设施类项目”都认。"""
    plain = compact(text)
    return next((key for key, pattern in CATEGORY_KEYS if pattern.match(plain)), None)


def split_count(title: str) -> tuple[str, int | None]:
    """“市政基础设施类(12个)”→（“市政基础设施类”, 12）。"""
    match = _COUNT.search(title)
    if match is None:
        return title.rstrip("】]:"), None
    return title[: match.start()].rstrip("】]:"), int(match.group(1))


def notation(lead: str) -> tuple[int, str]:
    """标题的写法 → 层级与去了编号的文字：“一、市政类”→（1, “市政类”）；不是标题写法的层级为 0。"""
    for level, pattern in _NOTATIONS:
        match = pattern.match(lead)
        if match:
            return level, lead[match.end() :].rstrip("】]")
    return 0, lead
