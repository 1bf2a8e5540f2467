"""月报两级审核：状态表逐格、偏差阈值两侧。"""

from decimal import Decimal
from itertools import product

import pytest

from kaopu.domain.reporting import (
    PASSED_ON_IMPORT,
    TRANSITIONS,
    ReportState,
    ReportVerb,
    VerbRefused,
    act_for,
    needs_cause,
    next_state,
    passed_on_filing,
    reviews_at,
    state_after,
)
from kaopu.domain.rights import Act, Role


@pytest.mark.parametrize(("state", "verb"), list(product(ReportState, ReportVerb)))
def test_each_step_is_either_in_the_table_or_refused_with_a_sentence(state, verb):
    if (state, verb) in TRANSITIONS:
        assert next_state(state, verb) == TRANSITIONS[state, verb]
    else:
        with pytest.raises(VerbRefused, match="。"):
            next_state(state, verb)


def test_every_state_is_reached_and_none_is_a_dead_end():
    assert {after for after in TRANSITIONS.values()} == set(ReportState) - {ReportState.MISSING}
    assert {state for state, _ in TRANSITIONS} == set(ReportState)


def test_nothing_is_accepted_without_the_first_review():
    before = [state for (state, verb) in TRANSITIONS if verb is ReportVerb.ACCEPT]
    assert before == [ReportState.UNIT_APPROVED]


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        ((), ReportState.SUBMITTED),
        (PASSED_ON_IMPORT, ReportState.ACCEPTED),
        (passed_on_filing(Role.PROJECT_OWNER), ReportState.SUBMITTED),
        (passed_on_filing(Role.RESPONSIBLE_UNIT), ReportState.UNIT_APPROVED),
        (passed_on_filing(Role.CLERK), ReportState.UNIT_APPROVED),
        ((ReportVerb.RETURN,), ReportState.RETURNED),
        ((*PASSED_ON_IMPORT, ReportVerb.RETURN), ReportState.RETURNED),
    ],
)
def test_the_state_follows_from_the_reviews(verbs, state):
    assert state_after(verbs) == state


def test_an_accepted_report_is_returned_before_it_is_filed_anew():
    with pytest.raises(VerbRefused, match="请推进办退回"):
        next_state(ReportState.ACCEPTED, ReportVerb.SUBMIT)


@pytest.mark.parametrize(
    ("planned", "actual", "expected"),
    [
        (40, 30, False),
        (40, "29.99", True),
        (40, 50, False),
        (40, "50.01", True),
        (None, 5, False),
        (40, None, False),
    ],
)
def test_a_cause_is_needed_past_ten_points_either_way(planned, actual, expected):
    sides = [None if side is None else Decimal(side) for side in (planned, actual)]

    assert needs_cause(*sides) is expected


def test_who_reviews_follows_from_where_the_report_stands():
    assert reviews_at(ReportState.MISSING) == reviews_at(ReportState.RETURNED) == ()
    assert act_for(ReportState.SUBMITTED, ReportVerb.RETURN) is Act.FIRST
    assert act_for(ReportState.UNIT_APPROVED, ReportVerb.RETURN) is Act.APPROVE
    assert act_for(ReportState.SUBMITTED, ReportVerb.ACCEPT) is Act.APPROVE
    assert all((state, verb) in TRANSITIONS for state in ReportState for verb in reviews_at(state))
