"""Who may do what: one table, which every other chapter asks."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.decision import Decision, allow, refuse


class Right(StrEnum):
    """Something a person may be entitled to do."""

    SEE_ALERTS = "see alerts"
    VERIFY_ALERTS = "verify alerts"
    DISPOSE_OF_ALERTS = "dispose of alerts"
    ASK_QUERIES = "search past reads"
    DECIDE_QUERIES = "decide on a colleague's search"
    PRESERVE_IN_CASE = "preserve a record in a case"
    SEE_CASES = "see cases"
    REQUEST_HOLDS = "ask for a hold"
    DECIDE_HOLDS = "place or lift a hold"
    EXPORT_CASES = "export a case"
    SEE_HOTLISTS = "see hotlists"
    LOAD_HOTLISTS = "load hotlists"
    ENTER_MANUALLY = "enter a plate by hand"
    WITHDRAW_ANY_ENTRY = "withdraw anyone's entry"
    APPROVE_ENTRIES = "approve a plate entered by hand"
    SEE_CANDIDATES = "see weaker matches and raise alerts from them"
    CALIBRATE = "run calibration plates through the path"
    SEE_CAMERAS = "see cameras"
    REGISTER_CAMERAS = "register cameras"
    APPROVE_CAMERAS = "approve cameras"
    SEE_STILLS = "look at the stills of what cameras see"
    PURGE = "start a purge"
    CONFIRM_CLOCK = "confirm the clock"
    AUTHORISE_DESTRUCTION = "authorise the destruction of what is past its day"
    BACK_UP = "make a backup"
    SEE_RETENTION = "see what is kept, and what was destroyed"
    READ_LEDGER = "read the ledger"
    SEE_COMPLIANCE = "see the compliance page"
    SEE_ALL_DUTIES = "see what everybody owes by a date"
    SEE_PEOPLE = "see the list of people"
    MANAGE_ACCOUNTS = "manage accounts and roles"
    ADOPT_PARAMETERS = "propose and adopt parameters"
    READ_NOTICES = "read notices"
    MANAGE_WEBHOOKS = "look after webhooks"
    ADOPT_WEBHOOKS = "adopt webhooks"
    MANAGE_WITNESSES = "look after the ledger's witnesses"
    ADOPT_WITNESSES = "adopt the ledger's witnesses"
    EXPORT_LEDGER = "take the ledger away"
    EXPORT_BODIES = "take away what the ledger's entries say"
    MAKE_REPORTS = "make the report of a hit"
    SEE_FALSE_HITS = "see the register of false hits"
    REVIEW_SUPPRESSIONS = "review the suppression of an entry"
    LIFT_SUPPRESSIONS = "lift the suppression of an entry"
    WRITE_CORRECTIONS = "write to an agency about its entry"
    KEEP_COMPLAINTS = "keep residents' complaints"
    LOOK_BEHIND_COMPLAINTS = "look for the entries behind a complaint"
    APPROVE_ACCOUNTS = "approve accounts and roles"
    KEEP_AGENCIES = "keep the register of agencies"
    REVIEW_USERS = "record the yearly review of users"
    NAME_ADMINISTRATOR = "name the administrator for a term"
    MANAGE_TERMINALS = "register and revoke terminals"
    RELEASE_SIGN_INS = "open the way in again after too many failures"
    SEE_SIGN_INS = "see how people signed in"
    SEE_TRAINING = "see who is trained"
    PUBLISH_BULLETINS = "publish bulletins"
    REVIEW_POLICY = "record the yearly review of the policy"
    REVIEW_FIGURES = "look at figures before they are published"
    PUBLISH_FIGURES = "publish figures"
    CHECK_PORTAL = "see unpublished figures and check the public portal"
    SEE_TEAM = "see how their own people use the system"
    SEE_RELEASES = "see requests for a release"
    ENTER_RELEASES = "take in a request for a release"
    PREPARE_RELEASES = "prepare a release and hand it over"
    DECIDE_RELEASES = "decide on a release out of the state"
    DECIDE_STATE_RELEASES = "decide on a release within the state"
    SEE_RECORDS_REQUESTS = "see the register of records requests"
    REGISTER_RECORDS_REQUESTS = "register a records request and read it"
    ANSWER_RECORDS_REQUESTS = "acknowledge, extend and answer a records request"
    REVIEW_SEARCHES = "review searches"
    PLANT_PLATES = "plant plates that no vehicle has"
    TALK_AFTER_FINDING = "talk to somebody after a finding"
    DECIDE_ON_FINDINGS = "decide on what an audit found"
    SEE_AGENCIES = "see the register of agencies and the agreements with them"
    PREPARE_AGREEMENTS = "prepare a sharing agreement"
    OPEN_AGREEMENTS = "open a sharing agreement that somebody else prepared"
    SUSPEND_SHARING = "suspend sharing with an agency, and let it go on again by two"
    SEE_AGENCY_USE = "see what one's own agency asked here as a guest"
    DECIDE_MISUSE = "investigate reports of misuse and decide on them"
    WRITE_AUDIT_REPORTS = "draw up and sign the report on all searches"
    READ_AUDIT_REPORTS = "read the report on all searches"
    RECEIVE_AUDIT_REPORTS = "acknowledge the report on all searches"


_EVERYONE: Final = frozenset(Role) - {Role.VENDOR, Role.RECORDS_OFFICER, Role.GUEST}
_MEMBERS: Final = frozenset(Role) - {Role.VENDOR, Role.GUEST}
_OPERATIONS: Final = frozenset({Role.OFFICER, Role.DISPATCHER, Role.INVESTIGATOR, Role.SUPERVISOR})
_SEARCHERS: Final = frozenset({Role.OFFICER, Role.INVESTIGATOR, Role.SUPERVISOR})
_CASE_WORKERS: Final = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
_OVERSIGHT: Final = frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.UNDERSHERIFF})
_COMMAND: Final = frozenset({Role.SHERIFF, Role.UNDERSHERIFF})
_MANAGEMENT: Final = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
_AUDITOR: Final = frozenset({Role.AUDITOR})
_SUPERVISOR: Final = frozenset({Role.SUPERVISOR})

RIGHTS: Final[Mapping[Right, frozenset[Role]]] = MappingProxyType(
    {
        Right.SEE_ALERTS: _OPERATIONS,
        Right.VERIFY_ALERTS: _OPERATIONS,
        Right.DISPOSE_OF_ALERTS: _OPERATIONS,
        Right.ASK_QUERIES: _SEARCHERS | {Role.GUEST},
        Right.DECIDE_QUERIES: _SUPERVISOR,
        Right.PRESERVE_IN_CASE: _CASE_WORKERS,
        Right.SEE_CASES: _SEARCHERS | _ADMINISTRATOR,
        Right.REQUEST_HOLDS: _CASE_WORKERS,
        Right.DECIDE_HOLDS: _ADMINISTRATOR,
        Right.EXPORT_CASES: _CASE_WORKERS,
        Right.SEE_HOTLISTS: _EVERYONE,
        Right.LOAD_HOTLISTS: _MANAGEMENT,
        Right.ENTER_MANUALLY: _OPERATIONS,
        Right.WITHDRAW_ANY_ENTRY: _MANAGEMENT,
        Right.APPROVE_ENTRIES: _SUPERVISOR,
        Right.SEE_CANDIDATES: _CASE_WORKERS,
        Right.CALIBRATE: _ADMINISTRATOR,
        Right.SEE_CAMERAS: _EVERYONE | {Role.VENDOR},
        Right.REGISTER_CAMERAS: frozenset({Role.ADMINISTRATOR, Role.VENDOR}),
        Right.APPROVE_CAMERAS: _MANAGEMENT,
        Right.SEE_STILLS: _OVERSIGHT,
        Right.PURGE: _ADMINISTRATOR,
        Right.CONFIRM_CLOCK: _ADMINISTRATOR,
        Right.AUTHORISE_DESTRUCTION: _ADMINISTRATOR,
        Right.SEE_RETENTION: _OVERSIGHT,
        Right.BACK_UP: _ADMINISTRATOR,
        Right.READ_LEDGER: _OVERSIGHT,
        Right.SEE_COMPLIANCE: _MEMBERS,
        Right.SEE_PEOPLE: _OVERSIGHT | {Role.APPROVER},
        Right.SEE_ALL_DUTIES: _OVERSIGHT | {Role.SHERIFF},
        Right.MANAGE_ACCOUNTS: _ADMINISTRATOR,
        Right.ADOPT_PARAMETERS: _MANAGEMENT,
        Right.READ_NOTICES: _MEMBERS | {Role.GUEST},
        Right.MANAGE_WEBHOOKS: _ADMINISTRATOR,
        Right.ADOPT_WEBHOOKS: _MANAGEMENT,
        Right.MANAGE_WITNESSES: _ADMINISTRATOR,
        Right.ADOPT_WITNESSES: _OVERSIGHT,
        Right.EXPORT_LEDGER: _OVERSIGHT,
        Right.EXPORT_BODIES: _AUDITOR,
        Right.MAKE_REPORTS: _SEARCHERS,
        Right.SEE_FALSE_HITS: _OVERSIGHT,
        Right.REVIEW_SUPPRESSIONS: _MANAGEMENT,
        Right.LIFT_SUPPRESSIONS: _ADMINISTRATOR,
        Right.WRITE_CORRECTIONS: _SUPERVISOR,
        Right.KEEP_COMPLAINTS: _ADMINISTRATOR,
        Right.LOOK_BEHIND_COMPLAINTS: _SUPERVISOR,
        Right.APPROVE_ACCOUNTS: frozenset({Role.APPROVER}),
        Right.KEEP_AGENCIES: _ADMINISTRATOR,
        Right.REVIEW_USERS: _ADMINISTRATOR,
        Right.NAME_ADMINISTRATOR: frozenset({Role.APPROVER}),
        Right.MANAGE_TERMINALS: _ADMINISTRATOR,
        Right.RELEASE_SIGN_INS: _ADMINISTRATOR,
        Right.SEE_SIGN_INS: _OVERSIGHT,
        Right.WRITE_AUDIT_REPORTS: _AUDITOR,
        Right.READ_AUDIT_REPORTS: _AUDITOR | {Role.UNDERSHERIFF, Role.SHERIFF},
        Right.RECEIVE_AUDIT_REPORTS: frozenset({Role.UNDERSHERIFF}),
        Right.SEE_TEAM: frozenset({Role.SUPERVISOR, Role.UNDERSHERIFF, Role.SHERIFF}),
        Right.SEE_TRAINING: _OVERSIGHT,
        Right.PUBLISH_BULLETINS: _MANAGEMENT,
        Right.REVIEW_POLICY: _MANAGEMENT,
        Right.REVIEW_FIGURES: _ADMINISTRATOR,
        Right.PUBLISH_FIGURES: _MANAGEMENT,
        Right.CHECK_PORTAL: _OVERSIGHT,
        Right.SEE_RELEASES: _CASE_WORKERS | {Role.SHERIFF},
        Right.ENTER_RELEASES: _CASE_WORKERS,
        Right.PREPARE_RELEASES: _CASE_WORKERS,
        Right.DECIDE_RELEASES: frozenset({Role.SHERIFF}),
        Right.DECIDE_STATE_RELEASES: frozenset({Role.SUPERVISOR, Role.SHERIFF}),
        Right.SEE_RECORDS_REQUESTS: frozenset({Role.RECORDS_OFFICER, Role.ADMINISTRATOR, Role.SHERIFF}),
        Right.REGISTER_RECORDS_REQUESTS: frozenset({Role.RECORDS_OFFICER, Role.ADMINISTRATOR}),
        Right.ANSWER_RECORDS_REQUESTS: frozenset({Role.RECORDS_OFFICER}),
        Right.REVIEW_SEARCHES: frozenset({Role.AUDITOR, Role.UNDERSHERIFF}),
        Right.PLANT_PLATES: _AUDITOR,
        Right.TALK_AFTER_FINDING: _SUPERVISOR,
        Right.DECIDE_ON_FINDINGS: frozenset({Role.UNDERSHERIFF}),
        Right.SEE_AGENCIES: _OVERSIGHT | {Role.SHERIFF},
        Right.PREPARE_AGREEMENTS: _ADMINISTRATOR,
        Right.OPEN_AGREEMENTS: _COMMAND,
        Right.SUSPEND_SHARING: _ADMINISTRATOR | _COMMAND,
        Right.SEE_AGENCY_USE: frozenset({Role.GUEST}),
        Right.DECIDE_MISUSE: _COMMAND | {Role.AUDITOR},
    }
)
"""Which roles carry which right. Whoever holds several roles has the rights of all of them."""

CLAUSES: Final[Mapping[Right, str]] = MappingProxyType(
    {
        Right.SEE_ALERTS: "USE-1",
        Right.VERIFY_ALERTS: "HIT-2",
        Right.DISPOSE_OF_ALERTS: "HIT-3",
        Right.ASK_QUERIES: "QRY-1",
        Right.DECIDE_QUERIES: "QRY-1",
        Right.PRESERVE_IN_CASE: "RET-2",
        Right.SEE_CASES: "USE-1",
        Right.REQUEST_HOLDS: "RET-2",
        Right.DECIDE_HOLDS: "RET-2",
        Right.EXPORT_CASES: "RET-2",
        Right.SEE_HOTLISTS: "USE-1",
        Right.LOAD_HOTLISTS: "HOT-1",
        Right.ENTER_MANUALLY: "HOT-2",
        Right.WITHDRAW_ANY_ENTRY: "HOT-2",
        Right.APPROVE_ENTRIES: "HOT-2",
        Right.SEE_CANDIDATES: "HIT-1",
        Right.CALIBRATE: "HIT-1",
        Right.SEE_CAMERAS: "USE-1",
        Right.REGISTER_CAMERAS: "CAP-5",
        Right.APPROVE_CAMERAS: "CAP-1",
        Right.SEE_STILLS: "CAP-1",
        Right.PURGE: "RET-1",
        Right.CONFIRM_CLOCK: "RET-1",
        Right.AUTHORISE_DESTRUCTION: "RET-4",
        Right.SEE_RETENTION: "RET-1",
        Right.BACK_UP: "RET-1",
        Right.READ_LEDGER: "AUD-1",
        Right.SEE_COMPLIANCE: "AUD-1",
        Right.SEE_ALL_DUTIES: "AUD-1",
        Right.SEE_PEOPLE: "ADM-1",
        Right.MANAGE_ACCOUNTS: "ADM-2",
        Right.ADOPT_PARAMETERS: "ADM-4",
        Right.READ_NOTICES: "USE-1",
        Right.MANAGE_WEBHOOKS: "ADM-4",
        Right.ADOPT_WEBHOOKS: "ADM-4",
        Right.MANAGE_WITNESSES: "ADM-4",
        Right.ADOPT_WITNESSES: "ADM-4",
        Right.EXPORT_LEDGER: "AUD-1",
        Right.EXPORT_BODIES: "AUD-1",
        Right.MAKE_REPORTS: "RPT-1",
        Right.SEE_FALSE_HITS: "HIT-3",
        Right.REVIEW_SUPPRESSIONS: "HIT-3",
        Right.LIFT_SUPPRESSIONS: "HIT-3",
        Right.WRITE_CORRECTIONS: "HIT-3",
        Right.KEEP_COMPLAINTS: "HIT-3",
        Right.LOOK_BEHIND_COMPLAINTS: "HIT-3",
        Right.APPROVE_ACCOUNTS: "ADM-2",
        Right.KEEP_AGENCIES: "USE-2",
        Right.REVIEW_USERS: "ADM-1",
        Right.NAME_ADMINISTRATOR: "ADM-1",
        Right.MANAGE_TERMINALS: "ADM-3",
        Right.RELEASE_SIGN_INS: "ADM-4",
        Right.SEE_SIGN_INS: "ADM-4",
        Right.WRITE_AUDIT_REPORTS: "AUD-2",
        Right.READ_AUDIT_REPORTS: "AUD-2",
        Right.RECEIVE_AUDIT_REPORTS: "AUD-2",
        Right.SEE_TEAM: "ADM-4",
        Right.SEE_TRAINING: "TRN-1",
        Right.PUBLISH_BULLETINS: "TRN-2",
        Right.REVIEW_POLICY: "TRN-2",
        Right.REVIEW_FIGURES: "TPR-1",
        Right.PUBLISH_FIGURES: "TPR-1",
        Right.CHECK_PORTAL: "TPR-1",
        Right.SEE_RELEASES: "SHR-2",
        Right.ENTER_RELEASES: "SHR-2",
        Right.PREPARE_RELEASES: "SHR-2",
        Right.DECIDE_RELEASES: "SHR-2",
        Right.DECIDE_STATE_RELEASES: "SHR-2",
        Right.SEE_RECORDS_REQUESTS: "SHR-3",
        Right.REGISTER_RECORDS_REQUESTS: "SHR-3",
        Right.ANSWER_RECORDS_REQUESTS: "SHR-3",
        Right.REVIEW_SEARCHES: "AUD-1",
        Right.PLANT_PLATES: "AUD-1",
        Right.TALK_AFTER_FINDING: "ADM-4",
        Right.DECIDE_ON_FINDINGS: "AUD-1",
        Right.SEE_AGENCIES: "SHR-1",
        Right.PREPARE_AGREEMENTS: "SHR-1",
        Right.OPEN_AGREEMENTS: "SHR-1",
        Right.SUSPEND_SHARING: "SHR-4",
        Right.SEE_AGENCY_USE: "SHR-1",
        Right.DECIDE_MISUSE: "SHR-4",
    }
)
"""The clause each right rests on; a refusal names it."""

PLATE_DATA: Final = frozenset(
    {
        Right.SEE_ALERTS,
        Right.VERIFY_ALERTS,
        Right.DISPOSE_OF_ALERTS,
        Right.ASK_QUERIES,
        Right.DECIDE_QUERIES,
        Right.PRESERVE_IN_CASE,
        Right.SEE_CASES,
        Right.REQUEST_HOLDS,
        Right.EXPORT_CASES,
        Right.SEE_HOTLISTS,
        Right.LOAD_HOTLISTS,
        Right.ENTER_MANUALLY,
        Right.WITHDRAW_ANY_ENTRY,
        Right.APPROVE_ENTRIES,
        Right.SEE_CANDIDATES,
        Right.SEE_STILLS,
        Right.READ_LEDGER,
        Right.EXPORT_LEDGER,
        Right.EXPORT_BODIES,
        Right.MAKE_REPORTS,
        Right.SEE_FALSE_HITS,
        Right.REVIEW_SUPPRESSIONS,
        Right.LIFT_SUPPRESSIONS,
        Right.WRITE_CORRECTIONS,
        Right.KEEP_COMPLAINTS,
        Right.LOOK_BEHIND_COMPLAINTS,
        Right.REVIEW_SEARCHES,
        Right.SEE_AGENCY_USE,
        Right.SEE_RELEASES,
        Right.ENTER_RELEASES,
        Right.PREPARE_RELEASES,
        Right.DECIDE_RELEASES,
        Right.DECIDE_STATE_RELEASES,
    }
)
"""Rights that show or change plates, of reads, alerts, lists or the log: they rest while training is not current."""

_SYSTEM_RIGHTS: Final = frozenset({Right.PURGE, Right.LOAD_HOTLISTS, Right.CALIBRATE, Right.BACK_UP})
"""What Platewarden's own timers and commands may do: purging and backups wait for nobody, and a list stays
stays the most current one (HOT-1) only if its source's file is loaded by schedule."""


def may(actor: Actor, right: Right) -> Decision:
    """Decide whether *actor* has *right*.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.

    > TRN-1: Nobody has access to plate data before initial training in the technology, in this policy and its
    > procedures, and in the law and privacy.

    A person has it through a role in force, and where it touches plate data only while their training is current;
    Platewarden's own timers have it where nobody need ask, a camera never. Whose agency has no access has no role in
    force, and is told why.
    """
    if actor.kind is ActorKind.SYSTEM and right in _SYSTEM_RIGHTS:
        return allow(CLAUSES[right])
    if actor.is_person and actor.has(*RIGHTS[right]):
        is_closed = right in PLATE_DATA and not actor.training.allowed
        return actor.training if is_closed else allow(CLAUSES[right])
    if not actor.access.allowed:
        return actor.access
    roles = ", ".join(sorted(RIGHTS[right]))
    return refuse(
        CLAUSES[right],
        f"Your roles do not allow you to {right}.",
        remedy=f"Ask a colleague with one of these roles, or ask the administrator for one: {roles}.",
    )


def may_read_ledger(actor: Actor) -> Decision:
    """Decide whether *actor* may read the log's entries.

    > AUD-1: Auditors read the whole log
    """
    return may(actor, Right.READ_LEDGER)
