"""三色：站在每条阈值的两边（HANDBOOK §10.1 金标 14–17）。"""

from dataclasses import replace
from decimal import Decimal

import pytest

from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy, decide_colour

PARAMETERS = {
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
POLICY = ColourPolicy.from_parameters(PARAMETERS)
CALM = ColourFacts(month=6, annual_plan_yuan=100_000_000)


def colour(**facts):
    return decide_colour(replace(CALM, **facts), policy=POLICY).colour


@pytest.mark.parametrize(("days", "expected"), [(0, "green"), (1, "yellow"), (30, "yellow"), (31, "red")])
def test_an_overdue_node_turns_yellow_at_once_and_red_after_thirty_days(days, expected):
    assert colour(days_overdue=days) == expected


@pytest.mark.parametrize(
    ("actual", "expected"), [(800, "green"), (799, "yellow"), (790, "yellow"), (600, "yellow"), (599, "red")]
)
def test_investment_ratio_is_compared_exactly(actual, expected):
    assert colour(actual_to_date_yuan=actual, planned_to_date_yuan=1000) == expected


@pytest.mark.parametrize(
    ("gap", "expected"), [("9.9", "green"), ("10", "yellow"), ("29.9", "yellow"), ("30", "red")]
)
def test_progress_gap_in_percentage_points(gap, expected):
    assert colour(planned_progress=Decimal(50), actual_progress=Decimal(50) - Decimal(gap)) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, "green"), (1, "yellow"), (89, "yellow"), (90, "red")])
def test_a_project_that_should_have_started(days, expected):
    assert colour(days_since_planned_start=days) == expected


@pytest.mark.parametrize(("months", "expected"), [(0, "green"), (1, "grey"), (2, "red")])
def test_missing_reports(months, expected):
    assert colour(months_without_report=months) == expected


def test_a_missing_report_hides_no_fact_that_stands_without_it():
    assert colour(months_without_report=1, days_overdue=5) == Colour.YELLOW
    assert colour(months_without_report=1, open_issue_level=4) == Colour.RED


def test_a_missing_month_is_not_taken_for_a_month_of_nothing_done():
    behind = {"actual_to_date_yuan": 10_000_000, "planned_to_date_yuan": 90_000_000}
    points = {"planned_progress": Decimal(60), "actual_progress": Decimal(10)}
    assert colour(**behind, **points) == Colour.RED
    assert colour(months_without_report=1, **behind, **points) == Colour.GREY


@pytest.mark.parametrize(
    ("days", "approved", "expected"),
    [
        (0, False, "green"),
        (1, False, "yellow"),
        (30, False, "yellow"),
        (31, False, "red"),
        (31, True, "yellow"),
    ],
)
def test_a_long_stop_is_red_unless_the_resumption_plan_is_approved(days, approved, expected):
    assert colour(days_stopped=days, resumption_plan_approved=approved) == expected


@pytest.mark.parametrize(("level", "expected"), [(0, "green"), (2, "green"), (3, "yellow"), (4, "red")])
def test_an_open_issue_colours_by_its_level(level, expected):
    assert colour(open_issue_level=level) == expected


@pytest.mark.parametrize(
    ("previous", "days", "expected"),
    [
        ((Colour.YELLOW,), 1, "yellow"),
        ((Colour.YELLOW, Colour.YELLOW), 1, "red"),
        ((Colour.GREEN, Colour.YELLOW), 1, "yellow"),
        ((Colour.YELLOW, Colour.YELLOW), 0, "green"),
    ],
)
def test_a_third_month_not_green_after_two_yellows_is_red(previous, days, expected):
    assert colour(previous=previous, days_overdue=days) == expected


def test_without_a_plan_nothing_is_judged():
    verdict = decide_colour(replace(CALM, has_plan=False, days_overdue=99), policy=POLICY)

    assert (verdict.colour, verdict.reason) == (Colour.GREY, "无计划不评定：未报月度计划")


def test_without_any_report_nothing_is_painted_green():
    assert colour(has_ever_reported=False) == Colour.GREY
    assert colour(has_ever_reported=False, months_without_report=1) == Colour.GREY


def test_never_having_reported_is_no_better_than_having_stopped_reporting():
    verdict = decide_colour(
        replace(CALM, has_ever_reported=False, months_without_report=2, days_overdue=31), policy=POLICY
    )

    assert (verdict.colour, [hit.rule for hit in verdict.hits]) == (Colour.RED, ["d", "m"])
    assert colour(has_ever_reported=False, months_without_report=1, days_overdue=1) == Colour.YELLOW


def test_small_plans_and_the_first_two_months_are_not_judged_by_investment():
    assert (
        colour(actual_to_date_yuan=0, planned_to_date_yuan=1000, annual_plan_yuan=4_999_999) == Colour.GREEN
    )
    assert colour(actual_to_date_yuan=0, planned_to_date_yuan=1000, month=2) == Colour.GREEN


def test_an_approved_exemption_silences_lag_but_not_missing_reports():
    assert colour(days_overdue=99, exempt_reason="市级统一调整") == Colour.GREEN
    assert colour(months_without_report=2, exempt_reason="市级统一调整") == Colour.RED


def test_every_verdict_names_rule_measure_and_threshold():
    verdict = decide_colour(replace(CALM, days_overdue=31, days_stopped=1), policy=POLICY)

    assert [(hit.rule, hit.colour, hit.measured) for hit in verdict.hits] == [
        ("d", Colour.RED, "31天"),
        ("stop", Colour.YELLOW, "1天"),
    ]
    assert verdict.reason == "控制节点逾期31天"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ratio_red_below": "0.80"}, "序时完成率"),
        ({"gap_red_from_points": "10"}, "进度差"),
        ({"overdue_red_above_days": 0}, "天数阈值"),
        ({"issue_yellow_from_level": 4}, "问题层级"),
    ],
)
def test_a_rule_set_with_overlapping_thresholds_is_refused(change, problem):
    with pytest.raises(ValueError, match=problem):
        ColourPolicy.from_parameters({**PARAMETERS, **change})


def test_a_rule_set_that_lacks_a_threshold_is_refused():
    parameters = dict(PARAMETERS)
    del parameters["gap_red_from_points"]

    with pytest.raises(ValueError, match="gap_red_from_points"):
        ColourPolicy.from_parameters(parameters)
