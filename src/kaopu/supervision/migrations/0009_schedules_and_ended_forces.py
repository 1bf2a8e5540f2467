"""倒排计划与节点开始；专班撤销。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only

TABLES = ("supervision_schedule", "supervision_schedulenode", "supervision_nodestart", "supervision_taskforceend")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_encrypted_phones'),
        ('audit', '0003_origin_and_seal'),
        ('projects', '0008_approval_nodes'),
        ('supervision', '0008_minutes_and_convening'),
    ]

    operations = [
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('target', models.CharField(max_length=60, verbose_name='目标节点')),
                ('due_on', models.DateField(verbose_name='目标日')),
                ('rules', models.CharField(max_length=80, verbose_name='所据规则')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='重排理由')),
                ('is_demo', models.BooleanField(default=False, verbose_name='示例')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='projects.project')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.schedule')),
                ('task_force', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='supervision.taskforce', verbose_name='专班')),
            ],
        ),
        migrations.CreateModel(
            name='ScheduleNode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('position', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('name', models.CharField(max_length=60, verbose_name='节点')),
                ('aspect', models.CharField(max_length=20, verbose_name='方面')),
                ('days', models.PositiveSmallIntegerField(verbose_name='天数')),
                ('counted', models.CharField(choices=[('workday', '工作日'), ('calendar_day', '日历日')], max_length=12, verbose_name='数法')),
                ('after', models.JSONField(default=list, verbose_name='前置')),
                ('waivable', models.BooleanField(default=False, verbose_name='容缺')),
                ('latest_start', models.DateField(verbose_name='最迟开始')),
                ('latest_finish', models.DateField(verbose_name='最迟完成')),
                ('provisional', models.BooleanField(default=False, verbose_name='放假安排未发布')),
                ('lead_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='牵头单位')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nodes', to='supervision.schedule')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.schedulenode')),
            ],
        ),
        migrations.CreateModel(
            name='TaskForceEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('reason', models.CharField(max_length=200, verbose_name='撤销理由')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.taskforceend')),
                ('task_force', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='supervision.taskforce', verbose_name='专班')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NodeStart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('node', models.CharField(max_length=60, verbose_name='节点')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='node_starts', to='projects.project')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.nodestart')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('project', 'node'), name='one_node_start_chain')],
            },
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('project', 'target'), name='one_schedule_chain'),
        ),
        migrations.AddConstraint(
            model_name='schedulenode',
            constraint=models.UniqueConstraint(fields=('schedule', 'name'), name='schedule_node_once'),
        ),
        make_append_only(*TABLES),
    ]
