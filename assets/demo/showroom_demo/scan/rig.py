"""
The rig: cameras on rings around a turntable, and what each of them sees.

Cameras are pinholes in the convention of computer vision: x right, y down, z forward; poses are world from camera.
"""

from dataclasses import dataclass

import numpy as np

from showroom_demo.scan.target import F64, Hits, Target, to_srgb

RINGS = ((8.0, 12), (34.0, 10), (62.0, 6))
"""Elevation in degrees and number of cameras of each ring."""
BELOW = ((-40.0, 8), (-80.0, 2))
FOV_DEG = 34.0
FREE_TRUST = 0.1


@dataclass(frozen=True, slots=True)
class Eye:
    """``pose (4, 4)`` world from camera, mm · ``focal`` and ``pixels`` of its square picture."""

    pose: F64
    focal: float
    pixels: int

    @property
    def position(self) -> F64:
        return self.pose[:3, 3]

    @property
    def intrinsics(self) -> F64:
        centre = (self.pixels - 1) / 2
        return np.array([[self.focal, 0, centre], [0, self.focal, centre], [0, 0, 1.0]])

    def rays(self) -> tuple[F64, F64]:
        """Origins and unit directions of all pixels, row by row, each ``(pixels², 3)``."""
        axis = (np.arange(self.pixels) - (self.pixels - 1) / 2) / self.focal
        x, y = np.meshgrid(axis, axis)
        local = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)
        local /= np.linalg.norm(local, axis=1, keepdims=True)
        return np.broadcast_to(self.position, local.shape), local @ self.pose[:3, :3].T

    def project(self, points: F64) -> tuple[F64, F64]:
        """Pixel coordinates ``(n, 2)`` and depth along the axis ``(n,)``."""
        local = (points - self.position) @ self.pose[:3, :3]
        depth = local[:, 2]
        return local[:, :2] / np.maximum(depth, 1e-9)[:, None] * self.focal + (self.pixels - 1) / 2, depth


@dataclass(frozen=True, slots=True)
class Sight:
    """
    What one eye saw: hits, and the range map ``(pixels, pixels)`` in mm along each ray.

    It is infinite where the ray met nothing (that space is free) and 0 where it met something but got no range.
    ``trust`` is the squared cosine of incidence, and little where the space is free.
    """

    eye: Eye
    hits: Hits
    range_mm: F64
    trust: F64


def eyes(target: Target, rng: np.random.Generator, *, pixels: int, from_below: bool) -> list[Eye]:
    """Cameras on rings that just hold the product, each a little off its place."""
    low, high = target.bounds
    centre, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    distance = radius / np.sin(np.radians(FOV_DEG / 2)) * 1.03
    focal = pixels / 2 / np.tan(np.radians(FOV_DEG / 2))
    out = []
    for elevation, count in RINGS + (BELOW if from_below else ()):
        for k in range(count):
            turn = 2 * np.pi * (k + rng.uniform(-0.15, 0.15) + elevation / 50) / count
            tilt = np.radians(elevation + rng.uniform(-2, 2))
            way = np.array([np.cos(tilt) * np.sin(turn), np.sin(tilt), np.cos(tilt) * np.cos(turn)])
            out.append(Eye(_looking(centre + way * distance, centre), focal, pixels))
    return out


def _looking(position: F64, at: F64) -> F64:
    forward = (at - position) / np.linalg.norm(at - position)
    up = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.97 else np.array([0.0, 0.0, 1.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, np.cross(forward, right), forward, position
    return pose


def look(target: Target, all_eyes: list[Eye]) -> list[Sight]:
    """What each eye sees. Surfaces met under 15° of grazing give no range, as on a real rig."""
    out = []
    for eye in all_eyes:
        origins, directions = eye.rays()
        hits = target.cast(origins, directions)
        facing = -(target.normals[hits.face] * directions[hits.ray]).sum(axis=1)
        good = np.abs(facing) > np.sin(np.radians(15.0))
        range_mm = np.full(eye.pixels * eye.pixels, np.inf)
        range_mm[hits.ray] = 0.0
        hits = Hits(hits.ray[good], hits.face[good], hits.distance[good], hits.weights[good])
        range_mm[hits.ray] = hits.distance
        trust = np.full(len(range_mm), FREE_TRUST)
        trust[hits.ray] = facing[good] ** 2
        square = (eye.pixels, eye.pixels)
        out.append(Sight(eye, hits, range_mm.reshape(square), trust.reshape(square)))
    return out


def lit(color: F64, normal: F64, to_eye: F64) -> F64:
    """
    The picture's linear colour under a light tent: even from above, a third from below, dark towards grazing.

    ``color``, ``normal`` and ``to_eye`` are ``(n, 3)``.
    """
    facing = np.abs((normal * to_eye).sum(axis=1))
    towards = normal * np.sign((normal * to_eye).sum(axis=1))[:, None]
    return np.asarray(color * (0.80 + 0.20 * towards[:, 1:2]) * (0.9 + 0.1 * facing[:, None]))


def developed(linear: F64, rng: np.random.Generator, *, noise: float = 0.012) -> F64:
    """sRGB 0..1 from the sensor: shot noise grows with light, read noise does not."""
    grain = rng.standard_normal(linear.shape) * np.sqrt(noise**2 * np.maximum(linear, 0) + (0.3 * noise) ** 2)
    return to_srgb(linear + grain)
