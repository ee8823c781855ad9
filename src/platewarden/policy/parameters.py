"""What an agency may decide otherwise: dated values with bounds, from ``policy/parameters.toml``.

The file holds defaults and bounds. `Parameters.adopting` lays over them what an agency adopts instead; a
value outside its bounds cannot be represented, so no rule ever sees one.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Self

from platewarden.policy.location import policy_folder

Value = int | str | bool | tuple[str, ...]
"""A parameter's value: whole number, text or pattern, switch, or closed list of codes."""

_NUMBERS: Final = frozenset({"days", "hours", "minutes", "seconds", "count"})
_TEXTS: Final = frozenset({"text", "pattern"})
_UNITS: Final = _NUMBERS | _TEXTS | {"codes", "switch"}


class ParameterError(ValueError):
    """A parameter is unknown, not in force, or would break its type or bounds; the message says how."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One parameter as the policy's file defines it.

    Attributes:
        name: Dotted name, e.g. ``retention.limit_days``.
        clause: Id of the clause it belongs to.
        meaning: One line for people.
        unit: ``days hours minutes seconds count codes text pattern switch``.
        default: Value that holds until the agency adopts another.
        floor: Least number that can be adopted, if bounded.
        ceiling: Greatest number that can be adopted, if bounded.
        choices: Codes that can be adopted, for unit ``codes``.
        source: Where the value comes from.
        verified_by: Who compared the value with its source; empty when nobody has.
        verified_on: When they did.
        effective_from: First day on which the value may be used.
    """

    name: str
    clause: str
    meaning: str
    unit: str
    default: Value
    floor: int | None
    ceiling: int | None
    choices: frozenset[str]
    source: str
    verified_by: str
    verified_on: date | None
    effective_from: date

    @property
    def is_verified(self) -> bool:
        """Whether a named person compared the value with its source on a known day."""
        return bool(self.verified_by) and self.verified_on is not None

    def checked(self, value: object) -> Value:
        """Return *value* in its frozen form.

        Raises:
            ParameterError: It has the wrong type, or lies outside the bounds.
        """
        if self.unit in _NUMBERS:
            return self._checked_number(value)
        if self.unit == "codes":
            return self._checked_codes(value)
        if self.unit == "switch":
            if isinstance(value, bool):
                return value
            raise self._error("must be true or false")
        return self._checked_text(value)

    def _checked_number(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._error(f"must be a whole number ({self.unit})")
        if self.floor is not None and value < self.floor:
            raise self._error(f"must be at least {self.floor} {self.unit}: {value} was given")
        if self.ceiling is not None and value > self.ceiling:
            raise self._error(f"must be at most {self.ceiling} {self.unit}: {value} was given")
        return value

    def _checked_codes(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple | set | frozenset) or not all(
            isinstance(code, str) for code in value
        ):
            raise self._error("must be a list of codes")
        if unknown := set(value) - self.choices:
            raise self._error(
                f"has no code {', '.join(sorted(unknown))}; known: {', '.join(sorted(self.choices))}"
            )
        return tuple(sorted(set(value)))

    def _checked_text(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._error("must be text, and not empty")
        if self.unit == "pattern":
            try:
                re.compile(value)
            except re.error as error:
                raise self._error(f"must be a regular expression: {error}") from error
        return value

    def _error(self, problem: str) -> ParameterError:
        return ParameterError(f"{self.clause}: parameter {self.name} {problem}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values in force at one moment; every rule takes one beside ``now``.

    Raises:
        ParameterError: A value is missing, unknown, or breaks its type or bounds.
    """

    values: Mapping[str, Value]

    def __post_init__(self) -> None:
        known = definitions()
        if strange := self.values.keys() ^ known.keys():
            raise ParameterError(
                f"unknown or missing parameters: {', '.join(sorted(strange))}; see parameters.toml"
            )
        checked = {name: known[name].checked(value) for name, value in self.values.items()}
        object.__setattr__(self, "values", MappingProxyType(checked))

    def adopting(self, adopted: Mapping[str, object]) -> Self:
        """Return these values with the agency's *adopted* ones in their places.

        Raises:
            ParameterError: A name is unknown, or a value breaks its type, floor, ceiling or choices.
        """
        for name in adopted:
            definition(name)
        return type(self)({**self.values, **adopted})  # type: ignore[dict-item]  # checked by the constructor

    def days(self, name: str) -> timedelta:
        """Return the duration *name*, given in days."""
        return timedelta(days=self._number(name, "days"))

    def hours(self, name: str) -> timedelta:
        """Return the duration *name*, given in hours."""
        return timedelta(hours=self._number(name, "hours"))

    def minutes(self, name: str) -> timedelta:
        """Return the duration *name*, given in minutes."""
        return timedelta(minutes=self._number(name, "minutes"))

    def seconds(self, name: str) -> timedelta:
        """Return the duration *name*, given in seconds."""
        return timedelta(seconds=self._number(name, "seconds"))

    def integer(self, name: str) -> int:
        """Return the count *name*."""
        return self._number(name, "count")

    def text(self, name: str) -> str:
        """Return the text or pattern *name*."""
        return str(self._value(name, *_TEXTS))

    def codes(self, name: str) -> frozenset[str]:
        """Return the closed list *name*."""
        value = self._value(name, "codes")
        assert isinstance(value, tuple)
        return frozenset(value)

    def flag(self, name: str) -> bool:
        """Return the switch *name*."""
        return bool(self._value(name, "switch"))

    def _number(self, name: str, unit: str) -> int:
        value = self._value(name, unit)
        assert isinstance(value, int)
        return value

    def _value(self, name: str, *units: str) -> Value:
        found = definition(name)
        if found.unit not in units:
            raise ParameterError(
                f"parameter {name} is given in {found.unit}, not in {' or '.join(sorted(units))}"
            )
        return self.values[name]


def defaults(now: datetime) -> Parameters:
    """Return the policy's own values, as they stand before the agency has adopted any.

    Raises:
        ParameterError: A value is not yet in force at *now*.
    """
    known = definitions()
    for found in known.values():
        if now.date() < found.effective_from:
            raise ParameterError(
                f"{found.clause}: parameter {found.name} has no value before {found.effective_from}"
            )
    return Parameters({name: found.default for name, found in known.items()})


def definition(name: str) -> Definition:
    """Return the definition of the parameter *name*.

    Raises:
        ParameterError: There is none.
    """
    try:
        return definitions()[name]
    except KeyError:
        raise ParameterError(
            f"there is no parameter {name}: see policy/parameters.toml for those there are"
        ) from None


@cache
def definitions() -> Mapping[str, Definition]:
    """Return every parameter the adopted policy defines, by name, in the file's order.

    Raises:
        ParameterError: An entry of the file is incomplete, or its value breaks its own bounds.
    """
    with (policy_folder() / "parameters.toml").open("rb") as file:
        return read_definitions(tomllib.load(file))


def read_definitions(tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Mapping[str, Definition]:
    """Return the definitions in *tables*: chapter, then name, then fields.

    Raises:
        ParameterError: An entry is incomplete, or its value breaks its own bounds.
    """
    found = (
        _definition(f"{chapter}.{name}", fields)
        for chapter, parameters in tables.items()
        for name, fields in parameters.items()
    )
    return MappingProxyType({entry.name: entry for entry in found})


def _definition(name: str, fields: Mapping[str, Any]) -> Definition:
    required = {"clause", "meaning", "unit", "value", "source", "effective_from"}
    optional = {"floor", "ceiling", "choices", "verified_by", "verified_on"}
    if missing := required - fields.keys():
        raise ParameterError(f"parameter {name} lacks {', '.join(sorted(missing))}")
    if strange := fields.keys() - required - optional:
        raise ParameterError(f"parameter {name} has unknown fields: {', '.join(sorted(strange))}")
    if fields["unit"] not in _UNITS:
        raise ParameterError(f"parameter {name} has no known unit: choose from {', '.join(sorted(_UNITS))}")
    found = Definition(
        name=name,
        clause=fields["clause"],
        meaning=fields["meaning"],
        unit=fields["unit"],
        default=tuple(fields["value"]) if isinstance(fields["value"], list) else fields["value"],
        floor=fields.get("floor"),
        ceiling=fields.get("ceiling"),
        choices=frozenset(fields.get("choices", ())),
        source=fields["source"],
        verified_by=fields.get("verified_by", ""),
        verified_on=fields.get("verified_on"),
        effective_from=fields["effective_from"],
    )
    found.checked(found.default)
    return found
