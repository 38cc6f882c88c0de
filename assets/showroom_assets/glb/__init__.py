"""
glTF 2.0 in and out: any GLB or .gltf becomes a ``Scene``, and a ``Scene`` a GLB.

``read_glb`` takes untrusted bytes; ``write_glb`` writes plain, uncompressed files. Compression for delivery is the
pipeline's packing step, which brings its own ``Encoding``.
"""

from .binary import Binary
from .limits import Limits
from .read import read_glb
from .write import Encoding, PlainEncoding, write_glb

__all__ = ["Binary", "Encoding", "Limits", "PlainEncoding", "read_glb", "write_glb"]
