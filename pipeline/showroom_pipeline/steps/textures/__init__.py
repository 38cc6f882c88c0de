"""
Textures: sized by what the surface shows, encoded by what each is for.

``encoded(scene, format, options)`` is the step; ``pixels``, ``resize`` and ``search`` are its parts, which others use
to decode a picture, to shrink one, or to fit one into a byte budget.
"""

from .encode import encoded, fitted, normal_error_deg, psnr_db, roles
from .options import Format, TextureOptions
from .pixels import decode, dimensions, jpeg, png, webp
from .resize import density, power_of_two, resized
from .search import encode_webp, largest_within

__all__ = [
    "Format", "TextureOptions", "decode", "density", "dimensions", "encode_webp", "encoded", "fitted", "jpeg",
    "largest_within", "normal_error_deg", "png", "power_of_two", "psnr_db", "resized", "roles", "webp",
]  # fmt: skip
