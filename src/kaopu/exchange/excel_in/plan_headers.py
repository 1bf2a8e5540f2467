"""月度计划的表头：说的是几月的计划投资、计划进度还是计划工作内容（HANDBOOK §7.1 W1）。"""

from __future__ import annotations

import re

from kaopu.exchange.excel_in.words import compact

_MONTH = re.compile(r"(?<![\d\-—~至前])(1[0-2]|0?[1-9])月份?(?!底|末|累计|[-—~～至到])")


def recognise_plan(header: str) -> tuple[str, int] | None:
    """月度计划列：“3月 / 计划投资”→（plan_investment, 3）；不是月度计划列为空。"""
    plain = re.sub("累计(?=形象|进度)|\\(累计\\)|(?<=月)[底末](?=计划|目标|[(%])", "", compact(header))
    if re.search("(进度|形象)计划", plain):  # “形象进度计划（累计%）／7月末”
        plain = re.sub("(?<=月)[底末]$", "", plain)
    months = {int(m) for m in _MONTH.findall(plain)}
    if len(months) != 1 or re.search(r"实际|实绩|本月|截至", plain):
        return None
    if "完成" in plain and not re.search("计划|[要拟将]完成", plain):
        return None
    month = months.pop()
    if re.search(r"进度|%|形象|比例", plain) and "内容" not in plain:
        return "plan_progress", month
    if re.search(r"投资|金额|资金|产值|用款", plain):
        return "plan_investment", month
    return "plan_work", month
