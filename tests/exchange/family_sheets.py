"""三族工作簿的各种表：项目清单、月报、问题清单、文字材料、汇总表，版式随种子变（HANDBOOK §7.1）。"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from tests.exchange.families import (
    NAMES,
    STREETS,
    UNITS,
    WAN,
    Sheet,
    Truth,
    Written,
    amount,
    day,
    percent,
    save,
)

CATEGORIES = ("市政基础设施", "民生保障", "公共服务", "功能性项目", "住宅")
Cell = Callable[[random.Random], Written]


def text(*choices: str) -> Cell:
    return lambda rng: Written((found := rng.choice(choices)), found)


def maybe(cell: Cell, chance: float = 0.25) -> Cell:
    return lambda rng: Written(None, None) if rng.random() < chance else cell(rng)


def phone(rng: random.Random) -> Written:
    number = f"13{rng.randint(0, 9)}{rng.randint(1000, 9999)}{rng.randint(1000, 9999)}"
    return Written(f"联系人电话{number}", f"联系人电话{number[:3]}****{number[-4:]}", warned=True)


def formatted(rng: random.Random, unit: str) -> Written:
    """单位写在数字格式里的一格。"""
    yuan = rng.randint(100, 900) * 100_000
    number = yuan / {"亿元": 10**8, "万元": 10**4}[unit]
    return Written(number, yuan, f'0.0000"{unit}"')


DECOYS = (
    "本月计划投资",
    "上月形象进度",
    "2021年计划投资",
    "1-6月计划投资",
    "联系人及电话",
    "建设单位联系人",
    "2023年计划投资",
    "一季度计划投资",
)


def decoy(rng: random.Random) -> tuple:
    """看着像而不是的一列：只许照存原文，不许当成完成数、年度计划；“本月计划投资”只许当本月计划。"""
    header = rng.choice(DECOYS)
    if header == "本月计划投资":
        return (
            "planned_this_month",
            "",
            f"{header}（万元）",
            lambda r: Written((n := r.randint(1, 99)), n * WAN),
        )
    return f"other:{header}", "", header, lambda r: Written((n := r.randint(1, 99)), str(n))


class Table:
    """一张有表头的表：题头、单位、一级或两级表头、分类行、内容行、合计、注，边写边记真值。"""

    def __init__(self, rng: random.Random, sheet: Sheet, columns: list[tuple[str, str, str, Cell]]) -> None:
        self.rng, self.sheet, self.columns = rng, sheet, columns
        self.row = 0
        self.header_row = 0

    def head(self, title: str, unit: str | None) -> None:
        """题头，自当前行的下一行起；``unit`` 非空则写在题头里，两成括在题名后面。"""
        sheet, width, top = self.sheet, len(self.columns), self.row + 1
        after_title = unit is not None and self.rng.random() < 0.2
        sheet.plain(top, 1, f"{title}（{unit}）" if after_title else title)
        if self.rng.random() < 0.6:
            sheet.merge(top, 1, top, width)
        self.row = top + 1
        if self.rng.random() < 0.5:
            sheet.plain(self.row, 1, "填报单位：区某局")
        if unit and not after_title:
            shape = self.rng.choice([f"单位：{unit}", f"（{unit}）", f"金额单位：{unit}", f"单 位：{unit}"])
            sheet.plain(self.row, width, shape)
        for _ in range(self.rng.randrange(3)):
            self.row += 1
            if self.rng.random() < 0.5:
                sheet.plain(self.row, 1, "报送时间：2022年6月25日")
        self.row += 1
        self.header_row = self.row
        self._headers(self.row)

    def _headers(self, row: int) -> None:
        two = any(group for _, group, _, _ in self.columns)
        for index, (_, group, header, _) in enumerate(self.columns, 1):
            shown = header if self.rng.random() < 0.6 else self._loose(header)
            if not two:
                self.sheet.plain(row, index, shown)
            elif group:
                first = index == 1 or self.columns[index - 2][1] != group
                if first:
                    self.sheet.plain(row, index, group)
                self.sheet.plain(row + 1, index, shown)
            else:
                self.sheet.plain(row, index, shown)
                self.sheet.merge(row, index, row + 1, index)
        if two:
            self._merge_groups(row)
        self.row = row + (2 if two else 1)

    def _merge_groups(self, row: int) -> None:
        start = 0
        for index in range(1, len(self.columns) + 2):
            group = self.columns[index - 1][1] if index <= len(self.columns) else ""
            if start and group != self.columns[start - 1][1]:
                if index - 1 > start:
                    self.sheet.merge(row, start, row, index - 1)
                start = 0
            if group and not start:
                start = index

    def _loose(self, header: str) -> str:
        if "（" in header:
            return header.replace("（", "\n（")
        return "　".join(header) if len(header) <= 4 else header[:2] + "\n" + header[2:]

    def category(self, index: int, count: int) -> None:
        title = CATEGORIES[index]
        shape = self.rng.randrange(5)
        written = (
            f"{'一二三四五'[index]}、{title}类（{count}个）",
            f"（{'一二三四五'[index]}）{title}",
            f"{'ⅠⅡⅢⅣⅤ'[index]}、{title}类",
            f"——{title}类",
            f"【{title}类】",
        )[shape]
        self.sheet.plain(self.row, 1, written)
        if self.rng.random() < 0.6:
            self.sheet.merge(self.row, 1, self.row, min(5, len(self.columns)))
        self.row += 1

    def line(self, values: dict[str, Written], *, seq: object = None) -> int:
        """一行内容；没给的列随机写。返回行号。"""
        for index, (name, _, _, cell) in enumerate(self.columns, 1):
            if name == "seq":
                if seq is not None:
                    self.sheet.fact(self.row, index, "seq", Written(seq, int(str(seq))))
                continue
            self.sheet.fact(self.row, index, name, values.get(name) or cell(self.rng))
        self.row += 1
        return self.row - 1

    def column(self, name: str) -> int:
        return next(i for i, (found, _, _, _) in enumerate(self.columns, 1) if found == name)

    def total(self, words: str, first: int) -> None:
        self.sheet.plain(self.row, 1, words)
        for index, (name, _, _, _) in enumerate(self.columns, 1):
            if "investment" in name:
                letter = chr(64 + index)
                self.sheet.plain(self.row, index, f"=SUM({letter}{first}:{letter}{self.row - 1})")
        self.row += 1

    def repeat_header(self) -> None:
        """换页后表头又来一遍。"""
        sheet = self.sheet.sheet
        height = 2 if any(group for _, group, _, _ in self.columns) else 1
        for offset in range(height):
            for index in range(1, len(self.columns) + 1):
                found = sheet.cell(self.header_row + offset, index).value
                if found is not None:
                    self.sheet.plain(self.row + offset, index, found)
        self.row += height


def _priced(rng: random.Random, field: str, group: str, header: str, sheet_unit: str | None) -> tuple:
    """一个金额列：三成在表头自写单位（可与全表不同），两成用数字格式写单位，其余随全表。"""
    if sheet_unit is None and rng.random() < 0.2:
        return field, group, header, lambda r: formatted(r, rng.choice(["亿元", "万元"]))
    low, high = {"total_investment": (50_000, 90_000), "month_investment": (100, 900)}.get(
        field, (1000, 9000)
    )
    if rng.random() < 0.35:
        unit = rng.choice(["亿元", "万元", "元"])
        shape = rng.choice(
            [f"{header}（{unit}）", f"{header}({unit})", f"{header}/{unit}", f"{header}（单位：{unit}）"]
        )
        return field, group, shape, lambda r: amount(r, unit, low=low, high=high)
    return field, group, header, lambda r: amount(r, sheet_unit, low=low, high=high)


def project_list(rng: random.Random, book: Workbook, truth: Truth) -> None:
    """W1：项目清单。"""
    unit = rng.choice(["万元", "万元", "亿元", None])
    goals = ("竣工", "开工", "结构封顶", "完成桩基施工", "取得施工许可证")
    pick = rng.choice
    columns = [
        ("seq", "", "序号", None),
        ("name", "", pick(["项目名称", "工程名称", "建设项目名称", "项目"]), None),
        ("nature", "", pick(["建设性质", "性质"]), text("新建", "续建", "改扩建")),
        (
            "scale",
            "",
            pick(["建设规模及主要内容", "主要建设内容", "建设规模"]),
            text("24班小学", "道路长1.2公里", "约10万平方米"),
        ),
        ("responsible_unit", "", pick(["责任单位", "牵头单位", "牵头部门"]), text(*UNITS)),
        ("owner", "", pick(["建设单位", "业主单位", "项目法人"]), text("示例建设单位甲", "示例建设单位乙")),
        ("street", "", pick(["属地街镇", "所在街镇"]), text(*STREETS)),
        _priced(rng, "total_investment", "", pick(["总投资", "计划总投资", "总投资额"]), unit),
        _priced(
            rng, "planned_investment", "", pick(["2022年计划投资", "年度计划投资", "本年计划投资"]), unit
        ),
    ]
    group = rng.choice(["", "2022年目标"])
    columns += [
        ("goal", group, "年度目标", text(*goals)),
        ("goal_due", group, "目标时间", day),
        ("planned_start", "", pick(["计划开工时间", "开工时间"]), day),
        ("note", "", "备注", maybe(text("示例金额", "暂估"), 0.5)),
    ]
    sheet = Sheet(book.create_sheet("区属"), truth, "project_list")
    table = Table(rng, sheet, columns)
    table.head("2022年区属重大工程项目清单", unit)
    names = rng.sample(NAMES, 8)
    first = table.row
    if rng.random() < 0.5:
        table.sheet.plain(table.row, 1, rng.choice(["合计", "合　计", "总 计"]))
        table.row += 1
    for index in range(rng.randint(1, 3)):
        table.category(index, 2)
        for number in (1, 2):
            name = names.pop()
            row = table.line({"name": Written(name, name)}, seq=rng.choice([number, str(number)]))
            _disturb(rng, table, row)
        if rng.random() < 0.3:
            table.total(rng.choice(["小计", "小 计"]), row - 1)
        if rng.random() < 0.3:
            table.repeat_header()
    _merge_units(rng, table, first)
    sheet.plain(table.row + 1, 1, "注：1.总投资为暂估数；2.年中新增项目另行报送。")


def _disturb(rng: random.Random, table: Table, row: int) -> None:
    """隐藏、划线、批注一类的扰动。"""
    sheet = table.sheet.sheet
    chance = rng.random()
    if chance < 0.08:
        sheet.row_dimensions[row].hidden = True
        for index in range(1, len(table.columns) + 1):
            table.sheet.warn(row, index)
    elif chance < 0.16:
        table.sheet.strike(row, len(table.columns))
    elif chance < 0.2:
        table.sheet.paint(row, 2, "FFFFFF00")


def _merge_units(rng: random.Random, table: Table, first: int) -> None:
    """相连两行的责任单位合并：下一行继承上一行的。"""
    column = table.column("responsible_unit")
    name = table.column("name")
    facts, title = table.sheet.truth.facts, table.sheet.sheet.title
    letter, name_letter = chr(64 + column), chr(64 + name)
    for row in range(first, table.row - 1):
        pair = [facts.get((title, f"{name_letter}{number}")) for number in (row, row + 1)]
        if all(pair) and not any(fact and fact.warned for fact in pair) and rng.random() < 0.4:
            upper = facts[(title, f"{letter}{row}")]
            table.sheet.merge(row, column, row + 1, column)
            table.sheet.expect(row + 1, column, "responsible_unit", upper.value)
            return


def monthly_report(rng: random.Random, book: Workbook, truth: Truth, name: str) -> None:
    """W2：一个单位的月报。"""
    unit = rng.choice(["万元", "万元", "亿元", None])
    pick = rng.choice
    in_header = rng.random() < 0.5
    percent_header = pick(["完成比例", "完成率", "占年度计划比例", "投资完成率"]) + (
        "（%）" if in_header else ""
    )
    group = rng.choice(["", "投资完成情况"])
    ratio = (group, percent_header)
    if group and in_header and rng.random() < 0.4:
        ratio = ("完成年度计划", "%")  # 下级表头只有一个“%”
    columns = [
        ("seq", "", "序号", None),
        ("name", "", pick(["项目名称", "工程名称", "项　目　名　称"]), None),
        ("owner", "", pick(["建设单位", "业主"]), text("区中心医院", "示例建设单位")),
        _priced(rng, "total_investment", group, pick(["总投资", "计划总投资"]), unit),
        _priced(
            rng, "planned_investment", group, pick(["2022年计划投资", "年度计划投资", "年度投资计划"]), unit
        ),
        _priced(rng, "month_investment", group, pick(["本月完成投资", "当月完成投资", "6月完成投资"]), unit),
        _priced(
            rng,
            "cumulative_investment",
            group,
            pick(["1-6月累计完成投资", "累计完成投资", "本年累计完成投资"]),
            unit,
        ),
        ("year_ratio", *ratio, lambda r: percent(r, in_header=in_header)),
        (
            "work",
            "",
            pick(["工程进展情况", "工作进展", "形象进度"]),
            text("基坑开挖至3层", "桩基施工完成", "主体结构施工中"),
        ),
        (
            "problems",
            "",
            pick(["存在问题", "存在的主要问题", "需协调解决的问题"]),
            maybe(text("管线搬迁未完成", "夜间施工许可")),
        ),
        (
            "next_steps",
            "",
            pick(["下月计划", "下步工作安排", "下阶段工作", "7月工作计划"]),
            text("完成封顶", "继续桩基施工"),
        ),
        ("note", "", "备注", maybe(phone, 0.8)),
    ]
    if rng.random() < 0.5:
        columns.insert(rng.choice([3, len(columns) - 1]), decoy(rng))
    sheet = Sheet(book.create_sheet(name), truth, "monthly_report")
    names = rng.sample(NAMES, 6)
    table = Table(rng, sheet, columns)
    table.head(f"{name}2022年6月重大工程项目月报", unit)
    _reported(rng, table, names[: rng.randint(2, 4)])
    if unit and rng.random() < 0.4:  # 同一张表下面又放一张：表头一样，单位不一样
        other = "亿元" if unit == "万元" else "万元"
        below = Table(rng, sheet, [_in_unit(column, other) for column in columns])
        below.row = table.row + rng.randrange(2)
        below.head(f"某镇2022年6月重大工程项目月报（单位：{other}）", None)
        _reported(rng, below, names[4:])
        table = below
    _signed(rng, sheet, table.row)


def _in_unit(column: tuple, unit: str) -> tuple:
    """随全表单位的金额列换一个单位；自写单位的不动。"""
    name, group, header, _ = column
    if not name.endswith("_investment") or "元" in header:
        return column
    low, high = {"total_investment": (50_000, 90_000), "month_investment": (100, 900)}.get(name, (1000, 9000))
    return name, group, header, lambda r: amount(r, unit, low=low, high=high)


def _reported(rng: random.Random, table: Table, names: list[str]) -> None:
    """月报的内容行、子项与小计。"""
    first = table.row
    for number, project in enumerate(names, 1):
        row = table.line({"name": Written(project, project)}, seq=number)
        if rng.random() < 0.35:
            for words in ("其中：一标段", rng.choice(["二标段", "　二标段"])):
                table.line({"name": Written(words, words.strip("　"))})
        else:
            _disturb(rng, table, row)
    table.total(rng.choice(["小计", "小　计", "合 计"]), first)


def _signed(rng: random.Random, sheet: Sheet, row: int) -> None:
    """表尾：注，或者填表人、审核人分写在几列里。"""
    shape = rng.randrange(4)
    if shape == 0:
        sheet.plain(row, 1, rng.choice(["※ 以上金额为暂估", "填报人：张　联系电话：13812345678"]))
    elif shape == 1:
        for column, words in ((1, "填表人：张三"), (6, "审核人：李四"), (9, "联系电话：62345678")):
            sheet.plain(row, column, words)


def prose(rng: random.Random, book: Workbook, truth: Truth) -> None:
    """W2：只有文字的一张表。"""
    sheet = Sheet(book.create_sheet("桃浦镇"), truth, "prose")
    sheet.plain(1, 1, "桃浦镇2022年6月重大工程推进情况")
    sheet.expect(1, 1, "text", "桃浦镇2022年6月重大工程推进情况")
    for number, name in enumerate(rng.sample(NAMES, 3), 1):
        line = f"{'一二三'[number - 1]}、{name}：本月完成投资约{rng.randint(100, 900)}万元，累计完成{rng.randint(10, 90)}%。"
        sheet.plain(number + 1, 1, line)
        sheet.expect(number + 1, 1, "text", line)


def summary(book: Workbook, truth: Truth, names: list[str]) -> None:
    """W2：引自各表的汇总表。"""
    sheet = Sheet(book.create_sheet("汇总"), truth, "statistics")
    sheet.plain(1, 1, "2022年6月月报汇总（单位：万元）")
    for index, header in enumerate(("序号", "项目名称", "本月完成", "累计完成"), 1):
        sheet.plain(3, index, header)
    for number, name in enumerate(names, 1):
        for index, value in enumerate((number, name, f"='{name}'!F6", f"={name}!G6"), 1):
            sheet.plain(3 + number, index, value)


STATUSES = (
    ("×", False), ("√", False), ("否", False), ("是", False), ("已销号", False), ("未销号", False), ("已解决", False),
    ("未解决", False), ("基本解决", True),
)  # fmt: skip


def _status(rng: random.Random) -> Written:
    word, warned = rng.choice(STATUSES)
    return Written(word, word, warned=warned)


def _problems(rng: random.Random) -> Written:
    found = rng.sample(
        ["土地腾退未完成", "管线搬迁方案未定", "施工许可证未办理", "居民信访", "1.5公里围挡未移交"],
        rng.randint(1, 3),
    )
    if len(found) == 1:
        return Written(found[0], found[0])
    shape = rng.randrange(3)
    parts = [(f"{n}.{t}", f"（{n}）{t}", f"{'①②③'[n - 1]}{t}")[shape] for n, t in enumerate(found, 1)]
    raw = rng.choice(["\n", "；"]).join(parts)
    return Written(raw, raw.replace("１", "1"), warned=True)


def _departments(rng: random.Random) -> Written:
    raw = rng.choice(["、", "，", ",", "  "]).join(rng.sample(UNITS, rng.randint(1, 3)))
    return Written(raw, " ".join(raw.split()))


def problem_list(rng: random.Random, book: Workbook, truth: Truth) -> None:
    """W3：问题清单。"""
    pick = rng.choice
    columns = [
        ("seq", "", "序号", None),
        ("name", "", pick(["项目名称", "所属项目", "工程名称"]), None),
        ("problems", "", pick(["存在问题", "问题描述", "需协调解决的问题", "主要问题"]), _problems),
        ("responsible_unit", "", pick(["责任部门", "牵头部门", "责任单位", "主办单位"]), _departments),
        ("assist_units", "", pick(["配合部门", "协办单位", "配合单位"]), maybe(_departments)),
        ("due", "", pick(["完成时限", "解决时限", "整改期限", "计划完成时间"]), day),
        ("status", "", pick(["是否解决", "销号情况", "办理状态", "是否销号"]), _status),
        ("raised_on", "", pick(["提出时间", "上报日期"]), day),
        ("note", "", "备注", maybe(phone, 0.8)),
    ]
    sheet = Sheet(book.create_sheet(pick(["问题清单", "Sheet1", "台账"])), truth, "problem_list")
    table = Table(rng, sheet, columns)
    table.head("2022年重大工程推进问题清单", None)
    status = table.column("status")
    for number, name in enumerate(rng.sample(NAMES, rng.randint(3, 5)), 1):
        top = table.row
        table.line({"name": Written(name, name)}, seq=number)
        for _ in range(rng.randrange(3)):
            row = table.line({"name": Written(None, None)})
            sheet.expect(row, 2, "name", name)
        if table.row - top > 1:
            sheet.merge(top, 2, table.row - 1, 2)
        elif rng.random() < 0.15:
            sheet.strike(top, len(columns))
        elif rng.random() < 0.3:
            sheet.plain(top, status, None)
            sheet.sheet.cell(top, status).value = None
            sheet.expect(top, status, "status", None, True)
            sheet.paint(top, status, rng.choice(["FFFF0000", "FF00FF00"]))
    sheet.plain(table.row + 1, 1, "注：红色为未解决，绿色为已解决。")


def make(seed: int, folder: Path) -> tuple[Path, Truth]:
    """按种子造一个工作簿。"""
    rng = random.Random(seed)
    truth = Truth()
    book = Workbook()
    book.remove(book.worksheets[0])
    family = seed % 3
    if family == 0:
        project_list(rng, book, truth)
    elif family == 1:
        names = ["教育局", "卫健委"]
        for name in names:
            monthly_report(rng, book, truth, name)
        prose(rng, book, truth)
        summary(book, truth, names)
    else:
        problem_list(rng, book, truth)
    return save(book, folder, f"W{family + 1}-{seed}.xlsx"), truth
