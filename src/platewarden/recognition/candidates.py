"""Which lines of text could be a plate's serial."""

import math
import re
from dataclasses import dataclass
from typing import Final

from platewarden.recognition.geometry import line_size
from platewarden.recognition.state_words import STATE_NAMES
from platewarden.recognition.types import Detection, Reading

_NOT_PLATE: Final = re.compile(r"[^A-Z0-9]")

_LENGTH: Final[dict[int, float]] = {3: 0.3, 4: 0.7, 5: 1.0, 6: 1.0, 7: 1.0, 8: 0.6}
"""How usual each number of characters is on US passenger plates; others are no plates."""

_MIXED: Final = 1.0
_DIGITS_ONLY: Final = 0.6
_LETTERS_ONLY: Final = 0.5
_A_WORD: Final = 0.1

_ASPECT: Final = (1.4, 6.5)
"""Length over height of a serial's line, from three stacked characters to eight seen square on."""
_ODD_SHAPE: Final = 0.3

_WORDS: Final = frozenset(
    """
    ACURA AUDI BUICK CADILLAC CHEVROLET CHEVY CHRYSLER DODGE FERRARI FIAT FORD GMC HONDA HYUNDAI INFINITI
    ISUZU JAGUAR JEEP KIA LEXUS LINCOLN MAZDA MERCEDES MERCURY MINI MITSUBISHI NISSAN PONTIAC PORSCHE SATURN
    SCION SUBARU SUZUKI TESLA TOYOTA VOLVO ACCORD ALTIMA CAMRY CIVIC COROLLA TAHOE SILVERADO RANGER EXPLORER
    TUNDRA TACOMA HYBRID DIESEL LIMITED SPORT TURBO QUATTRO TRUCK TRUCKS POLICE SHERIFF TAXI AMBULANCE STOP
    EXIT YIELD SPEED LIMIT ONLY ROAD STREET AVENUE BLVD PARKING PARK SCHOOL CAUTION DANGER DEALER MOTORS
    AUTO AUTOS SALES SERVICE RENTAL PIZZA HOTEL OPEN CLOSED SALE BANK SHOP STORE CAFE COFFEE FIRE RESCUE
    TRAILER JAN FEB MAR APR JUNE JULY SEPT EMPIRE GARDEN STATE SUNSHINE GOLDEN EVERGREEN LAKES FRIEND
    TRUCKER PERMIT VETERAN COMMERCIAL F150 F250 F350 RAM1500 RAM2500 RAM3500 RX300 RX330 RX350 ES300 ES330
    ES350 GS300 GS350 IS250 IS350 LS400 LS430 ML320 ML350 ML500 E150 E250 E350 X5 X3 G35 G37 FX35 Q45 QX56
    C1500 K1500 S10 C230 C240 C300 E320 S500 CLK320 JETTA SONATA PRIUS SENTRA ROVER COOPER PASSAT
    MUSTANG IMPALA MALIBU FUSION FOCUS TAURUS ESCAPE SIENNA ODYSSEY OUTBACK FORESTER MAXIMA ELANTRA WRANGLER
    4MATIC 4RUNNER 4X4 AWD V6 V8 VTEC IVTEC HEMI
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is no easier to read
) | frozenset(name.replace(" ", "") for name in STATE_NAMES.values())
"""Words and badges of vehicles, streets and plate frames that would otherwise pass for a serial."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: where it is and what it says."""

    detection: Detection
    reading: Reading

    @property
    def serial(self) -> str:
        """The line as a canonical plate would have it: A-Z and 0-9 only; may be empty."""
        return _NOT_PLATE.sub("", self.reading.text)


def plausibility(line: Line) -> float:
    """Return how well *line* could be a plate's serial, 0-1: length, mix of characters, shape, confidence."""
    serial = line.serial
    usual = _LENGTH.get(len(serial), 0.0)
    return usual * _mix(serial) * _shape(line.detection) * mean_confidence(line.reading) if usual else 0.0


def mean_confidence(reading: Reading) -> float:
    """Return the geometric mean of the character confidences, 0 when there is no character."""
    confidences = reading.char_confidences
    if not confidences or min(confidences) <= 0:
        return 0.0
    return math.exp(sum(map(math.log, confidences)) / len(confidences))


def _mix(serial: str) -> float:
    if serial in _WORDS:
        return _A_WORD
    if serial.isdigit():
        return _DIGITS_ONLY
    return _LETTERS_ONLY if serial.isalpha() else _MIXED


def _shape(detection: Detection) -> float:
    along, across = line_size(detection.corners)
    least, most = _ASPECT
    return 1.0 if across > 0 and least <= along / across <= most else _ODD_SHAPE
