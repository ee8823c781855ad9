"""C2SP signed notes, checkpoints and receipts, against published vectors and mutilation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import (
    Note,
    NoteError,
    Receipt,
    SignerKey,
    TreeHead,
    VerifierKey,
    open_checkpoint,
)

# The example key and note of the reference implementation (golang.org/x/mod/sumdb/note).
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint.
HEAD = TreeHead(
    "example.com/behind-the-sofa",
    20852163,
    bytes.fromhex("0ac51869a1863e8e1d90c808014aa89bf5da8e3ee1d9f0763cc0378f68f1ab62"),
)
HEAD_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

ALICE, BOB = SignerKey.generate("example.org/alice"), SignerKey.generate("example.org/bob")


def test_the_published_note_is_signed_byte_for_byte() -> None:
    """Ed25519 is deterministic: the published secret key signs the published text to the published note."""
    assert Note.sign(TEXT, SignerKey.parse(SECRET)).encode() == f"{TEXT}\n{LINE}"


def test_the_published_note_verifies() -> None:
    """The published public key accepts the published note."""
    key = VerifierKey.parse(PUBLIC)
    assert Note.parse(f"{TEXT}\n{LINE}").verify([key]) == [key]


def test_keys_survive_being_written_down() -> None:
    """The text forms of both keys read back as the same keys."""
    assert VerifierKey.parse(PUBLIC).encode() == PUBLIC
    assert SignerKey.parse(SECRET).encode() == SECRET
    assert SignerKey.parse(SECRET).verifier.encode() == PUBLIC


def test_a_secret_key_shows_nothing_in_a_log_line() -> None:
    """The representation of a signer key holds no part of the secret."""
    assert SECRET[-20:] not in repr(SignerKey.parse(SECRET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("Peter", "Pater"),
        PUBLIC[:-4],
        PUBLIC.replace("LDE4", "LDE5"),
        PUBLIC.replace("PeterNeumann", "Peter Neumann"),
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_mangled_public_key_is_refused(text: str) -> None:
    """A key whose name, hash, type or length does not fit is no key."""
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "text", ["", PUBLIC, SECRET[:-4], SECRET.replace("c74f20a3", "c74f20a4"), SECRET.replace("AYEK", "AgEK")]
)
def test_a_mangled_secret_key_is_refused_without_repeating_it(text: str) -> None:
    """A broken secret key is refused, and the message holds nothing of it."""
    with pytest.raises(NoteError) as caught:
        SignerKey.parse(text)
    assert "FALVFGyNhPJEMzD1QIDr" not in str(caught.value)


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{LINE[:-1]}",
        f"\x01{TEXT}\n{LINE}",
        f"{TEXT}\n{LINE}Unexpected line.\n",
        f"{TEXT}\n{LINE.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{LINE.replace('PeterNeumann', 'Bad+Name')}",
        f"{TEXT}\n{LINE.replace('x08go', '*08go')}",
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n{LINE * 65}",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    """Text, one empty line, whole signature lines: anything else is no note."""
    with pytest.raises(NoteError):
        Note.parse(note)


def test_a_note_may_bear_several_signatures() -> None:
    """Witnesses add their lines; each known key is found, unknown ones are ignored."""
    note = Note.parse(Note.sign(TEXT, ALICE, BOB, SignerKey.parse(SECRET)).encode())
    assert note.verify([BOB.verifier, ALICE.verifier]) == [ALICE.verifier, BOB.verifier]


def test_a_note_signed_by_no_known_key_is_refused() -> None:
    """Without one known signature the text means nothing, even if the name is known."""
    impostor = SignerKey.generate(ALICE.name)
    with pytest.raises(NoteError, match="none by a known key"):
        Note.sign(TEXT, impostor, BOB).verify([ALICE.verifier])


def test_one_wrong_signature_by_a_known_key_spoils_the_note() -> None:
    """A known key's wrong signature is refused even beside another's right one."""
    note = Note.sign(TEXT, ALICE, BOB).encode()
    with pytest.raises(NoteError, match="alice is wrong"):
        Note.parse(note.replace("cryptography", "Cryptography")).verify([ALICE.verifier])


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32), st.data())
def test_a_checkpoint_with_any_character_changed_is_refused(
    size: int, root: bytes, data: st.DataObject
) -> None:
    """No single character of a signed checkpoint can be changed without being noticed."""
    note = Note.sign(TreeHead("example.org/alice", size, root).text, ALICE).encode()
    assert open_checkpoint(note, [ALICE.verifier]) == TreeHead("example.org/alice", size, root)
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != note[place]))
    with pytest.raises(NoteError):
        open_checkpoint(note[:place] + other + note[place + 1 :], [ALICE.verifier])


def test_the_published_checkpoint_reads_and_writes() -> None:
    """The example of the specification is written and read byte for byte."""
    assert HEAD.text.splitlines()[:2] == HEAD_TEXT.splitlines()[:2]
    assert TreeHead.parse(HEAD_TEXT).text == HEAD_TEXT


def test_extension_lines_are_ignored() -> None:
    """Further non-empty lines belong to the signed text but say nothing to us."""
    assert TreeHead.parse(HEAD_TEXT + "an extension\n") == TreeHead.parse(HEAD_TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD_TEXT[:-1],
        HEAD_TEXT.replace("20852163", "020852163"),
        HEAD_TEXT.replace("20852163", "-1"),
        HEAD_TEXT.replace("20852163", "٣"),
        HEAD_TEXT.replace("CsUY", "Cs"),
        HEAD_TEXT.replace("q2I=", "q2J="),
        HEAD_TEXT.replace("CsUY", "CsU!"),
        HEAD_TEXT.replace("example.com/behind-the-sofa", ""),
        HEAD_TEXT + "\n",
        "origin\n5\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    """Origin, size without leading zeroes, root in canonical base64: anything else is no checkpoint."""
    with pytest.raises(NoteError):
        TreeHead.parse(text)


def receipt(index: int = 1, path: list[bytes] | None = None) -> Receipt:
    """Return Bob's receipt for the second of two leaves."""
    first, second = tlog.leaf_hash(b"first"), tlog.leaf_hash(b"second\n")
    head = TreeHead("example.org/bob", 2, tlog.node_hash(first, second))
    return Receipt(b"second\n", index, [first] if path is None else path, Note.sign(head.text, BOB).encode())


def test_a_receipt_proves_its_leaf_to_anyone_with_the_public_key() -> None:
    """A receipt written to text and read back shows which tree holds the leaf."""
    assert Receipt.parse(receipt().encode()).check([BOB.verifier]).size == 2
    assert receipt().encode().startswith("c2sp.org/tlog-proof@v1\nextra c2Vjb25kCg==\nindex 1\n")


@pytest.mark.parametrize("bad", [receipt(index=0), receipt(path=[]), receipt(path=[bytes(32)])])
def test_a_receipt_with_another_index_or_path_proves_nothing(bad: Receipt) -> None:
    """A receipt holds for one leaf at one place in one tree."""
    with pytest.raises(tlog.ProofError):
        Receipt.parse(bad.encode()).check([BOB.verifier])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 1", "index 01"),
        ("extra c2Vj", "extra !2Vj"),
        ("index 1\n", "index 1\nAAAA\n"),
        ("extra c2Vjb25kCg==\n", ""),
    ],
)
def test_a_malformed_receipt_is_refused(old: str, new: str) -> None:
    """Header, leaf, index, path of 32-byte hashes, checkpoint: anything else is no receipt."""
    with pytest.raises(NoteError):
        Receipt.parse(receipt().encode().replace(old, new))
