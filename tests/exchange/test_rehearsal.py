"""预演不占写锁：大表在副本上走，别人照写；走完原库一字不动，也不留下文件（TRUST §1 规则 1、8）。"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.test_import import list_workbook
from tests.exchange.test_import_killed import REPO, start, variables_of

pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="全库只有一把写锁的是 SQLite，只在那一轮里跑"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """已有一个项目的数据目录。"""
    folder = tmp_path_factory.mktemp("预演")
    path = list_workbook(folder / "一行.xlsx", [{"name": "示例医院", "category": "livelihood"}])
    assert start(folder / "home", path).wait(timeout=60) == 0
    return folder / "home"


def rehearse(home: Path, path: Path, midway: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.exchange.rehearse", str(path), midway]
    done = subprocess.run(
        command, cwd=REPO, env=variables_of(home), capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(done.stdout))


def test_others_can_write_while_a_large_sheet_is_rehearsed(home: Path, tmp_path: Path) -> None:
    found = rehearse(home, list_workbook(tmp_path / "清单.xlsx"), "elsewhere")

    assert found == {"told": [2, 0, 0, []], "same": True, "back": True, "left": []}


def test_a_fault_on_the_copy_gives_the_connection_back(home: Path, tmp_path: Path) -> None:
    found = rehearse(home, list_workbook(tmp_path / "清单.xlsx"), "fault")

    assert found == {"told": "想不到的", "same": True, "back": True, "left": []}
