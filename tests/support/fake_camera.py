"""
What Chromium's fake camera shows: real people, and where wanted a canary that nothing else in the world looks like.

A clip is a handful of JPEG pictures one after another (``.mjpeg``), which Chromium plays over and over.
"""

import io
import math
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import skimage.data
from leaks import CANARY_RGB
from PIL import Image, ImageDraw, ImageFilter, ImageOps

SIZE: Final = (1280, 720)
#: Grey with a slope: nobody, but not dark.
EMPTY: Final = "#8f8b84"


def flags(clip: Path) -> tuple[str, ...]:
    """What Chromium is started with to see this clip, and be allowed to."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    )


def of_picture(
    clip: Path,
    picture: Path,
    *,
    zoom: float = 1.0,
    is_filled: bool = False,
    has_canary: bool = False,
    frames: int = 12,
    size: tuple[int, int] = SIZE,
) -> Path:
    """
    A still picture that sways a little, as nobody holds still; ``zoom`` 1: as high as the frame.

    What a picture leaves empty is grey, or (``is_filled``) a blur of it, for pictures that are to be looked at.
    """
    with Image.open(picture) as opened:
        person = opened.convert("RGB")
    behind = Image.new("RGB", size, EMPTY)
    if is_filled:
        behind = ImageOps.fit(person, size).filter(ImageFilter.GaussianBlur(28))
    high = round(size[1] * zoom)
    person = person.resize((round(person.width * high / person.height), high), Image.Resampling.LANCZOS)
    shown = []
    for i in range(frames):
        angle = 2 * math.pi * i / frames
        frame = behind.copy()
        left = (size[0] - person.width) // 2 + round(6 * math.sin(angle))
        frame.paste(person, (left, (size[1] - person.height) // 2 + round(3 * math.cos(angle))))
        shown.append(_marked(frame) if has_canary else frame)
    return write(clip, shown)


def of_astronaut(clip: Path, *, has_canary: bool = False, size: tuple[int, int] = SIZE) -> Path:
    """Eileen Collins (NASA, public domain); the upper part, so that the face is as large as before a laptop."""
    person = clip.with_suffix(".png")
    Image.fromarray(skimage.data.astronaut()[:360]).save(person)
    return of_picture(clip, person, has_canary=has_canary, size=size)


def of_video(
    clip: Path, video: Path, *, start_s: float = 0.0, length_s: float = 3.0, size: tuple[int, int] = SIZE
) -> Path:
    """A piece of a real video: as it is, but for what the camera's frame cuts off."""
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg, "ffmpeg is not installed"
    command = [ffmpeg, "-v", "error", "-y", "-ss", str(start_s), "-t", str(length_s), "-i", str(video)]
    fitted = f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=increase,crop={size[0]}:{size[1]},setsar=1"
    command += [
        "-vf",
        fitted,
        "-r",
        "15",
        "-pix_fmt",
        "yuvj420p",
        "-c:v",
        "mjpeg",
        "-q:v",
        "3",
        "-f",
        "mjpeg",
        str(clip),
    ]
    subprocess.run(command, check=True, timeout=60)
    return clip


def nobody(clip: Path, *, colour: str = EMPTY) -> Path:
    """An empty room; black for one without light."""
    return write(clip, [Image.new("RGB", SIZE, colour)] * 4)


def write(clip: Path, frames: Iterable[Image.Image] | Sequence[Image.Image]) -> Path:
    """The frames, one after another."""
    with clip.open("wb") as out:
        for frame in frames:
            one = io.BytesIO()
            frame.save(one, "JPEG", quality=92, subsampling=0)
            out.write(one.getvalue())
    return clip


def _marked(frame: Image.Image) -> Image.Image:
    """A canary in each corner, so that no crop of the frame is without one."""
    draw = ImageDraw.Draw(frame)
    width, height = frame.size
    side = height // 5
    for x, y in ((0, 0), (width - side, 0), (0, height - side), (width - side, height - side)):
        draw.rectangle((x, y, x + side, y + side), fill=CANARY_RGB)
    return frame
