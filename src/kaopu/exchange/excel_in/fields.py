"""字段：表头怎么写，就是哪个字段（HANDBOOK §7.2 第2、3条的同义词，按表头原文逐条比对）。"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kaopu.exchange.excel_in.words import compact

AMOUNTS = frozenset(
    [
        "total_investment",
        "fiscal_funds",
        "social_funds",
        "cumulative_before",
        "planned_investment",
        "month_investment",
        "cumulative_investment",
        "plan_investment",
    ]
)
DATES = frozenset({"goal_due", "planned_start", "planned_finish"})
PERCENTS = frozenset({"year_ratio", "progress", "plan_progress"})
INHERITED = frozenset({"responsible_unit", "category", "name", "street", "owner"})  # 合并后可向下继承的属性列
LONG_TEXTS = frozenset({"scale", "goal", "note", "work", "problems", "next_steps", "plan_work"})
REPORT_FIELDS = frozenset(
    {"month_investment", "cumulative_investment", "year_ratio", "progress", "work", "problems", "next_steps"}
)
LIST_FIELDS = frozenset(
    {"total_investment", "planned_investment", "goal", "planned_start", "nature", "scale"}
)

UNITS = ("亿元", "百万元", "千元", "万元", "元")
_UNIT = re.compile(r"[(\[【]?(?:单位[::]?)?(?:人民币)?(亿元|百万元|千元|万元|亿|万|元)[)\]】]?$")
_SHEET_UNIT = re.compile(r"单位[::](?:人民币)?(亿元|百万元|千元|万元|元)")
_BRACKETED_UNIT = re.compile(r"[(\[【](?:单位[::]?)?(?:人民币)?(亿元|百万元|千元|万元|亿|万|元)[)\]】]")
_YEAR = re.compile(r"(?:20\d{2}|\d{2})年度?|20\d{2}|本年度?|当年度?|今年|全年")
_MONTH = re.compile(r"(?<![\d\-—~至])(1[0-2]|0?[1-9])月份?(?!底|末|累计)")

# 先后有意义：前面的先比。比对对象是去年份、去单位、去空白后的整个表头（含上级表头）。
_SYNONYMS: tuple[tuple[str, str], ...] = (
    ("seq", r"^(序号?|编号|No\.?|项次|行号)$"),
    ("code", r"内部编号|(项目|工程|统一)(统一)?(代码|编号|编码)|^代码$"),
    (
        "name",
        r"^((建设|重大|重点)?(项目|工程)(\(工程\))?名称?|名称|项目|工程|(建设)?项目\(工程\)名称)$|(项目|工程|标段)名称",
    ),
    ("lon", r"经度|东经|^lon(gitude)?$"),
    ("lat", r"纬度|北纬|^lat(itude)?$"),
    ("category", r"类别|分类|^类型$|项目类型"),
    ("formality", r"正式|预备|储备"),
    ("entry", r"(列入|纳入|进入)(方式|类型|情况|来源)|结转|项目来源"),
    ("nature", r"(建设|项目|工程)性质|^性质$"),
    ("scale", r"建设规模|主要内容|(项目|工程|建设)内容|(项目|工程)概况|^规模"),
    ("responsible_unit", r"(责任|牵头|主管|主责|推进)(单位|部门)|^责任主体$"),
    ("owner", r"(建设|项目|业主|实施)(单位|主体|法人)|业主|代建"),
    ("key_area", r"重点(地区|区域)|片区|板块"),
    ("street", r"属地|街镇|街道|镇街|所在(街|镇|地)"),
    ("next_steps", r"下(一)?(步|月|阶段).*(计划|安排|打算|措施|工作)|^(工作)?(措施|建议)$|^下(一)?步$"),
    ("problems", r"问题|困难|瓶颈|难点"),
    ("year_ratio", r"(完成|投资)(比例|率|百分比)|占.*(计划|投资).*(比|%)|完成年度?计划|^(计划)?完成%$"),
    ("progress", r"(形象|总体|工程|累计|建设)进度(?!说明)|^进度(\(?%\)?)?$"),
    (
        "cumulative_before",
        r"(截至|至|截止)?(上年|去年|上一?年度?|往年|以前年度)末?底?.*(累计|完成)|累计.*(上年|去年)(底|末)",
    ),
    ("cumulative_investment", r"累计(完成)?|-\d+月(份)?(完成)?|完成投资\(累计\)|开工(至今|以来)"),
    ("month_investment", r"(本|当|上)月.*投资|^(本|当)月完成(额|数|量)?$|^月完成投资|月份?(实际)?完成投资"),
    ("fiscal_funds", r"财政"),
    ("social_funds", r"社会(资金|投资|资本)|自筹|企业(资金|投资)"),
    ("planned_investment", r"计划(完成)?投资|投资(计划|目标)|^计划(完成)?$|^投资$|完成投资目标"),
    ("total_investment", r"总投资|投资(总额|估算|概算|规模)|概算|^估算"),
    ("goal_due", r"目标.*(时间|时限|日期|节点)|^(完成)?(时限|时间节点)$|^(计划)?完成(时间|日期|时限)$"),
    ("planned_start", r"开工(时间|日期|年月|节点)?$|开工.*(时间|日期)"),
    ("planned_finish", r"(竣工|完工|建成|交付)(时间|日期|年月|节点)?$|(竣工|完工|建成|交付).*(时间|日期)"),
    ("goal", r"目标|形象要求"),
    ("work", r"工作(内容|情况|进展)|进展|推进情况|完成情况|实施情况|进度说明|工作$"),
    ("note", r"备注|说明$|^其他$"),
)
_COMPILED = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in _SYNONYMS)
_BEFORE = re.compile(r"(截至|截止|至|到)?(20\d{2})年?(年底|底|末|12月底?末?)?.*累计")


@dataclass(frozen=True, kw_only=True)
class Column:
    """一列：第几列、哪个字段、表头原文；月度计划列带月份，金额列带单位（空则随全表）。"""

    index: int
    field: str
    header: str
    month: int | None = None
    unit: str | None = None
    percent_in_header: bool = False


def header_unit(header: str) -> str | None:
    """表头自带的单位：“总投资（亿元）”→“亿元”；没有则为空。"""
    match = _BRACKETED_UNIT.search(compact(header))
    return _full_unit(match.group(1)) if match else None


def stated_unit(text: str) -> str | None:
    """“单位：万元”这类说明的单位；“填报单位：某某”不是。"""
    match = _SHEET_UNIT.search(compact(text))
    return match.group(1) if match else None


def is_unit_line(text: str) -> bool:
    """这一格是否在说明金额单位（“单位：万元”或孤立的“（万元）”）。"""
    plain = compact(text)
    return stated_unit(plain) is not None or (len(plain) <= 8 and _UNIT.fullmatch(plain) is not None)


def _full_unit(word: str) -> str:
    return word if word.endswith("元") else f"{word}元"


def recognise_header(header: str, *, year: int) -> str | None:
    """由表头原文认字段；认不出为空。``year`` 用来分清“截至2021年底累计”（上年底）与“截至2022年6月底累计”（本年）。"""
    plain = _BRACKETED_UNIT.sub("", compact(header))
    before = _BEFORE.search(plain)
    if before and int(before.group(2)) < year and not re.search(r"(?<!1)[1-9]月", plain):
        return "cumulative_before"
    plain = _YEAR.sub("", plain)
    if re.search(r"实际.*(时间|日期)", plain):
        return None
    for field, pattern in _COMPILED:
        if pattern.search(plain):
            return field
    return None


def recognise_plan(header: str) -> tuple[str, int] | None:
    """月度计划列：“3月 / 计划投资”→（plan_investment, 3）；不是月度计划列为空。"""
    plain = compact(header)
    months = {int(m) for m in _MONTH.findall(plain)}
    if len(months) != 1 or re.search(r"实际|本月|截至", plain):
        return None
    if "完成" in plain and "计划" not in plain:
        return None
    month = months.pop()
    if re.search(r"进度|%|形象", plain) and "内容" not in plain:
        return "plan_progress", month
    if re.search(r"投资|金额|资金", plain):
        return "plan_investment", month
    return "plan_work", month
