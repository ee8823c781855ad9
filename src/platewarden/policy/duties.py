"""What people must do by a date: the form in which every chapter states its duties."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.policy.actor import Role


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is to be done by a date.

    Attributes:
        what: What is to be done, in a few words; never a plate.
        clause: The clause it keeps.
        owner: The role that answers for it.
        due_at: By when.
        evidence: What shows when it was done last, or that it never was.
        where: Name of the view where it is done.
    """

    what: str
    clause: str
    owner: Role
    due_at: datetime
    evidence: str
    where: str
