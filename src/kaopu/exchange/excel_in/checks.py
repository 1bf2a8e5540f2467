"""合表检查：一格一格看不出、合起来才看得出的问题（HANDBOOK §7.2 第1、5、8、9条）。只提示，不改数。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from kaopu.domain.parsing import name_key
from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.amount_checks import check_amounts
from kaopu.exchange.excel_in.facts import OTHER_MONTH, UNMAPPED, SheetFacts, warn
from kaopu.exchange.excel_in.grid import address
from kaopu.exchange.excel_in.guessing import check_guesses
from kaopu.exchange.excel_in.headings import category_key, split_count
from kaopu.exchange.excel_in.problem_checks import check_problems
from kaopu.exchange.excel_in.result import CONTENT_ROWS, CellReading, RowReading, SheetWarning
from kaopu.exchange.excel_in.rows import WITHDRAWN
from kaopu.exchange.excel_in.words import compact, mask_personal

FEWEST_CELLS_OF_DATA = 5
_COMBINED = re.compile(r"进[展度](情况)?[及和与、].*问题|问题(情况)?[及和与、].*(进[展度]|下(一)?(步|阶段))")
_A_MONTH = re.compile(r"(.*完成.*／)?\d{1,2}月份?(实际)?(完成)?(投资)?(额|数)?(\(.*\))?")
PERSONAL = "{cell} 含手机号或身份证号，没有读入；请勿在表中填写个人信息。"


def check_sheet(facts: SheetFacts) -> list[SheetWarning]:
    """逐项检查，按检查顺序返回提示。"""
    checks: tuple[Callable[[SheetFacts], Iterable[SheetWarning]], ...] = (
        _columns,
        check_guesses,
        _unlabelled,
        _personal,
        _above_header,
        _repeated_numbers,
        _repeated_names,
        _missing,
        _counts,
        _priced_headings,
        _dates,
        check_amounts,
        _inferred,
        _withdrawn,
        _colours,
        _merged_amounts,
        _only_names,
        check_problems,
        _categories,
    )
    return [warning for check in checks for warning in check(facts)]


def check_cards(facts: SheetFacts) -> list[SheetWarning]:
    """卡片式的表只查与行列位置无关的：同名、日期先后、金额勾稽、类别推定。"""
    checks = (_repeated_names, _dates, check_amounts, _inferred)
    return [warning for check in checks for warning in check(facts)]


def _categories(facts: SheetFacts) -> Iterable[SheetWarning]:
    """“类别”写的不是五类之一的说一声；一列多半不是的，这一列写的多半是行业，在表头上说。"""
    column = facts.header.column("category")
    if column is None or facts.level != "district":
        return
    told = [item for row in facts.projects if (item := row.get("category")) is not None and item.value]
    unknown = [item for item in told if category_key(str(item.value)) is None]
    if len(unknown) * 2 > len(told):
        cell = address(facts.header.rows[0], column.index)
        message = f"{cell} 列“{column.header}”写的多半不是五类之一，按“类别”读而不记；写的是行业的请改列。"
        yield warn(cell, "doubtful_column", message)
        return
    for item in unknown:
        message = f"{item.cell} 类别“{item.raw}”不在五类之内，类别留空；请改成五类之一。"
        yield warn(item.cell, "category_unknown", message)


def _columns(facts: SheetFacts) -> Iterable[SheetWarning]:
    for column in facts.header.columns:
        if column.field.startswith("other:"):
            cell = address(facts.header.rows[0], column.index)
            monthly = facts.kind == "monthly_report" and _A_MONTH.fullmatch(column.header)
            message = OTHER_MONTH if monthly else UNMAPPED
            yield warn(cell, "unmapped_column", message.format(cell=cell, header=column.header))
        if column.field in ("work", "problems") and _COMBINED.search(column.header):
            cell = address(facts.header.rows[0], column.index)
            named, other = ("进展", "问题") if column.field == "work" else ("问题", "打算")
            message = (
                f"{cell} 列“{column.header}”一列写两样，整格按{named}记，没有从中分出{other}；请分成两列。"
            )
            yield warn(cell, "combined_column", message)
    priced = [column for column in facts.header.columns if column.field in fields.AMOUNTS]
    unstated = [column for column in priced if column.unit is None]
    lost = any(
        (reading := row.get(column.field, column.month)) is not None
        and reading.value is None
        and reading.low is None
        and re.search(r"\d", reading.raw)
        for row in facts.rows
        for column in unstated
    )  # 每格自带单位的，一个也没有留空
    if lost and facts.header.sheet_unit is None and facts.header.column("unit") is None:
        cell = address(facts.header.rows[0], unstated[0].index)
        yield warn(
            cell,
            "unit_unknown",
            f"{cell} 等金额列没有写单位（或写了几个说不清的），没写单位的数都已留空；请在表头注明“单位：万元”。",
        )


def _above_header(facts: SheetFacts) -> Iterable[SheetWarning]:
    """表头以上本该只有题头；有好几格内容的行多半是没认出来的数据。"""
    for row in range(1, facts.header.rows[0]):
        columns = facts.grid.by_row.get(row, [])
        if len(columns) >= FEWEST_CELLS_OF_DATA:
            cell = address(row, columns[0])
            message = (
                f"{cell} 起这一行在表头以上，有 {len(columns)} 格内容，按题头没有读；请核对表头认得对不对。"
            )
            yield warn(cell, "above_header", message)


def _personal(facts: SheetFacts) -> Iterable[SheetWarning]:
    """题头、注、合计行不读入，里面写了手机号的也说一声。"""
    for row in facts.rows:
        if row.kind in ("title", "unit", "note", "total", "subtotal", "category"):
            for column in facts.grid.by_row.get(row.row, ()):
                text = facts.grid.text(row.row, column)
                if mask_personal(text) != text:
                    cell = address(row.row, column)
                    yield warn(cell, "pii_masked", PERSONAL.format(cell=cell))


def _unlabelled(facts: SheetFacts) -> Iterable[SheetWarning]:
    """内容行里有字而所在的列没有表头：没有读，逐格说明。"""
    labelled = {column.index for column in facts.header.columns}
    rows = [row.row for row in facts.rows if row.kind in ("project", "problem", "sub")]
    for row in rows:
        for column in facts.grid.by_row.get(row, ()):
            if column not in labelled:
                cell = address(row, column)
                yield warn(cell, "no_column_header", f"{cell} 所在的列没有表头，没有读入；请补上表头。")


def _numbered_runs(facts: SheetFacts) -> list[list[CellReading]]:
    """连续编号的各段：分类标题、又一个题头之后又从 1 编起的另成一段；一直连编的（市属表）只有一段。"""
    runs: list[list[CellReading]] = [[]]
    headed = False
    for row in facts.rows:
        headed = headed or row.kind in ("category", "title")
        reading = row.get("seq")
        if row.kind != "project" or reading is None or reading.value is None:
            continue
        if headed and reading.value == 1:
            runs.append([])
        headed = False
        runs[-1].append(reading)
    return runs


def _repeated_numbers(facts: SheetFacts) -> Iterable[SheetWarning]:
    for run in _numbered_runs(facts):
        seen: dict[object, str] = {}
        for reading in run:
            if reading.value in seen:
                yield warn(
                    reading.cell,
                    "duplicate_seq",
                    f"{reading.cell} 序号 {reading.value} 与 {seen[reading.value]} 重复；请改正序号。",
                )
            seen.setdefault(reading.value, reading.cell)


def _repeated_names(facts: SheetFacts) -> Iterable[SheetWarning]:
    seen: dict[str, str] = {}
    for row in facts.projects:
        reading = row.get("name")
        if reading is None:
            continue
        key = name_key(str(reading.value))
        if key in seen:
            yield warn(
                reading.cell,
                "duplicate_name",
                f"{reading.cell}“{reading.value}”与 {seen[key]} 像是同一个项目；请删去一行，或把名称写得能分清。",
            )
        seen.setdefault(key, reading.cell)


def _missing(facts: SheetFacts) -> Iterable[SheetWarning]:
    if facts.kind != "project_list" or facts.level != "district":
        return
    wanted = (
        ("street", "missing_street", "属地街镇没有填；请补填。"),
        ("responsible_unit", "missing_responsible", "责任单位没有填；请补填。"),
    )
    for field, code, message in wanted:
        if facts.header.column(field) is None:
            continue
        for row in facts.projects:
            reading = row.get(field)
            if reading is None or str(reading.value).strip("/—- ") == "":
                cell = facts.cell(row.row, field)
                yield warn(cell, code, f"{cell} {message}")


def _counts(facts: SheetFacts) -> Iterable[SheetWarning]:
    """标题里写的个数与实有项目行数、问题行数（§7.2 第5条）。"""
    for number, found in facts.classes.items():
        if found.heading is not None:
            heading = found.heading
            counted = _count_under(facts, number, heading.level)
            declared, title, column = heading.declared, heading.title, heading.column
        elif found.kind == "total":
            column = facts.grid.by_row[number][0]
            title, declared = split_count(compact(facts.grid.text(number, column)))
            counted = _counted(facts.rows)
        else:
            continue
        if declared is not None and declared not in counted:
            cell = address(number, column)
            yield warn(
                cell,
                "category_count",
                f"{cell}“{title or facts.grid.text(number, column)}”写明 {declared} 个，实有 {counted[0]} 行；请核对是否漏行或改正个数。",
            )


def _priced_headings(facts: SheetFacts) -> Iterable[SheetWarning]:
    """没写“类”也没写个数、却带着金额的标题行：也可能是编成“一”的项目，说一声。"""
    amounts = {column.index for column in facts.header.columns if column.field in fields.AMOUNTS}
    for number, found in facts.classes.items():
        heading = found.heading
        if heading is None or heading.category or heading.declared is not None or heading.title[-1:] == "类":
            continue
        if priced := [column for column in facts.grid.by_row[number] if column in amounts]:
            cell = address(number, heading.column)
            told = "、".join(address(number, column) for column in priced)
            yield warn(
                cell,
                "priced_heading",
                f"{cell}“{heading.title}”按分类标题读，{told} 的金额当作小计，没有读入；如是项目，请把序号改成数字。",
            )


def _count_under(facts: SheetFacts, heading_row: int, level: int) -> tuple[int, int, int]:
    under = []
    for row in facts.rows:
        if row.row <= heading_row:
            continue
        heading = facts.classes[row.row].heading
        if heading is not None and heading.level <= level:
            break
        under.append(row)
    return _counted(under)


def _counted(rows: Sequence[RowReading]) -> tuple[int, int, int]:
    """内容行有几行；连划去的算上有几行；一个项目合并着几行的，有几个项目。"""
    content = [row for row in rows if row.kind in CONTENT_ROWS]
    struck = sum(row.reason.endswith(WITHDRAWN) for row in rows)
    return len(content), len(content) + struck, len({row.text("name") for row in content})


def _dates(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        start, finish = row.get("planned_start"), row.get("planned_finish")
        if start is None or finish is None or start.low is None or finish.high is None:
            continue
        if date.fromisoformat(str(finish.high)) < date.fromisoformat(str(start.low)):
            yield warn(
                finish.cell,
                "finish_before_start",
                f"{finish.cell} 竣工“{finish.raw}”早于开工“{start.raw}”（{start.cell}）；请核对两个日期。",
            )


def _inferred(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        note = row.get("note")
        if note is not None and "类别推定" in note.raw:
            yield warn(note.cell, "category_inferred", f"{note.cell} 备注写明类别为推定；请确认类别。")


def _withdrawn(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row, column in sorted(facts.grid.struck):
        if row <= facts.header.rows[-1] or row not in facts.grid.by_row:
            continue
        cell = address(row, column)
        whole = facts.classes[row].kind == "rejected"
        action = "整行按撤销处理，不导入" if whole else "该格照常读入"
        yield warn(cell, "struck", f"{cell} 划有删除线，{action}；请确认是否撤销。")


def _colours(facts: SheetFacts) -> Iterable[SheetWarning]:
    """内容行的填充色报出来，不解释；整列同色的是版式，不报（§7.2 第8条）。"""
    rows = {row.row for row in facts.rows if row.kind in ("project", "problem", "sub", "rejected")}
    painted = {place: colour for place, colour in facts.grid.fills.items() if place[0] in rows}
    by_column: dict[int, list[str]] = {}
    for (_, column), colour in painted.items():
        by_column.setdefault(column, []).append(colour)
    plain = {c for c, found in by_column.items() if len(found) == len(rows) > 1 and len(set(found)) == 1}
    status = facts.header.column("status")
    said: set[int] = set()
    for (row, column), colour in sorted(painted.items()):
        empty = status is not None and column == status.index and (row, column) not in facts.grid.cells
        if row in said or column in plain or empty:
            continue
        said.add(row)
        cell = address(row, column)
        message = f"{cell} 等处有填充色（{colour}），颜色不解释；如有含义请写成文字。"
        yield warn(cell, "fill_colour", message)


def _merged_amounts(facts: SheetFacts) -> Iterable[SheetWarning]:
    """金额合并着管几行的，记在第一行，不往下分（§7.2 第4条）。"""
    amounts = {column.index for column in facts.header.columns if column.field in fields.AMOUNTS}
    name = facts.header.column("name")
    for (row, column), (bottom, _) in sorted(facts.grid.merges.items()):
        if name is not None and facts.grid.merges.get((row, name.index), (0, 0))[0] == bottom:
            continue  # 与名称一样合并着的，就是这个项目的数
        if row in facts.classes and facts.classes[row].kind == "header":
            continue  # 换页后重复的表头
        if column in amounts and bottom > row > facts.header.rows[-1] and (row, column) in facts.grid.cells:
            cell = address(row, column)
            message = f"{cell} 的金额合并着管 {bottom - row + 1} 行，只记在第 {row} 行；请拆开各写各的。"
            yield warn(cell, "merged_amount", message)
            for below in range(row + 1, bottom + 1):
                under = address(below, column)
                yield warn(
                    under, "merged_amount", f"{under} 与 {cell} 合并，这一行没有自己的金额；请拆开各写各的。"
                )


def _only_names(facts: SheetFacts) -> Iterable[SheetWarning]:
    """别的行都有内容而这一行只有名称：可能是没填，也可能是没编号的小标题。"""
    rows = facts.projects
    bare = [row for row in rows if {reading.field for reading in row.values} <= {"seq", "name"}]
    if len(bare) * 3 > len(rows):
        return
    for row in bare:
        cell = facts.cell(row.row, "name")
        message = f"{cell} 这一行只有名称，没有别的内容；请补填，如是小标题请改写成“一、……类”。"
        yield warn(cell, "only_name", message)
