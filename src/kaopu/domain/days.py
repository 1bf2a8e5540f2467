"""日期的写法：给人看的句子里写“2022年6月30日”，不补零（HANDBOOK §8.7）；表格的栏也同此。月末是哪天。"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def chinese_day(day: date | None) -> str:
    """日期，如 2023年1月28日；空值写作“—”。"""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def last_day_of(month: date) -> date:
    """那个月的最后一天。"""
    return month.replace(day=monthrange(month.year, month.month)[1])
