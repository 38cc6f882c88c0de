"""The store's page as shoppers have it: by keys alone, as a list, without 3D, with hostile words, in a frame."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
from access import AXE, serious, tab_to
from browser import OPEN_MS, PATIENT_MS, watched
from page_server import page_is_built
from playwright.sync_api import Browser, Page, expect
from small_store import opened

HOSTILE: Final = "<img src=x onerror=\"document.title='taken'\">"
PRODUCTS: Final = {"lamp": "Lamp", "vase": "Vase", "evil": HOSTILE}

pytestmark = page_is_built(AXE)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with three products, two of them in the boutique, all on sale; all words of one are hostile."""
    folder = tmp_path_factory.mktemp("store")
    with opened(folder, PRODUCTS, unsold=12, second={"evil": HOSTILE}) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A newcomer's page; an error of its own code, or a request to anybody else, fails the test."""
    context = browser.new_context(viewport={"width": 1180, "height": 760}, locale="en-GB", reduced_motion="reduce")
    with watched(context, address) as page:
        yield page


def test_the_whole_journey_as_a_list_by_keys_alone(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    expect(page.get_by_role("link", name="Lamp")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the list of products")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[data-product=lamp]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Lamp")).to_be_focused()
    tab_to(page, "input[name=colour]")
    page.keyboard.press("ArrowRight")
    tab_to(page, ".buying .act", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cart, 1 items")).to_be_visible()
    page.keyboard.press("c")
    panel = page.get_by_role("region", name="Cart")
    expect(panel).to_contain_text("Lamp")
    expect(panel).to_contain_text("109")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".buying .act")).to_be_focused()


@pytest.mark.parametrize(
    ("path", "keys", "there"),
    [
        ("?rung=list", "", "[data-product=lamp]"),
        ("?rung=list#/p/lamp", "", "h1:has-text('Lamp')"),
        ("?rung=list", "c", "[data-panel=cart] shop-cart"),
        ("?rung=turntable", "", ".gallery [data-id=lamp]"),
        ("?rung=turntable#/p/vase", "", "[data-panel=product] .buying"),
        ("?rung=turntable", ",", "[data-panel=settings] .settings"),
    ],
)
def test_nothing_keeps_anybody_out(page: Page, address: str, path: str, keys: str, there: str) -> None:
    page.goto(address + path)
    expect(page.get_by_role("button", name="Settings", exact=True).first).to_be_visible()
    page.wait_for_selector("[data-product=lamp], .product h1", state="attached")
    if keys:
        page.evaluate("document.activeElement?.blur()")
        page.keyboard.press(keys)
    page.wait_for_selector(there)
    assert serious(page) == []


def test_the_room_keeps_nobody_out_and_the_list_is_one_key_away(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 480, "height": 360})
    page.goto(address + "?rung=room")
    page.wait_for_selector("#place canvas", timeout=OPEN_MS)
    page.wait_for_selector("body:not([data-opening])", timeout=OPEN_MS)
    assert serious(page) == []
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("l")
    expect(page.get_by_role("link", name="Lamp")).to_be_visible()
    expect(page.get_by_role("button", name="Take me there: Lamp")).to_be_visible()
    expect(page.get_by_role("button", name="Take me there: <img")).to_have_count(0)
    page.keyboard.press("l")
    expect(page.get_by_role("link", name="Lamp")).to_be_hidden()


def test_a_device_without_3d_gets_pictures_is_told_why_and_can_choose(page: Page, address: str) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, "
                         "{apply: (f, t, a) => /^webgl/.test(a[0]) ? null : Reflect.apply(f, t, a)})")  # fmt: skip
    page.goto(address)
    expect(page.locator(".gallery [data-id=lamp]")).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    expect(page.locator(".settings [role=status]")).to_have_text(
        "Now: As a gallery of pictures. This browser cannot draw 3D."
    )
    page.get_by_label("How the store is shown").select_option("list")
    expect(page.get_by_role("link", name="Lamp")).to_be_visible()
    expect(page.locator(".gallery")).to_have_count(0)


def test_pictures_are_walked_by_arrows(page: Page, address: str) -> None:
    page.goto(address + "?rung=turntable")
    page.locator(".gallery [data-id=lamp] a").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gallery [data-id=vase] a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vase")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page).to_have_url(address + "?rung=turntable#/")


