"""
The pictures that are shown before the store is drawn: ``python tests/e2e/shots/splash.py --address URL``.

One for each template and mood, as seen from where one comes in, empty of products and people, so that they fade into
the store without a jump; ``webclient/public/splash/{template}-{mood}.webp``, each at most 60 kB. They are drawn by the
place alone (``webclient/tests/place``), which ``npm run dev`` serves before a server with the three stores.
Run it when a template or the look of the place has changed.
"""

import argparse
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
from browser import open_browser

OUT = Path(__file__).parents[3] / "webclient" / "public" / "splash"
MOST_BYTES = 60_000
WIDE = (1280, 800)
READY_MS = 600_000
SETTLE_MS = 3000
SHOTS = {
    "boutique": ("day", "evening"),
    "home-gallery": ("day", "evening"),
    "launch-hall": ("house", "evening"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the pictures shown before the store is drawn.")
    parser.add_argument("--address", default="http://127.0.0.1:5173", help="Where npm run dev serves.")
    parser.add_argument("--store", choices=sorted(SHOTS), action="append", help="Only this one; may be repeated.")
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for store in given.store or SHOTS:
            _take(browser, given.address, store)
    return 0


def _take(browser: Browser, address: str, store: str) -> None:
    width, height = WIDE
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.goto(f"{address}/tests/place/index.html?still&empty&store={store}")
    page.wait_for_selector("#place[data-painted][data-lit][data-stocked]", state="attached", timeout=READY_MS)
    for mood in SHOTS[store]:
        page.evaluate("mood => { location.hash = `mood=${mood}`; }", mood)
        page.wait_for_timeout(SETTLE_MS)
        picture = Image.open(io.BytesIO(page.screenshot(timeout=READY_MS)))
        path = OUT / f"{store}-{mood}.webp"
        for quality in range(82, 30, -6):
            picture.save(path, quality=quality, method=6)
            if path.stat().st_size <= MOST_BYTES:
                break
        print(f"{path.name}: {path.stat().st_size} B")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
