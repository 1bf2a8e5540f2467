"""恒等式：埋一千处不一致，处处抓住并点出那个项目；一千张没有毛病的表，一处不误报。"""

from __future__ import annotations

from random import Random

import pytest

from kaopu.domain.outcomes import CLOSING_OUTCOMES, Outcome
from kaopu.figures.actions import CloseRefused, refuse_broken_identities
from kaopu.figures.definitions import DEFINITIONS, IDENTITIES, Counted, YearBook, check_identities
from kaopu.figures.queries import evaluate
from kaopu.projects.models import Category, Entry, Formality, Level
from tests.factories import listed, project_list

TIMES = 1000
INVOLVED = sorted({figure for whole, parts in IDENTITIES for figure in (whole, *parts)})
OUTCOMES = (*CLOSING_OUTCOMES, Outcome.ON_TRACK)


def some_year(random: Random) -> dict[str, tuple[str, ...]]:
    """一年的表：随机的清单，各口径的成员由定义取出，必然自洽。"""

    def row(code: str, entries: tuple[str, ...]) -> Counted:
        municipal = random.random() < 0.2
        return Counted(
            code=code,
            level=Level.MUNICIPAL if municipal else Level.DISTRICT,
            entry=random.choice(entries),
            formality=random.choice((Formality.FORMAL, Formality.FORMAL, Formality.RESERVE)),
            category="" if municipal else random.choice(Category.values),
            outcome=Outcome.UNASSESSED if municipal else random.choice(OUTCOMES),
        )

    book = YearBook(
        this_year=[row(f"D{n:03d}", (Entry.INITIAL, Entry.ADDED)) for n in range(random.randrange(20, 120))],
        next_year=[
            row(f"D{n:03d}", (Entry.CARRIED_OVER, Entry.NEW)) for n in range(random.randrange(20, 120))
        ],
    )
    return {id: definition.members(book) for id, definition in DEFINITIONS.items()}


def spoil(random: Random, members: dict[str, tuple[str, ...]]) -> str:
    """在随便一个口径里漏计、重计、多计或错计一个项目；返回那个项目。"""
    figure = random.choice([id for id in INVOLVED if members[id]])
    mine = list(members[figure])
    kind = random.choice(("漏计", "重计", "多计", "错计"))
    victim = random.choice(mine)
    if kind == "漏计":
        mine.remove(victim)
    elif kind == "重计":
        mine.append(victim)
    elif kind == "多计":
        victim = "X999"
        mine.append(victim)
    else:  # 个数不变，成员错了
        mine[mine.index(victim)] = "X999"
    members[figure] = tuple(mine)
    return victim


def test_a_thousand_injected_inconsistencies_are_all_caught_and_named() -> None:
    random = Random(20230128)
    missed = []
    for number in range(TIMES):
        members = some_year(random)
        victim = spoil(random, members)
        broken = [verdict for verdict in check_identities(members) if not verdict.holds]
        if not any(victim in verdict.culprits for verdict in broken):
            missed.append(number)

    assert missed == []


def test_a_thousand_sound_tables_raise_no_alarm() -> None:
    random = Random(1)
    alarms = [
        number for number in range(TIMES) if not all(v.holds for v in check_identities(some_year(random)))
    ]

    assert alarms == []


@pytest.mark.django_db
def test_at_most_three_culprits_are_named_for_each_identity() -> None:
    project_list([listed(f"示例{number}", category="") for number in range(5)])

    with pytest.raises(CloseRefused) as refused:
        refuse_broken_identities(evaluate(2022))
    for line in str(refused.value).split("；"):
        assert line.count("（") <= 3
    assert "不成立，问题在：" in str(refused.value)
