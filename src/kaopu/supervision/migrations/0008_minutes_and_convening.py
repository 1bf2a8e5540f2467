"""会后补的纪要各成一版；会议挂到专班名下，例会的通知记着是哪天的那一次。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('supervision', '0007_handed_alerts_stop'),
    ]

    operations = [
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('minutes_number', models.CharField(blank=True, max_length=60, verbose_name='纪要文号')),
                ('minutes', models.TextField(verbose_name='纪要')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='supervision.meeting')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.minutes')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('meeting',), name='minutes_begin_once')],
            },
        ),
        make_append_only("supervision_minutes"),
        migrations.AddField(
            model_name='meeting',
            name='task_force',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='supervision.taskforce', verbose_name='专班'),
        ),
        migrations.AddField(
            model_name='notice',
            name='meeting_on',
            field=models.DateField(blank=True, null=True, verbose_name='哪天的例会'),
        ),
        migrations.AddField(
            model_name='notice',
            name='task_force',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='supervision.taskforce'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('task_force__isnull', False)), fields=('task_force', 'meeting_on', 'level'), name='task_force_told_once'),
        ),
    ]
