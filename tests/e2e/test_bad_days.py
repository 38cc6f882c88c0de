"""The store's page on bad days: graphics that go away, downloads that stall, models that are broken, hostile people."""

from browser import OPEN_MS
from page_server import page_is_built
from playwright.sync_api import Browser, expect
from shoppers import shoppers
from waiting import until

pytestmark = page_is_built()

HOSTILE = "<img src=x onerror=\"document.title='taken'\">"


def test_graphics_that_go_away_come_back_and_else_the_gallery_does(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", viewport={"width": 480, "height": 360}) as (ada,):
        page = ada.page
        expect.set_options(timeout=OPEN_MS)
        ada.come_back_as_known()
        page.goto(address + "?rung=room&measure")
        page.wait_for_selector("body:not([data-opening])", timeout=OPEN_MS)
        # Their models are broken: their pictures stand there.
        page.wait_for_selector("#place[data-stocked]", timeout=OPEN_MS)
        until(page, "showroom.measure().isPictured", most_ms=OPEN_MS)
        # Away, and back once the page knows of it: before, nothing could be brought back.
        page.evaluate(
            """new Promise((back) => {
              const canvas = document.querySelector('#place canvas');
              window.graphics = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
              const restore = () => { graphics.restoreContext(); back(); };
              canvas.addEventListener('webglcontextlost', () => setTimeout(restore, 300), {once: true});
              graphics.loseContext();
            })"""
        )
        until(page, "!document.querySelector('#place canvas').getContext('webgl2').isContextLost()")
        page.keyboard.press("ArrowLeft")
        until(page, "showroom.measure().draws > 10", most_ms=OPEN_MS)
        assert page.locator("body").get_attribute("data-rung") == "room"

        # Away for good: the gallery, and it says why.
        page.evaluate("graphics.loseContext()")
        expect(page.locator(".gallery [data-id=lamp]")).to_be_visible()
        expect(page.locator("#said")).to_contain_text("Your graphics went away and did not come back")
        page.get_by_role("button", name="That is fine").press("Enter")
        page.locator(".gallery [data-id=lamp] a").press("Enter")
        expect(page.get_by_role("button", name="Add to cart")).to_be_enabled()


def test_a_download_that_never_ends_does_not_stall_the_store(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada") as (ada,):
        page = ada.page
        page.route("**/*.glb*", lambda route: None)  # never answered
        page.add_init_script(
            """new MutationObserver(() => { window.wasBusy ||= document.querySelector('.stage[data-busy]') !== null; })
              .observe(document, {subtree: true, childList: true, attributes: true});"""
        )
        with page.expect_request("**/*.glb*"):
            page.goto(address + "?rung=list#/p/lamp")
        expect(page.get_by_role("heading", level=1, name="Lamp")).to_be_visible()
        expect(page.locator(".stage .poster")).to_be_visible()
        page.get_by_role("button", name="Add to cart").click()
        expect(page.get_by_role("button", name="Cart, 1 items")).to_be_visible()
        assert page.evaluate("window.wasBusy")
        # Given up in the end, with a word.
        expect(page.locator(".stage .note")).to_have_text("The 3D model could not be loaded. The picture stays.")
        page.unroute_all(behavior="ignoreErrors")


def test_hostile_words_of_others_stay_words(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", "Ben") as (ada, ben):
        ada.enter(address + "?rung=list")
        ben.enter(address + "?rung=list")
        expect(ada.row(ben)).to_be_visible()
        ada.say(HOSTILE)
        ben.expect_said(HOSTILE)
        ada.say("{{7*7}} ${7*7} </p></script><b onclick=alert(1)>bold</b>")
        expect(ben.page.get_by_role("log")).to_contain_text("{{7*7}}")
        for one in (ada, ben):
            assert one.page.evaluate("document.querySelectorAll('img[src=x], script:not([src])').length") == 0
            assert one.page.title() != "taken"
