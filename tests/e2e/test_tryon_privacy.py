"""
What the mirror sees stays on the device: every byte that the browser sends is read and searched.

A picture of a real person with a canary painted into its corners is the camera. Between browser and server stands a
wire that keeps all that is sent (pages, workers, beacons, sockets alike), and the browser can reach nobody else. That
the search can fail is shown by leaking on purpose, in every usual form.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import fake_camera
import pytest
from browser import PATIENT_MS, open_browser
from leaks import Secrets, found, larger_than
from mirror_page import MIRROR, WATCH_THE_WORKER, open_mirror, shown, turn_on, wait_for, wait_frames, worn
from page_server import page_is_built
from playwright.sync_api import Browser, Page
from wearables import opened
from wire import NOBODY_ELSE, Sent, Wire, between

pytestmark = page_is_built()

#: A pose is 38 bytes, a question for a product has none; a face's landmarks are 5,736, its still points 500.
MOST_BYTES: Final = 256
#: What the page may send in all while somebody stands before the mirror, beyond asking for files by name.
MOST_BYTES_A_SECOND: Final = 400


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with opened(tmp_path_factory.mktemp("store"), "glasses", "hat", hero="glasses") as port:
        yield port


@pytest.fixture(scope="module")
def browser(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera sees Eileen Collins, and the canary."""
    assert port
    clip_at = tmp_path_factory.mktemp("camera") / "person.mjpeg"
    clip = fake_camera.of_astronaut(clip_at, has_canary=True, size=(640, 360))
    with open_browser(*fake_camera.flags(clip), *NOBODY_ELSE) as one:
        yield one


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    with between(port) as wire:
        yield wire


@pytest.fixture
def page(browser: Browser, wire: Wire) -> Iterator[Page]:
    """A newcomer's page; a request that does not go by the wire fails the test."""
    context = browser.new_context(viewport={"width": 800, "height": 500}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENT_MS)
    context.add_init_script(WATCH_THE_WORKER)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda ask: elsewhere.append(ask.url) if not ask.url.startswith((wire.address, "blob:", "data:")) else None,
    )
    yield page
    context.close()
    assert elsewhere == []


def secrets(page: Page) -> Secrets:
    """What the trackers have found of this person so far, and what was worked out from it."""
    seen: list[list[float]] = page.evaluate("window.__seen")
    assert seen, "no face was ever found: nothing would be proved"
    measures: list[float] = page.evaluate(
        f"{MIRROR}.booth.heads.flatMap(head => [head.pupils.distance_m, head.scale, ...head.pose.translation])"
    )
    return Secrets([number for face in seen for number in face], [abs(one) for one in measures])


def wait_sent(wire: Wire, which: Callable[[Sent], bool]) -> None:
    """Until something like this was sent."""
    end_s = time.monotonic() + PATIENT_MS / 1000
    while not any(which(one) for one in list(wire.sent)):
        assert time.monotonic() < end_s, "it was never sent"
        time.sleep(0.05)


def kept(page: Page) -> dict[str, Any]:
    """All that the page could find again on another visit."""
    names: dict[str, Any] = page.evaluate(
        """async () => ({
          local: Object.entries(localStorage), session: Object.entries(sessionStorage), cookie: document.cookie,
          databases: (await indexedDB.databases()).map(({ name }) => name), caches: await caches.keys(),
          files: await (async () => {
            const all = [];
            for await (const name of (await navigator.storage.getDirectory()).keys()) all.push(name);
            return all;
          })(),
        })"""
    )
    return names


