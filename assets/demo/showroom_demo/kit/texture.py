"""
The finishes of hard goods as tiling maps, each from a seed: brushed and cast metal, wood, leather, terrazzo, glaze,
limewash, powder coat, plastic, acetate.

Colour maps are pale, so that one picture serves every colourway through the base colour factor. Heights are real
millimetres: normals follow from the size of the tile. Each function caches its result within the process.
"""

from functools import cache

import numpy as np

from showroom_demo.kit.palette import srgb
from showroom_demo.kit.picture import Maps, Picture, blur, cells, grey, noise, normal_from_height, orm, ramp, to_bytes
from showroom_demo.kit.shape import F64


def _rng(name: str) -> np.random.Generator:
    """A generator of its own for each finish, seeded by its name."""
    return np.random.default_rng(np.frombuffer(name.encode().ljust(32, b"\0"), dtype=np.uint32))


@cache
def brushed_metal(*, tile_mm: float = 30.0, roughness: float = 0.3, size: int = 512) -> Maps:
    """Fine parallel scratches along u."""
    rng = _rng("brushed")
    lines = noise(rng, size, beta=0.6, low=3, stretch=60.0)
    soft = noise(rng, size, beta=2.5, low=1, stretch=3.0)
    rough = roughness + 0.055 * lines + 0.03 * soft
    return Maps(
        tile_mm,
        color=grey("brushed-color", np.clip(0.94 + 0.022 * lines + 0.01 * soft, 0, 1)),
        orm=orm(f"brushed-orm-{roughness}", np.clip(rough, 0.08, 0.9), metal=1.0),
        normal=normal_from_height("brushed-normal", 0.0016 * lines, tile_mm),
    )


@cache
def satin_metal(*, tile_mm: float = 40.0, roughness: float = 0.22, size: int = 256) -> Maps:
    """Polished metal that has been handled: faint smudges in the roughness, hardly any relief."""
    rng = _rng("satin")
    smudge = noise(rng, size, beta=2.2, low=2)
    fine = noise(rng, size, beta=0.4, low=20)
    return Maps(
        tile_mm,
        orm=orm(f"satin-orm-{roughness}", np.clip(roughness + 0.035 * smudge + 0.015 * fine, 0.05, 0.9), metal=1.0),
    )


@cache
def powder_coat(*, tile_mm: float = 20.0, roughness: float = 0.52, size: int = 512) -> Maps:
    """The fine orange peel of a baked powder finish."""
    rng = _rng("powder")
    peel = blur(noise(rng, size, beta=0.3, low=14), 2.2)
    peel /= peel.std()
    grain = noise(rng, size, beta=0.0, low=30)
    return Maps(
        tile_mm,
        orm=orm(f"powder-orm-{roughness}", np.clip(roughness + 0.03 * peel + 0.025 * grain, 0, 1)),
        normal=normal_from_height("powder-normal", 0.006 * peel + 0.0008 * grain, tile_mm),
    )


@cache
def matt_plastic(*, tile_mm: float = 12.0, roughness: float = 0.55, size: int = 256) -> Maps:
    """Spark-eroded moulding texture, as on headphone shells and caps."""
    rng = _rng("plastic")
    grain = blur(noise(rng, size, beta=0.0, low=8), 1.2)
    grain /= grain.std()
    return Maps(
        tile_mm,
        orm=orm(f"plastic-orm-{roughness}", np.clip(roughness + 0.04 * grain, 0, 1)),
        normal=normal_from_height("plastic-normal", 0.0028 * grain, tile_mm),
    )


@cache
def leather(*, tile_mm: float = 40.0, roughness: float = 0.6, cell_mm: float = 1.1, size: int = 512) -> Maps:
    """Full-grain leather: pebbles of uneven size parted by creases, with pores."""
    rng = _rng("leather")
    count = int((tile_mm / cell_mm) ** 2)
    near, second, _ = cells(rng, size, count)
    width = 1 / np.sqrt(count)
    crease = np.clip((second - near) / (0.55 * width), 0, 1)
    pebble = crease**0.6
    large = noise(rng, size, beta=2.4, low=2)
    fine = noise(rng, size, beta=0.6, low=30)
    height = blur(0.075 * pebble, 0.7) + 0.014 * large + 0.006 * fine
    tone = 0.90 + 0.07 * pebble + 0.022 * large + 0.008 * fine
    rough = roughness + 0.10 * (1 - pebble) + 0.03 * large
    return Maps(
        tile_mm,
        color=grey("leather-color", np.clip(tone, 0, 1)),
        orm=orm(f"leather-orm-{roughness}", np.clip(rough, 0, 1), occlusion=0.75 + 0.25 * pebble),
        normal=normal_from_height("leather-normal", height, tile_mm),
    )


