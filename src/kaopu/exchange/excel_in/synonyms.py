"""同义词：表头怎么写，就是哪个字段（HANDBOOK §7.2 第2条，按表头原文逐条比对）。"""

from __future__ import annotations

import re
from functools import lru_cache

from kaopu.exchange.excel_in.units import is_bare_unit, stated_unit, without_unit
from kaopu.exchange.excel_in.words import compact

_YEAR = re.compile(r"(?:20\d{2}|\d{2})年度?|20\d{2}|本年度?|当年度?|今年|全年")
_MONTH = re.compile(r"(?<![\d\-—~至前])(1[0-2]|0?[1-9])月份?(?!底|末|累计)")
_STATED_YEAR = re.compile(r"(?<!\d)(20\d{2}|\d{2})年")
# 看着像而不是的：人和电话、别的年份、本月计划、季度计划、上月进度。认作完成数或年度计划就是悄悄记错。
_NOT_OURS = re.compile(
    r"是否|应(达|完成)|[时序]{2}进度(?!.*原因)|时间进度|(前期|此前|期初|以前|[开复停]工前)累计|联系|电话|手机|负责人|领导(?!协调)|经办人|姓名|签字|传真|邮箱|(下|明|次)年|下一年"
    r"|到位|拨付|支付|下达(资金|额|数)|资本金|[开动]工.*[竣完]工"
    r"|(上|去)年(?!.*(累计|底|末))|上(月|期)(?!.*(累计|投资|完成))"
    r"|(计划|目标).*进度|进度.*(计划|目标)(?!完成)|计划(投资)?完成(额|数|量|情况)"
)
_FOREIGN = re.compile(
    r"预计|预估|决算|到位|支付|拨付|[拨付用放]款|合同|中标|招标|签约|征收|腾地|动迁|拆迁|手续|同期|同比|环比|增[长幅速]|面积|平方|公里|户|套数|[人件个次批]数|人次|亩"
    r"|用工|安全|质量|党建|贷款|债|结算|审计|税"
)
_COUNTED = re.compile(
    r"\((延?米|公里|平方米|㎡|m2?|km|户|套|幢|栋|台|座|吨|根|幅|处|个|亩|孔|盏|株|班|方|立方米)\)$"
)
_A_SHARE = re.compile("(占比|比例|比重|比率|百分比)$")  # “累计占比”不是金额
_OF_INVESTMENT = frozenset(
    {
        "planned_investment", "month_investment", "cumulative_investment", "year_ratio", "cumulative_before",
        "previous_investment", "previous_cumulative",
    }
)  # fmt: skip
_PART_OF_YEAR = re.compile(r"(本|当)(月|期)|季度|半年|[-—–~至]\d+月|\d月|累计")
_RUNNING = re.compile(
    r"\d月(底|末)?止$|^(截[至止]|至|到)?(20\d{2}年)?\d{1,2}月(底|末)(实际|已)?完成(投资)?[额数]?$|前\d{1,2}个?月(累计|实际)?(完成|投资)"
)
_AFTER = re.compile(r"^(下(一)?(月|步|阶段|年度?)|后续|后期).*(计划|目标|安排|打算|进度|工作|措施)$")
_THOSE_YEARS = re.compile(
    r"20\d{2}年?(度|底|末)?(及|和)?(以前|之前|前?(?=已完成|已投)|前(?=完成))(.*(完成|投资|已投|投入)|$)"
)
_TO_YEAR_END = re.compile(r"(截[至止]|至|到)20\d{2}年(底|末|12月底?)|20\d{2}年(底|末)?(前|以前|之前)")
_PAST_YEARS = re.compile(r"^(截至)?(历年|以前年度|往年).*(完成|累计|投资)|累计[至到](上|去)年$")
_WHOLE_YEAR = re.compile(r"(20\d{2}|\d{2})年度?((拟|预计|预期)完成)?投资额?")
_YEAR_END = re.compile(r"20\d{2}年(底|末)(形象|工程)进度$")  # 清单上是目标，月报上是现状，说不清
_GOAL_OF_A_PART = re.compile(
    r"((第?[一二三四1-4]|[本当])季度?|半年|\d月(底|末|份)?|[本当]月)[^年]*目标(?!.*(时间|日期|节点|时限))"
)
_RATIO_OF_A_MONTH = re.compile(
    r"(?<![\d\-—–~至])(\d{1,2}月份?|[本当]月|月度?|季度?|半年)(投资)?(计划)?(投资)?完成(率|比例|比率|百分比)"
)
_ONE_PART = re.compile(r"20\d{2}年|年度|本年|当年|今年|[本当]月|\d月|计划|完成")
_NEXT_AMOUNT = re.compile(r"下一?个?(月|步|阶段|季度?).*(投资|金额|资金)")  # 是数，不是下步工作
_MEASURES_RATIO = re.compile(r"比|率|%|占")
_DONE_THIS_YEAR = re.compile(
    r"(^|[^划])((本|当|全)年|年)度?(已|实际)?完成(投资)?(额|数|量)?$|今年(已|实际)?完成(投资)?(额|数|量)?$"
    r"|^已完成投资|上半年(已|实际)?完成(投资)?$"
)
_OF_ONE_YEAR = frozenset(
    {
        "planned_investment", "month_investment", "cumulative_investment", "goal", "goal_due", "year_ratio",
        "progress", "work", "next_steps", "cumulative_before",
    }
)  # fmt: skip

