"""留痕的写入：每个业务动作恰好调用一次 ``record``，与业务行同一事务；封存另行，不在业务事务里。

封存是把还没有封存的办理按序追加到封存树上，并把新的树头抄到库外（TRUST §1 规则 5）。
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from django.conf import settings
from django.db import OperationalError, connection, models, transaction

from kaopu.audit import outside
from kaopu.audit.leaves import current_form, digests_by_operation, form_digest, leaf_hash
from kaopu.audit.models import IdempotentAnswer, Operation, SealedLeaf, SealForm, TreeHead
from kaopu.audit.origin import current_origin
from kaopu.audit.queries import horizon, latest_head, unsealed
from kaopu.audit.remembering import forget_state
from kaopu.domain.merkle import CompactTree, TreeHasher

BATCH = 2000
SEALER_LOCK = 0x6B616F7075  # 同一时刻只许一个封存者（PostgreSQL 的咨询锁）

ATTEMPTS = 3
BUSY = "另有人正在导入大文件或成批写入，这一步没有办成，也没有写入任何内容。请过半分钟再办一次。"
_WORTH_REPEATING = frozenset({"40001", "40P01"})  # 序列化失败、死锁：对方已办完，重办即可
Done = TypeVar("Done")


class Actor(Protocol):
    """办理人：账号表在上一层，这里只认它的编号与账号名。"""

    @property
    def pk(self) -> int: ...
    def get_username(self) -> str: ...


class BodyChanged(Exception):
    """同一把幂等钥匙带来了不同的内容。"""


def record(
    *,
    by: Actor,
    verb: str,
    target: models.Model | None = None,
    source: str = "page",
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    **detail: object,
) -> Operation:
    """记一次办理并返回它；调用者须已在事务中。``before``、``after`` 为办理前后的内容，其余归 ``detail``。"""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("留痕必须与业务写入同一事务。")
    forget_state()
    origin = current_origin()
    return Operation.objects.create(
        request_id=origin.request_id,
        address=origin.address,
        actor=by.get_username(),
        actor_id=by.pk,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        source=source,
        reason=reason,
        before=plain(before),
        after=plain(after),
        detail={name: plain(value) for name, value in detail.items()},
    )


def is_busy(error: BaseException | None) -> bool:
    """是不是等写锁等过了时限：SQLite 同一时刻只有一个人写，有人在导入上万行时别人要等。"""
    return isinstance(error, OperationalError) and "database is locked" in str(error)


def settled(act: Callable[[], Done], *, again: tuple[type[Exception], ...] = ()) -> Done:
    """在一个事务里办完 ``act``；PostgreSQL 报序列化失败或死锁时整个重办，至多三次（TRUST §1 规则 4）。

    ``again`` 是另外也值得重办的：引擎与人抢着接同一步，重读再走就是了。
    只用在最外层：已在事务之中时重办不了，照办一次。
    """
    nested = transaction.get_connection().in_atomic_block
    caught: tuple[type[Exception], ...] = (OperationalError, *again)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return act()
        except caught as error:
            state = getattr(error.__cause__, "sqlstate", None)
            worth = state in _WORTH_REPEATING or isinstance(error, again)
            if nested or attempt == ATTEMPTS or not worth:
                raise
    raise AssertionError("不会走到这里：最后一次要么办成，要么抛出。")


def remember_answer(*, user_id: int, route: str, key: str, body_digest: str, location: str) -> None:
    """记下一次幂等办理的答复，与办理同一事务。"""
    IdempotentAnswer.objects.create(
        user_id=user_id, route=route, key=key, body_digest=body_digest, location=location
    )


def remembered_answer(*, user_id: int, route: str, key: str, body_digest: str) -> IdempotentAnswer | None:
    """找同一钥匙的答复；内容不同则抛出 ``BodyChanged``。"""
    answer = IdempotentAnswer.objects.filter(user_id=user_id, route=route, key=key).first()
    if answer is not None and answer.body_digest != body_digest:
        raise BodyChanged("这张表单已经提交过，且内容与上次不同。请刷新页面后重新填写。")
    return answer


def plain(value: object) -> object:
    """写进 JSON 栏的样子：日期、时刻、小数写成文字。"""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


class SealRefused(Exception):
    """不能接着封存，理由与办法见信息。"""


def seal() -> TreeHead | None:
    """封存至此刻，返回最新的树头；一次办理也没有时为 ``None``。不可在别的事务里调用。"""
    with transaction.atomic(durable=True):
        _become_the_only_sealer()
        head = _extend()
    # 树头先在库里落定再抄到库外；抄的时候仍占着封存者的锁，两个封存者不会把行写到一起
    with transaction.atomic(durable=True):
        _become_the_only_sealer()
        outside.publish(TreeHead.objects.filter(size__gt=outside.smallest()).order_by("size"))
    return head


def _extend() -> TreeHead | None:
    last = latest_head()
    _refuse_conflict(last)
    decided = horizon()
    pending = unsealed().order_by("pk")
    if connection.vendor == "postgresql":
        pending = pending.filter(xid__lt=decided.number)
    numbers = list(pending.values_list("pk", flat=True))
    if not numbers:
        return last
    tree = _tree_of(last)
    form = _form()
    for start in range(0, len(numbers), BATCH):
        leaves = list(_leaves(numbers[start : start + BATCH], form, tree))
        SealedLeaf.objects.bulk_create(leaves)
        for leaf in leaves:
            tree = tree.append(bytes.fromhex(leaf.leaf_hash))
    return TreeHead.objects.create(
        size=tree.size,
        root=tree.root().hex(),
        algorithm=tree.hasher.algorithm,
        peaks=[peak.hex() for peak in tree.peaks],
        horizon=decided.number,
        cluster=decided.cluster,
    )


def _become_the_only_sealer() -> None:
    """SQLite 的写事务本就互斥；PostgreSQL 上两个封存者会抢同一叶序。"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])


