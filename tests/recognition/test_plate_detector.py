import cv2
import numpy as np
import pytest

from platewarden.recognition import plate_detector
from platewarden.recognition.geometry import likeness
from platewarden.recognition.models import (
    PLATE_DETECTION,
    TEXT_RECOGNITION,
    ModelError,
    ModelFile,
    Network,
    load_verified,
)
from platewarden.recognition.plate_detector import (
    MAX_PLATES,
    MULTIPLE_PX,
    PlateDetector,
    candidates,
    distinct,
    to_batch,
)
from platewarden.recognition.types import FloatArray, Frame
from platewarden.rendering.designs import DESIGNS
from platewarden.rendering.plates import render_plate
from platewarden.rendering.scene import render_scene

SERIAL = "KLM4829"


@pytest.fixture(scope="module")
def detector() -> PlateDetector:
    """The network of this release, loaded once."""
    return PlateDetector(threads=1)


def frame_with_plates(*places: tuple[int, int, int], size_wh: tuple[int, int] = (1280, 720)) -> Frame:
    """An even grey frame with a plate at each (left, top, width)."""
    frame = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    for number, (left, top, width) in enumerate(places):
        plate = render_plate(SERIAL, DESIGNS[number % len(DESIGNS)], number).image
        small = cv2.resize(plate, (width, width // 2), interpolation=cv2.INTER_AREA)
        frame[top : top + width // 2, left : left + width] = small
    return frame


def cells_with(*plates: tuple[int, int, float]) -> FloatArray:
    """An answer of the network, 20 x 30 cells, with an upright plate 40 x 20 pixels at each (column, row, logit)."""
    output = np.zeros((9, 20, 30), np.float32)
    output[0] = -9
    for column, row, logit in plates:
        output[:, row, column] = [logit, -20, -10, 20, -10, 20, 10, -20, 10]
    return output


class TestsTheNetwork:
    """What is found in pictures by the network of this release."""

    @pytest.mark.parametrize("light", ["day", "dusk", "night", "infrared"])
    def test_the_plate_of_a_street_scene_is_found_with_its_corners(
        self, detector: PlateDetector, light: str
    ) -> None:
        """In every light the surest place is the plate, its box right, each corner within a twelfth of its width."""
        scene = render_scene(11, light=light)
        [truth] = scene.truth
        found = detector.detect(scene.image)[0]
        assert likeness(found.box_xyxy, truth.box_xyxy) > 0.7
        width = truth.box_xyxy[2] - truth.box_xyxy[0]
        assert np.linalg.norm(found.corners - truth.corners, axis=1).max() < width / 12
        assert 0.4 <= found.confidence <= 1

    def test_corners_of_a_slanting_plate_run_clockwise_from_the_top_left_of_its_text(
        self, detector: PlateDetector
    ) -> None:
        """A plate turned by fifteen degrees is outlined as it hangs, so that it can be straightened."""
        turn = cv2.getRotationMatrix2D((640, 360), -15, 1)
        frame = cv2.warpAffine(
            frame_with_plates((560, 320, 160)), turn, (1280, 720), borderMode=cv2.BORDER_REPLICATE
        )
        truth = cv2.transform(np.array([[(560, 320), (720, 320), (720, 400), (560, 400)]], np.float32), turn)[
            0
        ]
        [found] = detector.detect(frame)
        assert np.linalg.norm(found.corners - truth, axis=1).max() < 160 / 8

    def test_a_frame_full_of_plates_has_nearly_all_of_them(self, detector: PlateDetector) -> None:
        """Of forty plates at least thirty-eight are found, surest first, none twice."""
        places = [(30 + 156 * column, 30 + 138 * row, 110) for row in range(5) for column in range(8)]
        found = detector.detect(frame_with_plates(*places))
        assert 38 <= len(found) <= 40
        assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
        boxes = [(left, top, left + width, top + 55) for left, top, width in places]
        right = sum(max(likeness(one.box_xyxy, box) for one in found) > 0.6 for box in boxes)
        assert right >= 38

    def test_a_frame_without_plates_is_an_empty_list(self, detector: PlateDetector) -> None:
        """Neither an even ground nor lettering without a plate is a plate."""
        frame = np.full((720, 1280, 3), 120, np.uint8)
        assert detector.detect(frame) == []
        cv2.putText(frame, "SPEED LIMIT 35", (300, 400), cv2.FONT_HERSHEY_SIMPLEX, 2, (240, 240, 240), 5)
        assert detector.detect(frame) == []

    @pytest.mark.parametrize("size_wh", [(1, 1), (3, 900), (900, 3), (31, 33), (64, 32)])
    def test_tiny_frames_and_strips_are_looked_at_without_fuss(
        self, detector: PlateDetector, size_wh: tuple[int, int]
    ) -> None:
        """Any size of at least one pixel is a frame."""
        assert detector.detect(np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)) == []

    def test_a_small_picture_of_one_car_is_enlarged(self, detector: PlateDetector) -> None:
        """In a crop 240 pixels wide the plate is found as in a whole frame."""
        [truth] = render_scene(11).truth
        left, top, right, bottom = (round(edge) for edge in truth.box_xyxy)
        crop = render_scene(11).image[top - 60 : bottom + 60, left - 50 : right + 50]
        found, *_ = detector.detect(crop)
        assert likeness(found.box_xyxy, (50, 60, 50 + right - left, 60 + bottom - top)) > 0.7

    def test_a_small_plate_on_a_twelve_megapixel_photograph_is_found(self, detector: PlateDetector) -> None:
        """What would be 18 pixels wide at first sight is found at the second, twice as large, in its place."""
        frame = frame_with_plates((3500, 2600, 72), (300, 200, 400), size_wh=(4000, 3000))
        boxes = [found.box_xyxy for found in detector.detect(frame)]
        assert max(likeness(box, (3500, 2600, 3572, 2636)) for box in boxes) > 0.5
        assert max(likeness(box, (300, 200, 700, 400)) for box in boxes) > 0.7
        assert len(boxes) == 2


@pytest.fixture
def altered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose weights are not those that were measured."""
    other = ModelFile(PLATE_DETECTION.package, PLATE_DETECTION.path, "0" * 64)
    monkeypatch.setattr(plate_detector, "PLATE_DETECTION", other)


def test_weights_that_were_not_measured_are_refused(altered: None) -> None:
    """Another file under the same name stops recognition instead of finding other things."""
    with pytest.raises(ModelError, match="not the one that was measured"):
        PlateDetector()


def test_the_weights_are_small() -> None:
    """They travel with every installation: at most three megabytes."""
    assert len(load_verified(PLATE_DETECTION)) < 3_000_000


def test_a_failing_network_is_an_error_not_an_empty_street() -> None:
    """A network that takes other pictures than these fails, and says so to whoever asked."""
    reader = Network(TEXT_RECOGNITION, threads=1)
    with pytest.raises(ModelError, match="failed"):
        PlateDetector(network=reader).detect(np.zeros((100, 100, 3), np.uint8))


class Everywhere(Network):
    """A network that sees a plate wherever it can, and remembers the shapes it was shown."""

    def __init__(self) -> None:
        """Load nothing."""
        self.shapes: list[tuple[int, ...]] = []

    def run(self, batch: FloatArray) -> FloatArray:
        """Return a small plate in every eighth cell."""
        self.shapes.append(batch.shape)
        high, wide = batch.shape[2] // 8, batch.shape[3] // 8
        output = np.zeros((1, 9, high, wide), np.float32)
        output[0, 0] = -9
        output[0, 0, ::4, ::8] = 3
        output[0, 1:] = np.array([-20, -10, 20, -10, 20, 10, -20, 10], np.float32)[:, None, None]
        return output


def test_no_more_than_sixty_four_plates_are_reported() -> None:
    """A picture that is all plates does not flood what comes after."""
    found = PlateDetector(network=Everywhere()).detect(np.zeros((1024, 1024, 3), np.uint8))
    assert len(found) == MAX_PLATES


def test_only_large_frames_are_looked_at_in_tiles_no_larger_than_the_first_look() -> None:
    """Full HD is seen whole and once more reduced; forty megapixels take more looks, none of them larger."""
    network = Everywhere()
    PlateDetector(network=network).detect(np.zeros((1080, 1920, 3), np.uint8))
    assert network.shapes == [(1, 3, 576, 1024), (1, 3, 192, 320)]
    PlateDetector(network=network).detect(np.zeros((5200, 7800, 3), np.uint8))
    assert len(network.shapes) > 6
    assert max(side for shape in network.shapes for side in shape[2:]) <= 1024 + MULTIPLE_PX


def test_frames_are_padded_to_multiples_and_grey_is_nought() -> None:
    """The picture keeps its shape; what is missing is added at the right and the foot."""
    batch, scale = to_batch(np.full((90, 200, 3), 172, np.uint8), 0.5)
    assert batch.shape == (1, 3, 64, 128)
    assert scale.tolist() == [0.5, 0.5]
    assert (batch[0, :, :45, :100] == 1).all()
    assert (batch[0, :, 45:] == 0).all()
    assert (batch[0, :, :, 100:] == 0).all()


def test_corners_are_counted_from_the_middle_of_their_cell() -> None:
    """The cell in column 3 and row 2 has its middle at (28, 20)."""
    corners, scores = candidates(cells_with((3, 2, 2.0)), 0.5)
    assert corners.tolist() == [[[8, 10], [48, 10], [48, 30], [8, 30]]]
    assert scores == pytest.approx([0.8808], abs=1e-4)


def test_cells_below_the_least_score_are_no_candidates() -> None:
    """Half is a logit of nought."""
    corners, scores = candidates(cells_with((3, 2, -0.01), (9, 9, 0.01)), 0.5)
    assert corners.shape == (1, 4, 2)
    assert scores == pytest.approx([0.5025], abs=1e-4)


def test_answers_about_one_plate_become_one() -> None:
    """Neighbouring cells that outline the same plate are averaged; a plate elsewhere stays another."""
    plate = np.array([(0, 0), (40, 0), (40, 20), (0, 20)], np.float32)
    found = distinct(np.stack([plate, plate + 2, plate + 100]), np.array([0.9, 0.9, 0.7], np.float32))
    assert [score for _, score in found] == pytest.approx([0.9, 0.7])
    assert found[0][0] == pytest.approx(plate + 1)
    assert found[1][0] == pytest.approx(plate + 100)


def test_an_answer_inside_a_surer_one_is_a_part_of_that_plate() -> None:
    """Half a plate that lies in the whole one is not reported beside it."""
    whole = np.array([(0, 0), (100, 0), (100, 50), (0, 50)], np.float32)
    half = whole * np.float32(0.5)
    found = distinct(np.stack([half, whole]), np.array([0.6, 0.9], np.float32))
    assert [score for _, score in found] == pytest.approx([0.9])


def test_nothing_found_is_nothing() -> None:
    """No candidates, no plates."""
    assert distinct(*candidates(cells_with(), 0.5)) == []
