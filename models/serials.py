"""Serials as the states issue them, for training: which patterns, which letters, and personal plates.

The patterns are facts about plates seen in the last twenty years, simplified; `A` is a letter, `9` a figure, `X`
either, `-` a dash, `*` a symbol, a blank a gap, and `a` a small letter of a stacked pair.
"""

import random
from typing import Final

PATTERNS: Final[dict[str, str]] = {
    "AL": "9A9999A 99A99AA 9AA9999", "AK": "AAA 999", "AZ": "AAA9999 999*AAA A9A 9XA", "AR": "999 AAA AAA 99A",
    "CA": "9AAA999 9AAA999 9AAA999 9AAA999 9A99999 99999A9 A999999", "CO": "AAA*999 999*AAA AAA-A99",
    "CT": "AA.99999 999.AAA 9AA.AA9 999 AAA", "DE": "999999 99999 PC999999", "DC": "AA 9999", "FL": "AAA*A99 A99*9AA 999*AAA XXX*9XX",
    "GA": "AAA*9999 AAA 9999 999 AAA", "HI": "AAA 999 AAA 99A", "ID": "A 999999 9A 99999 9A A9999 A999 999", "IL": "A99 9999 AA 99999 999 9999 AAA 9999 A99 9999",
    "IN": "999AAA 999A 99A9999 AAA999", "IA": "AAA 999 999 AAA", "KS": "999 AAA 9999AAA", "KY": "999*AAA AAA*999 A9A999",
    "LA": "AAA 999 999 AAA", "ME": "9999 AA 999 AAA", "MD": "9AA9999 AAA 999 9AA A99 A999999", "MA": "999 AA9 9AA A99 9999 AA 9AAA99 99 AA99",
    "MI": "AAA 9999 9AAA99 AAA 999", "MN": "AAA-999 999-AAA", "MS": "AAA 999 999 AAA", "MO": "AA9 A9A AA9 A9A 999 AAA 9AA 999",
    "MT": "9-99999A 99-9999A AAA999", "NE": "99-A999 AAA 999 9-A999", "NV": "999*AAA 99A*999 999*A99", "NH": "999 9999 999 999",
    "NJ": "A99*AAA AAA*99A AAA 99A", "NM": "999*AAA AAA*999", "NY": "AAA-9999 AAA-9999 AAA*9999 AAA 9999 99999*AA 9A9999a A999999A AA 99 AA",
    "NC": "AAA-9999 AA-9999", "ND": "999 AAA AAA 999", "OH": "AAA 9999 AA99AA aa9999 AAA9999", "OK": "999-AAA AAA-999 AAA 999", "OR": "999 AAA AAA 999 9AA 999",
    "PA": "AAA-9999 AAA*9999 AA99999 99999PA", "RI": "999-999 AA-999 9AA 999 XX-999", "SC": "999 AAA AAA 999 9999 AA", "SD": "9AA 999 99A 999 9A9 999",
    "TN": "999-AAA AAA 999 A99-99A 9A9 9A9", "TX": "AAA*9999 AA9*A999 A99*AAA 99A*AA9 999*AAA AAA-9999", "UT": "A99 9AA 999 AAA AA9 99A", "VT": "AAA 999 999A999",
    "VA": "AAA-9999 AAA-999 AAA 9999", "WA": "AAA9999 999-AAA 999 AAA", "WV": "9AA 999 9A9999 AAA 999 A9A 999", "WI": "AAA-9999 999-AAA AAA 999", "WY": "99*9999A 9-9999 9-999AA",
}  # fmt: skip

COMMON: Final = {
    "CA": 8,
    "TX": 6,
    "FL": 5,
    "NY": 9,
    "PA": 4,
    "NJ": 3,
    "IL": 4,
    "OH": 3,
    "GA": 3,
    "NC": 3,
    "MI": 3,
    "VA": 3,
}
"""How much oftener these are drawn than the rest: they have most of the vehicles, and New York and its neighbours are
the first users."""

RARE_LETTERS: Final = "IOQ"
"""Most states leave these out of ordinary serials: they are taken for 1 and 0. They are drawn a sixth as often."""

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS: Final = [1 if letter in RARE_LETTERS else 6 for letter in _LETTERS]

