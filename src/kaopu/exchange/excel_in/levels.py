"""认一列：由上下两级表头的字认是哪个字段，上级限定了年份、月份、计划、累计的连着看（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

import re

from kaopu.exchange.excel_in import fields, synonyms, units
from kaopu.exchange.excel_in.claims import GENERIC, MONTHS_ALONE, OF_A_FIELD, WORDED
from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.plan_headers import recognise_plan
from kaopu.exchange.excel_in.problem_cells import pole
from kaopu.exchange.excel_in.synonyms import recognise_header
from kaopu.exchange.excel_in.words import compact

SPAN_ALONE = re.compile(rf"{MONTHS_ALONE.pattern}|\d{{1,2}}月[底末]|[本当]月|累计")
_ACTUAL = re.compile(r"实际(完成)?(投资)?(额|数)?|全月")
_ALREADY = re.compile(r"^(已|实际)?(完成|投入|实际)(投资)?(额|数)?$")
_COMING = re.compile(r"下(一)?(月|步|周|阶段|年度?)|明年|次年")
_DONE_IN = re.compile(r"(?:(20\d{2}年)度?)?(?:(?<!计划)(实际)?完成(?!率|比)|^投资进展(情况)?$)")
_ENDS = {
    **dict.fromkeys(("开始", "起", "起始", "开始时间", "起始时间", "自"), "planned_start"),
    **dict.fromkeys(("结束", "止", "终止", "截止", "结束时间", "终止时间", "至"), "planned_finish"),
}
_IN_WORDS = re.compile(r"(具体|主要|文字|简要|一句话|[本当]月)?(内容|情形|表现|描述|说明|情况|实物量)")
_LIMITING = re.compile(r"20\d{2}|\d月|上年|去年|上月|上期|截至|累计|本月|当月|计划|目标|往年")
_MEASURED = (fields.AMOUNTS | fields.PERCENTS) - {"total_investment", "since_start"}
_MONTHS_INVESTMENT = re.compile(r"(\d{1,2}月|[本当]月)份?(?:完成)?投资(?:额)?(?:完成)?(?:情况)?")
_MONTH_LAST = re.compile(
    r"^投资(?:进展|完成|情况)*((?:\d{1,2}|[本当])月份?)$"
)  # 三级表头“投资进展／本月／实际”
_MONTH_TOLD = re.compile(r"(\d{1,2}月份?|(?:本|当)月).*(?:情况|进展)")
_OF_A_MONTH = re.compile(r"\d{1,2}月份?|[本当]月|[上下]半年|[一二三四1-4]季度")
_OF_A_PART = re.compile(
    r"(\d{1,2}[-—–~至])?\d{1,2}月份?|[本当]月|(截至|至)?\d{1,2}月[底末]?|累计|[上下]半年|[一二三四1-4]季度"
)
_YEARS_GOAL = re.compile(r"(20\d{2}年度?|年度|年内|今年|全年|本年度?).{0,4}(目标|要求|节点)")
_TOTAL = re.compile(r"(项目|计划)?(总投资|投资总额)额?|(项目|工程)总额|[概估匡]算(总投资)?")
_QUANTITY = re.compile(r"(主要|实物|设计)?工程量(\(.*\))?")
_PLANNED = re.compile(r"(计划|目标)(情况|安排|要求)?$")
_PLANNED_SUM = re.compile(r"(投资)?(计划|目标)(完成)?(投资)?(数|额|量|投资)?")
_RATIO_ALONE = re.compile(r"(完成)?(比例|百分比|占比|率|%)(\(%\))?|\(%\)")
_UNIT_AFTER = re.compile(r"/([十百千]?[亿万]元?)$")  # “完成/亿”
_SHARES = re.compile("(牵头|主办|主责|配合|协办|协同|协助)(单位|部门)?")
_TROUBLE = re.compile("(存在|主要|当前|目前)?的?(主要|突出)?(问题|困难)([及和](困难|问题))?")
_SHORT = re.compile(
    "时间|日期|要求|期限|结果|结论|标题|提出|意见|单位|[主次辅]"
)  # “督办／日期”“办理／期限”连上级看
MONTH_END = re.compile("月[底末](?=.*(形象|进度))")  # “12月末形象进度”
_OF_A_PROBLEM = frozenset({"due", "lead_unit", "assist_units", "measures", "status"})
_SCOPED_IN_BRACKETS = re.compile(
    r"(投资|完成|形象|进度)\((总|部位|[至截到]?(?:20\d{2}年)?(?:\d{1,2}[-—–~～至到])?(?:\d{1,2}月|年)?[底末]?(?:安排|计划|完成|预计)?|%)\)"
)
_UP_TO = re.compile(r"(截[至止]|至|到)\d{1,2}月[底末]?")
_SPAN_OF_WORK = re.compile(r"起止|工期|周期|(建设|实施|计划|项目)(时间|年限|期限)")


def column_of(
    index: int, top: str, leaf: str, *, year: int, planned: bool = False, problems: bool = False
) -> Column:
    """由上下两级表头认一列；``planned``：是月度计划表；``problems``：是问题清单。"""
    top, leaf = (_UNIT_AFTER.sub(r"(\1)", compact(text)) for text in (top, leaf))
    if (
        not leaf
        and (scoped := _SCOPED_IN_BRACKETS.fullmatch(top))
        and not units.is_bare_unit(scoped.group(2))
    ):
        top, leaf = scoped.groups()  # “投资（11月）”“形象（部位）”
    header = (f"{top}／{leaf}" if top and leaf else top or leaf).replace("/", "／")
    unit = units.header_unit(leaf) or units.header_unit(top)
    plan = recognise_plan(top + leaf) or recognise_plan(MONTH_END.sub("月", top + leaf)) if planned else None
    if plan is not None:
        return Column(index=index, field=plan[0], header=header, month=plan[1], unit=unit)
    found = _field(top, leaf, year=year, problems=problems)
    percent = re.search(r"%|百分", header) is not None
    return Column(
        index=index, field=found or f"other:{header}", header=header, unit=unit, percent_in_header=percent
    )


def _field(top: str, leaf: str, *, year: int, problems: bool) -> str | None:
    """先看下级表头；上级写着年份、月份、计划、累计一类限定的，连上级一起看。"""
    if leaf and units.is_bare_unit(leaf):
        leaf = ""
    top = _MONTH_LAST.sub(r"\1投资", top)
    if problems and (told := _problem_field(top, leaf)) is not None:
        return told or None
    if leaf.startswith("是否"):
        return None  # “形象进度／是否滞后”答的是是与否
    if re.fullmatch("[本当]月(推进|施工|实施|开展)", compact(leaf)):
        return "work"  # “目标与进度／本月推进”不是一个月的目标
    if leaf and (synonyms.is_of_a_part(top + leaf) or synonyms.is_of_a_part(leaf + top)):
        return None
    if leaf and (certain := _by_group(compact(top), leaf)) is not None:
        return certain
    if leaf and re.search("问题|协调", top) and synonyms.recognise_problem(leaf) in _OF_A_PROBLEM:
        return synonyms.recognise_problem(leaf)  # 月报里“需解决的问题／拟解决时间”
    tried = _tried(top, leaf) if leaf else (top,)
    if leaf in ("名称", "单位名称", "全称") and recognise_header(top, year=year) in fields.ORGANIZATIONS:
        tried = (top,)  # “建设单位／名称”不是项目名称
    priced = bool(units.header_unit(leaf) or units.header_unit(top))  # 写着金额单位的，不会是文字
    found = next(
        (f for text in tried if (f := recognise_header(text, year=year)) and not (priced and f in WORDED)),
        None,
    )
    if leaf and found is not None and _of_something_else(found, top, leaf, year):
        return None
    return None if synonyms.is_part_of_funds(found, top + leaf) else found


def _problem_field(top: str, leaf: str) -> str | None:
    """问题清单的一列；空串是“确知不属任何字段”，认不出为 ``None``（再按一般表头认）。"""
    if leaf and pole(leaf) and synonyms.recognise_problem(top) == "status":
        return "status"  # “是否销号”之下“是”“否”两列打勾
    if leaf and synonyms.recognise_problem(top + leaf) == "cause":
        return "cause"  # “问题”之下的“类别”
    if leaf and _IN_WORDS.fullmatch(compact(leaf)) and synonyms.recognise_problem(top) == "problems":
        return "problems"  # “存在问题／主要内容”不是建设内容
    if leaf and _TROUBLE.fullmatch(top) and OF_A_FIELD.search(leaf):
        return "problems"  # “存在问题／前期审批”“存在问题／征地拆迁”
    if compact(leaf) in ("项目", "工程"):
        return "name"  # “问题情况／项目”
    whole = _SHORT.fullmatch(compact(leaf)) and synonyms.recognise_problem(top + leaf)
    if (found := whole or synonyms.recognise_problem(leaf or top)) is not None:
        return found
    return "due" if recognise_header(leaf or top, year=None) == "goal_due" else None


def _by_group(group: str, leaf: str) -> str | None:
    """看上级就说得准的：“形象进度／具体内容”写的是话，“／完成比例”是形象进度；“计划起止时间／开始”是计划开工。"""
    if (
        re.search("进[度展]|(完成|工程)情况", group)
        and _IN_WORDS.fullmatch(compact(leaf))
        and not _LIMITING.search(group)
    ):
        return "work"
    if leaf == "下旬" and re.search("进[度展]|形象|情况", group) and not _LIMITING.search(group):
        return "work"  # “工程进展／下旬”是这个月末的
    if _YEARS_GOAL.fullmatch(group):
        if re.fullmatch("(完成|到位|实现)?(时间|日期|时限|时点)", leaf):
            return "goal_due"  # “年内目标／时间”
        if leaf in ("节点", "节点内容"):
            return "goal"
    if re.search("待解决|诉求|协调", group) and re.fullmatch("(具体)?(要求|请求|诉求)", leaf):
        return "request"  # “待解决／要求”
    if re.search("单位|部门|责任|分工", group) and (told := _SHARES.fullmatch(compact(leaf))):
        return "responsible_unit" if told.group(1) in ("牵头", "主办", "主责") else "assist_units"
    ahead = re.search("^现场$|形象|工程(进度|完成)|(推进|进展|施工|建设|现场)(情况|进度)|进展", group)
    if (
        ahead
        and not re.search("投资|资金|计划|目标", group)
        and _RATIO_ALONE.fullmatch(units.without_unit(leaf))
    ):
        return "progress"
    return _ENDS.get(compact(leaf)) if _SPAN_OF_WORK.search(group) else None


def _tried(top: str, leaf: str) -> tuple[str, ...]:
    """拿哪几种写法去认，先认得的算。"""
    top, leaf = units.without_unit(top), leaf.replace("实绩", "实际")
    group, own = compact(top), compact(leaf)
    if re.fullmatch(r"(工程)?形象(进度)?|(形象|施工)部位", own) and not re.search(
        "计划|目标|任务|安排", group
    ):
        return ("形象进度",)  # “10月完成／形象”写的是做到哪一步
    if re.fullmatch("形象(进度)?|节点", own) and re.search("任务|安排", group):
        return (top + leaf,)  # “今年任务／形象”写的是要做到哪一步
    if re.match("实际|当前|目前", own) and re.search("进[度展]", own):
        return (leaf,)  # “节点目标／实际进度”
    if re.search("^(计划|拟|预计)?([开动竣完]工|建成|交付)", own) and re.search("[开竣完]工", group):
        return (leaf, top + leaf)  # “开竣工及目标／开工时间”
    if re.search(r"\d月份?(工作)?(计划|安排)$", group):
        return (top + leaf,)  # “7月计划／工作内容”是下个月的
    if _PLANNED.search(group) and "进度" in leaf:
        return (top + leaf,)  # “2022年目标／形象进度”说的是要做到哪一步，不是做到了哪一步
    if (told := _MONTH_TOLD.fullmatch(group)) and not (GENERIC.fullmatch(own) or _PLANNED_SUM.fullmatch(own)):
        return (told.group(1) + leaf, top + leaf, leaf, leaf + top)  # “6月推进情况／完成投资”
    if own in ("计划", "目标") and re.search("进度|形象", group):
        return (top + leaf,)
    if re.fullmatch("[上中下]旬", own):
        return (leaf,)  # “11月完成投资／上旬”不是一个月的
    if (month := _MONTHS_INVESTMENT.fullmatch(units.without_unit(top))) and _ACTUAL.fullmatch(own):
        return (f"{month.group(1)}完成投资",)  # “11月投资／实际”
    if _OF_A_PART.fullmatch(re.sub("(投资|完成|情况)+$", "", group)) and _PLANNED_SUM.fullmatch(own):
        return (top + leaf,)  # “8月／计划数”“1-6月／计划投资”不是年度计划
    if _TOTAL.fullmatch(units.without_unit(own)) and not re.search("完成|累计", group):
        return (leaf,)  # “投资计划／总投资”
    if re.fullmatch(r"20\d{2}年度?", own) and "计划" in group:
        return (leaf + top,)  # “计划投资额／2025年”
    if own in ("总额", "合计", "总计", "全部") and re.fullmatch(
        r"(计划|项目|工程)?投资额?(计划)?", units.without_unit(top)
    ):
        return ("总投资",)
    if "完成" in top and own in ("计划", "年计划", "年度计划", "全年计划"):
        return (leaf,)  # “2022年完成／计划”
    if "完成投资" in group and own in ("目标", "年度目标", "全年目标"):
        return ("年度计划",)  # “2022年完成投资／年度目标”
    part = re.sub("^其中:?", "", own)
    if SPAN_ALONE.fullmatch(part) and (done := _DONE_IN.search(group)):
        return (f"{done.group(1) or ''}{part}完成投资",)  # “2022年完成／9月”“／1-9月”
    if _UP_TO.fullmatch(own) and re.search("投资|资金|完成", group) and not synonyms.is_undone(group):
        return (f"{own}累计完成投资",)  # “当年投资／到11月底”
    if re.search("[上去]年[底末]", own):
        return (leaf + top,)  # “已完成投资／截至上年末”
    if _LIMITING.search(group) and GENERIC.fullmatch(own):
        return (leaf + top, top + leaf)  # “计划／本月”单看“本月”就成了本月完成
    if _LIMITING.search(group):
        return (top + leaf, leaf, leaf + top)
    if top and own in ("工程", "项目"):
        return (top + leaf, leaf)  # “形象进度／工程”不是项目名称
    if top and own == "其他":
        return (top + leaf,)  # “资金来源／其他”不是备注
    if GENERIC.fullmatch(own):
        return (leaf + top, top + leaf, leaf)
    return (leaf, top + leaf, leaf + top)


def _of_something_else(found: str, top: str, leaf: str, year: int) -> bool:
    """单看下级像，上级说的是别的年份、下个月、资金到位、合同：“下月／完成”“2023年／完成率”“征收／累计”。"""
    group = compact(top)
    if found == "total_investment" and _ALREADY.search(compact(leaf)):
        return True  # “总投资／完成”是完成了多少
    if _COMING.match(group):
        return found != "next_steps"
    if found in _MEASURED and (synonyms.is_foreign(group) or _QUANTITY.fullmatch(group)):
        return True
    past = re.search("上年|去年|往年", group) or synonyms.of_another_year(group + leaf, year)
    if past and found in _MEASURED | {"goal", "goal_due", "work"}:
        return found not in ("cumulative_before", "previous_cumulative")
    return found == "year_ratio" and _OF_A_MONTH.fullmatch(group) is not None
