"""
Hair as shaped volumes: one calm shell that fits the head, and from its lower edge a curtain that falls along it.

The shell is laid out on rays about a pole (the crown, or where the bun sits), so that a column runs as the hair is
combed; grooves between columns and their shade suggest strands. It thins to nothing at the hairline.

What it is not: simulated; below the jaw it goes calmly with neck and chest.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d
from scipy.spatial import cKDTree

from showroom_demo.avatars.mesh import Mesh, Region, fan, joined, vertex_normals
from showroom_demo.avatars.skeleton import BONES, Skeleton, bone
from showroom_demo.avatars.source import MakeHuman
from showroom_demo.kit.shape import F64, I64, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """
    ``thick`` of the shell, metres · ``pole`` degrees the pole leans back · ``groove`` depth, and how many round the
    head · ``bump`` height of curls · ``part`` x of the parting in metres · ``fall`` metres the curtain ends below the
    chin's bone (the head's), None for no curtain · ``turn`` metres its ends turn in.
    """

    thick: float
    pole: float
    groove: tuple[float, int] = (0.0012, 34)
    bump: float = 0.0
    part: float | None = None
    fall: float | None = None
    turn: float = 0.0


HAIRS: dict[str, Style] = {
    "bob": Style(thick=0.015, pole=22, part=0.022, fall=0.035, turn=0.016),
    "curls": Style(thick=0.021, pole=18, groove=(0.0, 1), bump=0.014),
    "long": Style(thick=0.014, pole=18, part=0.0, fall=0.25, turn=0.004),
    "crop": Style(thick=0.012, pole=32, groove=(0.0013, 40)),
    "bun": Style(thick=0.008, pole=68, groove=(0.0011, 40)),
}

_AROUND = 96
_DOWN = 17
_CURTAIN = 14


def hair(name: str, data: MakeHuman, body: Mesh, face: Mesh, skeleton: Skeleton) -> Mesh:
    style = HAIRS[name]
    chance = np.random.default_rng(sum(map(ord, name)))
    head = _Head(body, skeleton)
    shell, line, outer, covered = _shell(style, head, chance)
    parts = [shell]
    if style.fall is not None:
        parts.append(_curtain(style, head, line, outer, covered, chance))
    if name == "bun":
        parts.append(_bun(head, style))
    meshes = [_mesh(*part, body, skeleton) for part in parts]
    return joined(meshes)


class _Head:
    """Rays at the body: how far its surface is from inside, or from outside."""

    def __init__(self, body: Mesh, skeleton: Skeleton) -> None:
        from trimesh import Trimesh
        from trimesh.ray.ray_pyembree import RayMeshIntersector

        self.body = body
        self.caster = RayMeshIntersector(Trimesh(body.points, body.faces, process=False), scale_to_box=False)
        self.base = skeleton.head("head")
        crown = body.points[:, 1].max()
        self.centre = np.array([0.0, crown - 0.105, self.base[2] + 0.012])
        top = body.points[body.points[:, 1] > crown - 0.10]
        self.centre[2] = (top[:, 2].min() + top[:, 2].max()) / 2
        self.tree = cKDTree(body.points)

    def distance(self, starts: F64, ways: F64) -> F64:
        found = self.caster._scene.run(starts.astype(np.float32), ways.astype(np.float32), query="DISTANCE")
        return np.asarray(found, np.float64)

    def plain(self, points: F64) -> F64:
        """Where points near the skin are in the neutral mesh, decimetres."""
        far, index = self.tree.query(points, k=4)
        weight = 1 / (far + 1e-5)
        weight /= weight.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkd->nd", weight, self.body.morphs["plain"][index]))


def _over_line(plain: F64) -> F64:
    """Positive on the scalp of the neutral mesh: over forehead and temples, round the ear, to the nape."""
    x, y, z = np.abs(plain[:, 0]), plain[:, 1], plain[:, 2]
    limit = np.interp(
        z, [-0.6, -0.3, -0.1, 0.05, 0.40, 0.55, 0.75, 0.95, 1.15, 1.4],
        [6.50, 6.58, 6.90, 7.20, 7.30, 7.14, 7.42, 7.70, 7.90, 7.95],
    )  # fmt: skip
    return np.asarray(y - limit - np.where(z > 0.9, -0.07 * np.clip(x / 0.5, 0, 1) ** 2, 0))


def _ways(theta: F64, phi: F64, lean: float) -> F64:
    """Directions at azimuth ``theta`` (0 is the front, towards +X) and angle ``phi`` from a pole that leans back."""
    out = np.stack([np.sin(phi) * np.sin(theta), np.cos(phi), np.sin(phi) * np.cos(theta)], axis=-1)
    c, s = np.cos(np.radians(lean)), np.sin(np.radians(lean))
    return np.stack([out[..., 0], out[..., 1] * c + out[..., 2] * s, -out[..., 1] * s + out[..., 2] * c], axis=-1)


def _round(values: F64, sigma: float) -> F64:
    return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="wrap"))


def _grooves(style: Style, theta: F64, chance: np.random.Generator) -> F64:
    """-1 in a groove to 1 on a lock, uneven as hair is."""
    wave = theta * style.groove[1] / 2 + 1.3 * np.sin(theta * 3 + chance.random() * 6) + np.sin(theta * 7 + 1)
    fine = np.sin(theta * 29 + chance.random() * 6)
    return np.asarray(0.65 * (2 * np.sqrt(np.abs(np.sin(wave))) - 1) + 0.35 * fine)


def _shell(style: Style, head: _Head, chance: np.random.Generator) -> tuple[tuple[F64, I64, F64, F64], F64, F64, F64]:
    """The shell ``(points, quads, tones, outward)``, its lower edge on the skin and outside, how much curtain hangs."""
    theta = np.arange(_AROUND) / _AROUND * 2 * np.pi
    steps = np.radians(np.arange(6.0, 172.0, 2.0))
    rays = _ways(np.repeat(theta[:, None], len(steps), 1), np.repeat(steps[None], _AROUND, 0), style.pole)
    flat = rays.reshape(-1, 3)
    reach = head.distance(np.tile(head.centre, (len(flat), 1)), flat)
    where = head.plain(head.centre + flat * reach[:, None])
    value = _over_line(where)
    if style.fall is not None:  # the curtain starts where the head is widest
        value = np.where(where[:, 2] < 0.6, np.minimum(value, where[:, 1] - 7.5), value)
    value = value.reshape(_AROUND, -1)
    first = np.where((value < 0).any(axis=1), (value < 0).argmax(axis=1), len(steps) - 1)
    edge = steps[first] - np.radians(1.0)
    edge = _round(edge, 1.6)
    t = np.concatenate([np.linspace(0.0, 0.80, _DOWN - 5), [0.87, 0.93, 0.975, 1.0, 1.004]])
    phi = np.maximum(edge[:, None] * t, 0.004)
    ways = _ways(np.repeat(theta[:, None], len(t), 1), phi, style.pole)
    flat = ways.reshape(-1, 3)
    inner = head.distance(np.tile(head.centre, (len(flat), 1)), flat).reshape(_AROUND, -1)
    inner[:, 0] = inner[:, 0].mean()
    level = minimum_filter1d(inner, 5, axis=0, mode="wrap")
    inner = np.where(inner - level > 0.004, level + 0.002, inner)  # an ear is no skull
    inner = gaussian_filter1d(_round(inner, 1.0), 0.6, axis=1)
    place = head.centre + ways * inner[..., None]
    edges = place[:, -2]
    azimuth = np.degrees(np.arctan2(np.abs(edges[:, 0]), edges[:, 2] - head.centre[2]))
    covered = np.clip((azimuth - 62) / 10, 0, 1) if style.fall is not None else np.zeros(_AROUND)
    covered = _round(covered, 0.7) * (covered > 0)
    soft = np.interp(t, [0, 0.50, 0.80, 0.93, 1.0, 1.004], [1.0, 0.96, 0.66, 0.34, 0.06, -0.22])
    if style.bump:
        soft = np.interp(t, [0, 0.60, 0.80, 0.93, 1.0, 1.004], [1.0, 0.92, 0.70, 0.38, 0.08, -0.15])
    soft = soft + (1 - soft) * covered[:, None]
    lock = _grooves(style, theta, chance)[:, None] * np.clip(t * 2.2 - 0.12, 0, 1) if style.groove[0] else 0.0 * phi
    thick = style.thick * soft + style.groove[0] * lock * np.clip(soft, 0, 1)
    tone = 0.86 + 0.12 * lock
    if style.bump:
        lump = _lumps(place.reshape(-1, 3), chance).reshape(phi.shape)
        thick += style.bump * lump * np.clip(soft, 0, 1)
        tone = 0.80 + 0.20 * lump
    if style.part is not None:
        near = np.exp(-(((place[..., 0] - style.part) / 0.006) ** 2)) * np.clip(
            (place[..., 2] - head.centre[2] + 0.02) / 0.02, 0, 1
        )
        near *= np.clip((place[..., 1] - head.centre[1]) / 0.02, 0, 1)
        lifted = np.exp(-(((place[..., 0] - style.part) / 0.035) ** 2)) * (place[..., 2] > head.centre[2] - 0.02)
        thick += (0.003 * lifted - 0.008 * near) * np.clip(soft, 0, 1)
        tone = tone * (1 - 0.30 * near)
    tone = tone * np.interp(t, [0, 0.9, 1.0], [1.0, 1.0, 0.90])
    if style.fall is not None:  # the ear is below the hair
        away = head.distance((head.centre + ways * 0.4).reshape(-1, 3), -flat).reshape(phi.shape)
        ear = maximum_filter1d(np.where(covered[:, None] > 0, 0.4 - away + 0.004, 0), 3, axis=0, mode="wrap")
        body = np.maximum(inner + thick, ear * (t > 0.6))
        thick = np.where(covered[:, None] > 0, _round(body, 1.2) - inner, thick)
    points = place + ways * thick[..., None]
    points[:, 0] = points[:, 0].mean(axis=0)
    quads = _grid(_AROUND, len(t))
    last = np.where(covered[:, None] > 0, points[:, -2], points[:, -1])
    points[:, -1] = last
    return (points.reshape(-1, 3), quads, tone.ravel(), flat), edges, points[:, -2].copy(), covered


def _lumps(points: F64, chance: np.random.Generator) -> F64:
    """Round bumps of two sizes, -0.5 to 1."""
    out = np.zeros(len(points))
    for size, share in ((0.046, 0.35), (0.022, 0.65)):
        order = chance.permutation(len(points))
        seeds: list[F64] = []
        for point in points[order]:
            if not seeds or np.square(np.array(seeds) - point).sum(axis=1).min() > size**2:
                seeds.append(point)
        near = cKDTree(np.array(seeds)).query(points)[0]
        out += share * (1 - 1.2 * np.clip(near / size * 1.5, 0, 1.2) ** 2)
    return out


def _grid(around: int, down: int, closed: bool = True) -> I64:
    at = np.arange(around if closed else around - 1)[:, None] * down + np.arange(down - 1)
    beside = ((np.arange(around if closed else around - 1) + 1) % around)[:, None] * down + np.arange(down - 1)
    return np.stack([at, at + 1, beside + 1, beside], axis=2).reshape(-1, 4)


def _curtain(
    style: Style, head: _Head, line: F64, outer: F64, covered: F64, chance: np.random.Generator
) -> tuple[F64, I64, F64, F64]:
    """From the shell's lower edge down, outside and back up inside, lying on what is below."""
    assert style.fall is not None
    theta = np.arange(_AROUND) / _AROUND * 2 * np.pi
    lock = _grooves(style, theta, np.random.default_rng(int(chance.integers(1 << 30))))
    end = head.base[1] - style.fall
    behind = np.clip((head.centre[2] - outer[:, 2]) / 0.09, -0.4, 1)
    stop = end - 0.030 * behind * (style.fall > 0.1) + 0.006 * np.sin(theta * 5 + 1)
    stop = outer[:, 1] + (stop - outer[:, 1]) * covered
    t = np.linspace(0, 1, _CURTAIN)
    x, z = np.repeat(outer[:, :1], _CURTAIN, 1), np.repeat(outer[:, 2:], _CURTAIN, 1)
    y = outer[:, 1:2] + (stop - outer[:, 1])[:, None] * t
    long = style.fall > 0.1
    axis = np.array([0.0, 0.0, head.centre[2]])
    horizontal = unit(np.stack([x, 0 * x, z - axis[2]], axis=-1))
    radius = np.hypot(x, z - axis[2])
    start = np.stack([0 * x, y, 0 * x + axis[2]], axis=-1) + horizontal * 0.25
    skin = 0.25 - head.distance(start.reshape(-1, 3), -horizontal.reshape(-1, 3)).reshape(x.shape)
    drop = outer[:, 1:2] - y
    radius = radius - 0.10 * drop * (drop < 0.2) * (0.3 if long else 0.7)
    above = y > head.base[1] - 0.03
    radius = np.maximum(radius, np.where(above, skin + 0.008, 0))
    radius = gaussian_filter1d(gaussian_filter1d(radius, 1.2, axis=1, mode="nearest"), 1.5, axis=0, mode="wrap")
    radius -= style.turn * np.clip((t - 0.55) / 0.45, 0, 1) ** 2
    radius += 0.0016 * lock[:, None] * np.clip(t * 4, 0, 1)
    points = axis + horizontal * radius[..., None]
    points[..., 1] = y
    if long:  # drawn behind the shoulders, lying on the back
        low = np.clip((head.base[1] - 0.005 - y) / 0.09, 0, 1)
        points[..., 0] *= 1 - 0.16 * low
        ray = points.copy()
        ray[..., 2] = head.centre[2] - 0.5
        ahead = np.tile([0.0, 0.0, 1.0], (ray.size // 3, 1))
        back = ray[..., 2] + head.distance(ray.reshape(-1, 3), ahead).reshape(x.shape)
        back = np.where(np.isfinite(back) & (back < 0.3), back, 1.0) - 0.016
        want = np.minimum(points[..., 2], back)
        want = points[..., 2] + (want - points[..., 2]) * np.clip(low * 2, 0, 1)
        want = np.minimum(want, gaussian_filter1d(want, 1.2, axis=1, mode="nearest"))
        points[..., 2] = _round(want, 1.0)
    points[:, 0] = outer
    middle = axis + (points - axis) * [0, 1, 0]
    inward = unit(middle - points)
    thick = 0.010 * np.clip(covered * 1.2 - 0.1, 0, 1)[:, None] * np.interp(t, [0, 0.15, 0.85, 1], [0.4, 1, 1, 0.5])
    under = points + inward * thick[..., None]
    both = np.concatenate([points, under[:, ::-1]], axis=1)
    outward = np.concatenate([-inward, inward[:, ::-1]], axis=1)
    shade = np.interp(t, [0, 0.5, 1], [1.0, 0.97, 0.90])
    tone = (0.86 + 0.12 * lock)[:, None] * shade
    tone = np.concatenate([tone, np.full_like(tone, 0.45)], axis=1)
    quads = _grid(_AROUND, 2 * _CURTAIN)
    column = quads // (2 * _CURTAIN)
    quads = quads[(covered[column] > 0).any(axis=1)]
    return both.reshape(-1, 3), quads, tone.ravel(), outward.reshape(-1, 3)


def _bun(head: _Head, style: Style) -> tuple[F64, I64, F64, F64]:
    """A rounded knot at the pole, wound once."""
    pole = _ways(np.zeros(1), np.zeros(1), style.pole - 4)[0]
    out = float(head.distance(head.centre[None], pole[None])[0])
    centre = head.centre + pole * (out + 0.022)
    u = unit(np.cross(pole, [1.0, 0.0, 0.0]))
    v = np.cross(pole, u)
    around, down = 40, 15
    theta = np.arange(around)[:, None] / around * 2 * np.pi + np.zeros(down)
    phi = np.linspace(0.02, np.pi * 0.86, down)[None] + 0 * theta
    wind = np.sin(theta * 2 + phi * 4.5)
    radius = 0.036 + 0.0020 * wind * np.sin(phi)
    way = (np.sin(phi) * np.cos(theta))[..., None] * u + (np.sin(phi) * np.sin(theta))[..., None] * v
    points = centre + way * radius[..., None] + pole * (np.cos(phi) * radius * 0.78)[..., None]
    outward = way + pole * np.cos(phi)[..., None]
    return points.reshape(-1, 3), _grid(around, down), (0.86 + 0.12 * wind).ravel(), outward.reshape(-1, 3)


def _mesh(points: F64, quads: I64, tone: F64, outward: F64, body: Mesh, skeleton: Skeleton) -> Mesh:
    faces = fan(quads)
    p = points[faces]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    keep = np.linalg.norm(normal, axis=1) > 1e-9
    faces, normal = faces[keep], normal[keep]
    if (normal * outward[faces[:, 0]]).sum() < 0:
        faces = faces[:, ::-1]
    used, inverse = np.unique(faces, return_inverse=True)
    points, faces, tone = points[used], inverse.reshape(-1, 3), tone[used]
    colors = np.repeat(np.clip(tone, 0, 1)[:, None], 3, axis=1)
    normals = vertex_normals(points, faces)
    return Mesh(points, faces, _weights(points, skeleton), np.full(len(points), int(Region.HAIR)), colors, {}, normals)


def _weights(points: F64, skeleton: Skeleton) -> F64:
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
