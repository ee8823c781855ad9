"""Who is told what: the closed list of notices, and whose inbox each of them lies in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.rights import Right, may


class NoticeKind(StrEnum):
    """What a notice is about; its label and its clause say so without naming anybody or any plate."""

    clause: str
    label: str

    def __new__(cls, value: str, clause: str = "", label: str = "") -> Self:
        """Pair the recorded *value* with its clause and with the label that people read."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.clause, member.label = clause, label
        return member

    ALERT_UNACKNOWLEDGED = "alert.unacknowledged", "HIT-1", "Nobody has taken an alert"
    ALERT_UNDISPOSED = "alert.undisposed", "HIT-3", "An alert has no disposition"
    ALERT_SUPERSEDED = "alert.superseded", "HIT-2", "An alert of yours rests on a text that was read again"
    STATEMENT_WAITS = "statement.waits", "CAP-1", "What a camera sees waits for your approval"
    DEPLOYMENT_WAITS = "deployment.waits", "CAP-5", "A deployment waits for authorisation"
    CAMERA_MOVED = "camera.moved", "CAP-1", "A camera seems to have been moved"
    VIEW_DIFFERS = "camera.view_differs", "CAP-1", "A camera sees something else than its still shows"
    UNMOVED_WAITS = "camera.unmoved_waits", "CAP-1", "That a camera did not move waits for a second person"
    CREDENTIAL_REPLACED = "camera.credential", "ADM-4", "An approved camera was given another way to send"
    CAMERA_SILENT = "camera.silent", "HIT-1", "A camera has gone silent"
    WEBHOOK_PROPOSED = "webhook.proposed", "ADM-4", "A webhook waits for a second person"
    WEBHOOK_DEAD = "webhook.dead", "HIT-1", "An alert did not reach the dispatch system"
    ENTRY_INCOMPLETE = "entry.incomplete", "HOT-2", "An exigent entry has no case number"
    ENTRY_ENDING = "entry.ending", "HOT-2", "An entry of yours is about to end"
    ENTRY_AWAITS_APPROVAL = "entry.awaits_approval", "HOT-2", "An entry waits for approval"
    ENTRY_PROVED_WRONG = "entry.proved_wrong", "HIT-3", "An entry was proved wrong"
    COMPLAINT_RECORDED = "complaint.recorded", "HIT-3", "A resident complained of a stop"
    HOLD_REQUESTED = "hold.requested", "RET-2", "A hold waits for your decision"
    HOLD_DECIDED = "hold.decided", "RET-2", "Your request for a hold was decided"
    EXPORT_READY = "export.ready", "RET-2", "The copy of a case is ready"
    HOLD_ENDING = "hold.ending", "RET-2", "A hold is about to end"
    QUERY_HELD = "query.held", "QRY-1", "A search waits for a decision"
    QUERY_DECIDED = "query.decided", "QRY-1", "Your search was decided on"
    QUERY_INCOMPLETE = "query.incomplete", "QRY-1", "An exigent search has no case number"
    EXPORT_UNSETTLED = "query.export_unsettled", "RET-1", "A file of a search has reached its end"
    HOTLIST_STALE = "hotlist.stale", "HOT-1", "A hotlist is past its age"
    BOARD_OUTDATED = "board.outdated", "HOT-1", "A car was told of an entry that is on the list no more"
    HOTLIST_REFUSED = "hotlist.refused", "HOT-1", "A hotlist file was refused"
    PURGE_OVERDUE = "purge.overdue", "RET-1", "A day past its limit is still there"
    PURGE_PAUSED = "purge.paused", "RET-1", "The purge waits for the clock to be confirmed"
    AUTHORISATION_ENDING = "authorisation.ending", "RET-4", "The authorisation to destroy is about to lapse"
    AUTHORISATION_LAPSED = "authorisation.lapsed", "RET-4", "There is no authorisation to destroy in force"
    APPROVAL_WAITS = "approval.waits", "ADM-2", "An account or a role waits for approval"
    TERMINAL_COPIED = "terminal.copied", "ADM-3", "A terminal's cookie was copied"
    SHARING_SIGNS = "sharing.signs", "ADM-3", "Sign-ins to ask somebody about"
    RESET_WAITS = "reset.waits", "ADM-3", "A reset of a second factor waits for approval"
    FACTOR_RESET = "factor.reset", "ADM-3", "A second factor was reset"
    ACCOUNT_CLOSED = "account.closed", "ADM-4", "An account that nobody used was closed"
    SIGN_IN_SHUT = "sign_in.shut", "ADM-4", "The way in under a name is shut"
    TRAINING_ENDING = "training.ending", "TRN-1", "Your training is about to end"
    BULLETIN_WAITS = "bulletin.waits", "TRN-2", "Something waits for your acknowledgement"
    DUTY_DUE = "duty.due", "ADM-1", "A duty is due"
    DUTY_UNDONE = "duty.undone", "ADM-4", "A duty was not done in time"
    DUTY_NOBODYS = "duty.nobodys", "ADM-1", "Nobody can do a duty"
    WITNESS_PROPOSED = "witness.proposed", "ADM-4", "A witness waits for a second person"
    WITNESS_SILENT = "witness.silent", "AUD-1", "No witness has co-signed for too long"
    LEDGER_CONTRADICTED = "ledger.contradicted", "AUD-1", "The ledger contradicts a signed checkpoint"
    FIGURES_WAIT = "figures.wait", "TPR-1", "Figures for the public wait for you"
    PORTAL_UNCHECKED = "portal.unchecked", "TPR-1", "The public portal is to be checked"
    RELEASE_RECEIVED = "release.received", "SHR-2", "A request for a release waits to be prepared"
    RELEASE_PREPARED = "release.prepared", "SHR-2", "A release waits for your decision"
    RELEASE_DECIDED = "release.decided", "SHR-2", "A release was decided on"
    RELEASE_READY = "release.ready", "SHR-2", "A release is ready to be handed over"
    RELEASE_LOST = "release.lost", "RET-1", "A release lost reads, or could not be made"
    RECORDS_REQUESTED = "records.requested", "SHR-3", "A records request waits for you"
    RECORDS_OVERDUE = "records.overdue", "SHR-3", "A records request is overdue"
    AUDIT_OPENED = "audit.opened", "AUD-1", "A week of searches waits for review"
    AUDIT_OVERDUE = "audit.overdue", "AUD-1", "A week of searches was not reviewed in time"
    AUDIT_QUESTION = "audit.question", "AUD-1", "An auditor asks you to explain a search"
    AUDIT_EXPLAINED = "audit.explained", "AUD-1", "An explanation has come in"
    REMEDY_ORDERED = "audit.remedy_ordered", "AUD-1", "Something was ordered after an audit"
    AGREEMENT_WAITS = "agreement.waits", "SHR-1", "A sharing agreement waits for a second person"
    AGREEMENT_DECIDED = "agreement.decided", "SHR-1", "A sharing agreement you prepared was decided on"
    AGREEMENT_ENDING = "agreement.ending", "SHR-1", "A sharing agreement is about to end"
    SHARING_SUSPENDED = "sharing.suspended", "SHR-4", "Sharing with an agency is suspended"
    SHARING_RESUMED = "sharing.resumed", "SHR-4", "Sharing with an agency goes on"
    LIFT_WAITS = "sharing.lift_waits", "SHR-4", "That sharing goes on waits for a second person"
    MISUSE_REPORTED = "misuse.reported", "SHR-4", "A report of misuse waits for you"
    MISUSE_STEP = "misuse.step", "SHR-4", "Something was done about your report of misuse"
    AUDIT_REPORT_DUE = "audit_report.due", "AUD-2", "The report on all searches is due"
    AUDIT_REPORT_LATE = "audit_report.late", "AUD-2", "The report on all searches is overdue"
    AUDIT_REPORT_DELIVERED = (
        "audit_report.delivered",
        "AUD-2",
        "A report on all searches was delivered to you",
    )
    AUDIT_REPORT_UNREAD = "audit_report.unread", "AUD-2", "A report on all searches is not acknowledged"
    CALIBRATION_FAILED = "calibration.failed", "HIT-1", "The daily proof of the path failed"


