"""发文字号（GB/T 9704，HANDBOOK §8.4）：机关代字 + 六角括号年份 + 顺序号，无“第”，不编虚位。"""

from __future__ import annotations


def document_number(organ: str, year: int, serial: int) -> str:
    """发文字号，如 ``普桃推办〔2023〕1号``；顺序号从 1 起，小于 1 抛出 ``ValueError``。"""
    if serial < 1:
        raise ValueError("顺序号从 1 起编。")
    return f"{organ}〔{year}〕{serial}号"
