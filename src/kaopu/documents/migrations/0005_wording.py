"""措辞：机关在 Word 或 WPS 里改过的各版，只增不改。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('documents', '0004_append_only_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('kind', models.CharField(max_length=30, verbose_name='文种')),
                ('sentences', models.JSONField(verbose_name='各句')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='文件摘要')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='documents.wording')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('kind',), name='one_wording_chain')],
            },
        ),
        make_append_only("documents_wording"),
    ]
