"""
Cameras of an RGB-D capture as its files describe them: intrinsics and poses in the notations that are common.

    intrinsics   3 x 3 or 4 x 4 numbers · fx fy cx cy · JSON: ``intrinsic_matrix`` (Open3D), ``K``, or fx, fy, cx, cy
    poses        one 4 x 4 a frame (7-Scenes, ScanNet) · trajectory.log and .json (Open3D) · groundtruth.txt (TUM) ·
                 cam.info.txt (APC)

Sources: Open3D, "RGBD integration"; TUM RGB-D benchmark, "File formats"; the APC vision toolbox's loadScene.
"""

import json
import re
from typing import Any

import numpy as np

from showroom_assets.errors import DamagedFile
from showroom_assets.scene import F64

from .limits import Limits, at_most
from .numbers import decode, printable

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)", re.IGNORECASE)
_TEXT = 16 << 20
_SAME_MOMENT_S = 0.03


def numbers_of(text: str, limit: int) -> F64:
    """The first ``limit`` numbers of a text, whatever stands between."""
    return np.array([float(found.group()) for found, _ in zip(_NUMBER.finditer(text), range(limit), strict=False)])


def parse_intrinsics(data: bytes, name: str) -> tuple[F64, float | None]:
    """
    ``(3, 3)`` in pixels, and the depth units a metre, if the file says.

    Raises
    ------
    DamagedFile
        No notation that is known, or no camera.
    """
    at_most(1 << 20, len(data), f"bytes of '{name:.80}'")
    text, scale = decode(data), None
    if text.lstrip().startswith("{"):
        values, scale = _from_json(_json(text, name))
    else:
        values = numbers_of("\n".join(line for line in text.splitlines() if not line.startswith("#")), 16)
    if len(values) == 16:
        values = values.reshape(4, 4)[:3, :3].reshape(-1)
    if len(values) in (4, 5, 6) and len(values) != 5:
        fx, fy, cx, cy = values[-4:]  # six: width and height stand in front
        values = np.array([fx, 0, cx, 0, fy, cy, 0, 0, 1.0])
    if len(values) < 9:
        raise DamagedFile(f"'{name:.80}' holds no intrinsics that are understood. Write fx fy cx cy, in pixels.")
    return checked_intrinsics(values[:9].reshape(3, 3), name), scale


def checked_intrinsics(matrix: F64, name: str) -> F64:
    """
    The matrix, if it can be a camera's.

    Raises
    ------
    DamagedFile
        Not finite, or focal lengths and centre that no camera has.
    """
    fine = bool(np.isfinite(matrix).all()) and matrix[0, 0] > 1 and matrix[1, 1] > 1 and bool((matrix[:2] < 1e6).all())
    if not fine or abs(matrix[2, 2] - 1) > 1e-6 or bool((matrix[:2, 2] < 0).any()):
        raise DamagedFile(f"'{name:.80}' holds intrinsics that no camera has. Write fx fy cx cy, in pixels.")
    return matrix


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise DamagedFile(f"'{name:.80}' is not valid JSON. Write it again.") from exc


def _from_json(document: Any) -> tuple[F64, float | None]:
    if isinstance(document.get("intrinsic"), dict):
        document = document["intrinsic"]
    try:
        scale = float(document["depth_scale"]) if "depth_scale" in document else None
        if isinstance(found := document.get("intrinsic_matrix"), list):
            flat = np.array(found, np.float64)
            # Open3D writes columns; a matrix of rows, or of nested rows, is told by where the 1 and the zeros are.
            matrix = flat.reshape(3, 3) if flat.shape == (3, 3) else flat.reshape(3, 3).T
            if matrix[0, 2] == 0 and matrix[2, 0] != 0:
                matrix = matrix.T
            return matrix.reshape(-1), scale
        if isinstance(found := document.get("K"), list):
            return np.array(found, np.float64).reshape(-1), scale
        return np.array([float(document[key]) for key in ("fx", "fy", "cx", "cy")]), scale
    except (KeyError, TypeError, ValueError, OverflowError):
        return np.empty(0), None


def usable_pose(matrix: F64) -> F64 | None:
    """The pose with its rotation made exact, or None if it is none (trackers write NaN or zeros when lost)."""
    if matrix.shape != (4, 4) or not bool(np.isfinite(matrix).all()) or bool((np.abs(matrix) > 1e6).any()):
        return None
    rotation = matrix[:3, :3]
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=0.02) or np.linalg.det(rotation) < 0:
        return None
    u, _, vt = np.linalg.svd(rotation)
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = u @ vt, matrix[:3, 3]
    return out


