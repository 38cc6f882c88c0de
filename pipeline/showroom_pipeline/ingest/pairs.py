"""Which colour and depth pictures of a tree belong together: told by folders, by names, by time, or by a list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from .cameras import numbers_of
from .files import Files, stem, suffix
from .numbers import decode

_COLOR_FOLDERS = ("color", "colour", "rgb", "image", "images")
_DEPTH_FOLDERS = ("depth", "depths", "depth_aligned", "aligned_depth")
COLOR = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
_DEPTH = frozenset({".png", ".tif", ".tiff", ".pgm"})
_IN_ONE_FOLDER = re.compile(r"^(?P<key>.*?)[._-]?(?P<use>color|colour|rgb|depth)[._-]?(?P<rest>\d*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two pictures of one moment; ``key`` is what their names share."""

    key: str
    color: str
    depth: str
    time_s: float | None = None


def find_captures(files: Files) -> list[tuple[Pair, ...]]:
    """The captures of a tree: the pairs of colour and depth pictures of each, by folder."""
    found = _by_association(files) or _by_folder(files) or _by_name(files)
    return [found[folder] for folder in sorted(found)]


def _in_folders(files: Files, folders: tuple[str, ...], kinds: frozenset[str]) -> dict[str, list[str]]:
    """Pictures by the folder above the one they are in."""
    out: dict[str, list[str]] = {}
    for name in files.names:
        path = PurePosixPath(name)
        if path.parent.name.lower() in folders and suffix(name) in kinds:
            out.setdefault(path.parent.parent.as_posix(), []).append(name)
    return out


def _by_folder(files: Files) -> dict[str, tuple[Pair, ...]]:
    colors, depths = _in_folders(files, _COLOR_FOLDERS, COLOR), _in_folders(files, _DEPTH_FOLDERS, _DEPTH)
    out: dict[str, tuple[Pair, ...]] = {}
    for root in sorted(colors.keys() & depths.keys()):
        color, depth = colors[root], depths[root]
        by_key = {_key(name): name for name in depth}
        shared = [name for name in color if _key(name) in by_key]
        if shared:
            out[root] = tuple(Pair(_key(name), name, by_key[_key(name)], _time(name)) for name in shared)
            continue
        times = [_time(name) for name in depth]
        if all(time is not None for time in times) and all(_time(name) is not None for name in color):
            out[root] = tuple(_by_time(color, depth))
        elif len(color) == len(depth):
            out[root] = tuple(Pair(stem(c), c, d) for c, d in zip(color, depth, strict=True))
    return {root: pairs for root, pairs in out.items() if pairs}


def _key(name: str) -> str:
    """A file's stem without the words for its kind: ``frame-000001.color`` and ``frame-000001.depth`` agree."""
    return re.sub(r"[._-]?(color|colour|rgb|depth|image)[._-]?", "", stem(name), flags=re.IGNORECASE)


def _time(name: str) -> float | None:
    """TUM's pictures are named by their time in seconds."""
    return float(stem(name)) if re.fullmatch(r"\d{1,12}\.\d{1,9}", stem(name)) else None


def _by_time(color: list[str], depth: list[str]) -> Iterator[Pair]:
    moments = np.array([_time(name) for name in depth], np.float64)
    for name in color:
        time = _time(name)
        assert time is not None
        at = int(np.argmin(np.abs(moments - time)))
        if abs(float(moments[at]) - time) <= 0.03:
            yield Pair(stem(name), name, depth[at], time)


def _by_association(files: Files) -> dict[str, tuple[Pair, ...]]:
    """TUM's associations.txt: time, colour picture, time, depth picture; either picture may come first."""
    out: dict[str, tuple[Pair, ...]] = {}
    for known in files.names:
        if PurePosixPath(known).name.lower() not in {"associations.txt", "associated.txt", "assoc.txt"}:
            continue
        base = PurePosixPath(known).parent
        pairs = []
        for line in decode(files.read(known)).splitlines():
            words = line.split()
            if len(words) < 4 or line.startswith("#"):
                continue
            found = [files.find((base / word).as_posix()) for word in (words[1], words[3])]
            times = numbers_of(words[0], 1)
            if found[0] and found[1]:
                first, second = found[0], found[1]
                if "depth" in first.lower():
                    first, second = second, first
                pairs.append(Pair(stem(first), first, second, float(times[0]) if len(times) else None))
        if pairs:
            out[base.as_posix()] = tuple(pairs)
    return out


def _by_name(files: Files) -> dict[str, tuple[Pair, ...]]:
    """``<key>.color.png`` with ``<key>.depth.png``, ``color_0001.jpg`` with ``depth_0001.png``, in one folder."""
    found: dict[str, dict[str, str]] = {}
    for name in files.names:
        match = _IN_ONE_FOLDER.match(stem(name))
        if match is None:
            continue
        is_depth = match["use"].lower() == "depth"
        if suffix(name) in (_DEPTH if is_depth else COLOR):
            key = (PurePosixPath(name).parent / (match["key"] + match["rest"] or "frame")).as_posix()
            found.setdefault(key, {})["depth" if is_depth else "color"] = name
    out: dict[str, list[Pair]] = {}
    for key, each in sorted(found.items()):
        if len(each) == 2:
            out.setdefault(PurePosixPath(key).parent.as_posix(), []).append(Pair(key, each["color"], each["depth"]))
    return {folder: tuple(pairs) for folder, pairs in out.items()}
