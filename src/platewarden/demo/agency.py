"""The demo agency: invented people in every role, four cameras of the three kinds, two hotlists.

Everything here is made up; no plate, name or place is meant to be anyone's.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from platewarden.accounts import actions as accounts
from platewarden.accounts.actors import actor_for, owning_agency_id
from platewarden.accounts.approving import approve_account
from platewarden.accounts.founding import found
from platewarden.accounts.models import Agency, User
from platewarden.accounts.overseeing import name_administrator
from platewarden.accounts.second_factor import set_up_authenticator
from platewarden.adoption.actions import approve_value, propose_value
from platewarden.adoption.in_force import parameters_at
from platewarden.audits.plates import declare, plant
from platewarden.calibration.setting_up import set_up
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.models import Camera, CameraCredential
from platewarden.cameras.statements import approve_statement
from platewarden.demo.cameras import set_up_cameras
from platewarden.demo.device import set_up_device
from platewarden.demo.figures import publish_invented_months
from platewarden.demo.sharing import invite, make_partner
from platewarden.devices.actions import STYLE as DEVICE
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.matching.grades import Grade
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.audits import Relation
from platewarden.policy.capture import CameraKind
from platewarden.policy.training import Course
from platewarden.teams.actions import name_supervisor
from platewarden.training.actions import acknowledge, answer_course
from platewarden.training.materials import material_of
from platewarden.training.models import Bulletin


@dataclass(frozen=True, slots=True)
class Person:
    """One invented member of the agency."""

    username: str
    full_name: str
    role: Role
    does: str


PEOPLE = (
    Person("administrator", "Morgan Hale", Role.ADMINISTRATOR, "accounts, cameras, lists"),
    Person("approver", "Alex Thornton", Role.APPROVER, "approves accounts and roles"),
    Person("officer", "Dana Whitfield", Role.OFFICER, "takes alerts, verifies, disposes"),
    Person("dispatcher", "Robin Castellan", Role.DISPATCHER, "takes alerts, checks status"),
    Person("investigator", "Sam Okonjo", Role.INVESTIGATOR, "searches past reads for a case"),
    Person("supervisor", "Lee Marchetti", Role.SUPERVISOR, "approves, reads the ledger"),
    Person("supervisor2", "Jo Abernathy", Role.SUPERVISOR, "the second pair of eyes"),
    Person("auditor", "Kim Vandermeer", Role.AUDITOR, "reads and verifies the ledger"),
    Person("undersheriff", "Toni Brandvold", Role.UNDERSHERIFF, "reads the audits, decides on misuse"),
    Person("sheriff", "Pat Halvorsen", Role.SHERIFF, "decides on copies for others"),
    Person("records", "Sidney Aoki", Role.RECORDS_OFFICER, "answers requests for records, sees no plate"),
    Person("vendor", "Casey Lind", Role.VENDOR, "installs cameras, sees no plate"),
)

GUEST = Person("guest", "Noor Ellery", Role.GUEST, "a village's detective: searches under an agreement")

_COLUMNS = (
    *("plate", "state", "category", "reason", "case_number", "expires"),
    *("make", "model", "colour", "type", "instructions", "priority"),
)
_STATE_LIST = (
    (
        "KRT4821",
        "NY",
        "stolen_vehicle",
        "Taken from a driveway overnight",
        "2026-004417",
        "grey",
        "sedan",
        "normal",
    ),
    ("HXB 7730", "NY", "stolen_plate", "Both plates gone from a parked van", "2026-004390", "", "", "normal"),
    ("LDV2O96", "NY", "wanted_person", "Warrant, assault; registered keeper", "2026-003981", "", "", "high"),
    ("MZN 3158", "PA", "felony_vehicle", "Seen leaving a robbery", "2026-004402", "", "", "high"),
    ("JWC6644", "NY", "missing_person", "Keeper reported missing", "2026-004421", "", "", "high"),
    ("DGP9021", "NJ", "stolen_vehicle", "Rental not returned", "2026-004215", "", "", "normal"),
)
_LOCAL_LIST = (
    ("KPF5307", "NY", "vulnerable_adult", "Left a care home at noon", "2026-004425", "", "", "high"),
    (
        "TST0001",
        "*",
        "calibration",
        "Our own test plate: nobody may be stopped on it",
        "2026-000001",
        "",
        "",
        "normal",
    ),
)


@transaction.atomic
def load_demo(*, password: str, now: datetime) -> None:
    """Set the demo agency up; every step is the same act that a real agency takes."""
    agency, codes = found(
        name="Cayuta County Sheriff (demo)",
        county="Cayuta",
        time_zone="America/New_York",
        username=PEOPLE[0].username,
        full_name=PEOPLE[0].full_name,
        approver=(PEOPLE[1].username, PEOPLE[1].full_name),
        now=now,
        is_demo=True,
    )
    administrator, approver = (
        _enrolled(codes[person.username], password, agency, now) for person in PEOPLE[:2]
    )
    for person in PEOPLE[2:]:
        user, code = accounts.create_account(
            username=person.username,
            full_name=person.full_name,
            roles=frozenset({person.role}),
            supervisor=None,
            actor=administrator,
            now=now,
            employer="Lind Camera Works (invented)" if person.role is Role.VENDOR else "",
        )
        approve_account(user=user, actor=approver, now=now)
        _enrolled(code, password, agency, now)
    _name_supervisors(administrator, now)
    morgan = User.objects.get(username=PEOPLE[0].username)
    name_administrator(user=morgan, ends_at=now + timedelta(days=730), actor=approver, now=now)
    _train(now)
    administrator, supervisor = demo_actor("administrator"), demo_actor("supervisor")
    set_up_cameras(administrator, supervisor, now=now)
    set_up_device(administrator, supervisor, now=now)
    _share(administrator, approver, password, now)
    source = set_up(actor=administrator, now=now)
    approve_statement(statement=source.statements.get(), actor=supervisor, now=now)
    _load_lists(supervisor, now)
    _alert_on_lookalikes(supervisor, demo_actor("supervisor2"), now)
    publish_invented_months(
        reviewer=administrator, publisher=supervisor, parameters=parameters_at(now), now=now
    )
    plant(plate="NOB 0000", where="On a note in case 2026-004390", actor=demo_actor("auditor"), now=now)
    declare(plate="WHT 5512", relation=Relation.OWN, actor=demo_actor("officer"), now=now)
    ledger.append(Kind.DEMO_LOADED, actor=administrator)


def demo_actor(username: str) -> Actor:
    """Return one of the demo's people as an actor."""
    return actor_for(User.objects.get(username=username))


