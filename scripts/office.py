"""给 ``bench.py`` 与 ``shot.py`` 用的示例办公室：临时数据目录、载入示例、备好一个已登录的会话。"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "zhuren"
YEAR = 2022


@contextmanager
def sample_office() -> Iterator[Path]:
    """载入示例办公室并让 Django 指向它；用完即删。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-office-") as home:
        os.environ["KAOPU_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"
        subprocess.run([sys.executable, "-m", "kaopu.config.cli", "demo", "--no-serve"], check=True)
        import django

        django.setup()
        yield Path(home)


@contextmanager
def empty_offices() -> Iterator[None]:
    """临时数据目录里的空库，已建表；用完即删。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-office-") as home:
        os.environ["KAOPU_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"
        import django
        from django.core.management import call_command

        django.setup()
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = f"{home}/kaopu.sqlite3"
        call_command("migrate", verbosity=0)
        yield
        connection.close()


@contextmanager
def empty_office() -> Iterator[None]:
    """空库上的一场，散场即回滚，下一场又是空库。"""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def pages() -> dict[str, str]:
    """主要页面：名字 → 路径。"""
    from django.urls import reverse

    from kaopu.projects.models import ProjectYear

    entry = ProjectYear.objects.filter(year=YEAR).select_related("project").order_by("pk").first()
    if entry is None:
        raise SystemExit(f"示例办公室里没有 {YEAR} 年的项目，量不了。")
    found = {
        "overview": reverse("overview") + f"?year={YEAR}",
        "project_list": reverse("project_list") + f"?year={YEAR}",
        "project_detail": reverse("project_detail", args=[entry.project.code]),
        "figure_list": reverse("figure_list") + f"?year={YEAR}",
        "import_upload": reverse("import_upload"),
        "document_list": reverse("document_list"),
        "rule_list": reverse("rule_list"),
        "rule_replay": reverse("rule_replay") + "?after=p银川型",
        "colour_reviews": reverse("colour_reviews"),
        "calendar_year": reverse("calendar_year") + f"?year={YEAR}",
        "trace_list": reverse("trace_list"),
    }
    return found
