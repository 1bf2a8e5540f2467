"""规则集：阈值是数据（法 6）——各参数的说法、各色档的范围、空档与重叠的检查，以及几地的现成规则。

现成规则依据 HANDBOOK §3.1 所载各地做法；一地没有写明的规则沿用默认，不采用的规则把阈值设到够不着。
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from kaopu.domain.colours import COLOUR_LABELS, Colour, ColourPolicy

NEVER_DAYS, NEVER_TIMES, NEVER_LEVEL, NEVER_POINTS = 9999, 99, 9, Decimal("99.99")
EVERY_MONTH = tuple(range(1, 13))

DEFAULT_PARAMETERS: Mapping[str, object] = {
    "overdue_red_above_days": 30,
    "ratio_red_below": "0.60",
    "ratio_yellow_below": "0.80",
    "gap_yellow_from_points": "10",
    "gap_red_from_points": "30",
    "unstarted_red_from_days": 90,
    "missing_reports_red_from": 2,
    "stopped_red_above_days": 30,
    "yellows_before_red": 2,
    "ratio_off_below_yuan": 5_000_000,
    "ratio_off_months": [1, 2],
    "issue_red_from_level": 4,
    "issue_yellow_from_level": 3,
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """一地的现成规则：名称、依据与说明、全部参数。"""

    name: str
    note: str
    parameters: Mapping[str, object]


def _preset(name: str, note: str, **changes: object) -> Preset:
    return Preset(name=name, note=note, parameters={**DEFAULT_PARAMETERS, **changes})


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        _preset("默认型", "比例取 80%、60%，差距取 10、30 个百分点，应开工未开工满 90 天为红（§5.4）。"),
        _preset(
            "银川型",
            "2025 年做法：看开工与形象进度，落后 10 至 30 个百分点为黄、超过 30 个为红，满三个月未开工为红；不看投资比例。",
            gap_red_from_points="30.01",
            ratio_off_months=list(EVERY_MONTH),
            yellows_before_red=NEVER_TIMES,
        ),
        _preset(
            "三亚型",
            "2022 年做法：只看累计投资，低于计划为黄，低于一半为红；不看形象进度，连续黄色靠约谈，不转红。",
            ratio_yellow_below="1",
            ratio_red_below="0.5",
            ratio_off_months=[],
            ratio_off_below_yuan=0,
            gap_yellow_from_points=str(NEVER_POINTS),
            gap_red_from_points="100",
            yellows_before_red=NEVER_TIMES,
        ),
        _preset(
            "海口型",
            "2020 年做法：只看节点，滞后即黄，再黄一次即红；不看投资比例与形象进度。",
            overdue_red_above_days=NEVER_DAYS,
            unstarted_red_from_days=NEVER_DAYS,
            ratio_off_months=list(EVERY_MONTH),
            gap_yellow_from_points=str(NEVER_POINTS),
            gap_red_from_points="100",
            yellows_before_red=1,
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Band:
    """一条规则的一个色档：从 ``low``（含）到 ``high``（不含）；``None`` 为无尽头。"""

    rule: str
    colour: Colour
    low: Decimal
    high: Decimal | None

    @property
    def empty(self) -> bool:
        """是否一个数也容不下。"""
        return self.high is not None and self.high <= self.low


RULE_LABELS = {
    "d": "控制节点逾期（天）",
    "r": "累计投资与序时计划之比",
    "p": "形象进度落后（百分点）",
    "s": "应开工未开工（天）",
    "m": "连续缺报（月）",
    "stop": "停工（天）",
    "issue": "未销号问题（级）",
}


def bands(policy: ColourPolicy) -> list[Band]:
    """各规则的色档：绿、黄、红三档，缺报中间一档是灰。比例是越小越重，其余是越大越重。"""
    rising: dict[str, tuple[Decimal | int, Decimal | int]] = {
        "d": (1, policy.overdue_red_above_days + 1),
        "p": (policy.gap_yellow_from_points, policy.gap_red_from_points),
        "s": (1, policy.unstarted_red_from_days),
        "m": (1, policy.missing_reports_red_from),
        "stop": (1, policy.stopped_red_above_days + 1),
        "issue": (policy.issue_yellow_from_level, policy.issue_red_from_level),
    }
    found = [
        Band(rule="r", colour=Colour.RED, low=Decimal(0), high=policy.ratio_red_below),
        Band(rule="r", colour=Colour.YELLOW, low=policy.ratio_red_below, high=policy.ratio_yellow_below),
        Band(rule="r", colour=Colour.GREEN, low=policy.ratio_yellow_below, high=None),
    ]
    for rule, (from_middle, red) in rising.items():
        middle = Colour.GREY if rule == "m" else Colour.YELLOW
        found += [
            Band(rule=rule, colour=Colour.GREEN, low=Decimal(0), high=Decimal(from_middle)),
            Band(rule=rule, colour=middle, low=Decimal(from_middle), high=Decimal(red)),
            Band(rule=rule, colour=Colour.RED, low=Decimal(red), high=None),
        ]
    order = list(RULE_LABELS)
    return sorted(found, key=lambda band: order.index(band.rule))


def gaps_and_overlaps(all_bands: Iterable[Band]) -> list[str]:
    """查每条规则的色档：容不下任何数的、两档之间有空档的、两档重叠的；没有毛病返回空表。"""
    grouped: dict[str, list[Band]] = {}
    for band in all_bands:
        grouped.setdefault(band.rule, []).append(band)
    return [sentence for rule, group in grouped.items() for sentence in _flaws(RULE_LABELS[rule], group)]


def _flaws(label: str, group: list[Band]) -> Iterator[str]:
    for band in group:
        if band.high is not None and band.high <= band.low:
            yield f"{label}：{COLOUR_LABELS[band.colour]}档是空的（从 {plain(band.low)} 到 {plain(band.high)}）"
    kept = sorted((band for band in group if not band.empty), key=lambda band: band.low)
    if kept[0].low > 0:
        yield f"{label}：{plain(kept[0].low)} 以下没有颜色"
    for lower, upper in pairwise(kept):
        names = f"{COLOUR_LABELS[lower.colour]}与{COLOUR_LABELS[upper.colour]}"
        if lower.high is None or lower.high > upper.low:
            ends = [band.high for band in (lower, upper) if band.high is not None]
            until = f"至 {plain(min(ends))} 之间" if ends else "以上"
            yield f"{label}：{names}在 {plain(upper.low)} {until}重叠"
        elif lower.high < upper.low:
            yield f"{label}：{names}之间有空档，{plain(lower.high)} 至 {plain(upper.low)} 没有颜色"
    if (end := kept[-1].high) is not None:
        yield f"{label}：{plain(end)} 以上没有颜色"


def plain(value: Decimal) -> str:
    """数的写法：去尾零。"""
    return f"{value.normalize():f}"


def check(policy: ColourPolicy) -> list[str]:
    """启用之前的检查：阈值是否合理，色档有没有空档与重叠。"""
    return [*policy.problems(), *gaps_and_overlaps(bands(policy))]


def describe(policy: ColourPolicy) -> list[tuple[str, str, str]]:
    """一版规则逐条的说法：``(规则, 何时为黄, 何时为红)``；够不着的阈值写作“不采用”。"""
    off_months = set(policy.ratio_off_months)
    ratio_off = off_months >= set(EVERY_MONTH)
    no_gap = policy.gap_yellow_from_points >= NEVER_POINTS
    red_ratio, yellow_ratio = (
        f"低于 {plain(ratio * 100)}%" for ratio in (policy.ratio_red_below, policy.ratio_yellow_below)
    )
    return [
        (RULE_LABELS["d"], "逾期即黄", _above(policy.overdue_red_above_days)),
        (RULE_LABELS["r"], *(("不采用",) * 2 if ratio_off else (yellow_ratio, red_ratio))),
        ("　不看投资比例的情形", _ratio_off(policy, ratio_off), "—"),
        (RULE_LABELS["p"], *(("不采用",) * 2 if no_gap else _gap_words(policy))),
        (RULE_LABELS["s"], "未开工即黄", _from(policy.unstarted_red_from_days, NEVER_DAYS)),
        (RULE_LABELS["m"], "缺报即灰", _from(policy.missing_reports_red_from, NEVER_TIMES)),
        (RULE_LABELS["stop"], "停工即黄", _above(policy.stopped_red_above_days)),
        (
            RULE_LABELS["issue"],
            _from(policy.issue_yellow_from_level, NEVER_LEVEL),
            _from(policy.issue_red_from_level, NEVER_LEVEL),
        ),
        ("连续黄色仍未转绿", "—", _again(policy.yellows_before_red)),
    ]


def _above(days: int) -> str:
    return "不采用" if days >= NEVER_DAYS else f"超过 {days}"


def _from(value: int, never: int) -> str:
    return "不采用" if value >= never else f"满 {value}"


def _again(times: int) -> str:
    return "不采用" if times >= NEVER_TIMES else f"此前已连续 {times} 次黄色"


def _gap_words(policy: ColourPolicy) -> tuple[str, str]:
    return f"满 {plain(policy.gap_yellow_from_points)}", f"满 {plain(policy.gap_red_from_points)}"


def _ratio_off(policy: ColourPolicy, always: bool) -> str:
    if always:
        return "全年不看"
    months = "、".join(f"{month}月" for month in sorted(policy.ratio_off_months))
    small = (
        f"全年计划不到 {policy.ratio_off_below_yuan // 10_000} 万元的" if policy.ratio_off_below_yuan else ""
    )
    return "；".join(filter(None, [months, small])) or "没有"
