"""Posters and turntables: framing, backdrop, a shadow where it belongs, and the same bytes each time."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from showroom_assets.scene import U8, Primitive, Scene, single
from showroom_pipeline.light import POSTER, Light, SoftBox
from showroom_pipeline.render import Studio
from showroom_pipeline.steps.poster import poster, three_quarter, turntable
from showroom_pipeline.steps.shadow import floor_shadow

pytestmark = pytest.mark.usefixtures("small_studio")  # skips where no pictures can be taken
EVEN = Light(sky=(1.0, 1.0, 1.0))


def _standing(shapes: SimpleNamespace) -> Scene:
    made: Scene = shapes.textured(shapes.ball(shift_m=(0.0, 0.1, 0.0)), shapes.checks())
    return made


def _pixels(webp: bytes) -> U8:
    return np.asarray(Image.open(io.BytesIO(webp)))


def _box(width: float, height: float, depth: float) -> Primitive:
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)]) * [width, height, depth]
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [(a, b, c) for a, b, c, _ in sides] + [(a, c, d) for a, _, c, d in sides]
    return Primitive(positions=corners.astype(np.float32), indices=np.array(faces, dtype=np.uint32))


def test_a_poster_is_the_same_bytes_twice_and_of_the_asked_size(shapes: SimpleNamespace) -> None:
    scene = _standing(shapes)
    first = poster(scene, size=160)
    assert poster(scene, size=160) == first
    picture = _pixels(first)
    assert picture.shape == (160, 160, 3)


def test_the_backdrop_is_warm_and_light_but_not_white(shapes: SimpleNamespace) -> None:
    picture = _pixels(poster(_standing(shapes), size=160)).astype(int)
    border = np.concatenate([picture[0], picture[:80, 0], picture[:80, -1]])  # the shadow leaves lower down
    assert border.min() > 190
    assert border.max() < 252
    assert (border[:, 0] >= border[:, 2]).mean() > 0.95  # red over blue


def test_the_product_spans_the_picture_with_a_margin_whatever_its_shape() -> None:
    for sides in ((0.3, 0.1, 0.2), (0.05, 0.4, 0.05), (1.0, 0.02, 0.6), (0.002, 0.002, 0.002)):
        scene = single(_box(*sides))
        with Studio(128) as studio:
            studio.load(scene)
            camera = three_quarter(np.asarray(scene.meshes[0].primitives[0].positions, dtype=np.float64))
            rows, columns = np.nonzero(studio.view(camera)[..., 3] > 127)
        spans = (np.ptp(rows) + 1) / 128, (np.ptp(columns) + 1) / 128
        assert max(spans) == pytest.approx(0.70, abs=0.03)
        assert abs((rows.min() + rows.max()) / 2 - 63.5) < 3
        assert abs((columns.min() + columns.max()) / 2 - 63.5) < 3


def test_flat_things_are_seen_from_higher_up() -> None:
    flat, tall = _box(1.0, 0.05, 1.0).positions, _box(0.2, 1.0, 0.2).positions
    heights = []
    for positions in (flat, tall):
        camera = three_quarter(np.asarray(positions, dtype=np.float64))
        away = np.subtract(camera.position, camera.target)
        heights.append(away[1] / np.linalg.norm(away))
    assert heights[0] > heights[1] > 0.15


def test_the_shadow_is_black_under_a_box_and_fades_with_distance() -> None:
    box = _box(0.2, 0.2, 0.2)
    shadow = floor_shadow(box.positions.astype(np.float64), box.indices.astype(np.int64), EVEN)
    at = shadow.at(np.array([0.0, 0.11, 0.13, 0.16]), np.zeros(4))
    assert at[0] > 0.97
    assert (np.diff(at) < 0).all()
    # beside an endless wall half of the light is gone; a box of this size takes a little less
    assert 0.25 < at[1] < 0.5
    assert shadow.at(np.array([5.0]), np.array([5.0]))[0] == 0.0


def test_a_box_in_the_air_shades_softer_than_one_that_stands() -> None:
    box = _box(0.2, 0.1, 0.2)
    low = box.positions.astype(np.float64)
    foot = np.array([[0.4, -0.2, 0.4], [0.41, -0.2, 0.4], [0.4, -0.2, 0.41]])  # keeps the floor below it
    lifted = floor_shadow(np.vstack([low, foot]), np.vstack([box.indices, [[8, 9, 10]]]).astype(np.int64), EVEN)
    standing = floor_shadow(low, box.indices.astype(np.int64), EVEN)
    middle = np.zeros(1)
    assert lifted.at(middle, middle)[0] < 0.5 < standing.at(middle, middle)[0]


def test_the_shadow_falls_away_from_the_key_light() -> None:
    box = _box(0.1, 0.3, 0.1)
    lamp = SoftBox(toward=(-1.0, 1.0, 0.0), half_width_deg=15, half_height_deg=15, radiance=50.0)
    shadow = floor_shadow(box.positions.astype(np.float64), box.indices.astype(np.int64), Light(boxes=(lamp,)))
    right, left = shadow.at(np.array([0.15, -0.15]), np.zeros(2))
    assert right > 5 * left


def test_the_poster_s_shadow_lies_to_the_right_below_the_product(shapes: SimpleNamespace) -> None:
    picture = _pixels(poster(_standing(shapes), size=160)).astype(int).sum(axis=2)
    row = picture[134]  # a little below the ball, on the floor
    assert row[20:140].min() < row[4] - 40
    assert POSTER.boxes[0].toward[0] < 0 < POSTER.boxes[0].toward[1]


def test_a_turntable_is_a_sheet_of_frames_that_turn(shapes: SimpleNamespace) -> None:
    pixels = np.full((64, 64, 3), 30, dtype=np.uint8)
    pixels[:, 28:36] = (220, 30, 30)  # a stripe down the back of the ball, as u = 0.5 is -Z
    made = turntable(shapes.textured(shapes.ball(shift_m=(0.0, 0.1, 0.0)), pixels), frames=8, size=64)
    assert made.grid == {"frames": 8, "columns": 4, "rows": 2, "size": 64, "yaw_step_deg": 45.0}
    sheet = _pixels(made.webp).astype(int)
    assert sheet.shape == (128, 256, 4)
    red = []
    for i in range(8):
        row, column = divmod(i, 4)
        frame = sheet[row * 64 : row * 64 + 64, column * 64 : column * 64 + 64]
        assert frame[..., 3][2, 2] < 12  # see-through
        stripe = (frame[..., 0] > 2 * frame[..., 1]) & (frame[..., 3] > 200)
        red.append(int(stripe.sum()))
    assert np.argmax(red) == 4  # half a turn shows the back
    assert red[0] == 0


def test_a_turntable_keeps_within_its_bytes(shapes: SimpleNamespace) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    scene = shapes.textured(shapes.ball(shift_m=(0.0, 0.1, 0.0)), noise)
    free, bound = (turntable(scene, frames=4, size=96, max_bytes=limit) for limit in (10**9, 7_000))
    assert len(bound.webp) <= 7_000 < len(free.webp)
