"""这些表只增不改：由数据库触发器拒绝 UPDATE 与 DELETE（ARCHITECTURE 法 1，TRUST §1）。"""

from django.db import migrations

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial")]
    operations = [make_append_only("tracking_monthlyreport", "tracking_goalachievement", "tracking_outcomedecision", "tracking_lagreason", "tracking_suspension", "tracking_resumption", "tracking_verdict", "tracking_officenote", "tracking_ruleset")]