def new_credentials(*, now: datetime) -> dict[str, str]:
    """Give every demo camera on a road that no device reads for a fresh credential; return them by camera code."""
    administrator = demo_actor("administrator")
    of_devices = CameraCredential.objects.filter(style=DEVICE, ends_at=None).values("camera_id")
    cameras = Camera.objects.filter(agency_id=owning_agency_id()).exclude(pk__in=of_devices)
    cameras = cameras.exclude(kind=CameraKind.RENDERED)
    return {camera.code: issue_credential(camera=camera, actor=administrator, now=now) for camera in cameras}


def _enrolled(code: str, password: str, agency: Agency, now: datetime) -> Actor:
    someone = Actor(kind=ActorKind.PERSON, id="", name="", agency_id=agency.pk)
    user = accounts.redeem_code(code=code, password=password, actor=someone, now=now)
    set_up_authenticator(user=user, actor=actor_for(user))
    return actor_for(user)


def _name_supervisors(administrator: Actor, now: datetime) -> None:
    """Say who answers for whom: three for their team, the rest go up to the Sheriff."""
    people = {person.username: User.objects.get(username=person.username) for person in PEOPLE}
    above = {"officer": "supervisor", "dispatcher": "supervisor", "investigator": "supervisor"}
    for username, user in people.items():
        if username != "sheriff":
            supervisor = "sheriff" if username == "undersheriff" else above.get(username, "undersheriff")
            name_supervisor(user=user, supervisor=people[supervisor], actor=administrator, now=now)


def _train(now: datetime) -> None:
    """Let everybody answer the questions of every course, and acknowledge the policy: plate data opens to them."""
    for person in PEOPLE:
        _train_one(demo_actor(person.username), now)


def _train_one(actor: Actor, now: datetime) -> None:
    for course in Course:
        answers = [question.right for question in material_of(course).questions]
        answer_course(course=course, answers=answers, actor=actor, now=now)
    for bulletin in Bulletin.objects.all():
        acknowledge(bulletin=bulletin, actor=actor, now=now)


def _share(administrator: Actor, approver: Actor, password: str, now: datetime) -> None:
    """Share with one agency of the state, and let one person of it in as a guest."""
    partner = make_partner(administrator=administrator, undersheriff=demo_actor("undersheriff"), now=now)
    code = invite(partner, username=GUEST.username, full_name=GUEST.full_name, actor=administrator, now=now)
    approve_account(user=User.objects.get(username=GUEST.username), actor=approver, now=now)
    _train_one(_enrolled(code, password, partner, now), now)


def _load_lists(supervisor: Actor, now: datetime) -> None:
    for name, source, rows in (
        ("State extract (invented)", "State police file, twice a day", _STATE_LIST),
        ("County list (invented)", "Kept by the county", _LOCAL_LIST),
    ):
        hotlist = create_hotlist(name=name, source=source, max_age_hours=None, actor=supervisor, now=now)
        load_snapshot(
            hotlist=hotlist,
            content=_csv(rows, now),
            file_name="invented.csv",
            effective_at=now - timedelta(hours=3),
            actor=supervisor,
            now=now,
        )


def _alert_on_lookalikes(proposer: Actor, approver: Actor, now: datetime) -> None:
    """Let this agency alert on look-alike characters as well: its lists are small, and two people decide it."""
    proposal = propose_value(
        name="hits.alerting_grades",
        value=(Grade.EXACT_STATE_AGREES, Grade.EXACT_STATE_UNKNOWN, Grade.CONFUSABLE),
        why="Small lists: a look-alike is worth a second look here.",
        in_force_from=now,
        actor=proposer,
        now=now,
    )
    approve_value(proposal_id=proposal.pk, actor=approver, now=now)


def _csv(rows: tuple[tuple[str, ...], ...], now: datetime) -> bytes:
    expires = (now + timedelta(days=20)).isoformat()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _COLUMNS)
    writer.writeheader()
    for plate, state, category, reason, case_number, colour, kind, priority in rows:
        values = (plate, state, category, reason, case_number, expires, "", "", colour, kind, "", priority)
        writer.writerow(dict(zip(_COLUMNS, values, strict=True)))
    return buffer.getvalue().encode()
