"""
Cloth, seen close: knits and weaves drawn thread by thread on a tile of true size, from seeded numpy.

Each maker returns ``Maps`` whose colour is pale and near grey, to be tinted by a base colour factor. Threads are small
half-round ridges; where one dives under another it is darker, lower and more occluded. A slow noise (slubs, uneven
dye) rides on top, so no tile is perfectly even.

What it is not: a light model. Fibres' soft rim light is KHR_materials_sheen, set by ``cloth`` below.
"""

from functools import cache

import numpy as np

from showroom_demo.kit.material import Finish, pbr, sheened
from showroom_demo.kit.picture import Maps, blur, cells, grey, noise, normal_from_height, orm
from showroom_demo.kit.shape import F64


def cloth(
    name: str,
    color: str,
    maps: Maps,
    *,
    sheen: str | None = None,
    sheen_roughness: float = 0.45,
    normal_scale: float = 1.0,
    double_sided: bool = False,
) -> Finish:
    """A dyed textile: the maps, tinted, with sheen (by default a pale tone of the colour itself)."""
    finish = pbr(name, color, roughness=1.0, maps=maps, normal_scale=normal_scale, double_sided=double_sided)
    return sheened(finish, sheen or _paled(color), roughness=sheen_roughness)


def _paled(color: str) -> str:
    """A third of the way to a light grey, and darkened: what fibres scatter at grazing angles."""
    parts = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(0.42 * p + 28):02x}" for p in parts)


def _seed(name: str) -> np.random.Generator:
    return np.random.default_rng(np.frombuffer(name.encode().ljust(32, b"\0"), dtype=np.uint32))


def _grid(size: int) -> tuple[F64, F64]:
    """Pixel centres, 0..1 of the tile."""
    return np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)


def _maps(name: str, height: F64, tone: F64, rough: F64, tile_mm: float, *, depth_mm: float) -> Maps:
    """From a height 0..1 (1 on top): pits are occluded."""
    hollow = np.clip(blur(height, 0.018 * len(height)) - height, 0, 1)
    return Maps(
        tile_mm,
        color=grey(f"{name}-color", np.clip(tone, 0, 1)),
        orm=orm(f"{name}-orm", np.clip(rough, 0, 1), occlusion=np.clip(1 - 0.9 * hollow, 0.35, 1)),
        normal=normal_from_height(f"{name}-normal", depth_mm * height, tile_mm),
    )


def _weave(size: int, threads: int, over: F64, *, fill: float = 0.92) -> tuple[F64, F64]:
    """
    Height of warp and weft threads whose crossings follow ``over`` (``(r, r)``, 1 where the warp is on top).

    Returns the height 0..1 and a mask of where the warp is seen.
    """
    x, y = _grid(size)
    u, v = x * threads, y * threads
    i, j = np.floor(u).astype(int) % len(over), np.floor(v).astype(int) % len(over)
    fu, fv = u - np.floor(u) - 0.5, v - np.floor(v) - 0.5
    round_u = np.sqrt(np.clip(1 - (2 * fu / fill) ** 2, 0, 1))
    round_v = np.sqrt(np.clip(1 - (2 * fv / fill) ** 2, 0, 1))
    here = over[j, i]
    # a thread bends down towards a crossing where it goes under
    ahead, behind = over[(j + 1) % len(over), i], over[(j - 1) % len(over), i]
    right, left = over[j, (i + 1) % len(over)], over[j, (i - 1) % len(over)]
    warp_level = here + np.where(fv > 0, ahead - here, behind - here) * np.clip(np.abs(fv) - 0.18, 0, 1) * 1.2
    weft_level = (1 - here) + np.where(fu > 0, here - right, here - left) * np.clip(np.abs(fu) - 0.18, 0, 1) * 1.2
    warp, weft = round_u * (0.45 + 0.55 * warp_level), round_v * (0.45 + 0.55 * weft_level)
    return np.maximum(warp, weft), (warp >= weft).astype(np.float64)


