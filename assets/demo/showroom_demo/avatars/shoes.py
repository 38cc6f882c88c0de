"""
Shoes: an upper lofted over a last that is scaled to the foot, and a sole with a welt; no foot is left inside.

What they are not: grown from the foot's skin, whose toes would show.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from showroom_demo.avatars.mesh import KEPT, Mesh, Region, cut, fan, joined
from showroom_demo.avatars.skeleton import BONES, Skeleton, bone
from showroom_demo.kit.shape import F64, I64, unit


@dataclass(frozen=True, slots=True)
class Last:
    """
    A model: along it (0 heel, 1 toe, shares of the length) the upper's height and where it opens, in metres for a foot
    of 0.24 m; the sole's thickness; how square the toe is.
    """

    height: tuple[float, ...]
    topline: tuple[float, ...]
    sole_m: float
    toe: float
    tone: float
    sole_tone: tuple[float, float, float]


_AT = (0.0, 0.15, 0.30, 0.42, 0.52, 0.64, 0.78, 0.90, 1.0)
_WIDE = (0.118, 0.140, 0.140, 0.148, 0.163, 0.178, 0.175, 0.142, 0.09)
"""Half the width at ``_AT``, shares of the length, before the ends are rounded."""
_BEND = (0.0, 0.0, 0.0, 0.010, 0.018, 0.020, 0.012, 0.000, -0.010)
"""How far the middle line runs to the outside."""

_STATIONS, _ROUND = 31, 21

SNEAKER = Last((0.17, 0.17, 0.165, 0.152, 0.130, 0.102, 0.079, 0.066, 0.054),
               (0.084, 0.080, 0.079, 0.090, 0.104, 0.118, 0.2, 0.2, 0.2),
               0.025, 2.6, 1.0, (1.0, 0.99, 0.96))  # fmt: skip
LEATHER = Last((0.17, 0.17, 0.165, 0.148, 0.124, 0.094, 0.070, 0.058, 0.044),
               (0.078, 0.074, 0.071, 0.082, 0.096, 0.110, 0.2, 0.2, 0.2),
               0.021, 2.1, 0.92, (0.42, 0.38, 0.34))  # fmt: skip
FLAT = Last((0.17, 0.17, 0.15, 0.125, 0.104, 0.086, 0.071, 0.059, 0.045),
            (0.070, 0.062, 0.056, 0.052, 0.052, 0.060, 0.10, 0.2, 0.2),
            0.020, 2.2, 1.0, (0.45, 0.42, 0.38))  # fmt: skip


def shoes(skeleton: Skeleton, body: Mesh, last: Last) -> Mesh:
    """Both shoes, standing on the floor."""
    return joined([_shoe(skeleton, body, last, side, sign) for side, sign in (("left", 1.0), ("right", -1.0))])


def frame(skeleton: Skeleton, body: Mesh, side: str) -> tuple[F64, F64, float]:
    """Where a shoe's heel stands, the way to its toe, and its length."""
    ankle, toes = skeleton.head(side + "Foot"), skeleton.head(side + "Toes")
    ahead = unit((toes - ankle) * [1.0, 0.0, 1.0])
    aside = np.array([ahead[2], 0.0, -ahead[0]])
    mine = body.points[(body.points[:, 1] < 0.09) & (body.points[:, 0] * ankle[0] > 0)]
    along, across = (mine - ankle) @ ahead, (mine - ankle) @ aside
    low, high = float(along.min()) - 0.006, float(along.max()) + 0.009
    middle = float(np.median(across))
    heel = ankle * [1.0, 0.0, 1.0] + ahead * low + aside * middle
    return heel, ahead, high - low


