"""一个小办公室的世界：预警、问题、人、单位、日历、时钟与引擎，全用真正的规则，事件由字节驱动。

短跑在 ``test_coordination.py``，一百万步的长跑在 ``scripts/proof.py``。
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kaopu.domain.alerts import (
    BLUE,
    LEAST_HANDED_LEVEL,
    AlertPosition,
    AlertState,
    AlertVerb,
    answered,
    reddened,
    renewed,
    stopped,
)
from kaopu.domain.colours import Colour
from kaopu.domain.coordination import HANDLING_VERBS, Act, Position, Rules, follow_order, move, push, standing
from kaopu.domain.escalation import IssueState, IssueVerb, MoveRefused, clock_fault, is_overdue, rises
from kaopu.domain.ladder import Ladder, LadderPolicy
from kaopu.domain.watch import flaws
from kaopu.domain.workdays import WorkCalendar

EVENT_BYTES = 3
START = date(2022, 9, 1)
OFFICE, UNITS = 1, (1, 2, 3)
PEOPLE = ("专员", "主任", "经办甲", "经办乙")
VERBS = tuple(IssueVerb)
MOST_ITEMS = 12
MOST_ALERTS = 6
WARNINGS = ((BLUE, 1), (Colour.YELLOW, 2), (Colour.YELLOW, 3), (Colour.RED, 3), (Colour.RED, 4))
FIRST = LadderPolicy(
    limits={1: 5, 2: 10, 3: 15, 4: 5},
    notified={level: (f"role{level}",) for level in (1, 2, 3, 4)},
)
MOST_VERSIONS = 6


@dataclass(kw_only=True)
class Warned:
    """一条预警，与立没立为问题。"""

    at: AlertPosition
    followed: bool = False


@dataclass(kw_only=True)
class World:
    """世界；``event`` 走一步，并当场核对不变量。"""

    today: date = START  # 系统时钟所说的今天，可能是错的
    reached: date = START  # 引擎办到哪一天
    fault: str = ""
    exceptions: dict[date, bool] = field(default_factory=dict)
    published: set[int] = field(default_factory=lambda: {2022, 2023})
    versions: list[tuple[date, LadderPolicy]] = field(default_factory=lambda: [(date.min, FIRST)])
    items: list[Position] = field(default_factory=list)
    alerts: list[Warned] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def ladder(self) -> Ladder:
        return Ladder(versions=tuple(self.versions))

    @property
    def rules(self) -> Rules:
        calendar = WorkCalendar(exceptions=self.exceptions, published=frozenset(self.published))
        return Rules(ladder=self.ladder, calendar=calendar, reached=self.reached)

    @property
    def alarmed(self) -> bool:
        """报着警：时钟不对，或引擎还没有办到今天（漏跑，总览页报警）。"""
        return bool(self.fault) or self.reached != self.today

    def event(self, code: int, first: int, second: int) -> None:
        """一个事件；每次之后核对不变量。"""
        kinds = (
            self.raises,
            self.acts,
            self.acts,
            self.acts,
            self.closes,
            self.ticks,
            self.waits,
            self.edits,
            self.warns,
            self.answers,
        )
        if code % 32 == 31:
            self.jumps(first)
        else:
            kinds[code % len(kinds)](first, second)
        self.check()

    def raises(self, first: int, second: int) -> None:
        """提出一个问题。"""
        self._raise(UNITS[first % len(UNITS)], 1 + second % 4)

    def _raise(self, owner: int, level: int) -> None:
        if len(self.items) >= MOST_ITEMS:
            self.items.pop(0)  # 另起一件，免得世界越走越满
        self.items.append(
            Position(
                state=IssueState.RAISED, level=level, owner=owner, court=owner, on=self.today,
                due_on=self.rules.due(self.today, level),
            )
        )  # fmt: skip
        self.told["提出"] += 1

    def warns(self, first: int, second: int) -> None:
        """月末评定：发出一条，或续报、升到顶级、解除已有的一条。"""
        colour, level = WARNINGS[second % len(WARNINGS)]
        if not self.alerts or first % 4 == 0:
            del self.alerts[: max(0, len(self.alerts) - MOST_ALERTS + 1)]
            due = self.rules.due(self.today, level)
            owner = UNITS[first % len(UNITS)]
            at = AlertPosition(state=AlertState.WAITING, level=level, colour=colour, owner=owner, due_on=due)
            self.alerts.append(Warned(at=at))
            self.told["预警"] += 1
            return
        alert = self.alerts[first % len(self.alerts)]
        if alert.at.state == AlertState.LIFTED:
            return
        if first % 4 == 1:
            alert.at = stopped(alert.at, AlertVerb.LIFT)
            self.told["解除"] += 1
        elif first % 4 == 2 and alert.at.colour == Colour.RED:
            alert.at = reddened(alert.at, due=self.rules.due(self.today, 4))
            self.told["红满天数"] += 1
        elif colour != BLUE:
            rules = self.rules
            alert.at = renewed(
                alert.at, colour=colour, level=level, due=lambda asked: rules.due(self.today, asked)
            )
            self.told["续报"] += 1

    def answers(self, first: int, second: int) -> None:
        """说明一条预警，或立为问题；不该办的拒绝。"""
        if not self.alerts:
            return
        alert = self.alerts[first % len(self.alerts)]
        try:
            if second & 1:
                until = self.today + timedelta(days=second % 60 - 5)
                alert.at = answered(alert.at, on=self.today, until=until, rules=self.rules)
                self.told["说明"] += 1
            else:
                self._hand(alert, alert.at.level)
        except MoveRefused:
            self.told["拒绝"] += 1

    def _hand(self, alert: Warned, level: int) -> None:
        alert.at = stopped(alert.at, AlertVerb.HAND)
        alert.followed = True
        self._raise(alert.at.owner, level)
        self.told["预警立为问题"] += 1

    def acts(self, first: int, second: int) -> None:
        """随便一个人，随便办一步。"""
        if not self.items:
            return
        index = first % len(self.items)
        before = self.items[index]
        verb = VERBS[second % len(VERBS)]
        if verb == IssueVerb.EXTEND and self.today >= before.on:  # 转了督办，督办单签发或延期
            due = self.today + timedelta(days=first % 40)
            after = follow_order(before, due_on=due, on=self.today)
            assert after is None or (after.due_on == due and after.level == before.level)
            self.items[index] = after or before
            return
        act = Act(
            verb=verb, by=PEOPLE[first % len(PEOPLE)], on=self.today, text="情况" if first & 16 else "",
            evidence="验收单" if first & 32 else "", level=1 + second % 5, unit=UNITS[second % len(UNITS)],
            analysis="因" if first & 64 else "", proposal="策" if second & 64 else "",
        )  # fmt: skip
        self._try(index, before, act)

    def closes(self, first: int, second: int) -> None:
        """对待核的问题试着销号：有时没有佐证，有时是经办人自己。"""
        waiting = [index for index, item in enumerate(self.items) if item.state == IssueState.REPLIED]
        if not waiting:
            return self.acts(first, 3)
        index = waiting[first % len(waiting)]
        before, by = self.items[index], PEOPLE[second % len(PEOPLE)]
        act = Act(verb=IssueVerb.CLOSE, by=by, on=self.today, evidence="验收单" if second & 32 else " ")
        allowed = bool(act.evidence.strip()) and by not in before.handlers and self.today >= before.on
        self._try(index, before, act)
        closed = self.items[index].state == IssueState.CLOSED
        assert closed is allowed, f"{by} 销号 {before}"
        self.told["销号" if closed else "拒绝销号"] += 1
        return None

    def _try(self, index: int, before: Position, act: Act) -> None:
        try:
            after = move(before, act, office=OFFICE, rules=self.rules)
        except MoveRefused as error:
            assert str(error).strip(), "拒绝须说明理由"
            self.told["拒绝"] += 1
            return
        assert act.verb == IssueVerb.LOWER or after.level >= before.level, "悄悄降级"
        assert before.handlers <= after.handlers, "经办过的人被忘了"
        assert act.verb not in HANDLING_VERBS or act.by in after.handlers
        self.items[index] = after
        self.told["办理"] += 1

    def ticks(self, first: int, second: int) -> None:
        """引擎走一程，有时连走两次，有时半路断电（事务回滚，等于没走）。"""
        if second % 8 == 0:
            self.told["断电"] += 1
            return
        moved = self._tick(trust=first % 16 == 0)
        if second % 4 == 1:
            self.told["重跑"] += 1
            assert self._tick(trust=False) == 0 or self.fault, "同一天跑第二次又动了"
        self.told["升级"] += moved

    def _tick(self, *, trust: bool) -> int:
        self.fault = "" if trust else clock_fault(reached=self.reached, day=self.today, policy=FIRST)
        if self.fault:
            return 0
        moved = 0
        for alert in self.alerts:
            if is_overdue(alert.at.due_on, on=self.today):
                self._hand(alert, max(alert.at.level, LEAST_HANDED_LEVEL))
                moved += 1
        for index, before in enumerate(self.items):
            if before.due_on is None:
                continue
            rules = self.rules
            for rise in rises(
                level=before.level,
                due_on=before.due_on,
                today=self.today,
                ladder=self.ladder,
                calendar=rules.calendar,
            ):
                after = push(self.items[index], rise)
                assert after.level >= self.items[index].level and after.owner == before.owner
                self.items[index] = after
                moved += 1
        self.reached = self.today
        return moved

    def waits(self, first: int, second: int) -> None:
        """过去一天到十天，引擎没有跑。"""
        self.today += timedelta(days=1 + first % 10)
        self.told["漏跑"] += 1

    def edits(self, first: int, second: int) -> None:
        """改放假安排：某天上班与否，或撤回、发布一年；间或另立一版限期不同的规则，次日起生效。"""
        if second % 16 == 8:
            return self.amends(first)
        if second % 16 == 0:
            self.published ^= {self.today.year + first % 2}
            self.published.add(2022)
        else:
            day = self.today + timedelta(days=first % 40 - 10)
            self.exceptions[day] = bool(second & 1)
        self.told["改历"] += 1
        return None

    def amends(self, first: int) -> None:
        """逐级协调规则换版：已过的日子不追溯。"""
        since = max(self.today, self.reached, self.versions[-1][0]) + timedelta(days=1)
        limits = {level: 1 + (first * level) % 20 for level in (1, 2, 3, 4)}
        self.versions.append((since, replace(FIRST, limits=limits)))
        del self.versions[1 : -MOST_VERSIONS + 1]
        self.told["改规则"] += 1

    def jumps(self, first: int) -> None:
        """时钟乱跳：倒退、跳远，或拨回引擎认得的那天；不出两千年代。"""
        days = (-400, -30, -1, 30, 50, 400)[first % 6]
        landed = self.reached if first % 3 == 0 else self.today + timedelta(days=days)
        self.today = landed if date(2001, 1, 1) < landed < date(2090, 1, 1) else START
        self.told["跳钟"] += 1

    def check(self) -> None:
        """不变量：未了的有一个牵头、一个层级、一个不早于今天的期限或已报警；了了的钟停着；立为问题的有问题跟着。"""
        for stand in (*map(standing, self.items), *(alert.at.standing for alert in self.alerts)):
            found = flaws(stand, today=self.today, alarmed=self.alarmed)
            assert not found, f"{found}：{stand}，今天 {self.today}，办到 {self.reached}"
        assert all(alert.followed for alert in self.alerts if alert.at.state == AlertState.HANDED)