@cache
def canvas(*, tile_mm: float = 24.0, threads: int = 32, size: int = 512) -> Maps:
    """Plain weave of stout cotton, 0.75 mm threads: bags, sneakers, caps."""
    rng = _seed("canvas")
    height, warp = _weave(size, threads, np.array([[1.0, 0.0], [0.0, 1.0]]))
    slub = noise(rng, size, beta=1.4, low=3, stretch=0.15) * warp + noise(rng, size, beta=1.4, low=3, stretch=7.0) * (
        1 - warp
    )
    fuzz = noise(rng, size, beta=0.4, low=40)
    tone = 0.70 + 0.24 * height + 0.030 * slub + 0.02 * fuzz
    return _maps("canvas", height + 0.05 * slub, tone, 0.90 - 0.08 * height, tile_mm, depth_mm=0.16)


@cache
def twill(*, tile_mm: float = 18.0, threads: int = 36, size: int = 512) -> Maps:
    """A 2/1 right-hand twill, 0.5 mm threads: cap crowns, chinos, jacket shells."""
    rng = _seed("twill")
    over = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
    height, warp = _weave(size, threads, over)
    slub = noise(rng, size, beta=1.2, low=3, stretch=0.15)
    fuzz = noise(rng, size, beta=0.3, low=40)
    tone = 0.72 + 0.18 * height + 0.05 * warp + 0.022 * slub + 0.018 * fuzz
    return _maps("twill", height + 0.04 * slub, tone, 0.88 - 0.08 * height, tile_mm, depth_mm=0.10)


@cache
def linen(*, tile_mm: float = 40.0, threads: int = 44, size: int = 512) -> Maps:
    """Plain weave of uneven, slubby yarn: upholstery."""
    rng = _seed("linen")
    height, warp = _weave(size, threads, np.array([[1.0, 0.0], [0.0, 1.0]]), fill=0.86)
    along = noise(rng, size, beta=1.1, low=2, stretch=0.06) * warp + noise(rng, size, beta=1.1, low=2, stretch=16.0) * (
        1 - warp
    )
    cloud = noise(rng, size, beta=2.4, low=1)
    tone = 0.70 + 0.20 * height + 0.055 * along + 0.012 * cloud
    return _maps("linen", height * (1 + 0.12 * along), tone, 0.92 - 0.06 * height, tile_mm, depth_mm=0.20)


@cache
def jersey(*, tile_mm: float = 20.0, wales: int = 22, size: int = 512) -> Maps:
    """Single jersey: columns of small Vs, 0.9 mm a wale, as a T-shirt shows on close look."""
    rng = _seed("jersey")
    height = _loops(size, wales, round(1.25 * wales))
    fuzz = noise(rng, size, beta=0.3, low=60)  # nothing slower: 20 mm of it would show as a grid over a metre
    tone = 0.84 + 0.10 * height + 0.010 * fuzz
    return _maps("jersey", height, tone, 0.90 - 0.05 * height + 0.01 * fuzz, tile_mm, depth_mm=0.085)


def _loops(size: int, wales: int, courses: int, *, slant: float = 0.62) -> F64:
    """The two legs of each stitch lean together: 0..1 height."""
    x, y = _grid(size)
    u, v = x * wales, y * courses
    fu = u - np.floor(u)
    side = np.abs(fu - 0.5) * 2
    lean = v + slant * side
    fv = lean - np.floor(lean) - 0.5
    across = np.sqrt(np.clip(1 - ((side - 0.5) / 0.5) ** 2, 0, 1))
    return np.asarray(across**0.7 * np.sqrt(np.clip(1 - (2 * fv / 0.98) ** 2, 0, 1)))


