"""
Decoding of Draco-compressed primitives.

Source: KHR_draco_mesh_compression. The bitstream's attributes are found by the unique ids that the extension lists.
"""

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import U32, Json

from . import fields
from .limits import Meter

Array = npt.NDArray[np.generic]


def decode(packed: Json, data: bytes, meter: Meter) -> tuple[U32, dict[str, Array]]:
    """
    The triangles and raw attributes of one primitive.

    Returns
    -------
    indices, attributes
        ``(m, 3) uint32`` and arrays ``(n, width)`` by glTF semantic, integers not yet normalised.

    Raises
    ------
    DamagedFile
        The stream does not decode, or lacks an attribute that the glTF names.
    """
    import DracoPy

    if data[:5] != b"DRACO":
        fields.damaged("a Draco view does not hold Draco data")
    try:
        mesh = DracoPy.decode(data)
    except (ValueError, RuntimeError, MemoryError, OverflowError, DracoPy.FileTypeException) as exc:
        fields.damaged(f"a Draco-compressed primitive does not decode ({str(exc)[:80]})")
    faces = getattr(mesh, "faces", None)
    if faces is None:
        fields.damaged("a Draco-compressed primitive holds points, not triangles")
    meter.at_most("triangles", len(faces))
    meter.take("decoded_bytes", faces.nbytes)
    names = fields.mapping(packed, "attributes")
    by_id = {attribute["unique_id"]: attribute["data"] for attribute in mesh.attributes}
    out: dict[str, Array] = {}
    for semantic in names:
        unique = fields.integer(names, semantic)
        if unique not in by_id:
            fields.damaged(f"a Draco-compressed primitive lacks its attribute {semantic:.40}")
        values = np.asarray(by_id[unique])
        meter.take("decoded_bytes", values.nbytes)
        out[semantic] = values.reshape(len(values), -1)
    return np.ascontiguousarray(faces, np.uint32).reshape(-1, 3), out
