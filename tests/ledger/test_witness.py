"""A witness co-signs what goes on from what it saw, and nothing else; it needs no installation."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.commands import witness as commands
from platewarden.ledger.checkpoint import Note, SignerKey, VerifierKey, open_checkpoint
from platewarden.ledger.cosignature import Cosigned, WitnessKey, WitnessSigner, cosignatures
from platewarden.ledger.verify_ledger import main
from platewarden.ledger.witnessing import (
    NEWEST,
    FolderSource,
    RefusedError,
    Request,
    WebSource,
    Witness,
    cosign_newest,
    file_name,
)
from tests.ledger.logs import Log


@pytest.fixture
def log() -> Log:
    """A log of twenty entries."""
    made = Log()
    made.grow(20)
    return made


@pytest.fixture
def clerk(tmp_path: Path, log: Log) -> Witness:
    """The county clerk, who knows that log."""
    Witness.create(tmp_path / "clerk", "clerk.example.org/witness")
    return again(tmp_path, log)


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A folder where the log leaves its checkpoints."""
    (tmp_path / "left").mkdir()
    return tmp_path / "left"


def again(tmp_path: Path, *logs: Log) -> Witness:
    """Return the clerk anew, as after a restart."""
    return Witness(tmp_path / "clerk", [log.key.verifier for log in logs])


def cosigned(witness: Witness, note: str) -> list[Cosigned]:
    """Return the witness's co-signatures under *note*."""
    return cosignatures(note, [WitnessKey.parse(witness.key)])


def test_a_head_that_goes_on_is_cosigned(tmp_path: Path, log: Log, clerk: Witness, now: datetime) -> None:
    """The first head is taken as it is, each later one with the proof; a restart changes nothing."""
    for old, new in ((0, 7), (7, 7), (7, 12), (12, 20)):
        request = log.request(old, new)
        note = request.checkpoint + again(tmp_path, log).add_checkpoint(request, now=now)
        assert [one.at for one in cosigned(clerk, note)] == [now]
        assert open_checkpoint(note, [log.key.verifier]).size == new
        seen = clerk.seen(log.key.name)
        assert seen is not None
        assert seen.size == new


def refused(witness: Witness, request: Request, now: datetime) -> tuple[int, int | None]:
    """Return how *request* is refused."""
    with pytest.raises(RefusedError) as raised:
        witness.add_checkpoint(request, now=now)
    return raised.value.status, raised.value.size


def test_what_does_not_go_on_is_refused(log: Log, clerk: Witness, now: datetime) -> None:
    """Each refusal of the specification, with its status; the memory stays as it was."""
    clerk.add_checkpoint(log.request(0, 12), now=now)
    stranger, double = Log("other.example.org/ledger"), Log()
    stranger.grow(20)
    double.grow(20, word="lie")
    double.key = log.key
    thief = Log()
    thief.leaves = log.leaves
    assert refused(clerk, stranger.request(0, 3), now) == (404, None)
    assert refused(clerk, thief.request(12, 20), now) == (403, None)
    assert refused(clerk, Request(21, [], log.note(20)), now) == (400, None)
    assert refused(clerk, Request(12, [], "no note"), now) == (400, None)
    assert refused(clerk, log.request(7, 20), now) == (409, 12)
    assert refused(clerk, log.request(0, 7), now) == (409, 12), "a checkpoint replayed"
    assert refused(clerk, Request(12, [], double.note(12)), now) == (409, 12)
    assert refused(clerk, double.request(12, 20), now) == (422, None)
    assert refused(clerk, Request(12, log.proof(12, 20)[:-1], log.note(20)), now) == (422, None)
    assert clerk.add_checkpoint(log.request(12, 20), now=now)


def test_a_first_head_comes_without_proof(log: Log, clerk: Witness, now: datetime) -> None:
    """Of nothing there is nothing to prove, and whoever tries is refused."""
    assert refused(clerk, Request(0, log.proof(7, 12), log.note(12)), now) == (422, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 1",
        "old x\n\nnote",
        "old 01\n\nnote",
        "old -1\n\nnote",
        "new 1\n\nnote",
        "old 1\n!\n\nx",
        "old 1\nAA==\n\nx",
        "old ٣\n\nx",
    ],
)
def test_a_malformed_request_is_refused(text: str) -> None:
    """A size, steps of 32 bytes, an empty line, a checkpoint: anything else is a bad request."""
    with pytest.raises(RefusedError) as raised:
        Request.parse(text)
    assert raised.value.status == 400