# 先后有意义：前面的先比。比对对象是去年份、去单位、去空白后的整个表头（含上级表头）。
_SYNONYMS: tuple[tuple[str, str], ...] = (
    ("seq", r"^((项目|工程|任务|议题)?序号|序次?|[件行项]?号|排序|编号|[Nn][Oo]\.?|项次|行号|顺序号?)$"),
    ("form_key", r"^表单键$"),
    ("unit", r"^(金额|计量|货币)?单位$"),
    (
        "code",
        r"内部(编号|编码)|^(库内|入库|储备|项目库)编号$|(项目|工程|统一)(统一)?(代码|代号|编号|编码)|^[代编]码$",
    ),
    (
        "name",
        r"^(项目|工程)全称$|^((建设|重大|重点|所属|涉及|关联|相关|配套|实事)?(项目|工程)(\(工程\))?名?称?|名称|(建设)?项目\(工程\)名称)$|(项目|工程|标段)名称|^(在建)(项目|工程)$|^工程项目$|^(?!.*(单位|部门|公司|类|性质|内容|规模|情况|问题|投资|编号)).{1,8}\((建设)?(项目|工程)(名称)?\)$|\((建设)?(项目|工程)名称?\)$|^(项目|工程)?名称\(|^(学校|医院|地块|楼宇|路段|道路|河道|小区|基地|站点|绿地|点位|场馆)(\(项目\))?名称$",
    ),
    ("lon", r"经度|东经|^(?i:lon(gitude)?)$"),
    ("lat", r"纬度|北纬|^(?i:lat(itude)?)$"),
    ("category", r"类别|分类|^类型$|(项目|工程)类型|^(所属)?(领域|行业)$"),
    ("formality", r"正式|预备|储备(?!项目)"),
    ("entry", r"(列入|纳入|进入)(方式|类型|情况|来源)|结转|项目来源"),
    (
        "nature",
        r"(建设|项目|工程)性质|^性质$|^建设类型$|^新(建|开工?)?[／/、]?续建?$|^新建(／|/|、|或)?([续改扩]建(／|/|、|或)?)+$",
    ),
    (
        "scale",
        r"^(项目|建筑|建设|商业)?体量([及和].*)?$|^(项目|工程)?简介$|建设规模|主要内容(?!.*(进展|完成))|(项目|工程|建设|主要施工)内容(?!.*(进展|完成))|(项目|工程)(概况|规模)|^规模",
    ),
    (
        "responsible_unit",
        r"(?<!建议)(?<!拟)(责任|牵头|主管|主责|推进|负责|包保|包干|承办|承担|主办|对口|跟踪|跟进|挂钩)(单位|部门|处室|科室|公司|企业|委办|委局)|^((市级|区级)?责任主体|主体责任|(市级|区级)?(行业|条线)?主管)$",
    ),
    (
        "owner",
        r"^(?!.*(问题|困难|事项|诉求)).*((建设|项目|业主|实施)(\(?(运营|管理|实施|投资|开发)\)?)?(单位|主体|法人)|(?<!行)业主(?!代表)|委托(单位|方)$|代建(?!项目|工程))|^企业(名称)?$|^(建设|投资|开发)方$|^(建设|投资|实施|开发|筹建|出资)(企业|单位|商|主体)$|^(实施|建设)公司$|^开发商$|^项目公司$|^投资主体$|^招标人$",
    ),
    ("assist_units", r"^(区级|市级|我区|本区|区内|主要|需)?(配合|协办|协助|协同|会办)(责任)?(单位|部门)$"),
    ("key_area", r"重点(地区|区域)|片区|^功能区$|板块|^(所属|所在)园区$"),
    (
        "street",
        r"^(?!.*(资金|投资|自筹|措施|完成|进展|问题|协调|事项|做法|采取|意见|发现|情况|工作|配合|任务|联络|联系|负责|人$)).*(属地|街镇|街道|镇街|乡镇|所在(街|镇|地))|^(镇|所?在?辖区)$",
    ),
    ("measures", r"^(工作|推进|应对|解决|整改|拟?采取的?)?措施$|^(解决|处理|整改)建议$"),
    ("problems", r"问题.*下(一)?(步|阶段)"),  # 两样写在一列：先当问题，不丢
    ("next_steps", r"下(一)?(步|月|周|阶段).*(计划|安排|打算|措施|工作)|^(工作)?建议$|^下(一)?步$"),
    (
        "problems",
        r"问题(?!类|来源|等级|级别|编号|序号|数|个|的?(回复|答复))|困难|卡壳|瓶颈|难点|堵点|矛盾|症结|风险点|制约因素|(需|提请|请求).*(协调|支持|配合)(?!.*(单位|部门)$)|需.*解决.*事项|^[亟急有]?待.*(解决|协调)|需.*研究.*事项|存在不足|(进[展度]|推进).{0,2}(偏慢|缓慢|滞后|受阻)的?(主要)?原因|滞后(情况)?说明|(请求|需.*)(帮助)?事项$|协调(事项|内容)|配合(事项|事宜)$",
    ),
    (
        "year_ratio",
        r"^(?!.*((工程|形象|实物)(工作量|量|进度)?|土建|主体|结构|施工|安装|入地)完成).*(完成|投资|占比)(比例|比|率|百分比)|(目标|任务)(完成\(?%\)?|(完成|达成)度)$|占.*(计划|投资|目标|任务).*(比|%|率)|占(全年|年度?|本年度?|当年)?(计划|总投资|目标)(投资)?$|完成年度?(计划|目标)?.{0,2}(%|比例|率|百分比)|完成(年度?|年内|全年|今年|本年度?|当年)(计划|目标|任务)$"
        r"|^(计划)?完成\(?%\)?$|^比例|^占比|^完成计划的?\(?(%|比例|百分比)|占(全年|本?年度?|当年)?(比例|比重|\(?%\)?)$|^年度?\(?%\)?$",
    ),
    (
        "progress",
        r"累计形象$|(工程|形象|实物)(工作量|量|进度)?完成(比例|百分比|率)|(形象|总体|工程|工程完成|施工|累计|建设|实际|实施|目前|当前|本[月周旬期])进度(?!说明|描述|情况)|^(累计)?进度(\(?%\)?)?$",
    ),
    ("previous_cumulative", r"(上月|上期|截至上月)末?底?.*累计|累计.*(上月|上期)"),
    ("previous_investment", r"上(月|期)"),
    (
        "cumulative_before",
        r"(上年|去年|上一年度?|往年)(度)?(末|底).*(累计|完成)|(上年|去年|往年).*累计|以前年度.*(累计|完成)"
        r"|累计.*(上年|去年)(底|末)",
    ),
    (
        "cumulative_investment",
        r"累计(完成)?|[-—–~至]\d+月|完成投资\(累计\)|(开工|开建|建设)(至今|以来)|年初至今|今年以来(累计)?完成|(开年|年初)以来(累计)?(完成)?投资",
    ),
    (
        "month_investment",
        r"(\d+|本|当)月份?新增|(本|当)(月|期).*(投资|金额)|^(本|当)(月|期)(实际)?完成(额|数|量)?$|^(\d+|本|当)月份?实际(额|数)?$|^(\d+月)?(本|当)月$|^月完成投资|月份?(实际)?完成(投资|额|数|$)|^(\d+|本|当)月份?(实际)?投资(额)?((实际)?完成(额|数|量)?)?$",
    ),
    (
        "fiscal_funds",
        r"财政(?!部门|局|意见)|财力|一般公共预算|(^|／|来源)(其中:)?政府性?(投资|资金|出资)(额|部分)?$|^[市区镇]级?拨(款|付)?资金$",
    ),
    (
        "social_funds",
        r"社会(方|资本)?(资金|投资|资本|投入|出资|融资|[及和]|$)|自有(资金|及)|市场化(资金|投入|融资|出资)|(?<!地方)(?<!街镇)(?<!街道)自筹|企业(自有|资金|投资|出资)",
    ),
    (
        "planned_investment",
        r"计划(完成)?投资|投资(计划|目标|指标|任务)|^年?度?计划\(年?度?\)$|目标投资|^(年度?)?计划(完成)?(额|数)?$|^年度?投资(额)?$|完成投资目标|^资金(安排|需求)$",
    ),
    (
        "total_investment",
        r"总投资|^(项目|工程)?总金额|^(项目|工程)总额|投资(总额|总量|总规模|体量|[概估匡]算|规模)|[概估匡预]\([概估匡预]\)算|概算(?!.*(批复|审批|评审|核定|备案)(情况|进展|时间)?$)|^[估匡]算",
    ),
    ("due", r"^(拟|计划|预计|要求|需)?(解决|整改|协调|办结)(完成)?(时限|期限|时间|日期|节点)$"),
    (
        "goal_due",
        r"目标.*(时间|时限|期限|日期|节点)|^(完成)?(时限|时间节点|节点时间)$|^(计划|任务|工作|节点)?(完成|达成|实现)(时间|日期|时限|节点|月份|年份)$|里程碑(时间|日期)",
    ),
    (
        "planned_start",
        r"^开建(时间|日期)|(?<!自)[开动]工(时间|日期|年月|节点|月份|年份?)?$|[开动]工.*(时间|日期)",
    ),
    (
        "planned_finish",
        r"(竣工|完工|建成|交付|通车|交房|上线|开办|收尾|投(运|用|产|入使用))(时间|日期|年月|节点|月份|年份?)?$|(竣工|完工|建成|交付|交工|通车|开放|启用|上线|投(运|用|产|入使用)).*(时间|日期)",
    ),
    ("work", r"(目标|任务).*(完成|进展|推进|落实)情况"),
    (
        "goal",
        r"目标|形象要求|里程碑|^(年度)?(建设|工作)?任务$|^(年度|年内|全年)(前期|主要|重点)?工作(计划|安排)$",
    ),
    (
        "work",
        r"文字说明|^(本|当)(月|期)(推进|施工|实施|开展)$|(工程|项目)简况|(本|当)(月|期).*(内容|部位)|工作(内容|情况|进展)|进展|目前形象|推进情况|(?<!投资)完成情况|(形象|工程|施工)面貌$|(实施|施工|工程|建设)情况|(进度|节点)(说明|描述|情况)|实际节点|节点实际|^(?!.*(年|计划|目标|拟|要求|达到|实现)).*形象$|本[周旬](主要)?完成|工作$",
    ),
    ("note", r"备注|^备考$|说明(事项)?$|^(需要?|要)说明的(情况|事项|问题)$|^其他$"),
)
compiled = lru_cache(maxsize=1024)(re.compile)  # 用到哪一条才编译哪一条：读表的进程每份一个，起得快
_BEFORE = re.compile(
    r"截[至止]20\d{2}年(已|累计)?完成|(截至|截止|至|到)?(20\d{2})年?(年底|底|末|12月底?末?)?.*累计|累计.*(截至|截止|至|到)20\d{2}年?(年底|底|末|12月底?末?)"
    r"|(截至|截止|至|到)(20\d{2})年?(年底|底|末|12月底?末?).*(完成|投资|已投|投入)"
    r"|(完成|投资).*(截至|截止|至|到)(20\d{2})年?(年底|底|末|12月底?末?)"
)
_GOAL_IN_WORDS = re.compile(
    r"(年底|年末|12月底)前?(要|应|须|需|拟|可)?(达到|完成|实现)的?(形象|工程|工作|节点|目标)|(年底|年末|12月底)前?(要|应|须|需|拟|可)?(达到|实现)$|(要|应|须|需|拟|年)达到的?((形象|工程)?进度|形象|部位|节点)$|(形象|年度|工程)进度目标$|^年[底末](形象|工程)(进度|节点)$|(20\d{2}年|年度|全年|今年)(计划|目标|任务|安排)(形象|节点)$|(年|年度)(工作|建设)?(计划|目标)形象进度$"
)


