"""RFC 6962 proofs, against published vectors, an independent implementation and mutilation."""

import hashlib
from collections.abc import Iterator, Sequence

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.ledger import tlog
from platewarden.ledger.tlog import Node, ProofError

# Leaves, roots and proofs that every Certificate Transparency implementation is tested against.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
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
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION = {
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CT_CONSISTENCY = {
    (1, 1): [],
    (1, 8): CT_INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


class Tree:
    """A tree kept in memory, as a reader of its own stored nodes."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.nodes: dict[Node, bytes] = {}
        frontier = tlog.Frontier()
        for leaf in leaves:
            self.nodes.update(frontier.append(tlog.leaf_hash(leaf)))
        self.frontier = frontier

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Look each of *nodes* up."""
        return [self.nodes[node] for node in nodes]


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word, as the slow oracle."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_by_definition(leaves[:k]) + root_by_definition(leaves[k:])).digest()


def holds(leaves: Sequence[bytes], index: int, leaf: bytes, proof: Sequence[bytes], size: int) -> bool:
    """Whether *proof* shows that *leaf* is number *index* of *leaves*."""
    try:
        tlog.check_inclusion(
            proof, index=index, size=size, leaf=tlog.leaf_hash(leaf), root=root_by_definition(leaves)
        )
    except ProofError:
        return False
    return True


def extends(proof: Sequence[bytes], old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Whether *proof* shows that *new* begins with *old*."""
    try:
        tlog.check_consistency(
            proof,
            old_size=len(old),
            new_size=len(new),
            old_root=root_by_definition(old),
            new_root=root_by_definition(new),
        )
    except ProofError:
        return False
    return True


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    """The root of no leaves is SHA-256 of no bytes, as RFC 6962 says and some implementations do not."""
    assert tlog.tree_root(Tree([]), 0).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert tlog.Frontier().root() == tlog.EMPTY_ROOT


def test_roots_are_those_of_certificate_transparency() -> None:
    """Each prefix of the published leaves has the published root."""
    tree = Tree(CT_LEAVES)
    assert [tlog.tree_root(tree, size).hex() for size in range(1, 9)] == CT_ROOTS


@pytest.mark.parametrize(("index", "size"), CT_INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index: int, size: int) -> None:
    """The published audit paths are made, hash for hash."""
    proof = tlog.prove_inclusion(Tree(CT_LEAVES), index, size)
    assert [step.hex() for step in proof] == CT_INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CT_CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, new: int) -> None:
    """The published consistency proofs are made, hash for hash."""
    proof = tlog.prove_consistency(Tree(CT_LEAVES), old, new)
    assert [step.hex() for step in proof] == CT_CONSISTENCY[old, new]


@given(LEAVES)
def test_the_root_is_the_definition_s(leaves: list[bytes]) -> None:
    """Stored subtrees and the growing frontier both give the root that the RFC's recursion gives."""
    tree = Tree(leaves)
    assert tlog.tree_root(tree, len(leaves)) == root_by_definition(leaves) == tree.frontier.root()


@given(LEAVES, st.data())
def test_every_leaf_can_be_proved(leaves: list[bytes], data: st.DataObject) -> None:
    """Each leaf is shown to be in each tree that holds it."""
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = tlog.prove_inclusion(Tree(leaves), index, size)
    assert holds(leaves[:size], index, leaves[index], proof, size)


@given(LEAVES, st.data())
def test_every_prefix_can_be_proved(leaves: list[bytes], data: st.DataObject) -> None:
    """Each tree is shown to begin with each of its own earlier states."""
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    assert extends(tlog.prove_consistency(Tree(leaves), old, new), leaves[:old], leaves[:new])


@given(LEAVES, st.data())
def test_an_altered_leaf_fails(leaves: list[bytes], data: st.DataObject) -> None:
    """A proof shows no leaf but its own."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = tlog.prove_inclusion(Tree(leaves), index, len(leaves))
    other = data.draw(st.binary(max_size=8).filter(lambda leaf: leaf != leaves[index]))
    assert not holds(leaves, index, other, proof, len(leaves))


@given(LEAVES, st.data())
def test_an_altered_place_fails(leaves: list[bytes], data: st.DataObject) -> None:
    """A proof shows a leaf at its own index only, unless an equal leaf stands at the other."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(-1, len(leaves)).filter(lambda place: place != index))
    proof = tlog.prove_inclusion(Tree(leaves), index, len(leaves))
    elsewhere = holds(leaves, other, leaves[index], proof, len(leaves))
    assert not elsewhere or leaves[other] == leaves[index]


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=70), st.data())
def test_reordered_leaves_fail(leaves: list[bytes], data: st.DataObject) -> None:
    """Exchanging two different leaves leaves no earlier proof of either standing."""
    first = data.draw(st.integers(0, len(leaves) - 2))
    second = data.draw(st.integers(first + 1, len(leaves) - 1))
    shuffled = [*leaves]
    shuffled[first], shuffled[second] = leaves[second], leaves[first]
    proof = tlog.prove_inclusion(Tree(leaves), first, len(leaves))
    assert holds(shuffled, first, leaves[first], proof, len(leaves)) == (leaves[first] == leaves[second])


@given(LEAVES, st.data())
def test_a_mutilated_inclusion_proof_fails(leaves: list[bytes], data: st.DataObject) -> None:
    """Dropping, adding or changing any step of an audit path breaks it."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = tlog.prove_inclusion(Tree(leaves), index, len(leaves))
    for bad in mutilations(proof, data):
        assert not holds(leaves, index, leaves[index], bad, len(leaves))


@given(LEAVES, st.data())
def test_a_mutilated_consistency_proof_fails(leaves: list[bytes], data: st.DataObject) -> None:
    """Dropping, adding or changing any step of a consistency proof breaks it."""
    old = data.draw(st.integers(1, len(leaves)))
    proof = tlog.prove_consistency(Tree(leaves), old, len(leaves))
    for bad in mutilations(proof, data):
        assert not extends(bad, leaves[:old], leaves)


def mutilations(proof: list[bytes], data: st.DataObject) -> Iterator[list[bytes]]:
    """Yield broken copies of *proof*."""
    yield [*proof, bytes(32)]
    if not proof:
        return
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
    yield [*proof[:place], changed, *proof[place + 1 :]]
    yield proof[:-1]
    yield proof[1:]


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=70), st.data())
def test_a_rewritten_history_fails(leaves: list[bytes], data: st.DataObject) -> None:
    """No consistency proof leads to a tree in which an old leaf has changed or gone."""
    old = data.draw(st.integers(1, len(leaves) - 1))
    place = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves]
    rewritten[place] = leaves[place] + b"!"
    proof = tlog.prove_consistency(Tree(rewritten), old, len(leaves))
    assert not extends(proof, leaves[:old], rewritten)
    shorter = [*leaves[:place], *leaves[place + 1 :]]
    if old <= len(shorter):
        truncated = tlog.prove_consistency(Tree(shorter), old, len(shorter))
        assert not extends(truncated, leaves[:old], shorter) or shorter[:old] == leaves[:old]


@given(LEAVES, st.data())
def test_an_independent_implementation_agrees(leaves: list[bytes], data: st.DataObject) -> None:
    """The package pymerkle computes the same roots and paths, and our proofs lead to its roots."""
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    tree, size = Tree(leaves), len(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert oracle.get_root(old) == tlog.tree_root(tree, old)
    inclusion = oracle.prove_inclusion(index + 1, size).serialize()
    ours = [step.hex() for step in tlog.prove_inclusion(tree, index, size)]
    assert inclusion["path"] == [tlog.leaf_hash(leaves[index]).hex(), *ours]
    tlog.check_consistency(
        tlog.prove_consistency(tree, old, size),
        old_size=old,
        new_size=size,
        old_root=oracle.get_root(old),
        new_root=oracle.get_root(size),
    )


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_cannot_be_proved(index: int, size: int) -> None:
    """Asking for a leaf that is not there is the caller's mistake, and no proof passes for one."""
    with pytest.raises(ValueError, match="not in a tree"):
        tlog.prove_inclusion(Tree(CT_LEAVES), index, size)
    assert not holds(CT_LEAVES[:size], index, b"", [], size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_only_a_prefix_of_at_least_one_leaf_can_be_proved(old: int, new: int) -> None:
    """Nothing can be consistent with the empty tree or with a longer one."""
    with pytest.raises(ValueError, match="no proof leads"):
        tlog.prove_consistency(Tree(CT_LEAVES), old, new)
    assert not extends([], CT_LEAVES[:old], CT_LEAVES[:new])


def test_equal_sizes_with_different_roots_are_inconsistent() -> None:
    """Two trees of one size are the same tree or a fork."""
    assert extends([], CT_LEAVES[:3], CT_LEAVES[:3])
    assert not extends([], CT_LEAVES[:3], CT_LEAVES[1:4])
    assert not extends([], CT_LEAVES[:4], CT_LEAVES[:5])
