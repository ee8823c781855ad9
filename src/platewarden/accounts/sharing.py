"""Sign-ins that are a reason to ask somebody: the rows, in words, and one notice; never an accusation (ADM-3)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platewarden.accounts.models import SignIn, SignInOutcome, User
from platewarden.adoption.in_force import parameters_at
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.notices import NoticeKind
from platewarden.policy.sign_ins import Appearance, SharingSign, signs_of_sharing

LOOKED_AT: Final = timedelta(days=7)
"""How far back signs are looked for, and shown."""

TOLD: Final = (Role.ADMINISTRATOR, Role.AUDITOR)
_COUNTED: Final = (SignInOutcome.SUCCEEDED, SignInOutcome.MOVED)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign about one person: what it is, and the rows that show it, oldest first."""

    person: User
    kind: SharingSign
    rows: tuple[Appearance, ...]

    @property
    def last_at(self) -> datetime:
        """When the last of it was seen."""
        return self.rows[-1].at

    @property
    def words(self) -> str:
        """What was seen, as a sentence."""
        return f"{self.kind[:1].upper()}{self.kind[1:]}."


def signs_at(agency_id: int, *, now: datetime, user: User | None = None) -> list[Sign]:
    """Return the signs of the last days, of everybody of the agency or of *user* alone, the latest first."""
    rows = SignIn.objects.filter(
        user__agency_id=agency_id, outcome__in=_COUNTED, at__gt=now - LOOKED_AT, at__lte=now
    )
    if user is not None:
        rows = rows.filter(user=user)
    seen: dict[User, list[Appearance]] = defaultdict(list)
    for row in rows.select_related("user").order_by("at", "pk"):
        assert row.user is not None  # by the filter above
        moved = row.outcome == SignInOutcome.MOVED
        seen[row.user].append(Appearance(row.at, moved, row.address, row.browser))
    parameters = parameters_at(now)
    found = [
        Sign(person, kind, shown)
        for person, appearances in seen.items()
        for kind, shown in signs_of_sharing(appearances, parameters=parameters).items()
    ]
    return sorted(found, key=lambda sign: sign.last_at, reverse=True)


def tell_of_signs(*, actor: Actor, now: datetime) -> None:
    """Tell the administrator and the auditor of each sign, once a person, kind and day."""
    for sign in signs_at(actor.agency_id, now=now):
        for role in TOLD:
            tell(
                kind=NoticeKind.SHARING_SIGNS,
                subject=f"person:{sign.person.pk}",
                text=f"{sign.person.full_name}: {sign.kind}. Ask them about it; there may be a good reason.",
                to_role=role,
                actor=actor,
                now=now,
                once_key=f"sharing:{sign.person.pk}:{sign.kind.name}:{sign.last_at:%Y-%m-%d}:{role}",
            )
