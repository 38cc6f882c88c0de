"""
What is good and bad about how a product sits on a head: numbers in millimetres, their limits, and words.

Some look at the product alone (an anchor far from the frame, left and right swapped), some at the person too (temples
that cut into the head). The former make a bad product on any photo.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import trimesh
from scipy.spatial import cKDTree

from showroom_assets.product import Anchor
from showroom_assets.scene import F64
from showroom_pipeline.wearing.depth import Mesh, Relief
from showroom_pipeline.wearing.head import Head, Pose, target
from showroom_pipeline.wearing.rules import Worn, needed, on_head

_HEAD_WIDTH_MM = 141.0
_POINTS = 60_000
# How far from the product's surface an anchor may lie: an ear or a wrist is a hole, a bridge is not.
_NEAR_MM = {
    "bridge": 12, "ear_left": 25, "ear_right": 25, "lens_left": 25, "lens_right": 25, "hinge_left": 12,
    "hinge_right": 12, "brow_center": 20, "temple_left": 25, "temple_right": 25, "nape": 30, "head_top": 30,
    "wrist_center": 40, "finger_center": 14, "ankle_left": 60, "ankle_right": 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One number, and whether it is within its limits."""

    name: str
    value: float
    least: float
    most: float
    unit: str
    says: str

    @property
    def is_good(self) -> bool:
        return bool(self.least <= self.value <= self.most)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.is_good}


def spread(mesh: Mesh) -> F64:
    """Points spread evenly over a surface: vertices crowd where an artist put detail."""
    points, _ = trimesh.sample.sample_surface(trimesh.Trimesh(*mesh, process=False), _POINTS, seed=1)
    out: F64 = np.asarray(points, dtype=np.float64)
    return out


def of_anchors(worn: Worn, anchors: list[Anchor], mesh: Mesh) -> list[Check]:
    """What can be said without a person. ``mesh`` is the product's own."""
    named = {anchor.name: np.array(anchor.position_m) for anchor in anchors}
    names, spare = needed(worn)
    missing = [name for name in names if name not in named]
    proposed = "; --set-anchors proposes them" if on_head(worn) else ""
    out = [
        Check(
            name="anchors_missing", value=len(missing), least=0, most=spare, unit="",
            says=f"missing: {', '.join(missing)}{proposed}" if missing else "all are there",
        )
    ]  # fmt: skip
    tree = cKDTree(np.concatenate([mesh[0], spread(mesh)]))
    for name, place in named.items():
        if name in _NEAR_MM and name in {*names, "lens_left", "lens_right"}:
            far = float(tree.query(place)[0] * 1000)
            out.append(
                Check(name=f"{name}_off_product", value=far, least=0, most=_NEAR_MM[name], unit="mm",
                      says="from the nearest point of the model")
            )  # fmt: skip
    for name in names:
        if name.endswith("_left") and name in named and (other := name.replace("_left", "_right")) in named:
            left, right = named[name], named[other]
            out.append(
                Check(name=f"{name[:-5]}_sides", value=float((left[0] - right[0]) * 1000), least=20, most=400,
                      unit="mm", says="left from right; the wearer's left is +X")
            )  # fmt: skip
            uneven = max(abs(left[1] - right[1]), abs(left[2] - right[2])) * 1000
            out.append(
                Check(name=f"{name[:-5]}_uneven", value=float(uneven), least=0, most=6, unit="mm",
                      says="left against right, up and forward")
            )  # fmt: skip
    return out


def of_seat(worn: Worn, anchors: list[Anchor], mesh: Mesh, hides: Mesh, head: Head, pose: Pose) -> list[Check]:
    """How it sits on this head. ``pose``: head from product; ``hides``: the head's own mesh."""
    named = {anchor.name: pose.put(np.array([anchor.position_m]))[0] for anchor in anchors}
    misfits = [
        float(np.linalg.norm(named[name] - target(worn, name, head.scale)) * 1000)
        for name in on_head(worn) if name in named
    ]  # fmt: skip
    out = [
        Check(name="misfit", value=max(misfits), least=0, most=35 if worn == "hat" else 28, unit="mm",
              says="of the anchor that is farthest from its place on this head")
    ]  # fmt: skip
    points = pose.put(spread(mesh))
    if worn == "spectacles":
        out += _spectacles(named, points, hides, head)
    elif worn == "headphones":
        out.append(_cut("pads_cut_into_head", points[np.abs(points[:, 1] - 0.0) < 0.04], hides, most=25))
    return out


def _spectacles(named: dict[str, F64], points: F64, hides: Mesh, head: Head) -> list[Check]:
    out: list[Check] = []
    bridge = named.get("bridge")
    if bridge is not None:
        # The bar alone: below it a nose grows wide, and pads may well touch.
        above = points[:, 1] - bridge[1]
        near = points[(np.abs(points[:, 0]) < 0.005) & (above > -0.004) & (above < 0.012) & (points[:, 2] > 0.02)]
        gaps = Relief(hides, axis=2).clearance(near) * 1000 if len(near) else np.empty(0)
        gap = float(np.nanmin(gaps)) if np.isfinite(gaps).any() else np.nan
        out.append(
            Check(name="bridge_gap", value=gap, least=-4, most=10, unit="mm",
                  says="between the nose and the bridge; negative cuts into it")
        )  # fmt: skip
        back = bridge[2]
        temples = points[(points[:, 2] < back - 0.025) & (points[:, 2] > back - 0.085) & (np.abs(points[:, 0]) > 0.04)]
        out.append(_cut("temples_cut_into_head", temples, hides, most=9))
        front = points[points[:, 2] > back - 0.03]
        if len(front):
            wide = float(np.ptp(front[:, 0]) * 1000)
            out.append(
                Check(name="wider_than_head", value=wide - _HEAD_WIDTH_MM * head.scale, least=-16, most=18, unit="mm",
                      says=f"the front is {wide:.0f} mm wide")
            )  # fmt: skip
    for side, pupil in (("right", head.pupils[0]), ("left", head.pupils[1])):
        lens = named.get(f"lens_{side}")
        if lens is None:
            continue
        across, up = float((lens[0] - pupil[0]) * 1000), float((pupil[1] - lens[1]) * 1000)
        outward = across if side == "left" else -across
        out.append(
            Check(name=f"{side}_pupil_inward", value=outward, least=-6, most=9, unit="mm",
                  says="the pupil is nearer to the nose than the lens's middle")
        )  # fmt: skip
        out.append(
            Check(name=f"{side}_pupil_up", value=up, least=-9, most=14, unit="mm", says="above the lens's middle")
        )
    return out


def _cut(name: str, points: F64, hides: Mesh, *, most: float) -> Check:
    """How deep the deeper of both sides goes into the head."""
    depths = [0.0]
    for side in (1, -1):
        some = points[points[:, 0] * side > 0]
        if len(some):
            clear = Relief(hides, axis=0, side=side).clearance(some)
            clear = clear[np.isfinite(clear)]
            if len(clear):
                # What is innermost touches; a few vertices of a hinge's inside are no temple.
                depths.append(float(-np.percentile(clear, 5) * 1000))
    return Check(name=name, value=max(depths), least=-60, most=most, unit="mm", says="at its deepest")
