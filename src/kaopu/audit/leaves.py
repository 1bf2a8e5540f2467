"""封存的内容：一次办理与它写下的每一行事实，写成不随数据库种类而变的字样再求摘要。

凡有指向 ``Operation`` 的外键 ``operation`` 的表都在内（事实、导入批次……），由 Django 的模型名册得出，不另列清单；
只有自己声明 ``revised_in_place`` 的表（就地改的对照，不是事实）不在内：它们的改动由办理那一行记着。
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from kaopu.audit.models import Operation, SealedLeaf
from kaopu.domain.merkle import TreeHasher

OPERATIONS = Operation._meta.db_table
Form = Mapping[str, Sequence[str]]


class RowDigest(NamedTuple):
    """一行的摘要：哪张表、第几行。"""

    table: str
    key: int
    digest: str


def traced_models() -> dict[str, type[models.Model]]:
    """留痕所及的表：表名 → 模型，办理自己排在最前。"""
    found = {model._meta.db_table: model for model in apps.get_models() if _names_its_operation(model)}
    return {OPERATIONS: Operation, **dict(sorted(found.items()))}


def _names_its_operation(model: type[models.Model]) -> bool:
    try:
        field = model._meta.get_field("operation")
    except FieldDoesNotExist:
        return False
    named = isinstance(field, models.ForeignKey) and field.related_model is Operation
    return named and not getattr(model, "revised_in_place", False)


def current_form() -> dict[str, list[str]]:
    """现行的封存格式：每张表的栏名；多对多关系记作一栏，名后加 ``[]``。"""
    return {
        table: [field.attname for field in model._meta.concrete_fields]
        + [f"{relation.name}[]" for relation in model._meta.local_many_to_many]
        for table, model in traced_models().items()
    }


def canonical(value: object) -> bytes:
    """规范字样：JSON，键排序，无空白，UTF-8。"""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    ).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def form_digest(form: Form) -> str:
    """封存格式的摘要；格式本身也在叶里，换不掉。"""
    return TreeHasher().digest(canonical({table: list(columns) for table, columns in form.items()})).hex()


def digests_by_operation(
    numbers: Sequence[int], form: Form, hasher: TreeHasher
) -> dict[int, list[RowDigest]]:
    """若干次办理各自写下的行，按 ``form`` 的栏求摘要；每张表一次查询。"""
    found: dict[int, list[RowDigest]] = defaultdict(list)
    models_now = traced_models()
    for table, columns in sorted(form.items()):
        if table not in models_now:
            continue
        for number, key, values in _rows(models_now[table], numbers, columns):
            digest = hasher.digest(canonical([table, key, values])).hex()
            found[number].append(RowDigest(table, key, digest))
    return found


def _rows(
    model: type[models.Model], numbers: Sequence[int], columns: Sequence[str]
) -> Iterable[tuple[int, int, dict[str, object]]]:
    link = "pk" if model is Operation else "operation_id"
    # 一批办理的编号大多连着：按首尾取再筛，比列出每个编号快得多
    wanted = set(numbers)
    span = {f"{link}__gte": min(wanted), f"{link}__lte": max(wanted)}
    present = {field.attname for field in model._meta.concrete_fields}
    plain = [column for column in columns if column in present]
    rows = model._base_manager.filter(**span).order_by("pk").values_list(link, "pk", *plain)
    fetched = [row for row in rows if row[0] in wanted]
    lists = _lists(model, columns, [row[1] for row in fetched])
    for number, key, *values in fetched:
        yield number, key, {**dict(zip(plain, values, strict=True)), **lists(key)}


def row_contents(model: type[models.Model], keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """若干行的内容，写成求摘要时的字样（只含 JSON 的值）；核验包里装的就是它。"""
    table = model._meta.db_table
    columns = current_form()[table]
    plain = [field.attname for field in model._meta.concrete_fields]
    lists = _lists(model, columns, keys)
    rows = model._base_manager.filter(pk__in=keys).order_by("pk").values_list("pk", *plain)
    return {
        key: json.loads(canonical({**dict(zip(plain, values, strict=True)), **lists(key)}))
        for key, *values in rows
    }


def _lists(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[int]
) -> Callable[[int], dict[str, object]]:
    """各行的多对多关系：关系名 → 对方编号。"""
    related = {
        column: _related(model, column[:-2], keys) for column in columns if column.endswith("[]") and keys
    }
    return lambda key: {column: targets.get(key, []) for column, targets in related.items()}


def _related(model: type[models.Model], name: str, keys: Sequence[int]) -> dict[int, list[int]]:
    pairs = model._base_manager.filter(pk__in=keys, **{f"{name}__isnull": False}).values_list("pk", name)
    found: dict[int, list[int]] = defaultdict(list)
    for key, target in sorted(pairs):
        found[key].append(target)
    return found


def leaf_hash(form: str, rows: Iterable[Sequence[Any]], hasher: TreeHasher) -> str:
    """一叶的摘要：封存格式加各行摘要。"""
    return hasher.leaf(canonical([form, [list(row) for row in rows]])).hex()


def sealed_rows(leaf: SealedLeaf) -> list[RowDigest]:
    """一叶里封存的各行。"""
    return [RowDigest(*row) for row in leaf.rows]
