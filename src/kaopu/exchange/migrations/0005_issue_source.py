"""问题的来历：从哪次导入的哪一行立出来，只增不改。"""

import django.db.models.deletion
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0004_import_undo'),
        ('supervision', '0004_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssueSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=40, verbose_name='工作表')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('cell', models.CharField(max_length=12, verbose_name='单元格')),
                ('cells', models.JSONField(verbose_name='单元格')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issue_rows', to='exchange.importbatch')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.issue')),
            ],
        ),
        make_append_only("exchange_issuesource"),
    ]
