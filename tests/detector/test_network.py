import numpy as np
import pytest

from models.detector.labels import SIZE_PX, Plate, Sample
from models.detector.targets import targets_for

torch = pytest.importorskip("torch", reason="training has requirements of its own: models/requirements.txt")

CORNERS = np.array([(90, 82), (150, 78), (152, 108), (91, 112)], np.float32)


def test_the_network_answers_for_every_cell() -> None:
    """Nine values for each 8 x 8 pixels."""
    from models.detector.network import PlateNetwork

    assert PlateNetwork().eval()(torch.zeros(2, 3, 64, 96)).shape == (2, 9, 8, 12)


def test_the_right_answer_costs_almost_nothing_and_a_wrong_one_does() -> None:
    """Saying what the targets say is best; saying it elsewhere, or with the corners shifted, costs more."""
    from models.detector.loss import loss_of

    targets = targets_for(
        [Sample(np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8), [Plate((90, 78, 152, 112), CORNERS)])]
    )
    right = np.zeros((1, 9, 40, 40), np.float32)
    right[:, 0] = np.where(targets.weight > 0, 9, -9)
    right[:, 1:] = targets.corners
    shifted, elsewhere = right.copy(), right.copy()
    shifted[:, 1:] += 4
    elsewhere[:, 0] = np.roll(right[:, 0], 10, axis=2)
    costs = [float(loss_of(torch.from_numpy(output), targets)[0]) for output in (right, shifted, elsewhere)]
    assert costs[0] < 0.01
    assert costs[1] > 0.1
    assert costs[2] > 1
