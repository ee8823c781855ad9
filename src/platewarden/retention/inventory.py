"""Where anything about a read may lie: every table and every folder, and how it is got rid of (RET-1).

The one list. The tests compare it with the database's catalogue and with an installation's home, so that a table or
a folder that nobody has classified fails them; backups take from it what they may hold.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What becomes of a thing when the day of a read ends; the value is said to people."""

    DROPPED = "its part for the day is dropped"
    DELETED = "what belongs to the day is deleted"
    REDUCED = "the way to the read is removed; figures stay"
    UNREADABLE = "the day's key is destroyed, then its files are removed"
    PASSING = "holds it for a while at most, whatever its day, and is swept"
    CASE = "is kept in a case, under its number (RET-2)"
    RECORD = "names the read by its id at most, and stays as evidence"
    NOTHING = "holds nothing of a read"


class Backup(StrEnum):
    """Which backups hold a thing."""

    EVERY = "every backup"
    SHORT = "short-lived backups only"
    NONE = "no backup"


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: Its name in the database; partitions go under the name of their parent.
        fate: What becomes of its rows when their day ends.
        backup: Which backups hold it.
        holds: What of a read it may hold; empty where the fate says it all.
        day: SQL for the capture time, or for the last capture day, of one row; empty where rows have none.
        lasting: SQL for the rows that long-lived backups hold of it, where they hold not all.
    """

    name: str
    fate: Fate
    backup: Backup
    holds: str = ""
    day: str = ""
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """One file or folder of an installation's home, or of its keys: `path` is a glob relative to the home."""

    path: str
    fate: Fate
    backup: Backup
    holds: str


_OF_A_READ: Final = (
    Table("reads", Fate.DROPPED, Backup.SHORT, "plates, places, references to images", "seen_at"),
    Table("hits", Fate.DROPPED, Backup.SHORT, "a copy of the read and of the entry", "seen_at"),
    Table(
        "candidates", Fate.DROPPED, Backup.SHORT, "the read's id, and the entry it nearly matches", "seen_at"
    ),
    Table(
        "captures",
        Fate.DELETED,
        Backup.SHORT,
        "the camera's id, digest and signature of each read",
        "seen_at",
    ),
    Table(
        "readings",
        Fate.DELETED,
        Backup.SHORT,
        "ids of reads of a pass that was read more than once",
        "seen_at",
    ),
    Table("wanted_reads", Fate.DELETED, Backup.SHORT, "ids of reads that a hold was asked for of", "seen_at"),
    Table("calibration_alerts", Fate.DELETED, Backup.SHORT, "ids of reads of our own plates", "seen_at"),
    Table("plates_seen", Fate.DELETED, Backup.SHORT, "plates, once each, with the last day", "last_day"),
    Table(
        "alerts",
        Fate.REDUCED,
        Backup.EVERY,
        "id and time of the hit, people and places",
        "hit_seen_at",
        lasting="hit_id IS NULL AND hit_seen_at IS NULL",
    ),
    Table("alert_openings", Fate.DELETED, Backup.NONE, "who has looked at an alert"),
    Table("webhook_deliveries", Fate.DELETED, Backup.NONE, "that there is an alert; no plate, no place"),
    Table("notices", Fate.DELETED, Backup.NONE, "alerts by id; no plate"),
    Table("notice_readings", Fate.DELETED, Backup.NONE, "who has read a notice"),
)

_PASSING: Final = tuple(
    Table(name, Fate.PASSING, Backup.NONE, holds)
    for name, holds in {
        "queries": "the plate asked for, until a day after the answer has expired",
        "car_presses": "alerts by id, for a night",
        "calendar_looks": "network addresses, for a month; no plate",
        "django_session": "the last messages shown; no plate",
        "procrastinate_jobs": "ids, until the job is done",
        "procrastinate_events": "nothing but times",
        "procrastinate_periodic_defers": "nothing but times",
        "procrastinate_workers": "nothing but times",
        "enrolment_codes": "digests of codes that hold three days: nobody's comes back",
        "hotlist_checked": "lines of a list on its way in",
    }.items()
)

