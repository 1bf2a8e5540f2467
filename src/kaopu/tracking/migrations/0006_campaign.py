"""统一停复工的表，只增不改（HANDBOOK §1C）。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only

TABLES = [
    f"tracking_{name}"
    for name in (
        "suspensioncampaign", "suspensioncampaign_suspensions", "resumptionplan", "planopinion",
        "resumptionbatch", "resumptionbatch_suspensions", "stillstopped",
    )
]


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
        ('tracking', '0005_reviews'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResumptionPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('document', models.CharField(max_length=200, verbose_name='方案文件')),
                ('measures', models.TextField(verbose_name='措施')),
                ('resume_on', models.DateField(verbose_name='拟复工日')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.resumptionplan')),
                ('suspension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='tracking.suspension')),
            ],
        ),
        migrations.CreateModel(
            name='PlanOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('side', models.CharField(max_length=15, verbose_name='哪一道')),
                ('unit', models.CharField(max_length=60, verbose_name='出具单位')),
                ('agrees', models.BooleanField(verbose_name='同意')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='意见')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.planopinion')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='tracking.resumptionplan')),
            ],
        ),
        migrations.CreateModel(
            name='StillStopped',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('reason', models.CharField(max_length=200, verbose_name='未复工原因')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.stillstopped')),
                ('suspension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='still_stopped', to='tracking.suspension')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SuspensionCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('cause', models.CharField(max_length=120, verbose_name='原因')),
                ('target_on', models.DateField(verbose_name='全面复工目标日')),
                ('is_demo', models.BooleanField(default=False, verbose_name='示例')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.suspensioncampaign')),
                ('suspensions', models.ManyToManyField(related_name='campaigns', to='tracking.suspension', verbose_name='各项目停工')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResumptionBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('number', models.PositiveSmallIntegerField(verbose_name='第几批')),
                ('issuer', models.CharField(max_length=60, verbose_name='发布单位')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='文件')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.resumptionbatch')),
                ('suspensions', models.ManyToManyField(related_name='batches', to='tracking.suspension', verbose_name='名单')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='tracking.suspensioncampaign')),
            ],
        ),
        migrations.AddConstraint(
            model_name='resumptionplan',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('suspension',), name='one_plan_per_suspension'),
        ),
        migrations.AddConstraint(
            model_name='planopinion',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('plan', 'side'), name='one_opinion_per_side'),
        ),
        migrations.AddConstraint(
            model_name='resumptionbatch',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='batch_number_once'),
        ),
        make_append_only(*TABLES),
    ]
