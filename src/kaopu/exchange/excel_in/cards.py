"""卡片式的表：一张卡说一个项目，栏名在左、内容在右，一张工作表上下可以放几张卡（HANDBOOK §7.1 W2 版式之外的常见一种）。

栏名照样按同义词认、由人对应，内容照样逐格读；只是一个项目的格散在几行里，都记在写着项目名称的那一行名下。
认不准的一格也不读：没有栏名的、一个栏名后面跟着几格的，逐格说明。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kaopu.exchange.excel_in import units
from kaopu.exchange.excel_in.by_content import settled_field
from kaopu.exchange.excel_in.cells import CellReader
from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.claims import told_once
from kaopu.exchange.excel_in.facts import UNMAPPED, warn
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid, Place, address
from kaopu.exchange.excel_in.kinds import SCANNED_ROWS
from kaopu.exchange.excel_in.levels import column_of
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetWarning
from kaopu.exchange.excel_in.rows import NO_NAME, WITHDRAWN, RowClass
from kaopu.exchange.excel_in.synonyms import recognise_header
from kaopu.exchange.excel_in.unit_lines import settle_units
from kaopu.exchange.excel_in.words import compact, mask_personal

LONGEST_LABEL = 20
FEWEST_PAIRS = 3
_WORD = re.compile("[一-鿿]")
_UNPLACED = (
    "{cell}“{text}”左边没有认得的栏名，或一个栏名后面有几格，没有读入；请把栏名写在左边、内容写在右边一格。"
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """一栏：栏名、栏名在哪一格、内容在哪一格、内容右边另写的金额单位。"""

    label: str
    told_at: Place
    place: Place
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    """一张卡：首行（写着项目名称）、末行、各栏、没有栏名因而没有读的格。"""

    first: int
    last: int
    pairs: tuple[Pair, ...]
    unplaced: tuple[Place, ...]


def find_cards(grid: Grid) -> tuple[Card, ...]:
    """一张工作表里的各张卡；不是卡片式的为空。

    “项目名称”右边就是名称、不是又一个表头，其下多半的行也以栏名开头的，才是卡片。
    """
    scanned = sorted(grid.by_row)[:SCANNED_ROWS]
    if not any(_names_project(grid, row) for row in scanned):
        return ()
    starts = [row for row in sorted(grid.by_row) if _names_project(grid, row)]
    ends = [*(row - 1 for row in starts[1:]), grid.last_row]
    cards = tuple(_card(grid, first, last) for first, last in zip(starts, ends, strict=True))
    return cards if all(_convincing(grid, card) for card in cards) else ()


def header_of(grid: Grid, cards: tuple[Card, ...], *, year: int, choices: Choices) -> Header:
    """各卡的栏名合成一个表头：一个栏名一列，列号只作编号用；字段、单位与清单一样认、一样由人改。"""
    labels = list(labels_of(cards))
    beyond = max(columns[-1] for columns in grid.by_row.values()) + 1  # 表上没有内容的列
    columns = [
        choices.apply(column_of(number, label, "", year=year)) for number, label in enumerate(labels, beyond)
    ]
    header = settle_units(grid, Header(rows=(cards[0].first,), columns=told_once(columns)))
    texts: dict[str, list[str]] = {}
    for pair in (pair for card in cards for pair in card.pairs):
        texts.setdefault(pair.label, []).append(compact(grid.text(*pair.place)))
    settled = (
        replace(column, field=settled_field(column, texts[label], header))
        for label, column in zip(labels, header.columns, strict=True)
    )
    return replace(header, columns=tuple(settled))


def labels_of(cards: tuple[Card, ...]) -> dict[str, str]:
    """各栏名 → 第一次写在哪一格；次序同 :func:`header_of` 的各列。"""
    found: dict[str, str] = {}
    for pair in (pair for card in cards for pair in card.pairs):
        found.setdefault(pair.label, address(*pair.told_at))
    return found


def unmapped(by_label: dict[str, Column], labels: dict[str, str]) -> list[SheetWarning]:
    """不认得的栏名各说一声。"""
    return [
        warn(cell, "unmapped_column", UNMAPPED.format(cell=cell, header=label))
        for label, cell in labels.items()
        if by_label[label].field.startswith("other:")
    ]


def read_card(
    grid: Grid, card: Card, by_label: dict[str, Column], header: Header, year: int
) -> tuple[RowReading, list[SheetWarning]]:
    """一张卡 → 一个项目；名称划去的、没写的整张拒收。"""
    reader = CellReader(grid=grid, unit=header.sheet_unit, year=year, body=grid.last_row + 1)
    values: list[CellReading] = []
    warnings: list[SheetWarning] = []
    for pair in card.pairs:
        row, index = pair.place
        reading, said = reader.read(replace(by_label[pair.label], index=index), row, pair.unit)
        if reading is not None:
            values.append(reading)
        warnings += said
    for place in card.unplaced:
        cell = address(*place)
        warnings.append(
            warn(
                cell,
                "no_column_header",
                _UNPLACED.format(cell=cell, text=mask_personal(grid.text(*place))[:20]),
            )
        )
    reason = _why_rejected(grid, card, by_label)
    if reason:
        cell = values[0].cell if values else address(card.first, 1)
        warnings.append(warn(cell, "rejected_row", f"第{card.first}行起的一张卡未读入：{reason}"))
    kind = "rejected" if reason else "project"
    return RowReading(row=card.first, kind=kind, values=tuple(values), reason=reason), warnings


def classes_of(grid: Grid, cards: tuple[Card, ...], rows: dict[int, RowReading]) -> dict[int, RowClass]:
    """每一行归一类：题头、卡的首行、卡里的其余各行、没有一栏的说明行、空行。"""
    within = {place[0] for card in cards for pair in card.pairs for place in (pair.told_at, pair.place)}
    found: dict[int, RowClass] = {}
    for number in range(1, grid.last_row + 1):
        if number in rows:
            found[number] = RowClass(kind=rows[number].kind, reason=rows[number].reason)
        elif number not in grid.by_row:
            found[number] = RowClass(kind="blank")
        elif number < cards[0].first:
            found[number] = RowClass(kind="title")
        else:
            found[number] = RowClass(kind="card" if number in within else "note")
    return found


def _label(grid: Grid, row: int, column: int) -> str:
    """这一格是不是栏名：是的给出去掉冒号的栏名。"""
    text = compact(grid.text(row, column)).rstrip(":")
    known = 0 < len(text) <= LONGEST_LABEL and recognise_header(text, year=None)
    return text if known and text[0] not in "无暂没" else ""  # “无问题”是内容


def _beside(grid: Grid, row: int, column: int) -> int:
    """右边紧挨着的一列（合并的算到合并之后）。"""
    return column + grid.span(row, column)[1]


def _names_project(grid: Grid, row: int) -> bool:
    """这一行写着“项目名称”，右边紧挨着的不是又一个表头。"""
    for column in grid.by_row[row]:
        text = compact(grid.text(row, column)).rstrip(":")
        if text.endswith("名称") and recognise_header(text, year=None) == "name":
            beside = _beside(grid, row, column)
            return (row, beside) in grid.cells and not _label(grid, row, beside)
    return False


def _card(grid: Grid, first: int, last: int) -> Card:
    pairs: list[Pair] = []
    unplaced: list[Place] = []
    for row in range(first, last + 1):
        columns = grid.by_row.get(row, [])
        if len(columns) < 2 and not (pairs and columns and not _heading(grid, row, columns[0])):
            continue  # 独占一行的小标题
        own, rest = _paired(grid, row, columns)
        pairs += own
        unplaced += [(row, column) for column in rest]
    return Card(first=first, last=last, pairs=tuple(pairs), unplaced=tuple(unplaced))


def _heading(grid: Grid, row: int, column: int) -> bool:
    """独占一行的一格：栏名没填内容，或横着合并的小标题、说明。"""
    return bool(_label(grid, row, column)) or grid.span(row, column)[1] > 1 or column == 1


def _paired(grid: Grid, row: int, columns: list[int]) -> tuple[list[Pair], list[int]]:
    """一行里成对的各栏，和没有着落的列。"""
    labels = [bool(_label(grid, row, column)) for column in columns]
    if any(all(labels[i : i + 3]) for i in range(len(labels) - 2)):
        return [], list(columns)  # 连着三个栏名：卡里又套了一张表的表头
    names, told = columns[::2], columns[1::2]
    worded = all(_WORD.search(grid.text(row, column)) for column in names)
    alternating = len(names) == len(told) and any(labels[::2]) and not any(labels[1::2])
    if worded and alternating and all(_beside(grid, row, a) == b for a, b in zip(names, told, strict=True)):
        named = [
            (a, b)
            for a, b in zip(names, told, strict=True)
            if len(compact(grid.text(row, a))) <= LONGEST_LABEL
        ]
        taken = {column for pair in named for column in pair}
        return [_pair(grid, row, a, b) for a, b in named], [c for c in columns if c not in taken]
    return _scanned(grid, row, columns)


def _scanned(grid: Grid, row: int, columns: list[int]) -> tuple[list[Pair], list[int]]:
    """不是一格栏名一格内容排下去的：逐个栏名看右边紧挨着的一格。"""
    pairs: list[Pair] = []
    rest: list[int] = []
    waiting = list(columns)
    doubted = False  # 上一格也是栏名而挨得紧：这一格也许是它的内容
    while waiting:
        column = waiting.pop(0)
        if not _label(grid, row, column):
            rest.append(column)
            continue
        run = list(_run(grid, row, column, waiting))
        waiting = waiting[len(run) :]
        if len(run) == 1 or (len(run) == 2 and units.is_bare_unit(grid.text(row, run[1]))):
            unit = units.header_unit(grid.text(row, run[1])) if len(run) == 2 else None
            pairs.append(_pair(grid, row, column, run[0], unit))
            doubted = False
            continue
        touching = not run and waiting[:1] == [_beside(grid, row, column)]
        rest += run if run else [column] * (touching or doubted)
        doubted = touching
    return pairs, rest


def _run(grid: Grid, row: int, column: int, following: list[int]) -> Iterator[int]:
    """栏名右边一格挨一格的内容，到下一个栏名为止。"""
    beside = _beside(grid, row, column)
    for index in following:
        if index != beside or _label(grid, row, index):
            return
        yield index
        beside = _beside(grid, row, index)


def _pair(grid: Grid, row: int, label: int, column: int, unit: str | None = None) -> Pair:
    text = compact(grid.text(row, label)).rstrip(":")
    return Pair(label=text, told_at=(row, label), place=(row, column), unit=unit)


def _convincing(grid: Grid, card: Card) -> bool:
    """像一张卡：认得的栏够多，名称只写一处，三分之二以上的行以栏名开头，没着落的格不到一半。"""
    fields = [recognise_header(pair.label, year=None) for pair in card.pairs]
    rows = [row for row in range(card.first, card.last + 1) if len(grid.by_row.get(row, ())) > 1]
    opened = sum(bool(_label(grid, row, grid.by_row[row][0])) for row in rows)
    cells = sum(len(grid.by_row[row]) for row in rows)
    return (
        sum(field is not None for field in fields) >= FEWEST_PAIRS
        and fields.count("name") == 1
        and opened * 3 > len(rows) * 2
        and len(card.unplaced) * 2 < cells
    )


def _why_rejected(grid: Grid, card: Card, by_label: dict[str, Column]) -> str:
    named = next(pair for pair in card.pairs if recognise_header(pair.label, year=None) == "name")
    if by_label[named.label].field != "name" or compact(grid.text(*named.place)) in NO_NAME:
        return "没有写项目名称；请补写。"
    if named.place in grid.struck:
        return f"项目名称{WITHDRAWN}"
    return ""