@cache
def rib(*, tile_mm: float = 15.0, ribs: int = 6, size: int = 512) -> Maps:
    """1×1 rib, 2.5 mm a rib, along v: collars, cuffs, waistbands."""
    rng = _seed("rib")
    x, _ = _grid(size)
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * x * ribs)
    loops = _loops(size, 2 * ribs, 16)
    height = 0.78 * wave**0.8 + 0.22 * loops * (0.4 + 0.6 * wave)
    fuzz = noise(rng, size, beta=0.5, low=30)
    tone = 0.62 + 0.28 * wave + 0.08 * loops + 0.015 * fuzz
    return _maps("rib", height, tone, 0.92 - 0.05 * height, tile_mm, depth_mm=0.55)


@cache
def boucle(*, tile_mm: float = 60.0, loops: int = 640, size: int = 1024) -> Maps:
    """Curled yarn in small irregular knots, 2–4 mm: the sofa of the season."""
    rng = _seed("boucle")
    near, second, owner = cells(rng, size, loops)
    radius = 1 / np.sqrt(loops)
    dome = np.sqrt(np.clip(1 - 0.94 * (near / second) ** 2, 0, 1))
    lift = 0.62 + 0.38 * rng.random(loops)[owner]
    # each knot's yarn curls: rings round its own centre, broken up by noise
    curl = 0.5 + 0.5 * np.cos(
        2 * np.pi * (near / (0.40 * radius) + 0.35 * noise(rng, size, beta=1.8, low=6) + rng.random(loops)[owner])
    )
    fray = noise(rng, size, beta=0.7, low=20)
    height = np.clip(dome * lift * (0.74 + 0.26 * curl) + 0.05 * fray, 0, None)
    height = blur(height, 1.3)
    height /= height.max()
    tone = 0.66 + 0.30 * height + 0.018 * fray + 0.03 * (rng.random(loops)[owner] - 0.5)
    return _maps("boucle", height, tone, 0.96 - 0.05 * height, tile_mm, depth_mm=1.7)


@cache
def felt(*, tile_mm: float = 40.0, size: int = 512) -> Maps:
    """Pressed wool: short fibres every way, no thread."""
    rng = _seed("felt")
    strokes = sum(noise(rng, size, beta=0.9, low=6, stretch=s) for s in (0.12, 0.4, 2.5, 8.0))
    height = blur(np.asarray(strokes), 0.8)
    height = (height - height.min()) / np.ptp(height)
    cloud = noise(rng, size, beta=2.4, low=2)
    return _maps("felt", height, 0.72 + 0.26 * height + 0.012 * cloud, 0.96 - 0.05 * height, tile_mm, depth_mm=0.16)


@cache
def nylon(*, tile_mm: float = 16.0, threads: int = 48, size: int = 512) -> Maps:
    """Tight, flat filament twill with a satin face: the shell of a bomber."""
    rng = _seed("nylon")
    over = np.array([[1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0]])
    height, _ = _weave(size, threads, over, fill=0.98)
    cloud = noise(rng, size, beta=2.2, low=2)
    return _maps(
        "nylon",
        height,
        0.84 + 0.10 * height + 0.012 * cloud,
        0.50 - 0.06 * height + 0.02 * cloud,
        tile_mm,
        depth_mm=0.035,
    )


@cache
def mesh(*, tile_mm: float = 12.0, holes: int = 5, size: int = 512) -> Maps:
    """Engineered spacer mesh with round pores: sneaker uppers, linings."""
    rng = _seed("mesh")
    x, y = _grid(size)
    u, v = x * holes, y * 2 * holes
    row = np.floor(v).astype(int)
    fu = (u + 0.5 * (row % 2)) % 1.0 - 0.5
    fv = (v % 1.0 - 0.5) * 0.62
    pore = np.clip(np.hypot(fu, fv) / 0.27, 0, 1)
    height = blur(pore**2, 2.0) * (0.85 + 0.15 * _loops(size, 10 * holes, 12 * holes))
    fuzz = noise(rng, size, beta=0.5, low=30)
    return _maps("mesh", height, 0.35 + 0.58 * height + 0.015 * fuzz, 0.85 - 0.08 * height, tile_mm, depth_mm=0.6)