@given(st.integers(1, 20), st.integers(1, 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_a_request_survives_the_wire(log: Log, first: int, second: int) -> None:
    """What a log asks is what the witness reads."""
    request = log.request(*sorted((first, second)))
    assert Request.parse(request.encode()) == request


def test_the_newest_is_cosigned_through_a_chain_of_proofs(
    log: Log, clerk: Witness, left: Path, now: datetime
) -> None:
    """A witness who looks in once a day follows the proofs that every hour left, back to what it saw."""
    log.leave(left, 3, 7)
    assert cosign_newest(clerk, FolderSource(left), now=now)[0].size == 7
    log.leave(left, 3, 7, 9, 12, 20)
    head, note = cosign_newest(clerk, FolderSource(left), now=now)
    assert (head.size, len(cosigned(clerk, note))) == (20, 1)
    assert cosign_newest(clerk, FolderSource(left), now=now)[0].size == 20


def test_a_log_that_went_back_is_not_cosigned(log: Log, clerk: Witness, left: Path, now: datetime) -> None:
    """A database restored from an old copy has fewer entries than the witness saw, and the witness says so."""
    log.leave(left, 7, 20)
    cosign_newest(clerk, FolderSource(left), now=now)
    log.leave(left, 7)
    with pytest.raises(RefusedError, match="gone back from 20 entries to 7"):
        cosign_newest(clerk, FolderSource(left), now=now)


def test_a_rewritten_log_is_not_cosigned(log: Log, clerk: Witness, left: Path, now: datetime) -> None:
    """Whoever holds the log's key may sign another history; it does not go on from what the witness saw."""
    log.leave(left, 7, 12)
    cosign_newest(clerk, FolderSource(left), now=now)
    log.leaves[4] = b"another"
    log.leave(left, 7, 12, 20)
    with pytest.raises(RefusedError, match="do not go on from the 12 seen before"):
        cosign_newest(clerk, FolderSource(left), now=now)
    log.leave(left, 7, 20)
    with pytest.raises(RefusedError, match="does not show the head of 12 entries"):
        cosign_newest(clerk, FolderSource(left), now=now)


def test_missing_and_spoilt_proofs_are_named(log: Log, clerk: Witness, left: Path, now: datetime) -> None:
    """A folder with less than is needed is no reason to sign."""
    with pytest.raises(RefusedError, match="no checkpoint has been left"):
        cosign_newest(clerk, FolderSource(left), now=now)
    log.leave(left, 7)
    cosign_newest(clerk, FolderSource(left), now=now)
    log.leave(left, 7, 20)
    link = left / file_name(20, "consistency")
    whole = link.read_text()
    for spoilt in ("{}", "[]", "rubbish", whole.replace("consistency 1", "consistency 2")):
        link.write_text(spoilt)
        with pytest.raises(RefusedError, match="consistency: "):
            cosign_newest(clerk, FolderSource(left), now=now)
    (left / file_name(20, "consistency")).unlink()
    with pytest.raises(RefusedError, match="proof for the checkpoint of 20 entries is missing"):
        cosign_newest(clerk, FolderSource(left), now=now)


def test_a_cosignature_bears_its_time_and_its_key(log: Log, now: datetime) -> None:
    """Neither the time nor the text under a co-signature can be exchanged."""
    signer = WitnessSigner.parse(WitnessSigner.generate("w.example.org/1").encode())
    text = log.note(7).partition("\n\n")[0] + "\n"
    line = signer.cosign(text, now)
    key = signer.verifier
    assert key.has_signed(text, line.value)
    later = (int(now.timestamp()) + 1).to_bytes(8) + line.value[8:]
    assert not key.has_signed(text, later)
    assert not key.has_signed(text.replace("7", "8", 1), line.value)
    assert not key.has_signed(text, line.value[8:])
    note = Note(text, (line,)).encode()
    assert cosignatures(note, [WitnessSigner.generate("w.example.org/1").verifier]) == []
    forged = Note(text, (type(line)(line.name, line.key_hash, later),)).encode()
    with pytest.raises(ValueError, match="wrong"):
        cosignatures(forged, [key])


def test_a_log_s_key_is_no_witness_s(log: Log) -> None:
    """The two types of keys are told apart, public and secret."""
    with pytest.raises(ValueError, match="type 4"):
        WitnessKey.parse(log.public)
    with pytest.raises(ValueError, match="type 1"):
        VerifierKey.parse(WitnessSigner.generate("w").verifier.encode())
    with pytest.raises(ValueError, match="type 4"):
        WitnessSigner.parse(SignerKey.generate("w").encode())


@contextmanager
def serving(witness: Witness) -> Iterator[str]:
    """Run the witness behind an address of this machine."""
    with commands.server(witness, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_a_witness_behind_an_address_speaks_the_protocol(log: Log, clerk: Witness) -> None:
    """Posted checkpoints are co-signed or refused with the specification's statuses and content types."""
    with serving(clerk) as address, httpx.Client() as client:
        request = log.request(0, 7)
        answer = client.post(f"{address}/add-checkpoint", content=request.encode())
        assert answer.status_code == 200
        assert len(cosigned(clerk, request.checkpoint + answer.text)) == 1
        conflict = client.post(f"{address}/add-checkpoint", content=log.request(0, 12).encode())
        assert (conflict.status_code, conflict.text) == (409, "7\n")
        assert conflict.headers["content-type"] == "text/x.tlog.size"
        assert client.post(f"{address}/add-checkpoint", content=b"\xff").status_code == 400
        assert client.post(f"{address}/elsewhere", content=b"x").status_code == 404


def test_a_folder_behind_an_address_does_as_well(log: Log, clerk: Witness, left: Path, now: datetime) -> None:
    """What the log leaves may be served by any web server; one that answers nonsense is no reason to sign."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    log.leave(left, 7)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(left))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        try:
            assert cosign_newest(clerk, WebSource(address), now=now)[0].size == 7
            log.leave(left, 7, 12, 20)
            assert cosign_newest(clerk, WebSource(address), now=now)[0].size == 20
            (left / NEWEST).write_text("x" * 1_000_001)
            with pytest.raises(RefusedError, match="answered 200 for checkpoint"):
                cosign_newest(clerk, WebSource(address), now=now)
        finally:
            server.shutdown()
            thread.join()
    with pytest.raises(RefusedError, match="does not answer"):
        cosign_newest(clerk, WebSource(address), now=now)


def test_the_command_makes_a_witness_and_cosigns(log: Log, left: Path, tmp_path: Path) -> None:
    """`platewarden witness new` and `sign`: a key, a co-signed checkpoint beside the log's, and refusals in words."""
    run = CliRunner().invoke
    folder = ["--folder", str(tmp_path / "w")]
    made = run(commands.witness, ["new", "w.example.org/1", *folder])
    key = made.output.strip()
    assert made.exit_code == 0
    assert run(commands.witness, ["new", "w.example.org/1", *folder]).exit_code == 1
    log.leave(left, 7)
    signed = run(commands.witness, ["sign", str(left), *folder, "--log", log.public])
    assert signed.exit_code == 0
    (path,) = left.glob("*.cosigned")
    assert path.name == f"000000000007.{key.split('+')[1]}.cosigned"
    assert main([str(path), "--key", log.public, "--witness", key]) == 0
    log.leaves[0] = b"another"
    log.leave(left, 7)
    refusal = run(commands.witness, ["sign", str(left), *folder, "--log", log.public])
    assert refusal.exit_code == 1
    assert "NOT co-signed: another head of 7 entries was seen: two histories" in refusal.output
    assert run(commands.witness, ["sign", str(left), *folder, "--log", "no key"]).exit_code == 1


def test_a_witness_needs_no_installation(log: Log, left: Path, tmp_path: Path) -> None:
    """The command loads neither Django nor a database driver."""
    log.leave(left, 7)
    program = (
        "import sys\nfrom platewarden.cli import main\n"
        "try:\n    main(sys.argv[1:], standalone_mode=False)\n"
        "finally:\n    loaded = {'django', 'psycopg'} & set(sys.modules)\n    assert not loaded, loaded"
    )
    for words in (
        ["new", "w.example.org/1", "--folder", str(tmp_path / "w")],
        ["sign", str(left), "--folder", str(tmp_path / "w"), "--log", log.public],
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, "witness", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
