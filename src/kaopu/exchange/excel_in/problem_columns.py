"""问题清单里写着同一字段的两列分开：责任单位与牵头部门、存在问题与需协调事项、“是”“否”两列打勾（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

import re
from dataclasses import replace

from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.contents import MOSTLY, SHARE, mean_length, nature_of, texts_of
from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.problem_cells import pole, read_status
from kaopu.exchange.excel_in.result import CellReading, SheetWarning
from kaopu.exchange.excel_in.rows import Heading
from kaopu.exchange.excel_in.synonyms import recognise_problem
from kaopu.exchange.excel_in.words import mask_personal

LONGEST_STATUS = 3  # 一个状态平均不过这么多字
_LEADS = re.compile(r"牵头|主办|承办")
_DESCRIBED = re.compile("(具体|主要|基本)(情况|情形)(描述|说明)?|(情况|情形)(描述|说明)|具体内容")
_AGREED = re.compile("(会议)?(议定|明确|商定|决定)的?(事项|内容|意见)")
_A_NUMBER = re.compile(r"(台账|预警|问题|督办|事项|工单|件|库内|榜单|滚动)(编?号|序号|[Ii][Dd])|流水号")
_ASKS = re.compile(
    r"(需|提请|请求|拟请|提交|希望|恳请|盼|区里|请区).*(协调|解决|支持|决定|帮助|协助|出面|拍板)|诉求|(配合|请求|帮助|提请)事项|支持什么|协调(解决)?(事项|内容|建议|需求|请求)|(需|提请).*研究.*事项|需.*(确认|配合|明确)$|希望怎么(解决|办)"
)
_TELLS = re.compile(r"(?<!办结)(?<!销号)(情况|进展|进度)$|(协调|办理|处理|处置|解决|整改|落实)结果$")
_TOLD_OF_UNIT = re.compile(r"\([^()]*(单位|部门|责任|牵头)[^()]*\)$")
_NOT_A_PROJECT = re.compile(r"类(别|项目)?$|问题|方面|事项|情况|已|未|销号|[局委办]$|街道$|清单|小结|其他")
_AN_OFFICE = re.compile(r"^[^、,，和及]{2,18}([局委办镇院]|街道|公司|集团|支队|中心|管理所)$")
_TOLD_AT_LENGTH = re.compile(
    r"(解决|办理|整改|落实|处理|处置|化解|推进|完成|答复|回复|反馈)(情况|进展|进度)$|(协调|反馈|答复)结果$"
)
_FROM_HEADING = {
    "name_from_heading": "{cell} 表上没有项目名称列，这一段的问题按这个标题所写的项目读；请核对，或补一列项目名称。",
    "unit_from_heading": "{cell} 表上没有责任单位列，这一段的问题按这个标题所写的单位牵头；请核对，或补一列责任单位。",
}
# 两列都像的字段 → 另一列怎么认出来、它是什么字段
_APART = {
    "responsible_unit": (_LEADS, "lead_unit"),
    "problems": (_ASKS, "request"),
    "status": (_TOLD_AT_LENGTH, "work"),
    "closed_on": (re.compile("^清零"), "due"),  # 另有“销账时间”
}


def set_columns_apart(columns: list[Column]) -> list[Column]:
    """同一字段写了两列、其中一列说得更具体的，那一列自成字段；只有一列的不动。"""
    columns = _numbered(_causes_apart(columns))
    columns = _agreed_apart(_topics_apart(columns))
    for field, (pattern, other) in _APART.items():
        alike = [column for column in columns if column.field == field]
        special = [column for column in alike if pattern.search(column.header)]
        if len(special) == len(alike) and field == "problems":  # “需解决的问题”旁边的“需区里支持事项”
            special = [column for column in special if "问题" not in column.header]
        if len(alike) > len(special) > 0:
            asked = field == "closed_on"  # 清零是哪天要清零，还是哪天清了零，问一声
            if not (asked and any(column.field == other for column in columns)):
                told = replace(special[0], field=other, guessed=asked or special[0].guessed)
                columns = [told if c is special[0] else c for c in columns]
    return columns


def _topics_apart(columns: list[Column]) -> list[Column]:
    """“议题”旁边另有“提请研究的问题”的，后一列才是问题。"""
    told = [column for column in columns if column.field == "problems"]
    topics = [column for column in told if re.fullmatch("(会议)?议题", column.header)]
    if not topics or len(topics) == len(told):
        return columns
    return [replace(c, field=f"other:{c.header}") if c in topics else c for c in columns]


def _agreed_apart(columns: list[Column]) -> list[Column]:
    """“反映的问题”旁边的“议定事项”，是会上定的怎么办。"""
    told = [column for column in columns if column.field == "problems"]
    agreed = [column for column in told if _AGREED.fullmatch(column.header)]
    if len(agreed) != 1 or len(told) < 2 or any(column.field == "measures" for column in columns):
        return columns
    return [replace(c, field="measures") if c in agreed else c for c in columns]


def _numbered(columns: list[Column]) -> list[Column]:
    """没有序号的，“台账号”“预警编号”就是序号；不是项目的编号。"""
    if any(column.field == "seq" for column in columns):
        return columns
    told = [c for c in columns if c.field.startswith("other:") and _A_NUMBER.fullmatch(c.header)]
    return [replace(c, field="seq") if c in told[:1] else c for c in columns]


def _causes_apart(columns: list[Column]) -> list[Column]:
    """“受阻原因”“具体情况”旁边只有“请求协调内容”的，前者就是问题，另一列是请求。"""
    told = [column for column in columns if column.field == "problems"]
    causes = [
        column for column in columns
        if (column.field == "cause" and "因" in column.header)
        or (column.field in ("work", f"other:{column.header}") and _DESCRIBED.fullmatch(column.header))
        or (column.field.startswith("other:") and column.header.endswith("制约"))
    ]  # fmt: skip
    if not causes or len(told) != 1 or not asks(told[0].header):
        return columns
    apart = {told[0].index: "request", causes[0].index: "problems"}
    return [replace(c, field=apart[c.index], guessed=True) if c.index in apart else c for c in columns]


def asks(header: str) -> bool:
    """这一列写的是要请谁协调，不只是有什么问题。"""
    return _ASKS.search(header) is not None


def told_to_ask(header: Header) -> Header:
    """月报、清单里只有“需协调事项”一列的，写的是请谁协调；“需协调解决的问题”是问题。"""
    return replace(
        header,
        columns=tuple(
            replace(c, field="request")
            if c.field == "problems" and asks(c.header) and not re.search("问题|困难|难[点题]|堵点", c.header)
            else c
            for c in header.columns
        ),
    )


def from_heading(
    grid: Grid, header: Header, heading: Heading | None
) -> tuple[list[CellReading], list[SheetWarning]]:
    """没有项目名称列、没有责任单位列的问题清单，小标题写的是哪个项目、哪家牵头；各提示一句。"""
    if heading is None or heading.category:
        return [], []
    cell, found = address(heading.row, heading.column), []
    title = _TOLD_OF_UNIT.sub("", heading.title)
    named = heading.declared is None and len(title) >= 2 and not _NOT_A_PROJECT.search(title)
    if header.column("name") is None and named:
        found.append(("name", title, "name_from_heading"))
    if not header.known & {"responsible_unit", "lead_unit"} and _AN_OFFICE.search(heading.title):
        found.append(("responsible_unit", heading.title, "unit_from_heading"))
    raw = mask_personal(grid.text(heading.row, heading.column))
    return (
        [CellReading(cell=cell, field=field, raw=raw, value=value) for field, value, _ in found],
        [warn(cell, code, _FROM_HEADING[code].format(cell=cell)) for _, _, code in found],
    )


def settle_status(grid: Grid, header: Header, choices: Choices) -> Header:
    """“落实情况”“完成情况”两列都像状态的，写着“已完成”“办理中”的是状态，写着一句话的是进展；只有一列而全是话的也是进展。

    全是百分数的是进度。人定过读法的不动。
    """
    columns = [_as_share(grid, c, header) if c.header not in choices.columns else c for c in header.columns]
    header = replace(header, columns=tuple(columns))
    alike = [
        c for c in header.columns
        if recognise_problem(c.header) == "status" and not pole(c.header)
        and c.field != "progress" and c.header not in choices.columns
    ]  # fmt: skip
    likely = {c.index: like_status(grid, c, header.rows[-1] + 1) for c in alike}
    if not alike:
        return _state_of_progress(grid, header, choices)
    if not any(share is not None for share in likely.values()):
        return header
    best = max(alike, key=lambda c: likely[c.index] or 0)
    sure = (likely[best.index] or 0) * 2 >= 1
    telling = [
        c for c in alike
        if (c is not best or not sure) and not _says_little(grid, c, header, alike) and likely[c.index] is not None and _TELLS.search(c.header)
    ]  # fmt: skip
    columns = []
    for column in header.columns:
        if column is best and sure:
            column = replace(column, field="status")
        elif column in telling[:1] and all(c.field != "work" or c in alike for c in header.columns):
            column = replace(column, field="work")
        elif column in alike and column.field == "status" and (sure or _is_lamp(column, likely)):
            column = replace(column, field=f"other:{column.header}")
        columns.append(column)
    return replace(header, columns=tuple(columns))


def _state_of_progress(grid: Grid, header: Header, choices: Choices) -> Header:
    """没有状态一列，而“进展情况”写的都是“未完成”“已销号”的，就是状态。"""
    told = [
        c for c in header.columns
        if c.field == "work" and c.header not in choices.columns
        and (like_status(grid, c, header.rows[-1] + 1) or 0) >= MOSTLY
    ]  # fmt: skip
    columns = (replace(c, field="status", guessed=True) if c in told[:1] else c for c in header.columns)
    return header if "status" in header.known else replace(header, columns=tuple(columns))


def _says_little(grid: Grid, column: Column, header: Header, alike: list[Column]) -> bool:
    """只有这一列像状态，写的又都是“已下达”一类两三个字的，仍是状态；读不出销没销号的，各格自有提示。"""
    return len(alike) == 1 and mean_length(grid, column.index, header.rows[-1] + 1) <= LONGEST_STATUS


def _is_lamp(column: Column, likely: dict[int, float | None]) -> bool:
    """“亮灯”一列写的是红、黄，说的是项目滞后多少，不是问题销没销号。"""
    return likely[column.index] == 0 and re.search(r"灯|颜色", column.header) is not None


def _as_share(grid: Grid, column: Column, header: Header) -> Column:
    told = recognise_problem(column.header) in ("status", "work")
    spoken = told and not pole(column.header) and "progress" not in header.known
    share = spoken and nature_of(grid, column.index, header.rows[-1] + 1) == SHARE
    return replace(column, field="progress") if share else column


def like_status(grid: Grid, column: Column, first: int) -> float | None:
    """一列里看得出销没销号的占几成；没有写字的（只涂了色）为空。"""
    told = [
        read_status(text, header=column.header)[0] is not None
        for text in texts_of(grid, column.index, first)
        if text not in column.header.split("／")  # 换页后重复的表头
    ]
    return sum(told) / len(told) if told else None


class StatusSides:
    """状态只有一列，除非几列各说一种情况（“已销号”“未销号”）：那是打勾的，都算。"""

    def __init__(self, columns: list[Column]) -> None:
        stated = [pole(column.header) for column in columns if column.field == "status"]
        self.taken: set[str] = set()
        self.ticked = len(set(stated) - {None}) > 1 or (bool(stated) and all(stated))

    def another(self, column: Column) -> bool:
        """这一列是不是又一种情况的打勾列。"""
        side = pole(column.header) if column.field == "status" and self.ticked else None
        if side is None or side in self.taken:
            return False
        self.taken.add(side)
        return True
