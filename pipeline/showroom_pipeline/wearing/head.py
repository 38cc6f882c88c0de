"""
A head in metres from the landmarks of one photo, as the mirror finds it, and where a product sits on it.

Pose by the pinhole camera on landmarks that a smile does not move; scale by both irises, weighed against what heads
are. Camera space: x right, y up, camera at the origin looking along -Z, metres.

Source: see ``webclient/src/tryon/face.ts`` and ``wear.ts``; Horn 1987 for the rigid fit.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from showroom_assets.errors import DamagedFile
from showroom_assets.product import Anchor
from showroom_assets.scene import F64
from showroom_pipeline.steps.raster import I64
from showroom_pipeline.wearing.rules import Worn, on_head, rules

_IRISES = ((468, 469, 471, (33, 133)), (473, 474, 476, (362, 263)))
_HEADS = 0.05  # spread of grown-up heads
_IRIS, _SURE, _LOOK = 0.043, 0.02, 0.1
_TURNED = 0.85
_MESH = "geometry_pipeline_metadata_landmarks.binarypb"


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole with square pixels, its axis through the middle of the picture."""

    width: int
    height: int

    @property
    def focal(self) -> float:
        return float(self.height / 2 / np.tan(np.radians(rules()["vertical_deg"]) / 2))

    def project(self, points: F64) -> F64:
        """``(n, 3)`` camera space to ``(n, 2)`` pixels from the upper left."""
        depth = np.maximum(-points[:, 2], 1e-6)
        return np.column_stack(
            [self.width / 2 + self.focal * points[:, 0] / depth, self.height / 2 - self.focal * points[:, 1] / depth]
        )

    def rays(self, pixels: F64) -> F64:
        """``(n, 2)`` pixels to directions with z = -1."""
        x = (pixels[:, 0] - self.width / 2) / self.focal
        y = (self.height / 2 - pixels[:, 1]) / self.focal
        return np.column_stack([x, y, -np.ones(len(pixels))])


@dataclass(frozen=True, slots=True)
class Pose:
    """``rotation (3, 3)`` and ``translation (3,)``: to from."""

    rotation: F64
    translation: F64

    def put(self, points: F64) -> F64:
        out: F64 = points @ self.rotation.T + self.translation
        return out

    def after(self, other: "Pose") -> "Pose":
        return Pose(self.rotation @ other.rotation, self.rotation @ other.translation + self.translation)

    @property
    def matrix(self) -> F64:
        out = np.eye(4)
        out[:3, :3], out[:3, 3] = self.rotation, self.translation
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """
    ``pose``: camera from head. ``scale`` against the canonical head, ``scale_spread`` one sigma. ``pupils (2, 3)``:
    right and left, head space, metres. ``error_px``: mean distance of landmarks from where the pose puts them.
    """

    pose: Pose
    scale: float
    scale_spread: float
    pupils: F64
    error_px: float

    @property
    def pupillary_distance_mm(self) -> float:
        return float(np.linalg.norm(self.pupils[0] - self.pupils[1]) * 1000)


@dataclass(frozen=True, slots=True)
class Face:
    """The canonical face: ``points (468, 3)`` metres and ``faces (m, 3)``."""

    points: F64
    faces: I64


def canonical(task: Path) -> Face:
    """
    The mesh that a face model's landmarks stand for, out of the model itself.

    Raises
    ------
    DamagedFile
        The file has no such mesh.
    """
    try:
        with zipfile.ZipFile(task) as bundle:
            mesh = next(body for number, body in _fields(bundle.read(_MESH)) if number == 1 and isinstance(body, bytes))
        floats = b"".join(body for number, body in _fields(mesh) if number == 3 and isinstance(body, bytes))
        indices: list[int] = []
        for number, body in _fields(mesh):
            if number == 4:
                indices += [body] if isinstance(body, int) else list(_varints(body))
        points = np.frombuffer(floats, "<f4").reshape(-1, 5)[:, :3].astype(np.float64) / 100
        faces = np.array(indices, np.int64).reshape(-1, 3)
    except (zipfile.BadZipFile, KeyError, StopIteration, ValueError, IndexError, OSError) as exc:
        raise DamagedFile(f"{task} holds no face mesh. Delete it and run `make setup`.") from exc
    if len(points) != 468 or not len(faces) or faces.max() >= 468:
        raise DamagedFile(f"{task} holds another face mesh than its landmarks stand for. Run `make setup`.")
    return Face(points, faces)


