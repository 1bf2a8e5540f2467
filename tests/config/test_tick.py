"""``kaopu tick`` 是真进程：三个同时跑，每件只动一次；停了会被看见。"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PREPARE = """
import django; django.setup()
from datetime import date, timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from kaopu.accounts.actions import ensure_operator
from kaopu.supervision.actions import advance, raise_issue
by, ago = ensure_operator(), timezone.now() - timedelta(days=20)
advance(by=by, now=ago)
for number in range(50):
    raise_issue(project=None, title=f"事项{number}", by=by, on=timezone.localtime(ago).date())
"""
SERVED = """
import django; django.setup()
import threading
from django.core.management import call_command
call_command("migrate", verbosity=0)
from kaopu.config.tick import keep_ticking
stop = threading.Event(); stop.set()
keep_ticking(stop)
"""
COUNT = """
import django; django.setup()
from kaopu.supervision.models import IssueStep
print(IssueStep.objects.filter(verb="rise").values("issue").distinct().count(), IssueStep.objects.live().count())
"""


def run(home: Path, *command: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "KAOPU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kaopu.config.settings"}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_three_ticks_at_once_move_each_item_once(tmp_path: Path) -> None:
    _, errors = (prepared := run(tmp_path, "-c", PREPARE)).communicate()
    assert prepared.returncode == 0, errors
    ticks = [run(tmp_path, "-m", "kaopu.config.cli", "tick") for _ in range(3)]
    said = sorted(tick.communicate()[0].partition("动了 ")[2].partition(" 件")[0] for tick in ticks)
    counted = run(tmp_path, "-c", COUNT).communicate()[0].split()

    assert said == ["0", "0", "50"]
    assert counted == ["50", "50"]


def test_each_run_leaves_a_log_line_also_when_the_service_runs_it(tmp_path: Path) -> None:
    said, logged = run(tmp_path, "-c", SERVED).communicate()

    assert said == ""
    assert logged.count("INFO kaopu.tick tick on=") == 1 and "moved=0 alarm=-" in logged
