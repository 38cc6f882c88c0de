"""
A scene's textures sized and encoded by role: what colour forgives, a normal map does not.

Equal pixels used in equal roles are encoded once. Images that are already in the asked-for format and size
are left alone.

Source: KHR_texture_basisu; EXT_texture_webp.
"""

from dataclasses import replace

import numpy as np

from showroom_assets.scene import U8, Image, Role, Scene, texture_slots
from showroom_pipeline import ktx2

from . import pixels as codec
from .options import Format, TextureOptions
from .resize import density, power_of_two, resized
from .search import encode_webp


def roles(scene: Scene) -> dict[int, Role]:
    """
    Each used image's role. One that serves several is treated as the most delicate: normal, then data, then colour.
    """
    rank: dict[Role, int] = {"color": 0, "data": 1, "normal": 2}
    out: dict[int, Role] = {}
    for material in scene.materials:
        for _, info, role in texture_slots(material.json):
            image = scene.textures[info["index"]].image
            if image not in out or rank[role] > rank[out[image]]:
                out[image] = role
    return dict(sorted(out.items()))


def encoded(scene: Scene, format: Format, options: TextureOptions | None = None) -> Scene:
    """
    The scene with all used images in ``format``, sized by ``options``.

    Raises
    ------
    ToolMissing
        ``ktx2`` was asked for and its encoder is not installed.
    DamagedFile, LimitExceeded
        An image does not decode.
    """
    options = options or TextureOptions()
    chosen = roles(scene)
    sized = {at: fitted(scene, at, role, options) for at, role in chosen.items() if not _is_ktx2(scene, at, format)}
    sized = {at: picture for at, picture in sized.items() if not _is_ready(scene, at, picture, format)}
    if format == "ktx2":
        files = _ktx2(sized, chosen, options, _wrapped(scene))
        made = {at: Image(data=data, media_type="image/ktx2", name=scene.images[at].name) for at, data in files.items()}
    else:
        encode_one = _webp if format == "webp" else _plain
        made = {at: encode_one(picture, chosen[at], options, scene.images[at].name) for at, picture in sized.items()}
    return replace(scene, images=tuple(made.get(at, image) for at, image in enumerate(scene.images)))


