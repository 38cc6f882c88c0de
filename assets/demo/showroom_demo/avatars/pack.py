"""
A skinned mesh, or the clips, as a small GLB: quantised, meshopt-compressed, one primitive, ``_REGION`` beside the rest.

A skinned mesh's node may not move it, so the step from 16-bit grid to metres sits in the inverse bind matrices.

Source: KHR_mesh_quantization, EXT_meshopt_compression; glTF 2.0 section 3.7.3.3 (skins).
"""

from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from showroom_assets.glb.binary import Binary
from showroom_assets.glb.container import join
from showroom_assets.scene import Json
from showroom_demo.avatars.mesh import Mesh
from showroom_demo.avatars.skeleton import BONES, PARENT_OF, Skeleton, strongest
from showroom_demo.kit.shape import F64, unit

_ASSET = {"version": "2.0", "generator": "Showroom", "copyright": "CC0 1.0: MakeHuman"}
_GRID = 65_535
_LEAST_MORPH_M = 0.0004


def figure_glb(mesh: Mesh, skeleton: Skeleton, name: str) -> bytes:
    """A part of a figure. Equal meshes give equal bytes."""
    import meshopt

    binary = _Compressed()
    low = mesh.points.min(axis=0)
    step = float(np.ptp(mesh.points, axis=0).max()) / _GRID
    faces, order = _ordered(mesh)
    points = np.rint((mesh.points[order] - low) / step).astype(np.uint16)
    attributes: Json = {"POSITION": binary.attribute(points, bounds=True)}
    four = np.zeros((len(order), 4), np.float32)
    four[:, :3] = unit(mesh.normals[order])
    octahedral = np.ascontiguousarray(meshopt.encode_filter_oct(four, 4, 8)).view(np.uint8).reshape(-1, 4)
    attributes["NORMAL"] = binary.filtered(octahedral)
    attributes["COLOR_0"] = binary.attribute(_bytes(np.clip(mesh.colors[order], 0, 1)), normalised=True)
    joints, weights = strongest(mesh.weights[order])
    whole = _to_255(weights)
    attributes["JOINTS_0"] = binary.attribute(np.where(whole > 0, joints, 0).astype(np.uint8))
    attributes["WEIGHTS_0"] = binary.attribute(whole, normalised=True)
    attributes["_REGION"] = binary.attribute(mesh.region[order].astype(np.uint8)[:, None])
    targets, names = [], []
    for morph, delta in mesh.morphs.items():
        if np.abs(delta).max(initial=0) > _LEAST_MORPH_M:
            small = np.clip(np.rint(delta[order] / step), -32767, 32767).astype(np.int16)
            targets.append({"POSITION": binary.attribute(small, bounds=True)})
            names.append(morph)
    primitive: Json = {"attributes": attributes, "indices": binary.triangles(faces), "material": 0}
    body: Json = {"name": name, "primitives": [primitive]}
    if targets:
        primitive["targets"] = targets
        body |= {"weights": [0.0] * len(names), "extras": {"targetNames": names}}
    metres = np.diag([step, step, step, 1.0])
    metres[:3, 3] = low
    inverse = (np.linalg.inv(skeleton.bind) @ metres).transpose(0, 2, 1).reshape(-1, 16).astype(np.float32)
    document: Json = {
        "asset": dict(_ASSET),
        "scene": 0,
        "scenes": [{"nodes": [0, len(BONES)]}],
        "nodes": [*_bones(skeleton), {"name": name, "mesh": 0, "skin": 0}],
        "meshes": [body],
        "materials": [{"name": "figure", "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8}}],
        "skins": [{"joints": list(range(len(BONES))), "skeleton": 0, "inverseBindMatrices": binary.plain(inverse)}],
    }
    return _finished(document, binary)


def clips_glb(skeleton: Skeleton, clips: dict[str, tuple[F64, F64, F64]]) -> bytes:
    """
    Animations on a bare skeleton: name → times ``(t,)``, rotations ``(t, b, 4)`` xyzw, places of the hips ``(t, 3)``.

    Keys that lie on the way between their neighbours are left out.
    """
    import meshopt

    binary = _Compressed()
    animations = []
    for name, (times, turns, hips) in clips.items():
        samplers: list[Json] = []
        channels: list[Json] = []

        for at in range(len(BONES)):
            keys = _sparse(turns[:, at], 0.0016)
            chosen = np.ascontiguousarray(turns[keys, at], np.float32)
            packed = np.ascontiguousarray(meshopt.encode_filter_quat(chosen, 8, 14)).view(np.uint8).reshape(-1, 8)
            _channel(channels, samplers, binary, times[keys], at, "rotation", binary.rotations(packed))
        keys = _sparse(hips, 0.0004)
        place = binary.plain(hips[keys].astype(np.float32))
        _channel(channels, samplers, binary, times[keys], 0, "translation", place)
        animations.append({"name": name, "channels": channels, "samplers": samplers})
    document: Json = {
        "asset": dict(_ASSET),
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": _bones(skeleton),
        "animations": animations,
    }
    return _finished(document, binary)


def _channel(
    channels: list[Json], samplers: list[Json], binary: "_Compressed", times: F64, node: int, path: str, values: int
) -> None:
    start = binary.plain(times.astype(np.float32)[:, None], bounds=True)
    channels.append({"sampler": len(samplers), "target": {"node": node, "path": path}})
    samplers.append({"input": start, "output": values})


class _Compressed(Binary):
    """Vertex streams and indices go in compressed; small tables plain."""

    def attribute(self, values: Any, *, normalised: bool = False, bounds: bool = False) -> int:
        return self._packed(_rows(values), values, normalised=normalised, bounds=bounds)

    def filtered(self, rows: Any) -> int:
        return self._packed(rows, np.zeros((len(rows), 3), np.int8), normalised=True, filter="OCTAHEDRAL")

    def rotations(self, rows: Any) -> int:
        seen = np.zeros((len(rows), 4), np.int16)
        return self._packed(rows, seen, normalised=True, filter="QUATERNION", is_vertex=False)

    def triangles(self, faces: Any) -> int:
        import meshopt

        flat = faces.reshape(-1)
        stride = 2 if int(flat.max()) < 65_535 else 4
        view = self._view(
            meshopt.encode_index_buffer(flat.astype(np.uint32)), len(flat), stride, {"mode": "TRIANGLES"}, 34963
        )
        return self.accessor(flat.astype(np.uint16 if stride == 2 else np.uint32)[:, None], view)

    def plain(self, values: Any, *, bounds: bool = False) -> int:
        return self.accessor(values, self.view(np.ascontiguousarray(values).tobytes()), bounds=bounds)

    def _packed(
        self, rows: Any, seen: Any, *, normalised: bool, bounds: bool = False, filter: str = "", is_vertex: bool = True
    ) -> int:
        import meshopt

        packed = meshopt.encode_vertex_buffer_level(np.ascontiguousarray(rows), 3, 0)
        how: Json = {"mode": "ATTRIBUTES"} | ({"filter": filter} if filter else {})
        view = self._view(packed, len(rows), rows.shape[1], how, 34962 if is_vertex else None)
        return self.accessor(seen, view, normalised=normalised, bounds=bounds)

    def _view(self, packed: bytes, count: int, stride: int, how: Json, target: int | None) -> int:
        view: Json = {"buffer": 1, "byteOffset": self.fallback_bytes, "byteLength": count * stride}
        if target == 34962:
            view["byteStride"] = stride
        if target:
            view["target"] = target
        place = {"buffer": 0, "byteOffset": self.append(packed), "byteLength": len(packed)}
        view["extensions"] = {"EXT_meshopt_compression": {**place, "byteStride": stride, "count": count, **how}}
        self.fallback_bytes += -(-count * stride // 4) * 4
        return self.add_view(view)


def _finished(document: Json, binary: _Compressed) -> bytes:
    data = binary.chunk()
    used = ["EXT_meshopt_compression", "KHR_mesh_quantization"]
    fallback = {"byteLength": binary.fallback_bytes, "extensions": {"EXT_meshopt_compression": {"fallback": True}}}
    document |= {
        "accessors": binary.accessors, "bufferViews": binary.views, "buffers": [{"byteLength": len(data)}, fallback],
        "extensionsUsed": used, "extensionsRequired": used,
    }  # fmt: skip
    return join(document, data)


def _bones(skeleton: Skeleton) -> list[Json]:
    out: list[Json] = []
    quaternions = Rotation.from_matrix(skeleton.locals).as_quat(canonical=True)
    for at, name in enumerate(BONES):
        node: Json = {"name": name, "translation": [round(float(v), 6) for v in skeleton.offsets[at]]}
        if abs(quaternions[at, 3]) < 1 - 1e-9:
            node["rotation"] = [float(v) for v in quaternions[at].astype(np.float32)]
        children = [k for k, parent in enumerate(PARENT_OF) if parent == at]
        out.append(node | ({"children": children} if children else {}))
    return out


def _ordered(mesh: Mesh) -> tuple[Any, Any]:
    """Faces and vertices in an order that compresses and draws well: vertices as the faces first use them."""
    import meshoptimizer

    flat = np.ascontiguousarray(mesh.faces.ravel(), np.uint32)
    sorted_faces = np.empty_like(flat)
    meshoptimizer.optimize_vertex_cache(sorted_faces, flat, len(flat), len(mesh.points))
    _, first, inverse = np.unique(sorted_faces, return_index=True, return_inverse=True)
    rank = np.argsort(first, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    order = sorted_faces[np.sort(first)].astype(np.int64)
    return place[inverse].reshape(-1, 3), order


def _sparse(values: F64, tolerance: float) -> Any:
    """Which keys straight lines need (Ramer, Douglas & Peucker)."""
    keep = np.zeros(len(values), bool)
    keep[[0, -1]] = True
    if np.abs(values - values[0]).max() <= tolerance * 0.5:
        return np.array([0, len(values) - 1])
    stack = [(0, len(values) - 1)]
    while stack:
        low, high = stack.pop()
        if high - low < 2:
            continue
        t = (np.arange(low + 1, high) - low)[:, None] / (high - low)
        away = np.abs(values[low] * (1 - t) + values[high] * t - values[low + 1 : high]).max(axis=1)
        worst = int(away.argmax())
        if away[worst] > tolerance:
            middle = low + 1 + worst
            keep[middle] = True
            stack += [(low, middle), (middle, high)]
    return np.flatnonzero(keep)


def _rows(values: Any) -> Any:
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
    return np.ascontiguousarray(np.pad(raw, ((0, 0), (0, -raw.shape[1] % 4))))


def _bytes(values: F64) -> Any:
    return np.rint(values * 255).astype(np.uint8)


def _to_255(weights: F64) -> Any:
    """Bytes that add up to 255, the rounding given to the largest."""
    whole = np.floor(weights * 255 + 0.5).astype(np.int64)
    whole[:, 0] += 255 - whole.sum(axis=1)
    return whole.astype(np.uint8)
