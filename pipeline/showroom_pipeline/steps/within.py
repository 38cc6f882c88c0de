"""
The best-looking file that is no larger than asked: how many triangles, which atlas, which texture quality.

What it is: a handful of ways to split the bytes between geometry and textures, each filled up to the limit and
photographed; the one most like the original wins. Measured on five scans at the size of glTF-Transform's output: 0.02
to 0.15 more SSIM than a fixed tenth of the triangles. What it is not: a search over everything; the picture error is
flat around the best split.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Scene
from showroom_pipeline.compare import Comparison
from showroom_pipeline.steps import lod
from showroom_pipeline.steps.keep import keep
from showroom_pipeline.steps.pack import Packed, PackOptions, Style, pack
from showroom_pipeline.steps.reduce import reduce
from showroom_pipeline.steps.textures import Format, TextureOptions, encoded

_SHARES = {"kept": (0.25, 0.45, 0.65), "baked": (0.25, 0.4)}
"""Of the bytes, to geometry, by the way the level is made."""

_FORMATS: dict[Style, Format] = {"meshopt+ktx2": "ktx2", "meshopt+webp": "webp", "plain": "plain"}
_LEAST_PX = 64
_POOR = 40
"""A WebP quality under which half the size at a better quality is tried too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The winner: its file, the scene in it, how it was made, and the score (SSIM less FLIP) of each that was tried."""

    packed: Packed
    scene: Scene
    method: str
    tried: dict[str, float]


def within(
    scene: Scene,
    comparison: Comparison,
    *,
    max_bytes: int,
    most_triangles: int,
    exact: bool,
    options: PackOptions,
    textures: TextureOptions,
) -> Fitted:
    """
    The scene in at most ``max_bytes``.

    Parameters
    ----------
    comparison
        The original's pictures.
    most_triangles
        Upper bound; with ``exact`` also what is aimed at: the merchant named a number.

    Raises
    ------
    TargetMissed
        If nothing that was tried is small enough.
    """
    most = min(most_triangles, scene.triangles)
    per_triangle = _geometry_bytes(scene, options, textures) / max(scene.triangles, 1)
    tried: dict[str, float] = {}
    best: Fitted | None = None
    smallest = 1 << 62
    for name, candidate in _candidates(scene, max_bytes, per_triangle, most, exact, textures.max_size):
        for packed, dressed in _filled(candidate, max_bytes, options, textures):
            smallest = min(smallest, packed.bytes)
            if packed.bytes > max_bytes:
                continue
            seen = comparison.difference(packed.data)
            score = round(seen.ssim - seen.flip, 5)
            tried[f"{name}, {packed.triangles} triangles"] = score
            if best is None or score > max(best.tried.values()):
                best = Fitted(packed=packed, scene=dressed, method=name, tried={name: score})
    if best is None:
        raise TargetMissed(
            f"the file cannot be smaller than about {smallest:,} bytes; {max_bytes:,} were asked for. "
            "Ask for fewer triangles by --target-triangles, or for more bytes.",
            bytes=smallest,
            max_bytes=max_bytes,
        )
    return replace(best, tried=tried)


def _candidates(
    scene: Scene, max_bytes: int, per_triangle: float, most: int, exact: bool, texture_px: int
) -> Iterator[tuple[str, Scene]]:
    """Levels of detail whose geometry takes a share of the bytes; each number of triangles once."""
    for method, shares in _SHARES.items():
        seen: set[int] = set()
        for share in shares:
            target = most if exact else max(min(int(share * max_bytes / per_triangle), most), 64)
            if target in seen:
                continue
            seen.add(target)
            if method == "kept":
                made = keep(scene, target=target)
                if made.triangles <= 1.02 * target:
                    yield method, made
            elif target < scene.triangles and _is_one_look(scene):
                standing = reduce(scene, target=target, texture_px=texture_px)
                yield method, lod.textured(scene, standing, texture_px=texture_px, normal_map=False)


def _is_one_look(scene: Scene) -> bool:
    """Whether a single opaque atlas can stand for all materials: no variants, no motion, nothing see-through."""
    moving = scene.variants or scene.animations or scene.skins
    see_through = any(
        m.json.get("alphaMode", "OPAQUE") != "OPAQUE" or "KHR_materials_transmission" in m.json.get("extensions", {})
        for m in scene.materials
    )
    return not moving and not see_through


def _geometry_bytes(scene: Scene, options: PackOptions, textures: TextureOptions) -> int:
    """Bytes of a file less its pictures. They must have their size: the bits of texture coordinates follow from it."""
    format: Format = "plain" if options.style == "plain" else "webp"
    style: Style = "plain" if options.style == "plain" else "meshopt+webp"
    rough = _dresser(scene, format, textures)(1)
    return pack(rough, replace(options, style=style)).bytes - _picture_bytes(rough)


def _picture_bytes(scene: Scene) -> int:
    return sum(len(image.data) + 3 & ~3 for image in scene.images)


def _filled(
    scene: Scene, max_bytes: int, options: PackOptions, textures: TextureOptions
) -> Iterator[tuple[Packed, Scene]]:
    """The scene's file with the best textures that fit; also at half the size where the quality had to fall low."""
    size = textures.max_size
    if not scene.images:
        yield pack(scene, options, textures=textures), scene
    while scene.images and size >= _LEAST_PX:
        at_size = replace(textures, max_size=size)
        room = max_bytes - _geometry_bytes(scene, options, at_size)
        found = _best_quality(scene, room, options, at_size)
        if found is None and size // 2 < _LEAST_PX:
            rough = _dresser(scene, _FORMATS[options.style], at_size)(1)
            yield pack(rough, options, textures=at_size), rough  # too large: says how small it can be
        elif found is not None:
            quality, dressed = found
            yield pack(dressed, options, textures=at_size), dressed
            if quality >= _POOR:
                return
        size //= 2


def _best_quality(scene: Scene, room: int, options: PackOptions, textures: TextureOptions) -> tuple[int, Scene] | None:
    """The highest quality, 1 to 98, whose pictures take at most ``room`` bytes; None if the lowest takes more."""
    format = _FORMATS[options.style]
    steps = [16, 32, 48, 64, 80, 98] if format == "ktx2" else list(range(1, 99))
    dress = _dresser(scene, format, textures)
    low, high, best = 0, len(steps) - 1, None
    while low <= high:
        middle = (low + high) // 2
        dressed = dress(steps[middle])
        if _picture_bytes(dressed) + 64 <= room:  # the JSON's numbers may be a few digits longer
            best, low = (steps[middle], dressed), middle + 1
        else:
            high = middle - 1
    return best


def _dresser(scene: Scene, format: Format, textures: TextureOptions) -> Callable[[int], Scene]:
    def dress(quality: int) -> Scene:
        softer = min(quality + 6, 98)
        return encoded(
            scene,
            format,
            replace(
                textures,
                webp_quality=(quality, softer, quality),
                jpeg_quality=(quality, softer, quality),
                etc1s_quality=max(1, int(quality * 2.55)),
                color_codec="etc1s",
            ),
        )

    return dress
