"""
The six outfits, as cuts and measures: which part of the tights each garment is, how loose it hangs, how it ends.

An outfit is cloth and shoes with what skin they leave bare below the neck; the head is the body's own file.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from showroom_demo.avatars.cloth import (
    HEM,
    Tailor,
    cleared,
    edged,
    folded,
    hung,
    piece,
    planned,
    softened,
    tube,
)
from showroom_demo.avatars.mesh import Mask, Mesh, Region, cut, joined, smoothed
from showroom_demo.kit.shape import F64

TINTS = ["top", "bottom"]


def neckline(plain: F64) -> F64:
    """Positive on the head's side of the line where head and body are two files; decimetres."""
    return np.asarray(plain[:, 1] - (5.72 - 0.42 * plain[:, 2]) - 3.0 * np.maximum(np.abs(plain[:, 0]) - 1.25, 0))


def _sleeve(mesh: Mesh, to: float) -> F64:
    plan = planned(mesh)
    return np.asarray(np.where(plan.is_arm > 0.5, to - plan.arm, np.clip(to - plan.arm, 0.2, 1.0)))


def _top(
    t: Tailor, *, hem_y: float, sleeve: float, neck: tuple[float, float], v: float = 0.0, region: Region = Region.TOP
) -> Mesh:
    """
    A top's cut: hem height, sleeve length, ``neck`` height of the line at the middle and its slope to the back;
    ``v`` decimetres that a front opening plunges.
    """
    plain, x = t.tights_plan.plain, t.tights_plan.x
    front = np.clip(plain[:, 2] / 0.5, 0, 1)
    line = neck[0] - neck[1] * plain[:, 2] - v * np.maximum(1 - np.abs(x) / 0.62, 0) * front
    side = 3.0 * np.maximum(plain[:, 0] - 0.78, 0)
    return piece(t.tights, plain[:, 1] - hem_y, _sleeve(t.tights, sleeve), line + side - plain[:, 1], region=region)


def _loose(
    mesh: Mesh,
    t: Tailor,
    *,
    clear: float,
    sleeve: tuple[float, ...],
    taper: float,
    folds: float,
    smooth: int = 8,
    hem: float = 1.0,
    seed: int = 0,
) -> Mesh:
    plan = planned(mesh)
    mesh = softened(mesh, smooth * 4, share=0.6)
    arm = np.clip(plan.is_arm * 2 - 0.6, 0, 1)
    mesh = tube(mesh, t.skeleton, "arm", sleeve, arm * np.clip(plan.arm / 0.35, 0, 1))
    chest = float(t.skeleton.head("upperChest")[1])
    bottom = float(mesh.points[plan.is_arm < 0.2, 1].min())
    mesh = hung(mesh, from_y=chest + 0.02, to_y=bottom, taper=taper, share=1 - np.clip(plan.is_arm * 3, 0, 1))
    mesh = softened(mesh, 4)
    mesh = cleared(mesh, t, clear)
    mesh = folded(mesh, t.skeleton, amount_m=folds, hem=hem, seed=seed)
    over = 0.011 * np.clip((1.1 - planned(mesh).plain[:, 1]) / 0.6, 0, 1)  # the waistband is beneath
    return cleared(mesh, t, clear * 0.7 + over, times=3)


def _trousers(
    t: Tailor,
    *,
    ankle: float,
    radii: tuple[float, ...],
    clear: float = 0.006,
    waist_y: float = 0.62,
    folds: float = 0.006,
    region: Region = Region.BOTTOM,
) -> Mesh:
    plan = t.tights_plan
    mesh = piece(t.tights, waist_y - plan.plain[:, 1], ankle - plan.leg, 0.3 - plan.is_arm, region=region)
    mesh = softened(mesh, 20, share=0.6)
    own = planned(mesh)
    below = np.clip((own.leg - 0.12) / 0.35, 0, 1)
    scale = float(t.skeleton.head("hips")[1]) / 0.95
    mesh = tube(mesh, t.skeleton, "leg", tuple(r * scale for r in radii), below)
    mesh = cleared(softened(mesh, 3), t, clear)
    top = np.clip((planned(mesh).plain[:, 1] + 0.6) / 0.5, 0, 1)
    mesh = folded(mesh, t.skeleton, amount_m=folds)
    mesh = cleared(mesh, t, clear * (0.6 - 0.3 * top), times=2)
    return edged(mesh, HEM, where=_at_ankle)


