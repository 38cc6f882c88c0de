"""What packing is asked for, and what it gives back."""

from dataclasses import dataclass, field
from typing import Literal

from showroom_assets.scene import Json

Style = Literal["meshopt+ktx2", "meshopt+webp", "plain"]
"""
``meshopt+ktx2``: compressed geometry, GPU-compressed textures. ``meshopt+webp``: the same geometry, small on the wire
but 32 bits a texel once decoded. ``plain``: core glTF, opened by any viewer.
"""


Extension = Literal["EXT_meshopt_compression", "KHR_meshopt_compression"]
"""The KHR one has a newer codec, some 7 % smaller, that readers from before 2026 do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    """
    ``max_position_error_m`` is the largest move of a vertex by quantisation, in metres of the scene;
    the bits follow from it. ``max_uv_error_texels`` is the same for texture coordinates, in texels of the largest
    texture a material uses. ``normal_bits`` of the octahedral encoding: 8 costs 4 bytes a vertex, up to 16 costs 8;
    None chooses 8, or 10 where a surface is smooth enough to show it (see ``precision.normal_bits``).
    """

    style: Style = "meshopt+ktx2"
    extension: Extension = "EXT_meshopt_compression"
    max_position_error_m: float = 5e-5
    max_uv_error_texels: float = 0.125
    normal_bits: int | None = None
    color_bits: int = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """
    A delivery: its bytes; ``gpu_bytes`` once decoded and uploaded; ``triangles`` drawn; what was decided, as
    lines in ``notes`` and numbers in ``details``.
    """

    data: bytes
    gpu_bytes: int
    triangles: int
    notes: tuple[str, ...] = ()
    details: Json = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """Size on the wire."""
        return len(self.data)
