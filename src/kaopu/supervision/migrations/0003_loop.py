"""督办闭环的表；已有的督办步骤改写成“走到哪里”的形状，一件不少（HANDBOOK §3.3）。"""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
import kaopu.domain.alerts
import kaopu.domain.escalation
import kaopu.domain.supervision_orders
import kaopu.supervision.models.orders
from django.conf import settings
from django.db import migrations, models

from kaopu.audit.models import append_only_sql

TABLES = ("supervision_supervisionorder", "supervision_orderstep")
_OLD: list[dict[str, Any]] = []


def open_up(apps: Any, schema_editor: Any) -> None:
    """改表之前：撤下触发器，记住已有的步骤（同一事务）。"""
    for table in TABLES:
        for _, undo in append_only_sql(table, schema_editor.connection.vendor):
            schema_editor.execute(undo)
    _OLD[:] = list(apps.get_model("supervision", "OrderStep").objects.order_by("pk").values())


def rewrite(apps: Any, schema_editor: Any) -> None:
    """已交办的督办单各得一步“签发交办”，随后是原有各步。"""
    Step = apps.get_model("supervision", "OrderStep")
    Operation = apps.get_model("audit", "Operation")
    for order in apps.get_model("supervision", "SupervisionOrder").objects.order_by("pk"):
        base = {"order": order, "owner_id": order.lead_unit_id, "court_id": order.lead_unit_id,
                "court_on": order.on, "level_on": order.on, "handler": order.handler}
        state, due = "issued", order.due_on
        last = Step.objects.create(
            **base, verb="approve", state=state, due_on=due, on=order.on, recorded_at=order.recorded_at,
            operation_id=order.operation_id, actor=Operation.objects.get(pk=order.operation_id).actor,
            text="交办",
        )
        for row in [row for row in _OLD if row["order_id"] == order.pk]:
            verb = {"extended": "grant_extension", "reported": "log", "closed": "close"}[row["kind"]]
            if row["kind"] == "extended":
                due = row["until"]
            if row["kind"] == "closed":
                state, due = "order_closed", None
            last = Step.objects.create(
                **base, verb=verb, state=state, due_on=due, on=row["on"], recorded_at=row["recorded_at"],
                operation_id=row["operation_id"], text=row["text"], supersedes=last,
                actor=Operation.objects.get(pk=row["operation_id"]).actor,
                evidence=row["text"] if row["kind"] == "closed" else "",
            )
    _OLD.clear()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('audit', '0002_append_only'),
        ('projects', '0002_append_only'),
        ('supervision', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(open_up, migrations.RunPython.noop),
        migrations.DeleteModel("OrderStep"),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
            ],
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AlertStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('verb', models.CharField(max_length=20, verbose_name='动作')),
                ('state', models.CharField(db_index=True, max_length=20, verbose_name='状态')),
                ('level', models.PositiveSmallIntegerField(default=1, verbose_name='层级')),
                ('level_on', models.DateField(verbose_name='到此层级之日')),
                ('due_on', models.DateField(blank=True, db_index=True, null=True, verbose_name='期限')),
                ('court_on', models.DateField(verbose_name='到此手里之日')),
                ('handler', models.CharField(blank=True, max_length=150, verbose_name='经办人账号')),
                ('actor', models.CharField(max_length=150, verbose_name='办理人账号')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('evidence', models.TextField(blank=True, verbose_name='佐证')),
                ('colour', models.CharField(max_length=10, verbose_name='颜色')),
                ('rule', models.CharField(max_length=60, verbose_name='规则')),
                ('measured', models.CharField(blank=True, max_length=300, verbose_name='实测')),
                ('threshold', models.CharField(blank=True, max_length=600, verbose_name='阈值')),
                ('sentence', models.TextField(verbose_name='理由')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('channel', models.CharField(choices=[('email', '邮件'), ('webhook', '推送')], max_length=12, verbose_name='渠道')),
                ('recipient', models.CharField(max_length=200, verbose_name='送给')),
                ('content', models.TextField(verbose_name='内容')),
                ('delivered', models.BooleanField(verbose_name='送到')),
                ('outcome', models.CharField(blank=True, max_length=200, verbose_name='结果')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='办到哪一天')),
                ('beat_at', models.DateTimeField(verbose_name='上次运行')),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='上次动了几件')),
                ('alarm', models.CharField(blank=True, max_length=200, verbose_name='警报')),
                ('clock_demo', models.BooleanField(default=False, verbose_name='示例钟')),
            ],
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('year', models.PositiveIntegerField(verbose_name='年度')),
                ('serial', models.PositiveIntegerField(verbose_name='顺序号')),
                ('kind', models.CharField(choices=[('problem', '问题'), ('support', '要素保障'), ('resolution', '议定事项'), ('task', '交办任务'), ('look_back', '回头看')], default='problem', max_length=12, verbose_name='种类')),
                ('title', models.CharField(max_length=120, verbose_name='事项')),
                ('description', models.TextField(blank=True, verbose_name='情况')),
                ('category', models.CharField(choices=[('approval', '审批'), ('land', '土地'), ('planning', '规划'), ('relocation', '征收腾地'), ('pipelines', '管线'), ('funding', '资金'), ('design', '设计'), ('construction', '施工'), ('market', '市场或招商'), ('dispute', '纠纷'), ('soil', '环保或土壤'), ('petition', '信访'), ('force_majeure', '疫情或不可抗力'), ('other', '其他')], default='other', max_length=20, verbose_name='类别')),
                ('cause', models.CharField(blank=True, max_length=120, verbose_name='起因')),
                ('factor', models.CharField(blank=True, choices=[('money', '资金'), ('ground', '土地'), ('permit_needed', '审批'), ('vacate', '腾地'), ('pipeline', '管线'), ('people', '人员')], max_length=15, verbose_name='要素')),
                ('source', models.CharField(choices=[('alert', '预警'), ('visit', '走访调研'), ('report', '月报'), ('meeting', '会议议定'), ('instruction', '领导批示'), ('resumption', '复工复产'), ('from_order', '督办件'), ('other', '其他')], default='other', max_length=12, verbose_name='来源')),
                ('raised_by', models.CharField(max_length=150, verbose_name='提出人账号')),
            ],
        ),
        migrations.CreateModel(
            name='IssueStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('verb', models.CharField(max_length=20, verbose_name='动作')),
                ('state', models.CharField(db_index=True, max_length=20, verbose_name='状态')),
                ('level', models.PositiveSmallIntegerField(default=1, verbose_name='层级')),
                ('level_on', models.DateField(verbose_name='到此层级之日')),
                ('due_on', models.DateField(blank=True, db_index=True, null=True, verbose_name='期限')),
                ('court_on', models.DateField(verbose_name='到此手里之日')),
                ('handler', models.CharField(blank=True, max_length=150, verbose_name='经办人账号')),
                ('actor', models.CharField(max_length=150, verbose_name='办理人账号')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('evidence', models.TextField(blank=True, verbose_name='佐证')),
                ('analysis', models.TextField(blank=True, verbose_name='原因分析')),
                ('proposal', models.TextField(blank=True, verbose_name='对策建议')),
                ('look_back_on', models.DateField(blank=True, null=True, verbose_name='回头看之日')),
            ],
        ),
        migrations.CreateModel(
            name='LadderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True, verbose_name='版本')),
                ('effective_on', models.DateField(verbose_name='生效日')),
                ('parameters', models.JSONField(verbose_name='参数')),
            ],
        ),
        migrations.CreateModel(
            name='LeaderInstruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('leader', models.CharField(max_length=60, verbose_name='领导')),
                ('text', models.TextField(verbose_name='批示内容')),
                ('document', models.CharField(blank=True, max_length=120, verbose_name='来文')),
                ('is_demo', models.BooleanField(default=False, verbose_name='示例')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('kind', models.CharField(choices=[('dispatch', '调度会'), ('promotion', '推进会'), ('special', '专题会'), ('task_force_meeting', '专班例会')], max_length=20, verbose_name='种类')),
                ('title', models.CharField(max_length=120, verbose_name='会议名称')),
                ('chair', models.CharField(max_length=60, verbose_name='主持人')),
                ('minutes_number', models.CharField(blank=True, max_length=60, verbose_name='纪要文号')),
                ('minutes', models.TextField(blank=True, verbose_name='纪要')),
                ('is_demo', models.BooleanField(default=False, verbose_name='示例')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('level', models.PositiveSmallIntegerField(verbose_name='层级')),
                ('text', models.CharField(max_length=300, verbose_name='内容')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NoticeRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
            ],
        ),
        migrations.CreateModel(
            name='OrderStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('verb', models.CharField(max_length=20, verbose_name='动作')),
                ('state', models.CharField(db_index=True, max_length=20, verbose_name='状态')),
                ('level', models.PositiveSmallIntegerField(default=1, verbose_name='层级')),
                ('level_on', models.DateField(verbose_name='到此层级之日')),
                ('due_on', models.DateField(blank=True, db_index=True, null=True, verbose_name='期限')),
                ('court_on', models.DateField(verbose_name='到此手里之日')),
                ('handler', models.CharField(blank=True, max_length=150, verbose_name='经办人账号')),
                ('actor', models.CharField(max_length=150, verbose_name='办理人账号')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('evidence', models.TextField(blank=True, verbose_name='佐证')),
                ('asked_until', models.DateField(blank=True, null=True, verbose_name='申请延至')),
                ('presses', models.PositiveSmallIntegerField(default=0, verbose_name='催办次数')),
                ('pressed_on', models.DateField(blank=True, null=True, verbose_name='最近催办之日')),
                ('look_back_on', models.DateField(blank=True, null=True, verbose_name='回头看之日')),
            ],
        ),
        migrations.CreateModel(
            name='TaskForce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('head', models.CharField(max_length=60, verbose_name='组长')),
                ('rhythm_days', models.PositiveSmallIntegerField(default=14, verbose_name='例会间隔（天）')),
                ('is_demo', models.BooleanField(default=False, verbose_name='示例')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(db_index=True, verbose_name='成立日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时刻')),
                ('voided', models.BooleanField(default=False, verbose_name='作废')),
                ('visitors', models.CharField(max_length=120, verbose_name='走访人')),
                ('findings', models.TextField(verbose_name='所见')),
                ('photos', models.CharField(blank=True, max_length=200, verbose_name='照片编号')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='supervisionorder',
            name='order_number_once',
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='assists',
            field=models.ManyToManyField(blank=True, related_name='+', to='accounts.organization', verbose_name='协办单位'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='basis',
            field=models.CharField(blank=True, max_length=120, verbose_name='依据文号'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='kind',
            field=models.CharField(choices=[('reminder', '提醒函'), ('assignment', '交办函'), ('order', '督办单'), ('interview', '约谈')], default=kaopu.domain.supervision_orders.OrderKind['ORDER'], max_length=12, verbose_name='文种'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='organ',
            field=models.CharField(default=kaopu.supervision.models.orders.default_organ, max_length=20, verbose_name='机关代字'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='requirement',
            field=models.TextField(blank=True, verbose_name='办理要求'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='source',
            field=models.CharField(choices=[('alert', '预警'), ('visit', '走访调研'), ('report', '月报'), ('meeting', '会议议定'), ('instruction', '领导批示'), ('resumption', '复工复产'), ('from_order', '督办件'), ('other', '其他')], default='other', max_length=12, verbose_name='来源'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='urgent',
            field=models.BooleanField(default=False, verbose_name='急件'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.agendaitem'),
        ),
        migrations.AddField(
            model_name='alert',
            name='goal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='projects.annualgoal'),
        ),
        migrations.AddField(
            model_name='alert',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='alert',
            name='project_year',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='projects.projectyear'),
        ),
        migrations.AddField(
            model_name='alert',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.alert'),
        ),
        migrations.AddField(
            model_name='alertstep',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='supervision.alert'),
        ),
        migrations.AddField(
            model_name='alertstep',
            name='court',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='球在谁手里'),
        ),
        migrations.AddField(
            model_name='alertstep',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='alertstep',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='牵头单位'),
        ),
        migrations.AddField(
            model_name='alertstep',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.alertstep'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.delivery'),
        ),
        migrations.AddField(
            model_name='issue',
            name='alert',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='supervision.alert'),
        ),
        migrations.AddField(
            model_name='issue',
            name='assists',
            field=models.ManyToManyField(blank=True, related_name='+', to='accounts.organization', verbose_name='配合单位'),
        ),
        migrations.AddField(
            model_name='issue',
            name='looks_at',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='look_backs', to='supervision.supervisionorder'),
        ),
        migrations.AddField(
            model_name='issue',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='issue',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='issue',
            name='project',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='projects.project'),
        ),
        migrations.AddField(
            model_name='issue',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='supervisionorder',
            name='issue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='supervision.issue'),
        ),
        migrations.AddConstraint(
            model_name='supervisionorder',
            constraint=models.UniqueConstraint(fields=('organ', 'kind', 'year', 'serial'), name='order_number_once'),
        ),
        migrations.AddField(
            model_name='issuestep',
            name='court',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='球在谁手里'),
        ),
        migrations.AddField(
            model_name='issuestep',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='issuestep',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='issuestep',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='牵头单位'),
        ),
        migrations.AddField(
            model_name='issuestep',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.issuestep'),
        ),
        migrations.AddField(
            model_name='leaderinstruction',
            name='issue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='leaderinstruction',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='leaderinstruction',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.leaderinstruction'),
        ),
        migrations.AddField(
            model_name='issue',
            name='instruction',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='supervision.leaderinstruction'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.meeting'),
        ),
        migrations.AddField(
            model_name='issue',
            name='meeting',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='supervision.meeting'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda', to='supervision.meeting'),
        ),
        migrations.AddField(
            model_name='notice',
            name='alert',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='supervision.alert'),
        ),
        migrations.AddField(
            model_name='notice',
            name='issue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='supervision.issue'),
        ),
        migrations.AddField(
            model_name='notice',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='notice',
            name='order',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='supervision.supervisionorder'),
        ),
        migrations.AddField(
            model_name='notice',
            name='organization',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='单位'),
        ),
        migrations.AddField(
            model_name='notice',
            name='project',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='projects.project'),
        ),
        migrations.AddField(
            model_name='notice',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.notice'),
        ),
        migrations.AddField(
            model_name='noticeread',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='supervision.notice'),
        ),
        migrations.AddField(
            model_name='noticeread',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='noticeread',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.noticeread'),
        ),
        migrations.AddField(
            model_name='noticeread',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='orderstep',
            name='court',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='球在谁手里'),
        ),
        migrations.AddField(
            model_name='orderstep',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='orderstep',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='supervision.supervisionorder'),
        ),
        migrations.AddField(
            model_name='orderstep',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='牵头单位'),
        ),
        migrations.AddField(
            model_name='orderstep',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.orderstep'),
        ),
        migrations.AddField(
            model_name='taskforce',
            name='lead_unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='牵头单位'),
        ),
        migrations.AddField(
            model_name='taskforce',
            name='members',
            field=models.ManyToManyField(blank=True, related_name='+', to='accounts.organization', verbose_name='成员单位'),
        ),
        migrations.AddField(
            model_name='taskforce',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='taskforce',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='task_forces', to='projects.project'),
        ),
        migrations.AddField(
            model_name='taskforce',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.taskforce'),
        ),
        migrations.AddField(
            model_name='issue',
            name='task_force',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='supervision.taskforce'),
        ),
        migrations.AddField(
            model_name='visit',
            name='operation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.operation', verbose_name='由哪次办理录入'),
        ),
        migrations.AddField(
            model_name='visit',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='projects.project'),
        ),
        migrations.AddField(
            model_name='visit',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='supervision.visit'),
        ),
        migrations.AddConstraint(
            model_name='alertstep',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('alert',), name='alert_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='alertstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('state', kaopu.domain.alerts.AlertState['LIFTED'])), models.Q(models.Q(('state', kaopu.domain.alerts.AlertState['LIFTED']), _negated=True), ('due_on__isnull', False)), _connector='OR'), name='alert_clock'),
        ),
        migrations.AddConstraint(
            model_name='alertstep',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', (1, 2, 3, 4))), name='alert_level_known'),
        ),
        migrations.AddConstraint(
            model_name='issuestep',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('issue',), name='issue_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='issuestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('state', kaopu.domain.escalation.IssueState['CLOSED']), models.Q(('evidence', ''), _negated=True)), models.Q(models.Q(('state', kaopu.domain.escalation.IssueState['CLOSED']), _negated=True), ('due_on__isnull', False)), _connector='OR'), name='issue_clock'),
        ),
        migrations.AddConstraint(
            model_name='issuestep',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', (1, 2, 3, 4))), name='issue_level_known'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(fields=('meeting', 'issue'), name='agenda_item_once'),
        ),
        migrations.AddConstraint(
            model_name='noticeread',
            constraint=models.UniqueConstraint(fields=('notice', 'user'), name='notice_read_once'),
        ),
        migrations.AddConstraint(
            model_name='orderstep',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('order',), name='order_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='orderstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('state__in', [kaopu.domain.supervision_orders.OrderState['ARCHIVED'], kaopu.domain.supervision_orders.OrderState['CLOSED'], kaopu.domain.supervision_orders.OrderState['REVOKED']])), models.Q(models.Q(('state__in', [kaopu.domain.supervision_orders.OrderState['ARCHIVED'], kaopu.domain.supervision_orders.OrderState['CLOSED'], kaopu.domain.supervision_orders.OrderState['REVOKED']]), _negated=True), ('due_on__isnull', False)), _connector='OR'), name='order_clock'),
        ),
        migrations.AddConstraint(
            model_name='orderstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', kaopu.domain.supervision_orders.OrderState['CLOSED']), _negated=True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='order_closed_with_evidence'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.UniqueConstraint(fields=('year', 'serial'), name='issue_number_once'),
        ),
        migrations.RunPython(rewrite, migrations.RunPython.noop),
    ]
