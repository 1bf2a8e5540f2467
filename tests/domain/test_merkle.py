"""封存树：RFC 6962 的公布值、另一种算法的对照、0 至 64 叶逐一核对。"""

from __future__ import annotations

import hashlib

import pytest

from kaopu.documents.verify_pack import consistent, includes
from kaopu.domain.merkle import (
    CompactTree,
    ProvingTree,
    TreeHasher,
    split_point,
)

SHA256 = TreeHasher()
# 证书透明度参考实现公布的八片叶子与前 1 至 8 叶的树根
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(65)


def leaf(number: int) -> bytes:
    return SHA256.leaf(b"entry %d" % number)


LEAVES = [leaf(number) for number in SIZES]


def textbook_root(leaves: list[bytes]) -> bytes:
    """照 RFC 6962 §2.1 的文字逐句写的递归定义，与被测的紧凑形互不相干。"""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**power for power in range(12) if 2**power < len(leaves))
    return hashlib.sha256(b"\x01" + textbook_root(leaves[:split]) + textbook_root(leaves[split:])).digest()


def test_the_roots_are_those_the_reference_implementation_publishes() -> None:
    hashes = [SHA256.leaf(data) for data in REFERENCE_LEAVES]

    roots = [ProvingTree(hashes[:size]).root().hex() for size in range(1, 9)]
    assert roots == REFERENCE_ROOTS
    assert ProvingTree([]).root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_compact_form_agrees_with_the_textbook_at_every_size() -> None:
    tree = CompactTree()
    for size in SIZES:
        assert (tree.size, tree.root()) == (size, textbook_root(LEAVES[:size]))
        assert len(tree.peaks) == size.bit_count()
        tree = tree.append(leaf(size))


@pytest.mark.parametrize(("size", "expected"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)])
def test_the_left_subtree_is_the_largest_power_of_two_below(size: int, expected: int) -> None:
    assert split_point(size) == expected


def test_every_leaf_of_every_tree_is_proved_and_nothing_else_is() -> None:
    for size in SIZES[1:]:
        leaves, root = LEAVES[:size], textbook_root(LEAVES[:size])
        for index in range(size):
            proof = ProvingTree(leaves).inclusion(index)
            assert includes(leaves[index], index=index, size=size, proof=proof, root=root)
            assert not includes(leaf(99), index=index, size=size, proof=proof, root=root)
            wrong = (index + 1) % size
            assert size == 1 or not includes(leaves[index], index=wrong, size=size, proof=proof, root=root)
            assert not includes(leaves[index], index=index, size=size, proof=[*proof, root], root=root)
            assert not proof or not includes(
                leaves[index], index=index, size=size, proof=proof[:-1], root=root
            )


def test_every_older_tree_is_proved_a_prefix_and_a_changed_one_is_not() -> None:
    for second in SIZES[1:]:
        leaves, new = LEAVES[:second], textbook_root(LEAVES[:second])
        for first in range(1, second + 1):
            proof = ProvingTree(leaves).consistency(first)
            sizes = {"first": first, "second": second, "second_root": new, "proof": proof}
            assert consistent(first_root=textbook_root(LEAVES[:first]), **sizes)
            changed = textbook_root([*LEAVES[: first - 1], leaf(99)])
            assert not consistent(first_root=changed, **sizes)
            assert not consistent(
                first_root=textbook_root(LEAVES[:first]), **{**sizes, "second_root": leaf(99)}
            )


def test_a_proof_of_the_wrong_length_proves_nothing() -> None:
    root = {size: textbook_root(LEAVES[:size]) for size in (3, 7)}
    proof = ProvingTree(LEAVES[:7]).consistency(3)
    sizes = {"first": 3, "first_root": root[3], "second": 7, "second_root": root[7]}

    assert [consistent(proof=wrong, **sizes) for wrong in ([], proof[:-1], [*proof, leaf(0)])] == [False] * 3
    assert not consistent(first=0, first_root=root[3], second=7, second_root=root[7], proof=proof)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_proof(index: int) -> None:
    with pytest.raises(IndexError, match="只有 3 叶"):
        ProvingTree(LEAVES[:3]).inclusion(index)
    assert not includes(leaf(0), index=index, size=3, proof=[], root=leaf(0))


@pytest.mark.parametrize("first", [0, 4])
def test_a_tree_that_never_was_has_no_consistency_proof(first: int) -> None:
    with pytest.raises(IndexError, match="1 至 3 叶"):
        ProvingTree(LEAVES[:3]).consistency(first)


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="本机的 OpenSSL 没有 SM3")
def test_sm3_is_the_national_digest_and_gives_another_tree() -> None:
    sm3 = TreeHasher(algorithm="sm3")

    # GB/T 32905-2016 附录 A.1：对 “abc” 的摘要
    assert sm3.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert ProvingTree([sm3.leaf(b"a"), sm3.leaf(b"b")], sm3).root() == sm3.node(
        sm3.leaf(b"a"), sm3.leaf(b"b")
    )
    assert ProvingTree([sm3.leaf(b"a")], sm3).root() != ProvingTree([SHA256.leaf(b"a")]).root()
