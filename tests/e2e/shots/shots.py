"""
The store's pictures, to be looked at: ``python tests/e2e/shots/shots.py OUT --address http://127.0.0.1:8787/``.

Each shot stands somewhere (x, z, yaw and pitch in degrees) in a mood, waits until the light is baked, the surfaces are
painted and the products near by are there, and takes the picture. One browser, one page at a time.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
from browser import open_browser

READY_MS = 240_000
SETTLE_MS = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: where one stands, in which light, how large."""

    name: str
    at: str
    mood: str = "day"
    width: int = 640
    height: int = 400
    is_phone: bool = False

    @property
    def place(self) -> str:
        return f"at={self.at}&mood={self.mood}"


SHOTS = (
    Shot(name="door", at="0,4.2,180,-3"),
    Shot(name="evening", at="0,4.2,180,-3", mood="evening"),
    Shot(name="hero", at="0.8,-1.5,203,-13"),
    Shot(name="shelf", at="3.0,0.7,90,-8"),
    Shot(name="window", at="2.6,-3.6,-62,-4"),
    Shot(name="phone", at="0,4.2,180,-3", width=240, height=426, is_phone=True),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the store's pictures.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8787/")
    parser.add_argument("--shot", action="append", help="Only this one; may be repeated.")
    parser.add_argument("--store", default="", help="Another store than the page's own.")
    parser.add_argument("--scale", type=float, default=1.0, help="Pixels of the picture for one of the page.")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    chosen = [shot for shot in SHOTS if not given.shot or shot.name in given.shot]
    with open_browser() as browser:
        for is_phone in (False, True):
            some = [shot for shot in chosen if shot.is_phone is is_phone]
            if some:
                _take(browser, some, given)
    return 0


def _take(browser: Browser, shots: list[Shot], given: argparse.Namespace) -> None:
    """One page for all: the light is baked once."""
    first = shots[0]
    context = browser.new_context(
        viewport={"width": first.width, "height": first.height},
        device_scale_factor=given.scale,
        reduced_motion="reduce",
        is_mobile=first.is_phone,
        has_touch=first.is_phone,
    )
    page = context.new_page()
    page.on("console", lambda message: print(f"  {message.type}: {message.text}") if message.type != "log" else None)
    page.on("pageerror", lambda error: print(f"  error: {error}"))
    # Somebody who has been here before: the door does not ask again.
    page.add_init_script("localStorage.setItem('showroom.visitor', JSON.stringify({ nickname: 'Ada' }))")
    store = f"&store={given.store}" if given.store else ""
    page.goto(f"{given.address}?rung=room&measure{store}#{first.place}")
    for shot in shots:
        page.evaluate("place => { location.hash = place; }", shot.place)
        page.wait_for_selector("#place[data-painted][data-lit][data-stocked]", state="attached", timeout=READY_MS)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=given.out / f"{shot.name}.png")
        print(f"{shot.name}: {page.evaluate('showroom.measure()')}")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
