"""The page that opens a release: what it is, what it may be used for, and how to check it."""

from typing import Any, Final

from platewarden.bags.instructions import how_to_check

_TEXT: Final = """\
RELEASE {number}
{agency}, {county} County

For {requester}, {official}, case {their_case}. Made {made} (UTC).
Approved by {approved_by}, entry {entry} of the agency's ledger.


WHAT THIS IS

Cameras of the agency read licence plates. This is a copy of the reads that were approved for your
request, and of no others.

  cover-letter.pdf  the whole at a glance, and on which terms; begin here
  reads.csv         each read: plate as read, confidence, state, time, camera, place
  reads/            the same, one file a read, as it was frozen
  images/           the plates and the vehicles; everything outside the vehicle is painted over
  selection.json    what was approved: to whom, for what, and the digests of each read
  ledger/           the proofs of the entries about this release, the public key, and a program that checks them


TERMS

- For the case above and nothing else. Not to be passed on without asking.
- Never to investigate a person's immigration status. Your request states that it is not for that,
  and rests on no protected ground.
- Every picture and page carries the number of this release, for whom it was made, and when.
- A read is a machine's reading of a picture. Compare the picture with what was read, character by
  character, before you act on it. It says where a plate was seen, not who was in the vehicle.
- Pictures are masked by geometry: something outside the vehicle may have been left, and people
  inside it may be visible.


WHAT WAS APPROVED

The SHA-256 of selection.json is

  {selection}

and that is what the approval on the ledger names. Each read's digest in it is SHA-256 of the salt
in it, as bytes, and of the file reads/read-N.json. The digests of the pictures are of the pictures
as the camera sent them, before they were masked and marked.


{checking}"""


def readme(facts: dict[str, Any], *, key: str) -> str:
    """Return the page for the release that *facts* describe; *key* is the public key that signs it."""
    about = facts["release"]
    return _TEXT.format(
        number=about["number"],
        agency=facts["agency"]["name"],
        county=facts["agency"]["county"],
        requester=about["requester"],
        official=about["official"],
        their_case=about["their_case"],
        made=about["made_at_utc"][:19].replace("T", " "),
        approved_by=about["approved_by"],
        entry=about["approval_entry"],
        selection=about["selection_sha256"],
        checking=how_to_check(key=key, command="platewarden release verify"),
    )
