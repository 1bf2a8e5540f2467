"""看内容改认：表头像这个字段、下面写的却不是的列，是什么字段（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from kaopu.exchange.excel_in import fields, synonyms, units
from kaopu.exchange.excel_in.claims import told_in_parts
from kaopu.exchange.excel_in.contents import AMOUNT, DAY, MOSTLY, are_codes, is_dated, is_formality, is_office
from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.wording import compose

NUMBER = re.compile(r"[约近超逾]?[-\d.,]+(%|[十百千]?[万亿]?元?)?(左右|以上)?")
_BARE_MONTH = re.compile(r"(第?[一二三四1-4]季度／|[上下]半年／)?(20\d{2}年)?\d{1,2}月份?(／?计划)?")
_DONE_OR_PLANNED = frozenset({"planned_investment", "month_investment", "cumulative_investment"})
_WORDED_PLAN = ("next_steps", "goal")  # “计划”写的是下步，“年度计划”写的是目标
_OFFICE = re.compile(r"[局委办镇处所院校会署厅馆站园]$|街道|公司|集团|中心|学校|学院|医院|单位[甲乙丙丁]?$")
_OF_A_PROJECT = re.compile("(?!.*(问题|督办|交办|台账|预警|事项|工单)).*编号")
_YEAR_MONTH = re.compile(r"20\d{2}[.年/-]\d{1,2}月?(\d{1,2}日?|底|中旬|上旬|下旬|[./-]\d{1,2})?")
_PHRASE = re.compile(r"[^\d.,%()约近逾超万亿元千百十以上左右其中待定至—\-~～]{4,}")
_ASKED = re.compile(r"(恳|提|拟|呈)?请|希望|需.*(协调|支持)")
_BARE_LIST = frozenset({"seq", "name", "work"})
_A_STAGE = re.compile(r"(已|计划|年内|基本)?(新?开工|在建|建成|续建|竣工|新建|完工|前期|预备|储备)(项目)?")
_A_DATE = re.compile(r"[\d.年月日底末中初前内旬季半上下]|[一二三四]季度|完成|竣工")
LONGEST_STREET = 5
_STREET = re.compile(
    "街道|[镇乡]|社区|园区|新村|办事处|工业区|管委会|管理局|度假区|保税|开发区|片区|商务区|路$"
)
_TASK = re.compile("内容|任务|工作|事项|节点|形象|部位")


def settled_field(column: Column, texts: list[str], header: Header) -> str:
    """看着像这个字段、内容却不是的，改认成什么字段；内容对得上的原样给回。

    ``texts``：这一列写了内容的各格。改认不成的为 ``other:表头``，照存原文。
    """
    if column.field == "unit":
        return _unit(column, texts, header)
    if column.field == "work" and column.percent_in_header and texts and _figures(texts) == len(texts):
        return _free("progress", column, header)  # “进展%”
    asked = (
        column.field == "goal"
        and column.percent_in_header
        and re.search("完成(全年|年度?|今年|当年|年内)(投资|建设)?(目标|任务)", column.header)
    )
    if asked and texts and _figures(texts) == len(texts):
        return _free("year_ratio", column, header)  # “完成全年目标%”
    if not texts or column.percent_in_header:
        return column.field
    found = _BY_FIELD.get(column.field, _amount if column.field in fields.AMOUNTS else None)
    return found(column, texts, header) if found else column.field


def _other(column: Column) -> str:
    return f"other:{column.header}"


def _figures(texts: list[str]) -> int:
    return sum(NUMBER.fullmatch(text) is not None for text in texts)


def _free(field: str, column: Column, header: Header) -> str:
    """没有别的列是这个字段的，就是它；有的照存原文。"""
    return field if header.column(field) is None else _other(column)


def _unit(column: Column, texts: list[str], header: Header) -> str:
    if texts and all(units.is_bare_unit(text) for text in texts):
        return "unit"
    named = (
        sum(_OFFICE.search(text) is not None for text in texts) >= MOSTLY * len(texts) > 0
    )  # 写的是哪家单位，不是金额单位
    return _free("responsible_unit", column, header) if named else _other(column)


def _number(column: Column, texts: list[str], header: Header) -> str:
    """“编号”一列写“B23-01”的是项目的编号；问题清单里编的是问题的号。"""
    ours = ("problems" not in header.known or header.known & fields.AMOUNTS) and "code" not in header.known
    return "code" if ours and are_codes(texts) and _OF_A_PROJECT.fullmatch(column.header) else "seq"


def _entry(column: Column, texts: list[str], header: Header) -> str:
    """“列入类型”写的都是正式、预备。"""
    return _free("formality", column, header) if all(map(is_formality, texts)) else column.field


def _ratio(column: Column, texts: list[str], header: Header) -> str:
    """“完成年度目标”写的是话，就是目标；“完成计划”写话的、写数而没有百分号的说不清。"""
    bare = re.fullmatch("完成(计划|目标|任务)", column.header) is not None
    if bare and _figures(texts) and not any(text.endswith("%") for text in texts):
        return _other(column)
    if _figures(texts) or any(re.search(r"\d", text) for text in texts):
        return column.field
    return _free("goal", column, header) if re.search("目标|任务", column.header) else _other(column)


def _spoken(column: Column, texts: list[str], header: Header) -> str:
    if column.field in ("next_steps", "measures") and re.search("(建议|要求|意见)$", column.header):
        asked = sum(_ASKED.match(text) is not None for text in texts)
        return "request" if asked * 2 > len(texts) and header.column("request") is None else column.field
    if column.field == "work" and header.known <= _BARE_LIST and all(_A_STAGE.fullmatch(t) for t in texts):
        return "note"  # 市里公布的版式，备注写“建成”“在建”“新开工”的，叫“进展状态”也是备注
    if column.field == "work" and all(map(is_dated, texts)):  # “进度安排／进场施工”写的是哪年哪月
        dated = compose(column, DAY, priced=False, year=0)
        return _free(dated, column, header) if dated else _other(column)
    figures = _figures(texts) == len(texts) > 1  # 全是数的，不是话
    if column.field == "work" and not any(map(_PHRASE.search, texts)):  # 进展多半是数，别的是“—”“七八成”
        figures = _figures(texts) * 2 > len(texts) > 1
    top, _, leaf = column.header.rpartition("／")
    if figures and re.fullmatch("投资(进展|情况)+", top) and _BARE_MONTH.fullmatch(leaf):  # “投资进展／5月份”
        return _free("month_investment", column, header)
    if figures and column.field == "work" and all(text.endswith("%") for text in texts):
        return _free("progress", column, header)  # “工程面貌”写的是百分之几
    return _other(column) if figures and column.field != "measures" else column.field


def _plan_progress(column: Column, texts: list[str], header: Header) -> str:
    if _figures(texts) * 2 >= len(texts):
        return column.field
    told = any(c.field == "plan_work" and c.month == column.month for c in header.columns)
    return _other(column) if told else "plan_work"


def _plan_work(column: Column, texts: list[str], header: Header) -> str:
    """下面写的是数的月度计划列是计划投资、计划进度；说的不是投资的、这个月另有同一种列的退回原文。"""
    bare = _BARE_MONTH.fullmatch(column.header) is not None
    if _figures(texts) < MOSTLY * len(texts) or (_TASK.search(column.header) and not bare):
        return column.field
    shares = sum(text.endswith("%") for text in texts) * 3 >= len(texts)  # 有写百分号的，就不是金额
    found = "plan_progress" if shares else "plan_investment"
    taken = any((item.field, item.month) == (found, column.month) for item in header.columns)
    return _other(column) if taken or synonyms.is_foreign(column.header.replace("用款", "")) else found


def _goal_due(column: Column, texts: list[str], header: Header) -> str:
    """“目标节点”写“9月封顶”的是目标；写“9月底”的是时间。"""
    timed = re.search("时间|日期|时限|期限|日$", column.header) is not None
    left = sum(len(_A_DATE.sub("", text)) >= 2 for text in texts)  # 说到时间，也说到做成什么
    dated = any(re.search(r"\d|[一二三四五六七八九十]月|季|年", text) for text in texts) and left * 2 <= len(
        texts
    )
    return "goal_due" if timed or dated or header.column("goal") is not None else "goal"


def _scale(column: Column, texts: list[str], header: Header) -> str:
    """“项目概况投资／总额”写的全是数，是金额，不是规模。"""
    if _figures(texts) < len(texts) or not re.search("投资|总额|金额|资金", column.header):
        return column.field
    own = replace(column, header=column.header.replace("项目概况", ""))
    found = compose(own, AMOUNT, priced=True, year=0)
    return _free(found, column, header) if found else _other(column)


def _request(column: Column, texts: list[str], header: Header) -> str:
    """问题清单上“需哪家支持”一列写的都是单位，是请谁来办。"""
    if sum(map(is_dated, texts)) * 2 > len(texts):
        return _free("due", column, header)  # “盼着何时支持”
    named = "problems" in header.known and all(map(is_office, texts))
    return _free("lead_unit", column, header) if named else column.field


def _formality(column: Column, texts: list[str], header: Header) -> str:
    """“储备编号”写的不是正式、预备。"""
    return column.field if sum(map(is_formality, texts)) * 2 >= len(texts) else _other(column)


def _street(column: Column, texts: list[str], header: Header) -> str:
    """“街道先做了什么”写的是话，不是哪条街哪个镇。"""
    told = sum(len(text) > LONGEST_STREET and not _STREET.search(text) for text in texts)
    return _other(column) if told * 2 > len(texts) else column.field


def _goal(column: Column, texts: list[str], header: Header) -> str:
    dated = sum(is_dated(text) for text in texts) >= MOSTLY * len(texts)
    finish = re.match("竣工|完工|建成|交付", column.header) and header.column("planned_finish") is None
    if dated and finish:
        return "planned_finish"  # “竣工目标”写的是哪年哪月
    if dated and header.column("goal_due") is None:
        return "goal_due"  # “复工目标”写的是哪天
    amounts = _figures(texts) == len(texts) and not any(text.endswith("%") for text in texts)
    return "planned_investment" if amounts and header.column("planned_investment") is None else "goal"


def _progress(column: Column, texts: list[str], header: Header) -> str:
    if re.search("投资", column.header.partition("／")[2]) and not any(text.endswith("%") for text in texts):
        found = compose(column, AMOUNT, priced=True, year=0)  # “实际进度／投资（当月）”写的是金额
        return _free(found, column, header) if found in fields.AMOUNTS else _other(column)
    if _figures(texts) * 2 >= len(texts):
        return column.field
    taken = any(c.field == "work" and not re.search("安排|计划|打算", c.header) for c in header.columns)
    return _other(column) if taken and not told_in_parts(replace(column, field="work")) else "work"


def _amount(column: Column, texts: list[str], header: Header) -> str:
    """金额列里写的是话：“完成情况／6月”是进展，“计划”是下步，“年度计划”是目标，“计划完成”写着哪年哪月的是目标时间。"""
    months = [text for text in texts if _YEAR_MONTH.fullmatch(text)]
    if column.field == "planned_investment" and len(months) * 2 > len(texts):
        return _free("goal_due", column, header)
    phrases = [text for text in texts if _PHRASE.search(text)]
    spoken = column.field in _DONE_OR_PLANNED and not _figures(texts)
    worded = spoken or re.search("情况|进[展度]|形象|部位|现场", column.header) is not None
    if worded and len(phrases) * 2 > len(texts):
        planned = column.field == "planned_investment"
        return _free(_WORDED_PLAN["年" in column.header] if planned else "work", column, header)
    if any(re.search(r"[\d一二三四五六七八九十壹-玖]", text) for text in texts):
        return column.field
    wordy = sum(len(text) > 6 for text in texts)
    return _other(column) if wordy * 2 > len(texts) else column.field


_BY_FIELD: dict[str, Callable[[Column, list[str], Header], str]] = {
    "seq": _number,
    "work": _spoken,
    "problems": _spoken,
    "next_steps": _spoken,
    "measures": _spoken,
    "plan_progress": _plan_progress,
    "plan_work": _plan_work,
    "goal_due": _goal_due,
    "goal": _goal,
    "request": _request,
    "scale": _scale,
    "street": _street,
    "formality": _formality,
    "entry": _entry,
    "year_ratio": _ratio,
    "progress": _progress,
}
