"""推列：同义词认不出的列，凭字眼与内容推是哪个字段，在表头格和每一格写明是推的（HANDBOOK §7.2 第2条“let the user correct the mapping”）。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.claims import told_in_parts
from kaopu.exchange.excel_in.contents import (
    AMOUNT,
    DAY,
    MOSTLY,
    SHARE,
    WORDS,
    adds_up,
    is_ratio,
    mean_length,
    names_offices,
    names_streets,
    nature_of,
    number_at,
    priced_within,
    tells_code,
    tells_formality,
    tells_nature,
    tells_numbers,
    texts_of,
)
from kaopu.exchange.excel_in.facts import SheetFacts, warn
from kaopu.exchange.excel_in.fields import AMOUNTS, LABELS, Column, known_in
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.problem_columns import asks, like_status, set_columns_apart
from kaopu.exchange.excel_in.required import SHORTEST_PROBLEM
from kaopu.exchange.excel_in.result import SheetWarning
from kaopu.exchange.excel_in.units import all_units, without_unit
from kaopu.exchange.excel_in.wording import UNTOLD, compose, is_scoped, of_this_year

LONGEST_UNIT_LINE = 2  # 写着单位的一行至多两格
_ALIKE = (  # 一种认法分得细些，或另有提示的
    {"problems", "request"}, {"cumulative_investment", "previous_cumulative"}, {"next_steps", "measures"},
    {"responsible_unit", "lead_unit"},
)  # fmt: skip
_SPOKEN = frozenset({"status", "work", "problems", "next_steps", "measures"})  # 该写话的
_OF_UNITS = re.compile(
    r"^(?!.*(施工|使用|监理|设计|勘察|总包|受检|权属|填报|上报|报送|提出|反映|联系|交办|来文)).*(单位|部门|主体|公司|企业|科室|责任|牵头|主办|承办|经办|分工|配合$|^协[同办助]$|联办$|一[道起]办$|协同$|^协力$)|集团"
)
_OTHER_UNITS = re.compile(  # 写的也是单位，而不是抓项目、办问题的那一家
    r"施工|使用|监理|设计|勘察|[总分]包|受检|权属|填[报表]|编制|代理|检测|供[货应]|来文|联系|地点|位置|坐落|区域|所在|所属|属地|街|镇|居委|村委|名称|项目|人$|员$"
)
_JOINING = re.compile("参加|参会|会商|出席|协助")
_ASSISTING = re.compile(
    r"联办|一[道起]办|协力|助攻|参加|参会|会商|配合|协[同作办助]|支持|参与|会[办同]|联合|市级|对口"
)
_MANAGING = re.compile(
    r"^集团|所属|所在|责任|盯办|督促|牵头|主管|主责|主抓|负责|推进|承办|主办|经办|分工|归口|部门|科室"
)
_HANDED_TO = re.compile("(交办|转办)(单位|部门)")  # 另有反映单位的，这里写的是交给谁办
_BARE_RATIO = re.compile(
    r"^(?!.*(投资|资金|年度?|计划|任务|目标)).*完成"
)  # 一张没有投资的表上，“完成比例”是形象进度
_TELLS_PROGRESS = re.compile(
    r"动态|现状|状况|形象|推进(?!.*(计划|单位|措施|问题))|进[展度](?!.*(计划|问题))|部位|^[上中下]旬$"
)
_A_CAUSE = re.compile(
    r"^(?!.*项目).*(资金|征收|动迁|验收|环保|审批|手续|用地|腾地|管线|配套|要素|规划|招标|产权|纠纷|技术)|^其[他它]$"
)
_FINISHED_BY = re.compile(r"(预计|计划)?完成(时间|时限|日期|月份|年份)")
_A_RATIO = re.compile(r".{0,6}(进度|程度|完成率|(完成|工程量?)比例?|百分比)")
_OF_STATE = re.compile(r"认定|复核|现状|结论|情况|状况|结果|进展|状态")
_CONTESTED = frozenset(
    {
        "progress", "planned_investment", "total_investment", "planned_start", "planned_finish", "goal", "goal_due",
        "due", "owner", "responsible_unit", "cause", "measures", "request", "status", "scale", "year_ratio",
    }
)  # fmt: skip
_RANKED = re.compile("名次|排名|批|级|数|[年月季期户]")  # 写的也是 1、2、3，不是序号
_BUILDS = re.compile("公司|集团|学校|[中小]学|幼儿园|[院园所]$|中心$")
_A_SECTION = re.compile("[科股]$|^(?!宣传|组织|统战).{2,4}(?<!办事)[处室部]$")
_COORDINATES = re.compile(r"(政府侧|区级)?需?(协调|涉及|相关|对接|对口)(单位|部门)")
_ALSO_LIKE = (  # 词表认作前一个字段的，这样写也像后一个
    ("year_ratio", "总投资", "progress"),  # 占总投资几成，说的不是今年的计划
    ("owner", "^代建(单位|方|公司)$", "responsible_unit"),  # 代建的不是业主
    ("responsible_unit", "^([市省]级?(行业)?主管|上级)", "owner"),  # 市里的主管部门，不是区里抓的那一家
    ("planned_finish", "开(工)?[、/和及]?竣(工)?(时间|日期)?$", "planned_start"),  # 写的是哪一头
    ("code", "^编号$", "seq"),  # “W-01”是内部编号，还是表上的号
    ("key_area", "板块|片区", "category"),  # 集团的业务板块不是重点地区
    ("due", "^((解决|办结)日期|办结时间)$", "closed_on"),  # 哪天办结的，还是限哪天办结
)
_ALSO_LIKE_IN_PROBLEMS = (
    *(
        (field, f"(^|／){_COORDINATES.pattern}$", "lead_unit")
        for field in ("assist_units", "responsible_unit", "request")
    ),
    ("work", "[已所]做的?工作$", "measures"),  # 做过的工作，是进展还是措施
    ("request", "(^|／)协调建议$", "measures"),  # 建议怎么办，还是要请谁办
    ("planned_investment", r"^计划投资(\(.*\))?$", "total_investment"),
    ("raised_by", "^提请(单位|部门)$", "lead_unit"),  # 谁提请的，还是提请谁办
    ("raised_on", "(^|／)反馈(时间|日期)$", "due"),  # 哪天反映上来的，还是限哪天反馈
)
_SETTLED_ABOVE = re.compile("(需|提请|请求|报请|拟请).*(协调|支持|帮助).*(问题|困难)$")
_OF_THE_YEAR = re.compile(r"(本年度?|当年|今年|年度|全年)(投资|资金)[额数量]?")


def fill_in(
    grid: Grid, columns: Sequence[Column], first: int, *, year: int, choices: Choices, problems: bool = False
) -> list[Column]:
    """逐列推：别的列已经是这个字段的不推，人定过读法的不推。``first`` 是内容起始的行。"""
    found = _numbered(grid, columns, first, choices)
    known = known_in(found)
    priced = any(
        all_units(grid.text(row, place))
        for row, places in grid.by_row.items() if row < first or len(places) <= LONGEST_UNIT_LINE
        for place in places
    )  # fmt: skip
    tops = Counter(column.header.rpartition("／")[0] for column in columns)
    for alone in (True, False):  # 下级表头自己说得清的先推，再连上级一起看
        for place, column in enumerate(found):
            if not column.field.startswith("other:") or column.header in choices.columns:
                continue
            nature = nature_of(grid, column.index, first)
            top, _, leaf = column.header.rpartition("／")
            if nature == AMOUNT and (column.percent_in_header or _A_RATIO.fullmatch(leaf)):
                nature = SHARE
            if nature is None or (nature == WORDS and top and tops[top] > 1 and not alone):
                continue  # 一组里几列话，各说各的，上级说的不是其中哪一列
            own = priced_within(grid, column.index, first)
            staged = nature == SHARE and re.search("形象|工程|实物", top)  # “形象进度／完成比例”
            own_words = alone and not is_scoped(top) and leaf not in UNTOLD and not staged
            told = replace(column, header=leaf) if own_words else column
            field = _named_within(grid, column, first, known, problems) if nature == WORDS else None
            field = field or compose(
                told, nature, priced=priced or own, year=year, problems=problems, leaf_first=alone
            )
            if nature == WORDS:
                field = _told_within(grid, column, first, known, problems, field)
            if problems and "status" not in known and _tells_state(grid, column, first):
                field = "status"
            if field is None and nature == AMOUNT and _must_be_planned(grid, column, found, first):
                field = "planned_investment"
            if field is None and nature == AMOUNT and _must_be_done(column, known):
                field = "cumulative_investment"
            if field == "cumulative_before" and re.search("[合总累]计|历年", leaf):
                again = field in known or _holds_this_year(grid, column, found, first)
                field = "since_start" if again else field  # “历年合计”连今年也算
            if field == "cumulative_investment" and field in known and of_this_year(column.header):
                found = [_since_start(c, choices) if c.field == field else c for c in found]
                known = known_in(found)
            free = field not in known or (field == "problems" and _only_asks(found))
            free = free or (field == "work" and _only_of_a_month(found))
            free = free or (
                field == "work"
                and _TELLS_PROGRESS.search(leaf) is not None
                and told_in_parts(replace(told, field="work"))
            )
            if field and free:
                found[place] = replace(column, field=field, guessed=True)
                known.add(field)
    found = _ratio_by_sums(grid, found, first, choices)
    found = _rest_of_funds(grid, found, first, choices)
    return set_columns_apart(found) if "problems" in known else found


def _numbered(grid: Grid, columns: Sequence[Column], first: int, choices: Choices) -> list[Column]:
    """没有序号的表，第一列行行多一的就是：“编次”“子目”，或者没有写表头。"""
    if not columns or "seq" in known_in(columns):
        return [*columns]
    lead = columns[0]
    unlabelled = [index for index in range(1, lead.index) if tells_numbers(grid, index, first)]
    if unlabelled:
        return [Column(index=unlabelled[0], field="seq", header=""), *columns]
    spare = lead.field.startswith("other:") and lead.header not in choices.columns
    if spare and not _RANKED.search(lead.header) and tells_numbers(grid, lead.index, first):
        return [replace(lead, field="seq", guessed=True), *columns[1:]]
    return [*columns]


def _named_within(grid: Grid, column: Column, first: int, known: set[str], problems: bool) -> str | None:
    """写的都是正式预备、编号、单位的，先于字眼。"""
    if tells_formality(grid, column.index, first):
        return "formality"
    if not problems and tells_code(grid, column, first):
        return "code"
    return _unit_field(grid, column, first, known, problems=problems)


def _told_within(
    grid: Grid, column: Column, first: int, known: set[str], problems: bool, field: str | None
) -> str | None:
    """字眼推不出的，看写的是不是原因、类别、街镇、建设性质；``field`` 是字眼推来的。"""
    leaf = column.header.rpartition("／")[2]
    if field in (None, "work", "category") and tells_nature(grid, column, first):
        return "nature"
    if field is not None:
        return field
    if problems and "cause" not in known and _tells_cause(grid, column, first):
        return "cause"
    if problems and re.fullmatch("(项目)?类[型别]", leaf):
        return "category"
    if names_streets(grid, column, first):
        return "street"
    return "key_area" if re.fullmatch("(所属|所在|对应|子)区域", leaf) else None


def _ratio_by_sums(grid: Grid, columns: list[Column], first: int, choices: Choices) -> list[Column]:
    """认不出的一列数，行行等于累计完成占年度计划的百分之几，就是年度完成率。"""
    planned = next((c for c in columns if c.field == "planned_investment"), None)
    done = [c.index for c in columns if "cumulative_investment" in (c.field, c.doubt)]
    if planned is None or not done or "year_ratio" in known_in(columns):
        return columns
    for place, column in enumerate(columns):
        staged = re.search("形象|工程|实物|施工|面貌", column.header.rpartition("／")[2])
        spare = column.field.startswith("other:") or (column.field == "progress" and not staged)
        free = spare and column.header not in choices.columns
        if free and any(is_ratio(grid, column.index, part, planned.index, first) for part in done):
            return [
                *columns[:place],
                replace(column, field="year_ratio", guessed=True),
                *columns[place + 1 :],
            ]
    return columns


def _rest_of_funds(grid: Grid, columns: list[Column], first: int, choices: Choices) -> list[Column]:
    """总投资行行等于财政资金加“其他资金”的，其他资金就是社会资金。"""
    by_field = {column.field: column for column in columns}
    whole, fiscal = by_field.get("total_investment"), by_field.get("fiscal_funds")
    if whole is None or fiscal is None or "social_funds" in by_field:
        return columns
    return [
        replace(c, field="social_funds", guessed=True)
        if c.field.startswith("other:")
        and c.header not in choices.columns
        and re.search(r"(^|／)其[他它](资金|来源|投资)?(\(.*\))?$", c.header)
        and adds_up(grid, whole.index, [fiscal.index, c.index], first)
        else c
        for c in columns
    ]


def _unit_field(grid: Grid, column: Column, first: int, known: set[str], *, problems: bool) -> str | None:
    """“牵头协调部门”“责任人（单位）”一列写的都是单位，是哪一种单位。"""
    if problems and "raised_by" not in known and re.search("来源|渠道|途径", column.header):
        return "raised_by" if names_offices(grid, column, first) else None
    if "owner" in known and column.header.startswith("代建"):
        return None
    handed = (
        problems
        and "raised_by" in known
        and _HANDED_TO.fullmatch(column.header.rpartition("／")[2]) is not None
    )
    named = handed or (_OF_UNITS.search(column.header) and not column.header.endswith(("人", "员")))
    if not named and (_OTHER_UNITS.search(column.header) or _names_only_streets(grid, column, first)):
        return None
    if not names_offices(grid, column, first):
        return None
    if (
        problems
        and "raised_by" not in known
        and re.search("提|报(?!告)|反映|来自|收集|摸排|走访|排查", column.header)
    ):
        return "raised_by"
    if (
        not named
        and known & {"responsible_unit", "lead_unit"}
        and not (problems and _JOINING.search(column.header))
    ):
        return None  # 已有责任单位的，没有见过的一列单位说不清是哪一种
    if _ASSISTING.search(column.header):
        return "assist_units"
    if not problems and "owner" not in known and not _MANAGING.search(column.header):
        return "owner"
    return next((name for name in ("responsible_unit", "lead_unit") if name not in known), None)


def _names_only_streets(grid: Grid, column: Column, first: int) -> bool:
    """一列写的都是街道、镇，多半是属地，不是责任单位。"""
    return names_streets(grid, replace(column, header="属地地点"), first)


def _tells_state(grid: Grid, column: Column, first: int) -> bool:
    """“现状”“消警情况”一列写的都是销没销号。"""
    least = MOSTLY if _OF_STATE.search(column.header) else 1  # 写的全是“√”“已办结”的，叫什么都是
    asked = re.match("是否|有无", column.header) is not None
    return not asked and (like_status(grid, column, first) or 0) >= least


def _tells_cause(grid: Grid, column: Column, first: int) -> bool:
    """问题清单里“类型”一列写的是资金、征收、手续，说的是问题属哪一类，不是项目属哪一类。"""
    texts = texts_of(grid, column.index, first) if re.fullmatch("类[型别]|分类", column.header) else []
    return bool(texts) and sum(bool(_A_CAUSE.search(text)) for text in texts) * 2 > len(texts)


def _must_be_planned(grid: Grid, column: Column, columns: list[Column], first: int) -> bool:
    """“本年度投资”没说是计划还是完成；有一行比累计完成还多，就只能是计划。"""
    if not _OF_THE_YEAR.fullmatch(without_unit(column.header)):
        return False
    done = next((c for c in columns if c.field == "cumulative_investment" and c.unit == column.unit), None)
    if done is None:
        return False
    pairs = (
        (number_at(grid, row, column.index), number_at(grid, row, done.index))
        for row in range(first, grid.last_row + 1)
    )
    return any(year is not None and so_far is not None and year > so_far for year, so_far in pairs)


def _holds_this_year(grid: Grid, column: Column, columns: list[Column], first: int) -> bool:
    """“历年累计”行行不少于本年完成，今年开工的与本年一样多：连今年也算在里面。"""
    done = next((c for c in columns if c.field == "cumulative_investment" and c.unit == column.unit), None)
    if done is None:
        return False
    pairs = [
        (whole, part)
        for row in range(first, grid.last_row + 1)
        if (whole := number_at(grid, row, column.index)) is not None
        and (part := number_at(grid, row, done.index))
    ]
    return any(whole == part for whole, part in pairs) and all(whole >= part for whole, part in pairs)


def _must_be_done(column: Column, known: set[str]) -> bool:
    """本月完成之外，年度计划或开工以来另有一列的，“年内投资”是本年完成了多少。"""
    beside = "month_investment" in known and bool(known & {"since_start", "planned_investment"})
    beside = beside or {"since_start", "planned_investment"} <= known
    return (
        beside
        and re.fullmatch(r"(年内|今年|本年度?|当年)投资(额|数)?", without_unit(column.header)) is not None
    )


def _since_start(column: Column, choices: Choices) -> Column:
    """另有一列写明“年内”的，只写“累计”的就是开工以来；人定过的不动。"""
    kept = of_this_year(column.header) or column.header in choices.columns
    return column if kept else replace(column, field="since_start", guessed=True)


def look_again(
    grid: Grid, columns: Sequence[Column], first: int, *, year: int, choices: Choices, problems: bool
) -> list[Column]:
    """词表认得的列，再凭字眼与内容认一遍：两种认法说的不是一个字段的，记下另一种，由人来定；人定过的不问。"""
    found = list(columns)
    for place, column in enumerate(found):
        if column.field.startswith("other:") or column.guessed or column.header in choices.columns:
            continue
        nature = nature_of(grid, column.index, first)
        if nature is None or (column.field in AMOUNTS and nature != AMOUNT):
            continue  # 金额列里不是数的，各格自有提示
        if nature == AMOUNT and column.percent_in_header:
            nature = SHARE
        found[place] = _by_the_rest(grid, column, first, year, known_in(found)) or replace(
            column, doubt=_doubt(column, nature, year=year, problems=problems)
        )
        if problems and _asks_beside(grid, found[place], found, first):
            found[place] = replace(column, doubt="request")
    return found


def _asks_beside(grid: Grid, column: Column, columns: Sequence[Column], first: int) -> bool:
    """认作问题的一列写的是要请谁协调，左边另有一列认不出的话：问题也许是那一列。"""
    told = column.field == "problems" and asks(column.header) and not re.search("问题|难", column.header)
    return told and any(
        c.field.startswith("other:")
        and c.index < column.index
        and mean_length(grid, c.index, first) >= SHORTEST_PROBLEM
        for c in columns
    )


def _by_the_rest(grid: Grid, column: Column, first: int, year: int, known: set[str]) -> Column | None:
    """看了别的列才说得准的：没有年度目标的“完成时间”是项目何时完成，没有投资的“完成比例”是形象进度。"""
    if "planned_finish" not in known and _ends_project(grid, column, first, year, known):
        return replace(column, field="planned_finish", doubt="goal_due")
    alone = column.field == "assist_units" and not known & {"responsible_unit", "lead_unit"}
    if alone and _COORDINATES.fullmatch(column.header.rpartition("／")[2]):
        return replace(column, field="lead_unit", doubt="assist_units")  # 只有“协调部门”的，就是它去办
    if column.field == "responsible_unit" and "owner" not in known and known & AMOUNTS:
        built = re.search("承办|实施|主体", column.header) and texts_of(grid, column.index, first)
        if built and sum(bool(_BUILDS.search(text)) for text in built) * 2 > len(built):
            return replace(column, doubt="owner")  # “承办单位”写的是医院、公司，也许是它自己建
    reported = known & {"month_investment", "cumulative_investment"}
    if column.field == "note" and "work" not in known and reported and _told_of_each(grid, column, first):
        return replace(column, field="work", doubt="note")  # 没有别的进展，“情况说明”说的就是进展
    if (
        column.field == "problems"
        and "request" not in known
        and known & AMOUNTS
        and _SETTLED_ABOVE.search(column.header)
    ):
        return replace(column, doubt="request")  # “需区里协调解决的问题”，是有什么问题，还是要请区里办什么
    bare = column.field == "year_ratio" and _BARE_RATIO.search(column.header) is not None
    if bare and "progress" not in known and not known & {"planned_investment", "total_investment"}:
        return replace(column, field="progress", doubt="year_ratio")
    return None


def _told_of_each(grid: Grid, column: Column, first: int) -> bool:
    """“情况说明”“建设阶段说明”差不多行行都写了，说的是进展，不是备注。"""
    rows = sum(row >= first and len(places) > LONGEST_UNIT_LINE for row, places in grid.by_row.items())
    told = re.search("情况|阶段|.说明$", column.header) is not None
    return told and len(texts_of(grid, column.index, first)) >= MOSTLY * rows


def _doubt(column: Column, nature: str, *, year: int, problems: bool) -> str:
    """换一种认法是哪个字段；一样的、分得细些的为空串。"""
    other = next(
        (
            other
            for field, pattern, other in (*(_ALSO_LIKE_IN_PROBLEMS if problems else ()), *_ALSO_LIKE)
            if field == column.field and re.search(pattern, column.header)
        ),
        None if problems else compose(column, nature, priced=True, year=year),
    )
    if other is None or {other, column.field} in _ALIKE:
        other = "due" if nature == DAY and column.field in _SPOKEN else ""
    return other if other != column.field else ""


def _ends_project(grid: Grid, column: Column, first: int, year: int, known: set[str]) -> bool:
    """“完成时限”写到了明年以后，或表上没有年度目标：不是今年的目标何时到期，是整个项目何时完成。"""
    if column.field != "goal_due" or not _FINISHED_BY.fullmatch(column.header):
        return False
    if "goal" not in known:
        return True
    stated = [re.match(r"20\d{2}", text) for text in texts_of(grid, column.index, first)]
    return any(found is not None and int(found.group()) > year for found in stated)


def check_guesses(facts: SheetFacts) -> Iterable[SheetWarning]:
    """推来的列、两种认法不一样的列、两列争一个字段的，在表头格上说一声。"""
    for column in facts.header.columns:
        if column.field.startswith("other:"):
            yield from _rival(facts, column)
            continue
        cell = address(facts.header.rows[0], column.index)
        named = LABELS[column.field].partition("（")[0]
        if column.doubt not in ("", column.field):  # 认完之后又按月份改过的，可能正改成了另一种
            other = LABELS[column.doubt].partition("（")[0]
            message = f"{cell} 列“{column.header}”按“{named}”读，也像“{other}”；不是的请改列。"
            yield warn(cell, "doubtful_column", message)
        elif column.field in ("responsible_unit", "lead_unit") and _are_sections(facts, column):
            message = f"{cell} 列“{column.header}”按“{named}”读，写的像是单位里的科室；不是的请改列。"
            yield warn(cell, "doubtful_column", message)
        if column.guessed:
            message = f"{cell} 列“{column.header}”没有见过，按“{named}”读；不是的请改列。"
            yield warn(cell, "guessed_column", message)


def _are_sections(facts: SheetFacts, column: Column) -> bool:
    """“责任科室”一列写的是“基建科”“项目一部”，不是一家单位。"""
    texts = texts_of(facts.grid, column.index, facts.header.rows[-1] + 1)
    return sum(bool(_A_SECTION.search(text)) for text in texts) >= MOSTLY * len(texts) > 0


def _rival(facts: SheetFacts, lost: Column) -> Iterable[SheetWarning]:
    """在前的一列占了字段，是哪一列该问一声；各月各算的、一看就是另一回事的不问。"""
    kept = facts.header.column(lost.doubt) if lost.doubt in _CONTESTED else None
    if kept is not None and nature_of(facts.grid, lost.index, facts.header.rows[-1] + 1) is not None:
        cell, named = address(facts.header.rows[0], kept.index), LABELS[kept.field].partition("（")[0]
        message = f"{cell} 列“{kept.header}”按“{named}”读，列“{lost.header}”也像；不是的请改列。"
        if kept.header != named:
            yield warn(cell, "doubtful_column", message)


def _only_of_a_month(columns: Iterable[Column]) -> bool:
    """认作进展的只有“8月重点工作”一类：是不是下个月的，还要看报的是哪个月。"""
    return all(re.search(r"\d月.*工作$", c.header) for c in columns if c.field == "work")


def _only_asks(columns: Iterable[Column]) -> bool:
    """“存在问题”一列写的其实是提请协调的事，问题另有一列。"""
    told = [column for column in columns if column.field == "problems"]
    return len(told) == 1 and asks(told[0].header)
