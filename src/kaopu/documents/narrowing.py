"""表里的一个数、一个日期不拆成两行：格里排不下的压窄字宽。"""

from __future__ import annotations

import re

_CELL_MARGINS = 6.8  # 单元格左右各 68 缇
_NARROWEST = 60  # 字宽最窄压到六成，再窄认不清
_EMS = {",": 0.32, ".": 0.32, "%": 0.95}
_ONE_WORD = re.compile(r"-?[\d,.]+%?|\d{4}年\d{1,2}月(?:\d{1,2}日|底)")


def narrowed(run: str, text: str, size: float, width: int) -> str:
    """一截字的格式 ``run``，排进宽 ``width`` 缇的格里；要压窄的加上字宽。"""
    percent = narrowing(text, size, width / 20 - _CELL_MARGINS)
    return run if percent == 100 else run.replace("</w:rPr>", f'<w:w w:val="{percent}"/></w:rPr>')


def narrowing(text: str, size: float, room: float) -> int:
    """字宽压到百分之几，才排得进 ``room`` 磅；不必压、不是一个数一个日期的为 100。宽按没有 Times New Roman 时的替代字体算。"""
    if not _ONE_WORD.fullmatch(text):
        return 100
    ems = sum(_EMS.get(character, 1.0 if ord(character) > 0x2E7F else 0.64) for character in text)
    gaps = len(re.findall(r"\d(?=[年月日])|[年月](?=\d)", text))  # 数字与字之间留的隙
    needed = size * (ems + 0.25 * gaps)
    return max(_NARROWEST, int(100 * room / needed)) if needed > room else 100