_IN_CASES: Final = tuple(
    Table(name, Fate.CASE, Backup.EVERY)
    for name in ("cases", "preserved_hits", "case_reports", "case_reads", "case_exports", "holds")
)

_RECORDS: Final = tuple(
    Table(name, Fate.RECORD, Backup.EVERY, holds)
    for name, holds in {
        "ledger_leaf": "salted digests",
        "ledger_node": "digests",
        "ledger_body": "ids of reads and hits; the plate asked for in a query (QRY-2)",
        "ledger_checkpoint": "digests",
        "ledger_verifications": "how the ledger was found when it was verified",
        "ledger_cosignature": "signatures of digests",
        "suppressions": "keyed digests of plates of entries that were found wrong",
        "suppressions_complaints": "",
        "correction_notices": "a digest of the letter",
        "complaints": "a reference to what a resident told us, sealed",
        "camera_dropped_fields": "counts, under names of fields that were not kept",
        "camera_hours": "counts and times by the hour",
        "statement_views": "where edges run in the still of a statement, coarsely: no plate, no person",
        "camera_move_findings": "where a camera said that it was itself, once each time it was found elsewhere",
        "release_requests": "a reference to the plate asked about and the written request, sealed",
        "release_selections": "a digest; the salt of others, until the reads in it are gone",
        "release_reads": "ids of reads, and salted digests until those reads are gone",
        "release_decisions": "a digest of what was approved",
        "release_packages": "references to sealed packages, until those are destroyed; digests",
        "records_requests": "a reference to what a requester of records wrote, sealed",
        "finding_counts": "counts",
        "read_counts": "counts",
        "transparency_months": "counts by month",
        "audit_weeks": "the seed of a draw, and counts",
        "audit_items": "numbers of entries; no plate",
        "audit_marks": "what an auditor wrote",
        "audit_explanations": "what a person answered",
        "audit_remedies": "",
        "audit_remedies_done": "",
        "audit_closings": "",
        "declared_plates": "keyed digests of plates that members declared as their own",
        "planted_plates": "keyed digests of plates that no vehicle has",
        "misuse_reports": "what a member reported, in their words; they are warned to leave plates out",
        "misuse_steps": "what was done about a report",
        "audit_reports": "counts, numbers of entries, names of people; no plate",
        "taken_files": "that somebody took a file of an answer away, how many reads, a digest; no plate",
    }.items()
)

_LISTS: Final = tuple(
    Table(name, Fate.NOTHING, Backup.SHORT, "entries of lists: loaded anew, not restored from long ago")
    for name in (
        *("hotlist_entries", "hotlist_snapshots", "hotlist_uploads"),
        *("hotlist_steps", "hotlist_changes", "board_versions"),
    )
)

_STANDING: Final = tuple(
    Table(name, Fate.NOTHING, Backup.EVERY)
    for name in (
        "account_emailaddress",
        "account_emailconfirmation",
        "acknowledgements",
        "bulletins",
        "mfa_authenticator",
        "policy_reviews",
        "sign_in_locks",
        "factor_resets",
        "device_still_looks",
        "device_stills",
        "still_looks",
        "transparency_checks",
        "sign_ins",
        "retrainings",
        "training_attempts",
        "administrator_terms",
        "adopted_values",
        "agencies",
        "agreement_versions",
        "areas",
        "calibration_runs",
        "camera_contacts",
        "camera_credentials",
        "camera_positions",
        "camera_views",
        "cameras",
        "compliance_standings",
        "deployments",
        "destruction_authorisations",
        "device_enrolments",
        "device_keys",
        "device_settings",
        "device_states",
        "devices",
        "field_of_view_statements",
        "guest_words",
        "hotlists",
        "mail_addresses",
        "people",
        "role_grants",
        "role_requests",
        "sharing_suspensions",
        "suspension_reasons",
        "shifts",
        "user_reviews",
        "webhook_endpoints",
        "witnesses",
    )
)

