"""How textures are sized and encoded."""

from dataclasses import dataclass
from typing import Literal

from showroom_assets.scene import Role

Format = Literal["ktx2", "webp", "plain"]
"""``plain`` is JPEG where it can be, else PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextureOptions:
    """
    Sizes: ``max_size`` texels a side; ``texels_per_m``, if given, shrinks what is denser than that.
    ``data_scale`` and ``normal_scale`` divide the sides of data and normal maps further (2 halves).

    KTX2: colour is ``etc1s``, ``uastc``, or ``auto``: ETC1S unless its PSNR falls below ``min_color_psnr_db``. Normals
    are ``uastc``, or ``auto``: ETC1S where its mean error stays below ``max_normal_error_deg``. ETC1S cost a helmet's
    normals 11 dB, while a nearly flat map loses nothing.

    ``webp_quality`` and ``jpeg_quality`` are 1–100 by role.
    """

    max_size: int = 2048
    texels_per_m: float | None = None
    normal_scale: int = 1
    data_scale: int = 1
    color_codec: Literal["etc1s", "uastc", "auto"] = "etc1s"
    normal_codec: Literal["etc1s", "uastc", "auto"] = "auto"
    data_codec: Literal["etc1s", "uastc"] = "etc1s"
    etc1s_quality: int = 190
    uastc_effort: int = 0
    uastc_rdo: float = 0.0
    normal_rdo: float = 2.0
    min_color_psnr_db: float = 30.0
    max_normal_error_deg: float = 1.0
    webp_quality: tuple[int, int, int] = (82, 88, 82)
    jpeg_quality: tuple[int, int, int] = (88, 92, 88)
    processes: int = 1

    def quality(self, role: Role, format: Format) -> int:
        """WebP or JPEG quality of a role; the tuples are colour, normal, data."""
        chosen = self.webp_quality if format == "webp" else self.jpeg_quality
        return chosen[("color", "normal", "data").index(role)]
