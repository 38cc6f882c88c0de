"""
A wrist and a ring finger in metres from a hand's 21 points in one photo, as the mirror finds them.

The palm is taken for rigid and solved like a head; a flat palm has two poses that look alike, so both are tried. A
hand's own frame: +Y to the fingertips, +Z out of its back, X their product. What it is not: the calming of a film, or
the length of this person's hand: it is the mean one's.

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
from showroom_pipeline.wearing import depth, picture, shut, verdict
from showroom_pipeline.wearing.depth import Mesh
from showroom_pipeline.wearing.fit import Fitted
from showroom_pipeline.wearing.head import Lens, Pose
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
    """``wrist`` and ``finger``: camera from each. ``error_px``: how far the palm's points are from where it says."""

    is_left: bool
    wrist: Pose
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
        if (one := find(points, is_left, lens)) is not None
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
    }
    seated = seat(item.worn, anchors)
    if seated is None:
        return Fitted(png=None, checks=checks, measures=measures, locks=found.locks)
    checks += _checks(item.worn, seated, mesh)
    limb, hides = best.wrist if item.worn == "watch" else best.finger, occluder(item.worn)
    placed = limb.after(seated)
    png = picture.draw(
        photo,
        picture.in_camera(item.scene, placed.matrix),
        product_m=depth.depth_map((placed.put(mesh[0]), mesh[1]), lens),
        hides_m=depth.depth_map((limb.put(hides[0]), hides[1]), lens),
        lens=lens,
    )
    return Fitted(png=png, checks=checks, measures=measures, locks=found.locks)


def find(points: F64, is_left: bool, lens: Lens) -> Hand | None:
    """The hand of ``points (21, 3)``; None if they are none."""
    from scipy.optimize import least_squares
    from scipy.spatial.transform import Rotation

    spec = rules()["hand"]
    rows = np.array(spec["palm"])
    marks, own, weights = rows[:, 0].astype(int), rows[:, 1:4] * [-1 if is_left else 1, 1, 1], np.sqrt(rows[:, 4])
    pixels = points[:, :2] * [lens.width, lens.height]
    seen = pixels[marks]
    palm_px = float(np.linalg.norm(seen[0] - seen[3]))
    if palm_px < 6:
        return None

    def misfit(six: F64) -> F64:
        placed = own @ Rotation.from_rotvec(six[:3]).as_matrix().T + six[3:]
        out: F64 = ((lens.project(placed) - seen) * weights[:, None]).ravel()
        return out

    spread = np.linalg.norm(seen - seen.mean(0), axis=1).mean()
    depth = lens.focal * np.linalg.norm(own - own.mean(0), axis=1).mean() / max(float(spread), 1e-6)
    place = lens.rays(seen.mean(0)[None])[0] * depth
    along = seen[3] - seen[0]
    spin = Rotation.from_euler("z", -np.arctan2(along[0], -along[1]))
    tries = []
    for flip in (0.0, np.pi):
        for tilt in (-0.6, 0.6):
            start = spin * Rotation.from_euler("y", flip) * Rotation.from_euler("x", tilt)
            six = np.concatenate([start.as_rotvec(), place])
            tries.append(least_squares(misfit, six, loss="huber", f_scale=max(2.0, palm_px * 0.08)))
    best = min(tries, key=lambda one: float(one.cost))
    palm = Pose(Rotation.from_rotvec(best.x[:3]).as_matrix(), best.x[3:])
    error_px = float(np.sqrt((misfit(best.x) ** 2).sum() / (weights**2).sum()))
    if not (-4 < palm.translation[2] < -0.1 and error_px < max(6.0, palm_px * _WORST)):
        return None
    side = 1 if is_left else -1
    # A watch's crown looks to the hand on the left wrist and to the elbow on the right one, so that twelve is away.
    wrist = Pose(palm.rotation * [side, side, 1], palm.translation + spec["watch_m"] * palm.rotation[:, 1])
    finger = _finger(palm, own[marks == _KNUCKLE][0], pixels, lens)
    return Hand(is_left=is_left, wrist=wrist, finger=finger, error_px=error_px, palm_px=palm_px)


def _finger(palm: Pose, knuckle: F64, pixels: F64, lens: Lens) -> Pose:
    """The ring finger's first bone, from knuckle to joint, at the palm's depth; its back as the palm's."""
    spec = rules()["hand"]
    depth = -float(palm.put(knuckle[None])[0, 2])
    a, b = lens.rays(pixels[[_KNUCKLE, _JOINT]]) * depth
    flat = min(float(np.linalg.norm(b - a)), spec["bone_m"])
    lean = np.sqrt(spec["bone_m"] ** 2 - flat**2) * (-1 if palm.rotation[2, 2] > 0 else 1)
    along = np.array([*(b - a)[:2], lean])
    y = along / np.linalg.norm(along)
    z = palm.rotation[:, 2] - y * (palm.rotation[:, 2] @ y)
    z /= np.linalg.norm(z)
    return Pose(np.column_stack([np.cross(y, z), y, z]), a + spec["ring_share"] * along)


def seat(worn: Worn, anchors: list[Anchor]) -> Pose | None:
    """Wrist or finger from product; None if it lacks the anchor that lies in the middle of it."""
    rule = rules()["on_limb"][worn]
    middle = next((anchor for anchor in anchors if anchor.name == rule["anchor"]), None)
    if middle is None:
        return None
    rotation = np.array(rule["rotation"]).reshape(3, 3)
    return Pose(rotation, -rotation @ np.array(middle.position_m))


def occluder(worn: Worn) -> Mesh:
    """What a forearm or a finger hides, its own space: a rounded bar."""
    x, z, low, high = rules()["occluder"]["wrist" if worn == "watch" else "finger"]
    bar = trimesh.creation.cylinder(radius=1.0, height=high - low, sections=32)
    points = bar.vertices[:, [0, 2, 1]] * [x, 1, z] + [0, (low + high) / 2, 0]
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
