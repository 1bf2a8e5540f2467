"""一列的内容：写的是数、日期还是话，像不像项目名称、街镇、单位（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from itertools import pairwise

from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.words import UNSAID, compact

AMOUNT, SHARE, DAY, WORDS = "amount", "share", "day", "words"
FEWEST_NUMBERS = 3
MOSTLY = 0.7  # 一列里这么多格是同一种写法，才算这一种
LONGEST_NAME = 40
FEWEST_RATIOS = 3  # 这么多行对得上才不是碰巧
ENOUGH = 100  # 看这么多格就说得准
_ABOUT = r"(约|近|超过?|逾|不(低|少|高)于|不超过|至少|最多)?"
SUMS = frozenset({"小计", "合计", "总计", "共计"})  # 合计行写在哪一列都不是那一列的内容
_VAGUE = frozenset({"尽快", "抓紧", "立即", "长期", "年内", "视情", "另定", "待明确"})  # 日期一栏里没有日期的
_NUMBER = re.compile(rf"{_ABOUT}[-—~～至\d.,]+[十百千]?(万元|亿元|[万亿元])?(左右|以上)?")
_OWN_UNIT = re.compile(r"\d[十百千]?([万亿]元?|元)")
_YEAR_MONTH = re.compile(r"20[0-4]\d\.(0?[1-9]|1[0-2])")
_PERCENT = re.compile(rf"{_ABOUT}[-\d.]+%(左右|以上)?")
_DATED = re.compile(
    r"(20\d{2}年?|\d{2}年)[./-]?(\d{1,2}[./-]?)?(\d{1,2}|月)?(\d{1,2}日?)?[底末初]?前?"
    r"|\d{1,2}月([底末初]|[上中下]旬|\d{1,2}日)?前?|((20)?\d{2}年|今年|明年)?([一二三四1-4]季度|[上下]半年|年)[底末初内]?前?"
)
OTHER_THINGS = r"姓名|人|签(?!约)|排名|资料|报表|设备|材料|物资|品名|规格|型号|制度|文件|会议|活动|奖|指标|科目|课题|职务|议题(?!项目)|资金"  # 这些的名称不是项目名称
_NOT_A_NAME = re.compile(
    rf"{OTHER_THINGS}|单位(?!名称)|部门|公司|企业|街|镇|类|性质|阶段|状态|编号|代码|日期|时间|内容|规模|备注|情况|进[展度]|问题|计划|投资|金额|人$|月份|指标"
)
_SENTENCE = re.compile("[,，;；。]")
_STREET = re.compile(r"街道$|[^城市集]镇$|[一-鿿]乡$|^城关镇$")
_A_UNIT = re.compile(
    r"^.{1,16}([局委办镇乡处所院校会署厅科队社]|[城交文水农]投|街道|公司|集团|中心|指挥部|专班|服务站|电力|供电|燃气|街镇)(\(.{1,6}\))?$"
)
_SEVERAL = re.compile(r"[、,，;；/／+\s]+")
_OF_NATURE = re.compile(r"属性|状态|进程|性质|类型|类别|新开|续建")
_NATURE = re.compile(r"(新|续|改|扩|迁|改扩|重)建(项目)?|(新开工|新开|结转|前期)(项目)?")
_OF_FORMALITY = re.compile("(正式|预备|储备)(项目)?")
_CODE = re.compile(r"(?=.*[^\W\d_])(?=.*\d)[\w\-—./·〔〕\[\]()]{3,}")  # “B23-01”
_OF_CODES = re.compile(r"(项目|工程|子项|标段|地块|单元|宗地|合同|台账)(编?号|编码)")
_OFFICE = re.compile(r"[局委办镇处署厅]$|街道|公司$|集团$|类$|合计|月$")


def nature_of(grid: Grid, index: int, first: int) -> str | None:
    """一列自 ``first`` 行起写的是金额、比例、日期还是话，看前百来格；没有内容、说不清的为空。"""
    kinds: Counter[str] = Counter()
    months = 0
    for row in range(first, grid.last_row + 1):
        content = grid.cells.get((row, index))
        text = compact(content.text) if content is not None else ""
        if content is None or text in UNSAID or text in _VAGUE or text.startswith(("=", "#")):
            continue  # 没有存结果的公式、公式错误，看不出写的是什么
        if kinds.total() >= ENOUGH:
            break
        if isinstance(content.value, date | datetime):
            kinds[DAY] += 1
        elif content.percent or _PERCENT.fullmatch(text):
            kinds[SHARE] += 1
        elif isinstance(content.value, str) and _DATED.fullmatch(text):
            kinds[DAY] += 1
        else:
            kinds[AMOUNT if _NUMBER.fullmatch(text) else WORDS] += 1
            months += _YEAR_MONTH.fullmatch(text) is not None
    if not kinds:
        return None
    if kinds[AMOUNT] == months > 1:  # 一列都是“2022.4”“2023.11”
        kinds[DAY] += kinds.pop(AMOUNT)
    found, most = kinds.most_common(1)[0]
    if found in (AMOUNT, SHARE):
        most = kinds[AMOUNT] + kinds[SHARE]  # 一列比例，有的写了百分号，有的没写
    return found if most >= MOSTLY * kinds.total() else None


def is_dated(text: str) -> bool:
    """一段文字写的全是日期：“2024年10月”“6月底前”“三季度”。"""
    return _DATED.fullmatch(text) is not None


def tells_formality(grid: Grid, index: int, first: int) -> bool:
    """一列写的都是正式、预备。"""
    texts = texts_of(grid, index, first)
    return bool(texts) and all(map(is_formality, texts))


def is_formality(text: str) -> bool:
    """写的是正式、预备。"""
    return _OF_FORMALITY.fullmatch(text) is not None


def tells_numbers(grid: Grid, index: int, first: int) -> bool:
    """一列写的是 1、2、3……：行行比上一行多一，各类可以另从 1 起；至少三行，夹着的只有“一、”一类的标题。"""
    texts = texts_of(grid, index, first)
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,3}", text)]
    rest = [
        text
        for text in texts
        if not re.fullmatch(r"\d{1,3}|\(?[一二三四五六七八九十]+[)、].*|.{0,8}[计类]", text)
    ]
    ordered = numbers[:1] == [1] and all(b == a + 1 or (b == 1 < a) for a, b in pairwise(numbers))
    return ordered and not rest and len(numbers) >= FEWEST_NUMBERS


def are_codes(texts: list[str]) -> bool:
    """写的都是编号：有字母或字、有数字，如“B23-01”。"""
    return sum(_CODE.fullmatch(text) is not None for text in texts) >= MOSTLY * len(texts) > 0


def tells_code(grid: Grid, column: Column, first: int) -> bool:
    """“地块编号”“合同号”一列写的都是编号，就是项目的编号。"""
    return _OF_CODES.fullmatch(column.header) is not None and are_codes(texts_of(grid, column.index, first))


def priced_within(grid: Grid, index: int, first: int) -> bool:
    """一列的格里自己写着金额单位。"""
    return any(_OWN_UNIT.search(compact(grid.text(row, index))) for row in range(first, grid.last_row + 1))


def texts_of(grid: Grid, index: int, first: int) -> list[str]:
    """一列自 ``first`` 行起写的各格文字，没写、写了等于没写的、“小计”一类、最左一列独自一行的注和标题不算；显示成百分数的带上百分号。"""
    filled = [row for row in grid.by_row if row >= first]
    lead = min((grid.by_row[row][0] for row in filled), default=0)
    rows = sorted(row for row in filled if index > lead or len(grid.by_row[row]) > 1)
    cells = (grid.cells.get((row, index)) for row in rows)
    texts = (compact(cell.text) + "%" * (cell.percent and cell.numeric) for cell in cells if cell is not None)
    return [text for text in texts if text not in UNSAID and text not in SUMS]


def number_at(grid: Grid, row: int, column: int) -> float | None:
    """一格里写的数，存成文字的也算（四舍五入到四位，相加不受浮点误差之累）；存的不是数的为空。"""
    content = grid.cells.get((row, column))
    text = content.text.strip().replace(",", "") if content is not None else ""
    return round(float(text), 4) if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else None


def adds_up(grid: Grid, total: int, parts: list[int], first: int) -> bool:
    """一列是不是另几列之和：十行里七行相加得上。"""
    rows = range(first, grid.last_row + 1)
    told = [(number_at(grid, row, total), [number_at(grid, row, part) for part in parts]) for row in rows]
    sums = [found == round(sum(part or 0 for part in each), 4) for found, each in told if found is not None]
    return bool(sums) and sum(sums) >= MOSTLY * len(sums)


def is_ratio(grid: Grid, ratio: int, part: int, whole: int, first: int) -> bool:
    """一列是不是另两列之比（百分数，或小数；两列可以一列写万元、一列写亿元）：至少三行，十行里七行对得上。"""
    told, right = 0, 0
    for row in range(first, grid.last_row + 1):
        found = percent_at(grid, row, ratio)
        sums = (number_at(grid, row, part), number_at(grid, row, whole))
        if found is None or not sums[0] or not sums[1]:
            continue
        told += 1
        expected = [sums[0] / sums[1] * 100 * factor for factor in (1, 1e4, 1e-4)]
        right += any(abs(found - each) <= min(1, each / 5) for each in expected)  # 四舍五入过
    return told >= FEWEST_RATIOS and right >= MOSTLY * told


def percent_at(grid: Grid, row: int, column: int) -> float | None:
    """一格写的百分之几：“62%”、0.62 而显示为 62%、62；都不是的为空。"""
    content = grid.cells.get((row, column))
    text = compact(content.text).rstrip("%") if content is not None else ""
    if content is None or not re.fullmatch(r"\d+(\.\d+)?", text):
        return None
    fraction = content.percent and content.numeric
    return float(text) * (100 if fraction else 1)


def names_streets(grid: Grid, column: Column, first: int) -> bool:
    """“地点”“所在区域”一列写的都是街道、镇，就是属地。"""
    if not re.search(r"地点|位置|坐落|区域|所在|所属", column.header):
        return False
    texts = texts_of(grid, column.index, first)
    return bool(texts) and sum(bool(_STREET.search(text)) for text in texts) >= MOSTLY * len(texts)


def tells_nature(grid: Grid, column: Column, first: int) -> bool:
    """“属性”“状态”一列写的都是新建、续建，就是建设性质。"""
    texts = texts_of(grid, column.index, first) if _OF_NATURE.search(column.header) else []
    return bool(texts) and sum(bool(_NATURE.fullmatch(text)) for text in texts) >= MOSTLY * len(texts)


def names_offices(grid: Grid, column: Column, first: int) -> bool:
    """一列写的都是单位、部门，一格可以写几家。"""
    texts = texts_of(grid, column.index, first)
    named = [all(is_office(part) for part in _SEVERAL.split(text) if part) for text in texts]
    return bool(texts) and sum(named) >= MOSTLY * len(texts)


def is_office(text: str) -> bool:
    """写的像一家单位、部门的名称。"""
    return _A_UNIT.search(text) is not None


def could_name(grid: Grid, column: Column, first: int, *, distinct: float = 0.9) -> bool:
    """这一列写的像不像项目名称：一行一个、各不相同、不长不短，不是单位、类别、月份、一句话。

    ``distinct``：不重样的至少占几成；问题清单上一个项目可以占几行，要得少些。
    """
    if _NOT_A_NAME.search(column.header.rpartition("／")[2]):
        return False
    texts = texts_of(grid, column.index, first)
    if not texts or nature_of(grid, column.index, first) != WORDS:
        return False
    named = [
        text
        for text in texts
        if 3 <= len(text) <= LONGEST_NAME
        and re.search("[一-鿿]{2}", text)
        and not _OFFICE.search(text)
        and not _SENTENCE.search(text)
    ]
    return len(named) >= MOSTLY * len(texts) and len(set(named)) >= distinct * len(named)


def mean_length(grid: Grid, index: int, first: int) -> float:
    """一列写了话的各格平均几个字；没有写话的为 0。"""
    texts = texts_of(grid, index, first) if nature_of(grid, index, first) == WORDS else []
    return sum(map(len, texts)) / len(texts) if texts else 0.0
