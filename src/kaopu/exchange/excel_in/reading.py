"""读工作簿：从文件到读数的总入口（HANDBOOK §7.2；ARCHITECTURE“数据怎么走”的第一步）。

:func:`read_workbook` 只读不写、不碰数据库；对来路不明的文件请用 :func:`kaopu.exchange.excel_in.isolated.begin`。
"""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in import fields, units
from kaopu.exchange.excel_in.by_month import (
    check_stage,
    doubt_coming,
    settle_cumulated,
    settle_next_month,
    settle_parts,
    settle_planned,
    settle_stage,
    settle_sum_of_months,
    settle_sum_of_plans,
    settle_this_month,
)
from kaopu.exchange.excel_in.cards import (
    Card,
    classes_of,
    find_cards,
    header_of,
    labels_of,
    read_card,
    unmapped,
)
from kaopu.exchange.excel_in.cells import CellReader
from kaopu.exchange.excel_in.checks import check_cards, check_sheet
from kaopu.exchange.excel_in.choices import NO_CHOICES, Choices
from kaopu.exchange.excel_in.claims import as_ruled
from kaopu.exchange.excel_in.facts import SheetFacts
from kaopu.exchange.excel_in.fields import Header
from kaopu.exchange.excel_in.formats import load_grids
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.headers import compose_header, find_header
from kaopu.exchange.excel_in.headings import category_key
from kaopu.exchange.excel_in.indicators import indicator_column, set_apart
from kaopu.exchange.excel_in.kinds import decide_kind
from kaopu.exchange.excel_in.metering import Meter
from kaopu.exchange.excel_in.months import only_this_month
from kaopu.exchange.excel_in.plain_sheets import PLAIN_KINDS, is_summary, links_sheets, plain_kind, read_plain
from kaopu.exchange.excel_in.problem_cells import settle_ticks
from kaopu.exchange.excel_in.problem_columns import from_heading
from kaopu.exchange.excel_in.result import (
    CellReading,
    RowReading,
    SheetReading,
    SheetWarning,
    WorkbookReading,
    WorkbookRefused,
)
from kaopu.exchange.excel_in.rows import Heading, ProblemClassifier, RowClass, RowClassifier
from kaopu.exchange.excel_in.sections import withhold_sections
from kaopu.exchange.excel_in.settling import settle_list, settle_spoken
from kaopu.exchange.excel_in.stacked import beside, carry_unit, stacked_at, unread
from kaopu.exchange.excel_in.surroundings import check_surroundings, flag_rows, in_sheet_order
from kaopu.exchange.excel_in.totals import check_totals
from kaopu.exchange.excel_in.unmerged import merge_header
from kaopu.exchange.excel_in.words import compact, mask_personal

__all__ = [
    "CellReading",
    "RowReading",
    "SheetReading",
    "SheetWarning",
    "WorkbookReading",
    "WorkbookRefused",
    "read_workbook",
]

DRAWN_ROWS, DRAWN_COLUMNS = 200, 40
READ_ROWS = ("project", "sub", "rejected", "problem")
_SENT_ON = re.compile(r"(报送|填报|填表|制表|上报|编制|打印)(时间|日期)")
_STATED = re.compile(  # “2024年1-6月”说的是到 6 月
    r"(20\d{2})(?:年度?|[./-])(?:\d{1,2}月?[-—–~～至到](?=\d{1,2}月))?(1[0-2]|0?[1-9])(?:月(?:(\d{1,2})日)?|[./-](\d{1,2})(?!\d))?(?=\D|$)"
)


def read_workbook(
    path: Path | str, *, year: int, month: date | None = None, choices: Choices = NO_CHOICES
) -> WorkbookReading:
    """读工作簿：逐表认种类、认表头、分行、读数、提示。

    ``year`` 是本表所属年度，补全“9月底”这类日期；``month`` 是本次填报月份（月初），给了就核对题头；
    ``choices`` 是人定的读法。
    文件不合格抛 :class:`WorkbookRefused`，一句中文说明怎么改；单格读不出不抛错，留空并提示。
    """
    return read_loaded(load_workbook(path), year=year, month=month, choices=choices)


