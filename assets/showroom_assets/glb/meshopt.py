"""
Decoding of meshopt-compressed buffer views. The encoders are the pipeline's (``showroom_pipeline.steps.pack``).

Source: EXT_meshopt_compression, and KHR_meshopt_compression (adds vertex codec 1 and the COLOR filter).
"""

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Json

from . import fields
from .limits import Meter

MODES = ("ATTRIBUTES", "TRIANGLES", "INDICES")
FILTERS = ("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR")


def decode(packed: Json, data: npt.NDArray[np.uint8], meter: Meter) -> npt.NDArray[np.uint8]:
    """
    The plain bytes of a compressed view.

    Parameters
    ----------
    packed
        The extension object: count, byteStride, mode, filter.
    data
        The compressed bytes.

    Raises
    ------
    DamagedFile
        The stream does not decode, or its header contradicts itself.
    """
    import meshopt as codec

    count = fields.integer(packed, "count", low=1)
    stride = fields.integer(packed, "byteStride", low=1, high=256)
    mode = fields.text(packed, "mode")
    filter_name = fields.text(packed, "filter", "NONE")
    if mode not in MODES or filter_name not in FILTERS:
        fields.damaged(f"a meshopt view has the unknown mode {mode:.20} or filter {filter_name:.20}")
    meter.take("decoded_bytes", count * stride)
    if mode == "ATTRIBUTES":
        # The best ratio of the vertex codec is one bit a byte group: a header that asks for more is a lie.
        if stride % 4 or count * stride > 64 + len(data) * 256 * 8:
            fields.damaged(f"a meshopt view promises {count:,} rows of {stride} bytes from {len(data):,} bytes")
    elif stride not in (2, 4) or (mode == "TRIANGLES" and count % 3) or count > 64 + 3 * 16 * len(data):
        fields.damaged(f"a meshopt view promises {count:,} indices of {stride} bytes from {len(data):,} bytes")
    try:
        out = codec.decode_gltf_buffer(data, count, stride, mode, filter_name)
    except (ValueError, RuntimeError) as exc:
        fields.damaged(f"a meshopt-compressed view does not decode ({exc})")
    return np.ascontiguousarray(out).reshape(-1).view(np.uint8)
