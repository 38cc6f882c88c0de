"""
Hair as shaped volumes: locks that grow from the scalp, fall by their own weight and lie on what is below.

Each lock is a tapered half-tube along a guide; a thin cap under them hides the scalp. Strands are suggested by the
locks' edges and by streaks of shade along them.

What it is not: simulated; a lock moves with the bones that are near it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from showroom_demo.avatars.mesh import Mesh, Region, cut, fan, joined, smoothed, vertex_normals, with_normals
from showroom_demo.avatars.skeleton import BONES, Skeleton, bone
from showroom_demo.avatars.source import MakeHuman
from showroom_demo.kit.shape import F64, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """
    ``length`` of locks in metres (crown, nape) · ``part`` x of the parting in the neutral mesh, or None for none ·
    ``lift`` how far hair stands off the skull · ``width`` of a lock · ``curl`` radius and turns a metre · ``back`` hair
    is combed back rather than down · ``count`` of locks.
    """

    length: tuple[float, float]
    part: float | None = None
    lift: float = 0.012
    width: float = 0.022
    curl: tuple[float, float] = (0.0, 0.0)
    back: float = 0.0
    count: int = 90
    inward: float = 0.0
    cap: float = 0.008
    round: float = 0.30


HAIRS: dict[str, Style] = {
    "bob": Style(length=(0.26, 0.13), part=0.30, lift=0.016, width=0.044, inward=0.6, count=120),
    "curls": Style(length=(0.075, 0.055), lift=0.030, width=0.020, curl=(0.010, 26.0), count=230, cap=0.016, round=0.6),
    "long": Style(length=(0.50, 0.40), part=0.0, lift=0.015, width=0.046, count=120, curl=(0.006, 4.0)),
    "crop": Style(
        length=(0.050, 0.018), part=0.38, lift=0.012, width=0.020, back=0.55, count=190, cap=0.007, round=0.45
    ),
    "bun": Style(length=(0.22, 0.12), lift=0.008, width=0.036, back=1.0, count=110, cap=0.007),
}


def _hairline(plain: F64) -> F64:
    """Positive on the scalp of the neutral mesh: over forehead and temples, round the ear, to the nape."""
    x, y, z = np.abs(plain[:, 0]), plain[:, 1], plain[:, 2]
    limit = np.interp(
        z, [-0.6, -0.2, 0.10, 0.40, 0.62, 0.90, 1.15, 1.4], [6.35, 6.50, 7.02, 7.42, 7.30, 7.62, 7.98, 8.05]
    )
    limit = limit + np.where(z > 0.8, 0.10 * np.clip(x / 0.5, 0, 1) ** 2, 0)
    return np.asarray(y - limit)


def hair(name: str, data: MakeHuman, body: Mesh, face: Mesh, skeleton: Skeleton) -> Mesh:
    style = HAIRS[name]
    chance = np.random.default_rng(sum(map(ord, name)))
    plain = body.morphs["plain"]
    scalp = cut(replace(body, morphs=body.morphs | {"line": np.repeat(_hairline(plain)[:, None], 3, 1)}),
                np.where(plain[:, 1] > 6.0, _hairline(plain), -1.0))  # fmt: skip
    scalp = _without_ears(scalp)
    cap = _cap(scalp, style)
    above = body.points[:, 1] > skeleton.head("upperChest")[1] - 0.35
    where, normals = body.points[above], body.normals[above]
    tree = cKDTree(where)
    guides, radii = _guides(style, scalp, tree, where, normals, skeleton, chance)
    locks = [_locks(guides, radii, style, body, skeleton, chance)]
    if name == "bun":
        locks.append(_bun(skeleton, scalp, chance))
    mesh = joined([with_normals(cap), *locks])
    return replace(mesh, morphs={})


def _without_ears(scalp: Mesh) -> Mesh:
    """The helix of an ear may reach above the line; an ear stands out from the skull."""
    p = scalp.morphs["plain"]
    out = np.abs(p[:, 0]) - np.interp(p[:, 1], [6.3, 7.0, 7.6, 8.2], [0.64, 0.76, 0.80, 0.82])
    return cut(scalp, np.where((p[:, 1] < 7.65) & (np.abs(p[:, 2] - 0.2) < 0.5), -out + 0.02, 1.0))


def _cap(scalp: Mesh, style: Style) -> Mesh:
    """A shell over the scalp, thin at its edge."""
    inside = np.clip(scalp.morphs["line"][:, 0] / 0.30, 0, 1)
    inside = smoothed(inside, scalp.faces, times=2)
    lift = 0.0028 + style.cap * inside
    colors = np.full_like(scalp.colors, 0.62)
    points = scalp.points + scalp.normals * lift[:, None]
    return replace(
        scalp,
        points=points,
        colors=colors,
        region=np.full(len(points), int(Region.HAIR)),
        morphs={},
        normals=np.zeros((0, 3)),
    )


def _guides(
    style: Style, scalp: Mesh, tree: cKDTree, where: F64, normals: F64, skeleton: Skeleton, chance: np.random.Generator
) -> tuple[F64, F64]:
    """Middle lines ``(n, k, 3)`` and half-widths ``(n, k)`` of locks, spread evenly over the scalp."""
    p = scalp.points[scalp.faces]
    area = np.linalg.norm(np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]), axis=1)
    pick = chance.choice(len(scalp.faces), size=style.count * 12, p=area / area.sum())
    uv = np.sort(chance.random((len(pick), 2)), axis=1)
    bary = np.stack([uv[:, 0], uv[:, 1] - uv[:, 0], 1 - uv[:, 1]], axis=1)
    corner = scalp.faces[pick]

    def at(values: F64) -> F64:
        return np.asarray(np.einsum("nk,nk...->n...", bary, values[corner]))

    spots = at(scalp.points)
    chosen = [0]
    far = np.linalg.norm(spots - spots[0], axis=1)
    while len(chosen) < style.count:  # farthest next
        chosen.append(int(far.argmax()))
        far = np.minimum(far, np.linalg.norm(spots - spots[chosen[-1]], axis=1))
    roots, out, plain = spots[chosen], unit(at(scalp.normals)[chosen]), at(scalp.morphs["plain"])[chosen]
    high = np.clip((plain[:, 1] - 6.6) / 1.7, 0, 1)
    length = style.length[1] + (style.length[0] - style.length[1]) * high
    length = length * (0.92 + 0.16 * chance.random(len(length)))
    line = at(scalp.morphs["line"])[chosen, 0] if "line" in scalp.morphs else np.ones(len(chosen))
    length = length * np.clip(0.55 + line / 0.5, 0.55, 1.0) if style.back else length
    head = skeleton.head("head") + [0.0, 0.09, 0.02]
    eyes = skeleton.head("leftEye")
    steps = 12
    size = length / steps
    side = np.sign(plain[:, 0] - (style.part or 0.0) + 1e-6)
    flow = np.stack([side * 0.8, np.full(len(side), -0.25), np.where(plain[:, 2] > 0.8, -0.42, -0.35)], axis=1)
    if style.part is None:
        flow = unit(roots - head - [0, 0.03, 0])
    if style.back:
        flow = flow * (1 - style.back) + np.array([0.0, 0.10, -1.0]) * style.back
        if style.back < 1:  # swept up at the front
            flow[:, 1] += 0.5 * (plain[:, 2] > 0.6)
    target = skeleton.head("head") + [0.0, 0.115, -0.105]
    points = [roots - out * 0.004]
    way = unit(flow - out * (flow * out).sum(axis=1, keepdims=True) * 0.6 + out * 0.35)
    for step in range(steps):
        t = (step + 1) / steps
        now = points[-1] + way * size[:, None]
        pull = np.array([0.0, -1.0, 0.0]) * (0.75 if style.part is not None and not style.back else 0.0)
        if style.back >= 1:
            way = unit(way * 0.5 + unit(target - now) * 0.75)
        way = unit(way + pull)
        want = (
            style.lift * np.sin(np.pi * np.clip(t * 0.55 + 0.12, 0, 1)) * (1 + 0.25 * np.sin(np.arange(len(now)) * 2.4))
        )
        if style.curl[1] > 12:
            want = np.full(len(now), 0.0) + style.lift * t
        distance, index = tree.query(now)
        depth = ((now - where[index]) * normals[index]).sum(axis=1)
        push = np.where(distance < 0.08, np.maximum(want - depth, 0), 0)
        now = now + normals[index] * push[:, None]
        if style.inward:
            now[:, [0, 2]] -= (now - head)[:, [0, 2]] * style.inward * 0.03 * t**3
        if style.length[0] > 0.1:  # out of the face
            face = (now[:, 1] < eyes[1] + 0.075) & (now[:, 2] > eyes[2] - 0.055)
            aside = np.where(now[:, 0] >= 0, 1.0, -1.0)
            now[:, 0] = np.where(face, aside * np.maximum(np.abs(now[:, 0]), 0.071), now[:, 0])
        # straight on: not deeper than the skin turned it
        way = unit(0.55 * way + 0.45 * unit(now - points[-1]))
        points.append(now)
    guides = np.stack(points, axis=1)
    if style.curl[0]:
        along = np.concatenate([[0], np.cumsum(np.full(steps, 1.0))]) / steps * length[:, None]
        phase = chance.random(len(roots))[:, None] * 2 * np.pi
        turn = along * style.curl[1] * 2 * np.pi + phase
        grow = np.clip(np.linspace(0, 1, steps + 1) * 2.5, 0, 1)
        guides = guides + style.curl[0] * grow[None, :, None] * np.stack(
            [np.cos(turn), 0.3 * np.sin(turn), np.sin(turn)], axis=2
        )
    taper = np.interp(np.linspace(0, 1, steps + 1), [0, 0.15, 0.6, 0.9, 1.0], [0.25, 1.0, 1.0, 0.95, 0.5])
    if style.curl[1] > 12:
        taper = np.interp(np.linspace(0, 1, steps + 1), [0, 0.3, 0.8, 1.0], [0.4, 1.0, 0.8, 0.15])
    width = style.width * (0.8 + 0.4 * chance.random(len(roots)))
    return guides, width[:, None] * taper / 2


def _locks(guides: F64, radii: F64, style: Style, body: Mesh, skeleton: Skeleton, chance: np.random.Generator) -> Mesh:
    """Half-tubes along the guides, their round side out."""
    n, k, _ = guides.shape
    way = unit(np.gradient(guides, axis=1))
    head = skeleton.head("head") + np.array([0.0, 0.08, 0.01])
    middle = np.broadcast_to(head, guides.shape).copy()
    middle[..., 1] = np.minimum(guides[..., 1], head[1] + 0.02)
    outward = guides - middle
    outward = unit(outward - way * (outward * way).sum(axis=2, keepdims=True))
    aside = np.cross(way, outward)
    angles = np.radians([-95, -50, 0, 50, 95])
    ring = aside[:, :, None] * np.sin(angles)[:, None] + outward[:, :, None] * (np.cos(angles) * style.round)[:, None]
    points = guides[:, :, None] + ring * radii[:, :, None, None]
    m = len(angles)
    first = np.arange(n)[:, None, None] * (k * m) + np.arange(k - 1)[None, :, None] * m
    start, beside = first + np.arange(m), first + (np.arange(m) + 1) % m
    quads = np.stack([start, beside, beside + m, start + m], axis=-1).reshape(-1, 4)
    flat = points.reshape(-1, 3)
    faces = fan(quads)
    normals = vertex_normals(flat, faces)
    if ((normals * np.repeat(outward.reshape(-1, 3), m, axis=0)).sum(axis=1)).mean() < 0:
        faces, normals = faces[:, ::-1], -normals
    normals = unit(normals * 0.55 + np.repeat(outward.reshape(-1, 3), m, axis=0) * 0.45)  # one volume, not ropes
    t = np.linspace(0, 1, k)
    along = np.interp(t, [0, 0.3, 1], [0.78, 0.92, 1.0])
    across = np.array([0.80, 0.97, 0.93, 1.0, 0.82])
    tone = np.einsum("n,k,m->nkm", 0.86 + 0.14 * chance.random(n), along, across)
    colors = np.repeat(tone.reshape(-1, 1), 3, axis=1)
    weights = _weights(flat, body, skeleton)
    return Mesh(flat, faces, weights, np.full(len(flat), int(Region.HAIR)), np.clip(colors, 0, 1), {}, normals)


def _weights(points: F64, body: Mesh, skeleton: Skeleton) -> F64:
    """The head's; what hangs below the jaw goes with neck and chest."""
    out = np.zeros((len(points), len(BONES)))
    neck, chest = skeleton.head("neck")[1], skeleton.head("upperChest")[1]
    head = skeleton.head("head")[1]
    of_head = np.clip((points[:, 1] - neck) / (head + 0.01 - neck), 0, 1)
    of_chest = np.clip((neck - 0.01 - points[:, 1]) / (neck - chest) * 0.8, 0, 1) * (1 - of_head)
    out[:, bone("head")] = of_head
    out[:, bone("upperChest")] = of_chest
    out[:, bone("neck")] = 1 - of_head - of_chest
    return out