@lru_cache(maxsize=1024)
def recognise_header(header: str, *, year: int | None) -> str | None:
    """由表头原文认字段；认不出为空。

    ``year`` 用来分清“截至2021年底累计”（上年底）与“截至2022年6月底累计”（本年）、“2022年计划”与“2021年计划”；不给则不分。
    """
    plain = without_unit(header).replace("固定资产投资", "投资").replace("固投", "投资")
    if _GOAL_IN_WORDS.search(plain) and not _PART_OF_YEAR.search(plain):
        return None if of_another_year(plain, year) else "goal"
    if (certain := _told_apart(plain, year)) is not None:
        return certain or None
    bare = _YEAR.sub("", plain)
    found = next((field for field, pattern in _SYNONYMS if compiled(pattern).search(bare)), None)
    shared = found in _OF_INVESTMENT and found != "year_ratio" and _A_SHARE.search(plain) is not None
    if shared or is_part_of_funds(found, plain) or (found in _OF_INVESTMENT and is_foreign(plain)):
        return None
    return None if found in _OF_ONE_YEAR and of_another_year(plain, year) else found


def is_foreign(header: str) -> bool:
    """说的是资金到位、合同、征收、户数、去年同期一类，不是投资完成了多少；括号里捎带说到的不算。"""
    return is_counted(header) or _FOREIGN.search(re.sub(r"\(.*?\)", "", header)) is not None