def inside(skeleton: Skeleton, body: Mesh, points: F64, last: Last) -> F64:
    """How far places are above the shoes' topline, metres; negative is hidden in a shoe."""
    out = np.full(len(points), 1.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        heel, ahead, length = frame(skeleton, body, side)
        u = np.clip(((points - heel) @ ahead) / length, 0, 1)
        top = np.interp(u, _AT, last.topline) * (length / 0.26)
        out = np.where(points[:, 0] * sign > 0, points[:, 1] - top, out)
    return np.asarray(out)


def vamp(skeleton: Skeleton, body: Mesh, points: F64, at: float) -> F64:
    """How far places are behind the share ``at`` of a foot's length, metres."""
    out = np.full(len(points), 1.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        heel, ahead, length = frame(skeleton, body, side)
        out = np.where((points[:, 0] * sign > 0) & (points[:, 1] < 0.2), at * length - (points - heel) @ ahead, out)
    return np.asarray(out)


def along(skeleton: Skeleton, body: Mesh, points: F64) -> F64:
    """The nearest places on the feet's middle lines, at any height."""
    out = points.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        heel, ahead, length = frame(skeleton, body, side)
        mine = points[:, 0] * sign > 0
        by = np.clip((points[mine] - heel) @ ahead, 0.16 * length, 0.5 * length)
        out[mine] = heel + ahead * by[:, None]
    return out


def _shoe(skeleton: Skeleton, body: Mesh, last: Last, side: str, sign: float) -> Mesh:
    heel, ahead, length = frame(skeleton, body, side)
    aside = np.array([ahead[2], 0.0, -ahead[0]]) * sign  # to the outside of the foot
    k = length / 0.26
    u = (1 - np.cos(np.linspace(0.0, np.pi, _STATIONS))) / 2
    end = np.where(u < 0.5, (1 - np.clip(1 - u / 0.16, 0, 1) ** 2.3) ** (1 / 2.3),
                   (1 - np.clip((u - 0.72) / 0.28, 0, 1) ** last.toe) ** (1 / last.toe))  # fmt: skip
    half = _smooth(u, _WIDE) * length * end
    middle = _smooth(u, _BEND) * length
    spring = 0.012 * np.clip((u - 0.74) / 0.26, 0, 1) ** 2
    tall = _smooth(u, last.height) * k
    base = last.sole_m - 0.004
    rise = (tall - base) * np.clip(end, 0.0, 1.0) ** np.where(u > 0.5, 0.55, 0.08)
    rise = np.where(u > 0.5, np.maximum(rise, 0.012 * np.clip(end * 6, 0, 1)), rise)

    def placed(along: F64, across: F64, up: F64) -> F64:
        flat = heel + ahead * (along * length)[..., None] + aside * across[..., None]
        return np.asarray(flat + np.array([0.0, 1.0, 0.0]) * up[..., None])

    v = np.linspace(0, np.pi, _ROUND)
    square = 2 / np.interp(u, [0, 0.35, 0.6, 1.0], [2.9, 2.7, 2.4, 2.5])[:, None]
    cos, sin = np.cos(v)[None], np.sin(v)[None]
    # walls lean in as they rise, as a foot does
    lean = 1 - 0.16 * np.abs(sin) * (u[:, None] > -1)
    across = middle[:, None] + half[:, None] * np.sign(cos) * np.abs(cos) ** square * lean
    up = base + spring[:, None] + rise[:, None] * np.abs(sin) ** square
    upper = placed(np.repeat(u[:, None], _ROUND, 1), across, up)
    at = (np.arange(_STATIONS - 1)[:, None] * _ROUND + np.arange(_ROUND - 1)).ravel()
    quads = np.stack([at, at + 1, at + _ROUND + 1, at + _ROUND], axis=1)
    top = np.interp(u, _AT, last.topline)[:, None] * k
    open_by = (top - up).reshape(-1)
    centre = heel + ahead * (0.45 * length) + np.array([0.0, 0.04, 0.0])
    faces = _outward(upper.reshape(-1, 3), fan(quads), centre)
    first = _made(upper.reshape(-1, 3), faces, np.full((upper.size // 3, 3), last.tone), skeleton, body, side)
    keep = np.repeat(open_by[:, None], 3, 1)
    first = cut(Mesh(first.points, first.faces, first.weights, first.region, first.colors,
                     first.morphs | {"keep": keep}), open_by)  # fmt: skip
    lining = Mesh(first.points + _in(first, heel, ahead, length), first.faces[:, ::-1], first.weights, first.region,
                  first.colors * 0.35, first.morphs)  # fmt: skip
    # the sole: rows from the middle of its underside out to the welt and back to the upper
    rings = ((0.0, 0.0, 0.0), (-0.004, 0.0, 0.5), (0.0015, 0.003, 1.0), (0.0035, last.sole_m * 0.55, 1.0),
             (0.0035, last.sole_m - 0.002, 1.0), (0.001, last.sole_m, 1.0), (-0.004, last.sole_m, 0.9))  # fmt: skip
    some = slice(None, None, 2)
    loop_u = np.concatenate([u[some], u[some][-2:0:-1]])
    loop_x = np.concatenate([(middle + half)[some], (middle - half)[some][-2:0:-1]])
    loop_s = np.concatenate([spring[some], spring[some][-2:0:-1]])
    plan = np.stack([loop_u * length, loop_x], axis=1)
    tangent = np.roll(plan, -1, 0) - np.roll(plan, 1, 0)
    out = unit(np.stack([-tangent[:, 1], tangent[:, 0]], axis=1))
    out *= np.sign((out * (plan - plan.mean(axis=0))).sum(axis=1).mean())
    points, colors = [], []
    for grow, high, tone in rings:
        ring = plan.mean(axis=0) + (plan - plan.mean(axis=0)) * 0.0 if tone == 0.0 else plan + out * grow
        lift = np.full(len(plan), 0.0005 + high) + loop_s * (1.0 if tone else 0.2)
        points.append(placed(ring[:, 0] / length, ring[:, 1], lift))
        colors.append(np.tile(np.array(last.sole_tone) * max(tone, 0.4), (len(plan), 1)))
    n = len(plan)
    a = np.arange(n)
    b = (a + 1) % n
    quads = np.concatenate([np.stack([a + r * n, b + r * n, b + (r + 1) * n, a + (r + 1) * n], 1)
                            for r in range(len(rings) - 1)])  # fmt: skip
    under = np.concatenate(points)
    sole = _made(
        under,
        _outward(under, fan(quads), heel + ahead * (0.45 * length) + np.array([0.0, 0.012, 0.0])),
        np.concatenate(colors),
        skeleton,
        body,
        side,
    )
    sole = replace(sole, morphs=sole.morphs | {KEPT: np.ones_like(sole.points)})
    return joined([_plain(first), _plain(lining), sole])


def _outward(points: F64, faces: I64, centre: F64) -> I64:
    """The faces seen from outside."""
    p = points[faces]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    return faces if (normal * (p.mean(axis=1) - centre)).sum() > 0 else faces[:, ::-1]


def _plain(mesh: Mesh) -> Mesh:
    return Mesh(mesh.points, mesh.faces, mesh.weights, mesh.region, mesh.colors,
                {n: d for n, d in mesh.morphs.items() if n != "keep"})  # fmt: skip


def _in(mesh: Mesh, heel: F64, ahead: F64, length: float) -> F64:
    """To the inside by the thickness of leather."""
    middle = heel + ahead * np.clip((mesh.points - heel) @ ahead, 0.1 * length, 0.85 * length)[:, None]
    middle[:, 1] = 0.05
    return np.asarray(unit(middle - mesh.points) * 0.0035)


def _smooth(u: F64, values: tuple[float, ...]) -> F64:
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(_AT, values)(u))


def _made(points: F64, faces: I64, colors: F64, skeleton: Skeleton, body: Mesh, side: str) -> Mesh:
    """Bound to foot and toes; a shape of the body widens the shoe as it does the foot."""
    ball = skeleton.head(side + "Toes")
    ankle = skeleton.head(side + "Foot")
    ahead = unit((ball - ankle) * [1.0, 0.0, 1.0])
    x = np.clip(((points - ball) @ ahead + 0.022) / 0.044, 0, 1)
    bend = x * x * (3 - 2 * x)
    weights = np.zeros((len(points), len(BONES)))
    weights[:, bone(side + "Foot")], weights[:, bone(side + "Toes")] = 1 - bend, bend
    low = np.flatnonzero((body.points[:, 1] < 0.12) & (body.points[:, 0] * ankle[0] > 0))
    _, near = cKDTree(body.points[low]).query(points, k=16)
    morphs = {n: body.morphs[n][low[near]].mean(axis=1) for n in ("wide", "strong", "old")}
    region = np.full(len(points), int(Region.SHOES))
    return Mesh(points, faces, weights, region, colors, morphs)
