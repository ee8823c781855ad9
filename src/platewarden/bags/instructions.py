"""How a stranger checks a bag: the part that every README of ours ends with."""

from typing import Final

_CHECKING: Final = """\
HOW TO CHECK THAT NOTHING WAS CHANGED

You need the agency's public key, given to you by hand and not with this copy:

  {key}

is what this copy says it is. Ask the agency, or whoever witnesses its ledger, whether that is
right.

1. With Platewarden on any machine, without a network:

     {command} COPY.zip --key KEY

2. Without Platewarden. Unpack the copy; in its folder:

     sha256sum --check --quiet manifest-sha256.txt
     sha256sum --check --quiet tagmanifest-sha256.txt

   Both must say nothing; and no file below data/ may be missing from manifest-sha256.txt. Then
   check the signature of the tag manifests, with Python 3 and the package "cryptography", putting
   the key in place of KEY:

----- begin check_signature.py -----
import base64, hashlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
text, line = open("signature.note", encoding="utf-8").read().split("\\n\\n")
text += "\\n"
public = base64.b64decode(sys.argv[1].split("+", 2)[2])[1:]
signature = base64.b64decode(line.split(" ")[2])[4:]
Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
for said in text.splitlines()[2:]:
    name, digest = said.split(" ")
    algorithm, digest = digest.split(":")
    assert hashlib.new(algorithm, open(name, "rb").read()).hexdigest() == digest, name
print("signed:", text.splitlines()[1])
----- end check_signature.py -----

     python3 check_signature.py KEY

3. The entries of the ledger, each with what it says:

     python3 data/ledger/verify_ledger.py data/ledger/*.tlog-proof --key KEY

   It is better to take verify_ledger.py from elsewhere than from the copy that you doubt.
"""


def how_to_check(*, key: str, command: str) -> str:
    """Return the instructions for a bag that *key* signs and that *command* checks."""
    return _CHECKING.format(key=key, command=command)
