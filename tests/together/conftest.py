"""真并发的测试共用：每场一个自己的库。"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

REPO = Path(__file__).resolve().parents[2]
PLAY = "import django, sys; django.setup(); from tests.together.race import play; play(sys.argv[1])"
Scene = Callable[[str], dict[str, Any]]


@pytest.fixture
def scene(tmp_path: Path, db: None) -> Iterator[Scene]:
    """在一个新库里演一场，返回它写的 JSON；库的种类与本轮测试相同。"""
    environment = {**os.environ, "KAOPU_HOME": str(tmp_path), "PYTHONPATH": f"{REPO / 'src'}:{REPO}"}
    made = None
    if connection.vendor == "postgresql":
        import psycopg
        from psycopg import sql

        made = f"race_{os.getpid()}"
        url = os.environ["KAOPU_TEST_DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made)))
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made)))
        environment["DATABASE_URL"] = _with_database(url, made)

    def play(name: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-c", PLAY, name], env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    yield play
    if made:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made)))


def _with_database(url: str, name: str) -> str:
    head, _, options = url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}?{options}" if options else f"{base}/{name}"