@cache
def webbing(*, tile_mm: float = 24.0, size: int = 512) -> Maps:
    """Herringbone cotton tape: straps, pullers, heel loops; runs along v."""
    rng = _seed("webbing")
    x, y = _grid(size)
    stripe = np.abs(((x * 4) % 1.0) - 0.5) * 2
    ridge = (y * 12 + 1.5 * stripe) % 1.0
    cord = np.sqrt(np.clip(1 - (2 * ridge - 1) ** 2, 0, 1))
    spine = np.clip(np.minimum(stripe, 1 - stripe) / 0.08, 0, 1)
    height = cord * (0.6 + 0.4 * spine)
    fuzz = noise(rng, size, beta=0.5, low=30)
    return _maps("webbing", height, 0.66 + 0.28 * height + 0.015 * fuzz, 0.85 - 0.07 * height, tile_mm, depth_mm=0.35)


@cache
def paper_cord(*, tile_mm: float = 24.0, cords: int = 6, size: int = 512) -> Maps:
    """Twisted paper cord laid side by side, 4 mm each, running along v: a woven seat."""
    rng = _seed("paper-cord")
    x, y = _grid(size)
    fu = (x * cords) % 1.0 - 0.5
    body = np.sqrt(np.clip(1 - (2 * fu) ** 2, 0, 1))
    twist = 0.5 + 0.5 * np.sin(2 * np.pi * (y * 8 + 0.9 * fu + 0.0 * x))
    shade = (0.5 + rng.random(cords) - 0.5)[np.floor(x * cords).astype(int) % cords]
    fibre = noise(rng, size, beta=0.9, low=8, stretch=0.3)
    height = body * (0.86 + 0.14 * twist)
    tone = 0.58 + 0.30 * height + 0.05 * (shade - 0.5) + 0.02 * fibre
    return _maps("paper-cord", height, tone, 0.74 - 0.06 * height, tile_mm, depth_mm=1.5)


@cache
def suede(*, tile_mm: float = 50.0, size: int = 512) -> Maps:
    """Napped split leather: brushed clouds over a very fine pile."""
    rng = _seed("suede")
    pile, cloud = noise(rng, size, beta=0.5, low=30), noise(rng, size, beta=2.3, low=3)
    height = (pile - pile.min()) / np.ptp(pile)
    tone = 0.88 + 0.02 * pile + 0.022 * cloud
    return _maps("suede", height, tone, 0.95 - 0.03 * cloud, tile_mm, depth_mm=0.07)


@cache
def tread(*, tile_mm: float = 24.0, size: int = 256) -> Maps:
    """Wavy herringbone lugs of an outsole."""
    rng = _seed("tread")
    x, y = _grid(size)
    wave = 0.16 * np.arcsin(np.sin(2 * np.pi * 2 * x)) / (np.pi / 2)
    lug = np.clip((np.abs((((y + wave) * 4) % 1.0) - 0.5) - 0.17) / 0.10, 0, 1)
    grain = noise(rng, size, beta=0.3, low=20)
    height = blur(lug, 0.8)
    return _maps("tread", height, 0.62 + 0.36 * height + 0.01 * grain, 0.86 - 0.08 * height, tile_mm, depth_mm=2.2)


@cache
def gum(*, tile_mm: float = 20.0, size: int = 256) -> Maps:
    """Moulded rubber: a faint, even grain."""
    rng = _seed("gum")
    grain = blur(noise(rng, size, beta=0.0, low=10), 1.0)
    grain = grain / grain.std()
    return _maps("gum", 0.5 + 0.12 * grain, 0.95 + 0.008 * grain, 0.72 + 0.03 * grain, tile_mm, depth_mm=0.06)
