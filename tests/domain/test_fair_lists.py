"""红黑榜的公平规矩，与序时进度的算法（HANDBOOK §3.4、§3.11）。"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kaopu.domain.fair_lists import UnitScore, fair_lists
from kaopu.domain.investment import change_points, gap_points, pace_percent, percent

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "zh_vectors" / "seq_progress_vectors.csv"


def units(*done: int, excused: frozenset[int] = frozenset()) -> list[UnitScore]:
    return [
        UnitScore(name=f"{order:02d}", done=value, target=100, excused=order in excused)
        for order, value in enumerate(done)
    ]


def test_the_red_list_needs_both_more_than_the_target_and_the_first_five() -> None:
    lists = fair_lists(units(150, 140, 130, 120, 110, 105, 101))

    assert [unit.done for unit in lists.red] == [150, 140, 130, 120, 110]
    assert lists.black == ()


@pytest.mark.parametrize(("done", "listed"), [(99, True), (100, False), (101, False)])
def test_the_black_list_is_only_for_those_below_the_target(done: int, listed: bool) -> None:
    lists = fair_lists(units(200, 200, 200, 200, 200, done))

    assert [unit.done for unit in lists.black] == ([done] if listed else [])


def test_the_black_list_takes_the_last_four_worst_first() -> None:
    assert [unit.done for unit in fair_lists(units(10, 20, 30, 40, 50, 60)).black] == [10, 20, 30, 40]


def test_force_majeure_is_never_on_the_black_list_and_gives_its_place_to_nobody() -> None:
    lists = fair_lists(units(10, 20, 30, 40, 50, excused=frozenset({0})))

    assert [unit.done for unit in lists.black] == [20, 30, 40]


def test_a_unit_without_a_plan_takes_no_part() -> None:
    assert fair_lists([UnitScore(name="甲", done=5, target=0)]).red == ()


def test_exactly_on_target_is_on_neither_list() -> None:
    lists = fair_lists(units(100, 100))

    assert (lists.red, lists.black) == ((), ())


def test_the_gap_is_taken_from_unrounded_numbers() -> None:
    assert gap_points(972, 1000, 10) == Decimal("13.9")  # 97.2 − 83.33…，先取整也是 13.9，两位小数可见差别
    assert gap_points(972, 1000, 10, places=2) == Decimal("13.87")
    assert gap_points(1, 3, 4, places=1) == Decimal("0.0")
    assert gap_points(1, 0, 4) is None
    # 83.35 − 83.33… = 0.0167：先各取一位小数会成 0.1
    assert gap_points(8335, 10000, 10) == Decimal("0.0")


def test_the_change_from_last_month_is_taken_from_unrounded_numbers() -> None:
    assert change_points((2049, 10000), (2044, 10000)) == Decimal("0.1")
    assert change_points((1, 3), (1, 0)) is None


@pytest.mark.parametrize(("months", "shown"), [(1, "8.3"), (8, "66.7"), (10, "83.3"), (12, "100.0")])
def test_pace_is_months_by_twelve(months: int, shown: str) -> None:
    assert str(pace_percent(months)) == shown


def test_published_rates_and_gaps_are_reproduced() -> None:
    if not VECTORS.is_file():
        pytest.skip("没有 ../shared，无从比对")
    rows = list(csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        rate = Decimal(row["reported_rate_pct"])
        if row["annual_plan_yi"] and row["done_yi"]:
            done, plan = (int(Decimal(row[name]) * 10000) for name in ("done_yi", "annual_plan_yi"))
            computed = percent(done, plan)
            assert computed is not None and abs(computed - rate) <= Decimal("0.1"), row["id"]
        if row["reported_gap_pp"]:
            gap = Decimal(row["reported_gap_pp"])
            places = -int(gap.as_tuple().exponent)
            shown = gap_points(int(rate * 100), 10000, int(row["months_elapsed"]), places=places)
            assert shown == gap, row["id"]
    assert len(rows) == 7
