"""A floor with walls that make ways round necessary."""

import random

import numpy as np
import pytest

from showroom.bots.ground import Ground
from showroom.world.floor import Floor

WALLS_CM = [
    [500, 0, 500, 600], [1000, 400, 1000, 1500], [200, 900, 700, 900],
    [1300, 300, 1700, 300], [1300, 300, 1300, 500], [1300, 500, 1700, 500], [1700, 300, 1700, 500],
]  # fmt: skip


@pytest.fixture(scope="session")
def floor() -> Floor:
    return Floor((2000, 1500), np.array(WALLS_CM, float))


@pytest.fixture(scope="session")
def ground(floor: Floor) -> Ground:
    return Ground.of(floor).with_stops(random.Random(4), 20)
