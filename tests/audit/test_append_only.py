"""只增不改：每一张事实表都有触发器；改表重建时触发器会丢，所以逐表去查（ARCHITECTURE 法 1）。"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from kaopu.audit.models import Fact, Operation

pytestmark = pytest.mark.django_db
FACT_TABLES = sorted(
    model._meta.db_table for model in apps.get_models() if issubclass(model, Fact) or model is Operation
)


@pytest.mark.parametrize("table", FACT_TABLES)
def test_the_database_guards_every_table_of_facts(table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            events = " ".join(row[0] for row in cursor.fetchall() if "append-only" in row[0])
        else:
            cursor.execute(
                "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = %s::regclass "
                "AND NOT t.tgisinternal AND t.tgenabled = 'O'",
                [table],
            )
            events = " ".join(row[0] for row in cursor.fetchall() if "kaopu_append_only" in row[0])

    assert "UPDATE" in events and "DELETE" in events
