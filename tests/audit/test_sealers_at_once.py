"""几个封存者与几个办理人同时跑（各是一个进程，真提交）：一叶不重、一叶不漏，库外一行不乱。"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from kaopu.audit.outside import FILE_NAME

WORK = """
import os, random, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"
import django
django.setup()
from django.db import transaction
from kaopu.accounts.actions import ensure_operator
from kaopu.audit.actions import record, seal
end = time.monotonic() + 3
while time.monotonic() < end:
    if sys.argv[1] == "seal":
        seal()
    else:
        with transaction.atomic():
            record(by=ensure_operator(), verb="test.load")
    time.sleep(random.random() / 50)
"""


def test_sealers_and_writers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    copy.mkdir()
    environment = {**os.environ, "KAOPU_HOME": str(home), "KAOPU_SEAL_COPY": str(copy)}
    environment.pop("DATABASE_URL", None)

    def kaopu(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kaopu.config.cli", "audit", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    kaopu("seal")
    running = [
        subprocess.Popen([sys.executable, "-c", WORK, role], env=environment, stderr=subprocess.PIPE)
        for role in ("seal", "seal", "write")
    ]
    said = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 3, said

    kaopu("seal")
    verified = kaopu("verify")
    assert (verified.returncode, "核对通过" in verified.stdout) == (0, True), verified.stdout
    assert "另有 0 次待封存" in verified.stdout
    for place in (home, copy):
        lines = [json.loads(line) for line in (place / FILE_NAME).read_text().splitlines()]
        sizes = [line["size"] for line in lines]
        assert sizes == sorted(set(sizes)) and len(sizes) > 3
