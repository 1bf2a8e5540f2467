"""核对留痕：从第一次办理起逐叶复算，与封存时、与库外抄存的树头相比，点出对不上的每一处。"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from kaopu.audit import outside
from kaopu.audit.leaves import (
    RowDigest,
    digests_by_operation,
    form_digest,
    leaf_hash,
    sealed_rows,
    traced_models,
)
from kaopu.audit.models import Operation, SealedLeaf, SealForm, TreeHead
from kaopu.audit.outside import OutsideHead, OutsideHeadsUnreadable
from kaopu.audit.queries import horizon, latest_head, unsealed
from kaopu.domain.merkle import CompactTree, TreeHasher

BATCH = 2000
SLACK = timedelta(hours=1)  # 一次办理从起到落库，至多这么久；早过它的算倒填


@dataclass(frozen=True, kw_only=True)
class Break:
    """一处对不上：第几叶（不在树上的排最后）与一句话。"""

    index: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """核对的结论：核了几叶、最新树头、对不上的各处（从早到晚）、尚未封存的办理数。"""

    leaves: int
    head: TreeHead | None
    breaks: tuple[Break, ...]
    waiting: int

    @property
    def ok(self) -> bool:
        """是否处处相符。"""
        return not self.breaks


@dataclass(kw_only=True)
class _Walk:
    """走树时的状态。"""

    tree: CompactTree
    heads: dict[int, list[tuple[str, str]]]  # 叶数 → 应有的（树根, 出处）
    own: list[TreeHead]  # 库里的树头，从小到大
    cluster: str  # 本库的编号；SQLite 为空
    copies: list[OutsideHead] = field(default_factory=list)  # 库外抄存的树头
    breaks: list[Break] = field(default_factory=list)
    matched: int = 0  # 最近一个相符的树头有几叶
    gap: bool = False

    def head_before(self, index: int) -> TreeHead | None:
        """第 ``index`` 叶封存之前已有的最大的树头。"""
        place = bisect_right(self.own, index, key=lambda head: head.size)
        return self.own[place - 1] if place else None

    def found(self, index: float, sentence: str) -> None:
        self.breaks.append(Break(index=index, sentence=sentence))


NOT_IN_THE_TREE = float("inf")
PRINTED, PRINTED_DIGITS = "公文上印的树头", 8


def verify(*, printed: Sequence[tuple[int, str]] = ()) -> Verification:
    """核对全部留痕；``printed`` 是印在公文上的树头（叶数, 树根的开头若干位）。"""
    own = list(TreeHead.objects.order_by("size"))
    hasher = TreeHasher(algorithm=own[0].algorithm) if own else TreeHasher()
    walk = _Walk(tree=CompactTree(hasher=hasher), heads={}, own=own, cluster=horizon().cluster)
    _gather_heads(walk, printed)
    for leaves in _batches():
        _walk_leaves(walk, leaves)
    _check_missing_heads(walk)
    waiting = _check_strangers(walk)
    ordered = tuple(sorted(walk.breaks, key=lambda item: item.index))
    return Verification(leaves=walk.tree.size, head=own[-1] if own else None, breaks=ordered, waiting=waiting)


def _gather_heads(walk: _Walk, printed: Sequence[tuple[int, str]]) -> None:
    for head in walk.own:
        walk.heads.setdefault(head.size, []).append((head.root, f"库里 {_minute(head.at)} 的树头"))
    try:
        walk.copies.extend(outside.all_heads())
    except OutsideHeadsUnreadable as error:
        walk.found(NOT_IN_THE_TREE, str(error))
    for copy in walk.copies:
        walk.heads.setdefault(copy.size, []).append((copy.root, f"库外抄存的树头（{copy.where}）"))
    for size, root in printed:
        walk.heads.setdefault(size, []).append((root, PRINTED))


def _batches() -> Iterator[list[SealedLeaf]]:
    start = 0
    while leaves := list(
        SealedLeaf.objects.filter(leaf_index__gte=start).order_by("leaf_index").select_related("form")[:BATCH]
    ):
        yield leaves
        start = leaves[-1].leaf_index + 1


def _walk_leaves(walk: _Walk, leaves: list[SealedLeaf]) -> None:
    numbers = [leaf.operation_number for leaf in leaves]
    span = Operation.objects.filter(pk__range=(min(numbers), max(numbers)))
    operations = {operation.pk: operation for operation in span}
    now: dict[int, dict[int, list[RowDigest]]] = {}
    for form in {leaf.form for leaf in leaves}:
        now[form.pk] = digests_by_operation(numbers, form.columns, walk.tree.hasher)
        if form_digest(form.columns) != form.digest:
            walk.found(leaves[0].leaf_index, f"封存格式 {form} 已被改动。")
        _check_newer_tables(walk, leaves, form)
    for leaf in leaves:
        operation = operations.get(leaf.operation_number)
        _check_order(walk, leaf)
        _check_leaf(walk, leaf, operation, now[leaf.form_id].get(leaf.operation_number, []))
        if operation is not None:
            _check_time(walk, leaf, operation)
        # 以叶里封存的各行重算，不信存着的叶摘要
        walk.tree = walk.tree.append(bytes.fromhex(leaf_hash(leaf.form.digest, leaf.rows, walk.tree.hasher)))
        _check_heads(walk)


def _check_order(walk: _Walk, leaf: SealedLeaf) -> None:
    if leaf.leaf_index != walk.tree.size and not walk.gap:
        walk.gap = True
        walk.found(walk.tree.size, f"封存树缺了第 {walk.tree.size + 1} 叶，其后的叶都对不上树头。")


def _check_leaf(walk: _Walk, leaf: SealedLeaf, operation: Operation | None, now: Sequence[RowDigest]) -> None:
    who = _named(operation, leaf.operation_number)
    if leaf.leaf_hash != leaf_hash(leaf.form.digest, leaf.rows, walk.tree.hasher):
        walk.found(leaf.leaf_index, f"{who}的封存记录本身被改过：叶摘要与所存各行不符。")
    for sentence in _differences(sealed_rows(leaf), now):
        walk.found(leaf.leaf_index, f"{who}：{sentence}")


def _differences(sealed: Iterable[RowDigest], now: Iterable[RowDigest]) -> Iterator[str]:
    """封存时的各行与现在的各行，逐行相比。"""
    before = {(row.table, row.key): row.digest for row in sealed}
    after = {(row.table, row.key): row.digest for row in now}
    for (table, key), digest in before.items():
        place = f"表 {table} 第 {key} 行"
        if (table, key) not in after:
            yield f"{place}已被删除。"
        elif after[table, key] != digest:
            yield f"{place}的内容在封存之后被改动。"
    for table, key in after.keys() - before.keys():
        yield f"表 {table} 第 {key} 行是封存之后添上的。"


def _check_newer_tables(walk: _Walk, leaves: list[SealedLeaf], form: SealForm) -> None:
    """封存之后才有的表里，不该有行记在早已封存的办理名下。"""
    numbers = {leaf.operation_number: leaf for leaf in leaves if leaf.form_id == form.pk}
    for table, model in traced_models().items():
        if table in form.columns:
            continue
        late = model._base_manager.filter(operation_id__in=numbers).order_by("pk")
        for key, number in late.values_list("pk", "operation_id"):
            walk.found(
                numbers[number].leaf_index, f"表 {table} 第 {key} 行是封存之后添到第 {number} 次办理名下的。"
            )


def _check_time(walk: _Walk, leaf: SealedLeaf, operation: Operation) -> None:
    """倒填（所记时刻早于已有的树头）与事后插入（所记事务号早已定案）。"""
    head = walk.head_before(leaf.leaf_index)
    if head is None:
        return
    if operation.at < head.at - SLACK:
        walk.found(leaf.leaf_index, _backdated(operation, head))
    elif walk.cluster and walk.cluster == head.cluster and operation.xid < head.horizon:
        walk.found(leaf.leaf_index, _inserted(operation))


def _backdated(operation: Operation, head: TreeHead) -> str:
    return (
        f"{_named(operation, operation.pk)}是倒填的：所记时刻早于 {_minute(head.at)} 的树头，却不在那棵树上。"
    )


def _inserted(operation: Operation) -> str:
    return f"{_named(operation, operation.pk)}是事后插入的：按编号它该在已封存的部分里，却不在树上。"


def _check_heads(walk: _Walk) -> None:
    size, root = walk.tree.size, walk.tree.root().hex()
    wanted = walk.heads.pop(size, [])
    wrong = [source for expected, source in wanted if not _same_root(root, expected, source)]
    if any(head.size == size and head.peaks != [peak.hex() for peak in walk.tree.peaks] for head in walk.own):
        wrong.append("库里树头所存的子树根")
    for source in wrong:
        walk.found(
            size - 1,
            f"{source}（{size} 叶）与复算的树根不符：第 {walk.matched + 1} 至 {size} 叶之间有改动，或这个树头被换过。",
        )
    if wanted and not wrong:
        walk.matched = size


def _same_root(root: str, expected: str, source: str) -> bool:
    """公文上只印开头若干位，其余须全等。"""
    if source == PRINTED:
        return len(expected) >= PRINTED_DIGITS and root.startswith(expected)
    return root == expected


def _check_missing_heads(walk: _Walk) -> None:
    for size, wanted in sorted(walk.heads.items()):
        for _, source in wanted:
            walk.found(size, f"{source}有 {size} 叶，库里的封存树只有 {walk.tree.size} 叶：树被截短了。")
    newest = latest_head()  # 重取：核对的同时可能又封存了一次
    if walk.tree.size > (newest.size if newest else 0):
        walk.found(walk.tree.size, f"封存树有 {walk.tree.size} 叶，却没有这么多叶的树头：树头被删过。")
    own = {head.size for head in walk.own}
    for size in sorted({copy.size for copy in walk.copies if copy.size <= walk.tree.size} - own):
        walk.found(size, f"库外抄存过 {size} 叶的树头，库里没有：库里的树头被删过。")


def _check_strangers(walk: _Walk) -> int:
    """不在树上的办理：封存之后新办的只是在等，插进来的要点名。返回在等的个数。"""
    last = latest_head()
    waiting = 0
    for operation in unsealed().order_by("pk"):
        if last is None:
            waiting += 1
        elif _belongs_before(walk, operation, last):
            walk.found(NOT_IN_THE_TREE, _inserted(operation))
        elif operation.at < last.at - SLACK:
            walk.found(NOT_IN_THE_TREE, _backdated(operation, last))
        else:
            waiting += 1
    return waiting


def _belongs_before(walk: _Walk, operation: Operation, last: TreeHead) -> bool:
    if walk.cluster:
        return last.cluster == walk.cluster and operation.xid < last.horizon
    newest = SealedLeaf.objects.aggregate(newest=Max("operation_number"))["newest"] or 0
    return operation.pk < newest


def _named(operation: Operation | None, number: int) -> str:
    if operation is None:
        return f"第 {number} 次办理"
    return f"第 {number} 次办理（{_minute(operation.at)}，{operation.actor}，{operation.verb}）"


def _minute(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
