"""滞后原因分类；原来写在话里的“不可抗力”照认。"""

from typing import Any

from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only

TABLE = "tracking_lagreason"
CAUSES = [('approval', '审批'), ('land', '土地'), ('planning', '规划'), ('relocation', '征收腾地'), ('pipelines', '管线'), ('funding', '资金'), ('design', '设计'), ('construction', '施工'), ('market', '市场或招商'), ('dispute', '纠纷'), ('soil', '环保或土壤'), ('petition', '信访'), ('force_majeure', '疫情或不可抗力'), ('other', '其他')]


def classify(apps: Any, schema_editor: Any) -> None:
    reasons = apps.get_model("tracking", "LagReason").objects
    reasons.filter(cause__contains="不可抗力").update(category="force_majeure")


class Migration(migrations.Migration):
    dependencies = [("tracking", "0010_corrections")]
    operations = [
        lift_append_only(TABLE),
        migrations.AddField(
            model_name="lagreason",
            name="category",
            field=models.CharField(
                choices=CAUSES, default="other", max_length=20, verbose_name="类别",
            ),
        ),
        migrations.RunPython(classify, migrations.RunPython.noop),
        make_append_only(TABLE),
    ]