def _shoes(t: Tailor, *, top: float, sneaker: bool = True, tone: float = 1.0) -> Mesh:
    """A closed shoe with a sole of its own: the sole's rim stands out a little and is flat on the floor."""
    plan = t.tights_plan
    mesh = piece(
        t.tights,
        0.3 - plan.is_arm,
        plan.leg - top + 0.045 * np.clip(plan.plain[:, 2] - 0.1, -0.3, 0.5),
        region=Region.SHOES,
    )
    mesh = softened(mesh, 10)
    mesh = cleared(mesh, t, 0.005)
    mesh = softened(mesh, 3, share=0.4)
    points, colors = mesh.points.copy(), np.full_like(mesh.colors, tone)
    low = points[:, 1].min()
    sole = 0.030 if sneaker else 0.022
    flat = np.clip((sole - (points[:, 1] - low)) / 0.016, 0, 1)
    points[:, 1] = np.where(
        points[:, 1] - low < sole,
        (points[:, 1] - low) * 0.5 * (1 - flat) + 0.0 * flat + (1 - flat) * 0.012,
        points[:, 1] - low * np.clip(1 - (points[:, 1] - low) / 0.06, 0, 1),
    )
    for sign in (1.0, -1.0):
        mine = sign * planned(mesh).x > 0
        centre = points[mine].mean(axis=0)
        rim = flat[mine] * 0.05
        points[mine, 0] += (points[mine, 0] - centre[0]) * rim
        points[mine, 2] += (points[mine, 2] - centre[2]) * rim * 0.6
    band = np.clip(flat * 1.4, 0, 1)[:, None]
    colors = colors * (1 - band) + band * (np.array([1.0, 0.99, 0.96]) if sneaker else 0.28)
    points[:, 1] = np.maximum(points[:, 1], 0.0)
    mesh = replace(mesh, points=points, colors=np.clip(colors, 0, 1))
    return edged(mesh, ((0.002, 0.0015), (0.0, -0.003), (-0.02, -0.006)), where=_at_collar)


def _hands(body: Mesh, past: float) -> F64:
    plan = planned(body)
    return np.where(plan.is_arm > 0.4, plan.arm - past, -1.0)


def _above(body: Mesh, line: float, slope: float, v: float = 0.0) -> F64:
    """Skin in a neck opening, with some way below its edge."""
    plan = planned(body)
    p = plan.plain
    front = np.clip(p[:, 2] / 0.5, 0, 1)
    return np.asarray(
        p[:, 1]
        - (
            line
            - slope * p[:, 2]
            - v * np.maximum(1 - np.abs(plan.x) / 0.62, 0) * front
            + 3.0 * np.maximum(p[:, 0] - 0.78, 0)
        )
        + 0.28
    )


def _collar(mesh: Mesh, height: float = 0.030) -> Mesh:
    """A shirt's collar: a stand, and a fall over it."""
    h = height
    return edged(mesh, ((h * 0.5, 0.001), (h, 0.001), (h * 1.03, 0.003), (h * 0.80, 0.006), (h * 0.1, 0.0095),
                        (-h * 0.45, 0.012),
                        (-h * 0.42, 0.009)), where=_at_neck, turned=True, scale=_narrow)  # fmt: skip


def _at_neck(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 3.4) & np.asarray(planned(mesh).is_arm < 0.3)


def _narrow(mesh: Mesh) -> F64:
    """A collar runs out to nothing where the fronts meet."""
    y = planned(mesh).plain[:, 1]
    low = float(y[_at_neck(mesh)].min())
    return np.clip((y - low) / 0.5, 0.06, 1.0)


def _at_wrist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).is_arm > 0.5)


def _at_hem(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < 2.5) & np.asarray(planned(mesh).is_arm < 0.3)


def _at_ankle(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).leg > 1.2)


def _at_waist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 1.2)


def _at_knee(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < -3)


def _at_collar(mesh: Mesh) -> Mask:
    """Of a shoe."""
    return np.asarray(mesh.points[:, 1] > 0.04)


def _placket(mesh: Mesh, half: float = 0.16, tone: float = 0.86) -> Mesh:
    """A front band: two lines of shade where it is stitched."""
    plan = planned(mesh)
    line = np.exp(-(((np.abs(plan.x) - half) / 0.05) ** 2)) * (plan.plain[:, 2] > 0.3) * (plan.is_arm < 0.2)
    return replace(mesh, colors=mesh.colors * (1 - (1 - tone) * line)[:, None])


_SLIM = (0.092, 0.080, 0.068, 0.060, 0.056)
_STRAIGHT = (0.094, 0.086, 0.076, 0.070, 0.067)


