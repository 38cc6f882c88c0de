"""
Anchors for a product that has none, from its geometry alone: a proposal to look at, not a truth.

The model must stand as ``convert`` puts it: +Y up, +Z the front, metres. What is found is made symmetric about the
model's own middle. What it is not: tracking, or learning; a frame whose temples are folded gives nothing.
"""

import numpy as np
import trimesh

from showroom_assets.errors import InputError
from showroom_assets.product import Anchor
from showroom_assets.scene import F64
from showroom_pipeline.wearing.depth import Mesh
from showroom_pipeline.wearing.rules import Worn
from showroom_pipeline.wearing.verdict import spread

_EXTENT_MM = {
    "spectacles": ((100, 180), (25, 90), (80, 200)),
    "hat": ((120, 420), (60, 300), (150, 480)),
    "headphones": ((120, 260), (120, 280), (30, 140)),
}


def propose(worn: Worn, mesh: Mesh) -> list[Anchor]:
    """
    Raises
    ------
    InputError
        The model's size or shape is not that of such a thing.
    """
    if worn not in _EXTENT_MM:
        raise InputError("Anchors are proposed for glasses, hats and headphones only.")
    extent_mm = np.ptp(mesh[0], axis=0) * 1000
    for axis, value, (least, most) in zip(("wide", "high", "deep"), extent_mm, _EXTENT_MM[worn], strict=True):
        if not least <= value <= most:
            raise InputError(
                f"The model is {value:.0f} mm {axis}; {worn} have {least} to {most} mm. "
                "Check its unit and which way it faces (--unit, --up, --front of `showroom convert`)."
            )
    places = {"spectacles": _spectacles, "hat": _hat, "headphones": _headphones}[worn](spread(mesh), mesh)
    return [Anchor(name=name, position_m=(float(x), float(y), float(z))) for name, (x, y, z) in places.items()]


def _spectacles(points: F64, mesh: Mesh) -> dict[str, F64]:
    low, high = points.min(0), points.max(0)
    middle = (low[0] + high[0]) / 2
    out = np.abs(points[:, 0] - middle)
    bar = points[(out < 0.0025) & (points[:, 2] > high[2] - 0.03)]
    if len(bar) < 5:
        raise InputError("The frame has no bridge in its middle. Check that +Z is its front.")
    # The bar's underside bears on the nose: its back, at its lower edge.
    bridge = np.array([middle, np.percentile(bar[:, 1], 25), np.percentile(bar[:, 2], 25)])
    half = (high[0] - low[0]) / 2
    temple = points[(points[:, 2] < high[2] - 0.035) & (out > half * 0.6)]
    if len(temple) < 20 or np.ptp(temple[:, 2]) < 0.05:
        raise InputError("The frame has no temples that reach back. Unfold them, or set anchors by hand.")
    y, x = _along(temple[:, 2], temple[:, 1]), _along(temple[:, 2], np.abs(temple[:, 0] - middle))
    # Where a temple bends down behind the ear it leaves the line it had before.
    straight = [step for step in sorted(y, reverse=True) if step > high[2] - 0.085]
    line = np.polyfit(straight, [y[step] for step in straight], 1) if len(straight) > 2 else np.array([0, y[max(y)]])
    bent = [
        step for step in sorted(y, reverse=True) if y[step] < np.polyval(line, step) - 0.0035 and step < high[2] - 0.085
    ]
    z = min(bent[0] + 0.004, high[2] - 0.085) if bent else float(temple[:, 2].min() + 0.03)
    step = min(y, key=lambda one: abs(one - z))
    front = points[(points[:, 2] > high[2] - 0.02) & (out > 0.008)]
    lens_y = (front[:, 1].min() + front[:, 1].max()) / 2
    inner = float(np.percentile(out[(points[:, 2] > high[2] - 0.02) & (np.abs(points[:, 1] - lens_y) < 0.004)], 2))
    # The rims alone: at the level of the hinges the end pieces make the front wider.
    rim = float(np.percentile(out[(points[:, 2] > high[2] - 0.02) & (points[:, 1] < lens_y - 0.004)], 99))
    lens_x = (inner + rim) / 2
    return {
        "bridge": bridge,
        **_pair("ear", middle, x[step], float(np.polyval(line, step)) - 0.004, step),  # its underside rests
        **_pair("lens", middle, lens_x, lens_y, float(np.median(front[:, 2]))),
        **_pair("hinge", middle, half * 0.92, float(np.polyval(line, high[2] - 0.01)), high[2] - 0.012),
    }


