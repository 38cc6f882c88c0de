"""
The picture that sells: a product on a seamless backdrop, and the same product turning.

What it is: a three-quarter view through a long lens, a soft key from the upper left, rims from behind, and the
product's own soft shadow on the floor. The turntable is a sheet of frames with a see-through background and the shadow
baked in, for lists and for devices that cannot draw 3D: one WebP and a small JSON grid, as a sheet is decoded once and
stepped by a finger, where an animated WebP only plays.

What it is not: the measuring picture (see ``render``), whose light is even and whose camera never flatters.
"""

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from showroom_assets.scene import F32, F64, U8, Scene
from showroom_pipeline.light import POSTER, Light
from showroom_pipeline.render import Camera, Studio
from showroom_pipeline.steps.shadow import FloorShadow, floor_shadow
from showroom_pipeline.surface_error import world_triangles

FOV_Y_DEG = 35.0
YAW_DEG = 32.0
FILL = 0.70
"""Share of the picture that the product spans in its longer direction."""

_WALL, _GLOW, _FLOOR = (0.845, 0.825, 0.79), (0.955, 0.945, 0.92), (0.90, 0.885, 0.855)  # sRGB, warm off-white
_SHADE = (0.10, 0.075, 0.055)  # linear: what is left of the floor's light in full shadow, warm by bounce
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turntable:
    """
    ``webp`` the sheet; ``grid`` what a client needs: ``{frames, columns, rows, size, yaw_step_deg}``; frame ``i`` shows
    the product turned by ``i * yaw_step_deg`` and lies at column ``i % columns``, row ``i // columns``.
    """

    webp: bytes
    grid: dict[str, int | float]


def poster(
    product: Scene,
    *,
    size: int = 1024,
    quality: int = 84,
    studio: Studio | None = None,
    camera: Camera | None = None,
) -> bytes:
    """
    Photograph a product for a shelf, a list or a link preview.

    Parameters
    ----------
    product
        Normalised: metres, +Y up, front +Z, standing on its lowest point.
    size
        Width and height, pixels.
    quality
        WebP quality, 0..100.
    studio
        One made by ``poster_studio`` with the same size, to reuse; else one is made for this picture.
    camera
        Where to stand, as ``three_quarter`` says it of another product: two things photographed alike.

    Returns
    -------
    bytes
        A WebP file without alpha.

    Raises
    ------
    EmptyInput, ToolMissing, DamagedFile
        No triangles; no renderer; a model that it cannot draw.
    """
    positions, faces = world_triangles(product)
    camera = camera or three_quarter(positions)
    light = POSTER.turned(math.radians(YAW_DEG))
    shadow = floor_shadow(positions, faces, light)
    own = studio is None
    stage = studio if studio is not None else poster_studio(size)
    try:
        picture = stage.pictures(product, [camera])[0]
    finally:
        if own:
            stage.close()
    return _webp(_composed(picture, camera, shadow), quality=quality)


def poster_studio(size: int = 1024) -> Studio:
    """A studio lit for posters."""
    return Studio(size, light=POSTER.turned(math.radians(YAW_DEG)), sharpness=128, shading=True, ground=0.9)


def turntable(product: Scene, *, frames: int = 24, size: int = 320, max_bytes: int = 400_000) -> Turntable:
    """
    Photograph a product from all sides, as a sheet of frames.

    Parameters
    ----------
    product
        As for ``poster``.
    frames
        How many, evenly around.
    size
        Width and height of a frame, pixels.
    max_bytes
        Quality is lowered, down to 30, until the sheet is no larger.
    """
    positions, faces = world_triangles(product)
    shadow = floor_shadow(positions, faces, Light(sky=(1.0, 1.0, 1.0)), cells=96, rays=24)
    step = 360.0 / frames
    elevation = _elevation_deg(positions)
    distance = max(_fitted(positions, i * step, elevation).distance for i in range(frames))
    columns = math.ceil(math.sqrt(frames * 1.5))
    rows = math.ceil(frames / columns)
    sheet = np.zeros((rows * size, columns * size, 4), dtype=np.uint8)
    with Studio(size, light=POSTER, sharpness=64, shading=True, ground=0.9) as studio:
        studio.load(product)
        for i in range(frames):
            camera = _around(positions, -i * step, elevation, distance)
            studio.turn_light(-i * step)
            row, column = divmod(i, columns)
            sheet[row * size : (row + 1) * size, column * size : (column + 1) * size] = _over_shadow(
                studio.view(camera), camera, shadow
            )
    grid = {"frames": frames, "columns": columns, "rows": rows, "size": size, "yaw_step_deg": step}
    for quality in (82, 74, 64, 52, 40, 30):
        webp = _webp(sheet, quality=quality)
        if len(webp) <= max_bytes:
            break
    return Turntable(webp=webp, grid=grid)


