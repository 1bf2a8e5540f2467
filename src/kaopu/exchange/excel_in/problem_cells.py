"""问题清单的格：一格几条问题分开，一格几家单位分开，状态的各种写法归到销号与否（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from kaopu.exchange.excel_in.result import CellReading, SheetWarning
from kaopu.exchange.excel_in.synonyms import without_tick
from kaopu.exchange.excel_in.words import compact, tidy

CLOSED, OPEN, PARTLY = "已销号", "未销号", "部分解决"
_CLOSED = frozenset(
    [
        "已销号",
        "销号",
        "已解决",
        "解决",
        "已办结",
        "办结",
        "已完成",
        "完成",
        "已整改",
        "整改完成",
        "已落实",
        "已闭环",
        "闭环",
        "已协调解决",
        "全部解决",
        "合格",
        "复查合格",
        "已全部解决",
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "Y",
        "YES",
    ]
)
_OPEN = frozenset(
    [
        "未销号",
        "未解决",
        "未办结",
        "未完成",
        "未整改",
        "未落实",
        "待解决",
        "待销号",
        "待办",
        "待协调",
        "办理中",
        "推进中",
        "进行中",
        "整改中",
        "协调中",
        "解决中",
        "处理中",
        "正在办理",
        "正在推进",
        "正在协调",
        "正在解决",
        "正在整改",
        "在办",
        "否",
        "×",
        "✗",
        "✘",
        "☒",
        "╳",
        "X",
        "N",
        "NO",
        "待复查",
        "不合格",
        "尚未解决",
        "尚未销号",
        "仍未解决",
        "没有解决",
        "未启动",
        "未开展",
        "持续推进",
        "持续推进中",
        "加快推进",
    ]
)
_STILL_OPEN = re.compile(
    r"(暂|暂时|尚|仍|还)?(未|不|不能|不可|不予|无法|没有)(予以|能)?(销号|解决|办结|完成|落实|整改)?"
    r"|(正在?|持续|有序|正常|积极|加快|稳步|继续|在)(推进|办理|协调|整改|处理|解决)(中|之中)?"
    r"|(有序|正常|积极|持续)?(推进|办理|协调|整改|处理|解决)(中|之中)"
)
_OTHER_VERBS = re.compile(
    r"(?:(未|尚未|没有)|已|已经|已全部|全部)(?:消警|化解|消除|处置|处理|答复|整治|清零|整改到位|解除|销账)"
)
_POLES = (
    (re.compile(r"是|已|√|✓|(已|全部)?(销号|解决|办结|完成|整改|落实)"), CLOSED),
    (re.compile(r"否|未|×|(未|尚未|没有)(销号|解决|办结|完成|整改|落实)"), OPEN),
    (re.compile(r"(部分|基本)(销号|解决|办结|完成|整改|落实)"), PARTLY),
)
_TURNED = frozenset("√✓✔☑是×否")
_TICKS = frozenset("√✓✔☑●是1")
_MARK_AND_WORD = re.compile(r"([√✓✔×XN])(.+)")
_ADDED = re.compile(r"[,，;；、(]")
_PARTLY = re.compile(r"(已)?完成(?!100%)\d+%|基本|部分|大部|阶段性|初步")
_REMAINS = re.compile(r"正在|继续|后续|办理中|部分|基本|阶段|剩|余|未|尚|待|还|但|其中|(?<!100)%")
_UNITS = re.compile(
    r"[、,，;；/+＋|｜&＆\s]+|(?<=[局委办镇队院站所])(?:及|以及|和|与)(?=[\u4e00-\u9fff])|(?<=街道|公司|集团|中心)(?:及|以及|和|与)(?=[\u4e00-\u9fff])"
)
_ROLE = r"(牵头|配合|协同|协办|主办|负责)"
_ROLE_BEFORE = re.compile(rf"^{_ROLE}(单位|部门)?[:：]")
_LEADING = re.compile(r"^(牵头|主办)(单位|部门)?[:：]|[(（]?(牵头|主办)[)）]?$")
_NOT_NAME = re.compile(
    rf"[(（]{_ROLE}(单位|部门)?[)）]$|(?<=[局委办镇处队院站所道司团心]){_ROLE}?(等(相关)?(单位|部门)?)?{_ROLE}?$"
)
_CIRCLES = {"●": CLOSED, "○": OPEN}  # 实心已销、空心未销是多数写法；也有拿圈当“是”的，所以要提示
_LABEL = re.compile(
    r"(?:问题|事项)(?=[\d一二三四五六七八九十][:：、.．])|第(?=[一二三四五六七八九十][,，、])|其(?=[一二三四五][,，、是])"
)
_ONLY_SAYS = re.compile(r"(目前|当前)?(主要|存在|具体|突出)?的?(主要|存在)?(问题|困难|难点)(有|如下|是|为)?")
_MARKERS = (
    re.compile(  # “3、3号线保护”：行首、分号后的编号，后面可以是数字
        r"(?:^|(?<=[\n;；:：。,，、\s]))(\d{1,2})(?:[.．、)）]|\s(?=\D))(?!\d)\s*"
        r"|(?:^|(?<=[\n;；。\s]))(\d{1,2})(?:[、)）](?=\d)|[.．](?=\d+[处个户家栋幢号条项座根#＃]|\d{2,}[^\d.．%万亿]))"
    ),
    re.compile(r"(?:^|(?<=[\n;；:：。,，、\s]))?[(（](\d{1,2})[)）]\s*"),
    re.compile(r"([①-⑳])\s*"),
    re.compile(r"[(（]([一二三四五六七八九十]{1,2})[)）]\s*(?=[\u4e00-\u9fffA-Za-z\d]{2})"),
    re.compile(
        r"(?:^|(?<=[\n;；:：。,，、\s]))[(（]?([一二三四五六七八九十]{1,2})(?:[、.．)）,，:：]|是[:：,，]?(?=\D|\d+[家处户个项条幢栋层份根座名号]))\s*"
    ),
    re.compile(r"(?:^|(?<=[\n;；。]))(\d{1,2})[:：](?!\d)\s*"),
    re.compile(r"(?:^|(?<=[\n;；。\s]))([a-hA-H])[.．、)）]\s*"),
    re.compile(
        r"(?:^|(?<=[\u4e00-\u9fff)）]))(\d{1,2})[.．、](?=[\u4e00-\u9fff])"
    ),  # 前一条没有标点就接着编号
)
_NUMERALS = "一二三四五六七八九十"
_RINGED = {ord("⑴") + n: f"({n + 1})" for n in range(20)}  # ⑴ 是一个字，写的就是“(1)”
_RINGED |= {ord("❶") + n: chr(ord("①") + n) for n in range(10)}
_RINGED |= {ord("⒈") + n: f"{n + 1}." for n in range(20)}


def split_problems(text: str) -> tuple[str, ...]:
    """一格里的几条问题：有编号的按编号，没有编号的按行，一行里的按分号。"""
    plain = tidy(text.translate(_RINGED), keep_lines=True)
    unlabelled = _LABEL.sub("", plain)  # “问题一：”“第一，”“其一，”的编号
    for told, marker in (
        (told, marker) for told in dict.fromkeys((plain, unlabelled)) for marker in _MARKERS
    ):
        found = _numbered(told, marker)
        if len(found) > 1:
            return found
    lines = [
        part.strip(" ;；") for part in re.split(r"\n(?!\s*[(（](?:含|其中|包括|注))", plain) if part.strip()
    ]
    if len(lines) == 1:
        lines = [part.strip() for part in re.split(r"[;；]", plain) if part.strip()]
    return tuple(_bare(line) for line in lines)


def settle_ticks(
    values: tuple[CellReading, ...],
) -> tuple[tuple[CellReading, ...], list[SheetWarning]]:
    """“是”“否”两列都打了勾的，哪一个也不算，各提示一句。"""
    ticked = [reading for reading in values if reading.field == "status"]
    if len({reading.note for reading in ticked}) < 2:
        return values, []
    unclear = {reading.cell: replace(reading, note=None) for reading in ticked}
    message = "{cell} 与同一行另一列都打了勾，看不出是否销号；请只留一个。"
    said = [
        SheetWarning(cell=cell, code="status_conflict", message=message.format(cell=cell)) for cell in unclear
    ]
    return tuple(unclear.get(reading.cell, reading) for reading in values), said


def split_units(text: str) -> tuple[str, ...]:
    """一格里的几家单位：顿号、逗号、分号、斜杠、空白分开，括号里的不分；“牵头”“配合”“等”不是名称，牵头的排在前。"""
    depth, marked = 0, []
    for character in tidy(text, keep_lines=True):
        depth += (character in "(（") - (character in ")）")
        marked.append("\0" if depth > 0 and _UNITS.fullmatch(character) else character)
    hidden = "".join(marked)
    kept = [character for character in tidy(text, keep_lines=True)]
    found, start = [], 0
    for cut in [*_UNITS.finditer(hidden), None]:
        stop = cut.start() if cut else len(kept)
        if part := "".join(kept[start:stop]).strip():
            found.append(part)
        start = cut.end() if cut else stop
    leading = [part for part in found if _LEADING.search(part)]
    named = (_named(part) for part in (*leading, *(part for part in found if part not in leading)))
    return tuple(dict.fromkeys(name for name in named if name))


def _named(part: str) -> str:
    """去掉“牵头：”“（配合）”“等部门”这些不属名称的字。"""
    return _NOT_NAME.sub("", _ROLE_BEFORE.sub("", part)).strip()


def pole(header: str) -> str | None:
    """打勾的列：“是否销号／是”“未销号”说的是哪一种情况；不是这种列的为空。"""
    top, leaf = _asked(header)
    if any(pattern.fullmatch(top) for pattern, _ in _POLES):
        return None  # “√/×”“已销号/未销号”是一列里写哪一个
    return next((meaning for pattern, meaning in _POLES if pattern.fullmatch(leaf)), None)


def _asked(header: str) -> tuple[str, str]:
    """表头的上级与下级；教人打的勾去掉。"""
    plain = without_tick(compact(header)).replace("/", "／").replace("销项", "销号")
    top, _, leaf = (re.sub(r"(?<=.)[√×✓✔]", "", part) for part in plain.rpartition("／"))
    return top, leaf


def _asks_what_is_open(header: str) -> bool:
    """表头问的是没解决的（“未销号”“存在问题”），√ 的意思反过来；“销号/未销号”两样都写的不反。"""
    top, leaf = _asked(header)
    both = any(pattern.fullmatch(top) for pattern, _ in _POLES)
    return not both and re.search(r"^未|未(解决|销号|办结|完成)$|存在问题", leaf) is not None


def read_status(text: str, *, header: str) -> tuple[str | None, str | None]:
    """状态 → （含义，提示代码）。表头问的是“未解决”的，√ 的意思反过来；说不准的没有含义而有提示。"""
    header = without_tick(header)
    plain = compact(unicodedata.normalize("NFKC", text)).rstrip("。.").upper().replace("销项", "销号")
    if (both := _MARK_AND_WORD.fullmatch(plain)) and both.group(2) in (_CLOSED, _OPEN)[
        both.group(1) in "×XN"
    ]:
        plain = both.group(2)  # “√ 已解决”
    word, _, told = _ADDED.sub("(", plain, count=1).partition("(")  # “√（2022.5）”“否，推进中”：后面是补充
    side = pole(header)
    if side and plain in _TICKS:
        return side, "status_partly" if side == PARTLY else None
    if plain in _CLOSED or word in _CLOSED:
        if _REMAINS.search(told):
            return PARTLY, "status_partly"
        meaning = CLOSED
    elif plain in _OPEN or word in _OPEN or _STILL_OPEN.fullmatch(plain):
        meaning = OPEN
    elif _PARTLY.match(plain):
        return PARTLY, "status_partly"
    elif found := re.match(
        r"(已(?:于[^未但剩]{1,10})?(?:销号|解决|办结|完成)(?:整改|协调|落实)?(?![\u4e00-\u9fff]))|(未销号|未解决|未办结|尚未)",
        plain,
    ):
        if found.group(1) and _REMAINS.search(plain, found.end()):
            return PARTLY, "status_partly"  # “已解决2项，剩1项”“已完成50%”
        return (CLOSED if found.group(1) else OPEN), None
    elif found := _OTHER_VERBS.fullmatch(plain):
        meaning = OPEN if found.group(1) else CLOSED
    elif plain in _CIRCLES:
        return _CIRCLES[plain], "status_circle"
    else:
        return None, "status_unclear" if len(plain) <= 6 else None
    if word in _TURNED and _asks_what_is_open(header):
        meaning = OPEN if meaning == CLOSED else CLOSED
    return meaning, None


def _numbered(text: str, marker: re.Pattern[str]) -> tuple[str, ...]:
    """编号须从一起、逐个递增，才是编号；“1.5公里”“3号线”不是。"""
    cuts: list[tuple[int, int]] = []
    for found in marker.finditer(text):
        if _ordinal(next(filter(None, found.groups()))) == len(cuts) + 1:
            cuts.append((found.start(), found.end()))
    if len(cuts) < 2:
        return ()
    stops = [start for start, _ in cuts[1:]] + [len(text)]
    parts = [text[end:stop].strip(" \n;；,，、。") for (_, end), stop in zip(cuts, stops, strict=True)]
    lead = text[: cuts[0][0]].strip(" \n;；,，、:：")
    lead = "" if _ONLY_SAYS.fullmatch(lead) else lead
    return tuple(part for part in ([f"{lead}：{parts[0]}", *parts[1:]] if lead else parts) if part)


def _ordinal(mark: str) -> int:
    if mark.isdecimal():
        return int(mark)
    if "①" <= mark <= "⑳":
        return ord(mark) - ord("①") + 1
    if mark in _NUMERALS:
        return _NUMERALS.index(mark) + 1
    if mark.isascii():
        return ord(mark.lower()) - ord("a") + 1
    return 10 + _NUMERALS.index(mark[1]) + 1 if mark[0] == "十" and mark[1] in _NUMERALS else 0


def _bare(line: str) -> str:
    """单独一条的开头编号去掉：“1.土地未腾”→“土地未腾”。"""
    return re.sub(
        r"^(\d{1,2}[.．、)）](?!\d)|[(（]\d{1,2}[)）]|[①-⑳]|[◆◇●■□▪▲△★☆➢·•–—-](?=.))\s*", "", line
    ).strip()