def is_counted(header: str) -> bool:
    """“累计完成（米）”写的是长度、台数，不是投资。"""
    return _COUNTED.search(header) is not None


def is_part_of_funds(field: str | None, header: str) -> bool:
    """年度计划、本月完成里的财政或社会部分，不是总投资的资金来源。"""
    return field in ("fiscal_funds", "social_funds") and _ONE_PART.search(compact(header)) is not None


def is_of_a_part(header: str) -> bool:
    """一个季度的目标、一个月的完成率，不是年度目标、年度完成率。"""
    plain = without_unit(header)
    return bool(_GOAL_OF_A_PART.search(plain) or _RATIO_OF_A_MONTH.search(plain))


def _told_apart(plain: str, year: int | None) -> str | None:
    """同义词分不清的几种，先按句子分清：字段，或空串（确知不属任何字段）；分不清的为 ``None``。"""
    latest = max(map(int, re.findall(r"20\d{2}", plain)), default=0)
    past = year is not None and latest < year and not re.search(r"(?<!1)[1-9]月", plain)
    if past and _BEFORE.search(plain):
        return "cumulative_before"
    if _PAST_YEARS.search(plain):  # “历年累计”算不算今年，表头上说不清
        return "" if "历年" in plain else "cumulative_before"
    if (
        re.search(r"进度\([环米延公里根幅段个]+\)", plain)
        or _NEXT_AMOUNT.search(plain)
        or re.search(r"(预计|预估|有望).*完成(?!.*(时间|日期|计划|目标))|(问题|事项)的?[回答]复$", plain)
    ):
        return ""
    if re.search(r"目标.*(时间|日期|时限)$", plain) and not of_another_year(plain, year):
        return "goal_due"
    if re.fullmatch(r"已?完成的?(投资总额|总投资额?)", plain):
        return "since_start"
    if re.fullmatch(r"(计划|拟|预计|项目)投资总额", plain):
        return "total_investment"
    if _RUNNING.search(plain) or (
        re.search(r"截[至止](本|当)月", plain) and not _MEASURES_RATIO.search(plain)
    ):
        return "cumulative_investment"
    if re.search(r"(上月|上期).*累计|(截[至止]|至|到)上(月|期)", plain):
        return "previous_cumulative"
    if _AFTER.search(plain) and not re.search(r"投资|金额|资金|时间|日期", plain):
        return "next_steps"
    if past and (_THOSE_YEARS.search(plain) or _TO_YEAR_END.fullmatch(plain)):
        return "cumulative_before"
    if "实际" in plain and re.search(r"计划.{0,3}开工.*(时间|日期)|开工.*计划", plain):
        return "planned_start"
    if re.search(r"(本|当|\d)(月|期)(?!.*计划).*(内容|部位)$|以来(的)?(进展|情况|工作)", plain):
        return "work"  # “本月完成主要工程内容”“开工以来进展”
    if re.match(r"备注(\(|$)", plain):
        return "note"
    troubles = re.search("(问题|困难)(?!数)", plain)
    if (_NOT_OURS.search(plain) and not troubles) or re.search(
        r"实际.*(时间|日期)|^实际[开动竣完]工$|\(实际\)$", plain
    ):
        return ""
    if re.search(r"(形象|工程)?进[度展].{0,3}[及和与、](存在)?问题", plain):
        return "work"
    if _WHOLE_YEAR.fullmatch(plain):
        return "" if of_another_year(plain, year) else "planned_investment"
    if _YEAR_END.search(plain):
        return ""
    if is_of_a_part(plain):
        return ""
    if re.search(r"20\d{2}年度?(的?主要)?(建设|工程|实施|工作)(任务|内容)", plain):
        return "" if of_another_year(plain, year) else "goal"  # 今年要做的，不是整个项目的规模
    if "计划" in plain and _PART_OF_YEAR.search(plain) and not _MEASURES_RATIO.search(plain):
        dated = re.search(r"(时间|日期|节点)$", plain)
        return None if dated else "next_steps" if re.search(r"下月|下步|下一?(阶段|步)", plain) else ""
    if _DONE_THIS_YEAR.search(plain) and not of_another_year(plain, year):
        return "cumulative_investment"
    return None