def three_quarter(positions: F64, *, yaw_deg: float = YAW_DEG) -> Camera:
    """The poster's camera: from the front right, a little above, higher for flat things."""
    elevation = _elevation_deg(positions)
    return _around(positions, yaw_deg, elevation, _fitted(positions, yaw_deg, elevation).distance)


@dataclass(frozen=True, slots=True)
class _Fit:
    distance: float
    centre: F64


def _elevation_deg(positions: F64) -> float:
    width, height, depth = (float(side) for side in np.ptp(positions, axis=0))
    flatness = 1.0 - height / (0.75 * max(math.hypot(width, depth), 1e-9))
    return 13.0 + 20.0 * min(max(flatness, 0.0), 1.0)


def _axes(yaw_deg: float, elevation_deg: float) -> tuple[F64, F64, F64]:
    """Right, up and back (towards the camera) of a camera."""
    yaw, elevation = math.radians(yaw_deg), math.radians(elevation_deg)
    back = np.array([math.sin(yaw) * math.cos(elevation), math.sin(elevation), math.cos(yaw) * math.cos(elevation)])
    right = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
    return right, np.cross(back, right), back


def _fitted(positions: F64, yaw_deg: float, elevation_deg: float) -> _Fit:
    """The nearest camera, and the point it must look at, that show all of the product within ``FILL``."""
    right, up, back = _axes(yaw_deg, elevation_deg)
    middle = (positions.min(axis=0) + positions.max(axis=0)) / 2.0
    local = (positions - middle) @ np.stack([right, up, back], axis=1)
    slope = FILL * math.tan(math.radians(FOV_Y_DEG) / 2.0)
    shift = np.zeros(2)
    for _ in range(4):  # the point that centres the picture depends on the distance, and the reverse
        reach = np.abs(local[:, :2] - shift).max(axis=1) / slope
        distance = float((reach + local[:, 2]).max())
        seen = local[:, :2] / (distance - local[:, 2:])
        shift = _middle(seen) * distance
    return _Fit(distance, middle + shift[0] * right + shift[1] * up)


def _middle(points: F64) -> F64:
    middle: F64 = (points.min(axis=0) + points.max(axis=0)) / 2.0
    return middle


def _around(positions: F64, yaw_deg: float, elevation_deg: float, distance: float) -> Camera:
    fit = _fitted(positions, yaw_deg, elevation_deg)
    back = _axes(yaw_deg, elevation_deg)[2]
    x, y, z = (float(v) for v in fit.centre + back * distance)
    radius = float(np.linalg.norm(np.ptp(positions, axis=0)))
    return Camera(
        position=(x, y, z),
        target=(float(fit.centre[0]), float(fit.centre[1]), float(fit.centre[2])),
        fov_y_deg=FOV_Y_DEG,
        near_m=max(distance - radius, radius * 0.01),
        far_m=distance + radius,
    )