def test_nothing_of_what_the_camera_sees_leaves_the_device(page: Page, wire: Wire) -> None:
    # A name first: then there is a socket too, and something is sent that must be told from a leak.
    page.add_init_script("localStorage.setItem('showroom.visitor', JSON.stringify({ nickname: 'Ada' }))")
    open_mirror(page, wire.address, "glasses", path="?rung=turntable")
    # Inside before anything is counted: the way in is no part of what is sent before the mirror.
    wait_sent(wire, lambda one: one.kind == "frame")
    before = kept(page)
    blind = [*wire.sent, Sent("kept", b"", json.dumps(before).encode(), time.monotonic())]
    turn_on(page)
    worn(page)
    begun = len(wire.sent)
    began_s = page.evaluate("performance.now() / 1000")
    page.get_by_role("button", name="Box hat").click()
    page.get_by_role("button", name="Blue").click()
    wait_frames(page, 8)
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="End comparing").click()
    page.get_by_role("button", name="Hold still").click()
    page.get_by_role("button", name="Take a picture").click()
    page.get_by_role("button", name="Throw it away").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Does it fit?").click()
    page.get_by_label("Your height").fill("173.7")
    page.get_by_label("Your height").press("Enter")
    wait_frames(page, 8)
    known = secrets(page)
    # A number that was sent or kept before the camera was on (a browser's version) tells nothing of a shopper.
    measures_m = [one for one in (*known.measures_m, 1.737) if not found(blind, Secrets([], [one]))]
    assert 1.737 in measures_m
    known = Secrets(known.landmarks, measures_m)
    pixels = shown(page)
    page.get_by_role("button", name="Erase everything").click()
    took_s = page.evaluate("performance.now() / 1000") - began_s
    assert page.evaluate(f"{MIRROR}.booth.state") == "closed"
    during = wire.sent[begun:]

    # The camera did show the canary, or the search below would prove nothing.
    assert (abs(pixels[5:40, 5:40].astype(int) - (217, 20, 168)).max(axis=2) < 48).mean() > 0.9
    assert found(wire.sent, known) == []
    assert larger_than(during, MOST_BYTES) == []
    assert sum(len(one.body) for one in during) < MOST_BYTES_A_SECOND * took_s
    assert [one.line for one in during if one.kind == "http" and not one.line.startswith("GET ")] == []
    assert page.evaluate("window.__calls") == 0, "a connection that could carry media was made"
    after = kept(page)
    assert {**after, "local": []} == {**before, "local": []}
    assert found([Sent("kept", b"", json.dumps(after).encode(), time.monotonic())], known) == []


def test_the_mirror_goes_on_when_the_network_is_gone(page: Page, wire: Wire) -> None:
    open_mirror(page, wire.address, "glasses")
    turn_on(page)
    worn(page)
    wire.cut()
    page.context.set_offline(True)
    page.get_by_role("button", name="Blue").click()
    wait_frames(page, 6)
    wait_for(page, "booth.state === 'live' && booth.heads.length === 1 && m.wardrobe.shown.variant.name === 'Blue'")
    page.context.set_offline(False)


#: How a careless or a wicked change might send what it should not: each must be found.
LEAKS: Final = {
    "a JPEG picture with the canary in it": """
      const bytes = await booth.picture(); await fetch('/api/leak', { method: 'POST', body: bytes });""",
    "a PNG picture with the canary in it": """
      const text = booth.canvas.toDataURL('image/png');
      await fetch('/api/leak', { method: 'POST', body: JSON.stringify({ picture: text }) });""",
    "raw RGB pixels": """
      const flat = new OffscreenCanvas(320, 180).getContext('2d'); flat.drawImage(booth.canvas, 0, 0, 320, 180);
      navigator.sendBeacon('/api/leak', flat.getImageData(0, 0, 320, 40).data);""",
    "a WebP picture": """
      const small = new OffscreenCanvas(160, 90); small.getContext('2d').drawImage(booth.canvas, 0, 0, 160, 90);
      const blob = await small.convertToBlob({ type: 'image/webp' });
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live');
      await new Promise(done => { socket.onopen = () => { socket.send(blob); done(); }; socket.onerror = done; });""",
    "landmarks as 32-bit numbers": """
      navigator.sendBeacon('/api/leak', new Float32Array(window.__seen.at(-1)));""",
    "landmarks as text": """
      await fetch('/api/leak', { method: 'POST', body: JSON.stringify(window.__seen.at(-1)) });""",
    "a measure as text": """
      await fetch('/api/catalogue?q=' + booth.heads[0].pupils.distance_m);""",
    "bytes": """
      await fetch('/api/leak', { method: 'POST', body: new Uint8Array(2000) });""",
}


def test_a_leak_in_any_form_would_be_found(page: Page, wire: Wire) -> None:
    open_mirror(page, wire.address, "glasses")
    turn_on(page)
    wait_for(page, "booth.heads.length === 1 && booth.heads[0].pupils.distance_m > 0 && (booth.freeze(true), true)")
    missed = []
    for what, code in LEAKS.items():
        begun = len(wire.sent)
        page.evaluate(f"async () => {{ const {{ booth }} = {MIRROR}; {code} }}")
        said: list[str] = []
        end_s = time.monotonic() + PATIENT_MS / 1000  # beacons and sockets are sent when the browser likes
        while not any(what in one for one in said) and time.monotonic() < end_s:
            page.wait_for_timeout(100)
            during = wire.sent[begun:]
            said = [*found(during, secrets(page)), *larger_than(during, MOST_BYTES)]
        if not any(what in one for one in said):
            missed.append((what, said))
    assert missed == []
