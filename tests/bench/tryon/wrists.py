"""
How hands and fore-arms are found on real photos: ``python tests/bench/tryon/wrists.py [PEOPLE]``.

There is no truth to them: what is printed is how far a palm leans with the tracker's depth left out (the floor) and
with its small say, how far the fore-arm that is seen bends off from the palm's line, and how thick the wrist is.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from showroom_assets.scene import U8
from showroom_pipeline.wearing import hand, shut
from showroom_pipeline.wearing.head import Lens
from showroom_pipeline.wearing.picture import read_photo
from showroom_pipeline.wearing.rules import rules

PHOTOS = ("hand/thumb_up.jpg", "hand/two_hands.jpg", "halfbody/three_people.jpg")
FRAMES = {"video/hand_asl.mp4": (1, 4, 7, 10), "video/face_hand_gesture.mp4": (3,), "video/hand_gesture.mp4": (3.5,)}


def main() -> int:
    people = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/people")
    with tempfile.TemporaryDirectory() as folder:
        pictures = {name: people / name for name in PHOTOS}
        for name, times in FRAMES.items():
            for at in times:
                file = Path(folder) / f"{Path(name).stem}-{at}.png"
                cut = ["ffmpeg", "-v", "error", "-ss", str(at), "-i", str(people / name), "-frames:v", "1", str(file)]
                subprocess.run(cut, check=True, timeout=60)
                pictures[f"{Path(name).name} {at} s"] = file
        print(f"{'':28} lean, no depth  lean   bend   girth")
        for name, file in pictures.items():
            _tell(name, read_photo(file))
    return 0


def _tell(name: str, photo: U8) -> None:
    lens = Lens(photo.shape[1], photo.shape[0])
    found = shut.track(photo, ["hand"], shut.models_folder())
    for points, is_left in zip(found.hands, found.are_left, strict=True):
        spec = rules()["hand"]
        share = spec["depth_share"]
        spec["depth_share"] = 0.0
        floor = hand.find(points, is_left, lens)
        spec["depth_share"] = share
        palm, arm = hand.find(points, is_left, lens), hand.find(points, is_left, lens, photo)
        if floor is None or palm is None or arm is None:
            print(f"{name:28} no hand")
            continue
        a, b = palm.wrist.rotation[:2, 1], arm.wrist.rotation[:2, 1]
        bend = np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))
        print(f"{name:28} {_lean(floor):10.0f}°  {_lean(palm):7.0f}°  {bend:4.0f}°  {arm.girth:6.2f}", flush=True)


def _lean(one: hand.Hand) -> float:
    """Between the palm's normal and the camera's axis."""
    return float(np.degrees(np.arccos(min(1.0, abs(float(one.wrist.rotation[2, 2]))))))


if __name__ == "__main__":
    sys.exit(main())
