"""From the values of one line to an entry: what they mean, what the policy says of them, what is wrong with them."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import gt
from typing import Final, cast

from platewarden.hotlists.formats.codes import Codes, colour_of
from platewarden.hotlists.formats.described import SHORT
from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS, Given, Row
from platewarden.matching.plates import PLATE_MAX_LENGTH, PlateError, normalise, skeleton
from platewarden.policy.hotlists import (
    Category,
    RefusedCategory,
    category_from_code,
    may_hold,
    refused_category,
    refused_wording,
)
from platewarden.policy.parameters import Parameters

_NAMES: Final = tuple(LENGTHS)
_LIMITS: Final = tuple(LENGTHS.values())
_KEPT: Final = len(_NAMES)
_NO_PLATE: Final = RefusedCategory(
    "no licence number", "", "An entry without a licence number matches nothing."
)


class LineError(ValueError):
    """What is wrong with a line, and in which value of it; never repeats the value."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class EntryBuilder:
    """Makes entries of one file's lines.

    Args:
        parameters: In force now.
        codes: What the file's codes mean; None where categories are named as we name them.
        category: Of every line of a file that names none.
    """

    def __init__(
        self, *, parameters: Parameters, codes: Codes | None = None, category: Category | None = None
    ) -> None:
        self._parameters, self._codes, self._category = parameters, codes, category
        self._judge = cache(self._judged)

    def build(self, line: int, given: Given) -> Row | RefusedCategory:
        """Return the entry that *given* is, or why the policy leaves it out; nothing else of it matters then.

        Raises:
            LineError: It is neither.
        """
        code = given.category
        if len(code) > LENGTHS["category"] or not code.isprintable():
            _check(given)
        category = self._judge(code)
        if isinstance(category, RefusedCategory):
            return category
        if refused := _refused_texts(given):
            return refused
        texts = _texts(given)
        if any(map(gt, map(len, texts), _LIMITS)) or not "".join(texts).isprintable():
            _check(given)
        if self._codes and not any(map(str.isalnum, given.plate)):
            return _NO_PLATE
        return _row(line, given, category)

    def _judged(self, code: str) -> Category | RefusedCategory:
        category = self._meaning(code)
        if isinstance(category, RefusedCategory):
            return category
        decision = may_hold(category, parameters=self._parameters)
        return category if decision.allowed else RefusedCategory(category, decision.clause, decision.reason)

    def _meaning(self, code: str) -> Category | RefusedCategory:
        if self._category:
            return self._category
        if self._codes is None:
            return category_from_code(code)
        meaning = self._codes.get(code, "")
        return meaning if isinstance(meaning, Category) else refused_category(code, meaning=meaning)


def _texts(given: Given) -> tuple[str, ...]:
    """Return the values that have a name in `LENGTHS`, in its order."""
    return cast("tuple[str, ...]", given[:_KEPT])


def _check(given: Given) -> None:
    for name, text in zip(_NAMES, _texts(given), strict=True):
        if len(text) > LENGTHS[name]:
            raise LineError(name, f"is longer than {LENGTHS[name]} characters")
        if not text.isprintable():
            raise LineError(name, "has control characters")


def _refused_texts(given: Given) -> RefusedCategory | None:
    """Look through every text in which something could be said, wherever in the line it stands (USE-5)."""
    codes = (given.make, given.model, given.colour, given.type, *given.others)
    told = [
        given.reason,
        given.case_number,
        given.instructions,
        *(text for text in codes if len(text) > SHORT),
    ]
    return next((refused for text in told if text and (refused := refused_wording(text))), None)


def _row(line: int, given: Given, category: Category) -> Row:
    plate = _plate(given.plate)
    reason = (
        f"{given.reason}, {given.remarks}"
        if given.reason and given.remarks
        else given.reason or given.remarks
    )
    return Row(
        line=line,
        plate_as_given=given.plate,
        plate=plate,
        skeleton=skeleton(plate),
        state=_state(given.state),
        category=category,
        priority=_priority(given.priority, category),
        reason=reason[: LENGTHS["reason"]],
        case_number=given.case_number,
        instructions=given.instructions,
        vehicle_type=given.type,
        vehicle_make=given.make,
        vehicle_model=given.model,
        vehicle_colour=_colour(given.colour),
        expires_at=_moment(given.expires),
    )


def _plate(text: str) -> str:
    if text.isalnum() and text.isascii() and len(text) <= PLATE_MAX_LENGTH:
        return text.upper()  # nearly all of them: there is nothing to take out
    try:
        return normalise(text)
    except PlateError as error:
        raise LineError("plate", str(error)) from error


@lru_cache(maxsize=1024)
def _state(text: str) -> str:
    state = text.upper().replace("0", "O")
    if state in {"", ANY_STATE}:
        return state
    if len(state) == 2 and state.isascii() and state.isalpha():  # noqa: PLR2004 - a postal code
        return state
    raise LineError("state", "is neither a two-letter code, * for any state, nor empty for unknown")


def _priority(text: str, category: Category) -> str:
    if text.lower() not in {"", "normal", "high"}:
        raise LineError("priority", "is neither normal nor high")
    return "high" if category.is_high_priority or text.lower() == "high" else "normal"


_colour = lru_cache(maxsize=1024)(colour_of)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise LineError("expires", "is no ISO 8601 time, e.g. 2026-12-31T12:00:00-05:00") from error
    if moment.tzinfo is None:
        raise LineError("expires", "has no zone: end it with Z or an offset such as -05:00")
    return in_utc