def _refuse_conflict(last: TreeHead | None) -> None:
    size = last.size if last else 0
    for path in outside.places():
        kept = outside.last_head(path)
        if kept is None:
            continue
        head = TreeHead.objects.filter(size=kept.size).first()
        if kept.size > size or head is None or head.root != kept.root:
            raise SealRefused(
                f"{kept.where}抄存的树头（{kept.size} 叶）与库里的对不上，不再往下封存。请先运行 kaopu audit verify；"
                "若数据库刚从备份恢复，请把这份抄件改名留存，写明缘由，再封存。"
            )


def _tree_of(last: TreeHead | None) -> CompactTree:
    if last is None:
        return CompactTree(hasher=TreeHasher(algorithm=settings.SEAL_ALGORITHM))
    if last.algorithm != settings.SEAL_ALGORITHM:
        raise SealRefused(
            f"已有的封存树用的是 {last.algorithm}，不能中途改用 {settings.SEAL_ALGORITHM}。"
            f"请把 KAOPU_SEAL_ALGORITHM 改回 {last.algorithm}。"
        )
    return CompactTree(
        hasher=TreeHasher(algorithm=last.algorithm),
        size=last.size,
        peaks=tuple(bytes.fromhex(peak) for peak in last.peaks),
    )


def _form() -> SealForm:
    columns = current_form()
    form, _ = SealForm.objects.get_or_create(digest=form_digest(columns), defaults={"columns": columns})
    return form


def _leaves(numbers: Sequence[int], form: SealForm, tree: CompactTree) -> Iterator[SealedLeaf]:
    found = digests_by_operation(numbers, form.columns, tree.hasher)
    for index, number in enumerate(numbers, start=tree.size):
        rows = found[number]
        yield SealedLeaf(
            leaf_index=index,
            operation_number=number,
            form=form,
            rows=[list(row) for row in rows],
            leaf_hash=leaf_hash(form.digest, rows, tree.hasher),
        )
