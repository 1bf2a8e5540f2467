"""施工许可证推广为各审批节点的批文、证照：加一栏“节点”，以前登记的都是施工许可证。表名不动，封存的叶里写着。"""

from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only

TABLE = "projects_constructionpermit"


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_profile_changes")]
    operations = [
        migrations.AlterModelTable(name="constructionpermit", table=TABLE),
        migrations.RenameModel(old_name="ConstructionPermit", new_name="Permit"),
        lift_append_only(TABLE),
        migrations.AddField(
            model_name="permit",
            name="node",
            field=models.CharField(default="建筑工程施工许可证", max_length=60, verbose_name="节点"),
        ),
        migrations.AlterField(
            model_name="permit",
            name="number",
            field=models.CharField(max_length=60, verbose_name="文号或证号"),
        ),
        migrations.AlterField(
            model_name="permit",
            name="issuer",
            field=models.CharField(max_length=60, verbose_name="审批部门"),
        ),
        make_append_only(TABLE),
    ]