def _bun(skeleton: Skeleton, scalp: Mesh, chance: np.random.Generator) -> Mesh:
    """A coil at the back of the head: a few locks wound into a ball."""
    back = scalp.points[scalp.points[:, 2].argmin()]
    centre = np.array([0.0, skeleton.head("head")[1] + 0.125, back[2] - 0.012])
    parts = []
    for turn_at in range(5):
        tilt = 0.35 + turn_at * 0.5
        theta = np.linspace(0, 2 * np.pi, 25)
        big = 0.030 - 0.003 * (turn_at % 2)
        axis = unit(np.array([np.sin(tilt * 2.1) * 0.55, np.cos(tilt * 2.7) * 0.55, -1.0]))
        u = unit(np.cross(axis, [0.0, 1.0, 0.1]))
        v = np.cross(axis, u)
        line = (
            centre
            + axis * (0.010 * (turn_at - 1))
            + (np.cos(theta)[:, None] * u + np.sin(theta)[:, None] * v) * big * (1 - 0.13 * turn_at)
        )
        small = 0.016
        phi = np.linspace(0, 2 * np.pi, 9)[:-1]
        way = unit(line - centre - axis * (0.010 * (turn_at - 1)))
        points = line[:, None] + small * (np.cos(phi)[None, :, None] * way[:, None] + np.sin(phi)[None, :, None] * axis)
        k, m = points.shape[:2]
        a = np.arange(k - 1)[:, None] * m + np.arange(m)
        b = np.arange(k - 1)[:, None] * m + (np.arange(m) + 1) % m
        quads = np.stack([a, a + m, b + m, b], axis=-1).reshape(-1, 4)
        flat = points.reshape(-1, 3)
        faces = fan(quads)
        normals = vertex_normals(flat, faces)
        if (normals * (flat - np.repeat(line, m, axis=0))).sum() < 0:
            faces, normals = faces[:, ::-1], -normals
        tone = 0.78 + 0.2 * np.sin(np.tile(phi * 2, k) + np.repeat(theta * 1.0, m)) ** 2
        weights = np.tile(np.eye(len(BONES))[bone("head")], (len(flat), 1))
        parts.append(
            Mesh(
                flat, faces, weights, np.full(len(flat), int(Region.HAIR)), np.repeat(tone[:, None], 3, 1), {}, normals
            )
        )
    return joined(parts)
