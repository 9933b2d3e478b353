"""The Merkle tree of RFC 6962: growing it, its root at any size, and proofs that anybody can check without it.

A *node* of level l and index i is the hash over the complete 2^l leaves from i·2^l on; level 0 are the leaves. A node
never changes once it is there, so whoever keeps the nodes can prove everything about every size the tree ever had.
Reading goes through ``node(level, index) -> hash``, which may ask a dictionary, a table or a file; each proof needs
O(log n) of them, and the ``…_ranges`` functions say beforehand which, so that a store can fetch them at once.

Source: RFC 6962, section 2.1; RFC 9162, section 2.1 (verification); subtrees as in the draft of Merkle Tree
Certificates, draft-davidben-tls-merkle-tree-certs, section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from itertools import count, repeat

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

Node = tuple[int, int, bytes]
"""Level, index, hash."""
Lookup = Callable[[int, int], bytes]
"""``node(level, index)`` → the hash of a complete subtree."""
Range = tuple[int, int]
"""Leaves from the first number on, before the second."""


@dataclass(frozen=True)
class Tree:
    """What must be known of a tree to let it grow: a few hashes, however large it is.

    Attributes:
        size: Number of leaves.
        peaks: The nodes of the largest complete subtrees, from left to right: one per binary one of ``size``.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """Return the root hash."""
        return _joined(self.peaks) if self.peaks else EMPTY_ROOT


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds ``data``."""
    return sha256(b"\x00" + data).digest()


def leaf_hashes(rows: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of many leaves, in their order."""
    return [sha256(b"\x00" + data).digest() for data in rows]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def append(tree: Tree, leaves: Sequence[bytes]) -> tuple[Tree, list[Node]]:
    """Return the tree with more leaves, and every node that this completes.

    Args:
        tree: The tree so far.
        leaves: Hashes of the new leaves, in their order.
    Returns:
        The new tree, and its new nodes level by level, the leaves first: about two per leaf.
    Example:
        >>> tree, nodes = append(Tree(), leaf_hashes([b"a", b"b", b"c"]))
        >>> [(level, index) for level, index, _ in nodes]
        [(0, 0), (0, 1), (0, 2), (1, 0)]
    """
    new: list[Node] = []
    peaks: list[bytes] = []
    waiting, row, first, level = list(tree.peaks), list(leaves), tree.size, 0
    while row:
        new.extend(zip(repeat(level), count(first), row, strict=False))
        if first % 2:  # a peak of this level waits for its right neighbour
            row.insert(0, waiting.pop())
        if len(row) % 2:
            peaks.append(row.pop())
        pairs = iter(row)
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
        first, level = first // 2, level + 1
    return Tree(tree.size + len(leaves), (*waiting, *reversed(peaks))), new


def tree_at(size: int, node: Lookup) -> Tree:
    """Return the tree as it was, or is, at ``size`` leaves."""
    return Tree(size, tuple(node(level, index) for level, index in subtree_nodes(0, size)))


def subtree_nodes(start: int, end: int) -> list[tuple[int, int]]:
    """Return level and index of the nodes that a subtree's root is made of, from left to right."""
    nodes, at = [], start
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            nodes.append((level, at >> level))
            at += 1 << level
    return nodes


def subtree_root(start: int, end: int, node: Lookup) -> bytes:
    """Return the root over the leaves from ``start`` on, before ``end``."""
    return Tree(end - start, tuple(node(level, index) for level, index in subtree_nodes(start, end))).root()


