"""封存树：RFC 6962 的默克尔树，留痕一行一叶（TRUST §1 规则 5）。

树头一经公布，此前的叶子改不得、删不得、插不得：根由全部叶子唯一决定。摘要缺省 SHA-256，可换国密 SM3。
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

LEAF, NODE = b"\x00", b"\x01"
ALGORITHMS = ("sha256", "sm3")


@dataclass(frozen=True, kw_only=True)
class TreeHasher:
    """一棵树所用的摘要：叶与节点各加一个前缀字节，叶子因此冒充不了节点（RFC 6962 §2.1）。"""

    algorithm: str = "sha256"

    def digest(self, data: bytes) -> bytes:
        """原样求摘要；系统没有这种算法时抛出 ``ValueError``。"""
        return hashlib.new(self.algorithm, data).digest()

    def leaf(self, data: bytes) -> bytes:
        """叶的摘要。"""
        return self.digest(LEAF + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        """节点的摘要。"""
        return self.digest(NODE + left + right)

    def empty(self) -> bytes:
        """空树的根。"""
        return self.digest(b"")


SHA256 = TreeHasher()


@dataclass(frozen=True, kw_only=True)
class CompactTree:
    """树的紧凑形：只留各棵满子树的根（从大到小），追加一叶与求根都只要对数步。"""

    hasher: TreeHasher = SHA256
    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf_hash: bytes) -> CompactTree:
        """追加一叶之后的树。"""
        peaks, merged, size = list(self.peaks), leaf_hash, self.size
        while size % 2:
            merged, size = self.hasher.node(peaks.pop(), merged), size // 2
        return CompactTree(hasher=self.hasher, size=self.size + 1, peaks=(*peaks, merged))

    def root(self) -> bytes:
        """树根：从最小的一棵起逐棵并到左边。"""
        if not self.peaks:
            return self.hasher.empty()
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = self.hasher.node(peak, root)
        return root


def root_of(leaves: Sequence[bytes], hasher: TreeHasher = SHA256) -> bytes:
    """若干叶摘要的树根（RFC 6962 §2.1 的 MTH）。"""
    tree = CompactTree(hasher=hasher)
    for leaf in leaves:
        tree = tree.append(leaf)
    return tree.root()


def split_point(size: int) -> int:
    """小于 ``size`` 的最大的 2 的幂：左子树的叶数。"""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, leaves: Sequence[bytes], hasher: TreeHasher = SHA256) -> list[bytes]:
    """包含证明：第 ``index`` 叶（从 0 起）到树根一路上的兄弟（RFC 6962 §2.1.1 的 PATH）。"""
    if not 0 <= index < len(leaves):
        raise IndexError(f"没有第 {index} 叶：这棵树只有 {len(leaves)} 叶。")
    if len(leaves) == 1:
        return []
    split = split_point(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(index, left, hasher), root_of(right, hasher)]
    return [*inclusion_proof(index - split, right, hasher), root_of(left, hasher)]


def includes(
    leaf_hash: bytes,
    *,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
    hasher: TreeHasher = SHA256,
) -> bool:
    """核验包含证明：``leaf_hash`` 确是 ``size`` 叶的树里第 ``index`` 叶。"""
    if not 0 <= index < size:
        return False
    current, node, last = leaf_hash, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if node % 2 or node == last:
            current = hasher.node(sibling, current)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            current = hasher.node(current, sibling)
        node, last = node // 2, last // 2
    return last == 0 and current == root


def consistency_proof(first: int, leaves: Sequence[bytes], hasher: TreeHasher = SHA256) -> list[bytes]:
    """一致性证明：前 ``first`` 叶的树是全树的前缀（RFC 6962 §2.1.2 的 PROOF）。"""
    if not 0 < first <= len(leaves):
        raise IndexError(f"旧树须有 1 至 {len(leaves)} 叶，不能是 {first} 叶。")
    return _subproof(first, leaves, hasher, whole=True)


def _subproof(first: int, leaves: Sequence[bytes], hasher: TreeHasher, *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root_of(leaves, hasher)]
    split = split_point(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if first <= split:
        return [*_subproof(first, left, hasher, whole=whole), root_of(right, hasher)]
    return [*_subproof(first - split, right, hasher, whole=False), root_of(left, hasher)]


def consistent(
    *,
    first: int,
    first_root: bytes,
    second: int,
    second_root: bytes,
    proof: Sequence[bytes],
    hasher: TreeHasher = SHA256,
) -> bool:
    """核验一致性证明：``second`` 叶的树由 ``first`` 叶的树只加不改而来。"""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node % 2:
        node, last = node // 2, last // 2
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            old, new = hasher.node(sibling, old), hasher.node(sibling, new)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            new = hasher.node(new, sibling)
        node, last = node // 2, last // 2
    return last == 0 and old == first_root and new == second_root
