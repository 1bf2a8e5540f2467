"""各行的去处随批次留存：读入、未变、归类的数也点得开。"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0005_issue_source'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='fates',
            field=models.JSONField(null=True, verbose_name='各行的去处'),
        ),
    ]
