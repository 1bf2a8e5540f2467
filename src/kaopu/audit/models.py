"""留痕：每次办理一行，只增不改；事实的公共形状（何日起、何时录入、由哪次办理录入）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Value, Window
from django.db.models.functions import RowNumber
from django.utils import timezone


class TransactionNumber(models.Func):
    """写下一行的数据库事务号，由数据库自己填；SQLite 同一时刻只有一个写入者，用不着，记 0。"""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite 的写法。"""
        return "0", ()


class Operation(models.Model):
    """一次办理。没有留痕就没有写入：与业务行同一事务；数据库拒绝修改与删除。"""

    at = models.DateTimeField("时刻", default=timezone.now, db_index=True)
    actor = models.CharField("办理人账号", max_length=150)
    actor_id = models.BigIntegerField("办理人编号", null=True)
    verb = models.CharField("动作", max_length=80)
    target_type = models.CharField("对象种类", max_length=60, blank=True)
    target_id = models.CharField("对象编号", max_length=60, blank=True)
    source = models.CharField("来源", max_length=20, default="page")
    request_id = models.CharField("请求编号", max_length=32, blank=True, db_index=True)
    address = models.CharField("来自何处", max_length=45, blank=True)
    reason = models.TextField("理由", blank=True)
    before = models.JSONField("办理前", null=True)
    after = models.JSONField("办理后", null=True)
    detail = models.JSONField("内容", default=dict)
    xid = models.BigIntegerField("事务号", db_default=TransactionNumber())

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb}"

    def fact(self, on: date) -> dict[str, Any]:
        """由这次办理录入、``on`` 日起成立的事实所共有的三栏。"""
        return {"on": on, "recorded_at": self.at, "operation": self}


class SealForm(models.Model):
    """封存格式：封存时各表有哪些栏。日后加表加栏，旧叶仍按当时的格式核对。"""

    digest = models.CharField("摘要", max_length=64, unique=True)
    columns = models.JSONField("各表的栏")

    def __str__(self) -> str:
        return self.digest[:16]


class SealedLeaf(models.Model):
    """封存的一叶：一次办理连同它写下的每一行事实，各存摘要（TRUST §1 规则 5）。

    只记办理的编号而不设外键：办理被人删去之后，这一叶要还在，才说得出少了哪一次。
    """

    leaf_index = models.BigIntegerField("叶序", unique=True)
    operation_number = models.BigIntegerField("办理编号", unique=True)
    form = models.ForeignKey(SealForm, models.PROTECT, related_name="+")
    rows = models.JSONField("各行摘要")
    leaf_hash = models.CharField("叶摘要", max_length=64)

    def __str__(self) -> str:
        return f"{self.leaf_index}"


class TreeHead(models.Model):
    """树头：某一时刻整棵封存树的大小与根。``peaks`` 供接着追加，``horizon`` 为当时已定案的事务号。"""

    at = models.DateTimeField("时刻", default=timezone.now)
    size = models.BigIntegerField("叶数", unique=True)
    root = models.CharField("树根", max_length=64)
    algorithm = models.CharField("摘要算法", max_length=10)
    peaks = models.JSONField("满子树的根")
    horizon = models.BigIntegerField("已定案的事务号", default=0)
    cluster = models.CharField("数据库编号", max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.size}:{self.root}"


class IdempotentAnswer(models.Model):
    """幂等答复：同一人、同一路径、同一钥匙只办一次，答复与办理同一事务落库（TRUST §1 规则 2）。"""

    user_id = models.BigIntegerField("办理人编号")
    route = models.CharField("路径", max_length=200)
    key = models.CharField("钥匙", max_length=64)
    body_digest = models.CharField("内容摘要", max_length=64)
    location = models.CharField("答复去处", max_length=300, blank=True)
    at = models.DateTimeField("时刻", default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "route", "key"], name="idempotent_once")]

    def __str__(self) -> str:
        return self.key


class NotReplaced(models.Func):
    """还没有被更正；给了 ``by`` 则只看那一刻之前录入的更正。

    与 ``~Exists(子查询)`` 同义而省得每次编译一个子查询：一个项目页要问二十几遍。
    """

    output_field = models.BooleanField()
    template = "NOT EXISTS(SELECT 1 FROM %(table)s newer WHERE newer.supersedes_id = %(expressions)s)"
    arg_joiner = " AND newer.recorded_at <= "

    def __init__(self, model: type[models.Model], by: datetime | None = None) -> None:
        moments = () if by is None else (Value(by, output_field=models.DateTimeField()),)
        super().__init__(F("pk"), *moments, table=f'"{model._meta.db_table}"')


@dataclass(frozen=True, kw_only=True)
class Past:
    """过去的一刻：截至哪天、按何时所知（法 1 的两条时间）。"""

    as_of: date
    known_at: datetime

    def knew(self, fact: Fact) -> bool:
        """那时录入了没有，不论成立日。"""
        return fact.recorded_at <= self.known_at

    def saw(self, fact: Fact) -> bool:
        """那时已成立且已录入没有。"""
        return fact.on <= self.as_of and self.knew(fact)


