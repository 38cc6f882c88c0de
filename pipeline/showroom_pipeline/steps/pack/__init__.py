"""
Packing: a scene into delivered bytes, and those bytes back into what a device sees.

``pack(scene, options, textures=...)`` is the step; ``decoded(glb)`` undoes compression and quantisation.
"""

from .deliver import pack
from .options import Packed, PackOptions, Style
from .plain import decoded, plain

__all__ = ["PackOptions", "Packed", "Style", "decoded", "pack", "plain"]
