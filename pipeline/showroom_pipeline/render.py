"""
An off-screen studio: pictures of a product from given cameras.

What it is: a thin layer over ``filly`` (Google's Filament on EGL; software rendering is enough) that fixes all that
would otherwise differ between two pictures: light, exposure, tone curve, antialiasing and cameras. Two GLBs of the same
product, seen by the same cameras, differ only by what was done to them.

What it is not: the store's renderer. Against three.js with its room environment and the same cameras, the mean
sRGB brightness of three products agrees within 11 % and silhouettes to 0.9998; pixels do not, and need not.

It decodes PNG, JPEG, WebP, KTX2 and EXT_meshopt_compression by itself; Draco is not read: decode it first.

Source: Filament's PBR Neutral tone mapper is the Khronos one; the cameras are a golden spiral (Swinbank & Purser 2006).
"""

import math
import os
import tempfile
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np

from showroom_assets.errors import DamagedFile, ToolMissing
from showroom_assets.scene import U8, Scene
from showroom_pipeline import glass
from showroom_pipeline.light import MEASURE, Light
from showroom_pipeline.prefilter import ktx

Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Lower and upper corner of an axis-aligned box, metres."""

_local = threading.local()  # Filament wants every call on the thread that made its engine
_pids: set[int] = set()  # processes that made one, this one's parents among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A pinhole camera: where it stands, what it looks at (metres), vertical field of view, clipping planes."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_y_deg: float = 30.0
    near_m: float = 0.01
    far_m: float = 10.0
    up: tuple[float, float, float] = (0.0, 1.0, 0.0)


def view_from(direction: Sequence[float], bounds: Bounds, *, fov_y_deg: float = 30.0, zoom: float = 1.0) -> Camera:
    """
    A camera along ``direction`` whose picture just holds the bounding sphere of ``bounds``, enlarged ``zoom`` times.

    ``direction`` points from the product to the camera and need not be unit length.
    """
    low, high = np.asarray(bounds, dtype=np.float64)
    centre = (low + high) / 2.0
    radius = max(float(np.linalg.norm(high - low)) / 2.0, 1e-6)
    axis = np.asarray(direction, dtype=np.float64)
    axis = axis / np.linalg.norm(axis)
    distance = radius / math.sin(math.radians(fov_y_deg) / 2.0) / zoom
    up = (0.0, 1.0, 0.0) if abs(axis[1]) < 0.999 else (0.0, 0.0, -1.0)
    x, y, z = (float(v) for v in centre + axis * distance)
    return Camera(
        position=(x, y, z),
        target=(float(centre[0]), float(centre[1]), float(centre[2])),
        fov_y_deg=fov_y_deg,
        near_m=max(distance - radius * 1.2, radius * 0.01),
        far_m=distance + radius * 1.2,
        up=up,
    )


def sphere_views(n: int = 12, *, bounds: Bounds) -> tuple[Camera, ...]:
    """
    ``n`` cameras spread evenly around a product; every third steps in by 2.2 to see texture as a shopper would.

    Framed by ``bounds``, never by the model shown, so that before and after share them.
    """
    golden = math.pi * (3.0 - math.sqrt(5.0))
    cameras = []
    for i in range(n):
        y = 1.0 - 2.0 * (i + 0.5) / n
        ring = math.sqrt(1.0 - y * y)
        direction = (math.cos(golden * i) * ring, y, math.sin(golden * i) * ring)
        cameras.append(view_from(direction, bounds, zoom=2.2 if i % 3 == 2 else 1.0))
    return tuple(cameras)


class Studio:
    """
    Takes pictures, one product at a time.

    Parameters
    ----------
    size
        Width and height of a picture, pixels.
    light
        The room; the even measuring light by default.
    sharpness
        Edge of a face of the light's cube map, pixels: 64 is enough to measure by, 256 shows clean reflections.
    samples
        Samples a pixel for antialiasing: 1, 2, 4 or 8.
    ground
        The sRGB grey, 0..1, on which see-through products are exact (see ``glass``): by default the mid-grey of
        the metrics.
    shading
        Darken creases (screen-space ambient occlusion). For posters; never for measuring.

    Raises
    ------
    ToolMissing
        If the renderer is not installed or no OpenGL (EGL) driver is found.

    Notes
    -----
    The engine itself is made once a thread and reused; a second ``Studio`` costs about a hundredth of the first.
    Use a studio on the thread that made it.
    """

    def __init__(
        self,
        size: int = 512,
        *,
        light: Light = MEASURE,
        sharpness: int = 64,
        samples: int = 4,
        shading: bool = False,
        ground: float = 0.5,
    ) -> None:
        self._engine = _engine()
        self.size = size
        self._ground = ground
        self._is_glass = False
        self._model: Any = None
        self._scene = self._engine.create_scene()
        self._camera = self._engine.create_camera()
        self._target = self._engine.create_render_target(width=size, height=size)
        with tempfile.TemporaryDirectory() as folder:  # the engine reads light from files only
            path = os.path.join(folder, "light.ktx")
            with open(path, "wb") as file:
                file.write(ktx(light, size=sharpness))
            self._light = self._engine.load_environment_ktx(path)
        scene = self._scene
        scene.environment = self._light
        scene.environment_visible = False
        # Radiance 1 comes out as scene-linear 1: Filament divides by 1.2 * 2^EV.
        scene.environment_intensity = 1.2 * 2.0**self._camera.exposure
        scene.background = (0.0, 0.0, 0.0, 0.0)
        scene.transparent = True
        scene.tone_mapping = "pbr_neutral"
        scene.msaa = samples
        scene.ssao = shading
        scene.camera = self._camera

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory of the product and of the pictures; the engine stays for the next studio."""
        self.clear()
        for part in (self._scene, self._target, self._camera, self._light):
            part.close()

    def clear(self) -> None:
        """Take the product away."""
        if self._model is not None:
            self._model.close()
            self._model = None

    def turn_light(self, yaw_deg: float) -> None:
        """Turn the room about +Y, as ``Light.turned`` does, without filtering its light anew."""
        self._scene.environment_rotation_deg = yaw_deg

    def load(self, product: Scene | bytes | bytearray | memoryview, *, variant: str | None = None) -> Bounds:
        """
        Put a product on the table, in place of the one before.

        Parameters
        ----------
        product
            A scene, or the bytes of a GLB that refers to no other file.
        variant
            Name of the KHR_materials_variants variant to show.

        Returns
        -------
        Bounds
            Its corners, metres.

        Raises
        ------
        DamagedFile
            If the renderer cannot read it.
        """
        import filly

        self.clear()
        data = _glb(product) if isinstance(product, Scene) else bytes(product)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # effects that this renderer leaves out are no defect of the product
                self._model = self._scene.load(data)
            if variant is not None:
                self._model.apply_variant(variant)
        except (filly.FillyError, ValueError, RuntimeError, KeyError) as exc:
            self.clear()
            raise DamagedFile(
                f"The model cannot be drawn: {exc}. Check the file with `showroom inspect`.", reason=str(exc)
            ) from exc
        self._is_glass = _lets_light_through(data)
        low, high = self._model.bounds
        return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))

    def view(self, camera: Camera) -> U8:
        """One picture, ``(h, w, 4) uint8``: sRGB with straight (not premultiplied) alpha, 0 where nothing is."""
        eye = self._camera
        eye.set_perspective(fov_y_deg=camera.fov_y_deg, aspect=1.0, near=camera.near_m, far=camera.far_m)
        eye.position = camera.position
        eye.look_at(camera.target, up=camera.up)
        if self._is_glass:
            return glass.cut_out(self._before(0.0), self._before(glass.GREY), ground=self._ground)
        self._engine.render(self._scene, self._target)
        return _straight(self._target.read())

    def _before(self, grey: float) -> U8:
        """The product before an even background of a scene-linear grey."""
        scene = self._scene
        scene.transparent, scene.background = False, (grey, grey, grey, 1.0)
        self._engine.render(scene, self._target)
        scene.transparent, scene.background = True, (0.0, 0.0, 0.0, 0.0)
        picture: U8 = self._target.read()
        return picture

    def views(self, cameras: Sequence[Camera]) -> U8:
        """``(v, h, w, 4) uint8`` pictures, see ``view``."""
        out = np.empty((len(cameras), self.size, self.size, 4), dtype=np.uint8)
        for i, camera in enumerate(cameras):
            out[i] = self.view(camera)
        return out

    def pictures(self, product: Scene | bytes, cameras: Sequence[Camera]) -> U8:
        """``load``, ``views`` and ``clear`` in one."""
        self.load(product)
        try:
            return self.views(cameras)
        finally:
            self.clear()