def is_subtree(start: int, end: int) -> bool:
    """Return whether these leaves stand under one node once the tree is large enough."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def inclusion_ranges(index: int, *, start: int = 0, end: int) -> list[Range]:
    """Return the ranges whose roots prove that a leaf is in a (sub)tree, from the leaf upwards."""
    assert is_subtree(start, end) and start <= index < end
    ranges = []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(end: int, *, start: int = 0, size: int) -> list[Range]:
    """Return the ranges whose roots prove that a subtree (an earlier tree, if it starts at 0) is in a tree."""
    assert is_subtree(start, end) and end <= size
    ranges, left, right, known = [], 0, size, True
    while (left, right) != (start, end):
        middle = _middle(left, right)
        if end <= middle:
            ranges.append((middle, right))
            right = middle
        else:
            ranges.append((left, middle))
            left, start, known = middle, max(start, middle), known and start >= middle
    if not known:  # a part of the subtree, whose root its holder need not know
        ranges.append((left, right))
    return ranges[::-1]


def inclusion_proof(index: int, size: int, node: Lookup) -> list[bytes]:
    """Return the proof that leaf ``index`` (0 is the first) is in the tree of ``size`` leaves."""
    return subtree_inclusion_proof(index, start=0, end=size, node=node)


def subtree_inclusion_proof(index: int, *, start: int, end: int, node: Lookup) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the subtree from ``start`` on, before ``end``."""
    return [subtree_root(*part, node) for part in inclusion_ranges(index, start=start, end=end)]


def consistency_proof(old: int, size: int, node: Lookup) -> list[bytes]:
    """Return the proof that the tree of ``size`` leaves begins with the one of ``old`` > 0 leaves."""
    return subtree_consistency_proof(start=0, end=old, size=size, node=node)


def subtree_consistency_proof(*, start: int, end: int, size: int, node: Lookup) -> list[bytes]:
    """Return the proof that the tree of ``size`` leaves has this subtree at this place."""
    return [subtree_root(*part, node) for part in consistency_ranges(end, start=start, size=size)]


def verify_inclusion(leaf: bytes, *, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether ``proof`` shows that ``leaf`` (its hash) is number ``index`` of the tree with this root."""
    return verify_subtree_inclusion(leaf, index=index, start=0, end=size, root=root, proof=proof)


def verify_subtree_inclusion(
    leaf: bytes, *, index: int, start: int, end: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether ``proof`` shows that ``leaf`` is number ``index`` of the tree, in the subtree with this root."""
    if not (is_subtree(start, end) and start <= index < end and _are_hashes([leaf, *proof])):
        return False
    at, last, reached = index - start, end - start - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            reached = node_hash(beside, reached)
            while at % 2 == 0 and at:  # no right neighbour up here: it was carried up unhashed
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(*, old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether ``proof`` shows that the tree of ``size`` leaves begins with the tree of ``old`` leaves.

    Of an empty earlier tree nothing can be shown: False.
    """
    return old > 0 and verify_subtree_consistency(start=0, end=old, size=size, subtree=old_root, root=root, proof=proof)


def verify_subtree_consistency(
    *, start: int, end: int, size: int, subtree: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether ``proof`` shows that the tree with this root has the subtree with that root at its place.

    A subtree without leaves is part of every tree, if its root is that of nothing.
    """
    if 0 <= start == end <= size:
        return subtree == EMPTY_ROOT and not proof
    if not (is_subtree(start, end) and end <= size and _are_hashes(proof)):
        return False
    first, last, end_of_tree = start, end - 1, size - 1
    while first != last and (last % 2 or last == end_of_tree):  # up to the largest node that ends where it ends
        first, last, end_of_tree = first >> 1, last >> 1, end_of_tree >> 1
    path = iter(proof)
    within = whole = subtree if first == last else next(path, b"")
    for beside in path:
        if end_of_tree == 0:
            return False
        if last % 2 or last == end_of_tree:
            within = node_hash(beside, within) if first < last else within
            whole = node_hash(beside, whole)
            while last % 2 == 0 and last:
                first, last, end_of_tree = first >> 1, last >> 1, end_of_tree >> 1
        else:
            whole = node_hash(whole, beside)
        first, last, end_of_tree = first >> 1, last >> 1, end_of_tree >> 1
    return end_of_tree == 0 and within == subtree and whole == root


def _joined(peaks: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring complete subtrees, each smaller than the one to its left."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def _middle(start: int, end: int) -> int:
    """Return where the right child of a subtree begins."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
