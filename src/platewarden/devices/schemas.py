"""The closed forms in which devices speak of themselves: what is not listed here is refused."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, Field

from platewarden.ingest.schemas import Closed
from platewarden.site.limits import STILL_BYTES

Count = Annotated[int, Field(ge=0, le=10**12)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Proof = Annotated[str, Field(max_length=96)]


class Enrolling(Closed):
    """A device that enrols: its one-time code, its public key in hexadecimal, and the key's signature of both."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    key: Key
    proof: Proof


class Still(Closed):
    """One frame of a camera, JPEG or PNG in base64; whether it is live, and whether a person at the box had it sent."""

    picture: Annotated[Base64Bytes, Field(min_length=1, max_length=STILL_BYTES)]
    live: bool
    asked_for: bool


class StillTaken(Closed):
    """SHA-256, in hexadecimal, of the picture that was made of the still."""

    digest: str


class Succeeding(Closed):
    """A new key of a device, and its own signature; the request is signed with the old one."""

    key: Key
    proof: Proof


class Enrolled(Closed):
    """Who the device is now: its code and cameras, the name its key signs under, and the server's public key."""

    device: str
    cameras: list[str]
    key_name: str
    server_key: str


class Renamed(Closed):
    """The name under which the new key signs."""

    key_name: str


class SpoolState(Closed):
    """What waits on the device."""

    reads: Count
    hits: Count
    bytes: Count


class ViewState(Closed):
    """How what a source sees agrees with the still of a statement: numbers, measured on the device."""

    statement: Count
    state: Annotated[str, Field(pattern=r"^(unknown|fits|differs)$")]
    share_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    shift_permille: Annotated[int, Field(ge=0, le=1000)] | None = None


class SourceState(Closed):
    """How one source fares."""

    camera: Code
    state: Annotated[str, Field(pattern=r"^(opening|watching|still|ended|failed)$")]
    reads: Count
    frames: Count
    dropped: Count
    reconnects: Count
    view: ViewState | None = None


class Counters(Closed):
    """Reads that never reached the server, since the device was set up, by what became of them."""

    dropped_non_hits: Count
    dropped_hits: Count
    expired: Count
    damaged: Count
    refused: Count
    lost: Count


class Report(Closed):
    """How a device fares: counts and times, nothing of any vehicle."""

    software: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._+-]*$")]
    settings_version: Count
    clock_offset_seconds: Annotated[float, Field(ge=-1e10, le=1e10, allow_inf_nan=False)] | None
    spool: SpoolState
    oldest_at: AwareDatetime | None
    counters: Counters
    sources: Annotated[list[SourceState], Field(max_length=64)]


class ReportTaken(Closed):
    """The server's time, and the number of the settings that the device should have."""

    now: datetime
    settings_version: int


class SettingsGiven(Closed):
    """The settings of the device, as a note that the server signed."""

    note: str


class ViewsGiven(Closed):
    """What the device's cameras are to see, as a note that the server signed: fingerprints of their stills."""

    note: str


class DeviceProblem(Closed):
    """Why a device's request was refused; `revocation` is the signed order to destroy what it holds."""

    message: str
    clause: str = ""
    remedy: str = ""
    revocation: str = ""


class Told(Closed):
    """A hit that a car's crew was told of by the list on board, and what they said of it, if anything yet."""

    capture_id: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
    told_at: AwareDatetime
    version: Count
    answer: Annotated[str, Field(pattern=r"^(match|differ|unreadable)?$")]
    answered_at: AwareDatetime | None