def _hat(points: F64, mesh: Mesh) -> dict[str, F64]:
    solid = trimesh.Trimesh(*mesh, process=False)
    low, high = points.min(0), points.max(0)
    middle = (low[0] + high[0]) / 2
    crown = points[points[:, 1] > low[1] + 0.7 * (high[1] - low[1])]
    axis_z = (crown[:, 2].min() + crown[:, 2].max()) / 2
    ways = np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [-1, 0, 0]], dtype=np.float64)
    for y in np.linspace(low[1] + 0.004, high[1] - 0.02, 40):
        from_inside = np.tile([middle, y, axis_z], (4, 1))
        hits = [_first(solid, origin, way) for origin, way in zip(from_inside, ways, strict=True)]
        if all(hit is not None and np.linalg.norm(hit - from_inside[0]) < 0.17 for hit in hits):
            break
    else:
        raise InputError("The hat has no opening that a head fits into. Check that +Y is up.")
    brow, nape, left, right = (np.asarray(hit) for hit in hits)
    top = _first(solid, from_inside[0], np.array([0.0, 1.0, 0.0]))
    inner = top if top is not None else np.array([middle, high[1], axis_z])
    wide = (left[0] - right[0]) / 2
    lift = -0.004  # the first level that closes all round lies a little above the rim
    return {
        "brow_center": brow + [0, lift, 0],
        **_pair("temple", middle, wide, y + lift, axis_z),
        "nape": nape + [0, lift, 0],
        "head_top": inner,
    }


def _headphones(points: F64, mesh: Mesh) -> dict[str, F64]:
    solid = trimesh.Trimesh(*mesh, process=False)
    low, high = points.min(0), points.max(0)
    middle = (low[0] + high[0]) / 2
    half = (high[0] - low[0]) / 2
    cups = points[(np.abs(points[:, 0] - middle) > half * 0.6) & (points[:, 1] < low[1] + 0.45 * (high[1] - low[1]))]
    y, z = float(np.median(cups[:, 1])), float(np.median(cups[:, 2]))
    inner = float(np.percentile(np.abs(cups[:, 0] - middle), 3))
    top = _first(solid, np.array([middle, y, z]), np.array([0.0, 1.0, 0.0]))
    if top is None:
        raise InputError("The headphones have no band above their middle. Check that +Y is up.")
    return {**_pair("ear", middle, inner, y, z), "head_top": top}


def _pair(name: str, middle: float, x: float, y: float, z: float) -> dict[str, F64]:
    return {f"{name}_{side}": np.array([middle + sign * x, y, z]) for side, sign in (("left", 1), ("right", -1))}


def _along(z: F64, values: F64) -> dict[float, float]:
    """Median of ``values`` in steps of 4 mm along ``z``."""
    steps = np.round(z / 0.004) * 0.004
    return {float(step): float(np.median(values[steps == step])) for step in np.unique(steps)}


def _first(solid: trimesh.Trimesh, origin: F64, way: F64) -> F64 | None:
    hits, _, _ = solid.ray.intersects_location(origin[None], way[None], multiple_hits=True)
    if not len(hits):
        return None
    out: F64 = hits[np.argmin(np.linalg.norm(hits - origin, axis=1))]
    return out
