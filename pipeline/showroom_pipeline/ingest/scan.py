"""What reading an input gives: a scene or an RGB-D capture, where it came from, and what was noticed on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import F32, F64, U8, Scene

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file that was read. ``name`` is relative to the input, in POSIX style."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    One view of an RGB-D capture; both pictures are seen from the same camera.

    ``color (h, w, 3) uint8`` sRGB · ``depth (k, l) float32`` metres along the optical axis, 0 where unknown ·
    ``intrinsics (3, 3)`` for the depth picture's pixels, ``color_intrinsics`` for the colour picture's (the same unless
    the sizes differ) · ``pose (4, 4)`` world from camera, +Z forward and +Y down (OpenCV), or None ·
    ``masks`` one ``(h, w)`` picture an object, by name, true on the object.
    """

    name: str
    color: U8
    depth: F32
    intrinsics: F64
    color_intrinsics: F64
    pose: F64 | None
    masks: dict[str, Bool]


class RgbdCapture(Protocol):
    """A sequence of frames, each decoded when it is asked for and not kept."""

    @property
    def depth_scale(self) -> float:
        """Raw depth units a metre (1000 for millimetres)."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Frame: ...

    def __iter__(self) -> Iterator[Frame]: ...

    @property
    def intrinsics(self) -> F64:
        """``(3, 3)`` of the depth camera, pixels."""
        ...

    @property
    def poses(self) -> tuple[F64 | None, ...]:
        """World from camera, one ``(4, 4)`` a frame; None where unknown."""
        ...

    @property
    def objects(self) -> tuple[str, ...]:
        """Names of the objects that have masks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """
    A read input.

    Parameters
    ----------
    kind
        ``mesh`` and ``cloud`` have a ``scene``, ``rgbd`` has a ``capture``.
    name
        The file's stem, or the folder's name for a folder that holds one model.
    metres_per_unit
        As the file declares it: 1.0 for glTF and RGB-D; None for formats that have no unit.
    up
        As the file declares it.
    sources
        Every file that was read, by name.
    authored
        A glTF product with its own look (several materials, extensions, variants, skins, morphs or animations),
        whose UVs and materials are kept, never re-baked.
    licence
        Licence or attribution text found inside or beside it, or "".
    notes
        What was mended, guessed or dropped, one sentence each.
    """

    kind: Literal["mesh", "cloud", "rgbd"]
    name: str
    scene: Scene | None = None
    capture: RgbdCapture | None = None
    metres_per_unit: float | None = None
    up: Literal["+Y", "+Z"] | None = None
    sources: tuple[Source, ...] = ()
    authored: bool = False
    licence: str = ""
    notes: tuple[str, ...] = ()
