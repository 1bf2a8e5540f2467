"""不当清单读的表：填表说明、汇总表、只有文字的材料。每一行都有归类，文字照存，不从中取数（HANDBOOK §7.1 W2）。"""

from __future__ import annotations

import re

from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.fields import Header
from kaopu.exchange.excel_in.grid import Content, Grid, address
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetReading, SheetWarning
from kaopu.exchange.excel_in.surroundings import check_surroundings, flag_rows
from kaopu.exchange.excel_in.words import compact, mask_personal, tidy

_CROSS_SHEET = re.compile(r"!\$?[A-Za-z]{1,3}\$?\d|\$?'[^']+'\.|\]\w")
_INSTRUCTIONS = re.compile(r"说明|须知|填表|填报要求|样例")
_FILLING = re.compile(r"[填编][报写表制].{0,2}(说明|须知|要求|指南|规范|口径)|^填[报写表]$|须知|样例")
_EXPLAINS = re.compile(r"填[报写表]|本表|口径|单位[:：为]|保留.{0,3}小数|须知|样例")
_SUMMARY = re.compile(r"汇总|分类小计|统计|合计表|总表|分析表")
_COUNTS = re.compile(r"(项目|问题)?(个数|件数|条数|项目数|问题数|总数)(\([个项件条]\))?")
_NARRATES = re.compile(r"\d月.{0,12}(情况|进展|完成|开工)|推进|较计划|滞后")
PLAIN_KINDS = frozenset({"statistics", "prose", "instructions", "unknown"})
ROW_KINDS = {"statistics": "statistic", "prose": "text", "instructions": "note"}
MESSAGES = {
    "statistics": "本表是汇总表（数由别的表算来），只归类，不当作项目读入；请核对汇总是否与各表一致。",
    "prose": "本表只有文字，没有表头；逐行照存文字，不从中取数。要计入统计的数请另填表格。",
    "unknown": "认不出是清单、月报还是问题清单，本表未读入；请在前 15 行内设一行表头，写明“项目名称”和要报的各列，或改用下发的模板。",
}
LONGEST_TITLE = 8  # “编报说明”独占一行的才是题名
_OWN_HEADER = ("类别", "合计")  # 本系统导出的统计表，头两列
CODES = {"statistics": "statistics", "prose": "prose", "unknown": "no_header"}


def is_summary(grid: Grid, header: Header) -> bool:
    """有表头而数都引自别的工作表的，是汇总表，不是又一份清单。"""
    body = [content for (row, _), content in grid.cells.items() if row > header.rows[-1]]
    crossing = sum(_crosses(content) for content in body)
    numbers = sum(content.numeric or content.formula is not None for content in body)
    return crossing >= 2 and crossing * 2 >= numbers


def read_plain(grid: Grid, *, level: str, title: str, header: Header | None) -> SheetReading:
    """读一张不当清单读的表：每一行仍有下落。"""
    kind = "statistics" if header is not None else plain_kind(grid, title)
    rows = tuple(_row(grid, row, kind) for row in range(1, grid.last_row + 1))
    warnings = check_surroundings(grid)
    if kind in MESSAGES and grid.cells:
        first = min(grid.cells)
        warnings.append(warn(address(*first), CODES[kind], MESSAGES[kind]))
    warnings += _masked(grid)
    warnings += [
        warn(address(row.row, grid.by_row[row.row][0]), "rejected_row", f"第{row.row}行未读入：{row.reason}")
        for row in rows
        if row.kind == "rejected"
    ]
    return SheetReading(
        name=grid.name, kind=kind, level=level, header_rows=_own_header(grid, title) if kind == "statistics" else (),
        rows=flag_rows(grid, rows, warnings), warnings=tuple(warnings),
    )  # fmt: skip


def _own_header(grid: Grid, title: str) -> tuple[int, ...]:
    """本系统导出的统计表，表头在哪一行；不是的为空。"""
    if "统计表" not in title:
        return ()
    heads = (
        row for row in grid.by_row if (compact(grid.text(row, 1)), compact(grid.text(row, 2))) == _OWN_HEADER
    )
    return tuple(heads)[:1]


def links_sheets(grid: Grid) -> bool:
    """有两格以上的数引自别的工作表。"""
    return sum(_crosses(content) for content in grid.cells.values()) >= 2


def plain_kind(grid: Grid, title: str) -> str:
    """没有认出表头的表是哪一种：instructions statistics prose；都不像的为 unknown，该是一张表。"""
    label = compact(grid.name)
    told = "".join(compact(content.text) for content in grid.cells.values())
    first = min(grid.by_row, default=0)
    top = [compact(grid.text(first, column)) for column in grid.by_row.get(first, ())]
    titled = len(top) == 1 and len(top[0]) <= LONGEST_TITLE and _FILLING.search(top[0])
    if (
        _FILLING.search(label)
        or titled
        or (_INSTRUCTIONS.search(label) and _EXPLAINS.search(told) and not _NARRATES.search(told))
    ):
        return "instructions"  # “文字说明”“情况说明”里写的是进展，是材料
    numbers = sum(content.numeric or content.formula is not None for content in grid.cells.values())
    if links_sheets(grid) or (_SUMMARY.search(label + title) and numbers >= 2):
        return "statistics"
    if numbers >= 2 and any(map(_COUNTS.fullmatch, top)):
        return "statistics"  # 第一行就写着“项目数”“个数”
    lines = [len(columns) for columns in grid.by_row.values()]
    narrow = sum(count <= 2 for count in lines)
    if lines and narrow * 5 >= len(lines) * 4 and numbers * 4 <= len(grid.cells):
        return "prose"
    return "unknown"


def _row(grid: Grid, row: int, kind: str) -> RowReading:
    if row not in grid.by_row:
        return RowReading(row=row, kind="blank")
    if kind == "unknown":
        return RowReading(row=row, kind="rejected", reason="认不出是哪一种表，本表未读入。")
    values = tuple(_line(grid, row, column) for column in grid.by_row[row]) if kind == "prose" else ()
    return RowReading(row=row, kind=ROW_KINDS[kind], values=values)


def _line(grid: Grid, row: int, column: int) -> CellReading:
    text = mask_personal(grid.text(row, column))
    return CellReading(cell=address(row, column), field="text", raw=text, value=tidy(text, keep_lines=True))


def _masked(grid: Grid) -> list[SheetWarning]:
    return [
        warn(
            address(*place),
            "pii_masked",
            f"{address(*place)} 含手机号或身份证号，已遮盖；请勿在表中填写个人信息。",
        )
        for place, content in sorted(grid.cells.items())
        if mask_personal(content.text) != content.text
    ]


def _crosses(content: Content) -> bool:
    return content.formula is not None and _CROSS_SHEET.search(content.formula) is not None