@dataclass(frozen=True)
class Loaded:
    """装好而还没有认的工作簿。"""

    file_name: str
    sha256: str
    grids: list[Grid]


def load_workbook(path: Path | str) -> Loaded:
    """装入各张表，算文件摘要；还不用知道年度和人定的读法。"""
    file = Path(path)
    grids = load_grids(file)
    return Loaded(file.name, hashlib.sha256(file.read_bytes()).hexdigest(), grids)


def read_loaded(loaded: Loaded, *, year: int, month: date | None, choices: Choices) -> WorkbookReading:
    """认装好的各张表；参数同 :func:`read_workbook`。"""
    meter = Meter(choices.progress, total=sum(len(grid.by_row) for grid in loaded.grids))
    sheets = tuple(
        _draw(grid, sheet, choices)
        for grid in loaded.grids
        for sheet in _read_stacked(grid, year, month, choices, meter)
    )
    meter.finish()
    return WorkbookReading(
        file_name=loaded.file_name, sha256=loaded.sha256, sheets=only_this_month(sheets, month)
    )


def _draw(grid: Grid, sheet: SheetReading, choices: Choices) -> SheetReading:
    if not choices.draw:
        return sheet
    width = min(DRAWN_COLUMNS, max((columns[-1] for columns in grid.by_row.values()), default=0))
    drawing = tuple(
        tuple(mask_personal(grid.text(row.row, column)) for column in range(1, width + 1))
        for row in sheet.rows[:DRAWN_ROWS]
    )
    return replace(sheet, drawing=drawing)


def _read_stacked(
    grid: Grid,
    year: int,
    month: date | None,
    choices: Choices,
    meter: Meter,
    above: SheetReading | None = None,
) -> list[SheetReading]:
    """一张工作表；里面上下放着几张表的逐张读：同一种的接起来，不是同一种的各算一张，认不出的不读。"""
    choices.correct(grid)
    sheet = _read_sheet(grid, year, month, choices, meter, above)
    cut = stacked_at(grid, sheet)
    if cut is None:
        return [sheet]
    upper, lower = grid.cut(cut)
    again = _read_sheet(upper, year, month, choices, meter, above)  # 列写的是什么，不看下面一张的内容
    first = again if again.kind == sheet.kind else sheet
    following, *rest = _read_stacked(lower, year, month, choices, meter, first)
    if following.kind in PLAIN_KINDS - {first.kind}:
        following = unread(sheet, cut)
    return [*beside(first, following, cut), *rest]