def ruling_seen(proposal: models.Model, past: Past | None) -> Any | None:
    """对一件申请的批复，现在的或当时的；没有批的、那时还没有批的为空。"""
    ruling: Fact | None = getattr(proposal, "ruling", None)
    return None if ruling is not None and past is not None and not past.saw(ruling) else ruling


class FactQuerySet(models.QuerySet[Any]):
    """事实的两条时间轴：``on`` 事情何日起成立，``recorded_at`` 何时录入。"""

    def known(self, *, as_of: date, known_at: datetime) -> Self:
        """截至 ``as_of`` 当日、按 ``known_at`` 时已录入的有效事实：被更正的与作废的不在内。"""
        standing = self.filter(on__lte=as_of, recorded_at__lte=known_at, voided=False)
        if not (chain := self.model.chain):
            return standing.filter(NotReplaced(self.model, by=known_at))
        newer = self.model._default_manager.filter(
            pk__gt=OuterRef("pk"), on__lte=as_of, recorded_at__lte=known_at,
            **{key: OuterRef(key) for key in chain},
        )  # fmt: skip
        return standing.filter(~Exists(newer))

    def live(self) -> Self:
        """此刻有效的事实，不论成立日。"""
        return self.filter(NotReplaced(self.model), voided=False)

    def seen(self, past: Past | None) -> Self:
        """看现在的取此刻有效的，看过去的取当时所知的。"""
        return self.live() if past is None else self.known(as_of=past.as_of, known_at=past.known_at)

    def by_then(self, past: Past | None) -> Self:
        """那时已成立、已录入的各行，后来被更正、被接续的也在内（走过的各步、各版纪要）；看现在的取全部。"""
        return self.all() if past is None else self.filter(on__lte=past.as_of, recorded_at__lte=past.known_at)

    def step_seen(self, past: Past | None, *chain: str) -> Self:
        """一步接一步办的事（``chain`` 为哪一件，不写的看后一步接着谁）走到了哪一步：后一步不是更正，看过去时取当时的末一步；作废了的不在内。"""
        if past is None:
            return self.live()
        # 不用窗口函数：其后再筛状态会先筛后排，把已销号的一件看成还停在前一步
        same = {key: OuterRef(key) for key in chain} or {"supersedes": OuterRef("pk")}
        newer = self.model._default_manager.by_then(past).filter(pk__gt=OuterRef("pk"), **same)
        return self.by_then(past).filter(~Exists(newer), voided=False)

    def unruled(self, past: Past | None = None) -> Self:
        """待批的申请，现在的或当时的（批复为 ``ruling``）。"""
        standing = self.seen(past)
        if past is None:
            return standing.filter(ruling=None)
        rulings = self.model._meta.get_field("ruling").related_model._default_manager.by_then(past)
        return standing.exclude(ruling__in=rulings)

    def tails(self) -> Self:
        """各条更正链的末一行，作废的也在内：再写同一件事要接在它后面。"""
        return self.filter(NotReplaced(self.model))

    def latest_per(self, *keys: str) -> Self:
        """每组键值取成立日最晚（同日取最后录入）的一行。"""
        rank = Window(
            RowNumber(),
            partition_by=[F(key) for key in keys],
            order_by=[F("on").desc(), F("recorded_at").desc(), F("pk").desc()],
        )
        return self.annotate(_rank=rank).filter(_rank=1)


class Fact(models.Model):
    """一条事实，从不覆盖：更正是另起一行并指向被更正的一行，作废是一行 ``voided`` 的更正。

    一次性的事（达成、停工）更正了就是从来如此；长期成立的事（清单条目、目标、计划）自新一行的成立日起才换，
    此前仍是旧的——这样的写明 ``chain``：哪几栏相同就是同一件。
    """

    chain: ClassVar[tuple[str, ...]] = ()

    on = models.DateField("成立日", db_index=True)
    recorded_at = models.DateTimeField("录入时刻", default=timezone.now)
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+", verbose_name="由哪次办理录入")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    voided = models.BooleanField("作废", default=False)

    class Meta:
        abstract = True


APPEND_ONLY_MESSAGE = "append-only: 事实只增不改，请另起一行更正"


def append_only_sql(table: str, vendor: str) -> Sequence[tuple[str, str]]:
    """为一张表生成拒绝 UPDATE/DELETE 的触发器（建, 撤），按数据库种类。"""
    if vendor == "sqlite":
        return [
            (
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY_MESSAGE}'); END",
                f"DROP TRIGGER IF EXISTS {table}_no_{verb}",
            )
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION kaopu_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY_MESSAGE}'; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kaopu_append_only()"
    )
    return [(function, "SELECT 1"), (trigger, f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")]


def make_append_only(*tables: str) -> Any:
    """迁移操作：让若干表只增不改。"""
    from django.db import migrations

    def create(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            for statement, _ in append_only_sql(table, schema_editor.connection.vendor):
                schema_editor.execute(statement)

    def drop(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            for _, statement in append_only_sql(table, schema_editor.connection.vendor):
                schema_editor.execute(statement)

    return migrations.RunPython(create, drop)


def lift_append_only(*tables: str) -> Any:
    """迁移操作：改表之前先撤触发器；改完须再 ``make_append_only``。SQLite 改表是重建，触发器本就留不住。"""
    from django.db import migrations

    kept = make_append_only(*tables)
    return migrations.RunPython(kept.reverse_code, kept.code)
