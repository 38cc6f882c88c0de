"""Nobody is kept out: every panel by axe, in three languages, mirrored, still, in forced colours, under a thumb."""

from collections.abc import Iterator
from typing import Final

import pytest
from access import AXE, cut_off, deep, serious, settled, too_small
from page_server import page_is_built
from playwright.sync_api import Browser, Page, expect
from shoppers import Shopper, shoppers
from waiting import until

pytestmark = page_is_built(AXE)
PHONE: Final = {"width": 360, "height": 740}
#: By its letter: what it shows once it is there.
PANELS: Final = {
    "f": ".search .result",
    "t": "together-chat",
    "r": "together-emotes",
    "c": "shop-cart .state",
    ",": ".settings",
}
BEHIND_SETTINGS: Final = {"Orders": "shop-orders .state", "Wish-list": "shop-wishes", "To another device": "shop-code"}


def _each_panel(ada: Shopper) -> Iterator[str]:
    """Open everything that opens, one after the other; the name of each."""
    page = ada.page
    for key, there in PANELS.items():
        page.evaluate("document.activeElement?.blur()")
        page.keyboard.press(key)
        page.wait_for_selector(there)
        yield there
    for name, there in BEHIND_SETTINGS.items():
        if not ada.panel("settings").is_visible():
            page.evaluate("document.activeElement?.blur()")
            page.keyboard.press(",")
        page.locator(".settings").get_by_role("button", name=name).click()
        page.wait_for_selector(there)
        yield there
    for name in ("Who is here", "Invite"):
        if ada.panel("people").count() == 0:
            page.evaluate("document.activeElement?.blur()")
            page.keyboard.press("t")
        page.get_by_role("tab", name=name).click()
        page.wait_for_selector("together-people .state, together-invite input")
        yield name