def parse_pose(data: bytes) -> F64 | None:
    """One ``(4, 4)`` world from camera, row by row; None if it is none."""
    values = numbers_of(decode(data[:4096]), 16)
    if len(values) == 12:
        values = np.append(values, (0.0, 0.0, 0.0, 1.0))
    return usable_pose(values.reshape(4, 4)) if len(values) == 16 else None


def parse_log(data: bytes, name: str, *, limits: Limits) -> list[F64 | None]:
    """Poses of a trajectory.log: three whole numbers, then a ``(4, 4)`` world from camera, again and again."""
    at_most(_TEXT, len(data), f"bytes of '{name:.80}'")
    values = numbers_of(decode(data), 19 * limits.frames + 1)
    at_most(19 * limits.frames, len(values), f"numbers of '{name:.80}'")
    if len(values) % 19:
        raise DamagedFile(f"'{name:.80}' is cut or no trajectory of 4 x 4 matrices. Export it again.")
    return [usable_pose(each[3:].reshape(4, 4)) for each in values.reshape(-1, 19)]


def parse_trajectory(data: bytes, name: str, *, limits: Limits) -> list[F64 | None]:
    """Poses of Open3D's trajectory.json, whose extrinsics are camera from world, column by column."""
    at_most(_TEXT, len(data), f"bytes of '{name:.80}'")
    document = _json(decode(data), name)
    out: list[F64 | None] = []
    try:
        parameters = document["parameters"]
        at_most(limits.frames, len(parameters), f"poses of '{name:.80}'")
        for each in parameters:
            extrinsic = usable_pose(np.array(each["extrinsic"], np.float64).reshape(4, 4).T)
            out.append(None if extrinsic is None else np.asarray(np.linalg.inv(extrinsic), np.float64))
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise DamagedFile(f"'{name:.80}' is no camera trajectory. Export it again.") from exc
    return out


def parse_groundtruth(data: bytes, name: str, times: list[float], *, limits: Limits) -> list[F64 | None]:
    """
    The pose nearest in time to each of ``times`` (seconds), within 30 ms.

    TUM's lines are: time tx ty tz qx qy qz qw.
    """
    at_most(_TEXT, len(data), f"bytes of '{name:.80}'")
    rows = []
    for line in decode(data).splitlines():
        values = numbers_of(line, 8) if not line.lstrip().startswith("#") else np.empty(0)
        if len(values) == 8 and bool(np.isfinite(values).all()):
            rows.append(values)
        at_most(100 * limits.frames, len(rows), f"poses of '{name:.80}'")
    if not rows:
        return [None] * len(times)
    table = np.array(rows)
    table = table[np.argsort(table[:, 0], kind="stable")]
    out: list[F64 | None] = []
    for time in times:
        at = int(np.argmin(np.abs(table[:, 0] - time)))
        out.append(_of_quaternion(table[at]) if abs(table[at, 0] - time) <= _SAME_MOMENT_S else None)
    return out


def _of_quaternion(row: F64) -> F64 | None:
    x, y, z, w = row[4:] / max(float(np.linalg.norm(row[4:])), 1e-12)
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = row[1:4]
    return usable_pose(matrix) if float(np.linalg.norm(row[4:])) > 0.1 else None


def parse_cam_info(data: bytes, name: str) -> tuple[F64, dict[str, F64 | None]]:
    """
    The colour camera's intrinsics and the pose of each frame from an APC cam.info.txt.

    Its depth pictures are already registered to the colour camera, so the depth camera's own intrinsics do not apply:
    with them, neighbouring frames lie 9.1 mm apart (median), with the colour camera's 3.6 mm.
    """
    at_most(_TEXT, len(data), f"bytes of '{name:.80}'")
    sections: dict[str, list[str]] = {}
    current = ""
    for line in decode(data).splitlines():
        if line.startswith("#"):
            current = line.lstrip("# ").strip()
        elif line.strip():
            sections.setdefault(current, []).append(line)
    color = next((rows for title, rows in sections.items() if title.lower().startswith("color camera intr")), None)
    if color is None:
        raise DamagedFile(f"'{name:.80}' has no colour camera intrinsic matrix. Copy it again.")
    values = numbers_of("\n".join(color[:3]), 9)
    if len(values) < 9:
        raise DamagedFile(f"'{name:.80}': the colour camera's intrinsic matrix is cut. Copy it again.")
    poses: dict[str, F64 | None] = {}
    for title, rows in sections.items():
        if title.lower().startswith("camera-to-world"):
            frame = title.split()[-1]
            found = numbers_of("\n".join(rows[:4]), 16)
            poses[printable(frame)] = usable_pose(found.reshape(4, 4)) if len(found) == 16 else None
    return checked_intrinsics(values.reshape(3, 3), name), poses