def _glb(scene: Scene) -> bytes:
    from showroom_assets.glb import write_glb

    return bytes(write_glb(scene))


def _lets_light_through(glb: bytes) -> bool:
    """Whether a GLB asks for transmission, by its JSON chunk."""
    length = int.from_bytes(glb[12:16], "little")
    return b"KHR_materials_transmission" in glb[20 : 20 + length]


def _straight(premultiplied: U8) -> U8:
    """Filament multiplies by alpha after the sRGB curve; undo that."""
    out = premultiplied.copy()
    alpha = premultiplied[..., 3]
    edge = (alpha > 0) & (alpha < 255)
    colour = premultiplied[edge].astype(np.float32)
    out[edge, :3] = np.minimum(colour[:, :3] * (255.0 / colour[:, 3:]) + 0.5, 255.0).astype(np.uint8)
    return out


def _engine() -> Any:
    """The renderer of this thread, made when it is first asked for."""
    engine = getattr(_local, "engine", None)
    if engine is not None and _local.pid == os.getpid():
        return engine
    if _pids - {os.getpid()}:  # the driver's threads did not survive the fork: the next call would wait for ever
        raise RuntimeError("no pictures in a process forked from one that took some: start workers by spawn")
    try:
        import filly
    except ImportError as exc:
        raise ToolMissing(
            "Pictures need the package `filly` (Linux or Windows, x86-64): pip install filly", tool="filly"
        ) from exc
    try:
        filly.set_log_level("error")
        engine = filly.Renderer()
    except (filly.FillyError, RuntimeError, OSError) as exc:
        raise ToolMissing(
            f"No OpenGL driver for off-screen pictures ({exc}). On Debian: apt install libegl1 libgl1-mesa-dri",
            tool="egl",
        ) from exc
    _local.engine, _local.pid = engine, os.getpid()
    _pids.add(os.getpid())
    return engine
