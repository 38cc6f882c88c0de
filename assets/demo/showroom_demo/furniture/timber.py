"""Wood finishes for furniture: oiled timber along the grain, and the end grain where a board is cut across."""

from functools import cache

import numpy as np

from showroom_demo.kit.material import Finish, coated, pbr
from showroom_demo.kit.palette import srgb
from showroom_demo.kit.picture import Maps, Picture, blur, noise, normal_from_height, orm, ramp, to_bytes
from showroom_demo.kit.texture import wood

TILE_MM = 420.0
_ENDS = {
    "oak": ("#cdaa7b", "#8f6a40"),
    "walnut": ("#7c583c", "#3f2818"),
    "ash": ("#d8c5a2", "#a98d66"),
}


def timber(name: str, species: str, tint: str = "#ffffff", *, roughness: float = 1.0) -> Finish:
    """Oiled and waxed: a faint, rough coat over the grain, which runs along u."""
    maps = wood(species, tile_mm=TILE_MM, rings_mm=7.0)
    return coated(pbr(name, tint, roughness=roughness, maps=maps), coat=0.06, roughness=0.42)


def end_grain(name: str, species: str, tint: str = "#ffffff") -> Finish:
    """Cut across: growth rings as arcs about a heart below the board, rays, and open pores."""
    return coated(pbr(name, tint, roughness=1.0, maps=_rings(species)), coat=0.05, roughness=0.5)


@cache
def _rings(species: str, *, tile_mm: float = 160.0, size: int = 512) -> Maps:
    rng = np.random.default_rng(20260)
    light, dark = _ENDS[species]
    x, y = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
    sway = noise(rng, size, beta=3.2, low=2)
    # an arc that repeats: the bow is a sine, so both edges of the tile meet
    depth = 40 * (y + 0.11 * np.cos(2 * np.pi * x)) + 0.5 * sway
    ring = depth % 1.0
    late = np.clip((ring - 0.35) / 0.65, 0, 1) ** 2 * np.clip((1 - ring) / 0.08, 0, 1)
    pores = np.clip(noise(rng, size, beta=0.3, low=40) - 1.5 + 0.9 * (ring < 0.3), 0, 1)
    fine = noise(rng, size, beta=0.6, low=20)
    tone = np.clip(0.25 + 0.55 * late + 0.06 * fine, 0, 1)
    color = ramp(tone, [(0.0, srgb(light)), (1.0, srgb(dark))]) * (1 - 0.45 * pores[..., None])
    height = -0.06 * blur(pores, 0.8) - 0.008 * late
    return Maps(
        tile_mm,
        color=Picture(f"{species}-end-color", to_bytes(color)),
        orm=orm(f"{species}-end-orm", np.clip(0.62 + 0.12 * pores + 0.02 * fine, 0, 1), occlusion=1 - 0.5 * pores),
        normal=normal_from_height(f"{species}-end-normal", height, tile_mm),
    )