_WORDS: Final = """
    ACE ALL AND ANGEL ART BABY BAD BEACH BEAR BEE BEST BIG BIKE BIRD BLU BOAT BOB BOSS BOY BUG BUS CAR CAT CHEF COOL
    COP CUB CUTE DAD DADS DAY DIVA DOC DOG DOGS DREAM EASY ELVIS ENJOY EYE FAST FIRE FISH FLY FOX FREE FUN GEM GIRL
    GO GOD GOLD GOLF GOOD GRAN GREEN GUY HAPPY HELP HI HIKE HOCKEY HOME HOPE HORSE HOT ICE ITS JAM JAZZ JEEP JET JOE
    JOY JUST KATE KIDS KING KISS LADY LAKE LAW LIFE LIKE LIVE LOV LOVE LUCK LUV MAC MAD MAMA MAN MAX ME MEL MINE MOM
    MOMS MOON MOTO MR MRS MUSIC MY NANA NAVY NEW NICE NICK NUT OHIO OK OLD ONE ORCA OUR PAPA PEACE PET PIE PINK PLAY
    POP PRO QUEEN RACE RAD RAY RED RIDE ROAD ROB ROCK ROSE ROX RUN SAIL SALLY SAM SEA SEW SHE SHOP SKI SKY SLOW SOCCER
    SOLO STAR SUN SURF TEA TED TEX THE TIM TOM TOO TOP TOY TRUCK TRY TWO USA VAN VETTE WAVE WAY WE WED WIN WOW YES YOU
    ZEN ZOO ZOOM QUAD QUIZ JAZZY VIXEN FUZZY PHOTO PIANO RADIO OVER VIDEO AUDIO IDEA IRIS QUILT
""".split()  # noqa: SIM905 - a hundred quoted words are no easier to read
_SHORT: Final = str.maketrans({"E": "3", "A": "4", "O": "0", "I": "1", "S": "5", "B": "8"})


ALIKE: Final[dict[str, str]] = {
    "B": "EPRD", "E": "FBL", "F": "EPT", "P": "FRB", "R": "KPBA", "V": "UYW", "U": "VHJD", "H": "UMNKW", "N": "HMW",
    "M": "HNW", "W": "MNVH", "K": "XRH", "X": "KY", "Y": "VTX", "D": "OUBQ", "O": "DQCGU", "Q": "OGD", "G": "CQO",
    "C": "GO", "J": "UL", "L": "EJ", "T": "FYI", "S": "BGE", "Z": "XE", "A": "RM", "I": "TJL",
    "8": "3690", "0": "896", "6": "850", "5": "369", "3": "895", "9": "830", "1": "74", "7": "12", "2": "73", "4": "19",
}  # fmt: skip
"""Characters of one kind that are alike when few pixels show them."""

ALIKE_ACROSS: Final[dict[str, str]] = {
    "8": "B", "B": "8", "0": "DQ", "D": "0", "Q": "0", "5": "S", "S": "5", "2": "Z", "Z": "2", "6": "G", "G": "6",
    "4": "A", "A": "4", "7": "T", "1": "T", "T": "7",
}  # fmt: skip
"""Letters and figures that are alike; O and 0, I and 1 are not among them: many dies stamp them with one tool."""

_ACROSS: Final = 0.25


def twin(rng: random.Random, marks: str) -> str:
    """Return *marks* with one character, where there is one that has any, replaced by one that is like it."""
    places = [place for place, mark in enumerate(marks) if mark in ALIKE]
    if not places:
        return marks
    place = rng.choice(places)
    others = ALIKE[marks[place]]
    if rng.random() < _ACROSS:
        others = ALIKE_ACROSS.get(marks[place], others)
    return marks[:place] + rng.choice(others) + marks[place + 1 :]


def serial(rng: random.Random, state: str) -> str:
    """Return a serial of *state* with its marks: one plate in seven is personal, one in twenty at random."""
    kind = rng.random()
    if kind < 0.14:
        return personal(rng)
    if kind < 0.19:
        return "".join(rng.choice(_LETTERS + "0123456789") for _ in range(rng.choice((5, 6, 6, 7, 7))))
    pattern = rng.choice(_patterns(state))
    return "".join(_drawn(rng, mark) for mark in pattern)


def random_state(rng: random.Random) -> str:
    """Return a two-letter code, the common ones oftener."""
    codes = list(PATTERNS)
    return rng.choices(codes, [COMMON.get(code, 1) for code in codes])[0]


def personal(rng: random.Random) -> str:
    """Return a personal serial of two to eight characters: words run together, shortened, with figures."""
    text = "".join(rng.choice(_WORDS) for _ in range(rng.choice((1, 2, 2))))
    if rng.random() < 0.25:
        text = text.translate(_SHORT) if rng.random() < 0.3 else rng.choice("U2R4I") + text
    if rng.random() < 0.3:
        text = text[:6] + str(rng.randrange(1, 100))
    if rng.random() < 0.2:
        text = "".join(letter for letter in text if letter not in "AEU") or text
    text = text[: rng.choice((5, 6, 7, 7, 8))]
    if len(text) > 3 and rng.random() < 0.4:
        cut = rng.randrange(1, len(text))
        text = f"{text[:cut]} {text[cut:]}"
    return text if len(text) > 1 else "MY" + text


def _patterns(state: str) -> list[str]:
    """Split at blanks that part patterns: a pattern has at least five characters."""
    found: list[str] = []
    for piece in PATTERNS[state].split():
        enough = found and sum(mark not in "-*. " for mark in found[-1]) >= 5
        if found and not enough:
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found


def _drawn(rng: random.Random, mark: str) -> str:
    if mark == "A":
        return rng.choices(_LETTERS, _WEIGHTS)[0]
    if mark == "a":
        return rng.choices(_LETTERS, _WEIGHTS)[0].lower()
    if mark == "9":
        return rng.choice("0123456789")
    if mark == "X":
        return rng.choice(_LETTERS + "0123456789")
    return mark