def _read_sheet(
    grid: Grid, year: int, month: date | None, choices: Choices, meter: Meter, above: SheetReading | None
) -> SheetReading:
    if cards := find_cards(grid):
        return _read_cards(grid, cards, year, month, choices)
    merge_header(grid)
    header = find_header(grid, year=year, choices=choices) or _composed(grid, year, choices)
    block = _title_block(grid, header.rows[0] - 1 if header else 3)
    title = "".join(block)
    level = "municipal" if _is_municipal(grid, header, compact(grid.name) + title) else "district"
    if header is None or is_summary(grid, header):
        return read_plain(grid, level=level, title=title, header=header)
    kind = decide_kind(grid.name, title, header, month)
    if above is not None and (kind == "unknown" or (kind, above.kind) == ("project_list", "monthly_report")):
        kind = above.kind  # 同一张工作表上，下面一张与上面是一种
    if kind == "unknown":
        return read_plain(grid, level=level, title=title, header=None)
    stated = _stated_on(block)
    header, carried = carry_unit(header, above)
    header = _settle_months(header, kind, month or stated, choices, grid)
    if kind == "monthly_plan":
        header = doubt_coming(settle_sum_of_plans(grid, settle_parts(header)), month)
    if kind == "monthly_report":
        header = settle_planned(grid, header, month or stated)
        header = settle_sum_of_months(grid, header)
    header = as_ruled(header, choices, of_any_month=False)
    classes = _classify(grid, header)
    rows, cell_warnings = _read_rows(grid, header, meter.over(classes), level, year)
    rows, sectioned = withhold_sections(grid, header, rows)
    facts = SheetFacts(grid=grid, kind=kind, level=level, header=header, classes=classes, rows=rows)
    warnings = [
        *check_surroundings(grid),
        *cell_warnings,
        *sectioned,
        *check_sheet(facts),
        *check_totals(facts),
    ]
    warnings = [warning for warning in warnings if not _our_own_key(warning, header)]
    warnings += [*carried, *_check_period(title, stated, year, month, kind)]
    warnings += check_stage(header, month if kind == "monthly_report" else None)
    return SheetReading(
        name=grid.name,
        kind=kind,
        level=level,
        header_rows=header.rows,
        units=_units(header),
        columns={address(header.rows[0], c.index): c.field for c in header.columns},
        headers={address(header.rows[0], c.index): c.header for c in header.columns},
        rows=flag_rows(grid, rows, warnings),
        warnings=in_sheet_order(warnings),
        stated_on=stated,
        listing=_listing(kind, grid.name, title),
        reserve=_is_reserve(kind, grid.name, title),
    )


def _composed(grid: Grid, year: int, choices: Choices) -> Header | None:
    """词表里认不出表头的，凭字眼与内容再找；叫“汇总”“统计”的，逐行写着话才是逐个项目的表。"""
    kind = plain_kind(grid, "".join(_title_block(grid, 3)))
    if kind not in ("unknown", "statistics") or links_sheets(grid):
        return None
    header = compose_header(grid, year=year, choices=choices)
    listed = header is not None and (kind == "unknown" or header.known & fields.LONG_TEXTS)
    return header if listed else None


def _settle_months(
    header: Header, kind: str, month: date | None, choices: Choices, grid: Grid | None = None
) -> Header:
    """写着月份的列，按本次填报的月份定是本月、上月还是下月；卡片式的不按列看内容，没有 ``grid``。"""
    header = settle_list(header, kind, month, choices)
    if kind in ("monthly_report", "monthly_plan"):
        header = settle_this_month(header, month)
    if kind == "monthly_plan":
        header = settle_cumulated(header, month)
    if kind == "monthly_report":
        header = settle_cumulated(settle_stage(header, month), month, grid)
        header = settle_next_month(settle_spoken(grid, header) if grid else header, month, grid)
    return header


def _read_cards(
    grid: Grid, cards: tuple[Card, ...], year: int, month: date | None, choices: Choices
) -> SheetReading:
    """读一张卡片式的表；认不出是清单还是月报的，同没有表头的一样不取数。"""
    block = _title_block(grid, cards[0].first - 1)
    title, stated = "".join(block), _stated_on(block)
    level = "municipal" if _is_municipal(grid, None, compact(grid.name) + title) else "district"
    header = header_of(grid, cards, year=year, choices=choices)
    kind = decide_kind(grid.name, title, header, month)
    if kind not in ("project_list", "monthly_report"):
        return read_plain(grid, level=level, title=title, header=None)
    labels = labels_of(cards)
    header = _settle_months(header, kind, month or stated, choices)
    by_label = dict(zip(labels, header.columns, strict=True))
    found = [read_card(grid, card, by_label, header, year) for card in cards]
    own = {row.row: replace(row, category=_category({}, row.values, level)[0]) for row, _ in found}
    classes = classes_of(grid, cards, own)
    rows = tuple(
        own.get(number) or RowReading(row=number, kind=each.kind) for number, each in classes.items()
    )
    facts = SheetFacts(grid=grid, kind=kind, level=level, header=header, classes=classes, rows=rows)
    warnings = [*check_surroundings(grid), *(w for _, said in found for w in said), *check_cards(facts)]
    warnings += unmapped(by_label, labels)
    warnings += _check_period(title, stated, year, month, kind)
    return SheetReading(
        name=grid.name,
        kind=kind,
        level=level,
        units=_units(header),
        columns={cell: by_label[label].field for label, cell in labels.items()},
        headers={cell: by_label[label].header for label, cell in labels.items()},
        rows=flag_rows(grid, rows, warnings),
        warnings=in_sheet_order(warnings),
        stated_on=stated,
        listing=_listing(kind, grid.name, title),
    )


