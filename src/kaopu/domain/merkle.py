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


def split_point(size: int) -> int:
    """小于 ``size`` 的最大的 2 的幂：左子树的叶数。"""
    return 1 << ((size - 1).bit_length() - 1)


class ProvingTree:
    """整棵树，用来出证明：每棵子树的根只算一次，要多少份证明都行。核验证明的一方在 ``documents.verify_pack``。"""

    def __init__(self, leaves: Sequence[bytes], hasher: TreeHasher = SHA256) -> None:
        self._leaves, self._hasher = leaves, hasher
        self._roots: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """树根（RFC 6962 §2.1 的 MTH）。"""
        return self._root(0, len(self._leaves)) if self._leaves else self._hasher.empty()

    def inclusion(self, index: int) -> list[bytes]:
        """包含证明：第 ``index`` 叶（从 0 起）到树根一路上的兄弟（RFC 6962 §2.1.1 的 PATH）。"""
        if not 0 <= index < len(self._leaves):
            raise IndexError(f"没有第 {index} 叶：这棵树只有 {len(self._leaves)} 叶。")
        proof: list[bytes] = []
        start, end = 0, len(self._leaves)
        while end - start > 1:
            middle = start + split_point(end - start)
            if index < middle:
                proof.append(self._root(middle, end))
                end = middle
            else:
                proof.append(self._root(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, first: int) -> list[bytes]:
        """一致性证明：前 ``first`` 叶的树是全树的前缀（RFC 6962 §2.1.2 的 PROOF）。"""
        if not 0 < first <= len(self._leaves):
            raise IndexError(f"旧树须有 1 至 {len(self._leaves)} 叶，不能是 {first} 叶。")
        proof: list[bytes] = []
        start, end = 0, len(self._leaves)
        while first != end:
            middle = start + split_point(end - start)
            if first <= middle:
                proof.append(self._root(middle, end))
                end = middle
            else:
                proof.append(self._root(start, middle))
                start = middle
        # 旧树恰是一棵从头起的子树时，核验的人手里已有它的根
        return [*([self._root(start, end)] if start else []), *proof[::-1]]

    def _root(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self._leaves[start]
        if (start, end) not in self._roots:
            middle = start + split_point(end - start)
            pair = self._root(start, middle), self._root(middle, end)
            self._roots[start, end] = self._hasher.node(*pair)
        return self._roots[start, end]
