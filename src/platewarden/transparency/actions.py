"""Every write about the portal: measure a month, look at it, publish it, check the portal, renew what it says now."""

import hashlib
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import QuerySet

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import canonical_json
from platewarden.ledger.kinds import Kind
from platewarden.policy import transparency as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.transparency.measuring import as_published, measure_month
from platewarden.transparency.models import MonthlyFigures, PortalCheck, PresentState
from platewarden.transparency.standing import facts_now


@transaction.atomic
def measure_closed_months(*, actor: Actor, now: datetime) -> int:
    """Measure every month that is over long enough and not measured yet; return how many."""
    parameters = parameters_at(now)
    known = set(MonthlyFigures.objects.filter(agency_id=actor.agency_id).values_list("month", flat=True))
    first = User.objects.filter(agency_id=actor.agency_id).order_by("created_at").first()
    month = first.created_at.astimezone(UTC).date().replace(day=1) if first else now.date()
    fresh = []
    while policy.closes_at(month, parameters=parameters) <= now:
        if month not in known:
            counts = measure_month(actor.agency_id, month)
            fresh.append(
                MonthlyFigures(agency_id=actor.agency_id, month=month, counts=counts, measured_at=now)
            )
        month = policy.next_month(month)
    MonthlyFigures.objects.bulk_create(fresh)
    ledger.append_many(
        [
            ledger.Draft(kind=Kind.FIGURES_MEASURED, actor=actor, subject=f"figures:{figures}")
            for figures in fresh
        ]
    )
    return len(fresh)


@transaction.atomic
def review_figures(*, month: date, actor: Actor, now: datetime) -> MonthlyFigures:
    """Record that *actor* has looked at the figures of *month* before the public does.

    Raises:
        MonthlyFigures.DoesNotExist: They are not measured, or somebody has looked at them.
        PolicyRefusal: *actor* may not.
    """
    require(policy.may_review_figures(actor), action="figures.review")
    figures = _waiting(actor, month).get(reviewed_at=None)
    figures.reviewed_by = User.objects.get(pk=actor.id)
    figures.reviewed_at = now
    figures.save(update_fields=["reviewed_by", "reviewed_at"])
    ledger.append(Kind.FIGURES_REVIEWED, actor=actor, subject=f"figures:{figures}")
    return figures


@transaction.atomic
def publish_figures(*, month: date, actor: Actor, now: datetime) -> MonthlyFigures:
    """Publish the figures of *month*, which somebody else has looked at; from then on they stay as they are.

    Raises:
        MonthlyFigures.DoesNotExist: They are not measured, or published already.
        PolicyRefusal: *actor* may not, or nobody else has looked at them.
    """
    figures = _waiting(actor, month).get()
    reviewer = str(figures.reviewed_by_id or "")
    require(policy.may_publish_figures(actor, reviewed_by_id=reviewer), action="figures.publish")
    figures.published = as_published(month, figures.counts, parameters=parameters_at(now))
    figures.published_by = User.objects.get(pk=actor.id)
    figures.published_at = now
    digest = digest_of(figures)
    entry = ledger.append(
        Kind.FIGURES_PUBLISHED,
        actor=actor,
        subject=f"figures:{figures}",
        details={"reviewed_by": reviewer, "sha256": digest},
    )
    figures.entry = entry.seq
    figures.save(update_fields=["published", "published_by", "published_at", "entry"])
    return figures


def digest_of(figures: MonthlyFigures) -> str:
    """Return SHA-256 over the published figures in the ledger's canonical JSON: what their entry says."""
    return hashlib.sha256(canonical_json(figures.published).encode()).hexdigest()


def _waiting(actor: Actor, month: date) -> QuerySet[MonthlyFigures]:
    return MonthlyFigures.objects.select_for_update(of=("self",)).filter(
        agency_id=actor.agency_id, month=month, published_at=None
    )


@transaction.atomic
def record_check(*, found: str, actor: Actor, now: datetime) -> PortalCheck:
    """Record that *actor* has compared the portal with what is so, and what they found.

    Raises:
        PolicyRefusal: *actor* may not.
    """
    require(policy.may_check_portal(actor), action="portal.check")
    check = PortalCheck.objects.create(
        agency_id=actor.agency_id, checked_by=User.objects.get(pk=actor.id), at=now, found=found.strip()
    )
    ledger.append(Kind.PORTAL_CHECKED, actor=actor, subject=f"check:{check.pk}")
    return check


def renew_state(*, agency_id: int, now: datetime) -> PresentState:
    """Measure what the portal says of the present moment; no entry: it repeats what others record."""
    state, _ = PresentState.objects.update_or_create(
        agency_id=agency_id, defaults={"facts": facts_now(agency_id, now=now), "measured_at": now}
    )
    return state
