"""催报未复工原因的通知。"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0005_ladder_rule_sets'),
        ('tracking', '0009_reasons_demanded'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='demand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='tracking.stillstoppeddemand'),
        ),
    ]
