"""这些表只增不改：由数据库触发器拒绝 UPDATE 与 DELETE（ARCHITECTURE 法 1，TRUST §1）。"""

from django.db import migrations

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]
    operations = [make_append_only("supervision_supervisionorder", "supervision_orderstep")]
