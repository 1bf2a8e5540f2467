"""留痕测试共用：各自的库外树头文件，和一个能像数据库管理员那样动手的人。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import override_settings

from kaopu.audit.actions import seal
from kaopu.audit.models import TreeHead


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """库外树头所在的两处：数据目录与第二处。"""
    home, copy = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    copy.mkdir()
    with override_settings(HOME=home, SEAL_COPY=str(copy)):
        yield tmp_path


class Administrator:
    """管得了数据库的人：先撤触发器，再随意改；改完还把触发器装回去，看不出痕迹。"""

    def __call__(self, statement: str, parameters: list[object] | None = None) -> None:
        """撤去触发器后执行一条语句。"""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # 待查的约束会挡住改表
                cursor.execute("SET session_replication_role = replica")
                cursor.execute(statement, parameters)
                cursor.execute("SET session_replication_role = DEFAULT")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(statement, parameters)
            for _, sql in triggers:
                cursor.execute(sql)


@pytest.fixture
def administrator() -> Administrator:
    """数据库管理员。"""
    return Administrator()


@pytest.fixture
def seal_now(outside: Path, administrator: Administrator) -> Callable[[], TreeHead | None]:
    """封存至此刻。

    一个测试整个在一个事务里，PostgreSQL 上它自己的办理永不定案；这里装作每次封存之前各自提交过：
    事务号一轮比一轮大，树头记着这一轮为止都已定案。
    """

    def commit_and_seal() -> TreeHead | None:
        if connection.vendor != "postgresql":
            return seal()
        before = TreeHead.objects.count()
        number = 10 * (before + 1)
        administrator(
            "UPDATE audit_operation SET xid = %s WHERE id NOT IN (SELECT operation_number FROM audit_sealedleaf)",
            [number],
        )
        if (head := seal()) is not None and TreeHead.objects.count() > before:
            administrator("UPDATE audit_treehead SET horizon = %s WHERE id = %s", [number + 1, head.pk])
            head.refresh_from_db()
        return head

    return commit_and_seal
