"""同时办：填报者与关账者、同一份月报的几个填报者（TRUST §1 规则 3、4）。"""

from __future__ import annotations

from tests.together.conftest import Scene
from tests.together.race import EACH, PEOPLE


def test_a_closing_month_takes_all_that_was_filed_and_nothing_after(scene: Scene) -> None:
    seen = scene("submitters_against_the_closer")

    told = [answer for person in seen["told"] for answer in person]
    assert set(told) <= {"报出", "已冻结"} and len(told) == PEOPLE * EACH
    assert seen["reports"] == told.count("报出")
    assert seen["assessed_yuan"] == 1_000_000 * seen["reports"]
    assert seen["closed"] == ["2022-01", "2022-01"]
    assert seen["verdicts"] == PEOPLE * EACH


def test_one_of_four_who_file_the_same_report_wins_and_the_rest_are_told(scene: Scene) -> None:
    seen = scene("same_report_twice")

    assert sorted(seen["told"]) == ["StaleReport"] * (PEOPLE - 1) + ["报出"]
    assert seen["reports"] == 1


def test_one_of_four_who_accept_the_same_report_wins_and_the_rest_are_told(scene: Scene) -> None:
    seen = scene("two_accept_the_same_report")

    assert sorted(seen["told"]) == ["StaleReport"] * (PEOPLE - 1) + ["审定"]
    assert seen["reviews"] == ["accept", "first_approve"]
    assert seen["traces"] == 1


def test_one_of_four_who_report_the_same_stop_wins_and_the_rest_are_told(scene: Scene) -> None:
    seen = scene("same_stop_four_times")

    assert sorted(seen["told"]) == ["DecisionRefused"] * (PEOPLE - 1) + ["报停"]
    assert seen["stops"] == 1


def test_the_victim_of_a_deadlock_does_it_again(scene: Scene) -> None:
    seen = scene("each_waits_for_the_other")

    assert seen["told"] == ["办成", "办成"]
    assert seen["tries"] == (3 if seen["database"] == "postgresql" else 2)


def test_a_remembered_answer_changes_with_the_rows_it_rests_on(scene: Scene) -> None:
    seen = scene("answers_remembered_until_something_changes")

    assert seen["same"]
    assert seen["before"] == [True, []]
    assert seen["after"] == [False, [2022]]


def test_figures_are_not_counted_again_while_others_report(scene: Scene) -> None:
    seen = scene("figures_remembered_while_others_report")

    assert seen["same"]
    assert seen["actual"] == ["—", "300万元"]
    assert seen["achieved"] == [0, 1]


def test_one_request_asks_for_the_state_once_and_again_after_its_own_write(scene: Scene) -> None:
    seen = scene("state_asked_once_in_a_request")

    assert seen["asked"] == 1
    assert seen["works"] == [True, False]
