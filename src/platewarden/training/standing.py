"""Where a person stands with their training, as the rules look at it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db.models import Max

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.policy.decision import Decision
from platewarden.policy.location import policy_folder
from platewarden.policy.training import Awaited, Course, TrainingRecord, may_use_plate_data
from platewarden.training.models import Acknowledgement, Attempt, Bulletin, Retraining


def policy_digest() -> str:
    """Return the digest that names the version of the policy this program keeps: SHA-256 of `policy.md`, in hex."""
    return sha256((policy_folder() / "policy.md").read_bytes()).hexdigest()


def record_of(user_id: int, *, account_since: datetime) -> TrainingRecord:
    """Return what is known of the training of the person *user_id*, whose account is as old as *account_since*."""
    passed = Attempt.objects.filter(user_id=user_id, passed=True).order_by()
    latest = passed.values_list("course").annotate(last=Max("at"))
    waiting = Bulletin.objects.exclude(acknowledgements__user_id=user_id).defer("text")
    anew = Retraining.objects.filter(user_id=user_id).values_list("ordered_at", flat=True).first()
    return _record(latest, waiting, account_since, anew)


def records_of(people: Iterable[User]) -> dict[int, TrainingRecord]:
    """Return what is known of the training of each of *people*, by their id, in four look-ups."""
    passed: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for user_id, course, last in (
        Attempt.objects.filter(passed=True).order_by().values_list("user", "course").annotate(last=Max("at"))
    ):
        passed[user_id].append((course, last))
    said = set(Acknowledgement.objects.values_list("user", "bulletin"))
    bulletins = list(Bulletin.objects.defer("text"))
    anew = dict(Retraining.objects.order_by("ordered_at").values_list("user", "ordered_at"))
    return {
        person.pk: _record(
            passed[person.pk],
            [bulletin for bulletin in bulletins if (person.pk, bulletin.pk) not in said],
            person.created_at,
            anew.get(person.pk),
        )
        for person in people
    }


def _record(
    passed: Iterable[tuple[str, datetime]],
    waiting: Iterable[Bulletin],
    account_since: datetime,
    anew_since: datetime | None,
) -> TrainingRecord:
    """Return the record; of what was passed up to an order to train anew, nothing counts."""
    awaited = [Awaited(bulletin.title, due_at(bulletin, account_since)) for bulletin in waiting]
    counting = {Course(course): at for course, at in passed if anew_since is None or at > anew_since}
    return TrainingRecord(counting, awaited)


def due_at(bulletin: Bulletin, account_since: datetime) -> datetime:
    """Return by when a person acknowledges *bulletin*: whoever joins later does so before they see anything."""
    return bulletin.acknowledge_by if account_since < bulletin.published_at else bulletin.published_at


def decision_for(user_id: int, *, account_since: datetime, now: datetime) -> Decision:
    """Return what the rules say of the training of the person *user_id* at *now*."""
    record = record_of(user_id, account_since=account_since)
    return may_use_plate_data(record, parameters=parameters_at(now), now=now)
