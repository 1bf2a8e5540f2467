"""这是哪一种表：题头、表头说的是清单、月报、月度计划还是问题清单（HANDBOOK §7.1）。"""

from __future__ import annotations

import re
from datetime import date

from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.fields import Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.synonyms import recognise_header, recognise_problem
from kaopu.exchange.excel_in.units import header_unit
from kaopu.exchange.excel_in.wording import since_new_year
from kaopu.exchange.excel_in.words import compact

SCANNED_ROWS = 15
LONGEST_HEADER = 40
FEWEST_HEADERS = 3
FEWEST_PLAN_MONTHS = 3
FEWEST_LISTED = 4
_REMARK = re.compile(r"(?!附).{1,4}:")  # “依据：……”“发：各责任单位”不是题头
DIGITS = re.compile(r"[-\d.,%]+")
_ASKED_FOR = re.compile(
    r"(需|提请|拟请|请求|申请).{0,12}(协调|解决|支持).{0,8}(问题|事项)$|(协调|督办|交办)(事项|问题)$"
)
_PROBLEM_TITLE = re.compile(
    r"(问题|会议题|(协调|督办|交办|明确|议定|配合|未了|未决)事项|督办|交办|卡点|堵点|难点|瓶颈|梗阻|破题|难题|困难|诉求|(保障|协调|支持)需求|拖欠|隐患|投诉|信访).{0,8}(清单|台账|库|汇总|销号|一览|统计|跟踪|反馈[表单]|[上填]报表|报送表|登记|收集|协调表|推进表|调度表|情况表|明细表|整改|清理|梳理|排查|征集|摸排|单$|工单|分析)"
    r"|(清单|台账).{0,4}问题|难点堵点|(滞后|应开未开).{0,8}(原因|措施)"
)
_TROUBLED = re.compile(
    r"问题|困难|难[点题]|堵点|卡点|矛盾|隐患|待办|缺啥|督办|交办|协调|整改|投诉|信访|滞后|预警|[亮红黄]灯|亮牌|[红黄]牌|遗留|欠薪|拖欠|未(落实|腾|开工|完)|落后|拖期|欠账|停工|盘活|诉求|意见建议|逾期|偏慢|缓慢|受阻|无法|异议"
)
_LISTS = re.compile("项目.{0,4}(明细|清单|计划|一览|名单|目录|库)")
_REPORTS = re.compile(
    r"[月旬周]报|进[展度](?!.{0,3}(滞后|偏慢|缓慢|受阻))|(推进|完成|执行|实施)情况|[本当\d]月(?!.{0,4}(滞后|预警|督办|协调|问题|困难)).{0,10}情况"
)
_LOOP = frozenset(  # 问题怎么来的、怎么办、谁来办、何时办成
    {"due", "status", "measures", "assist_units", "raised_on", "raised_by", "closed_on", "cause"}
)
_DONE_BY = re.compile(
    r"((计划|实际)?完成(时间|日期|节点)|(完成|推进|落实|办理)情况|(会议)?(时间|日期)|(会议)?(议题|主题|内容)|(计划|预计|已)完成)$|是否(?!.*(解决|销号|办结|整改|闭环|落实|摘))"
)  # 也可以是项目何时完成
_PRICED = re.compile(r"投资额|已投|投入(?!使用|运营)|盘子|产值|年(内|度)?(投资)?(计划|完成)|累计完成")
_OF_PROGRESS = re.compile(
    r"([本当]月|本[周旬期]|^(\d{1,2}|[一二三四五六七八九十]{1,2})月).*(进[展度]|完成|工作|[干做]了)|^(计划|实际|预计|拟)?[开竣完]工"
)
_OF_A_REPORT = fields.AMOUNTS - {"total_investment", "fiscal_funds", "social_funds"} | {"year_ratio"}
_WEIGHTS = {  # 写着这些的，是逐个项目的情况，问题只是其中一列
    **dict.fromkeys(_OF_A_REPORT, 2),
    "planned_investment": 1,
    "goal": 2,
    **dict.fromkeys(
        ("total_investment", "progress", "next_steps", "planned_start", "planned_finish", "goal_due"),
        1,
    ),
}


def scanned(grid: Grid, count: int = SCANNED_ROWS) -> range:
    """自有内容的第一行起的若干行。"""
    first = min(grid.by_row, default=1)
    return range(first, min(first + count - 1, grid.last_row) + 1)


