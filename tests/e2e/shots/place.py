"""
The pictures of furniture in a room: ``python tests/e2e/shots/place.py OUT --address http://127.0.0.1:8787/``.

The room is drawn (``tests/support/drawn_room.py``), the furniture is the demo's, the way is a shopper's: a photo, four
marks on the mat, the floor's corners, and pieces where they belong.
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
from browser import open_browser
from drawn_room import DEPTH_M, MAT_M, WIDTH_M, Camera, mat, photo

READY_MS = 240_000
# Product, x, z, turn in degrees: in the mat's space.
PIECES = (("dune-sofa", 0.8, -1.93, 0.0), ("lund-chair", 2.5, -0.9, -62.0), ("orlo-table", 0.85, -0.62, 0.0))
# A friend's room by a link: product, x, y, z in millimetres, turn in tenths of a degree; then the floor's corners.
FRIENDS = (
    "dune-sofa~~2000~0~520~0!orlo-table~~2050~0~1650~0!lund-chair~~900~0~1900~700!lund-chair~~3200~0~2050~-700"
    "!halo-lamp~~3500~0~550~0!terra-vase~~2050~740~1650~0!!0~0~4200~0~4200~3400~0~3400"
)
SIZES = {"place-desktop": (1180, 720, False), "place-phone": (390, 780, True), "place-friend": (1180, 720, False)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the pictures of a furnished room.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8787/")
    parser.add_argument("--shot", action="append", choices=SIZES, help="Only this one; may be repeated.")
    parser.add_argument("--pieces", type=int, default=len(PIECES), help="So many of the pieces.")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for name in given.shot or SIZES:
            _take(browser, name, given)
    return 0


def _take(browser: Browser, name: str, given: argparse.Namespace) -> None:
    width, height, is_phone = SIZES[name]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="en-IE",
        reduced_motion="reduce",
        is_mobile=is_phone,
        has_touch=is_phone,
    )
    context.set_default_timeout(READY_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: print(f"  error: {error}"))
    if name == "place-friend":
        page.goto(f"{given.address}?rung=list#/place?layout={quote(FRIENDS)}")
        page.wait_for_selector("place-visit .shelf li:nth-child(6)")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(4000)  # levels of detail come one after the other
        page.screenshot(path=given.out / f"{name}.png", timeout=READY_MS)
        print(name, flush=True)
        context.close()
        return
    page.goto(f"{given.address}?rung=list#/p/{PIECES[0][0]}")
    page.get_by_role("button", name="Place it in your room").click()
    wide, tall = (1180, 880) if not is_phone else (900, 1000)
    camera = Camera() if not is_phone else Camera(eye=(1.0, 1.55, 3.6), down_rad=0.34, focal=1.0)
    page.locator("place-room input[type=file]").set_input_files(
        {"name": "room.jpg", "mimeType": "image/jpeg", "buffer": photo(wide, tall, camera)}
    )
    page.wait_for_selector("place-room .mark")
    left, back = MAT_M[0] / 2 - WIDTH_M / 2, -DEPTH_M + 1.9
    front = 0.9
    floor = np.array([[left, 0, front], [left + WIDTH_M, 0, front], [left + WIDTH_M, 0, back], [left, 0, back]])
    page.evaluate(
        """async ({marks, size, pieces}) => {
          const room = document.querySelector('place-room'), {photo, home} = room;
          photo.refer('tile', size);
          photo.marks = marks;
          home.leaveIt();
          if (!photo.scaled()) throw new Error('the marks are no rectangle');
          await home.lay({pieces, floor: null});
          room.requestUpdate();
          photo.measure(true);
        }""",
        {
            "marks": camera.seen(mat(), wide, tall).tolist(),
            "size": {"width_m": MAT_M[0], "length_m": MAT_M[1]},
            "pieces": [
                {"product": one, "sku": "", "x_m": x, "y_m": 0, "z_m": z, "yaw_rad": float(np.deg2rad(turn))}
                for one, x, z, turn in PIECES[: given.pieces]
            ],
        },
    )
    # The floor's corners as a shopper taps them, those outside of the picture at its rim.
    box = page.locator("place-room .frame").bounding_box()
    if box is None:
        raise RuntimeError("there is no photo")
    for x, y in np.clip(camera.seen(floor, wide, tall), 6, [wide - 6, tall - 6]):
        page.mouse.click(box["x"] + x / wide * box["width"], box["y"] + y / tall * box["height"])
    page.get_by_role("button", name="That is the floor").click()
    page.evaluate("document.querySelector('place-room').home.arrangement.select(1)")
    for _ in range(600):
        if page.evaluate("document.querySelector('place-room').photo.stage.waiting === 0"):
            break
        page.wait_for_timeout(500)
    page.wait_for_timeout(1500)
    page.screenshot(path=given.out / f"{name}.png")
    print(f"{name}: {page.evaluate('document.querySelector(`place-room .says`)?.textContent ?? null')}")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
