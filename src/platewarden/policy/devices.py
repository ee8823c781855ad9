"""What is asked of edge devices: that they sign, that their clocks are right, that revoked ones are told so."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters

CLOCK_OF_REQUESTS: Final = timedelta(minutes=5)
"""A signed request older than this, or further in the future, is refused: it may be somebody's recording of it."""


def may_be_taken_as_signed(*, is_signed_by_its_device: bool) -> Decision:
    """Decide whether a read that came from a device may be kept.

    > ADM-4: Data is protected against intrusion
    """
    if is_signed_by_its_device:
        return allow("ADM-4")
    return refuse(
        "ADM-4",
        "The signature is not its device's, or the read is not as it was signed.",
        remedy="Send it as it was signed, with the device's own key.",
        field="signature",
    )


def may_carry_lists(
    kinds: Collection[CameraKind], *, parameters: Parameters, is_vendors: bool = False
) -> Decision:
    """Decide whether a device whose cameras are of *kinds* may carry the hotlists on board.

    > HOT-1: The most current hotlist available is the one in use.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.

    A device that a vendor enrolled (*is_vendors*) is in a vendor's hands, who sees no plate.

    A patrol car loses its connection, and compares meanwhile with what it carries. A box at a pole has a line, and
    whoever takes it down has no list: it carries one only where the agency says so.
    """
    if is_vendors:
        return refuse(
            "USE-1",
            "A vendor enrolled this device, and a vendor sees no plate.",
            remedy="Revoke it, and let one of your own people enrol it anew under another code.",
        )
    if CameraKind.MOBILE in kinds or parameters.flag("hotlist.on_every_device"):
        return allow("HOT-1")
    return refuse(
        "HOT-1",
        "Only a mobile unit carries hotlists.",
        remedy="Enrol the device for a mobile camera, or adopt hotlist.on_every_device.",
    )


def is_clock_doubtful(offset_seconds: float | None, *, parameters: Parameters) -> bool:
    """Whether the time of a read is to be doubted: its device's clock was off, or nobody knows by how much.

    > CAP-2: Of a passing vehicle the system keeps the plate image, the vehicle image, the vehicle's type,
    > make, model and colour, the plate number, the state of registration, the date, the time and the place,
    > and nothing else.
    """
    if offset_seconds is None:
        return True
    return abs(offset_seconds) > parameters.seconds("capture.device_clock_seconds").total_seconds()
