"""导入到一半被杀：数据库里什么也不留，同一份再导照常（TRUST §2，“Nothing is half-imported”）。

缺省杀几回；``KAOPU_PROOF=1`` 另在随机的时刻与落定事务的那一刻杀四十回。
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exchange.test_import import list_workbook

REPO = Path(__file__).resolve().parents[2]
ROWS = 800
ROUNDS = 40 if os.environ.get("KAOPU_PROOF") else 4
TABLES = ("projects_project", "projects_listentry", "exchange_importbatch", "exchange_rowsource")


def variables_of(home: Path) -> dict[str, str]:
    """在另一个数据目录里跑命令用的环境变量。"""
    variables = {**os.environ, "KAOPU_HOME": str(home), "PYTHONPATH": str(REPO / "src")}
    variables.pop("DATABASE_URL", None)
    return variables


def start(home: Path, path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kaopu.config.cli", "import", str(path), "--year", "2022"]
    return subprocess.Popen(
        command,
        env=variables_of(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def counts(home: Path) -> list[int]:
    connection = sqlite3.connect(home / "kaopu.sqlite3", timeout=20)
    try:
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
    finally:
        connection.close()


def damage(home: Path) -> str:
    connection = sqlite3.connect(home / "kaopu.sqlite3", timeout=20)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def writing(home: Path) -> bool:
    """此刻有没有人占着写锁。"""
    connection = sqlite3.connect(home / "kaopu.sqlite3", timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def kill_while_writing(home: Path, path: Path, delay: float) -> bool:
    """等它连续写了一阵再杀；返回是否杀在半途。"""
    running = start(home, path)
    held = 0
    while running.poll() is None and held < 8:
        held = held + 1 if writing(home) else 0
        time.sleep(0.005)
    time.sleep(delay)
    caught = running.poll() is None
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    return caught


def kill_at(home: Path, path: Path, delay: float) -> None:
    """起步之后若干秒就杀，不管它在做什么。"""
    running = start(home, path)
    time.sleep(delay)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def kill_in_commit(home: Path, path: Path, delay: float) -> None:
    """它开始往预写日志里写（落定事务）的那一刻就杀。"""
    log = home / "kaopu.sqlite3-wal"

    def size() -> int:
        return log.stat().st_size if log.exists() else 0

    running = start(home, path)
    written = size()
    while running.poll() is None and size() <= written:
        written = min(written, size())
    time.sleep(delay)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ or os.name == "nt", reason="杀的是用 SQLite 的单机进程，只在那一轮里跑"
)
def test_killing_the_import_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    few = list_workbook(tmp_path / "一行.xlsx", [{"name": "示例小学", "category": "livelihood"}])
    many = list_workbook(
        tmp_path / "多行.xlsx", [{"name": f"示例{n}号路", "category": "infrastructure"} for n in range(ROWS)]
    )
    home = tmp_path / "home"
    assert start(home, few).wait(timeout=60) == 0
    before = counts(home)

    caught = [kill_while_writing(home, many, delay) for delay in (0, 0.05)]
    assert any(caught)
    assert counts(home) == before

    assert start(home, many).wait(timeout=60) == 0
    assert counts(home)[0] == before[0] + ROWS


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ or os.name == "nt", reason="杀的是用 SQLite 的单机进程，只在那一轮里跑"
)
def test_killed_at_any_moment_even_in_the_commit_it_is_all_or_nothing(tmp_path: Path) -> None:
    few = list_workbook(tmp_path / "一行.xlsx", [{"name": "示例小学", "category": "livelihood"}])
    home = tmp_path / "home"
    assert start(home, few).wait(timeout=60) == 0
    rng = random.Random(20220630)
    for number in range(ROUNDS):
        # 每回一份新的名单：上一回写成了的，这一回就没有什么可写
        rows = [{"name": f"示例{number}区{n}号路", "category": "infrastructure"} for n in range(200)]
        path = list_workbook(tmp_path / f"{number}.xlsx", rows)
        before = counts(home)
        if number % 2:
            kill_at(home, path, rng.uniform(0.5, 4))
        else:
            kill_in_commit(home, path, rng.choice([0, 0.001, 0.01]))

        added = [now - then for now, then in zip(counts(home), before, strict=True)]
        assert added in ([0, 0, 0, 0], [200, 200, 1, 200]), (number, added)
        assert damage(home) == "ok"