CONFIDENTIAL: Final = frozenset({NoticeKind.MISUSE_REPORTED, NoticeKind.MISUSE_STEP})
"""Notices of which the ledger does not say to whom they went, or who handled them: it would say who reported misuse."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a notice goes: everybody who holds a role at the time of reading, or one person.

    Attributes:
        agency_id: The agency it is about.
        role: The role; None when it goes to one person.
        user_id: Account id of the one person; empty when it goes to a role.
    """

    agency_id: int
    role: Role | None = None
    user_id: str = ""

    def __post_init__(self) -> None:
        if (self.role is None) == (not self.user_id):
            raise ValueError("a notice goes to a role or to a person, to exactly one of them")


def is_addressed(actor: Actor, addressee: Addressee) -> bool:
    """Whether a notice to *addressee* lies in *actor*'s inbox."""
    if not actor.is_person or actor.agency_id != addressee.agency_id:
        return False
    return actor.id == addressee.user_id or (addressee.role is not None and actor.has(addressee.role))


def may_read_notices(actor: Actor) -> Decision:
    """Decide whether *actor* has an inbox.

    > USE-1: by people whose duties call for it
    """
    return may(actor, Right.READ_NOTICES)


def may_handle_notice(actor: Actor, addressee: Addressee, *, is_handled: bool) -> Decision:
    """Decide whether *actor* may mark a notice as handled, under their own name.

    > USE-1: by people whose duties call for it
    """
    return first_refusal(
        may_read_notices(actor), _is_theirs(actor, addressee), _is_unhandled(is_handled=is_handled)
    )


def _is_theirs(actor: Actor, addressee: Addressee) -> Decision:
    if is_addressed(actor, addressee):
        return allow("USE-1")
    return refuse(
        "USE-1", "This notice is not addressed to you.", remedy="Whoever it is addressed to handles it."
    )


def _is_unhandled(*, is_handled: bool) -> Decision:
    if is_handled:
        return refuse("USE-1", "Somebody has already handled this.", remedy="Nothing: it is on record.")
    return allow("USE-1")
