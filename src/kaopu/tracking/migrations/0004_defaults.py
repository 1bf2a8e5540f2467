"""开箱的数据：默认规则集（HANDBOOK §5.4）与已发布的放假安排（chinesecalendar 只作种子，表可编辑）。"""

from datetime import date
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.db import migrations

DEFAULT_PARAMETERS = {
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


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracking", "RuleSet").objects.create(
        name="默认规则集", version=1, effective_on=date(2000, 1, 1), parameters=DEFAULT_PARAMETERS
    )
    days = {day: (False, name) for day, name in holidays.items()} | {day: (True, name) for day, name in workdays.items()}
    model = apps.get_model("tracking", "CalendarDay")
    model.objects.bulk_create(model(day=day, works=works, name=name) for day, (works, name) in sorted(days.items()))


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracking", "CalendarDay").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("tracking", "0003_frozen_months")]
    operations = [migrations.RunPython(seed, remove)]
