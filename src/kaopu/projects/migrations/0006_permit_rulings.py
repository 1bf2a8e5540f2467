"""施工许可证由单位报、推进办核实；以前登记的都是推进办自己办的，不待核实。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only

TABLE = "projects_constructionpermit"


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('projects', '0005_permits'),
    ]

    operations = [
        lift_append_only(TABLE),
        migrations.AddField(
            model_name='constructionpermit',
            name='awaits_ruling',
            field=models.BooleanField(default=False, verbose_name='待核实'),
        ),
        make_append_only(TABLE),
        migrations.CreateModel(
            name='PermitRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('approved', models.BooleanField(verbose_name='认可')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='意见')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('permit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='projects.constructionpermit')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='projects.permitruling')),
            ],
            options={
                'abstract': False,
            },
        ),
        make_append_only("projects_permitruling"),
    ]
