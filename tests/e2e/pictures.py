"""
The README's pictures, all of them: ``python tests/e2e/pictures.py docs/pictures [--folder build/demo]``.

Builds the demo first (seconds if it is there already), lets people walk in, and saves each view as WebP: the store on a
desktop and on a phone, something in the hand, the list, a product's page, the headset's two eyes. Pictures that have a
script of their own in ``shots/`` (the mirror, furniture in a room) are taken by those, if they are there.
"""

import argparse
import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from browser import open_browser
from vr import IWER, entered, served

SHOTS_FOLDER: Final = Path(__file__).parent / "shots"
#: Scripts that take pictures of their own: called with the folder to write to, ``--address`` and the store's address.
OWN: Final = ("tryon.py", "place.py")
MAX_BYTES: Final = 300_000
READY_MS: Final = 300_000
SETTLE_MS: Final = 3000
STAGE: Final = ".stage[data-ready]"
ROOM: Final = "#place[data-painted][data-lit][data-stocked]"
#: Bots whose names are in letters that every machine has: this seed draws none from the Chinese.
BOTS: Final = ("9", "--seed", "37", "--talk", "0", "--room", "boutique/boutique")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: where, how large, what is done before it is taken."""

    name: str
    path: str = "?rung=list"
    ready: str = ".card .name"
    at: str = ""
    """Where one stands and looks: x, z, yaw and pitch."""
    mood: str = ""
    width: int = 1440
    height: int = 900
    scale: float = 1.0
    is_phone: bool = False
    colour: int | None = None
    measured: bool = False
    keys: str = ""
    visitor: str = ""
    """Who comes in by this name; a newcomer stands at the door."""
    people: int = 0
    """Wait until so many are here."""
    scroll_to: str = ""


WIDE: Final = {"width": 1280, "height": 800}
TALL: Final = {"width": 390, "height": 844, "is_phone": True}
WALK: Final = {"path": "?rung=room&measure", "ready": ROOM, "visitor": "Ada"}
SHOTS: Final = (
    Shot(name="store", at="0,4.2,180,-3", people=6, **WALK, **WIDE),
    Shot(name="evening", at="-2.4,3.4,158,-4", mood="evening", **WALK, **WIDE),
    Shot(name="hand", **{**WALK, "path": "?rung=room&measure#/p/aria-headphones"}, **WIDE),
    Shot(name="phone", at="0,4.2,180,-4", scale=1.5, people=6, **WALK, **TALL),
    Shot(name="list", **WIDE),
    Shot(name="product", path="?rung=list#/p/aria-headphones", ready=STAGE, **WIDE),
    Shot(name="variant", path="?rung=list#/p/lund-chair", ready=STAGE, colour=2, measured=True, **WIDE),
    Shot(name="scan", path="?rung=list#/p/lund-chair", ready=STAGE, scroll_to=".scan"),
    Shot(name="catalogue", height=1180),
    Shot(name="phone-product", path="?rung=list#/p/solen-sunglasses", ready=STAGE, scale=2, **TALL),
)
HEADSET: Final = "headset"


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the README's pictures.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("build/demo"))
    parser.add_argument("--address", help="A store that is open already, with people in it.")
    names = [*(shot.name for shot in SHOTS), HEADSET, *OWN]
    parser.add_argument("--shot", action="append", choices=names, help="Only this one; may be repeated.")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wanted = set(given.shot or names)
    if given.address:
        return _take_all(wanted, given.address, given.out)
    with _demo(given.folder) as address, _people(address):
        return _take_all(wanted, address, given.out)


@contextmanager
def _demo(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "showroom", "demo", "--folder", str(folder)]
    subprocess.run([*command, "--no-serve"], check=True)  # no first looks in the pictures
    command += ["--port", "0", "--bots", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            line = running.stdout.readline().strip() if running.stdout else ""
            if not re.fullmatch(r"http://127\.0\.0\.1:\d+/", line):
                raise SystemExit("the demo did not open")
            yield line
        finally:
            running.send_signal(signal.SIGINT)


@contextmanager
def _people(address: str) -> Iterator[None]:
    command = [sys.executable, "-m", "showroom", "bots", *BOTS, "--server", address.rstrip("/")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield
        finally:
            running.send_signal(signal.SIGINT)


def _take_all(wanted: set[str], address: str, out: Path) -> int:
    shots = [shot for shot in SHOTS if shot.name in wanted]
    if shots:
        with open_browser() as browser:
            for shot in shots:
                _save(out / f"{shot.name}.webp", _picture(browser, address, shot))
    if HEADSET in wanted and IWER.is_file():
        _save(out / f"{HEADSET}.webp", _two_eyes(address))
    missed = 0
    for script in OWN:
        if script in wanted and (SHOTS_FOLDER / script).is_file():
            missed += _taken_by(SHOTS_FOLDER / script, address, out)
    return 1 if missed else 0


def _picture(browser: Browser, address: str, shot: Shot) -> bytes:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        locale="en-GB",
        reduced_motion="reduce",
        is_mobile=shot.is_phone,
        has_touch=shot.is_phone,
        bypass_csp=True,
    )
    try:
        page = context.new_page()
        if shot.visitor:
            kept = json.dumps(json.dumps({"nickname": shot.visitor}))
            page.add_init_script(f"localStorage.setItem('showroom.visitor', {kept})")
        page.goto(address + shot.path)
        page.wait_for_selector(shot.ready, timeout=READY_MS, state="attached")
        if shot.at:
            page.evaluate("place => { location.hash = place; }", f"at={shot.at}&mood={shot.mood}")
        if shot.people:
            page.wait_for_function("n => showroom.measure().people >= n", arg=shot.people, timeout=READY_MS)
        if shot.keys:
            page.keyboard.press(shot.keys)
        _prepare(page, shot)
        page.wait_for_timeout(SETTLE_MS)
        return page.screenshot(timeout=READY_MS)
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


def _two_eyes(address: str) -> bytes:
    """What both eyes see in the headset: a product in the hand, and what it costs beside it."""
    with (
        TemporaryDirectory() as cache,
        served(address, Path(cache)) as page_address,
        open_browser() as browser,
        entered(browser, page_address, query="name=Ada", is_stereo=True, width=1280, height=720) as shopper,
    ):
        shopper.do(
            """const {home, yaw} = vr.stand(given[0]), turn = yaw * Math.PI / 180, {sin, cos, PI} = Math;
            inside.locomotion.jump(inside.head, home[0] + sin(turn) * 1.4, home[2] + cos(turn) * 1.4, turn + PI);
            await vr.frames(3);
            const {at, size} = vr.stand(given[0]);
            await vr.point('right', [at[0], at[1] + size[1] / 2, at[2]]);
            await vr.button('right', 'squeeze', 1); await vr.frames(12)""",
            "aria-headphones",
        )
        shopper.wait("inside.carry.isInHand && inside.card.isOpen")
        shopper.do("await vr.frames(12)")
        return shopper.page.screenshot(timeout=READY_MS)


def _taken_by(script: Path, address: str, out: Path) -> int:
    """Let a script take its pictures; what it saves as PNG is kept as WebP. 1 if it failed."""
    with TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, str(script), folder, "--address", address], check=False)
        for path in sorted(Path(folder).iterdir()):
            if path.suffix in (".png", ".webp"):
                _save(out / f"{path.stem}.webp", path.read_bytes())
    return int(done.returncode != 0)


def _save(path: Path, picture: bytes) -> None:
    data = _webp(picture)
    path.write_bytes(data)
    print(f"{path}: {len(data):,} bytes")


def _webp(picture: bytes) -> bytes:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for quality in (88, 80, 70, 60):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MAX_BYTES:
            break
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
