"""锁项目：核对与写入之间插不进别人（TRUST §1 规则 4；锁的先后是月、项目、月报）。"""

from __future__ import annotations

from collections.abc import Iterable

from kaopu.projects.models import Project


def hold_projects(projects: Iterable[Project]) -> None:
    """锁住几个项目到事务终了，按编号先后，免得互等；SQLite 的写事务本就互斥。须在事务里。"""
    held = Project.objects.filter(pk__in=[project.pk for project in projects]).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk"))
