"""
RGB-D captures: a folder (or zip) of colour and depth pictures with intrinsics, with or without poses.

    APC        frame-000000.color.png, .depth.png, cam.info.txt, masks/frame-000000.<object>.mask.png
    7-Scenes   frame-000000.color.png, .depth.png, .pose.txt
    TUM        rgb/<time>.png, depth/<time>.png, associations.txt, groundtruth.txt
    Open3D     color/ (or image/), depth/, camera_intrinsic.json, trajectory.log or .json

and whatever mixes them. Pictures are decoded frame by frame when asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from showroom_assets.errors import DamagedFile, EmptyInput, MissingFile
from showroom_assets.scene import F32, F64

from .cameras import (
    parse_cam_info,
    parse_groundtruth,
    parse_intrinsics,
    parse_log,
    parse_pose,
    parse_trajectory,
)
from .files import Files, stem, suffix
from .limits import Limits, at_most
from .numbers import printable
from .pairs import COLOR, Pair
from .pictures import open_picture, rgb
from .scan import Bool, Frame

_MASK_FOLDERS = ("masks", "mask")
_INTRINSICS = (
    "camera_intrinsic.json", "camera_intrinsics.json", "intrinsic.json", "intrinsics.json", "camera.json",
    "camera-intrinsics.txt", "camera_intrinsics.txt", "intrinsics.txt", "intrinsic.txt", "intrinsics_depth.txt",
    "intrinsic_depth.txt", "intrinsic/intrinsic_depth.txt", "k.txt", "camera.txt", "calibration.txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCapture:
    """
    An RGB-D capture whose pictures lie among ``files``.

    ``depth_scale`` raw units a metre · ``rotated`` the depth's bits are rotated by 3 (APC) · ``intrinsics (3, 3)`` ·
    ``poses`` world from camera or None, one a frame.
    """

    files: Files
    pairs: tuple[Pair, ...]
    intrinsics: F64
    poses: tuple[F64 | None, ...]
    depth_scale: float
    rotated: bool = False
    masks: dict[str, dict[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[Frame]:
        return (self[index] for index in range(len(self)))

    @property
    def objects(self) -> tuple[str, ...]:
        """Names of the objects that have masks."""
        return tuple(sorted({name for masks in self.masks.values() for name in masks}))

    def __getitem__(self, index: int) -> Frame:
        """
        Decode frame ``index``.

        Raises
        ------
        DamagedFile, LimitExceeded, UnsupportedFormat
            A picture is damaged, too large, or no depth.
        """
        with np.errstate(all="ignore"):  # a depth may be any bits
            return self._frame(self.pairs[index], self.poses[index])

    def _frame(self, pair: Pair, pose: F64 | None) -> Frame:
        limits = self.files.limits
        color = rgb(open_picture(self.files.read(pair.color), pair.color, limits=limits))
        depth = self._depth(pair.depth)
        scale = np.array([color.shape[1] / depth.shape[1], color.shape[0] / depth.shape[0]])
        if abs(scale[0] / scale[1] - 1.0) > 0.02:
            raise DamagedFile(
                f"'{pair.depth:.80}' is {depth.shape[1]} x {depth.shape[0]} pixels and its colour picture "
                f"{color.shape[1]} x {color.shape[0]}. Register the depth to the colour camera.",
            )
        for_depth, for_color = self._scaled(depth.shape[1], color.shape[1])
        return Frame(
            name=pair.key,
            color=color,
            depth=depth,
            intrinsics=for_depth,
            color_intrinsics=for_color,
            pose=pose,
            masks={name: self._mask(file) for name, file in self.masks.get(pair.key, {}).items()},
        )

    def _scaled(self, depth_width: int, color_width: int) -> tuple[F64, F64]:
        """The intrinsics are those of the picture whose width fits the principal point better."""
        if depth_width == color_width:
            return self.intrinsics, self.intrinsics
        centre = 2.0 * self.intrinsics[0, 2]
        own = min((depth_width, color_width), key=lambda width: abs(np.log(max(centre, 1.0) / width)))
        out = []
        for width in (depth_width, color_width):
            matrix = self.intrinsics.copy()
            matrix[:2] *= width / own
            out.append(matrix)
        return out[0], out[1]

    def _depth(self, name: str) -> F32:
        picture = open_picture(self.files.read(name), name, limits=self.files.limits, depth=True)
        if picture.mode not in {"I", "I;16", "I;16B", "I;16L", "F"}:
            raise DamagedFile(
                f"'{name:.80}' is a picture of {picture.mode}, not of depth. Save 16-bit grey PNGs of millimetres."
            )
        raw = np.asarray(picture)
        if picture.mode == "F":  # 32-bit TIFF
            metres = np.where(np.isfinite(raw) & (raw > 0), raw, 0.0)
            return np.asarray(metres / (self.depth_scale if float(metres.max()) > 100.0 else 1.0), np.float32)
        raw = np.clip(raw, 0, 65535).astype(np.uint16)
        if self.rotated:
            raw = raw >> 3 | raw << 13
        raw = np.where(raw == 65535, 0, raw)  # how Kinects mark the unknown
        return np.asarray(raw / self.depth_scale, np.float32)

    def _mask(self, name: str) -> Bool:
        picture = open_picture(self.files.read(name), name, limits=self.files.limits)
        if picture.mode not in {"1", "L", "I", "I;16", "I;16B", "F"}:
            picture = picture.convert("L")
        levels = np.nan_to_num(np.asarray(picture, np.float32))
        # Some masks are 0 and 1 or 255, some (APC) a confidence in 16 bits: half of the largest value parts them all.
        return levels > float(levels.max()) / 2


def read_capture(files: Files, pairs: tuple[Pair, ...], *, limits: Limits, notes: list[str]) -> FolderCapture:
    """
    The capture of ``pairs``, with its cameras; all files are read once, for the list of sources.

    Raises
    ------
    MissingFile
        No intrinsics.
    DamagedFile, LimitExceeded, EmptyInput
        See ``cameras`` and ``pictures``; no frame has any depth.
    """
    at_most(limits.frames, len(pairs), f"frames of '{files.label:.80}'")
    info = next((name for name in files.names if PurePosixPath(name).name.lower() == "cam.info.txt"), None)
    rotated, scale = False, 1000.0
    poses: tuple[F64 | None, ...]
    if info is not None:
        intrinsics, named = parse_cam_info(files.read(info), info)
        poses = tuple(named.get(pair.key.rsplit("/", 1)[-1]) for pair in pairs)
        rotated, scale = True, 10_000.0
    else:
        intrinsics, declared = _intrinsics(files, pairs, notes)
        poses = tuple(_poses(files, pairs, limits))
        if _is_tum(files):
            scale = 5000.0
        if declared is not None and 0 < declared < 1e7:
            scale = declared if declared >= 1 else 1.0 / declared
    known = sum(pose is not None for pose in poses)
    if known == 0:
        notes.append("no camera poses: they have to be estimated from the pictures.")
    elif known < len(poses):
        notes.append(f"{len(poses) - known} of {len(poses)} frames have no usable pose.")
    capture = FolderCapture(
        files=files,
        pairs=pairs,
        intrinsics=intrinsics,
        poses=poses,
        depth_scale=scale,
        rotated=rotated,
        masks=_masks(files, pairs),
    )
    for pair in pairs:
        for name in (pair.color, pair.depth, *capture.masks.get(pair.key, {}).values()):
            files.read(name)
    some = dict.fromkeys(np.linspace(0, len(pairs) - 1, 32).round().astype(int).tolist())
    if not any(bool((capture[index].depth > 0).any()) for index in some):
        raise EmptyInput(f"'{files.label:.80}': the depth pictures hold no depth. Record the capture again.")
    return capture


# --- cameras ---------------------------------------------------------------------------------------------------------


def _is_tum(files: Files) -> bool:
    names = {PurePosixPath(name).name.lower() for name in files.names}
    return bool(names & {"groundtruth.txt", "associations.txt", "associated.txt"}) or {"rgb.txt", "depth.txt"} <= names


def _intrinsics(files: Files, pairs: tuple[Pair, ...], notes: list[str]) -> tuple[F64, float | None]:
    by_name = {PurePosixPath(name).name.lower(): name for name in reversed(files.names)}
    by_path = {name.lower(): name for name in files.names}
    for wanted in _INTRINSICS:
        if found := by_path.get(wanted) or by_name.get(wanted):
            return parse_intrinsics(files.read(found), found)
    size = open_picture(files.read(pairs[0].depth), pairs[0].depth, limits=files.limits, depth=True).size
    if size == (640, 480) and _is_tum(files):
        notes.append("no intrinsics: the benchmark's own (525 pixels) were used.")
        return np.array([[525.0, 0, 319.5], [0, 525.0, 239.5], [0, 0, 1]]), None
    if size == (640, 480) and any(name.endswith(".pose.txt") for name in files.names):
        notes.append("no intrinsics: those of a Kinect (585 pixels) were used.")
        return np.array([[585.0, 0, 320.0], [0, 585.0, 240.0], [0, 0, 1]]), None
    raise MissingFile(
        f"'{files.label:.80}' has colour and depth pictures but no intrinsics. "
        "Put a camera_intrinsic.json, or an intrinsics.txt with fx fy cx cy, beside them.",
        wanted="camera_intrinsic.json",
    )


def _poses(files: Files, pairs: tuple[Pair, ...], limits: Limits) -> list[F64 | None]:
    by_name = {PurePosixPath(name).name.lower(): name for name in reversed(files.names)}
    if found := by_name.get("trajectory.log"):
        return _filled(parse_log(files.read(found), found, limits=limits), len(pairs))
    if found := by_name.get("trajectory.json"):
        return _filled(parse_trajectory(files.read(found), found, limits=limits), len(pairs))
    if (found := by_name.get("groundtruth.txt")) and all(pair.time_s is not None for pair in pairs):
        times = [pair.time_s for pair in pairs if pair.time_s is not None]
        return parse_groundtruth(files.read(found), found, times, limits=limits)
    own = {}
    for name in files.names:
        path = PurePosixPath(name)
        if name.endswith(".pose.txt"):
            own[path.name[: -len(".pose.txt")]] = name
        elif path.suffix.lower() == ".txt" and path.parent.name.lower() in {"pose", "poses"}:
            own[path.stem] = name
    out: list[F64 | None] = []
    for pair in pairs:
        file = own.get(pair.key.rsplit("/", 1)[-1]) or own.get(stem(pair.color))
        out.append(parse_pose(files.read(file)) if file else None)
    return out


def _filled(poses: list[F64 | None], count: int) -> list[F64 | None]:
    return (poses + [None] * count)[:count]


def _masks(files: Files, pairs: tuple[Pair, ...]) -> dict[str, dict[str, str]]:
    """Masks by frame and object: ``masks/<frame>.<object>.mask.png``, or ``mask/<frame>.png`` for a single object."""
    keys = {pair.key.rsplit("/", 1)[-1]: pair.key for pair in pairs}
    out: dict[str, dict[str, str]] = {}
    for name in files.names:
        path = PurePosixPath(name)
        if path.parent.name.lower() not in _MASK_FOLDERS or suffix(name) not in COLOR:
            continue
        title = path.stem.removesuffix(".mask")
        if title in keys:
            out.setdefault(keys[title], {})["object"] = name
            continue
        frame, _, thing = title.partition(".")
        if frame in keys and thing:
            out.setdefault(keys[frame], {})[printable(thing)] = name
    return out
