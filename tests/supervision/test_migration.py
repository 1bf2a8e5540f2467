"""旧库升级：已有的督办单与步骤一件不少，改写成“走到哪里”的形状。"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BEFORE = """
import django; django.setup()
from datetime import date
from django.core.management import call_command
call_command("migrate", "supervision", "0002", verbosity=0)
call_command("migrate", "tracking", "0004", verbosity=0)
call_command("migrate", "projects", "0002", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state(
    [("supervision", "0002_append_only"), ("projects", "0002_append_only"), ("accounts", "0001_initial")]
).apps
M = apps.get_model
operation = M("audit", "Operation").objects.create(actor="zhang", verb="x")
project = M("projects", "Project").objects.create(code="D01")
unit = M("accounts", "Organization").objects.create(name="区建管委", kind="responsible")
fact = {"on": date(2022, 9, 1), "operation": operation}
Order, Step = M("supervision", "SupervisionOrder"), M("supervision", "OrderStep")
for serial in (1, 2):
    order = Order.objects.create(
        year=2022, serial=serial, project=project, lead_unit=unit, handler="li", matter="管线", due_on=date(2022, 9, 20), **fact
    )
Step.objects.create(order=order, kind="extended", text="等权属", until=date(2022, 10, 1), **fact)
Step.objects.create(order=order, kind="reported", text="在办", **fact)
Step.objects.create(order=order, kind="closed", text="验收单3号", **fact)
"""
AFTER = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from kaopu.supervision.models import OrderStep
for step in OrderStep.objects.order_by("order__serial", "pk"):
    print(step.order.serial, step.verb, step.state, step.due_on, step.text, step.evidence or "-", step.actor, bool(step.supersedes_id))
try:
    OrderStep.objects.update(text="改")
except Exception as error:
    print("refused" if "append-only" in str(error) else error)
"""


HANDED = """
import django; django.setup()
from datetime import date
from django.core.management import call_command
call_command("migrate", "supervision", "0006", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
apps = executor.loader.project_state([node for node in executor.loader.applied_migrations]).apps
M = apps.get_model
operation = M("audit", "Operation").objects.create(actor="zhang", verb="x")
fact = {"on": date(2022, 9, 1), "operation": operation}
unit = M("accounts", "Organization").objects.create(name="区建管委", kind="responsible")
year = M("projects", "ProjectYear").objects.create(project=M("projects", "Project").objects.create(code="D01"), year=2022)
for state in ("waiting", "handed"):
    alert = M("supervision", "Alert").objects.create(project_year=year, **fact)
    M("supervision", "AlertStep").objects.create(
        alert=alert, colour="red", rule="d", sentence="落后", level=3, level_on=date(2022, 9, 1), owner=unit, court=unit,
        court_on=date(2022, 9, 1), verb="warn", state=state, due_on=date(2022, 9, 20), actor="zhang", **fact
    )
"""
STOPPED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from kaopu.supervision.models import AlertStep
for step in AlertStep.objects.order_by("alert", "pk"):
    print(step.state, step.level, step.due_on, step.operation.verb, bool(step.supersedes_id))
try:
    AlertStep.objects.update(text="改")
except Exception as error:
    print("refused" if "append-only" in str(error) else error)
"""


def run(home: Path, code: str) -> str:
    environment = {**os.environ, "KAOPU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kaopu.config.settings"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_orders_of_the_first_release_keep_every_step(tmp_path: Path) -> None:
    run(tmp_path, BEFORE)

    assert run(tmp_path, AFTER).splitlines() == [
        "1 approve issued 2022-09-20 交办 - zhang False",
        "2 approve issued 2022-09-20 交办 - zhang False",
        "2 grant_extension issued 2022-10-01 等权属 - zhang True",
        "2 log issued 2022-10-01 在办 - zhang True",
        "2 close order_closed None 验收单3号 验收单3号 zhang True",
        "refused",
    ]


def test_a_handed_alert_of_an_earlier_release_gets_one_more_step_that_stops_its_clock(tmp_path: Path) -> None:
    run(tmp_path, HANDED)

    assert run(tmp_path, STOPPED).splitlines() == [
        "waiting 3 2022-09-20 x False",
        "handed 3 2022-09-20 x False",
        "handed 3 None supervision.stop_handed_clocks True",
        "refused",
    ]