def _composed(picture: U8, camera: Camera, shadow: FloorShadow) -> U8:
    """The product over the backdrop with its shadow, ``(h, w, 3) uint8`` sRGB."""
    size = picture.shape[0]
    backdrop = _linear(_backdrop(size)) * _remaining(camera, shadow, size)
    alpha = picture[..., 3:].astype(np.float32) / 255.0
    product = _linear(picture[..., :3].astype(np.float32) / 255.0)
    # edges are blended in sRGB, as the renderer did when it resolved them; linear blending drew a bright seam
    mixed = _srgb(product) * alpha + _srgb(backdrop) * (1.0 - alpha)
    grain = np.random.default_rng(5).uniform(-0.5, 0.5, size=(*mixed.shape[:2], 1)).astype(np.float32)
    out: U8 = np.clip(mixed * 255.0 + 0.5 + grain, 0.0, 255.0).astype(np.uint8)  # half a step of grain: no banding
    return out


def _over_shadow(picture: U8, camera: Camera, shadow: FloorShadow) -> U8:
    """The product over nothing but its shadow, ``(h, w, 4) uint8`` sRGB with straight alpha."""
    veil = 1.0 - _srgb(_remaining(camera, shadow, picture.shape[0]) @ _LUMA)
    alpha = picture[..., 3].astype(np.float32) / 255.0
    total = alpha + veil * (1.0 - alpha)
    dark = np.array([34.0, 28.0, 24.0], dtype=np.float32)
    colour = picture[..., :3] * alpha[..., None] + dark * (veil * (1.0 - alpha))[..., None]
    out = np.empty_like(picture)
    out[..., :3] = np.clip(colour / np.maximum(total, 1e-4)[..., None] + 0.5, 0, 255).astype(np.uint8)
    out[..., 3] = np.clip(total * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return out


def _remaining(camera: Camera, shadow: FloorShadow, size: int) -> F32:
    """How much of the floor's light is left at each pixel, linear RGB ``(h, w, 3)``; 1 above the horizon."""
    eye = np.asarray(camera.position)
    back = eye - np.asarray(camera.target)
    back /= np.linalg.norm(back)
    right = np.cross((0.0, 1.0, 0.0), back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    slope = math.tan(math.radians(camera.fov_y_deg) / 2.0)
    ticks = ((np.arange(size) + 0.5) / size * 2.0 - 1.0) * slope
    ray = right * ticks[None, :, None] - up * ticks[:, None, None] - back
    falls = np.minimum(ray[..., 1], -1e-6)
    along = (shadow.floor_m - eye[1]) / falls
    dark = shadow.at(eye[0] + ray[..., 0] * along, eye[2] + ray[..., 2] * along)
    dark = np.where(ray[..., 1] < -1e-6, dark, 0.0)
    dark = 1.0 - (1.0 - dark) ** 1.5  # a floor is not as even as our grid: photographs are darker at the contact
    left: F32 = (1.0 - dark[..., None] * (1.0 - np.array(_SHADE))).astype(np.float32)
    return left


def _backdrop(size: int) -> F32:
    """A seamless sweep, sRGB ``(h, w, 3)`` 0..1: a glow behind the product, darker corners, a lighter floor."""
    ticks = ((np.arange(size) + 0.5) / size).astype(np.float32)
    x, y = ticks[None, :], ticks[:, None]
    glow = np.exp(-(((x - 0.46) / 0.50) ** 2) - ((y - 0.40) / 0.46) ** 2)[..., None]
    floor = 1.0 / (1.0 + np.exp(-(y - 0.66) / 0.07))[..., None]
    wall = np.array(_WALL, np.float32) * (1.0 - floor) + np.array(_FLOOR, np.float32) * floor
    swept: F32 = (wall + (np.array(_GLOW, np.float32) - wall) * glow).astype(np.float32)
    return swept


def _linear(srgb: F32) -> F32:
    out: F32 = np.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92).astype(np.float32)
    return out


def _srgb(linear: F32) -> F32:
    bright = 1.055 * np.maximum(linear, 1e-6) ** (1.0 / 2.4) - 0.055
    out: F32 = np.where(linear > 0.0031308, bright, linear * 12.92).astype(np.float32)
    return out


def _webp(pixels: U8, *, quality: int) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    options: dict[str, Any] = {"quality": quality, "method": 4}
    if pixels.shape[-1] == 4:
        options["alpha_quality"] = 80
    Image.fromarray(pixels).save(buffer, "WEBP", **options)
    return buffer.getvalue()
