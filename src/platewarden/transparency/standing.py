"""What the portal says of the present moment: cameras, what is kept, duties, the policy, the newest checkpoint."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Min

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera
from platewarden.ledger.models import Checkpoint
from platewarden.policy import retention
from platewarden.policy.capture import CameraKind
from platewarden.policy.clauses import Clause, clauses
from platewarden.policy.parameters import Parameters
from platewarden.policy.training import review_due_at
from platewarden.policy.transparency import check_due_at
from platewarden.reads.models import Read
from platewarden.retention.authorising import latest_authorisation
from platewarden.training.models import PolicyReview
from platewarden.transparency.models import PortalCheck
from platewarden.transparency.oversight import agreement_days, audit_days, oversight_facts


def facts_now(agency_id: int, *, now: datetime) -> dict[str, Any]:
    """Return what is so at *now*, as JSON; plate-free, and nothing of it counts people or their passing."""
    parameters = parameters_at(now)
    agency = Agency.objects.get(pk=agency_id)
    return {
        "agency": agency.name,
        "county": agency.county,
        "is_demo": agency.is_demo,
        "cameras": _cameras(agency_id, parameters),
        "retention": _retention(agency_id, parameters, now),
        "duties": _duties(agency_id, parameters, now),
        "oversight": oversight_facts(agency_id, parameters=parameters, now=now),
        "threshold": parameters.integer("transparency.small_count"),
        "policy": [_clause(clause) for clause in clauses()],
        "checkpoint": _checkpoint(),
    }


def _cameras(agency_id: int, parameters: Parameters) -> dict[str, Any]:
    in_use = Camera.objects.filter(agency_id=agency_id, approved_at__isnull=False, suspended_at=None)
    kinds = Counter(in_use.values_list("kind", flat=True))
    places = in_use.filter(kind=CameraKind.FIXED).values_list("place", flat=True)
    return {
        "by_kind": {kind.value: kinds[kind.value] for kind in CameraKind if kind is not CameraKind.RENDERED},
        "places": sorted(places) if parameters.flag("transparency.show_places") else None,
    }


def _retention(agency_id: int, parameters: Parameters, now: datetime) -> dict[str, Any]:
    oldest = Read.objects.filter(agency_id=agency_id).aggregate(Min("seen_at"))["seen_at__min"]
    since = retention.visible_since(parameters=parameters, now=now)
    return {
        "limit_days": parameters.days("retention.limit_days").days,
        "oldest_read_days": None if oldest is None else max((now - oldest).days, 0),
        "is_kept": oldest is None or oldest >= since,
    }


def _duties(agency_id: int, parameters: Parameters, now: datetime) -> list[dict[str, Any]]:
    audits = audit_days(agency_id, now=now)
    review, given = PolicyReview.objects.first(), latest_authorisation()
    check = PortalCheck.objects.filter(agency_id=agency_id).first()
    review_due = review_due_at(review.at, parameters=parameters) if review else None
    check_due = check_due_at(check.at, parameters=parameters) if check else None
    ends = retention.authorisation_ends_at(given.given_at, parameters=parameters) if given else None
    return [
        _duty("policy_review", "TRN-2", review.at if review else None, review_due),
        _duty("authorisation", "RET-4", given.given_at if given else None, ends),
        _duty("portal_check", "TPR-1", check.at if check else None, check_due),
        _duty("audit_1", "AUD-1", *audits["AUD-1"]),
        _duty("audit_2", "AUD-2", *audits["AUD-2"]),
        _duty("audit_3", "AUD-3", *audits["AUD-2"]),  # told by the same report
        _duty("sharing_1", "SHR-1", *agreement_days(now=now)),
    ]


def _duty(
    name: str, clause: str, done_at: datetime | None, due_at: datetime | None, *, is_built: bool = True
) -> dict[str, Any]:
    done, due = (moment.date().isoformat() if moment else None for moment in (done_at, due_at))
    return {"name": name, "clause": clause, "is_built": is_built, "done": done, "due": due}


def _clause(clause: Clause) -> dict[str, str]:
    return {
        "id": clause.id,
        "title": clause.title,
        "chapter": clause.chapter,
        "text": clause.text,
        "kept": clause.state,
        "progress": clause.progress.value,
        "missing": clause.missing,
    }


def _checkpoint() -> dict[str, Any] | None:
    newest = Checkpoint.objects.order_by("size").last()
    if newest is None:
        return None
    return {"size": newest.size, "signed_at": newest.signed_at.isoformat(), "note": newest.note}
