"""逐级协调规则并入规则集：已有各版照搬，补上原来写在代码里的两个阈值。"""

from typing import Any

from django.db import migrations

ADDED = {"red_top_days": 60, "yellows_to_third": 2}


def move(apps: Any, schema_editor: Any) -> None:
    rule_sets = apps.get_model("tracking", "RuleSet").objects
    for rule in apps.get_model("supervision", "LadderRule").objects.order_by("version"):
        rule_sets.create(
            kind="ladder", name="默认逐级协调规则", version=rule.version, effective_on=rule.effective_on,
            parameters={**rule.parameters, **ADDED},
        )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_rules"), ("tracking", "0008_rule_kinds")]
    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="LadderRule"),
    ]