_SECRETS: Final = tuple(
    Table(name, Fate.NOTHING, Backup.NONE, "digests of secrets: one that was ended never comes back")
    for name in ("calendar_addresses", "terminals")
)

_OF_THE_PROGRAM: Final = tuple(
    Table(name, Fate.NOTHING, Backup.NONE, "made by the program itself")
    for name in (
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "purge_clock",
        "transparency_state",
    )
)

TABLES: Final = (
    *_OF_A_READ,
    *_PASSING,
    *_IN_CASES,
    *_RECORDS,
    *_LISTS,
    *_STANDING,
    *_SECRETS,
    *_OF_THE_PROGRAM,
)
"""Every table there is."""

FOLDERS: Final = (
    Folder("images/days", Fate.UNREADABLE, Backup.SHORT, "sealed images of reads"),
    Folder("images/cases", Fate.CASE, Backup.EVERY, "sealed copies, under the case's key"),
    Folder("images/complaints", Fate.RECORD, Backup.EVERY, "what residents told us, sealed"),
    Folder("images/releases", Fate.RECORD, Backup.EVERY, "written requests for a release, sealed"),
    Folder(
        "images/packages",
        Fate.PASSING,
        Backup.NONE,
        "releases, sealed and encrypted, no longer than their reads",
    ),
    Folder("images/records", Fate.RECORD, Backup.EVERY, "what requesters of records wrote, sealed"),
    Folder("images/statements", Fate.RECORD, Backup.EVERY, "what cameras see, sealed, plates painted over"),
    Folder(
        "images/stills",
        Fate.PASSING,
        Backup.NONE,
        "what devices sent of their cameras' view, sealed, plates painted over",
    ),
    Folder("keys/wrapped/day-*", Fate.UNREADABLE, Backup.NONE, "keys of days"),
    Folder("keys/wrapped/case-*", Fate.CASE, Backup.EVERY, "keys of cases"),
    Folder("keys/wrapped/complaint-*", Fate.RECORD, Backup.EVERY, "keys of complaints"),
    Folder("keys/wrapped/release-*", Fate.RECORD, Backup.EVERY, "keys of requests for a release"),
    Folder("keys/wrapped/package-*", Fate.PASSING, Backup.NONE, "keys of releases, destroyed with them"),
    Folder("keys/wrapped/records-*", Fate.RECORD, Backup.EVERY, "keys of records requests"),
    Folder("keys/wrapped/register-*", Fate.RECORD, Backup.EVERY, "keys of digests"),
    Folder("keys/wrapped/statement-*", Fate.RECORD, Backup.EVERY, "keys of stills of what cameras see"),
    Folder(
        "keys/wrapped/still-*", Fate.PASSING, Backup.NONE, "keys of stills of devices, destroyed with them"
    ),
    Folder("keys/wrapped/backup-*", Fate.UNREADABLE, Backup.NONE, "keys of short-lived backups"),
    Folder("keys/*", Fate.NOTHING, Backup.NONE, "the master key and others that are kept apart"),
    Folder("checkpoints", Fate.RECORD, Backup.EVERY, "signed digests"),
    Folder(
        "evaluation", Fate.PASSING, Backup.NONE, "pictures that were measured, for as long as reads are kept"
    ),
    Folder("uploads", Fate.PASSING, Backup.NONE, "bodies of requests on their way in, for a day at most"),
    Folder("spool", Fate.PASSING, Backup.NONE, "lists on their way in, for a day at most"),
    Folder("pg", Fate.DROPPED, Backup.NONE, "the database itself; its log holds no value"),
    Folder("platewarden.toml", Fate.NOTHING, Backup.EVERY, "settings"),
)
"""Everything in an installation's home, the first pattern that fits counts."""
