"""写项目清单：区属按五类分段，市属不分段、序号连编（HANDBOOK §7.1 W1）。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kaopu.exchange.excel_out import layout
from kaopu.exchange.excel_out.layout import OutColumn

Row = Mapping[str, object]

CATEGORY_TITLES = {
    "infrastructure": "市政基础设施类",
    "livelihood": "民生保障类",
    "public_service": "公共服务类",
    "functional": "功能性项目",
    "housing": "住宅类",
}
UNSORTED = "未分类项目"
SHEET_NAMES = {"district": "区属", "municipal": "市属"}
_NUMERALS = "一二三四五六七八九十"


def list_columns(year: int, *, with_locations: bool = False) -> tuple[OutColumn, ...]:
    """清单各列，照 W1 的次序，另加内部编号等几列；``with_locations`` 为真时带经纬度（WGS84）。"""
    money, goal = "资金来源", f"{year}年目标"
    columns = (
        OutColumn(field="seq", header="序号", width=6),
        OutColumn(field="code", header="内部编号", width=13),
        OutColumn(field="name", header="项目名称", width=30),
        OutColumn(field="nature", header="建设性质", width=8),
        OutColumn(field="scale", header="建设规模及主要内容", width=28),
        OutColumn(field="responsible_unit", header="责任单位", width=13),
        OutColumn(field="owner", header="建设单位", width=16),
        OutColumn(field="street", header="属地街镇", width=12),
        OutColumn(field="key_area", header="重点地区", width=12),
        OutColumn(field="total_investment", header="总投资", width=16, kind="amount"),
        OutColumn(field="fiscal_funds", header="财政资金", group=money, kind="amount"),
        OutColumn(field="social_funds", header="社会资金", group=money, kind="amount"),
        OutColumn(
            field="cumulative_before", header=f"截至{year - 1}年底累计完成投资", width=14, kind="amount"
        ),
        OutColumn(field="planned_investment", header=f"{year}年计划投资", width=14, kind="amount"),
        OutColumn(field="goal", header="年度目标", group=goal, width=18),
        OutColumn(field="goal_due", header="目标时间", group=goal, width=16, kind="date"),
        OutColumn(field="planned_start", header="计划开工时间", width=16, kind="date"),
        OutColumn(field="planned_finish", header="计划竣工时间", width=16, kind="date"),
        OutColumn(field="entry", header="列入方式", width=10),
        OutColumn(field="formality", header="正式或预备", width=10),
    )
    places = (OutColumn(field="lon", header="经度"), OutColumn(field="lat", header="纬度"))
    return (*columns, *(places if with_locations else ()), OutColumn(field="note", header="备注", width=20))


def write_project_list(
    path: Path | str,
    *,
    year: int,
    level: str,
    title: str,
    unit_line: str,
    rows: Sequence[Row],
    with_locations: bool = False,
) -> None:
    """写项目清单。

    ``level`` 为 district（按 ``category`` 分五类，不认得的归“未分类项目”）或 municipal（不分类）。每行以清单字段名为键，
    金额给整数元，日期给 ``date`` 或文字；要保留原话的另给 ``<字段>_text``。没给序号的按段自动编号。
    """
    book, sheet = layout.new_sheet(SHEET_NAMES[level])
    columns = list_columns(year, with_locations=with_locations)
    _fill(sheet, columns, level=level, title=title, unit_line=unit_line, rows=rows)
    book.save(path)


def write_year_list(path: Path | str, *, year: int, title: str, unit_line: str, rows: Sequence[Row]) -> None:
    """写一年的清单：每行另有 ``level``，区属、市属各一张表，没有的不写。"""
    book = Workbook()
    book.remove(book.worksheets[0])
    columns = list_columns(year, with_locations=True)
    for level, name in SHEET_NAMES.items():
        if group := [row for row in rows if row["level"] == level]:
            sheet = book.create_sheet(name)
            _fill(sheet, columns, level=level, title=f"{title}（{name}）", unit_line=unit_line, rows=group)
    book.save(path)


def _fill(
    sheet: Worksheet, columns: Sequence[OutColumn], *, level: str, title: str, unit_line: str,
    rows: Sequence[Row],
) -> None:  # fmt: skip
    header_end = layout.write_head(sheet, columns, title=title, unit_line=unit_line)
    number = header_end + 1
    written: list[int] = []
    for heading, group in _sections(level, rows):
        if heading:
            number += 1
            layout.write_category(sheet, number, columns, heading)
        for seq, row in enumerate(group, 1):
            number += 1
            layout.write_row(sheet, number, columns, {"seq": seq, **row})
            written.append(number)
    layout.write_total(
        sheet,
        header_end + 1,
        columns,
        written,
        f"合　计（共{len(written)}个）",
        worded=_worded(columns, rows),
    )
    if note := _note(rows):
        layout.write_note(sheet, number + 1, len(columns), note)
    layout.finish(sheet, header_end=header_end, frozen_columns=3)


def _worded(columns: Sequence[OutColumn], rows: Sequence[Row]) -> dict[str, list[int | Decimal]]:
    """金额列里写成文字而有数的（“约12000万元”）：字段 → 各个万元数。"""
    found: dict[str, list[int | Decimal]] = {}
    for column in columns:
        if column.kind == "amount":
            values = [row.get(column.field) for row in rows if row.get(f"{column.field}_text")]
            found[column.field] = [layout.in_wan(value) for value in values if isinstance(value, int)]
    return found


def _note(rows: Sequence[Row]) -> str:
    """总投资合计里有约数、有没加进去的，在表下说明。"""
    texts = [row for row in rows if row.get("total_investment_text")]
    about = sum(row.get("total_investment") is not None for row in texts)
    missing = sum(row.get("total_investment") is None for row in rows)
    if not about and (not missing or missing == len(rows)):
        return ""
    said = [f"含写“约”“逾”一类的 {about} 个，按所写的数加"] if about else []
    said += [f"没有写定的（区间、待定、空着）{missing} 个未计入"] if missing else []
    return f"注：总投资合计{'；'.join(said)}。"


def _sections(level: str, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """区属：依五类次序分段，空类不写，标题带个数；市属：整表一段、无标题。"""
    if level != "district":
        yield "", list(rows)
        return
    keyed = [(title, [r for r in rows if r.get("category") == key]) for key, title in CATEGORY_TITLES.items()]
    keyed.append((UNSORTED, [r for r in rows if r.get("category") not in CATEGORY_TITLES]))
    for order, (title, group) in enumerate((t, g) for t, g in keyed if g):
        yield f"{_NUMERALS[order]}、{title}（{len(group)}个）", group
