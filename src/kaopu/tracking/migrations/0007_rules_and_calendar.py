"""节假日表的改动、规则集草稿、颜色的自报、确认与人工调整：都是事实，只增不改。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('projects', '0002_append_only'),
        ('tracking', '0006_campaign'),
    ]

    operations = [
        migrations.AddField(
            model_name='ruleset',
            name='operation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理启用'),
        ),
        migrations.CreateModel(
            name='ColourOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('colour', models.CharField(max_length=10, verbose_name='颜色')),
                ('reason', models.TextField(verbose_name='理由')),
                ('expires_on', models.DateField(verbose_name='至何日止')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.colouroverride')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='tracking.verdict')),
            ],
        ),
        migrations.CreateModel(
            name='OverrideDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('approved', models.BooleanField(verbose_name='批准')),
                ('comment', models.CharField(blank=True, max_length=200, verbose_name='意见')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('override', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='tracking.colouroverride')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.overridedecision')),
            ],
        ),
        migrations.CreateModel(
            name='ReportedColour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('month', models.DateField(db_index=True, verbose_name='月份')),
                ('colour', models.CharField(max_length=10, verbose_name='颜色')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project_year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reported_colours', to='projects.projectyear')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.reportedcolour')),
            ],
        ),
        migrations.CreateModel(
            name='RuleSetDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('parameters', models.JSONField(verbose_name='参数')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.rulesetdraft')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='ruleset',
            name='draft',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracking.rulesetdraft', verbose_name='出自草稿'),
        ),
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('day', models.DateField(db_index=True, verbose_name='日期')),
                ('works', models.BooleanField(null=True, verbose_name='上班')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='名目')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.calendarchange')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('day',), name='one_day_chain')],
            },
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('year', models.PositiveIntegerField(verbose_name='年度')),
                ('notice', models.CharField(max_length=200, verbose_name='依据')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.calendaryear')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('year',), name='one_calendar_chain')],
            },
        ),
        migrations.CreateModel(
            name='ColourConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.colourconfirmation')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='tracking.verdict')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('verdict',), name='confirmed_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='colouroverride',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('verdict',), name='one_override_chain'),
        ),
        migrations.AddConstraint(
            model_name='colouroverride',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='overridedecision',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('override',), name='override_decided_once'),
        ),
        migrations.AddConstraint(
            model_name='reportedcolour',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('project_year', 'month'), name='one_reported_colour_chain'),
        ),
        make_append_only(
            "tracking_calendarday", "tracking_calendarchange", "tracking_calendaryear", "tracking_rulesetdraft",
            "tracking_reportedcolour", "tracking_colourconfirmation", "tracking_colouroverride",
            "tracking_overridedecision",
        ),
    ]
