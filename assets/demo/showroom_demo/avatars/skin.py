"""
The bare figure: skin with its warm and cool places, lips, nails, eyes with an iris, brows and lashes.

Everything hangs on the base mesh's own vertices, so a place named once in the neutral mesh is that place on every body.

What it is not: how skin is lit; that is the client's material.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import Delaunay

from showroom_demo.avatars.human import Human
from showroom_demo.avatars.mesh import Mesh, Region, fan, joined, rows, smoothed, taken, vertex_normals, with_normals
from showroom_demo.avatars.skeleton import BONES, Skeleton, bone
from showroom_demo.avatars.source import BODY_VERTICES, MakeHuman
from showroom_demo.kit.shape import F64, I64, unit

_BLUSH = (  # places in the neutral base mesh (decimetres, both sides), their radius, and what is left of r, g, b
    ((0.46, 6.88, 1.22), 0.26, (1.0, 0.86, 0.84)),  # cheeks
    ((0.0, 6.93, 1.72), 0.17, (1.0, 0.87, 0.85)),  # tip of the nose
    ((0.75, 7.15, 0.25), 0.22, (1.0, 0.86, 0.84)),  # ears
    ((0.31, 7.36, 1.34), 0.13, (0.93, 0.85, 0.85)),  # lids
    ((0.30, 7.14, 1.33), 0.11, (0.94, 0.88, 0.89)),  # under the eyes
)


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """``mesh`` all skin, vertex k of it base vertex ``base[k]`` · ``head`` eyes, brows and lashes."""

    mesh: Mesh
    base: I64
    face: Mesh


def skin(data: MakeHuman, human: Human, skeleton: Skeleton, weights: F64) -> Skin:
    quads, _ = data.quads("body")
    inside = data.mask("inside-mouth") > 0.5
    faces = fan(quads)
    count = BODY_VERTICES
    points = human.points[:count]
    plain = data.points[:count]
    colors = np.full((count, 3), 0.96)
    mirrored = plain.copy()
    mirrored[:, 0] = np.abs(mirrored[:, 0])
    for centre, radius, left in _BLUSH:
        near = np.exp(-(((mirrored - centre) ** 2).sum(axis=1)) / radius**2)[:, None]
        colors *= 1 - near * (1 - np.array(left))
    hands = weights[:count][:, [k for k, n in enumerate(BONES) if any(f in n for f in ("Distal", "Intermediate"))]].sum(
        1
    )
    colors *= 1 - hands[:, None] * [0.0, 0.07, 0.07]
    nails = data.mask("fingernails")[:, None]
    colors *= 1 - nails * [0.0, 0.10, 0.08]
    lips = smoothed(data.mask("lips"), faces, times=1)
    tone = np.array([0.80, 0.52, 0.52] if not human.person.is_male else [0.86, 0.66, 0.64])
    colors *= 1 - np.clip(lips, 0, 1)[:, None] * (1 - tone)
    hidden = inside & (lips < 0.5)
    colors[hidden] *= [0.30, 0.16, 0.15]
    region = np.where((lips > 0.5) | hidden, int(Region.MOUTH), int(Region.SKIN))
    morphs = {name: delta[:count] for name, delta in human.morphs.items()}
    whole = Mesh(points, faces, weights[:count], region, colors, morphs, vertex_normals(points, faces))
    used = np.unique(faces)
    place = np.full(count, -1)
    place[used] = np.arange(len(used))
    face = joined([*(_eye(data, human, skeleton, side) for side in ("left", "right")), *_brows(data, human, whole),
                   *_lashes(data, human, weights)])  # fmt: skip
    return Skin(rows(whole, used, place[faces]), used, face)


def _ball(data: MakeHuman, human: Human, letter: str) -> tuple[F64, float]:
    points = human.points[np.unique(data.quads(f"helper-{letter}-eye")[0])]
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float((high - low)[:2].mean()) / 2


def _eye(data: MakeHuman, human: Human, skeleton: Skeleton, side: str) -> Mesh:
    centre, radius = _ball(data, human, side[0])
    angles = np.radians([0, 6, 11, 12, 18, 24, 27, 28.5, 34, 46, 62, 80, 100])
    around = 20
    theta = np.arange(around) / around * 2 * np.pi
    ring = np.stack(
        [np.sin(angles)[:, None] * np.cos(theta), np.sin(angles)[:, None] * np.sin(theta),
         np.repeat(np.cos(angles)[:, None], around, 1)], axis=2)  # fmt: skip
    bulge = np.where(angles < np.radians(30), 1.0 + 0.045 * (1 - (angles / np.radians(30)) ** 2), 1.0)
    points = centre + (ring * (radius * bulge)[:, None, None]).reshape(-1, 3)
    at = np.arange(len(angles) - 1)[:, None] * around + np.arange(around)
    beside = np.arange(len(angles) - 1)[:, None] * around + (np.arange(around) + 1) % around
    quads = np.stack([at, at + around, beside + around, beside], axis=2).reshape(-1, 4)
    degrees = np.degrees(angles)
    iris = np.array(human.person.iris)
    shade = np.interp(degrees, [0, 11, 11.5, 12, 18, 24, 28, 29, 34, 100], [0, 0, 0, 1.25, 1.5, 1.0, 0.22, 0.8, 1, 1])
    colors = np.where(degrees[:, None] < 28.2, iris * shade[:, None] + 0.004, shade[:, None] * [1.0, 0.97, 0.95])
    full = np.repeat(colors, around, axis=0)
    lid = np.clip((ring.reshape(-1, 3)[:, 1] - 0.10) / 0.35, 0, 1)
    full = full * (1 - 0.5 * lid[:, None])
    region = np.repeat(np.where(degrees < 28.2, int(Region.IRIS), int(Region.EYE_WHITE)), around)
    weights = np.tile(np.eye(len(BONES))[bone(side + "Eye")], (len(points), 1))
    return with_normals(
        Mesh(points, fan(quads), weights, region, np.clip(full, 0, 1), _carried(human, centre, len(points), data, side))
    )


def _carried(human: Human, centre: F64, count: int, data: MakeHuman, side: str) -> dict[str, F64]:
    """Eyes go along with what a morph does to their helper, as a whole."""
    ball = np.unique(data.quads(f"helper-{side[0]}-eye")[0])
    return {
        name: np.tile(d[ball].mean(axis=0), (count, 1))
        for name, d in human.morphs.items()
        if name in ("wide", "strong", "old")
    }


_BROW = np.array([[0.10, 7.535], [0.17, 7.565], [0.26, 7.590], [0.36, 7.602], [0.46, 7.580], [0.54, 7.515]])
_BROW_HALF = np.array([0.020, 0.029, 0.028, 0.024, 0.018, 0.006])


def _brows(data: MakeHuman, human: Human, body: Mesh) -> list[Mesh]:
    """Strips of short hair that follow the ridge: laid out on the neutral face, carried to this one."""
    plain = data.points[:BODY_VERTICES]
    front = np.flatnonzero(
        (plain[:, 2] > 0.75)
        & (np.abs(plain[:, 1] - 7.55) < 0.45)
        & (np.abs(plain[:, 0]) < 0.85)
        & (body.normals[:, 2] > 0.2)
    )
    mesh = Delaunay(plain[front, :2])
    out = []
    fine = np.linspace(0, 1, 15)
    along = np.linspace(0, 1, len(_BROW))
    middle = np.stack([np.interp(fine, along, _BROW[:, k]) for k in (0, 1)], axis=1)
    half = np.interp(fine, along, _BROW_HALF) * (1.25 if human.person.is_male else 0.9)
    for sign in (1.0, -1.0):
        across = np.array([-1.0, -0.5, 0.1, 0.7, 1.0])
        at = np.stack([np.repeat(middle[:, :1] * sign, 5, 1), middle[:, 1:] + half[:, None] * across], axis=2).reshape(
            -1, 2
        )
        simplex = mesh.find_simplex(at)
        corner = mesh.transform[simplex]
        b = np.einsum("nij,nj->ni", corner[:, :2], at - corner[:, 2])
        bary = np.concatenate([b, 1 - b.sum(axis=1, keepdims=True)], axis=1)
        index = front[mesh.simplices[simplex]]

        def mix(values: F64, index: I64 = index, bary: F64 = bary) -> F64:
            return np.asarray(np.einsum("nk,nk...->n...", bary, values[index]))

        normals = unit(mix(body.normals))
        lift = np.tile([-0.0006, 0.0012, 0.0020, 0.0012, -0.0006], len(fine)) * np.repeat(
            np.interp(fine, [0, 0.1, 0.9, 1], [0.6, 1, 1, 0.4]), 5
        )
        points = mix(body.points) + normals * lift[:, None]
        base = np.arange(len(fine) - 1)[:, None] * 5 + np.arange(4)
        quads = np.stack([base, base + 5, base + 6, base + 1], axis=2).reshape(-1, 4)
        faces = fan(quads if sign > 0 else quads[:, ::-1])
        tone = 0.85 + 0.15 * np.sin(np.arange(len(points)) * 2.4)[:, None] * np.ones(3)
        out.append(
            Mesh(points, faces, mix(body.weights), np.full(len(points), int(Region.BROWS)), tone,
                 {n: mix(d) for n, d in body.morphs.items()}, normals))  # fmt: skip
    return out


def _lashes(data: MakeHuman, human: Human, weights: F64) -> list[Mesh]:
    out = []
    for letter in "lr":
        quads, _ = data.quads(f"helper-{letter}-eyelashes-2")
        faces = fan(quads)
        count = len(human.points)
        mesh = Mesh(
            human.points, np.concatenate([faces, faces[:, ::-1]]), weights, np.full(count, int(Region.BROWS)),
            np.full((count, 3), 0.25), dict(human.morphs), np.tile([0.0, 0.3, 0.95], (count, 1)),
        )  # fmt: skip
        out.append(taken(mesh, np.ones(len(mesh.faces), bool)))
    return [replace(m, normals=unit(m.normals)) for m in out]
