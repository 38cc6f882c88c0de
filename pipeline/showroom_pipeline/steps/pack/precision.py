"""
Attributes to integers: normals, tangents, colours and skin weights.

Source: meshoptimizer's filters (octahedral encoding after Meyer et al. 2010); EXT_meshopt_compression appendix B.
"""

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import F32, U8, U16, Json, Material

SMOOTH = 0.25
"""Roughness below which the steps of 8-bit normals show in a highlight."""


def normal_bits(material: Material | None) -> int:
    """8 for most surfaces; 10 for those that mirror: polished, lacquered or glass."""
    body: Json = material.json if material is not None else {}
    pbr = body.get("pbrMetallicRoughness", {})
    extensions = body.get("extensions", {})
    textured = "metallicRoughnessTexture" in pbr
    polished = pbr.get("roughnessFactor", 1.0) < SMOOTH and not textured
    coated = extensions.get("KHR_materials_clearcoat", {}).get("clearcoatFactor", 0.0) > 0
    clear = "KHR_materials_transmission" in extensions
    return 10 if polished or coated or clear else 8


def octahedral(vectors: F32, bits: int) -> npt.NDArray[np.uint8]:
    """``(n, 3 or 4)`` unit vectors (w a sign) as ``(n, 4 or 8)`` bytes that the OCTAHEDRAL filter undoes."""
    import meshopt

    four = np.zeros((len(vectors), 4), np.float32)
    four[:, : vectors.shape[1]] = vectors
    length = np.linalg.norm(four[:, :3], axis=1, keepdims=True)
    four[:, :3] = np.where(length > 1e-12, four[:, :3] / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])
    rows = meshopt.encode_filter_oct(four, 4 if bits <= 8 else 8, bits)
    return np.ascontiguousarray(rows).view(np.uint8).reshape(len(vectors), -1)


def unorm(values: F32, bits: int) -> npt.NDArray[np.generic]:
    """Fractions 0..1 as ``uint8`` or ``uint16``."""
    top = 255 if bits <= 8 else 65_535
    out: npt.NDArray[np.generic] = np.rint(np.clip(values, 0, 1) * top).astype(np.uint8 if bits <= 8 else np.uint16)
    return out


def skin_weights(weights: F32) -> U8:
    """
    ``(n, k)`` weights as bytes that add up to exactly 255, by the largest remainder.

    Rounding each alone leaves sums of 253 to 257, which the Khronos validator refuses and which move vertices.
    """
    total = weights.sum(axis=1, keepdims=True, dtype=np.float64)
    exact = np.divide(weights, total, out=np.zeros(weights.shape, np.float64), where=total > 0) * 255.0
    floor = np.floor(exact)
    missing = np.where(total[:, 0] > 0, 255 - floor.sum(axis=1), 0).astype(np.int64)
    rank = np.argsort(np.argsort(floor - exact, axis=1, kind="stable"), axis=1, kind="stable")
    out: U8 = (floor + (rank < missing[:, None])).astype(np.uint8)
    return out


def skin_joints(joints: U16, weights: U8) -> U8 | U16:
    """Joints ``(n, k)`` in 8 bits where they fit; those that weigh nothing are joint 0, as the validator wants."""
    out = np.where(weights > 0, joints, 0)
    return out.astype(np.uint8) if out.max(initial=0) < 256 else out.astype(np.uint16)
