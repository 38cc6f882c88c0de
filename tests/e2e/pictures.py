"""
The README's pictures, taken from the demo store: ``python tests/e2e/pictures.py docs/pictures [--folder build/demo]``.

Builds the demo first (seconds if it is there already), opens its page in Chromium and saves each view as WebP.
"""

import argparse
import io
import json
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from browser import open_browser

MAX_BYTES = 300_000
READY_MS = 240_000
SETTLE_MS = 3000
STAGE = ".stage[data-ready]"
ROOM = "#place[data-lit][data-stocked]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: where, how large, what is done before it is taken."""

    name: str
    path: str = "?rung=list"
    ready: str = ".card .name"
    width: int = 1440
    height: int = 900
    scale: float = 1.0
    colour: int | None = None
    measured: bool = False
    keys: str = ""
    visitor: str = ""
    """Who comes in by this name; a newcomer stands at the door."""
    scroll_to: str = ""


SHOTS = (
    Shot(name="door", path="?rung=room", ready=ROOM),
    Shot(name="hand", path="?rung=room#/p/lund-chair", ready=ROOM),
    Shot(name="together", path="?rung=room", ready=ROOM, visitor="Ada", keys="t"),
    Shot(name="gallery", path="?rung=turntable", ready=".gallery img", visitor="Ada"),
    Shot(name="catalogue", height=1180),
    Shot(name="product", path="?rung=list#/p/aria-headphones", ready=STAGE),
    Shot(name="variant", path="?rung=list#/p/lund-chair", ready=STAGE, colour=2, measured=True),
    Shot(name="scan", path="?rung=list#/p/lund-chair", ready=STAGE, scroll_to=".scan"),
    Shot(name="phone", width=390, height=844, scale=2),
    Shot(name="phone-product", path="?rung=list#/p/solen-sunglasses", ready=STAGE, width=390, height=844, scale=2),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the README's pictures.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("build/demo"))
    parser.add_argument("--address", help="A page that is open already.")
    parser.add_argument("--shot", action="append", help="Only this one; may be repeated.")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not given.shot or shot.name in given.shot]
    if given.address:
        _take(shots, given.address, given.out)
        return 0
    command = [sys.executable, "-m", "showroom", "demo", "--folder", str(given.folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            line = running.stdout.readline().strip() if running.stdout else ""
            if not re.fullmatch(r"http://127\.0\.0\.1:\d+/", line):
                print("the demo did not open", file=sys.stderr)
                return 1
            _take(shots, line, given.out)
        finally:
            running.send_signal(signal.SIGINT)
    return 0


def _take(shots: list[Shot], address: str, out: Path) -> None:
    with open_browser() as browser:
        for shot in shots:
            data = _webp(_picture(browser, address, shot))
            (out / f"{shot.name}.webp").write_bytes(data)
            print(f"{out / shot.name}.webp: {len(data):,} bytes")


def _picture(browser: Browser, address: str, shot: Shot) -> bytes:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        locale="en-GB",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        if shot.visitor:
            kept = json.dumps(json.dumps({"nickname": shot.visitor}))
            page.add_init_script(f"localStorage.setItem('showroom.visitor', {kept})")
        page.goto(address + shot.path)
        page.wait_for_selector(shot.ready, timeout=READY_MS, state="attached")
        if shot.keys:
            page.keyboard.press(shot.keys)
        _prepare(page, shot)
        page.wait_for_timeout(SETTLE_MS)
        return page.screenshot()
    finally:
        context.close()


def _prepare(page: Page, shot: Shot) -> None:
    if shot.colour is not None:
        page.locator(".swatch input").nth(shot.colour).check(force=True)
    if shot.measured:
        page.get_by_role("button", name="Measure").click()
    if shot.scroll_to:
        page.locator(shot.scroll_to).scroll_into_view_if_needed()
        page.evaluate("s => document.querySelector(s).scrollIntoView({block: 'center'})", shot.scroll_to)


def _webp(png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (88, 80, 70, 60):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MAX_BYTES:
            break
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
