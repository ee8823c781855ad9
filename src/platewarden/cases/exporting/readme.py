"""The page that opens a copy: for somebody who has never heard of Platewarden, e.g. a lawyer for the defence."""

from typing import Any, Final

from platewarden.bags.instructions import how_to_check

_TEXT: Final = """\
COPY OF CASE {number}
{agency}, {county} County

Made {made} (UTC) by {by}, recorded as entry {entry} of the agency's ledger. Reason given: {reason}


WHAT THIS IS

Cameras of the agency read licence plates. What they read is deleted after 30 days at the latest,
unless it is kept for a case. This is everything that was kept for the case above, with every search
that was made under its number, and the proofs that nothing of it was changed since.

  report.pdf              the whole at a glance; begin here
  records.csv, case.json  each record: plate as read, confidence, state, time, camera, place, what it is kept as
  images/original/        the pictures as the cameras sent them: these are the evidence
  images/masked/          copies in which everything outside the vehicle is painted over, for showing around
  signatures/             for each read that a camera's device signed, what it signed; step 1 below checks them
  searches.csv            who searched past reads under this number, when, for which plate, with which reason
  holds.csv               by whose authority reads were kept beyond their day
  reports/                reports of hits, as they were made
  ledger.csv              every entry of the agency's log that names the case
  ledger/                 the proofs of those entries, the public key, and a program that checks them


WHAT TO BEAR IN MIND

- A read is a machine's reading of a picture, with a confidence from 0 to 1. Compare the picture with
  what was read, character by character, and the state with the plate: machines mistake O for 0, B for
  8, and the state most of all.
- Times are UTC in the files, and the agency's own time ({zone}) in report.pdf. A camera's clock may
  be wrong.
- A read says where a plate was seen; it does not say who was in the vehicle.
- Masked pictures are masked by geometry, from the place of the plate alone. Something outside the
  vehicle may have been left, something of it painted over, and people inside it may be visible. Each
  record says how its picture was masked.
- "Only held" records were kept by a hold and not taken into the case file.


{checking}
What cannot be seen from here: whether the agency left something out that it kept elsewhere. The
ledger's entries in ledger.csv say what there was; the numbers of entries have no gaps in the whole
ledger, which an auditor can check.
"""


def readme(facts: dict[str, Any], *, key: str) -> str:
    """Return the page for the copy that *facts* describe; *key* is the public key that signs it."""
    return _TEXT.format(
        number=facts["case"]["number"],
        agency=facts["agency"]["name"],
        county=facts["agency"]["county"],
        zone=facts["agency"]["time_zone"],
        made=facts["export"]["made_at_utc"][:19].replace("T", " "),
        by=facts["export"]["asked_by"],
        entry=facts["export"]["entry"],
        reason=facts["export"]["reason"],
        checking=how_to_check(key=key, command="platewarden case verify"),
    )
