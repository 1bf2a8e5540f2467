"""读表结果：工作簿里写了什么、写在哪一格、读成什么值、哪里要人看一眼（HANDBOOK §7.2 第10条“先出预演报告”）。

这里只有数据，没有判断；单元格地址一律写成 ``H7``，金额一律为整数元。
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

Value = int | str | None


class WorkbookRefused(Exception):
    """拒收工作簿：一句中文，说明原因并指出怎么改（TRUST §3）。"""


SPLIT_FIELDS = frozenset({"problems", "work"})  # 可以分几列写的
CONTENT_ROWS = frozenset({"project", "problem"})  # 要写入的行；拒收的之外，其余各种只归类


@dataclass(slots=True, kw_only=True)  # 不冻结：一份清单有上万格，冻结的构造慢三倍
class CellReading:
    """一格的读数。建好之后不改。

    ``value``：金额为整数元；日期为所述期间最后一天的 ISO 文本；百分比为十进制文本；序号为整数（写成数字时）；其余为整理后的文字。
    ``qualifier``：金额为 approx/gt/ge/lt/le/range，日期为 le（之前）/ge（之后）/approx；百分比为 approx。
    ``low``、``high``：金额区间的两端（元）；日期所述期间的首日与末日（ISO 文本）。
    ``precision``：日期精度 day/ten_day/month/quarter/half/year/range。``month``：月度计划列的月份 1–12。
    ``note``：括注（“其中设备3000万”）、日期列里写的状态（“已开工”）、状态列的含义（“√”即已销号）。
    ``items``：一格里写了几条问题、几家单位的，逐条分开。``flags``：说到这一格的提示的代码（含隐藏、撤销）。
    合并单元格向下继承时，``cell`` 是本行的格，``raw`` 来自左上角。
    """

    cell: str
    field: str
    raw: str
    value: Value = None
    qualifier: str | None = None
    low: Value = None
    high: Value = None
    precision: str | None = None
    month: int | None = None
    note: str | None = None
    items: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """预演报告里的一条读数；月度计划列另带月份，分条的另带各条，有提示的另带提示的代码。"""
        found: dict[str, object] = {
            "cell": self.cell,
            "field": self.field,
            "raw": self.raw,
            "value": self.value,
            "qualifier": self.qualifier,
            "low": self.low,
            "high": self.high,
            "precision": self.precision,
        }
        if self.month is not None:
            found["month"] = self.month
        if self.note is not None:
            found["note"] = self.note
        if self.items:
            found["items"] = list(self.items)
        if self.flags:
            found["warnings"] = list(self.flags)
        return found


@dataclass(frozen=True, kw_only=True)
class RowReading:
    """一行的读数。

    ``kind``：title unit header total subtotal category sub note blank project rejected；问题清单另有 problem，
    汇总表各行为 statistic，文字材料各行为 text。
    ``category``：五类之一（infrastructure livelihood public_service functional housing），认不出为空；
    ``heading``：所在分类标题的原文（市属表的“轨道交通”等不属五类，只在此处）。``reason``：拒收的原因。
    ``values`` 只含有内容的格。
    """

    row: int
    kind: str
    category: str | None = None
    values: tuple[CellReading, ...] = ()
    reason: str = ""
    heading: str = ""

    def get(self, field: str, month: int | None = None) -> CellReading | None:
        """按字段取读数；月度计划字段须给月份。没填的格返回空。"""
        return self._by_field.get((field, month))

    def all(self, field: str) -> tuple[CellReading, ...]:
        """某字段的各格：“存在问题”分了用地、施工几列的有几格，别的至多一格。"""
        return tuple(item for item in self.values if item.field == field)

    def text(self, field: str) -> str:
        """某字段读出的文字，几格的分行；没填、没读懂的为空。"""
        item = self.get(field)
        if item is None or field not in SPLIT_FIELDS:
            return "" if item is None or item.value is None else str(item.value)
        return "\n".join(str(each.value) for each in self.all(field) if each.value is not None)

    @cached_property
    def _by_field(self) -> dict[tuple[str, int | None], CellReading]:
        return {(reading.field, reading.month): reading for reading in reversed(self.values)}


@dataclass(frozen=True, kw_only=True)
class SheetWarning:
    """一条提示：哪一格、哪一类（机器用）、一句话（给人看，写明怎么办）。"""

    cell: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """一张表的读数。

    ``kind``：project_list monthly_report monthly_plan problem_list statistics prose instructions unknown；``level``：district 或 municipal；
    ``units``：金额字段 → 单位；``columns``：表头格 → 字段（认不出的为 other:表头）；``headers``：表头格 → 表头的比对文字；``stated_on``：题头“2022年1月”所述期间的末日；``listing``：initial 年初清单，added 年中新增，非清单为空；``reserve``：写明是预备项目的清单。
    ``drawing``：要画出来给人看时，各行各列的文字（个人信息已遮盖），至多 200 行、40 列。
    """

    name: str
    kind: str
    level: str = "district"
    header_rows: tuple[int, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    rows: tuple[RowReading, ...] = ()
    warnings: tuple[SheetWarning, ...] = ()
    stated_on: date | None = None
    listing: str | None = None
    reserve: bool = False
    drawing: tuple[tuple[str, ...], ...] = ()

    @property
    def projects(self) -> tuple[RowReading, ...]:
        """项目行。"""
        return tuple(row for row in self.rows if row.kind == "project")

    @property
    def problems(self) -> tuple[RowReading, ...]:
        """问题行。"""
        return tuple(row for row in self.rows if row.kind == "problem")

    def row_counts(self) -> dict[str, int]:
        """各类行数；相加等于表的总行数，没有一行下落不明。"""
        return dict(Counter(row.kind for row in self.rows))

    def as_json(self, most: int | None = None) -> dict[str, object]:
        """预演报告：行按类计数、读数、提示，可直接转成 JSON；``most`` 为读数与提示各至多列几条，缺省全列。"""
        values = (reading for row in self.rows for reading in row.values)
        return {
            "name": self.name,
            "kind": self.kind,
            "header_rows": list(self.header_rows),
            "units": dict(self.units),
            "columns": {cell: field for cell, field in self.columns.items()},
            "rows": self.row_counts(),
            "values": [reading.as_json() for reading in islice(values, most)],
            "warnings": [
                {"cell": w.cell, "code": w.code, "message": w.message} for w in self.warnings[:most]
            ],
        }


@dataclass(frozen=True, kw_only=True)
class WorkbookReading:
    """一个工作簿的读数；``sha256`` 是文件内容的摘要，同一文件再次导入可据此认出。"""

    file_name: str
    sha256: str
    sheets: tuple[SheetReading, ...]