def _units(header: Header) -> dict[str, str]:
    """金额字段 → 单位；没写的为空串。"""
    return {c.field: c.unit or header.sheet_unit or "" for c in header.columns if c.field in fields.AMOUNTS}


def _our_own_key(warning: SheetWarning, header: Header) -> bool:
    """采集表、问题清单是自己导出的：行键列本来就藏着，给人参考的列本来就不收，不必提示。"""
    key = header.column("form_key") or header.column("issue_key")
    if key is None:
        return False
    hidden = (warning.cell, warning.code) == (address(1, key.index), "hidden_column")
    return hidden or warning.code == "unmapped_column"


def _is_municipal(grid: Grid, header: Header | None, told: str) -> bool:
    """写明市属的；题头写“上海市重大”的；市里公布的版式：只有序号、名称、备注，分类行的序号写“一”“（一）”。"""
    if re.search("市[属级]", told) or re.search(r"上海市.{0,6}(重大|重点)|20\d{2}年度?市重[大点]", told):
        return True
    if header is None or re.search("区[属级]", told) or not header.known <= {"seq", "name", "note"}:
        return False
    seq, body = header.column("seq"), range(header.rows[-1] + 1, grid.last_row + 1)
    return seq is not None and any(
        re.fullmatch(r"[一二三四五六七八九十]{1,3}", compact(grid.text(row, seq.index))) for row in body
    )


def _classify(grid: Grid, header: Header) -> dict[int, RowClass]:
    classifier = (ProblemClassifier if header.problems else RowClassifier)(grid, header)
    return {row: classifier.classify(row) for row in range(1, grid.last_row + 1)}


def _read_rows(
    grid: Grid, header: Header, classes: Iterable[tuple[int, RowClass]], level: str, year: int
) -> tuple[tuple[RowReading, ...], list[SheetWarning]]:
    reader = CellReader(
        grid=grid,
        unit=header.sheet_unit,
        year=year,
        problems=header.problems,
        body=header.rows[-1] + 1,
        fields_at={column.index: column.field for column in header.columns},
    )
    rows: list[RowReading] = []
    warnings: list[SheetWarning] = []
    headings: dict[int, Heading] = {}
    indicator = indicator_column(grid, header)
    for number, found in classes:
        if found.heading is not None:
            kept = {level: h for level, h in headings.items() if level < found.heading.level}
            headings = {**kept, found.heading.level: found.heading}
        values: tuple[CellReading, ...] = ()
        if found.kind in READ_ROWS:
            values, cell_warnings = _read_cells(reader, header, number)
            warnings += cell_warnings
            if header.problems:
                told, said = from_heading(grid, header, _innermost(headings))
                values = (*told, *values)
                known = {warning.cell for warning in warnings}
                warnings += [warning for warning in said if warning.cell not in known]
            if indicator is not None:
                values, apart = set_apart(grid, indicator, header, number, values)
                warnings += apart
        if found.kind == "rejected":
            message = f"第{number}行未读入：{found.reason}"
            cell = address(number, grid.by_row[number][0])
            warnings.append(SheetWarning(cell=cell, code="rejected_row", message=message))
        category, heading = _category(headings, values, level)
        rows.append(
            RowReading(
                row=number,
                kind=found.kind,
                category=category if found.kind in (*READ_ROWS, "category") else None,
                values=values,
                reason=found.reason,
                heading=heading if found.kind in (*READ_ROWS, "category") else "",
            )
        )
    return tuple(rows), warnings


