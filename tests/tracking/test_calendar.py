"""节假日表：开箱即有的数据与国务院公布的相符，没公布的年份不猜（金标 10、11）。"""

from datetime import date

import pytest

from kaopu.domain.workdays import CalendarUnpublished, report_due_on
from kaopu.tracking.queries import working_calendar

pytestmark = pytest.mark.django_db


def test_the_seeded_table_knows_the_saturday_that_works_and_the_report_before_the_festival() -> None:
    calendar = working_calendar()

    days = [date(2023, 1, 28), date(2023, 1, 27), date(2022, 12, 31), date(2023, 6, 25)]
    assert [calendar.is_workday(day) for day in days] == [True, False, False, True]
    assert report_due_on(date(2023, 1, 1), calendar) == date(2023, 1, 20)


def test_an_unpublished_year_is_said_to_be_so() -> None:
    with pytest.raises(CalendarUnpublished, match="2027年放假安排未发布"):
        working_calendar().is_workday(date(2027, 1, 4))
