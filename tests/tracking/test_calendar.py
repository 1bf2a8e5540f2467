"""节假日表：开箱即有的数据与国务院公布的相符，没公布的年份不猜（金标 10、11）；改动都是事实。"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kaopu.audit.models import Operation
from kaopu.domain.workdays import CalendarUnpublished, report_due_on
from kaopu.exchange.holiday_notices import read_notice
from kaopu.tracking.actions import calendar as actions
from kaopu.tracking.models import CalendarChange
from kaopu.tracking.queries import working_calendar
from kaopu.tracking.queries.calendar import SpecialDay, last_change, special_days
from tests.exchange.test_holiday_notices import HOLIDAYS, needs_holidays
from tests.factories import operator

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
NEW_YEAR = {date(2027, 1, 1): SpecialDay(False, "元旦"), date(2027, 1, 3): SpecialDay(True, "元旦")}


def publish(days=None, **changes):
    values = {"year": 2027, "notice": "示例通知", "seen": last_change(), "by": operator(), "on": TODAY}
    return actions.publish_year(**{**values, "days": days or NEW_YEAR, **changes})


def change(day, works, **changes):
    values = {"name": "", "reason": "更正", "seen": last_change(), "by": operator(), "on": TODAY}
    return actions.change_day(day=day, works=works, **{**values, **changes})


def test_the_seeded_table_knows_the_saturday_that_works_and_the_report_before_the_festival() -> None:
    calendar = working_calendar()

    days = [date(2023, 1, 28), date(2023, 1, 27), date(2022, 12, 31), date(2023, 6, 25)]
    assert [calendar.is_workday(day) for day in days] == [True, False, False, True]
    assert report_due_on(date(2023, 1, 1), calendar) == date(2023, 1, 20)


def test_an_unpublished_year_is_said_to_be_so() -> None:
    with pytest.raises(CalendarUnpublished, match="2027年放假安排未发布"):
        working_calendar().is_workday(date(2027, 1, 4))


@needs_holidays
def test_every_day_from_2007_to_2026_is_what_the_state_council_published() -> None:
    """7,305 天逐日核对：种子（chinesecalendar）与公布的一天不差。"""
    published = {}
    for year in range(2007, 2027):
        for item in json.loads((HOLIDAYS / f"{year}.json").read_text())["days"]:
            published[date.fromisoformat(item["date"])] = not item["isOffDay"]
    calendar = working_calendar()
    every_day = [date(2007, 1, 1) + timedelta(days=number) for number in range(7305)]

    assert every_day[-1] == date(2026, 12, 31)
    differing = [
        day for day in every_day if calendar.is_workday(day) != published.get(day, day.weekday() < 5)
    ]
    assert differing == []


@needs_holidays
@pytest.mark.parametrize("year", range(2008, 2027))
def test_importing_a_published_year_again_changes_no_day(year: int) -> None:
    """带上前一年十二月几天的（2008、2012、2019、2023）也不例外。"""
    days = [date(year - 1, 12, 1) + timedelta(days=number) for number in range(31 + 366)]
    before = [working_calendar().is_workday(day) for day in days if day <= date(2026, 12, 31)]
    listed = read_notice((HOLIDAYS / f"{year}.json").read_bytes(), year=year)
    publish({item.day: SpecialDay(item.works, item.name) for item in listed}, year=year)

    assert [working_calendar().is_workday(day) for day in days if day <= date(2026, 12, 31)] == before


def test_importing_a_notice_publishes_the_year_and_records_before_and_after() -> None:
    changes = publish()

    calendar = working_calendar()
    assert [calendar.is_workday(day) for day in (date(2027, 1, 1), date(2027, 1, 3))] == [False, True]
    assert len(changes) == 2
    operation = Operation.objects.get(verb="tracking.publish_year")
    assert operation.before == {"2027-01-01": "按周次", "2027-01-03": "按周次"}
    assert operation.after == {"2027-01-01": "休息（元旦）", "2027-01-03": "上班（元旦）"}
    assert (operation.reason, CalendarChange.objects.count()) == ("示例通知", 2)


def test_a_december_day_of_the_year_before_publishes_only_the_year_asked() -> None:
    publish(
        {date(2027, 12, 31): SpecialDay(False, "元旦"), date(2028, 1, 1): SpecialDay(False, "元旦")},
        year=2028,
    )

    assert working_calendar().is_workday(date(2028, 1, 3)) is True
    with pytest.raises(CalendarUnpublished, match="2027年"):
        working_calendar().is_workday(date(2027, 12, 31))


def test_a_second_notice_replaces_the_year_but_leaves_december_alone() -> None:
    publish({**NEW_YEAR, date(2027, 12, 31): SpecialDay(False, "元旦")})
    publish({date(2027, 1, 1): SpecialDay(False, "元旦")})

    assert set(special_days(2027)) == {date(2027, 1, 1), date(2027, 12, 31)}
    assert CalendarChange.objects.filter(day=date(2027, 1, 3)).count() == 2  # 旧的一行还在


def test_a_day_is_changed_and_changed_back_and_both_are_kept() -> None:
    day = date(2026, 3, 2)
    change(day, False, name="试验")
    assert working_calendar().is_workday(day) is False
    change(day, None)
    assert working_calendar().is_workday(day) is True

    rows = list(CalendarChange.objects.filter(day=day).order_by("pk").values_list("works", flat=True))
    assert rows == [False, None]
    first, second = Operation.objects.filter(verb="tracking.change_day").order_by("pk")
    assert (first.before, first.after) == ({"2026-03-02": "按周次"}, {"2026-03-02": "休息（试验）"})
    assert second.after == {"2026-03-02": "按周次"}


@pytest.mark.parametrize(
    ("day", "works", "options", "said"),
    [
        (date(2027, 3, 1), False, {}, "2027年放假安排未发布，不能逐日改"),
        (date(2026, 3, 2), False, {"reason": " "}, "请写明理由"),
        (date(2026, 3, 2), None, {}, "本来就是这样"),
        (date(2026, 10, 1), False, {"name": "国庆节"}, "本来就是这样"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(day, works, options, said) -> None:
    if options.get("name"):
        options = {"name": special_days(2026)[day].name}
    with pytest.raises(actions.CalendarRefused, match=said):
        change(day, works, **options)
    assert not CalendarChange.objects.exists()


def test_a_page_opened_before_anothers_change_is_told() -> None:
    seen = last_change()
    change(date(2026, 3, 2), False)

    for act in (lambda: change(date(2026, 3, 3), False, seen=seen), lambda: publish(seen=seen)):
        with pytest.raises(actions.CalendarStale, match="已有他人的改动"):
            act()
    assert CalendarChange.objects.count() == 1


def test_a_notice_without_a_name_is_refused() -> None:
    with pytest.raises(actions.CalendarRefused, match="请写明依据的通知"):
        publish(notice=" ")


@pytest.mark.parametrize("table", ["calendarday", "calendarchange", "calendaryear"])
def test_the_database_refuses_to_change_the_table(table: str) -> None:
    publish()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM tracking_{table}")


def test_every_special_day_is_named_in_chinese() -> None:
    names = {item.name for item in special_days().values()}

    assert len(names) == 8
    assert [name for name in names if name.isascii()] == []
