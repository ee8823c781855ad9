"""The one file that checks what the ledger hands out: alone, against vectors, against the product, and mutilated."""

import ast
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.ledger import tlog, verify_ledger
from platewarden.ledger.checkpoint import Note
from platewarden.ledger.cosignature import WitnessKey, cosignatures
from platewarden.ledger.verify_ledger import UnsoundError, main, read_key, root_by_path, roots_by_proof
from tests.ledger import vectors
from tests.ledger.test_tlog import (
    CT_CONSISTENCY,
    CT_INCLUSION,
    CT_LEAVES,
    CT_ROOTS,
    LEAVES,
    Tree,
    mutilations,
)

VERIFIER = Path(verify_ledger.__file__)
FILES = vectors.files()
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ledger-vectors.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every vector."""
    made = tmp_path_factory.mktemp("vectors")
    for name, content in FILES.items():
        (made / name).write_text(content, encoding="utf-8", newline="")
    return made


def options(keys: Sequence[str], witnesses: Sequence[str]) -> list[str]:
    """Return the keys as the command takes them."""
    named = [("--key", key) for key in keys] + [("--witness", key) for key in witnesses]
    return [word for pair in named for word in pair]


@pytest.mark.parametrize(("name", "keys", "witnesses", "status", "says"), vectors.CASES)
def test_a_vector_is_judged_as_it_is_worth(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    keys: list[str],
    witnesses: list[str],
    status: int,
    says: str,
) -> None:
    """Each file of the vectors gets the status and the sentence that the page states."""
    assert main([str(folder / name), *options(keys, witnesses)]) == status
    assert says in capsys.readouterr().out


def test_the_vectors_are_published_as_they_are_tested() -> None:
    """What others can test a verifier against is what the tests run."""
    assert PAGE.read_text(encoding="utf-8") == vectors.document(), (
        "write it anew: python -m tests.ledger.vectors > docs/reference/ledger-vectors.json"
    )


@pytest.mark.parametrize("case", [vectors.CASES[1], vectors.CASES[6], vectors.CASES[9], vectors.CASES[12]])
def test_it_runs_alone(
    folder: Path, tmp_path: Path, case: tuple[str, list[str], list[str], int, str]
) -> None:
    """A copy anywhere, started in isolation from the environment and the folder it lies in, judges the same."""
    name, keys, witnesses, status, says = case
    copy = tmp_path / "anywhere.py"
    copy.write_bytes(VERIFIER.read_bytes())
    command = [sys.executable, "-I", str(copy), str(folder / name), *options(keys, witnesses)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, "")
    assert says in done.stdout


def test_it_imports_nothing_but_the_standard_library_and_one_library() -> None:
    """Whoever doubts Platewarden need not install it: the file imports nothing of it."""
    found = [
        node
        for node in ast.walk(ast.parse(VERIFIER.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    modules = {
        name.partition(".")[0]
        for node in found
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert modules - set(sys.stdlib_module_names) == {"cryptography"}


def test_several_files_give_the_worst_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bad file among good ones is not lost, and each gets its own sentence."""
    names = [str(folder / name) for name in ("whole.ledger", "body-changed.ledger", "no-format.txt")]
    assert main([*names, "--key", vectors.FIRST_KEY]) == 1
    assert capsys.readouterr().out.count("\n") == 3
    assert main([names[0], names[2], "--key", vectors.FIRST_KEY]) == 2


