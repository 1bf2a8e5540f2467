"""预演在副本上走：大表写一遍要十来秒，SQLite 的写锁全库只有一把，不能占着它只为看看（TRUST §1 规则 1、8）。

PostgreSQL 的事务互不相挡，小表一眨眼就完，这两种照旧在原库里走完再回滚。
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

COPIED_FROM = 500  # 这么多行起走副本；再少的，占写锁不到半秒，比抄一遍库还快
# 副本用完即弃：不落盘、不记日志；外键与触发器照旧，原库拒的它也拒
_PRAGMAS = (
    "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
)


class _Rehearsed(Exception):
    """预演到此为止，事务回滚。"""


@contextmanager
def rehearsed(rows: int) -> Iterator[None]:
    """在里面写的，出来时一概不留；里面抛出的照抛。``rows`` 是要写的行数。"""
    with _on_a_copy(rows):
        try:
            with transaction.atomic():
                yield
                raise _Rehearsed
        except _Rehearsed:
            pass


@contextmanager
def _on_a_copy(rows: int) -> Iterator[None]:
    """大表：本线程的默认连接暂时换成副本的，办完换回；已在事务里的看得见没落定的，只能在原处走。"""
    original = connections[DEFAULT_DB_ALIAS]
    if original.vendor != "sqlite" or original.in_atomic_block or rows < COPIED_FROM:
        yield
        return
    descriptor, name = tempfile.mkstemp(
        prefix="rehearsal-", suffix=".sqlite3", dir=Path(original.settings_dict["NAME"]).parent
    )
    os.close(descriptor)
    path = Path(name)
    copy = _copied(original, path)
    connections[DEFAULT_DB_ALIAS] = copy
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = original
        copy.close()
        path.unlink(missing_ok=True)


def _copied(original: BaseDatabaseWrapper, path: Path) -> BaseDatabaseWrapper:
    """抄一份库并连上。抄时只读，别人照写；连上就抹去文件名，进程被杀也不留下（Windows 不许，用完再删）。"""
    original.ensure_connection()
    try:
        with sqlite3.connect(path) as target:
            original.connection.backup(target)
        target.close()
        options = {**original.settings_dict["OPTIONS"], "init_command": _PRAGMAS}
        settings = {**original.settings_dict, "NAME": str(path), "OPTIONS": options}
        copy: BaseDatabaseWrapper = type(original)(settings, DEFAULT_DB_ALIAS)
        copy.ensure_connection()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if os.name != "nt":
        path.unlink()
    return copy