def test_no_panel_keeps_anybody_out(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada") as (ada,):
        ada.enter(address + "?rung=turntable")
        ada.say("Hello")
        ada.expect_said("Hello")
        found = {name: serious(ada.page) for name in _each_panel(ada)}
        assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_figure_chooser_keeps_nobody_out(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", viewport={"width": 1000, "height": 640}) as (ada,):
        page = ada.page
        page.goto(address + "?rung=turntable")
        page.get_by_role("button", name="Choose your figure").click()
        chooser = page.get_by_role("dialog", name="Choose your figure")
        expect(chooser.get_by_role("radio", name="Mei")).to_be_visible()
        assert serious(page) == []
        chooser.get_by_role("radio", name="Mei").press("Space")
        expect(chooser.get_by_role("radio", name="Mei")).to_be_checked()
        chooser.get_by_role("button", name="This is me").click()
        page.get_by_role("button", name="Walk in").click()
        until(page, "JSON.parse(localStorage.getItem('showroom.visitor') ?? '{}').avatar?.includes('mei')")


@pytest.mark.parametrize(("language", "bar"), [("zh-CN", "您可以做什么"), ("es-ES", "Qué puede hacer")])
def test_the_list_and_the_bar_in_other_languages(browser: Browser, address: str, language: str, bar: str) -> None:
    with shoppers(browser, "Ada", viewport=PHONE, locale=language) as (ada,):
        page = ada.page
        page.goto(address + "?rung=list")
        page.wait_for_selector("[data-product=lamp]")
        expect(page.locator("html")).to_have_attribute("lang", language[:2])
        expect(page.get_by_role("navigation", name=bar)).to_be_visible()
        assert serious(page) == []
        assert cut_off(page) == []
        # Longer words than English ones still fit.
        page.locator("[data-action=settings]").first.click()
        page.wait_for_selector(".settings")
        assert cut_off(page) == []
        english = deep(
            page, "return every(document.body, '.bar .word, .settings legend').map((one) => one.textContent)"
        )
        assert not {"List", "Search", "Cart", "Settings", "Language", "Motion"} & set(english)


def test_every_target_on_a_phone_fits_a_thumb_and_nothing_is_cut_off(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", viewport=PHONE, has_touch=True, is_mobile=True) as (ada,):
        ada.enter(address + "?rung=turntable")
        found = {}
        for name in _each_panel(ada):
            settled(ada.page)
            found[name] = too_small(ada.page) + cut_off(ada.page)
        assert {name: faults for name, faults in found.items() if faults} == {}


def test_on_a_phone_the_people_are_one_press_from_a_held_product_and_it_comes_back(
    browser: Browser, address: str
) -> None:
    with shoppers(browser, "Ada", viewport=PHONE, has_touch=True, is_mobile=True) as (ada,):
        ada.enter(address + "?rung=turntable")
        ada.page.evaluate("location.hash = '#/p/lamp'")
        product = ada.panel("product")
        expect(product.get_by_role("heading", name="Lamp")).to_be_visible()
        product.get_by_role("button", name="People").click()
        expect(ada.panel("people").get_by_role("tab", name="Who is here")).to_be_visible()
        assert too_small(ada.page) + cut_off(ada.page) == []
        ada.panel("people").get_by_role("button", name="Close").click()
        expect(product.get_by_role("heading", name="Lamp")).to_be_visible()
        product.get_by_role("button", name="Close").click()
        expect(ada.page.locator("[data-panel]")).to_have_count(0)


def test_right_to_left_everything_is_mirrored_and_nothing_cut_off(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", viewport={"width": 1180, "height": 700}) as (ada,):
        page = ada.page
        # No language of ours is written from the right yet: the page is turned as its translation would turn it.
        page.add_init_script("addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl' })")
        ada.enter(address + "?rung=turntable")
        page.wait_for_selector("together-toasts", state="attached")
        assert page.locator("html").get_attribute("dir") == "rtl"
        middle = 1180 / 2
        assert _middle(page, ".mark") > middle
        page.locator(".gallery [data-id=lamp] a").click()
        page.wait_for_selector("[data-panel=product] .buying")
        settled(page)
        assert _middle(page, "[data-panel=product]") < middle
        assert _middle(page, "[data-panel=product] .panel-head h2") > _middle(
            page, "[data-panel=product] .panel-head .round"
        )
        assert cut_off(page) == []
        # Arrows go the way they point.
        first = page.locator(".gallery .at").inner_text()
        page.keyboard.press("Escape")
        page.locator(".gallery [data-id=lamp] a").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".gallery .at")).not_to_have_text(first)


def _middle(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def test_with_reduced_motion_nothing_moves_by_itself(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada") as (ada,):
        page = ada.page
        page.add_init_script(
            """window.moved = [];
            new MutationObserver(() => {
              for (const one of document.getAnimations()) {
                const {duration, iterations} = one.effect.getComputedTiming();
                const what = one.animationName ?? one.transitionProperty;
                if (one.playState === 'running' && duration * iterations > 10 && what !== 'opacity')
                  window.moved.push(`${what} ${one.effect.target?.className}`);
              }
            }).observe(document, {subtree: true, childList: true, attributes: true});"""
        )
        ada.enter(address + "?rung=turntable")
        page.locator(".gallery [data-id=lamp] a").click()
        page.wait_for_selector("[data-panel=product] .buying")
        page.keyboard.press("Escape")
        ada.tab("Who is here")
        assert page.evaluate("window.moved") == []


def test_in_forced_colours_what_is_chosen_and_what_has_the_keyboard_can_be_told(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", forced_colors="active") as (ada,):
        page = ada.page
        ada.enter(address + "?rung=turntable#/p/lamp")
        page.wait_for_selector("[data-panel=product] .buying .act")
        told = """(one) => { const s = getComputedStyle(one);
            return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || parseFloat(s.borderWidth) > 0; }"""
        assert page.locator("[data-panel=product] .buying .act").evaluate(told)
        assert page.locator(".bar .item").first.evaluate(told)
        # A colour stays a colour: it is what is chosen.
        assert (
            page.locator(".swatch i").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
            == "rgb(230, 223, 209)"
        )
        page.locator(".buying .act").focus()
        page.keyboard.press("Tab")
        assert deep(page, "const s = getComputedStyle(focused()); return s.outlineStyle") != "none"
        page.keyboard.press("c")
        expect(page.locator("[data-action=cart]")).to_have_attribute("aria-expanded", "true")
        assert page.locator("[data-action=cart]").evaluate(told)