def is_not_ours(header: str) -> bool:
    """写的是人和电话、别的年份、上月、计划完成情况一类，看着像而不是。"""
    return _NOT_OURS.search(header) is not None or is_of_a_part(header)


def of_another_year(plain: str, year: int | None) -> bool:
    """写明了年份，而没有一个是本年度。"""
    stated = {int(text) if len(text) == 4 else 2000 + int(text) for text in _STATED_YEAR.findall(plain)}
    return year is not None and bool(stated) and year not in stated


def is_unit_line(text: str) -> bool:
    """这一格是否在说明金额单位，而不是自带单位的表头（“总投资（单位：亿元）”）。"""
    return is_bare_unit(text) or (stated_unit(text) is not None and recognise_header(text, year=None) is None)


_PROBLEM_SYNONYMS: tuple[tuple[str, str], ...] = (
    ("issue_key", r"^系统编号"),
    (
        "name",
        r"^[^问困难点堵卡]{1,6}\((项目|工程)(名称)?\)$|^(问题)?(所属|所涉|涉及|关联)的?(项目|工程)(名称)?$",
    ),
    (
        "assist_units",
        r"(单位|部门)\((配合|协办|协同|协助)\)$|^(?!.*(牵头|主办|责任|事项|问题|诉求)).*(配合|协办|协助|会办).*(单位|部门)",
    ),
    ("status", r"^问题状态$"),
    ("", r"^是否(?!.*(解决|销|办|整改|完成|闭环|落实|摘|处|化解|解除|结|复工|到位|消|关|清|打通))"),
    ("raised_on", r"^首次提出$"),
    (
        "cause",
        r"^归类$|^症结(所在)?$|(卡点|堵点|难点)(环节|领域|阶段)$|(问题|原因|卡点|堵点|难点|矛盾|隐患|预警|亮牌|事项|事由)(类别|类型|分类|种类|性质|属性|归类)$|^.{0,8}(([原成]|主要?原?)因|因素)(分析|说明)?$",
    ),
    (
        "",
        r"(本|当)(月|期).*计划|计划.*(本|当)(月|期)|上(月|期)(?!.*(累计|投资|完成))|(计划|目标).*进度|进度.*(计划|目标)(?!完成)",
    ),
    (
        "",
        r"[时序]{2}进度|时间进度|(层级|级别|等级|数量|点位|位置|[人户个件项天]数)$|^分类|上周|上次|^(完成|投资|进度)?(比例|比率|百分比|率)$",
    ),
    ("cause", r"^(?!项目|工程|建设).{2,4}(类别|类型|分类)$"),
    ("", r"问题(类|来源|等级|级别|层级|编号|序号|数|个)|^类别$|^类型$"),
    (
        "raised_on",
        r"(提出|上报|反映|反馈|发现|发生|登记|提报|填报|报送|收到|收集|交办|督办|检查|巡查|排查|会议|列入|列账|纳入|入库|产生|出现|形成|建账|首报|立项|提交|建档|建库|[入上]账|问题|来[电信件]|发单|开单|下发|亮牌|预警|立案|受理)(时间|日期|日$)",
    ),
    (
        "closed_on",
        r"实际.*(时间|日期|日$)|(时间|日期)\(实际\)$|^实际(完成|解决|办结|销号)$|^(出库|销[号账]|核销|闭环|结案)(时间|日期|日$)(?!要求|节点)|^(?!.*(计划|预计|要求|承诺|拟)).*(解除|销号|恢复正常)(日期|时间)(?!要求|节点)",
    ),
    (
        "due",
        r"进度(时间|日期)$|节点要求|何时|什么时候|时限|期限|限时|^限期|限办|最迟|^(要求|计划|预计|预期|承诺)(整改)?(完成|解决|办结|办毕|办完|销号|落实|复工|批复)$|(追平|赶上|追上|赶平|补齐)(时间|日期|期限|时限)|截止|节点时间|(完成|解决|办结|整改|落实|销号|协调)(到位)?(的)?(时间|日期|节点)|^(时间|日期)$|时间(要求|节点|表)|(要求|计划|拟|承诺|预计|力争|争取)(?!.*([开动竣完]工|投用|开业|开办|交付|建成|通车|供地|招标)).{0,6}(时间|日期)$|目标(时间|日期)",
    ),
    (
        "responsible_unit",
        r"^(责任|牵头|主办|承办).*(单位|部门)|^(建议|拟|我区|区级)?(牵头|主办|承办)$|^主责$|^流转(至|部门|单位)",
    ),
    (
        "assist_units",
        r"^(?!.*(事项|问题|诉求)$).*(配合|协办|协同|协助|协调|对接|涉及|相关|会办|抄送|配套|参与|对口)的?(市级|区级)?(责任|\(.{1,4}\))?(单位|部门)|(单位|部门)配合$|^(涉及|相关)部门(?!.*(事项|问题|诉求))|^(建议|拟)?(配合|协办|会办|协助|协同)$|^(参与|配合|协助)(落实|办理)$",
    ),
    (
        "raised_by",
        r"(提出|提请|上报|反映|填报|报送|申报|提报|反馈|来源|检查|巡查|督查)(单位|部门|方|街镇|街道|镇)|^(提出|反映)人$",
    ),
    (
        "responsible_unit",
        r"(责任|牵头|主管|主责|推进|主办|承办|经办|领办|包案|包保|包干|对应|归口|办理|处理|整改|督办|落实|解决)(责任)?(单位|部门|主体)|^(单位|部门)$|^(责任|任务)分工$",
    ),
    (
        "problems",
        r"问题(描述|内容|情况|概述|简述)|卡在(哪里|哪儿|何处)|触发(情形|原因|事项)|拖欠(情况)?$|未(腾|完成|开工|落实).{0,3}情况$|预警(情形|事由|内容|事项)|(需|提请|请求|希望).*(协调|解决|支持|配合)|协调(建议|需求)|^请求事项$|^事项(?!进展|状态|来源|类|编号|所属)|隐患(?!级|等|类|数)|事由$|(投诉|异议|信访).*(内容|事项)|受阻(情况|点|表现)?$|缺陷|滞后情况|缺口(情况)?$|不足$|关切|疑问|建议内容|(督办|交办|协调|配合(?=事项)|未决|议定|明确|部署|会议)(的)?(事项|内容|问题)|议题(?!项目)|诉求(?!来源|人|类)|(存在|主要|具体|突出|需|待).*问题|^问题|问题$|困难|瓶颈|难[点题]|堵点|卡点|矛盾|障碍",
    ),
    (
        "measures",
        r"措施|对策|建议(?!书)(?!.*(单位|部门|协办|牵头|配合))|(化解|破解|解决|整改)(路径|举措)|会议意见|(解决|处理|整改|协调|拟办|议定|会商|处置|办理|督办|化解|盘活)(方案|意见|办法|思路|要求|任务|渠道|途径)|做法$|交办要求|工作要求",
    ),
    (
        "status",
        r"^是否|(?<!工程)(?<!项目)(?<!建设)(?<!施工)状态|销号|亮灯|红.{0,2}绿灯|^颜色|与否|[^是]否$|^办结$|^[√×✓xX/]+$|(解决|办结)$|^(办理|整改|落实|处理|处置|化解)$|(解决|办结|办理|整改|落实|处理|处置|化解|闭环)(情况|结果|进度|与否)$|完成(情况|结果|进度|与否)$|^完成$|协调结果$|^(复查|核查|验收|清零|摘牌)(情况|结果)$|^(结案|关闭|结果|解除预警)$|打[√勾]$|(办理|督办)结论$|(攻坚|整改|办理)成效$|^(已|未)(解决|销号|办结|完成)$",
    ),
    ("work", r"进展|推进情况|最新情况|目前情况|进度"),
)
_TICK = re.compile(r"[(（][^()（）]*[√×✓✔][^()（）]*[)）]")


@lru_cache(maxsize=1024)
def recognise_problem(header: str) -> str | None:
    """问题清单的表头认字段；空串是“确知不属任何字段”，认不出为 ``None``（再按一般表头认）。"""
    plain = without_tick(compact(header)).replace("销项", "销号")
    return next((field for field, pattern in _PROBLEM_SYNONYMS if compiled(pattern).search(plain)), None)


def without_tick(header: str) -> str:
    """去掉表头里教人打勾的话：“未解决（打√）”→“未解决”。"""
    return _TICK.sub("", header) or header


def recognise_plan(header: str) -> tuple[str, int] | None:
    """月度计划列：“3月 / 计划投资”→（plan_investment, 3）；不是月度计划列为空。"""
    plain = re.sub("累计(?=形象|进度)", "", compact(header))
    months = {int(m) for m in _MONTH.findall(plain)}
    if len(months) != 1 or re.search(r"实际|实绩|本月|截至", plain):
        return None
    if "完成" in plain and not re.search("计划|[要拟将]完成", plain):
        return None
    month = months.pop()
    if re.search(r"进度|%|形象", plain) and "内容" not in plain:
        return "plan_progress", month
    if re.search(r"投资|金额|资金", plain):
        return "plan_investment", month
    return "plan_work", month
