"""The figures of a set of plates, as a whole and in parts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final

from platewarden.evaluation.light import LIGHTS
from platewarden.evaluation.outcomes import SAME_PLACE, PlateOutcome, is_centred
from platewarden.evaluation.shares import Share, share_of
from platewarden.evaluation.texts import edits

WIDTH_STEPS_PX: Final = (40, 60, 80, 100, 140, 200)
"""Where one group of plate widths ends and the next begins."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a set of labelled plates was found and read; a missed plate counts as read with no character.

    Attributes:
        exact: Plates with every character right.
        folded: The same with O Q 0 and I 1 taken as one.
        within_one: Plates with at most one character wrong, likewise folded.
        alternates: Plates that are what was read or among its alternates.
        character_errors: Characters to replace, put in or take out, of all characters.
        found: Plates whose box was met with an intersection over union of `SAME_PLACE`.
        centred: Plates in which the middle of the guess lies.
        state_given: Plates of known state, and read, for which a state was given.
        state_right: Of those, the ones for which it is right.
    """

    exact: Share
    folded: Share
    within_one: Share
    alternates: Share
    character_errors: Share
    found: Share
    centred: Share
    state_given: Share
    state_right: Share

    def as_json(self) -> dict[str, dict[str, float]]:
        """Return plain values for `json.dumps`, one object a figure."""
        return {entry.name: getattr(self, entry.name).as_json() for entry in fields(self)}


def figures_of(outcomes: Sequence[PlateOutcome]) -> Figures:
    """Return the figures of *outcomes*."""
    given = [outcome for outcome in outcomes if _has_state(outcome)]
    return Figures(
        exact=share_of(outcome.is_exact for outcome in outcomes),
        folded=share_of(outcome.is_folded for outcome in outcomes),
        within_one=share_of(outcome.folded_edits <= 1 for outcome in outcomes),
        alternates=share_of(outcome.is_among_alternates for outcome in outcomes),
        character_errors=Share(
            sum(edits(outcome.truth.plate, outcome.read) for outcome in outcomes),
            sum(len(outcome.truth.plate) for outcome in outcomes),
        ),
        found=share_of(outcome.overlap >= SAME_PLACE for outcome in outcomes),
        centred=share_of(_is_centred(outcome) for outcome in outcomes),
        state_given=share_of(_has_state(outcome) for outcome in outcomes if _could_have_state(outcome)),
        state_right=share_of(outcome.state == outcome.truth.state for outcome in given),
    )


def by_width(outcomes: Sequence[PlateOutcome]) -> dict[str, Figures]:
    """Return the figures of each group of widths that has plates, narrow ones first."""
    return _by(outcomes, width_groups(), lambda outcome: width_group(outcome.truth.width_px))


def by_light(outcomes: Sequence[PlateOutcome]) -> dict[str, Figures]:
    """Return the figures of each light in which there are plates."""
    return _by(outcomes, LIGHTS, lambda outcome: outcome.light)


def width_groups() -> list[str]:
    """Return the names of the groups of widths, in pixels, narrow ones first."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(WIDTH_STEPS_PX)]
    return [f"below {WIDTH_STEPS_PX[0]}", *inner, f"{WIDTH_STEPS_PX[-1]} and more"]


def width_group(width_px: float) -> str:
    """Return the name of the group that *width_px* belongs to."""
    return width_groups()[sum(width_px >= step for step in WIDTH_STEPS_PX)]


def _by(
    outcomes: Sequence[PlateOutcome], names: Iterable[str], name_of: Callable[[PlateOutcome], str]
) -> dict[str, Figures]:
    grouped = {name: [outcome for outcome in outcomes if name_of(outcome) == name] for name in names}
    return {name: figures_of(group) for name, group in grouped.items() if group}


def _could_have_state(outcome: PlateOutcome) -> bool:
    return bool(outcome.truth.state and outcome.read)


def _has_state(outcome: PlateOutcome) -> bool:
    return _could_have_state(outcome) and bool(outcome.state)


def _is_centred(outcome: PlateOutcome) -> bool:
    return outcome.guess is not None and is_centred(outcome.guess.box_xyxy, outcome.truth.box_xyxy)
