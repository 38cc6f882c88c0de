"""The demo as a visitor has it: one command, one address, a page that works with a mouse, with keys, and without 3D."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import OPEN_MS, watched
from playwright.sync_api import Browser, Page, expect
from waiting import at_rest

REPO = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    not (REPO / "webclient" / "dist" / "index.html").is_file(), reason="the web client is not built: make setup"
)
READY_MS = OPEN_MS


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``showroom demo`` with one product, as fast as it goes, on a free port."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "showroom", "demo", "--folder", str(folder / "demo"), "--port", "0"]
    command += ["--only", "terra-vase", "--fast", "--no-scans", "--jobs", "1", "--bots", "0"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "SHOWROOM_CACHE": str(folder / "cache")}
    )
    assert running.stdout is not None
    line = running.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", line), "the one line on standard output is the address"
    yield line
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 0
    running.stdout.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which anything from elsewhere, any error and any breach of the policy fails the test."""
    context = browser.new_context(viewport={"width": 900, "height": 700}, locale="en-GB", reduced_motion="reduce")
    with watched(context, address, is_wrong=lambda said: said.type == "error") as page:
        yield page


def test_a_visitor_finds_the_product_turns_it_and_changes_its_colour(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    card = page.get_by_role("link", name="Terra")
    expect(card).to_contain_text("£109")
    assert page.evaluate("performance.getEntriesByType('resource').every(e => !/viewer|transcoder|glb/.test(e.name))")
    card.click()
    expect(page.get_by_role("heading", level=1, name="Terra")).to_be_focused()
    page.wait_for_selector(".stage[data-ready]", timeout=READY_MS)
    expect(page.locator("#status")).to_contain_text("ready")
    view = page.get_by_role("img", name="Arrow keys turn it")
    bone = at_rest(view)
    page.get_by_role("radio", name="Ink").check(force=True)  # its dot is drawn over it
    expect(page.locator("#status")).to_contain_text("Ink")
    ink = at_rest(view, unlike=bone)
    assert ink != bone
    view.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert at_rest(view, unlike=ink) != ink
    page.keyboard.press("Home")
    page.get_by_role("button", name="Measure").click()
    expect(page.locator(".ruler text").nth(1)).to_have_text("25.2 cm")
    unit = page.get_by_role("radio", name="mm")
    unit.focus()
    box = unit.bounding_box()
    bar = page.locator("nav.bar").bounding_box()
    assert box is not None
    assert bar is not None
    assert box["y"] + box["height"] <= bar["y"], "what has the focus is not under the bar"
    page.keyboard.press("Space")
    expect(page.locator(".ruler text").nth(1)).to_have_text("252 mm")
    page.get_by_role("link", name="All products").click()
    expect(page.get_by_role("link", name="Terra")).to_be_focused()


def test_without_3d_the_poster_stays_and_says_why(page: Page, address: str) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, "
                         "{apply: (f, t, a) => /^webgl/.test(a[0]) ? null : Reflect.apply(f, t, a)})")  # fmt: skip
    page.goto(address + "?rung=list#/terra-vase")
    expect(page.locator(".stage .note")).to_be_visible()
    expect(page.get_by_role("img", name="photographed from the front")).to_be_visible()


def test_it_speaks_three_languages_and_remembers(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    page.get_by_role("button", name="Settings", exact=True).first.click()
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("首个系列")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("首个系列")


@pytest.mark.parametrize("path", ["?rung=list", "?rung=list#/terra-vase"])
def test_on_a_narrow_phone_nothing_runs_out_of_the_page_and_targets_fit_a_thumb(
    page: Page, address: str, path: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        "[...document.querySelectorAll('main a, button, select, .swatch')].filter(e => e.offsetParent)"
        ".map(e => [e.textContent, e.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44)"
        ".map(([text]) => text)"
    )
    assert small == []


def test_a_lost_server_has_a_way_on(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    expect(page.get_by_role("link", name="Terra")).to_be_visible()
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.get_by_role("link", name="Terra").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The shelf cannot be reached")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_the_texture_worker_runs_under_its_own_policy_and_the_page_may_not_evaluate_text(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    said = page.evaluate("""async () => {
        const wasm = await (await fetch("/basis/transcoder.wasm")).arrayBuffer();
        const worker = new Worker("/basis/worker.js");
        return new Promise((done) => {
            worker.onmessage = ({data}) => done(data.error ?? data.type);
            worker.onerror = ({message}) => done("failed: " + message);
            worker.postMessage({type: "init", config: {}, transcoderBinary: wasm}, [wasm]);
            worker.postMessage({type: "transcode", id: 1, buffer: new ArrayBuffer(256), taskConfig: {}});
        });
    }""")
    assert "Invalid" in said  # the transcoder is at work: it read what it was given and found it wanting
    breached = page.evaluate("""() => new Promise((done) => {
        addEventListener("securitypolicyviolation", ({effectiveDirective}) => done(effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        document.head.append(script);
    })""")
    assert breached == "script-src-elem"
    assert page.title().endswith("Showroom")
    page.close()