def test_a_body_beside_its_receipt_is_checked_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an entry says is tied to its receipt by the salt."""
    made, name = vectors.Ledger(), str(folder / "entry-5.tlog-proof")
    beside = folder / "entry-5.body.json"
    try:
        beside.write_text(vectors.line({"salt": made.salts[5].hex(), "body": made.bodies[5]}))
        assert main([name, "--key", vectors.SECOND_KEY]) == 0
        assert "and so is what it says" in capsys.readouterr().out
        beside.write_text(vectors.line({"salt": made.salts[5].hex(), "body": made.bodies[4]}))
        assert main([name, "--key", vectors.SECOND_KEY]) == 1
    finally:
        beside.unlink()


@given(st.integers(0, len(FILES["whole.ledger"].encode()) - 1), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_an_export_with_one_byte_changed_is_not_sound(tmp_path: Path, place: int, flip: int) -> None:
    """Whichever byte of an export is changed, and into whatever, it is not called sound."""
    content = bytearray(FILES["whole.ledger"].encode())
    content[place] ^= flip
    (tmp_path / "x.ledger").write_bytes(bytes(content))
    assert main([str(tmp_path / "x.ledger"), "--key", vectors.FIRST_KEY]) in {1, 2}


@given(st.integers(1, len(FILES["whole.ledger"].encode()) - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_an_export_that_was_cut_is_not_sound(tmp_path: Path, length: int) -> None:
    """However much is missing at the end, even the last newline, the export is not called sound."""
    (tmp_path / "x.ledger").write_bytes(FILES["whole.ledger"].encode()[:length])
    assert main([str(tmp_path / "x.ledger"), "--key", vectors.FIRST_KEY]) in {1, 2}


@given(
    order=st.permutations(range(7)).filter(lambda order: list(order) != list(range(7))),
    renumber=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_entries_in_another_order_are_not_sound(
    tmp_path: Path, order: Sequence[int], *, renumber: bool
) -> None:
    """No other order of the same entries passes, even if they are numbered anew and the last line is made to fit."""
    lines = FILES["whole.ledger"].splitlines(keepends=True)[:-1]
    places = [place for place, line in enumerate(lines) if line.startswith('{"seq":')]
    shuffled = [*lines]
    for seq, (place, source) in enumerate(zip(places, order, strict=True)):
        line = lines[places[source]]
        shuffled[place] = line.replace(f'"seq":{source}', f'"seq":{seq}') if renumber else line
    (tmp_path / "x.ledger").write_text(vectors.sealed("".join(shuffled)), encoding="utf-8")
    assert main([str(tmp_path / "x.ledger"), "--key", vectors.FIRST_KEY]) == 1


def test_a_checkpoint_by_the_retired_key_alone_vouches_for_nothing(tmp_path: Path) -> None:
    """Once a key has announced its successor, it vouches for no later head of the export."""
    made = vectors.Ledger()
    forged = Note.sign(made.note(7).partition("\n\n")[0] + "\n", vectors.FIRST).encode()
    old = vectors.line({"checkpoint": made.note(7)})
    export = vectors.changed(made.export(), old, vectors.line({"checkpoint": forged}))
    (tmp_path / "x.ledger").write_text(export, encoding="utf-8")
    assert main([str(tmp_path / "x.ledger"), "--key", vectors.FIRST_KEY]) == 1


@pytest.mark.parametrize(("index", "size"), CT_INCLUSION)
def test_published_audit_paths_lead_to_published_roots(index: int, size: int) -> None:
    """The audit paths of Certificate Transparency lead to its roots."""
    steps = [bytes.fromhex(step) for step in CT_INCLUSION[index, size]]
    assert root_by_path(index, size, tlog.leaf_hash(CT_LEAVES[index]), steps).hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize(("old", "new"), CT_CONSISTENCY)
def test_published_consistency_proofs_lead_to_published_roots(old: int, new: int) -> None:
    """The consistency proofs of Certificate Transparency give both roots."""
    steps = [bytes.fromhex(step) for step in CT_CONSISTENCY[old, new]]
    found = roots_by_proof(old, new, bytes.fromhex(CT_ROOTS[old - 1]), steps)
    assert [root.hex() for root in found] == [CT_ROOTS[old - 1], CT_ROOTS[new - 1]]


SIGSUM_ROOTS = {
    1: "2a00000000000000000000000000000000000000000000000000000000000000",
    3: "45c088d4d939e9971298811f227d1295eaad57bbafae55cd71c171e7de48c25d",
    5: "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36",
}
SIGSUM_PROOFS = {
    (1, 3): [
        "2a01000000000000000000000000000000000000000000000000000000000000",
        "2a02000000000000000000000000000000000000000000000000000000000000",
    ],
    (3, 5): [
        "2a02000000000000000000000000000000000000000000000000000000000000",
        "2a03000000000000000000000000000000000000000000000000000000000000",
        "c2088815d65f60dbfa594d4e96504ab169cb6084bf0c132ab7c521fd2e0eba41",
        "2a04000000000000000000000000000000000000000000000000000000000000",
    ],
}


@pytest.mark.parametrize(("old", "new"), SIGSUM_PROOFS)
def test_a_witness_s_published_proofs_hold(old: int, new: int) -> None:
    """The proofs with which the witness litewitness is tested hold here and in the product."""
    steps = [bytes.fromhex(step) for step in SIGSUM_PROOFS[old, new]]
    roots = bytes.fromhex(SIGSUM_ROOTS[old]), bytes.fromhex(SIGSUM_ROOTS[new])
    assert roots_by_proof(old, new, roots[0], steps) == roots
    tlog.check_consistency(steps, old_size=old, new_size=new, old_root=roots[0], new_root=roots[1])


PUBLISHED_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def test_a_published_witness_s_key_is_read() -> None:
    """The key of a public witness, type 4 with its own hash, is read here and in the product, and written alike."""
    assert (
        read_key(PUBLISHED_WITNESS).text()
        == WitnessKey.parse(PUBLISHED_WITNESS).encode()
        == PUBLISHED_WITNESS
    )


@given(LEAVES, st.data())
@settings(deadline=None)
def test_it_agrees_with_the_product_on_every_proof(leaves: list[bytes], data: st.DataObject) -> None:
    """What the product proves, the file accepts, and neither accepts a mutilated proof."""
    tree, size = Tree(leaves), data.draw(st.integers(1, len(leaves)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, root = tlog.leaf_hash(leaves[index]), tlog.tree_root(tree, size)
    path = tlog.prove_inclusion(tree, index, size)
    assert root_by_path(index, size, leaf, path) == root
    proof, old_root = tlog.prove_consistency(tree, old, size), tlog.tree_root(tree, old)
    assert roots_by_proof(old, size, old_root, proof) == (old_root, root)
    for bad in mutilations(path, data):
        assert not _leads(lambda bad=bad: root_by_path(index, size, leaf, bad) == root)
    for bad in mutilations(proof, data):
        assert not _leads(lambda bad=bad: roots_by_proof(old, size, old_root, bad) == (old_root, root))


def _leads(proved: object) -> bool:
    try:
        return bool(proved())  # type: ignore[operator]
    except UnsoundError:
        return False


def test_a_leaf_outside_its_tree_is_not_sound() -> None:
    """No path leads from a leaf that cannot be there, and no tree goes on from a larger one."""
    with pytest.raises(UnsoundError):
        root_by_path(3, 3, hashlib.sha256().digest(), [])
    with pytest.raises(UnsoundError):
        roots_by_proof(4, 3, b"", [])


def test_the_product_reads_the_cosignature_of_the_vectors() -> None:
    """The product finds who co-signed, and when, in the same note."""
    (found,) = cosignatures(FILES["7.checkpoint"], [vectors.WITNESS.verifier, vectors.STRANGER.verifier])
    assert (found.key, f"{found.at:%H:%M}") == (vectors.WITNESS.verifier, "16:30")


@pytest.mark.parametrize(
    "key", ["no key", vectors.FIRST_KEY[:-8] + "AAAAAAA=", "a+00000000+!", vectors.WITNESS_KEY]
)
def test_a_spoilt_key_is_said_to_be_so(folder: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    """A key that was not copied whole, or is a witness's, is no verdict on the ledger."""
    assert main([str(folder / "whole.ledger"), "--key", key]) == 2
    assert "key" in capsys.readouterr().out
