"""One wanted plate as a car carries it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from platewarden.matching.patterns import anchor
from platewarden.policy.hotlists import Category

_CATEGORIES: Final = frozenset(Category)


class BoardError(Exception):
    """A list for the car, or a change of one, is not as it must be; the message says how."""


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """An entry of a hotlist with what the person in the car is told.

    Attributes:
        fingerprint: Number made of all it says; with its plate it names the entry in a difference.
        plate: Canonical plate, or the pattern of a partial entry.
        state: Postal code; ``*`` for any state, empty where the list does not say.
        category: Code of its category.
        priority: ``normal`` or ``high``.
        hotlist: Name of its list.
        reason: Why it is wanted.
        case_number: Of the case; may be empty.
        instructions: What to do.
        cautions: What to beware of.
        vehicle: Type, make, model and colour as the list gives them, each may be empty.
        expires_at: From when it matches no more; None if its list does not say.
    """

    fingerprint: int
    plate: str
    state: str
    category: str
    priority: str = "normal"
    hotlist: str = ""
    reason: str = ""
    case_number: str = ""
    instructions: str = ""
    cautions: str = ""
    vehicle: tuple[str, str, str, str] = ("", "", "", "")
    expires_at: datetime | None = None

    @property
    def anchor(self) -> str:
        """The key of a partial entry; empty for a whole plate."""
        return anchor(self.plate)

    def is_in_force(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at

    def row(self) -> list[Any]:
        """Return it as a list that JSON can hold."""
        ends = int(self.expires_at.timestamp()) if self.expires_at else 0
        texts = (self.priority, self.hotlist, self.reason, self.case_number, self.instructions, self.cautions)
        return [self.fingerprint, self.plate, self.state, self.category, ends, *texts, *self.vehicle]

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Return the entry that *row* holds, as `row` made it.

        Raises:
            BoardError: It has another form.
        """
        try:
            fingerprint, plate, state, category, ends, *texts = row
            priority, hotlist, reason, case_number, instructions, cautions, *vehicle = texts
            kind, make, model, colour = vehicle
            expires_at = datetime.fromtimestamp(ends, UTC) if ends else None
        except (TypeError, ValueError, OverflowError, OSError) as error:
            raise BoardError("a row of the list has another form than version 1") from error
        words = (plate, state, category, *texts)
        if not isinstance(fingerprint, int) or not all(isinstance(word, str) for word in words) or not plate:
            raise BoardError("a row of the list has another form than version 1")
        if category not in _CATEGORIES:
            raise BoardError(
                "a row of the list has a category that this version does not know: renew it first"
            )
        return cls(
            fingerprint,
            plate,
            state,
            category,
            priority,
            hotlist,
            reason,
            case_number,
            instructions,
            cautions,
            (kind, make, model, colour),
            expires_at,
        )
