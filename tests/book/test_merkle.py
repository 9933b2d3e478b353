from __future__ import annotations

import json
from base64 import b64decode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book import merkle
from muster.book.merkle import Lookup, Tree

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "vectors" / "merkle.jsonl").read_text(encoding="utf-8").splitlines()
]
MOST = 70
LEAVES = [merkle.leaf_hash(f"leaf {at}".encode()) for at in range(MOST)]


@cache
def root_by_definition(start: int, end: int) -> bytes:
    """Return MTH of RFC 6962, section 2.1, as it stands there."""
    if end == start:
        return sha256(b"").digest()
    if end - start == 1:
        return LEAVES[start]
    k = 1
    while k * 2 < end - start:
        k *= 2
    return sha256(b"\x01" + root_by_definition(start, start + k) + root_by_definition(start + k, end)).digest()


def kept(nodes: list[merkle.Node]) -> Lookup:
    """Return the look-up of nodes that were kept."""
    table = {(level, index): value for level, index, value in nodes}
    return lambda level, index: table[level, index]


NODE = kept(merkle.append(Tree(), LEAVES)[1])

subtrees = [(a, b) for a in range(MOST + 1) for b in range(MOST + 1) if merkle.is_subtree(a, b)]


def verified(vector: dict[str, Any]) -> bool:
    """Return what the verifier says of a published vector."""
    proof = [b64decode(each) for each in vector["proof"] or []]
    whole = not vector["kind"].startswith("subtree")
    if "leafIdx" in vector:
        leaf, root, index = b64decode(vector["leafHash"]), b64decode(vector["root"]), vector["leafIdx"]
        if whole:
            return merkle.verify_inclusion(leaf, index=index, size=vector["treeSize"], root=root, proof=proof)
        return merkle.verify_subtree_inclusion(
            leaf, index=index, start=vector["start"], end=vector["end"], root=root, proof=proof
        )
    earlier, root = b64decode(vector["root1"]), b64decode(vector["root2"])
    if whole:
        return merkle.verify_consistency(
            old=vector["size1"], size=vector["size2"], old_root=earlier, root=root, proof=proof
        )
    return merkle.verify_subtree_consistency(
        start=vector["start"], end=vector["end"], size=vector["size"], subtree=earlier, root=root, proof=proof
    )


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{each['kind']}/{each['name']}" for each in VECTORS])
def test_verify_given_a_published_vector_then_as_published(vector: dict[str, Any]) -> None:
    assert verified(vector) is not vector["wantErr"]


def test_published_vectors_then_all_are_here() -> None:
    kinds = [each["kind"] for each in VECTORS]
    counted = {
        kind: (kinds.count(kind), sum(not each["wantErr"] for each in VECTORS if each["kind"] == kind))
        for kind in kinds
    }
    assert counted == {
        "inclusion": (98, 6),
        "consistency": (98, 6),
        "subtreeinclusion": (204, 12),
        "subtreeconsistency": (118, 12),
    }


