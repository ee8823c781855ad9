import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.recognition.calibration import (
    CEILING,
    FLOOR,
    IDENTITY,
    Calibration,
    Evidence,
)
from platewarden.recognition.models import ModelError

SHARES = st.floats(0, 1)
EVIDENCE = st.builds(
    Evidence,
    support=SHARES,
    weakest=SHARES,
    agreement=SHARES,
    looks=st.integers(1, 200),
    detection=SHARES,
    width_px=st.floats(0, 5000),
    clearest=SHARES,
)
FEATURES = ("support", "weakest", "agreement", "looks", "detection", "width", "clearest")
CALIBRATIONS = st.builds(
    Calibration,
    intercept=st.floats(-20, 20),
    weights=st.dictionaries(st.sampled_from(FEATURES), st.floats(0, 10)),
)


@given(CALIBRATIONS, EVIDENCE)
def test_nothing_is_certain(calibration: Calibration, evidence: Evidence) -> None:
    """Whatever the weights and the evidence, the probability is neither 0 nor 1."""
    assert 0 < FLOOR <= calibration.probability(evidence) <= CEILING < 1


@given(CALIBRATIONS, EVIDENCE, EVIDENCE)
def test_more_evidence_never_makes_a_plate_less_likely(
    calibration: Calibration, first: Evidence, second: Evidence
) -> None:
    """Where one piece of evidence is at least as good in every respect, so is the probability."""
    best = Evidence(
        support=max(first.support, second.support),
        weakest=max(first.weakest, second.weakest),
        agreement=max(first.agreement, second.agreement),
        looks=max(first.looks, second.looks),
        detection=max(first.detection, second.detection),
        width_px=max(first.width_px, second.width_px),
        clearest=max(first.clearest, second.clearest),
    )
    assert calibration.probability(best) >= calibration.probability(first) - 1e-12


@given(EVIDENCE)
def test_unfitted_the_probability_is_the_support(evidence: Evidence) -> None:
    """Before anything was fitted, the share of agreeing looks is taken as it is, within the limits."""
    assert IDENTITY.probability(evidence) == pytest.approx(
        min(max(evidence.support, FLOOR), CEILING), abs=1e-5
    )


def test_the_calibration_of_this_release_uses_its_evidence() -> None:
    """The packaged weights load, and a plate all looks agree on is likelier than one they deny."""
    calibration = Calibration.load()
    good = Evidence(0.98, 0.99, 1.0, 5, 0.9, 120.0, 0.98)
    poor = replace(good, support=0.05, weakest=0.3, agreement=0.2, clearest=0.5)
    assert calibration.probability(good) > 0.5 > calibration.probability(poor)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "cannot read"),
        ("not json", "not a calibration"),
        ("[]", "not a calibration"),
        ('{"intercept": 0}', "weights"),
        (json.dumps({"intercept": 0, "weights": {"colour": 1}}), "colour: no such feature"),
        (json.dumps({"intercept": 0, "weights": {"support": -1}}), "support: a weight must be 0 or more"),
        (json.dumps({"intercept": 0, "weights": {"support": "x"}}), "not a calibration"),
        ('{"intercept": NaN, "weights": {}}', "intercept: not a finite number"),
    ],
    ids=["missing", "text", "list", "without", "unknown", "negative", "word", "nan"],
)
def test_what_is_no_calibration_stops_recognition(tmp_path: Path, content: str | None, cause: str) -> None:
    """A missing or spoilt file is a named error, never a guess."""
    path = tmp_path / "calibration.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=cause):
        Calibration.load(path)
