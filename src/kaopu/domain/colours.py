"""三色管理：某一天，一个项目应标什么颜色（HANDBOOK §5.4，种子 D14）。

依据：普桃推办〔2023〕1号，第一部分第三节“运用‘三色管理’方式在地图上以不同颜色标注”。
阈值是数据（``ColourPolicy``），每个结论都带触发的规则、实测值与阈值。
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum


class Colour(StrEnum):
    """红黄绿三色；灰不是第四种颜色，是“无从评定”。"""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


COLOUR_LABELS = {Colour.RED: "红", Colour.YELLOW: "黄", Colour.GREEN: "绿", Colour.GREY: "灰"}
COLOUR_SHAPES = {Colour.RED: "▲", Colour.YELLOW: "◆", Colour.GREEN: "●", Colour.GREY: "■"}


@dataclass(frozen=True, kw_only=True)
class ColourPolicy:
    """一版三色规则的阈值。比例与百分点用 Decimal，天数、月数、元用整数。"""

    overdue_red_above_days: int
    ratio_red_below: Decimal
    ratio_yellow_below: Decimal
    gap_yellow_from_points: Decimal
    gap_red_from_points: Decimal
    unstarted_red_from_days: int
    missing_reports_red_from: int
    stopped_red_above_days: int
    yellows_before_red: int
    ratio_off_below_yuan: int
    ratio_off_months: tuple[int, ...]
    issue_red_from_level: int
    issue_yellow_from_level: int

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, object]) -> ColourPolicy:
        """由规则集参数（JSON）建立；缺项、多项、类型不符或阈值有空档都拒绝（法 6）。"""
        policy = cls.read(parameters)
        if problems := policy.problems():
            raise ValueError("；".join(problems))
        return policy

    @classmethod
    def read(cls, parameters: Mapping[str, object]) -> ColourPolicy:
        """只读出参数，不看阈值合不合理；缺项、多项、类型不符则拒绝。"""
        names = {field.name for field in fields(cls)}
        if set(parameters) != names:
            wrong = "、".join(sorted(names ^ set(parameters)))
            raise ValueError(f"规则集参数缺少或多出：{wrong}。请对照默认规则集补齐。")

        def number(name: str) -> int:
            return int(str(parameters[name]))

        def decimal(name: str) -> Decimal:
            return Decimal(str(parameters[name]))

        months = parameters["ratio_off_months"]
        return cls(
            overdue_red_above_days=number("overdue_red_above_days"),
            ratio_red_below=decimal("ratio_red_below"),
            ratio_yellow_below=decimal("ratio_yellow_below"),
            gap_yellow_from_points=decimal("gap_yellow_from_points"),
            gap_red_from_points=decimal("gap_red_from_points"),
            unstarted_red_from_days=number("unstarted_red_from_days"),
            missing_reports_red_from=number("missing_reports_red_from"),
            stopped_red_above_days=number("stopped_red_above_days"),
            yellows_before_red=number("yellows_before_red"),
            ratio_off_below_yuan=number("ratio_off_below_yuan"),
            ratio_off_months=tuple(int(str(month)) for month in months)
            if isinstance(months, list | tuple)
            else (),
            issue_red_from_level=number("issue_red_from_level"),
            issue_yellow_from_level=number("issue_yellow_from_level"),
        )

    def problems(self) -> list[str]:
        """检查阈值之间的空档与重叠；无问题返回空表。"""
        found = []
        if not 0 < self.ratio_red_below < self.ratio_yellow_below <= 1:
            found.append("序时完成率的红线须低于黄线，且都在 0 与 1 之间")
        if not 0 < self.gap_yellow_from_points < self.gap_red_from_points <= 100:
            found.append("进度差的黄线须低于红线，且都在 0 与 100 之间")
        if min(self.overdue_red_above_days, self.unstarted_red_from_days, self.stopped_red_above_days) < 1:
            found.append("天数阈值须为正数")
        if self.missing_reports_red_from < 2 or self.yellows_before_red < 1:
            found.append("缺报转红须不少于 2 个月，连续黄转红须不少于 1 次")
        if self.issue_yellow_from_level >= self.issue_red_from_level:
            found.append("问题层级的黄线须低于红线")
        return found


@dataclass(frozen=True, kw_only=True)
class ColourFacts:
    """评定颜色所需的事实；``None`` 表示没有这类数据，相应规则不适用。"""

    month: int
    has_plan: bool = True
    has_ever_reported: bool = True
    ended: bool = False
    days_overdue: int = 0
    actual_to_date_yuan: int = 0
    planned_to_date_yuan: int = 0
    annual_plan_yuan: int = 0
    planned_progress: Decimal | None = None
    actual_progress: Decimal | None = None
    days_since_planned_start: int = 0
    months_without_report: int = 0
    previous: tuple[Colour, ...] = ()
    days_stopped: int = 0
    resumption_plan_approved: bool = False
    open_issue_level: int = 0
    exempt_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleHit:
    """触发的一条规则：编号、颜色、实测值、阈值与中文理由。"""

    rule: str
    colour: Colour
    measured: str
    threshold: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ColourVerdict:
    """颜色、一句总理由和全部触发的规则（“为什么是这个颜色”）。"""

    colour: Colour
    reason: str
    hits: tuple[RuleHit, ...] = ()


def decide_colour(facts: ColourFacts, *, policy: ColourPolicy) -> ColourVerdict:
    """评定颜色：先看能不能评，再取各规则中最重的一色，最后看是否连续黄色（决定 0006）。

    缺了本月月报，投资与进度无从谈起，只看月报之外的事实（节点、停工、问题、连着缺报几个月）；这些都没有触线的是灰，
    不是绿。一次也没有报过的同样看：不报不能比报过一次的占便宜。
    """
    if facts.ended:
        return ColourVerdict(colour=Colour.GREY, reason="已停止实施，不再评定")
    if not facts.has_plan:
        return ColourVerdict(colour=Colour.GREY, reason="无计划不评定：未报月度计划")
    hits = [hit for rule in _RULES if (hit := rule(facts, policy)) is not None]
    if hits and (again := _repeated_yellow(facts, policy, hits)):
        hits.append(again)
    if not hits and (facts.months_without_report or not facts.has_ever_reported):
        lacking = "本月没有审定的月报" if facts.has_ever_reported else "本年度尚无月报"
        return ColourVerdict(colour=Colour.GREY, reason=f"无数据不评定：{lacking}")
    if not hits:
        return ColourVerdict(colour=Colour.GREEN, reason=_why_green(facts))
    worst = Colour.RED if any(hit.colour == Colour.RED for hit in hits) else Colour.YELLOW
    hits.sort(key=lambda hit: hit.colour != worst)
    return ColourVerdict(
        colour=worst,
        reason="；".join(hit.sentence for hit in hits if hit.colour == worst),
        hits=tuple(hits),
    )


def _why_green(facts: ColourFacts) -> str:
    if facts.exempt_reason:
        return f"经批准豁免：{facts.exempt_reason}"
    return "节点、投资、进度均未触及黄线，数据为最近一期"


def _overdue(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    days, limit = facts.days_overdue, policy.overdue_red_above_days
    if days <= 0 or facts.exempt_reason:
        return None
    return RuleHit(
        rule="d",
        colour=Colour.RED if days > limit else Colour.YELLOW,
        measured=f"{days}天",
        threshold=f"逾期即黄，超过{limit}天为红",
        sentence=f"控制节点逾期{days}天",
    )


def _ratio(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    planned, actual = facts.planned_to_date_yuan, facts.actual_to_date_yuan
    switched_off = (
        facts.annual_plan_yuan < policy.ratio_off_below_yuan or facts.month in policy.ratio_off_months
    )
    if planned <= 0 or switched_off or facts.exempt_reason or facts.months_without_report:
        return None
    ratio = Decimal(actual) / Decimal(planned)
    if ratio >= policy.ratio_yellow_below:
        return None
    shown = f"{ratio * 100:.1f}%"
    return RuleHit(
        rule="r",
        colour=Colour.RED if ratio < policy.ratio_red_below else Colour.YELLOW,
        measured=shown,
        threshold=f"低于{policy.ratio_yellow_below * 100:.0f}%为黄，低于{policy.ratio_red_below * 100:.0f}%为红",
        sentence=f"累计投资为序时计划的{shown}",
    )


def _gap(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    if facts.planned_progress is None or facts.actual_progress is None:
        return None
    if facts.exempt_reason or facts.months_without_report:
        return None
    gap = facts.planned_progress - facts.actual_progress
    if gap < policy.gap_yellow_from_points:
        return None
    return RuleHit(
        rule="p",
        colour=Colour.RED if gap >= policy.gap_red_from_points else Colour.YELLOW,
        measured=f"{gap.normalize():f}个百分点",
        threshold=f"落后{policy.gap_yellow_from_points}个百分点为黄，{policy.gap_red_from_points}个百分点为红",
        sentence=f"形象进度落后计划{gap.normalize():f}个百分点",
    )


def _unstarted(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    days, limit = facts.days_since_planned_start, policy.unstarted_red_from_days
    if days <= 0 or facts.exempt_reason:
        return None
    return RuleHit(
        rule="s",
        colour=Colour.RED if days >= limit else Colour.YELLOW,
        measured=f"{days}天",
        threshold=f"应开工未开工即黄，满{limit}天为红",
        sentence=f"应开工未实质开工已{days}天",
    )


def _missing(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    months, limit = facts.months_without_report, policy.missing_reports_red_from
    if months < limit:
        return None
    return RuleHit(
        rule="m",
        colour=Colour.RED,
        measured=f"{months}个月",
        threshold=f"缺报即灰，{limit}个月为红",
        sentence=f"连续{months}个月未报月报",
    )


def _stopped(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    days, limit = facts.days_stopped, policy.stopped_red_above_days
    if days <= 0 or facts.exempt_reason:
        return None
    red = days > limit and not facts.resumption_plan_approved
    return RuleHit(
        rule="stop",
        colour=Colour.RED if red else Colour.YELLOW,
        measured=f"{days}天",
        threshold=f"停工即黄，超过{limit}天且无经批准的复工方案为红",
        sentence=f"已停工{days}天" + ("，尚无经批准的复工方案" if red else ""),
    )


def _issue(facts: ColourFacts, policy: ColourPolicy) -> RuleHit | None:
    level = facts.open_issue_level
    if level < policy.issue_yellow_from_level:
        return None
    return RuleHit(
        rule="issue",
        colour=Colour.RED if level >= policy.issue_red_from_level else Colour.YELLOW,
        measured=f"L{level}",
        threshold=f"L{policy.issue_yellow_from_level}为黄，L{policy.issue_red_from_level}为红",
        sentence=f"有未销号的L{level}级问题",
    )


def _repeated_yellow(facts: ColourFacts, policy: ColourPolicy, hits: list[RuleHit]) -> RuleHit | None:
    count = policy.yellows_before_red
    if facts.previous[-count:] != (Colour.YELLOW,) * count or any(hit.colour == Colour.RED for hit in hits):
        return None
    return RuleHit(
        rule="y",
        colour=Colour.RED,
        measured=f"连续{count}次黄色后仍未转绿",
        threshold=f"连续{count}次黄色后不转绿即红",
        sentence=f"此前已连续{count}次黄色，本次仍未转绿",
    )


_RULES: tuple[Callable[[ColourFacts, ColourPolicy], RuleHit | None], ...] = (
    _overdue,
    _ratio,
    _gap,
    _unstarted,
    _missing,
    _stopped,
    _issue,
)
