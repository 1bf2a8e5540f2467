"""每月催报未复工原因；原因分类与预计复工日。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('tracking', '0008_rule_kinds'),
    ]

    operations = [
        lift_append_only("tracking_stillstopped"),
        migrations.AddField(
            model_name='stillstopped',
            name='cause',
            field=models.CharField(choices=[('approval', '审批'), ('land', '土地'), ('planning', '规划'), ('relocation', '征收腾地'), ('pipelines', '管线'), ('funding', '资金'), ('design', '设计'), ('construction', '施工'), ('market', '市场或招商'), ('dispute', '纠纷'), ('soil', '环保或土壤'), ('petition', '信访'), ('force_majeure', '疫情或不可抗力'), ('other', '其他')], default='other', max_length=20, verbose_name='原因分类'),
        ),
        migrations.AddField(
            model_name='stillstopped',
            name='expected_on',
            field=models.DateField(blank=True, null=True, verbose_name='预计复工日'),
        ),
        migrations.CreateModel(
            name='StillStoppedDemand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('month', models.DateField(verbose_name='月份')),
                ('due_on', models.DateField(verbose_name='答复期限')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='tracking.stillstoppeddemand')),
                ('suspension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='tracking.suspension')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('suspension', 'month'), name='one_demand_a_month')],
            },
        ),
        make_append_only("tracking_stillstopped", "tracking_stillstoppeddemand"),
    ]