def _linen(t: Tailor) -> tuple[list[Mesh], F64]:
    shirt = _loose(
        _top(t, hem_y=-0.25, sleeve=1.86, neck=(5.62, 0.42), v=0.55),
        t,
        clear=0.009,
        sleeve=(0.075, 0.066, 0.058, 0.052, 0.046),
        taper=0.01,
        folds=0.0065,
    )
    shirt = _placket(shirt)
    shirt = edged(
        edged(_collar(shirt), HEM, where=_at_hem),
        ((0.0, 0.003), (-0.045, 0.0035), (-0.046, 0.001)),
        where=_at_wrist,
        turned=True,
    )
    legs = _trousers(t, ankle=1.93, radii=_STRAIGHT, folds=0.0065)
    bare = np.maximum(_hands(t.body, 1.72), _above(t.body, 5.62, 0.42, 0.55))
    return [shirt, legs, _shoes(t, top=1.93, sneaker=False, tone=0.9)], bare


def _knit(t: Tailor) -> tuple[list[Mesh], F64]:
    knit = _loose(
        _top(t, hem_y=-0.15, sleeve=1.93, neck=(5.60, 0.40)),
        t,
        clear=0.013,
        sleeve=(0.080, 0.070, 0.063, 0.058, 0.050),
        taper=0.22,
        folds=0.0075,
        smooth=14,
        hem=0.7,
        seed=1,
    )
    plan = planned(knit)
    rib = np.maximum((plan.plain[:, 1] < 0.28) * (plan.is_arm < 0.3), (plan.arm > 1.80) * (plan.is_arm > 0.5))
    knit = replace(knit, colors=knit.colors * (1 - 0.14 * smoothed(rib * 1.0, knit.faces, times=1))[:, None])
    knit = edged(knit, ((0.008, 0.003), (0.020, 0.003), (0.022, -0.002), (0.006, -0.005)), where=_at_neck, tone=0.92)
    knit = edged(edged(knit, HEM, where=_at_hem), HEM, where=_at_wrist)
    legs = _trousers(t, ankle=1.90, radii=_SLIM, folds=0.0055)
    bare = np.maximum(_hands(t.body, 1.78), _above(t.body, 5.60, 0.40))
    return [knit, legs, _shoes(t, top=1.90)], bare


