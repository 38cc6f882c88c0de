"""
A room as a photo, from numbers alone: oak boards, limewash, a skirting board, light from a window, and a mat.

The camera is known to the last digit, so that what is placed in the picture can be checked; and the picture belongs to
nobody. What it is not: a renderer; every pixel meets one of five planes.
"""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

WIDTH_M: Final = 5.2
DEPTH_M: Final = 4.4
HEIGHT_M: Final = 2.7
MAT_M: Final = (1.7, 1.2)
"""The mat on the floor: width, and length away from the viewer."""


@dataclass(frozen=True)
class Camera:
    """In the mat's space: its near left corner is the origin, x to the right, y up, z to the viewer."""

    eye: tuple[float, float, float] = (1.25, 1.55, 3.1)
    down_rad: float = 0.3
    yaw_rad: float = 0.1
    focal: float = 0.72
    """In widths of the picture."""

    def matrix(self) -> np.ndarray:
        """Rows: right, down, forward."""
        c, s, cy, sy = np.cos(self.down_rad), np.sin(self.down_rad), np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return np.array([[cy, 0, -sy], [s * sy, -c, s * cy], [-c * sy, -s, -c * cy]])

    def seen(self, points: np.ndarray, width: int, height: int) -> np.ndarray:
        """Pixels ``(n, 2)`` of points ``(n, 3)``."""
        local = (points - np.array(self.eye)) @ self.matrix().T
        return np.asarray(local[:, :2] / local[:, 2:] * self.focal * width + [width / 2, height / 2])


def mat() -> np.ndarray:
    """Near left, near right, far right, far left."""
    w, length = MAT_M
    return np.array([[0, 0, 0], [w, 0, 0], [w, 0, -length], [0, 0, -length]], float)


def _grain(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Smooth noise in −1…1."""
    random = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for octave in range(4):
        table = random.uniform(-1, 1, (64, 64))
        u, v = x * 2**octave, y * 2**octave
        i, j = np.floor(u).astype(int), np.floor(v).astype(int)
        fu, fv = (u - i) ** 2 * (3 - 2 * (u - i)), (v - j) ** 2 * (3 - 2 * (v - j))
        corner = [[table[(i + a) % 64, (j + b) % 64] for b in (0, 1)] for a in (0, 1)]
        low = corner[0][0] * (1 - fv) + corner[0][1] * fv
        high = corner[1][0] * (1 - fv) + corner[1][1] * fv
        total += (low * (1 - fu) + high * fu) / 2**octave
    return np.asarray(total / 1.9)


def _soft(x: np.ndarray, low: float, high: float, rim: float) -> np.ndarray:
    return np.asarray(np.clip((x - low) / rim, 0, 1) * np.clip((high - x) / rim, 0, 1))


def photo(width: int = 1280, height: int = 800, camera: Camera | None = None) -> bytes:
    """A JPEG."""
    camera = camera or Camera()
    left, back = MAT_M[0] / 2 - WIDTH_M / 2, -DEPTH_M + 1.9
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    local = np.stack(
        [(u - width / 2) / (camera.focal * width), (v - height / 2) / (camera.focal * width), np.ones_like(u)], -1
    )
    way = local @ camera.matrix()
    eye = np.array(camera.eye)
    with np.errstate(divide="ignore"):
        reach = np.stack(
            [
                -eye[1] / way[..., 1],
                (back - eye[2]) / way[..., 2],
                (left - eye[0]) / way[..., 0],
                (left + WIDTH_M - eye[0]) / way[..., 0],
                (HEIGHT_M - eye[1]) / way[..., 1],
            ],
            -1,
        )
    reach[reach <= 0] = np.inf
    which = reach.argmin(-1)
    x, y, z = np.moveaxis(eye + way * reach.min(-1)[..., None], -1, 0)
    side = np.minimum(x - left, left + WIDTH_M - x)
    deep = z - back

    board = np.floor(x / 0.14)
    tone = np.random.default_rng(2).uniform(0.86, 1.06, 400)[
        (board.astype(int) * 7 + np.floor(z / 1.8 + board * 0.37).astype(int) * 13) % 400
    ]
    grain = 1 + 0.07 * _grain(x * 22, z * 1.7, 3) + 0.03 * _grain(x * 90, z * 6, 4)
    seam = 1 - 0.28 * (np.abs(x / 0.14 - board - 0.5) > 0.488)
    oak = np.array([0.50, 0.36, 0.235]) * (tone * grain * seam)[..., None]
    weave = 1 + 0.05 * np.sign(np.sin(x * 420) * np.sin(z * 420)) + 0.04 * _grain(x * 9, z * 9, 6)
    w, length = MAT_M
    on_mat = (x > 0) & (x < w) & (z < 0) & (z > -length)
    rim = np.minimum(np.minimum(x, w - x), np.minimum(-z, length + z))
    wool = np.where((rim < 0.05)[..., None], [0.30, 0.33, 0.28], [0.56, 0.55, 0.48]) * weave[..., None]
    floor = np.where(on_mat[..., None], wool, oak)

    wash = 1 + 0.035 * _grain((x + z) * 1.6, y * 1.6, 8) + 0.012 * _grain((x + z) * 14, y * 14, 9)
    wall = np.array([0.74, 0.69, 0.61]) * wash[..., None]
    board_m = 0.11
    skirting = y < board_m
    wall = np.where(skirting[..., None], np.array([0.80, 0.78, 0.73]) * (0.92 + 0.08 * (y / board_m))[..., None], wall)
    ceiling = np.broadcast_to([0.84, 0.82, 0.78], wall.shape)
    colour = np.where((which == 0)[..., None], floor, np.where((which == 4)[..., None], ceiling, wall))

    # Corners keep light; a window on the left gives it.
    near = np.stack(
        [
            np.where(which == 0, np.inf, y),
            np.where(which == 1, np.inf, deep),
            np.where((which == 2) | (which == 3), np.inf, side),
        ]
    )
    corner = np.prod(1 - 0.34 * np.exp(-np.maximum(near, 0) / 0.28), 0)
    fall = 1.12 - 0.10 * (x - left) - 0.03 * deep
    sun_x, sun_z = (x - left - y * 0.9), z + 0.12 * (x - left)
    panes = _soft(sun_x, 0.35, 2.3, 0.09) * (_soft(sun_z, -0.55, 0.25, 0.06) + _soft(sun_z, 0.36, 1.2, 0.06))
    lit = colour * (corner * fall)[..., None] * [1.0, 0.985, 0.96]
    lit = lit + colour * (panes * (which == 0) * 0.75)[..., None] * [1.0, 0.9, 0.74]
    seen = np.clip(lit, 0, None)
    seen = seen * (1 + seen / 2.2) / (1 + seen * 0.45)
    pixels = np.clip(seen, 0, 1) ** (1 / 2.2)
    pixels += np.random.default_rng(1).normal(0, 0.006, pixels.shape)
    out = io.BytesIO()
    Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8)).save(out, "JPEG", quality=92)
    return out.getvalue()
