"""求数：缓存不会串，两条时间各管各的。"""

from datetime import date, timedelta

import pytest
from django.db import transaction

from kaopu.audit.models import Operation
from kaopu.audit.remembering import until_facts_change
from kaopu.figures.queries import evaluate
from kaopu.projects.models import Entry
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db


def test_a_rolled_back_operation_leaves_no_cached_answer() -> None:
    operator()
    with transaction.atomic():
        project_list([listed("示例小学")])
        assert evaluate(2022)["list.all"].value == 1
        transaction.set_rollback(True)
    project_list([listed("示例医院"), listed("示例公园")])

    assert evaluate(2022)["list.all"].value == 2


def test_as_of_asks_when_it_held_and_known_at_when_it_was_recorded() -> None:
    project_list([listed("示例小学")])
    recorded = Operation.objects.latest("pk").at
    project_list([listed("示例医院", entry=Entry.ADDED)], on=date(2022, 7, 15), title="增补")

    assert evaluate(2022, as_of=date(2022, 7, 14))["list.all"].value == 1
    assert evaluate(2022, as_of=date(2022, 7, 15))["list.all"].value == 2
    assert evaluate(2022, known_at=recorded)["list.all"].value == 1
    assert evaluate(2022, known_at=recorded - timedelta(seconds=1))["list.all"].value == 0


def test_reserve_district_projects_are_not_counted() -> None:
    project_list([listed("示例小学"), listed("示例医院", formality="reserve")])

    assert (evaluate(2022)["list.all"].value, evaluate(2022)["list.district"].value) == (1, 1)


def test_a_project_without_category_breaks_an_identity_and_is_named() -> None:
    years = project_list([listed("示例小学"), listed("示例医院", category="")])

    broken = [identity for identity in evaluate(2022).identities if not identity.holds]
    assert {code for identity in broken for code in identity.culprits} == {years[1].project.code}


def test_inside_a_transaction_no_answer_is_remembered() -> None:
    calls = []

    @until_facts_change()
    def ask(year: int) -> int:
        calls.append(year)
        return len(calls)

    assert [ask(2022), ask(2022)] == [1, 2]


def test_a_list_revised_in_july_leaves_june_as_it_was() -> None:
    (year,) = project_list([listed("示例小学", goal="开工", due_on=date(2022, 6, 1))])
    project_list(
        [listed("示例小学", category="housing", goal="开工", due_on=date(2022, 10, 1))],
        on=date(2022, 7, 15), title="调整",
    )  # fmt: skip
    june, july = (evaluate(2022, as_of=date(2022, month, 30)) for month in (6, 7))

    assert year.project.code in june["category.livelihood.total"].members
    assert year.project.code in july["category.housing.total"].members
    assert [book["list.all"].value for book in (june, july)] == [1, 1]
    assert [book["outcome.lagging"].value for book in (june, july)] == [1, 0]


def test_a_correction_dated_before_a_later_change_takes_its_place() -> None:
    for day, category in ((10, "livelihood"), (200, "housing"), (100, "functional")):
        on = date.fromordinal(date(2022, 1, 1).toordinal() + day)
        project_list([listed("示例小学", category=category)], on=on, title="调整")

    found = [evaluate(2022, as_of=date(2022, month, 28)).counted[0] for month in (2, 5, 12)]
    assert [[row.category for row in rows] for rows in found] == [
        ["livelihood"],
        ["functional"],
        ["functional"],
    ]
