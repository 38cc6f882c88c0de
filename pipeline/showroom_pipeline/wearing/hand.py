"""
A wrist and a ring finger in metres from a hand's 21 points in one photo, as the mirror finds them.

The palm is taken for rigid and solved like a head; a flat palm has two poses that look alike, so what the tracker says
of depth, poor as it is, has a small say. The wrist lies along the forearm that the picture shows. A hand's own frame:
+Y to the fingertips, +Z out of its back, X their product. What it is not: the calming of a film, or the length of this
person's hand: it is the mean one's.

Source: see ``webclient/src/tryon/hand.ts``.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.product import Anchor
from showroom_assets.scene import F64, U8
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing import arm, depth, picture, shut, verdict
from showroom_pipeline.wearing.depth import Mesh
from showroom_pipeline.wearing.fit import Fitted
from showroom_pipeline.wearing.head import Lens, Pose, rigid
from showroom_pipeline.wearing.item import Item
from showroom_pipeline.wearing.rules import Worn, rules
from showroom_pipeline.wearing.verdict import Check

_KNUCKLE, _JOINT = 13, 14
_WORST = 0.3
"""Misses larger than this share of the palm's length in the picture are no hand's."""
_OPENING_MM: dict[str, tuple[float, float]] = {"watch": (42, 75), "ring": (13, 24)}
_MIDDLE_M, _SLICES = 0.004, 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """
    ``wrist`` and ``finger``: camera from each; ``girth``: of the wrist, against the mean one. ``error_px``: how far the
    palm's points are from where the pose puts them.
    """

    is_left: bool
    wrist: Pose
    girth: float
    finger: Pose
    error_px: float
    palm_px: float

    @property
    def shows_back(self) -> bool:
        """Whether a watch's dial looks at the camera."""
        return bool(self.wrist.rotation[:, 2] @ -self.wrist.translation > 0)


def fit(item: Item, photo: U8, anchors: list[Anchor], *, models: Path) -> Fitted:
    """
    A watch or a ring on the hand that shows most of its back, else on the largest.

    Raises
    ------
    EmptyInput
        No hand is seen.
    """
    lens = Lens(photo.shape[1], photo.shape[0])
    found = shut.track(photo, ["hand"], models)
    hands = [
        one for points, is_left in zip(found.hands, found.are_left, strict=True)
        if (one := find(points, is_left, lens, photo)) is not None
    ]  # fmt: skip
    if not hands:
        raise EmptyInput("No hand is in the photo that can be made out. Take one of the back of a hand, held flat.")
    best = max(hands, key=lambda one: (one.shows_back, one.palm_px))
    mesh = world_triangles(item.scene)
    if not len(mesh[1]):
        raise InputError(f"{item.name} has no surface. Check it with `showroom inspect`.")
    checks = verdict.of_anchors(item.worn, anchors, mesh)
    measures = {
        "hands": len(hands),
        "side": "left" if best.is_left else "right",
        "shows": "back" if best.shows_back else "palm",
        "landmark_error_px": round(best.error_px, 2),
        "wrist_girth": round(best.girth, 2),
    }
    seated = seat(item.worn, anchors)
    if seated is None:
        return Fitted(png=None, checks=checks, measures=measures, locks=found.locks)
    checks += _checks(item.worn, seated, mesh)
    limb, hides = best.wrist if item.worn == "watch" else best.finger, occluder(item.worn, best.girth)
    placed = limb.after(seated)
    png = picture.draw(
        photo,
        picture.in_camera(item.scene, placed.matrix),
        product_m=depth.depth_map((placed.put(mesh[0]), mesh[1]), lens),
        hides_m=depth.depth_map((limb.put(hides[0]), hides[1]), lens),
        lens=lens,
    )
    return Fitted(png=png, checks=checks, measures=measures, locks=found.locks)


def find(points: F64, is_left: bool, lens: Lens, pixels: U8 | None = None) -> Hand | None:
    """
    The hand of ``points (21, 3)``; None if they are none. In ``pixels``, the photo, the forearm is looked for.
    """
    from scipy.optimize import least_squares
    from scipy.spatial.transform import Rotation

    spec = rules()["hand"]
    rows = np.array(spec["palm"])
    marks, own, weights = rows[:, 0].astype(int), rows[:, 1:4] * [-1 if is_left else 1, 1, 1], rows[:, 4]
    at = points[:, :2] * [lens.width, lens.height]
    seen, nearer_px = at[marks], (points[0, 2] - points[marks, 2]) * lens.width
    palm_px = float(np.linalg.norm(seen[0] - seen[3]))
    if palm_px < 6:
        return None

    def misfit(six: F64) -> F64:
        placed = own @ Rotation.from_rotvec(six[:3]).as_matrix().T + six[3:]
        ahead = (placed[:, 2] - placed[0, 2]) * lens.focal / max(float(-placed[0, 2]), 1e-3) - nearer_px
        all_three = np.column_stack([lens.project(placed) - seen, spec["depth_share"] * ahead])
        out: F64 = (all_three * np.sqrt(weights)[:, None]).ravel()
        return out

    solid = np.column_stack([seen[:, 0], -seen[:, 1], nearer_px])
    metre_px = float(np.linalg.norm(solid - solid.mean(0)) / np.linalg.norm(own - own.mean(0)))
    turn = rigid(own, solid / metre_px, weights).rotation
    place = lens.rays(seen.mean(0)[None])[0] * lens.focal / metre_px - turn @ own.mean(0)
    start = np.concatenate([Rotation.from_matrix(turn).as_rotvec(), place])
    best = least_squares(misfit, start, loss="huber", f_scale=max(2.0, palm_px * 0.08))
    palm = Pose(Rotation.from_rotvec(best.x[:3]).as_matrix(), best.x[3:])
    missed = misfit(best.x).reshape(-1, 3)[:, :2]
    error_px = float(np.sqrt((missed**2).sum() / weights.sum()))
    if not (-4 < palm.translation[2] < -0.1 and error_px < max(6.0, palm_px * _WORST)):
        return None
    wrist, girth = _wrist(palm, is_left, at, lens, pixels)
    finger = _finger(palm, own[marks == _KNUCKLE][0], points, lens)
    return Hand(is_left=is_left, wrist=wrist, girth=girth, finger=finger, error_px=error_px, palm_px=palm_px)