def _denim(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = _loose(
        _top(t, hem_y=0.25, sleeve=1.90, neck=(5.60, 0.42), v=1.7),
        t,
        clear=0.017,
        sleeve=(0.082, 0.072, 0.064, 0.058, 0.052),
        taper=0.30,
        folds=0.0075,
        hem=0.5,
        seed=2,
    )
    jacket = _placket(replace(jacket, colors=jacket.colors * 0.86), half=0.75, tone=0.8)
    jacket = edged(
        edged(_collar(jacket, 0.034), HEM, where=_at_hem),
        ((0.0, 0.003), (-0.035, 0.0035), (-0.036, 0.001)),
        where=_at_wrist,
        turned=True,
    )
    tee = _loose(
        _top(t, hem_y=-0.1, sleeve=0.5, neck=(5.45, 0.45)),
        t,
        clear=0.006,
        sleeve=(0.07, 0.06, 0.06, 0.05, 0.05),
        taper=0.3,
        folds=0.003,
    )
    tee = edged(tee, ((0.006, 0.002), (0.012, 0.001), (0.008, -0.003)), where=_at_neck)
    legs = _trousers(t, ankle=1.92, radii=(0.094, 0.085, 0.075, 0.068, 0.065), folds=0.006)
    bare = np.maximum(_hands(t.body, 1.76), _above(t.body, 5.45, 0.45))
    return [jacket, edged(tee, HEM, where=_at_hem), legs, _shoes(t, top=1.90)], bare


def _suit(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = _loose(
        _top(t, hem_y=-0.55, sleeve=1.88, neck=(5.66, 0.42), v=2.5, region=Region.BOTTOM),
        t,
        clear=0.016,
        sleeve=(0.080, 0.070, 0.062, 0.056, 0.053),
        taper=0.16,
        folds=0.0035,
        smooth=16,
        hem=0.35,
        seed=3,
    )
    lapel = ((0.006, 0.003), (0.002, 0.007), (-0.030, 0.011), (-0.058, 0.008), (-0.060, 0.005))
    jacket = edged(jacket, lapel, where=_at_neck, tone=0.94, turned=True, scale=_narrow)
    jacket = _placket(jacket, half=0.05, tone=0.55)
    jacket = edged(edged(jacket, HEM, where=_at_hem), HEM, where=_at_wrist)
    shirt = _loose(
        _top(t, hem_y=1.0, sleeve=1.97, neck=(5.72, 0.42)),
        t,
        clear=0.006,
        sleeve=(0.06, 0.055, 0.05, 0.046, 0.042),
        taper=0.4,
        folds=0.0025,
    )
    shirt = _placket(_collar(shirt, 0.028), half=0.12)
    shirt = edged(shirt, HEM, where=_at_wrist)
    legs = _trousers(t, ankle=1.95, radii=(0.094, 0.086, 0.076, 0.071, 0.068), folds=0.0045)
    bare = np.maximum(_hands(t.body, 1.84), _above(t.body, 5.72, 0.42))
    return [jacket, shirt, legs, _shoes(t, top=1.93, sneaker=False)], bare


def _dress(t: Tailor) -> tuple[list[Mesh], F64]:
    top = _loose(
        _top(t, hem_y=1.55, sleeve=0.62, neck=(5.30, 0.55), v=0.35),
        t,
        clear=0.006,
        sleeve=(0.07, 0.066, 0.07, 0.05, 0.05),
        taper=0.9,
        folds=0.0035,
        hem=0.4,
        seed=4,
    )
    top = edged(edged(top, HEM, where=_at_neck), HEM, where=_at_wrist)
    plan = t.skirt_plan
    skirt = piece(t.skirt, plan.plain[:, 1] + 4.55, 1.75 - plan.plain[:, 1], region=Region.TOP)
    skirt = softened(skirt, 3)
    p = skirt.points
    y0, y1 = float(p[:, 1].max()), float(p[:, 1].min())
    down = (y0 - p[:, 1]) / (y0 - y1)
    centre = float(p[:, 2].mean())
    turn = np.arctan2(p[:, 0], p[:, 2] - centre)
    flare = 1 + 0.10 * down
    points = np.stack([p[:, 0] * flare, p[:, 1], centre + (p[:, 2] - centre) * (1 + 0.18 * down)], axis=1)
    wave = np.sin(11 * turn + 1.2 * np.sin(2 * turn) + 0.6 * np.sin(5 * down)) + 0.5 * np.sin(17 * turn + 2.0)
    swell = 0.013 * down**1.1 * wave
    points[:, 0] += np.sin(turn) * swell
    points[:, 2] += np.cos(turn) * swell
    shade = (0.84 + 0.16 * (0.5 + 0.5 * np.tanh(1.3 * wave) * np.clip(down * 2, 0, 1)))[:, None]
    skirt = cleared(replace(skirt, points=points, colors=skirt.colors * shade), t, 0.008)
    skirt = edged(edged(skirt, ((0.0, 0.004), (-0.02, 0.003)), where=_at_waist, tone=0.9), HEM, where=_at_knee)
    body = t.body
    own = planned(body)
    bare = np.maximum(
        np.maximum(_hands(body, 0.45), _above(body, 5.30, 0.55, 0.35)), np.where(own.is_arm < 0.3, own.leg - 0.75, -1.0)
    )
    return [top, skirt, _shoes(t, top=2.02, sneaker=False)], bare


def _active(t: Tailor) -> tuple[list[Mesh], F64]:
    tee = _loose(
        _top(t, hem_y=-0.2, sleeve=0.70, neck=(5.48, 0.45)),
        t,
        clear=0.007,
        sleeve=(0.080, 0.076, 0.074, 0.05, 0.05),
        taper=0.14,
        folds=0.0055,
        seed=5,
    )
    tee = edged(tee, ((0.006, 0.002), (0.012, 0.001), (0.008, -0.003)), where=_at_neck, tone=0.9)
    tee = edged(edged(tee, HEM, where=_at_hem), HEM, where=_at_wrist)
    legs = _trousers(t, ankle=1.86, radii=(0.092, 0.082, 0.070, 0.060, 0.052), folds=0.006)
    bare = np.maximum(_hands(t.body, 0.52), _above(t.body, 5.48, 0.45))
    return [tee, legs, _shoes(t, top=1.88)], bare


OUTFITS: dict[str, Callable[[Tailor], tuple[list[Mesh], F64]]] = {
    "linen": _linen, "knit": _knit, "dress": _dress, "denim": _denim, "suit": _suit, "active": _active,
}  # fmt: skip


def dressed(t: Tailor, outfit: str) -> Mesh:
    """Clothes, shoes, and the skin they leave bare below the neckline."""
    cloth, bare = OUTFITS[outfit](t)
    below = -neckline(t.body.morphs["plain"])
    skin = cut(replace(t.body, morphs=t.body.morphs | {"keep": np.repeat(bare[:, None], 3, 1)}), below)
    skin = cut(skin, skin.morphs["keep"][:, 0])
    parts = [
        replace(
            m, morphs={n: d for n, d in m.morphs.items() if n in ("wide", "strong", "old")}, normals=np.zeros((0, 3))
        )
        for m in cloth
    ]
    skin = replace(skin, morphs={n: d for n, d in skin.morphs.items() if n in ("wide", "strong", "old")})
    from showroom_demo.avatars.mesh import with_normals

    return joined([skin, *(with_normals(p) for p in parts)])
