"""
The mirror's pictures: ``python tests/e2e/shots/tryon.py OUT --address http://127.0.0.1:8787/ --people PEOPLE``.

Each shot has a real clip or photo before the fake camera and something of the demo's catalogue put on; the page's own
buttons do it. Who is seen, and under which licence they may be shown, stands in :data:`CREDITS` and is printed.
"""

import argparse
import io
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
import fake_camera
from browser import open_browser
from mirror_page import MIRROR, wait_for, wait_frames
from playwright.sync_api import Page, expect

READY_MS: Final = 120_000
CREDITS: Final = {
    "video/face_hand_gesture.mp4": "mediapipe-samples, (c) The MediaPipe Authors / Google LLC, Apache-2.0",
    "video/hand_asl.mp4": "TensorFlow.js models, (c) Google LLC, Apache-2.0",
    "video/fullbody_squats.mp4": "TensorFlow.js models, (c) Google LLC, Apache-2.0",
    "fullbody/standing_suit.jpg": "Vladimir Mandic, Human library, MIT",
    "face/astronaut.png": "Eileen Collins, NASA, public domain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: who stands before the mirror, in what, and what is done before it is taken."""

    name: str
    who: str
    product: str
    also: tuple[str, ...] = ()
    colour: str = ""
    start_s: float = 0.0
    #: Of a video's frame: from the left, from the top, width and height, pixels; all of it if empty.
    part: tuple[int, ...] = ()
    zoom: float = 1.0
    do: str = ""
    is_phone: bool = False
    language: str = "en-GB"

    @property
    def view(self) -> tuple[int, int]:
        """Of the page."""
        return (390, 780) if self.is_phone else (1120, 640)

    @property
    def size(self) -> tuple[int, int]:
        """Of the camera."""
        return (540, 960) if self.is_phone else (960, 540)


FACE: Final = "video/face_hand_gesture.mp4"
SHOTS: Final = (
    Shot(name="mirror-glasses", who=FACE, product="solen-sunglasses"),
    Shot(name="mirror-hat", who=FACE, product="field-cap", also=("marlo-glasses",), colour="Clay"),
    Shot(name="mirror-compare", who=FACE, product="marlo-glasses", do="compare"),
    Shot(name="mirror-watch", who="video/hand_asl.mp4", product="aurelin-watch", start_s=1.0, part=(30, 385, 568, 568)),
    Shot(name="mirror-jacket", who="fullbody/standing_suit.jpg", product="rove-bomber"),
    Shot(name="mirror-fit", who=FACE, product="marlo-glasses", do="fit"),
    Shot(name="mirror-card", who=FACE, product="marlo-glasses", do="card"),
    Shot(name="mirror-consent", who=FACE, product="marlo-glasses", do="consent"),
    Shot(name="mirror-picture", who=FACE, product="aria-headphones", do="picture"),
    Shot(name="mirror-phone", who=FACE, product="solen-sunglasses", is_phone=True),
    Shot(name="mirror-phone-fit", who=FACE, product="marlo-glasses", do="fit", is_phone=True),
    Shot(name="mirror-phone-consent", who=FACE, product="marlo-glasses", do="consent", is_phone=True, language="es-ES"),
    Shot(name="mirror-phone-compare", who=FACE, product="marlo-glasses", do="compare", is_phone=True),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the mirror's pictures.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8787/")
    parser.add_argument("--people", type=Path, default=Path("../shared/data/people"))
    parser.add_argument("--shot", action="append", help="Only this one; may be repeated.")
    parser.add_argument("--scale", type=float, default=1.0, help="Pixels of the picture for one of the page.")
    parser.add_argument("--format", choices=("png", "webp"), default="png")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not given.shot or shot.name in given.shot]
    for shot in shots:
        with tempfile.TemporaryDirectory() as folder:
            clip = _clip(Path(folder) / "clip.mjpeg", given.people, shot)
            with open_browser(*fake_camera.flags(clip)) as browser:
                context = browser.new_context(
                    viewport={"width": shot.view[0], "height": shot.view[1]},
                    reduced_motion="reduce",
                    is_mobile=shot.is_phone,
                    has_touch=shot.is_phone,
                    device_scale_factor=given.scale,
                    locale=shot.language,
                )
                page = context.new_page()
                page.on("pageerror", lambda error: print(f"  error: {error}"))
                _dress(page, given.address, shot)
                picture = page.screenshot(timeout=READY_MS)
        if given.format == "webp":
            with Image.open(io.BytesIO(picture)) as taken:
                taken.convert("RGB").save(given.out / f"{shot.name}.webp", quality=84, method=6)
        else:
            (given.out / f"{shot.name}.png").write_bytes(picture)
        print(f"{shot.name}: {CREDITS[shot.who]}", flush=True)
    return 0


def _clip(clip: Path, people: Path, shot: Shot) -> Path:
    """What the camera sees: a third of a second of a video, so that the picture is of the moment that was meant."""
    person = people / shot.who
    if person.suffix != ".mp4":
        return fake_camera.of_picture(clip, person, zoom=shot.zoom, size=shot.size, is_filled=True)
    if shot.part:
        # What is worn is to be seen above the page's buttons.
        x, y, wide, high = shot.part
        frame = clip.with_suffix(".png")
        cut = ["ffmpeg", "-v", "error", "-y", "-ss", str(shot.start_s), "-i", str(person), "-frames:v", "1"]
        subprocess.run([*cut, "-vf", f"crop={wide}:{high}:{x}:{y}", str(frame)], check=True, timeout=60)
        return fake_camera.of_picture(clip, frame, size=shot.size, is_filled=True)
    return fake_camera.of_video(clip, person, start_s=shot.start_s, length_s=0.4, size=shot.size)


def _dress(page: Page, address: str, shot: Shot) -> None:
    page.goto(f"{address}?rung=list#/p/{shot.product}/try")
    expect(page.locator("tryon-mirror .card .act")).to_be_visible(timeout=READY_MS)
    if shot.do == "consent":
        page.wait_for_timeout(800)
        return
    page.locator("tryon-mirror .card .act").click()
    expect(page.locator("tryon-mirror .tools")).to_be_visible(timeout=READY_MS)
    for product in shot.also:
        page.locator(f"tryon-mirror [data-thing={product}]").click()
    wait_for(page, "m.wardrobe.worn.every(one => !one.isLoading)", timeout_ms=READY_MS)
    if shot.colour:
        page.evaluate(
            f"([id, name]) => {{ const {{ wardrobe }} = {MIRROR};"
            " const one = wardrobe.all.find(({ row }) => row.id === id);"
            " return wardrobe.colour(one, one.row.variants.find((variant) => variant.name === name)); }",
            [shot.product, shot.colour],
        )
    if shot.do == "compare":
        page.locator("tryon-mirror .compare").click()
        wait_for(page, "booth.mirror.split !== null", timeout_ms=READY_MS)
    # Calm, and long enough for sizes to settle.
    wait_frames(page, 24, timeout_ms=READY_MS)
    if shot.do in ("fit", "card"):
        page.locator("tryon-mirror .fit").click()
    if shot.do == "card":
        page.locator("tryon-mirror .aside section .plain").first.click()
        page.locator("tryon-card .act").click()
        expect(page.locator("tryon-card .grip").first).to_be_visible(timeout=READY_MS)
        page.locator("tryon-card .grip").first.focus()
    if shot.do == "picture":
        page.locator("tryon-mirror .shoot").click()
        expect(page.locator("tryon-mirror .shot img")).to_be_visible()
    if not shot.do:
        page.evaluate("document.activeElement?.shadowRoot?.activeElement?.blur()")
    # Held without its button knowing: drawing on and on, software has no time left for the page's picture.
    page.evaluate(f"{MIRROR}.booth.state = 'frozen'")
    page.wait_for_timeout(500)


if __name__ == "__main__":
    sys.exit(main())