@cache
def wood(
    species: str = "oak", *, tile_mm: float = 160.0, size: int = 1024, rings_mm: float = 5.0, roughness: float = 0.5
) -> Maps:
    """
    Plain-sawn timber, the grain along u.

    Real ring structure: the picture is a flat cut, nearly along the axis, through a trunk whose rings waver in width,
    each ring going slowly from pale earlywood to dark latewood and back at once. Pores are short strokes, dense in
    the earlywood. Everything is a function on the torus, so it tiles.
    """
    rng = _rng(f"wood-{species}")
    light, dark, pore_depth = {
        "oak": (srgb("#d9b98c"), srgb("#a97f4f"), 0.05),
        "walnut": (srgb("#8d6647"), srgb("#4c3122"), 0.04),
        "ash": (srgb("#e4d3b4"), srgb("#bfa27a"), 0.05),
        "beech": (srgb("#dcb591"), srgb("#c2926a"), 0.015),
    }[species]
    y = np.linspace(0, 1, size, endpoint=False)[:, None]
    sway = noise(rng, size, beta=3.6, low=1, stretch=4.0)
    fine = noise(rng, size, beta=2.0, low=4, stretch=16.0)
    # the cut passes the heart at mid-height: rings crowd towards the edges and open into cathedrals in between
    across = tile_mm / 2 * np.sin(np.pi * (y - 0.5)) ** 2 * 1.4
    depth = across + 7.0 * sway + 0.55 * fine
    ring = (depth / rings_mm) % 1.0
    width = 0.65 + 0.35 * np.cos(2 * np.pi * np.floor(depth / rings_mm) * 0.381966)
    late = np.clip((ring - 0.35 * width) / (1 - 0.35 * width), 0, 1) ** 1.8
    late *= np.clip((1 - ring) / 0.06, 0, 1)
    strokes = noise(rng, size, beta=0.2, low=10, stretch=26.0)
    pores = np.clip((strokes - 1.35 + 0.5 * late) * 1.4, 0, 1)
    fibre = noise(rng, size, beta=1.0, low=6, stretch=30.0)
    tone = np.clip(0.12 + 0.62 * late + 0.09 * fibre + 0.08 * sway, 0, 1)
    color = ramp(tone, [(0.0, light), (1.0, dark)]) * (1 - 0.38 * pores[..., None])
    height = -pore_depth * blur(pores, 0.8) - 0.010 * late + 0.003 * fibre
    return Maps(
        tile_mm,
        color=Picture(f"{species}-color", to_bytes(color)),
        orm=orm(
            f"{species}-orm",
            np.clip(roughness - 0.07 * late + 0.12 * pores + 0.02 * fibre, 0, 1),
            occlusion=1 - 0.4 * pores,
        ),
        normal=normal_from_height(f"{species}-normal", height, tile_mm),
    )


@cache
def terrazzo(*, tile_mm: float = 200.0, size: int = 1024) -> Maps:
    """Marble chips of several sizes in a pale cement, ground flat and polished."""
    rng = _rng("terrazzo")
    color = np.ones((size, size, 3)) * (np.array(srgb("#e2dbd0")) / 255)
    color = color + 0.012 * noise(rng, size, beta=1.2, low=4)[..., None]
    chips = np.zeros((size, size))
    tones = np.array([srgb(c) for c in ("#b7a48e", "#8b8178", "#6d5a4c", "#cbbfae", "#a9765a", "#56595a")]) / 255
    for count, fill in ((60, 0.62), (420, 0.5), (2600, 0.38)):
        near, second, owner = cells(rng, size, count)
        kept = rng.random(count)[owner] < 0.55
        wobble = 0.10 * noise(rng, size, beta=2.8, low=8)
        chip = kept & ((second - near) * np.sqrt(count) > (1 - fill) + wobble) & (chips == 0)
        shade = tones[rng.integers(len(tones), size=count)][owner] * (
            1 + 0.05 * noise(rng, size, beta=2.0, low=6)[..., None]
        )
        color = np.where(chip[..., None], shade, color)
        chips = np.maximum(chips, chip)
    soft = blur(chips, 0.8)
    return Maps(
        tile_mm,
        color=Picture("terrazzo-color", to_bytes(color)),
        orm=orm("terrazzo-orm", np.clip(0.34 - 0.10 * soft + 0.02 * noise(rng, size, beta=2.0, low=3), 0, 1)),
        normal=normal_from_height("terrazzo-normal", 0.012 * soft, tile_mm),
    )


