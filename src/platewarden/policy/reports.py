"""The report of an action that a hit assisted: what it states, and who may have it made (RPT-1)."""

from dataclasses import dataclass
from enum import StrEnum

from platewarden.policy.actor import Actor, Role
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, first_refusal
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class Element(StrEnum):
    """What a report states; each is a heading of the built-in template.

    > RPT-1: A report of an action that the system assisted states what was read, with its images; the list and
    > its version; who verified what and when; the status check; the legal basis; the disposition; the case
    > number; and the log's receipt.
    """

    READ = "What was read"
    LIST = "The list and its version"
    VERIFICATION = "Who verified what, and when"
    STATUS_CHECK = "Status check"
    BASIS = "Legal basis"
    DISPOSITION = "Disposition"
    CASE_NUMBER = "Case number"
    RECEIPTS = "Receipts of the ledger"


@dataclass(frozen=True, slots=True)
class Parts:
    """Who had a part in an alert: account ids, empty where nobody did."""

    acknowledged_by: str = ""
    verified_by: str = ""
    disposed_by: str = ""

    def includes(self, actor: Actor) -> bool:
        """Whether *actor* took the alert, verified it or ended it."""
        return bool(actor.id) and actor.id in {self.acknowledged_by, self.verified_by, self.disposed_by}


def is_reportable_by(actor: Actor, parts: Parts) -> bool:
    """Whether the alert is *actor*'s to report on: an officer's own; for investigators and supervisors any.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.
    """
    return actor.has(Role.INVESTIGATOR, Role.SUPERVISOR) or parts.includes(actor)


def may_report(actor: Actor, case_number: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may have the report of a hit made, for the case *case_number*.

    > RPT-1: A report of an action that the system assisted states what was read, with its images
    """
    return first_refusal(
        may(actor, Right.MAKE_REPORTS),
        may_name_case(case_number, clause="RPT-1", parameters=parameters),
    )