def fitted(scene: Scene, image: int, role: Role, options: TextureOptions) -> U8:
    """One image's pixels at the size it is delivered in."""
    picture = codec.decode(scene.images[image])
    most = options.max_size
    if options.texels_per_m is not None:
        spans = density(scene)
        users = [at for at, texture in enumerate(scene.textures) if texture.image == image]
        span = max((spans.get(at, 0.0) for at in users), default=0.0)
        if span > 0:
            needed = span * options.texels_per_m
            most = min(most, 1 << max(2, int(np.ceil(np.log2(max(needed, 4.0))))))
    divisor = {"color": 1, "normal": options.normal_scale, "data": options.data_scale}[role]
    height, width = picture.shape[:2]
    shrunk = [power_of_two(side, max(most // divisor, 4)) for side in (width, height)]
    if _is_flat(picture):
        # One colour needs no texels. Four are the least that GPU blocks are made of.
        return np.broadcast_to(picture[:1, :1], (4, 4, picture.shape[2])).copy()
    return resized(picture, shrunk[0], shrunk[1], role=role)


def _is_flat(picture: U8) -> bool:
    return bool((picture == picture[0, 0]).all())


def _wrapped(scene: Scene) -> set[int]:
    """Images whose textures repeat: glTF's default, but an atlas within 0..1 does not mind."""
    return {
        texture.image
        for texture in scene.textures
        if texture.sampler.get("wrapS", 10497) != 33071 and texture.sampler.get("wrapT", 10497) != 33071
    }


def _ktx2(sized: dict[int, U8], role: dict[int, Role], options: TextureOptions, wrapped: set[int]) -> dict[int, bytes]:
    def settings(at: int, kind: ktx2.Codec) -> ktx2.Settings:
        is_normal = role[at] == "normal"
        if kind == "etc1s":
            quality = 255 if is_normal else options.etc1s_quality
            return ktx2.Settings(codec=kind, role=role[at], quality=quality, effort=1, wrap=at in wrapped)
        rdo = options.normal_rdo if is_normal else options.uastc_rdo
        return ktx2.Settings(codec=kind, role=role[at], effort=options.uastc_effort, rdo=rdo, wrap=at in wrapped)

    choice = {"color": options.color_codec, "normal": options.normal_codec, "data": options.data_codec}
    first: dict[int, ktx2.Codec] = {at: "uastc" if choice[role[at]] == "uastc" else "etc1s" for at in sized}
    out = _batch({at: (sized[at], settings(at, kind)) for at, kind in first.items()}, options.processes)
    unsure = [at for at in sized if choice[role[at]] == "auto" and not _is_good(sized[at], out[at], role[at], options)]
    return out | _batch({at: (sized[at], settings(at, "uastc")) for at in unsure}, options.processes)


def _batch(jobs: dict[int, tuple[U8, ktx2.Settings]], processes: int) -> dict[int, bytes]:
    """Encode equal jobs once."""
    distinct: dict[tuple[bytes, tuple[int, ...], ktx2.Settings], list[int]] = {}
    for at, (picture, settings) in jobs.items():
        distinct.setdefault((picture.tobytes(), picture.shape, settings), []).append(at)
    owners = list(distinct.values())
    files = ktx2.encode([jobs[group[0]] for group in owners], processes=processes)
    return {at: file for group, file in zip(owners, files, strict=True) for at in group}


def _is_good(picture: U8, file: bytes, role: Role, options: TextureOptions) -> bool:
    seen = codec.decode(file)
    if role == "normal":
        return normal_error_deg(picture, seen) <= options.max_normal_error_deg
    return psnr_db(picture, seen) >= options.min_color_psnr_db


def psnr_db(one: U8, two: U8) -> float:
    """Peak signal to noise over RGB, decibels."""
    error = float(np.mean((one[..., :3].astype(np.float32) - two[..., :3].astype(np.float32)) ** 2))
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def normal_error_deg(one: U8, two: U8) -> float:
    """Mean angle between two normal maps, degrees."""
    a, b = (picture[..., :3].astype(np.float32) / 127.5 - 1 for picture in (one, two))
    dot = (a * b).sum(-1) / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-6)
    return float(np.degrees(np.arccos(np.clip(dot, -1, 1))).mean())


def _webp(picture: U8, role: Role, options: TextureOptions, name: str) -> Image:
    data, _ = encode_webp(picture, quality=options.quality(role, "webp"))
    return Image(data=data, media_type="image/webp", name=name)


def _is_ktx2(scene: Scene, at: int, format: Format) -> bool:
    """Only ``encoded`` makes KTX2, and reading decodes it: what is KTX2 is as it was asked for."""
    return format == "ktx2" and scene.images[at].media_type == "image/ktx2"


def _is_ready(scene: Scene, at: int, picture: U8, format: Format) -> bool:
    """A JPEG or WebP that needs no resizing is left alone: encoding it again only loses."""
    kind = {"plain": "image/jpeg", "webp": "image/webp", "ktx2": ""}[format]
    image = scene.images[at]
    return image.media_type == kind and codec.dimensions(image) == picture.shape[1::-1]


def _plain(picture: U8, role: Role, options: TextureOptions, name: str) -> Image:
    lossless = codec.png(picture, level=9 if picture.size <= 1 << 16 else 6)
    if picture.shape[2] == 4:
        return Image(data=lossless, media_type="image/png", name=name)
    quality = options.quality(role, "plain")
    # Print in saturated colours (a cracker box) gains 4 to 6 dB from whole colour at 93, for a third more bytes.
    lossy = codec.jpeg(picture, quality, full_chroma=role != "color" or quality >= 90)
    if len(lossless) <= len(lossy):
        return Image(data=lossless, media_type="image/png", name=name)
    return Image(data=lossy, media_type="image/jpeg", name=name)
