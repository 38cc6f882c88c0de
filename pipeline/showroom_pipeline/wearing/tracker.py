"""
The child of ``shut``: cuts itself off from the network, then finds landmarks, and says them as JSON.

``python -m showroom_pipeline.wearing.tracker`` with an order (a line of JSON) and raw pixels on standard input.
"""

import json
import sys
import types
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from showroom_pipeline.wearing.seal import seal


def main() -> int:
    order = json.loads(sys.stdin.buffer.readline())
    locks = seal()
    if not locks:
        # Without a lock nothing of the photo is even read.
        return _say({"error": "the network cannot be shut off on this system; run it on Linux"})
    if "probe" in order:
        return _say({"locks": locks, **_attempts(*order["probe"])})
    for name in ("cv2", "matplotlib", "matplotlib.pyplot", "sounddevice"):
        _stand_in(name)
    try:
        import_module("mediapipe")
    except ImportError as exc:
        return _say({"locks": locks, "missing": str(exc)})
    try:
        found = _found(order, sys.stdin.buffer.read())
    except (RuntimeError, ValueError, OSError) as exc:
        return _say({"locks": locks, "error": str(exc)})
    return _say({"locks": locks, **found})


def _say(answer: dict[str, Any]) -> int:
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    return 0


def _stand_in(name: str) -> None:
    """MediaPipe draws and listens with large packages; landmarks need neither, so nobody has to install them."""
    top = name.partition(".")[0]
    if top not in sys.modules and find_spec(top) is not None:
        return
    module = types.ModuleType(name)
    module.__dict__["__getattr__"] = lambda attribute: object
    sys.modules.setdefault(name, module)


def _found(order: dict[str, Any], pixels: bytes) -> dict[str, Any]:
    import numpy as np

    mp = import_module("mediapipe")
    vision, BaseOptions = import_module("mediapipe.tasks.python.vision"), mp.tasks.BaseOptions

    rgb = np.frombuffer(pixels, np.uint8).reshape(order["height"], order["width"], 3)
    image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
    models, most = order["models"], order["most"]
    out: dict[str, Any] = {}
    if "face" in models:
        base = BaseOptions(model_asset_path=models["face"])
        with vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(base_options=base, num_faces=most)
        ) as finder:
            out["faces"] = [[[p.x, p.y, p.z] for p in face] for face in finder.detect(image).face_landmarks]
    if "pose" in models:
        base = BaseOptions(model_asset_path=models["pose"])
        with vision.PoseLandmarker.create_from_options(
            vision.PoseLandmarkerOptions(base_options=base, num_poses=most)
        ) as finder:
            seen = finder.detect(image)
            out["bodies"] = [[[p.x, p.y, p.z, p.visibility] for p in body] for body in seen.pose_landmarks]
            out["bodies_m"] = [[[p.x, p.y, p.z] for p in body] for body in seen.pose_world_landmarks]
    if "hand" in models:
        base = BaseOptions(model_asset_path=models["hand"])
        with vision.HandLandmarker.create_from_options(
            vision.HandLandmarkerOptions(base_options=base, num_hands=most)
        ) as finder:
            seen = finder.detect(image)
            out["hands"] = [[[p.x, p.y, p.z] for p in hand] for hand in seen.hand_landmarks]
            # Named as the client's version does: the person's own side of a picture that is not mirrored.
            out["are_left"] = [one[0].category_name == "Left" for one in seen.handedness]
    return out


def _attempts(address: str, port: int) -> dict[str, Any]:
    """Every way out that Python and C offer, tried."""
    import ctypes
    import socket
    import urllib.error
    import urllib.request

    out: dict[str, Any] = {}
    for name, kind in (("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)):
        try:
            with socket.socket(socket.AF_INET, kind) as link:
                link.settimeout(2)
                link.connect((address, port))
                link.send(b"x")
            out[name] = "reached"
        except OSError as exc:
            out[name] = type(exc).__name__
    try:
        urllib.request.urlopen(f"http://{address}:{port}/", timeout=2).close()
        out["http"] = "reached"
    except (urllib.error.URLError, OSError) as exc:
        out["http"] = type(exc).__name__
    out["libc"] = "refused" if ctypes.CDLL(None).socket(socket.AF_INET6, 1, 0) < 0 else "opened"
    try:
        socket.getaddrinfo("example.com", 80)
        out["names"] = "resolved"
    except OSError as exc:
        out["names"] = type(exc).__name__
    return out


if __name__ == "__main__":
    sys.exit(main())
