"""冻结的月份不收月报，也不得解冻：最后一道门在数据库里（TRUST §1 规则 3）。"""

from typing import Any

from django.db import migrations

MESSAGE = "frozen-month: 该月已关账冻结"

SQLITE = [
    (
        "CREATE TRIGGER tracking_report_frozen BEFORE INSERT ON tracking_monthlyreport "
        "WHEN EXISTS (SELECT 1 FROM tracking_reportingperiod WHERE month = NEW.month AND frozen_at IS NOT NULL) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        "DROP TRIGGER IF EXISTS tracking_report_frozen",
    ),
    (
        "CREATE TRIGGER tracking_period_frozen BEFORE UPDATE ON tracking_reportingperiod "
        f"WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        "DROP TRIGGER IF EXISTS tracking_period_frozen",
    ),
]
POSTGRESQL = [
    (
        "CREATE FUNCTION kaopu_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM tracking_reportingperiod WHERE month = NEW.month AND frozen_at IS NOT NULL "
        f"FOR SHARE) THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$",
        "DROP FUNCTION IF EXISTS kaopu_report_frozen CASCADE",
    ),
    (
        "CREATE TRIGGER tracking_report_frozen BEFORE INSERT ON tracking_monthlyreport "
        "FOR EACH ROW EXECUTE FUNCTION kaopu_report_frozen()",
        "DROP TRIGGER IF EXISTS tracking_report_frozen ON tracking_monthlyreport",
    ),
    (
        "CREATE FUNCTION kaopu_period_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$",
        "DROP FUNCTION IF EXISTS kaopu_period_frozen CASCADE",
    ),
    (
        "CREATE TRIGGER tracking_period_frozen BEFORE UPDATE ON tracking_reportingperiod "
        "FOR EACH ROW EXECUTE FUNCTION kaopu_period_frozen()",
        "DROP TRIGGER IF EXISTS tracking_period_frozen ON tracking_reportingperiod",
    ),
]


def _statements(vendor: str) -> list[tuple[str, str]]:
    return SQLITE if vendor == "sqlite" else POSTGRESQL


def create(apps: Any, schema_editor: Any) -> None:
    for statement, _ in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    for _, statement in reversed(_statements(schema_editor.connection.vendor)):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]