def find(landmarks: F64, face: Face, lens: Lens) -> Head | None:
    """The head of ``landmarks (478, 3)``; None if they are no head that faces the camera."""
    from scipy.optimize import least_squares
    from scipy.spatial.transform import Rotation

    still = np.array([at for at, _, _ in rules()["still"]])
    # Points are seen better across the face than along its height.
    weights = np.sqrt(np.array([across_and_up for _, *across_and_up in rules()["still"]]))
    seen = landmarks[:, :2] * [lens.width, lens.height]
    eyes_px = float(np.linalg.norm(seen[33] - seen[263]))
    if eyes_px < 8:
        return None
    cos, sin = (seen[263] - seen[33]) / eyes_px
    upright = np.array([[cos, -sin], [sin, cos]])
    middle = lens.rays(seen[[168]])[0]
    depth = lens.focal * float(np.linalg.norm(face.points[33] - face.points[263])) / eyes_px

    def misfit(six: F64) -> F64:
        points = face.points[still] @ Rotation.from_rotvec(six[:3]).as_matrix().T + six[3:]
        out: F64 = ((lens.project(points) - seen[still]) @ upright * weights).ravel()
        return out

    start = np.concatenate([np.zeros(3), middle * depth])
    solved = least_squares(misfit, start, loss="huber", f_scale=max(1.0, eyes_px * 0.03))
    rotation, translation = Rotation.from_rotvec(solved.x[:3]).as_matrix(), solved.x[3:]
    error_px = float(np.linalg.norm(misfit(solved.x).reshape(-1, 2), axis=1).mean())
    if not (-6 < translation[2] < -0.1 and rotation[2, 2] > 0.1 and error_px < eyes_px * 0.25):
        return None
    scale, spread, unit = 1.0, _HEADS, []
    looks = []
    for centre, a, b, corners in _IRISES:
        depth = float((face.points[list(corners)] @ rotation[2] + translation[2]).mean())
        unit.append(lens.rays(seen[[centre]])[0] * -depth)
        wide_px = float(np.linalg.norm(seen[a] - seen[b]))
        looks.append(rules()["iris_m"] * lens.focal / max(wide_px, 1e-6) / -depth if wide_px >= 4 else np.nan)
    look = float(np.mean(looks))
    if rotation[2, 2] > _TURNED and 0.7 < look < 1.4:
        by = _IRIS**2 + _SURE**2 + _LOOK**2
        trust = _HEADS**2 / (_HEADS**2 + by)
        scale, spread = 1 + trust * (look - 1), float(np.sqrt(trust * by))
    pose = Pose(rotation, translation * scale)
    pupils = (np.array(unit) * scale - pose.translation) @ rotation
    return Head(pose=pose, scale=scale, scale_spread=spread, pupils=pupils, error_px=error_px)


def seat(worn: Worn, anchors: list[Anchor], scale: float) -> Pose | None:
    """
    Head from product, in true size; None if the product lacks the anchors that say where it sits.
    """
    named = on_head(worn)
    found = [anchor for anchor in anchors if anchor.name in named]
    if len(found) < 3:
        return None
    at = np.array([anchor.position_m for anchor in found])
    to = np.array([target(worn, anchor.name, scale) for anchor in found])
    weights = np.array([named[anchor.name]["weight"] for anchor in found])
    pose = rigid(at, to, weights)
    bridge = next((i for i, anchor in enumerate(found) if anchor.name == "bridge"), None)
    if worn == "spectacles" and bridge is not None:
        # Spectacles rest on the nose: whatever is left of the misfit is the ears' to bear.
        pose = Pose(pose.rotation, pose.translation + to[bridge] - pose.put(at[[bridge]])[0])
    return pose


def target(worn: Worn, name: str, scale: float) -> F64:
    """Where on a head of this scale an anchor should come to lie, head space, metres."""
    rule = on_head(worn)[name]
    out: F64 = np.array(rule["place"]) * scale + np.array(rule.get("off_m", (0, 0, 0)))
    return out


def rigid(at: F64, to: F64, weights: F64) -> Pose:
    """The rotation and translation, without scale, that bring ``at`` nearest to ``to``."""
    share = (weights / weights.sum())[:, None]
    a, b = (at * share).sum(0), (to * share).sum(0)
    u, _, v = np.linalg.svd(((at - a) * share).T @ (to - b))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(v.T @ u.T))])
    rotation = v.T @ flip @ u.T
    return Pose(rotation, b - rotation @ a)


def _fields(message: bytes) -> list[tuple[int, bytes | int]]:
    """Fields of a protobuf message: number, and the bytes or the number it holds."""
    out: list[tuple[int, bytes | int]] = []
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            out.append((key >> 3, value))
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind == 5:
            size = 4
        else:
            raise ValueError("a kind of field that is not read")
        out.append((key >> 3, message[at : at + size]))
        at += size
    return out


def _varints(body: bytes) -> list[int]:
    out, at = [], 0
    while at < len(body):
        value, at = _varint(body, at)
        out.append(value)
    return out


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number that does not end")
