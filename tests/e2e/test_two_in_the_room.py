"""Two shoppers in the store in 3D: each sees the other come, walk, take up a lamp and applaud."""

from typing import Any, Final

from browser import OPEN_MS
from page_server import page_is_built
from playwright.sync_api import Browser, Page, expect
from shoppers import shoppers
from waiting import until

pytestmark = page_is_built()

#: Bits of the protocol: what somebody does with what they look at.
LOOKING: Final = 2
#: What passes by, and is gone after seconds.
TOASTS: Final = "together-toasts"
FLOATING: Final = "together-reactions"


def _sees(page: Page, name: str, what: str, *given: Any) -> None:
    """Until the other one is drawn as told: ``they`` is the other, ``given`` what is compared with."""
    others = f"showroom.measure()?.others.some((they) => they.name === '{name}' && ({what}))"
    until(page, others, *given, most_ms=OPEN_MS)


def _stand(page: Page) -> dict[str, float]:
    found: dict[str, float] = page.evaluate("showroom.measure().stand")
    return found


def test_each_sees_the_other_walk_take_up_a_lamp_and_applaud(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", "Ben", viewport={"width": 900, "height": 420}) as (ada, ben):
        expect.set_options(timeout=OPEN_MS)
        for one in (ada, ben):
            one.context.set_default_timeout(OPEN_MS)
        ada.enter(address + "?rung=room&measure")
        ada.page.wait_for_selector("body:not([data-opening])", timeout=OPEN_MS)
        # While the one window draws, the other one's door opens.
        ben.enter(ada.invitation() + "&rung=room&measure")
        ada.close_panel()
        ben.page.wait_for_selector("body:not([data-opening])", timeout=OPEN_MS)
        _sees(ada.page, "Ben", "true")
        _sees(ben.page, "Ada", "true")

        # Ben walks away by keys; where Ada's window draws him is where he stands.
        before = _stand(ben.page)
        ben.page.locator("#place canvas").focus()
        ben.page.keyboard.down("ArrowDown")
        walked = "Math.hypot(showroom.measure().stand.x - given[0], showroom.measure().stand.z - given[1]) > 1"
        until(ben.page, walked, before["x"], before["z"], most_ms=OPEN_MS)
        _sees(ada.page, "Ben", "Math.hypot(they.x - given[0], they.z - given[1]) > 0.3", before["x"], before["z"])
        ben.page.keyboard.up("ArrowDown")
        after = _stand(ben.page)
        _sees(ada.page, "Ben", "Math.hypot(they.x - given[0], they.z - given[1]) < 0.2", after["x"], after["z"])
        here = _stand(ada.page)
        _sees(ben.page, "Ada", "Math.hypot(they.x - given[0], they.z - given[1]) < 0.2", here["x"], here["z"])

        # Ada takes up the lamp: Ben sees her look at it. She hands it to him: he has it before him, and she is told.
        ada.page.evaluate("location.hash = '#/p/lamp'")
        expect(ada.panel("product")).to_be_visible()
        _sees(ben.page, "Ada", "they.mode === given[0] && they.focus > 0", LOOKING)
        ada.note(TOASTS)
        ada.hand_to(ben, "Lamp")
        ben.asked(yes="Take it")
        expect(ben.panel("product").get_by_role("heading", name="Lamp")).to_be_visible()
        ada.expect_noted(TOASTS, "Ben took Lamp")
        _sees(ada.page, "Ben", "they.mode === given[0] && they.focus > 0", LOOKING)
        ada.say("It is brighter than I thought")
        ben.expect_said("It is brighter than I thought")

        # He applauds: she does not look his way, so it floats by in her window.
        ben.page.keyboard.press("Escape")
        ben.page.keyboard.press("r")
        expect(ada.page.locator(FLOATING).locator("li")).to_have_count(0)
        ada.note(FLOATING)
        ben.page.get_by_role("button", name="Applaud").press("Enter")
        ada.expect_noted(FLOATING, "Ben")
        _sees(ada.page, "Ben", "they.emoteTurn > 0")