def _wrist(palm: Pose, is_left: bool, at: F64, lens: Lens, pixels: U8 | None) -> tuple[Pose, float]:
    """Camera from where a watch is worn, and how thick the wrist is there against the mean one's."""
    spec = rules()["hand"]
    turn, place = palm.rotation, lens.rays(at[:1])[0] * -palm.translation[2]
    metre_px = lens.focal / float(-palm.translation[2])
    way = -turn[:2, 1] * [1, -1]
    flat = float(np.linalg.norm(way))
    seen = None if pixels is None or flat < spec["flat"] else arm.find(pixels, at, way / flat, metre_px)
    scale = 1.0
    if seen is not None:
        # The arm lies as the palm does but for the wrist's bend in the picture.
        bend = np.arctan2(way[0] * seen.way[1] - way[1] * seen.way[0], way @ seen.way)
        c, s = np.cos(-bend), np.sin(-bend)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ turn
        place = place + seen.aside_m * np.array([-seen.way[1], -seen.way[0], 0])
        face_on = float(turn[:, 2] @ place) ** 2 / max(float(place @ place), 1e-9)
        wide, thick = rules()["occluder"]["wrist"][:2]
        scale = seen.half_m / float(np.sqrt(face_on * wide**2 + (1 - face_on) * thick**2))
        scale = float(np.clip(scale, *spec["scales"]))
    side = 1 if is_left else -1
    # A watch's crown looks to the hand on the left wrist and to the elbow on the right one, so that twelve is away.
    return Pose(turn * [side, side, 1], place + spec["watch_m"] * turn[:, 1]), scale


def _finger(palm: Pose, knuckle: F64, points: F64, lens: Lens) -> Pose:
    """The ring finger's first bone, from knuckle to joint, at the palm's depth; its back as the palm's."""
    spec = rules()["hand"]
    depth = -float(palm.put(knuckle[None])[0, 2])
    a, b = lens.rays(points[[_KNUCKLE, _JOINT], :2] * [lens.width, lens.height]) * depth
    nearer = float(points[_KNUCKLE, 2] - points[_JOINT, 2]) * lens.width * depth / lens.focal
    along = np.array([*(b - a)[:2], spec["lean"] * nearer])
    y = along / max(float(np.linalg.norm(along)), 1e-6)
    z = palm.rotation[:, 2] - y * (palm.rotation[:, 2] @ y)
    z /= max(float(np.linalg.norm(z)), 1e-6)
    return Pose(np.column_stack([np.cross(y, z), y, z]), a + spec["ring_share"] * along)


def seat(worn: Worn, anchors: list[Anchor]) -> Pose | None:
    """Wrist or finger from product; None if it lacks the anchor that lies in the middle of it."""
    rule = rules()["on_limb"][worn]
    middle = next((anchor for anchor in anchors if anchor.name == rule["anchor"]), None)
    if middle is None:
        return None
    rotation = np.array(rule["rotation"]).reshape(3, 3)
    return Pose(rotation, -rotation @ np.array(middle.position_m))


def occluder(worn: Worn, girth: float = 1.0) -> Mesh:
    """What a forearm or a finger hides, its own space: a rounded bar."""
    size = girth if worn == "watch" else 1.0
    x, z, low, high = rules()["occluder"]["wrist" if worn == "watch" else "finger"]
    bar = trimesh.creation.cylinder(radius=1.0, height=high - low, sections=32)
    points = bar.vertices[:, [0, 2, 1]] * [x * size, 1, z * size] + [0, (low + high) / 2, 0]
    return np.asarray(points), np.asarray(bar.faces)[:, ::-1].astype(np.int64)


def _checks(worn: Worn, pose: Pose, mesh: Mesh) -> list[Check]:
    """Whether a limb fits through, and the thing looks out of its back: ``pose`` is limb from product."""
    points = pose.put(verdict.spread(mesh))
    least, most = _OPENING_MM[worn]
    # What is within the middle of its length: lugs and stones may stand in at the ends.
    around = points[np.abs(points[:, 1]) < _MIDDLE_M]
    angles = np.arctan2(around[:, 2], around[:, 0])
    slices = np.floor((angles + np.pi) / (2 * np.pi) * _SLICES).astype(int) % _SLICES
    radii = np.full(_SLICES, np.nan)
    far = np.linalg.norm(around[:, [0, 2]], axis=1)
    for one in range(_SLICES):
        if (slices == one).any():
            radii[one] = np.percentile(far[slices == one], 2)
    open_share = float(np.isnan(radii).mean())
    wide = 2000 * float(np.nanmean(radii)) if open_share < 1 else 0.0
    height = float(points[:, 2].max() + points[:, 2].min()) * 500
    round_ = 100 * open_share
    return [
        Check(
            name="opening", value=wide, least=least, most=most, unit="mm", says="of what the limb goes through, mean"
        ),
        Check(name="open_share", value=round_, least=0, most=50, unit="%", says="of the way round that nothing closes"),
        Check(name="looks_out", value=height, least=0, most=60, unit="mm", says="the middle, to the back of the limb"),
    ]
