"""封存的证明：若干次办理确在封存树上、旧树头是现在这棵树的前缀（RFC 6962 §2.1），写成核验包里的样子。"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from kaopu.audit.actions import SealRefused
from kaopu.audit.models import SealedLeaf, TreeHead
from kaopu.audit.queries import latest_head
from kaopu.domain.merkle import ProvingTree, TreeHasher

_AT_ONCE = 400
_NAMED = 3


def sealed_proofs(numbers: Collection[int], *, printed: TreeHead | None = None) -> dict[str, Any]:
    """这些办理的叶与包含证明；给了 ``printed``（公文上印的树头）则另附它到现在树头的一致性证明。

    有一次办理还没有封存，或树与树头对不上，抛出 ``SealRefused``。
    """
    head = latest_head()
    leaves = sorted(_leaves(numbers), key=lambda leaf: leaf.leaf_index)
    if waiting := sorted(set(numbers) - {leaf.operation_number for leaf in leaves}):
        named = "、".join(f"第 {number} 次" for number in waiting[:_NAMED])
        raise SealRefused(
            f"有 {len(waiting)} 次办理（{named}）还没有封存，出不了证明。请过十分钟再试，或先运行 kaopu audit seal。"
        )
    if head is None:
        raise SealRefused("还没有封存过，出不了证明。请先运行 kaopu audit seal。")
    tree = _tree(head)
    return {
        "algorithm": head.algorithm,
        "head": _stated(head),
        "printed": _stated(printed) if printed else None,
        "consistency": _hex(tree.consistency(printed.size)) if printed else [],
        "forms": {leaf.form.digest: leaf.form.columns for leaf in leaves},
        "leaves": [
            {
                "operation": leaf.operation_number,
                "index": leaf.leaf_index,
                "form": leaf.form.digest,
                "rows": leaf.rows,
                "proof": _hex(tree.inclusion(leaf.leaf_index)),
            }
            for leaf in leaves
        ],
    }


def _leaves(numbers: Collection[int]) -> Iterator[SealedLeaf]:
    wanted = sorted(numbers)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        yield from SealedLeaf.objects.filter(operation_number__in=some).select_related("form")


def _tree(head: TreeHead) -> ProvingTree:
    sealed = SealedLeaf.objects.filter(leaf_index__lt=head.size).order_by("leaf_index")
    hashes = [bytes.fromhex(text) for text in sealed.values_list("leaf_hash", flat=True)]
    tree = ProvingTree(hashes, TreeHasher(algorithm=head.algorithm))
    if len(hashes) != head.size or tree.root().hex() != head.root:
        raise SealRefused("封存树与树头对不上，出不了证明。请先运行 kaopu audit verify 查明。")
    return tree


def _stated(head: TreeHead) -> dict[str, Any]:
    return {"size": head.size, "root": head.root, "at": head.at.isoformat()}


def _hex(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]
