"""
Landmarks of a photo, found by MediaPipe in a process of its own that has no network.

The library's wheel looks up a host of its maker at run time, so it is never imported here. The child (``tracker``) gets
raw pixels on standard input and answers with numbers; models are read by path and must have the known SHA-256.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from showroom_assets.errors import DamagedFile, MissingFile, ShowroomError, ToolMissing
from showroom_assets.scene import F64, U8

MODELS = {
    "face": ("face_landmarker.task", "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"),
    "pose": ("pose_landmarker_full.task", "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad"),
    "hand": ("hand_landmarker.task", "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1"),
}
"""The models that the mirror uses (``.ci/trackers``)."""

_LIMIT_S = 120.0
_MOST = 4


class TrackerFailed(ShowroomError):
    """The tracker broke down, or could not be cut off from the network."""

    code = "fit.tracker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    What was seen. ``faces``: ``(478, 3)`` each, x and y shares of the picture; ``bodies``: ``(33, 4)`` x, y, depth and
    visibility; ``bodies_m``: ``(33, 3)`` metres from the hips' middle, Y down, as the model gives them. ``hands``:
    ``(21, 3)`` each, and ``are_left`` whose side they are. ``locks``: what kept the child from the network.
    """

    faces: tuple[F64, ...] = ()
    bodies: tuple[F64, ...] = ()
    bodies_m: tuple[F64, ...] = ()
    hands: tuple[F64, ...] = ()
    are_left: tuple[bool, ...] = ()
    locks: tuple[str, ...] = ()


def models_folder() -> Path:
    """Where set-up puts the models of this checkout; the folder may not be there."""
    return Path(__file__).resolve().parents[3] / "webclient" / "public" / "trackers"


def model(kind: str, folder: Path) -> Path:
    """
    The path of a model whose bytes are the known ones.

    Raises
    ------
    MissingFile, DamagedFile
        Not there; or another file.
    """
    name, wanted = MODELS[kind]
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise MissingFile(
            f"{path} cannot be read ({exc.strerror}). Run `make setup`, or name the folder with the models by --models."
        ) from exc
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise DamagedFile(
            f"{path} is not the model this was made with (SHA-256 {found[:8]}…, not {wanted[:8]}…). "
            "Delete it and run `make setup`.",
            sha256=found,
        )
    return path


def track(pixels: U8, kinds: Sequence[str], folder: Path) -> Found:
    """
    Faces (``face``), bodies (``pose``) and hands (``hand``) in ``pixels (h, w, 3)``.

    Raises
    ------
    MissingFile, DamagedFile
        A model is not there or not the right one.
    ToolMissing
        MediaPipe is not installed.
    TrackerFailed
        It broke down, took too long, or would have had a network.
    """
    paths = {kind: str(model(kind, folder).resolve()) for kind in kinds}
    height, width, _ = pixels.shape
    order = {"models": paths, "width": width, "height": height, "most": _MOST}
    answer = _child(json.dumps(order).encode() + b"\n" + np.ascontiguousarray(pixels).tobytes())
    return Found(
        faces=tuple(np.asarray(face) for face in answer.get("faces", [])),
        bodies=tuple(np.asarray(body) for body in answer.get("bodies", [])),
        bodies_m=tuple(np.asarray(body) for body in answer.get("bodies_m", [])),
        hands=tuple(np.asarray(hand) for hand in answer.get("hands", [])),
        are_left=tuple(answer.get("are_left", [])),
        locks=tuple(answer["locks"]),
    )


def probe(address: str, port: int) -> dict[str, Any]:
    """What the child gets when it tries to reach an address: for the test that there is no way out."""
    return _child(json.dumps({"probe": [address, port]}).encode() + b"\n")


def _child(order: bytes) -> dict[str, Any]:
    kept = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG", "TMPDIR", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": os.devnull, "MPLBACKEND": "agg", "GLOG_minloglevel": "3", "no_proxy": "*"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "showroom_pipeline.wearing.tracker"],
            input=order, capture_output=True, timeout=_LIMIT_S, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        raise TrackerFailed(f"The tracker took more than {_LIMIT_S:.0f} s. Try a smaller photo.") from exc
    lines = [line for line in done.stdout.splitlines() if line.startswith(b"{")]
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if answer.get("missing"):
        raise ToolMissing(
            f"Finding people in a photo needs the package `mediapipe` ({answer['missing']}): pip install mediapipe",
            tool="mediapipe",
        )
    if "locks" not in answer or answer.get("error"):
        why = answer.get("error") or f"exit code {done.returncode}"
        raise TrackerFailed(f"The tracker failed: {' '.join(str(why).split())[:300]}. The photo was not used.")
    return answer
