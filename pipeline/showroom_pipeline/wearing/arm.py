"""
Where a forearm goes on from its wrist, seen in the picture itself: its axis and how wide it is.

A hand's 21 points end at the wrist, and a wrist bends: the palm's own direction is a poor guess of the arm's. Row by
row beyond the wrist the arm's two edges are where the colours on a line across it part best into skin and what is
beside it. What it is not: sure. Over a sleeve or before other skin it finds nothing, and the palm has to do.

Source: see ``webclient/src/tryon/hand-arm.ts``; Otsu 1979, for the best parting of a line in two.
"""

from dataclasses import dataclass

import numpy as np

from showroom_assets.scene import F64, U8
from showroom_pipeline.wearing.rules import rules

_SKIN_AT = (0.08, 0.2, 0.32, 0.45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """
    ``way``: unit vector in the picture (x right, y down) from the wrist to the elbow; ``aside_m``: how far the axis
    passes the wrist's point, to the right of ``way`` turned by a quarter clockwise; ``half_m``: half the width across.
    """

    way: F64
    aside_m: float
    half_m: float


def find(pixels: U8, points: F64, way: F64, metre_px: float) -> Arm | None:
    """
    Parameters
    ----------
    points
        ``(21, 2)`` pixels.
    way
        Unit vector in the picture along which the arm would lie if the wrist were straight.
    """
    spec = rules()["arm"]
    skin = _skin(pixels, points)
    if skin is None:
        return None
    start = way
    found: Arm | None = None
    for _ in range(3):
        rows = _rows(pixels, points[0], way, metre_px, skin)
        if len(rows) < spec["least_rows"]:
            return found
        slope, aside = _line(rows)
        half = float(np.median(rows[:, 2])) * float(np.cos(np.arctan(slope)))
        across = np.array([-way[1], way[0]])
        turned = way + slope * across
        turned /= np.linalg.norm(turned)
        if turned @ start < spec["most_bent_cos"] or not spec["half_m"][0] < half < spec["half_m"][1]:
            return None
        found = Arm(way=turned, aside_m=aside * float(np.cos(np.arctan(slope))), half_m=half)
        if abs(slope) < 0.04:
            break
        way = turned
    return found


def _skin(pixels: U8, points: F64) -> F64 | None:
    """The colour of this hand's skin: the middle of what lies between wrist and knuckles."""
    knuckles = points[[5, 9, 13, 17]].mean(0)
    side = points[17] - points[5]
    at = [points[0] + t * (knuckles - points[0]) + k * (0.4 + 0.6 * t) * side for t in _SKIN_AT for k in (-0.2, 0, 0.2)]
    colours, is_in = _colours(pixels, np.array(at))
    return np.median(colours[is_in], axis=0) if is_in.sum() >= 6 else None


def _colours(pixels: U8, at: F64) -> tuple[F64, "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"]:
    """Two shares of colour and brightness at pixels ``(..., 2)``, and which of them are in the picture."""
    height, width, _ = pixels.shape
    x, y = np.floor(at[..., 0]).astype(int), np.floor(at[..., 1]).astype(int)
    is_in = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    rgb = pixels[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].astype(np.float64) + 4
    total = rgb.sum(-1)
    return np.stack([rgb[..., 0] / total, rgb[..., 1] / total, rules()["arm"]["luma"] * np.log(total)], axis=-1), is_in


def _rows(pixels: U8, wrist: F64, way: F64, metre_px: float, skin: F64) -> F64:
    """Lines across the arm, ``(n, 3)`` metres: how far along, where its middle is, half its width."""
    spec = rules()["arm"]
    across = np.array([-way[1], way[0]])
    step = spec["step_m"]
    reach = np.arange(round(spec["reach_m"] / step))
    out: list[tuple[float, float, float]] = []
    middle = 0.0
    missed = 0
    for along in np.arange(spec["from_m"], spec["to_m"], 2 * step):
        edges = []
        for sign in (-1, 1):
            at = wrist + metre_px * (along * way + (middle + sign * step * reach)[:, None] * across)
            colours, is_in = _colours(pixels, at)
            count = len(reach) if is_in.all() else int(np.argmin(is_in))
            edges.append(_edge(colours[:count], skin))
        if None in edges:
            missed += 1
            if missed > spec["most_missed"]:
                break
            continue
        low, high = middle - step * float(edges[0] or 0), middle + step * float(edges[1] or 0)
        if not 2 * spec["half_m"][0] < high - low < 2 * spec["half_m"][1]:
            missed += 1
            continue
        out.append((float(along), (low + high) / 2, (high - low) / 2))
        middle += 0.5 * ((low + high) / 2 - middle)
    return np.array(out).reshape(-1, 3)


def _edge(colours: F64, skin: F64) -> int | None:
    """How many of a line's pixels are the arm's; None if no place parts it clearly."""
    spec = rules()["arm"]
    least = round(spec["half_m"][0] / spec["step_m"] * 0.4)
    count = len(colours)
    if count < least + 6:
        return None
    sums, squares = np.cumsum(colours, axis=0), np.cumsum((colours**2).sum(-1))
    n = np.arange(1, count)
    inside, outside = sums[:-1] / n[:, None], (sums[-1] - sums[:-1]) / (count - n)[:, None]
    left = squares[-1] - n * (inside**2).sum(-1) - (count - n) * (outside**2).sum(-1)
    left[: least - 1] = np.inf
    left[count - 4 :] = np.inf
    best = int(np.argmin(left))
    whole = squares[-1] - count * ((sums[-1] / count) ** 2).sum()
    if left[best] > spec["clear"] * whole or ((inside[best] - outside[best]) ** 2).sum() < spec["differs"] ** 2:
        return None
    # The middle is this hand's skin, rather than what is beside it; and the edge parts shade from what is beside it.
    middle = colours[:4].mean(0)
    beside = outside[best]
    if _far(middle, skin) > _far(beside, skin) or _far(inside[best], middle) > _far(beside, middle):
        return None
    return best + 1


def _far(a: F64, b: F64) -> float:
    return float(((a - b) ** 2).sum())


def _line(rows: F64) -> tuple[float, float]:
    """Slope and start of the middles along the arm: the medians of all, so that a few rows may be wrong."""
    a, b = np.triu_indices(len(rows), 3)
    slopes = (rows[b, 1] - rows[a, 1]) / (rows[b, 0] - rows[a, 0])
    slope = float(np.median(slopes))
    return slope, float(np.median(rows[:, 1] - slope * rows[:, 0]))
