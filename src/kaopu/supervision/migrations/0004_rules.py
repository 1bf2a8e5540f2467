"""这些表只增不改；并备好默认的逐级协调规则（HANDBOOK §3.2）。"""

from datetime import date
from typing import Any

from django.db import migrations

from kaopu.audit.models import make_append_only

TABLES = [
    f"supervision_{name}"
    for name in (
        "supervisionorder", "supervisionorder_assists", "orderstep", "alert", "alertstep", "issue",
        "issue_assists", "issuestep", "meeting", "agendaitem", "leaderinstruction", "taskforce",
        "taskforce_members", "visit", "notice", "noticeread", "delivery",
    )
]
DEFAULT_LADDER = {
    "limits": {"1": 5, "2": 10, "3": 15, "4": 5},
    "notified": {
        "1": ["project_officer"],
        "2": ["office_section"],
        "3": ["office_director", "district_leader"],
        "4": ["clerk"],
    },
    "look_back_days": 30,
    "remind_days": 15,
    "regress_days": 90,
    "longest_gap_days": 45,
}


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("supervision", "LadderRule").objects.create(
        version=1, effective_on=date(2000, 1, 1), parameters=DEFAULT_LADDER
    )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_loop")]
    operations = [make_append_only(*TABLES), migrations.RunPython(seed, migrations.RunPython.noop)]
