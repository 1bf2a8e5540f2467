"""截至任一日、按任一时刻所知的任一个数，都等于把全部事实重放一遍的答案；十万问见 ``scripts/proof_figures.py``。"""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from kaopu.audit.models import Operation
from kaopu.figures.definitions import DEFINITIONS
from kaopu.figures.queries import evaluate
from tests.figures.happenings import happen, some_day
from tests.figures.replay import Replay

pytestmark = pytest.mark.django_db
HAPPENINGS, ASKED = 60, 40


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_as_of_any_day_as_known_at_any_moment_equal_a_naive_replay(seed: int) -> None:
    random = Random(seed)
    happen(random, HAPPENINGS)
    moments = list(Operation.objects.values_list("at", flat=True))
    replay = Replay()
    differing, members = [], 0
    for _ in range(ASKED):
        as_of, known_at = (
            some_day(random),
            random.choice(moments) + timedelta(microseconds=random.choice((-1, 0, 1))),
        )
        book = evaluate(2022, as_of=as_of, known_at=known_at)
        answers = replay.answers(2022, as_of, known_at)
        for figure_id, expected in answers.items():
            members += len(expected)
            if tuple(sorted(book[figure_id].members)) != expected:
                differing.append((figure_id, as_of, known_at))
        assert book["ceremony.investment"].exact == replay.ceremony_total(2022, as_of, known_at)

    assert differing == []
    assert set(answers) == set(DEFINITIONS) - {"ceremony.investment"}
    assert members > 500  # 不是对着空账


def test_a_digest_tells_any_change_of_a_figure(db: None) -> None:
    random = Random(7)
    happen(random, 20)
    book = evaluate(2022)
    digests = {figure.id: figure.digest for figure in book.figures.values()}
    again = evaluate(2022, known_at=book.known_at)
    happen(random, 10)
    then = evaluate(2022, known_at=book.known_at)

    assert {figure.id: figure.digest for figure in again.figures.values()} == digests
    assert {figure.id: figure.digest for figure in then.figures.values()} == digests
    assert len(set(digests.values())) == len(digests)
    assert evaluate(2022)["list.all"].digest != digests["list.all"]


def test_every_listed_project_is_counted_or_left_out_with_a_reason(db: None) -> None:
    happen(Random(11), 40)
    book = evaluate(2022)
    for figure in book.figures.values():
        if figure.id.startswith(("list.", "outcome.", "category.")):
            left_out = {code: reason for code, reason in figure.excluded}
            assert set(left_out) | set(figure.members) == set(book.entries), figure.id
            assert not set(left_out) & set(figure.members)
            assert all(left_out.values())
