"""分行：表里的每一行归一类，没有一行下落不明（HANDBOOK §7.2 第5条，TRUST §2“每一行或收或拒”）。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile

from kaopu.exchange.excel_in import fields, synonyms
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.headings import (
    BARE_COUNT,
    BULLETS,
    CITY_NUMBERS,
    NUMERAL,
    category_key,
    notation,
    split_count,
)  # fmt: skip
from kaopu.exchange.excel_in.units import WORD, bracketed_unit, header_unit, stated_unit
from kaopu.exchange.excel_in.words import compact

_LIKE_A_NAME = re.compile(r"(工程|项目|建设|[改建]造|[新迁扩改]建)(\(.*\)|.期|.?标段?)?$")
_CONTACT = re.compile("(联系|经办|承办|填报|编制|审核|抄送|主送|报送)[一-鿿]{0,4}:")  # 表下的“联系处室：……”
_SECTION_UNIT = re.compile(
    rf"(投资|资金|金额|计量|货币)单位(为|:)\(?({WORD})"
)  # “二、产业类（总投资单位：亿元）”
WITHDRAWN = "划有删除线，按撤销处理，不导入。"
OTHER_TABLE = "第{row}行起是另一种表头，没有读；请把它放到另一张工作表再导入。"
_GROUP = re.compile(
    r"(在建|新开工|续建|新建|结转|预备|储备|正式|前期|竣工|建成|计划开工|(社会|政府|企业|国有)投资|(市|区)(属|级)|重大|重点|其他)+(类|项目|工程)*"
)
_NUMBERED_GROUP = re.compile(  # “1.环境类”“（甲）环境提升”，单独一行、下面是一组
    r"\d{1,2}[.．、](.{2,12}(?<!分)类(项目)?)|(?:\([甲乙丙丁戊己]\)|[甲乙丙丁戊己][、.,])(.{2,12})"
)
_ITEM = re.compile(r"\d{1,2}[.．、]\D|\([甲乙丙丁戊己]\)|[甲乙丙丁戊己][、.,]")
_FORMALITY = re.compile(r"(正式|预备|储备)(项目|类)?$")  # 与各类并列，不在哪一类之下
_TOTAL = re.compile(
    r".{0,8}?(合计|总计|共计|小计)数?([(:].*|共?\d+(个|项)(项目)?)?|(计)([(:].*)?|累计|分计|总数|[共计]\d+[个项件条](项目|问题)?"
)
_NOTE = re.compile(
    r"^(注|备注|说明|填[表报](说明|人|日期|时间|单位)|审[核批定]人?|(编制|制表|复核|校对)(人|单位|日期)?|(联系|咨询|值班|监督)(人|电话|方式)|附(?=:)|经办人"
    r"|图例|颜色说明|[填涂标底]色|(单位|部门|分管|主要)*(负责人|领导))(\(.*?\))?[:\d、.]|^[※*]|^以下空白|^第\d+页|^共\d+页|^(以上|上述)(数据|金额|内容|项目|投资)|^数据来源|^(续|接)上?表$|^\((续上页|接上页|转下页|第\d+页)\)$"
)
_SUB = re.compile(rf"^其中|^(\d+|[{NUMERAL}]+)(号)?标段?([:(]|$)|标段([:(]|$)|^\(\d+\)|^\d+\)")
_PART = re.compile(  # 没有编号的行写的是一段、一个标：“——东段”“#1标”“B地块”“含：配套道路”
    rf"^[—–―\-·├└│┣┗]+(?=\D)|^含[:：]|^标段?[\dA-Z{NUMERAL}]{{1,2}}$|^[IVX]{{1,4}}标段?$|^[东西南北中][段区侧]$|^(土建|机电|安装|装[修饰]|绿化|景观|主体|设备|幕墙|电气|弱电|钢结构|桩基|道路|桥梁|排水|管线|照明|市政)标$"
    rf"|^#?[\dA-Z{NUMERAL}]{{1,3}}[#号]?(标段?|楼|地块|工区|幢|段)$"
)
_SUB_ALONE = re.compile(rf"^(第)?(\d+|[{NUMERAL}A-Z])(号)?标段?$")  # 没有序号列时，只有这样的才敢认作子项
_LOT = re.compile(rf"^第?(\d+|[{NUMERAL}]+)(号)?(标段[:(]|标:)")  # “一标段：教学区”，没缩进也是上面项目的
_SUB_NUMBER = re.compile(r"(\d+)[.\-](\d+)|\(\d+\)")
_SECTION = re.compile(r"^(标段|单体|子项)(名称|划分)?$|^(单体|子项)工程$")
_BRACKETED = re.compile(r"\(\d+\)")
_CIRCLED = re.compile(r"^\s*[①-⑳]")
_TELLING = frozenset(
    {
        "responsible_unit",
        "lead_unit",
        "owner",
        "problems",
        "work",
        "progress",
        "goal",
        "next_steps",
        "measures",
    }
)
SHORTEST_SAYING = 10
_SIGNED = re.compile(
    r"(填表|制表|填报|编制|审核|经办|联系)(人|单位)?:.*|.{2,12}20\d{2}年\d{1,2}月\d{1,2}日"
)  # 落款
_STEMS = frozenset("甲乙丙丁戊己庚辛壬癸")
NO_NAME = frozenset({"", "/", "-", "—", "——", "无", "#N/A", "#REF!", "#VALUE!", "0"})


@dataclass(frozen=True, kw_only=True)
class Heading:
    """分类标题：层级（1 为大类）、名称、五类之一（认不出为空）、标题里写的个数。"""

    row: int
    column: int
    level: int
    title: str
    category: str | None
    declared: int | None


@dataclass(frozen=True, kw_only=True)
class RowClass:
    """一行的归类；分类行带标题，拒收行带原因。"""

    kind: str
    heading: Heading | None = None
    reason: str = ""


class RowClassifier:
    """对一张表逐行归类。"""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.header = header
        self.name = header.column("name") or Column(index=1, field="name", header="")
        self.seq = header.column("seq")
        self.measured = {c.index for c in header.columns if c.field in fields.MEASURED}
        self.told = [c.index for c in header.columns if c.field in _TELLING]
        self.sections = [c.index for c in header.columns if _SECTION.search(c.header)]
        self.after_sub = False
        self.noting = False  # 上面单起一行写了“注：”，其下一行一条
        self.following = dict(pairwise(sorted(grid.by_row)))
        figures = (row for (row, c), content in grid.cells.items() if c in self.measured and content.numeric)
        self.last_figure = max(figures, default=0)
        self.last_full = max((row for row, places in grid.by_row.items() if len(places) > 1), default=0)
        self.other_table = 0  # 从这一行起是另一种表头的表
        self.parent = False  # 这一段里已有不是编“（1）”的项目
        self.itemised = any(  # “甲、”“1.”打头的也是项目
            len(places) > 1 and row > header.rows[-1] and _ITEM.match(self._lead(row))
            for row, places in grid.by_row.items()
        )
        self.whole = False  # 上面有名称不是“一标段：……”的项目
        self.bracketed_outermost = False  # 大类写在“【】”里
        self.outer = ""  # 现在在五类的哪一类之下
        self.numbers = {self._seq(row) for row in grid.by_row if row > header.rows[-1]}
        self.counted = any(n[:1].isdigit() for n in self.numbers)  # 编 1、2、3 的，“一”“二”就是标题
        self.subtotalled = any(self._lead(row).endswith("小计") for row in grid.by_row)
        self.labels = {
            row: {c: compact(grid.text(row, c)) for c in grid.by_row.get(row, [])} for row in header.rows
        }
        self.titles = {
            compact(grid.text(row, c)) for row in range(1, header.rows[0]) for c in grid.by_row.get(row, [])
        }

    def classify(self, row: int) -> RowClass:
        """该行属于哪一类。须逐行依次问：子项之下没有序号的行随子项。"""
        found = self._classify(row)
        if self.other_table and found.kind not in ("blank", "header"):
            return RowClass(kind="rejected", reason=OTHER_TABLE.format(row=self.other_table))
        if found.kind != "blank":
            self.after_sub = found.kind == "sub"
            self.noting = found.kind in ("note", "unit") and (self.noting or self._opens_notes(row))
        if found.kind == "category":
            self.parent = self.whole = False
        elif found.kind == "project":
            self.parent = self.parent or not _BRACKETED.fullmatch(self._seq(row))
        return found

    def _classify(self, row: int) -> RowClass:
        if row not in self.grid.by_row:
            return RowClass(kind="blank")
        if row <= self.header.rows[-1]:
            return RowClass(kind=self._above(row))
        fixed = self._fixed(row)
        if fixed:
            return RowClass(kind=fixed)
        heading = self._heading(row)
        if heading is not None:
            if heading.level == 1:
                self.outer = heading.category or ""
            return RowClass(kind="category", heading=heading)
        return self._member(row)

    def _above(self, row: int) -> str:
        if row >= self.header.rows[0]:
            return "header"
        texts = [self.grid.text(row, c) for c in self.grid.by_row[row]]
        return "unit" if any(stated_unit(t) or synonyms.is_unit_line(t) for t in texts) else "title"

    def _fixed(self, row: int) -> str:
        written = {c: compact(self.grid.text(row, c)) for c in self.grid.by_row[row]}
        if self._repeats_header(written) or self._numbers_columns(row):
            return "header"
        texts = [*written.values()]
        if len(texts) >= 3 and self._starts_another(texts):
            self.other_table = row
            return "header"
        section = (
            row < self.last_figure
            and len(texts) == 1
            and (
                _SECTION_UNIT.search(texts[0]) or (bracketed_unit(texts[0]) and self._restates_unit(texts[0]))
            )
        )
        if len(texts) <= 3 and (section or any(map(synonyms.is_unit_line, texts))):
            if any(self._restates_unit(text) for text in texts):
                self.other_table = row
            return "unit"
        if len(texts) <= 3 and re.sub(r"\(?续表?\d*\)?$", "", texts[0]) in self.titles:
            return "title"
        return self._total_or_note(row, written)

    def _restates_unit(self, text: str) -> bool:
        """表中间又写一次单位，与上面的不同：从这里起是另一张表，照旧读就差一万倍。"""
        unit = stated_unit(text) or header_unit(text)
        whole = self.header.sheet_unit
        stated = {whole} if whole else {c.unit for c in self.header.columns if c.unit}
        note = _NOTE.match(text) and "以下" not in text
        return not note and unit is not None and bool(stated) and unit not in stated

    def _total_or_note(self, row: int, written: dict[int, str]) -> str:
        lead = self._lead(row)
        match = _TOTAL.fullmatch(lead) or _TOTAL.fullmatch(written.get(self.name.index, ""))
        if match and not self._seq(row).isdigit():
            return "subtotal" if match.group(1) == "小计" else "total"
        if self._alone(row) and (_SIGNED.fullmatch(lead) or self._says(row, lead)):
            return "note"
        if self._alone(row) and _CONTACT.match(lead) and self._after_all(row, lead):
            return "note"
        if (
            self.noting
            and self._alone(row)
            and (self._after_all(row, lead) or re.match(r"\(?\d{1,2}[.．、)]\D", lead))
        ):
            return "note"  # 注之下一行一条；表已经完了，写的都是注
        if not _NOTE.match(lead):
            return ""
        told = {c for c, text in written.items() if not _NOTE.match(text)}
        return "" if told & self.measured else "note"

    def _after_all(self, row: int, lead: str) -> bool:
        """表已经完了，一句话。写在内容列里的、独自写在名称列（左边还有序号列）的、短得像个名称的，不当作注。"""
        place = self.grid.by_row[row][0]
        least = min(column.index for column in self.header.columns)
        above = place < self.name.index or place == self.name.index == least
        content = any(c.index == place and c.field not in ("name", "seq") for c in self.header.columns)
        return (
            row > self.last_full
            and above
            and not content
            and _LIKE_A_NAME.search(lead) is None
            and (len(lead) >= SHORTEST_SAYING or lead.endswith("。"))
        )

    def _says(self, row: int, lead: str) -> bool:
        """名称列或更左边独自写着一整句话：“划线的一项已移交，不再调度。”不是项目；写在问题一列的是问题。"""
        place = self.grid.by_row[row][0]
        content = any(c.index == place and c.field not in ("name", "seq") for c in self.header.columns)
        return (
            lead.endswith("。") and len(lead) >= SHORTEST_SAYING and place <= self.name.index and not content
        )

    def _lead(self, row: int) -> str:
        return compact(self.grid.text(row, self.grid.by_row[row][0]))

    def _seq(self, row: int) -> str:
        return compact(self.grid.text(row, self.seq.index)) if self.seq else ""

    def _repeats_header(self, written: dict[int, str]) -> bool:
        for header_row, labels in self.labels.items():
            same = len(labels.items() & written.items())
            if same * 10 >= len(written) * 7 and (len(written) > 1 or header_row != self.header.rows[0]):
                return not any(_says_otherwise(labels.get(c, ""), text) for c, text in written.items())
        return False

    def _starts_another(self, texts: list[str]) -> bool:
        """又一行表头，与本表的不同：一张工作表里上下放了两张表。"""
        if not any(text in ("序号", "项目名称", "工程名称", "项目") for text in texts[:4]):
            return False
        known = {
            found
            for text in texts
            if len(text) <= 20
            and (found := synonyms.recognise_header(text, year=None) or synonyms.recognise_problem(text))
        }
        return len(known) >= 3 and len(known) * 2 >= len(texts)

    def _numbers_columns(self, row: int) -> bool:
        """栏号行：甲、乙、1、2、3……"""
        if row != self.header.rows[-1] + 1:
            return False
        texts = [compact(self.grid.text(row, c)).strip("()") for c in self.grid.by_row[row]]
        texts = [re.sub(r"=[\d+\-*/×÷()%.]+$", "", text) for text in texts]  # “5=3/2”
        numbers = [int(text) for text in texts if text.isdecimal()]
        rest = [text for text in texts if not text.isdecimal()]
        ordered = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
        return len(numbers) >= 4 and ordered and all(text in _STEMS for text in rest)

    def _heading(self, row: int) -> Heading | None:
        column = self.grid.by_row[row][0]
        if column > self.name.index or self._seq(row).isdigit():
            return None
        lead = self._lead(row)
        level, title = notation(lead)
        city = self._city_heading(row) if not level or not title else None
        if city:
            level, title = city
        plain, declared = split_count(title)
        if level and lead[0] in BULLETS:
            beside = {c for c in self.grid.by_row[row] if c != column}
            bare = BARE_COUNT.search(plain)
            declared = int(bare.group(1)) if bare else 0
            if bare is None or not beside <= self.measured or (beside and not self._heads(row, declared)):
                return None  # “★甲路（1）”之外还写着单位、金额的，是内容
            plain = plain[: bare.start()]
        category = category_key(plain)
        if level > 1 and category and (level == 3 or self.outer) and category != self.outer:
            level = 1  # “【民生类】”写的是五类，就是大类；“一、市政类”之后写“(二)民生类”的是并列，不是下级
        bracketed = lead[:1] in ("【", "[")
        if level == 1 and category and bracketed:
            self.bracketed_outermost = True
        elif bracketed and self.bracketed_outermost:
            level = 1  # 前面“【民生类】”是大类，同样写法的“【生态环境】”与它并列
        if not level and category and "类" in plain and (declared is not None or self._alone(row)):
            level = 1
        if (
            not level
            and self._alone(row)
            and self._leads(row)
            and not (self.itemised and _ITEM.match(lead))
            and (numbered := _NUMBERED_GROUP.fullmatch(plain))
        ):
            level, plain = 2, numbered.group(1) or numbered.group(3)
        if not level and self._spread(row) and (declared is not None or re.search(r"类$|类项目$", plain)):
            level = 1
        if not level and self._alone(row) and (declared is not None or _GROUP.fullmatch(plain)):
            level = 1 if _FORMALITY.match(plain) else 2
        if not level and column == self.name.index and self._opens_group(row, plain):
            level = 2
        measured = any(c in self.measured for c in self.grid.by_row[row])
        if not level or (
            measured
            and category is None
            and declared is None
            and not self._outline(lead, column)
            and not (city and city[1] and self.counted)
        ):
            return None
        if declared is None and category is None and any(c in self.told for c in self.grid.by_row[row]):
            return None  # 有责任单位、问题、进展的是内容行，序号恰好写成了“一”
        return Heading(row=row, column=column, level=level, title=plain, category=category, declared=declared)

    def _opens_group(self, row: int, name: str) -> bool:
        """写在名称列里、没有序号、单独一行，下一行起编了号，各组有小计的：是一组的名称，不是项目。"""
        if not self._alone(row) or not self.subtotalled or _SUB.search(name) or _PART.match(name):
            return False
        above = max((number for number in self.grid.by_row if number < row), default=0)
        below = min((number for number in self.grid.by_row if number > row), default=0)
        opens = above in self.header.rows or (
            above in self.grid.by_row and self._lead(above).endswith("小计")
        )
        return opens and self._seq(below).isdigit()

    def _outline(self, lead: str, column: int) -> bool:
        """写在序号或名称列里的“一、……”，即使带着本类的金额小计也是分类标题，不是项目。"""
        return column <= self.name.index and re.match(rf"[{NUMERAL}]{{1,3}}、[^、]{{2,}}", lead) is not None

    def _city_heading(self, row: int) -> tuple[int, str] | None:
        number = self._seq(row)
        for level, pattern in CITY_NUMBERS:
            if pattern.fullmatch(number):
                return level, compact(self.grid.text(row, self.name.index))
        return None

    def _alone(self, row: int) -> bool:
        return len(self.grid.by_row[row]) == 1

    def _leads(self, row: int) -> bool:
        """紧接着的一行写了不止一格：这一行是它们的标题。"""
        return len(self.grid.by_row.get(self.following.get(row, 0), ())) > 1

    def _heads(self, row: int, declared: int) -> bool:
        """自己没有序号，下面有序号的正好这么多行。"""
        below = takewhile(lambda r: self._seq(r).isdigit(), range(row + 1, self.grid.last_row + 1))
        return not self._seq(row) and sum(1 for _ in below) == declared

    def _spread(self, row: int) -> bool:
        """一整行只有一段横向合并的文字。"""
        column = self.grid.by_row[row][0]
        return self._alone(row) and self.grid.span(row, column)[1] >= 3

    def _member(self, row: int) -> RowClass:
        place = self.grid.anchors.get((row, self.name.index), (row, self.name.index))
        content = self.grid.cells.get(place) if place[1] == self.name.index else None  # 只向下继承
        raw = content.text if content else ""
        name = compact(raw)
        if self._spread(row):
            return RowClass(kind="note")
        if name in NO_NAME and self.grid.by_row[row][0] < self.name.index and self._footnote(row):
            return RowClass(kind="note")
        if not name and self.parent and self._is_section(row):
            return RowClass(kind="sub")
        if name in NO_NAME:
            return RowClass(kind="rejected", reason=self._why_no_name(row, name))
        if content and content.uncached:
            return RowClass(
                kind="rejected", reason="项目名称是公式而没有存结果；请用 Excel 打开、保存后重新导入。"
            )
        if place in self.grid.struck:
            return RowClass(kind="rejected", reason=f"项目名称{WITHDRAWN}")
        if self._is_sub(row, raw, name, inherited=place[0] != row):
            return RowClass(kind="sub")
        self.whole = self.whole or not _LOT.match(name)
        return RowClass(kind="project")

    def _is_section(self, row: int) -> bool:
        """名称、序号空着，标段写在另一列：是上面那个项目的一段。"""
        return not self._seq(row) and any(self.grid.text(row, column) for column in self.sections)

    def _footnote(self, row: int) -> bool:
        """写在序号列里、一整句的“1.本表不含……”“截至本月……”。"""
        sentence = re.match(r"\d{1,2}[.．、]\D{4,}|(?=(.*[一-鿿]){8})", self._lead(row))
        return self._alone(row) and sentence is not None

    def _opens_notes(self, row: int) -> bool:
        told = ".*" if row > self.last_full else ""  # 表已经完了的“注：本表……”
        opening = rf"(填[表报])?(备注|附注|注|说明)([:：]?|[:：]{told})"
        follows = re.search("以下|如下|下列", self._lead(row))  # “注：以下为新增项目”，下面写的不是注
        return self._alone(row) and not follows and re.fullmatch(opening, self._lead(row)) is not None

    def _why_no_name(self, row: int, name: str) -> str:
        if name:
            return f"项目名称写的是“{name}”，无法识别；请补写名称。"
        only_seq = self.seq is not None and self.grid.by_row[row] == [self.seq.index]
        return "只有序号，没有内容；请补写或删去此行。" if only_seq else "有内容但没有项目名称；请补写名称。"

    def _is_sub(self, row: int, raw: str, name: str, *, inherited: bool) -> bool:
        if name.startswith("其中") and (name[2:3] == ":" or not self._seq(row).isdigit()):
            return True  # 自有序号的“其中路改造”是项目
        if self.seq is None:
            follows = raw[:1].isspace() or _SUB.search(name) or _PART.match(name)
            inset = raw[:1].isspace() and _SUB.search(name) is not None  # “　一标段（土建）”
            lot = self.whole and _LOT.match(name) is not None
            return inset or lot or _SUB_ALONE.match(name) is not None or (self.after_sub and bool(follows))
        if number := self._seq(row):
            found = _SUB_NUMBER.fullmatch(number)  # 没有“1”而编“1-1”的，前一位是类别，不是子项
            bracketed = _BRACKETED.fullmatch(number) is not None
            if bracketed and not self.parent:
                return False  # 上面没有编成“1”的项目，“（1）（2）”就是项目自己的编号
            parted = found is not None and (bracketed or found.group(1) in self.numbers)
            return number.startswith("其中") or parted
        if inherited or self.after_sub or _SUB.search(name) or _CIRCLED.match(raw):
            return True
        if self.counted and _PART.match(name):
            return True
        return raw[:1].isspace() or (row, self.name.index) in self.grid.indented


class ProblemClassifier(RowClassifier):
    """对问题清单逐行归类：一行一条问题，项目名称可以合并着管几行（HANDBOOK §7.1 W3）。"""

    def _member(self, row: int) -> RowClass:
        if self._spread(row):
            return RowClass(kind="note")
        asked = [c for c in self.header.columns if c.field == "problems"] or [self.name]
        problem = next((c for c in asked if self.grid.text(*self._anchor(row, c.index))), asked[0])
        places = [self._anchor(row, column.index) for column in (self.name, problem)]
        texts = [compact(self.grid.text(*place)) for place in places]
        if all(text in NO_NAME for text in texts):
            return RowClass(kind="rejected", reason="没有写项目，也没有写问题；请补写或删去此行。")
        own = [place for place in places if place[0] == row and self.grid.text(*place)]
        if self.grid.text(*places[1]) and places[1] in self.grid.struck:
            return RowClass(kind="rejected", reason=f"问题{WITHDRAWN}")
        if (own and all(place in self.grid.struck for place in own)) or self._project_struck(row, places[0]):
            return RowClass(kind="rejected", reason=f"项目{WITHDRAWN}")
        return RowClass(kind="problem")

    def _project_struck(self, row: int, name: tuple[int, int]) -> bool:
        """项目划去的，其下各条都撤销；合并的名称是随它第一行整行划去的，只撤销那一行。"""
        if name not in self.grid.struck or name[0] == row:
            return name in self.grid.struck
        beside = [(name[0], column) for column in self.grid.by_row[name[0]] if column > name[1]]
        return not beside or not all(place in self.grid.struck for place in beside)

    def _anchor(self, row: int, column: int) -> tuple[int, int]:
        place = self.grid.anchors.get((row, column), (row, column))
        return place if place[1] == column else (row, column)


def _says_otherwise(label: str, text: str) -> bool:
    """同一列换了一种表头，认得而不是一个字段：“实际开工日期”换成了“竣工日期”，是又一张表。"""
    said = synonyms.recognise_header(text, year=None)
    return bool(label) and said is not None and said != synonyms.recognise_header(label, year=None)