def _innermost(headings: dict[int, Heading]) -> Heading | None:
    return headings[max(headings)] if headings else None


def _read_cells(
    reader: CellReader, header: Header, row: int
) -> tuple[tuple[CellReading, ...], list[SheetWarning]]:
    values: list[CellReading] = []
    warnings: list[SheetWarning] = []
    stated = header.column("unit")
    unit = units.header_unit(reader.grid.text(row, stated.index)) if stated else None
    filled, anchors = set(reader.grid.by_row.get(row, ())), reader.grid.anchors
    for column in header.columns:
        place = (row, column.index)
        if column.index not in filled and place not in anchors and column.field != "status":
            continue  # 没有内容、没有合并、也不看颜色的格
        reading, found = reader.read(column, row, unit)
        if reading is not None:
            values.append(reading)
        warnings += found
    if not header.problems:
        return tuple(values), warnings
    settled, doubted = settle_ticks(tuple(values))
    return settled, [*warnings, *doubted]


def _category(
    headings: dict[int, Heading], values: tuple[CellReading, ...], level: str
) -> tuple[str | None, str]:
    """类别：行内写了的以行内为准，否则随最近的分类标题；市属项目不分五类。"""
    title = " / ".join(headings[key].title for key in sorted(headings))
    stated = next((str(v.value) for v in values if v.field == "category" and v.value), "")
    if stated:
        return (category_key(stated) if level == "district" else None), stated
    if level != "district":
        return None, title
    keys = [h.category for _, h in sorted(headings.items(), reverse=True) if h.category]
    return (keys[0] if keys else None), title


def _title_block(grid: Grid, last: int) -> list[str]:
    """题头各格的文字：表头以上；没有表头的看前三行。"""
    return [compact(grid.text(row, c)) for row in range(1, last + 1) for c in grid.by_row.get(row, [])]


def _stated_on(block: list[str]) -> date | None:
    """题头写的时间所述期间的末日：“2022年1月”→ 2022-01-31；只写年份不算。"""
    found: date | None = None
    for text in block:
        if _SENT_ON.search(text):
            continue  # 哪天报的，不是报哪个月的
        for match in _STATED.finditer(text):
            year, month = int(match.group(1)), int(match.group(2))
            last = monthrange(year, month)[1]
            day = int(match.group(3) or match.group(4) or last)
            if 1 <= day <= last:
                found = date(year, month, day)
    return found


def _listing(kind: str, name: str, title: str) -> str | None:
    if kind != "project_list":
        return None
    return "added" if re.search(r"年中新增|增补|新增项目", compact(name) + title) else "initial"


def _is_reserve(kind: str, name: str, title: str) -> bool:
    """表名、题头写明是预备项目的；“正式、预备项目清单”两样都写的不算。"""
    told = compact(name) + title
    return kind == "project_list" and re.search(r"预备|储备", told) is not None and "正式" not in told


def _check_period(
    title: str, stated: date | None, year: int, month: date | None, kind: str
) -> list[SheetWarning]:
    found: list[SheetWarning] = []
    if month is not None and kind == "project_list":
        message = "本次按月份导入，本表没有本月的情况，按项目清单读，不是月报；请确认。"
        found.append(SheetWarning(cell="A1", code="list_in_month", message=message))
    month = month if kind == "monthly_report" else None
    years = {int(text) for text in re.findall(r"(20\d{2})年", title)}
    if years and year not in years:
        message = f"题头写的是 {min(years)} 年，本次按 {year} 年读；请确认没有选错年度或文件。"
        found.append(SheetWarning(cell="A1", code="year_mismatch", message=message))
    if month is not None and stated is not None and (stated.year, stated.month) != (month.year, month.month):
        message = f"题头写的是 {stated.year} 年 {stated.month} 月，本次按 {month.year} 年 {month.month} 月读；请确认月份。"
        found.append(SheetWarning(cell="A1", code="month_mismatch", message=message))
    return found
