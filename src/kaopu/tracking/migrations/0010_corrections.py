"""关账后更正：申请、批复与更正后的一版；冻结的月份仍不收月报，只收批准了的更正（TRUST §1 规则 3、§4 第 14 条）。"""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only

MESSAGE = "frozen-month: 该月已关账冻结"
FROZEN = "EXISTS (SELECT 1 FROM tracking_reportingperiod WHERE month = NEW.month AND frozen_at IS NOT NULL{lock})"
APPROVED = (
    "EXISTS (SELECT 1 FROM tracking_reportcorrection c JOIN tracking_correctionruling r ON r.correction_id = c.id "
    "WHERE c.id = NEW.correction_id AND r.approved AND c.month = NEW.month AND c.project_year_id = NEW.project_year_id)"
)
SQLITE = (
    "DROP TRIGGER IF EXISTS tracking_report_frozen",
    f"CREATE TRIGGER tracking_report_frozen BEFORE INSERT ON tracking_monthlyreport WHEN {FROZEN.format(lock='')} "
    f"AND NOT {APPROVED} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION kaopu_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {FROZEN.format(lock=' FOR SHARE')} AND NOT {APPROVED} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
    "RETURN NEW; END $$",
)


def let_in_approved_corrections(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('projects', '0003_commitments'),
        ('tracking', '0009_reasons_demanded'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('month', models.DateField(db_index=True, verbose_name='月份')),
                ('work', models.TextField(blank=True, verbose_name='本月工作内容')),
                ('investment_yuan', models.BigIntegerField(verbose_name='本月完成投资（元）')),
                ('progress_percent', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='形象进度（%）')),
                ('problems', models.TextField(blank=True, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, verbose_name='下步计划')),
                ('reason', models.CharField(max_length=300, verbose_name='更正理由')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='tracking.monthlyreport')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project_year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='report_corrections', to='projects.projectyear')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.reportcorrection')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CorrectionRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('approved', models.BooleanField(verbose_name='批准')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='意见')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.correctionruling')),
                ('correction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='tracking.reportcorrection')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='monthlyreport',
            name='correction',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='tracking.reportcorrection'),
        ),
        migrations.RunPython(let_in_approved_corrections),
        make_append_only("tracking_reportcorrection", "tracking_correctionruling"),
    ]
