"""Surfaces with known answers: a sphere, a torus, a plate; bare or as textured scenes."""

import io

import numpy as np
from PIL import Image as Picture

from showroom_assets.scene import Image, Material, Primitive, Scene, Texture, single


def sphere(*, rings: int = 24, radius: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """A closed sphere about the origin: ``(n, 3)`` float64, ``(m, 3)`` int64, outward."""
    theta = np.linspace(0, np.pi, rings + 1)[1:-1]
    phi = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    grid = np.stack(
        [
            np.outer(np.sin(theta), np.cos(phi)),
            np.outer(np.cos(theta), np.ones_like(phi)),
            np.outer(np.sin(theta), -np.sin(phi)),
        ],
        axis=2,
    ).reshape(-1, 3)
    points = np.concatenate([grid, [[0, 1, 0], [0, -1, 0]]]) * radius
    columns = 2 * rings
    i, j = np.meshgrid(np.arange(rings - 2), np.arange(columns), indexing="ij")
    a, b = i * columns + j, i * columns + (j + 1) % columns
    c, d = a + columns, b + columns
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    ring, after = np.arange(columns), (np.arange(columns) + 1) % columns
    last = (rings - 2) * columns
    north = np.stack([np.full(columns, len(grid)), ring, after], -1)
    south = np.stack([np.full(columns, len(grid) + 1), last + after, last + ring], -1)
    return points, np.concatenate([faces, north, south]).astype(np.int64)


def plate(*, cells: int = 20, size: float = 0.2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A flat square facing +Z with a border: positions, faces, UVs (v down)."""
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    points = np.stack([(u - 0.5) * size, (0.5 - v) * size, 0 * u], axis=2).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij")
    a = i * (cells + 1) + j
    b, c, d = a + 1, a + cells + 1, a + cells + 2
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return points, faces.astype(np.int64), np.stack([u, v], axis=2).reshape(-1, 2)


def png(pixels: np.ndarray) -> Image:
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG")
    return Image(data=out.getvalue())


def painted(points: np.ndarray, faces: np.ndarray, uvs: np.ndarray, pixels: np.ndarray) -> Scene:
    """A scene of one textured material."""
    primitive = Primitive(
        positions=points.astype(np.float32),
        indices=faces.astype(np.uint32),
        uvs=(uvs.astype(np.float32),),
        material=0,
    )
    look = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 0.8}}
    return single(
        primitive,
        name="painted",
        materials=(Material(name="paint", json=look),),
        textures=(Texture(image=0),),
        images=(png(pixels),),
    )


def painted_sphere(*, rings: int = 40, texture_px: int = 128) -> Scene:
    """A sphere coloured by direction: the colour at a point p of the unit sphere is (p + 1) / 2."""
    points, faces = sphere(rings=rings)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    # one texture column a vertex would be exact; a smooth map by octahedral UVs is near enough and has no pole
    flat = unit[:, [0, 2]] / np.abs(unit).sum(axis=1, keepdims=True)
    below = unit[:, 1] < 0
    folded = (1 - np.abs(flat[:, ::-1])) * np.where(flat >= 0, 1, -1)
    uvs = np.where(below[:, None], folded, flat) / 2 + 0.5
    step = (np.arange(texture_px) + 0.5) / texture_px * 2 - 1
    x, z = np.meshgrid(step, step)
    y = 1 - np.abs(x) - np.abs(z)
    over = y < 0
    x, z = np.where(over, (1 - np.abs(z)) * np.sign(x), x), np.where(over, (1 - np.abs(x)) * np.sign(z), z)
    ball = np.stack([x, y, z], axis=2)
    ball /= np.linalg.norm(ball, axis=2, keepdims=True)
    return painted(points, faces, uvs, np.asarray((ball + 1) / 2 * 255 + 0.5).astype(np.uint8))
