"""规则集：色档的边界与判色一致，空档重叠查得出，各地现成规则如其所述。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest

from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy, decide_colour
from kaopu.domain.rule_sets import (
    DEFAULT_PARAMETERS,
    PRESETS,
    RULE_LABELS,
    Band,
    bands,
    check,
    describe,
    gaps_and_overlaps,
)

DEFAULT = ColourPolicy.from_parameters(DEFAULT_PARAMETERS)
RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN


def facts(rule: str, value: Decimal) -> ColourFacts:
    """只有一条规则看得见的事实，实测值为 ``value``；投资比例以一亿元计划为分母。"""
    whole = int(value)
    plan = 100_000_000
    options: Mapping[str, dict[str, object]] = {
        "d": {"days_overdue": whole},
        "r": {
            "planned_to_date_yuan": plan,
            "annual_plan_yuan": plan,
            "actual_to_date_yuan": int(value * plan),
        },
        "p": {"planned_progress": value, "actual_progress": Decimal(0)},
        "s": {"days_since_planned_start": whole},
        "m": {"months_without_report": whole},
        "stop": {"days_stopped": whole},
        "issue": {"open_issue_level": whole},
    }
    return ColourFacts(month=6, **options[rule])


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
@pytest.mark.parametrize("rule", RULE_LABELS)
def test_both_sides_of_every_boundary_are_the_colour_the_band_says(preset, rule) -> None:
    """不变式：色档表怎么说，判色就怎么判；步长取该规则实测值的最小单位。"""
    policy = ColourPolicy.from_parameters(preset.parameters)
    if rule == "r" and 6 in policy.ratio_off_months:
        assert decide_colour(facts(rule, Decimal(0)), policy=policy).colour == GREEN  # 不看投资比例
        return
    step = {"r": Decimal("0.0001"), "p": Decimal("0.01")}.get(rule, Decimal(1))
    for band in bands(policy):
        if band.rule != rule:
            continue
        inside = [band.low] if band.high is None else [band.low, band.high - step]
        for value in inside:
            assert decide_colour(facts(rule, value), policy=policy).colour == band.colour, (band, value)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_preset_is_whole_and_sound(preset) -> None:
    assert preset.parameters.keys() == DEFAULT_PARAMETERS.keys()
    assert check(ColourPolicy.from_parameters(preset.parameters)) == []


def test_the_default_is_the_one_seeded() -> None:
    assert import_module("kaopu.tracking.migrations.0004_defaults").DEFAULT_PARAMETERS == DEFAULT_PARAMETERS
    assert PRESETS["默认型"].parameters == DEFAULT_PARAMETERS


@pytest.mark.parametrize(
    ("name", "rule", "value", "expected"),
    [
        ("银川型", "p", "9.99", GREEN),
        ("银川型", "p", "10", YELLOW),
        ("银川型", "p", "30", YELLOW),  # “10—30 个百分点”为黄，超过才红
        ("银川型", "p", "30.01", RED),
        ("银川型", "s", "89", YELLOW),
        ("银川型", "s", "90", RED),
        ("银川型", "r", "0.01", GREEN),
        ("三亚型", "r", "1", GREEN),
        ("三亚型", "r", "0.9999", YELLOW),
        ("三亚型", "r", "0.5", YELLOW),  # 低于计划“不超过 50%”为黄
        ("三亚型", "r", "0.4999", RED),
        ("三亚型", "p", "90", GREEN),
        ("海口型", "d", "1", YELLOW),
        ("海口型", "d", "400", YELLOW),
        ("海口型", "s", "400", YELLOW),
        ("海口型", "r", "0.01", GREEN),
    ],
)
def test_each_place_judges_as_it_published(name: str, rule: str, value: str, expected: Colour) -> None:
    policy = ColourPolicy.from_parameters(PRESETS[name].parameters)

    assert decide_colour(facts(rule, Decimal(value)), policy=policy).colour == expected


@pytest.mark.parametrize(
    ("name", "yellows", "expected"),
    [
        ("默认型", 1, YELLOW),
        ("默认型", 2, RED),
        ("海口型", 1, RED),
        ("银川型", 6, YELLOW),
        ("三亚型", 6, YELLOW),
    ],
)
def test_how_many_yellows_turn_red(name: str, yellows: int, expected: Colour) -> None:
    policy = ColourPolicy.from_parameters(PRESETS[name].parameters)
    late = replace(facts("d", Decimal(5)), previous=(YELLOW,) * yellows)

    assert decide_colour(late, policy=policy).colour == expected


def band(colour: Colour, low: str, high: str | None) -> Band:
    return Band(rule="d", colour=colour, low=Decimal(low), high=None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ([band(GREEN, "0", "1"), band(YELLOW, "1", "31"), band(RED, "31", None)], []),
        (
            [band(GREEN, "0", "1"), band(YELLOW, "2", "31"), band(RED, "31", None)],
            ["绿与黄之间有空档，1 至 2 没有颜色"],
        ),
        (
            [band(GREEN, "0", "1"), band(YELLOW, "1", "32"), band(RED, "31", None)],
            ["黄与红在 31 至 32 之间重叠"],
        ),
        ([band(GREEN, "0", "1"), band(YELLOW, "1", "1"), band(RED, "1", None)], ["黄档是空的（从 1 到 1）"]),
        ([band(GREEN, "1", "2"), band(RED, "2", None)], ["1 以下没有颜色"]),
        ([band(GREEN, "0", "2"), band(RED, "2", "9")], ["9 以上没有颜色"]),
        (
            [band(GREEN, "0", None), band(RED, "2", None)],
            ["绿与红在 2 以上重叠"],
        ),
    ],
)
def test_gaps_and_overlaps_are_found_at_the_very_number(group: list[Band], said: list[str]) -> None:
    assert gaps_and_overlaps(group) == [f"控制节点逾期（天）：{sentence}" for sentence in said]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ratio_red_below": Decimal("0.8")}, "累计投资与序时计划之比：黄档是空的"),
        ({"ratio_red_below": Decimal("0.9")}, "红与绿在 0.8 至 0.9 之间重叠"),
        ({"gap_red_from_points": Decimal("10")}, "形象进度落后（百分点）：黄档是空的"),
        ({"gap_red_from_points": Decimal("5")}, "绿与红在 5 至 10 之间重叠"),
        ({"unstarted_red_from_days": 1}, "应开工未开工（天）：黄档是空的"),
        ({"missing_reports_red_from": 1}, "缺报转红须不少于 2 个月"),
        ({"issue_red_from_level": 3}, "未销号问题（级）：黄档是空的"),
        ({"yellows_before_red": 0}, "连续黄转红须不少于 1 次"),
        ({"overdue_red_above_days": 0}, "天数阈值须为正数"),
    ],
)
def test_thresholds_that_do_not_meet_are_refused_and_named(changes: dict[str, object], said: str) -> None:
    assert any(said in sentence for sentence in check(replace(DEFAULT, **changes)))


def test_the_description_names_what_is_not_used() -> None:
    said = {
        name: {
            rule: (yellow, red) for rule, yellow, red in describe(ColourPolicy.from_parameters(p.parameters))
        }
        for name, p in PRESETS.items()
    }

    assert said["默认型"]["累计投资与序时计划之比"] == ("低于 80%", "低于 60%")
    assert said["默认型"]["　不看投资比例的情形"] == ("1月、2月；全年计划不到 500 万元的", "—")
    assert said["银川型"]["累计投资与序时计划之比"] == ("不采用", "不采用")
    assert said["三亚型"]["形象进度落后（百分点）"] == ("不采用", "不采用")
    assert said["三亚型"]["　不看投资比例的情形"] == ("没有", "—")
    assert said["海口型"]["控制节点逾期（天）"] == ("逾期即黄", "不采用")
    assert said["海口型"]["连续黄色仍未转绿"] == ("—", "此前已连续 1 次黄色")
