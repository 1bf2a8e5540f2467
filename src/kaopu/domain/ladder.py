"""逐级协调规则：各级几个工作日、通知谁、何时提醒与回头看，都是数据，按生效日换版（法 6，HANDBOOK §3.2、§5.5）。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kaopu.domain.days import chinese_day
from kaopu.domain.rights import ROLE_LABELS, Act, Role, Scope, Thing, scope_of

LEVELS = (1, 2, 3, 4)
TOP_LEVEL = 4
LEVEL_LABELS = {1: "L1 日常协调", 2: "L2 重点协调", 3: "L3 专题协调", 4: "L4 督办协调"}
LONGEST_LIMIT, MOST_DAYS, MOST_TIMES = 120, 730, 12
# 能收通知的角色：看得见问题的
NOTIFIABLE = tuple(role for role in Role if scope_of(role, Thing.ISSUE, Act.READ) is not Scope.NONE)

DEFAULT_LADDER: Mapping[str, object] = {
    "limits": {"1": 5, "2": 10, "3": 15, "4": 5},
    "notified": {
        "1": ["project_officer"],
        "2": ["office_section"],
        "3": ["office_director", "clerk", "district_leader", "gov_office"],
        "4": ["top_leader"],
    },
    "remind_days": 15,
    "look_back_days": 30,
    "regress_days": 90,
    "longest_gap_days": 45,
    "red_top_days": 60,
    "yellows_to_third": 2,
}
DAY_LABELS = {
    "remind_days": "目标到期前几天发蓝色提醒",
    "look_back_days": "销号之后几天回头看",
    "regress_days": "销号之后几天内同样的规则又触发即重新打开",
    "longest_gap_days": "引擎一次至多补几天、预警说明至多管几天",
    "red_top_days": "红色满几天报 L4",
    "yellows_to_third": "连续几次黄色报 L3",
}


@dataclass(frozen=True, kw_only=True)
class LadderPolicy:
    """一版逐级协调规则。"""

    limits: Mapping[int, int]  # 各级几个工作日内解决；四级为几个工作日内作出决定，过了就再催
    notified: Mapping[int, tuple[str, ...]]  # 某级起新增通知的角色
    remind_days: int = 15
    look_back_days: int = 30
    regress_days: int = 90
    longest_gap_days: int = 45
    red_top_days: int = 60
    yellows_to_third: int = 2
    name: str = ""  # 哪一版，写进升级的那一步

    @classmethod
    def read(cls, parameters: Mapping[str, object], *, name: str = "") -> LadderPolicy:
        """由参数（JSON）读出，不查对错；参数少一个、多一个都拒绝。"""
        if wrong := sorted(set(DEFAULT_LADDER) ^ set(parameters)):
            raise ValueError(f"逐级协调规则的参数缺少或多出：{wrong}。请对照默认规则补齐。")
        limits, notified = parameters["limits"], parameters["notified"]
        if not isinstance(limits, Mapping) or not isinstance(notified, Mapping):
            raise ValueError("逐级协调规则的 limits 与 notified 须按层级逐一写明。")
        return cls(
            limits={int(level): int(days) for level, days in limits.items()},
            notified={int(level): tuple(roles) for level, roles in notified.items()},
            name=name,
            **{days: int(str(parameters[days])) for days in DAY_LABELS},
        )

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, object], *, name: str = "") -> LadderPolicy:
        """由参数建立；有毛病的拒绝（法 6）。"""
        policy = cls.read(parameters, name=name)
        if problems := policy.problems():
            raise ValueError("；".join(problems))
        return policy

    def problems(self) -> list[str]:
        """空档与重叠：缺一级、一级没有人知道、一个角色写在两级、天数不为正；没有毛病返回空表。"""
        return list(self._flaws())

    def _flaws(self) -> Iterator[str]:
        for level in LEVELS:
            if not 1 <= self.limits.get(level, 0) <= LONGEST_LIMIT:
                yield f"L{level} 的工作日限须在 1 至 {LONGEST_LIMIT} 之间"
            if not self.notified.get(level):
                yield f"L{level} 没有写明通知谁，升到这一级没有人知道"
        if extra := sorted((set(self.limits) | set(self.notified)) - set(LEVELS)):
            yield f"没有这些层级：{extra}"
        for role in dict.fromkeys(role for level in LEVELS for role in self.notified.get(level, ())):
            named = [level for level in LEVELS if role in self.notified.get(level, ())]
            if role not in NOTIFIABLE:
                yield f"“{_label(role)}”看不见问题，不能作通知对象"
            elif len(named) > 1:
                levels = "、".join(f"L{level}" for level in named)
                yield f"“{_label(role)}”在 {levels} 重复：高一级本来就在低一级之上增加，留最低的一级"
        for days, label in DAY_LABELS.items():
            if getattr(self, days) < 1:
                yield f"“{label}”须为正数"

    def roles_at(self, level: int) -> frozenset[str]:
        """到 ``level`` 级为止应知道的全部角色：高一级在低一级之上增加，不减少。"""
        return frozenset(role for step in LEVELS if step <= level for role in self.notified[step])

    def threshold_of(self, role: str) -> int | None:
        """某角色从哪一级起收到通知；从不通知的为 ``None``。"""
        return next((level for level in LEVELS if role in self.notified[level]), None)


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """逐级协调规则的各版，按生效日从早到晚；哪天的事用哪天生效的一版。"""

    versions: tuple[tuple[date, LadderPolicy], ...]

    def on(self, day: date) -> LadderPolicy:
        """某日生效的一版；那天还没有规则的抛出 ``LookupError``。"""
        found = [policy for since, policy in self.versions if since <= day]
        if not found:
            raise LookupError(f"{chinese_day(day)}没有生效的逐级协调规则。请先设定生效日。")
        return found[-1]


def _label(role: str) -> str:
    return ROLE_LABELS[Role(role)] if role in set(Role) else role


def describe_ladder(policy: LadderPolicy) -> list[tuple[str, str, str]]:
    """一版规则逐条的说法：``(层级或名目, 限期, 新增通知谁)``。"""
    rows = [
        (
            LEVEL_LABELS[level],
            f"{policy.limits[level]} 个工作日" + ("（作出决定，过了再催）" if level == TOP_LEVEL else ""),
            "、".join(_label(role) for role in policy.notified[level]),
        )
        for level in LEVELS
    ]
    return rows + [(label, str(getattr(policy, days)), "—") for days, label in DAY_LABELS.items()]
