"""项目档案的变更申请与批复。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('projects', '0006_permit_rulings'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProfileChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('values', models.JSONField(verbose_name='改为')),
                ('document', models.CharField(max_length=200, verbose_name='依据')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profile_changes', to='projects.project')),
                ('revises', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.projectprofile', verbose_name='所改的一版')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='projects.profilechange')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProfileRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('approved', models.BooleanField(verbose_name='批准')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='意见')),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='projects.profilechange')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='projects.profileruling')),
            ],
            options={
                'abstract': False,
            },
        ),
        make_append_only("projects_profilechange", "projects_profileruling"),
    ]