def test_hostile_words_stay_words(page: Page, address: str) -> None:
    page.add_init_script(
        f"localStorage.setItem('showroom.visitor', JSON.stringify({{nickname: {json.dumps(HOSTILE[:24])}}}))"
    )
    page.goto(address + "?rung=list#/p/evil")
    expect(page.get_by_role("heading", level=1, name=HOSTILE)).to_be_visible()
    # The server takes no such name; the door says so, in words, and asks again.
    expect(page.locator("#nickname-fault")).to_be_visible()
    page.get_by_role("button", name="Search", exact=True).first.click()
    page.get_by_role("searchbox").fill(HOSTILE)
    expect(page.locator(".search [role=status]")).to_contain_text("found")
    page.goto(address + "?rung=turntable&store=" + HOSTILE + "#/p/" + HOSTILE)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    assert page.title() != "taken"


def test_a_server_that_speaks_a_newer_protocol_gets_a_page_that_says_so(page: Page, address: str) -> None:
    page.route_web_socket("**/live", lambda socket: socket.close(code=4504, reason="VERSION"))
    page.goto(address + "?rung=turntable")
    page.get_by_role("button", name="Walk in").click()
    dialog = page.get_by_role("dialog", name="This page is too old for the store")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Load again")).to_be_visible()
    dialog.get_by_role("button", name="To the products").click()
    expect(page.locator("[data-product=lamp]")).to_be_visible()


def test_a_lost_link_shows_and_heals(page: Page, address: str) -> None:
    links: list[Any] = []
    is_away = False

    def handle(socket: Any) -> None:
        links.append(socket)
        if is_away:
            socket.close(code=4000, reason="restart")
        else:
            socket.connect_to_server()

    page.route_web_socket("**/live", handle)
    page.goto(address + "?rung=turntable")
    page.get_by_role("button", name="Walk in").click()
    page.get_by_role("button", name="People").first.click()
    expect(page.get_by_role("tab", name="Talk")).to_be_visible()
    is_away = True
    links[0].close(code=4000, reason="restart")
    # It comes again in vain, waits, and says so for as long as that lasts.
    expect(page.locator(".quiet-link")).to_contain_text("trying again")
    until_s = time.monotonic() + PATIENT_MS / 1000
    while len(links) < 2:
        assert time.monotonic() < until_s, "it never came again"
        page.wait_for_timeout(50)
    is_away = False
    expect(page.locator(".quiet-link")).to_have_count(0)
    assert len(links) > 2


def test_the_list_stays_when_the_server_is_away(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    expect(page.get_by_role("link", name="Lamp")).to_be_visible()
    page.route("**/api/**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("link", name="Lamp")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("The server is away")
    page.get_by_role("link", name="Lamp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The shelf cannot be reached")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1, name="Lamp")).to_be_visible()


def test_it_speaks_three_languages_and_remembers(page: Page, address: str) -> None:
    page.goto(address + "?rung=list")
    page.get_by_role("button", name="Settings", exact=True).first.click()
    page.get_by_label("Language").select_option("es")
    expect(page.get_by_role("button", name="Ajustes").first).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("link", name="Lamp")).to_contain_text("109")


@pytest.mark.parametrize("path", ["?rung=list", "?rung=list#/p/lamp", "?rung=turntable"])
def test_on_a_narrow_phone_nothing_runs_out_of_the_page_and_targets_fit_a_thumb(
    page: Page, address: str, path: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + path)
    page.wait_for_selector("[data-product=lamp], .product h1", state="attached")
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        "[...document.querySelectorAll('main a, button, select, .swatch, .bar button')].filter(e => e.offsetParent)"
        ".map(e => [e.textContent, e.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44)"
        ".map(([text, r]) => [text, r.width, r.height])"
    )
    assert small == []


@pytest.fixture
def blog(address: str) -> Iterator[str]:
    """A page of somebody else, on another port, that names the store's product."""
    body = (
        f'<!doctype html><html lang="en"><title>Blog</title><script type="module" src="{address}embed.js"></script>'
        f'<showroom-product src="{address}" product="evil"></showroom-product>'
    ).encode()

    class Blog(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Blog) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join(10)


def test_a_product_stands_in_another_page(browser: Browser, address: str, blog: str) -> None:
    page = browser.new_page(locale="en-GB")
    wrong: list[str] = []
    page.on("request", lambda ask: wrong.append(ask.url) if not ask.url.startswith((address, blog, "blob:")) else None)
    page.goto(blog)
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    expect(page.get_by_text("£109")).to_be_visible()
    told = page.locator("script[type='application/ld+json']")
    expect(told).to_have_count(1)
    assert json.loads(told.inner_text())["name"] == HOSTILE
    page.get_by_role("button", name="Turn it in 3D").click()
    expect(page.frame_locator("iframe").get_by_role("img", name="photographed")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    page.close()
    assert wrong == []
