"""按种子造三族工作簿（HANDBOOK §7.1 的 W1、W2、W3），连同每一格应当读出什么；读表的代码一行也不借用。

真值只有三样：这一格该读成什么字段、什么值、要不要提示。造不出唯一答案的写法不造。
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

WAN, YI = 10_000, 100_000_000
PER = {"万元": WAN, "亿元": YI, "元": 1}
NAMES = (
    "桃浦4号能源站", "武威路道路新建工程", "长寿小学", "区中心医院急诊综合楼", "智创TOP商办项目", "高·尚领域",
    "苏河之冠滨河景观提升", "真如港H型通道", "小红帆幼儿园", "职工文体活动中心", "铜川路排管工程", "曹杨社区公共服务设施",
    "万里地块A-01住宅", "金沙江路人行天桥", "长征镇养老院", "石泉路消防站", "祁连山路雨水泵站", "真如副中心公共绿地",
)  # fmt: skip
UNITS = ("区建管委", "区教育局", "区卫健委", "桃浦镇", "长征镇", "区房管局", "区规划资源局", "区绿化市容局")
STREETS = ("桃浦镇", "长寿路街道", "真如镇街道", "万里街道", "曹杨新村街道")


@dataclass(frozen=True)
class Fact:
    """一格的真值；``warned`` 为真则这一格必须有提示。"""

    field: str
    value: object
    warned: bool = False
    qualifier: str | None = None


@dataclass
class Written:
    """一格写什么：写进去的值、数字格式、真值。"""

    raw: object
    value: object
    format: str = "General"
    warned: bool = False
    qualifier: str | None = None


@dataclass
class Truth:
    """一个工作簿的真值：各表种类，各格真值。"""

    kinds: dict[str, str] = field(default_factory=dict)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)


class Sheet:
    """一边写一边记真值。"""

    def __init__(self, sheet: Worksheet, truth: Truth, kind: str) -> None:
        self.sheet, self.truth = sheet, truth
        truth.kinds[sheet.title] = kind

    def plain(self, row: int, column: int, value: object) -> None:
        self.sheet.cell(row, column, value)

    def fact(self, row: int, column: int, name: str, written: Written) -> None:
        cell = self.sheet.cell(row, column, written.raw)
        if written.format != "General":
            cell.number_format = written.format
        if written.raw is not None:
            self.expect(row, column, name, written.value, written.warned, written.qualifier)

    def expect(
        self,
        row: int,
        column: int,
        name: str,
        value: object,
        warned: bool = False,
        qualifier: str | None = None,
    ) -> None:
        key = (self.sheet.title, f"{get_column_letter(column)}{row}")
        self.truth.facts[key] = Fact(name, value, warned, qualifier)

    def warn(self, row: int, column: int) -> None:
        key = (self.sheet.title, f"{get_column_letter(column)}{row}")
        if key in self.truth.facts:
            old = self.truth.facts[key]
            self.truth.facts[key] = Fact(old.field, old.value, True, old.qualifier)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def strike(self, row: int, columns: int) -> None:
        for column in range(1, columns + 1):
            cell = self.sheet.cell(row, column)
            if cell.value is not None:
                cell.font = Font(strike=True)
                self.warn(row, column)

    def paint(self, row: int, column: int, colour: str) -> None:
        self.sheet.cell(row, column).fill = PatternFill("solid", fgColor=colour)


def full_width(text: str) -> str:
    """半角数字、标点 → 全角。"""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def amount(rng: random.Random, unit: str | None, *, low: int = 100, high: int = 90_000) -> Written:
    """一格金额：``unit`` 是该列该用的单位，没有单位的列里只有自写单位的才读得出。"""
    yuan = rng.randint(low, high) * WAN
    per = PER[unit or "万元"]
    number = yuan / per
    bare: int | float = int(number) if number == int(number) else number
    known = unit is not None
    shape = rng.randrange(16)
    if shape <= 5:
        return Written(bare, yuan if known else None, warned=not known)
    if shape == 6:
        return Written(
            f"{number:,.2f}" if per == WAN else str(bare), yuan if known else None, warned=not known
        )
    if shape == 7:
        return Written(full_width(str(bare)), yuan if known else None, warned=not known)
    if shape == 8:
        return Written(f"约{yuan // WAN / 10_000:g}亿元", yuan // WAN * WAN, qualifier="approx")
    if shape == 9:
        return Written(f"逾{yuan // WAN}万元", yuan, qualifier="gt")
    if shape == 10:
        return Written(f"{yuan // WAN}万（其中设备{yuan // WAN // 4}万）", yuan)
    if shape == 11:
        return Written(rng.choice(["/", "—", "-"]), None)
    if shape == 12:
        return Written("待定", None, warned=True)
    if shape == 13:
        return Written(f"{yuan // WAN}-{yuan // WAN * 2}万元", None, warned=True, qualifier="range")
    if shape == 14:
        return Written(rng.choice(["#REF!", "3,2亿", "见附件"]), None, warned=True)
    return Written(f" {bare}\n", yuan if known else None, warned=not known)


def percent(rng: random.Random, *, in_header: bool) -> Written:
    """一格百分比：6% 的六种写法。"""
    number = rng.randint(2, 99)
    text = str(number)
    shape = rng.randrange(6)
    if shape == 0:
        return Written(number / 100, text, "0%")
    if shape == 1:
        return Written(f"{number}%", text)
    if shape == 2:
        return Written(full_width(f"{number}%"), text)
    if shape == 3 and in_header:
        return Written(f"{number}.5", f"{number}.5")
    if shape == 4:
        return Written(f"约{number}%", text)
    return Written(number / 100, text, "0.00%")


def day(rng: random.Random) -> Written:
    """一格日期（2022 年）：序列数、ISO 时刻、各种汉字写法，以及读不出的。"""
    month, on = rng.randint(1, 12), rng.randint(1, 28)
    ends = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    iso = f"2022-{month:02d}-{on:02d}"
    last = f"2022-{month:02d}-{ends[month - 1]:02d}"
    serial = 44_561 + sum(ends[: month - 1]) + on
    return rng.choice(
        [
            Written(serial, iso),
            Written(str(serial), iso),
            Written(serial, iso, "yyyy/m/d"),
            Written(f"{iso}T00:00:00", iso),
            Written(f"{iso} 00:00:00", iso),
            Written(f"2022年{month}月{on}日", iso),
            Written(f"2022.{month}.{on}", iso),
            Written(f"{month}月底", last),
            Written(f"2022年{month}月", last),
            Written(f"{month}月{on}日前", iso),
            Written("年内", "2022-12-31"),
            Written("尽快", None, warned=True),
            Written("待定", None, warned=True),
            Written("2022年6月31日", None, warned=True),
        ]
    )


def book(builders: list[tuple[str, object]]) -> Workbook:
    """空工作簿，各表已建好。"""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, _ in builders:
        made.create_sheet(name)
    return made


def save(made: Workbook, folder: Path, name: str) -> Path:
    """存下。"""
    path = folder / name
    made.save(path)
    return path
