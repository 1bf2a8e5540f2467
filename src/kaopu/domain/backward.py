"""倒排：由目标日往回推各节点最迟何时开始、何时办完，还剩多少浮时（HANDBOOK §3.12、§3.13、§5.7；种子 D11）。

节点、天数、前置都是规则集里的数据。天数按“当天不算”数：八个工作日的事，从受理次日数起的第八个工作日办结；
所以前置节点最迟在后一节点最迟受理的那天办完。
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from kaopu.domain.escalation import workdays_between
from kaopu.domain.workdays import WorkCalendar


class Counted(StrEnum):
    """天数怎样数。"""

    WORKDAY = "workday"
    CALENDAR = "calendar_day"


COUNTED_LABELS = {Counted.WORKDAY: "工作日", Counted.CALENDAR: "日历日"}


@dataclass(frozen=True, kw_only=True)
class Node:
    """一个节点。``days`` 为 0 的由项目自定；``waivable`` 为容缺：可在后一节点受理之后、办结之前补齐。"""

    name: str
    aspect: str
    issuer: str
    days: int
    counted: Counted = Counted.WORKDAY
    after: tuple[str, ...] = ()
    waivable: bool = False
    valid_months: int = 0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """一个节点走到哪里：几时受理（开工），几时办结；没有的为空。"""

    started_on: date | None = None
    done_on: date | None = None


NOT_YET = Progress()


class NodeState(StrEnum):
    """节点的状态，由最迟日与实际算出，从不另存。"""

    DONE = "node_done"
    NO_FLOAT = "no_float"
    CRITICAL = "critical"
    FLOATING = "floating"


NODE_STATE_LABELS = {
    NodeState.DONE: "已办结",
    NodeState.NO_FLOAT: "已无浮时",
    NodeState.CRITICAL: "关键",
    NodeState.FLOATING: "有浮时",
}


@dataclass(frozen=True, kw_only=True)
class Latest:
    """最迟开始（受理）与最迟完成；``provisional`` 为途经放假安排未发布的年份，暂按周一至周五数。"""

    start: date
    finish: date
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Placed:
    """排好的一个节点：最迟日、实际、照现在的样子几时办得完、浮时几个工作日（负数为来不及）。"""

    node: Node
    latest: Latest
    progress: Progress
    forecast: date
    float_days: int
    ready: bool  # 前置（容缺的除外）都已办结

    @property
    def state(self) -> NodeState:
        """浮时为负是“已无浮时”，为零是关键节点（§5.7）。"""
        if self.progress.done_on is not None:
            return NodeState.DONE
        if self.float_days < 0:
            return NodeState.NO_FLOAT
        return NodeState.FLOATING if self.float_days else NodeState.CRITICAL

    def due_today(self, today: date) -> bool:
        """今日应做：前置已齐、到了最迟开始之日还没有开始，或已开始、到了最迟完成之日还没有办结。"""
        if self.progress.done_on is not None or not self.ready:
            return False
        by = self.latest.start if self.progress.started_on is None else self.latest.finish
        return by <= today


class ScheduleRefused(Exception):
    """排不出来，理由见信息。"""


def chain_problems(nodes: Sequence[Node]) -> list[str]:
    """节点表的毛病：重名、前置没有这个节点、前置成圈；没有毛病返回空表。"""
    names = [node.name for node in nodes]
    problems = [f"“{name}”写了两次" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [
        f"“{node.name}”的前置“{before}”不在表里"
        for node in nodes
        for before in node.after
        if before not in names
    ]
    try:
        _ordered(nodes)
    except CycleError as error:
        problems.append(f"前置成了圈：{' → '.join(error.args[1])}")
    return problems


def needed_for(nodes: Sequence[Node], target: str) -> list[Node]:
    """到 ``target`` 为止要办的节点（它与它的全部前置），按先后。"""
    by_name = {node.name: node for node in nodes}
    if target not in by_name:
        raise ScheduleRefused(f"倒排工期规则里没有“{target}”这个节点。请先在规则集里补上。")
    wanted, waiting = set(), [target]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += by_name[name].after
    return [node for node in _ordered(nodes) if node.name in wanted]


def without(nodes: Iterable[Node], dropped: Collection[str]) -> list[Node]:
    """去掉用不着的节点：后一节点接上它的前置，先后不断。"""
    by_name = {node.name: node for node in nodes}

    def kept(names: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in names:
            found |= dict.fromkeys(kept(by_name[name].after) if name in dropped else (name,))
        return tuple(found)

    return [replace(node, after=kept(node.after)) for node in by_name.values() if node.name not in dropped]


def latest_dates(nodes: Sequence[Node], *, due_on: date, calendar: WorkCalendar) -> dict[str, Latest]:
    """由目标日 ``due_on`` 往回推：LF(前置) = 后各节点 LS 的最早一个；容缺的为后各节点 LF 的最早一个。"""
    followers = _followers(nodes)
    found: dict[str, Latest] = {}
    for node in reversed(_ordered(nodes)):
        later = [found[follower.name] for follower in followers[node.name]]
        finish = min((item.finish if node.waivable else item.start for item in later), default=due_on)
        start, provisional = _counted_back(finish, node, calendar)
        provisional = provisional or any(item.provisional for item in later)
        found[node.name] = Latest(start=start, finish=finish, provisional=provisional)
    return found


def carried_on(
    nodes: Sequence[Node], progress: Mapping[str, Progress], names: Collection[str]
) -> dict[str, Progress]:
    """接着前一节点做的（``names``）：没有另记开始的，自前置都办结之日起算开始。"""
    found = dict(progress)
    for node in nodes:
        step = progress.get(node.name, NOT_YET)
        done = [progress.get(name, NOT_YET).done_on for name in node.after]
        if node.name in names and step.started_on is None and done and None not in done:
            found[node.name] = replace(step, started_on=max(day for day in done if day))
    return found


def placed(
    nodes: Sequence[Node], latest: Mapping[str, Latest], progress: Mapping[str, Progress], *,
    today: date, calendar: WorkCalendar,
) -> list[Placed]:  # fmt: skip
    """各节点按先后：照现在的样子往前推几时办得完，与最迟日相比还剩几个工作日。

    没有开始的，从今天与前置办完之日较晚的一个起数，工作日的事遇休息日等到上班那天才受理；已经开始的从开始之日
    起数，但不早于今天。
    """
    forecasts: dict[str, date] = {}
    found = []
    by_name = {node.name: node for node in nodes}
    for node in _ordered(nodes):
        step = progress.get(node.name, NOT_YET)
        hard = [name for name in node.after if not by_name[name].waivable]
        forecasts[node.name] = step.done_on or _forecast(node, step, forecasts, hard, today, calendar)
        found.append(
            Placed(
                node=node, latest=latest[node.name], progress=step, forecast=forecasts[node.name],
                float_days=_float(forecasts[node.name], latest[node.name].finish, calendar),
                ready=all(progress.get(name, NOT_YET).done_on for name in hard),
            )
        )  # fmt: skip
    return found


def _forecast(
    node: Node, step: Progress, forecasts: Mapping[str, date], hard: Sequence[str],
    today: date, calendar: WorkCalendar,
) -> date:  # fmt: skip
    begin = step.started_on or max([today, *(forecasts[name] for name in hard)])
    if step.started_on is None and node.counted is Counted.WORKDAY:
        begin = _next_working(begin, calendar)
    return max([today, _counted_on(begin, node, calendar), *(forecasts[name] for name in node.after)])


def _float(forecast: date, finish: date, calendar: WorkCalendar) -> int:
    if forecast <= finish:
        return workdays_between(forecast, finish, calendar)
    return -max(1, workdays_between(finish, forecast, calendar))


def _ordered(nodes: Sequence[Node]) -> list[Node]:
    """按先后：前置在前，同时可办的照表里的次序。"""
    by_name = {node.name: node for node in nodes}
    sorter = TopologicalSorter(
        {node.name: [name for name in node.after if name in by_name] for node in nodes}
    )
    return [by_name[name] for name in sorter.static_order()]


def _followers(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {node.name: [] for node in nodes}
    for node in nodes:
        for name in node.after:
            found[name].append(node)
    return found


def _counted_back(day: date, node: Node, calendar: WorkCalendar) -> tuple[date, bool]:
    """办完之日往回数 ``days`` 天；工作日的事须在上班那天受理。途经未发布的年份的，第二项为真。"""
    if node.counted is Counted.CALENDAR:
        return day - timedelta(days=node.days), False
    left, years = node.days, {day.year}
    while left or not calendar.presumed_workday(day):
        left -= bool(left) and calendar.presumed_workday(day)
        day -= timedelta(days=1)
        years.add(day.year)
    return day, not years <= calendar.published


def _counted_on(day: date, node: Node, calendar: WorkCalendar) -> date:
    """从 ``day`` 次日起数 ``days`` 天。"""
    if node.counted is Counted.CALENDAR:
        return day + timedelta(days=node.days)
    left = node.days
    while left:
        day += timedelta(days=1)
        left -= calendar.presumed_workday(day)
    return day


def _next_working(day: date, calendar: WorkCalendar) -> date:
    while not calendar.presumed_workday(day):
        day += timedelta(days=1)
    return day
