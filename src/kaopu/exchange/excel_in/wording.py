"""组词认列：同义词表里没有的表头，看它由哪些字眼组成、下面写的是数是话，推是哪个字段（HANDBOOK §7.2 第2条）。

四十家单位四十种说法，词表总有没收的。推来的列都写明是猜的；说的是别的年份、别的口径、数量面积的，不推。
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kaopu.exchange.excel_in import synonyms, units
from kaopu.exchange.excel_in.contents import AMOUNT, DAY, OTHER_THINGS, SHARE, WORDS
from kaopu.exchange.excel_in.fields import Column

_APART = re.compile(  # 与投资、进展无关的，或只是其中一部分的
    r"联系|电话|负责人|施工单位|监理(?!建议)|设计|勘察|总包|地址|地点|位置|文号|类型|类别|面积|平方|亩|长度|公里|户|(?<!配)套|个数|数量|人数|床位数|项目数"
    r"|同期|同比|环比|增[长幅速减]|排名|得分|评分|支付|拨付|到位|付款|合同|中标|结算|审定|(?<!总)(?<!工程)(?<!计划)(?<!完成)(?<!经)费(?!用)|财政|政府投资|社会(资金|投资)|自筹|贷款|债|安全|质量|党建|容积率|纳统|是否入统|入统(时间|日期|情况|单位|代码)|入库|签约|腾地|达产|开工率|决算"
)
_MONEY = re.compile(
    r"投资|资金|产值|金额|造价|[概估匡]算|盘子|投入|[总已拟]投|固投|支出|用款|花|实绩|工作量|工程量|发生额|投放|费用|经费|总成本"
)
_DONE = r"(完成|落实|累投|已执行|执行数|支出|入统|花|实际|实绩|投入|已投|已完|已(使)?用|产值|工作量|工程量|发生|用款|累计|年累)"
_PLAN = r"(应投|计划|任务|目标|指标|安排|下达|拟|需投|要投|要花|要完成|预期|应完成|预计|预算)"
_MONTH = r"((本|当|单)(月|期)|月度|(?<![\d\-—–~至])(1[0-2]|0?[1-9])月(?!底|末|累计))"
_YEAR = r"(年内|今年|本年|当年|年度|全年|20\d{2}年?|^年)"
_RUNNING = r"(累计|年累|年初|上半年|至今|以来|目前|截[至止]|[至到]\d+月|[-—–~至]\d+月|年内|今年|本年|当年|年度|全年|20\d{2}年?)"

# 先后有意义：前面的先比。空字段是“不推”。
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    AMOUNT: (
        ("cumulative_before", r"不含(20)?\d{2}"),
        ("since_start", r"^(?!.*计划).*(历年|累计|合计).*(?<!不)(含|包括)(今|本|当)年"),
        ("", r"[上中下]旬$|占总投资|总投资完成|开累.*(比|率)"),
        ("year_ratio", r"率|比[例重]?$|占.*(年|计划|任务|目标)|百分"),
        ("", r"^(?!.*(计划|目标)).*((预计|预估|有望).*完成|剩余|未完成)"),
        ("cumulative_before", r"历年|以[前往]年度|往年|(上|去)年(底|末)"),
        ("since_start", r"[自从]开工|开工后|(开工|开建|建设)(以来|至今|起?累计)|总投资.*完成|(总|项目)累计|累计.*[合总]计$|开累"),
        ("", rf"[-—–~～至到]\d+月(?!.*完成).*{_PLAN}|{_MONTH}.*{_PLAN}|{_PLAN}.*{_MONTH}|季度|\d月.*预计"),
        ("total_investment", r"^全部投(资|入)|^(?!.*完成).*总.*(投|盘子?|造价|费用|[概估匡]算)|^(治理|整治|修复|改造|建设|工程)?费用$|^花多少钱$|^投资[合总]计$|(列支|立项|批复|批准)(预算|金额|数)$|[概估匡]算批复数?$|^工程费用|(批复|核定)(总)?(金额|投资|资金)|^投资(总?额)?[／/]?(批复|立项|核定)$|(项目|工程)总价|^(建设|工程|项目|所需)?总?资金(总量)?$|^(项目|工程)?金额$|^(项目)?经费|费用估算|总成本|^(?!.*年.*计划).*总额|^(项目|工程)?(批复)?([概估匡]算|造价)|投资[概估匡]算|[概估匡]算投资"),
        ("planned_investment", rf"{_YEAR}.*{_PLAN}|{_PLAN}.*{_YEAR}|^(当|本)年度?(拟安排|申请)(资金|投资)?|^投资(20\d{{2}}年)?全年$|开工当年投资|^年初(排定|下达|安排|确定|核定)(投资|计划|金额)?|{_YEAR}(申请|预排|分年)(资金|投资)|(年内|今年|全年|当年|年底前)[须需要应拟]完成(投资)?(额|数)?$|{_YEAR}度?(实施投资|费用|用款|列支)$|^(投资|资金|预算)?(计划|任务|指标|安排)(投资|资金|费用|用款)?(数|额)?$|^下达"),
        ("month_investment", rf"^(其中|(投资|完成|情况|{_YEAR}年?度?)*)[:：]?{_MONTH}(?!.*{_RUNNING})"),
        ("planned_investment", r"^(全年|年度)(投资|资金)(额|数)?$|(年|年度|全年)(投资|资金)额度$|(全年|年度|年内|年初|今年|当年|本年度?|20\d{2}年?)(投资|资金|用款)?盘子$"),
        ("cumulative_investment", rf"^(今年|年初|开年)以来(合计|累计)?$|{_RUNNING}.*{_DONE}|{_DONE}.*{_RUNNING}|合计完成|完成合计|^已投资(额|数)?$|^(投资|资金)?已?(累计)?{_DONE}{{1,2}}(的)?(投资|资金|费用|金额)?(额|数|量)?$"),
        ("total_investment", r"^(?!.*([年月]|追加|新增|设备|后续|后期|序时|剩余|征收|前期|建安|土建|含税))[^计完]{0,4}(拟|预计)?投资(总?额|金额|规模|数)?(\((估算?|暂估|匡算|总)\))?$|造价$|[概估匡]算$|^(工程|项目)?预算(金额|数|投资|造价|价)?$"),
    ),
    SHARE: (
        ("progress", r"到.{0,2}什么程度|[完做干](工|成)?了(多少|几成)"),
        ("progress", r"^\d{1,2}月[底末]实际$"),
        ("", r"征收|动迁|拆迁|采购|招标|强度|同意|签约|满意|腾退|入住"),
        ("progress", r"^(项目|工程|建设|形象)?(总体完成|完成程度)"),
        ("progress", r"^(?!.*(投资|资金|支出|支付|执行|年|月|计划|任务|目标|序时|时间)).*进度(\(?%\)?)?$|完成量"),
        ("", rf"{_MONTH}|^月|占总投资|总投资完成|开累|序时|时间进度|工期|^较|偏差|应完成|进度.?(计划|目标)$"),
        ("progress", r"\(形象\)|^已完(成)?(工程|实物)|(形象|工程|实物|土建|主体|结构|施工|安装|入地).*(完成|率|占比|比例)|工程总?量"),
        ("progress", r"^(形象|工程|施工|建设|项目|完成|总体?|目前|当前)*进度(百分比|\(?%\)?)?$"),
        ("year_ratio", r"(资金|支出|支付|执行)进度"),
        ("year_ratio", r"完成|占|率|比|投资|计划|年度|全年|任务|目标"),
        ("progress", r"进度|形象|部位|面貌|进展|百分|%"),
    ),
    DAY: (
        ("", r"实际.*(竣|完工|建成|交付)"),
        ("planned_start", r"[开动]工|开建|进场|启动|开始|^施工起$|^[开始起]$"),
        ("planned_finish", r"竣|完工|落成|开学|使用|开业|启用|交维|时候完|^施工止$|^[末止终]$|^完成$|(计划|拟|预计)验收|收官|建成|交付|交房|结束|(预计|计划|拟)完成"),
        ("due", "何时(能)?(解决|办结)$"),
        ("", r"解决|整改|办理|督办|销号|协调"),
        ("goal_due", r"何时|节点|时点|时限|期限|目标|完成时间"),
    ),
    WORDS: (
        ("next_steps", r"^(接下来|往下|之后|随后|后面).*|(([二三四2-4]季度|下半年)(?!.*目标)|[明次来]年.*).*(计划|安排|打算|工作重点|重点工作|举措|[干做]什么|怎么[干做]|抓手)$|^(收尾|冲刺)(安排|计划|工作)|^年底.*(安排|打算)$"),
        ("", r"(\d月|本月|当月).*(计划|安排|打算|[拟将要准]备?(完成|办|做))"),
        ("name", rf"^(?!.*({OTHER_THINGS}|单位|部门|公司|企业|街|镇)).{{1,6}}名(称)?([及和、(].*)?$"),
        ("request", r"(^|／)请求$|拍板|盼|诉求|(请|需.?).*(解决|帮助|出面)|^待解决.*要求|协调|希望|提请|需求|恳请|支持|帮忙|请.+协助|[需待].*(决定|明确)|要.{0,2}[区市].{0,2}帮"),
        ("problems", r"问题|困难|烦|拖后腿|梗阻|遗留|事由$|头[疼痛]|[闹揪糟]心|麻烦|骨头|卡脖子|[差缺]什么|欠缺|未决|(?<!增补)(?<!列入)(?<!申报)(?<!调整)理由|差距|矛盾|障碍|制约|因素|卡点|堵点|难[点题处在]|瓶颈|[原主]因|受阻|短板|卡在|风险"),
        ("next_steps", r"^转下年|^(下(?!旬$)|后续|后一?(月|步|阶段)|次月|近期(?!情况|进展|动态)|后期)|后续(安排|打算|计划)|下(步|月|阶段|半年)|打算"),
        ("measures", r"措施|纠偏|赶工|举措|对策|办法"),
        ("goal", rf"^总体?目标$|(年底前?|今年|年内|全年|本?年度)[要应须需拟]?.{{0,4}}([干做建]到(?!哪|了)|[干做建]成什么|见到|到什么程度)|年[底末]前?[要应须需拟](完成|做到|达到|干到)(什么)?$|^(主要|关键)节点$|(形象|工程|施工)节点计划$|要.{{0,2}}到什么(程度)?|^(计划|目标)节点$|{_YEAR}.*(目标|任务|要求|节点)|^节点(计划|目标|要求|安排|内容)|^形象目标|^(年度|年内|全年)安排$"),
        ("work", r"^(当前|目前|现阶段|正在|最新)|(^|／)已完成$|(?<!施工)现场$|现状[／/]描述|在[做干]的[事活]|月份?[上中下]旬$|^施工内容$|怎么样$|何处$|实际达到$|动作$|所处阶段$|阶段描述$|^(目前|当前)阶段$|^作业内容$|跟进$|月底完成$|^上半年情况$"),
        ("scale", r"^(?!.*(完成|[本当]月|累计)).*(主要|设计)工程量$|^工程量$|规模|[建做干]些?什么$|建什么|体量|(?<!工作)(?<!进度)(?<!施工)(?<!推进)内容|(施工|工程)内容概[述况]|(?<!进展)(?<!推进)概况|范围"),
        ("key_area", "^(单元[／/])?组团$"),
        ("category", "^(所属)?大类$|归口类别|^(项目)?属性$|功能定位|用途|业态|(产业|投资)(方向|领域)"),
        ("owner", r"^甲方$|^(主体|权属)(企业|公司)$|拟引进|项目方|受让|引进.*(主体|企业)|运营方|谁.{0,2}[建做干]|由谁实施|^用户单位$|(开发|建设|投资)(商|企业|单位|主体|方)|(?<!行)业主|(建设|实施)[^设施监]*单位|代建|投资(方|主体|企业)|法人|^(下属|子)公司$|^校(\(园\))?方$"),
        ("responsible_unit", r"(责任|牵头|主管|主责|负责|推进|集团).*(单位|部门|主体|公司|科室)$|^(所属|所在)(集团|单位|部门)$"),
        ("street", r"^拟?选址$|^.{0,4}(街道|街镇|属地)(街道|街镇|镇|名称|单位)?$"),
        ("nature", r"^改造方式$|新.{0,2}[续改扩]建?"),
        ("work", r"实况|近况|现况|近期情况|进展|进度|形象|动态|现状|状况|状态|到哪|哪一步|面貌|部位|情况|推进|小结|工作量|工程量|[干做]了?[什啥]么?|(工程|施工|目前|当前)节点"),
        ("measures", "建议$"),
        ("note", r"备注|说明|其[它他]|附[注记]|^(提示|补充|备查)$"),
    ),
}  # fmt: skip
_OF_PROBLEMS = (  # 问题清单里，同义词表没有的说法
    ("", r"更新(时间|日期)|反馈日期|复查日期|停工(时间|日期)"),
    (
        "raised_on",
        r"(发现|提出|上报|登记|反映).*何时|(录入|督查|检查|巡查|走访|转办|来函|受理|接收|约谈|调研|暗访|抽查).*(时间|日期)",
    ),
    ("raised_by", r"谁.{0,2}(提|报|反映)|^(摸排|走访|收集)(单位|街镇)$|^(交办|督办|发单|派单)(单位|部门)$"),
    ("raised_on", r"^(挂牌|下达)(时间|日期|日)$|^(起始|发现于)$|首次|(上图|上榜|提级|报请|提请)(时间|日期)"),
    ("raised_on", r"(哪天|几号|何时)(报|提|反映)"),
    ("goal_due", "^原定(完成)?(时间|日期|节点)$"),
    ("cause", r"为(什么|何)|哪个环节|哪一环"),
    ("due", r"(哪天|几号|几时|何时)前?(办|解)|^终止$|何时(能)?(解决|办结)|最后时限|(什么时候|几时)解"),
    ("assist_units", r"谁.{0,2}(配合|协助)"),
    ("cause", r"哪(一?类|[一个]*方面)"),
    ("status", r"(解决|办结|销号|完成)了?(没有|没|吗|否)"),
    ("due", r"(时间|日期|时限|期限|日)$|(完成|解决|化解|整改|时间)节点"),
    ("cause", r"[原成]因"),
    ("request", r"希望|恳请|拟请|需.*(确认|决定|出面|明确|配合$)"),
    ("responsible_unit", r"谁|哪家|由.+(办|负责)|(责任|牵头|主办|承办|经办|落实).{0,2}(科室|方)"),
    ("assist_units", r"(配合|协办|协同).{0,2}(科室|方)"),
    ("request", r"^要求$|想要的?支持"),
    (
        "measures",
        r"怎么解|怎样(协调|解决)|(?<!月)打算$|领导要求|批示|处置|应对|打法|动作|路子|定了什么|交办意见|方案|结论|办法|怎么[办推干做]|举措|路径|对策|思路",
    ),
    (
        "work",
        r"怎么样|如何$|施工节点|哪一步|[办到]到|到哪|阶段|现状|情况|状况|动态|进[展度]|形象|面貌|答复|反馈|回复",
    ),
    ("note", r"备注|说明|其它|附[注记]|^(提示|补充|备查)$"),
)
_OF_THE_WHOLE = frozenset({"total_investment", "planned_investment"})  # 问题清单上捎带的投资
_EXTENT = re.compile(
    r"(地上地下)?(总|新)?(建筑|用地|占地)?([及和、](建筑|用地|占地))?(总?面积|规模)([及和、](主要)?(内容|班级规模|等级))?|设计规模|产品及产能|(主要|建设)功能|(道路|管线|管网|河道|线路|建设|改造|总)?(长度|里程)|床位(数)?[及和、](建筑)?面积|建筑面积[及和、](层数|床位数?|班级?数)"
)
_ONE_SOURCE = re.compile(
    r"^(其中[::]?)?(中央|国家|[市区镇省]|街镇|街道|企业)(本?级|属|财力|承担|出资|配套)(资金|投资|部分)?$"
)
_OF_NEXT = re.compile(r"打算|安排|计划$|^[明次来]年计划")
UNTOLD = frozenset({"计划", "目标", "百分比", "比例", "占比"})  # 要连着上级表头看才知道说的是什么
_SCOPED = re.compile(
    r"20\d{2}|\d月|[上去本当今往]年|年度|全年|上月|上期|截至|累计|本月|当月|计划|目标|^第?[一二三四]季度$|^[上下]半年$"
)
_NEW_YEAR = re.compile(
    r"年内|[今本当]年|年度|全年|年初|20\d{2}年|年累|上半年|季度|前\d{1,2}个月|(?<!\d)1[-—–~～至到]\d{1,2}月"
)


def compose(
    column: Column, nature: str, *, priced: bool, year: int, problems: bool = False, leaf_first: bool = True
) -> str | None:
    """由字眼与内容推一列的字段；推不出为 ``None``。

    ``priced``：表上写着金额单位；``problems``：是问题清单；``leaf_first``：先单看下级表头，再连上级一起看。
    """
    whole = units.without_unit(column.header.replace("／", "")).replace("固投", "投资")
    whole = synonyms.with_full_year(whole)
    own = column.header.rpartition("／")[2]
    if own.startswith("是否") or re.fullmatch(r"\d{1,2}月份?", own):
        return None
    told_of_next = nature == WORDS and _OF_NEXT.search(whole)  # 12 月的月报里，下步是明年的
    if nature == WORDS and _EXTENT.fullmatch(re.sub(r"\(.*?\)", "", own)):
        return "scale"  # “1.2公里”“3.5万平方米”自带单位，看得懂
    if nature == SHARE and re.fullmatch("(年度)?计划完成(情况|进度)", whole):
        return "year_ratio"
    foreign = synonyms.is_not_ours(whole) and not (told_of_next and re.match("[明次来]年", whole))
    if (
        _APART.search(whole)
        or foreign
        or synonyms.is_in_currency(whole)
        or (nature == AMOUNT and _ONE_SOURCE.search(own))
    ):
        return None
    if synonyms.of_another_year(whole, year) and not told_of_next:
        return None
    if problems:
        return _of_problems(column, whole, nature, priced=priced)
    money = column.unit is not None or _MONEY.search(whole) is not None
    if nature == AMOUNT and synonyms.is_counted(column.header):
        return None
    if nature == AMOUNT and not (money or priced):
        return None
    top, _, leaf = column.header.rpartition("／")
    telling = re.search(r"[^\W\d_]", leaf) is not None and leaf not in UNTOLD
    alone = top and not is_scoped(top) and telling
    tried = (units.without_unit(leaf), whole) if alone and leaf_first else (whole,)
    for text in tried:
        if (found := _first(_RULES[nature], text)) is not None:
            return None if synonyms.is_aside(found, whole) else found or None
    return None


def _of_problems(column: Column, whole: str, nature: str, *, priced: bool) -> str | None:
    """问题清单的一列；``whole`` 是去了单位的整个表头。"""
    if nature == SHARE and re.search("进[度展]" if priced else "进[度展]|完成(百分比|比例|率)", whole):
        return "progress"
    if nature == AMOUNT and (column.unit is not None or (priced and re.search("投", whole))):
        money = _first(_RULES[AMOUNT], whole)
        return money if money in _OF_THE_WHOLE and not synonyms.is_aside(money, whole) else None
    told = _first(_OF_PROBLEMS, whole) if nature in (WORDS, DAY) else None
    return None if synonyms.is_aside(told, whole) else told or None


def _first(rules: Sequence[tuple[str, str]], text: str) -> str | None:
    """在前的一条算；空串是“不推”，一条也不中的为 ``None``。"""
    return next((field for field, pattern in rules if synonyms.compiled(pattern).search(text)), None)


def is_scoped(top: str) -> bool:
    """上级表头限定了哪一年、哪个月、计划还是累计，下级要连着它看。"""
    return _SCOPED.search(top) is not None


def since_new_year(header: str) -> bool:
    """写明从年初算起的：“年内已投”“本年累计”“1-6月完成”；“截至6月底”也可以是开工以来。"""
    return _NEW_YEAR.search(header) is not None


def of_this_year(header: str) -> bool:
    """是今年的：从年初算起的，或说到哪个月的。"""
    return since_new_year(header) or re.search(r"\d月", header) is not None
