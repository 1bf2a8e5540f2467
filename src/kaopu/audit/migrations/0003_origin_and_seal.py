"""留痕添上来处与前后内容；封存树三张表，连同改建过的办理表，仍只增不改（TRUST §1 规则 5）。"""

import django.db.models.deletion
import django.utils.timezone
import kaopu.audit.models
from django.db import migrations, models

from kaopu.audit.models import lift_append_only, make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        lift_append_only("audit_operation"),
        migrations.CreateModel(
            name='SealForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='摘要')),
                ('columns', models.JSONField(verbose_name='各表的栏')),
            ],
        ),
        migrations.CreateModel(
            name='TreeHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时刻')),
                ('size', models.BigIntegerField(unique=True, verbose_name='叶数')),
                ('root', models.CharField(max_length=64, verbose_name='树根')),
                ('algorithm', models.CharField(max_length=10, verbose_name='摘要算法')),
                ('peaks', models.JSONField(verbose_name='满子树的根')),
                ('horizon', models.BigIntegerField(default=0, verbose_name='已定案的事务号')),
                ('cluster', models.CharField(blank=True, max_length=40, verbose_name='数据库编号')),
            ],
        ),
        migrations.AddField(
            model_name='operation',
            name='address',
            field=models.CharField(blank=True, max_length=45, verbose_name='来自何处'),
        ),
        migrations.AddField(
            model_name='operation',
            name='after',
            field=models.JSONField(null=True, verbose_name='办理后'),
        ),
        migrations.AddField(
            model_name='operation',
            name='before',
            field=models.JSONField(null=True, verbose_name='办理前'),
        ),
        migrations.AddField(
            model_name='operation',
            name='request_id',
            field=models.CharField(blank=True, db_index=True, max_length=32, verbose_name='请求编号'),
        ),
        migrations.AddField(
            model_name='operation',
            name='xid',
            field=models.BigIntegerField(db_default=kaopu.audit.models.TransactionNumber(), verbose_name='事务号'),
        ),
        migrations.CreateModel(
            name='SealedLeaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leaf_index', models.BigIntegerField(unique=True, verbose_name='叶序')),
                ('operation_number', models.BigIntegerField(unique=True, verbose_name='办理编号')),
                ('rows', models.JSONField(verbose_name='各行摘要')),
                ('leaf_hash', models.CharField(max_length=64, verbose_name='叶摘要')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.sealform')),
            ],
        ),
        make_append_only("audit_operation", "audit_sealform", "audit_sealedleaf", "audit_treehead"),
    ]
