"""The whole journey, from the door to the paid order, by keys alone: on the list, and in the store in 3D."""

from typing import Final

from access import AXE, deep, serious, settled, tab_to
from browser import OPEN_MS
from page_server import page_is_built
from playwright.sync_api import Browser, Page, expect
from shoppers import ADDRESS, shoppers
from waiting import until

pytestmark = page_is_built(AXE)
FIELDS: Final = dict(zip(("#name", "#email", "#street", "#city"), ADDRESS.values(), strict=True))


#: One has walked so many metres from a place.
FAR: Final = "Math.hypot(showroom.measure().stand.x - given[0], showroom.measure().stand.z - given[1]) > {}"


def _search(page: Page, words: str, then: str) -> None:
    page.keyboard.press("f")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator(".search [role=status]")).to_contain_text("found")
    tab_to(page, then)
    page.keyboard.press("Enter")


def _pay(page: Page) -> None:
    """From the button "Add to cart", which has the focus, to the paid order."""
    page.keyboard.press("Enter")
    expect(page.locator("[data-action=cart][aria-label='Cart, 1 items']")).to_have_count(1)
    page.keyboard.press("c")
    expect(page.locator("shop-cart")).to_contain_text("Lamp")
    assert serious(page) == []
    tab_to(page, "shop-cart .act, .foot .act")
    page.keyboard.press("Enter")
    till = page.locator("shop-checkout")
    expect(till.get_by_label("Full name")).to_be_visible()
    for field, text in FIELDS.items():
        tab_to(page, field)
        page.keyboard.type(text)
    assert serious(page) == []
    tab_to(page, "form .act")
    page.keyboard.press("Enter")
    expect(till.get_by_role("heading", name="Payment", exact=True)).to_be_focused()
    assert serious(page) == []
    tab_to(page, "button.act.wide")
    page.keyboard.press("Enter")
    expect(till.get_by_role("heading", name="Thank you")).to_be_focused()
    tab_to(page, ".buttons .plain")
    page.keyboard.press("Enter")
    orders = page.locator("shop-orders")
    expect(orders).to_contain_text("Paid")
    tab_to(page, ".orders .head")
    page.keyboard.press("Enter")
    expect(orders).to_contain_text("Lamp")
    assert serious(page) == []


def test_as_a_list(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada") as (ada,):
        page = ada.page
        page.goto(address + "?rung=list")
        expect(page.get_by_role("link", name="Lamp")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the list of products")).to_be_focused()
        # In, under a name of one's own.
        page.keyboard.press("t")
        tab_to(page, "[name=nickname]")
        page.keyboard.press("Control+a")
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        expect(page.get_by_role("tab", name="Talk")).to_be_visible()
        page.keyboard.press("Escape")
        # Found although the word is misspelt, looked at, in the other colour.
        _search(page, "lmap", ".result[data-id=lamp] a")
        expect(page.get_by_role("heading", level=1, name="Lamp")).to_be_focused()
        expect(page.locator(".stage .note")).to_have_text("The 3D model could not be loaded. The picture stays.")
        tab_to(page, "input[name=colour]")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".colours .value")).to_have_text("Ink")
        tab_to(page, ".buying .act", key="Shift+Tab")
        _pay(page)


def test_in_the_store_in_3d(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", viewport={"width": 480, "height": 360}) as (ada,):
        page = ada.page
        expect.set_options(timeout=OPEN_MS)
        page.goto(address + "?rung=room&measure")
        tab_to(page, "#nickname")
        page.keyboard.press("Control+a")
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        page.wait_for_selector("body:not([data-opening])", timeout=OPEN_MS)
        page.wait_for_selector("#place[data-stocked]", timeout=OPEN_MS)
        assert serious(page) == []
        # Walked to, and taken off its plinth: each with Enter.
        door = page.evaluate("showroom.measure().stand")
        _search(page, "lamp", ".result[data-id=lamp] .take")
        expect(page.locator("#place canvas")).to_be_focused()
        until(page, FAR.format(0.5), door["x"], door["z"], most_ms=OPEN_MS)
        settled(page)
        page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
        page.keyboard.press("Enter")
        product = page.get_by_role("region", name="Lamp")
        expect(product).to_be_visible()
        page.keyboard.press("m")
        expect(page.get_by_role("button", name="Take me there: Vase")).to_be_visible()
        assert serious(page) == []
        page.keyboard.press("Escape")
        expect(product.get_by_role("button", name="Add to cart")).to_be_visible()
        tab_to(page, ".buying .act")
        _pay(page)
        # Done, one stands in the store again, with nothing in the hand.
        page.keyboard.press("Escape")
        expect(page.locator("[data-panel=product]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("[data-panel]")).to_have_count(0)
        expect(page.locator("#place canvas")).to_be_focused()
        before = page.evaluate("showroom.measure().stand")
        page.keyboard.down("ArrowDown")
        until(page, FAR.format(0.3), before["x"], before["z"], most_ms=OPEN_MS)
        page.keyboard.up("ArrowDown")
        assert deep(page, "return every(document, 'dialog[open]').length") == 0
