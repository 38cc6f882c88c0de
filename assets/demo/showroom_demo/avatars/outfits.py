"""
The six outfits, as cuts and measures: which part of the tights each garment is, how loose it hangs, how it ends.

An outfit is cloth and shoes with what skin they leave bare below the neck; the head is the body's own file.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from showroom_demo.avatars.cloth import Tailor, apart, cleared, evened, piece, planned, softened, uncovered
from showroom_demo.avatars.cuts import garment, over, trousers
from showroom_demo.avatars.edges import (
    CUFF,
    HEM,
    at_hem,
    at_knee,
    at_neck,
    at_v,
    at_waist,
    at_wrist,
    band,
    collar,
    edge_of,
    front_y,
    lapels,
    neckband,
    tie,
)
from showroom_demo.avatars.mesh import KEPT, Mesh, Region, cut, joined, smoothed, with_normals
from showroom_demo.avatars.necks import CREW, JACKET, OPEN_SHIRT, SCOOP, SHIRT, TEE, TRUCKER, Neck, neckline
from showroom_demo.avatars.shoes import FLAT, LEATHER, SNEAKER, Last, along, inside, shoes, vamp
from showroom_demo.avatars.trims import swept
from showroom_demo.kit.shape import F64

TINTS = ["top", "bottom"]


def _feet(t: Tailor, last: Last, *, sock: float | None = 1.86, tone: float = 0.42) -> list[Mesh]:
    """Shoes, and what covers the ankle between them and the trousers."""
    pair = [shoes(t.skeleton, t.body, last)]
    if sock is not None:
        leg = np.where(t.tights_plan.is_arm > 0.3, -1.0, t.tights_plan.leg)
        above = inside(t.skeleton, t.body, t.tights.points, last) * 10
        socks = softened(piece(t.tights, leg - sock, above + 0.14, region=Region.SHOES), 6)
        socks = cleared(socks, t, 0.002)
        tucked = np.clip((0.012 - inside(t.skeleton, t.body, socks.points, last)) / 0.014, 0, 1)
        middle = along(t.skeleton, t.body, socks.points)
        points = socks.points + (0.35 * tucked)[:, None] * (middle - socks.points) * [1.0, 0.0, 1.0]
        pair.append(replace(socks, points=points, colors=socks.colors * tone))
    return pair


def _hands(body: Mesh, past: float) -> F64:
    plan = planned(body)
    return np.where(plan.is_arm > 0.4, plan.arm - past, -1.0)


def _bare(t: Tailor, neck: Neck, hands: float) -> F64:
    return np.maximum(_hands(t.body, hands), neck.bare(planned(t.body).plain))


_SLIM = (0.092, 0.080, 0.070, 0.064, 0.060)


def _linen(t: Tailor) -> tuple[list[Mesh], F64]:
    shirt = garment(
        t,
        hem_y=-0.25,
        sleeve_to=1.86,
        neck=OPEN_SHIRT,
        clear=0.009,
        sleeve=(0.066, 0.064, 0.058, 0.052, 0.046),
        taper=0.10,
        folds=0.0055,
    )
    legs = trousers(t, ankle=1.97, radii=(0.100, 0.098, 0.094, 0.090, 0.088), folds=0.0065)
    shirt, legs = over(t, shirt, legs)
    high, low = front_y(shirt)
    trims = [
        collar(shirt, t, OPEN_SHIRT, stand=0.024, fall=0.036, spread=0.022),
        swept(shirt, HEM, where=at_hem), swept(shirt, HEM, where=at_v(OPEN_SHIRT), soft_m=0.006),
        swept(shirt, CUFF, where=at_wrist), band(shirt, -0.016, 0.016, high, low + 0.002),
    ]  # fmt: skip
    return [shirt, *trims, legs, *_feet(t, LEATHER)], _bare(t, OPEN_SHIRT, 1.72)


def _knit(t: Tailor) -> tuple[list[Mesh], F64]:
    knit = garment(
        t,
        hem_y=-0.15,
        sleeve_to=1.93,
        neck=CREW,
        clear=0.012,
        sleeve=(0.068, 0.066, 0.062, 0.058, 0.050),
        taper=0.22,
        folds=0.0065,
        smooth=14,
        hem=0.7,
        seed=1,
    )
    plan = planned(knit)
    rib = np.maximum((plan.plain[:, 1] < 0.28) * (plan.is_arm < 0.3), (plan.arm > 1.80) * (plan.is_arm > 0.5))
    knit = replace(knit, colors=knit.colors * (1 - 0.14 * smoothed(rib * 1.0, knit.faces, times=1))[:, None])
    legs = trousers(t, ankle=1.96, radii=_SLIM, folds=0.0055)
    knit, legs = over(t, knit, legs)
    trims = [neckband(knit, 1.25), swept(knit, HEM, where=at_hem), swept(knit, HEM, where=at_wrist)]
    return [knit, *trims, legs, *_feet(t, SNEAKER)], _bare(t, CREW, 1.78)


def _denim(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = garment(
        t,
        hem_y=0.25,
        sleeve_to=1.90,
        neck=TRUCKER,
        clear=0.016,
        sleeve=(0.070, 0.068, 0.063, 0.058, 0.052),
        taper=0.28,
        folds=0.006,
        hem=0.5,
        seed=2,
        shoulder=0.010,
    )
    jacket = replace(jacket, colors=jacket.colors * 0.86)
    tee = garment(
        t,
        hem_y=-0.1,
        sleeve_to=0.5,
        neck=TEE,
        clear=0.008,
        sleeve=(0.06, 0.06, 0.06, 0.05, 0.05),
        taper=0.3,
        folds=0.003,
    )
    legs = trousers(t, ankle=1.96, radii=(0.096, 0.088, 0.080, 0.076, 0.074), folds=0.006)
    tee, legs = over(t, tee, legs)
    jacket, legs = over(t, apart(jacket, tee, 0.006), legs, 0.010)
    sewn = [neckband(tee), swept(tee, HEM, where=at_hem)]
    tee = uncovered(tee, jacket, margin_m=0.025)
    high, low = front_y(jacket)
    trims = [
        collar(jacket, t, TRUCKER, stand=0.022, fall=0.042, spread=0.026, tone=0.96),
        swept(jacket, HEM, where=at_v(TRUCKER), soft_m=0.006),
        swept(jacket, tuple((a * 2.4, b * 1.3) for a, b in HEM), where=at_hem, tone=0.96),
        swept(jacket, CUFF, where=at_wrist, tone=0.96), band(jacket, -0.022, 0.022, high, low + 0.003),
    ]  # fmt: skip
    return [jacket, *trims, tee, *sewn, legs, *_feet(t, SNEAKER)], _bare(t, TEE, 1.76)


def _suit(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = garment(
        t,
        hem_y=-0.40,
        sleeve_to=1.88,
        neck=JACKET,
        clear=0.016,
        sleeve=(0.070, 0.067, 0.062, 0.057, 0.053),
        taper=0.16,
        folds=0.0026,
        smooth=16,
        hem=0.35,
        seed=3,
        region=Region.BOTTOM,
        shoulder=0.010,
    )
    shirt = garment(
        t,
        hem_y=1.0,
        sleeve_to=1.97,
        neck=SHIRT,
        clear=0.005,
        sleeve=(0.056, 0.054, 0.050, 0.046, 0.042),
        taper=0.4,
        folds=0.0015,
    )
    legs = trousers(t, ankle=1.98, radii=(0.098, 0.093, 0.087, 0.084, 0.082), folds=0.003, crease=0.006)
    jacket, legs = over(t, apart(jacket, shirt, 0.006), legs, 0.008)
    sewn = [
        collar(shirt, t, SHIRT, stand=0.030, fall=0.040, spread=0.016, gap=0.03),
        swept(shirt, HEM, where=at_wrist),
        tie(shirt),
    ]
    shirt = uncovered(shirt, jacket, margin_m=0.028)
    _, low = front_y(jacket)
    turn = float(edge_of(jacket, JACKET, 1.0, 8)[-1, 1])
    trims = [
        collar(jacket, t, JACKET, stand=0.012, fall=0.040, spread=0.022, tone=0.97),
        *lapels(jacket, JACKET, wide=0.088),
        band(jacket, -0.022, 0.010, turn + 0.004, low + 0.003, lift=0.003),
        swept(jacket, HEM, where=at_hem), swept(jacket, HEM, where=at_wrist),
        swept(jacket, HEM, where=at_v(JACKET), soft_m=0.006),
    ]  # fmt: skip
    return [jacket, *trims, shirt, *sewn, legs, *_feet(t, LEATHER)], _bare(t, SHIRT, 1.84)


def _dress(t: Tailor) -> tuple[list[Mesh], F64]:
    top = garment(
        t,
        hem_y=1.55,
        sleeve_to=0.62,
        neck=SCOOP,
        clear=0.008,
        sleeve=(0.060, 0.062, 0.066, 0.05, 0.05),
        taper=0.9,
        folds=0.003,
        hem=0.4,
        seed=4,
    )
    plan = t.skirt_plan
    skirt = piece(t.skirt, plan.plain[:, 1] + 4.55, 1.75 - plan.plain[:, 1], region=Region.TOP)
    skirt = softened(evened(skirt), 3)
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
    skirt = evened(apart(skirt, top, 0.004))
    waist = ((-0.024, 0.001), (-0.022, 0.004), (0.002, 0.004), (0.004, 0.002), (0.0, -0.006))
    trims = [
        swept(top, tuple((a * 0.7, b) for a, b in HEM), where=at_neck, soft_m=0.03),
        swept(top, HEM, where=at_wrist),
        swept(skirt, waist, where=at_waist, tone=0.85, soft_m=0.03), swept(skirt, HEM, where=at_knee, soft_m=0.012),
    ]  # fmt: skip
    top = uncovered(top, skirt, margin_m=0.02)
    own = planned(t.body)
    shod = np.minimum(
        inside(t.skeleton, t.body, t.body.points, FLAT) + 0.006, vamp(t.skeleton, t.body, t.body.points, 0.63)
    )
    legs = np.where(own.is_arm < 0.3, np.minimum(own.leg - 0.75, shod * 10), -1.0)
    bare = np.maximum(_bare(t, SCOOP, 0.45), legs)
    return [top, *trims, skirt, *_feet(t, FLAT, sock=None)], bare


def _active(t: Tailor) -> tuple[list[Mesh], F64]:
    tee = garment(
        t,
        hem_y=-0.2,
        sleeve_to=0.70,
        neck=TEE,
        clear=0.007,
        sleeve=(0.068, 0.070, 0.072, 0.05, 0.05),
        taper=0.14,
        folds=0.0045,
        seed=5,
    )
    legs = trousers(t, ankle=1.86, radii=(0.092, 0.082, 0.070, 0.060, 0.052), folds=0.006)
    tee, legs = over(t, tee, legs)
    trims = [neckband(tee, 1.0, 0.9), swept(tee, HEM, where=at_hem), swept(tee, HEM, where=at_wrist)]
    return [tee, *trims, legs, *_feet(t, SNEAKER, sock=1.80, tone=0.9)], _bare(t, TEE, 0.52)


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
            m,
            morphs={n: d for n, d in m.morphs.items() if n in ("wide", "strong", "old", KEPT)},
            normals=np.zeros((0, 3)),
        )
        for m in cloth
    ]
    skin = replace(skin, morphs={n: d for n, d in skin.morphs.items() if n in ("wide", "strong", "old")})
    return joined([skin, *(with_normals(p) for p in parts)])
