"""逐级协调规则并入规则集：已有各版照搬，补上原来写在代码里的两个阈值；随系统带来的一版改成手册 §3.2 写的通知范围。"""

from typing import Any

from django.db import migrations

ADDED = {"red_top_days": 60, "yellows_to_third": 2}
SEEDED = {"1": ["project_officer"], "2": ["office_section"], "3": ["office_director", "district_leader"], "4": ["clerk"]}
TOLD = {**SEEDED, "3": ["office_director", "clerk", "district_leader", "gov_office"], "4": ["top_leader"]}


def move(apps: Any, schema_editor: Any) -> None:
    rule_sets = apps.get_model("tracking", "RuleSet").objects
    for rule in apps.get_model("supervision", "LadderRule").objects.order_by("version"):
        told = {"notified": TOLD} if rule.parameters.get("notified") == SEEDED else {}
        rule_sets.create(
            kind="ladder", name="默认逐级协调规则", version=rule.version, effective_on=rule.effective_on,
            parameters={**rule.parameters, **ADDED, **told},
        )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_rules"), ("tracking", "0008_rule_kinds")]
    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="LadderRule"),
    ]
