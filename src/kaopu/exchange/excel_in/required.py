"""必有的列：问题清单的问题、各种表的项目名称，表头上认不出的，凭字眼与内容补上（HANDBOOK §7.2 第2条）。

补上的都写明是推的；补不上，整张表就读不进来。
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kaopu.exchange.excel_in.contents import OTHER_THINGS, WORDS, could_name, mean_length, nature_of
from kaopu.exchange.excel_in.fields import Column, known_in
from kaopu.exchange.excel_in.grid import Grid

FEWEST_KNOWN = 3  # 别的列至少认得这么多，才谈得上是表头
FEWEST_BESIDE_NAME = 2
LONGEST_LABEL = 20
SHORTEST_PROBLEM = 6  # 一句问题平均至少这么多字
FEWEST_DISTINCT = 0.3  # 一个项目可以有几条问题
_OF_A_PROBLEM = frozenset(
    {
        "name", "responsible_unit", "lead_unit", "assist_units", "due", "status", "measures", "cause", "raised_on", "raised_by",
        "closed_on", "request", "work",
    }
)  # fmt: skip
_ITEM = re.compile(r"(项目|工程|实事)内容$|^(建设|重点|年度)任务$")
_LIKELY = {
    "name": re.compile(
        r"(项目|工程|标的)(?!.*(单位|部门|编号|代码|类|性质|属性|公司|内容|规模|数|负责|领导|经理|阶段|状态|来源|情况|描述|概况|简介|动态|现状|状况|工程量|进[展度]|形象|推进|时间|日期|投资|进度|造价|[概估]算|资金|金额))"
        r"|(?<!单位)(?<!部门)(?<!企业)(?<!公司)(?<!街镇)(?<!街道)名称"
    ),
    "problems": re.compile(
        r"问题(?!数|个|编号|类|来源|等级)|矛盾|(?<!实)事项|困难|障碍|诉求|内容|具体情况|情况描述|情形|现象|(巡查|检查|走访)发现|(会议|督办|交办)要求"
    ),
}
_BY_FUNDS = re.compile("(企业|政府|社会|财政|民间|国有)投资(项目|工程)(名称)?")  # 下面写着话的，是项目名称
_OBJECT = re.compile(  # 没有写“项目”的，写的是哪个点、哪条路
    r"[^单位部门街镇性质]{0,6}(点位|子项|工地|工点|基地|地块|路段|路名|道路|河道|学校|医院|小区|站点|车站|区间|场馆|单体|楼宇|楼盘|载体|房源)(名称|／.*)?([(/及].*)?"
)


def supply(grid: Grid, columns: list[Column], first: int, needed: str) -> list[Column]:
    """按字眼补上必有的一列（项目名称、存在问题）；已有、别的列认得太少、没有像的，原样给回。

    ``first`` 是内容起始的行：下面写的是数、日期的不要。
    """
    known = known_in(columns)
    planned = sum(column.month is not None for column in columns)  # 月度计划表上，一个月也算认得一列
    enough = len(known) + planned >= FEWEST_KNOWN or (needed == "name" and "problems" in known)
    if needed in known or not enough or any(len(c.header) > LONGEST_LABEL for c in columns):
        return columns
    spare = [
        c for c in columns
        if c.unit is None and (c.field.startswith("other:") or _BY_FUNDS.fullmatch(c.header))
    ]  # fmt: skip
    likely = [
        c for c in spare if _likely(c.header, needed) and nature_of(grid, c.index, first) in (None, WORDS)
    ]
    if needed == "name":  # “线路名称”旁边的“影响项目”才是项目
        likely.sort(key=lambda c: re.fullmatch("影响(的)?(项目|工程)(名称)?", c.header) is None)
        likely = likely or [c for c in spare if _OBJECT.fullmatch(c.header)]
    if not likely and needed == "problems":  # 滞后项目表上，问题就是“滞后原因”
        likely = [c for c in columns if c.field == "cause" and re.search("因|症结|缘由|根子", c.header)]
    return _as_needed(columns, likely, needed)


def _as_needed(columns: Sequence[Column], likely: Sequence[Column], needed: str) -> list[Column]:
    return [replace(c, field=needed, guessed=True) if likely and c is likely[0] else c for c in columns]


def problems_by_content(grid: Grid, columns: list[Column], first: int) -> list[Column]:
    """问题清单的表头上找不出问题的，看内容：认不出的列里写得最长的就是；怎么来、怎么办的列认得太少的不推。"""
    known = known_in(columns)
    if "problems" in known or len(known & _OF_A_PROBLEM) < FEWEST_KNOWN:
        return columns
    told = {c.index: mean_length(grid, c.index, first) for c in columns if c.field.startswith("other:")}
    longest = max(told, key=told.__getitem__, default=0)
    likely = [c for c in columns if c.index == longest and told[longest] >= SHORTEST_PROBLEM]
    return _as_needed(columns, likely, "problems")


def name_of_problems(grid: Grid, columns: Sequence[Column], first: int) -> list[Column]:
    """问题清单的表头上找不出项目名称的，看内容：问题左边一列像名称的就是。"""
    asked = next((c.index for c in columns if c.field == "problems"), 0)
    spare = [c for c in columns if c.field.startswith("other:") and c.index < asked]
    named = "name" in known_in(columns)
    likely = [c for c in spare if not named and could_name(grid, c, first, distinct=FEWEST_DISTINCT)]
    return _as_needed(columns, likely, "name")


def name_by_content(grid: Grid, columns: list[Column], first: int) -> list[Column]:
    """表头上找不出项目名称的，看内容：最左一列像名称的就是；别的列认得不到两个的不推。"""
    known = known_in(columns) - {"seq", "note"}
    if "name" in known or len(known) < FEWEST_BESIDE_NAME:
        return columns
    spare = [c for c in columns if c.field.startswith("other:")]
    likely = [  # “实事项目内容”“建设任务”写的就是哪个项目
        c for c in columns
        if (c in spare and could_name(grid, c, first))
        or ((c in spare or c.field in ("scale", "goal")) and _ITEM.search(c.header) and could_name(grid, replace(c, header="项目"), first))
    ]  # fmt: skip
    return _as_needed(columns, likely, "name")


def _likely(header: str, needed: str) -> bool:
    """表头的字眼像不像要补的那一列；“指标名称”“设备名称”不是项目名称。"""
    other = needed == "name" and re.search(rf"^是否|{OTHER_THINGS}|\([个项]\)", header) is not None
    return not other and _LIKELY[needed].search(header) is not None
