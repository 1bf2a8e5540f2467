"""施工许可证与延期。"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_origin_and_seal'),
        ('projects', '0004_attachments'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConstructionPermit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('number', models.CharField(max_length=60, verbose_name='施工许可证编号')),
                ('issuer', models.CharField(max_length=60, verbose_name='发证机关')),
                ('scope', models.CharField(blank=True, max_length=100, verbose_name='范围')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='projects.project')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='projects.constructionpermit')),
            ],
        ),
        migrations.CreateModel(
            name='PermitExtension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('number', models.PositiveSmallIntegerField(verbose_name='第几次')),
                ('until', models.DateField(verbose_name='延至')),
                ('document', models.CharField(max_length=200, verbose_name='批准文件')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入')),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='projects.constructionpermit')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='projects.permitextension')),
            ],
        ),
        migrations.AddConstraint(
            model_name='constructionpermit',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('project', 'number'), name='one_permit_chain'),
        ),
        migrations.AddConstraint(
            model_name='permitextension',
            constraint=models.UniqueConstraint(fields=('permit', 'number'), name='permit_extension_once'),
        ),
        migrations.AddConstraint(
            model_name='permitextension',
            constraint=models.CheckConstraint(condition=models.Q(('number__in', (1, 2))), name='two_extensions_at_most'),
        ),
        make_append_only("projects_constructionpermit", "projects_permitextension"),
    ]