def looks_like_problems(grid: Grid) -> bool:
    """表名、题头写明是问题清单；没写的，看表头：说问题怎么来、怎么办的列多，还是说投资、进度的列多。"""
    titles = [compact(grid.name)]
    for row in scanned(grid, 4):
        texts = [compact(grid.text(row, column)) for column in grid.by_row.get(row, [])]
        if any(recognise_header(text, year=None) in ("name", "seq") for text in texts):
            break  # 到了表头
        titles += (
            [text for text in texts if len(text) <= LONGEST_HEADER and not _REMARK.match(text)]
            if len(texts) <= 3
            else []
        )
    told = "".join(titles)
    own = titles[1:] if grid.below else titles
    reports = any("月报" in text for text in own) or (
        any(re.search("进[展度]", text) for text in own) and _tells_of_progress(grid)
    )
    if (_PROBLEM_TITLE.search(told) or any(map(_ASKED_FOR.search, titles))) and not reports:
        return True
    troubled = _TROUBLED.search(told) is not None
    if not troubled and any("月报" in text for text in own):
        return False
    reporting = any(_REPORTS.search(text) for text in own if not text.startswith("("))  # 括号里的是口径
    for row in scanned(grid):
        labels = [compact(grid.text(row, column)) for column in grid.by_row.get(row, [])]
        if len(labels) < FEWEST_HEADERS or any(
            len(label) > LONGEST_HEADER or DIGITS.fullmatch(label) for label in labels
        ):
            continue  # 有一格全是数字的，是内容行
        below = [  # 金额列可能在下级表头
            compact(grid.text(row + 1, column)) for column in grid.by_row.get(row + 1, [])
            if not grid.text(row, column) or grid.span(row, column)[1] > 1
        ]  # fmt: skip
        raised = _raised(labels, troubled=troubled)
        reported = _weight([*labels, *below]) + 2 * (reporting and not troubled)
        reported += 2 * (not troubled and any(map(_LISTS.search, own)))
        reported += 2 * (not troubled and any(header_unit(label) for label in labels))
        if raised and raised + 2 * (troubled and not reporting) > max(reported, 1 - troubled):
            return True
        general = {recognise_header(label, year=None) for label in labels} - {None}
        if "name" in general and len(general) > FEWEST_HEADERS:
            return False  # 这就是表头，后面的是内容
    return False


def _raised(labels: list[str], *, troubled: bool) -> int:
    """这些表头里，说问题怎么来、怎么办的有几种；没有问题、没有原因的，题头没说而又没写怎么办的，为 0。"""
    told = {label: recognise_problem(label) for label in labels if not _DONE_BY.match(label)}
    asked = [
        label
        for label, found in told.items()
        if found == "problems" or (found == "cause" and re.search("因|症结|缘由", label))
    ]
    named = [label for label in asked if told[label] == "problems"]
    ways = {*told.values()} & _LOOP
    return len(ways) + min(len(named), 2) if asked and (ways or troubled) else 0


def _weight(labels: list[str]) -> int:
    """这些表头里，说投资、进度、开竣工的有多重。"""
    weight = sum(_WEIGHTS.get(found or "", 0) for found in {recognise_header(t, year=None) for t in labels})
    priced = weight < 2 and any(_PRICED.search(t) for t in labels)
    priced = priced or "已完成" in labels
    return weight + 2 * priced + 2 * any(_OF_PROGRESS.search(t) for t in labels)


def _tells_of_progress(grid: Grid) -> bool:
    """有一列写着“本月完成情况”“6月进展”一类：是月报，不只是问题清单。"""
    labels = (compact(grid.text(row, c)) for row in scanned(grid, 6) for c in grid.by_row.get(row, []))
    return any(len(label) <= LONGEST_HEADER and _OF_PROGRESS.match(label) for label in labels)


def decide_kind(name: str, title: str, header: Header, month: date | None = None) -> str:
    """有表头的表的种类：清单、月报、月度计划、问题清单；认不出为 unknown。按某个月导入的，有本月情况就是月报。"""
    label = compact(name)
    if header.problems:
        return "problem_list"
    if header.months:
        return "monthly_plan"
    reported = header.known & fields.REPORT_FIELDS
    told = label + re.sub(r"\d{1,2}月\d{1,2}日", "", title)  # 填报的日期
    listing = re.search(r"清单|名单|一览|计划表|项目[表库]|储备|预备", told) and not re.search(
        r"月报|进展|进度|完成情况|\d月", told
    )
    telling = month is not None and {"work", "next_steps"} <= reported  # 按月导入的，进展与下步都写着
    done = header.column("cumulative_investment")
    ours = (
        month is not None or done is None or since_new_year(done.header)
    )  # 清单上“已完成投资”也可以是到上年末的
    told_of = reported & {"month_investment", "cumulative_investment"} if ours else set()
    if listing and not telling and not told_of and "month_investment" not in reported:
        return "project_list"
    told_so = re.search(r"月报|进展|进度|完成情况|完成投资|投资完成|推进情况", told)
    listed = header.known & fields.LIST_FIELDS
    if month is None and not told_so and len(listed) >= FEWEST_LISTED and not reported & fields.AMOUNTS:
        return "project_list"  # 年度目标一览表，顺带写着目前进度、存在问题
    if len(reported) >= 2 or (reported and (month is not None or told_so)):
        return "monthly_report"
    if reported and not listed:
        return "monthly_report"
    if listed or re.search(r"清单|[市区](属|级)|重大|重点|项目表|计划表", label + title):
        return "project_list"
    return "unknown"
