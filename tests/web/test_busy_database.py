"""有人正在成批写入：别人先等，等过了时限得到一句中文，不是 500；命令行同此（TRUST §1 规则 1、8）。"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from kaopu.web.errors import server_error
from tests.exchange.test_import import list_workbook
from tests.exchange.test_import_killed import start, variables_of


def answered(error: Exception) -> tuple[int, str, str]:
    try:
        raise error
    except Exception:
        response = server_error(RequestFactory().get("/"))
    return response.status_code, response.headers.get("Retry-After", ""), response.content.decode()


def test_waiting_too_long_for_the_write_lock_is_a_sentence_not_a_fault(client: Client) -> None:
    status, retry_after, page = answered(OperationalError("database is locked"))

    assert (status, retry_after) == (503, "30")
    assert "系统正忙" in page and "请过半分钟再办一次" in page


def test_any_other_database_error_is_still_a_fault(client: Client) -> None:
    status, retry_after, page = answered(OperationalError("disk I/O error"))

    assert (status, retry_after) == (500, "") and "系统出错" in page


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ or os.name == "nt", reason="写锁是 SQLite 的，只在那一轮里跑"
)
def test_the_command_says_so_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = list_workbook(tmp_path / "一行.xlsx", [{"name": "示例小学", "category": "livelihood"}])
    assert start(home, path).wait(timeout=60) == 0
    holder = sqlite3.connect(home / "kaopu.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    command = [sys.executable, "-m", "kaopu.config.cli", "import", str(path), "--year", "2022"]
    done = subprocess.run(command, env=variables_of(home), capture_output=True, text=True, check=False)
    holder.close()

    assert done.returncode == 2 and "请过半分钟再办一次" in done.stderr