def test_leaf_hash_given_the_published_ones_then_the_same() -> None:
    """The roots of nothing and of one empty leaf stand in the tests of every implementation of RFC 6962."""
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.leaf_hashes([b"", b"L123456"])[1].hex() == (
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert merkle.node_hash(b"N123", b"N456").hex() == (
        "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@given(st.lists(st.integers(0, 20), max_size=8))
def test_law_append_in_any_parts_then_the_nodes_and_roots_of_the_definition(parts: list[int]) -> None:
    tree, nodes = Tree(), []
    for part in parts:
        more = LEAVES[tree.size : tree.size + part]
        tree, new = merkle.append(tree, more)
        nodes += new
        assert tree.root() == root_by_definition(0, tree.size)
    assert tree.size == min(sum(parts), MOST)
    places = [(level, index) for level, index, _ in nodes]
    assert sorted(places) == [(level, index) for level in range(8) for index in range(tree.size >> level)]
    assert all(value == root_by_definition(i << level, (i + 1) << level) for level, i, value in nodes)


@pytest.mark.parametrize("size", range(MOST + 1))
def test_tree_at_given_any_size_then_it_goes_on_as_if_it_had_never_stopped(size: int) -> None:
    reopened = merkle.tree_at(size, NODE)
    assert reopened.root() == root_by_definition(0, size)
    assert merkle.append(reopened, LEAVES[size:])[0] == merkle.append(Tree(), LEAVES)[0]


@given(st.data())
def test_law_inclusion_proofs_hold_and_no_other_does(data: st.DataObject) -> None:
    start, end = data.draw(st.sampled_from(subtrees))
    index = data.draw(st.integers(start, end - 1))
    proof = merkle.subtree_inclusion_proof(index, start=start, end=end, node=NODE)
    root = root_by_definition(start, end)

    def holds(leaf: bytes, at: int, shown: list[bytes], until: int = end) -> bool:
        return merkle.verify_subtree_inclusion(leaf, index=at, start=start, end=until, root=root, proof=shown)

    assert holds(LEAVES[index], index, proof)
    if start == 0:
        assert merkle.inclusion_proof(index, end, NODE) == proof
        assert merkle.verify_inclusion(LEAVES[index], index=index, size=end, root=root, proof=proof)
    other = data.draw(st.integers(start - 1, end).filter(lambda at: at != index))
    assert not holds(LEAVES[index], other, proof)
    assert not holds(merkle.leaf_hash(b"something else"), index, proof)
    assert not holds(LEAVES[index], index, [*proof, LEAVES[0]])
    assert not holds(LEAVES[index], index, proof, until=start)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not holds(LEAVES[index], index, proof[:at] + proof[at + 1 :])
        assert not holds(LEAVES[index], index, [*proof[:at], LEAVES[-1], *proof[at + 1 :]])
        assert not holds(LEAVES[index], index, [*proof[:at], proof[at][:-1], *proof[at + 1 :]])


@pytest.mark.parametrize(("start", "end"), subtrees)
def test_consistency_proof_of_a_subtree_in_every_larger_tree_then_it_holds_and_no_other(start: int, end: int) -> None:
    subtree = root_by_definition(start, end)
    for size in range(end, MOST + 1):
        root = root_by_definition(0, size)
        proof = merkle.subtree_consistency_proof(start=start, end=end, size=size, node=NODE)

        def holds(subtree: bytes, root: bytes, proof: list[bytes], size: int = size) -> bool:
            return merkle.verify_subtree_consistency(
                start=start, end=end, size=size, subtree=subtree, root=root, proof=proof
            )

        assert holds(subtree, root, proof)
        if start == 0:
            assert merkle.consistency_proof(end, size, NODE) == proof
            assert merkle.verify_consistency(old=end, size=size, old_root=subtree, root=root, proof=proof)
        forged = merkle.leaf_hash(b"something else")
        assert not holds(forged, root, proof)
        assert not holds(subtree, forged, proof)
        assert not holds(subtree, root, [*proof, forged])
        assert not holds(subtree, root, proof, size=end - 1)
        assert not any(holds(subtree, root, [*proof[:at], forged, *proof[at + 1 :]]) for at in range(len(proof)))
        assert not any(holds(subtree, root, proof[:at]) for at in range(len(proof)))


def test_proofs_of_a_large_tree_then_few_nodes_are_asked_for() -> None:
    size = 2_000_003
    for index in (0, 1, 999_999, size - 2, size - 1):
        asked = [node for part in merkle.inclusion_ranges(index, end=size) for node in merkle.subtree_nodes(*part)]
        assert len(asked) == len(set(asked)) <= 30
        asked = [
            node for part in merkle.consistency_ranges(index + 1, size=size) for node in merkle.subtree_nodes(*part)
        ]
        assert len(asked) == len(set(asked)) <= 50


@pytest.mark.parametrize(("start", "end"), [(1, 3), (2, 6), (3, 3), (5, 4), (-8, -4), (3, 2**63 + 5)])
def test_is_subtree_given_leaves_that_never_stand_under_one_node_then_no(start: int, end: int) -> None:
    assert not merkle.is_subtree(start, end)