@cache
def glaze(*, tile_mm: float = 90.0, size: int = 1024) -> Maps:
    """Speckled stoneware glaze: iron spots that bleed a little, pooling, and the ripple of a brushed coat."""
    rng = _rng("glaze")
    pool = noise(rng, size, beta=3.0, low=2)
    near_small, _, owner_small = cells(rng, size, 2600)
    near_large, _, owner_large = cells(rng, size, 240)
    dot = 0.0012 + 0.0042 * rng.random(2600) ** 3
    blot = 0.003 + 0.006 * rng.random(240) ** 2
    small = np.clip(1 - near_small / dot[owner_small], 0, 1) ** 0.5
    large = np.clip(1 - near_large / blot[owner_large], 0, 1) ** 0.7
    speckle = np.clip(0.75 * small + 0.9 * large, 0, 1)
    halo = blur(speckle, 3.0)
    base = 0.945 + 0.018 * pool
    color = np.stack(
        [base - 0.50 * speckle - 0.10 * halo, base - 0.58 * speckle - 0.14 * halo, base - 0.66 * speckle - 0.19 * halo],
        axis=2,
    )
    ripple = noise(rng, size, beta=2.6, low=5)
    return Maps(
        tile_mm,
        color=Picture("glaze-color", to_bytes(color)),
        orm=orm("glaze-orm", np.clip(0.30 + 0.05 * pool + 0.18 * speckle, 0, 1)),
        normal=normal_from_height("glaze-normal", 0.010 * ripple + 0.008 * blur(speckle, 1.5), tile_mm),
    )


@cache
def raw_clay(*, tile_mm: float = 60.0, size: int = 512) -> Maps:
    """Unglazed stoneware: sandy, with grog that stands out and small pits."""
    rng = _rng("clay")
    near, _, _ = cells(rng, size, 1400)
    grog = np.clip(1 - near / 0.006, 0, 1)
    sand = noise(rng, size, beta=0.8, low=6)
    return Maps(
        tile_mm,
        color=grey("clay-color", np.clip(0.88 + 0.035 * sand + 0.07 * grog, 0, 1)),
        orm=orm("clay-orm", np.clip(0.86 + 0.04 * sand, 0, 1)),
        normal=normal_from_height("clay-normal", 0.02 * sand + 0.05 * grog, tile_mm),
    )


@cache
def limewash(*, tile_mm: float = 1500.0, size: int = 1024) -> Maps:
    """A limewashed wall: clouds of tone, broad crossing brush strokes, uneven roughness."""
    rng = _rng("limewash")
    cloud = noise(rng, size, beta=2.6, low=1)
    strokes = noise(rng, size, beta=1.4, low=4, stretch=5.0) + noise(rng, size, beta=1.4, low=4, stretch=5.0).T
    fine = noise(rng, size, beta=0.8, low=20)
    tone = 0.93 + 0.020 * cloud + 0.010 * strokes + 0.004 * fine
    return Maps(
        tile_mm,
        color=grey("limewash-color", np.clip(tone, 0, 1)),
        orm=orm("limewash-orm", np.clip(0.86 + 0.03 * cloud - 0.02 * strokes, 0, 1)),
        normal=normal_from_height("limewash-normal", 0.45 * strokes + 0.25 * fine, tile_mm),
    )


@cache
def acetate(
    name: str, *, stops: tuple[tuple[float, str], ...], tile_mm: float = 60.0, size: int = 512, contrast: float = 1.0
) -> Maps:
    """
    Sheet acetate: clouds of colour from layered, pressed blocks (tortoise, horn, marble).

    ``stops`` are (0..1, sRGB hex) from the palest to the darkest cloud.
    """
    rng = _rng(f"acetate-{name}")
    large = noise(rng, size, beta=3.6, low=2, stretch=0.6)
    warp = noise(rng, size, beta=3.6, low=3)
    rows = (np.arange(size)[:, None] + np.round(9 * warp).astype(int)) % size
    columns = (np.arange(size)[None, :] + np.round(14 * large).astype(int)) % size
    patch = blur(noise(rng, size, beta=3.4, low=4, stretch=0.7), 4.0)[rows, columns]
    value = _spread(0.8 * patch + 0.5 * large, contrast)
    color = ramp(value, [(at, srgb(hexa)) for at, hexa in stops])
    return Maps(tile_mm, color=Picture(f"acetate-{name}", to_bytes(color)))


def _spread(value: F64, contrast: float) -> F64:
    """To 0..1 through a soft threshold."""
    return np.asarray(0.5 + 0.5 * np.tanh(1.2 * contrast * value / value.std()))
