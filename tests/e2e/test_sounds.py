"""The page's own sounds as the loudspeaker gets them: none before a gesture, quiet ones after it, none when put off."""

from collections.abc import Iterator
from typing import Final

import pytest
from browser import watched
from page_server import page_is_built
from playwright.sync_api import Browser, Page
from waiting import until

pytestmark = page_is_built()

#: Keeps what the page's sounds come to: how many, and the loudest sample of what leaves for the loudspeaker.
LISTENING: Final = """
  const heard = (window.heard = { contexts: 0, sounds: 0, peak: 0 });
  const Real = window.AudioContext, taps = [], samples = new Float32Array(32768);
  window.AudioContext = class extends Real {
    constructor(...given) {
      super(...given);
      heard.contexts++;
      // Two thirds of a second: a page that is held up misses none of it.
      taps.push((this.tap = new AnalyserNode(this, { fftSize: samples.length })));
    }
  };
  const connect = AudioNode.prototype.connect, start = OscillatorNode.prototype.start;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) connect.call(this, this.context.tap);
    return connect.call(this, to, ...rest);
  };
  OscillatorNode.prototype.start = function (...given) { heard.sounds++; return start.apply(this, given); };
  setInterval(() => {
    for (const tap of taps) {
      tap.getFloatTimeDomainData(samples);
      for (const one of samples) heard.peak = Math.max(heard.peak, Math.abs(one));
    }
  }, 20);
"""
#: Sounds of ours are summed at most by twos and threes; a full-scale sine is 1.
LOUDEST: Final = 0.25


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 620}, locale="en-GB", reduced_motion="reduce")
    with watched(context, address) as page:
        yield page


def taken_up(page: Page, product: str) -> None:
    page.evaluate(f"location.hash = '#/p/{product}'")
    page.wait_for_selector("[data-panel=product] .buying")


def put_back(page: Page) -> None:
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-panel=product]", state="detached")


def test_sounds_wait_for_a_gesture_are_quiet_and_can_be_put_off(page: Page, address: str) -> None:
    page.add_init_script(LISTENING)
    page.goto(address + "?rung=turntable")
    page.wait_for_selector(".gallery [data-id=lamp]")
    taken_up(page, "lamp")
    assert page.evaluate("[heard.contexts, heard.sounds]") == [0, 0], "before a gesture"
    put_back(page)

    # Its code comes with the first gesture that reaches the page; which later one is heard first is the machine's
    # business.
    page.keyboard.press("Shift")
    until(page, "heard.contexts > 0")
    for product in ("vase", "lamp") * 3:
        page.locator(f".gallery [data-id={product}] a").press("Enter")
        page.wait_for_selector("[data-panel=product] .buying")
        put_back(page)
        if page.evaluate("heard.sounds > 0"):
            break
    until(page, "heard.sounds > 0 && heard.peak > 0.001")
    assert page.evaluate("heard.peak") < LOUDEST

    # Put off, nothing more begins; put on again, it does.
    page.keyboard.press(",")
    switch = page.get_by_role("switch", name="Sounds")
    switch.press("Space")
    page.keyboard.press("Escape")
    before = page.evaluate("heard.sounds")
    taken_up(page, "lamp")
    put_back(page)
    assert page.evaluate("heard.sounds") == before, "put off"
    page.keyboard.press(",")
    switch.press("Space")
    page.keyboard.press("Escape")
    taken_up(page, "vase")
    until(page, "heard.sounds > given[0]", before)
