"""
Image-based light, filtered ahead of time: a cube map blurred by roughness, and spherical harmonics for matt surfaces.

Why it exists: Filament filters a panorama itself, but on a software driver that took 5.2 s of wall and 9 s of CPU,
whatever the panorama's size (16 to 256 rows); in numpy, from a light in closed form, it takes about 0.2 s.

The result is a KTX 1 file laid out as Filament's own ``cmgen`` lays it out: half floats, five levels, perceptual
roughness ``lod / 4 = r (2 - r)``, and a key ``sh`` with nine RGB coefficients, the first being the mean radiance.

Source: Karis 2013 (GGX with N = V = R); Filament's documentation, section 5.3.4; KTX 1 specification.
"""

import math
import struct
from functools import cache

import numpy as np

from showroom_assets.scene import F32
from showroom_pipeline.light import Light

LEVELS = 5
_IDENTIFIER = b"\xabKTX 11\xbb\r\n\x1a\n"
_GL_HALF_FLOAT, _GL_RGBA, _GL_RGBA16F = 0x140B, 0x1908, 0x881A


@cache
def ktx(light: Light, *, size: int = 64) -> bytes:
    """
    The filtered light as a KTX 1 file.

    Parameters
    ----------
    light
        What shines.
    size
        Edge of a face of the sharpest level, pixels: a power of two, at least 16.
    """
    if size < 16 or size & (size - 1):
        raise ValueError(f"size must be a power of two, at least 16, not {size}")
    coefficients = irradiance(light)
    text = "\n".join(" ".join(f"{value:.9g}" for value in row) for row in coefficients)
    pair = b"sh\0" + text.encode() + b"\0"
    keys = struct.pack("<I", len(pair)) + pair + b"\0" * (-len(pair) % 4)
    head = struct.pack(
        "<13I", 0x04030201, _GL_HALF_FLOAT, 2, _GL_RGBA, _GL_RGBA16F, _GL_RGBA,
        size, size, 0, 0, 6, LEVELS, len(keys),
    )  # fmt: skip
    parts = [_IDENTIFIER, head, keys]
    for level in range(LEVELS):
        directions = cube_directions(size >> level)
        texels = np.ones((6, size >> level, size >> level, 4), dtype="<f2")
        texels[..., :3] = blurred(light, directions, perceptual_roughness=_roughness(level / (LEVELS - 1)))
        parts += [struct.pack("<I", texels[0].nbytes), texels.tobytes()]
    return b"".join(parts)


def cube_directions(size: int) -> F32:
    """Unit directions of a cube map's texels, ``(6, size, size, 3)``, faces +X -X +Y -Y +Z -Z as OpenGL has them."""
    s = (np.arange(size, dtype=np.float32) + 0.5) * (2.0 / size) - 1.0
    u, v = np.meshgrid(s, s)
    one = np.ones_like(u)
    faces = [(one, -v, -u), (-one, -v, u), (u, one, v), (u, -one, -v), (u, -v, one), (-u, -v, -one)]
    cube = np.stack([np.stack(face, axis=-1) for face in faces])
    unit: F32 = cube / np.linalg.norm(cube, axis=-1, keepdims=True)
    return unit


def blurred(light: Light, directions: F32, *, perceptual_roughness: float) -> F32:
    """
    What a surface of a roughness mirrors along unit ``directions (..., 3)``: linear RGB, same shape.

    The lobe is GGX seen head on. Below 0.2 it is narrower than any soft box's edge, and the light is taken as it is.
    """
    if perceptual_roughness < 0.2:
        return light.radiance(directions)
    sources, solid_angle = _sphere(48 if perceptual_roughness < 0.4 else 32)
    energy = light.radiance(sources) * solid_angle[:, None]
    alpha2 = perceptual_roughness**4
    flat = directions.reshape(-1, 3)
    out = np.empty_like(flat)
    for start in range(0, len(flat), 1024):  # blocks keep the weights under 32 MB
        cos = np.clip(flat[start : start + 1024] @ sources.T, 0.0, 1.0)
        half2 = 0.5 + 0.5 * cos  # squared cosine to the half vector, as N = V
        weight = cos / np.square(half2 * (alpha2 - 1.0) + 1.0)
        out[start : start + 1024] = weight @ energy / (weight @ solid_angle)[:, None]
    return out.reshape(directions.shape)


def irradiance(light: Light) -> F32:
    """``(9, 3)`` coefficients of Filament's polynomial for irradiance over π, fitted by least squares."""
    sources, solid_angle = _sphere(32)
    energy = light.radiance(sources) * solid_angle[:, None]
    normals, weight = _sphere(16)
    received = np.clip(normals @ sources.T, 0.0, None) @ energy / math.pi
    x, y, z = normals.T
    basis = np.stack([np.ones_like(x), y, z, x, y * x, y * z, 3.0 * z * z - 1.0, z * x, x * x - y * y], axis=1)
    root = np.sqrt(weight)[:, None]
    solution: F32 = np.linalg.lstsq(basis * root, received * root, rcond=None)[0].astype(np.float32)
    return solution


@cache
def _sphere(rows: int) -> tuple[F32, F32]:
    """Directions ``(2 rows², 3)`` on a latitude-longitude grid and their solid angles; they sum to 4π."""
    theta = (np.arange(rows) + 0.5) / rows * math.pi
    phi = (np.arange(2 * rows) + 0.5) / rows * math.pi
    sin, cos = np.sin(theta)[:, None], np.cos(theta)[:, None] * np.ones(2 * rows)
    directions = np.stack([sin * np.sin(phi), cos, -sin * np.cos(phi)], axis=-1).reshape(-1, 3)
    edge = np.cos(np.arange(rows + 1) / rows * math.pi)
    area = np.repeat((edge[:-1] - edge[1:]) * math.pi / rows, 2 * rows)
    return directions.astype(np.float32), area.astype(np.float32)


def _roughness(lod: float) -> float:
    """Perceptual roughness of a level, with ``lod`` 0..1."""
    return 1.0 - math.sqrt(1.0 - lod)
