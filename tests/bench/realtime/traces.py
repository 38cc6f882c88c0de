"""Where the seeded avatars of the load bot start: the same numbers as in ``bot.c`` and in the peers' bot."""

import numpy as np
from numpy.typing import NDArray

MASK = (1 << 64) - 1


def spawns(people: int, edge_m: float) -> NDArray[np.int64]:
    """x, z, y in centimetres and yaw in 65536ths, ``(people, 4)``."""
    out = np.zeros((people, 4), np.int64)
    for index in range(people):
        state = 88172645463325252 ^ ((index + 1) * 0x9E3779B97F4A7C15 & MASK)
        draws = []
        for _ in range(6):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            draws.append((state >> 11) / 9007199254740992.0)
        out[index, :2] = [int(draws[4] * edge_m * 100), int(draws[5] * edge_m * 100)]
    return out
