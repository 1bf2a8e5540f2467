"""公文的根据：造成它各个数的全部事实，与录入它们的各次办理。

起草时把这些办理的编号记在登记公文的那次办理里，一同封存；核验包凭它说得出整次抽掉的是哪一次（TRUST §1 规则 5）。
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from kaopu.audit.models import Fact
from kaopu.figures.later import FACTS
from kaopu.figures.records import PREFIX
from kaopu.projects.models import Ceremony, Project, ProjectYear

AT_ONCE = 400  # SQLite 一条语句里参数有限


def project_codes(year: int) -> list[str]:
    """所据的项目：本年与下一年编进清单的全部，按内部编号。"""
    listed = ProjectYear.objects.filter(year__in=(year, year + 1))
    return sorted(set(listed.values_list("project__code", flat=True)))


def facts_of_projects(year: int, *, known_at: datetime) -> Iterator[tuple[type[Fact], str, str, Any]]:
    """这些项目在取数时刻以前录入的全部事实（被更正的也在内），一种、一批一个查询集，连同名称与到项目编号的路径。"""
    codes = project_codes(year)
    for model, kind, path in FACTS:
        for start in range(0, len(codes), AT_ONCE):
            manager: Any = model._default_manager
            some = codes[start : start + AT_ONCE]
            yield model, kind, path, manager.filter(recorded_at__lte=known_at, **{f"{path}__in": some})


def ceremonies_of(year: int, *, known_at: datetime) -> models.QuerySet[Ceremony]:
    """当年的集中开工，取数时刻以前录入的（被更正的也在内）。"""
    held: models.QuerySet[Ceremony] = Ceremony.objects.filter(year=year, recorded_at__lte=known_at)
    return held


def quoted_rows(figure_ids: Iterable[str]) -> dict[str, set[int]]:
    """逐字引用的记录：种类 → 行号。"""
    wanted: dict[str, set[int]] = defaultdict(set)
    for figure_id in figure_ids:
        if figure_id.startswith(PREFIX):
            _, kind, pk, _ = figure_id.split(".")
            wanted[kind].add(int(pk))
    return wanted


def operations_behind(year: int, *, known_at: datetime) -> set[int]:
    """录入这些项目的事实与当年集中开工的各次办理的编号；每出一份公文都要问，所以一条现成的语句问完。"""
    moment = connection.ops.adapt_datetimefield_value(known_at)
    asked = [*(moment, year, year + 1) * len(FACTS), moment, year]
    with connection.cursor() as cursor:
        cursor.execute(_statement(), asked)
        return {number for (number,) in cursor.fetchall()}


@cache
def _statement() -> str:
    rows = 'SELECT operation_id FROM "{}" WHERE recorded_at <= %s AND {}'
    found = [rows.format(model._meta.db_table, _within(model, path.split("__"))) for model, _, path in FACTS]
    return " UNION ".join([*found, rows.format(Ceremony._meta.db_table, "year = %s")])


def _within(model: type[models.Model], path: Sequence[str]) -> str:
    """沿路径走到项目：本年或下一年编进了清单的。"""
    field: Any = model._meta.get_field(path[0])
    target = field.related_model
    listed = f'SELECT project_id FROM "{ProjectYear._meta.db_table}" WHERE year IN (%s, %s)'
    if target is not Project:
        listed = f'SELECT id FROM "{target._meta.db_table}" WHERE {_within(target, path[1:])}'
    return f'"{field.column}" IN ({listed})'


def written_runs(numbers: Collection[int]) -> str:
    """一组编号写成首尾相连的几段，如 ``1-35,40,44-60``。"""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
