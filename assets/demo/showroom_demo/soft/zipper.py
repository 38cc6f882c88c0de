"""A moulded-tooth zip laid along a line on a garment or a bag: tape, teeth that interlock, slider and puller."""

from dataclasses import dataclass

import numpy as np

from showroom_demo.kit.cloth import sheet
from showroom_demo.kit.curve import arc_length, resample
from showroom_demo.kit.shape import F64, Shape, merge, unit
from showroom_demo.kit.solid import box, cylinder, torus
from showroom_demo.kit.sweep import tube


@dataclass(frozen=True, slots=True)
class Zipper:
    tape: Shape
    teeth: Shape
    slider: Shape


def zipper(
    path: F64,
    normals: F64,
    *,
    tape_mm: float = 26.0,
    pitch: float = 3.0,
    slider_at: float = 1.0,
    lift: float = 1.0,
    puller_mm: float = 30.0,
) -> Zipper:
    """
    A closed zip along a polyline on a surface.

    Parameters
    ----------
    path, normals
        ``(n, 3)`` from the bottom stop to the top, and the surface's unit normals.
    slider_at
        Where the slider stands, 0..1 along the path.
    """
    length = float(arc_length(path)[-1])
    count = int(length / pitch)
    p = resample(path, count + 1)
    n = unit(_resampled(normals, path, count + 1))
    tangent = unit(np.gradient(p, axis=0))
    n = unit(n - (n * tangent).sum(axis=1, keepdims=True) * tangent)
    side = np.cross(tangent, n)
    every = slice(None, None, 2)
    across = np.array([-0.5, -0.18, 0.18, 0.5])[None, :, None] * tape_mm * side[every, None]
    rise = (lift * np.array([0.5, 1.0, 1.0, 0.5]))[None, :, None] * n[every, None]
    rows = p[every, None] + across + rise
    out = np.repeat(n[every, None], 4, axis=1)
    tape = sheet(rows.transpose(1, 0, 2), out.transpose(1, 0, 2))
    tape = _facing(tape)
    tooth = merge(
        [
            cylinder(1.25, 1.4, bevel=0.0, segments=6).scaled(0.9, 1, 1.9).moved(0, -0.7, 0),
            cylinder(0.95, 1.2, bevel=0.0, segments=6).scaled(1.3, 1, 0.9).moved(0, -0.6, 1.9),
        ]
    )
    middle = (p[1:] + p[:-1]) / 2 + (lift + 0.5) * n[1:]
    hand = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    reach = middle - 0.9 * hand[:, None] * side[1:]
    teeth = strung(tooth, reach, along=tangent[1:], up=n[1:], flip=hand)
    k = int(np.clip(round(slider_at * count), 1, count - 2))
    body = merge(
        [
            box(9.5, 1.6, 8.5, bevel=0.7).moved(0, 2.2, 0),
            box(9.5, 1.4, 8.5, bevel=0.6).moved(0, -1.6, 0),
            box(2.2, 5.0, 2.6, bevel=0.6).moved(3.4, 0.3, 0),
            tube([(-3.0, 2.6, 0), (-2.6, 5.2, 0), (2.0, 5.4, 0), (3.0, 2.6, 0)], 0.8, sides=8, samples=14),
            torus(2.6, 0.7, segments=20, sides=8).turned("x", 90).moved(-2.2, 3.9, 0),
            box(puller_mm, 1.5, 6.0, bevel=0.7).moved(-puller_mm / 2 - 4.2, 2.6, 0),
            cylinder(1.7, 1.9, bevel=0.4, segments=16).moved(-puller_mm - 1.2, 1.65, 0),
        ]
    )
    slider = strung(body, p[k : k + 1] + (lift + 0.6) * n[k : k + 1], along=tangent[k : k + 1], up=n[k : k + 1])
    return Zipper(tape, teeth, slider)


def strung(shape: Shape, points: F64, *, along: F64, up: F64, flip: F64 | None = None) -> Shape:
    """Copies of a shape at ``points (k, 3)``: its +X goes ``along``, its +Y ``up``; ``flip`` ±1 turns +Z round."""
    x = unit(along)
    y = unit(up - (up * x).sum(axis=1, keepdims=True) * x)
    z = np.cross(x, y)
    if flip is not None:  # a half turn about up keeps the hand
        x, z = x * flip[:, None], z * flip[:, None]
    frame = np.stack([x, y, z], axis=2)
    where = np.einsum("kij,nj->kni", frame, shape.points) + points[:, None]
    normals = np.einsum("kij,nj->kni", frame, shape.normals)
    faces = shape.faces[None] + len(shape.points) * np.arange(len(points))[:, None, None]
    return Shape(
        where.reshape(-1, 3), faces.reshape(-1, 3), normals.reshape(-1, 3), np.tile(shape.uvs, (len(points), 1))
    )


def _resampled(values: F64, path: F64, samples: int) -> F64:
    along = arc_length(path)
    at = np.linspace(0, along[-1], samples)
    return np.stack([np.interp(at, along, values[:, k]) for k in range(3)], axis=1)


def _facing(shape: Shape) -> Shape:
    a, b, c = (shape.points[shape.faces[:, k]] for k in range(3))
    if (np.cross(b - a, c - a) * shape.normals[shape.faces[:, 0]]).sum() < 0:
        return Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs)
    return shape
