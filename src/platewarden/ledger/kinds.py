"""Every kind of entry the ledger may hold, each with the sentence that the ledger page shows for it.

A kind is part of the immutable leaf: a value is never renamed and never given a second meaning.
"""

from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What an entry records; the value is ``thing.event`` in lower case."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Self:
        """Pair the recorded *value* with the *description* shown to people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    # People and their rights
    AGENCY_FOUNDED = "agency.founded", "The agency that owns this installation was entered."
    AGENCY_ADDED = "agency.added", "A partner agency was put on the register."
    AGENCY_CHANGED = "agency.changed", "An agency's record on the register was changed."
    ACCOUNT_CREATED = "account.created", "A person was given an account."
    ACCOUNT_CHANGED = "account.changed", "A person's account was changed."
    ACCOUNT_DISABLED = "account.disabled", "A person's account was closed to them at once."
    ACCOUNT_APPROVED = "account.approved", "A second person approved a new account with its roles."
    ACCOUNT_DECLINED = "account.declined", "A second person declined a new account."
    ACCOUNT_REOPENED = "account.reopened", "A closed account was opened to its person again."
    ENROLMENT_CODE_ISSUED = "account.code_issued", "A one-time enrolment code was issued."
    PASSWORD_SET = "account.password_set", "A person set their password."
    ADMINISTRATOR_NAMED = "administrator.named", "A person was named administrator for a term."
    USERS_REVIEWED = "users.reviewed", "A person recorded the yearly review of the users."
    PEOPLE_EXPORTED = "people.exported", "A person took the list of users away."
    ROLE_ASKED = "role.asked", "A role was asked for, for a person."
    ROLE_DECLINED = "role.declined", "A second person declined a role that was asked for."
    ROLE_GRANTED = "role.granted", "A person was given a role."
    ROLE_REVOKED = "role.revoked", "A role was taken from a person."
    SIGN_IN_SUCCEEDED = "sign_in.succeeded", "A person signed in."
    SIGN_IN_FAILED = "sign_in.failed", "Someone tried to sign in and failed."
    SIGN_IN_LOCKED_OUT = "sign_in.locked_out", "An attempt to sign in was refused because the way in is shut."
    SIGN_IN_SHUT = "sign_in.shut", "After too many failures the way in under one name was shut."
    SIGN_IN_RELEASED = "sign_in.released", "A person opened the way in under one name again."
    SECOND_FACTOR_ADDED = "second_factor.added", "A person added a second factor."
    SECOND_FACTOR_REMOVED = "second_factor.removed", "A second factor was removed."
    FACTOR_RESET_ASKED = "second_factor.reset_asked", "A reset of somebody's second factor was asked for."
    FACTOR_RESET_DECLINED = "second_factor.reset_declined", "A second person declined such a reset."
    FACTOR_RESET = (
        "second_factor.reset",
        "A second person approved it: every second factor and the password are gone.",
    )
    SIGN_OUT = "sign_in.out", "A person signed out."
    TERMINAL_REGISTERED = (
        "terminal.registered",
        "A terminal was registered whose sessions do not lock by themselves.",
    )
    TERMINAL_ENROLLED = "terminal.enrolled", "A browser became a registered terminal, by its one-time code."
    TERMINAL_REFUSED = "terminal.refused", "A code that enrols no terminal was tried."
    TERMINAL_REVOKED = "terminal.revoked", "A terminal's registration was ended."
    SESSION_LOCKED = "session.locked", "An idle console was locked."
    SESSION_UNLOCKED = "session.unlocked", "A locked console was opened again by its person."
    SESSION_ENDED = "session.ended", "A session was ended by someone or something other than its person."

    # What people have learnt and acknowledged
    TRAINING_PASSED = "training.passed", "A person answered a course's questions and passed."
    TRAINING_NOT_PASSED = "training.not_passed", "A person answered a course's questions and did not pass."
    BULLETIN_PUBLISHED = "bulletin.published", "Everybody was asked to acknowledge a bulletin or a policy."
    BULLETIN_ACKNOWLEDGED = "bulletin.acknowledged", "A person acknowledged a bulletin or a policy."
    POLICY_REVIEWED = "policy.reviewed", "A person recorded the yearly review of the policy."

    # The adopted policy
    POLICY_PRINTED = "policy.printed", "A person had the page on the policy printed."
    POLICY_ADOPTED = "policy.adopted", "A version of the written policy was adopted."
    PARAMETER_PROPOSED = "parameter.proposed", "A person proposed a value for a policy parameter."
    PARAMETER_ADOPTED = "parameter.adopted", "A second person adopted a proposed value."
    PARAMETER_REJECTED = "parameter.rejected", "A second person rejected a proposed value."

    # Cameras and their reads
    CAMERA_REGISTERED = "camera.registered", "A camera was put on the register."
    AREA_ADDED = "area.added", "An area was added, by which people on duty divide alerts."
    CAMERA_CHANGED = "camera.changed", "A camera's record was changed."
    CAMERA_APPROVED = "camera.approved", "A camera was approved to submit reads."
    CAMERA_SUSPENDED = "camera.suspended", "A camera's approval was suspended."
    CAMERA_FOUND_MOVED = (
        "camera.found_moved",
        "A camera was found to be elsewhere than it should: its statement counted no more.",
    )
    CAMERA_VIEW_DIFFERS = (
        "camera.view_differs",
        "A camera's device said that it sees something else than its approved still shows.",
    )
    CAMERA_SAID_UNMOVED = "camera.said_unmoved", "A person said that a camera had not moved, and why."
    CAMERA_CONFIRMED_UNMOVED = (
        "camera.confirmed_unmoved",
        "A second person confirmed that a camera had not moved: its statement counted again.",
    )
    CAMERA_CREDENTIAL_ISSUED = "camera.credential_issued", "A camera was given a credential."
    CAMERA_CREDENTIAL_REVOKED = "camera.credential_revoked", "A camera's credential was withdrawn."
    DEVICE_CODE_ISSUED = "device.code_issued", "A one-time code was issued by which a device enrols."
    DEVICE_ENROLLED = "device.enrolled", "A device enrolled with this key, for these cameras."
    DEVICE_KEY_CHANGED = "device.key_changed", "A device took this key in place of the one before."
    DEVICE_SETTINGS_CHANGED = "device.settings_changed", "How a device works was set."
    DEVICE_LOST_READS = (
        "device.lost_reads",
        "A device said that reads were lost before they could be submitted.",
    )
    BOARD_GIVEN = "board.given", "A device was given the hotlists to carry, whole or what had changed."
    BOARD_TOLD = (
        "board.told",
        "A car told its crew of a hit on the list that it carries, or they said what they saw.",
    )
    DEVICE_REVOKED = "device.revoked", "A device was revoked, and is told to destroy what it holds."
    DEVICE_STILL_SENT = (
        "device.still_sent",
        "A device sent a still of what a camera sees: that of its enrolment, or one that somebody there had it send.",
    )
    STATEMENT_SIGNED = "statement.signed", "A camera's field-of-view statement was signed."
    STATEMENT_DECLINED = "statement.declined", "A second person declined a camera's statement, and said why."
    STILL_OPENED = "statement.still_opened", "A person looked at the still of a camera's statement."
    DEPLOYMENT_ASKED = "deployment.asked", "A person asked that a portable camera be deployed."
    DEPLOYMENT_AUTHORISED = "deployment.authorised", "A second person authorised a deployment."
    DEPLOYMENT_ENDED = "deployment.ended", "A person ended a deployment, or the request for it."
    READS_COUNTED = "reads.counted", "The number of reads that one camera submitted in one hour."
    READS_REFUSED = "reads.refused", "Reads that a camera submitted were refused."

    # Hotlists
    HOTLIST_CREATED = "hotlist.created", "A hotlist was set up."
    HOTLIST_CHANGED = "hotlist.changed", "A hotlist's settings were changed."
    HOTLIST_LOADED = "hotlist.loaded", "A snapshot of a hotlist was loaded."
    HOTLIST_REFUSED = "hotlist.refused", "A hotlist file was refused; nothing of it was loaded."
    HOTLIST_ABANDONED = (
        "hotlist.abandoned",
        "A hotlist file under way was cancelled or broken off; nothing of it was loaded.",
    )
    ENTRY_ADDED = "entry.added", "A person added an entry to a hotlist."
    ENTRY_WITHDRAWN = "entry.withdrawn", "A person withdrew an entry from a hotlist."
    ENTRY_RENEWED = "entry.renewed", "A person renewed an entry with a fresh reason."
    ENTRY_APPROVED = "entry.approved", "A second person approved an entry made by hand."
    ENTRY_EXPIRED = "entry.expired", "An entry of a hotlist reached its end."
    ENTRIES_ERASED = (
        "entries.erased",
        "The plates of entries that had ended were erased at the end of their time.",
    )

    # Alerts
    ALERT_RAISED = "alert.raised", "A hit raised an alert."
    ALERT_SIGHTED = "alert.sighted", "A further read of the same vehicle joined an alert."
    ALERTS_LISTED = (
        "alerts.listed",
        "A person looked through a list of alerts, with the plates and places of their hits.",
    )
    CANDIDATES_LISTED = (
        "candidates.listed",
        "A person looked through weaker matches, with the plates and places of their reads.",
    )
    CANDIDATE_OPENED = "candidate.opened", "A person opened a weaker match."
    CANDIDATE_PROMOTED = "candidate.promoted", "A person raised an alert from a weaker match, with a reason."
    CALIBRATION_RAISED = "calibration.raised", "One of our own plates raised its alert; nobody is told of it."
    CALIBRATION_RUN = "calibration.run", "Our own plates went through the path, with this outcome."
    ALERT_SUPERSEDED = "alert.superseded", "A camera read the plate of an alert again, and otherwise."
    ALERT_OPENED = "alert.opened", "A person opened an alert."
    ALERT_ACKNOWLEDGED = "alert.acknowledged", "A person took an alert upon themselves."
    ALERT_FIRST_LOOK = (
        "alert.first_look",
        "A person typed what they saw on a plate image before its entry was shown.",
    )
    ALERT_VERIFIED = (
        "alert.verified",
        "A person compared image, characters and state.",
    )
    ALERT_STATUS_CHECKED = "alert.status_checked", "A person said how the status check of an alert came out."
    ALERT_DISPOSED = "alert.disposed", "A person recorded how an alert ended."
    ALERT_ESCALATED = "alert.escalated", "An alert was passed on because nobody dealt with it in time."
    REPORT_MADE = "report.made", "The report of a hit was asked for; written before it is made."
    REPORT_KEPT = "report.kept", "A report was sealed in its case; its digest is recorded."
    REPORT_OPENED = "report.opened", "A person took a report that a case keeps."

    # Who is on duty
    DUTY_STARTED = "duty.started", "A person signed on for duty, for these areas."
    DUTY_ENDED = "duty.ended", "A person's time on duty was ended."
    DUTY_MUTED = "duty.muted", "A person muted alerts that are not of high priority for a while."
    DUTY_UNMUTED = "duty.unmuted", "A person let all alerts sound again."

    # What people owe by a date
    CALENDAR_MADE = "calendar.made", "A person was given a secret address for the calendar of their duties."
    CALENDAR_ENDED = "calendar.ended", "The secret address of a person's calendar stopped working."
    CALENDAR_FETCHED = (
        "calendar.fetched",
        "A calendar was fetched, from this address for the first time that day.",
    )
    CALENDAR_REFUSED = "calendar.refused", "A calendar was asked for under an address that is nobody's."

    # What people are told
    NOTICE_RAISED = "notice.raised", "Something was put into people's inboxes that they must deal with."
    NOTICE_HANDLED = "notice.handled", "A person said that they had dealt with a notice."

    WEBHOOK_PROPOSED = "webhook.proposed", "A person proposed that a dispatch system be told of alerts."
    WEBHOOK_ADOPTED = "webhook.adopted", "A second person adopted that a dispatch system is told of alerts."
    WEBHOOK_WITHDRAWN = "webhook.withdrawn", "A dispatch system is told of alerts no more."

    # What follows from false hits
    FALSE_HITS_EXPORTED = "false_hits.exported", "A person took the figures on false hits away."
    SUPPRESSION_PLACED = "suppression.placed", "An entry called wrong no longer alerts for one plate."
    SUPPRESSION_CONFIRMED = "suppression.confirmed", "A second person confirmed that an entry is wrong."
    SUPPRESSION_LIFTED = "suppression.lifted", "An entry that was suppressed alerts again."
    CORRECTION_WRITTEN = "correction.written", "A letter to the owner of an entry called wrong was made."
    CORRECTION_SENT = "correction.sent", "A person said that a correction notice went out."
    CORRECTION_ANSWERED = "correction.answered", "A person recorded the answer to a correction notice."
    COMPLAINT_RECORDED = "complaint.recorded", "A resident's complaint was recorded."
    COMPLAINT_OPENED = "complaint.opened", "A person read a resident's complaint."
    COMPLAINT_TRACED = "complaint.traced", "A person looked for the entries behind a complaint."
    COMPLAINT_ANSWERED = "complaint.answered", "A person recorded how a complaint was answered."
    COMPLAINT_ERASED = (
        "complaint.erased",
        "The personal part of a complaint was erased at the end of its time.",
    )

    # Looks at past reads
    QUERY_ASKED = "query.asked", "A person asked for past reads; written before the search is made."
    QUERY_ANSWERED = "query.answered", "A search was made; written before its result is shown."
    QUERY_REPLAYED = "query.replayed", "A person looked again at the answer to their query."
    QUERY_HELD = "query.held", "A search was put before somebody else, who decides whether it is made."
    QUERY_REVIEWED = "query.reviewed", "A person looked at a held search, to decide on it."
    QUERY_RELEASED = "query.released", "A second person released a held search, with a reason."
    QUERY_DENIED = "query.denied", "A second person denied a held search, with a reason."
    QUERY_COMPLETED = "query.completed", "An exigent search was given its case number."
    QUERY_OVERDUE = (
        "query.overdue",
        "An exigent search was not given its case number in time; its asker makes no further search.",
    )
    QUERY_EXPORTED = (
        "query.exported",
        "A person took the answer to their query away as a file; written before it is made.",
    )
    QUERY_PRINTED = "query.printed", "A person had the answer to their query laid out for printing."
    EXPORT_SETTLED = (
        "query.export_settled",
        "A person said that a file of their query went into the case, or was destroyed.",
    )
    IMAGE_OPENED = "image.opened", "A person looked at a plate or vehicle image."
    REQUEST_REFUSED = "request.refused", "Something was asked for that the policy does not permit."
    OBJECT_MISSING = "object.missing", "Something was asked for that is absent or not the asker's."

    # Cases and holds
    CASE_OPENED = "case.opened", "A case was opened."
    CASE_CLOSED = "case.closed", "A case was closed."
    CASE_SEEN = "case.seen", "A person looked at what a case keeps; written before it is shown."
    CASE_RECORD_OPENED = "case.record_opened", "A person opened a record of a case, with its images."
    HIT_PRESERVED = "case.hit_preserved", "A hit was preserved in a case before its day ends."
    READ_TAKEN = "case.read_taken", "A read that a query found was taken into a case file."
    CASE_SWEPT = "case.swept", "Sealed copies that belong to no record of a case were removed."
    HOLD_REQUESTED = "hold.requested", "A person asked that named reads be held for a case."
    HOLD_DECLINED = "hold.declined", "An administrator turned a request for a hold down."
    HOLD_PLACED = "hold.placed", "Named reads were put on hold for a case."
    HOLD_LIFTED = "hold.lifted", "A hold was lifted."
    HOLD_EXPIRED = "hold.expired", "A hold reached its end; what it alone kept was removed."
    EXPORT_ASKED = "export.asked", "A person asked for a copy of a case; written before anything is opened."
    EXPORT_PREPARED = "export.prepared", "A copy for a case was prepared."
    EXPORT_FAILED = "export.failed", "A copy of a case could not be made; nothing of it is left."
    EXPORT_RELEASED = "export.released", "A copy was handed over."
    EXPORT_EXPIRED = (
        "export.expired",
        "A copy that waited to be fetched was removed: its time was over, or a hold ended.",
    )

    # Copies for agencies without access
    RELEASE_RECEIVED = "release.received", "A written request for a release was taken in."
    RELEASE_OPENED = "release.opened", "A person looked at a request for a release, with what it asks for."
    RELEASE_DOCUMENT_TAKEN = "release.document_taken", "A person took the written request for a release."
    RELEASE_PREPARED = (
        "release.prepared",
        "Reads that a search found were frozen for a release, with this digest.",
    )
    RELEASE_SEEN = (
        "release.seen",
        "A person looked at reads frozen for a release; written before they are shown.",
    )
    RELEASE_APPROVED = "release.approved", "A second person approved the release of exactly this selection."
    RELEASE_DENIED = "release.denied", "A second person denied a release, with a reason."
    RELEASE_VOIDED = "release.voided", "An approval became void: what it was given for had changed."
    RELEASE_PACKED = "release.packed", "The package of a release was made, with this digest."
    RELEASE_FAILED = "release.failed", "The package of a release could not be made; nothing of it is left."
    RELEASE_PHRASE_SEEN = (
        "release.phrase_seen",
        "A person looked at the pass phrase of a release, to tell it.",
    )
    RELEASE_FETCHED = "release.fetched", "The package of a release was fetched: it has left the system."
    RELEASE_HANDED_OVER = (
        "release.handed_over",
        "A person recorded to whom a release was handed over, and how.",
    )
    RELEASE_ACKNOWLEDGED = "release.acknowledged", "A person recorded that the recipient of a release has it."
    RELEASE_WITHDRAWN = "release.withdrawn", "A request for a release was withdrawn."
    RELEASE_EXPIRED = "release.expired", "A request for a release expired."
    RELEASE_REMOVED = "release.removed", "The package of a release was destroyed here."

    # Requests for records, which the County Attorney answers
    RECORDS_REGISTERED = (
        "records.registered",
        "A records request was registered and sent to the County Attorney.",
    )
    RECORDS_OPENED = "records.opened", "A person read a records request."
    RECORDS_ACKNOWLEDGED = "records.acknowledged", "The receipt of a records request was acknowledged."
    RECORDS_EXTENDED = "records.extended", "A requester of records was told a later day, with a reason."
    RECORDS_ANSWERED = "records.answered", "A person recorded how a records request was answered."
    RECORDS_OVERDUE = "records.overdue", "A step of a records request was not taken in time."
    # Sharing with agencies of the state
    AGREEMENT_PREPARED = (
        "agreement.prepared",
        "A version of a sharing agreement was put before a second person.",
    )
    AGREEMENT_OPENED = "agreement.opened", "A second person opened a version of a sharing agreement."
    AGREEMENT_DECLINED = "agreement.declined", "A second person declined a version of a sharing agreement."
    SHARING_SUSPENDED = "sharing.suspended", "A person suspended sharing with an agency, at once."
    SHARING_LIFT_PROPOSED = "sharing.lift_proposed", "A person proposed that sharing with an agency goes on."
    SHARING_RESUMED = "sharing.resumed", "A second person let sharing with an agency go on."
    GUEST_INVITED = "guest.invited", "A person of a partner agency was invited on its written word."
    AGENCY_USE_SEEN = "agency_use.seen", "A guest looked through what their agency had asked here."
    AGENCY_USE_EXPORTED = (
        "agency_use.exported",
        "A guest took away what their agency had asked here, with receipts.",
    )
    MISUSE_REPORTED = "misuse.reported", "A report of misuse was made; the ledger does not say by whom."
    MISUSE_OPENED = "misuse.opened", "Whoever investigates a report of misuse read it."
    MISUSE_ACKNOWLEDGED = "misuse.acknowledged", "Whoever reported misuse was told that the report arrived."
    MISUSE_NOTED = "misuse.noted", "Something was noted about a report of misuse."
    MISUSE_DECIDED = "misuse.decided", "A report of misuse was decided."
    # The audit of all searches, twice a year
    AUDIT_REPORT_BUILT = "audit_report.built", "The report on all searches of a period was drawn up."
    AUDIT_REPORT_CHECKED = (
        "audit_report.checked",
        "An auditor looked at what was open, and wrote a conclusion.",
    )
    AUDIT_REPORT_SIGNED = (
        "audit_report.signed",
        "A report was signed and delivered, with this digest of its file.",
    )
    AUDIT_REPORT_OPENED = "audit_report.opened", "A person opened a report on all searches."
    AUDIT_REPORT_RECEIVED = "audit_report.received", "The Undersheriff acknowledged a report."
    AUDIT_REPORT_DIFFERS = (
        "audit_report.differs",
        "The file of a report is not the one that was signed; it was not handed out.",
    )
    INVENTED = (
        "demo.invented",
        "Something invented for the demo's past, at a time that its body says; the ledger's time is that of loading.",
    )

    # What the public is told
    FIGURES_MEASURED = "figures.measured", "A month's figures were measured, once and for all."
    FIGURES_REVIEWED = (
        "figures.reviewed",
        "The administrator looked at a month's figures before the public does.",
    )
    FIGURES_PUBLISHED = "figures.published", "A second person published a month's figures, with this digest."
    PORTAL_CHECKED = "portal.checked", "A person checked that the public portal says what is so."

    # The weekly review of searches
    AUDIT_OPENED = "audit.opened", "A week's sample was drawn from its public seed, and its review opened."
    AUDIT_ITEM_OPENED = (
        "audit.item_opened",
        "A person read searches under review, with what they asked for; written before they are shown.",
    )
    AUDIT_MARKED = "audit.marked", "A person said what they found of searches under review."
    AUDIT_EXPLAINED = "audit.explained", "A person answered what an auditor asked of them."
    AUDIT_REMEDY_ORDERED = "audit.remedy_ordered", "Something was ordered after a violation was found."
    AUDIT_REMEDY_DONE = "audit.remedy_done", "Something that was ordered after a violation was done."
    AUDIT_CLOSED = "audit.closed", "The review of a week was closed."
    PLATE_DECLARED = "plate.declared", "A person declared a plate of their own or their household."
    PLATE_UNDECLARED = "plate.undeclared", "A person withdrew a plate that they had declared."
    PLATE_PLANTED = "plate.planted", "An auditor planted a plate that no vehicle has."
    PLATE_LIFTED = "plate.lifted", "An auditor took up a planted plate again."
    RETRAINING_ORDERED = "training.ordered", "A person must pass every course again before plate data opens."
    ROLES_SUSPENDED = "role.suspended", "All roles of a person were suspended until a day."

    # Keys, days and the ledger itself
    KEY_CREATED = "key.created", "A key was made."
    KEY_DESTROYED = "key.destroyed", "A key was destroyed; what it sealed can no longer be read."
    DAY_CLOSED = (
        "day.closed",
        "A day past its limit was closed: none of its reads is taken, and its removal begins.",
    )
    DAY_PURGED = "day.purged", "A day of reads, images and hits was removed for good."
    BACKUP_MADE = "backup.made", "A backup was begun, under a key of its own."
    BACKUP_CHECKED = "backup.checked", "A backup was opened and read to its end: it is whole."
    BACKUP_RESTORED = "backup.restored", "This installation was restored from a backup, up to this entry."
    PURGE_AUTHORISED = "purge.authorised", "A person gave the standing authorisation to purge."
    PURGE_PAUSED = "purge.paused", "The purge was paused because the clock had jumped forward."
    PURGE_RESUMED = "purge.resumed", "A person confirmed the clock and let the purge go on."
    CHECKPOINT_SIGNED = (
        "checkpoint.signed",
        "A checkpoint was ordered; it covers this entry.",
    )
    KEY_ROTATED = (
        "ledger.key_rotated",
        "A new signing key was announced; the old one signed the checkpoint that covers this entry.",
    )
    KEY_REPLACED = (
        "ledger.key_replaced",
        "The signing key was lost and another made; nothing but the new one vouches for this.",
    )
    RECEIPT_DOWNLOADED = "ledger.receipt_downloaded", "A person took a receipt of an entry away."
    CHECKPOINT_DOWNLOADED = "ledger.checkpoint_downloaded", "A person took a checkpoint away."
    CONSISTENCY_DOWNLOADED = (
        "ledger.consistency_downloaded",
        "A person took the proof away that one checkpoint goes on from another.",
    )
    LEDGER_EXPORTED = "ledger.exported", "The whole ledger was taken away, with or without bodies."
    ENTRY_OPENED = (
        "ledger.entry_opened",
        "A person read an entry that says which plate somebody looked for.",
    )
    LEDGER_VERIFIED = "ledger.verified", "The whole ledger was verified, with this outcome."
    BODIES_ERASED = (
        "bodies.erased",
        "Bodies of old entries were erased; their leaves remain.",
    )
    WITNESS_PROPOSED = "witness.proposed", "A person proposed that somebody co-sign checkpoints."
    WITNESS_ADOPTED = "witness.adopted", "A second person adopted a witness of checkpoints."
    WITNESS_WITHDRAWN = "witness.withdrawn", "A witness is asked for no co-signature any more."
    WITNESS_CONTRADICTED = (
        "witness.contradicted",
        "A checkpoint that a witness co-signed does not agree with the ledger.",
    )
    CLOCK_STEPPED_BACK = "clock.stepped_back", "The database's clock was set back by more than a minute."
    DEMO_LOADED = "demo.loaded", "The invented demo agency was loaded."
