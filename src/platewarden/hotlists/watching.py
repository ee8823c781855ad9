"""The watched folder: a file put into a list's folder is loaded by itself, once it is whole.

`<folder>/<name of the list>/` is looked into once a minute. A file is taken when neither its size nor its time has
changed between two looks, and its name does not say that it is still being written. It is renamed away before it
is read, and ends in `done` or `refused` with a report beside it. `done` keeps the file of the list in use alone.
"""

import fcntl
import logging
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from platewarden.accounts.actors import owning_agency_id, system_actor
from platewarden.hotlists.loading import HotlistRefusedError, load_snapshot
from platewarden.hotlists.models import Hotlist
from platewarden.hotlists.reports import as_text, of_snapshot
from platewarden.ledger.actions import record_refusal
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import RIGHTS, Right

logger = logging.getLogger(__name__)

UNFINISHED: Final = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
KEPT_REFUSED: Final = timedelta(days=7)
"""How long a refused file stays to be looked at; its report stays."""

_TAKEN: Final = ".loading-"
_REPORT: Final = ".report.txt"

Seen = Mapping[Path, tuple[int, int]]
"""Size and time (ns) of each file at the last look."""


def look(folder: Path, before: Seen, *, now: datetime) -> Seen:
    """Load what has come into *folder* whole since the look *before*; return what was seen now.

    While another look is still at work, nothing is done.
    """
    if not folder.is_dir():
        logger.warning("the watched folder is not there: nothing is loaded from it")
        return {}
    with _alone(folder) as is_alone:
        if not is_alone:
            return before
        actor, seen = system_actor("hotlist folder"), dict[Path, tuple[int, int]]()
        for hotlist in Hotlist.objects.filter(agency_id=owning_agency_id(), is_manual=False):
            place = _place_of(hotlist, folder)
            if place is None:
                continue
            _put_right(hotlist, place, actor, now)
            for file in _arrived(place):
                state = file.lstat()
                seen[file] = state.st_size, state.st_mtime_ns
                if before.get(file) == seen[file]:
                    _take(hotlist, file, actor, now)
        return seen


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _place_of(hotlist: Hotlist, folder: Path) -> Path | None:
    """Return the folder of *hotlist*; none for a name that is no plain folder's, or that nobody has made."""
    place = folder / hotlist.name
    is_plain = place.parent == folder and not hotlist.name.startswith(".")
    return place if is_plain and place.is_dir() and not place.is_symlink() else None


def _arrived(place: Path) -> list[Path]:
    return sorted(
        file
        for file in place.iterdir()
        if not file.name.startswith(".")
        and not file.name.lower().endswith(UNFINISHED)
        and stat.S_ISREG(file.lstat().st_mode)
    )


def _put_right(hotlist: Hotlist, place: Path, actor: Actor, now: datetime) -> None:
    """Refuse what a process that died had taken, and let go of refused files that are old."""
    for taken in place.glob(f"{_TAKEN}*"):
        _refuse(hotlist, taken, "The load was broken off; nothing was loaded.", actor, now)
    oldest = (now - KEPT_REFUSED).timestamp()
    refused = place / "refused"
    for file in refused.iterdir() if refused.is_dir() else ():
        if not file.name.endswith(_REPORT) and file.lstat().st_ctime < oldest:
            file.unlink()


def _take(hotlist: Hotlist, file: Path, actor: Actor, now: datetime) -> None:
    """Rename *file* away, load it, and lay it down with its report."""
    taken = file.rename(file.with_name(f"{_TAKEN}{file.name}"))
    try:
        told = _load(hotlist, taken, actor, now)
    except HotlistRefusedError as error:
        _refuse(hotlist, taken, as_text(error.report), actor, now)
    except PolicyRefusal as refusal:
        entry = record_refusal(refusal, actor=actor)
        decision = refusal.decision
        text = f"{decision.clause}: {decision.reason} {decision.remedy} (ledger entry {entry.seq})"
        _refuse(hotlist, taken, text, actor, now)
    except Exception as error:  # noqa: BLE001 - its text may quote the file: only its kind is told
        logger.error("a file in the watched folder failed: %s", type(error).__name__)  # noqa: TRY400 - likewise
        _refuse(hotlist, taken, f"Failed ({type(error).__name__}); nothing was loaded.", actor, now)
    else:
        _keep_alone(_lay_down(taken, "done", told, now))


def _load(hotlist: Hotlist, taken: Path, actor: Actor, now: datetime) -> str:
    with taken.open("rb") as content:
        snapshot = load_snapshot(
            hotlist=hotlist,
            content=content,
            file_name=taken.name.removeprefix(_TAKEN),
            effective_at=datetime.fromtimestamp(taken.stat().st_mtime, tz=UTC),
            actor=actor,
            now=now,
            is_unattended=True,
        )
    return of_snapshot(snapshot)


def _lay_down(taken: Path, where: str, told: str, now: datetime) -> Path:
    """Write the report first: no file ever lies in `done` or `refused` without one."""
    place = taken.parent / where
    place.mkdir(mode=stat.S_IMODE(taken.parent.stat().st_mode), exist_ok=True)
    target = place / f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{taken.name.removeprefix(_TAKEN)}"
    target.with_name(f"{target.name}{_REPORT}").write_text(f"{told}\n", encoding="utf-8")
    return taken.rename(target)


def _keep_alone(done: Path) -> None:
    """Remove the files of lists that are no longer in use; their reports stay, as their digests do."""
    for file in done.parent.iterdir():
        if file != done and not file.name.endswith(_REPORT):
            file.unlink()


def _refuse(hotlist: Hotlist, taken: Path, told: str, actor: Actor, now: datetime) -> None:
    _lay_down(taken, "refused", told, now)
    text = f"A file for {hotlist.name} in the watched folder was refused: the report in `refused` says why."
    with transaction.atomic():
        for role in sorted(RIGHTS[Right.LOAD_HOTLISTS]):
            tell(
                kind=NoticeKind.HOTLIST_REFUSED,
                subject=f"hotlist:{hotlist.pk}",
                text=text,
                now=now,
                to_role=role,
                actor=actor,
            )
