"""How a list, or a change of one, comes to a car: lines of JSON, and a last line in which the server signs them all.

The first line says for whom, which version and since which; then come removals ``["-", plate, fingerprint]``, then
entries ``["+", ...]`` as `BoardEntry.row` has them, then ``{"note": ...}`` with the SHA-256 of everything before it.
Nothing counts before the note was checked: whoever reads takes it all in one transaction.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from platewarden.edge.board.entries import BoardEntry, BoardError
from platewarden.edge.board.store import BoardStore, Removal
from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey
from platewarden.policy.parameters import ParameterError, Parameters, defaults

FORMAT: Final = "platewarden board 1"

PARAMETERS: Final = (
    "hits.alerting_grades",
    "hits.candidate_grades",
    "hits.partial_alerting_categories",
    "hits.one_character_categories",
    "hits.alternate_least_percent",
)
"""The agency's values by which a car weighs a match, as the server does."""

_LONGEST_LINE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class CarriedList:
    """One list of those on board, as of the version.

    Attributes:
        name: Its name.
        effective_at: Since when its source holds it to be in effect, ISO 8601; empty for what is entered by hand.
        max_age_hours: From which age it is stale; 0 for what is entered by hand.
    """

    name: str
    effective_at: str
    max_age_hours: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What the server says of a version.

    Attributes:
        device: Code of the device it is for.
        version: Its number.
        base: Number of the version that the change leads from; 0 for a whole list.
        made_at: When, by the server's clock.
        lists: The lists it is made of.
        parameters: The agency's values that `PARAMETERS` names.
        left_out: How many entries stay at the server, since they are meant for certain people alone, or were found
            wrong.
    """

    device: str
    version: int
    base: int
    made_at: datetime
    lists: tuple[CarriedList, ...]
    parameters: dict[str, Any]
    left_out: int

    def as_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self) | {"format": FORMAT, "made_at": self.made_at.astimezone(UTC).isoformat()}

    @classmethod
    def of_json(cls, facts: Any) -> Self:
        """Return the statement that *facts* are, as `as_json` made them.

        Raises:
            BoardError: They have another form, or a value lies outside the policy's bounds.
        """
        try:
            if facts["format"] != FORMAT:
                raise BoardError("the list is of another form than this version takes: renew one of the two")
            made_at = datetime.fromisoformat(facts["made_at"])
            found = cls(
                str(facts["device"]),
                int(facts["version"]),
                int(facts["base"]),
                made_at.astimezone(UTC),
                tuple(CarriedList(**one) for one in facts["lists"]),
                {name: _value(facts["parameters"][name]) for name in PARAMETERS},
                int(facts["left_out"]),
            )
            found.weighing()
        except (KeyError, TypeError, ValueError, ParameterError) as error:
            raise BoardError("the list does not say what it is as it must") from error
        return found

    def weighing(self) -> Parameters:
        """Return the parameters by which a match is weighed."""
        return defaults(self.made_at).adopting(self.parameters)

    def is_stale(self, name: str, *, now: datetime) -> bool:
        """Whether the list called *name* is past its age at *now* (HOT-1); one that is not named is."""
        found = next((one for one in self.lists if one.name == name), None)
        if found is None:
            return True
        if not found.max_age_hours or not found.effective_at:
            return False
        return now - datetime.fromisoformat(found.effective_at) > timedelta(hours=found.max_age_hours)


def written(
    statement: Statement, *, removed: Iterable[Removal], rows: Iterable[list[Any]], signer: SignerKey
) -> Iterator[bytes]:
    """Yield the lines of a list or a change."""
    digest = hashlib.sha256()

    def line(content: Any) -> bytes:
        text = json.dumps(content, separators=(",", ":")).encode() + b"\n"
        digest.update(text)
        return text

    yield line(statement.as_json())
    for one in removed:
        yield line(["-", one.plate, one.fingerprint])
    for row in rows:
        yield line(["+", *row])
    yield json.dumps({"note": _note(statement, digest.hexdigest(), signer)}).encode() + b"\n"


class Coming:
    """A list or a change on its way in."""

    def __init__(self, lines: Iterable[bytes], *, device: str, key: VerifierKey) -> None:
        """Read *lines*, which *key* must have signed for *device*.

        Raises:
            BoardError: The first line is no statement, or one for another device.
        """
        self._digest, self._key = hashlib.sha256(), key
        self._lines = iter(lines)
        self.statement = Statement.of_json(self._next())
        if self.statement.device != device:
            raise BoardError("the list is another device's")

    def take_into(self, store: BoardStore) -> None:
        """Put it into *store*, if it is whole, signed, and follows the version on board.

        Raises:
            BoardError: It is not; the version on board stays.
        """
        on_board = store.statement.get("version", 0)
        if self.statement.version < on_board:
            raise BoardError(
                f"version {self.statement.version} of the list is older than {on_board} on board"
            )
        removed, first = self._removals()
        entries = self._entries(first)
        if not self.statement.base:
            if removed:
                raise BoardError("a whole list removes nothing")
            store.replace(entries, statement=self.statement.as_json())
        elif self.statement.base == on_board:
            store.change(removed=removed, added=entries, statement=self.statement.as_json())
        else:
            raise BoardError(
                f"the change leads from version {self.statement.base}, and {on_board} is on board"
            )

    def _removals(self) -> tuple[list[Removal], Any]:
        removed = []
        while isinstance(found := self._next(), list) and found[:1] == ["-"]:
            match found:
                case ["-", str(plate), int(fingerprint)]:
                    removed.append(Removal(plate, fingerprint))
                case _:
                    raise BoardError("a removal has another form than version 1")
        return removed, found

    def _entries(self, found: Any) -> Iterator[BoardEntry]:
        while isinstance(found, list) and found[:1] == ["+"]:
            yield BoardEntry.of_row(found[1:])
            found = self._next()
        self._check(found)

    def _check(self, found: Any) -> None:
        note = found.get("note") if isinstance(found, dict) else None
        try:
            parsed = Note.parse(str(note))
            parsed.verify([self._key])
        except NoteError as error:
            raise BoardError("the list is not signed by the server") from error
        if parsed.text != _text(self.statement, self._digest.hexdigest()):
            raise BoardError("the list is not the one that the server signed")

    def _next(self) -> Any:
        line = next(self._lines, None)
        if line is None:
            raise BoardError("the list broke off before its end")
        if len(line) > _LONGEST_LINE:
            raise BoardError("a line of the list is longer than any entry")
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BoardError("a line of the list is no JSON") from error
        if not (isinstance(content, dict) and "note" in content):
            self._digest.update(line)
        return content


def _note(statement: Statement, digest: str, signer: SignerKey) -> str:
    return Note.sign(_text(statement, digest), signer).encode()


def _text(statement: Statement, digest: str) -> str:
    about = f"device {statement.device}\nversion {statement.version}\nbase {statement.base}\n"
    return f"{FORMAT}\n{about}content sha256:{digest}\n"


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
