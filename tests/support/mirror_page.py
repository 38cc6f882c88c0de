"""The mirror as a shopper has it: opened from a product, asked, live; and what can be read of it in a test."""

import base64
import io
from typing import Any, Final, Literal

import numpy as np
from browser import PATIENT_MS
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

#: Trackers are brought and warmed up in software.
TRACKERS_MS: Final = 150_000
MIRROR: Final = "document.querySelector('tryon-mirror')"

#: Before the page's own code: what the trackers find and which cameras are on is noted, and calls that could carry
#: media are counted. What is found in a frame that comes after the shopper held still is not shown: places stay those
#: of the picture.
WATCH_THE_WORKER: Final = """
window.__seen = []; window.__eyes = []; window.__calls = 0; window.__tracks = []; window.__marks = {};
const Real = window.Worker;
window.Worker = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (data?.is !== "seen") return;
      for (const face of data.seen.faces) window.__seen.push(Array.from(face.slice(0, 30)));
      if (window.__seen.length > 12) window.__seen.shift();
      if (document.querySelector("tryon-mirror")?.booth.state === "frozen") return;
      const [face] = data.seen.faces;
      if (face) window.__eyes = [468, 473].map(i => [face[i * 3], face[i * 3 + 1]]);
      for (const [what, one] of [["hand", data.seen.hands[0]], ["body", data.seen.bodies?.[0]]]) {
        if (one) window.__marks[what] = Array.from(one.points);
      }
    });
  }
};
const { mediaDevices } = navigator;
const ask = mediaDevices?.getUserMedia.bind(mediaDevices);
if (ask) mediaDevices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  window.__tracks.push(...stream.getTracks());
  return stream;
};
for (const name of ["RTCPeerConnection", "WebTransport", "MediaRecorder"]) {
  const Known = window[name];
  if (Known) window[name] = class extends Known { constructor(...given) { super(...given); window.__calls++; } };
}
"""


def open_mirror(page: Page, address: str, product: str, *, path: str = "?rung=list") -> None:
    """From the product's page to the question whether the camera may be turned on."""
    page.goto(f"{address}{path}#/p/{product}")
    page.get_by_role("button", name="Try it on").click()
    expect(page.get_by_role("heading", name="See it on you")).to_be_focused()


def turn_on(page: Page) -> None:
    """Yes, and until there is a picture."""
    page.get_by_role("button", name="Turn the camera on").click()
    expect(page.get_by_role("group", name="The mirror’s tools")).to_be_visible(timeout=TRACKERS_MS)


def wait_frames(page: Page, count: int, *, timeout_ms: float = PATIENT_MS) -> None:
    """Until so many more frames were shown."""
    page.evaluate(
        f"""([count, limit]) => new Promise((done, fail) => {{
          const {{ booth }} = {MIRROR};
          const late = setTimeout(() => fail(new Error("no frames")), limit);
          booth.addEventListener("frame", function seen() {{
            if (--count > 0) return;
            booth.removeEventListener("frame", seen);
            clearTimeout(late);
            done();
          }});
        }})""",
        [count, timeout_ms],
    )


def wait_for(page: Page, truth: str, *, timeout_ms: float = PATIENT_MS) -> Any:
    """Until an expression of the mirror ``m`` and its ``booth`` is true, looked at after each frame."""
    return page.evaluate(
        f"""([limit]) => new Promise((done, fail) => {{
          const m = {MIRROR}, {{ booth }} = m;
          const late = setTimeout(() => fail(new Error({truth!r})), limit);
          const look = () => {{
            const found = {truth};
            if (!found) return;
            booth.removeEventListener("frame", look);
            m.wardrobe.removeEventListener("change", look);
            clearTimeout(late);
            done(found);
          }};
          booth.addEventListener("frame", look);
          m.wardrobe.addEventListener("change", look);
          look();
        }})""",
        [timeout_ms],
    )


def worn(page: Page, count: int = 1) -> None:
    """Until one person is seen and wears so many things, in the picture too."""
    wait_for(
        page,
        f"booth.heads.length === 1 && m.wardrobe.worn.length === {count}"
        " && m.wardrobe.worn.every(one => one.manifest && !one.isLoading)",
    )
    wait_frames(page, 2)


def shown(page: Page) -> NDArray[np.uint8]:
    """What the mirror's canvas holds now, ``(height, width, 3)``, not mirrored."""
    return seen(page)[0]


def seen(page: Page) -> tuple[NDArray[np.uint8], list[tuple[int, int]]]:
    """What is shown, and the pupils' pixels in that same frame as the tracker found them: the wearer's right first."""
    address, eyes = page.evaluate(f"[{MIRROR}.booth.canvas.toDataURL('image/png'), window.__eyes]")
    pixels = _pixels(address)
    height, width = pixels.shape[:2]
    return pixels, sorted((round(u * width), round(v * height)) for u, v in eyes)


def seen_marks(page: Page, what: Literal["hand", "body"]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """What is shown, and the landmarks of the first hand or body in that same frame, ``(n, 2)`` pixels."""
    address, marks = page.evaluate(f"[{MIRROR}.booth.canvas.toDataURL('image/png'), window.__marks.{what}]")
    pixels = _pixels(address)
    return pixels, np.array(marks).reshape(-1, 3)[:, :2] * [pixels.shape[1], pixels.shape[0]]


def _pixels(address: str) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"))


def painted(pixels: NDArray[np.uint8], colour: Literal["green", "blue"]) -> NDArray[np.bool_]:
    """Where something of a test's colour is: greener, or bluer, than any person or room."""
    channels = pixels.astype(np.int16)
    own = {"green": 1, "blue": 2}[colour]
    others = [channels[..., other] for other in range(3) if other != own]
    mask: NDArray[np.bool_] = channels[..., own] > 40 + 1.5 * np.maximum(*others)
    return mask
