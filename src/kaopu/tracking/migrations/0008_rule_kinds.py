"""规则集分种类：颜色规则与逐级协调规则同一套起草、检查、启用；同种的一天至多一版生效。"""

from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only

TABLES = ("tracking_ruleset", "tracking_rulesetdraft")
KINDS = [("colour", "颜色规则"), ("ladder", "逐级协调规则")]


class Migration(migrations.Migration):
    dependencies = [("tracking", "0007_rules_and_calendar")]
    operations = [
        lift_append_only(*TABLES),
        *(
            migrations.AddField(
                model_name=name,
                name="kind",
                field=models.CharField(choices=KINDS, default="colour", max_length=10, verbose_name="种类"),
            )
            for name in ("ruleset", "rulesetdraft")
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(fields=("kind", "effective_on"), name="one_rule_set_a_day"),
        ),
        make_append_only(*TABLES),
    ]
