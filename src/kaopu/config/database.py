"""命令开工之前的数据库：连得上、设置没被改坏、表建好并升到这一版（TRUST §1 规则 1）。"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kaopu.accounts.actions import ensure_operator
from kaopu.accounts.models import User
from kaopu.audit.actions import BUSY, is_busy

EXPECTED_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph"})


# 数据库的英文报错 → 缘由与办法；认不出的照样报出来龙去脉，不掩盖毛病
_UNUSABLE = {
    "unable to open database file": "数据库文件打不开。请核对数据目录 {home} 在不在、可不可写。",
    "readonly database": "数据库文件不可写。请核对数据目录 {home} 的权限，或磁盘是否只读。",
    "file is not a database": "数据目录 {home} 里的 kaopu.sqlite3 不是数据库文件或已损坏。请从备份恢复。",
    "database disk image is malformed": "数据目录 {home} 里的 kaopu.sqlite3 已损坏。请从备份恢复。",
    "is full": "磁盘已满，没有写入。请腾出空间后重试。",
    "disk I/O error": "磁盘读写出错。请核对数据目录 {home} 所在的磁盘。",
    "password authentication failed": "数据库不认这个账号或口令。请核对 DATABASE_URL。",
    "does not exist": "数据库服务器上没有这个库或账号。请先建好，或核对 DATABASE_URL。",
    "connection": "连不上数据库服务器。请核对 DATABASE_URL 里的主机与端口，并确认数据库已启动。",
    "resolve host": "找不到数据库服务器的主机名。请核对 DATABASE_URL 里的主机。",
}


def unusable(error: DatabaseError) -> str | None:
    """数据库一时用不了的缘由与办法；不是这一类的返回空。"""
    if is_busy(error):
        return BUSY
    found = (sentence for words, sentence in _UNUSABLE.items() if words in str(error))
    sentence = next(found, None)
    return sentence and sentence.format(home=settings.HOME)


class Misconfigured(Exception):
    """设置不安全，拒绝启动；信息里有办法。"""


def ready_operator() -> User:
    """备好数据库（建表、升级），返回命令行账号。"""
    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    refuse_unreachable_database()
    if _unapplied():
        call_command("migrate", verbosity=0, interactive=False)
    refuse_unsafe_database()
    return ensure_operator()


def _unapplied() -> set[tuple[str, str]]:
    """还没有升的各步。只比名字，不把上百个迁移都读进来：每条命令都要问一次。"""
    wanted = set()
    for app in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(app.label)
        if module and (Path(app.path) / "migrations").is_dir():
            steps = iter_modules(import_module(module).__path__)
            wanted |= {(app.label, step.name) for step in steps if step.name[0] not in "_~"}
    return wanted - set(MigrationRecorder(connection).applied_migrations())


def refuse_missing_tables() -> None:
    """还没有建表、还没有升到这一版的库，拒绝往下办；这里只看，不升级。"""
    if left := len(_unapplied()):
        raise Misconfigured(
            f"数据库还没有建表或没有升级（差 {left} 步）。"
            "请运行 kaopu serve，或先开第一个账号：kaopu account -h。"
        )


def refuse_unreachable_database() -> None:
    """先连一次：连不上就说清缘由。PostgreSQL 不经连接池，免得等到超时也不知为何。"""
    try:
        if connection.vendor == "postgresql":
            import psycopg  # 只有用 PostgreSQL 的才要它，读进来就是七十毫秒

            with connection.wrap_database_errors:
                psycopg.connect(**connection.get_connection_params()).close()
        else:
            connection.ensure_connection()
    except DatabaseError as error:
        if (sentence := unusable(error)) is None:
            raise
        raise Misconfigured(sentence) from error


def refuse_unsafe_database() -> None:
    """读回 SQLite 的设置；与承诺的不符，或文件在网络盘上，就拒绝启动。"""
    if connection.vendor != "sqlite":
        return
    if wrong := _wrong_pragmas():
        raise Misconfigured(
            f"数据库设置不符：{'、'.join(wrong)}。请勿改动 settings 中的 SQLite 选项，换本地磁盘后重试。"
        )
    if (kind := _file_system()) in NETWORK_FILE_SYSTEMS:
        raise Misconfigured(
            f"数据目录 {settings.HOME} 在网络盘（{kind}）上，会丢数据。请把 KAOPU_HOME 设到本地磁盘。"
        )


def _wrong_pragmas() -> list[str]:
    wrong = []
    with connection.cursor() as cursor:
        for name, expected in EXPECTED_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            row = cursor.fetchone()
            actual = row[0] if row else None
            if actual != expected and not (name == "journal_mode" and actual == "memory"):
                wrong.append(f"{name}={actual}（应为 {expected}）")
    return wrong


def _file_system() -> str:
    """数据目录所在的文件系统种类；看不到挂载表的系统返回空串。"""
    try:
        with open("/proc/mounts", encoding="utf-8") as mounts:
            rows = [line.split()[1:3] for line in mounts]
    except OSError:
        return ""
    home = str(settings.HOME.resolve())
    inside = [
        (point, kind) for point, kind in rows if home == point or home.startswith(point.rstrip("/") + "/")
    ]
    return max(inside, key=lambda row: len(row[0]))[1] if inside else ""
